/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Listening sockets of a server. */
#pragma once

#include <gio/gio.h>

/* Opens a listening TCP socket at @endpoint ("IP:port", "[IPv6]:port"); *@actual is the same with the real port. -1 on
 * error: InvalidArguments, Failed (both name the endpoint), NotSupported where the kernel lacks the address family. */
int svpn_listener_open (const char *endpoint, char **actual, GError **error) G_GNUC_WARN_UNUSED_RESULT;
