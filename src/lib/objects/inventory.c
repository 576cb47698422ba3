/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Lists of the clients and servers of smartvpnd. */
#include "inventory.h"
#include "smartvpn-client.h"
#include "smartvpn-server.h"

struct _SvpnInventory {
  gpointer manager; /* the owner */
  GListStore *lists[SVPN_N_LISTS];
  GHashTable *profiles; /* object path -> profile */
};

static const SvpnProfileKind *const kinds[SVPN_N_LISTS] = { &svpn_client_kind, &svpn_server_kind };

static GType
type_of_list (SvpnList list)
{
  return list == SVPN_CLIENTS ? SMARTVPN_TYPE_CLIENT : SMARTVPN_TYPE_SERVER;
}

SvpnInventory *
svpn_inventory_new (void)
{
  SvpnInventory *inventory = g_new0 (SvpnInventory, 1);

  for (int i = 0; i < SVPN_N_LISTS; i++)
    inventory->lists[i] = g_list_store_new (type_of_list (i));
  inventory->profiles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  return inventory;
}

void
svpn_inventory_free (SvpnInventory *inventory)
{
  g_hash_table_unref (inventory->profiles);
  for (int i = 0; i < SVPN_N_LISTS; i++)
    g_object_unref (inventory->lists[i]);
  g_free (inventory);
}

void
svpn_inventory_set_manager (SvpnInventory *inventory, gpointer manager)
{
  inventory->manager = manager;
}

GListModel *
svpn_inventory_get_list (SvpnInventory *inventory, SvpnList list)
{
  return G_LIST_MODEL (inventory->lists[list]);
}

gpointer
svpn_inventory_find (SvpnInventory *inventory, const char *path)
{
  return g_hash_table_lookup (inventory->profiles, path);
}

gpointer
svpn_inventory_find_by_name (SvpnInventory *inventory, SvpnList list, const char *name)
{
  GHashTableIter iter;
  gpointer profile;

  g_hash_table_iter_init (&iter, inventory->profiles);
  while (g_hash_table_iter_next (&iter, NULL, &profile))
    if (G_OBJECT_TYPE (profile) == type_of_list (list)
        && g_strcmp0 (smartvpn_profile_get_name (profile), name) == 0)
      return profile;
  return NULL;
}

static int
compare_profile_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_strcmp0 (smartvpn_profile_get_name ((gpointer) a), smartvpn_profile_get_name ((gpointer) b));
}

void
svpn_inventory_take (SvpnInventory *inventory, SvpnList list, const char *path, GVariant *properties)
{
  SmartvpnProfile *profile = g_hash_table_lookup (inventory->profiles, path);

  if (profile != NULL) {
    svpn_profile_catch_up (profile, properties);
    return;
  }
  profile = svpn_profile_new (type_of_list (list), kinds[list], inventory->manager, path, properties);
  g_hash_table_insert (inventory->profiles, g_strdup (path), profile);
  g_list_store_insert_sorted (inventory->lists[list], profile, compare_profile_names, NULL);
}

void
svpn_inventory_add (SvpnInventory *inventory, const char *path, GVariant *interfaces)
{
  for (int i = 0; i < SVPN_N_LISTS; i++) {
    g_autoptr (GVariant) properties
        = g_variant_lookup_value (interfaces, kinds[i]->interface, G_VARIANT_TYPE_VARDICT);

    if (properties != NULL)
      svpn_inventory_take (inventory, i, path, properties);
  }
}

void
svpn_inventory_remove (SvpnInventory *inventory, const char *path)
{
  g_autoptr (GObject) profile = NULL;
  g_autofree char *key = NULL;
  GListStore *list;
  guint position;

  if (!g_hash_table_steal_extended (inventory->profiles, path, (gpointer *) &key, (gpointer *) &profile))
    return;
  list = inventory->lists[SMARTVPN_IS_CLIENT (profile) ? SVPN_CLIENTS : SVPN_SERVERS];
  if (g_list_store_find (list, profile, &position))
    g_list_store_remove (list, position);
}

/* The paths of profiles that are not among @objects. Copies, since a handler of "items-changed" may do anything. */
static GPtrArray *
find_missing (SvpnInventory *inventory, GVariant *objects)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, inventory->profiles);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    g_autoptr (GVariant) found = g_variant_lookup_value (objects, path, NULL);

    if (found == NULL)
      g_ptr_array_add (missing, g_strdup (path));
  }
  return missing;
}

void
svpn_inventory_set (SvpnInventory *inventory, GVariant *objects)
{
  g_autoptr (GPtrArray) missing = find_missing (inventory, objects);
  GVariantIter iter;
  const char *path;
  GVariant *interfaces;

  for (guint i = 0; i < missing->len; i++)
    svpn_inventory_remove (inventory, missing->pdata[i]);
  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    svpn_inventory_add (inventory, path, interfaces);
}
