/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One worker as a unit of systemd: smartvpn-worker@ID.service. */
#pragma once

#include <gio/gio.h>

/* Answers when systemd has started the unit, or says why it has not. */
void svpn_worker_unit_start_async (GDBusConnection *bus, const char *id, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_worker_unit_start_finish (GAsyncResult *result, GError **error);

/* Waits until the unit has ended. @status: 0..255, 128 plus the signal, -1 unknown (@timeout_ms is over). FALSE if it
 * was cancelled. */
void svpn_worker_unit_wait_async (GDBusConnection *bus, const char *id, guint timeout_ms,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean svpn_worker_unit_wait_finish (GAsyncResult *result, int *status);

/* Sends SIGKILL to every process of the unit, and takes back a start that has not happened yet. */
void svpn_worker_unit_kill (GDBusConnection *bus, const char *id);
