/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's tunnel.
 *
 * How it works: an attempt (attempt.c) opens a session, whose peer we then have. When the session is lost, and not
 * ended by either side in words, the TUN device stays and attempts follow (client-attempts.c), with the lease that brings
 * our address back, so that connections inside the tunnel only see a pause. */
#include "client-private.h"
#include "error.h"
#include "mtu-info.h"
#include "random-pool.h"
#include "reason.h"

#include <math.h>

#define REPORT_INTERVAL_US G_USEC_PER_SEC
/* Before the first attempt after a server has said goodbye: not all of its clients come back in the same second. */
#define PAUSE_MIN_MS 300
#define PAUSE_SPREAD_MS 2700
#define BRIEF_US (10 * G_USEC_PER_SEC) /* a session that is lost earlier has not lasted */

static const char *
state_name (SvpnClientState state)
{
  switch (state) {
  case SVPN_CLIENT_CONNECTING:
    return "connecting";
  case SVPN_CLIENT_CONNECTED:
    return "connected";
  case SVPN_CLIENT_RECONNECTING:
    return "reconnecting";
  case SVPN_CLIENT_ENDED:
    return "ended";
  }
  g_return_val_if_reached ("?");
}

void
svpn_client_enter_state (SvpnClient *client, SvpnClientState state, const char *reason)
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

/* Called when somebody has deleted the device; the session goes on, and svpn_client_attach_tun() brings another one. */
static void
on_tun_failed (const char *reason, gpointer user_data)
{
  g_warning ("%s; waiting for another device", reason);
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

void
svpn_client_set_networks (SvpnClient *client, const char *const *routes, const char *const *local)
{
  svpn_client_tun_set_networks (client->tun, routes, local);
}

/* --- the session before the present one --- */

static void
drop_old_peer (SvpnClient *client)
{
  g_clear_handle_id (&client->old_peer_source, g_source_remove);
  if (client->old_peer == NULL)
    return;
  svpn_counters_add (&client->past, svpn_peer_get_counters (client->old_peer));
  g_clear_pointer (&client->old_peer, svpn_peer_free);
}

/* Called from the main loop, when no frame of it is being handled. */
static gboolean
on_old_peer_over (gpointer user_data)
{
  SvpnClient *client = user_data;

  client->old_peer_source = 0;
  drop_old_peer (client);
  return G_SOURCE_REMOVE;
}

/* Called when it is over. */
static void
on_old_ended (SvpnPeerEnd why, const char *reason, gpointer user_data)
{
  drop_old_peer (user_data);
}

static void
ignore_confirmed (gpointer user_data)
{
}

/* --- the session --- */

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
  svpn_client_history_pause (client->history);
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

void
svpn_client_end (SvpnClient *client, const char *reason)
{
  if (client->state == SVPN_CLIENT_ENDED)
    return;
  svpn_client_enter_state (client, SVPN_CLIENT_ENDED, reason);
  g_free (client->loss_reason);
  client->loss_reason = g_strdup (reason);
  svpn_timer_disarm (client->retry_timer);
  client->end_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_end, client, NULL);
}

static void
lose_session (SvpnClient *client, const char *reason)
{
  svpn_client_enter_state (client, SVPN_CLIENT_RECONNECTING, reason);
  client->loss_reason = g_strdup (reason);
  g_clear_pointer (&client->failure, g_free);
  client->lost_us = svpn_clock_boot_us (client->clock);
  client->n_brief = client->lost_us - client->session_us < BRIEF_US ? client->n_brief + 1 : 0;
  if (client->attempt == NULL) { /* over a new network it runs already */
    client->n_attempts = 0;
    svpn_client_schedule_attempt (client);
  }
  client->events->reconnecting (reason, client->user_data);
}

/* Called when the session is over. */
static void
on_ended (SvpnPeerEnd why, const char *reason, gpointer user_data)
{
  SvpnClient *client = user_data;
  g_autofree char *text
      = svpn_peer_end_is_goodbye (why) ? svpn_reason_from_server (reason) : svpn_peer_end_text (why, reason);

  drop_peer (client);
  switch (why) {
  case SVPN_PEER_END_LOCAL:
  case SVPN_PEER_END_GOODBYE:
    svpn_client_end (client, text);
    return;
  case SVPN_PEER_END_PAUSE:
  case SVPN_PEER_END_CLOSED:
  case SVPN_PEER_END_BROKEN:
  case SVPN_PEER_END_DEAD:
  case SVPN_PEER_END_PROTOCOL:
    g_clear_pointer (&client->loss_reason, g_free);
    if (client->config->auto_reconnect && client->state == SVPN_CLIENT_CONNECTED)
      lose_session (client, text);
    else
      svpn_client_end (client, text);
    if (why == SVPN_PEER_END_PAUSE && client->n_brief <= 1 && svpn_timer_is_armed (client->retry_timer))
      svpn_client_schedule_attempt_in (client, PAUSE_MIN_MS + svpn_random_u32 () % PAUSE_SPREAD_MS);
    svpn_client_report_retry (client);
    return;
  }
}

static const SvpnPeerEvents old_peer_events = {
  .handshake = on_handshake,
  .confirmed = ignore_confirmed,
  .packet = on_packet,
  .burst_end = on_burst_end,
  .ended = on_old_ended,
};

static const SvpnPeerEvents peer_events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .burst_end = on_burst_end,
  .control = on_control,
  .health_changed = on_health_changed,
  .ended = on_ended,
};

/* The session that we have, if any, is the old one from now on: what is still on its way over it is taken. */
static void
retire_peer (SvpnClient *client)
{
  drop_old_peer (client);
  client->old_peer = g_steal_pointer (&client->peer);
  if (client->old_peer != NULL)
    svpn_peer_set_events (client->old_peer, &old_peer_events, client);
}

/* ---- what the line has done ---- */

/* Since the client began. */
static SvpnCounters
sum_counters (SvpnClient *client)
{
  SvpnCounters sum = client->past;

  if (client->old_peer != NULL)
    svpn_counters_add (&sum, svpn_peer_get_counters (client->old_peer));
  if (client->peer != NULL)
    svpn_counters_add (&sum, svpn_peer_get_counters (client->peer));
  return sum;
}

/* For the history. */
static void
read_line (SvpnHistoryPoint *now, gpointer user_data)
{
  SvpnClient *client = user_data;
  SvpnDpd *dpd = client->peer != NULL ? svpn_peer_get_dpd (client->peer) : NULL;
  SvpnCounters sum = sum_counters (client);

  *now = (SvpnHistoryPoint){ {
      [SVPN_HISTORY_RTT_MS] = NAN,
      [SVPN_HISTORY_JITTER_MS] = NAN,
      [SVPN_HISTORY_LOSS_RATIO] = NAN,
      [SVPN_HISTORY_BYTES_SENT] = (double) sum.bytes_sent,
      [SVPN_HISTORY_BYTES_RECEIVED] = (double) sum.bytes_received,
      [SVPN_HISTORY_DROPS_HIGH] = (double) sum.drops_qos_high,
      [SVPN_HISTORY_DROPS_NORMAL] = (double) sum.drops_qos_normal,
      [SVPN_HISTORY_DROPS_LOW] = (double) sum.drops_qos_low,
  } };
  if (dpd != NULL)
    svpn_dpd_read (dpd, &now->values[SVPN_HISTORY_RTT_MS], &now->values[SVPN_HISTORY_JITTER_MS],
                   &now->values[SVPN_HISTORY_LOSS_RATIO]);
}

void
svpn_client_take_session (SvpnClient *client, SvpnPeer *peer, SvpnWelcome *welcome,
                          const char *remote_address)
{
  svpn_client_history_resume (client->history);
  retire_peer (client);
  client->peer = peer;
  client->session_us = svpn_clock_boot_us (client->clock);
  svpn_peer_set_events (peer, &peer_events, client);
  svpn_peer_set_qos (peer, client->config->qos);
  g_clear_pointer (&client->welcome, svpn_welcome_free);
  client->welcome = welcome;
  g_free (client->remote_address);
  client->remote_address = g_strdup (remote_address);
  svpn_client_tun_set_session (client->tun, peer, welcome);
  if (client->history == NULL) {
    client->history = svpn_client_history_new (client->clock, read_line, client);
    svpn_client_tun_set_history (client->tun, client->history);
  }
  svpn_client_enter_state (client, SVPN_CLIENT_CONNECTED, remote_address);
  /* The first keepalive also shows the server that we have the keys: only then does a returning client get its
   * session. */
  svpn_peer_start_dpd (peer, &client->config->keepalive);
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
  client->retry_timer = svpn_timer_new (clock, svpn_client_start_attempt, client);
  client->report_timer = svpn_timer_new (clock, on_report_due, client);
  client->tun = svpn_client_tun_new (clock, on_tun_failed, client);
  svpn_client_start_attempt (client);
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
  svpn_client_cancel_attempt (client);
  switch (client->state) {
  case SVPN_CLIENT_CONNECTING:
    client->end_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled, client, NULL);
    return;
  case SVPN_CLIENT_CONNECTED:
    drop_old_peer (client);
    svpn_peer_disconnect (client->peer, reason);
    return;
  case SVPN_CLIENT_RECONNECTING:
    svpn_client_end (client, reason);
    return;
  case SVPN_CLIENT_ENDED:
    return;
  }
}

void
svpn_client_free (SvpnClient *client)
{
  g_clear_handle_id (&client->end_source, g_source_remove);
  drop_old_peer (client);
  svpn_client_history_free (client->history);
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
  g_free (client->failure);
  svpn_client_config_unref (client->config);
  g_free (client);
}

void
svpn_client_statistics (SvpnClient *client, GVariantDict *dict)
{
  SvpnCounters sum = sum_counters (client);

  sum.drops_no_route += svpn_client_tun_get_drops (client->tun);
  if (client->peer != NULL)
    svpn_peer_queues_to_dict (client->peer, dict);
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

GVariant *
svpn_client_get_history (SvpnClient *client, guint span_s)
{
  return client->history != NULL ? svpn_client_history_to_variant (client->history, span_s) : NULL;
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
