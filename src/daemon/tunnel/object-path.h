/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile's name, its object path on the bus, and the id of its worker. */
#pragma once

#include "settings.h"

/* /org/smartvpn/clients/NAME with '-' as "_2d" and '_' as "_5f". */
char *svpn_object_path_from_name (SvpnScope scope, const char *name);

/* client-NAME or server-NAME. */
char *svpn_worker_id_from_name (SvpnScope scope, const char *name);

/* FALSE unless @id is one that svpn_worker_id_from_name() makes. @name points into @id. */
gboolean svpn_worker_id_parse (const char *id, SvpnScope *scope, const char **name);
