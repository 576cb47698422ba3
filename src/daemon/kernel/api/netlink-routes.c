/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * rtnetlink: routes and rules. */
#include "netlink-private.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

/* ---- Routes ---- */

/* By its scope the kernel knows a network that is at a link (RFC 1812 calls it directly connected), and only there it looks
 * for the gateways of new routes: not behind a tunnel of ours. */
static unsigned char
scope_of (const SvpnRoute *route)
{
  return route->at_link && route->destination.family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

gboolean
svpn_netlink_set_route (SvpnNetlink *netlink, const SvpnRoute *route, gboolean present, GError **error)
{
  SvpnNetlinkRequest request;
  const SvpnPrefix *to = &route->destination;
  struct rtmsg *header = svpn_netlink_begin (&request, present ? RTM_NEWROUTE : RTM_DELROUTE,
                                             present ? NLM_F_CREATE | NLM_F_REPLACE : 0, sizeof *header);
  g_autofree char *text = svpn_prefix_to_string (to);
  g_autofree char *name = route->ifindex ? svpn_netlink_link_name (route->ifindex) : g_strdup ("nothing");
  int code;

  header->rtm_family = (unsigned char) to->family;
  header->rtm_dst_len = (unsigned char) to->prefix;
  header->rtm_protocol = present ? SVPN_ROUTE_PROTOCOL : RTPROT_UNSPEC;
  header->rtm_type = route->ifindex ? RTN_UNICAST : RTN_UNREACHABLE;
  header->rtm_scope = present ? scope_of (route) : RT_SCOPE_NOWHERE;
  mnl_attr_put_u32 (&request.message, RTA_TABLE, route->table);
  mnl_attr_put_u32 (&request.message, RTA_PRIORITY, route->metric);
  if (to->prefix)
    mnl_attr_put (&request.message, RTA_DST, svpn_netlink_address_size (to->family), to->bytes);
  if (route->ifindex)
    mnl_attr_put_u32 (&request.message, RTA_OIF, route->ifindex);
  code = svpn_netlink_transact (netlink, &request.message);
  if (code == EEXIST || (!present && (code == ESRCH || code == ENODEV || code == ENOENT)))
    return TRUE;
  return svpn_netlink_check (code, error, "%s route %s through %s", present ? "add" : "delete", text, name);
}

static GPtrArray *
list_routes (int family, guint32 table, GError **error)
{
  SvpnNetlinkRequest request;
  struct rtmsg *header = svpn_netlink_begin (&request, RTM_GETROUTE, 0, sizeof *header);

  header->rtm_family = (unsigned char) family;
  mnl_attr_put_u32 (&request.message, RTA_TABLE, table); /* a filter: the kernel sends no others */
  return svpn_netlink_list (&request, "list routes", error);
}

static SvpnRoute
parse_route (const struct nlmsghdr *message)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);
  SvpnRoute route = { .table = svpn_netlink_number (message, sizeof *header, RTA_TABLE, header->rtm_table),
                      .metric = svpn_netlink_number (message, sizeof *header, RTA_PRIORITY, 0),
                      .at_link = header->rtm_family == AF_INET && header->rtm_scope == RT_SCOPE_LINK };

  route.destination
      = svpn_netlink_prefix (message, sizeof *header, RTA_DST, header->rtm_family, header->rtm_dst_len);
  route.destination.family = header->rtm_family; /* a default route has no RTA_DST */
  if (header->rtm_type == RTN_UNICAST)           /* some kernels name a device for unreachable ones, too */
    route.ifindex = svpn_netlink_number (message, sizeof *header, RTA_OIF, 0);
  return route;
}

/* The kernel also lists copies of routes that it keeps for single destinations. */
static gboolean
is_route (const struct nlmsghdr *message, guint32 table)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);

  return message->nlmsg_type == RTM_NEWROUTE && !(header->rtm_flags & RTM_F_CLONED)
         && svpn_netlink_number (message, sizeof *header, RTA_TABLE, header->rtm_table) == table;
}

gboolean
svpn_netlink_read_routes (int family, guint32 table, guint ifindex, GArray *routes, GError **error)
{
  g_autoptr (GPtrArray) listed = list_routes (family, table, error);

  for (guint i = 0; listed && i < listed->len; i++) {
    const struct rtmsg *header = mnl_nlmsg_get_payload (listed->pdata[i]);
    SvpnRoute route = parse_route (listed->pdata[i]);
    gboolean ours = header->rtm_protocol == SVPN_ROUTE_PROTOCOL && route.ifindex == ifindex;

    if (is_route (listed->pdata[i], table) && (table != SVPN_MAIN_TABLE || ours))
      g_array_append_val (routes, route);
  }
  return listed != NULL;
}

gboolean
svpn_netlink_read_onlink_routes (int family, guint ifindex, GArray *routes, GError **error)
{
  g_autoptr (GPtrArray) listed = list_routes (family, SVPN_MAIN_TABLE, error);

  for (guint i = 0; listed && i < listed->len; i++) {
    SvpnRoute route = parse_route (listed->pdata[i]);

    if (is_route (listed->pdata[i], SVPN_MAIN_TABLE) && route.ifindex && route.ifindex != ifindex
        && route.destination.prefix > 0
        && !svpn_netlink_attribute (listed->pdata[i], sizeof (struct rtmsg), RTA_GATEWAY)
        && !svpn_netlink_attribute (listed->pdata[i], sizeof (struct rtmsg), RTA_VIA))
      g_array_append_val (routes, route);
  }
  return listed != NULL;
}

gboolean
svpn_netlink_has_default_route (int family, guint ifindex, GArray *links)
{
  g_autoptr (GPtrArray) listed = list_routes (family, SVPN_MAIN_TABLE, NULL);
  gboolean has = FALSE;

  for (guint i = 0; listed && i < listed->len; i++) {
    SvpnRoute route = parse_route (listed->pdata[i]);

    if (!is_route (listed->pdata[i], SVPN_MAIN_TABLE) || route.destination.prefix > 0 || !route.ifindex
        || route.ifindex == ifindex)
      continue;
    has = TRUE;
    if (links)
      g_array_append_val (links, route.ifindex);
  }
  return has;
}

static int
on_way (const struct nlmsghdr *message, void *data)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);
  guint length = (guint) svpn_netlink_address_size (header->rtm_family) * 8;
  SvpnWay *way = data;

  way->ifindex = svpn_netlink_number (message, sizeof *header, RTA_OIF, 0);
  way->source = svpn_netlink_prefix (message, sizeof *header, RTA_PREFSRC, header->rtm_family, length);
  way->gateway = svpn_netlink_prefix (message, sizeof *header, RTA_GATEWAY, header->rtm_family, length);
  return MNL_CB_STOP;
}

gboolean
svpn_netlink_get_way (SvpnNetlink *netlink, const SvpnPrefix *destination, uid_t uid, SvpnWay *way,
                      GError **error)
{
  SvpnNetlinkRequest request;
  struct rtmsg *header = svpn_netlink_begin (&request, RTM_GETROUTE, 0, sizeof *header);
  gsize size = svpn_netlink_address_size (destination->family);
  g_autofree char *text = svpn_address_to_string (destination);
  int code;

  *way = (SvpnWay){ 0 };
  header->rtm_family = (unsigned char) destination->family;
  header->rtm_dst_len = (unsigned char) (size * 8);
  mnl_attr_put (&request.message, RTA_DST, size, destination->bytes);
  mnl_attr_put_u32 (&request.message, RTA_UID, uid);
  code = svpn_netlink_exchange (netlink, &request.message, on_way, way);
  if (code == 0 && !way->ifindex)
    code = ENETUNREACH;
  return svpn_netlink_check (code, error, "find the route to %s", text);
}

/* ---- Rules ---- */

gboolean
svpn_netlink_set_rule (SvpnNetlink *netlink, const SvpnRule *rule, gboolean present, GError **error)
{
  SvpnNetlinkRequest request;
  struct fib_rule_hdr *header = svpn_netlink_begin (&request, present ? RTM_NEWRULE : RTM_DELRULE,
                                                    present ? NLM_F_CREATE | NLM_F_EXCL : 0, sizeof *header);
  int code;

  header->family = (guint8) rule->family;
  header->action = rule->table ? FR_ACT_TO_TBL : rule->go_to ? FR_ACT_GOTO : FR_ACT_NOP;
  mnl_attr_put_u32 (&request.message, FRA_PRIORITY, rule->priority);
  mnl_attr_put_u8 (&request.message, FRA_PROTOCOL, SVPN_ROUTE_PROTOCOL);
  if (rule->table)
    mnl_attr_put_u32 (&request.message, FRA_TABLE, rule->table);
  if (rule->go_to)
    mnl_attr_put_u32 (&request.message, FRA_GOTO, rule->go_to);
  if (rule->by_uid) {
    struct fib_rule_uid_range range = { rule->uid, rule->uid };

    mnl_attr_put (&request.message, FRA_UID_RANGE, sizeof range, &range);
  }
  if (rule->to.family) {
    header->dst_len = (guint8) rule->to.prefix;
    mnl_attr_put (&request.message, FRA_DST, svpn_netlink_address_size (rule->family), rule->to.bytes);
  }
  code = svpn_netlink_transact (netlink, &request.message);
  if (code == EEXIST || (!present && code == ENOENT))
    return TRUE;
  return svpn_netlink_check (code, error, "%s %s rule %u", present ? "add" : "delete",
                             rule->family == AF_INET ? "IPv4" : "IPv6", rule->priority);
}

static SvpnRule
parse_rule (const struct nlmsghdr *message)
{
  const struct fib_rule_hdr *header = mnl_nlmsg_get_payload (message);
  const struct nlattr *uids = svpn_netlink_attribute (message, sizeof *header, FRA_UID_RANGE);
  SvpnRule rule = { .family = header->family,
                    .priority = svpn_netlink_number (message, sizeof *header, FRA_PRIORITY, 0),
                    .go_to = svpn_netlink_number (message, sizeof *header, FRA_GOTO, 0) };

  if (header->action == FR_ACT_TO_TBL)
    rule.table = svpn_netlink_number (message, sizeof *header, FRA_TABLE, header->table);
  rule.to = svpn_netlink_prefix (message, sizeof *header, FRA_DST, header->family, header->dst_len);
  if (uids && mnl_attr_get_payload_len (uids) == sizeof (struct fib_rule_uid_range)) {
    rule.by_uid = TRUE;
    rule.uid = ((struct fib_rule_uid_range *) mnl_attr_get_payload (uids))->start;
  }
  return rule;
}

static GPtrArray *
list_rules (int family, GError **error)
{
  SvpnNetlinkRequest request;
  struct fib_rule_hdr *header = svpn_netlink_begin (&request, RTM_GETRULE, 0, sizeof *header);

  header->family = (guint8) family;
  return svpn_netlink_list (&request, "list rules", error);
}

static gboolean
is_ours (const struct nlmsghdr *message)
{
  return svpn_netlink_number (message, sizeof (struct fib_rule_hdr), FRA_PROTOCOL, 0) == SVPN_ROUTE_PROTOCOL;
}

gboolean
svpn_netlink_read_rules (int family, guint32 first, guint32 last, GArray *rules, GError **error)
{
  g_autoptr (GPtrArray) listed = list_rules (family, error);

  for (guint i = 0; listed && i < listed->len; i++) {
    SvpnRule rule = parse_rule (listed->pdata[i]);

    if (is_ours (listed->pdata[i]) && rule.priority >= first && rule.priority <= last)
      g_array_append_val (rules, rule);
  }
  return listed != NULL;
}

/* Whether the rule is for all packets, whoever's and to wherever. */
static gboolean
is_for_all (const struct nlmsghdr *message)
{
  static const uint16_t selectors[]
      = { FRA_DST,      FRA_SRC,         FRA_IIFNAME,     FRA_OIFNAME, FRA_UID_RANGE,
          FRA_IP_PROTO, FRA_DPORT_RANGE, FRA_SPORT_RANGE, FRA_L3MDEV };
  const struct fib_rule_hdr *header = mnl_nlmsg_get_payload (message);
  gboolean inverted = header->flags & FIB_RULE_INVERT;

  for (gsize i = 0; i < G_N_ELEMENTS (selectors); i++)
    if (svpn_netlink_attribute (message, sizeof *header, selectors[i]))
      return FALSE;
  return inverted == (svpn_netlink_number (message, sizeof *header, FRA_FWMARK, 0) != 0);
}

gboolean
svpn_netlink_read_foreign_rules (int family, GArray *rules, GError **error)
{
  g_autoptr (GPtrArray) listed = list_rules (family, error);

  for (guint i = 0; listed && i < listed->len; i++) {
    const struct fib_rule_hdr *header = mnl_nlmsg_get_payload (listed->pdata[i]);
    SvpnRule rule = parse_rule (listed->pdata[i]);

    /* Priority 0 is the local table; rules with a suppressor leave default routes to others. */
    if (!is_ours (listed->pdata[i]) && rule.priority > 0 && rule.table && is_for_all (listed->pdata[i])
        && !svpn_netlink_attribute (listed->pdata[i], sizeof *header, FRA_SUPPRESS_PREFIXLEN))
      g_array_append_val (rules, rule);
  }
  return listed != NULL;
}

guint32
svpn_netlink_lowest_rule (guint32 first, guint32 last)
{
  static const int families[] = { AF_INET, AF_INET6 };
  guint32 lowest = last + 1;

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autoptr (GArray) rules = g_array_new (FALSE, FALSE, sizeof (SvpnRule));

    svpn_netlink_read_rules (families[i], first, last, rules, NULL);
    for (guint j = 0; j < rules->len; j++)
      lowest = MIN (lowest, g_array_index (rules, SvpnRule, j).priority);
  }
  return lowest;
}
