/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The network of a client: the server's assignment, with the user's settings over it. */
#pragma once

#include "tunnel.h"
#include "assignment.h"

/* Adds the results of Connect(). */
void svpn_client_network_describe (SvpnTunnel *tunnel, const SvpnAssignment *assignment, GVariantDict *dict);

/* Sets the network up, or changes it. On error all of it is undone. */
gboolean svpn_client_network_apply (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the TUN device and sets the network up; the fd of the device, or -1. */
int svpn_client_network_create (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A text that is the same for two assignments exactly if their networks are the same. */
char *svpn_client_network_fingerprint (SvpnTunnel *tunnel, const SvpnAssignment *assignment);

/* Adds the values in use of what a server may change: "mtu", "dns" and "routes". */
void svpn_client_network_describe_config (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                          GVariantDict *dict);

/* Tells the worker from which networks packets may come out of the tunnel. */
void svpn_client_network_tell_worker (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                      SvpnDbusWorker *worker);

/* Adds the part of GetMtuInfo() that the worker cannot know: "link-mtu", "max-mtu", "fits-up" and "fits-down",
 * if there is a route to the peer. */
void svpn_client_network_add_link_mtu (SvpnTunnel *tunnel, const SvpnAssignment *assignment,
                                       GVariantDict *info);
