/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile with all that is stored for it. */
#include "stored-profile.h"
#include "authorized-clients.h"
#include "error.h"
#include "x25519.h"

/* @settings with the public key of their private key, by which a private key that gets lost is noticed. Full reference. */
static GVariant *
with_public_key (SvpnScope scope, GVariant *settings)
{
  const char *private_key = svpn_settings_get_string (scope, settings, "private-key");
  g_autofree char *public_key = private_key != NULL ? svpn_x25519_to_public (private_key) : NULL;

  if (public_key == NULL)
    return g_variant_ref (settings);
  g_autoptr (GVariant) entry = g_variant_ref_sink (g_variant_new_parsed ("{'public-key': <%s>}", public_key));
  return svpn_settings_merge (settings, entry);
}

gboolean
svpn_stored_profile_check_key (SvpnScope scope, const char *name, GVariant *settings, GError **error)
{
  const char *private_key = svpn_settings_get_string (scope, settings, "private-key");
  const char *noted = svpn_settings_get_string (scope, settings, "public-key");
  g_autofree char *public_key = private_key != NULL ? svpn_x25519_to_public (private_key) : NULL;

  if (noted == NULL || g_strcmp0 (noted, public_key) == 0)
    return TRUE;
  g_set_error (
      error, SVPN_ERROR, SVPN_ERROR_FAILED,
      "secrets/%s-%s.json %s the private key that belongs to public-key, %s. Restore that file from a "
      "backup, or unset public-key: %s",
      scope == SVPN_SCOPE_SERVER ? "server" : "client", name,
      private_key != NULL ? "has another key than" : "lacks", noted,
      scope == SVPN_SCOPE_SERVER ? "the server then makes a new key, and needs new invitations"
                                 : "the client then connects without that key");
  return FALSE;
}

gboolean
svpn_stored_profile_save (SvpnStore *store, SvpnScope scope, const char *name, GVariant *settings,
                          GError **error)
{
  g_autoptr (GVariant) noted = with_public_key (scope, settings);

  return svpn_store_save (store, scope, name, noted, error);
}

/* A later server of the same name must not let the same clients in, so the list goes first. */
gboolean
svpn_stored_profile_remove (SvpnStore *store, const char *config_dir, SvpnScope scope, const char *name,
                            GError **error)
{
  if (scope == SVPN_SCOPE_SERVER && !svpn_authorized_clients_remove (config_dir, name, error))
    return FALSE;
  return svpn_store_remove (store, scope, name, error);
}

static gboolean
copy_clients (const char *config_dir, SvpnScope scope, const char *name, const char *new_name, GError **error)
{
  g_autoptr (GVariant) clients = NULL;

  if (scope != SVPN_SCOPE_SERVER)
    return TRUE;
  clients = svpn_authorized_clients_load (config_dir, name, error);
  return clients != NULL && svpn_authorized_clients_save (config_dir, new_name, clients, error);
}

gboolean
svpn_stored_profile_rename (SvpnStore *store, const char *config_dir, SvpnScope scope, const char *name,
                            const char *new_name, GError **error)
{
  g_autoptr (GError) ignored = NULL;

  if (!svpn_store_copy (store, scope, name, new_name, error))
    return FALSE;
  if (copy_clients (config_dir, scope, name, new_name, error))
    return svpn_stored_profile_remove (store, config_dir, scope, name, error);
  if (!svpn_stored_profile_remove (store, config_dir, scope, new_name, &ignored))
    g_warning ("%s", ignored->message);
  return FALSE;
}
