/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The program: finds the command and runs it. */
#include "cli.h"
#include "command-table.h"
#include "complete.h"
#include "exit-status.h"
#include "help.h"
#include "i18n.h"
#include "invocation.h"
#include "manual.h"
#include "nearest.h"
#include "print.h"

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
refuse_command (char **words)
{
  g_autofree char *two = words[1] != NULL ? g_strdup_printf ("%s %s", words[0], words[1]) : NULL;
  const char *nearest = two != NULL ? nearest_command (two) : NULL;

  if (nearest == NULL)
    nearest = nearest_command (words[0]);
  if (nearest != NULL)
    svpn_say (_ ("unknown command '%s'; did you mean '%s'?"),
              two != NULL && svpn_help_is_group (words[0]) ? two : words[0], nearest);
  else
    svpn_say (_ ("unknown command '%s'; smartvpnctl --help lists all commands"), words[0]);
  return SVPN_EXIT_USAGE;
}

/* ---- Running ---- */

static int
run_known_command (const SvpnCommand *command, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnInvocation) invocation = svpn_invocation_new (command, words, &error);

  if (invocation != NULL && command->run (invocation, &error))
    return invocation->status;
  g_dbus_error_strip_remote_error (error);
  svpn_say ("%s", error->message);
  return svpn_exit_status_of (error);
}

static gboolean
is_help (const char *word)
{
  return g_str_equal (word, "--help") || g_str_equal (word, "-h");
}

static int
print_completion (char **words)
{
  g_autofree char *candidates = svpn_complete ((const char *const *) words);

  fputs (candidates, stdout);
  return SVPN_EXIT_OK;
}

/* Runs a command line whose first words name no command: it begins with an option, or with a group. */
static int
run_without_command (char **words)
{
  const char *group = words[0] != NULL && svpn_help_is_group (words[0]) ? words[0] : NULL;

  if (words[0] == NULL || (group != NULL && words[1] == NULL)) {
    svpn_help_print (stderr, group);
    return SVPN_EXIT_USAGE;
  }
  if (g_str_equal (words[0], "--complete"))
    return print_completion (words + 1);
  if (g_str_equal (words[0], "--print-manual") && words[1] != NULL)
    return svpn_manual_print (words[1]);
  if (is_help (words[0]) || g_str_equal (words[0], "help") || (group != NULL && is_help (words[1])))
    svpn_help_print (stdout, group);
  else if (g_str_equal (words[0], "--version"))
    printf ("smartvpnctl %s\n", SVPN_VERSION);
  else
    return refuse_command (words);
  return SVPN_EXIT_OK;
}

int
svpn_cli_run (int argc, char **argv)
{
  guint n_words;
  const SvpnCommand *command = svpn_command_find ((const char *const *) argv + 1, &n_words);
  int status
      = command != NULL ? run_known_command (command, argv + 1 + n_words) : run_without_command (argv + 1);

  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  svpn_say (_ ("standard output cannot be written"));
  return status != SVPN_EXIT_OK ? status : SVPN_EXIT_FAILED;
}
