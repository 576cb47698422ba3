/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Gives up all privileges that parsing network bytes does not need. */
#pragma once

#include <gio/gio.h>

/* Becomes @user (NULL: stays who it is), drops all capabilities for good, sets no-new-privs, and gives up executing, making
 * files, and system calls that no tunnel needs. Call before anything is read from anywhere, and before there are threads. */
gboolean svpn_isolate (const char *user, GError **error);
