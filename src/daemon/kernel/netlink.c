/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * rtnetlink: requests and lists, links and addresses. */
#include "netlink-private.h"

#include "error.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/time.h>

#define RECEIVE_SIZE 32768 /* the kernel's largest dump message */
#define RECEIVE_TIMEOUT_S 5
#define LIST_MAX 65536  /* matching objects */
#define LIST_ATTEMPTS 3 /* the kernel breaks a list off when the tables change */

struct _SvpnNetlink {
  struct mnl_socket *socket;
  guint32 sequence;
};

typedef struct {
  SvpnNetlinkMatch match;
  gconstpointer wanted;
  GPtrArray *found; /* of struct nlmsghdr */
} List;

gboolean
svpn_netlink_check (int code, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  if (code == 0)
    return TRUE;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot %s: %s", what, g_strerror (code));
  return FALSE;
}

char *
svpn_netlink_link_name (guint ifindex)
{
  char name[IF_NAMESIZE];

  return if_indextoname (ifindex, name) ? g_strdup (name) : g_strdup_printf ("link %u", ifindex);
}

gsize
svpn_netlink_address_size (int family)
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
    svpn_netlink_check (errno, error, "open a netlink socket");
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

void *
svpn_netlink_begin (SvpnNetlinkRequest *request, uint16_t type, uint16_t flags, gsize header_size)
{
  struct nlmsghdr *message = mnl_nlmsg_put_header (request);

  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | flags;
  return mnl_nlmsg_put_extra_header (message, header_size);
}

int
svpn_netlink_exchange (SvpnNetlink *netlink, struct nlmsghdr *message, mnl_cb_t callback, void *data)
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

/* Sends @message and waits for the acknowledgement. 0 or an errno. */
static int
transact (SvpnNetlink *netlink, struct nlmsghdr *message)
{
  message->nlmsg_flags |= NLM_F_ACK;
  return svpn_netlink_exchange (netlink, message, NULL, NULL);
}

/* ---- Attributes ---- */

static const struct nlattr *
find_attribute (const struct nlmsghdr *message, gsize header_size, uint16_t type)
{
  const struct nlattr *attribute;

  /* clang-format off */
  mnl_attr_for_each (attribute, message, header_size)
    if (mnl_attr_get_type (attribute) == type)
      return attribute;
  /* clang-format on */
  return NULL;
}

guint32
svpn_netlink_number (const struct nlmsghdr *message, gsize header_size, uint16_t type, guint32 absent)
{
  const struct nlattr *attribute = find_attribute (message, header_size, type);

  switch (attribute ? mnl_attr_get_payload_len (attribute) : 0) {
  case sizeof (guint32):
    return mnl_attr_get_u32 (attribute);
  case sizeof (guint8):
    return mnl_attr_get_u8 (attribute);
  default:
    return absent;
  }
}

gboolean
svpn_netlink_same_attribute (const struct nlmsghdr *one, const struct nlmsghdr *other, gsize header_size,
                             uint16_t type)
{
  const struct nlattr *first = find_attribute (one, header_size, type);
  const struct nlattr *second = find_attribute (other, header_size, type);

  if (!first || !second)
    return first == second;
  return mnl_attr_get_payload_len (first) == mnl_attr_get_payload_len (second)
         && memcmp (mnl_attr_get_payload (first), mnl_attr_get_payload (second),
                    mnl_attr_get_payload_len (first))
                == 0;
}

/* ---- Lists ---- */

static int
on_listed (const struct nlmsghdr *message, void *data)
{
  List *list = data;

  if (!list->match (message, list->wanted))
    return MNL_CB_OK;
  if (list->found->len >= LIST_MAX) {
    errno = E2BIG;
    return MNL_CB_ERROR;
  }
  g_ptr_array_add (list->found, g_memdup2 (message, message->nlmsg_len));
  return MNL_CB_OK;
}

/* Each attempt has a socket of its own: unread messages of a broken list would come before the next answer. */
GPtrArray *
svpn_netlink_list (SvpnNetlinkRequest *request, SvpnNetlinkMatch match, gconstpointer wanted,
                   const char *what, GError **error)
{
  int code = EINTR;

  request->message.nlmsg_flags |= NLM_F_DUMP;
  for (int attempt = 0; attempt < LIST_ATTEMPTS && code == EINTR; attempt++) {
    g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (NULL);
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
    List list = { match, wanted, found };

    code = netlink ? svpn_netlink_exchange (netlink, &request->message, on_listed, &list) : errno;
    if (code == ENODEV || code == EAFNOSUPPORT || code == EOPNOTSUPP)
      g_ptr_array_set_size (found, code = 0);
    if (code == 0)
      return g_steal_pointer (&found);
  }
  svpn_netlink_check (code, error, "%s", what);
  return NULL;
}

int
svpn_netlink_ensure (SvpnNetlink *netlink, struct nlmsghdr *wanted, GPtrArray *present, SvpnNetlinkSame same)
{
  for (guint i = 0; present && i < present->len; i++) {
    if (!same (wanted, present->pdata[i]))
      continue;
    g_ptr_array_remove_index_fast (present, i);
    return 0;
  }
  return transact (netlink, wanted);
}

/* An object that is gone already is not an error. */
gboolean
svpn_netlink_delete (SvpnNetlink *netlink, GPtrArray *objects, GError **error)
{
  int failure = 0;

  for (guint i = 0; i < objects->len; i++) {
    struct nlmsghdr *message = objects->pdata[i];
    int code;

    message->nlmsg_type++; /* RTM_NEWADDR and RTM_DELADDR, RTM_NEWROUTE and RTM_DELROUTE, ... */
    message->nlmsg_flags = NLM_F_REQUEST;
    code = transact (netlink, message);
    if (code != 0 && code != ENOENT && code != ESRCH && code != ENODEV && code != EADDRNOTAVAIL)
      failure = code;
  }
  g_ptr_array_set_size (objects, 0);
  return svpn_netlink_check (failure, error, "delete our addresses, routes or rules");
}

/* ---- Links ---- */

gboolean
svpn_netlink_link_up (SvpnNetlink *netlink, guint ifindex, guint mtu, guint queue_length, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifinfomsg *header = svpn_netlink_begin (&request, RTM_NEWLINK, 0, sizeof *header);
  g_autofree char *name = svpn_netlink_link_name (ifindex);

  header->ifi_index = (int) ifindex;
  header->ifi_flags = header->ifi_change = IFF_UP;
  if (mtu)
    mnl_attr_put_u32 (&request.message, IFLA_MTU, mtu);
  if (queue_length)
    mnl_attr_put_u32 (&request.message, IFLA_TXQLEN, queue_length);
  return svpn_netlink_check (transact (netlink, &request.message), error, "set %s up with an MTU of %u", name,
                             mtu);
}

static int
on_link (const struct nlmsghdr *message, void *data)
{
  const struct nlattr *attribute = find_attribute (message, sizeof (struct ifinfomsg), IFLA_STATS64);
  struct rtnl_link_stats64 stats = { 0 };
  SvpnLinkInfo *info = data;

  if (attribute) /* another kernel's may be shorter or longer */
    memcpy (&stats, mnl_attr_get_payload (attribute),
            MIN (mnl_attr_get_payload_len (attribute), sizeof stats));
  info->mtu = svpn_netlink_number (message, sizeof (struct ifinfomsg), IFLA_MTU, 0);
  info->tx_dropped = stats.tx_dropped;
  return MNL_CB_STOP;
}

gboolean
svpn_netlink_link_get (SvpnNetlink *netlink, guint ifindex, SvpnLinkInfo *info, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifinfomsg *header = svpn_netlink_begin (&request, RTM_GETLINK, 0, sizeof *header);
  g_autofree char *name = svpn_netlink_link_name (ifindex);

  *info = (SvpnLinkInfo){ 0 };
  header->ifi_index = (int) ifindex;
  return svpn_netlink_check (svpn_netlink_exchange (netlink, &request.message, on_link, info), error,
                             "ask the kernel about %s", name);
}

gboolean
svpn_netlink_link_delete (SvpnNetlink *netlink, guint ifindex, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifinfomsg *header = svpn_netlink_begin (&request, RTM_DELLINK, 0, sizeof *header);
  g_autofree char *name = svpn_netlink_link_name (ifindex);
  int code;

  header->ifi_index = (int) ifindex;
  code = transact (netlink, &request.message);
  return svpn_netlink_check (code == ENODEV ? 0 : code, error, "delete %s", name);
}

/* ---- Addresses ---- */

static gboolean
same_address (const struct nlmsghdr *wanted, const struct nlmsghdr *present)
{
  const struct ifaddrmsg *one = mnl_nlmsg_get_payload (wanted), *other = mnl_nlmsg_get_payload (present);

  return one->ifa_family == other->ifa_family && one->ifa_prefixlen == other->ifa_prefixlen
         && svpn_netlink_same_attribute (wanted, present, sizeof *one, IFA_ADDRESS);
}

gboolean
svpn_netlink_address_add (SvpnNetlink *netlink, guint ifindex, const SvpnPrefix *address,
                          gboolean prefix_route, GPtrArray *present, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifaddrmsg *header
      = svpn_netlink_begin (&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);
  guint32 flags = IFA_F_NODAD | (prefix_route ? 0 : IFA_F_NOPREFIXROUTE);
  gsize size = svpn_netlink_address_size (address->family);
  g_autofree char *text = svpn_prefix_to_string (address);
  g_autofree char *name = svpn_netlink_link_name (ifindex);

  header->ifa_family = (unsigned char) address->family;
  header->ifa_prefixlen = (unsigned char) address->prefix;
  header->ifa_index = ifindex;
  mnl_attr_put (&request.message, IFA_LOCAL, size, address->bytes);
  mnl_attr_put (&request.message, IFA_ADDRESS, size, address->bytes);
  mnl_attr_put_u32 (&request.message, IFA_FLAGS, flags);
  return svpn_netlink_check (svpn_netlink_ensure (netlink, &request.message, present, same_address), error,
                             "add address %s to %s", text, name);
}

static gboolean
is_address_of (const struct nlmsghdr *message, gconstpointer ifindex)
{
  const struct ifaddrmsg *header = mnl_nlmsg_get_payload (message);

  return message->nlmsg_type == RTM_NEWADDR && header->ifa_index == GPOINTER_TO_UINT (ifindex);
}

GPtrArray *
svpn_netlink_list_addresses (guint ifindex, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifaddrmsg *header = svpn_netlink_begin (&request, RTM_GETADDR, 0, sizeof *header);
  g_autofree char *name = svpn_netlink_link_name (ifindex);
  g_autofree char *what = g_strdup_printf ("list the addresses of %s", name);

  header->ifa_index = ifindex;
  return svpn_netlink_list (&request, is_address_of, GUINT_TO_POINTER (ifindex), what, error);
}
