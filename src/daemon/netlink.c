/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * rtnetlink: links, addresses, routes and rules. */
#include "netlink.h"

#include "error.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/time.h>

#define REQUEST_SIZE 1024
#define RECEIVE_SIZE 32768 /* the kernel's largest dump message */
#define RECEIVE_TIMEOUT_S 5
#define DUMP_MAX 65536  /* matching objects */
#define DUMP_ATTEMPTS 3 /* a dump during which the tables change is begun again */

struct _SvpnNetlink {
  struct mnl_socket *socket;
  guint32 sequence;
};

typedef union {
  struct nlmsghdr message;
  char bytes[REQUEST_SIZE];
} Request;

/* What a flush is about; 0 is "none" for table and ifindex. */
typedef struct {
  int family;
  guint32 table;
  guint ifindex;
  guint32 first, last;
} Wanted;

typedef gboolean (*MatchFunc) (const struct nlmsghdr *message, const Wanted *wanted);

typedef struct {
  MatchFunc match;
  const Wanted *wanted;
  GPtrArray *found; /* of struct nlmsghdr */
} Dump;

/* TRUE for code 0, else an error from the errno @code and what could not be done. */
static gboolean G_GNUC_PRINTF (3, 4) check (int code, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  if (code == 0)
    return TRUE;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "%s: %s", what, g_strerror (code));
  return FALSE;
}

static char *
link_name (guint ifindex)
{
  char name[IF_NAMESIZE];

  return if_indextoname (ifindex, name) ? g_strdup (name) : g_strdup_printf ("link %u", ifindex);
}

static gsize
address_size (int family)
{
  return family == AF_INET6 ? 16 : 4;
}

SvpnNetlink *
svpn_netlink_new (GError **error)
{
  g_autoptr (SvpnNetlink) netlink = g_new0 (SvpnNetlink, 1);
  struct timeval timeout = { .tv_sec = RECEIVE_TIMEOUT_S };
  int on = 1;

  netlink->socket = mnl_socket_open2 (NETLINK_ROUTE, SOCK_CLOEXEC);
  if (!netlink->socket || mnl_socket_bind (netlink->socket, 0, MNL_SOCKET_AUTOPID) < 0
      || setsockopt (mnl_socket_get_fd (netlink->socket), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout)
             < 0
      || mnl_socket_setsockopt (netlink->socket, NETLINK_GET_STRICT_CHK, &on, sizeof on) < 0) {
    check (errno, error, "opening a netlink socket");
    return NULL;
  }
  return g_steal_pointer (&netlink);
}

void
svpn_netlink_free (SvpnNetlink *netlink)
{
  if (netlink->socket)
    mnl_socket_close (netlink->socket);
  g_free (netlink);
}

static void *
start_request (Request *request, uint16_t type, uint16_t flags, gsize header_size)
{
  struct nlmsghdr *message = mnl_nlmsg_put_header (request);

  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | flags;
  return mnl_nlmsg_put_extra_header (message, header_size);
}

/* Sends @message and hands each answer to @callback until the last. Returns 0 or an errno. */
static int
exchange (SvpnNetlink *netlink, struct nlmsghdr *message, mnl_cb_t callback, void *data)
{
  g_autofree char *answer = g_malloc (RECEIVE_SIZE);
  guint port = mnl_socket_get_portid (netlink->socket);
  int more = MNL_CB_OK;

  message->nlmsg_seq = ++netlink->sequence;
  message->nlmsg_pid = 0;
  if (mnl_socket_sendto (netlink->socket, message, message->nlmsg_len) < 0)
    return errno;
  while (more > MNL_CB_STOP) {
    ssize_t size;

    do
      size = mnl_socket_recvfrom (netlink->socket, answer, RECEIVE_SIZE);
    while (size < 0 && errno == EINTR);
    if (size < 0)
      return errno == EAGAIN ? ETIMEDOUT : errno;
    more = mnl_cb_run (answer, (size_t) size, message->nlmsg_seq, port, callback, data);
  }
  return more < MNL_CB_STOP ? errno : 0;
}

static int
transact (SvpnNetlink *netlink, struct nlmsghdr *message)
{
  message->nlmsg_flags |= NLM_F_ACK;
  return exchange (netlink, message, NULL, NULL);
}

static guint32
attribute_u32 (const struct nlmsghdr *message, gsize header_size, uint16_t type)
{
  const struct nlattr *attribute;

  mnl_attr_for_each (attribute, message,
                     header_size) if (mnl_attr_get_type (attribute) == type
                                      && mnl_attr_get_payload_len (attribute)
                                             >= sizeof (guint32)) return mnl_attr_get_u32 (attribute);
  return 0;
}

static guint8
attribute_u8 (const struct nlmsghdr *message, gsize header_size, uint16_t type)
{
  const struct nlattr *attribute;

  mnl_attr_for_each (attribute, message, header_size) if (mnl_attr_get_type (attribute) == type
                                                          && mnl_attr_get_payload_len (attribute) >= sizeof (
                                                                 guint8)) return mnl_attr_get_u8 (attribute);
  return 0;
}

static int
on_dumped (const struct nlmsghdr *message, void *data)
{
  Dump *dump = data;

  if (!dump->match (message, dump->wanted))
    return MNL_CB_OK;
  if (dump->found->len >= DUMP_MAX) {
    errno = E2BIG;
    return MNL_CB_ERROR;
  }
  g_ptr_array_add (dump->found, g_memdup2 (message, message->nlmsg_len));
  return MNL_CB_OK;
}

/* All that @request lists and @match picks. Each attempt has a socket of its own: what is left unread of a broken dump
 * would be in the way of the next answer. NULL with errno in @code. */
static GPtrArray *
dump_matching (struct nlmsghdr *request, MatchFunc match, const Wanted *wanted, int *code)
{
  *code = EINTR;
  for (int attempt = 0; attempt < DUMP_ATTEMPTS && *code == EINTR; attempt++) {
    g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (NULL);
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
    Dump dump = { match, wanted, found };

    *code = netlink ? exchange (netlink, request, on_dumped, &dump) : errno;
    if (*code == 0)
      return g_steal_pointer (&found);
  }
  return NULL;
}

/* Deletes, by a message of @delete_type, all that @request lists and @match picks. What is gone meanwhile, or of a
 * family that the kernel does not have, is no error. */
static gboolean
flush (SvpnNetlink *netlink, Request *request, uint16_t delete_type, MatchFunc match, const Wanted *wanted,
       const char *what, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  int failure = 0;

  request->message.nlmsg_flags |= NLM_F_DUMP;
  found = dump_matching (&request->message, match, wanted, &failure);
  for (guint i = 0; found && i < found->len; i++) {
    struct nlmsghdr *message = found->pdata[i];
    int code;

    message->nlmsg_type = delete_type;
    message->nlmsg_flags = NLM_F_REQUEST;
    code = transact (netlink, message);
    if (code != 0 && code != ENOENT && code != ESRCH && code != ENODEV && code != EADDRNOTAVAIL)
      failure = code;
  }
  if (failure == ENODEV || failure == EAFNOSUPPORT || failure == EOPNOTSUPP)
    return TRUE;
  return check (failure, error, "%s", what);
}

gboolean
svpn_netlink_link_up (SvpnNetlink *netlink, guint ifindex, guint mtu, guint queue_length, GError **error)
{
  Request request;
  struct ifinfomsg *header = start_request (&request, RTM_NEWLINK, 0, sizeof *header);
  g_autofree char *name = link_name (ifindex);

  header->ifi_index = (int) ifindex;
  header->ifi_flags = header->ifi_change = IFF_UP;
  if (mtu)
    mnl_attr_put_u32 (&request.message, IFLA_MTU, mtu);
  if (queue_length)
    mnl_attr_put_u32 (&request.message, IFLA_TXQLEN, queue_length);
  return check (transact (netlink, &request.message), error, "setting %s up with an MTU of %u", name, mtu);
}

static int
on_link (const struct nlmsghdr *message, void *data)
{
  guint *mtu = data;

  *mtu = attribute_u32 (message, sizeof (struct ifinfomsg), IFLA_MTU);
  return MNL_CB_STOP;
}

guint
svpn_netlink_link_mtu (SvpnNetlink *netlink, guint ifindex, GError **error)
{
  Request request;
  struct ifinfomsg *header = start_request (&request, RTM_GETLINK, 0, sizeof *header);
  g_autofree char *name = link_name (ifindex);
  guint mtu = 0;
  int code;

  header->ifi_index = (int) ifindex;
  code = exchange (netlink, &request.message, on_link, &mtu);
  if (code == 0 && mtu == 0)
    code = EPROTO;
  return check (code, error, "asking for the MTU of %s", name) ? mtu : 0;
}

gboolean
svpn_netlink_link_delete (SvpnNetlink *netlink, guint ifindex, GError **error)
{
  Request request;
  struct ifinfomsg *header = start_request (&request, RTM_DELLINK, 0, sizeof *header);
  g_autofree char *name = link_name (ifindex);
  int code;

  header->ifi_index = (int) ifindex;
  code = transact (netlink, &request.message);
  return check (code == ENODEV ? 0 : code, error, "deleting %s", name);
}

gboolean
svpn_netlink_address_add (SvpnNetlink *netlink, guint ifindex, const SvpnPrefix *address,
                          gboolean prefix_route, GError **error)
{
  Request request;
  struct ifaddrmsg *header = start_request (&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);
  guint32 flags = IFA_F_NODAD | (prefix_route ? 0 : IFA_F_NOPREFIXROUTE);
  gsize size = address_size (address->family);
  g_autofree char *text = svpn_prefix_to_string (address);
  g_autofree char *name = link_name (ifindex);

  header->ifa_family = (unsigned char) address->family;
  header->ifa_prefixlen = (unsigned char) address->prefix;
  header->ifa_index = ifindex;
  mnl_attr_put (&request.message, IFA_LOCAL, size, address->bytes);
  mnl_attr_put (&request.message, IFA_ADDRESS, size, address->bytes);
  mnl_attr_put_u32 (&request.message, IFA_FLAGS, flags);
  return check (transact (netlink, &request.message), error, "adding address %s to %s", text, name);
}

static gboolean
address_matches (const struct nlmsghdr *message, const Wanted *wanted)
{
  const struct ifaddrmsg *header = mnl_nlmsg_get_payload (message);

  return message->nlmsg_type == RTM_NEWADDR && header->ifa_index == wanted->ifindex;
}

gboolean
svpn_netlink_address_flush (SvpnNetlink *netlink, guint ifindex, GError **error)
{
  Request request;
  Wanted wanted = { .ifindex = ifindex };
  struct ifaddrmsg *header = start_request (&request, RTM_GETADDR, 0, sizeof *header);
  g_autofree char *name = link_name (ifindex);
  g_autofree char *what = g_strdup_printf ("deleting the addresses of %s", name);

  header->ifa_index = ifindex;
  return flush (netlink, &request, RTM_DELADDR, address_matches, &wanted, what, error);
}

gboolean
svpn_netlink_route_add (SvpnNetlink *netlink, const SvpnPrefix *destination, guint ifindex, guint32 table,
                        GError **error)
{
  Request request;
  struct rtmsg *header = start_request (&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);
  g_autofree char *text = svpn_prefix_to_string (destination);
  g_autofree char *name = ifindex ? link_name (ifindex) : g_strdup ("nothing");

  header->rtm_family = (unsigned char) destination->family;
  header->rtm_dst_len = (unsigned char) destination->prefix;
  header->rtm_protocol = SVPN_ROUTE_PROTOCOL;
  header->rtm_type = ifindex ? RTN_UNICAST : RTN_UNREACHABLE;
  header->rtm_scope = ifindex && destination->family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  mnl_attr_put_u32 (&request.message, RTA_TABLE, table);
  if (destination->prefix)
    mnl_attr_put (&request.message, RTA_DST, address_size (destination->family), destination->bytes);
  if (ifindex)
    mnl_attr_put_u32 (&request.message, RTA_OIF, ifindex);
  return check (transact (netlink, &request.message), error, "adding route %s through %s", text, name);
}

static gboolean
route_matches (const struct nlmsghdr *message, const Wanted *wanted)
{
  const struct rtmsg *header = mnl_nlmsg_get_payload (message);
  guint32 table = attribute_u32 (message, sizeof *header, RTA_TABLE);
  guint ifindex = attribute_u32 (message, sizeof *header, RTA_OIF);

  return message->nlmsg_type == RTM_NEWROUTE && header->rtm_protocol == SVPN_ROUTE_PROTOCOL
         && header->rtm_family == wanted->family
         && ((wanted->table && table == wanted->table) || (wanted->ifindex && ifindex == wanted->ifindex));
}

gboolean
svpn_netlink_route_flush (SvpnNetlink *netlink, int family, guint32 table, guint ifindex, GError **error)
{
  Request request;
  Wanted wanted = { .family = family, .table = table, .ifindex = ifindex };
  struct rtmsg *header = start_request (&request, RTM_GETROUTE, 0, sizeof *header);

  header->rtm_family = (unsigned char) family;
  header->rtm_protocol = SVPN_ROUTE_PROTOCOL; /* a filter: the kernel sends no others */
  return flush (netlink, &request, RTM_DELROUTE, route_matches, &wanted, "deleting our routes", error);
}

static int
on_route (const struct nlmsghdr *message, void *data)
{
  guint *ifindex = data;

  *ifindex = attribute_u32 (message, sizeof (struct rtmsg), RTA_OIF);
  return MNL_CB_STOP;
}

guint
svpn_netlink_route_get (SvpnNetlink *netlink, const SvpnPrefix *destination, uid_t uid, GError **error)
{
  Request request;
  struct rtmsg *header = start_request (&request, RTM_GETROUTE, 0, sizeof *header);
  gsize size = address_size (destination->family);
  g_autofree char *text = svpn_address_to_string (destination);
  guint ifindex = 0;
  int code;

  header->rtm_family = (unsigned char) destination->family;
  header->rtm_dst_len = (unsigned char) (size * 8);
  mnl_attr_put (&request.message, RTA_DST, size, destination->bytes);
  mnl_attr_put_u32 (&request.message, RTA_UID, uid);
  code = exchange (netlink, &request.message, on_route, &ifindex);
  if (code == 0 && !ifindex)
    code = ENETUNREACH;
  return check (code, error, "asking for the route to %s", text) ? ifindex : 0;
}

gboolean
svpn_netlink_rule_add (SvpnNetlink *netlink, const SvpnRule *rule, GError **error)
{
  Request request;
  struct fib_rule_hdr *header
      = start_request (&request, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);

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
    mnl_attr_put (&request.message, FRA_DST, address_size (rule->family), rule->to->bytes);
  }
  return check (transact (netlink, &request.message), error, "adding %s rule %u",
                rule->family == AF_INET ? "IPv4" : "IPv6", rule->priority);
}

static gboolean
rule_matches (const struct nlmsghdr *message, const Wanted *wanted)
{
  const struct fib_rule_hdr *header = mnl_nlmsg_get_payload (message);
  guint32 priority = attribute_u32 (message, sizeof *header, FRA_PRIORITY);

  return message->nlmsg_type == RTM_NEWRULE && header->family == wanted->family && priority >= wanted->first
         && priority <= wanted->last
         && attribute_u8 (message, sizeof *header, FRA_PROTOCOL) == SVPN_ROUTE_PROTOCOL;
}

gboolean
svpn_netlink_rule_flush (SvpnNetlink *netlink, int family, guint32 first, guint32 last, GError **error)
{
  Request request;
  Wanted wanted = { .family = family, .first = first, .last = last };
  struct fib_rule_hdr *header = start_request (&request, RTM_GETRULE, 0, sizeof *header);

  header->family = (guint8) family;
  return flush (netlink, &request, RTM_DELRULE, rule_matches, &wanted, "deleting our rules", error);
}
