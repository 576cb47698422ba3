/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which settings of a running server have changed in a way that takes a restart. */
#include "server-object-private.h"
#include "x25519.h"

#define SCOPE SVPN_SCOPE_SERVER

/* Whether the profile has another private key than the one the server runs with. */
static gboolean
has_other_key (SvpnServerObject *self)
{
  g_autoptr (GVariant) profile = svpn_store_load (self->store, SCOPE, self->name, NULL);
  const char *private_key = profile != NULL ? svpn_settings_get_string (SCOPE, profile, "private-key") : NULL;
  g_autofree char *public_key = private_key != NULL ? svpn_x25519_to_public (private_key) : NULL;

  return public_key != NULL && !g_str_equal (public_key, svpn_dbus_server_get_public_key (self->skeleton));
}

char **
svpn_server_needs_restart (SvpnServerObject *self)
{
  g_autoptr (GVariant) stored = svpn_tunnel_load_again (self->tunnel, NULL);
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();

  if (stored != NULL) {
    g_auto (GStrv) changed = svpn_tunnel_changed (self->tunnel, stored, FALSE);

    g_strv_builder_addv (keys, (const char **) changed);
  }
  if (has_other_key (self))
    g_strv_builder_add (keys, "private-key");
  return g_strv_builder_end (keys);
}
