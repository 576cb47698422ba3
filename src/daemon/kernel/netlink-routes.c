/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * rtnetlink: routes and rules. */
#include "netlink-private.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

/* ---- Routes ---- */

static gboolean
same_destination (const struct nlmsghdr *wanted, const struct nlmsghdr *present)
{
  const struct rtmsg *one = mnl_nlmsg_get_payload (wanted), *other = mnl_nlmsg_get_payload (present);

  return one->rtm_family == other->rtm_family && one->rtm_dst_len == other->rtm_dst_len
         && svpn_netlink_same_attribute (wanted, present, sizeof *one, RTA_TABLE)
         && svpn_netlink_same_attribute (wanted, present, sizeof *one, RTA_DST);
}

/* Some kernels name a device for unreachable routes; it does not matter. */
static gboolean
same_route (const struct nlmsghdr *wanted, const struct nlmsghdr *present)
{
  const struct rtmsg *one = mnl_nlmsg_get_payload (wanted), *other = mnl_nlmsg_get_payload (present);

  return same_destination (wanted, present) && one->rtm_type == other->rtm_type
         && (one->rtm_type == RTN_UNREACHABLE
             || svpn_netlink_same_attribute (wanted, present, sizeof *one, RTA_OIF));
}

/* Changes a route of ours that leads elsewhere in one step: deleting and adding would leave a moment without a route. */
static void
replace_other (struct nlmsghdr *wanted, GPtrArray *present)
{
  for (guint i = 0; i < present->len; i++) {
    if (!same_destination (wanted, present->pdata[i]) || same_route (wanted, present->pdata[i]))
      continue;
    g_ptr_array_remove_index_fast (present, i);
    wanted->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE;
    return;
  }
}

gboolean
svpn_netlink_route_add (SvpnNetlink *netlink, const SvpnPrefix *destination, guint ifindex, guint32 table,
                        GPtrArray *present, GError **error)
{
  SvpnNetlinkRequest request;
  struct rtmsg *header
      = svpn_netlink_begin (&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);
  g_autofree char *text = svpn_prefix_to_string (destination);
  g_autofree char *name = ifindex ? svpn_netlink_link_name (ifindex) : g_strdup ("nothing");

  header->rtm_family = (unsigned char) destination->family;
  header->rtm_dst_len = (unsigned char) destination->prefix;
  header->rtm_protocol = SVPN_ROUTE_PROTOCOL;
  header->rtm_type = ifindex ? RTN_UNICAST : RTN_UNREACHABLE;
  header->rtm_scope = ifindex && destination->family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  mnl_attr_put_u32 (&request.message, RTA_TABLE, table);
  if (destination->prefix)
    mnl_attr_put (&request.message, RTA_DST, svpn_netlink_address_size (destination->family),
                  destination->bytes);
  if (ifindex)
    mnl_attr_put_u32 (&request.message, RTA_OIF, ifindex);
  replace_other (&request.message, present);
  return svpn_netlink_check (svpn_netlink_ensure (netlink, &request.message, present, same_route), error,
                             "add route %s through %s", text, name);
}

typedef struct {
  int family;
  guint32 table;
  guint ifindex;
} WantedRoutes;

static gboolean
is_our_route (const struct nlmsghdr *message, gconstpointer data)
{
  const WantedRoutes *wanted = data;
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);
  guint32 table = svpn_netlink_number (message, sizeof *header, RTA_TABLE, 0);
  guint ifindex = svpn_netlink_number (message, sizeof *header, RTA_OIF, 0);

  return message->nlmsg_type == RTM_NEWROUTE && header->rtm_protocol == SVPN_ROUTE_PROTOCOL
         && header->rtm_family == wanted->family
         && (table == wanted->table || (wanted->ifindex && ifindex == wanted->ifindex));
}

GPtrArray *
svpn_netlink_list_routes (int family, guint32 table, guint ifindex, GError **error)
{
  SvpnNetlinkRequest request;
  WantedRoutes wanted = { family, table, ifindex };
  struct rtmsg *header = svpn_netlink_begin (&request, RTM_GETROUTE, 0, sizeof *header);

  header->rtm_family = (unsigned char) family;
  header->rtm_protocol = SVPN_ROUTE_PROTOCOL; /* a filter: the kernel sends no others */
  return svpn_netlink_list (&request, is_our_route, &wanted, "list our routes", error);
}

static int
on_route (const struct nlmsghdr *message, void *data)
{
  guint *ifindex = data;

  *ifindex = svpn_netlink_number (message, sizeof (struct rtmsg), RTA_OIF, 0);
  return MNL_CB_STOP;
}

guint
svpn_netlink_route_get (SvpnNetlink *netlink, const SvpnPrefix *destination, uid_t uid, GError **error)
{
  SvpnNetlinkRequest request;
  struct rtmsg *header = svpn_netlink_begin (&request, RTM_GETROUTE, 0, sizeof *header);
  gsize size = svpn_netlink_address_size (destination->family);
  g_autofree char *text = svpn_address_to_string (destination);
  guint ifindex = 0;
  int code;

  header->rtm_family = (unsigned char) destination->family;
  header->rtm_dst_len = (unsigned char) (size * 8);
  mnl_attr_put (&request.message, RTA_DST, size, destination->bytes);
  mnl_attr_put_u32 (&request.message, RTA_UID, uid);
  code = svpn_netlink_exchange (netlink, &request.message, on_route, &ifindex);
  if (code == 0 && !ifindex)
    code = ENETUNREACH;
  return svpn_netlink_check (code, error, "find the route to %s", text) ? ifindex : 0;
}

/* ---- Rules ---- */

static gboolean
same_rule (const struct nlmsghdr *wanted, const struct nlmsghdr *present)
{
  static const struct {
    uint16_t attribute;
    guint32 absent;
  } numbers[]
      = { { FRA_PRIORITY, 0 }, { FRA_TABLE, 0 }, { FRA_GOTO, 0 }, { FRA_SUPPRESS_PREFIXLEN, G_MAXUINT32 } };
  const struct fib_rule_hdr *one = mnl_nlmsg_get_payload (wanted), *other = mnl_nlmsg_get_payload (present);

  if (one->family != other->family || one->action != other->action || one->dst_len != other->dst_len)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (svpn_netlink_number (wanted, sizeof *one, numbers[i].attribute, numbers[i].absent)
        != svpn_netlink_number (present, sizeof *one, numbers[i].attribute, numbers[i].absent))
      return FALSE;
  return svpn_netlink_same_attribute (wanted, present, sizeof *one, FRA_UID_RANGE)
         && svpn_netlink_same_attribute (wanted, present, sizeof *one, FRA_DST);
}

gboolean
svpn_netlink_rule_add (SvpnNetlink *netlink, const SvpnRule *rule, GPtrArray *present, GError **error)
{
  SvpnNetlinkRequest request;
  struct fib_rule_hdr *header
      = svpn_netlink_begin (&request, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);

  header->family = (guint8) rule->family;
  header->action = rule->table ? FR_ACT_TO_TBL : rule->go_to ? FR_ACT_GOTO : FR_ACT_NOP;
  mnl_attr_put_u32 (&request.message, FRA_PRIORITY, rule->priority);
  mnl_attr_put_u8 (&request.message, FRA_PROTOCOL, SVPN_ROUTE_PROTOCOL);
  if (rule->table)
    mnl_attr_put_u32 (&request.message, FRA_TABLE, rule->table);
  if (rule->suppress_default)
    mnl_attr_put_u32 (&request.message, FRA_SUPPRESS_PREFIXLEN, 0);
  if (rule->go_to)
    mnl_attr_put_u32 (&request.message, FRA_GOTO, rule->go_to);
  if (rule->uid) {
    struct fib_rule_uid_range range = { *rule->uid, *rule->uid };

    mnl_attr_put (&request.message, FRA_UID_RANGE, sizeof range, &range);
  }
  if (rule->to) {
    header->dst_len = (guint8) rule->to->prefix;
    mnl_attr_put (&request.message, FRA_DST, svpn_netlink_address_size (rule->family), rule->to->bytes);
  }
  return svpn_netlink_check (svpn_netlink_ensure (netlink, &request.message, present, same_rule), error,
                             "add %s rule %u", rule->family == AF_INET ? "IPv4" : "IPv6", rule->priority);
}

typedef struct {
  int family;
  guint32 first, last;
} WantedRules;

static gboolean
is_our_rule (const struct nlmsghdr *message, gconstpointer data)
{
  const WantedRules *wanted = data;
  const struct fib_rule_hdr *header = mnl_nlmsg_get_payload (message);
  guint32 priority = svpn_netlink_number (message, sizeof *header, FRA_PRIORITY, 0);

  return message->nlmsg_type == RTM_NEWRULE && header->family == wanted->family && priority >= wanted->first
         && priority <= wanted->last
         && svpn_netlink_number (message, sizeof *header, FRA_PROTOCOL, 0) == SVPN_ROUTE_PROTOCOL;
}

GPtrArray *
svpn_netlink_list_rules (int family, guint32 first, guint32 last, GError **error)
{
  SvpnNetlinkRequest request;
  WantedRules wanted = { family, first, last };
  struct fib_rule_hdr *header = svpn_netlink_begin (&request, RTM_GETRULE, 0, sizeof *header);

  header->family = (guint8) family;
  return svpn_netlink_list (&request, is_our_rule, &wanted, "list our rules", error);
}
