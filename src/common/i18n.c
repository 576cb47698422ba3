/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Messages in the user's language. */
#include "i18n.h"

#include <libintl.h>
#include <locale.h>

void
svpn_i18n_init (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, SVPN_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

const char *
svpn_i18n_translate (const char *text)
{
  static gsize is_bound = 0;

  if (g_once_init_enter (&is_bound)) {
    bindtextdomain (GETTEXT_PACKAGE, SVPN_LOCALE_DIR);
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    g_once_init_leave (&is_bound, 1);
  }
  return g_dgettext (GETTEXT_PACKAGE, text);
}

void
svpn_i18n_end (void)
{
  setlocale (LC_MESSAGES, "C");
}
