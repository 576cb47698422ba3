/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The bus to be used: the system's, or what the environment variable SMARTVPN_BUS says. */
#pragma once

#include <gio/gio.h>

GDBusConnection *svpn_bus_get_sync (GCancellable *cancellable, GError **error);
void svpn_bus_get_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GDBusConnection *svpn_bus_get_finish (GAsyncResult *result, GError **error);
