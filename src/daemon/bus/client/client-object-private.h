/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the files of org.smartvpn.Client share: client-object.c, the object and its methods, and client-tunnel.c, its tunnel. */
#pragma once

#include "assignment.h"
#include "client-loss.h"
#include "client-object.h"
#include "lockdown.h"

struct _SvpnClientObject {
  SvpnDbusObjectSkeleton parent_instance;
  SvpnStore *store;
  char *name;
  SvpnDbusClient *skeleton;
  SvpnTunnel *tunnel;
  char *ca_pem;               /* while connecting; NULL: the system's authorities */
  SvpnAssignment *assignment; /* from the server's answer on, until the end */
  GHashTable *leases;         /* server-public-key -> SvpnSecretText, the lease of the last session there */
  SvpnSubscriptions *subscriptions; /* of all tunnels */
  SvpnLockdown *lockdown;
  SvpnClientLoss loss; /* while reconnecting */
  uid_t worker_uid;    /* also of a worker to come */
  gboolean released;   /* the user has disconnected: the lockdown opens when nothing is left of the tunnel */
};

/* The owner is an SvpnClientObject. */
extern const SvpnTunnelOps svpn_client_tunnel_ops;

/* Reads the profile and shows what there is to show of it. */
void svpn_client_tunnel_show_profile (SvpnClientObject *self);
