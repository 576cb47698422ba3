/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The routes and rules of a client's tunnel. Pure. */
#pragma once

#include "kernel-state.h"
#include "network.h"

/* Priorities of rules that a tunnel has for itself. */
#define SVPN_ROUTING_PRIORITIES 8
#define SVPN_ROUTING_PRIORITY_FIRST 10000u
#define SVPN_ROUTING_PRIORITY_LAST 19999u

/* The tunnel's table, the same in each run. */
guint32 svpn_routing_table (const char *id);

/* The first priority of a new tunnel: before all others, the lowest of which is @lowest; so the last one carries. */
guint32 svpn_routing_priority (guint32 lowest);

typedef struct {
  const SvpnClientNetwork *config;
  guint ifindex;
  guint32 table, priority;
  gboolean ipv6;          /* the system has it */
  const GArray *networks; /* SvpnRoute: at other links; those that are private stay there */
  const GArray *uids;     /* uid_t: workers of other tunnels, which must not get into this one; may be NULL */
} SvpnRoutingScene;

/* Adds to @wanted; says in @warnings, "CODE: text", what is left out. */
void svpn_routing_plan (const SvpnRoutingScene *scene, SvpnKernelState *wanted, GPtrArray *warnings);

/* Whether @route takes (nearly) all there is of its family. */
gboolean svpn_routing_is_default (const SvpnPrefix *route);
