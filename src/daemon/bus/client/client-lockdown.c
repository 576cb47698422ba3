/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * When a client's profile closes the lockdown, and when it opens it.
 *
 * `while-connected` is closed from Connect() on until Disconnect(): neither a failure nor a goodbye of the server, nor the
 * death of worker or smartvpnd opens it. `always` is closed as long as the profile says so. */
#include "client-lockdown.h"
#include "object-path.h"

#define SCOPE SVPN_SCOPE_CLIENT

static const char *
mode_of (GVariant *settings)
{
  return svpn_settings_get_string (SCOPE, settings, "lockdown");
}

static void
show (SvpnClientObject *self)
{
  svpn_dbus_client_set_lockdown (self->skeleton, svpn_lockdown_is_closed (self->lockdown));
}

static gboolean
close_it (SvpnClientObject *self, GVariant *settings, GError **error)
{
  gboolean local_networks
      = g_str_equal (svpn_settings_get_string (SCOPE, settings, "local-networks"), "allow");
  gboolean closed = svpn_lockdown_close (self->lockdown, self->worker_uid, local_networks, error);

  show (self);
  return closed;
}

static void
open_it (SvpnClientObject *self)
{
  svpn_lockdown_open (self->lockdown);
  show (self);
}

gboolean
svpn_client_lockdown_begin (SvpnClientObject *self, GVariant *settings, GError **error)
{
  return g_str_equal (mode_of (settings), "off") || close_it (self, settings, error);
}

void
svpn_client_lockdown_follow (SvpnClientObject *self, GVariant *profile)
{
  g_autoptr (GError) error = NULL;

  if (profile != NULL && g_str_equal (mode_of (profile), "always")
      && !svpn_lockdown_is_closed (self->lockdown) && !close_it (self, profile, &error))
    g_warning ("%s: the lockdown cannot be closed: %s", svpn_tunnel_get_id (self->tunnel), error->message);
  show (self);
}

void
svpn_client_lockdown_set (SvpnClientObject *self, GVariant *profile)
{
  gboolean wanted
      = g_str_equal (mode_of (profile), "always")
        || (g_str_equal (mode_of (profile), "while-connected") && !svpn_tunnel_is_down (self->tunnel));
  g_autoptr (GError) error = NULL;

  if (!wanted)
    open_it (self);
  else if (!close_it (self, profile, &error))
    g_warning ("%s: the lockdown cannot be closed: %s", svpn_tunnel_get_id (self->tunnel), error->message);
}

gboolean
svpn_client_lockdown_end (SvpnClientObject *self)
{
  g_autoptr (GVariant) profile = svpn_store_load (self->store, SCOPE, self->name, NULL);
  gboolean was_closed = svpn_lockdown_is_closed (self->lockdown);

  if (profile == NULL || !g_str_equal (mode_of (profile), "always"))
    open_it (self);
  return was_closed;
}

static gboolean
close_at_boot (const SvpnEnvironment *environment, SvpnStore *store, const char *name, GError **error)
{
  g_autoptr (GVariant) profile = svpn_store_load (store, SCOPE, name, NULL);
  g_autofree char *id = svpn_tunnel_id_from_name (SCOPE, name);

  if (profile == NULL || !g_str_equal (mode_of (profile), "always"))
    return TRUE;
  g_autoptr (SvpnLockdown) lockdown = svpn_lockdown_new (environment->state_dir, id);
  return svpn_lockdown_close (
      lockdown, environment->worker_uid,
      g_str_equal (svpn_settings_get_string (SCOPE, profile, "local-networks"), "allow"), error);
}

gboolean
svpn_client_lockdown_boot (const SvpnEnvironment *environment, GError **error)
{
  g_autoptr (SvpnStore) store = svpn_store_new (environment->config_dir);
  g_auto (GStrv) names = svpn_store_list (store, SCOPE);

  for (char **name = names; *name != NULL; name++)
    if (!close_at_boot (environment, store, *name, error))
      return FALSE;
  return TRUE;
}
