/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The routes of a client's tunnel, and the rules that keep the tunnel's own traffic out of it. */
#pragma once

#include "netlink.h"
#include "network.h"

/* Priorities of rules that a tunnel has for itself. */
#define SVPN_ROUTING_PRIORITIES 4

/* Table and first priority of the tunnel @id, the same in each run. */
guint32 svpn_routing_table (const char *id);
guint32 svpn_routing_priority (const char *id);

/* A route that would catch the packets of the tunnel itself. */
gboolean svpn_routing_is_covering (const SvpnClientNetwork *config, const SvpnPrefix *route);

/* Sets up what is wanted and is not there, then takes away what is there and not wanted: what stays the same is never
 * gone meanwhile. What is asked for must have its record already. @ipv6: whether the system has IPv6; its routes are
 * left out else. On error part of it stays, for svpn_routing_undo(). */
gboolean svpn_routing_apply (SvpnNetlink *netlink, const SvpnClientNetwork *config, gboolean ipv6,
                             const char *id, const char *record_dir, guint ifindex, GError **error);

/* Routes and rules; warns of what stays. */
void svpn_routing_undo (SvpnNetlink *netlink, guint ifindex, guint32 table, guint32 priority);
