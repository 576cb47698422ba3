/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The connection to one worker: its process, its control socket and a proxy for it. */
#pragma once

#include "environment.h"
#include "smartvpn-worker-dbus.h"

#define SVPN_WORKER_CALL_TIMEOUT_MS 5000 /* of the proxy */

#define SVPN_TYPE_WORKER_CONNECTION (svpn_worker_connection_get_type ())
G_DECLARE_FINAL_TYPE (SvpnWorkerConnection, svpn_worker_connection, SVPN, WORKER_CONNECTION, GObject)

typedef enum {
  SVPN_WORKER_START,  /* start the process, then connect */
  SVPN_WORKER_ATTACH, /* connect to one that runs; fails if there is none */
} SvpnWorkerOpening;

/* Signal "exited" (int status): once, when the worker has ended and all that it said has been delivered; the status is that
 * of SvpnWorkerProcess. Signal "signals-lost": some of its signals were dropped (signal-limit.h). */
SvpnWorkerConnection *svpn_worker_connection_new (const SvpnEnvironment *environment, const char *id);

/* Errors: Timeout after 10 s (start) or 5 s (attach), Failed. svpn_worker_connection_stop_async() cancels it. */
void svpn_worker_connection_open_async (SvpnWorkerConnection *self, SvpnWorkerOpening opening,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_worker_connection_open_finish (SvpnWorkerConnection *self, GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL until the opening has succeeded. */
SvpnDbusWorker *svpn_worker_connection_get_proxy (SvpnWorkerConnection *self);

/* The user that the worker runs as, from the kernel. */
uid_t svpn_worker_connection_get_uid (SvpnWorkerConnection *self);

/* Asks the worker to stop, telling its peers @goodbye (NULL: it is ending anyway), and kills it after 5 s. Always answers,
 * when it has ended; "exited" came before. */
void svpn_worker_connection_stop_async (SvpnWorkerConnection *self, const char *goodbye,
                                        GAsyncReadyCallback callback, gpointer user_data);
