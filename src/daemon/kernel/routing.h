/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The routes of a client's tunnel, and the rules that keep the tunnel's own traffic out of it. */
#pragma once

#include "netlink.h"
#include "network.h"

/* How many priorities of rules a tunnel has for itself. */
#define SVPN_ROUTING_PRIORITIES 4

/* Table and first priority of the tunnel @id, the same in each run. */
guint32 svpn_routing_table (const char *id);
guint32 svpn_routing_priority (const char *id);

/* Adds what is wanted and missing, then removes what exists and is not wanted: what stays the same is there all the time.
 * The tunnel's file must name table and priority before. @ipv6: whether the system has IPv6; without it, IPv6 routes are
 * left out. On error part of it stays, for svpn_routing_undo(). */
gboolean svpn_routing_apply (SvpnNetlink *netlink, const SvpnClientNetwork *config, gboolean ipv6,
                             const char *id, const char *state_dir, guint ifindex,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes routes and rules; warns of those that stay. */
void svpn_routing_undo (SvpnNetlink *netlink, guint ifindex, guint32 table, guint32 priority);
