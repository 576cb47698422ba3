/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The process of one worker: started by us or found running, watched until it has ended. */
#pragma once

#include "environment.h"

#define SVPN_TYPE_WORKER_PROCESS (svpn_worker_process_get_type ())
G_DECLARE_FINAL_TYPE (SvpnWorkerProcess, svpn_worker_process, SVPN, WORKER_PROCESS, GObject)

/* Signal "exited" (int status): once, when the process has ended and its directory is gone. 0..255, 128 plus the signal
 * that killed it, -1 unknown. */
SvpnWorkerProcess *svpn_worker_process_new (const SvpnEnvironment *environment, const char *id);

/* Makes the worker's directory and starts it; its control socket comes a little later. Without systemd it is spawned in
 * a session of its own, so that it outlives us. */
void svpn_worker_process_start_async (SvpnWorkerProcess *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_worker_process_start_finish (SvpnWorkerProcess *self, GAsyncResult *result, GError **error);

/* Called when the control socket is connected: from now on the end of @pid is the end of the worker. */
void svpn_worker_process_watch (SvpnWorkerProcess *self, pid_t pid, uid_t uid);

/* The process has to end within @timeout_ms, else it is killed. "exited" comes in any case. */
void svpn_worker_process_expire (SvpnWorkerProcess *self, guint timeout_ms);

/* Removes RUNTIME-DIR/ID of a worker that is dead. */
void svpn_worker_process_remove_directory (const SvpnEnvironment *environment, const char *id);
