/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * server clients, limit and kick: the sessions of connected clients. */
#include "commands.h"
#include "describe.h"
#include "format.h"
#include "i18n.h"
#include "lookup.h"
#include "print.h"
#include "quantity.h"
#include "server-authorize.h"

#define BURST_DEFAULT 65536 /* bytes; rate-limit-burst-bytes of a server */

/* ---- clients ---- */

/* The limit in force; NULL for none, unless "server limit" has removed a stored one. */
static char *
format_limit (SmartvpnSession *session)
{
  guint64 rate = smartvpn_session_get_rate_limit (session);
  g_autofree char *text = rate > 0 ? svpn_format_limit (rate) : NULL;

  if (!smartvpn_session_get_rate_limit_live (session))
    return g_steal_pointer (&text);
  return g_strdup_printf (_ ("%s (not stored)"), text != NULL ? text : _ ("none"));
}

static void
add_session_row (SvpnTable *table, SmartvpnSession *session)
{
  SmartvpnStatistics *statistics = smartvpn_session_get_statistics (session);
  g_autofree char *uptime = svpn_format_duration (smartvpn_session_get_uptime_s (session));
  g_autofree char *sent = g_format_size (smartvpn_statistics_get_bytes_sent (statistics));
  g_autofree char *received = g_format_size (smartvpn_statistics_get_bytes_received (statistics));
  g_autofree char *limit = format_limit (session);

  svpn_table_add (table, smartvpn_session_get_id (session), smartvpn_session_get_name (session),
                  smartvpn_session_get_assigned_ip (session), smartvpn_session_get_remote_address (session),
                  uptime, limit, sent, received);
}

gboolean
svpn_run_server_clients (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_argument_server (invocation, error);
  g_autoptr (GPtrArray) sessions
      = server != NULL ? smartvpn_server_list_clients_sync (server, NULL, error) : NULL;
  g_autoptr (SvpnTable) table = svpn_table_new ("llllrlrr");

  if (sessions == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation)) {
    g_auto (GVariantBuilder) array = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

    for (guint i = 0; i < sessions->len; i++) {
      g_autoptr (GVariant) session = svpn_describe_record (sessions->pdata[i]);

      g_variant_builder_add_value (&array, session);
    }
    svpn_print_json (g_variant_builder_end (&array));
    return TRUE;
  }
  svpn_table_set_header (table, _ ("ID"), _ ("NAME"), _ ("ADDRESS"), _ ("FROM"), _ ("FOR"), _ ("LIMIT"),
                         _ ("SENT"), _ ("RECEIVED"));
  for (guint i = 0; i < sessions->len; i++)
    add_session_row (table, sessions->pdata[i]);
  svpn_print_table (table);
  return TRUE;
}

/* ---- limit and kick ---- */

static gboolean
is_session_meant (SmartvpnSession *session, const char *client)
{
  const char *names[] = {
    smartvpn_session_get_id (session),          smartvpn_session_get_name (session),
    smartvpn_session_get_assigned_ip (session), smartvpn_session_get_assigned_ipv6 (session),
    smartvpn_session_get_public_key (session),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], client) == 0)
      return TRUE;
  return FALSE;
}

/* The only session that @client, an id, a name, an address or a public key, stands for (full reference). */
static SmartvpnSession *
find_session (SmartvpnServer *server, const char *client, GError **error)
{
  g_autoptr (GPtrArray) sessions = smartvpn_server_list_clients_sync (server, NULL, error);
  SmartvpnSession *found = NULL;

  if (sessions == NULL)
    return NULL;
  for (guint i = 0; i < sessions->len; i++) {
    if (!is_session_meant (sessions->pdata[i], client))
      continue;
    if (found != NULL) {
      g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                   _ ("client '%s' has more than one session; give an id that \"server clients\" shows"),
                   client);
      return NULL;
    }
    found = sessions->pdata[i];
  }
  if (found == NULL)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_SESSION, _ ("client '%s' is not connected"),
                 client);
  return found != NULL ? g_object_ref (found) : NULL;
}

/* The rate, and the burst size: as given, else 100 ms at the rate, but at least the server's default. */
static gboolean
parse_limit (SvpnInvocation *invocation, const char *text, guint64 *rate, guint64 *burst, GError **error)
{
  const char *given = svpn_invocation_value (invocation, "burst");

  if (!svpn_parse_rate (text, rate, error))
    return FALSE;
  *burst = MAX (*rate / 10, BURST_DEFAULT);
  return given == NULL || svpn_parse_size (given, burst, error);
}

static gboolean
limit_session (SmartvpnServer *server, const char *client, guint64 rate, guint64 burst, GError **error)
{
  g_autoptr (SmartvpnSession) session = find_session (server, client, error);
  const char *id = session != NULL ? smartvpn_session_get_id (session) : NULL;

  if (id == NULL)
    return FALSE;
  if (rate == 0)
    return smartvpn_server_remove_client_rate_limit_sync (server, id, NULL, error);
  return smartvpn_server_set_client_rate_limit_sync (server, id, rate, burst, NULL, error);
}

/* The name in the server's list that @client stands for: a name or a public key in the list, or a word for a session, whose
 * public key then counts. The name of a session is what the client calls itself. */
static char *
find_authorized_name (SmartvpnServer *server, const char *client, GError **error)
{
  g_autoptr (GPtrArray) list = smartvpn_server_list_authorized_clients_sync (server, NULL, error);
  g_autoptr (SmartvpnSession) session = list != NULL ? find_session (server, client, NULL) : NULL;
  const char *key = session != NULL ? smartvpn_session_get_public_key (session) : NULL;

  if (list == NULL)
    return NULL;
  for (guint i = 0; i < list->len; i++) {
    const char *name = smartvpn_authorized_client_get_name (list->pdata[i]);
    const char *authorized_key = smartvpn_authorized_client_get_public_key (list->pdata[i]);

    if (g_strcmp0 (name, client) == 0 || g_strcmp0 (authorized_key, client) == 0
        || (key != NULL && g_strcmp0 (authorized_key, key) == 0))
      return g_strdup (name);
  }
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT,
               _ ("client '%s' is not on the server's list, so its limit cannot be stored; leave out --keep"),
               client);
  return NULL;
}

/* Stores the limit in the server's list, which makes it take effect at once, too. 0: the limit in the list goes. */
static gboolean
store_limit (SmartvpnServer *server, const char *client, guint64 rate, guint64 burst, GError **error)
{
  static const char *const rate_key[] = { SVPN_AUTHORIZED_RATE, NULL };
  g_autofree char *name = find_authorized_name (server, client, error);
  g_autoptr (SmartvpnAuthorizedClient) authorized
      = name != NULL ? smartvpn_authorized_client_new (name, NULL) : NULL;

  if (authorized == NULL)
    return FALSE;
  smartvpn_authorized_client_set_rate_limit_bytes_per_s (authorized, rate);
  smartvpn_authorized_client_set_rate_limit_burst_bytes (authorized, burst);
  if (rate == 0)
    smartvpn_authorized_client_set_unset (authorized, rate_key);
  return smartvpn_server_authorize_client_sync (server, authorized, NULL, error);
}

gboolean
svpn_run_server_limit (SvpnInvocation *invocation, GError **error)
{
  const char *client = svpn_invocation_argument (invocation, 0);
  const char *text = svpn_invocation_argument (invocation, 1);
  guint64 rate = 0, burst = 0;
  SmartvpnServer *server;

  if (!g_str_equal (text, SVPN_NONE) && !parse_limit (invocation, text, &rate, &burst, error))
    return FALSE;
  server = svpn_lookup_option_server (invocation, error);
  if (server == NULL)
    return FALSE;
  return svpn_invocation_has (invocation, "keep") ? store_limit (server, client, rate, burst, error)
                                                  : limit_session (server, client, rate, burst, error);
}

gboolean
svpn_run_server_kick (SvpnInvocation *invocation, GError **error)
{
  SmartvpnServer *server = svpn_lookup_option_server (invocation, error);
  g_autoptr (SmartvpnSession) session
      = server != NULL ? find_session (server, svpn_invocation_argument (invocation, 0), error) : NULL;
  const char *id = session != NULL ? smartvpn_session_get_id (session) : NULL;

  if (id == NULL)
    return FALSE;
  return svpn_invocation_has (invocation, "reconnect")
             ? smartvpn_server_reconnect_client_sync (server, id, NULL, error)
             : smartvpn_server_disconnect_client_sync (server, id, NULL, error);
}
