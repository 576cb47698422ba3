/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The access table of the D-Bus interfaces.
 *
 * How it works: GDBus calls a skeleton through its vtable. svpn_access_skeleton_new() makes a subclass of the skeleton whose
 * vtable authorises the caller first, then calls the vtable of its parent. (The signal g-authorize-method would run in a
 * thread and block there.) While the answer is awaited, we hold the invocation and the skeleton; when it comes, the object
 * may have been removed. */
#include "access.h"
#include "caller.h"
#include "error.h"

#define MANAGER "org.smartvpn.Manager"
#define CLIENT "org.smartvpn.Client"
#define SERVER "org.smartvpn.Server"
#define TELEMETRY "org.smartvpn.Telemetry"

/* ---- The table ---- */

/* A user who may connect must not send the traffic of the machine to a server of his choice. */
static const char *
connect_with_options (GVariant *arguments)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 0);
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, NULL))
    if (!g_str_equal (key, "wait"))
      return SVPN_ACTION_MANAGE_PROFILES;
  return NULL;
}

const SvpnAccessRow svpn_access_rows[] = {
  { MANAGER, "AddClient", SVPN_ACTION_MANAGE_PROFILES },
  { MANAGER, "AddServer", SVPN_ACTION_MANAGE_PROFILES },
  { MANAGER, "Remove", SVPN_ACTION_MANAGE_PROFILES },
  { MANAGER, "Rename", SVPN_ACTION_MANAGE_PROFILES },
  { MANAGER, "GenerateKeypair", NULL },
  { MANAGER, "DescribeSettings", NULL },
  { MANAGER, "CheckPermissions", NULL },
  { CLIENT, "Connect", SVPN_ACTION_CONNECT, connect_with_options },
  { CLIENT, "Disconnect", SVPN_ACTION_CONNECT },
  { CLIENT, "Reconnect", SVPN_ACTION_CONNECT },
  { CLIENT, "Check", NULL },
  { CLIENT, "GetStatus", NULL },
  { CLIENT, "GetStatistics", NULL },
  { CLIENT, "GetConnectionQuality", NULL },
  { CLIENT, "GetMtuInfo", NULL },
  { CLIENT, "GetHistory", NULL },
  { CLIENT, "GetSettings", NULL },
  { CLIENT, "Update", SVPN_ACTION_MANAGE_PROFILES },
  { CLIENT, "SubscribeTelemetry", NULL },
  { SERVER, "Start", SVPN_ACTION_RUN_SERVER },
  { SERVER, "Stop", SVPN_ACTION_RUN_SERVER },
  { SERVER, "Reload", SVPN_ACTION_RUN_SERVER },
  { SERVER, "Check", SVPN_ACTION_VIEW_CLIENTS },
  { SERVER, "GetStatus", NULL },
  { SERVER, "GetStatistics", NULL },
  { SERVER, "SubscribeTelemetry", NULL },
  { SERVER, "GetSettings", NULL },
  { SERVER, "Update", SVPN_ACTION_MANAGE_PROFILES },
  { SERVER, "ListClients", SVPN_ACTION_VIEW_CLIENTS },
  { SERVER, "ListClientsPage", SVPN_ACTION_VIEW_CLIENTS },
  { SERVER, "GetClientTelemetry", SVPN_ACTION_VIEW_CLIENTS },
  { SERVER, "ListAuthorizedClients", SVPN_ACTION_VIEW_CLIENTS },
  { SERVER, "SetClientRateLimit", SVPN_ACTION_RUN_SERVER },
  { SERVER, "RemoveClientRateLimit", SVPN_ACTION_RUN_SERVER },
  { SERVER, "DisconnectClient", SVPN_ACTION_RUN_SERVER },
  { SERVER, "ReconnectClient", SVPN_ACTION_RUN_SERVER },
  { SERVER, "AuthorizeClient", SVPN_ACTION_RUN_SERVER },
  { SERVER, "RevokeClient", SVPN_ACTION_RUN_SERVER },
  { TELEMETRY, "Close", NULL }, /* it lets the subscriber alone */
  { NULL },
};

const SvpnAccessRow *
svpn_access_find (const char *interface, const char *member)
{
  for (const SvpnAccessRow *row = svpn_access_rows; row->interface != NULL; row++)
    if (g_str_equal (row->interface, interface) && g_str_equal (row->member, member))
      return row;
  return NULL;
}

/* ---- Calls that are authorised ---- */

/* That of the generated skeleton. */
static const GDBusInterfaceVTable *
parent_vtable (gpointer skeleton)
{
  GDBusInterfaceSkeletonClass *parent = g_type_class_peek_parent (G_OBJECT_GET_CLASS (skeleton));

  return parent->get_vtable (skeleton);
}

/* Takes @invocation. */
static void
dispatch (gpointer skeleton, GDBusMethodInvocation *invocation)
{
  parent_vtable (skeleton)->method_call (
      g_dbus_method_invocation_get_connection (invocation), g_dbus_method_invocation_get_sender (invocation),
      g_dbus_method_invocation_get_object_path (invocation),
      g_dbus_method_invocation_get_interface_name (invocation),
      g_dbus_method_invocation_get_method_name (invocation),
      g_dbus_method_invocation_get_parameters (invocation), invocation, skeleton);
}

/* ---- Authorising ---- */

/* A call that waits to be authorised. */
typedef struct {
  GDBusInterfaceSkeleton *skeleton;
  GDBusMethodInvocation *invocation;
  const SvpnAccessRow *row;
  const char *also; /* the second action, if it is not authorised yet; NULL: none */
} Call;

static GQuark
environment_quark (void)
{
  return g_quark_from_static_string ("svpn-access-environment");
}

static void on_authorised (GObject *source, GAsyncResult *result, gpointer user_data);

static void
authorise (Call *call, const char *action)
{
  svpn_caller_check_async (g_object_get_qdata (G_OBJECT (call->skeleton), environment_quark ()),
                           call->invocation, call->row->member, action, on_authorised, call);
}

/* Called when the caller is authorised or not. */
static void
on_authorised (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  GError *error = NULL;

  if (!svpn_caller_check_finish (result, &error)) {
    g_dbus_method_invocation_take_error (call->invocation, error);
  } else if (call->also != NULL) {
    authorise (call, g_steal_pointer (&call->also));
    return;
  } else if (g_dbus_interface_skeleton_get_connection (call->skeleton) == NULL) {
    g_dbus_method_invocation_return_error (call->invocation, SVPN_ERROR, SVPN_ERROR_NO_SUCH_PROFILE,
                                           "%s was removed before the call was authorised",
                                           g_dbus_method_invocation_get_object_path (call->invocation));
  } else {
    dispatch (call->skeleton, call->invocation);
  }
  g_object_unref (call->skeleton);
  g_free (call);
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer skeleton)
{
  const SvpnAccessRow *row = svpn_access_find (interface, method);

  if (row == NULL) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_NOT_AUTHORIZED,
                                           "%s.%s is allowed to nobody: it has no row in the access table",
                                           interface, method);
  } else if (row->action == NULL) {
    dispatch (skeleton, invocation);
  } else {
    Call *call = g_new0 (Call, 1);
    call->skeleton = g_object_ref (skeleton);
    call->invocation = invocation;
    call->row = row;
    call->also = row->also != NULL ? row->also (arguments) : NULL;
    authorise (call, row->action);
  }
}

static GVariant *
on_get_property (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                 const char *name, GError **error, gpointer skeleton)
{
  return parent_vtable (skeleton)->get_property (connection, sender, path, interface, name, error, skeleton);
}

static GDBusInterfaceVTable *
get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  static GDBusInterfaceVTable vtable = { on_call, on_get_property, NULL };

  return &vtable;
}

static void
class_init (gpointer klass, gpointer data)
{
  G_DBUS_INTERFACE_SKELETON_CLASS (klass)->get_vtable = get_vtable;
}

static GType
guarded_type (GType generated)
{
  g_autofree char *name = g_strconcat (g_type_name (generated), "Guarded", NULL);
  GType type = g_type_from_name (name);
  GTypeQuery query;

  if (type != G_TYPE_INVALID)
    return type;
  g_type_query (generated, &query);
  return g_type_register_static_simple (generated, g_intern_string (name), query.class_size, class_init,
                                        query.instance_size, NULL, G_TYPE_FLAG_FINAL);
}

gpointer
svpn_access_skeleton_new (GType generated, const SvpnEnvironment *environment)
{
  gpointer skeleton = g_object_new (guarded_type (generated), NULL);

  g_object_set_qdata (skeleton, environment_quark (), (gpointer) environment);
  return skeleton;
}
