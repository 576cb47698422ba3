/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Manager as an object, with the lists of clients and servers. */
#include "smartvpn-manager.h"
#include "bus.h"
#include "call.h"
#include "follower.h"
#include "smartvpn-manager-private.h"

#include "names.h"

#define MANAGER_INTERFACE "org.smartvpn.Manager"

struct _SmartvpnManager {
  GObject parent_instance;
  GMainContext *context;
  GDBusConnection *connection;
  SvpnFollower *follower;
  SvpnInventory *inventory;
  char *version;
  char **features;
  gboolean running;
  SvpnCallManner *manner;
};

struct _SmartvpnManagerClass {
  GObjectClass parent_class;
};

enum {
  PROP_CONNECTION = 1,
  PROP_RUNNING,
  PROP_VERSION,
  PROP_FEATURES,
  PROP_INTERACTIVE,
  PROP_CLIENTS,
  PROP_SERVERS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void initable_init (GInitableIface *iface);
static void async_initable_init (GAsyncInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SmartvpnManager, smartvpn_manager, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_INITABLE, async_initable_init))

/* ---- Following smartvpnd ---- */

static void
set_running (SmartvpnManager *self, gboolean running)
{
  if (self->running == running)
    return;
  self->running = running;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

static void
set_version (SmartvpnManager *self, const char *version)
{
  if (g_strcmp0 (self->version, version) == 0)
    return;
  g_free (self->version);
  self->version = g_strdup (version);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VERSION]);
}

/* Takes @features. */
static void
take_features (SmartvpnManager *self, char **features)
{
  gboolean changed = !g_strv_equal ((const char *const *) self->features, (const char *const *) features);

  g_strfreev (self->features);
  self->features = features;
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FEATURES]);
}

static void
on_service_objects (gpointer user_data, GVariant *manager, GVariant *objects)
{
  SmartvpnManager *self = user_data;
  const char *version;
  char **features;

  if (g_variant_lookup (manager, "Version", "&s", &version))
    set_version (self, version);
  /* an earlier version has none */
  take_features (self,
                 g_variant_lookup (manager, "Features", "^as", &features) ? features : g_new0 (char *, 1));
  svpn_inventory_set (self->inventory, objects);
  set_running (self, TRUE);
}

static void
on_service_vanished (gpointer user_data)
{
  set_running (user_data, FALSE);
}

static void
on_service_objects_changed (SmartvpnManager *self, const char *name, GVariant *arguments)
{
  const char *path;
  g_autoptr (GVariant) interfaces = NULL;

  if (g_str_equal (name, "InterfacesAdded")
      && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(oa{sa{sv}})"))) {
    g_variant_get (arguments, "(&o@a{sa{sv}})", &path, &interfaces);
    svpn_inventory_add (self->inventory, path, interfaces);
  } else if (g_str_equal (name, "InterfacesRemoved")
             && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(oas)"))) {
    g_variant_get (arguments, "(&o@as)", &path, NULL);
    svpn_inventory_remove (self->inventory, path);
  }
}

static void
on_service_signal (gpointer user_data, const char *path, const char *interface, const char *name,
                   GVariant *arguments)
{
  SmartvpnManager *self = user_data;
  g_autoptr (SmartvpnProfile) profile = NULL;

  g_set_object (&profile, svpn_inventory_find (self->inventory, path));

  if (g_str_equal (interface, "org.freedesktop.DBus.ObjectManager")) {
    on_service_objects_changed (self, name, arguments);
  } else if (profile != NULL && g_str_equal (interface, "org.freedesktop.DBus.Properties")
             && g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)"))) {
    g_autoptr (GVariant) changed = g_variant_get_child_value (arguments, 1);

    svpn_profile_apply (profile, changed);
  } else if (profile != NULL) {
    svpn_profile_take_signal (profile, name, arguments);
  }
}

static const SvpnFollowerEvents events = { on_service_objects, on_service_vanished, on_service_signal };

/* ---- Making one ---- */

static void
begin_to_follow (SmartvpnManager *self)
{
  svpn_call_set_target (self, self->connection, SVPN_MANAGER_PATH, MANAGER_INTERFACE, self->manner);
  svpn_inventory_set_manager (self->inventory, self);
  self->follower = svpn_follower_new (self->connection, &events, G_OBJECT (self));
}

static gboolean
manager_init_sync (GInitable *initable, GCancellable *cancellable, GError **error)
{
  SmartvpnManager *self = SMARTVPN_MANAGER (initable);

  if (self->follower != NULL)
    return TRUE;
  if (self->connection == NULL)
    self->connection = svpn_bus_get_sync (cancellable, error);
  if (self->connection == NULL)
    return FALSE;
  begin_to_follow (self);
  return svpn_follower_load_sync (self->follower, cancellable, error);
}

static void
on_objects_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (svpn_follower_load_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
load_objects (GTask *task)
{
  SmartvpnManager *self = g_task_get_source_object (task);

  g_main_context_push_thread_default (self->context);
  begin_to_follow (self);
  svpn_follower_load_async (self->follower, g_task_get_cancellable (task), on_objects_loaded, task);
  g_main_context_pop_thread_default (self->context);
}

static void
on_bus_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SmartvpnManager *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->connection = svpn_bus_get_finish (result, &error);
  if (self->connection != NULL)
    load_objects (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
manager_init_async (GAsyncInitable *initable, int priority, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (initable, cancellable, callback, user_data);

  if (SMARTVPN_MANAGER (initable)->follower != NULL) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
  } else if (SMARTVPN_MANAGER (initable)->connection != NULL)
    load_objects (task);
  else
    svpn_bus_get_async (cancellable, on_bus_found, task);
}

static gboolean
manager_init_finish (GAsyncInitable *initable, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
initable_init (GInitableIface *iface)
{
  iface->init = manager_init_sync;
}

static void
async_initable_init (GAsyncInitableIface *iface)
{
  iface->init_async = manager_init_async;
  iface->init_finish = manager_init_finish;
}

/* ---- The object ---- */

static void
smartvpn_manager_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SmartvpnManager *self = SMARTVPN_MANAGER (object);

  switch (id) {
  case PROP_CONNECTION:
    g_value_set_object (value, self->connection);
    break;
  case PROP_RUNNING:
    g_value_set_boolean (value, self->running);
    break;
  case PROP_VERSION:
    g_value_set_string (value, self->version);
    break;
  case PROP_FEATURES:
    g_value_set_boxed (value, self->features);
    break;
  case PROP_INTERACTIVE:
    g_value_set_boolean (value, self->manner->interactive);
    break;
  case PROP_CLIENTS:
    g_value_set_object (value, smartvpn_manager_get_clients (self));
    break;
  case PROP_SERVERS:
    g_value_set_object (value, smartvpn_manager_get_servers (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
smartvpn_manager_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_CONNECTION)
    SMARTVPN_MANAGER (object)->connection = g_value_dup_object (value);
  else if (id == PROP_INTERACTIVE)
    smartvpn_manager_set_interactive (SMARTVPN_MANAGER (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
smartvpn_manager_finalize (GObject *object)
{
  SmartvpnManager *self = SMARTVPN_MANAGER (object);

  g_clear_pointer (&self->follower, svpn_follower_free);
  svpn_inventory_free (self->inventory);
  g_clear_object (&self->connection);
  g_main_context_unref (self->context);
  g_free (self->version);
  g_strfreev (self->features);
  g_rc_box_release (self->manner);
  G_OBJECT_CLASS (smartvpn_manager_parent_class)->finalize (object);
}

static void
smartvpn_manager_class_init (SmartvpnManagerClass *klass)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = smartvpn_manager_get_property;
  object_class->set_property = smartvpn_manager_set_property;
  object_class->finalize = smartvpn_manager_finalize;

  /**
   * SmartvpnManager:connection: (getter get_connection)
   *
   * The connection to the bus: the one given, or else the system bus or the bus that `SMARTVPN_BUS` names.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTION]
      = g_param_spec_object ("connection", NULL, NULL, G_TYPE_DBUS_CONNECTION,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * SmartvpnManager:running: (getter get_running)
   *
   * Whether smartvpnd runs, and its clients and servers are known.
   *
   * Since: 0.1
   */
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, readable);

  /**
   * SmartvpnManager:version: (getter get_version)
   *
   * The version of smartvpnd, MAJOR.MINOR.PATCH, %NULL until smartvpnd has been seen.
   *
   * Since: 0.1
   */
  properties[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, readable);

  /**
   * SmartvpnManager:features: (getter get_features)
   *
   * What smartvpnd can do beyond its first version, as words; none until smartvpnd has been seen.
   *
   * Since: 0.1
   */
  properties[PROP_FEATURES] = g_param_spec_boxed ("features", NULL, NULL, G_TYPE_STRV, readable);

  /**
   * SmartvpnManager:interactive: (getter get_interactive) (setter set_interactive)
   *
   * Whether calls of the manager, its clients and its servers may open a dialog that asks for a password. %FALSE, the default, is for
   * programs in the background: a call that needs one fails.
   *
   * Since: 0.1
   */
  properties[PROP_INTERACTIVE] = g_param_spec_boolean (
      "interactive", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * SmartvpnManager:clients: (getter get_clients)
   *
   * All clients, a list of [class@Client] sorted by name.
   *
   * Since: 0.1
   */
  properties[PROP_CLIENTS] = g_param_spec_object ("clients", NULL, NULL, G_TYPE_LIST_MODEL, readable);

  /**
   * SmartvpnManager:servers: (getter get_servers)
   *
   * All servers, a list of [class@Server] sorted by name.
   *
   * Since: 0.1
   */
  properties[PROP_SERVERS] = g_param_spec_object ("servers", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
smartvpn_manager_init (SmartvpnManager *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->inventory = svpn_inventory_new ();
  self->features = g_new0 (char *, 1);
  self->manner = g_rc_box_new0 (SvpnCallManner);
}

SvpnInventory *
svpn_manager_get_inventory (SmartvpnManager *self)
{
  return self->inventory;
}

GDBusConnection *
smartvpn_manager_get_connection (SmartvpnManager *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return self->connection;
}

gboolean
smartvpn_manager_get_running (SmartvpnManager *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), FALSE);
  return self->running;
}

const char *
smartvpn_manager_get_version (SmartvpnManager *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return self->version;
}

const char *const *
smartvpn_manager_get_features (SmartvpnManager *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return (const char *const *) self->features;
}

gboolean
smartvpn_manager_get_interactive (SmartvpnManager *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), FALSE);
  return self->manner->interactive;
}

void
smartvpn_manager_set_interactive (SmartvpnManager *self, gboolean interactive)
{
  g_return_if_fail (SMARTVPN_IS_MANAGER (self));
  if (self->manner->interactive == !!interactive)
    return;
  self->manner->interactive = !!interactive;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INTERACTIVE]);
}

GListModel *
smartvpn_manager_get_clients (SmartvpnManager *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return svpn_inventory_get_list (self->inventory, SVPN_CLIENTS);
}

GListModel *
smartvpn_manager_get_servers (SmartvpnManager *self)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return svpn_inventory_get_list (self->inventory, SVPN_SERVERS);
}

SmartvpnClient *
smartvpn_manager_get_client (SmartvpnManager *self, const char *name)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return svpn_inventory_find_by_name (self->inventory, SVPN_CLIENTS, name);
}

SmartvpnServer *
smartvpn_manager_get_server (SmartvpnManager *self, const char *name)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return svpn_inventory_find_by_name (self->inventory, SVPN_SERVERS, name);
}
