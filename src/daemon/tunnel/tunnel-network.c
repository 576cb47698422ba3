/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What happens to the network of a tunnel while it is up. */
#include "journal.h"
#include "tunnel-private.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

static void
on_restored (const char *const *what, gpointer user_data)
{
  SvpnTunnel *self = user_data;

  self->ops->network_restored (self->owner, what);
}

static void
on_changed (gpointer user_data)
{
  SvpnTunnel *self = user_data;

  self->ops->network_changed (self->owner);
}

static void
on_way_changed (gboolean reachable, gpointer user_data)
{
  SvpnTunnel *self = user_data;

  if (svpn_tunnel_is_up (self) && !self->winding_down && self->ops->way_changed != NULL)
    self->ops->way_changed (self->owner, reachable);
}

/* Called when the worker has the new device, or will not have it. */
static void
on_tun_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SvpnTunnel) self = user_data;
  GError *error = NULL;

  if (!svpn_dbus_worker_call_attach_tun_finish (SVPN_DBUS_WORKER (source), NULL, result, &error))
    svpn_tunnel_fail_call (self, error);
}

/* Called when somebody has deleted the device. */
static void
on_device_lost (gpointer user_data)
{
  SvpnTunnel *self = user_data;
  const char *const what[] = { "the device", NULL };
  GError *error = NULL;

  if (!svpn_tunnel_is_up (self) || self->winding_down)
    return;
  g_warning ("%s: another program has deleted the device %s", self->id,
             svpn_network_get_interface (self->network));
  int tun = svpn_network_replace_tun (self->network, &error);
  if (tun < 0) {
    svpn_tunnel_fail (self, error);
    return;
  }
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&tun, 1); /* which owns it */
  svpn_dbus_worker_call_attach_tun (svpn_worker_connection_get_proxy (self->worker), g_variant_new_handle (0),
                                    fds, self->cancellable, on_tun_attached, g_object_ref (self));
  self->ops->network_restored (self->owner, what);
  self->ops->network_changed (self->owner);
}

void
svpn_tunnel_watch_network (SvpnTunnel *self)
{
  static const SvpnNetworkEvents events = {
    .restored = on_restored,
    .changed = on_changed,
    .device_lost = on_device_lost,
    .way_changed = on_way_changed,
  };

  svpn_network_watch (self->network, &events, self);
}
