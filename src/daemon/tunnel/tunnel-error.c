/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The last error of a tunnel that is down. */
#include "tunnel-error.h"
#include "state-file.h"

#define SUFFIX ".error"
#define MESSAGE_KEY "message"

static char *
error_path (const char *state_dir, const char *id)
{
  return g_strdup_printf ("%s/%s" SUFFIX, state_dir, id);
}

char *
svpn_tunnel_error_load (const char *state_dir, const char *id)
{
  g_autofree char *path = error_path (state_dir, id);
  g_autoptr (GVariant) state = svpn_state_file_load (path);
  char *message = NULL;

  if (state != NULL)
    g_variant_lookup (state, MESSAGE_KEY, "s", &message);
  return message;
}

void
svpn_tunnel_error_save (const char *state_dir, const char *id, const char *message)
{
  g_autofree char *path = error_path (state_dir, id);
  g_autoptr (GError) error = NULL;

  if (message == NULL)
    svpn_state_file_remove (path);
  else if (!svpn_state_file_save (path, g_variant_new_parsed ("{%s: <%s>}", MESSAGE_KEY, message), &error))
    g_warning ("%s", error->message);
}
