/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All that one tunnel changes in the kernel and in systemd-resolved, applied and undone as a whole. What was applied is
 * recorded in a file of smartvpnd's own, before it is applied, so that a later smartvpnd can undo or adopt it. */
#pragma once

#include "address.h"
#include <gio/gio.h>

typedef struct _SvpnNetwork SvpnNetwork;

typedef struct {
  SvpnPrefix ipv4, ipv6; /* the interface's own address and prefix length; family 0: none */
  SvpnPrefix peer;       /* other end of the TCP connection that carries the tunnel */
  guint mtu;
  const SvpnPrefix *routes; /* to go through the tunnel */
  gsize n_routes;
  const char *const *dns; /* NULL-terminated, may be empty or NULL */
  uid_t worker_uid;       /* whose traffic must never enter the tunnel */
} SvpnClientNetwork;

typedef struct {
  SvpnPrefix ipv4, ipv6; /* pool networks; the server takes the first host address; ipv6 family 0: none */
  guint mtu;
  gboolean nat; /* masquerade what leaves by another interface */
} SvpnServerNetwork;

/* @record_dir: directory only root can write to, made if absent. @bus: where systemd-resolved may be; NULL: nowhere. */
SvpnNetwork *svpn_network_new (const char *id, const char *record_dir, GDBusConnection *bus);
void svpn_network_free (SvpnNetwork *network); /* undoes nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnNetwork, svpn_network_free)

/* Makes a TUN device (IFF_TUN | IFF_NO_PI, IPv4 and IPv6), down and without addresses; returns its fd, or -1. It lives
 * as long as any process holds the fd. Name: svpn_network_get_interface(). */
int svpn_network_create_tun (SvpnNetwork *network, GError **error);
const char *svpn_network_get_interface (SvpnNetwork *network); /* NULL: none */

/* Packets that the kernel has dropped since the device was made, for the worker did not read them in time. FALSE if it
 * is gone. */
gboolean svpn_network_get_drops (SvpnNetwork *network, guint64 *drops);

/* After svpn_network_create_tun(), a client's as often as it likes: only what is different from before is touched, and
 * what is new is there before what is old goes. On error all that was applied is undone. Blocks only for netlink
 * (microseconds); the call to systemd-resolved is asynchronous and its failure is a warning. */
gboolean svpn_network_apply_client (SvpnNetwork *network, const SvpnClientNetwork *config, GError **error);
gboolean svpn_network_apply_server (SvpnNetwork *network, const SvpnServerNetwork *config, GError **error);

/* Undoes what the record says, in reverse, as far as it is still there (a closed TUN device takes its addresses and
 * routes along); warns of what could not be undone; removes the record. Idempotent. */
void svpn_network_undo (SvpnNetwork *network);

/* For a tunnel whose worker is found alive: reads the record, so that svpn_network_get_interface() and undo() work.
 * FALSE if there is none. */
gboolean svpn_network_adopt (SvpnNetwork *network);

/* Ids that have a record in @record_dir (what a killed smartvpnd left behind). Free with g_strfreev(). */
char **svpn_network_list_records (const char *record_dir);
