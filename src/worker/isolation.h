/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Giving up all that parsing network bytes does not need. */
#pragma once

#include <gio/gio.h>

/* Becomes @user (NULL: stays who it is), drops all capabilities for good and sets no-new-privs. Call before anything
 * is read from anywhere. */
gboolean svpn_isolate (const char *user, GError **error);
