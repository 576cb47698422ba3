/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Candidates for the completion in shells. */
#include "complete.h"
#include "command-table.h"
#include "i18n.h"
#include "invite-url.h"
#include "lookup.h"

#include <string.h>
#include <unistd.h>

typedef struct {
  SvpnInvocation *invocation; /* has nothing but a manager */
  const SvpnCommand *command;
  const char *prefix;        /* the word so far */
  const SvpnOption *waiting; /* the option whose argument it is; NULL if it is none */
  gboolean of_servers;
  const char *server;
  GString *text;
} Completion;

static void
offer (Completion *completion, const char *word, const char *meaning)
{
  if (g_str_has_prefix (word, completion->prefix))
    g_string_append_printf (completion->text, "%s\t%s\n", word, meaning);
}

/* ---- Names ---- */

/* The server, for root only: for others polkit might ask for a password while they type. */
static SmartvpnServer *
find_server (Completion *completion)
{
  return geteuid () == 0 ? svpn_lookup_server (completion->invocation, completion->server, NULL) : NULL;
}

static void
offer_profiles (Completion *completion, SvpnScope scope)
{
  SmartvpnManager *manager = svpn_lookup_manager (completion->invocation, NULL);
  GListModel *profiles = manager != NULL ? svpn_lookup_list (manager, scope) : NULL;

  for (guint i = 0; profiles != NULL && i < g_list_model_get_n_items (profiles); i++) {
    g_autoptr (SmartvpnProfile) profile = g_list_model_get_item (profiles, i);

    offer (completion, smartvpn_profile_get_name (profile), "");
  }
}

static void
offer_sessions (Completion *completion)
{
  SmartvpnServer *server = find_server (completion);
  g_autoptr (GPtrArray) sessions
      = server != NULL ? smartvpn_server_list_clients_sync (server, NULL, NULL) : NULL;

  for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
    const char *name = smartvpn_session_get_name (sessions->pdata[i]);

    offer (completion, smartvpn_session_get_id (sessions->pdata[i]), name != NULL ? name : "");
    if (name != NULL)
      offer (completion, name, smartvpn_session_get_assigned_ip (sessions->pdata[i]));
  }
}

static void
offer_authorized (Completion *completion)
{
  SmartvpnServer *server = find_server (completion);
  g_autoptr (GPtrArray) clients
      = server != NULL ? smartvpn_server_list_authorized_clients_sync (server, NULL, NULL) : NULL;

  for (guint i = 0; clients != NULL && i < clients->len; i++)
    offer (completion, smartvpn_authorized_client_get_name (clients->pdata[i]), "");
}

/* ---- Settings ---- */

static SvpnScope
scope_of_settings (Completion *completion)
{
  return completion->of_servers || g_str_has_prefix (completion->command->name, "server ")
             ? SVPN_SCOPE_SERVER
             : SVPN_SCOPE_CLIENT;
}

/* Whether the command takes a setting there: in --set those of a call, elsewhere those of a profile. */
static gboolean
is_fit (Completion *completion, const SvpnSetting *setting, gboolean is_assigned)
{
  const SvpnOption *waiting = completion->waiting;
  gboolean in_call = waiting != NULL && g_str_equal (waiting->name, "set");
  SvpnSettingFlags unfit = in_call ? SVPN_SETTING_PROFILE_ONLY : SVPN_SETTING_CALL_ONLY;

  if (g_str_equal (completion->command->name, "invite") && svpn_invite_sets (setting->key))
    return FALSE;
  return (setting->flags & (unfit | (is_assigned ? SVPN_SETTING_SECRET : 0))) == 0;
}

static void
offer_settings (Completion *completion, const char *suffix)
{
  for (const SvpnSetting *setting = svpn_settings_table (scope_of_settings (completion));
       setting->key != NULL; setting++) {
    g_autofree char *word = g_strconcat (setting->key, suffix, NULL);

    if (!is_fit (completion, setting, *suffix != '\0'))
      continue;
    offer (completion, word, setting->doc);
    if (*suffix != '\0' && setting->type == SVPN_SETTING_BOOL
        && g_str_has_prefix (completion->prefix, word)) {
      g_autofree char *yes = g_strconcat (word, "true", NULL), *no = g_strconcat (word, "false", NULL);

      offer (completion, yes, "");
      offer (completion, no, "");
    }
  }
}

static void
offer_argument (Completion *completion, SvpnArgument argument)
{
  switch (argument) {
  case SVPN_ARGUMENT_OTHER:
    return;
  case SVPN_ARGUMENT_CLIENT:
    offer_profiles (completion, SVPN_SCOPE_CLIENT);
    return;
  case SVPN_ARGUMENT_SERVER:
    offer_profiles (completion, SVPN_SCOPE_SERVER);
    return;
  case SVPN_ARGUMENT_ANY_PROFILE:
    offer_profiles (completion, SVPN_SCOPE_CLIENT);
    offer_profiles (completion, SVPN_SCOPE_SERVER);
    return;
  case SVPN_ARGUMENT_PROFILE:
    offer_profiles (completion, completion->of_servers ? SVPN_SCOPE_SERVER : SVPN_SCOPE_CLIENT);
    return;
  case SVPN_ARGUMENT_SETTING:
    offer_settings (completion, "=");
    return;
  case SVPN_ARGUMENT_KEY:
    offer_settings (completion, "");
    return;
  case SVPN_ARGUMENT_FILE:
    g_string_append (completion->text, ":file\n");
    return;
  case SVPN_ARGUMENT_SESSION:
    offer_sessions (completion);
    return;
  case SVPN_ARGUMENT_AUTHORIZED:
    offer_authorized (completion);
    return;
  }
}

/* ---- Commands and options ---- */

static void
offer_commands (Completion *completion, const char *group)
{
  const char *last = "";

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++) {
    const char *space = strchr (command->name, ' ');
    g_autofree char *first = space != NULL ? g_strndup (command->name, space - command->name) : NULL;

    if (group != NULL && first != NULL && g_str_equal (first, group))
      offer (completion, space + 1, _ (command->summary));
    else if (group == NULL && space == NULL)
      offer (completion, command->name, _ (command->summary));
    else if (group == NULL && !g_str_has_prefix (last, first))
      offer (completion, first, "");
    last = command->name;
  }
}

static void
offer_options (Completion *completion)
{
  for (const SvpnOption *const *option = completion->command->options; *option != NULL; option++) {
    g_autofree char *word = g_strconcat ("--", (*option)->name, NULL);

    offer (completion, word, _ ((*option)->help));
  }
  offer (completion, "--help", _ ("Show help"));
}

/* Reads the words before the one that is completed. Returns the number of arguments among them. */
static guint
read_words (Completion *completion, const char *const *words)
{
  guint n_arguments = 0;

  for (; words[1] != NULL; words++) {
    const SvpnOption *option
        = completion->waiting == NULL ? svpn_command_find_option (completion->command, *words) : NULL;

    if (completion->waiting != NULL) {
      if (g_str_equal (completion->waiting->name, "server"))
        completion->server = *words;
      completion->waiting = NULL;
    } else if (option != NULL && option->argument != NULL)
      completion->waiting = option;
    else if (option != NULL)
      completion->of_servers |= g_str_equal (option->name, "server");
    else
      n_arguments += **words != '-';
  }
  return n_arguments;
}

static void
complete_command (Completion *completion, const char *const *words)
{
  guint n_arguments = read_words (completion, words), last = SVPN_COMMAND_ARGUMENTS - 1;

  if (completion->waiting != NULL)
    offer_argument (completion, completion->waiting->stands_for);
  else if (*completion->prefix == '-')
    offer_options (completion);
  else if (n_arguments < completion->command->max)
    offer_argument (completion, completion->command->stand_for[MIN (n_arguments, last)]);
}

char *
svpn_complete (const char *const *words)
{
  guint n_all = g_strv_length ((char **) words), n_words;
  g_auto (GStrv) before = g_strdupv ((char **) words);
  SvpnInvocation invocation = { 0 };
  Completion completion = { .invocation = &invocation, .text = g_string_new (NULL) };

  if (n_all == 0)
    return g_string_free (completion.text, FALSE);
  completion.prefix = words[n_all - 1];
  g_clear_pointer (&before[n_all - 1], g_free);
  completion.command = svpn_command_find ((const char *const *) before, &n_words);
  if (completion.command != NULL)
    complete_command (&completion, words + n_words);
  else if (n_all <= 2)
    offer_commands (&completion, n_all == 2 ? words[0] : NULL);
  g_clear_object (&invocation.manager);
  return g_string_free (completion.text, FALSE);
}
