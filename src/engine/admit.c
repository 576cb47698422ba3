/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a connection becomes a session: the server's side of the handshake.
 *
 * How it works: message 1 may be a replay, so until a sealed frame proves that the client has the keys, a session only gets
 * addresses that nobody else uses; one that claims the lease of a live session waits. And a session that never proves
 * it gives way when the pool or the number of clients is used up. */
#include "session.h"

#include "noise.h"
#include "pool.h"

#include <sodium.h>
#include <string.h>

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

static void
open_session (SvpnSession *session, SvpnNoise *noise, const SvpnHello *hello)
{
  SvpnServer *server = session->server;
  uint8_t keys[2][SVPN_KEY_SIZE];

  g_clear_handle_id (&session->handshake_timer, g_source_remove);
  random_text (session->id, SVPN_SESSION_ID_SIZE);
  session->name = g_strdup (hello->name);
  session->mtu = hello->mtu != 0 ? MIN (hello->mtu, server->config->mtu) : server->config->mtu;
  session->since_us = g_get_monotonic_time ();
  session->since_unix_s = g_get_real_time () / G_USEC_PER_SEC;

  welcome_client (session, noise);
  svpn_noise_split (noise, keys[0], keys[1]);
  svpn_peer_open (session->peer, keys[1], keys[0]);
  sodium_memzero (keys, sizeof keys);

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
  } else {
    session->lease = take_lease (session, hello, &refusal);
    if (session->lease != NULL)
      open_session (session, noise, hello);
    else
      refuse (session, noise, refusal, "no room for another client");
  }
  sodium_free (noise);
}
