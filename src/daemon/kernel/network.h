/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All that one tunnel changes in the kernel and in systemd-resolved, applied and undone as a whole. Each change is in the
 * tunnel's file (tunnel-file.h) before it is made, so that a later smartvpnd can undo or adopt it. */
#pragma once

#include "address.h"
#include <gio/gio.h>

typedef struct _SvpnNetwork SvpnNetwork;

typedef struct {
  SvpnPrefix ipv4, ipv6; /* the interface's own address and prefix length; family 0: none */
  SvpnPrefix peer;       /* the other end of the TCP connection that carries the tunnel */
  guint mtu;
  const SvpnPrefix *routes; /* networks to reach through the tunnel */
  gsize n_routes;
  const char *const *dns; /* NULL-terminated, may be empty or NULL */
  uid_t worker_uid;       /* this user's traffic never enters the tunnel */
} SvpnClientNetwork;

typedef struct {
  SvpnPrefix ipv4, ipv6; /* pool networks; the server takes the first host address; ipv6 family 0: none */
  guint mtu;
  gboolean nat; /* masquerade packets that leave by another interface */
} SvpnServerNetwork;

/* @bus: where systemd-resolved is, if it runs; NULL: do without. */
SvpnNetwork *svpn_network_new (const char *id, const char *state_dir,
                               GDBusConnection *bus) G_GNUC_WARN_UNUSED_RESULT;
void svpn_network_free (SvpnNetwork *network); /* undoes nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnNetwork, svpn_network_free)

/* Makes a TUN device (IFF_TUN | IFF_NO_PI), down and without addresses; returns its fd, or -1. The device lives as long as
 * a process holds the fd. */
int svpn_network_create_tun (SvpnNetwork *network, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *svpn_network_get_interface (SvpnNetwork *network); /* NULL: none */

/* Packets that the kernel has dropped since the device was made, because the worker did not read them in time. FALSE if the
 * device is gone. */
gboolean svpn_network_get_drops (SvpnNetwork *network, guint64 *drops) G_GNUC_WARN_UNUSED_RESULT;

/* After svpn_network_create_tun(). A client may apply again and again: only differences are changed, and the new is there
 * before the old goes. On error everything is undone. Blocks only for netlink (microseconds); the call to systemd-resolved
 * is asynchronous, and its failure is a warning. */
gboolean svpn_network_apply_client (SvpnNetwork *network, const SvpnClientNetwork *config,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean svpn_network_apply_server (SvpnNetwork *network, const SvpnServerNetwork *config,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Undoes what the tunnel's file says, in reverse, as far as it still exists (a closed TUN device takes its addresses and
 * routes along); warns of what cannot be undone; forgets it. Idempotent. */
void svpn_network_undo (SvpnNetwork *network);

/* For a tunnel whose worker is found alive: reads its file, so that svpn_network_get_interface() and undo() work. Without
 * one, svpn_network_get_interface() stays NULL. */
void svpn_network_adopt (SvpnNetwork *network);
