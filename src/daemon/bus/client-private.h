/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the parts of org.smartvpn.Client share: client-object.c and client-methods.c. */
#pragma once

#include "client-object.h"
#include "client-telemetry.h"
#include "lockdown.h"
#include "worker-reply.h"

#define SVPN_CLIENT_TELEMETRY_DETAIL "telemetry-interval" /* u, among the details of the tunnel's record */

struct _SvpnClientObject {
  SvpnDbusObjectSkeleton parent_instance;
  SvpnStore *store;
  char *name;
  SvpnDbusClient *skeleton;
  SvpnTunnel *tunnel;
  char *ca_pem;               /* while connecting; NULL: the system's authorities */
  SvpnAssignment *assignment; /* since the server's answer, until the end */
  GHashTable *leases;         /* server-public-key -> lease, a secret, of the last session there */
  SvpnClientTelemetry *telemetry;
  SvpnLockdown *lockdown;
  uid_t worker_uid;  /* of a worker to be, too */
  gboolean released; /* the user has disconnected: the lockdown opens when nothing is left of the tunnel */
};

/* ops->load() of its tunnel. */
gboolean svpn_client_load (gpointer owner, GVariant *options, SvpnStart *start, GError **error);

/* Lets the skeleton call the methods, and act on its writable property. */
void svpn_client_methods_connect (SvpnClientObject *self);
