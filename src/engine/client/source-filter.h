/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which packets a client takes off the tunnel: those for its own addresses, from networks that are routed through it. A
 * server, or another client by way of it, could else speak as a host of the client's LAN. */
#pragma once

#include "packet.h"
#include "welcome.h"

/* All zero: nothing was set, and the routes that the server names count. */
typedef struct {
  GArray *routes, *local; /* of SvpnPrefix */
} SvpnSourceFilter;

void svpn_source_filter_set (SvpnSourceFilter *filter, const char *const *routes, const char *const *local);
void svpn_source_filter_clear (SvpnSourceFilter *filter);

gboolean svpn_source_filter_accepts (const SvpnSourceFilter *filter, const SvpnWelcome *welcome,
                                     const SvpnPacket *packet);
