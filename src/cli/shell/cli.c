/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The program: finds the command and runs it. */
#include "cli.h"
#include "command-table.h"
#include "complete.h"
#include "error-text.h"
#include "exit-status.h"
#include "help.h"
#include "i18n.h"
#include "invocation.h"
#include "manual.h"
#include "nearest.h"
#include "print.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- Unknown commands ---- */

/* The command whose name is most similar to @text; with @group, one of that group, whose second word is. */
static const SvpnCommand *
nearest_command (const char *text, const char *group)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gsize skipped = group != NULL ? strlen (group) + 1 : 0;
  const char *nearest;

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
    if (group == NULL || svpn_help_is_in_group (command, group))
      g_ptr_array_add (names, (gpointer) (command->name + skipped));
  g_ptr_array_add (names, NULL);
  nearest = svpn_nearest (text, (const char *const *) names->pdata);
  for (const SvpnCommand *command = svpn_commands; nearest != NULL && command->name != NULL; command++)
    if (command->name + skipped == nearest)
      return command;
  return NULL;
}

/* Suggests a command, unless it removes or ends something: who accepts a suggestion must not lose anything by it. */
static int
refuse_command (char **words)
{
  const char *group = words[1] != NULL && svpn_help_is_group (words[0]) ? words[0] : NULL;
  g_autofree char *two = words[1] != NULL ? g_strdup_printf ("%s %s", words[0], words[1]) : NULL;
  const char *unknown = group != NULL ? two : words[0];
  const SvpnCommand *nearest = NULL;

  if (group != NULL)
    nearest = nearest_command (words[1], group);
  else if (two != NULL)
    nearest = nearest_command (two, NULL);
  if (group == NULL && nearest == NULL)
    nearest = nearest_command (words[0], NULL);
  if (nearest != NULL && !nearest->is_destructive)
    svpn_say (_ ("unknown command '%s'; did you mean '%s'?"), unknown, nearest->name);
  else
    svpn_say (_ ("unknown command '%s'; \"smartvpnctl %s%s--help\" lists the commands"), unknown,
              group != NULL ? group : "", group != NULL ? " " : "");
  return SVPN_EXIT_USAGE;
}

/* ---- Running ---- */

static int
print_command_help (const SvpnCommand *command)
{
  g_autofree char *text = svpn_invocation_help (command);

  svpn_print_help (stdout, text);
  return SVPN_EXIT_OK;
}

static int
run_known_command (const SvpnCommand *command, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnInvocation) invocation = NULL;
  g_autofree char *text = NULL;

  if (svpn_invocation_asks_for_help (command, (const char *const *) words))
    return print_command_help (command);
  invocation = svpn_invocation_new (command, words, &error);
  if (invocation != NULL && command->run (invocation, &error))
    return invocation->status;
  g_dbus_error_strip_remote_error (error);
  text = svpn_error_text (error);
  svpn_say ("%s", text);
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

  svpn_print_text (candidates);
  return SVPN_EXIT_OK;
}

/* help COMMAND, and help GROUP. */
static int
run_help (char **words)
{
  guint n_words;
  const SvpnCommand *command = svpn_command_find ((const char *const *) words, &n_words);

  if (command != NULL)
    return print_command_help (command);
  if (!svpn_help_is_group (words[0]) || words[1] != NULL)
    return refuse_command (words);
  svpn_help_print (stdout, words[0]);
  return SVPN_EXIT_OK;
}

/* Runs a command line whose first words name no command: it begins with an option, or with a group. */
static int
run_without_command (char **words)
{
  const char *group = words[0] != NULL && svpn_help_is_group (words[0]) ? words[0] : NULL;

  if (words[0] != NULL && g_str_equal (words[0], "help") && words[1] != NULL)
    return run_help (words + 1);
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

/* ---- The end of the reader ---- */

/* Has the program end when nobody reads its output any more, as "smartvpnctl ... | head" does. GLib, which uses
 * MSG_NOSIGNAL for its own sockets, would have the signal ignored. */
static void
keep_sigpipe (void)
{
  struct sigaction inherited;

  sigaction (SIGPIPE, NULL, &inherited);
  g_type_class_unref (g_type_class_ref (G_TYPE_SOCKET));
  sigaction (SIGPIPE, &inherited, NULL);
}

/* Whether nobody reads standard output any more. We come to ask where the caller has SIGPIPE ignored. */
static gboolean
has_no_reader (void)
{
  struct pollfd standard_output = { .fd = STDOUT_FILENO };

  return poll (&standard_output, 1, 0) == 1 && (standard_output.revents & POLLERR) != 0;
}

int
svpn_cli_run (int argc, char **argv)
{
  guint n_words;
  const SvpnCommand *command = svpn_command_find ((const char *const *) argv + 1, &n_words);
  int status;

  keep_sigpipe ();
  status = command != NULL ? run_known_command (command, argv + 1 + n_words) : run_without_command (argv + 1);
  if ((fflush (stdout) == 0 && !ferror (stdout)) || status != SVPN_EXIT_OK || has_no_reader ())
    return status;
  svpn_say (_ ("standard output cannot be written"));
  return SVPN_EXIT_FAILED;
}
