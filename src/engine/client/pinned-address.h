/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The address of a server that was reached before. In a full tunnel the machine's DNS servers are reached through the
 * tunnel: while that is down, the server's name cannot be looked up, and the tunnel could not come up again. */
#pragma once

#include <gio/gio.h>

/* A connectable for @host, a name, and @port. @scheme, "http" or "https", chooses the proxy. @pinned, where the server
 * was, or NULL, is the answer at once if @prefer_pinned, else when the name cannot be looked up. */
GSocketConnectable *svpn_pinned_address_new (const char *scheme, const char *host, guint16 port,
                                             GInetAddress *pinned, gboolean prefer_pinned);
