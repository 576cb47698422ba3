/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * server keys, authorize and revoke: the clients that a server has authorized. */
#include "server-authorize.h"
#include "commands.h"
#include "format.h"
#include "i18n.h"
#include "lookup.h"
#include "print.h"
#include "quantity.h"

#include <stdio.h>

/* ---- keys ---- */

static void
add_authorized_row (SvpnTable *table, SmartvpnAuthorizedClient *authorized)
{
  guint64 rate = smartvpn_authorized_client_get_rate_limit_bytes_per_s (authorized);
  guint64 expires_s = smartvpn_authorized_client_get_expires (authorized);
  g_autofree char *limit = rate > 0 ? svpn_format_limit (rate) : NULL;
  g_autofree char *expires = expires_s > 0 ? svpn_format_time (expires_s) : NULL;

  svpn_table_add (table, smartvpn_authorized_client_get_name (authorized),
                  smartvpn_authorized_client_get_public_key (authorized),
                  smartvpn_authorized_client_get_ipv4 (authorized),
                  smartvpn_authorized_client_get_ipv6 (authorized), limit,
                  smartvpn_authorized_client_get_expired (authorized) ? _ ("expired") : expires);
}

static void
print_keys (SmartvpnServer *server, GPtrArray *authorized)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("llllrl");
  const char *key = smartvpn_server_get_public_key (server);

  svpn_print (_ ("Public key of the server: %s\n\n"), key != NULL ? key : "-");
  svpn_table_set_header (table, _ ("NAME"), _ ("PUBLIC KEY"), _ ("IPV4"), _ ("IPV6"), _ ("LIMIT"),
                         _ ("EXPIRES"));
  for (guint i = 0; i < authorized->len; i++)
    add_authorized_row (table, authorized->pdata[i]);
  svpn_print_table (table);
}

gboolean
svpn_run_server_keys (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_argument_server (invocation, error);
  g_autoptr (GPtrArray) authorized
      = server != NULL ? smartvpn_server_list_authorized_clients_sync (server, NULL, error) : NULL;
  const char *key = server != NULL ? smartvpn_server_get_public_key (server) : NULL;
  JsonNode *node;
  JsonArray *array;

  if (authorized == NULL)
    return FALSE;
  if (!svpn_invocation_wants_json (invocation)) {
    print_keys (server, authorized);
    return TRUE;
  }
  array = json_array_new ();
  for (guint i = 0; i < authorized->len; i++)
    svpn_array_add_dictionary (array, smartvpn_record_to_variant (SMARTVPN_RECORD (authorized->pdata[i])));
  node = json_node_init_object (json_node_alloc (), json_object_new ());
  json_object_unref (json_node_get_object (node));
  json_object_set_string_member (json_node_get_object (node), "public-key", key != NULL ? key : "");
  json_object_set_array_member (json_node_get_object (node), "authorized", array);
  svpn_print_node (node);
  return TRUE;
}

/* ---- authorize and revoke ---- */

/* The value of an option; NULL without it, and for "none". */
static const char *
given_value (SvpnInvocation *invocation, const char *option)
{
  const char *value = svpn_invocation_value (invocation, option);

  return g_strcmp0 (value, SVPN_NONE) != 0 ? value : NULL;
}

static gboolean
set_amounts (SvpnInvocation *invocation, SmartvpnAuthorizedClient *authorized, GError **error)
{
  const char *limit = given_value (invocation, "limit");
  const char *burst = given_value (invocation, "burst");
  const char *expires = given_value (invocation, "expires");
  const guint64 now_s = (guint64) (g_get_real_time () / G_USEC_PER_SEC);
  guint64 rate = 0, size = 0, time_s = 0;

  if ((limit != NULL && !svpn_parse_rate (limit, &rate, error))
      || (burst != NULL && !svpn_parse_size (burst, &size, error))
      || (expires != NULL && !svpn_parse_time (expires, now_s, &time_s, error)))
    return FALSE;
  smartvpn_authorized_client_set_rate_limit_bytes_per_s (authorized, rate);
  smartvpn_authorized_client_set_rate_limit_burst_bytes (authorized, size);
  smartvpn_authorized_client_set_expires (authorized, time_s);
  return TRUE;
}

/* Takes away what the options give as "none". */
static void
set_unset (SvpnInvocation *invocation, SmartvpnAuthorizedClient *authorized)
{
  static const struct {
    const char *option, *key;
  } entries[] = {
    { "ipv4", "ipv4" },
    { "ipv6", "ipv6" },
    { "limit", SVPN_AUTHORIZED_RATE },
    { "burst", "rate-limit-burst-bytes" },
    { "expires", "expires" },
  };
  const char *keys[G_N_ELEMENTS (entries) + 1] = { NULL };
  guint n_keys = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_strcmp0 (svpn_invocation_value (invocation, entries[i].option), SVPN_NONE) == 0)
      keys[n_keys++] = entries[i].key;
  if (n_keys > 0)
    smartvpn_authorized_client_set_unset (authorized, keys);
}

SmartvpnAuthorizedClient *
svpn_authorized_client_of (SvpnInvocation *invocation, const char *name, const char *public_key,
                           GError **error)
{
  g_autoptr (SmartvpnAuthorizedClient) authorized = smartvpn_authorized_client_new (name, public_key);

  smartvpn_authorized_client_set_ipv4 (authorized, given_value (invocation, "ipv4"));
  smartvpn_authorized_client_set_ipv6 (authorized, given_value (invocation, "ipv6"));
  set_unset (invocation, authorized);
  return set_amounts (invocation, authorized, error) ? g_steal_pointer (&authorized) : NULL;
}

gboolean
svpn_run_server_authorize (SvpnInvocation *invocation, GError **error)
{
  g_autoptr (SmartvpnAuthorizedClient) authorized = svpn_authorized_client_of (
      invocation, svpn_invocation_argument (invocation, 0), svpn_invocation_argument (invocation, 1), error);
  SmartvpnServer *server = authorized != NULL ? svpn_lookup_option_server (invocation, error) : NULL;

  return server != NULL && smartvpn_server_authorize_client_sync (server, authorized, NULL, error);
}

gboolean
svpn_run_server_revoke (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_option_server (invocation, error);

  return server != NULL
         && smartvpn_server_revoke_client_sync (server, svpn_invocation_argument (invocation, 0), NULL,
                                                error);
}
