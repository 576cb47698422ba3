/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the server's assignment and the user's settings, which come before it, make of a client's network. */
#pragma once

#include "tunnel.h"
#include "worker-reply.h"

/* Adds what Connect() returns. */
void svpn_client_network_describe (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GVariantDict *dict);

/* Sets up the tunnel's TUN device, for the first time or again. On error all of it is undone. */
gboolean svpn_client_network_apply (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GError **error);

/* Makes the TUN device and sets it up; its fd, or -1. */
int svpn_client_network_create (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GError **error);

/* What the network is set up from, as text: where it is the same for two assignments, so is their network. */
char *svpn_client_network_fingerprint (SvpnTunnel *tunnel, const SvpnAssignment *assignment);

/* Adds what a server may change: "mtu", "dns" and "routes", those in use. */
void svpn_client_network_describe_config (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                          GVariantDict *dict);

/* Tells the worker from which networks packets may come out of the tunnel. */
void svpn_client_network_tell_worker (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                      SvpnDbusWorker *worker);

/* Adds what of GetMtuInfo() is the link's: "link-mtu" and "max-mtu", if there is a way to the peer now. */
void svpn_client_network_add_link_mtu (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                       GVariantDict *info);
