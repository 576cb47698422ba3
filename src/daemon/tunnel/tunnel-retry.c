/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A start that is tried until it succeeds: at boot the network may not be there yet.
 *
 * How it works: the tunnel stays in the state STARTING. When an attempt has failed and everything is undone, a timer begins
 * the next one, with what the profile then says, and the tunnel does not enter FAILED. */
#include "backoff.h"
#include "tunnel-private.h"

static void
attempt (SvpnTunnel *self)
{
  g_auto (SvpnStart) start = { 0 };
  GError *error = NULL;

  self->n_attempts++;
  self->persistent = svpn_tunnel_load (self, NULL, &start, &error);
  self->attempts_max = start.attempts_max;
  if (self->persistent)
    svpn_tunnel_go_up (self, &start);
  else
    svpn_tunnel_fail (self, error);
}

static gboolean
on_retry_time (gpointer user_data)
{
  SvpnTunnel *self = user_data;

  self->retry_source = 0;
  attempt (self);
  return G_SOURCE_REMOVE;
}

gboolean
svpn_tunnel_try_again (SvpnTunnel *self, const GError *failure)
{
  guint wait_ms = svpn_backoff_ms (self->n_attempts, g_random_int ());

  if (!self->persistent || svpn_error_is_final (failure)
      || (self->attempts_max != 0 && self->n_attempts >= self->attempts_max))
    return FALSE;
  g_message ("%s: attempt %u has failed, the next one is in %.1f s: %s", self->id, self->n_attempts,
             wait_ms / 1000.0, failure->message);
  svpn_tunnel_begin (self);
  self->retry_source = g_timeout_add (wait_ms, on_retry_time, self);
  self->ops->tried (self->owner);
  return TRUE;
}

void
svpn_tunnel_persist_async (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  if (!svpn_tunnel_take_start (self, callback, user_data))
    return;
  self->n_attempts = 0;
  attempt (self);
}
