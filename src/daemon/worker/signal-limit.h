/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How much a worker may say unasked. One that was taken over could say more than smartvpnd, and whoever listens to it,
 * can take. */
#pragma once

#include <gio/gio.h>

/* What a worker may say at once, and from then on; a server's worker says some 2 kB of a client that leaves. */
#define SVPN_SIGNAL_BURST_BYTES (4 << 20)
#define SVPN_SIGNAL_RATE_BYTES_PER_S (512 << 10)
#define SVPN_SIGNAL_MIN_BYTES 512 /* a smaller one counts as this */

/* Drops the signals on @connection that are too many, and says so once, in the name of @id; method calls, which a
 * worker has none to make, are dropped all. Once a second, while any are dropped and when the last one was, @lost is
 * called from the main loop, if @object is still there. */
void svpn_signal_limit_install (GDBusConnection *connection, const char *id, GObject *object,
                                void (*lost) (GObject *object));
