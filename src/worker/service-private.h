/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Shared by the parts of the worker's service. */
#pragma once

#include "boot-clock.h"
#include "client.h"
#include "server.h"
#include "service.h"
#include "smartvpn-worker-dbus.h"

struct _SvpnService {
  void (*quit) (gpointer);
  gpointer user_data;
  uid_t peer_uid;
  char *socket_path;
  GDBusServer *server;
  GPtrArray *connections;
  SvpnDbusWorker *skeleton;
  guint idle_source, quit_source;
  gboolean terminated; /* its process alone, not its tunnel */
  SvpnClock *clock;

  SvpnClient *vpn_client;
  SvpnServer *vpn_server;
  char *settings_hash;
  GVariant *assignment;
  gint64 since_us;
  guint64 since_unix_s;
  GDBusMethodInvocation *starting, *stopping; /* StartClient(), Stop() under way */
};

/* Connect the methods of either role. */
void svpn_service_connect_client (SvpnService *service);
void svpn_service_connect_server (SvpnService *service);

/* Takes the one role a worker may have; FALSE, with the error returned, if it has one. */
gboolean svpn_service_take_role (SvpnService *service, GVariant *settings, GDBusMethodInvocation *invocation);

/* The role has ended: answers a Stop() that waits, sends what is queued, and quits. */
void svpn_service_finish (SvpnService *service);

/* Adds a client's entries of GetState(). */
void svpn_service_client_state (SvpnService *service, GVariantDict *dict);

/* Fd number @index of @fds, which the caller then owns; -1 if there is none. */
int svpn_service_take_fd (GUnixFDList *fds, gint32 index);
