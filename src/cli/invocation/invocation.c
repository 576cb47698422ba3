/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One call of a command: its options and arguments. */
#include "invocation.h"
#include "i18n.h"

#include <string.h>

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

const SvpnOption *
svpn_command_find_option (const SvpnCommand *command, const char *word)
{
  for (const SvpnOption *const *option = command->options; *option != NULL; option++) {
    const char short_form[] = { '-', (*option)->letter, '\0' };

    if ((g_str_has_prefix (word, "--") && g_str_equal (word + 2, (*option)->name))
        || ((*option)->letter != 0 && g_str_equal (word, short_form)))
      return *option;
  }
  return NULL;
}

/* Called with each option on the command line. */
static gboolean
on_option (const char *given, const char *value, gpointer data, GError **error)
{
  SvpnInvocation *invocation = data;
  GPtrArray *values = values_of (invocation, svpn_command_find_option (invocation->command, given)->name);

  g_ptr_array_insert (values, (int) values->len - 1, g_strdup (value != NULL ? value : ""));
  return TRUE;
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
               | ((*option)->stands_for == SVPN_ARGUMENT_FILE ? G_OPTION_FLAG_FILENAME : 0),
      .arg = G_OPTION_ARG_CALLBACK,
      .arg_data = (gpointer) on_option,
      .description = _ ((*option)->help),
      .arg_description = (*option)->argument != NULL ? _ ((*option)->argument) : NULL,
    };
  }
  return entries;
}

/* The text below the options; NULL if there is none. */
static char *
describe_command (const SvpnCommand *command)
{
  g_autofree char *aliases
      = command->aliases != NULL ? g_strdup_printf (_ ("Also called: %s."), command->aliases) : NULL;

  if (command->text == NULL || aliases == NULL)
    return command->text != NULL ? g_strdup (_ (command->text)) : g_steal_pointer (&aliases);
  return g_strdup_printf ("%s\n\n%s", _ (command->text), aliases);
}

static GOptionContext *
make_context (SvpnInvocation *invocation)
{
  const SvpnCommand *command = invocation->command;
  g_autofree char *program = g_strdup_printf ("smartvpnctl %s", command->name);
  g_autofree GOptionEntry *entries = make_entries (command);
  GOptionContext *context = g_option_context_new (command->arguments != NULL ? _ (command->arguments) : "");
  GOptionGroup *group = g_option_group_new ("", "", "", invocation, NULL);
  g_autofree char *text = NULL;

  g_set_prgname (program);
  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, _ (command->summary));
  text = describe_command (command);
  g_option_context_set_description (context, text);
  return context;
}

/* ---- Help ---- */

gboolean
svpn_invocation_asks_for_help (const SvpnCommand *command, const char *const *words)
{
  for (; *words != NULL && !g_str_equal (*words, "--"); words++) {
    const SvpnOption *option = svpn_command_find_option (command, *words);

    if (g_str_equal (*words, "--help") || g_str_equal (*words, "-h"))
      return TRUE;
    if (option != NULL && option->argument != NULL && words[1] != NULL)
      words++;
  }
  return FALSE;
}

char *
svpn_invocation_help (const SvpnCommand *command)
{
  SvpnInvocation invocation = { .command = command };
  g_autoptr (GOptionContext) context = make_context (&invocation);

  return g_option_context_get_help (context, TRUE, NULL);
}

/* ---- Parsing ---- */

static gboolean
check_count (SvpnInvocation *invocation, GError **error)
{
  const SvpnCommand *command = invocation->command;

  if (invocation->n_arguments > command->max)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("unexpected argument '%s'; see \"smartvpnctl %s --help\""),
                 invocation->arguments[command->max], command->name);
  else if (invocation->n_arguments < command->min)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("missing argument; usage: smartvpnctl %s %s"), command->name, _ (command->arguments));
  else
    return TRUE;
  return FALSE;
}

/* A command line for GLib to parse. */
static char **
make_line (char **words)
{
  g_autoptr (GStrvBuilder) line = g_strv_builder_new ();

  g_strv_builder_add (line, "smartvpnctl");
  g_strv_builder_addv (line, (const char **) words);
  return g_strv_builder_end (line);
}

static void
drop_first (SvpnInvocation *invocation)
{
  g_free (invocation->arguments[0]);
  memmove (invocation->arguments, invocation->arguments + 1,
           invocation->n_arguments-- * sizeof *invocation->arguments);
}

SvpnInvocation *
svpn_invocation_new (const SvpnCommand *command, char **words, GError **error)
{
  g_autoptr (SvpnInvocation) invocation = g_new0 (SvpnInvocation, 1);
  g_autoptr (GOptionContext) context = NULL;

  invocation->command = command;
  invocation->options
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  invocation->arguments = make_line (words);
  context = make_context (invocation);
  if (!g_option_context_parse_strv (context, &invocation->arguments, error))
    return NULL;
  invocation->n_arguments = g_strv_length (invocation->arguments);
  drop_first (invocation);
  if (invocation->n_arguments > 0 && g_str_equal (invocation->arguments[0], "--"))
    drop_first (invocation);
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

gboolean
svpn_invocation_wants_json (SvpnInvocation *invocation)
{
  return svpn_invocation_has (invocation, "json");
}
