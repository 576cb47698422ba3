/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The name of a profile, its object path on the bus, and the id of its tunnel. */
#pragma once

#include "settings.h"

/* "/org/smartvpn/clients/NAME", with '-' as "_2d" and '_' as "_5f". */
char *svpn_object_path_from_name (SvpnScope scope, const char *name);

/* "client-NAME" or "server-NAME": the id of the tunnel, its worker and its files. */
char *svpn_tunnel_id_from_name (SvpnScope scope, const char *name);

/* Whether @id is one that svpn_tunnel_id_from_name() makes. *@name points into @id. */
gboolean svpn_tunnel_id_parse (const char *id, SvpnScope *scope, const char **name) G_GNUC_WARN_UNUSED_RESULT;
