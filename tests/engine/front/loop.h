/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * An event loop around strangers: a server's front, without a server behind it. */
#pragma once

#include "stranger.h"

typedef struct _Loop Loop;

/* Accepts from @listener, which stays the caller's. */
Loop *loop_new (const SvpnStrangerConfig *config, int listener);
void loop_free (Loop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loop, loop_free)

/* Waits for at most @timeout_ms, and handles what has happened. Returns the number of sockets that were ready. */
int loop_iterate (Loop *loop, int timeout_ms);

/* Moves the clock that strangers see. */
void loop_pass_time (Loop *loop, gint64 seconds);

/* Connections that are no WebSocket, and those that have become one; whom the last of these was from, and what it had
 * sent behind its request. A WebSocket reads and says nothing. */
guint loop_n_strangers (const Loop *loop);
guint loop_n_admitted (const Loop *loop);
const char *loop_last_address (const Loop *loop);
const char *loop_last_bytes (const Loop *loop);
