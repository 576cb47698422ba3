/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One call of a command: its options and arguments. */
#pragma once

#include "command.h"
#include "smartvpn.h"

struct _SvpnInvocation {
  const SvpnCommand *command;
  GHashTable *options; /* name -> GPtrArray of values */
  char **arguments;
  guint n_arguments;
  SmartvpnManager *manager; /* NULL until a command looks something up */
  int status;               /* exit status of a command that succeeds */
};

/* The option of @command that @word, such as "--set" or "-s", gives; NULL if there is none. */
const SvpnOption *svpn_command_find_option (const SvpnCommand *command, const char *word);

/* Whether --help or -h is among the words that follow the command's name, and the help. */
gboolean svpn_invocation_asks_for_help (const SvpnCommand *command, const char *const *words);
char *svpn_invocation_help (const SvpnCommand *command) G_GNUC_WARN_UNUSED_RESULT;

/* Parses the words that follow the command's name. */
SvpnInvocation *svpn_invocation_new (const SvpnCommand *command, char **words,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void svpn_invocation_free (SvpnInvocation *invocation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnInvocation, svpn_invocation_free)

/* The argument at @index, NULL if it was not given. */
const char *svpn_invocation_argument (SvpnInvocation *invocation, guint index);

gboolean svpn_invocation_has (SvpnInvocation *invocation, const char *option);

/* The last value of an option, or NULL; all its values, ended by NULL. */
const char *svpn_invocation_value (SvpnInvocation *invocation, const char *option);
const char *const *svpn_invocation_values (SvpnInvocation *invocation, const char *option);

/* Whether the command was given --json. */
gboolean svpn_invocation_wants_json (SvpnInvocation *invocation);
