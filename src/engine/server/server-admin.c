/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What an administrator asks of a running server: who is there, limits, authorized clients. */
#include "error.h"
#include "session.h"

#include <string.h>

static SvpnSession *
find_session (SvpnServer *server, const char *id, GError **error)
{
  SvpnSession *session = g_hash_table_lookup (server->by_id, id);

  if (session == NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_CLIENT, "there is no client with the id '%s'", id);
  return session;
}

gboolean
svpn_server_disconnect_client (SvpnServer *server, const char *id, const char *reason, GError **error)
{
  SvpnSession *session = find_session (server, id, error);

  if (session != NULL)
    svpn_peer_disconnect (session->peer, reason);
  return session != NULL;
}

gboolean
svpn_server_set_limit (SvpnServer *server, const char *id, guint64 rate_bytes_per_s, guint64 burst_bytes,
                       GError **error)
{
  SvpnSession *session = find_session (server, id, error);

  if (session == NULL || session->lease == NULL)
    return session != NULL;
  session->lease->has_limit = TRUE;
  session->lease->rate_bytes_per_s = rate_bytes_per_s;
  session->lease->burst_bytes = burst_bytes;
  svpn_session_apply_terms (session);
  return TRUE;
}

gboolean
svpn_server_client_telemetry (SvpnServer *server, const char *id, GVariant **telemetry, GError **error)
{
  SvpnSession *session = find_session (server, id, error);
  g_autoptr (GVariant) client = NULL;
  GVariantDict dict;
  guint64 rate, burst;

  if (session == NULL)
    return FALSE;
  client = g_variant_ref_sink (svpn_session_to_variant (session));
  g_variant_dict_init (&dict, client);
  if (svpn_peer_get_vitals (session->peer) != NULL)
    svpn_vitals_to_dict (svpn_peer_get_vitals (session->peer), &dict);
  svpn_peer_get_limit (session->peer, &rate, &burst);
  g_variant_dict_insert (&dict, "rate-limit-bytes-per-s", "t", rate);
  g_variant_dict_insert (&dict, "rate-limit-burst-bytes", "t", burst);
  *telemetry = g_variant_dict_end (&dict);
  return TRUE;
}

static GHashTable *
reserved_hosts (GHashTable *authorized)
{
  GHashTable *hosts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, authorized);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const SvpnAuthorized *client = value;

    if (client->host != 0)
      g_hash_table_insert (hosts, GUINT_TO_POINTER (client->host),
                           g_memdup2 (client->key, sizeof client->key));
  }
  return hosts;
}

/* Ends the sessions that have an address which is reserved for another. */
static void
clear_reserved (SvpnServer *server, GHashTable *hosts)
{
  for (guint i = 0; i < server->connections->len; i++) {
    SvpnSession *session = server->connections->pdata[i];
    const uint8_t *key = session->lease != NULL
                             ? g_hash_table_lookup (hosts, GUINT_TO_POINTER (session->lease->host))
                             : NULL;

    if (key != NULL && (!session->has_static_key || memcmp (key, session->static_key, SVPN_KEY_SIZE) != 0))
      svpn_peer_disconnect (session->peer, "its address was given to another client");
  }
}

gboolean
svpn_server_set_authorized (SvpnServer *server, GVariant *clients, GError **error)
{
  GHashTable *authorized
      = svpn_authorized_parse (clients, &server->config->ipv4_pool, &server->config->ipv6_pool, error);
  g_autoptr (GHashTable) hosts = NULL;

  if (authorized == NULL)
    return FALSE;
  g_hash_table_unref (server->authorized);
  server->authorized = authorized;
  hosts = reserved_hosts (authorized);
  svpn_leases_reserve (server->leases, hosts);
  clear_reserved (server, hosts);
  for (guint i = 0; i < server->connections->len; i++)
    svpn_session_apply_terms (server->connections->pdata[i]);
  return TRUE;
}

void
svpn_server_set_certificate (SvpnServer *server, GTlsCertificate *certificate)
{
  if (server->front != NULL)
    svpn_front_set_certificate (server->front, certificate);
}

guint
svpn_server_get_n_clients (SvpnServer *server)
{
  return g_hash_table_size (server->by_id);
}

GVariant *
svpn_server_list_clients (SvpnServer *server)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < server->connections->len; i++) {
    SvpnSession *session = server->connections->pdata[i];

    if (session->id[0] != '\0')
      g_variant_builder_add_value (&builder, svpn_session_to_variant (session));
  }
  return g_variant_builder_end (&builder);
}

void
svpn_server_statistics (SvpnServer *server, GVariantDict *dict)
{
  const SvpnFrontCounters *front
      = server->front != NULL ? svpn_front_get_counters (server->front) : &server->front_counters;
  SvpnCounters sum = server->past;

  for (guint i = 0; i < server->connections->len; i++)
    svpn_counters_add (&sum, svpn_session_get_counters (server->connections->pdata[i]));
  svpn_counters_to_dict (&sum, dict);
  g_variant_dict_insert (dict, "sessions-total", "t", server->sessions_total);
  g_variant_dict_insert (dict, "handshakes-failed", "t", server->handshakes_failed);
  g_variant_dict_insert (dict, "protocol-errors", "t", server->protocol_errors);
  g_variant_dict_insert (dict, "admissions-refused", "t", front->admissions_refused);
  g_variant_dict_insert (dict, "admissions-replayed", "t", front->admissions_replayed);
}
