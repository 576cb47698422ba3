/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's tunnel.
 *
 * How it works: an attempt (attempt.c) opens a session, whose peer we then have. When the session is lost, and not
 * ended by either side in words, the TUN device stays and attempts follow, with the lease that brings our address back,
 * so that connections inside the tunnel only see a pause. */
#include "client.h"
#include "attempt.h"
#include "backoff.h"
#include "boot-timer.h"
#include "error.h"
#include "pinned-resolver.h"
#include "random-pool.h"
#include "source-filter.h"
#include "too-big.h"
#include "tun.h"

#include <sodium.h>
#include <string.h>

#define REPORT_INTERVAL_US G_USEC_PER_SEC

typedef enum {
  STATE_CONNECTING, /* for the first time */
  STATE_CONNECTED,
  STATE_RECONNECTING, /* an attempt runs, or the wait before the next one */
  STATE_ENDED,
} State;

struct _SvpnClient {
  SvpnClientConfig *config;
  const SvpnClientEvents *events;
  gpointer user_data;
  State state;
  SvpnAttempt *attempt; /* NULL: none runs */
  SvpnPeer *peer;       /* while connected */
  SvpnPeer *old_peer;   /* of the session before, until the server has taken the new one; NULL: none */
  gboolean offline;     /* there is no way to the server, and no attempt is made */
  SvpnWelcome *welcome; /* of the last session */
  char *remote_address; /* likewise */
  SvpnTun *tun;
  SvpnTooBig too_big;
  SvpnSourceFilter filter;
  char *leave_reason; /* svpn_client_disconnect() was called */

  SvpnBootTimer *retry_timer;
  guint end_source, old_peer_source;
  char *loss_reason;
  guint64 lost_us; /* boot time */
  guint n_attempts;
  guint64 reconnects;
  gboolean reconfigured; /* by the server, and not reported yet */
  guint report_source;
  gint64 report_us;  /* monotonic: when it was last reported */
  SvpnCounters past; /* of the sessions before this one */
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

static const char *
state_name (State state)
{
  switch (state) {
  case STATE_CONNECTING:
    return "connecting";
  case STATE_CONNECTED:
    return "connected";
  case STATE_RECONNECTING:
    return "reconnecting";
  case STATE_ENDED:
    return "ended";
  }
  g_return_val_if_reached ("?");
}

static void
enter_state (SvpnClient *client, State state, const char *reason)
{
  g_message ("%s -> %s: %s", state_name (client->state), state_name (state), reason);
  client->state = state;
}

/* --- what the server says anew --- */

static gboolean
on_report_due (gpointer user_data)
{
  SvpnClient *client = user_data;

  client->report_source = 0;
  client->report_us = g_get_monotonic_time ();
  client->reconfigured = FALSE;
  client->events->reconfigured (client->welcome, client->remote_address, client->user_data);
  return G_SOURCE_REMOVE;
}

/* Arms the report of what the server says anew, if there is any and somebody who can act on it. */
static void
schedule_report (SvpnClient *client)
{
  gint64 wait_us = client->report_us + REPORT_INTERVAL_US - g_get_monotonic_time ();

  if (client->reconfigured && client->tun != NULL && client->report_source == 0)
    client->report_source = g_timeout_add ((guint) (MAX (wait_us, 0) / 1000), on_report_due, client);
}

/* Called on a CONTROL frame. */
static void
on_control (const uint8_t *json, size_t size, gpointer user_data)
{
  SvpnClient *client = user_data;
  g_autoptr (GError) error = NULL;

  if (!svpn_welcome_update (client->welcome, json, size, client->config->mtu, &error)) {
    g_debug ("a CONTROL frame is not taken: %s", error->message);
    return;
  }
  client->reconfigured = TRUE;
  schedule_report (client);
}

/* --- packets --- */

static gboolean
is_own_address (const SvpnClient *client, const SvpnPacket *packet)
{
  const SvpnPrefix *own = packet->version == 4 ? &client->welcome->ipv4 : &client->welcome->ipv6;

  return own->family != 0 && memcmp (packet->source, own->bytes, packet->version == 4 ? 4 : 16) == 0;
}

static gboolean
refuse_too_big (SvpnClient *client, const SvpnPacket *packet, const uint8_t *data)
{
  const SvpnWelcome *welcome = client->welcome;
  const SvpnPrefix *far = packet->version == 4 ? &welcome->ipv4_gateway : &welcome->ipv6_gateway;
  uint8_t answer[SVPN_MTU_ANSWER_MAX];
  size_t answer_size;

  if (!svpn_too_big_refuse (&client->too_big, packet, data, far->bytes, welcome->mtu, answer, &answer_size))
    return FALSE;
  svpn_peer_get_counters (client->peer)->drops_too_big++;
  if (answer_size > 0)
    svpn_tun_write (client->tun, answer, answer_size);
  return TRUE;
}

/* The server would drop packets from other addresses (a TUN's link-local noise, say): they need not travel. */
static void
on_tun_packet (const uint8_t *data, size_t size, gpointer user_data)
{
  SvpnClient *client = user_data;
  SvpnCounters *counters = client->peer != NULL ? svpn_peer_get_counters (client->peer) : &client->past;
  SvpnPacket packet;

  if (client->peer == NULL) {
    counters->drops_no_route++;
    return;
  }
  if (svpn_packet_parse (data, size, &packet) != SVPN_PACKET_OK) {
    counters->drops_malformed++;
    return;
  }
  if (!is_own_address (client, &packet)) {
    counters->drops_spoofed++;
    return;
  }
  if (!refuse_too_big (client, &packet, data))
    svpn_peer_send_packet (client->peer, &packet, data);
}

static void
on_tun_burst_end (gpointer user_data)
{
  SvpnClient *client = user_data;

  if (client->peer != NULL)
    svpn_peer_flush (client->peer);
}

/* Somebody has deleted the device; the session goes on, and svpn_client_attach_tun() brings another one. */
static void
on_tun_failed (const GError *error, gpointer user_data)
{
  g_warning ("%s; waiting for another device", error->message);
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
  schedule_report (client);
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  SvpnClient *client = user_data;

  if (!svpn_source_filter_accepts (&client->filter, client->welcome, packet))
    svpn_peer_get_counters (client->peer)->drops_spoofed++;
  else if (client->tun != NULL)
    svpn_tun_write (client->tun, data, packet->size);
  else
    svpn_peer_get_counters (client->peer)->drops_no_route++;
}

void
svpn_client_set_networks (SvpnClient *client, const char *const *routes, const char *const *local)
{
  svpn_source_filter_set (&client->filter, routes, local);
}

/* --- the session --- */

static void drop_old_peer (SvpnClient *client);

/* Called from the main loop, when no frame of it is being handled. */
static gboolean
on_old_peer_over (gpointer user_data)
{
  SvpnClient *client = user_data;

  client->old_peer_source = 0;
  drop_old_peer (client);
  return G_SOURCE_REMOVE;
}

static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
  g_return_if_reached (); /* the peer is past it */
}

/* Called on the first frame from the server: it has taken this session, and the one before is over. */
static void
on_confirmed (gpointer user_data)
{
  SvpnClient *client = user_data;

  if (client->old_peer != NULL && client->old_peer_source == 0)
    client->old_peer_source = g_idle_add (on_old_peer_over, client);
}

static void
on_health_changed (SvpnHealth new_health, SvpnHealth old_health, gpointer user_data)
{
  SvpnClient *client = user_data;

  client->events->health_changed (svpn_health_to_string (new_health), svpn_health_to_string (old_health),
                                  client->user_data);
}

static void
drop_peer (SvpnClient *client)
{
  drop_old_peer (client);
  if (client->peer == NULL)
    return;
  svpn_counters_add (&client->past, svpn_peer_get_counters (client->peer));
  g_clear_pointer (&client->peer, svpn_peer_free);
  g_clear_handle_id (&client->report_source, g_source_remove);
  client->reconfigured = FALSE;
}

static void
drop_old_peer (SvpnClient *client)
{
  if (client->old_peer == NULL)
    return;
  svpn_counters_add (&client->past, svpn_peer_get_counters (client->old_peer));
  g_clear_pointer (&client->old_peer, svpn_peer_free);
}

static gboolean
on_end (gpointer user_data)
{
  SvpnClient *client = user_data;

  client->end_source = 0;
  client->events->ended (client->leave_reason != NULL ? client->leave_reason : client->loss_reason,
                         client->user_data);
  return G_SOURCE_REMOVE;
}

/* It is over for good. Reported from the main loop. */
static void
end (SvpnClient *client, const char *reason)
{
  if (client->state == STATE_ENDED)
    return;
  enter_state (client, STATE_ENDED, reason);
  g_free (client->loss_reason);
  client->loss_reason = g_strdup (reason);
  svpn_boot_timer_set (client->retry_timer, 0);
  client->end_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_end, client, NULL);
}

/* Arms the next attempt; none where there is no network. */
static void
schedule_attempt (SvpnClient *client)
{
  guint32 random, wait_ms;

  if (client->offline)
    return;

  svpn_random_bytes ((uint8_t *) &random, sizeof random);
  wait_ms = svpn_backoff_ms (client->n_attempts, random);
  svpn_boot_timer_set (client->retry_timer, svpn_boot_time_us () + (wait_ms + 1) * 1000ULL);
}

/* An attempt over a new network may be under way already. */
static void
lose_session (SvpnClient *client, const char *reason)
{
  enter_state (client, STATE_RECONNECTING, reason);
  client->loss_reason = g_strdup (reason);
  client->lost_us = svpn_boot_time_us ();
  if (client->attempt == NULL) {
    client->n_attempts = 0;
    schedule_attempt (client);
  }
  client->events->reconnecting (reason, client->user_data);
}

/* Called when the session is over. */
static void
on_ended (SvpnPeerEnd why, const char *reason, gpointer user_data)
{
  SvpnClient *client = user_data;

  drop_peer (client);
  switch (why) {
  case SVPN_PEER_END_LOCAL:
  case SVPN_PEER_END_GOODBYE:
    end (client, reason);
    return;
  case SVPN_PEER_END_CLOSED:
  case SVPN_PEER_END_BROKEN:
  case SVPN_PEER_END_DEAD:
  case SVPN_PEER_END_PROTOCOL:
    g_clear_pointer (&client->loss_reason, g_free);
    if (client->config->auto_reconnect && client->state == STATE_CONNECTED)
      lose_session (client, reason);
    else
      end (client, reason);
    return;
  }
}

/* Called when the session before the present one is over. */
static void
on_old_ended (SvpnPeerEnd why, const char *reason, gpointer user_data)
{
  drop_old_peer (user_data);
}

static void
ignore_confirmed (gpointer user_data)
{
}

static const SvpnPeerEvents old_peer_events = {
  .handshake = on_handshake,
  .confirmed = ignore_confirmed,
  .packet = on_packet,
  .ended = on_old_ended,
};

static const SvpnPeerEvents peer_events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .control = on_control,
  .health_changed = on_health_changed,
  .ended = on_ended,
};

/* --- attempts --- */

static void start_attempt (SvpnClient *client);

static void
on_retry_time (gpointer user_data)
{
  start_attempt (user_data);
}

static void
report_reconnected (SvpnClient *client, const char *remote_address)
{
  SvpnReconnection reconnection = {
    .duration_ms = (svpn_boot_time_us () - client->lost_us) / 1000,
    .attempts = client->n_attempts,
    .reconnects = ++client->reconnects,
    .reason = client->loss_reason,
  };

  client->events->reconnected (&reconnection, client->welcome, remote_address, client->user_data);
}

static void
on_succeeded (SvpnPeer *peer, SvpnWelcome *welcome, const char *remote_address, gpointer user_data)
{
  SvpnClient *client = user_data;
  gboolean first = client->state == STATE_CONNECTING;

  drop_old_peer (client);
  client->old_peer = g_steal_pointer (&client->peer); /* what is still on its way over it is taken */
  if (client->old_peer != NULL)
    svpn_peer_set_events (client->old_peer, &old_peer_events, client);
  client->peer = peer;
  svpn_peer_set_events (peer, &peer_events, client);
  svpn_peer_set_qos (peer, client->config->qos);
  g_clear_pointer (&client->welcome, svpn_welcome_free);
  client->welcome = welcome;
  g_free (client->remote_address);
  client->remote_address = g_strdup (remote_address);
  enter_state (client, STATE_CONNECTED, remote_address);
  /* The first keepalive also shows the server that we have the keys: only then does a returning client get its
   * session. */
  svpn_peer_start_vitals (peer, &client->config->keepalive);
  if (first)
    client->events->connected (welcome, remote_address, client->user_data);
  else
    report_reconnected (client, remote_address);
  g_clear_pointer (&client->attempt, svpn_attempt_free);
}

/* Whether trying again could help. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, SVPN_ERROR, SVPN_ERROR_AUTH_FAILED)
         || g_error_matches (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED)
         || g_error_matches (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  SvpnClient *client = user_data;
  guint max = client->config->max_reconnect_attempts;

  g_clear_pointer (&client->attempt, svpn_attempt_free);
  if (client->state == STATE_CONNECTING) {
    client->events->failed (error, client->user_data);
    return;
  }
  g_message ("reconnecting, attempt %u: %s", client->n_attempts, error->message);
  if (client->state
      == STATE_CONNECTED) { /* over another network; the session stands meanwhile, or is found dead */
    svpn_peer_probe (client->peer);
    schedule_attempt (client);
  } else if (is_final (error) || (max != 0 && client->n_attempts >= max))
    end (client, error->message);
  else
    schedule_attempt (client);
}

static const SvpnAttemptEvents attempt_events = {
  .succeeded = on_succeeded,
  .failed = on_failed,
};

static void
start_attempt (SvpnClient *client)
{
  const char *lease = client->welcome != NULL ? client->welcome->lease : client->config->lease;

  client->n_attempts++;
  /* The first attempt after a loss, and every other one, goes to where the server was; the rest look its name up
   * again. */
  svpn_pinned_resolver_prefer (client->state != STATE_CONNECTING && client->n_attempts % 2 == 1);
  client->attempt = svpn_attempt_new (client->config, lease, &attempt_events, client);
}

/* --- the network below --- */

static void
move (SvpnClient *client)
{
  g_clear_pointer (&client->attempt, svpn_attempt_free);
  svpn_boot_timer_set (client->retry_timer, 0);
  client->n_attempts = 0;
  if (client->state == STATE_CONNECTED) {
    g_free (client->loss_reason);
    client->loss_reason = g_strdup ("the network has changed");
    client->lost_us = svpn_boot_time_us ();
  }
  start_attempt (client);
}

void
svpn_client_network_changed (SvpnClient *client, SvpnNetworkChange change)
{
  gboolean was_offline = client->offline;

  if (client->state == STATE_CONNECTING || client->state == STATE_ENDED || client->leave_reason != NULL)
    return;
  client->offline = change == SVPN_NETWORK_LOST;
  switch (change) {
  case SVPN_NETWORK_LOST:
    g_message ("there is no network");
    g_clear_pointer (&client->attempt, svpn_attempt_free);
    svpn_boot_timer_set (client->retry_timer, 0);
    break;
  case SVPN_NETWORK_MOVED:
    g_message ("the network has changed");
    if (client->config->auto_reconnect)
      move (client);
    return;
  case SVPN_NETWORK_CHECK:
    if (was_offline || (client->state == STATE_RECONNECTING && client->attempt == NULL)) {
      move (client);
      return;
    }
    break;
  }
  if (client->peer != NULL)
    svpn_peer_probe (client->peer);
}

/* --- beginning and end --- */

SvpnClient *
svpn_client_new (SvpnClientConfig *config, const SvpnClientEvents *events, gpointer user_data)
{
  SvpnClient *client = g_new0 (SvpnClient, 1);

  client->config = config;
  client->events = events;
  client->user_data = user_data;
  client->retry_timer = svpn_boot_timer_new (on_retry_time, client);
  svpn_too_big_init (&client->too_big);
  svpn_pinned_resolver_install ();
  start_attempt (client);
  return client;
}

static gboolean
on_cancelled (gpointer user_data)
{
  SvpnClient *client = user_data;
  g_autoptr (GError) error = g_error_new_literal (SVPN_ERROR, SVPN_ERROR_NOT_CONNECTED, client->leave_reason);

  client->end_source = 0;
  client->events->failed (error, client->user_data);
  return G_SOURCE_REMOVE;
}

void
svpn_client_disconnect (SvpnClient *client, const char *reason)
{
  if (client->leave_reason != NULL)
    return;
  client->leave_reason = g_strdup (reason);
  g_clear_pointer (&client->attempt, svpn_attempt_free);
  switch (client->state) {
  case STATE_CONNECTING:
    client->end_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled, client, NULL);
    return;
  case STATE_CONNECTED:
    svpn_boot_timer_set (client->retry_timer, 0);
    drop_old_peer (client);
    svpn_peer_disconnect (client->peer, reason);
    return;
  case STATE_RECONNECTING:
    end (client, reason);
    return;
  case STATE_ENDED:
    return;
  }
}

void
svpn_client_free (SvpnClient *client)
{
  g_clear_handle_id (&client->report_source, g_source_remove);
  g_clear_handle_id (&client->end_source, g_source_remove);
  g_clear_handle_id (&client->old_peer_source, g_source_remove);
  g_clear_pointer (&client->old_peer, svpn_peer_free);
  svpn_boot_timer_free (client->retry_timer);
  g_clear_pointer (&client->attempt, svpn_attempt_free);
  g_clear_pointer (&client->tun, svpn_tun_free);
  svpn_source_filter_clear (&client->filter);
  g_clear_pointer (&client->peer, svpn_peer_free);
  g_clear_pointer (&client->welcome, svpn_welcome_free);
  g_free (client->remote_address);
  g_free (client->leave_reason);
  g_free (client->loss_reason);
  svpn_client_config_unref (client->config);
  g_free (client);
}

void
svpn_client_statistics (SvpnClient *client, GVariantDict *dict)
{
  SvpnCounters sum = client->past;

  if (client->peer != NULL) {
    svpn_counters_add (&sum, svpn_peer_get_counters (client->peer));
    svpn_peer_queues_to_dict (client->peer, dict);
  }
  svpn_counters_to_dict (&sum, dict);
  g_variant_dict_insert (dict, "reconnects", "t", client->reconnects);
}

const char *
svpn_client_get_health (SvpnClient *client)
{
  SvpnVitals *vitals = client->peer != NULL ? svpn_peer_get_vitals (client->peer) : NULL;

  return vitals != NULL ? svpn_health_to_string (svpn_vitals_get_health (vitals)) : "";
}

gboolean
svpn_client_quality (SvpnClient *client, GVariantDict *dict)
{
  SvpnVitals *vitals = client->peer != NULL ? svpn_peer_get_vitals (client->peer) : NULL;

  if (vitals == NULL)
    return FALSE;
  svpn_vitals_to_dict (vitals, dict);
  return TRUE;
}

/* Of the outer connection. */
static uint8_t
ip_version (SvpnClient *client)
{
  SvpnPrefix address;
  uint16_t port;

  return svpn_endpoint_parse (client->remote_address, &address, &port) && address.family == AF_INET6 ? 6 : 4;
}

gboolean
svpn_client_mtu_info (SvpnClient *client, GVariantDict *dict)
{
  guint64 too_big = client->past.drops_too_big;

  if (client->welcome == NULL)
    return FALSE;
  uint8_t version = ip_version (client);
  const struct {
    const char *key;
    guint bytes;
  } parts[] = {
    { "mtu", client->welcome->mtu },
    { "overhead", svpn_mtu_overhead (version) },
    { "overhead-ip", svpn_mtu_overhead_ip (version) },
    { "overhead-tcp", SVPN_MTU_OVERHEAD_TCP },
    { "overhead-websocket", SVPN_MTU_OVERHEAD_WEBSOCKET },
    { "overhead-frame", SVPN_MTU_OVERHEAD_FRAME },
    { "overhead-tag", SVPN_MTU_OVERHEAD_TAG },
    { "extra-nonce", SVPN_MTU_EXTRA_NONCE },
    { "extra-tls", SVPN_MTU_EXTRA_TLS },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_variant_dict_insert (dict, parts[i].key, "u", parts[i].bytes);
  if (client->peer != NULL)
    too_big += svpn_peer_get_counters (client->peer)->drops_too_big;
  g_variant_dict_insert (dict, "packets-too-big", "t", too_big);
  return TRUE;
}
