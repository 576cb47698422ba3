/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TelemetryUpdated(), every TelemetryInterval seconds while a client is connected. */
#pragma once

#include "smartvpn-dbus.h"
#include "tunnel.h"

typedef struct _SvpnClientTelemetry SvpnClientTelemetry;

SvpnClientTelemetry *svpn_client_telemetry_new (SvpnDbusClient *skeleton, SvpnTunnel *tunnel);
void svpn_client_telemetry_free (SvpnClientTelemetry *telemetry);

/* Called when the tunnel's state has changed. */
void svpn_client_telemetry_update (SvpnClientTelemetry *telemetry);
