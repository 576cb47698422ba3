/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * rtnetlink: links, addresses, routes and rules. Each call blocks until the kernel has acknowledged it
 * (microseconds); errors are SVPN_ERROR_FAILED and name what failed on what. */
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
  gboolean suppress_default; /* a default route found in the table does not count */
  guint32 go_to;             /* priority of the rule to go on with; 0 (and no table): with the next one */
  const uid_t *uid;          /* only packets of sockets of this user; NULL: of all */
  const SvpnPrefix *to;      /* only packets to there; NULL: to anywhere */
} SvpnRule;

SvpnNetlink *svpn_netlink_new (GError **error);
void svpn_netlink_free (SvpnNetlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnNetlink, svpn_netlink_free)

/* @mtu in bytes, @queue_length in packets; 0: as it is. */
gboolean svpn_netlink_link_up (SvpnNetlink *netlink, guint ifindex, guint mtu, guint queue_length,
                               GError **error);

typedef struct {
  guint mtu;          /* bytes */
  guint64 tx_dropped; /* packets that were to leave by it, since it was made */
} SvpnLinkInfo;

gboolean svpn_netlink_link_get (SvpnNetlink *netlink, guint ifindex, SvpnLinkInfo *info, GError **error);

/* No error if it is gone. */
gboolean svpn_netlink_link_delete (SvpnNetlink *netlink, guint ifindex, GError **error);

/* Lists of what is there, each of an opaque message of the kernel. What is added is first looked for there: if it is
 * there it is taken out of the list, and nothing is done. So what stays in a list when all that is wanted has been
 * added can go. */
GPtrArray *svpn_netlink_list_addresses (guint ifindex, GError **error); /* all of the link's */
/* Those of our routes that are in @table or lead to @ifindex (0: to none). */
GPtrArray *svpn_netlink_list_routes (int family, guint32 table, guint ifindex, GError **error);
/* Those of our rules whose priority is in @first..@last. */
GPtrArray *svpn_netlink_list_rules (int family, guint32 first, guint32 last, GError **error);

/* Deletes all of a list, which is empty then. */
gboolean svpn_netlink_delete (SvpnNetlink *netlink, GPtrArray *objects, GError **error);

/* @address with its prefix length. @prefix_route: the kernel adds the route to the network of the address. @present:
 * may be NULL: none. */
gboolean svpn_netlink_address_add (SvpnNetlink *netlink, guint ifindex, const SvpnPrefix *address,
                                   gboolean prefix_route, GPtrArray *present, GError **error);

/* @ifindex 0: an "unreachable" route, which answers with an ICMP error. Replaces one of @present to the same
 * destination, and never one of others. */
gboolean svpn_netlink_route_add (SvpnNetlink *netlink, const SvpnPrefix *destination, guint ifindex,
                                 guint32 table, GPtrArray *present, GError **error);

/* The link by which the packets of @uid reach @destination now; 0 with @error where there is no route. */
guint svpn_netlink_route_get (SvpnNetlink *netlink, const SvpnPrefix *destination, uid_t uid, GError **error);

gboolean svpn_netlink_rule_add (SvpnNetlink *netlink, const SvpnRule *rule, GPtrArray *present,
                                GError **error);
