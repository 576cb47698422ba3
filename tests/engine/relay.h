/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The network between a client and a server, as a TCP relay on 127.0.0.1: it cuts, stalls, delays and corrupts. */
#pragma once

#include "clock.h"

typedef enum { UPWARDS, DOWNWARDS } RelayDirection; /* to the server, to the client */

typedef struct _Relay Relay;

/* Connects each client to @target, a port of 127.0.0.1. */
Relay *relay_new (guint16 target, SvpnClock *clock);
void relay_free (Relay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)

guint16 relay_port (Relay *relay);

/* Connections that have been accepted so far. */
guint relay_count (Relay *relay);

/* Cuts all connections, without a word. */
void relay_cut (Relay *relay);

/* Whether new connections are cut at once. */
void relay_refuse (Relay *relay, gboolean refuse);

/* Whether nothing goes either way on the connections that there are, while they stand. */
void relay_stall (Relay *relay, gboolean stall);

/* How long each byte takes from now on, each way. */
void relay_delay (Relay *relay, guint ms);

/* Flips a bit of byte number @at, from now on, of what goes in @direction. */
void relay_corrupt (Relay *relay, RelayDirection direction, guint64 at);
