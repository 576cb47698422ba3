/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One attempt of a client to open a session. */
#include "attempt.h"
#include "error.h"

#include <sodium.h>
#include <string.h>

struct _SvpnAttempt {
  SvpnClientConfig *config;
  SvpnClock *clock;
  char *lease;
  SvpnPin *pin;
  const SvpnAttemptEvents *events;
  gpointer user_data;
  GCancellable *cancellable;
  SvpnTimer *timeout;
  guint failure_source;
  SvpnNoise *noise; /* sodium_malloc()ed, while the handshake runs */
  char *remote_address;
  SvpnPeer *peer;
  GError *failure; /* waits to be reported from the main loop */
};

/* --- failure --- */

static gboolean
on_failure (gpointer user_data)
{
  SvpnAttempt *attempt = user_data;
  g_autoptr (GError) error = g_steal_pointer (&attempt->failure);

  attempt->failure_source = 0;
  attempt->events->failed (error, attempt->user_data);
  return G_SOURCE_REMOVE;
}

/* Takes over @error and reports it from the main loop, once. */
static void
fail_attempt (SvpnAttempt *attempt, GError *error)
{
  if (attempt->failure != NULL) {
    g_error_free (error);
    return;
  }
  attempt->failure = error;
  g_cancellable_cancel (attempt->cancellable);
  attempt->failure_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_failure, attempt, NULL);
}

static void
on_timeout (gpointer user_data)
{
  SvpnAttempt *attempt = user_data;
  const char *what = attempt->peer == NULL ? "answer" : "complete the handshake";

  fail_attempt (attempt, g_error_new (SVPN_ERROR, SVPN_ERROR_TIMEOUT, "%s did not %s within %u s",
                                      attempt->config->server_url, what, attempt->config->connect_timeout_s));
}

/* --- handshake --- */

static void
send_message1 (SvpnAttempt *attempt)
{
  SvpnHello hello = { .version = SVPN_PROTOCOL_VERSION,
                      .mtu = attempt->config->mtu,
                      .lease = attempt->lease,
                      .capabilities = SVPN_CAPABILITIES_OURS };
  SvpnNoisePattern pattern = attempt->config->private_key != NULL ? SVPN_NOISE_IK : SVPN_NOISE_NK;
  g_autofree char *json = svpn_hello_to_json (&hello);
  uint8_t frame[1 + SVPN_NOISE_IK_MESSAGE1_OVERHEAD + SVPN_HELLO_SIZE_MAX] = { pattern };
  uint8_t e_private[32];
  size_t size;

  attempt->noise = sodium_malloc (sizeof *attempt->noise);
  svpn_noise_init_initiator (attempt->noise, pattern, (const uint8_t *) SVPN_PROLOGUE, strlen (SVPN_PROLOGUE),
                             attempt->config->private_key, attempt->config->server_public_key);
  randombytes_buf (e_private, sizeof e_private);
  if (svpn_noise_write_message1 (attempt->noise, e_private, (uint8_t *) json, strlen (json), frame + 1, &size)
      == SVPN_NOISE_OK)
    svpn_peer_send_clear (attempt->peer, SVPN_FRAME_HANDSHAKE_INIT, frame, 1 + size);
  else
    fail_attempt (attempt, g_error_new (SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                                        "server-public-key: not a usable key"));
  sodium_memzero (e_private, sizeof e_private);
}

static GError *
refusal_error (SvpnAttempt *attempt, const SvpnWelcome *welcome)
{
  static const struct {
    const char *code;
    SvpnError error;
    const char *text;
  } refusals[] = {
    { SVPN_REFUSAL_UNAUTHORIZED, SVPN_ERROR_AUTH_FAILED, "does not know this client's key" },
    { SVPN_REFUSAL_POOL_EXHAUSTED, SVPN_ERROR_LIMIT_EXCEEDED, "has no free address left" },
    { SVPN_REFUSAL_SERVER_FULL, SVPN_ERROR_LIMIT_EXCEEDED, "has reached its number of clients" },
    { SVPN_REFUSAL_UNSUPPORTED_VERSION, SVPN_ERROR_NOT_SUPPORTED, "speaks another version of the protocol" },
  };
  const char *detail = welcome->message != NULL ? welcome->message : "";

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (strcmp (welcome->error, refusals[i].code) == 0)
      return g_error_new (SVPN_ERROR, refusals[i].error, "the server at %s %s (%s%s%s)",
                          attempt->config->server_url, refusals[i].text, welcome->error,
                          *detail != '\0' ? ": " : "", detail);
  return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "the server at %s refused: %s%s%s",
                      attempt->config->server_url, welcome->error, *detail != '\0' ? ": " : "", detail);
}

/* Hands the open session over. Last of all: the attempt may be freed in it. */
static void
succeed (SvpnAttempt *attempt, SvpnWelcome *welcome)
{
  const SvpnClientConfig *config = attempt->config;
  uint8_t keys[2][SVPN_KEY_SIZE];

  svpn_noise_split (attempt->noise, keys[0], keys[1]);
  svpn_peer_open (attempt->peer, keys[0], keys[1]);
  sodium_memzero (keys, sizeof keys);
  svpn_peer_set_gso (attempt->peer, (welcome->capabilities & SVPN_CAPABILITY_GSO) != 0);
  if (welcome->capabilities & SVPN_CAPABILITY_REKEY)
    svpn_peer_enable_rekey (attempt->peer,
                            svpn_rekey_new (attempt->noise->pattern, config->private_key,
                                            config->server_public_key, attempt->noise->h),
                            config->rekey_interval_s, config->rekey_mib);
  g_clear_pointer (&attempt->noise, sodium_free);
  svpn_timer_disarm (attempt->timeout);
  attempt->events->succeeded (g_steal_pointer (&attempt->peer), welcome, attempt->remote_address,
                              attempt->user_data);
}

/* Called on a clear frame before the session is open. */
static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
  SvpnAttempt *attempt = user_data;
  const char *url = attempt->config->server_url;
  uint8_t json[SVPN_HELLO_SIZE_MAX];
  size_t json_size;
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnWelcome) welcome = NULL;

  if (attempt->failure != NULL)
    return;
  if (type != SVPN_FRAME_HANDSHAKE_RESP || size > sizeof json + SVPN_NOISE_MESSAGE2_OVERHEAD) {
    fail_attempt (attempt, g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED,
                                        "%s is not a SmartVPN server: it sent no handshake", url));
    return;
  }
  if (svpn_noise_read_message2 (attempt->noise, payload, size, json, &json_size) != SVPN_NOISE_OK) {
    fail_attempt (
        attempt,
        g_error_new (SVPN_ERROR, SVPN_ERROR_SERVER_KEY_MISMATCH,
                     "the server at %s does not have the key server-public-key, or somebody on the way "
                     "altered its answer",
                     url));
    return;
  }
  welcome = svpn_welcome_from_json (json, json_size, &error);
  if (welcome == NULL)
    fail_attempt (attempt, g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED,
                                        "the server at %s sent a bad answer: %s", url, error->message));
  else if (welcome->error != NULL)
    fail_attempt (attempt, refusal_error (attempt, welcome));
  else if (welcome->version != SVPN_PROTOCOL_VERSION)
    fail_attempt (attempt, g_error_new (SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED,
                                        "the server at %s speaks version %" G_GINT64_FORMAT
                                        " of the protocol, we speak %d",
                                        url, welcome->version, SVPN_PROTOCOL_VERSION));
  else
    succeed (attempt, g_steal_pointer (&welcome));
}

static void
on_confirmed (gpointer user_data)
{
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
}

/* Called when the connection has ended before the session was open. */
static void
on_ended (SvpnPeerEnd end, const char *reason, gpointer user_data)
{
  SvpnAttempt *attempt = user_data;
  const char *url = attempt->config->server_url;

  switch (end) {
  case SVPN_PEER_END_PROTOCOL:
    fail_attempt (
        attempt, g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "%s is not a SmartVPN server: %s", url, reason));
    return;
  case SVPN_PEER_END_LOCAL:
  case SVPN_PEER_END_GOODBYE:
  case SVPN_PEER_END_PAUSE:
  case SVPN_PEER_END_CLOSED:
  case SVPN_PEER_END_BROKEN:
  case SVPN_PEER_END_DEAD:
    fail_attempt (
        attempt,
        g_error_new (SVPN_ERROR, SVPN_ERROR_SERVER_KEY_MISMATCH,
                     "%s took the WebSocket but ended it on our handshake: server-public-key is not the key "
                     "of this server, or it is not a SmartVPN server",
                     url));
    return;
  }
}

static const SvpnPeerEvents peer_events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .ended = on_ended,
};

/* --- beginning and end --- */

static void
on_upgraded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnUpgraded) upgraded = svpn_upgrade_finish (result, &error);
  SvpnAttempt *attempt = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* reported by who cancelled; the attempt may be gone */
  if (upgraded == NULL) {
    fail_attempt (attempt, g_steal_pointer (&error));
    return;
  }
  attempt->remote_address = g_steal_pointer (&upgraded->remote_address);
  if (upgraded->address != NULL)
    g_set_object (&attempt->pin->address, upgraded->address);
  attempt->peer = svpn_peer_new (svpn_stream_line_new (&upgraded->carrier), SVPN_WS_CLIENT, attempt->clock,
                                 &peer_events, attempt);
  if (attempt->peer != NULL)
    send_message1 (attempt);
  else
    fail_attempt (attempt, g_error_new (SVPN_ERROR, SVPN_ERROR_LIMIT_EXCEEDED,
                                        "no more memory can be locked for keys (RLIMIT_MEMLOCK)"));
}

SvpnAttempt *
svpn_attempt_new (SvpnClientConfig *config, SvpnClock *clock, const char *lease, SvpnPin *pin,
                  const SvpnAttemptEvents *events, gpointer user_data)
{
  SvpnAttempt *attempt = g_new0 (SvpnAttempt, 1);

  attempt->config = svpn_client_config_ref (config);
  attempt->clock = clock;
  attempt->pin = pin;
  attempt->lease = g_strdup (lease);
  attempt->events = events;
  attempt->user_data = user_data;
  attempt->cancellable = g_cancellable_new ();
  attempt->timeout = svpn_timer_new (clock, on_timeout, attempt);
  svpn_timer_arm (attempt->timeout, config->connect_timeout_s * 1000ULL);
  svpn_upgrade_async (config, clock, pin, attempt->cancellable, on_upgraded, attempt);
  return attempt;
}

void
svpn_attempt_free (SvpnAttempt *attempt)
{
  g_cancellable_cancel (attempt->cancellable);
  g_object_unref (attempt->cancellable);
  svpn_timer_free (attempt->timeout);
  g_clear_handle_id (&attempt->failure_source, g_source_remove);
  g_clear_error (&attempt->failure);
  g_clear_pointer (&attempt->noise, sodium_free);
  g_clear_pointer (&attempt->peer, svpn_peer_free);
  g_free (attempt->remote_address);
  g_free (attempt->lease);
  svpn_client_config_unref (attempt->config);
  g_free (attempt);
}
