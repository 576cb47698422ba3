/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the files of org.smartvpn.Server share: server-object.c, the object and its methods, server-authorized-clients.c, the
 * methods about authorized clients, server-tunnel.c, its tunnel, server-changes.c and server-reload.c, settings that
 * change while it is up. */
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
  SvpnSubscriptions *subscriptions; /* of all tunnels */
  SvpnServerParts *parts;           /* while starting */
  gboolean clients_changed;         /* the authorized clients, since the worker was told */
  char **findings; /* of the last check, for the warnings of the running server; NULL: none */
};

/* The owner is an SvpnServerObject. */
extern const SvpnTunnelOps svpn_server_tunnel_ops;

/* show_profile(): reads the profile and shows what there is to show of it; show_down(): shows that nothing runs, too. */
void svpn_server_tunnel_show_profile (SvpnServerObject *self);
void svpn_server_tunnel_show_down (SvpnServerObject *self);

/* Checks the running server again, for its warnings. */
void svpn_server_tunnel_take_findings (SvpnServerObject *self);

/* While up: has the network as the tunnel's settings are now. */
gboolean svpn_server_tunnel_apply_network (SvpnServerObject *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* While up: the keys of the settings that have changed since the start, and that Reload() cannot apply. Empty if the profile
 * cannot be read. */
char **svpn_server_needs_restart (SvpnServerObject *self);

/* Reload(). Answers. */
void svpn_server_reload (SvpnServerObject *self, GDBusMethodInvocation *invocation);

/* Connects the methods about authorized clients. */
void svpn_server_authorized_clients_connect (SvpnServerObject *self);

/* Tells the worker the authorized clients; does not wait for an answer. */
void svpn_server_tell_authorized_clients (SvpnServerObject *self, SvpnDbusWorker *worker);
