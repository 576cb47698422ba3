/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the commands print: tables for people, JSON for programs. */
#pragma once

#include "command.h"
#include "table.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

/* Whether @stream is a terminal, and one that takes colours (NO_COLOR, TERM=dumb). */
gboolean svpn_is_terminal (FILE *stream);
gboolean svpn_has_colours (FILE *stream);

/* Whether the command was given --json. */
gboolean svpn_wants_json (SvpnInvocation *invocation);

void svpn_print_table (SvpnTable *table);

/* Prints as JSON; these take what they print. */
void svpn_print_node (JsonNode *node);
void svpn_print_dictionary (GVariant *dictionary);
void svpn_print_array (JsonArray *array);

/* A dictionary as a member of an array. */
void svpn_array_add_dictionary (JsonArray *array, GVariant *dictionary);

/* A dictionary (full reference) with one more entry, "name". */
GVariant *svpn_with_name (GVariant *dictionary, const char *name);

/* Says something on standard error, with the name of the program before it, where it is safe to be shown. */
void svpn_say (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Amounts for people; to be freed. */
char *svpn_format_rate (double bytes_per_s);
char *svpn_format_duration (guint64 seconds);
char *svpn_format_time (guint64 unix_s);
char *svpn_format_ms (double ms);
char *svpn_join (const char *const *strings); /* NULL if there are none */
