/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings that have changed while a tunnel is up.
 *
 * How it works: what the tunnel runs with is not only the profile. The options of the call that started it are over it, and
 * the way up puts in more (real ports, a key). So beside its settings, the tunnel remembers what profile and options said,
 * and compares with what they say now. */
#include "tunnel-private.h"
#include "tunnel-record.h"

GVariant *
svpn_tunnel_load_again (SvpnTunnel *self, GError **error)
{
  g_auto (SvpnStart) start = { 0 };

  return svpn_tunnel_load (self, self->options, &start, error)
             ? svpn_settings_without_secrets (self->ops->scope, start.settings)
             : NULL;
}

char **
svpn_tunnel_changed (SvpnTunnel *self, GVariant *stored, gboolean live)
{
  return svpn_settings_changed (self->ops->scope, self->wanted != NULL ? self->wanted : stored, stored, live);
}

static void
take (SvpnScope scope, GVariant **settings, GVariant *stored)
{
  g_autoptr (GVariant) before = *settings;

  *settings = svpn_settings_take_live (scope, before, stored);
}

void
svpn_tunnel_take_live (SvpnTunnel *self, GVariant *stored)
{
  const char *state_dir = self->environment->state_dir;
  SvpnScope scope = self->ops->scope;
  g_autoptr (SvpnTunnelRecord) record = svpn_tunnel_record_load (state_dir, scope, self->id);
  g_autoptr (GError) error = NULL;

  take (scope, &self->settings, stored);
  if (self->wanted != NULL)
    take (scope, &self->wanted, stored);
  if (record == NULL)
    return;
  take (scope, &record->settings, stored);
  if (record->wanted != NULL)
    take (scope, &record->wanted, stored);
  if (!svpn_tunnel_record_save (state_dir, self->id, record, &error))
    g_warning ("%s: %s", self->id, error->message);
}
