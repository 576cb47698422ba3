/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What is printed: tables and messages for people, JSON for programs. */
#pragma once

#include "table.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

/* Print text, a table and text with arguments on standard output, in the character set of the locale. On a terminal the
 * second column of a table with two is wrapped between words. */
void svpn_print_text (const char *text);
void svpn_print_table (SvpnTable *table);
void svpn_print (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Prints a text of many lines, which on a terminal are wrapped between words. */
void svpn_print_help (FILE *stream, const char *text);

/* Print JSON, which is UTF-8 in every locale, and take what they print. */
void svpn_print_node (JsonNode *node);
void svpn_print_dictionary (GVariant *dictionary);
void svpn_print_array (JsonArray *array);

/* Adds a dictionary to an array, and takes it. */
void svpn_array_add_dictionary (JsonArray *array, GVariant *dictionary);

/* Takes @dictionary, and returns it with an entry "name". Full reference. */
GVariant *svpn_with_name (GVariant *dictionary, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* Prints a question on standard error. */
void svpn_ask (const char *question);

/* Prints a message on standard error, with the name of the program before it. Characters that a terminal would obey
 * become '?'. */
void svpn_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
