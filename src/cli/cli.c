/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The program: finds the command and runs it. */
#include "commands.h"
#include "complete.h"
#include "exit-status.h"
#include "i18n.h"
#include "manual.h"

#include <string.h>

/* ---- Help ---- */

static gboolean
is_in_group (const SvpnCommand *command, const char *group)
{
  gsize length = group != NULL ? strlen (group) : 0;

  return group == NULL || (strncmp (command->name, group, length) == 0 && command->name[length] == ' ');
}

/* All commands, or those whose first word is @group. */
static void
print_help (FILE *stream, const char *group)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  g_autofree char *text = NULL;

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++) {
    g_autofree char *line = g_strdup_printf ("  %s %s", command->name,
                                             command->arguments != NULL ? _ (command->arguments) : "");

    if (is_in_group (command, group))
      svpn_table_add (table, line, _ (command->summary));
  }
  text = svpn_table_to_text (table, FALSE);
  fprintf (stream,
           _ ("Usage: smartvpnctl COMMAND [ARGUMENT]...\n\nDrives and watches the SmartVPN service.\n\n%s\n"
              "smartvpnctl COMMAND --help shows the options of a command; --version the version.\n"),
           text);
}

static gboolean
is_group (const char *word)
{
  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
    if (is_in_group (command, word))
      return TRUE;
  return FALSE;
}

/* ---- Unknown commands ---- */

static const char *
nearest_command (const char *text)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
    g_ptr_array_add (names, (gpointer) command->name);
  g_ptr_array_add (names, NULL);
  return svpn_nearest (text, (const char *const *) names->pdata);
}

static int
refuse (char **words)
{
  g_autofree char *two = words[1] != NULL ? g_strdup_printf ("%s %s", words[0], words[1]) : NULL;
  const char *nearest = two != NULL ? nearest_command (two) : NULL;

  if (nearest == NULL)
    nearest = nearest_command (words[0]);
  if (nearest != NULL)
    svpn_say (_ ("there is no command '%s'; is it '%s'?"),
              two != NULL && is_group (words[0]) ? two : words[0], nearest);
  else
    svpn_say (_ ("there is no command '%s'; --help lists them"), words[0]);
  return SVPN_EXIT_USAGE;
}

/* ---- Running ---- */

static int
run_command (const SvpnCommand *command, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnInvocation) invocation = svpn_invocation_new (command, words, &error);

  if (invocation != NULL && command->run (invocation, &error))
    return invocation->status;
  g_dbus_error_strip_remote_error (error);
  svpn_say ("%s", error->message);
  return svpn_exit_status_of (error);
}

/* What a command line says that begins with an option, or with a group alone. */
static int
run_other (char **words)
{
  if (words[0] == NULL || (is_group (words[0]) && words[1] == NULL)) {
    print_help (stderr, words[0]);
    return SVPN_EXIT_USAGE;
  }
  if (g_str_equal (words[0], "--help") || g_str_equal (words[0], "-h") || g_str_equal (words[0], "help"))
    print_help (stdout, NULL);
  else if (is_group (words[0]) && (g_str_equal (words[1], "--help") || g_str_equal (words[1], "-h")))
    print_help (stdout, words[0]);
  else if (g_str_equal (words[0], "--version"))
    printf ("smartvpnctl %s\n", SVPN_VERSION);
  else if (g_str_equal (words[0], "--complete")) {
    g_autofree char *candidates = svpn_complete ((const char *const *) words + 1);

    fputs (candidates, stdout);
  } else if (g_str_equal (words[0], "--print-manual") && words[1] != NULL)
    return svpn_manual_print (words[1]);
  else
    return refuse (words);
  return SVPN_EXIT_OK;
}

int
svpn_cli_run (int argc, char **argv)
{
  guint n_words;
  const SvpnCommand *command = svpn_command_find ((const char *const *) argv + 1, &n_words);
  int status = command != NULL ? run_command (command, argv + 1 + n_words) : run_other (argv + 1);

  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  svpn_say (_ ("standard output cannot be written"));
  return status != SVPN_EXIT_OK ? status : SVPN_EXIT_FAILED;
}
