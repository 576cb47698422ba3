/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client at /org/smartvpn/clients/NAME. */
#pragma once

#include "environment.h"
#include "smartvpn-dbus.h"
#include "store.h"
#include "subscriptions.h"
#include "tunnel.h"

#define SVPN_TYPE_CLIENT_OBJECT (svpn_client_object_get_type ())
G_DECLARE_FINAL_TYPE (SvpnClientObject, svpn_client_object, SVPN, CLIENT_OBJECT, SvpnDbusObjectSkeleton)

SvpnClientObject *svpn_client_object_new (const SvpnEnvironment *environment, SvpnStore *store,
                                          SvpnSubscriptions *subscriptions, const char *name);
SvpnTunnel *svpn_client_object_get_tunnel (SvpnClientObject *self);

/* Called when the profile is removed: opens its lockdown, also one that is set to "always". */
void svpn_client_object_open_lockdown (SvpnClientObject *self);

/* Called when the profile has changed. */
void svpn_client_object_reload (SvpnClientObject *self);
