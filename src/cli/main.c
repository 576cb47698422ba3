/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnctl: drives and watches smartvpnd. */
#include "cli.h"
#include "i18n.h"
#include "print.h"

#include <sodium.h>

/* Called when the library cannot read what smartvpnd sends. */
static void
on_library_warning (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  svpn_say ("%s", message);
}

int
main (int argc, char **argv)
{
  svpn_i18n_init ();
  g_log_set_handler ("smartvpn", G_LOG_LEVEL_WARNING, on_library_warning, NULL);
  if (sodium_init () < 0)
    g_error ("libsodium cannot be used");
  return svpn_cli_run (argc, argv);
}
