/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Networks at the links of this machine. */
#pragma once

#include "kernel-state.h"

/* Routes to them: those of the main table that lie in the network of an address at the same link, so that nobody can claim
 * more by a route; and the networks of our tunnels, which are not in the main table. Of all links but @ifindex (0: of
 * all). NULL with @error. GArray of SvpnRoute. */
GArray *svpn_local_networks_read (guint ifindex, GError **error);
