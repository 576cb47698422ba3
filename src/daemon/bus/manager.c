/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Manager: the root of all objects, which makes and removes them. */
#include "manager.h"
#include "access.h"
#include "boot.h"
#include "client-object.h"
#include "directory.h"
#include "error.h"
#include "manager-answers.h"
#include "names.h"
#include "notify.h"
#include "object-path.h"
#include "resolv-conf.h"
#include "server-object.h"
#include "store-watch.h"
#include "stored-profile.h"
#include "subscriptions.h"
#include "tunnel-file.h"

#define STATUS_MAX 1024 /* bytes; systemd takes no datagram of more than 4096 */

/* A client or a server: it has a profile, is a default, or is not down. */
typedef struct {
  SvpnManager *manager;
  SvpnScope scope;
  char *name;
  GDBusObjectSkeleton *object;
  SvpnTunnel *tunnel;
} Entry;

struct _SvpnManager {
  const SvpnEnvironment *environment;
  SvpnStore *store;
  SvpnStoreWatch *watch;
  SvpnBoot *boot;
  SvpnSubscriptions *subscriptions;
  GHashTable *entries; /* object path -> Entry */
  SvpnDbusManager *skeleton;
  GDBusObjectManagerServer *server; /* NULL: nothing is on the bus yet */
  guint attaching;
  void (*ready) (gpointer user_data, GError *error);
  gpointer ready_data;
  guint sleep_signal;
};

/* ---- Entries ---- */

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_signal_handlers_disconnect_by_data (entry->tunnel, entry);
  g_object_unref (entry->object);
  g_free (entry->name);
  g_free (entry);
}

static gboolean
is_default (const Entry *entry)
{
  return strcmp (entry->name, SVPN_DEFAULT_PROFILE) == 0;
}

/* Whether it stays when it is down. */
static gboolean
is_wanted (const Entry *entry)
{
  return is_default (entry) || svpn_store_exists (entry->manager->store, entry->scope, entry->name);
}

static void
remove_entry (SvpnManager *manager, Entry *entry)
{
  g_autofree char *path = svpn_object_path_from_name (entry->scope, entry->name);

  svpn_tunnel_forget_last_run (entry->tunnel);
  svpn_subscriptions_drop (manager->subscriptions, entry->tunnel);
  if (manager->server != NULL)
    g_dbus_object_manager_server_unexport (manager->server, path);
  g_hash_table_remove (manager->entries, path);
}

/* Tells the service manager what is up. */
static void
tell_status (SvpnManager *manager)
{
  g_autoptr (GString) status = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, manager->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    SvpnTunnel *tunnel = ((Entry *) value)->tunnel;
    if (!svpn_tunnel_is_down (tunnel))
      g_string_append_printf (status, "%s%s is %s",
                              status->len > 0 ? ", " : "STATUS=", svpn_tunnel_get_id (tunnel),
                              svpn_tunnel_get_state_name (tunnel));
  }
  g_string_truncate (status, MIN (status->len, STATUS_MAX));
  svpn_notify (status->len > 0 ? status->str : "STATUS=Nothing is up");
}

/* Called when a tunnel has entered another state. */
static void
on_tunnel_state (SvpnTunnel *tunnel, gpointer user_data)
{
  Entry *entry = user_data;

  tell_status (entry->manager);
  if (svpn_tunnel_is_persistent (tunnel))
    svpn_boot_again (entry->manager->boot, svpn_tunnel_get_id (tunnel)); /* a later smartvpnd goes on */
  else if (entry->manager->server != NULL && (svpn_tunnel_is_up (tunnel) || svpn_tunnel_is_down (tunnel)))
    svpn_boot_done (entry->manager->boot, svpn_tunnel_get_id (tunnel));
}

/* Called when nothing is left of a tunnel. Without a profile the object goes, too. */
static void
on_tunnel_down (SvpnTunnel *tunnel, gpointer user_data)
{
  Entry *entry = user_data;

  if (!is_wanted (entry))
    remove_entry (entry->manager, entry);
}

static Entry *
find_entry (SvpnManager *manager, SvpnScope scope, const char *name)
{
  g_autofree char *path = svpn_object_path_from_name (scope, name);

  return g_hash_table_lookup (manager->entries, path);
}

static Entry *
ensure_entry (SvpnManager *manager, SvpnScope scope, const char *name)
{
  Entry *entry = find_entry (manager, scope, name);

  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->manager = manager;
  entry->scope = scope;
  entry->name = g_strdup (name);
  if (scope == SVPN_SCOPE_CLIENT) {
    SvpnClientObject *client
        = svpn_client_object_new (manager->environment, manager->store, manager->subscriptions, name);
    entry->tunnel = svpn_client_object_get_tunnel (client);
    entry->object = G_DBUS_OBJECT_SKELETON (client);
  } else {
    SvpnServerObject *server
        = svpn_server_object_new (manager->environment, manager->store, manager->subscriptions, name);
    entry->tunnel = svpn_server_object_get_tunnel (server);
    entry->object = G_DBUS_OBJECT_SKELETON (server);
  }
  g_signal_connect (entry->tunnel, "state", G_CALLBACK (on_tunnel_state), entry);
  g_signal_connect (entry->tunnel, "down", G_CALLBACK (on_tunnel_down), entry);
  g_hash_table_insert (manager->entries, svpn_object_path_from_name (scope, name), entry);
  if (manager->server != NULL)
    g_dbus_object_manager_server_export (manager->server, entry->object);
  return entry;
}

static void
reload_entry (Entry *entry)
{
  switch (entry->scope) {
  case SVPN_SCOPE_CLIENT:
    svpn_client_object_reload (SVPN_CLIENT_OBJECT (entry->object));
    break;
  case SVPN_SCOPE_SERVER:
    svpn_server_object_reload (SVPN_SERVER_OBJECT (entry->object));
    break;
  case SVPN_SCOPE_AUTHORIZED:
    g_return_if_reached ();
  }
}

static void
load_profiles (SvpnManager *manager, SvpnScope scope)
{
  g_auto (GStrv) names = svpn_store_list (manager->store, scope);

  for (char **name = names; *name != NULL; name++)
    ensure_entry (manager, scope, *name);
  ensure_entry (manager, scope, SVPN_DEFAULT_PROFILE);
}

/* Called when files of profiles have changed. */
static void
on_store_changed (gpointer user_data)
{
  SvpnManager *manager = user_data;
  g_autoptr (GList) entries = g_hash_table_get_values (manager->entries);

  for (GList *i = entries; i != NULL; i = i->next) {
    Entry *entry = i->data;

    if (is_wanted (entry) || !svpn_tunnel_is_down (entry->tunnel))
      reload_entry (entry);
    else
      remove_entry (manager, entry);
  }
  load_profiles (manager, SVPN_SCOPE_CLIENT);
  load_profiles (manager, SVPN_SCOPE_SERVER);
}

/* ---- Methods ---- */

static gboolean
add_profile (SvpnManager *manager, SvpnScope scope, const char *name, GVariant *input, GError **error)
{
  g_autoptr (GVariant) settings = svpn_settings_validate (scope, input, error);

  if (settings == NULL)
    return FALSE;
  if (svpn_store_exists (manager->store, scope, name)) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_ALREADY_EXISTS,
                 "There is a profile '%s' already; choose another name, or change that profile", name);
    return FALSE;
  }
  return svpn_stored_profile_save (manager->store, scope, name, settings, error);
}

static gboolean
on_add_client (SvpnDbusManager *skeleton, GDBusMethodInvocation *invocation, const char *name,
               GVariant *settings, SvpnManager *manager)
{
  GError *error = NULL;

  if (!add_profile (manager, SVPN_SCOPE_CLIENT, name, settings, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  Entry *entry = ensure_entry (manager, SVPN_SCOPE_CLIENT, name);
  reload_entry (entry);
  g_autofree char *path = svpn_object_path_from_name (SVPN_SCOPE_CLIENT, name);
  svpn_dbus_manager_complete_add_client (skeleton, invocation, path);
  return TRUE;
}

static gboolean
on_add_server (SvpnDbusManager *skeleton, GDBusMethodInvocation *invocation, const char *name,
               GVariant *settings, SvpnManager *manager)
{
  GError *error = NULL;

  if (!add_profile (manager, SVPN_SCOPE_SERVER, name, settings, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  Entry *entry = ensure_entry (manager, SVPN_SCOPE_SERVER, name);
  reload_entry (entry);
  g_autofree char *path = svpn_object_path_from_name (SVPN_SCOPE_SERVER, name);
  svpn_dbus_manager_complete_add_server (skeleton, invocation, path);
  return TRUE;
}

static gboolean
refuse_unknown (const char *path, GError **error)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_PROFILE, "There is no client or server at %s", path);
  return FALSE;
}

static gboolean
check_down (Entry *entry, GError **error)
{
  if (svpn_tunnel_is_down (entry->tunnel))
    return TRUE;
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_BUSY, "%s is %s; %s it first",
               svpn_tunnel_get_title (entry->tunnel), svpn_tunnel_get_state_name (entry->tunnel),
               entry->scope == SVPN_SCOPE_CLIENT ? "disconnect" : "stop");
  return FALSE;
}

static gboolean
check_removable (Entry *entry, const char *path, GError **error)
{
  if (entry == NULL)
    return refuse_unknown (path, error);
  if (!is_default (entry))
    return check_down (entry, error);
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED,
               "%s always exists and cannot be removed; Update() can unset its settings",
               svpn_tunnel_get_title (entry->tunnel));
  return FALSE;
}

/* Without its profile, nobody could open the lockdown later. */
static void
open_lockdown (Entry *entry)
{
  if (entry->scope == SVPN_SCOPE_CLIENT)
    svpn_client_object_open_lockdown (SVPN_CLIENT_OBJECT (entry->object));
}

static gboolean
on_remove (SvpnDbusManager *skeleton, GDBusMethodInvocation *invocation, const char *path,
           SvpnManager *manager)
{
  Entry *entry = g_hash_table_lookup (manager->entries, path);
  const char *config_dir = manager->environment->config_dir;
  GError *error = NULL;

  if (!check_removable (entry, path, &error)
      || !svpn_stored_profile_remove (manager->store, config_dir, entry->scope, entry->name, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  open_lockdown (entry);
  remove_entry (manager, entry);
  svpn_dbus_manager_complete_remove (skeleton, invocation);
  return TRUE;
}

/* ---- Renaming ---- */

static gboolean
check_renamable (SvpnManager *manager, Entry *entry, const char *path, const char *name, GError **error)
{
  Entry *taken;

  if (entry == NULL)
    return refuse_unknown (path, error);
  taken = svpn_store_name_is_valid (name) ? find_entry (manager, entry->scope, name) : NULL;
  return check_down (entry, error) && (taken == NULL || taken == entry || check_down (taken, error));
}

/* The lockdown of the new name is closed before that of the old one opens. */
static void
finish_rename (SvpnManager *manager, Entry *entry, const char *name)
{
  reload_entry (ensure_entry (manager, entry->scope, name));
  open_lockdown (entry);
  if (is_default (entry))
    reload_entry (entry);
  else
    remove_entry (manager, entry);
}

static gboolean
on_rename (SvpnDbusManager *skeleton, GDBusMethodInvocation *invocation, const char *path, const char *name,
           SvpnManager *manager)
{
  Entry *entry = g_hash_table_lookup (manager->entries, path);
  const char *config_dir = manager->environment->config_dir;
  GError *error = NULL;

  if (!check_renamable (manager, entry, path, name, &error)
      || !svpn_stored_profile_rename (manager->store, config_dir, entry->scope, entry->name, name, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return TRUE;
  }
  g_autofree char *new_path = svpn_object_path_from_name (entry->scope, name);
  finish_rename (manager, entry, name);
  svpn_dbus_manager_complete_rename (skeleton, invocation, new_path);
  return TRUE;
}

/* ---- At boot ---- */

/* Called when the tunnel is up, was stopped, or has failed for good. */
static void
on_started_at_boot (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SvpnManager *manager = user_data;
  SvpnTunnel *tunnel = SVPN_TUNNEL (source);
  g_autoptr (GError) error = NULL;

  if (!svpn_tunnel_finish (tunnel, result, &error))
    g_message ("%s is not started at boot: %s", svpn_tunnel_get_id (tunnel), error->message);
  svpn_boot_done (manager->boot, svpn_tunnel_get_id (tunnel));
}

static gboolean
is_due_at_boot (Entry *entry)
{
  SvpnManager *manager = entry->manager;
  const char *key = entry->scope == SVPN_SCOPE_CLIENT ? "autoconnect" : "autostart";
  g_autoptr (GVariant) profile
      = svpn_tunnel_is_down (entry->tunnel)
                && svpn_boot_is_due (manager->boot, svpn_tunnel_get_id (entry->tunnel))
            ? svpn_store_load (manager->store, entry->scope, entry->name, NULL)
            : NULL;

  return profile != NULL && svpn_settings_get_bool (entry->scope, profile, key);
}

void
svpn_manager_boot (SvpnManager *manager)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) due = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, manager->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;
    if (is_due_at_boot (entry)) {
      g_hash_table_add (ids, g_strdup (svpn_tunnel_get_id (entry->tunnel)));
      g_ptr_array_add (due, entry->tunnel);
    } else if (svpn_tunnel_is_persistent (entry->tunnel)) {
      g_hash_table_add (ids, g_strdup (svpn_tunnel_get_id (entry->tunnel)));
    }
  }
  svpn_boot_begin (manager->boot, ids);
  for (guint i = 0; i < due->len; i++) {
    g_message ("%s is started at boot", svpn_tunnel_get_id (due->pdata[i]));
    svpn_tunnel_persist_async (due->pdata[i], on_started_at_boot, manager);
  }
}

/* ---- Finding workers, and the way onto the bus ---- */

static void
export_all (SvpnManager *manager)
{
  GDBusConnection *bus = manager->environment->bus;
  GHashTableIter iter;
  gpointer entry;
  GError *error = NULL;

  manager->server = g_dbus_object_manager_server_new (SVPN_MANAGER_PATH);
  g_hash_table_iter_init (&iter, manager->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_dbus_object_manager_server_export (manager->server, ((Entry *) entry)->object);
  g_dbus_object_manager_server_set_connection (manager->server, bus);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (manager->skeleton), bus, SVPN_MANAGER_PATH,
                                    &error);
  tell_status (manager);
  manager->ready (manager->ready_data, error);
}

/* Called for each tunnel of an earlier smartvpnd, once it is adopted or cleared away. */
static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SvpnManager *manager = user_data;

  svpn_tunnel_finish (SVPN_TUNNEL (source), result, NULL);
  if (--manager->attaching == 0)
    export_all (manager);
}

static void
add_ids (GHashTable *ids, char **names)
{
  SvpnScope scope;
  const char *name;

  for (char **id = names; *id != NULL; id++)
    if (svpn_tunnel_id_parse (*id, &scope, &name))
      g_hash_table_add (ids, g_strdup (*id));
  g_strfreev (names);
}

void
svpn_manager_export (SvpnManager *manager, void (*ready) (gpointer user_data, GError *error),
                     gpointer user_data)
{
  const SvpnEnvironment *environment = manager->environment;
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer id;
  SvpnScope scope;
  const char *name;

  manager->ready = ready;
  manager->ready_data = user_data;
  add_ids (ids, svpn_directory_list (environment->runtime_dir, ""));
  add_ids (ids, svpn_tunnel_file_list (environment->state_dir));

  manager->attaching = g_hash_table_size (ids);
  if (manager->attaching == 0)
    export_all (manager);
  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    if (svpn_tunnel_id_parse (id, &scope, &name))
      svpn_tunnel_attach_async (ensure_entry (manager, scope, name)->tunnel, on_attached, manager);
  }
}

/* ---- The whole ---- */

/* Called when the machine goes to sleep and when it wakes up, where systemd-logind runs: whether sessions have survived is
 * to be known at once. */
static void
on_prepare_for_sleep (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                      const char *signal, GVariant *parameters, gpointer user_data)
{
  SvpnManager *manager = user_data;
  gboolean begins = TRUE;
  GHashTableIter iter;
  gpointer value;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &begins);
  g_hash_table_iter_init (&iter, manager->entries);
  while (!begins && g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;

    if (entry->scope == SVPN_SCOPE_CLIENT && svpn_tunnel_get_worker (entry->tunnel) != NULL)
      svpn_dbus_worker_call_network_changed (svpn_tunnel_get_worker (entry->tunnel), "check", NULL, NULL,
                                             NULL);
  }
}

/* What a crash of the machine has left: no tunnel of this boot needs it. */
static void
give_back_resolv_conf (const SvpnEnvironment *environment)
{
  g_auto (GStrv) tunnels = svpn_tunnel_file_list (environment->state_dir);
  g_autoptr (GError) error = NULL;

  svpn_resolv_conf_keep_in (environment->config_dir);
  if (*tunnels == NULL && svpn_resolv_conf_is_ours (SVPN_RESOLV_CONF)
      && !svpn_resolv_conf_give_back (SVPN_RESOLV_CONF, &error))
    g_warning ("%s", error->message);
}

SvpnManager *
svpn_manager_new (const SvpnEnvironment *environment)
{
  SvpnManager *manager = g_new0 (SvpnManager, 1);

  manager->environment = environment;
  give_back_resolv_conf (environment);
  manager->sleep_signal = g_dbus_connection_signal_subscribe (
      environment->bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
      "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, manager, NULL);
  manager->store = svpn_store_new (environment->config_dir);
  manager->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  manager->subscriptions = svpn_subscriptions_new (environment);
  manager->skeleton = svpn_access_skeleton_new (SVPN_DBUS_TYPE_MANAGER_SKELETON, environment);
  svpn_manager_answers_connect (manager->skeleton, environment);
  g_signal_connect (manager->skeleton, "handle-add-client", G_CALLBACK (on_add_client), manager);
  g_signal_connect (manager->skeleton, "handle-add-server", G_CALLBACK (on_add_server), manager);
  g_signal_connect (manager->skeleton, "handle-remove", G_CALLBACK (on_remove), manager);
  g_signal_connect (manager->skeleton, "handle-rename", G_CALLBACK (on_rename), manager);
  load_profiles (manager, SVPN_SCOPE_CLIENT);
  load_profiles (manager, SVPN_SCOPE_SERVER);
  manager->boot = svpn_boot_new (environment->state_dir);
  manager->watch = svpn_store_watch_new (environment->config_dir, on_store_changed, manager);
  return manager;
}

void
svpn_manager_free (SvpnManager *manager)
{
  g_dbus_connection_signal_unsubscribe (manager->environment->bus, manager->sleep_signal);
  if (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (manager->skeleton)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (manager->skeleton));
  g_signal_handlers_disconnect_by_data (manager->skeleton, manager);
  g_clear_object (&manager->server);
  svpn_store_watch_free (manager->watch);
  svpn_subscriptions_free (manager->subscriptions);
  g_hash_table_unref (manager->entries);
  g_object_unref (manager->skeleton);
  svpn_boot_free (manager->boot);
  svpn_store_free (manager->store);
  g_free (manager);
}
