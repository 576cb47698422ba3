/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A resolver that remembers where the server was. In a full tunnel the machine's DNS servers are reached through the
 * tunnel: while that is down, the server's name cannot be looked up, and the tunnel could not come up again. */
#pragma once

#include <gio/gio.h>

/* Installs itself as GLib's default resolver of this process; call once, before anything is looked up. Names are looked
 * up as ever by the resolver that was the default. */
void svpn_pinned_resolver_install (void);

/* From now on @host (a name, or NULL to forget) is known to be at @address. */
void svpn_pinned_resolver_pin (const char *host, GInetAddress *address);

/* Whether the pinned address is the answer at once, or only where the lookup fails (the default). */
void svpn_pinned_resolver_prefer (gboolean pinned);
