/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Making a manager: by GInitable and GAsyncInitable, which SmartvpnManager implements. */
#include "smartvpn-manager.h"

void
smartvpn_manager_new_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  smartvpn_manager_new_for_connection_async (NULL, cancellable, callback, user_data);
}

SmartvpnManager *
smartvpn_manager_new_finish (GAsyncResult *result, GError **error)
{
  return smartvpn_manager_new_for_connection_finish (result, error);
}

SmartvpnManager *
smartvpn_manager_new_sync (GCancellable *cancellable, GError **error)
{
  return smartvpn_manager_new_for_connection_sync (NULL, cancellable, error);
}

void
smartvpn_manager_new_for_connection_async (GDBusConnection *connection, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_async_initable_new_async (SMARTVPN_TYPE_MANAGER, G_PRIORITY_DEFAULT, cancellable, callback, user_data,
                              "connection", connection, NULL);
}

SmartvpnManager *
smartvpn_manager_new_for_connection_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) source = g_async_result_get_source_object (result);

  return (SmartvpnManager *) g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, error);
}

SmartvpnManager *
smartvpn_manager_new_for_connection_sync (GDBusConnection *connection, GCancellable *cancellable,
                                          GError **error)
{
  return g_initable_new (SMARTVPN_TYPE_MANAGER, cancellable, error, "connection", connection, NULL);
}
