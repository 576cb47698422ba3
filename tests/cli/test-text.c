/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Output: tables, amounts, graphs, the picture of monitor, what check says, QR codes. */
#include "error-text.h"
#include "format.h"
#include "i18n.h"
#include "machine.h"
#include "monitor-picture.h"
#include "qr.h"
#include "quantity.h"
#include "sparkline.h"
#include "table.h"
#include "terminal.h"
#include "text.h"

#include "../rows.h"

#include <json-glib/json-glib.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

static void
test_table (void)
{
  g_autoptr (SvpnTable) table = svpn_table_new ("lrl");
  g_autofree char *plain = NULL, *coloured = NULL;

  svpn_table_set_header (table, "NAME", "N", "STATE");
  svpn_table_add (table, "zoë", "7", "connected");
  svpn_table_add (table, "日本", "12345", NULL);
  svpn_table_add (table, "a\033[31mb", "", "failed");
  plain = svpn_table_to_text (table, FALSE);
  g_assert_cmpstr (plain, ==,
                   "NAME         N  STATE\n"
                   "zoë          7  connected\n"
                   "日本     12345  -\n"
                   "a?[31mb      -  failed\n");
  coloured = svpn_table_to_text (table, TRUE);
  g_assert_nonnull (strstr (coloured, "\033[32mconnected\033[0m\n"));
  g_assert_null (strstr (coloured, "a\033"));
}

static void
test_printable (void)
{
  static const struct {
    const char *text, *printable;
  } cases[] = {
    { "plain", "plain" },
    { "tab\tbell\a\r\n", "tab?bell???" },
    { "\033]0;title\a", "?]0;title?" },
    { "\xc2\x9b"
      "31m",
      "?31m" }, /* CSI of C1 */
    { "grün", "grün" },
    { "\xff", "\xef\xbf\xbd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *printable = svpn_text_printable (cases[i].text);

    ROW_CHECK_STRING (cases[i].printable, printable, cases[i].printable);
  }
}

/* Every state and health has a colour, and no other word. */
static void
test_colours (void)
{
  static const struct {
    const char *word, *colour;
  } rows[] = {
    { "connected", "\033[32m" },
    { "running", "\033[32m" },
    { "healthy", "\033[32m" },
    { "connecting", "\033[33m" },
    { "reconnecting", "\033[33m" },
    { "starting", "\033[33m" },
    { "stopping", "\033[33m" },
    { "disconnecting", "\033[33m" },
    { "degraded", "\033[33m" },
    { "critical", "\033[1;31m" },
    { "failed", "\033[1;31m" },
    { "disconnected", "" },
    { "stopped", "" },
    { "office", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    ROW_CHECK_STRING (rows[i].word, svpn_word_colour (rows[i].word), rows[i].colour);
}

static void
test_width (void)
{
  static const struct {
    const char *text;
    guint width;
  } rows[] = { { "", 0 }, { "office", 6 }, { "grün", 4 }, { "gru\314\210n", 4 }, { "日本", 4 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    ROW_CHECK_UINT (rows[i].text, svpn_text_width (rows[i].text), rows[i].width);
}

/* Lines are broken between words, and words that are longer than a line inside. */
static void
test_wrap (void)
{
  static const struct {
    const char *text;
    guint columns, indent;
    const char *wrapped;
  } rows[] = {
    { "", 20, 2, "" },
    { "one two three four", 18, 0, "one two three four" },
    { "one two three four", 17, 0, "one two three\nfour" },
    { "one two three four", 15, 4, "one two\n    three four" },
    { "1.2\302\240MB/s, peak", 13, 0, "1.2\302\240MB/s,\npeak" },
    { "\033[32mconnected\033[0m, for 1 day", 17, 0, "\033[32mconnected\033[0m, for 1\nday" },
    { "a wss://vpn.example.org/live", 12, 1, "a\n wss://vpn.e\n xample.org/\n live" },
    { "日本日本日本", 10, 0, "日本日本日\n本" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *wrapped = svpn_text_wrap (rows[i].text, rows[i].columns, rows[i].indent);

    ROW_CHECK_STRING (rows[i].text, wrapped, rows[i].wrapped);
  }
}

/* The second column of a table continues below itself; below the first one if that is too wide. */
static void
test_wrap_lines (void)
{
  static const struct {
    const char *text;
    guint columns;
    const char *wrapped;
  } rows[] = {
    { "  -j, --json    Print JSON\n\nMore text here.\n", 24,
      "  -j, --json\n        Print JSON\n\nMore text here.\n" },
    { "  --json  Print the JSON", 22, "  --json  Print the\n          JSON" },
    { "  Text with an indent", 16, "  Text with an\n  indent" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *wrapped = svpn_text_wrap_lines (rows[i].text, rows[i].columns);

    ROW_CHECK_STRING (rows[i].text, wrapped, rows[i].wrapped);
  }
}

static void
test_amounts (void)
{
  static const struct {
    guint64 seconds;
    const char *text;
  } durations[] = { { 0, "0:00:00" },      { 59, "0:00:59" },          { 3599, "0:59:59" },
                    { 86399, "23:59:59" }, { 86400, "1 day 0:00:00" }, { 180061, "2 days 2:01:01" } };
  static const struct {
    double ms;
    const char *text;
  } times[] = { { -1, "" }, { 0, "" }, { 0.123, "0.12 ms" }, { 9.99, "9.99 ms" }, { 12.4, "12 ms" } };
  static const struct {
    guint64 bytes_per_s;
    const char *text;
  } limits[] = { { 1250000, "10Mbit" }, { 2000000, "16Mbit" }, { 500000, "4Mbit" },
                 { 1000, "8kbit" },     { 1234, "9872bit" },   { 100000000000, "800Gbit" } };
  static const char *const none[] = { NULL }, *const two[] = { "a", "b", NULL };
  g_autofree char *unix_time = svpn_format_time (1896091200), *never = svpn_format_time (G_MAXUINT64);
  g_autofree char *rate = svpn_format_rate (1250000), *list = svpn_format_list (two);

  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++) {
    g_autofree char *text = svpn_format_duration (durations[i].seconds);

    ROW_CHECK_STRING (durations[i].text, text, durations[i].text);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *text = svpn_format_ms (times[i].ms);

    ROW_CHECK_STRING (times[i].text, text, times[i].text);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++) {
    g_autofree char *text = svpn_format_limit (limits[i].bytes_per_s);
    guint64 parsed = 0;

    ROW_CHECK_STRING (limits[i].text, text, limits[i].text);
    ROW_CHECK (limits[i].text, svpn_parse_rate (text, &parsed, NULL) && parsed == limits[i].bytes_per_s);
  }
  g_assert_cmpstr (unix_time, ==, "2030-01-31 14:00:00");
  g_assert_cmpstr (never, ==, "");
  g_assert_cmpstr (rate, ==, "1.2\302\240MB/s");
  g_assert_cmpstr (list, ==, "a, b");
  g_assert_null (svpn_format_list (none));
  g_assert_null (svpn_format_list (NULL));
}

static void
test_sparkline (void)
{
  static const double values[] = { 0, 1, 2, 4, -1, 7 };
  g_autofree char *all = svpn_sparkline (values, 6, 6);
  g_autofree char *last = svpn_sparkline (values, 6, 2);
  g_autofree char *wide = svpn_sparkline (values, 6, 8);
  g_autofree char *zeros = svpn_sparkline (values, 1, 1);
  g_autofree char *none = svpn_sparkline (values, 0, 3);

  g_assert_cmpstr (all, ==, "▁▂▃▅×█");
  g_assert_cmpstr (last, ==, "×█");
  g_assert_cmpstr (wide, ==, "  ▁▂▃▅×█");
  g_assert_cmpstr (zeros, ==, "▁");
  g_assert_cmpstr (none, ==, "   ");
}

static void
fill (SvpnMonitorView *view)
{
  static const double rates[] = { 0, 500000, 1000000 };

  svpn_monitor_view_init (view);
  view->name = "office";
  view->state = "connected";
  view->health = "degraded";
  view->server_url = "wss://vpn.example/";
  view->address = "10.8.0.2";
  view->interface = "svpn0";
  view->service_is_running = TRUE;
  view->rtt_ms = 12.5;
  view->loss_ratio = 0.25;
  view->drops_low = 42;
  view->uptime_s = 90061;
  view->received_per_s = 1000000;
  g_array_append_vals (view->received_rates, rates, 3);
  svpn_monitor_view_add_event (view, "reconnecting: \033[2J gone");
}

static void
test_picture (void)
{
  static const char *const parts[] = { "SmartVPN  office",
                                       "connected, for 1 day 1:01:01",
                                       "degraded",
                                       "wss://vpn.example/",
                                       "10.8.0.2 on svpn0",
                                       "▁▅█  1.0",
                                       "high 0, normal 0, low 42",
                                       "reconnecting: ?[2J gone",
                                       "q: quit" };
  SvpnMonitorView view;
  g_autofree char *plain = NULL, *coloured = NULL;

  fill (&view);
  plain = svpn_monitor_picture (&view, 80, 24, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (plain, parts[i]) == NULL)
      row_failed (parts[i], "not in:\n%s", plain);
  g_assert_null (strchr (plain, '\033'));
  coloured = svpn_monitor_picture (&view, 80, 24, TRUE);
  g_assert_nonnull (strstr (coloured, "\033[33mdegraded\033[0m"));
  view.state = "reconnecting";
  view.service_is_running = FALSE;
  g_free (plain);
  plain = svpn_monitor_picture (&view, 80, 24, FALSE);
  g_assert_nonnull (strstr (plain, "reconnecting (smartvpnd does not run"));
  svpn_monitor_view_clear (&view);
}

static void
fill_with_large_numbers (SvpnMonitorView *view)
{
  fill (view);
  view->server_url = "wss://a-rather-long-name.vpn.example.org/live/feed/of/the/day";
  view->address = "fd00:1234:5678:9abc:def0:1234:5678:9abc";
  view->interface = "svpn123";
  view->service_is_running = FALSE;
  view->next_keepalive_s = 60;
  view->reconnects = 1234567;
  view->rtt_ms = 123456;
  view->jitter_ms = 98765;
  view->received_per_s = view->sent_per_s = 123.4e6;
  view->peak_received_per_s = view->peak_sent_per_s = 987.6e6;
  view->bytes_received = view->bytes_sent = 456700000000;
  view->drops_high = view->drops_normal = view->drops_low = view->drops_rate_limit = 1234567890;
  view->queue_bytes = 345600000;
  for (guint i = 0; i < SVPN_MONITOR_EVENTS; i++)
    svpn_monitor_view_add_event (view, "reconnected (the line had been lost: no answer from the server)");
}

/* @text with a blank for each line break and indentation. */
static char *
unwrap (const char *text)
{
  g_autoptr (GRegex) breaks = g_regex_new ("\\s*\n\\s*", 0, 0, NULL);

  return g_regex_replace (breaks, text, -1, 0, " ", 0, NULL);
}

/* No line is too wide, no figure is cut, and the picture is not higher than the screen, whatever its size. */
static void
test_picture_sizes (void)
{
  static const char *const figures[] = {
    "for 1 day 1:01:01, 1234567 reconnects",
    "next keepalive in 60 s",
    "svpn123",
    "123456 ms, jitter 98765 ms, loss 25 %",
    "123.4\302\240MB/s, peak 987.6\302\240MB/s, 456.7\302\240GB in all",
    "high 1234567890, normal 1234567890, low 1234567890, rate limit 1234567890; queued 345.6\302\240MB",
    "q: quit",
  };
  SvpnMonitorView view;

  fill_with_large_numbers (&view);
  for (guint columns = 40; columns <= 200; columns++) {
    g_autofree char *picture = svpn_monitor_picture (&view, columns, 40, FALSE);
    g_autofree char *unwrapped = unwrap (picture);
    g_autofree char *row = g_strdup_printf ("%u columns", columns);
    g_auto (GStrv) lines = g_strsplit (picture, "\n", -1);

    ROW_CHECK (row, g_strv_length (lines) <= 40);
    for (char **line = lines; *line != NULL; line++)
      if (svpn_text_width (*line) > columns)
        row_failed (row, "%u columns wide: %s", svpn_text_width (*line), *line);
    for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
      if (strstr (unwrapped, figures[i]) == NULL)
        row_failed (row, "%s is not in:\n%s", figures[i], picture);
  }
  svpn_monitor_view_clear (&view);
}

/* A screen that is not high enough shows the newest events. */
static void
test_picture_rows (void)
{
  SvpnMonitorView view;
  g_autofree char *picture = NULL;

  fill (&view);
  svpn_monitor_view_add_event (&view, "newest");
  picture = svpn_monitor_picture (&view, 80, 16, FALSE);
  g_assert_nonnull (strstr (picture, "newest"));
  g_assert_null (strstr (picture, "gone"));
  svpn_monitor_view_clear (&view);
}

/* What is kept for the graphs is bounded. */
static void
test_bounds (void)
{
  SvpnMonitorView view;

  svpn_monitor_view_init (&view);
  for (guint i = 0; i < 2 * SVPN_MONITOR_RATES; i++) {
    svpn_monitor_view_take_nothing (&view);
    svpn_monitor_view_add_event (&view, "event");
  }
  g_assert_cmpuint (view.received_rates->len, ==, SVPN_MONITOR_RATES);
  g_assert_cmpuint (view.sent_rates->len, ==, SVPN_MONITOR_RATES);
  g_assert_cmpuint (view.events->len, ==, SVPN_MONITOR_EVENTS);
  svpn_monitor_view_clear (&view);
}

static void
test_line (void)
{
  SvpnMonitorView view;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *line = NULL, *json = NULL;
  JsonObject *object;

  fill (&view);
  line = svpn_monitor_view_to_line (&view);
  g_assert_nonnull (strstr (line, "connected  degraded  RTT 12 ms  loss 25 %"));
  g_assert_null (strchr (line, '\n'));
  json = svpn_monitor_view_to_json (&view);
  g_assert_null (strchr (json, '\n'));
  node = json_from_string (json, NULL);
  object = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "connected");
  g_assert_cmpfloat (json_object_get_double_member (object, "received-bytes-per-s"), ==, 1000000);
  g_assert_cmpint (json_object_get_int_member (object, "drops-qos-low"), ==, 42);
  svpn_monitor_view_clear (&view);
}

static void
speak_german (void)
{
  g_setenv ("LANGUAGE", "de", TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "C.UTF-8"));
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("SMARTVPN_PO"));
}

/* What kind of error it is, is said in the user's language, before the service's own words. */
static void
test_errors (void)
{
  static const SmartvpnError alone[]
      = { SMARTVPN_ERROR_UNKNOWN,         SMARTVPN_ERROR_FAILED,          SMARTVPN_ERROR_INVALID_ARGUMENTS,
          SMARTVPN_ERROR_UNKNOWN_SETTING, SMARTVPN_ERROR_INVALID_SETTING, SMARTVPN_ERROR_NO_SUCH_PROFILE };
  g_autoptr (GEnumClass) codes = g_type_class_ref (SMARTVPN_TYPE_ERROR);

  for (guint i = 0; i < codes->n_values; i++) {
    const char *name = codes->values[i].value_nick;
    int code = codes->values[i].value;
    g_autoptr (GError) error = g_error_new_literal (SMARTVPN_ERROR, code, "why");
    g_autofree char *english = svpn_error_text (error), *german = NULL;
    gboolean is_alone = FALSE;

    for (gsize j = 0; j < G_N_ELEMENTS (alone); j++)
      is_alone |= code == (int) alone[j];
    speak_german ();
    german = svpn_error_text (error);
    setlocale (LC_ALL, "C");
    ROW_CHECK_STRING (name, english, "why");
    ROW_CHECK (name, g_str_equal (german, "why") == is_alone);
    ROW_CHECK (name, g_str_has_suffix (german, "why"));
  }
}

/* Every state and health that is known has a word in German, and its colour. */
static void
test_words (void)
{
  const GType types[] = { SMARTVPN_TYPE_CLIENT_STATE, SMARTVPN_TYPE_SERVER_STATE, SMARTVPN_TYPE_HEALTH };

  speak_german ();
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GEnumClass) values = g_type_class_ref (types[i]);

    for (guint j = 1; j < values->n_values; j++) { /* the first is "unknown" */
      const char *word = values->values[j].value_nick, *german = svpn_word (word);
      gboolean has_colour = !g_str_equal (word, "disconnected") && !g_str_equal (word, "stopped");

      if (g_str_equal (word, "none"))
        g_assert_null (german);
      else {
        ROW_CHECK (word, !g_str_equal (german, word));
        ROW_CHECK (word, (*svpn_word_colour (german) != '\0') == has_colour);
      }
    }
  }
  setlocale (LC_ALL, "C");
}

static void
test_machine (void)
{
  static const struct {
    const char *row;
    SvpnMachine machine;
    const char *codes;
  } rows[] = {
    { "well", { "1.0.0", "1.0.0", TRUE, TRUE, 2000000, 1000000 }, "" },
    { "other version", { "1.0.0", "0.9.0", TRUE, TRUE, 2000000, 1000000 }, "version-differs" },
    { "unknown version", { "1.0.0", NULL, TRUE, TRUE, 2000000, 1000000 }, "version-differs" },
    { "no TUN device", { "1.0.0", "1.0.0", FALSE, TRUE, 2000000, 1000000 }, "no-tun" },
    { "no NTP", { "1.0.0", "1.0.0", TRUE, FALSE, 2000000, 1000000 }, "clock-not-synchronised" },
    { "clock from 1970", { "1.0.0", "1.0.0", TRUE, FALSE, 60, 1000000 }, "clock-wrong" },
    { "installed in another time zone", { "1.0.0", "1.0.0", TRUE, TRUE, 1000000, 1050000 }, "" },
    { "all", { "1.0.0", "1.1.0", FALSE, FALSE, 0, 1000000 }, "version-differs no-tun clock-wrong" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GPtrArray) findings = svpn_machine_findings (&rows[i].machine);
    g_autoptr (GString) codes = g_string_new (NULL);

    for (guint j = 0; j < findings->len; j++) {
      const char *finding = findings->pdata[j];

      g_string_append_printf (codes, "%s%.*s", j > 0 ? " " : "", (int) strcspn (finding, ":"), finding);
    }
    ROW_CHECK_STRING (rows[i].row, codes->str, rows[i].codes);
  }
}

static void
test_qr (void)
{
  g_autofree char *picture = svpn_qr_to_text ("smartvpn://vpn.example/", FALSE, TRUE);
  g_autofree char *ascii = svpn_qr_to_text ("smartvpn://vpn.example/", FALSE, FALSE);
  g_autofree char *longest = g_strnfill (2953, 'a'), *too_long = g_strnfill (2954, 'a');
  g_autofree char *large = svpn_qr_to_text (longest, TRUE, TRUE);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (picture), "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, (25 + 4 + 1) / 2); /* version 2 and a quiet zone */
  for (char **line = lines; *line != NULL; line++)
    g_assert_cmpuint (svpn_text_width (*line), ==, 25 + 4);
  g_assert_true (g_str_is_ascii (ascii));
  g_assert_cmpuint (strlen (ascii), ==, (2 * (25 + 4) + 1) * (25 + 4));
  g_assert_nonnull (large);
  g_assert_null (svpn_qr_to_text (too_long, FALSE, TRUE));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "XXX-2", TRUE); /* two hours before UTC */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/table", test_table);
  g_test_add_func ("/text/printable", test_printable);
  g_test_add_func ("/text/colours", test_colours);
  g_test_add_func ("/text/width", test_width);
  g_test_add_func ("/text/wrap", test_wrap);
  g_test_add_func ("/text/wrap-lines", test_wrap_lines);
  g_test_add_func ("/text/amounts", test_amounts);
  g_test_add_func ("/text/sparkline", test_sparkline);
  g_test_add_func ("/text/picture", test_picture);
  g_test_add_func ("/text/picture-sizes", test_picture_sizes);
  g_test_add_func ("/text/picture-rows", test_picture_rows);
  g_test_add_func ("/text/bounds", test_bounds);
  g_test_add_func ("/text/line", test_line);
  g_test_add_func ("/text/errors", test_errors);
  g_test_add_func ("/text/words", test_words);
  g_test_add_func ("/text/machine", test_machine);
  g_test_add_func ("/text/qr", test_qr);
  return g_test_run ();
}
