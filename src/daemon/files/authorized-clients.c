/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The authorized clients of a server.
 *
 * How it works: a list is an aa{sv}; a change makes another list. Keys and host numbers must be unique in a list: going
 * through it, each client claims its own in an index. */
#include "authorized-clients.h"
#include "durable.h"
#include "error.h"
#include "json.h"
#include "pool.h"
#include "printable.h"
#include "text-file.h"

#include <string.h>

#define SCOPE SVPN_SCOPE_AUTHORIZED
#define TEXT_MAX (4 * 1024 * 1024)
#define UNSET "unset" /* in the argument of AuthorizeClient() */
#define RATE "rate-limit-bytes-per-s"
#define BURST "rate-limit-burst-bytes"

typedef struct {
  const SvpnPools *pools;
  GHashTable *keys;  /* public key -> name; strings of the clients */
  GHashTable *hosts; /* host number -> name */
} Index;

static void
index_init (Index *index, const SvpnPools *pools)
{
  index->pools = pools;
  index->keys = g_hash_table_new (g_str_hash, g_str_equal);
  index->hosts = g_hash_table_new (NULL, NULL);
}

static void
index_clear (Index *index)
{
  g_hash_table_unref (index->keys);
  g_hash_table_unref (index->hosts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Index, index_clear)

static const char *
get_string (GVariant *client, const char *key)
{
  const char *text = NULL;

  g_variant_get_data (client); /* serialised, it owns the bytes of its strings */
  g_variant_lookup (client, key, "&s", &text);
  return text;
}

/* ---- Fixed addresses ---- */

SvpnPools
svpn_authorized_clients_pools (GVariant *server_settings)
{
  const char *ipv6 = svpn_settings_get_string (SVPN_SCOPE_SERVER, server_settings, "ipv6-pool");
  SvpnPools pools = { 0 };

  svpn_prefix_parse (svpn_settings_get_string (SVPN_SCOPE_SERVER, server_settings, "ipv4-pool"), &pools.ipv4);
  if (ipv6 != NULL)
    svpn_prefix_parse (ipv6, &pools.ipv6);
  return pools;
}

/* *@host: of the fixed address @key of @client; 0: it has none. */
static gboolean
parse_host (const SvpnPools *pools, GVariant *client, const char *key, const SvpnPrefix *pool, guint32 *host,
            GError **error)
{
  const char *text = get_string (client, key);
  SvpnPrefix address;

  *host = 0;
  if (text == NULL)
    return TRUE;
  if (pool->family == 0)
    return svpn_error_refuse (error, key, "the server has no %s-pool; set one, or leave %s out", key, key);
  if (!svpn_address_parse (text, &address) || address.family != pool->family
      || !svpn_pool_find (pool, address.bytes, host)) {
    g_autofree char *network = svpn_prefix_to_string (pool);
    return svpn_error_refuse (error, key, "'%s' is not in %s-pool, %s", text, key, network);
  }
  if (*host >= SVPN_POOL_FIRST_HOST
      && *host - SVPN_POOL_FIRST_HOST < svpn_pool_capacity (&pools->ipv4, &pools->ipv6))
    return TRUE;
  return svpn_error_refuse (
      error, key,
      "'%s' cannot be the address of a client: it is the network's, the server's or the broadcast "
      "address, or beyond the smaller of the pools",
      text);
}

static gboolean
claim_host (Index *index, GVariant *client, GError **error)
{
  const SvpnPools *pools = index->pools;
  guint32 host4, host6;

  if (!parse_host (pools, client, "ipv4", &pools->ipv4, &host4, error)
      || !parse_host (pools, client, "ipv6", &pools->ipv6, &host6, error))
    return FALSE;
  if (host4 != 0 && host6 != 0 && host4 != host6)
    return svpn_error_refuse (
        error, "ipv6", "host number %u, but ipv4 has host number %u; both must be the same", host6, host4);
  gpointer host = GUINT_TO_POINTER (host4 != 0 ? host4 : host6);
  const char *holder = g_hash_table_lookup (index->hosts, host);
  if (holder != NULL)
    return svpn_error_refuse (error, host4 != 0 ? "ipv4" : "ipv6", "taken by '%s'; choose another address",
                              holder);
  if (host != NULL)
    g_hash_table_insert (index->hosts, host, (char *) get_string (client, "name"));
  return TRUE;
}

/* Whether @client can be served together with those that have claimed before. */
static gboolean
claim (Index *index, GVariant *client, GError **error)
{
  const char *key = get_string (client, "public-key");
  const char *holder = g_hash_table_lookup (index->keys, key);

  if (holder != NULL)
    return svpn_error_refuse (error, "public-key", "taken by '%s'; each client needs a key of its own",
                              holder);
  g_hash_table_insert (index->keys, (char *) key, (char *) get_string (client, "name"));
  return claim_host (index, client, error);
}

/* ---- One client ---- */

static gboolean
check_complete (GVariant *client, GError **error)
{
  static const char *const required[] = { "name", "public-key" };

  for (gsize i = 0; i < G_N_ELEMENTS (required); i++)
    if (get_string (client, required[i]) == NULL)
      return svpn_error_refuse (error, required[i], "needed");
  if (g_variant_lookup (client, BURST, "t", NULL) && !g_variant_lookup (client, RATE, "t", NULL))
    return svpn_error_refuse (error, RATE, "needed with " BURST);
  return TRUE;
}

/* Canonical, full reference. */
static GVariant *
validate (GVariant *input, GError **error)
{
  g_autoptr (GVariant) client = svpn_settings_validate (SCOPE, input, error);

  return client != NULL && check_complete (client, error) ? g_steal_pointer (&client) : NULL;
}

static guint64
expiry_of (GVariant *client)
{
  guint64 expires = 0;

  g_variant_lookup (client, "expires", "t", &expires);
  return expires;
}

static gboolean
is_expiry_given (GVariant *input)
{
  g_autoptr (GVariant) expires = g_variant_lookup_value (input, "expires", NULL);

  return expires != NULL;
}

/* ---- Lists ---- */

static int
compare_names (const void *a, const void *b)
{
  return strcmp (get_string (*(GVariant *const *) a, "name"), get_string (*(GVariant *const *) b, "name"));
}

static GPtrArray *
to_array (GVariant *clients)
{
  GPtrArray *array = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (gsize i = 0; i < g_variant_n_children (clients); i++)
    g_ptr_array_add (array, g_variant_get_child_value (clients, i));
  return array;
}

static GVariant *
to_list (GPtrArray *array)
{
  g_ptr_array_sort (array, compare_names);
  return g_variant_ref_sink (
      g_variant_new_array (G_VARIANT_TYPE_VARDICT, (GVariant *const *) array->pdata, array->len));
}

gboolean
svpn_authorized_clients_check (GVariant *clients, const SvpnPools *pools, GError **error)
{
  g_autoptr (GPtrArray) array = to_array (clients);
  g_auto (Index) index;

  index_init (&index, pools);
  for (guint i = 0; i < array->len; i++) {
    if (!claim (&index, array->pdata[i], error)) {
      if (error != NULL)
        (*error)->code = SVPN_ERROR_INVALID_ARGUMENTS; /* the message no longer begins with the key */
      g_prefix_error (error, "authorized client '%s': ", get_string (array->pdata[i], "name"));
      return FALSE;
    }
  }
  return TRUE;
}

/* The client @name of @clients; an empty one if there is none. */
static GVariant *
find_by_name (GVariant *clients, const char *name)
{
  for (gsize i = 0; i < g_variant_n_children (clients); i++) {
    g_autoptr (GVariant) client = g_variant_get_child_value (clients, i);

    if (g_strcmp0 (get_string (client, "name"), name) == 0)
      return g_steal_pointer (&client);
  }
  return g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

/* Takes the list "unset" out of *@input (floating is not taken). A rate that goes takes its burst along. */
static char **
take_unset (GVariant *input, GVariant **rest, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (input, UNSET, NULL);
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();
  GVariantDict dict;

  if (list != NULL && !g_variant_is_of_type (list, G_VARIANT_TYPE_STRING_ARRAY)) {
    svpn_error_refuse (error, UNSET, "expected as (array of strings), got %s",
                       g_variant_get_type_string (list));
    return NULL;
  }
  g_autofree const char **given = list != NULL ? g_variant_get_strv (list, NULL) : g_new0 (const char *, 1);
  g_strv_builder_addv (keys, given);
  if (g_strv_contains (given, RATE))
    g_strv_builder_add (keys, BURST);
  g_variant_dict_init (&dict, input);
  g_variant_dict_remove (&dict, UNSET);
  *rest = g_variant_ref_sink (g_variant_dict_end (&dict));
  return g_strv_builder_end (keys);
}

/* The entry of @clients that @input names, with what @input changes; a new one if there is none. */
static GVariant *
change_entry (GVariant *clients, GVariant *input, GError **error)
{
  g_autoptr (GVariant) changes = NULL;
  g_auto (GStrv) unset = take_unset (input, &changes, error);

  if (unset == NULL)
    return NULL;
  g_autoptr (GVariant) old = find_by_name (clients, get_string (changes, "name"));
  g_autoptr (GVariant) client
      = svpn_settings_update (SCOPE, old, changes, (const char *const *) unset, error);
  return client != NULL && check_complete (client, error) ? g_steal_pointer (&client) : NULL;
}

/* Removes the clients whose @key is @text; returns how many. */
static guint
take_out (GPtrArray *array, const char *key, const char *text)
{
  guint before = array->len;

  for (guint i = array->len; i-- > 0;)
    if (strcmp (get_string (array->pdata[i], key), text) == 0)
      g_ptr_array_remove_index (array, i);
  return before - array->len;
}

GVariant *
svpn_authorized_clients_add (GVariant *clients, GVariant *input, const SvpnPools *pools, gint64 now_s,
                             GError **error)
{
  g_autoptr (GVariant) client = change_entry (clients, input, error);
  g_autoptr (GPtrArray) array = to_array (clients);
  g_auto (Index) index;

  index_init (&index, pools);
  if (client == NULL)
    return NULL;
  take_out (array, "name", get_string (client, "name"));
  /* If others no longer fit into the pools, that is not this client's fault. */
  for (guint i = 0; i < array->len; i++)
    claim (&index, array->pdata[i], NULL);
  if (!claim (&index, client, error))
    return NULL;
  if (is_expiry_given (input) && expiry_of (client) <= (guint64) now_s) {
    svpn_error_refuse (error, "expires", "not in the future; unset it for a client that may stay");
    return NULL;
  }
  if (array->len >= SVPN_AUTHORIZED_MAX) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_LIMIT_EXCEEDED,
                 "A server can have at most %d authorized clients; revoke one first", SVPN_AUTHORIZED_MAX);
    return NULL;
  }
  g_ptr_array_add (array, g_steal_pointer (&client));
  return to_list (array);
}

GVariant *
svpn_authorized_clients_revoke (GVariant *clients, const char *name_or_key, GError **error)
{
  g_autoptr (GPtrArray) array = to_array (clients);

  if (take_out (array, "name", name_or_key) + take_out (array, "public-key", name_or_key) > 0)
    return to_list (array);
  g_autofree char *shown = svpn_printable (name_or_key, SVPN_AUTHORIZED_NAME_MAX);
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT,
               "No authorized client has the name or public key '%s'", shown);
  return NULL;
}

/* @client, with @key = @value unless @value (floating) is NULL. Floating. */
static GVariant *
with_entry (GVariant *client, const char *key, GVariant *value)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (gsize i = 0; i < g_variant_n_children (client); i++) {
    g_autoptr (GVariant) entry = g_variant_get_child_value (client, i);
    g_variant_builder_add_value (&builder, entry);
  }
  if (value != NULL)
    g_variant_builder_add (&builder, "{sv}", key, value);
  return g_variant_builder_end (&builder);
}

GVariant *
svpn_authorized_clients_describe (GVariant *clients, gint64 now_s)
{
  g_autoptr (GPtrArray) array = to_array (clients);
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < array->len; i++) {
    guint64 expires = expiry_of (array->pdata[i]);
    GVariant *expired = expires != 0 ? g_variant_new_boolean (expires <= (guint64) now_s) : NULL;
    g_variant_builder_add_value (&list, with_entry (array->pdata[i], "expired", expired));
  }
  return g_variant_builder_end (&list);
}

static gboolean
lacks_burst (GVariant *client)
{
  return g_variant_lookup (client, RATE, "t", NULL) && !g_variant_lookup (client, BURST, "t", NULL);
}

GVariant *
svpn_authorized_clients_for_worker (GVariant *clients, guint default_burst_bytes)
{
  g_autoptr (GPtrArray) array = to_array (clients);
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < array->len; i++) {
    GVariant *burst = lacks_burst (array->pdata[i]) ? g_variant_new_uint64 (default_burst_bytes) : NULL;
    g_variant_builder_add_value (&list, with_entry (array->pdata[i], BURST, burst));
  }
  return g_variant_builder_end (&list);
}

/* ---- The file ---- */

static char *
file_path (const char *config_dir, const char *server)
{
  return g_strdup_printf ("%s/authorized/%s.json", config_dir, server);
}

/* The entry @name: @value of the file. */
static GVariant *
parse_entry (const char *name, GVariant *value, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT)) {
    svpn_error_refuse (error, name, "not an object");
    return NULL;
  }
  g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (name));
  for (gsize i = 0; i < g_variant_n_children (value); i++) {
    g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
    g_variant_builder_add_value (&builder, entry);
  }
  g_autoptr (GVariant) spelled = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_autoptr (GVariant) input = svpn_settings_in_kebab_case (SCOPE, spelled, error);
  GVariant *client = input != NULL ? validate (input, error) : NULL;
  if (client == NULL)
    g_prefix_error (error, "'%s': ", name);
  return client;
}

static GVariant *
parse_list (const char *json, GError **error)
{
  g_autoptr (GVariant) file = svpn_json_parse (json, TEXT_MAX, error);
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (file == NULL)
    return NULL;
  g_variant_iter_init (&iter, file);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    g_autoptr (GVariant) entry = value;
    GVariant *client = parse_entry (name, entry, error);
    if (client == NULL)
      return NULL;
    g_ptr_array_add (array, client);
  }
  return to_list (array);
}

GVariant *
svpn_authorized_clients_load (const char *config_dir, const char *server, GError **error)
{
  g_autofree char *path = file_path (config_dir, server);
  g_autoptr (GError) local = NULL;
  g_autofree char *json = svpn_text_file_read (path, TEXT_MAX, FALSE, &local);
  GVariant *clients;

  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  clients = json != NULL ? parse_list (json, &local) : NULL;
  if (clients == NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "%s: %s", path, local->message);
  return clients;
}

gboolean
svpn_authorized_clients_save (const char *config_dir, const char *server, GVariant *clients, GError **error)
{
  g_autofree char *path = file_path (config_dir, server);
  g_autofree char *folder = g_path_get_dirname (path);
  GVariantBuilder file = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GPtrArray) array = to_array (clients);

  for (guint i = 0; i < array->len; i++) {
    GVariantDict dict;

    g_variant_dict_init (&dict, array->pdata[i]);
    g_variant_dict_remove (&dict, "name");
    g_variant_builder_add (&file, "{sv}", get_string (array->pdata[i], "name"), g_variant_dict_end (&dict));
  }
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_builder_end (&file));
  g_autofree char *json = svpn_json_print (all);
  return svpn_durable_make_folder (config_dir, 0755, error) && svpn_durable_make_folder (folder, 0700, error)
         && svpn_durable_write (path, json, 0600, error);
}

gboolean
svpn_authorized_clients_remove (const char *config_dir, const char *server, GError **error)
{
  g_autofree char *path = file_path (config_dir, server);

  return svpn_durable_unlink (path, error);
}
