/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A limit on the signals of a worker. One that was taken over could send more than smartvpnd, and those who listen to it,
 * can take. */
#pragma once

#include <gio/gio.h>

/* A token bucket: its size and its rate. A server's worker sends about 2 kB for each client that leaves. */
#define SVPN_SIGNAL_BURST_BYTES (4 << 20)
#define SVPN_SIGNAL_RATE_BYTES_PER_S (512 << 10)
#define SVPN_SIGNAL_MIN_BYTES 512 /* the least that a signal counts */

/* Drops signals on @connection that exceed the limit, with one warning a flood, which names @id. Drops all method calls: a
 * worker has none to make. While signals are dropped, and after the last one was, @lost is called from the main loop at most
 * once a second, as long as @object exists. */
void svpn_signal_limit_install (GDBusConnection *connection, const char *id, GObject *object,
                                void (*lost) (GObject *object));
