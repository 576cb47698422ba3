/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The manual page, with the parts that come from the tables. */
#include "manual.h"
#include "command-table.h"
#include "exit-status.h"

#include <stdio.h>

/* @text for troff: with minus signs for dashes, one sentence a line, and no control character at its beginning. */
static char *
escape_troff (const char *text)
{
  GString *escaped = g_string_new (text);

  g_string_replace (escaped, "\\", "\\e", 0);
  g_string_replace (escaped, "-", "\\-", 0);
  g_string_replace (escaped, ". ", ".\n", 0);
  if (*text == '.' || *text == '\'')
    g_string_prepend (escaped, "\\&");
  return g_string_free (escaped, FALSE);
}

static void
print_text (const char *text)
{
  g_autofree char *escaped = escape_troff (text);

  printf ("%s\n", escaped);
}

static void
print_option (const SvpnOption *option)
{
  g_autofree char *name = escape_troff (option->name), *help = escape_troff (option->help);

  printf (".TP\n");
  if (option->letter != 0)
    printf ("\\fB\\-%c\\fR, ", option->letter);
  printf ("\\fB\\-\\-%s\\fR", name);
  printf (option->argument != NULL ? "=\\fI%s\\fR\n" : "\n", option->argument);
  printf ("%s.\n", help);
}

static void
print_command (const SvpnCommand *command)
{
  g_autofree char *arguments = escape_troff (command->arguments != NULL ? command->arguments : "");

  printf (".SS smartvpnctl %s%s%s\n", command->name, *arguments != '\0' ? " " : "", arguments);
  print_text (command->summary);
  if (command->text != NULL)
    print_text (command->text);
  if (command->aliases != NULL) {
    g_autofree char *aliases = g_strdup_printf ("Also called: %s.", command->aliases);

    print_text (aliases);
  }
  for (const SvpnOption *const *option = command->options; *option != NULL; option++)
    print_option (*option);
}

static void
print_commands (void)
{
  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
    print_command (command);
}

static void
print_exit_statuses (void)
{
  for (const SvpnExitStatus *status = svpn_exit_statuses; status->meaning != NULL; status++)
    printf (".TP\n%d\n%s\n", status->status, status->meaning);
}

int
svpn_manual_print (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (file, &text, NULL, &error)) {
    fprintf (stderr, "smartvpnctl: %s\n", error->message);
    return SVPN_EXIT_FAILED;
  }
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_equal (*line, "@COMMANDS@"))
      print_commands ();
    else if (g_str_equal (*line, "@EXIT_STATUS@"))
      print_exit_statuses ();
    else
      puts (*line);
  return SVPN_EXIT_OK;
}
