/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All that one tunnel changes in the kernel and in the system's DNS, applied, held and undone as a whole. Each change is
 * in the tunnel's file (tunnel-file.h) before it is made, so that a later smartvpnd can undo or adopt it. */
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
  gboolean
      own_routes; /* the profile names them: the network of the address is not added, and they win over local networks */
  gboolean local_networks;        /* private networks at other links stay there */
  gboolean device_only;           /* neither addresses nor routes nor DNS: another program does that */
  const char *const *dns;         /* NULL-terminated, may be empty or NULL */
  const char *const *dns_domains; /* likewise: names that alone are asked of them; none: all names */
  const char *dns_mode;           /* "auto" and so on, see dns.h; NULL: auto */
  uid_t worker_uid;               /* whose traffic must never enter the tunnel */
} SvpnClientNetwork;

typedef struct {
  SvpnPrefix ipv4, ipv6; /* pool networks; the server takes the first host address; ipv6 family 0: none */
  guint mtu;
  gboolean nat;              /* masquerade what leaves by another interface */
  gboolean client_to_client; /* clients reach each other */
  gboolean enforce_routes;   /* clients reach @routes alone */
  gboolean local_services;   /* clients reach this machine */
  const SvpnPrefix *routes;
  gsize n_routes;
  const SvpnPrefix *inbound; /* networks that may begin connections to clients */
  gsize n_inbound;
} SvpnServerNetwork;

/* @bus: where systemd-resolved is, if it runs; NULL: do without. */
SvpnNetwork *svpn_network_new (const char *id, const char *state_dir,
                               GDBusConnection *bus) G_GNUC_WARN_UNUSED_RESULT;
void svpn_network_free (SvpnNetwork *network); /* undoes nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnNetwork, svpn_network_free)

/* All are called from the main loop. */
typedef struct {
  /* Others had taken away @what of ours ("route 10.0.0.0/8"); it is there again. */
  void (*restored) (const char *const *what, gpointer user_data);
  /* Warnings or the interface's name are others than before. */
  void (*changed) (gpointer user_data);
  /* The device was deleted. svpn_network_replace_tun() makes another one. */
  void (*device_lost) (gpointer user_data);
  /* The worker's packets reach the peer by another way than before; @reachable: by one at all. A client's. */
  void (*way_changed) (gboolean reachable, gpointer user_data);
} SvpnNetworkEvents;

/* From the next svpn_network_apply_...() on, what was applied is held against others, as long as the main loop runs. */
void svpn_network_watch (SvpnNetwork *network, const SvpnNetworkEvents *events, gpointer user_data);

/* Makes a TUN device (IFF_TUN | IFF_NO_PI, IPv4 and IPv6), down and without addresses; returns its fd, or -1. It lives
 * as long as any process holds the fd. Name: svpn_network_get_interface(). */
int svpn_network_create_tun (SvpnNetwork *network, GError **error);
const char *svpn_network_get_interface (SvpnNetwork *network); /* NULL: none */

/* Makes another device in place of one that is gone, with all that was applied to that; its fd, or -1. */
int svpn_network_replace_tun (SvpnNetwork *network, GError **error);

/* Packets that the kernel has dropped since the device was made, for the worker did not read them in time. FALSE if it
 * is gone. */
gboolean svpn_network_get_drops (SvpnNetwork *network, guint64 *drops);

/* After svpn_network_create_tun(), as often as they like: only what is different from before is touched, and what is new
 * is there before what is old goes. What cannot be had is left out, with a warning; on error all that was applied is
 * undone. Block only for netlink (microseconds); calls to systemd-resolved are asynchronous. */
gboolean svpn_network_apply_client (SvpnNetwork *network, const SvpnClientNetwork *config, GError **error);
gboolean svpn_network_apply_server (SvpnNetwork *network, const SvpnServerNetwork *config, GError **error);

/* Looks at what was applied now, as after each change by others, also while it rests from a fight with another program. */
void svpn_network_check (SvpnNetwork *network);

/* What could not be had, and what else is not as one may expect: "CODE: text", NULL-terminated. */
const char *const *svpn_network_get_warnings (SvpnNetwork *network);

/* How DNS was set: a word of dns.h, "none" if it was not. */
const char *svpn_network_get_dns_mode (SvpnNetwork *network);

/* Private networks at other links that stay there, as text: what comes out of the tunnel must not claim to be from
 * them. */
char **svpn_network_get_local_networks (SvpnNetwork *network);

/* Undoes what the tunnel's file says, in reverse, as far as it still exists (a closed TUN device takes its addresses and
 * routes along); warns of what cannot be undone; forgets it. Idempotent. */
void svpn_network_undo (SvpnNetwork *network);

/* For a tunnel whose worker is found alive: reads its file, so that svpn_network_get_interface() and undo() work. Without
 * one, svpn_network_get_interface() stays NULL. */
void svpn_network_adopt (SvpnNetwork *network);
