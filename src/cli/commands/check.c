/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * check: what is wrong, or soon will be, with profiles and with this machine. */
#include "commands.h"
#include "exit-status.h"
#include "i18n.h"
#include "lookup.h"
#include "machine.h"
#include "print.h"
#include "stored-settings.h"

#include <string.h>

typedef struct {
  const char *kind; /* machine, client or server */
  char *name;       /* of the profile; "" for the machine */
  char *code, *text;
} Finding;

static void
finding_free (gpointer data)
{
  Finding *finding = data;

  g_free (finding->name);
  g_free (finding->code);
  g_free (finding->text);
  g_free (finding);
}

/* @line is "CODE: TEXT". */
static void
add_finding (GPtrArray *findings, const char *kind, const char *name, const char *line)
{
  const char *colon = strstr (line, ": ");
  Finding *finding = g_new0 (Finding, 1);

  finding->kind = kind;
  finding->name = g_strdup (name);
  finding->code = colon != NULL ? g_strndup (line, (gsize) (colon - line)) : g_strdup ("");
  finding->text = g_strdup (colon != NULL ? colon + 2 : line);
  g_ptr_array_add (findings, finding);
}

/* ---- Looking ---- */

static void
check_machine (GPtrArray *findings, SmartvpnManager *manager)
{
  SvpnMachine machine;
  g_autoptr (GPtrArray) lines = NULL;

  svpn_machine_read (&machine, smartvpn_manager_get_version (manager));
  lines = svpn_machine_findings (&machine);
  for (guint i = 0; i < lines->len; i++)
    add_finding (findings, "machine", "", lines->pdata[i]);
}

static gboolean
check_profile (GPtrArray *findings, SmartvpnProfile *profile, GError **error)
{
  gboolean is_server = SMARTVPN_IS_SERVER (profile);
  g_auto (GStrv) lines = is_server ? smartvpn_server_check_sync (SMARTVPN_SERVER (profile), NULL, error)
                                   : smartvpn_client_check_sync (SMARTVPN_CLIENT (profile), NULL, error);

  for (char **line = lines; line != NULL && *line != NULL; line++)
    add_finding (findings, is_server ? "server" : "client", smartvpn_profile_get_name (profile), *line);
  return lines != NULL;
}

/* Whether @profile is a default one that nobody has filled in, which lacks everything. */
static gboolean
is_untouched (SmartvpnProfile *profile)
{
  g_auto (GStrv) secrets = NULL;
  g_autoptr (GVariant) settings = NULL;

  if (!g_str_equal (smartvpn_profile_get_name (profile), "default"))
    return FALSE;
  settings = svpn_stored_settings_get (profile, &secrets, NULL);
  return settings != NULL && g_variant_n_children (settings) == 0 && *secrets == NULL;
}

static gboolean
check_list (GPtrArray *findings, GListModel *profiles, GError **error)
{
  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++) {
    g_autoptr (SmartvpnProfile) profile = g_list_model_get_item (profiles, i);

    if (!is_untouched (profile) && !check_profile (findings, profile, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_everything (GPtrArray *findings, SmartvpnManager *manager, GError **error)
{
  check_machine (findings, manager);
  return check_list (findings, smartvpn_manager_get_clients (manager), error)
         && check_list (findings, smartvpn_manager_get_servers (manager), error);
}

/* The client and the server of this name; of "default" those that are filled in, if any is. */
static gboolean
check_named (GPtrArray *findings, SvpnInvocation *invocation, const char *name, GError **error)
{
  SmartvpnProfile *client = svpn_lookup_find (invocation->manager, SVPN_SCOPE_CLIENT, name);
  SmartvpnProfile *server = svpn_lookup_find (invocation->manager, SVPN_SCOPE_SERVER, name);
  gboolean has_client = client != NULL && !is_untouched (client);
  gboolean has_server = server != NULL && !is_untouched (server);

  if (client == NULL && server == NULL) {
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_PROFILE,
                 _ ("no client and no server is called '%s'; \"smartvpnctl status\" lists them"), name);
    return FALSE;
  }
  if (!has_client && !has_server)
    has_client = client != NULL;
  return (!has_client || check_profile (findings, client, error))
         && (!has_server || check_profile (findings, server, error));
}

/* ---- Showing ---- */

static char *
subject_of (const Finding *finding)
{
  if (g_str_equal (finding->kind, "machine"))
    return g_strdup (_ ("this machine"));
  return g_strdup_printf (g_str_equal (finding->kind, "server") ? _ ("server '%s'") : _ ("client '%s'"),
                          finding->name);
}

static void
print_findings (GPtrArray *findings)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");

  for (guint i = 0; i < findings->len; i++) {
    const Finding *finding = findings->pdata[i];
    g_autofree char *subject = subject_of (finding);
    g_autofree char *line = *finding->code != '\0' ? g_strdup_printf ("%s: %s", finding->code, finding->text)
                                                   : g_strdup (finding->text);

    svpn_table_add (table, subject, line);
  }
  if (findings->len > 0)
    svpn_print_table (table);
  else
    svpn_print ("%s\n", _ ("No problems found."));
}

static void
print_findings_as_json (GPtrArray *findings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < findings->len; i++) {
    const Finding *finding = findings->pdata[i];
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "kind", "s", finding->kind);
    g_variant_dict_insert (&dict, "name", "s", finding->name);
    g_variant_dict_insert (&dict, "code", "s", finding->code);
    g_variant_dict_insert (&dict, "text", "s", finding->text);
    svpn_array_add_dictionary (array, g_variant_dict_end (&dict));
  }
  svpn_print_array (array);
}

gboolean
svpn_run_check (SvpnInvocation *invocation, GError **error)
{
  const char *name = svpn_invocation_argument (invocation, 0);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (finding_free);
  SmartvpnManager *manager = svpn_lookup_manager (invocation, error);

  if (svpn_invocation_wants_json (invocation))
    svpn_i18n_end (); /* programs get the texts of this program in English, too */
  if (manager == NULL
      || !(name != NULL ? check_named (findings, invocation, name, error)
                        : check_everything (findings, manager, error)))
    return FALSE;
  if (svpn_invocation_wants_json (invocation))
    print_findings_as_json (findings);
  else
    print_findings (findings);
  if (findings->len > 0)
    invocation->status = SVPN_EXIT_FINDINGS;
  return TRUE;
}
