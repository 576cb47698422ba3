/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the parts of a tunnel's network share: network.c, its device and its file; network-apply.c, new
 * configurations; network-plan.c, what is wanted; network-hold.c, how it is held; network-watch.c, when it is looked at. */
#pragma once

#include "dns.h"
#include "kernel-monitor.h"
#include "kernel-state.h"
#include "netlink.h"
#include "network.h"

#define SVPN_IPV6_MIN_MTU 1280

struct _SvpnNetwork {
  char *id;
  char *state_dir;
  GDBusConnection *bus;

  /* As in the section of the file; nothing while interface is NULL. */
  char *interface;
  guint ifindex;
  guint32 table, priority; /* 0: no routes or rules of a client */
  char *nft_table;         /* NULL: none */
  SvpnDnsMode dns_mode;

  /* What is wanted since svpn_network_apply_...(). */
  gboolean is_client, is_server;
  SvpnClientNetwork client;
  SvpnServerNetwork server;
  GArray *routes, *inbound; /* of SvpnPrefix, which these point to */
  char **dns_servers, **dns_domains;
  char *dns_wish;
  SvpnDns *dns;
  GPtrArray *dns_warnings;
  GArray *uids; /* uid_t: workers that were there before */

  SvpnKernelState *held; /* NULL: nothing yet */
  char *chains;          /* of the nftables table, as we wrote them */
  char *chains_listed;   /* as the kernel shows them */
  char *way;             /* to the peer, as text; NULL: not known yet */
  GPtrArray *warnings;   /* with a NULL at the end */

  const SvpnNetworkEvents *events; /* NULL: nobody wants to know */
  gpointer user_data;
  SvpnKernelMonitor *monitor;
  guint check_source;
  gint64 checked_us, fight_us; /* the last check; the first of those of which rounds counts */
  guint rounds;                /* in which something had to be restored */
};

gboolean svpn_network_save (SvpnNetwork *network, GError **error);

/* The first priority of the rules of the tunnel @id, 0 if it has none. */
guint32 svpn_network_saved_priority (const char *state_dir, const char *id);

/* Whether the device is there, under whatever name: if it was renamed, so is it here. */
gboolean svpn_network_find_link (SvpnNetwork *network);

/* Keeps the kernel from talking on the link by itself, and the other end from configuring this one by router
 * advertisements and redirects; and lets an address that is deleted take no other one along. The settings go with the
 * device. */
void svpn_network_quieten_link (const char *interface);

/* Called when somebody else has changed the DNS servers. */
void svpn_network_on_dns_changed (const char *what, gpointer network);

/* --- network-apply.c --- */

/* Forgets what was held, and stops watching. */
void svpn_network_release (SvpnNetwork *network);

/* --- network-plan.c --- */

/* Adds what is wanted to @wanted; says in @warnings, "CODE: text", what cannot be had. */
gboolean svpn_network_plan (SvpnNetwork *network, SvpnKernelState *wanted, GPtrArray *warnings,
                            GError **error);

/* Whether all there is of @family is to go through the tunnel. */
gboolean svpn_network_has_default (const SvpnClientNetwork *config, int family);

/* --- network-hold.c --- */

/* Makes the kernel be as wanted. */
gboolean svpn_network_hold (SvpnNetwork *network, GPtrArray *restored, GError **error);

/* Has the network held from now on, if somebody wants that (svpn_network_watch()). */
void svpn_network_begin_to_watch (SvpnNetwork *network);

/* Tells whether the worker's packets go another way now; the first time nothing. */
void svpn_network_follow_way (SvpnNetwork *network);
