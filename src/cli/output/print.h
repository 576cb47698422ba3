/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What is printed: tables and messages for people, JSON for programs. */
#pragma once

#include "table.h"

#include <json-glib/json-glib.h>

void svpn_print_table (SvpnTable *table);

/* Prints as JSON; these take what they print. */
void svpn_print_node (JsonNode *node);
void svpn_print_dictionary (GVariant *dictionary);
void svpn_print_array (JsonArray *array);

/* Adds a dictionary, which is taken, to an array. */
void svpn_array_add_dictionary (JsonArray *array, GVariant *dictionary);

/* @dictionary, which is taken, with one more entry, "name". Full reference. */
GVariant *svpn_with_name (GVariant *dictionary, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* Prints a message on standard error, after the name of the program and without what a terminal would obey. */
void svpn_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
