/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile with all that is stored for it. */
#include "stored-profile.h"
#include "authorized-clients.h"

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
