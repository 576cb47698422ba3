/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client whose writable property is checked before it is set. */
#pragma once

#include "smartvpn-dbus.h"

#define SVPN_TELEMETRY_INTERVAL_MAX_S 3600

SvpnDbusClient *svpn_client_skeleton_new (void);
