/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a command is. One table of all commands serves dispatch, help, completion and the manual page. */
#pragma once

#include <glib.h>

/* What an argument stands for, so that shells can complete it. */
typedef enum {
  SVPN_ARGUMENT_OTHER,
  SVPN_ARGUMENT_CLIENT, /* name of a client profile */
  SVPN_ARGUMENT_SERVER, /* name of a server profile */
  SVPN_ARGUMENT_ANY_PROFILE,
  SVPN_ARGUMENT_PROFILE, /* the one or, with --server, the other */
  SVPN_ARGUMENT_SETTING, /* KEY=VALUE */
  SVPN_ARGUMENT_KEY,     /* KEY */
  SVPN_ARGUMENT_FILE,
  SVPN_ARGUMENT_SESSION,    /* a client that is connected to the server */
  SVPN_ARGUMENT_AUTHORIZED, /* a client that the server has authorized */
} SvpnArgument;

typedef struct {
  const char *name;
  char letter;          /* 0: none */
  const char *argument; /* as the help shows it; NULL: the option takes none */
  const char *help;
  SvpnArgument stands_for;
} SvpnOption;

typedef struct _SvpnInvocation SvpnInvocation;

#define SVPN_COMMAND_ARGUMENTS 2
#define SVPN_COMMAND_OPTIONS 14

typedef struct {
  const char *name;                                /* one word, or two */
  const char *arguments;                           /* as the help shows them; NULL: it takes none */
  guint min, max;                                  /* number of arguments */
  SvpnArgument stand_for[SVPN_COMMAND_ARGUMENTS];  /* the last one counts for all that follow */
  const char *summary;                             /* a sentence */
  const char *text;                                /* further sentences, or NULL */
  const SvpnOption *options[SVPN_COMMAND_OPTIONS]; /* ended by NULL */
  gboolean (*run) (SvpnInvocation *invocation, GError **error);
  gboolean is_destructive; /* removes or ends something, so that it is never suggested */
  const char *aliases;     /* other names that people try, with commas between them; NULL: none */
} SvpnCommand;
