/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client whose writable properties are checked before they are set. */
#pragma once

#include "smartvpn-dbus.h"

#define SVPN_TELEMETRY_INTERVAL_MAX_S 3600

/* A SvpnDbusClient. */
#define SVPN_TYPE_CLIENT_SKELETON (svpn_client_skeleton_get_type ())
GType svpn_client_skeleton_get_type (void);
