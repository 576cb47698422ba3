/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A start that is tried until it succeeds: at boot the network may not be there yet, and a worker may die.
 *
 * How it works: the tunnel stays in the state STARTING. When an attempt has failed and everything is undone, a timer begins
 * the next one, with what the profile then says, and the tunnel does not enter FAILED. */
#include "backoff.h"
#include "tunnel-private.h"

#define LASTING_US (60 * G_USEC_PER_SEC) /* a worker that dies later has not died of its start */

gboolean
svpn_tunnel_is_persistent (SvpnTunnel *self)
{
  return self->persistent;
}

gboolean
svpn_tunnel_survives (gboolean was_up, int status, gboolean autostart, gboolean reconnects)
{
  return was_up && status != 0 && autostart && reconnects;
}

static gboolean
has_autostart (SvpnScope scope, GVariant *settings)
{
  return svpn_settings_get_bool (scope, settings, scope == SVPN_SCOPE_CLIENT ? "autoconnect" : "autostart");
}

void
svpn_tunnel_on_death (SvpnTunnel *self, int status)
{
  SvpnScope scope = self->ops->scope;
  g_autoptr (GVariant) stored = svpn_tunnel_load_again (self, NULL);
  gboolean reconnects = stored == NULL || scope != SVPN_SCOPE_CLIENT
                        || svpn_settings_get_bool (scope, stored, "auto-reconnect");

  if (stored == NULL || !svpn_tunnel_survives (TRUE, status, has_autostart (scope, stored), reconnects))
    return;
  if (g_get_monotonic_time () - self->since_us >= LASTING_US)
    self->n_attempts = 0;
  self->attempts_max = 0;
  self->persistent = TRUE;
  g_clear_pointer (&self->retry_options, g_variant_unref);
  self->retry_options = g_variant_ref (self->options);
}

static void
attempt (SvpnTunnel *self)
{
  g_auto (SvpnStart) start = { 0 };
  GError *error = NULL;

  self->n_attempts++;
  self->persistent = svpn_tunnel_load (self, self->retry_options, &start, &error);
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
svpn_tunnel_try_again (SvpnTunnel *self, const GError *failure, const char *reason)
{
  guint wait_ms = svpn_backoff_ms (self->n_attempts, g_random_int ());

  if (!self->persistent || svpn_error_is_final (failure)
      || (self->attempts_max != 0 && self->n_attempts >= self->attempts_max))
    return FALSE;
  if (self->state == SVPN_TUNNEL_STARTING)
    g_message ("%s: attempt %u has failed, the next one is in %.1f s: %s", self->id, self->n_attempts,
               wait_ms / 1000.0, failure->message);
  else
    g_message ("%s is started again in %.1f s: %s", self->id, wait_ms / 1000.0, failure->message);
  svpn_tunnel_begin (self);
  self->retry_source = g_timeout_add (wait_ms, on_retry_time, self);
  svpn_tunnel_enter_state (self, SVPN_TUNNEL_STARTING, reason);
  self->ops->tried (self->owner);
  return TRUE;
}

void
svpn_tunnel_persist_async (SvpnTunnel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  if (!svpn_tunnel_take_start (self, callback, user_data))
    return;
  self->n_attempts = 0;
  g_clear_pointer (&self->retry_options, g_variant_unref);
  attempt (self);
}
