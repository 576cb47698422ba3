/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What one tunnel wants of the kernel, or what the kernel has of it, as a value: addresses, routes and rules. Two such
 * values have a difference. Pure. */
#pragma once

#include "address.h"

/* Most of a rule's or route's fields are those of ip-rule(8) and ip-route(8). */
typedef struct {
  SvpnPrefix destination;
  guint32 table;
  guint32 metric;
  guint ifindex;    /* 0: "unreachable", which answers with an ICMP error */
  gboolean at_link; /* the network is at the link itself (IPv4 scope "link"), not behind it */
} SvpnRoute;

typedef struct {
  int family;
  guint32 priority;
  guint32 table; /* to look up; 0: none */
  guint32 go_to; /* priority of the rule to go on with; 0 (and no table): with the next one */
  gboolean by_uid;
  uid_t uid;     /* only packets of sockets of this user */
  SvpnPrefix to; /* only packets to there; family 0: to anywhere */
} SvpnRule;

typedef struct {
  GArray *addresses; /* SvpnPrefix: address and prefix length */
  GArray *routes;    /* SvpnRoute */
  GArray *rules;     /* SvpnRule */
} SvpnKernelState;

SvpnKernelState *svpn_kernel_state_new (void);
void svpn_kernel_state_free (SvpnKernelState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnKernelState, svpn_kernel_state_free)

/* Of two such routes there can be one only: same destination, table and metric. */
gboolean svpn_route_has_same_place (const SvpnRoute *one, const SvpnRoute *other);

/* Of two such rules there can be one only: they differ in their target alone. */
gboolean svpn_rule_has_same_place (const SvpnRule *one, const SvpnRule *other);

/* What of @one is not in @other, in the order of @one. */
SvpnKernelState *svpn_kernel_state_without (const SvpnKernelState *one, const SvpnKernelState *other);

/* "route 10.20.0.0/16", "IPv4 rule 19992", "address 10.8.0.2/24": how each of it is called in a message. */
void svpn_kernel_state_name (const SvpnKernelState *state, GPtrArray *names);
