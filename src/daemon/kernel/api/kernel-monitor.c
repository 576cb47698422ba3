/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tells when anybody has changed the network.
 *
 * What exactly has changed is not read: whoever hears of a change looks at what there is. So notifications that the
 * kernel could not deliver (ENOBUFS) are a change like any other. */
#include "kernel-monitor.h"
#include "netlink-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>

#define BUFFER_SIZE 32768

struct _SvpnKernelMonitor {
  void (*changed) (gpointer user_data);
  gpointer user_data;
  struct mnl_socket *sockets[2];
  guint sources[2];
};

/* Called when there is something to read. */
static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SvpnKernelMonitor *monitor = user_data;
  char buffer[BUFFER_SIZE];

  while (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0 || errno == EINTR || errno == ENOBUFS)
    errno = 0;
  monitor->changed (monitor->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
listen_to (SvpnKernelMonitor *monitor, int index, int protocol, const int *groups, gsize n_groups)
{
  struct mnl_socket *socket = mnl_socket_open2 (protocol, SOCK_CLOEXEC | SOCK_NONBLOCK);
  gboolean ok = socket && mnl_socket_bind (socket, 0, MNL_SOCKET_AUTOPID) == 0;

  monitor->sockets[index] = socket;
  for (gsize i = 0; i < n_groups && ok; i++) {
    int group = groups[i];

    ok = mnl_socket_setsockopt (socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) == 0;
  }
  if (ok)
    monitor->sources[index] = g_unix_fd_add (mnl_socket_get_fd (socket), G_IO_IN, on_readable, monitor);
  return ok;
}

SvpnKernelMonitor *
svpn_kernel_monitor_new (void (*changed) (gpointer user_data), gpointer user_data, GError **error)
{
  static const int route_groups[] = { RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR,  RTNLGRP_IPV6_IFADDR,
                                      RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,   RTNLGRP_IPV4_RULE,
                                      RTNLGRP_IPV6_RULE,  RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF };
  static const int filter_groups[] = { NFNLGRP_NFTABLES };
  g_autoptr (SvpnKernelMonitor) monitor = g_new0 (SvpnKernelMonitor, 1);

  monitor->changed = changed;
  monitor->user_data = user_data;
  if (!listen_to (monitor, 0, NETLINK_ROUTE, route_groups, G_N_ELEMENTS (route_groups))) {
    svpn_netlink_check (errno, error, "listen to changes of the network");
    return NULL;
  }
  if (!listen_to (monitor, 1, NETLINK_NETFILTER, filter_groups, G_N_ELEMENTS (filter_groups)))
    g_warning ("Changes of the firewall are not noticed: %s", g_strerror (errno));
  return g_steal_pointer (&monitor);
}

void
svpn_kernel_monitor_free (SvpnKernelMonitor *monitor)
{
  for (gsize i = 0; i < G_N_ELEMENTS (monitor->sockets); i++) {
    g_clear_handle_id (&monitor->sources[i], g_source_remove);
    if (monitor->sockets[i])
      mnl_socket_close (monitor->sockets[i]);
  }
  g_free (monitor);
}
