/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * rtnetlink(7): links, addresses, routes and rules. Each call blocks until the kernel has acknowledged it (microseconds);
 * errors are SVPN_ERROR_FAILED and say what could not be done to what. "Link" is the kernel's word for an interface. */
#pragma once

#include "address.h"
#include <gio/gio.h>

/* The origin (rtm_protocol, FRA_PROTOCOL) of our routes and rules: "proto 83" in the output of ip(8). */
#define SVPN_ROUTE_PROTOCOL 0x53

typedef struct _SvpnNetlink SvpnNetlink;

typedef struct {
  int family;
  guint32 priority;
  guint32 table;             /* to look up; 0: none */
  gboolean suppress_default; /* ignore a default route found in the table */
  guint32 go_to;             /* priority of the rule to go on with; 0 (and no table): the next one */
  const uid_t *uid;          /* only packets of sockets of this user; NULL: of all */
  const SvpnPrefix *to;      /* only packets to there; NULL: to anywhere */
} SvpnRule;

SvpnNetlink *svpn_netlink_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void svpn_netlink_free (SvpnNetlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnNetlink, svpn_netlink_free)

/* @mtu in bytes, @queue_length in packets; 0: unchanged. */
gboolean svpn_netlink_link_up (SvpnNetlink *netlink, guint ifindex, guint mtu, guint queue_length,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  guint mtu;          /* bytes */
  guint64 tx_dropped; /* packets to be sent that were dropped instead, since the link was made */
} SvpnLinkInfo;

gboolean svpn_netlink_link_get (SvpnNetlink *netlink, guint ifindex, SvpnLinkInfo *info,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Succeeds if there is no such link. */
gboolean svpn_netlink_link_delete (SvpnNetlink *netlink, guint ifindex,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lists of what exists; each element is an opaque message of the kernel. An add function looks for its object in the list
 * first; if it is there, the function takes it out of the list and does nothing else. So once everything that is wanted has
 * been added, what is left in a list can be deleted. */
/* All of the link's. */
GPtrArray *svpn_netlink_list_addresses (guint ifindex, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Our routes that are in @table or lead to @ifindex (0: no link). */
GPtrArray *svpn_netlink_list_routes (int family, guint32 table, guint ifindex,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Our rules whose priority is in @first..@last. */
GPtrArray *svpn_netlink_list_rules (int family, guint32 first, guint32 last,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes all of a list and empties it. */
gboolean svpn_netlink_delete (SvpnNetlink *netlink, GPtrArray *objects,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @address with its prefix length. @prefix_route: the kernel adds the route to the network of the address. @present: NULL
 * for none. */
gboolean svpn_netlink_address_add (SvpnNetlink *netlink, guint ifindex, const SvpnPrefix *address,
                                   gboolean prefix_route, GPtrArray *present,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @ifindex 0: an "unreachable" route, which answers with an ICMP error. Replaces a route of @present to the same
 * destination, never a route that is not ours. */
gboolean svpn_netlink_route_add (SvpnNetlink *netlink, const SvpnPrefix *destination, guint ifindex,
                                 guint32 table, GPtrArray *present, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The link by which packets of @uid reach @destination now; 0 with @error if there is no route. */
guint svpn_netlink_route_get (SvpnNetlink *netlink, const SvpnPrefix *destination, uid_t uid,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean svpn_netlink_rule_add (SvpnNetlink *netlink, const SvpnRule *rule, GPtrArray *present,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
