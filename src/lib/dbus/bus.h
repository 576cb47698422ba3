/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The connection to the bus: the system's, or the one that the environment variable SMARTVPN_BUS names. */
#pragma once

#include <gio/gio.h>

/* A full reference; NULL on errors. */
GDBusConnection *svpn_bus_get_sync (GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void svpn_bus_get_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GDBusConnection *svpn_bus_get_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
