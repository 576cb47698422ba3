/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The list of commands that --help prints. */
#include "help.h"
#include "command-table.h"
#include "i18n.h"
#include "print.h"

#include <string.h>

gboolean
svpn_help_is_in_group (const SvpnCommand *command, const char *group)
{
  gsize length = strlen (group);

  return strncmp (command->name, group, length) == 0 && command->name[length] == ' ';
}

gboolean
svpn_help_is_group (const char *word)
{
  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
    if (svpn_help_is_in_group (command, word))
      return TRUE;
  return FALSE;
}

void
svpn_help_print (FILE *stream, const char *group)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  g_autofree char *rows = NULL, *text = NULL;

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++) {
    g_autofree char *line = g_strdup_printf ("  %s %s", command->name,
                                             command->arguments != NULL ? _ (command->arguments) : "");

    if (group == NULL || svpn_help_is_in_group (command, group))
      svpn_table_add (table, line, _ (command->summary));
  }
  rows = svpn_table_to_text (table, FALSE);
  text = g_strdup_printf (
      _ ("Usage: smartvpnctl COMMAND [ARGUMENT]...\n\nControls the SmartVPN service, and shows its "
         "state.\n\n%s\n"
         "smartvpnctl COMMAND --help shows the options of a command, smartvpnctl --version the version.\n"),
      rows);
  svpn_print_help (stream, text);
}
