/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Method calls. They start smartvpnd if it is not running, and have no time limit: Connect() has its own, a password
 * dialog has none, and if smartvpnd ends, the bus answers. */
#include "call.h"

#include "error.h"
#include "names.h"

#include <string.h>

#define ERROR_PREFIX "org.smartvpn.Error."

typedef struct {
  GDBusConnection *connection;
  char *path;
  const char *interface;
  SvpnCallManner *manner;
} Target;

static void
target_free (Target *target)
{
  g_object_unref (target->connection);
  g_free (target->path);
  g_rc_box_release (target->manner);
  g_free (target);
}

static GQuark
target_quark (void)
{
  return g_quark_from_static_string ("smartvpn-call-target");
}

void
svpn_call_set_target (gpointer object, GDBusConnection *connection, const char *path, const char *interface,
                      SvpnCallManner *manner)
{
  Target *target = g_new (Target, 1);

  target->connection = g_object_ref (connection);
  target->path = g_strdup (path);
  target->interface = interface;
  target->manner = g_rc_box_acquire (manner);
  g_object_set_qdata_full (object, target_quark (), target, (GDestroyNotify) target_free);
}

/* The target of @object; NULL if it has none, since a program has made it itself. Every call needs it first, so the errors of
 * smartvpnd are registered here. */
static const Target *
get_target (gpointer object, GError **error)
{
  const Target *target = g_object_get_qdata (object, target_quark ());

  (void) svpn_error_quark ();
  if (target == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED,
                 "this %s is not connected to smartvpnd; make a manager by smartvpn_manager_new_sync() or "
                 "smartvpn_manager_new_async(), and take clients and servers from it",
                 G_OBJECT_TYPE_NAME (object));
  return target;
}

void
svpn_call_set_target_beside (gpointer object, gpointer of, const char *path, const char *interface)
{
  const Target *target = get_target (of, NULL);

  svpn_call_set_target (object, target->connection, path, interface, target->manner);
}

static GDBusCallFlags
flags_of (const SvpnMethod *method, const Target *target)
{
  if (method->is_background)
    return G_DBUS_CALL_FLAGS_NO_AUTO_START;
  return target->manner->interactive ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
                                     : G_DBUS_CALL_FLAGS_NONE;
}

GDBusConnection *
svpn_call_get_connection (gpointer object)
{
  const Target *target = get_target (object, NULL);

  return target != NULL ? target->connection : NULL;
}

static const char *
interface_of (const SvpnMethod *method, const Target *target)
{
  return method->interface != NULL ? method->interface : target->interface;
}

/* An error of smartvpnd without its D-Bus name, unless that is one that we do not know. */
static GError *
take_error (GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  GError *unknown;

  if (name == NULL || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR)) {
    g_dbus_error_strip_remote_error (error);
    return error;
  }
  if (!g_str_has_prefix (name, ERROR_PREFIX))
    return error;
  g_dbus_error_strip_remote_error (error);
  unknown
      = g_error_new (SVPN_ERROR, SVPN_ERROR_UNKNOWN, "%s: %s", name + strlen (ERROR_PREFIX), error->message);
  g_error_free (error);
  return unknown;
}

static void
on_method_reply (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &error);

  if (reply != NULL) {
    g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
    return;
  }
  g_task_return_error (task, take_error (error));
}

void
svpn_call_async (gpointer object, const SvpnMethod *method, GVariant *arguments, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  GTask *task = g_task_new (object, cancellable, callback, user_data);
  GError *error = NULL;
  const Target *target = get_target (object, &error);

  g_task_set_source_tag (task, (gpointer) method);
  g_task_set_name (task, method->name);
  if (target == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_dbus_connection_call (target->connection, SVPN_BUS_NAME, target->path, interface_of (method, target),
                          method->name, arguments, G_VARIANT_TYPE (method->reply_type),
                          flags_of (method, target), G_MAXINT, cancellable, on_method_reply, task);
}

GVariant *
svpn_call_finish (gpointer object, const SvpnMethod *method, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, object), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, (gpointer) method), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

GVariant *
svpn_call_sync (gpointer object, const SvpnMethod *method, GVariant *arguments, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  const Target *target = get_target (object, error);
  g_autoptr (GError) local = NULL;
  GVariant *reply;

  if (target == NULL)
    return NULL;
  reply = g_dbus_connection_call_sync (
      target->connection, SVPN_BUS_NAME, target->path, interface_of (method, target), method->name, arguments,
      G_VARIANT_TYPE (method->reply_type), flags_of (method, target), G_MAXINT, cancellable, &local);

  if (reply == NULL)
    g_propagate_error (error, take_error (g_steal_pointer (&local)));
  return reply;
}

GVariant *
svpn_call_pack (GVariant *first, ...)
{
  GVariantBuilder builder;
  va_list rest;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);
  va_start (rest, first);
  for (GVariant *argument = first; argument != NULL; argument = va_arg (rest, GVariant *))
    g_variant_builder_add_value (&builder, argument);
  va_end (rest);
  return g_variant_builder_end (&builder);
}

GVariant *
svpn_call_dictionary (GVariant *dictionary)
{
  return dictionary != NULL ? dictionary : g_variant_new ("a{sv}", NULL);
}

GVariant *
svpn_call_pack_dictionary (GVariant *dictionary)
{
  return svpn_call_pack (svpn_call_dictionary (dictionary), NULL);
}

char **
svpn_reply_strings (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;
  char **strings = NULL;

  if (owned != NULL)
    g_variant_get (owned, "(^as)", &strings);
  return strings;
}

gboolean
svpn_reply_discard (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;

  return owned != NULL;
}
