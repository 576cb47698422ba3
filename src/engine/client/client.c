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
#include "client-tun.h"
#include "error.h"
#include "mtu-info.h"
#include "random-pool.h"
#include "reason.h"

#define REPORT_INTERVAL_US G_USEC_PER_SEC

typedef enum {
  STATE_CONNECTING, /* for the first time */
  STATE_CONNECTED,
  STATE_RECONNECTING, /* an attempt runs, or the wait before the next one */
  STATE_ENDED,
} State;

struct _SvpnClient {
  SvpnClientConfig *config;
  SvpnClock *clock;
  const SvpnClientEvents *events;
  gpointer user_data;
  State state;
  SvpnPin pin;
  SvpnAttempt *attempt; /* NULL: none runs */
  SvpnPeer *peer;       /* while connected */
  SvpnWelcome *welcome; /* of the last session */
  char *remote_address; /* of the last session's server */
  SvpnClientTun *tun;
  char *leave_reason; /* svpn_client_disconnect() was called */

  SvpnTimer *retry_timer; /* while RECONNECTING: for the next attempt */
  guint end_source;
  char *loss_reason;
  guint64 lost_us; /* boot time */
  guint n_attempts;
  guint64 reconnects;
  gboolean reconfigured;   /* by the server, and not reported yet */
  SvpnTimer *report_timer; /* for reporting that */
  guint64 reported_us;     /* boot time of the last report, 0: none */
  SvpnCounters past;       /* of the sessions before this one */
};

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

/* --- changes by the server --- */

static void
on_report_due (gpointer user_data)
{
  SvpnClient *client = user_data;

  client->reported_us = svpn_clock_boot_us (client->clock);
  client->reconfigured = FALSE;
  client->events->reconfigured (client->welcome, client->remote_address, client->user_data);
}

/* Arms the report of what the server has changed, if there is any and somebody who can act on it. */
static void
schedule_report (SvpnClient *client)
{
  guint64 now_us = svpn_clock_boot_us (client->clock);
  guint64 due_us = client->reported_us != 0 ? client->reported_us + REPORT_INTERVAL_US : now_us;

  if (client->reconfigured && svpn_client_tun_is_attached (client->tun)
      && !svpn_timer_is_armed (client->report_timer))
    svpn_timer_arm_at (client->report_timer, MAX (due_us, now_us));
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

static void
on_tun_failed (const char *reason, gpointer user_data)
{
  g_autofree char *text = g_strconcat ("Failed: ", reason, NULL);

  svpn_client_disconnect (user_data, text);
}

void
svpn_client_attach_tun (SvpnClient *client, int fd)
{
  svpn_client_tun_attach (client->tun, fd);
  schedule_report (client);
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  SvpnClient *client = user_data;

  svpn_client_tun_receive (client->tun, packet, data);
}

static void
on_burst_end (gpointer user_data)
{
  SvpnClient *client = user_data;

  svpn_client_tun_flush (client->tun);
}

/* --- the session --- */

static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
  g_return_if_reached (); /* the peer is past it */
}

static void
on_confirmed (gpointer user_data)
{
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
  if (client->peer == NULL)
    return;
  svpn_counters_add (&client->past, svpn_peer_get_counters (client->peer));
  svpn_client_tun_set_session (client->tun, NULL, NULL);
  g_clear_pointer (&client->peer, svpn_peer_free);
  svpn_timer_disarm (client->report_timer);
  client->reconfigured = FALSE;
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

/* The tunnel ends for good. Reported from the main loop. */
static void
end_tunnel (SvpnClient *client, const char *reason)
{
  if (client->state == STATE_ENDED)
    return;
  enter_state (client, STATE_ENDED, reason);
  g_free (client->loss_reason);
  client->loss_reason = g_strdup (reason);
  svpn_timer_disarm (client->retry_timer);
  client->end_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_end, client, NULL);
}

/* The same because of @error. */
static void
end_tunnel_by (SvpnClient *client, const GError *error)
{
  g_autofree char *text = svpn_reason_of_error (error);

  end_tunnel (client, text);
}

/* Arms the next attempt. */
static void
schedule_attempt (SvpnClient *client)
{
  svpn_timer_arm (client->retry_timer, svpn_backoff_ms (client->n_attempts, svpn_random_u32 ()));
}

static void
lose_session (SvpnClient *client, const char *reason)
{
  enter_state (client, STATE_RECONNECTING, reason);
  client->loss_reason = g_strdup (reason);
  client->lost_us = svpn_clock_boot_us (client->clock);
  client->n_attempts = 0;
  schedule_attempt (client);
  client->events->reconnecting (reason, client->user_data);
}

/* Called when the session is over. */
static void
on_ended (SvpnPeerEnd why, const char *reason, gpointer user_data)
{
  SvpnClient *client = user_data;
  g_autofree char *text
      = why == SVPN_PEER_END_GOODBYE ? svpn_reason_from_server (reason) : svpn_peer_end_text (why, reason);

  drop_peer (client);
  switch (why) {
  case SVPN_PEER_END_LOCAL:
  case SVPN_PEER_END_GOODBYE:
    end_tunnel (client, text);
    return;
  case SVPN_PEER_END_CLOSED:
  case SVPN_PEER_END_BROKEN:
  case SVPN_PEER_END_DEAD:
  case SVPN_PEER_END_PROTOCOL:
    g_clear_pointer (&client->loss_reason, g_free);
    if (client->config->auto_reconnect && client->state == STATE_CONNECTED)
      lose_session (client, text);
    else
      end_tunnel (client, text);
    return;
  }
}

static const SvpnPeerEvents peer_events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .burst_end = on_burst_end,
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
    .duration_ms = (svpn_clock_boot_us (client->clock) - client->lost_us) / 1000,
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

  client->peer = peer;
  svpn_peer_set_events (peer, &peer_events, client);
  svpn_peer_set_qos (peer, client->config->qos);
  g_clear_pointer (&client->welcome, svpn_welcome_free);
  client->welcome = welcome;
  g_free (client->remote_address);
  client->remote_address = g_strdup (remote_address);
  svpn_client_tun_set_session (client->tun, peer, welcome);
  enter_state (client, STATE_CONNECTED, remote_address);
  /* The first keepalive also shows the server that we have the keys: only then does a returning client get its
   * session. */
  svpn_peer_start_dpd (peer, &client->config->keepalive);
  if (first)
    client->events->connected (welcome, remote_address, client->user_data);
  else
    report_reconnected (client, remote_address);
  g_clear_pointer (&client->attempt, svpn_attempt_free);
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
  if (svpn_error_is_final (error) || (max != 0 && client->n_attempts >= max))
    end_tunnel_by (client, error);
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
  /* The first attempt after a loss, and every other one, goes to where the server was; the rest look its name up. */
  client->pin.first = client->state == STATE_RECONNECTING && client->n_attempts % 2 == 1;
  client->attempt
      = svpn_attempt_new (client->config, client->clock, lease, &client->pin, &attempt_events, client);
}

/* --- beginning and end --- */

SvpnClient *
svpn_client_new (SvpnClientConfig *config, SvpnClock *clock, const SvpnClientEvents *events,
                 gpointer user_data)
{
  SvpnClient *client = g_new0 (SvpnClient, 1);

  client->config = config;
  client->clock = clock;
  client->events = events;
  client->user_data = user_data;
  client->retry_timer = svpn_timer_new (clock, on_retry_time, client);
  client->report_timer = svpn_timer_new (clock, on_report_due, client);
  client->tun = svpn_client_tun_new (clock, on_tun_failed, client);
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
    svpn_peer_disconnect (client->peer, reason);
    return;
  case STATE_RECONNECTING:
    end_tunnel (client, reason);
    return;
  case STATE_ENDED:
    return;
  }
}

void
svpn_client_free (SvpnClient *client)
{
  g_clear_handle_id (&client->end_source, g_source_remove);
  svpn_timer_free (client->report_timer);
  svpn_timer_free (client->retry_timer);
  g_clear_pointer (&client->attempt, svpn_attempt_free);
  g_clear_object (&client->pin.address);
  svpn_client_tun_free (client->tun);
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

  sum.drops_no_route += svpn_client_tun_get_drops (client->tun);
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
  SvpnDpd *dpd = client->peer != NULL ? svpn_peer_get_dpd (client->peer) : NULL;

  return dpd != NULL ? svpn_health_to_string (svpn_dpd_get_health (dpd)) : "";
}

gboolean
svpn_client_quality (SvpnClient *client, GVariantDict *dict)
{
  SvpnDpd *dpd = client->peer != NULL ? svpn_peer_get_dpd (client->peer) : NULL;

  if (dpd == NULL)
    return FALSE;
  svpn_dpd_to_dict (dpd, dict);
  return TRUE;
}

gboolean
svpn_client_mtu_info (SvpnClient *client, GVariantDict *dict)
{
  guint64 too_big = client->past.drops_too_big;

  if (client->welcome == NULL)
    return FALSE;
  if (client->peer != NULL)
    too_big += svpn_peer_get_counters (client->peer)->drops_too_big;
  svpn_mtu_info_to_dict (client->welcome->mtu, client->remote_address, too_big, dict);
  return TRUE;
}
