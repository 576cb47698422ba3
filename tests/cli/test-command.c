/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The table of commands, command lines, and the words that people write in them. */
#include "assignments.h"
#include "command-table.h"
#include "complete.h"
#include "exit-status.h"
#include "invocation-settings.h"
#include "nearest.h"
#include "quantity.h"

#include "../rows.h"

#include <inttypes.h>
#include <string.h>

static gboolean
ends_sentence (const char *text)
{
  return text[strlen (text) - 1] == '.';
}

static gboolean
begins_upper (const char *text)
{
  return g_ascii_isupper (*text);
}

static void
check_options (const SvpnCommand *command)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; command->options[i] != NULL; i++) {
    const SvpnOption *option = command->options[i];
    g_autofree char *row = g_strdup_printf ("%s --%s", command->name, option->name);
    g_autofree char *word = g_strconcat ("--", option->name, NULL);
    const char letter[] = { '-', option->letter, '\0' };

    ROW_CHECK (row, i < SVPN_COMMAND_OPTIONS - 1);
    ROW_CHECK (row, g_hash_table_add (seen, (gpointer) option->name));
    ROW_CHECK (row, begins_upper (option->help) && !ends_sentence (option->help));
    ROW_CHECK (row, svpn_command_find_option (command, word) == option);
    ROW_CHECK (row, option->letter == 0 || svpn_command_find_option (command, letter) == option);
  }
}

static void
test_table (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++) {
    g_auto (GStrv) words = g_strsplit (command->name, " ", -1);
    guint n_words;

    ROW_CHECK (command->name, g_hash_table_add (seen, (gpointer) command->name));
    ROW_CHECK (command->name, svpn_command_find ((const char *const *) words, &n_words) == command);
    ROW_CHECK_UINT (command->name, n_words, g_strv_length (words));
    ROW_CHECK (command->name, begins_upper (command->summary) && ends_sentence (command->summary));
    ROW_CHECK (command->name, command->text == NULL || ends_sentence (command->text));
    ROW_CHECK (command->name, command->run != NULL && command->min <= command->max);
    ROW_CHECK (command->name, (command->max > 0) == (command->arguments != NULL));
    check_options (command);
  }
}

/* An alias finds its command, and is the name of no command. */
static void
test_aliases (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++) {
    g_auto (GStrv) aliases = g_strsplit (command->aliases != NULL ? command->aliases : "", ", ", -1);

    g_hash_table_add (seen, g_strdup (command->name));
    for (char **alias = aliases; *alias != NULL; alias++) {
      g_auto (GStrv) words = g_strsplit (*alias, " ", -1);
      guint n_words;

      ROW_CHECK (*alias, g_hash_table_add (seen, g_strdup (*alias)));
      ROW_CHECK (*alias, svpn_command_find ((const char *const *) words, &n_words) == command);
      ROW_CHECK_UINT (*alias, n_words, g_strv_length (words));
    }
  }
}

static SvpnInvocation *
parse (const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint n_words;
  const SvpnCommand *command = svpn_command_find ((const char *const *) words, &n_words);

  g_assert_nonnull (command);
  return svpn_invocation_new (command, words + n_words, error);
}

static void
test_parsing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnInvocation) invocation = parse ("connect --set mtu=1400 office -s qos=true --json", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (svpn_invocation_argument (invocation, 0), ==, "office");
  g_assert_null (svpn_invocation_argument (invocation, 1));
  g_assert_true (svpn_invocation_wants_json (invocation));
  g_assert_false (svpn_invocation_has (invocation, "no-wait"));
  g_assert_null (svpn_invocation_value (invocation, "private-key-file"));
  g_assert_cmpstr (svpn_invocation_value (invocation, "set"), ==, "qos=true");
  g_assert_cmpstr (svpn_invocation_values (invocation, "set")[0], ==, "mtu=1400");
  g_assert_cmpuint (g_strv_length ((char **) svpn_invocation_values (invocation, "set")), ==, 2);
  g_assert_cmpuint (g_strv_length ((char **) svpn_invocation_values (invocation, "no-wait")), ==, 0);
}

/* Arguments after "--" are no options. */
static void
test_end_of_options (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnInvocation) invocation = parse ("server limit --burst 64k -- --json 1M", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (invocation->n_arguments, ==, 2);
  g_assert_cmpstr (svpn_invocation_argument (invocation, 0), ==, "--json");
  g_assert_cmpstr (svpn_invocation_argument (invocation, 1), ==, "1M");
  g_assert_null (svpn_invocation_argument (invocation, 2));
}

static void
test_wrong_lines (void)
{
  static const struct {
    const char *line, *message; /* a part of it */
  } lines[] = {
    { "connect a b", "'b'" },
    { "connect --server x", "--server" },
    { "connect --set", "--set" },
    { "server limit laptop", "CLIENT RATE" },
    { "server limit a 1M b", "'b'" },
    { "profile list x", "'x'" },
    { "genkey x", "smartvpnctl genkey --help" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnInvocation) invocation = parse (lines[i].line, &error);

    ROW_CHECK (lines[i].line, invocation == NULL && error != NULL);
    ROW_CHECK (lines[i].line, error == NULL || svpn_exit_status_of (error) == SVPN_EXIT_USAGE);
    if (error != NULL && strstr (error->message, lines[i].message) == NULL)
      row_failed (lines[i].line, "'%s' does not say '%s'", error->message, lines[i].message);
  }
}

/* ---- Completion offers only what the parser takes ---- */

/* The words that completion offers for the last word of @line. */
static char **
offered (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autofree char *text = svpn_complete ((const char *const *) words);
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **one = lines; *one != NULL && **one != '\0'; one++) {
    (*one)[strcspn (*one, "\t")] = '\0';
    g_strv_builder_add (found, *one);
  }
  return g_strv_builder_end (found);
}

static void
test_offered_options (void)
{
  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++) {
    g_autofree char *line = g_strconcat (command->name, " --", NULL);
    g_auto (GStrv) options = offered (line);
    guint n_options = 1; /* --help */

    while (command->options[n_options - 1] != NULL)
      n_options++;
    ROW_CHECK_UINT (line, g_strv_length (options), n_options);
    for (char **option = options; *option != NULL; option++)
      ROW_CHECK (*option,
                 g_str_equal (*option, "--help") || svpn_command_find_option (command, *option) != NULL);
  }
}

/* A value that the setting of an offered "KEY=" takes. */
static char *
any_value (SvpnScope scope, const char *offer)
{
  g_autofree char *key = g_strndup (offer, strcspn (offer, "="));
  const SvpnSetting *setting = svpn_settings_find (scope, key);

  g_assert_nonnull (setting);
  switch (setting->type) {
  case SVPN_SETTING_BOOL:
    return g_strdup ("true");
  case SVPN_SETTING_UINT:
  case SVPN_SETTING_UINT64:
    return g_strdup_printf ("%" PRIu64, setting->min);
  case SVPN_SETTING_STRING:
  case SVPN_SETTING_STRINGS:
    return g_strdup ("x");
  }
  g_return_val_if_reached (NULL);
}

static void
test_offered_settings (void)
{
  static const struct {
    const char *line;
    SvpnScope scope;
    guint first; /* number of arguments before the settings */
  } rows[] = {
    { "profile add x ", SVPN_SCOPE_CLIENT, 1 },     { "profile add --server x ", SVPN_SCOPE_SERVER, 1 },
    { "profile edit x ", SVPN_SCOPE_CLIENT, 1 },    { "profile edit --server x ", SVPN_SCOPE_SERVER, 1 },
    { "invite x ", SVPN_SCOPE_CLIENT, 1 },          { "connect --set ", SVPN_SCOPE_CLIENT, 1 },
    { "server start --set ", SVPN_SCOPE_SERVER, 1 }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GStrv) settings = offered (rows[i].line);

    ROW_CHECK (rows[i].line, g_strv_length (settings) > 10);
    for (char **setting = settings; *setting != NULL; setting++) {
      g_autofree char *value = any_value (rows[i].scope, *setting);
      g_autofree char *line = g_strconcat (rows[i].line, *setting, value, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SvpnInvocation) invocation = parse (line, &error);
      g_autoptr (GVariant) collected
          = invocation != NULL
                ? svpn_invocation_collect_settings (invocation, rows[i].scope, rows[i].first, &error)
                : NULL;

      if (collected == NULL)
        row_failed (line, "%s", error->message);
    }
  }
}

static void
test_asks_for_help (void)
{
  static const struct {
    const char *line;
    gboolean asks;
  } rows[] = { { "--help", TRUE },         { "office -h", TRUE },         { "--json --help", TRUE },
               { "office", FALSE },        { "--set --help", FALSE },     { "-- --help", FALSE },
               { "--set mtu=1 -h", TRUE }, { "--set=mtu=1 --help", TRUE } };
  guint n_words;
  const SvpnCommand *command = svpn_command_find ((const char *const[]){ "connect", NULL }, &n_words);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GStrv) words = g_strsplit (rows[i].line, " ", -1);

    ROW_CHECK (rows[i].line,
               svpn_invocation_asks_for_help (command, (const char *const *) words) == rows[i].asks);
  }
}

static void
test_nearest (void)
{
  static const char *const words[] = { "connect", "disconnect", "status", NULL };
  static const struct {
    const char *word, *nearest;
  } rows[] = {
    { "conect", "connect" }, { "conenct", "connect" },       { "connects", "connect" }, { "stats", "status" },
    { "Status", "status" },  { "disconnekt", "disconnect" }, { "banana", NULL },        { "", NULL },
  };
  g_autofree char *too_long = g_strnfill (257, 'c');

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    ROW_CHECK_STRING (rows[i].word, svpn_nearest (rows[i].word, words), rows[i].nearest);
  g_assert_null (svpn_nearest (too_long, words));
}

static void
test_assignments (void)
{
  static const struct {
    const char *text, *value; /* NULL: refused */
    const char *message;      /* then a part of it */
    SvpnSettingFlags unfit;
  } rows[] = {
    { "wait=false", NULL, "wait: an option of one connect", SVPN_SETTING_CALL_ONLY },
    { "wait=false", "false", NULL, SVPN_SETTING_PROFILE_ONLY },
    { "autoconnect=true", NULL, "autoconnect: counts in a profile only", SVPN_SETTING_PROFILE_ONLY },
    { "autoconnect=true", "true", NULL, SVPN_SETTING_CALL_ONLY },
    { "mtu=1400", "uint32 1400" },
    { "mtu=576", "uint32 576" },
    { "mtu=575", NULL, "mtu: not a number from 576 to" },
    { "mtu=", NULL, "mtu: " },
    { "mtu=-1", NULL, "mtu: " },
    { "mtu=1400 ", NULL, "mtu: " },
    { "mtu=0x600", NULL, "mtu: " },
    { "qos=off", "false" },
    { "qos=0", "false" },
    { "qos=yes", "true" },
    { "qos=TRUE", NULL, "qos: neither true nor false" },
    { "dns=", "@as []" },
    { "dns=1.1.1.1, 9.9.9.9", "['1.1.1.1', '9.9.9.9']" },
    { "server-url=a=b", "'a=b'" },
    { "private-key=abc", NULL, "--private-key-file" },
    { "nat=true", NULL, "unknown setting 'nat'" },
    { "mtux=1400", NULL, "'mtu'" },
    { "mtu", NULL, "'mtu' is not of the form KEY=VALUE, such as mtu=1400" },
    { "=1", NULL, "unknown setting ''" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
    g_autoptr (GError) error = NULL;
    gboolean ok = svpn_assignments_add (&dict, SVPN_SCOPE_CLIENT, rows[i].text, rows[i].unfit, &error);
    g_autofree char *key = g_strndup (rows[i].text, strcspn (rows[i].text, "="));
    g_autoptr (GVariant) value = ok ? g_variant_dict_lookup_value (&dict, key, NULL) : NULL;
    g_autofree char *text = value != NULL ? g_variant_print (value, TRUE) : NULL;

    ROW_CHECK_STRING (rows[i].text, text, rows[i].value);
    ROW_CHECK (rows[i].text, (error == NULL) == ok);
    if (rows[i].message != NULL && (error == NULL || strstr (error->message, rows[i].message) == NULL))
      row_failed (rows[i].text, "'%s' does not say '%s'", error != NULL ? error->message : "",
                  rows[i].message);
  }
}

static void
test_assigned_twice (void)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  guint32 mtu;

  g_assert_true (svpn_assignments_add (&dict, SVPN_SCOPE_CLIENT, "mtu=1400", 0, &error));
  g_assert_false (svpn_assignments_add (&dict, SVPN_SCOPE_CLIENT, "mtu=1300", 0, &error));
  g_assert_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_SETTING);
  g_assert_cmpstr (error->message, ==, "mtu: given twice");
  g_assert_true (g_variant_dict_lookup (&dict, "mtu", "u", &mtu));
  g_assert_cmpuint (mtu, ==, 1400);
}

/* A setting as text is what svpn_assignments_value() takes. */
static void
test_assignment_text (void)
{
  static const struct {
    const char *key, *text;
  } rows[] = { { "mtu", "1400" },
               { "qos", "false" },
               { "server-url", "wss://v/" },
               { "dns", "192.0.2.53,2001:db8::53" },
               { "routes", "" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    const SvpnSetting *setting = svpn_assignments_find (SVPN_SCOPE_CLIENT, rows[i].key, 0, NULL);
    g_autoptr (GVariant) value = g_variant_ref_sink (svpn_assignments_value (setting, rows[i].text, NULL));
    g_autofree char *text = svpn_assignments_text (value, ",");

    ROW_CHECK_STRING (rows[i].key, text, rows[i].text);
  }
}

typedef gboolean ParseAmount (const char *text, guint64 *amount, GError **error);

static gboolean
parse_time (const char *text, guint64 *unix_s, GError **error)
{
  return svpn_parse_time (text, 1000000000, unix_s, error);
}

static void
test_quantities (void)
{
  static const struct {
    ParseAmount *parse;
    const char *text;
    guint64 amount; /* 0: refused */
  } rows[] = { { svpn_parse_rate, "500", 500 },
               { svpn_parse_rate, "500k", 500000 },
               { svpn_parse_rate, "2M", 2000000 },
               { svpn_parse_rate, "1g", 1000000000 },
               { svpn_parse_rate, "8bit", 1 },
               { svpn_parse_rate, "800kbit", 100000 },
               { svpn_parse_rate, "10Mbit", 1250000 },
               { svpn_parse_rate, "2Gbit", 250000000 },
               { svpn_parse_rate, "", 0 },
               { svpn_parse_rate, "M", 0 },
               { svpn_parse_rate, "-1", 0 },
               { svpn_parse_rate, " 1", 0 },
               { svpn_parse_rate, "1.5M", 0 },
               { svpn_parse_rate, "1MB", 0 },
               { svpn_parse_rate, "99999999999999999999", 0 },
               { svpn_parse_rate, "10000000000G", 0 },
               { svpn_parse_size, "65536", 65536 },
               { svpn_parse_size, "64k", 64000 },
               { svpn_parse_size, "1M", 1000000 },
               { svpn_parse_size, "1G", 0 },
               { svpn_parse_size, "8bit", 0 },
               { svpn_parse_size, "", 0 },
               { parse_time, "90s", 1000000090 },
               { parse_time, "5m", 1000000300 },
               { parse_time, "2h", 1000007200 },
               { parse_time, "30d", 1002592000 },
               { parse_time, "2030-01-31T12:00:00Z", 1896091200 },
               { parse_time, "2030-01-31T12:00:00+02", 1896084000 },
               { parse_time, "2030-01-31", 1896040800 },
               { parse_time, "0s", 0 },
               { parse_time, "2001-01-01", 0 },
               { parse_time, "1969-01-01", 0 },
               { parse_time, "tomorrow", 0 },
               { parse_time, "", 0 },
               { parse_time, "2030-13-01", 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    guint64 amount = 0;
    gboolean ok = rows[i].parse (rows[i].text, &amount, &error);

    ROW_CHECK (rows[i].text, ok == (rows[i].amount > 0) && ok == (error == NULL));
    if (ok)
      ROW_CHECK_UINT (rows[i].text, amount, rows[i].amount);
    else
      ROW_CHECK (rows[i].text, error == NULL || svpn_exit_status_of (error) == SVPN_EXIT_USAGE);
  }
}

/* Every error has a documented status, which is FAILED for one of them only. */
static void
test_exit_statuses (void)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (SMARTVPN_TYPE_ERROR);

  for (guint i = 0; i < codes->n_values; i++) {
    g_autoptr (GError) error = g_error_new_literal (SMARTVPN_ERROR, codes->values[i].value, "");
    int status = svpn_exit_status_of (error);
    const SvpnExitStatus *known = svpn_exit_statuses;

    while (known->meaning != NULL && known->status != status)
      known++;
    ROW_CHECK (codes->values[i].value_nick, known->meaning != NULL);
    ROW_CHECK (codes->values[i].value_nick, status != SVPN_EXIT_FAILED
                                                || codes->values[i].value == SMARTVPN_ERROR_FAILED
                                                || codes->values[i].value == SMARTVPN_ERROR_UNKNOWN);
  }
}

/* What scripts rely on. */
static void
test_exit_status_of (void)
{
  static const struct {
    const char *name;
    int code, status;
  } rows[] = {
    { "failed", SMARTVPN_ERROR_FAILED, 1 },
    { "invalid", SMARTVPN_ERROR_INVALID_ARGUMENTS, 2 },
    { "unknown setting", SMARTVPN_ERROR_UNKNOWN_SETTING, 2 },
    { "invalid setting", SMARTVPN_ERROR_INVALID_SETTING, 2 },
    { "not authorized", SMARTVPN_ERROR_NOT_AUTHORIZED, 3 },
    { "dismissed", SMARTVPN_ERROR_AUTHORIZATION_DISMISSED, 3 },
    { "no interaction", SMARTVPN_ERROR_INTERACTION_REQUIRED, 3 },
    { "not connected", SMARTVPN_ERROR_NOT_CONNECTED, 4 },
    { "not running", SMARTVPN_ERROR_NOT_RUNNING, 4 },
    { "no such session", SMARTVPN_ERROR_NO_SUCH_SESSION, 5 },
    { "no such client", SMARTVPN_ERROR_NO_SUCH_AUTHORIZED_CLIENT, 5 },
    { "no such profile", SMARTVPN_ERROR_NO_SUCH_PROFILE, 5 },
    { "exists", SMARTVPN_ERROR_ALREADY_EXISTS, 6 },
    { "busy", SMARTVPN_ERROR_BUSY, 6 },
    { "already connected", SMARTVPN_ERROR_ALREADY_CONNECTED, 6 },
    { "already running", SMARTVPN_ERROR_ALREADY_RUNNING, 6 },
    { "auth failed", SMARTVPN_ERROR_AUTH_FAILED, 7 },
    { "key mismatch", SMARTVPN_ERROR_SERVER_KEY_MISMATCH, 7 },
    { "tls", SMARTVPN_ERROR_TLS_FAILED, 7 },
    { "proxy", SMARTVPN_ERROR_PROXY_AUTH_REQUIRED, 7 },
    { "timeout", SMARTVPN_ERROR_TIMEOUT, 8 },
    { "unreachable", SMARTVPN_ERROR_UNREACHABLE, 8 },
    { "in progress", SMARTVPN_ERROR_IN_PROGRESS, 8 },
    { "limit", SMARTVPN_ERROR_LIMIT_EXCEEDED, 9 },
    { "not supported", SMARTVPN_ERROR_NOT_SUPPORTED, 10 },
  };
  static const struct {
    const char *name;
    int code, status;
  } of_dbus[] = {
    { "access denied", G_DBUS_ERROR_ACCESS_DENIED, 3 },
    { "unknown method", G_DBUS_ERROR_UNKNOWN_METHOD, 10 },
    { "unknown object", G_DBUS_ERROR_UNKNOWN_OBJECT, 5 },
    { "service unknown", G_DBUS_ERROR_SERVICE_UNKNOWN, 11 },
    { "no reply", G_DBUS_ERROR_NO_REPLY, 11 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = g_error_new_literal (SMARTVPN_ERROR, rows[i].code, "");

    ROW_CHECK_UINT (rows[i].name, (guint) svpn_exit_status_of (error), (guint) rows[i].status);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (of_dbus); i++) {
    g_autoptr (GError) error = g_error_new_literal (G_DBUS_ERROR, of_dbus[i].code, "");

    ROW_CHECK_UINT (of_dbus[i].name, (guint) svpn_exit_status_of (error), (guint) of_dbus[i].status);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "XXX-2", TRUE); /* two hours before UTC */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/table", test_table);
  g_test_add_func ("/command/aliases", test_aliases);
  g_test_add_func ("/command/offered-options", test_offered_options);
  g_test_add_func ("/command/offered-settings", test_offered_settings);
  g_test_add_func ("/command/asks-for-help", test_asks_for_help);
  g_test_add_func ("/command/parsing", test_parsing);
  g_test_add_func ("/command/end-of-options", test_end_of_options);
  g_test_add_func ("/command/wrong-lines", test_wrong_lines);
  g_test_add_func ("/command/nearest", test_nearest);
  g_test_add_func ("/command/assignments", test_assignments);
  g_test_add_func ("/command/assigned-twice", test_assigned_twice);
  g_test_add_func ("/command/assignment-text", test_assignment_text);
  g_test_add_func ("/command/quantities", test_quantities);
  g_test_add_func ("/command/exit-statuses", test_exit_statuses);
  g_test_add_func ("/command/exit-status-of", test_exit_status_of);
  return g_test_run ();
}
