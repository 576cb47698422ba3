/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The process of one worker: started by us or found running, watched until it ends. */
#pragma once

#include "environment.h"

#define SVPN_TYPE_WORKER_PROCESS (svpn_worker_process_get_type ())
G_DECLARE_FINAL_TYPE (SvpnWorkerProcess, svpn_worker_process, SVPN, WORKER_PROCESS, GObject)

/* Signal "exited" (int status): once, when the process has ended and its directory is gone. The status is 0 to 255, 128
 * plus the signal that killed it, or -1 if unknown. */
SvpnWorkerProcess *svpn_worker_process_new (const SvpnEnvironment *environment, const char *id);

/* Starts the process. Answers when its control socket listens. Without systemd it is spawned, with a directory of its own,
 * in a session of its own, so that it outlives us. Errors: Failed, or those of GIO. */
void svpn_worker_process_start_async (SvpnWorkerProcess *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_worker_process_start_finish (SvpnWorkerProcess *self, GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether we have started a process, ready or not. */
gboolean svpn_worker_process_was_started (SvpnWorkerProcess *self) G_GNUC_WARN_UNUSED_RESULT;

/* Called when the control socket is connected: from now on the end of @pid is the end of the worker. */
void svpn_worker_process_watch (SvpnWorkerProcess *self, pid_t pid, uid_t uid);

/* Kills the process if it has not ended within @timeout_ms. "exited" comes in any case. */
void svpn_worker_process_expire (SvpnWorkerProcess *self, guint timeout_ms);
