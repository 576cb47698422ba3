/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One worker as a unit of systemd: smartvpn-worker@ID.service. */
#pragma once

#include <gio/gio.h>

/* Answers when systemd has started the unit, so that its control socket listens. Errors: Failed. */
void svpn_worker_unit_start_async (GDBusConnection *bus, const char *id, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_worker_unit_start_finish (GAsyncResult *result, GError **error);

/* Waits until the unit has ended. The status is 0 to 255, 128 plus the signal that killed it, or -1: unknown, or
 * @timeout_ms are over. */
void svpn_worker_unit_wait_async (GDBusConnection *bus, const char *id, guint timeout_ms,
                                  GAsyncReadyCallback callback, gpointer user_data);
int svpn_worker_unit_wait_finish (GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

/* Sends SIGKILL to every process of the unit, and cancels a start that has not happened yet. */
void svpn_worker_unit_kill (GDBusConnection *bus, const char *id);
