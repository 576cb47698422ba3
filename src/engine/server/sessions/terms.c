/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * On which terms a client may be here. */
#include "terms.h"
#include "key-hash.h"

#define EXPIRY_CHECK_MAX_MS 3600000 /* somebody may set the clock in between */

static gint64
unix_s (const SvpnSession *session)
{
  return svpn_clock_unix_us (session->clock) / G_USEC_PER_SEC;
}

const SvpnAuthorized *
svpn_terms_find_authorized (const SvpnSession *session)
{
  return session->has_static_key
             ? svpn_authorized_find (session->sessions->authorized, session->static_key, unix_s (session))
             : NULL;
}

const char *
svpn_terms_check (const SvpnSession *session)
{
  if (!session->config->client_auth)
    return NULL;
  if (!session->has_static_key || !g_hash_table_contains (session->sessions->authorized, session->static_key))
    return "revoked: this client is not authorized";
  if (svpn_terms_find_authorized (session) == NULL)
    return "expired: the authorization of this client has expired";
  return NULL;
}

/* Arms the timer for when @expires (Unix time in s, 0: never) has come. */
static void
watch_expiry (SvpnSession *session, gint64 expires)
{
  gint64 left_ms = expires * 1000 - svpn_clock_unix_us (session->clock) / 1000;

  if (expires != 0)
    svpn_timer_arm (session->expiry_timer, (guint64) CLAMP (left_ms + 1, 1, EXPIRY_CHECK_MAX_MS));
  else
    svpn_timer_disarm (session->expiry_timer);
}

void
svpn_terms_on_expiry (gpointer session)
{
  svpn_terms_apply (session);
}

static void
get_stored_limit (const SvpnAuthorized *authorized, guint64 *rate_bytes_per_s, guint64 *burst_bytes)
{
  *rate_bytes_per_s = authorized != NULL ? authorized->rate_bytes_per_s : 0;
  *burst_bytes = authorized != NULL ? authorized->burst_bytes : 0;
}

/* A limit that was set live ends when somebody stores another one. */
static void
end_outdated_limit (SvpnLease *lease, const SvpnAuthorized *authorized)
{
  guint64 rate_bytes_per_s, burst_bytes;

  get_stored_limit (authorized, &rate_bytes_per_s, &burst_bytes);
  if (lease->stored_rate_bytes_per_s != rate_bytes_per_s || lease->stored_burst_bytes != burst_bytes)
    lease->has_limit = FALSE;
}

void
svpn_terms_set_limit (SvpnSession *session, guint64 rate_bytes_per_s, guint64 burst_bytes)
{
  SvpnLease *lease = session->lease;

  lease->has_limit = TRUE;
  lease->rate_bytes_per_s = rate_bytes_per_s;
  lease->burst_bytes = burst_bytes;
  get_stored_limit (svpn_terms_find_authorized (session), &lease->stored_rate_bytes_per_s,
                    &lease->stored_burst_bytes);
  svpn_terms_apply (session);
}

static void
apply_limit (SvpnSession *session, const SvpnAuthorized *authorized)
{
  const SvpnServerConfig *config = session->config;
  SvpnLease *lease = session->lease;

  end_outdated_limit (lease, authorized);
  if (lease->has_limit)
    svpn_session_set_limit (session, lease->rate_bytes_per_s, lease->burst_bytes);
  else if (authorized != NULL && authorized->rate_bytes_per_s != 0)
    svpn_session_set_limit (session, authorized->rate_bytes_per_s,
                            authorized->burst_bytes != 0 ? authorized->burst_bytes : config->burst_bytes);
  else
    svpn_session_set_limit (session, config->rate_bytes_per_s, config->burst_bytes);
}

void
svpn_terms_apply (SvpnSession *session)
{
  const SvpnAuthorized *authorized = svpn_terms_find_authorized (session);
  const char *flaw = svpn_terms_check (session);

  if (session->lease == NULL)
    return;
  if (flaw != NULL) {
    svpn_peer_dismiss (session->peer, flaw);
    return;
  }
  watch_expiry (session, authorized != NULL && session->config->client_auth ? authorized->expires : 0);
  apply_limit (session, authorized);
}

/* host number -> static key that it is reserved for */
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
clear_reserved (SvpnSessions *sessions, GHashTable *hosts)
{
  for (guint i = 0; i < sessions->all->len; i++) {
    SvpnSession *session = sessions->all->pdata[i];
    gpointer host = GUINT_TO_POINTER (session->lease != NULL ? session->lease->host : 0);
    const uint8_t *key = g_hash_table_lookup (hosts, host);

    if (key != NULL && (!session->has_static_key || !svpn_key_equal (key, session->static_key)))
      svpn_peer_disconnect (session->peer, "server-ended: its address was given to another client");
  }
}

gboolean
svpn_terms_set_authorized (SvpnSessions *sessions, GVariant *clients, GError **error)
{
  const SvpnServerConfig *config = sessions->config;
  GHashTable *authorized = svpn_authorized_parse (clients, &config->ipv4_pool, &config->ipv6_pool, error);
  g_autoptr (GHashTable) hosts = NULL;

  if (authorized == NULL)
    return FALSE;
  g_hash_table_unref (sessions->authorized);
  sessions->authorized = authorized;
  hosts = reserved_hosts (authorized);
  svpn_leases_reserve (sessions->leases, hosts);
  clear_reserved (sessions, hosts);
  for (guint i = 0; i < sessions->all->len; i++)
    svpn_terms_apply (sessions->all->pdata[i]);
  return TRUE;
}
