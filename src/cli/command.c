/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Finds commands, and parses their arguments. */
#include "command.h"
#include "i18n.h"

#include <string.h>

static gboolean
is_name (const char *name, const char *const *words, guint n_words)
{
  g_auto (GStrv) parts = g_strsplit (name, " ", -1);

  if (g_strv_length (parts) != n_words)
    return FALSE;
  for (guint i = 0; i < n_words; i++)
    if (!g_str_equal (parts[i], words[i]))
      return FALSE;
  return TRUE;
}

const SvpnCommand *
svpn_command_find (const char *const *words, guint *n_words)
{
  guint n = g_strv_length ((char **) words);

  for (*n_words = MIN (n, 2); *n_words > 0; --*n_words)
    for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
      if (is_name (command->name, words, *n_words))
        return command;
  return NULL;
}

/* Levenshtein's distance. */
static guint
distance (const char *a, const char *b)
{
  gsize length = strlen (b);
  g_autofree guint *row = g_new (guint, length + 1);

  for (gsize j = 0; j <= length; j++)
    row[j] = j;
  for (gsize i = 0; a[i] != '\0'; i++) {
    guint diagonal = row[0];

    row[0] = i + 1;
    for (gsize j = 0; j < length; j++) {
      guint substituted = diagonal + (a[i] != b[j]);

      diagonal = row[j + 1];
      row[j + 1] = MIN (substituted, MIN (row[j], diagonal) + 1);
    }
  }
  return row[length];
}

const char *
svpn_nearest (const char *word, const char *const *candidates)
{
  guint best = MIN (strlen (word), 256) / 3 + 1;
  const char *nearest = NULL;

  if (strlen (word) > 256)
    return NULL;
  for (; *candidates != NULL; candidates++) {
    guint found = distance (word, *candidates);

    if (found < best || (found == best && nearest == NULL)) {
      best = found;
      nearest = *candidates;
    }
  }
  return nearest;
}

/* ---- One call of a command ---- */

static GPtrArray *
values_of (SvpnInvocation *invocation, const char *name)
{
  GPtrArray *values = g_hash_table_lookup (invocation->options, name);

  if (values == NULL) {
    values = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (values, NULL);
    g_hash_table_insert (invocation->options, g_strdup (name), values);
  }
  return values;
}

static gboolean
on_option (const char *given, const char *value, gpointer data, GError **error)
{
  SvpnInvocation *invocation = data;

  for (const SvpnOption *const *option = invocation->command->options; *option != NULL; option++) {
    const char short_form[] = { '-', (*option)->letter, '\0' };

    if (g_str_equal (given + 2 * g_str_has_prefix (given, "--"), (*option)->name)
        || g_str_equal (given, short_form)) {
      GPtrArray *values = values_of (invocation, (*option)->name);

      g_ptr_array_insert (values, (int) values->len - 1, g_strdup (value != NULL ? value : ""));
      return TRUE;
    }
  }
  g_return_val_if_reached (FALSE);
}

static GOptionEntry *
make_entries (const SvpnCommand *command)
{
  GOptionEntry *entries = g_new0 (GOptionEntry, SVPN_COMMAND_OPTIONS + 1);
  int n = 0;

  for (const SvpnOption *const *option = command->options; *option != NULL; option++) {
    entries[n++] = (GOptionEntry){
      .long_name = (*option)->name,
      .short_name = (*option)->letter,
      .flags = ((*option)->argument == NULL ? G_OPTION_FLAG_NO_ARG : 0)
               | ((*option)->word == SVPN_WORD_FILE ? G_OPTION_FLAG_FILENAME : 0),
      .arg = G_OPTION_ARG_CALLBACK,
      .arg_data = (gpointer) on_option,
      .description = _ ((*option)->help),
      .arg_description = (*option)->argument != NULL ? _ ((*option)->argument) : NULL,
    };
  }
  return entries;
}

static GOptionContext *
make_context (SvpnInvocation *invocation)
{
  const SvpnCommand *command = invocation->command;
  g_autofree char *program = g_strdup_printf ("smartvpnctl %s", command->name);
  g_autofree GOptionEntry *entries = make_entries (command);
  GOptionContext *context = g_option_context_new (command->arguments != NULL ? _ (command->arguments) : "");
  GOptionGroup *group = g_option_group_new ("", "", "", invocation, NULL);

  g_set_prgname (program);
  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, _ (command->summary));
  if (command->text != NULL)
    g_option_context_set_description (context, _ (command->text));
  return context;
}

static gboolean
check_count (SvpnInvocation *invocation, GError **error)
{
  const SvpnCommand *command = invocation->command;

  if (invocation->n_arguments > command->max)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS, _ ("unexpected argument '%s'"),
                 invocation->arguments[command->max]);
  else if (invocation->n_arguments < command->min)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("an argument is missing: smartvpnctl %s %s"), command->name, _ (command->arguments));
  else
    return TRUE;
  return FALSE;
}

SvpnInvocation *
svpn_invocation_new (const SvpnCommand *command, char **words, GError **error)
{
  g_autoptr (SvpnInvocation) invocation = g_new0 (SvpnInvocation, 1);
  g_autoptr (GOptionContext) context = NULL;
  GPtrArray *line = g_ptr_array_new ();

  invocation->command = command;
  invocation->options
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_ptr_array_add (line, g_strdup ("smartvpnctl"));
  for (; *words != NULL; words++)
    g_ptr_array_add (line, g_strdup (*words));
  g_ptr_array_add (line, NULL);
  invocation->arguments = (char **) g_ptr_array_free (line, FALSE);

  context = make_context (invocation);
  if (!g_option_context_parse_strv (context, &invocation->arguments, error))
    return NULL;
  g_free (invocation->arguments[0]);
  invocation->n_arguments = g_strv_length (invocation->arguments + 1);
  memmove (invocation->arguments, invocation->arguments + 1,
           (invocation->n_arguments + 1) * sizeof *invocation->arguments);
  if (invocation->n_arguments > 0 && g_str_equal (invocation->arguments[0], "--")) {
    g_free (invocation->arguments[0]);
    memmove (invocation->arguments, invocation->arguments + 1,
             invocation->n_arguments-- * sizeof *invocation->arguments);
  }
  return check_count (invocation, error) ? g_steal_pointer (&invocation) : NULL;
}

void
svpn_invocation_free (SvpnInvocation *invocation)
{
  g_hash_table_unref (invocation->options);
  g_strfreev (invocation->arguments);
  g_clear_object (&invocation->manager);
  g_free (invocation);
}

const char *
svpn_invocation_argument (SvpnInvocation *invocation, guint index)
{
  return index < invocation->n_arguments ? invocation->arguments[index] : NULL;
}

gboolean
svpn_invocation_has (SvpnInvocation *invocation, const char *option)
{
  return g_hash_table_contains (invocation->options, option);
}

const char *const *
svpn_invocation_values (SvpnInvocation *invocation, const char *option)
{
  static const char *const nothing[] = { NULL };
  GPtrArray *values = g_hash_table_lookup (invocation->options, option);

  return values != NULL ? (const char *const *) values->pdata : nothing;
}

const char *
svpn_invocation_value (SvpnInvocation *invocation, const char *option)
{
  GPtrArray *values = g_hash_table_lookup (invocation->options, option);

  return values != NULL ? values->pdata[values->len - 2] : NULL;
}
