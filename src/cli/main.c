/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnctl: drives and watches smartvpnd. */
#include "cli.h"
#include "i18n.h"

#include <sodium.h>

int
main (int argc, char **argv)
{
  svpn_i18n_init ();
  if (sodium_init () < 0)
    g_error ("libsodium cannot be used");
  return svpn_cli_run (argc, argv);
}
