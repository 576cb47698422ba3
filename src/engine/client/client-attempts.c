/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How a client's tunnel gets a session: at first, after a loss, and when the network below has changed.
 *
 * How it works: when the way to the server is another one, the session that we have runs over the old way, and may be dead
 * or not. So an attempt opens another one beside it (make before break), which takes its place; meanwhile packets go on over
 * the old one. Where there is no way at all, attempts wait, and do not count.
 *
 * A server, or something before it, may let every session in and break it at once. So when sessions do not last, each but the
 * first of them counts as an attempt that failed. */
#include "backoff.h"
#include "client-private.h"
#include "error.h"
#include "random-pool.h"
#include "reason.h"

void
svpn_client_schedule_attempt_in (SvpnClient *client, guint64 delay_ms)
{
  client->retry_us = svpn_clock_boot_us (client->clock) + delay_ms * 1000;
  svpn_timer_arm_at (client->retry_timer, client->retry_us);
}

void
svpn_client_schedule_attempt (SvpnClient *client)
{
  guint n_failures = client->n_attempts + (client->n_brief > 0 ? client->n_brief - 1 : 0);

  if (!client->offline)
    svpn_client_schedule_attempt_in (client, svpn_backoff_ms (n_failures, svpn_random_u32 ()));
}

gboolean
svpn_client_get_retry (SvpnClient *client, SvpnRetry *retry)
{
  guint64 now_us = svpn_clock_boot_us (client->clock);
  gboolean runs = client->attempt != NULL;

  if (client->state != SVPN_CLIENT_RECONNECTING)
    return FALSE;
  *retry = (SvpnRetry){
    .attempt = client->n_attempts + (runs ? 0 : 1),
    .waits = client->offline,
    .next_ms
    = !runs && !client->offline && client->retry_us > now_us ? (client->retry_us - now_us) / 1000 : 0,
    .lost_ms = (now_us - client->lost_us) / 1000,
    .reason = client->failure != NULL ? client->failure : client->loss_reason,
  };
  return TRUE;
}

void
svpn_client_report_retry (SvpnClient *client)
{
  SvpnRetry retry;

  if (svpn_client_get_retry (client, &retry))
    client->events->retrying (&retry, client->user_data);
}

void
svpn_client_cancel_attempt (SvpnClient *client)
{
  g_clear_pointer (&client->attempt, svpn_attempt_free);
  svpn_timer_disarm (client->retry_timer);
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
  gboolean first = client->state == SVPN_CLIENT_CONNECTING;

  svpn_client_take_session (client, peer, welcome, remote_address);
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
  switch (client->state) {
  case SVPN_CLIENT_CONNECTING:
    client->events->failed (error, client->user_data);
    return;
  case SVPN_CLIENT_CONNECTED: /* the present session may stand: it is checked meanwhile */
    g_message ("another session, attempt %u: %s", client->n_attempts, error->message);
    svpn_peer_probe (client->peer);
    svpn_client_schedule_attempt (client);
    return;
  case SVPN_CLIENT_RECONNECTING:
    g_message ("reconnecting, attempt %u: %s", client->n_attempts, error->message);
    g_free (client->failure);
    client->failure = svpn_reason_of_error (error);
    if (svpn_error_is_final (error) || (max != 0 && client->n_attempts >= max))
      svpn_client_end (client, client->failure);
    else
      svpn_client_schedule_attempt (client);
    svpn_client_report_retry (client);
    return;
  case SVPN_CLIENT_ENDED:
    return;
  }
}

static const SvpnAttemptEvents attempt_events = {
  .succeeded = on_succeeded,
  .failed = on_failed,
};

void
svpn_client_start_attempt (gpointer user_data)
{
  SvpnClient *client = user_data;
  const char *lease = client->welcome != NULL ? client->welcome->lease : client->config->lease;

  client->n_attempts++;
  /* The first attempt after a loss, and every other one, goes to where the server was; the rest look its name up. */
  client->pin.first = client->state != SVPN_CLIENT_CONNECTING && client->n_attempts % 2 == 1;
  client->attempt
      = svpn_attempt_new (client->config, client->clock, lease, &client->pin, &attempt_events, client);
}

/* --- the network below --- */

static void
move (SvpnClient *client)
{
  svpn_client_cancel_attempt (client);
  client->n_attempts = 0;
  if (client->state == SVPN_CLIENT_CONNECTED) {
    g_free (client->loss_reason);
    client->loss_reason = svpn_reason_text (SVPN_REASON_NETWORK_CHANGED, NULL);
    client->lost_us = svpn_clock_boot_us (client->clock);
  }
  svpn_client_start_attempt (client);
  svpn_client_report_retry (client);
}

void
svpn_client_network_changed (SvpnClient *client, SvpnNetworkChange change)
{
  gboolean was_offline = client->offline;

  if (client->state == SVPN_CLIENT_CONNECTING || client->state == SVPN_CLIENT_ENDED
      || client->leave_reason != NULL)
    return;
  client->offline = change == SVPN_NETWORK_LOST;
  switch (change) {
  case SVPN_NETWORK_LOST:
    g_message ("there is no network");
    svpn_client_cancel_attempt (client);
    svpn_client_report_retry (client);
    break;
  case SVPN_NETWORK_MOVED:
    g_message ("the network has changed");
    if (client->config->auto_reconnect)
      move (client);
    return;
  case SVPN_NETWORK_CHECK:
    if (was_offline || (client->state == SVPN_CLIENT_RECONNECTING && client->attempt == NULL)) {
      move (client);
      return;
    }
    break;
  }
  if (client->peer != NULL)
    svpn_peer_probe (client->peer);
}
