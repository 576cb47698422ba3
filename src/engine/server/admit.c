/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a connection becomes a session: the server's side of the handshake.
 *
 * How it works: message 1 may be a replay, so until a sealed frame proves that the client has the keys, a session only
 * gets addresses that nobody else uses; one that claims the lease of a live session waits. And a session that never
 * proves it gives way when the pool or the number of clients is used up. */
#include "session.h"

#include "noise.h"
#include "pool.h"

#include <sodium.h>
#include <string.h>

#define CONFIRM_TIMEOUT_MS 30000
#define EXPIRY_CHECK_MAX_MS 3600000 /* the clock may be set in between */

static void
random_text (char *out, size_t size)
{
  uint8_t bytes[32];

  g_assert (size / 2 <= sizeof bytes);
  randombytes_buf (bytes, size / 2);
  sodium_bin2hex (out, size + 1, bytes, size / 2);
}

static SvpnNoiseResult
read_message1 (SvpnNoise *noise, const SvpnSession *session, const uint8_t *payload, size_t size,
               uint8_t *json, size_t *json_size)
{
  SvpnNoisePattern pattern = payload[0] == SVPN_NOISE_IK ? SVPN_NOISE_IK : SVPN_NOISE_NK;

  svpn_noise_init_responder (noise, pattern, (const uint8_t *) SVPN_PROLOGUE, strlen (SVPN_PROLOGUE),
                             session->server->config->private_key);
  return svpn_noise_read_message1 (noise, payload + 1, size - 1, json, json_size);
}

/* Sends message 2. */
static void
answer (SvpnSession *session, SvpnNoise *noise, const SvpnWelcome *welcome)
{
  g_autofree char *json = svpn_welcome_to_json (welcome);
  uint8_t frame[SVPN_HELLO_SIZE_MAX + SVPN_NOISE_MESSAGE2_OVERHEAD];
  uint8_t e_private[32];
  size_t size;

  g_return_if_fail (json != NULL); /* svpn_server_new() has checked that it fits */
  randombytes_buf (e_private, sizeof e_private);
  if (svpn_noise_write_message2 (noise, e_private, (uint8_t *) json, strlen (json), frame, &size)
      == SVPN_NOISE_OK)
    svpn_peer_send_clear (session->peer, SVPN_FRAME_HANDSHAKE_RESP, frame, size);
  else
    svpn_peer_fail (session->peer, "the client's ephemeral key is of low order");
  sodium_memzero (e_private, sizeof e_private);
}

static void
refuse (SvpnSession *session, SvpnNoise *noise, const char *code, const char *message)
{
  SvpnWelcome welcome
      = { .version = SVPN_PROTOCOL_VERSION, .error = (char *) code, .message = (char *) message };

  session->server->handshakes_failed++;
  answer (session, noise, &welcome);
  svpn_peer_disconnect (session->peer, message);
}

/* --- terms --- */

const char *
svpn_session_check_authorization (SvpnSession *session)
{
  SvpnServer *server = session->server;

  if (!server->config->client_auth)
    return NULL;
  if (!session->has_static_key || !g_hash_table_contains (server->authorized, session->static_key))
    return "this client is not authorized";
  if (svpn_authorized_find (server->authorized, session->static_key) == NULL)
    return "the authorization of this client has expired";
  return NULL;
}

static gboolean
on_expiry (gpointer user_data)
{
  SvpnSession *session = user_data;

  session->expiry_timer = 0;
  svpn_session_apply_terms (session);
  return G_SOURCE_REMOVE;
}

/* Arms the timer for when @expires (Unix time in s) has come. */
static void
watch_expiry (SvpnSession *session, gint64 expires)
{
  gint64 left_ms = expires * 1000 - g_get_real_time () / 1000;

  g_clear_handle_id (&session->expiry_timer, g_source_remove);
  if (expires != 0)
    session->expiry_timer
        = g_timeout_add ((guint) CLAMP (left_ms + 1, 1, EXPIRY_CHECK_MAX_MS), on_expiry, session);
}

void
svpn_session_set_limit (SvpnSession *session, guint64 rate_bytes_per_s, guint64 burst_bytes)
{
  svpn_peer_set_limit (session->peer, rate_bytes_per_s, burst_bytes);
  if (session->ingress == NULL && rate_bytes_per_s != 0)
    session->ingress = svpn_shaper_new (svpn_session_drain_ingress, session);
  if (session->ingress != NULL)
    svpn_shaper_set_limit (session->ingress, rate_bytes_per_s, burst_bytes);
}

void
svpn_session_apply_terms (SvpnSession *session)
{
  SvpnServer *server = session->server;
  const SvpnLease *lease = session->lease;
  const char *flaw = svpn_session_check_authorization (session);
  const SvpnAuthorized *authorized
      = session->has_static_key ? svpn_authorized_find (server->authorized, session->static_key) : NULL;

  if (lease == NULL)
    return;
  if (flaw != NULL) {
    svpn_peer_disconnect (session->peer, flaw);
    return;
  }
  watch_expiry (session, authorized != NULL && server->config->client_auth ? authorized->expires : 0);
  if (lease->has_limit)
    svpn_session_set_limit (session, lease->rate_bytes_per_s, lease->burst_bytes);
  else if (authorized != NULL && authorized->rate_bytes_per_s != 0)
    svpn_session_set_limit (session, authorized->rate_bytes_per_s,
                            authorized->burst_bytes != 0 ? authorized->burst_bytes
                                                         : server->config->burst_bytes);
  else
    svpn_session_set_limit (session, server->config->rate_bytes_per_s, server->config->burst_bytes);
}

/* --- lease --- */

/* Ends the oldest session that has never proved to have the keys, though it had time to. */
static gboolean
evict_unconfirmed (SvpnServer *server)
{
  gint64 limit = g_get_monotonic_time () - SVPN_HANDSHAKE_TIMEOUT_MS * 1000;
  SvpnSession *oldest = NULL;

  for (guint i = 0; i < server->connections->len; i++) {
    SvpnSession *session = server->connections->pdata[i];

    if (session->lease != NULL && !session->confirmed && session->since_us < limit
        && (oldest == NULL || session->since_us < oldest->since_us))
      oldest = session;
  }
  if (oldest == NULL)
    return FALSE;
  svpn_peer_disconnect (oldest->peer, "made room for another client");
  svpn_session_detach (oldest);
  return TRUE;
}

/* A lease for the client that said @hello; NULL with the code of the refusal. */
static SvpnLease *
take_lease (SvpnSession *session, const SvpnHello *hello, const char **refusal)
{
  SvpnServer *server = session->server;
  const uint8_t *static_key = session->has_static_key ? session->static_key : NULL;
  char fresh_token[SVPN_LEASE_TOKEN_SIZE + 1];
  SvpnLease *lease;

  random_text (fresh_token, SVPN_LEASE_TOKEN_SIZE);
  lease = svpn_leases_take (server->leases, hello->lease, static_key, fresh_token);
  if (lease == NULL && evict_unconfirmed (server))
    lease = svpn_leases_take (server->leases, hello->lease, static_key, fresh_token);
  if (lease == NULL) {
    *refusal = SVPN_REFUSAL_POOL_EXHAUSTED;
    return NULL;
  }
  if (lease->users == 1 && g_hash_table_size (server->by_id) >= server->config->max_clients
      && !evict_unconfirmed (server)) {
    svpn_leases_release (server->leases, lease);
    *refusal = SVPN_REFUSAL_SERVER_FULL;
    return NULL;
  }
  return lease;
}

/* --- the open session --- */

static void
welcome_client (SvpnSession *session, SvpnNoise *noise)
{
  SvpnServerConfig *config = session->server->config;
  SvpnWelcome welcome = {
    .version = SVPN_PROTOCOL_VERSION,
    .client_id = session->id,
    .mtu = session->mtu,
    .capabilities = session->capabilities,
    .ipv4 = svpn_pool_address (&config->ipv4_pool, session->lease->host),
    .ipv4_gateway = svpn_pool_address (&config->ipv4_pool, SVPN_POOL_SERVER_HOST),
    .dns = config->dns,
    .routes = config->routes,
    .lease = session->lease->token,
  };

  if (config->ipv6_pool.family != 0) {
    welcome.ipv6 = svpn_pool_address (&config->ipv6_pool, session->lease->host);
    welcome.ipv6_gateway = svpn_pool_address (&config->ipv6_pool, SVPN_POOL_SERVER_HOST);
  }
  answer (session, noise, &welcome);
}

/* Called when the client has sent nothing sealed for a while. It may just be silent: a keepalive makes it speak, or
 * ends it. */
static gboolean
on_unconfirmed (gpointer user_data)
{
  SvpnSession *session = user_data;

  session->handshake_timer = 0;
  svpn_session_start_vitals (session);
  return G_SOURCE_REMOVE;
}

void
svpn_session_start_vitals (SvpnSession *session)
{
  g_clear_handle_id (&session->handshake_timer, g_source_remove);
  svpn_peer_start_vitals (session->peer, &session->server->config->keepalive);
}

static void
open_session (SvpnSession *session, SvpnNoise *noise, const SvpnHello *hello)
{
  SvpnServer *server = session->server;
  const SvpnAuthorized *authorized
      = session->has_static_key ? svpn_authorized_find (server->authorized, session->static_key) : NULL;
  uint8_t keys[2][SVPN_KEY_SIZE];

  g_clear_handle_id (&session->handshake_timer, g_source_remove);
  random_text (session->id, SVPN_SESSION_ID_SIZE);
  session->name = g_strdup (authorized != NULL ? authorized->name : hello->name);
  session->capabilities = hello->capabilities & SVPN_CAPABILITY_REKEY;
  session->mtu = hello->mtu != 0 ? MIN (hello->mtu, server->config->mtu) : server->config->mtu;
  session->since_us = g_get_monotonic_time ();
  session->since_unix_s = g_get_real_time () / G_USEC_PER_SEC;

  welcome_client (session, noise);
  svpn_noise_split (noise, keys[0], keys[1]);
  svpn_peer_open (session->peer, keys[1], keys[0]);
  sodium_memzero (keys, sizeof keys);
  svpn_peer_set_qos (session->peer, server->config->qos);
  if (session->capabilities & SVPN_CAPABILITY_REKEY)
    svpn_peer_enable_rekey (session->peer,
                            svpn_rekey_new_server (noise->pattern, server->config->private_key,
                                                   session->has_static_key ? session->static_key : NULL,
                                                   noise->h),
                            0, 0);
  svpn_session_apply_terms (session);
  session->handshake_timer = g_timeout_add (CONFIRM_TIMEOUT_MS, on_unconfirmed, session);

  g_hash_table_insert (server->by_id, session->id, session);
  if (!g_hash_table_contains (server->by_host, GUINT_TO_POINTER (session->lease->host)))
    svpn_session_install (session);
  server->sessions_total++;
  server->events->client_connected (session->id, svpn_session_to_variant (session), server->user_data);
}

void
svpn_session_install (SvpnSession *session)
{
  GHashTable *by_host = session->server->by_host;
  gpointer host = GUINT_TO_POINTER (session->lease->host);
  SvpnSession *before = g_hash_table_lookup (by_host, host);

  if (before == session)
    return;
  g_hash_table_insert (by_host, host, session);
  if (before != NULL)
    svpn_peer_disconnect (before->peer, "the same client has connected anew");
}

/* What is wrong with message 1; on success session and *hello say who is there. */
static const char *
read_hello (SvpnSession *session, SvpnNoise *noise, const uint8_t *payload, size_t size, SvpnHello **hello)
{
  uint8_t json[SVPN_HELLO_SIZE_MAX];
  size_t json_size;
  g_autoptr (GError) error = NULL;

  if (size < 1 || payload[0] > SVPN_NOISE_IK)
    return "unknown handshake pattern";
  if (size - 1 > sizeof json + SVPN_NOISE_MESSAGE1_OVERHEAD (payload[0]))
    return "handshake message 1 is too long";
  if (read_message1 (noise, session, payload, size, json, &json_size) != SVPN_NOISE_OK)
    return "handshake message 1 is not for our key";
  *hello = svpn_hello_from_json (json, json_size, &error);
  if (*hello == NULL)
    return "handshake message 1 holds no valid JSON";
  if (payload[0] == SVPN_NOISE_IK) {
    memcpy (session->static_key, noise->rs, SVPN_KEY_SIZE);
    session->has_static_key = TRUE;
  }
  return NULL;
}

void
svpn_session_admit (SvpnSession *session, const uint8_t *payload, size_t size)
{
  g_autoptr (SvpnHello) hello = NULL;
  SvpnNoise *noise = sodium_malloc (sizeof *noise);
  const char *flaw = read_hello (session, noise, payload, size, &hello);
  const char *refusal = NULL;

  if (flaw != NULL) {
    session->server->handshakes_failed++;
    svpn_peer_fail (session->peer, flaw);
  } else if (hello->version != SVPN_PROTOCOL_VERSION) {
    refuse (session, noise, SVPN_REFUSAL_UNSUPPORTED_VERSION, "this server speaks version 1");
  } else if (svpn_session_check_authorization (session) != NULL) {
    refuse (session, noise, SVPN_REFUSAL_UNAUTHORIZED, "this server takes only clients that it knows");
  } else {
    session->lease = take_lease (session, hello, &refusal);
    if (session->lease != NULL)
      open_session (session, noise, hello);
    else
      refuse (session, noise, refusal, "no room for another client");
  }
  sodium_free (noise);
}
