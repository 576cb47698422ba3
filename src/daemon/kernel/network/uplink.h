/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way that a client's worker reaches its server: which it is, and that the kernel takes what comes back by it. */
#pragma once

#include "netlink.h"
#include "network.h"

/* What their names match, in nftables' words. */
#define ANY_TUNNEL "svpn*"

/* Whether a device of that name is one of our tunnels. */
gboolean svpn_uplink_is_tunnel (const char *interface);

/* The link, the gateway and the own address of the way to the peer, as text; "" where there is no way. The same text: the
 * same way. */
char *svpn_uplink_describe_way (const SvpnClientNetwork *config);

/* Sets loose reverse path filtering on the links by which the server may be reached, as far as it is needed, until
 * svpn_sysctl_release() of @id; releases others. @restored gets the names of settings that somebody had changed. */
gboolean svpn_uplink_hold (const char *state_dir, const char *id, SvpnNetlink *netlink,
                           const SvpnClientNetwork *config, guint tunnel, GPtrArray *restored,
                           GError **error);
