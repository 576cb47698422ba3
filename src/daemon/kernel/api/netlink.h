/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * rtnetlink(7): links, addresses, routes and rules. Each call blocks until the kernel has acknowledged it (microseconds);
 * errors are SVPN_ERROR_FAILED and say what could not be done to what. "Link" is the kernel's word for an interface. */
#pragma once

#include "kernel-state.h"
#include <gio/gio.h>

/* The origin (rtm_protocol, FRA_PROTOCOL) of our routes and rules: "proto 83" in the output of ip(8). */
#define SVPN_ROUTE_PROTOCOL 0x53

#define SVPN_MAIN_TABLE 254

typedef struct _SvpnNetlink SvpnNetlink;

SvpnNetlink *svpn_netlink_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void svpn_netlink_free (SvpnNetlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnNetlink, svpn_netlink_free)

/* @mtu in bytes, @queue_length in packets; 0: unchanged. */
gboolean svpn_netlink_link_up (SvpnNetlink *netlink, guint ifindex, guint mtu, guint queue_length,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Marks the device as that of the tunnel @id, under whatever name it goes; whether @ifindex is marked so. */
gboolean svpn_netlink_link_mark (SvpnNetlink *netlink, guint ifindex, const char *id, GError **error);
gboolean svpn_netlink_link_is_marked (SvpnNetlink *netlink, guint ifindex, const char *id);

typedef struct {
  gboolean is_up;
  guint mtu;          /* bytes */
  guint queue_length; /* packets */
  char alias[256];    /* "" for none */
  guint64 tx_dropped; /* packets that were to leave by it, since it was made */
} SvpnLinkInfo;

gboolean svpn_netlink_link_get (SvpnNetlink *netlink, guint ifindex, SvpnLinkInfo *info,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Succeeds if there is no such link. */
gboolean svpn_netlink_link_delete (SvpnNetlink *netlink, guint ifindex,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is there, appended to an array of values. None of a family that the kernel does not have. */
gboolean svpn_netlink_read_addresses (guint ifindex, GArray *addresses, GError **error);

/* Addresses of all links but @ifindex and loopback, as the networks they are in: GArray of SvpnRoute, whose ifindex is
 * that of the link. */
gboolean svpn_netlink_read_networks (guint ifindex, GArray *networks, GError **error);

/* Those in @table; in the main table those of ours alone that lead to @ifindex. */
gboolean svpn_netlink_read_routes (int family, guint32 table, guint ifindex, GArray *routes, GError **error);

/* Routes of the main table without a gateway, of all links but @ifindex. */
gboolean svpn_netlink_read_onlink_routes (int family, guint ifindex, GArray *routes, GError **error);

/* Whether the main table has a default route of @family; through which links: GArray of guint, may be NULL. */
gboolean svpn_netlink_has_default_route (int family, guint ifindex, GArray *links);

/* Our rules whose priority is in @first..@last; rules of others. */
gboolean svpn_netlink_read_rules (int family, guint32 first, guint32 last, GArray *rules, GError **error);
gboolean svpn_netlink_read_foreign_rules (int family, GArray *rules, GError **error);

/* The lowest priority of our rules in @first..@last; @last + 1 where there are none. */
guint32 svpn_netlink_lowest_rule (guint32 first, guint32 last);

/* Add or delete one. What is there already, or gone already, is no error; of a route to the same destination, table and
 * metric, the new one takes the place in one step. An address comes without a route to its network. */
gboolean svpn_netlink_set_address (SvpnNetlink *netlink, guint ifindex, const SvpnPrefix *address,
                                   gboolean present, GError **error);
gboolean svpn_netlink_set_route (SvpnNetlink *netlink, const SvpnRoute *route, gboolean present,
                                 GError **error);
gboolean svpn_netlink_set_rule (SvpnNetlink *netlink, const SvpnRule *rule, gboolean present, GError **error);

/* The way that the packets of @uid to @destination take now: the link, and the address that they come from (family 0:
 * not told). FALSE with @error where there is no route. */
typedef struct {
  guint ifindex;
  SvpnPrefix source, gateway;
} SvpnWay;
gboolean svpn_netlink_get_way (SvpnNetlink *netlink, const SvpnPrefix *destination, uid_t uid, SvpnWay *way,
                               GError **error);

/* Its name, or "link 7" where there is none. */
char *svpn_netlink_link_name (guint ifindex);

gsize svpn_netlink_address_size (int family);
