/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Server at /org/smartvpn/servers/NAME. */
#pragma once

#include "environment.h"
#include "smartvpn-dbus.h"
#include "store.h"
#include "subscriptions.h"
#include "tunnel.h"

#define SVPN_TYPE_SERVER_OBJECT (svpn_server_object_get_type ())
G_DECLARE_FINAL_TYPE (SvpnServerObject, svpn_server_object, SVPN, SERVER_OBJECT, SvpnDbusObjectSkeleton)

SvpnServerObject *svpn_server_object_new (const SvpnEnvironment *environment, SvpnStore *store,
                                          SvpnSubscriptions *subscriptions, const char *name);
SvpnTunnel *svpn_server_object_get_tunnel (SvpnServerObject *self);

/* Called when the profile has changed. */
void svpn_server_object_reload (SvpnServerObject *self);
