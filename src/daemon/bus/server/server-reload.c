/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Reload() of org.smartvpn.Server.
 *
 * How it works: what can be wrong with files and profile is found before anything changes. Then the worker takes the
 * certificate, then the settings; once it has them, the network follows, and they are the tunnel's settings. */
#include "calls.h"
#include "error.h"
#include "server-object-private.h"
#include "worker-settings.h"

#define SCOPE SVPN_SCOPE_SERVER

typedef struct {
  SvpnServerObject *self;
  GDBusMethodInvocation *invocation;
  GVariant *stored; /* what the settings are to be */
  char **live;      /* those of them that change */
} Reload;

static void
reload_free (Reload *reload)
{
  g_object_unref (reload->self);
  g_variant_unref (reload->stored);
  g_strfreev (reload->live);
  g_free (reload);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reload, reload_free)

static void
complete (Reload *reload)
{
  SvpnServerObject *self = reload->self;

  svpn_server_tunnel_take_findings (self);
  svpn_dbus_server_complete_reload (self->skeleton, reload->invocation);
}

static void
refuse (Reload *reload, GError *error)
{
  g_dbus_method_invocation_take_error (reload->invocation, error);
}

/* Called when the worker has the settings. A network that is not as they say would be open where it should not be, so then
 * the server ends. */
static void
take_settings (Reload *reload, SvpnDbusWorker *worker)
{
  SvpnServerObject *self = reload->self;
  g_autofree char *keys = g_strjoinv (", ", reload->live);
  g_autoptr (GError) error = NULL;

  svpn_tunnel_take_live (self->tunnel, reload->stored);
  if (!svpn_server_tunnel_apply_network (self, &error)) {
    svpn_tunnel_fail (self->tunnel, g_error_copy (error));
    refuse (reload, g_steal_pointer (&error));
    return;
  }
  g_message ("%s: changed while it runs: %s", svpn_tunnel_get_id (self->tunnel), keys);
  svpn_server_tell_authorized_clients (self, worker); /* some go by the server's burst */
  complete (reload);
}

/* Called when the worker has answered. */
static void
on_reconfigured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Reload) reload = user_data;
  SvpnTunnel *tunnel = reload->self->tunnel;
  GError *error = NULL;

  if (svpn_dbus_worker_call_reconfigure_finish (SVPN_DBUS_WORKER (source), result, &error)) {
    if (svpn_tunnel_is_up (tunnel))
      take_settings (reload, SVPN_DBUS_WORKER (source));
    else
      refuse (reload, svpn_tunnel_not_up (tunnel));
  } else {
    refuse (reload, svpn_worker_error (error));
  }
}

static void
reconfigure (Reload *reload, SvpnDbusWorker *worker)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariant *running = svpn_tunnel_get_settings (reload->self->tunnel);
  g_autoptr (GVariant) settings = svpn_settings_take_live (SCOPE, running, reload->stored);

  if (*reload->live == NULL) {
    complete (reload);
    reload_free (reload);
    return;
  }
  svpn_worker_settings_add_changeable (&dict, settings);
  svpn_dbus_worker_call_reconfigure (worker, g_variant_dict_end (&dict), NULL, on_reconfigured, reload);
}

/* Called when the worker has answered. */
static void
on_certificate_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Reload) reload = user_data;
  SvpnTunnel *tunnel = reload->self->tunnel;
  GError *error = NULL;

  if (!svpn_dbus_worker_call_set_certificate_finish (SVPN_DBUS_WORKER (source), result, &error))
    refuse (reload, svpn_worker_error (error));
  else if (!svpn_tunnel_is_up (tunnel))
    refuse (reload, svpn_tunnel_not_up (tunnel));
  else
    reconfigure (g_steal_pointer (&reload), SVPN_DBUS_WORKER (source));
}

static Reload *
prepare (SvpnServerObject *self, GDBusMethodInvocation *invocation, GError **error)
{
  g_autoptr (GVariant) stored = svpn_tunnel_load_again (self->tunnel, error);
  Reload *reload;

  if (stored == NULL)
    return NULL;
  reload = g_new0 (Reload, 1);
  reload->self = g_object_ref (self);
  reload->invocation = invocation;
  reload->live = svpn_tunnel_changed (self->tunnel, stored, TRUE);
  reload->stored = g_steal_pointer (&stored);
  return reload;
}

void
svpn_server_reload (SvpnServerObject *self, GDBusMethodInvocation *invocation)
{
  SvpnDbusWorker *worker = svpn_call_worker (self->tunnel, invocation);
  g_autofree char *certificate = NULL;
  g_autoptr (SvpnSecretText) key = NULL;
  GError *error = NULL;
  Reload *reload;

  if (worker == NULL)
    return;
  svpn_network_check (svpn_tunnel_get_network (self->tunnel));
  if (!svpn_server_parts_load_certificate (svpn_tunnel_get_settings (self->tunnel), &certificate, &key,
                                           &error)
      || (reload = prepare (self, invocation, &error)) == NULL)
    g_dbus_method_invocation_take_error (invocation, error);
  else if (certificate != NULL)
    svpn_dbus_worker_call_set_certificate (worker, certificate, key, NULL, on_certificate_set, reload);
  else
    reconfigure (reload, worker);
}
