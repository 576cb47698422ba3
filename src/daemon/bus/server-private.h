/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the files of org.smartvpn.Server share: server-object.c, the object and its methods, server-authorized-clients.c, the
 * methods about authorized clients, and server-tunnel.c, its tunnel. */
#pragma once

#include "server-object.h"
#include "server-parts.h"

struct _SvpnServerObject {
  SvpnDbusObjectSkeleton parent_instance;
  SvpnStore *store;
  const char *config_dir;
  char *name;
  SvpnDbusServer *skeleton;
  SvpnTunnel *tunnel;
  SvpnServerParts *parts;     /* while starting */
  gboolean clients_changed;   /* the authorized clients, since the worker was told */
  GVariant *profile_at_start; /* without secrets; NULL: not running, or unknown */
  char **findings;            /* of the last check, for the warnings of the running server; NULL: none */
};

/* The owner is an SvpnServerObject. */
extern const SvpnTunnelOps svpn_server_tunnel_ops;

/* show_profile(): reads the profile and shows what there is to show of it; show_down(): shows that nothing runs, too. */
void svpn_server_tunnel_show_profile (SvpnServerObject *self);
void svpn_server_tunnel_show_down (SvpnServerObject *self);

/* Checks the running server again, for its warnings. */
void svpn_server_tunnel_take_findings (SvpnServerObject *self);

/* Connects the methods about authorized clients. */
void svpn_server_authorized_clients_connect (SvpnServerObject *self);

/* Tells the worker the authorized clients; does not wait for an answer. */
void svpn_server_tell_authorized_clients (SvpnServerObject *self, SvpnDbusWorker *worker);
