/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a connection becomes a session.
 *
 * How it works: message 1 may be a replay, so until a sealed frame proves that the client has the keys, a session only
 * gets addresses that nobody else uses; one that claims the lease of a live session waits. And a session that never
 * proves it gives way when the pool or the number of clients is used up. */
#include "admit.h"
#include "hello.h"
#include "noise.h"
#include "pool.h"
#include "terms.h"
#include "welcome.h"

#include <sodium.h>
#include <string.h>

#define CONFIRM_TIMEOUT_MS 30000
#define TAKEOVERS_MAX 16 /* sessions beyond max-clients that wait to take over from one of the same lease */

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
                             session->config->private_key);
  return svpn_noise_read_message1 (noise, payload + 1, size - 1, json, json_size);
}

static void
send_message2 (SvpnSession *session, SvpnNoise *noise, const SvpnWelcome *welcome)
{
  g_autofree char *json = svpn_welcome_to_json (welcome);
  uint8_t frame[SVPN_HELLO_SIZE_MAX + SVPN_NOISE_MESSAGE2_OVERHEAD];
  uint8_t e_private[32];
  size_t size;

  g_return_if_fail (json != NULL); /* svpn_admit_config_fits() */
  randombytes_buf (e_private, sizeof e_private);
  if (svpn_noise_write_message2 (noise, e_private, (uint8_t *) json, strlen (json), frame, &size)
      == SVPN_NOISE_OK)
    svpn_peer_send_clear (session->peer, SVPN_FRAME_HANDSHAKE_RESP, frame, size);
  else
    svpn_peer_fail (session->peer, "the client's ephemeral key is of low order");
  sodium_memzero (e_private, sizeof e_private);
}

static void
send_refusal (SvpnSession *session, SvpnNoise *noise, const char *code, const char *message)
{
  SvpnWelcome welcome
      = { .version = SVPN_PROTOCOL_VERSION, .error = (char *) code, .message = (char *) message };

  session->sessions->handshakes_failed++;
  send_message2 (session, noise, &welcome);
  svpn_peer_disconnect (session->peer, message);
}

/* --- lease --- */

/* A client that comes back while its session still lives is for a moment one more than max-clients. */
static gboolean
is_full (SvpnSessions *sessions, const SvpnLease *lease)
{
  guint spare = lease->users > 1 ? TAKEOVERS_MAX : 0;

  return g_hash_table_size (sessions->by_id) >= sessions->config->max_clients + spare;
}

/* A lease for the client that sent @hello; NULL with the code of the refusal. */
static SvpnLease *
take_lease (SvpnSession *session, const SvpnHello *hello, const char **refusal)
{
  SvpnSessions *sessions = session->sessions;
  const uint8_t *static_key = session->has_static_key ? session->static_key : NULL;
  char fresh_token[SVPN_LEASE_TOKEN_SIZE + 1];
  SvpnLease *lease;

  random_text (fresh_token, SVPN_LEASE_TOKEN_SIZE);
  lease = svpn_leases_take (sessions->leases, hello->lease, static_key, fresh_token);
  if (lease == NULL && svpn_sessions_evict_unconfirmed (sessions))
    lease = svpn_leases_take (sessions->leases, hello->lease, static_key, fresh_token);
  if (lease == NULL) {
    *refusal = SVPN_REFUSAL_POOL_EXHAUSTED;
    return NULL;
  }
  svpn_sessions_drop_others (sessions, lease);
  if (is_full (sessions, lease) && !svpn_sessions_evict_unconfirmed (sessions)) {
    svpn_leases_release (sessions->leases, lease);
    *refusal = SVPN_REFUSAL_SERVER_FULL;
    return NULL;
  }
  return lease;
}

/* --- the open session --- */

static void
set_addresses (const SvpnServerConfig *config, guint32 host, SvpnWelcome *welcome)
{
  welcome->ipv4 = svpn_pool_address (&config->ipv4_pool, host);
  welcome->ipv4_gateway = svpn_pool_address (&config->ipv4_pool, SVPN_POOL_SERVER_HOST);
  if (config->ipv6_pool.family == 0)
    return;
  welcome->ipv6 = svpn_pool_address (&config->ipv6_pool, host);
  welcome->ipv6_gateway = svpn_pool_address (&config->ipv6_pool, SVPN_POOL_SERVER_HOST);
}

static void
welcome_client (SvpnSession *session, SvpnNoise *noise)
{
  SvpnWelcome welcome = {
    .version = SVPN_PROTOCOL_VERSION,
    .client_id = session->id,
    .mtu = session->mtu,
    .capabilities = session->capabilities,
    .dns = session->config->dns,
    .routes = session->config->routes,
    .lease = session->lease->token,
  };

  set_addresses (session->config, session->lease->host, &welcome);
  send_message2 (session, noise, &welcome);
}

static void
describe_client (SvpnSession *session, const SvpnHello *hello)
{
  const SvpnAuthorized *authorized = svpn_terms_find_authorized (session);
  guint mtu = session->config->mtu;

  random_text (session->id, SVPN_SESSION_ID_SIZE);
  session->name = g_strdup (authorized != NULL ? authorized->name : hello->name);
  session->capabilities = hello->capabilities & SVPN_CAPABILITIES_OURS;
  session->mtu = hello->mtu != 0 ? MIN (hello->mtu, mtu) : mtu;
  session->since_us = svpn_clock_boot_us (session->clock);
  session->since_unix_us = svpn_clock_unix_us (session->clock);
}

static void
open_peer (SvpnSession *session, SvpnNoise *noise)
{
  const uint8_t *client_key = session->has_static_key ? session->static_key : NULL;
  uint8_t keys[2][SVPN_KEY_SIZE];

  svpn_noise_split (noise, keys[0], keys[1]);
  svpn_peer_open (session->peer, keys[1], keys[0]);
  sodium_memzero (keys, sizeof keys);
  svpn_peer_set_qos (session->peer, session->config->qos);
  svpn_peer_set_gso (session->peer, (session->capabilities & SVPN_CAPABILITY_GSO) != 0);
  if (session->capabilities & SVPN_CAPABILITY_REKEY)
    svpn_peer_enable_rekey (
        session->peer, svpn_rekey_new (noise->pattern, session->config->private_key, client_key, noise->h), 0,
        0);
}

static void
open_session (SvpnSession *session, SvpnNoise *noise, const SvpnHello *hello)
{
  SvpnSessions *sessions = session->sessions;

  svpn_sessions_end_handshake (sessions, session);
  describe_client (session, hello);
  welcome_client (session, noise);
  open_peer (session, noise);
  svpn_terms_apply (session);
  svpn_timer_arm (session->handshake_timer, CONFIRM_TIMEOUT_MS);
  svpn_sessions_open (sessions, session);
  sessions->total++;
}

/* --- message 1 --- */

/* What is wrong with message 1; NULL: nothing, and the session's key and *hello tell who the client is. */
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

gboolean
svpn_admit (SvpnSession *session, const uint8_t *payload, size_t size)
{
  g_autoptr (SvpnHello) hello = NULL;
  SvpnNoise *noise = sodium_malloc (sizeof *noise);
  const char *flaw, *refusal = NULL;

  if (noise == NULL) {
    svpn_peer_drop (session->peer, "there is no memory for its handshake");
    return FALSE;
  }
  flaw = read_hello (session, noise, payload, size, &hello);
  if (flaw != NULL) {
    session->sessions->handshakes_failed++;
    svpn_peer_fail (session->peer, flaw);
  } else if (hello->version != SVPN_PROTOCOL_VERSION) {
    send_refusal (session, noise, SVPN_REFUSAL_UNSUPPORTED_VERSION, "this server speaks version 1");
  } else if (svpn_terms_check (session) != NULL) {
    send_refusal (session, noise, SVPN_REFUSAL_UNAUTHORIZED, "this server takes only clients that it knows");
  } else {
    session->lease = take_lease (session, hello, &refusal);
    if (session->lease != NULL)
      open_session (session, noise, hello);
    else
      send_refusal (session, noise, refusal, "no room for another client");
  }
  sodium_free (noise);
  return session->lease != NULL;
}

gboolean
svpn_admit_config_fits (const SvpnServerConfig *config)
{
  static char longest_id[] = "0123456789abcdef", longest_lease[] = "0123456789abcdef0123456789abcdef";
  guint32 last_host = SVPN_POOL_FIRST_HOST + svpn_pool_capacity (&config->ipv4_pool, &config->ipv6_pool) - 1;
  SvpnWelcome welcome = {
    .version = SVPN_PROTOCOL_VERSION,
    .client_id = longest_id,
    .mtu = config->mtu,
    .capabilities = SVPN_CAPABILITIES_OURS,
    .dns = config->dns,
    .routes = config->routes,
    .lease = longest_lease,
  };
  g_autofree char *json = NULL;

  _Static_assert(sizeof longest_id == SVPN_SESSION_ID_SIZE + 1, "as long as ids are");
  _Static_assert(sizeof longest_lease == SVPN_LEASE_TOKEN_SIZE + 1, "as long as leases are");
  set_addresses (config, last_host, &welcome);
  json = svpn_welcome_to_json (&welcome);
  return json != NULL && g_strv_length (config->routes) <= SVPN_ROUTES_MAX
         && g_strv_length (config->dns) <= SVPN_DNS_MAX;
}
