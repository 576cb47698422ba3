/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The connection to the bus. */
#include "bus.h"

#include <stdlib.h>

#define FLAGS (G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION)

/* The bus to use. For a bus that SMARTVPN_BUS gives by its address, G_BUS_TYPE_NONE and the @address. */
static GBusType
choose_bus (const char **address)
{
  const char *chosen = secure_getenv ("SMARTVPN_BUS");

  if (chosen == NULL || *chosen == '\0' || g_str_equal (chosen, "system"))
    return G_BUS_TYPE_SYSTEM;
  if (g_str_equal (chosen, "session"))
    return G_BUS_TYPE_SESSION;
  *address = chosen;
  return G_BUS_TYPE_NONE;
}

GDBusConnection *
svpn_bus_get_sync (GCancellable *cancellable, GError **error)
{
  const char *address = NULL;
  const GBusType type = choose_bus (&address);

  return address == NULL ? g_bus_get_sync (type, cancellable, error)
                         : g_dbus_connection_new_for_address_sync (address, FLAGS, NULL, cancellable, error);
}

static void
on_bus_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GDBusConnection *connection = g_task_get_task_data (task) == NULL
                                    ? g_bus_get_finish (result, &error)
                                    : g_dbus_connection_new_for_address_finish (result, &error);

  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
svpn_bus_get_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  const char *address = NULL;
  const GBusType type = choose_bus (&address);

  g_task_set_task_data (task, g_strdup (address), g_free);
  if (address == NULL)
    g_bus_get (type, cancellable, on_bus_connected, task);
  else
    g_dbus_connection_new_for_address (address, FLAGS, NULL, cancellable, on_bus_connected, task);
}

GDBusConnection *
svpn_bus_get_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
