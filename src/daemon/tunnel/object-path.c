/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The name of a profile, its object path on the bus, and the id of its tunnel. */
#include "object-path.h"
#include "names.h"
#include "store.h"

char *
svpn_object_path_from_name (SvpnScope scope, const char *name)
{
  GString *path = g_string_new (scope == SVPN_SCOPE_CLIENT ? SVPN_CLIENTS_PATH "/" : SVPN_SERVERS_PATH "/");

  for (const char *c = name; *c != '\0'; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (path, *c);
    else
      g_string_append_printf (path, "_%02x", (guint) (guchar) *c);
  }
  return g_string_free (path, FALSE);
}

char *
svpn_tunnel_id_from_name (SvpnScope scope, const char *name)
{
  return g_strconcat (scope == SVPN_SCOPE_CLIENT ? "client-" : "server-", name, NULL);
}

gboolean
svpn_tunnel_id_parse (const char *id, SvpnScope *scope, const char **name)
{
  if (g_str_has_prefix (id, "client-"))
    *scope = SVPN_SCOPE_CLIENT;
  else if (g_str_has_prefix (id, "server-"))
    *scope = SVPN_SCOPE_SERVER;
  else
    return FALSE;
  *name = id + strlen ("client-");
  return svpn_store_name_is_valid (*name);
}
