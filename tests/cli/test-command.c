/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The table of commands, command lines, and what people write in them. */
#include "assignments.h"
#include "command-table.h"
#include "exit-status.h"
#include "invocation.h"
#include "nearest.h"
#include "quantity.h"

#include <string.h>

static gboolean
ends_sentence (const char *text)
{
  return text[strlen (text) - 1] == '.';
}

static void
check_options (const SvpnCommand *command)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; command->options[i] != NULL; i++) {
    g_assert_cmpuint (i, <, SVPN_COMMAND_OPTIONS - 1);
    g_assert_true (g_hash_table_add (seen, (gpointer) command->options[i]->name));
    g_assert_false (ends_sentence (command->options[i]->help));
  }
}

static void
test_table (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++) {
    g_auto (GStrv) words = g_strsplit (command->name, " ", -1);
    guint n_words;

    g_assert_true (g_hash_table_add (seen, (gpointer) command->name));
    g_assert_true (svpn_command_find ((const char *const *) words, &n_words) == command);
    g_assert_cmpuint (n_words, ==, g_strv_length (words));
    g_assert_true (ends_sentence (command->summary)
                   && (command->text == NULL || ends_sentence (command->text)));
    g_assert_true (command->run != NULL && command->min <= command->max);
    g_assert_true ((command->max > 0) == (command->arguments != NULL));
    check_options (command);
  }
}

static SvpnInvocation *
parse (const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint n_words;
  const SvpnCommand *command = svpn_command_find ((const char *const *) words, &n_words);

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
  g_assert_true (svpn_invocation_has (invocation, "json"));
  g_assert_false (svpn_invocation_has (invocation, "no-wait"));
  g_assert_cmpstr (svpn_invocation_value (invocation, "set"), ==, "qos=true");
  g_assert_cmpstr (svpn_invocation_values (invocation, "set")[0], ==, "mtu=1400");
  g_assert_cmpuint (g_strv_length ((char **) svpn_invocation_values (invocation, "set")), ==, 2);
}

static void
test_wrong_lines (void)
{
  static const char *const lines[]
      = { "connect a b",         "connect --server x", "connect --set", "server limit laptop",
          "server limit a 1M b", "profile list x",     "genkey x" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (lines[i], &error));
    g_assert_cmpint (svpn_exit_status_of (error), ==, SVPN_EXIT_USAGE);
  }
}

static void
test_nearest (void)
{
  static const char *const words[] = { "connect", "disconnect", "status", NULL };

  g_assert_cmpstr (svpn_nearest ("conect", words), ==, "connect");
  g_assert_cmpstr (svpn_nearest ("conenct", words), ==, "connect");
  g_assert_cmpstr (svpn_nearest ("stats", words), ==, "status");
  g_assert_null (svpn_nearest ("banana", words));
  g_assert_null (svpn_nearest ("", words));
}

static void
test_assignments (void)
{
  static const struct {
    const char *text, *value; /* NULL: refused */
  } cases[] = {
    { "mtu=1400", "uint32 1400" },
    { "mtu=", NULL },
    { "mtu=-1", NULL },
    { "mtu=1400 ", NULL },
    { "mtu=0x600", NULL },
    { "qos=off", "false" },
    { "qos=yes", "true" },
    { "qos=TRUE", NULL },
    { "dns=", "@as []" },
    { "dns=1.1.1.1, 9.9.9.9", "['1.1.1.1', '9.9.9.9']" },
    { "server-url=a=b", "'a=b'" },
    { "private-key=abc", NULL },
    { "nat=true", NULL },
    { "mtu", NULL },
    { "=1", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
    g_autoptr (GError) error = NULL;
    gboolean ok = svpn_assignments_add (&dict, SVPN_SCOPE_CLIENT, cases[i].text, &error);
    g_autofree char *key = g_strndup (cases[i].text, strcspn (cases[i].text, "="));
    g_autoptr (GVariant) value = ok ? g_variant_dict_lookup_value (&dict, key, NULL) : NULL;
    g_autofree char *text = value != NULL ? g_variant_print (value, TRUE) : NULL;

    g_assert_cmpstr (text, ==, cases[i].value);
    g_assert_true ((error == NULL) == ok);
  }
}

static void
test_quantities (void)
{
  static const struct {
    const char *text;
    guint64 bytes_per_s; /* 0: none */
  } rates[] = { { "500", 500 }, { "500k", 500000 },    { "2M", 2000000 }, { "1g", 1000000000 },
                { "8bit", 1 },  { "10Mbit", 1250000 }, { "", 0 },         { "M", 0 },
                { "-1", 0 },    { "1.5M", 0 },         { "1MB", 0 },      { "99999999999999999999", 0 } };
  static const struct {
    const char *text;
    guint64 unix_s; /* 0: none */
  } times[] = { { "90s", 1000000090 },
                { "2h", 1000007200 },
                { "30d", 1002592000 },
                { "2030-01-31T12:00:00Z", 1896091200 },
                { "2030-01-31", 1896048000 },
                { "0s", 0 },
                { "2001-01-01", 0 },
                { "tomorrow", 0 },
                { "", 0 },
                { "2030-13-01", 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++) {
    guint64 rate = 0;

    g_assert_true (svpn_parse_rate (rates[i].text, &rate) == (rates[i].bytes_per_s > 0));
    g_assert_cmpuint (rate, ==, rates[i].bytes_per_s);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    guint64 time = 0;
    gboolean ok = svpn_parse_time (times[i].text, 1000000000, &time);

    g_assert_true (ok == (times[i].unix_s > 0));
    if (ok)
      g_assert_cmpuint (time, ==, times[i].unix_s);
  }
}

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
    g_assert_nonnull (known->meaning);
    g_assert_true (status != SVPN_EXIT_FAILED || codes->values[i].value == SMARTVPN_ERROR_FAILED);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/table", test_table);
  g_test_add_func ("/command/parsing", test_parsing);
  g_test_add_func ("/command/wrong-lines", test_wrong_lines);
  g_test_add_func ("/command/nearest", test_nearest);
  g_test_add_func ("/command/assignments", test_assignments);
  g_test_add_func ("/command/quantities", test_quantities);
  g_test_add_func ("/command/exit-statuses", test_exit_statuses);
  return g_test_run ();
}
