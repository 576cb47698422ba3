/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Manager. */
#include "call.h"
#include "smartvpn-manager-private.h"

#include "names.h"
#include "smartvpn-error.h"
#include "smartvpn-record-private.h"

/* ---- Adding ---- */

static const SvpnMethod add_methods[SVPN_N_LISTS] = {
  [SVPN_CLIENTS] = { .name = "AddClient", .reply_type = "(o)" },
  [SVPN_SERVERS] = { .name = "AddServer", .reply_type = "(o)" },
};

static GVariant *
pack_profile (const char *name, GVariant *settings)
{
  return svpn_call_pack (g_variant_new_string (name), svpn_call_dictionary (settings), NULL);
}

static gpointer
ref_added (SmartvpnManager *self, const char *path, GError **error)
{
  gpointer profile = svpn_inventory_find (svpn_manager_get_inventory (self), path);

  if (profile == NULL)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_PROFILE, "%s was removed at once", path);
  return profile != NULL ? g_object_ref (profile) : NULL;
}

static void
add_async (SmartvpnManager *self, SvpnList list, const char *name, GVariant *settings,
           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_MANAGER (self));
  g_return_if_fail (name != NULL);
  svpn_call_async (self, &add_methods[list], pack_profile (name, settings), cancellable, callback, user_data);
}

/* The new profile is known: smartvpnd announces it before it answers. */
static gpointer
add_finish (SmartvpnManager *self, SvpnList list, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = svpn_call_finish (self, &add_methods[list], result, error);
  const char *path;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(&o)", &path);
  return ref_added (self, path, error);
}

/* Takes the reply of a call that has made a profile. The announcement waits until the main loop runs, so the properties of
 * the new profile are asked for. */
static gpointer
take_added_sync (SmartvpnManager *self, GVariant *reply, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) owned = reply, answer = NULL, dbus_properties = NULL;
  const char *path;

  if (owned == NULL)
    return NULL;
  g_variant_get (owned, "(&o)", &path);
  SvpnList list = g_str_has_prefix (path, SVPN_CLIENTS_PATH "/") ? SVPN_CLIENTS : SVPN_SERVERS;
  answer = g_dbus_connection_call_sync (
      smartvpn_manager_get_connection (self), SVPN_BUS_NAME, path, "org.freedesktop.DBus.Properties",
      "GetAll",
      g_variant_new ("(s)", list == SVPN_CLIENTS ? svpn_client_kind.interface : svpn_server_kind.interface),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, error);
  if (answer == NULL)
    return NULL;
  dbus_properties = g_variant_get_child_value (answer, 0);
  svpn_inventory_take (svpn_manager_get_inventory (self), list, path, dbus_properties);
  return ref_added (self, path, error);
}

static gpointer
add_sync (SmartvpnManager *self, SvpnList list, const char *name, GVariant *settings,
          GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  return take_added_sync (
      self, svpn_call_sync (self, &add_methods[list], pack_profile (name, settings), cancellable, error),
      cancellable, error);
}

void
smartvpn_manager_add_client_async (SmartvpnManager *self, const char *name, GVariant *settings,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  add_async (self, SVPN_CLIENTS, name, settings, cancellable, callback, user_data);
}

SmartvpnClient *
smartvpn_manager_add_client_finish (SmartvpnManager *self, GAsyncResult *result, GError **error)
{
  return add_finish (self, SVPN_CLIENTS, result, error);
}

SmartvpnClient *
smartvpn_manager_add_client_sync (SmartvpnManager *self, const char *name, GVariant *settings,
                                  GCancellable *cancellable, GError **error)
{
  return add_sync (self, SVPN_CLIENTS, name, settings, cancellable, error);
}

void
smartvpn_manager_add_server_async (SmartvpnManager *self, const char *name, GVariant *settings,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  add_async (self, SVPN_SERVERS, name, settings, cancellable, callback, user_data);
}

SmartvpnServer *
smartvpn_manager_add_server_finish (SmartvpnManager *self, GAsyncResult *result, GError **error)
{
  return add_finish (self, SVPN_SERVERS, result, error);
}

SmartvpnServer *
smartvpn_manager_add_server_sync (SmartvpnManager *self, const char *name, GVariant *settings,
                                  GCancellable *cancellable, GError **error)
{
  return add_sync (self, SVPN_SERVERS, name, settings, cancellable, error);
}

/* ---- Other methods ---- */

static const SvpnMethod remove_method = { .name = "Remove", .reply_type = "()" };

/* The root for a profile that a program has made itself: smartvpnd then says that there is no such profile. */
static const char *
path_of (SmartvpnProfile *profile)
{
  const char *path = smartvpn_profile_get_object_path (profile);

  return path != NULL ? path : "/";
}

static GVariant *
pack_path (SmartvpnProfile *profile)
{
  return g_variant_new ("(o)", path_of (profile));
}

void
smartvpn_manager_remove_async (SmartvpnManager *self, SmartvpnProfile *profile, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_MANAGER (self));
  svpn_call_async (self, &remove_method, pack_path (profile), cancellable, callback, user_data);
}

gboolean
smartvpn_manager_remove_finish (SmartvpnManager *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &remove_method, result, error));
}

gboolean
smartvpn_manager_remove_sync (SmartvpnManager *self, SmartvpnProfile *profile, GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), FALSE);
  return svpn_reply_discard (svpn_call_sync (self, &remove_method, pack_path (profile), cancellable, error));
}

static const SvpnMethod rename_method = { .name = "Rename", .reply_type = "(o)" };

static GVariant *
pack_new_name (SmartvpnProfile *profile, const char *name)
{
  return g_variant_new ("(os)", path_of (profile), name);
}

void
smartvpn_manager_rename_async (SmartvpnManager *self, SmartvpnProfile *profile, const char *name,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_MANAGER (self));
  g_return_if_fail (name != NULL);
  svpn_call_async (self, &rename_method, pack_new_name (profile, name), cancellable, callback, user_data);
}

/* Either list may have it. */
SmartvpnProfile *
smartvpn_manager_rename_finish (SmartvpnManager *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = svpn_call_finish (self, &rename_method, result, error);
  const char *path;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(&o)", &path);
  return ref_added (self, path, error);
}

SmartvpnProfile *
smartvpn_manager_rename_sync (SmartvpnManager *self, SmartvpnProfile *profile, const char *name,
                              GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  return take_added_sync (
      self, svpn_call_sync (self, &rename_method, pack_new_name (profile, name), cancellable, error),
      cancellable, error);
}

static const SvpnMethod generate_keypair_method = { .name = "GenerateKeypair", .reply_type = "(ss)" };

static gboolean
take_keypair (GVariant *reply, char **public_key, char **private_key)
{
  g_autoptr (GVariant) owned = reply;

  if (owned == NULL)
    return FALSE;
  if (public_key != NULL)
    g_variant_get_child (owned, 0, "s", public_key);
  if (private_key != NULL)
    g_variant_get_child (owned, 1, "s", private_key);
  return TRUE;
}

void
smartvpn_manager_generate_keypair_async (SmartvpnManager *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_MANAGER (self));
  svpn_call_async (self, &generate_keypair_method, NULL, cancellable, callback, user_data);
}

gboolean
smartvpn_manager_generate_keypair_finish (SmartvpnManager *self, GAsyncResult *result, char **public_key,
                                          char **private_key, GError **error)
{
  return take_keypair (svpn_call_finish (self, &generate_keypair_method, result, error), public_key,
                       private_key);
}

gboolean
smartvpn_manager_generate_keypair_sync (SmartvpnManager *self, char **public_key, char **private_key,
                                        GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), FALSE);
  return take_keypair (svpn_call_sync (self, &generate_keypair_method, NULL, cancellable, error), public_key,
                       private_key);
}

/* ---- For forms ---- */

static const SvpnMethod describe_settings_method = { .name = "DescribeSettings", .reply_type = "(aa{sv})" };

void
smartvpn_manager_describe_settings_async (SmartvpnManager *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_MANAGER (self));
  svpn_call_async (self, &describe_settings_method, NULL, cancellable, callback, user_data);
}

GPtrArray *
smartvpn_manager_describe_settings_finish (SmartvpnManager *self, GAsyncResult *result, GError **error)
{
  return svpn_records_from_reply (svpn_call_finish (self, &describe_settings_method, result, error),
                                  SMARTVPN_TYPE_SETTING_INFO);
}

GPtrArray *
smartvpn_manager_describe_settings_sync (SmartvpnManager *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return svpn_records_from_reply (svpn_call_sync (self, &describe_settings_method, NULL, cancellable, error),
                                  SMARTVPN_TYPE_SETTING_INFO);
}

static const SvpnMethod check_permissions_method = { .name = "CheckPermissions", .reply_type = "(a{ss})" };

static GHashTable *
take_permissions (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;
  GHashTable *permissions;
  GVariantIter *iter;
  char *action, *answer;

  if (owned == NULL)
    return NULL;
  permissions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_variant_get (owned, "(a{ss})", &iter);
  while (g_variant_iter_next (iter, "{ss}", &action, &answer))
    g_hash_table_replace (permissions, action, answer);
  g_variant_iter_free (iter);
  return permissions;
}

void
smartvpn_manager_check_permissions_async (SmartvpnManager *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_MANAGER (self));
  svpn_call_async (self, &check_permissions_method, NULL, cancellable, callback, user_data);
}

GHashTable *
smartvpn_manager_check_permissions_finish (SmartvpnManager *self, GAsyncResult *result, GError **error)
{
  return take_permissions (svpn_call_finish (self, &check_permissions_method, result, error));
}

GHashTable *
smartvpn_manager_check_permissions_sync (SmartvpnManager *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_MANAGER (self), NULL);
  return take_permissions (svpn_call_sync (self, &check_permissions_method, NULL, cancellable, error));
}
