/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The command line: one table of all commands serves dispatch, help, completion and the manual page. */
#pragma once

#include "smartvpn.h"

/* What an argument is, for completion. */
typedef enum {
  SVPN_WORD_OTHER,
  SVPN_WORD_CLIENT,  /* name of a client profile */
  SVPN_WORD_SERVER,  /* name of a server profile */
  SVPN_WORD_PROFILE, /* the one or, with --server, the other */
  SVPN_WORD_SETTING, /* KEY=VALUE */
  SVPN_WORD_KEY,     /* KEY */
  SVPN_WORD_FILE,
  SVPN_WORD_SESSION,    /* who is connected to the server */
  SVPN_WORD_AUTHORIZED, /* whom the server lets in */
} SvpnWord;

typedef struct {
  const char *name;
  char letter;
  const char *argument; /* NULL: it has none */
  const char *help;
  SvpnWord word;
} SvpnOption;

typedef struct _SvpnInvocation SvpnInvocation;

#define SVPN_COMMAND_WORDS 2
#define SVPN_COMMAND_OPTIONS 14

typedef struct {
  const char *name;                   /* one word, or two */
  const char *arguments;              /* as the help shows them; NULL: none */
  guint min, max;                     /* how many of them */
  SvpnWord words[SVPN_COMMAND_WORDS]; /* the last one stands for all that follow */
  const char *summary;
  const char *text;                                /* NULL, or what else there is to say */
  const SvpnOption *options[SVPN_COMMAND_OPTIONS]; /* ended by NULL */
  gboolean (*run) (SvpnInvocation *invocation, GError **error);
} SvpnCommand;

/* All commands, ended by one without a name. */
extern const SvpnCommand svpn_commands[];

/* The command that the first words are, and how many these are; NULL if there is none. */
const SvpnCommand *svpn_command_find (const char *const *words, guint *n_words);

/* The candidate, out of a NULL-terminated list, that @word is likely meant to be; NULL if none comes near. */
const char *svpn_nearest (const char *word, const char *const *candidates);

/* ---- One call of a command ---- */

struct _SvpnInvocation {
  const SvpnCommand *command;
  GHashTable *options; /* name -> GPtrArray of values */
  char **arguments;
  guint n_arguments;
  SmartvpnManager *manager; /* once it was asked for */
  int status;               /* exit status, where there is no error */
};

/* Parses what follows the command's name. --help prints and exits. */
SvpnInvocation *svpn_invocation_new (const SvpnCommand *command, char **words, GError **error);
void svpn_invocation_free (SvpnInvocation *invocation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnInvocation, svpn_invocation_free)

/* The argument at @index, NULL if it was not given. */
const char *svpn_invocation_argument (SvpnInvocation *invocation, guint index);

gboolean svpn_invocation_has (SvpnInvocation *invocation, const char *option);

/* The last value of an option, or NULL; all its values, ended by NULL. */
const char *svpn_invocation_value (SvpnInvocation *invocation, const char *option);
const char *const *svpn_invocation_values (SvpnInvocation *invocation, const char *option);

/* ---- The program ---- */

/* Runs the command line and returns the exit status. */
int svpn_cli_run (int argc, char **argv);
