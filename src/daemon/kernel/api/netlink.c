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

int
svpn_netlink_transact (SvpnNetlink *netlink, struct nlmsghdr *message)
{
  message->nlmsg_flags |= NLM_F_ACK;
  return svpn_netlink_exchange (netlink, message, NULL, NULL);
}

/* ---- Attributes ---- */

const struct nlattr *
svpn_netlink_attribute (const struct nlmsghdr *message, gsize header_size, uint16_t type)
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
  const struct nlattr *attribute = svpn_netlink_attribute (message, header_size, type);

  switch (attribute ? mnl_attr_get_payload_len (attribute) : 0) {
  case sizeof (guint32):
    return mnl_attr_get_u32 (attribute);
  case sizeof (guint8):
    return mnl_attr_get_u8 (attribute);
  default:
    return absent;
  }
}

SvpnPrefix
svpn_netlink_prefix (const struct nlmsghdr *message, gsize header_size, uint16_t type, int family,
                     guint length)
{
  const struct nlattr *attribute = svpn_netlink_attribute (message, header_size, type);
  gsize size = svpn_netlink_address_size (family);
  SvpnPrefix prefix = { 0 };

  if (!attribute || mnl_attr_get_payload_len (attribute) != size)
    return prefix;
  prefix.family = family;
  prefix.prefix = length;
  memcpy (prefix.bytes, mnl_attr_get_payload (attribute), size);
  return prefix;
}

/* ---- Lists ---- */

static int
on_listed (const struct nlmsghdr *message, void *data)
{
  GPtrArray *found = data;

  if (found->len >= LIST_MAX) {
    errno = E2BIG;
    return MNL_CB_ERROR;
  }
  g_ptr_array_add (found, g_memdup2 (message, message->nlmsg_len));
  return MNL_CB_OK;
}

/* Each attempt has a socket of its own: unread messages of a broken list would come before the next answer. */
GPtrArray *
svpn_netlink_list (SvpnNetlinkRequest *request, const char *what, GError **error)
{
  int code = EINTR;

  request->message.nlmsg_flags |= NLM_F_DUMP;
  for (int attempt = 0; attempt < LIST_ATTEMPTS && code == EINTR; attempt++) {
    g_autoptr (SvpnNetlink) netlink = svpn_netlink_new (NULL);
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

    code = netlink ? svpn_netlink_exchange (netlink, &request->message, on_listed, found) : errno;
    if (code == ENODEV || code == ENOENT || code == EAFNOSUPPORT || code == EOPNOTSUPP)
      g_ptr_array_set_size (found, code = 0);
    if (code == 0)
      return g_steal_pointer (&found);
  }
  svpn_netlink_check (code, error, "%s", what);
  return NULL;
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
  return svpn_netlink_check (svpn_netlink_transact (netlink, &request.message), error,
                             "set %s up with an MTU of %u", name, mtu);
}

static int
on_link (const struct nlmsghdr *message, void *data)
{
  const struct nlattr *attribute = svpn_netlink_attribute (message, sizeof (struct ifinfomsg), IFLA_STATS64);
  struct rtnl_link_stats64 stats = { 0 };
  SvpnLinkInfo *info = data;

  if (attribute) /* another kernel's may be shorter or longer */
    memcpy (&stats, mnl_attr_get_payload (attribute),
            MIN (mnl_attr_get_payload_len (attribute), sizeof stats));
  info->mtu = svpn_netlink_number (message, sizeof (struct ifinfomsg), IFLA_MTU, 0);
  info->tx_dropped = stats.tx_dropped;
  info->is_up
      = ((const struct ifinfomsg *) mnl_nlmsg_get_payload (message))->ifi_flags & IFF_UP ? TRUE : FALSE;
  info->queue_length = svpn_netlink_number (message, sizeof (struct ifinfomsg), IFLA_TXQLEN, 0);
  attribute = svpn_netlink_attribute (message, sizeof (struct ifinfomsg), IFLA_IFALIAS);
  if (attribute)
    g_strlcpy (info->alias, mnl_attr_get_str (attribute), sizeof info->alias);
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

#define ALIAS "SmartVPN %s"

gboolean
svpn_netlink_link_mark (SvpnNetlink *netlink, guint ifindex, const char *id, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifinfomsg *header = svpn_netlink_begin (&request, RTM_SETLINK, 0, sizeof *header);
  g_autofree char *alias = g_strdup_printf (ALIAS, id);
  g_autofree char *name = svpn_netlink_link_name (ifindex);

  header->ifi_index = (int) ifindex;
  mnl_attr_put_str (&request.message, IFLA_IFALIAS, alias);
  return svpn_netlink_check (svpn_netlink_transact (netlink, &request.message), error, "mark %s", name);
}

gboolean
svpn_netlink_link_is_marked (SvpnNetlink *netlink, guint ifindex, const char *id)
{
  g_autofree char *alias = g_strdup_printf (ALIAS, id);
  SvpnLinkInfo info;

  return svpn_netlink_link_get (netlink, ifindex, &info, NULL) && strcmp (info.alias, alias) == 0;
}

gboolean
svpn_netlink_link_delete (SvpnNetlink *netlink, guint ifindex, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifinfomsg *header = svpn_netlink_begin (&request, RTM_DELLINK, 0, sizeof *header);
  g_autofree char *name = svpn_netlink_link_name (ifindex);
  int code;

  header->ifi_index = (int) ifindex;
  code = svpn_netlink_transact (netlink, &request.message);
  return svpn_netlink_check (code == ENODEV ? 0 : code, error, "delete %s", name);
}

/* ---- Addresses ---- */

gboolean
svpn_netlink_set_address (SvpnNetlink *netlink, guint ifindex, const SvpnPrefix *address, gboolean present,
                          GError **error)
{
  SvpnNetlinkRequest request;
  struct ifaddrmsg *header = svpn_netlink_begin (&request, present ? RTM_NEWADDR : RTM_DELADDR,
                                                 present ? NLM_F_CREATE | NLM_F_EXCL : 0, sizeof *header);
  gsize size = svpn_netlink_address_size (address->family);
  g_autofree char *text = svpn_prefix_to_string (address);
  g_autofree char *name = svpn_netlink_link_name (ifindex);
  int code;

  header->ifa_family = (unsigned char) address->family;
  header->ifa_prefixlen = (unsigned char) address->prefix;
  header->ifa_index = ifindex;
  mnl_attr_put (&request.message, IFA_LOCAL, size, address->bytes);
  mnl_attr_put (&request.message, IFA_ADDRESS, size, address->bytes);
  if (present)
    mnl_attr_put_u32 (&request.message, IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
  code = svpn_netlink_transact (netlink, &request.message);
  if (code == EEXIST || (!present && (code == EADDRNOTAVAIL || code == ENODEV)))
    return TRUE;
  return svpn_netlink_check (code, error, "%s address %s %s %s", present ? "add" : "delete", text,
                             present ? "to" : "from", name);
}

/* Of @ifindex (0: of all links). */
static GPtrArray *
list_addresses (guint ifindex, GError **error)
{
  SvpnNetlinkRequest request;
  struct ifaddrmsg *header = svpn_netlink_begin (&request, RTM_GETADDR, 0, sizeof *header);

  header->ifa_index = ifindex;
  return svpn_netlink_list (&request, "list addresses", error);
}

gboolean
svpn_netlink_read_addresses (guint ifindex, GArray *addresses, GError **error)
{
  g_autoptr (GPtrArray) listed = list_addresses (ifindex, error);

  for (guint i = 0; listed && i < listed->len; i++) {
    const struct ifaddrmsg *header = mnl_nlmsg_get_payload (listed->pdata[i]);
    SvpnPrefix address = svpn_netlink_prefix (listed->pdata[i], sizeof *header, IFA_ADDRESS,
                                              header->ifa_family, header->ifa_prefixlen);

    if (header->ifa_index == ifindex && address.family != 0)
      g_array_append_val (addresses, address);
  }
  return listed != NULL;
}

gboolean
svpn_netlink_read_networks (guint ifindex, GArray *networks, GError **error)
{
  g_autoptr (GPtrArray) listed = list_addresses (0, error);

  for (guint i = 0; listed && i < listed->len; i++) {
    const struct ifaddrmsg *header = mnl_nlmsg_get_payload (listed->pdata[i]);
    SvpnRoute network = { .ifindex = header->ifa_index };

    network.destination = svpn_netlink_prefix (listed->pdata[i], sizeof *header, IFA_ADDRESS,
                                               header->ifa_family, header->ifa_prefixlen);
    if (header->ifa_index == ifindex || network.destination.family == 0
        || svpn_address_is_loopback (&network.destination))
      continue;
    svpn_prefix_mask (&network.destination);
    g_array_append_val (networks, network);
  }
  return listed != NULL;
}
