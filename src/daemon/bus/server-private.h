/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the parts of org.smartvpn.Server share: server-object.c, server-methods.c, server-access.c. */
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
  SvpnServerParts *parts;  /* while starting */
  gboolean access_changed; /* since the worker was last told who is authorized */
};

/* ops->load() of its tunnel. */
gboolean svpn_server_load (gpointer owner, GVariant *options, SvpnStart *start, GError **error);

/* Let the skeleton call the methods. */
void svpn_server_methods_connect (SvpnServerObject *self);
void svpn_server_access_connect (SvpnServerObject *self);

/* Tells the worker, and awaits no answer, who is authorized now. */
void svpn_server_access_tell (SvpnServerObject *self, SvpnDbusWorker *worker);
