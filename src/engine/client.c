/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's tunnel. */
#include "client.h"
#include "error.h"
#include "peer.h"
#include "tun.h"
#include "upgrade.h"

#include <sodium.h>
#include <string.h>

struct _SvpnClient {
  SvpnClientConfig *config;
  const SvpnClientEvents *events;
  gpointer user_data;
  GCancellable *cancellable;
  guint timeout_source, failure_source;
  SvpnNoise *noise; /* sodium_malloc()ed, while the handshake runs */
  char *remote_address;
  SvpnPeer *peer;
  SvpnWelcome *welcome;
  gboolean connected;
  GError *failure; /* waits to be reported from the main loop */
  SvpnTun *tun;
};

SvpnClientConfig *
svpn_client_config_new (void)
{
  return g_rc_box_new0 (SvpnClientConfig);
}

SvpnClientConfig *
svpn_client_config_ref (SvpnClientConfig *config)
{
  return g_rc_box_acquire (config);
}

static void
config_clear (SvpnClientConfig *config)
{
  g_free (config->server_url);
  if (config->private_key != NULL)
    sodium_free (config->private_key);
  g_free (config->tls_ca_pem);
  g_free (config->lease);
}

void
svpn_client_config_unref (SvpnClientConfig *config)
{
  g_rc_box_release_full (config, (GDestroyNotify) config_clear);
}

static void
wipe_noise (SvpnClient *client)
{
  g_clear_pointer (&client->noise, sodium_free);
}

/* --- failure before the tunnel stands --- */

static gboolean
on_failure (gpointer user_data)
{
  SvpnClient *client = user_data;
  g_autoptr (GError) error = g_steal_pointer (&client->failure);

  client->failure_source = 0;
  client->events->failed (error, client->user_data);
  return G_SOURCE_REMOVE;
}

/* Takes over @error and reports it from the main loop, once. */
static void
fail (SvpnClient *client, GError *error)
{
  if (client->failure != NULL) {
    g_error_free (error);
    return;
  }
  client->failure = error;
  g_cancellable_cancel (client->cancellable);
  client->failure_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_failure, client, NULL);
}

static gboolean
on_timeout (gpointer user_data)
{
  SvpnClient *client = user_data;

  client->timeout_source = 0;
  fail (client,
        g_error_new (SVPN_ERROR, SVPN_ERROR_TIMEOUT, "%s did not %s within %u s", client->config->server_url,
                     client->peer == NULL ? "answer" : "complete the handshake",
                     client->config->connect_timeout_s));
  return G_SOURCE_REMOVE;
}

/* --- handshake --- */

static void
send_message1 (SvpnClient *client)
{
  SvpnHello hello
      = { .version = SVPN_PROTOCOL_VERSION, .mtu = client->config->mtu, .lease = client->config->lease };
  SvpnNoisePattern pattern = client->config->private_key != NULL ? SVPN_NOISE_IK : SVPN_NOISE_NK;
  g_autofree char *json = svpn_hello_to_json (&hello);
  uint8_t frame[1 + SVPN_NOISE_IK_MESSAGE1_OVERHEAD + SVPN_HELLO_SIZE_MAX] = { pattern };
  uint8_t e_private[32];
  size_t size;

  client->noise = sodium_malloc (sizeof *client->noise);
  svpn_noise_init_initiator (client->noise, pattern, (const uint8_t *) SVPN_PROLOGUE, strlen (SVPN_PROLOGUE),
                             client->config->private_key, client->config->server_public_key);
  randombytes_buf (e_private, sizeof e_private);
  if (svpn_noise_write_message1 (client->noise, e_private, (uint8_t *) json, strlen (json), frame + 1, &size)
      == SVPN_NOISE_OK)
    svpn_peer_send_clear (client->peer, SVPN_FRAME_HANDSHAKE_INIT, frame, 1 + size);
  else
    fail (client,
          g_error_new (SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "server-public-key: not a usable key"));
  sodium_memzero (e_private, sizeof e_private);
}

static GError *
refusal_error (SvpnClient *client, const SvpnWelcome *welcome)
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
                          client->config->server_url, refusals[i].text, welcome->error,
                          *detail != '\0' ? ": " : "", detail);
  return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "the server at %s refused: %s%s%s",
                      client->config->server_url, welcome->error, *detail != '\0' ? ": " : "", detail);
}

static void
open_session (SvpnClient *client)
{
  uint8_t keys[2][SVPN_KEY_SIZE];

  svpn_noise_split (client->noise, keys[0], keys[1]);
  svpn_peer_open (client->peer, keys[0], keys[1]);
  sodium_memzero (keys, sizeof keys);
  wipe_noise (client);
  g_clear_handle_id (&client->timeout_source, g_source_remove);
  client->connected = TRUE;
  /* The server hands a returning client its session only once a sealed frame has come. */
  svpn_peer_send_keepalive (client->peer, (guint64) g_get_monotonic_time ());
  client->events->connected (client->welcome, client->remote_address, client->user_data);
}

/* Called on a clear frame before the session is open. */
static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
  SvpnClient *client = user_data;
  const char *url = client->config->server_url;
  uint8_t json[SVPN_HELLO_SIZE_MAX];
  size_t json_size;
  g_autoptr (GError) error = NULL;

  if (client->failure != NULL)
    return;
  if (type != SVPN_FRAME_HANDSHAKE_RESP || size > sizeof json + SVPN_NOISE_MESSAGE2_OVERHEAD) {
    fail (client,
          g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "%s is no SmartVPN server: it sent no handshake", url));
    return;
  }
  if (svpn_noise_read_message2 (client->noise, payload, size, json, &json_size) != SVPN_NOISE_OK) {
    fail (client,
          g_error_new (SVPN_ERROR, SVPN_ERROR_SERVER_KEY_MISMATCH,
                       "the server at %s does not have the key server-public-key, or somebody on the way "
                       "altered its answer",
                       url));
    return;
  }
  client->welcome = svpn_welcome_from_json (json, json_size, &error);
  if (client->welcome == NULL)
    fail (client, g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "the server at %s sent a bad answer: %s", url,
                               error->message));
  else if (client->welcome->error != NULL)
    fail (client, refusal_error (client, client->welcome));
  else if (client->welcome->version != SVPN_PROTOCOL_VERSION)
    fail (client,
          g_error_new (SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED,
                       "the server at %s speaks version %" G_GINT64_FORMAT " of the protocol, we speak %d",
                       url, client->welcome->version, SVPN_PROTOCOL_VERSION));
  else
    open_session (client);
}

/* --- packets --- */

static gboolean
is_own_address (const SvpnClient *client, const SvpnPacket *packet)
{
  const SvpnPrefix *own = packet->version == 4 ? &client->welcome->ipv4 : &client->welcome->ipv6;

  return own->family != 0 && memcmp (packet->source, own->bytes, packet->version == 4 ? 4 : 16) == 0;
}

/* The server would drop packets from other addresses (a TUN's link-local noise, say): they need not travel. */
static void
on_tun_packet (const uint8_t *data, size_t size, gpointer user_data)
{
  SvpnClient *client = user_data;
  SvpnCounters *counters = svpn_peer_get_counters (client->peer);
  SvpnPacket packet;

  if (svpn_packet_parse (data, size, &packet) != SVPN_PACKET_OK)
    counters->drops_malformed++;
  else if (!is_own_address (client, &packet))
    counters->drops_spoofed++;
  else
    svpn_peer_send_packet (client->peer, data, packet.size);
}

static void
on_tun_burst_end (gpointer user_data)
{
  SvpnClient *client = user_data;

  svpn_peer_flush (client->peer);
}

static void
on_tun_failed (const GError *error, gpointer user_data)
{
  SvpnClient *client = user_data;

  svpn_peer_disconnect (client->peer, error->message);
}

static const SvpnTunEvents tun_events = {
  .packet = on_tun_packet,
  .burst_end = on_tun_burst_end,
  .failed = on_tun_failed,
};

void
svpn_client_attach_tun (SvpnClient *client, int fd)
{
  g_clear_pointer (&client->tun, svpn_tun_free);
  client->tun = svpn_tun_new (fd, &tun_events, client);
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  SvpnClient *client = user_data;

  if (client->tun != NULL)
    svpn_tun_write (client->tun, data, packet->size);
  else
    svpn_peer_get_counters (client->peer)->drops_no_route++;
}

static void
on_confirmed (gpointer user_data)
{
}

/* Called when the session is over, at whatever stage. */
static void
on_ended (SvpnPeerEnd end, const char *reason, gpointer user_data)
{
  SvpnClient *client = user_data;
  const char *url = client->config->server_url;

  if (client->connected) {
    client->events->ended (reason, client->user_data);
    return;
  }
  switch (end) {
  case SVPN_PEER_END_LOCAL:
    fail (client, g_error_new_literal (SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED, reason));
    return;
  case SVPN_PEER_END_PROTOCOL:
    fail (client, g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "%s is no SmartVPN server: %s", url, reason));
    return;
  case SVPN_PEER_END_REMOTE:
  case SVPN_PEER_END_BROKEN:
    fail (client, g_error_new (
                      SVPN_ERROR, SVPN_ERROR_SERVER_KEY_MISMATCH,
                      "%s took the WebSocket but ended it on our handshake: server-public-key is not the key "
                      "of this server, or it is no SmartVPN server",
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
  SvpnClient *client = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* reported by who cancelled; the client may be gone */
  if (upgraded == NULL) {
    fail (client, g_steal_pointer (&error));
    return;
  }
  client->remote_address = g_steal_pointer (&upgraded->remote_address);
  client->peer = svpn_peer_new (upgraded->stream, upgraded->socket, upgraded->holder, SVPN_WS_CLIENT,
                                &peer_events, client);
  send_message1 (client);
}

SvpnClient *
svpn_client_new (SvpnClientConfig *config, const SvpnClientEvents *events, gpointer user_data)
{
  SvpnClient *client = g_new0 (SvpnClient, 1);

  client->config = config;
  client->events = events;
  client->user_data = user_data;
  client->cancellable = g_cancellable_new ();
  client->timeout_source = g_timeout_add_seconds (config->connect_timeout_s, on_timeout, client);
  svpn_upgrade_async (config, client->cancellable, on_upgraded, client);
  return client;
}

void
svpn_client_disconnect (SvpnClient *client, const char *reason)
{
  if (client->connected)
    svpn_peer_disconnect (client->peer, reason);
  else
    fail (client, g_error_new_literal (SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED, reason));
}

void
svpn_client_free (SvpnClient *client)
{
  g_cancellable_cancel (client->cancellable);
  g_object_unref (client->cancellable);
  g_clear_handle_id (&client->timeout_source, g_source_remove);
  g_clear_handle_id (&client->failure_source, g_source_remove);
  g_clear_error (&client->failure);
  wipe_noise (client);
  g_clear_pointer (&client->tun, svpn_tun_free);
  g_clear_pointer (&client->peer, svpn_peer_free);
  g_clear_pointer (&client->welcome, svpn_welcome_free);
  g_free (client->remote_address);
  svpn_client_config_unref (client->config);
  g_free (client);
}

void
svpn_client_statistics (SvpnClient *client, GVariantDict *dict)
{
  if (client->peer != NULL)
    svpn_peer_to_dict (client->peer, dict);
}
