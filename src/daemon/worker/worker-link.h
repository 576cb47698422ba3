/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The line to one worker: its process, the connection to its control socket and the proxy on that. */
#pragma once

#include "environment.h"
#include "smartvpn-worker-dbus.h"

#define SVPN_WORKER_CALL_TIMEOUT_MS 5000 /* of the proxy */

#define SVPN_TYPE_WORKER_LINK (svpn_worker_link_get_type ())
G_DECLARE_FINAL_TYPE (SvpnWorkerLink, svpn_worker_link, SVPN, WORKER_LINK, GObject)

typedef enum {
  SVPN_WORKER_START,  /* start it, wait for its socket */
  SVPN_WORKER_ATTACH, /* it should be there; a worker that is not makes the opening fail */
} SvpnWorkerOpening;

/* Signal "exited" (int status): once, when the worker has ended and all that it said has been delivered; as that of
 * SvpnWorkerProcess. Signal "signals-lost": some of its signals were dropped, for they were too many
 * (signal-limit.h). */
SvpnWorkerLink *svpn_worker_link_new (const SvpnEnvironment *environment, const char *id);

/* Errors: Timeout after 10 s (start) or 5 s (attach); Failed. svpn_worker_link_stop_async() cancels it. */
void svpn_worker_link_open_async (SvpnWorkerLink *self, SvpnWorkerOpening opening,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_worker_link_open_finish (SvpnWorkerLink *self, GAsyncResult *result, GError **error);

/* NULL before the opening has succeeded. Its signals may be connected to. */
SvpnDbusWorker *svpn_worker_link_get_proxy (SvpnWorkerLink *self);

/* The user the worker runs as, from the kernel. */
uid_t svpn_worker_link_get_uid (SvpnWorkerLink *self);

/* Asks the worker to stop, telling its peers @goodbye (NULL: it is ending anyway), and kills it after 5 s. Answers,
 * always, when it has ended; "exited" came before. */
void svpn_worker_link_stop_async (SvpnWorkerLink *self, const char *goodbye, GAsyncReadyCallback callback,
                                  gpointer user_data);
