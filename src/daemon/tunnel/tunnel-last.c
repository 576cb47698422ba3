/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How the last run of a tunnel ended. */
#include "tunnel-last.h"
#include "error.h"
#include "reason.h"
#include "state-file.h"

static char *
last_path (const char *state_dir, const char *id)
{
  return g_strdup_printf ("%s/%s.last", state_dir, id);
}

void
svpn_tunnel_last_set_error (SvpnTunnelLast *last, const GError *error)
{
  g_free (last->error_message);
  last->error_name = error != NULL ? svpn_error_name (error) : NULL;
  last->error_message = error != NULL ? g_strdup (error->message) : NULL;
}

void
svpn_tunnel_last_set_reason (SvpnTunnelLast *last, const char *reason)
{
  const char *message = reason != NULL ? svpn_reason_message (reason) : "";

  svpn_tunnel_last_set_error (last, NULL);
  last->error_message = *message != '\0' ? g_strdup (message) : NULL;
}

void
svpn_tunnel_last_load (SvpnTunnelLast *last, const char *state_dir, const char *id)
{
  g_autofree char *path = last_path (state_dir, id);
  g_autoptr (GVariant) file = svpn_state_file_load (path);
  const char *text, *error, *rest;

  if (file == NULL)
    return;
  if (g_variant_lookup (file, "reason", "&s", &text))
    last->reason = svpn_reason_split (text, SVPN_REASON_USER, &rest);
  if (g_variant_lookup (file, "error", "&s", &error) && svpn_error_is_name (error))
    last->error_name = g_intern_string (error);
  g_variant_lookup (file, "message", "s", &last->error_message);
}

void
svpn_tunnel_last_save (const SvpnTunnelLast *last, const char *state_dir, const char *id)
{
  g_autofree char *path = last_path (state_dir, id);
  g_autoptr (GError) error = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "reason", "s", last->reason);
  if (last->error_name != NULL)
    g_variant_dict_insert (&dict, "error", "s", last->error_name);
  if (last->error_message != NULL)
    g_variant_dict_insert (&dict, "message", "s", last->error_message);
  if (!svpn_state_file_save (path, g_variant_dict_end (&dict), &error))
    g_warning ("A later smartvpnd will not know how %s ended: %s", id, error->message);
}

void
svpn_tunnel_last_clear (SvpnTunnelLast *last)
{
  svpn_tunnel_last_set_error (last, NULL);
  last->reason = NULL;
}

void
svpn_tunnel_last_remove (SvpnTunnelLast *last, const char *state_dir, const char *id)
{
  g_autofree char *path = last_path (state_dir, id);

  svpn_tunnel_last_clear (last);
  svpn_state_file_remove (path);
}
