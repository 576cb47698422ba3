/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How much memory the control groups around this process let it have (cgroups(7)). */
#pragma once

#include <glib.h>

/* Bytes: the least of its own control group and those above, of version 2 (memory.max) or 1 (memory.limit_in_bytes).
 * G_MAXUINT64: none of them tells a limit. @own: /proc/self/cgroup; @mount: /sys/fs/cgroup. */
guint64 svpn_cgroup_memory_max (const char *own, const char *mount);
