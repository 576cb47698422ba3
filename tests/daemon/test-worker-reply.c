/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What smartvpnd passes on of a worker's answers. */
#include "error.h"
#include "worker-reply.h"

#include <math.h>
#include <string.h>

#define HISTORY_MAX 1024
#define SESSIONS_MAX 65536

/* clang-format off */
static const struct {
  SvpnReply reply;
  const char *answer, *passed_on; /* GVariant text */
} rows[] = {
  { SVPN_REPLY_CLIENT_STATISTICS, "{}", "@a{sv} {}" },
  { SVPN_REPLY_CLIENT_STATISTICS, "{'rekeys': <uint64 3>, 'strange': <uint64 4>}", "{'rekeys': <uint64 3>}" },
  { SVPN_REPLY_CLIENT_STATISTICS, "{'rekeys': <3>}", "@a{sv} {}" },
  { SVPN_REPLY_CLIENT_STATISTICS, "{'rekeys': <uint32 3>}", "@a{sv} {}" },
  { SVPN_REPLY_CLIENT_STATISTICS, "{'rekeys': <'3'>}", "@a{sv} {}" },
  { SVPN_REPLY_CLIENT_STATISTICS, "{'sessions-total': <uint64 3>}", "@a{sv} {}" }, /* a server's */
  { SVPN_REPLY_SERVER_STATISTICS, "{'sessions-total': <uint64 3>, 'rekeys': <uint64 1>, 'rtt-ms': <1.5>}",
    "{'rekeys': <uint64 1>, 'sessions-total': <uint64 3>}" },
  { SVPN_REPLY_SESSION, "{'id': <'7'>, 'name': <'a\\nb\\u001b'>, 'public-key': <'k'>, 'lease': <'SECRET'>, 'mtu': <uint32 5>}",
    "{'id': <'7'>, 'name': <'a?b?'>, 'public-key': <'k'>, 'mtu': <uint32 5>}" },
  { SVPN_REPLY_SESSION, "{'health': <'healthy'>}", "@a{sv} {}" },
  { SVPN_REPLY_RETRY, "{'attempt': <uint32 3>, 'next-try-ms': <uint64 5>, 'lost-ms': <5>, 'last-error': <'a\nb'>}",
    "{'attempt': <uint32 3>, 'next-try-ms': <uint64 5>, 'last-error': <'a?b'>}" },
  { SVPN_REPLY_SESSION_TELEMETRY, "{'id': <'7'>, 'health': <'critical'>, 'rate-limit-bytes-per-s': <uint64 9>}",
    "{'id': <'7'>, 'health': <'critical'>, 'rate-limit-bytes-per-s': <uint64 9>}" },
  { SVPN_REPLY_QUALITY, "{'health': <'healthy'>, 'rtt-ms': <1.5>}", "{'health': <'healthy'>, 'rtt-ms': <1.5>}" },
  { SVPN_REPLY_QUALITY, "{'health': <'degraded'>}", "{'health': <'degraded'>}" },
  { SVPN_REPLY_QUALITY, "{'health': <'splendid'>}", "@a{sv} {}" },
  { SVPN_REPLY_QUALITY, "{'health': <''>}", "@a{sv} {}" },
  { SVPN_REPLY_QUALITY, "{'health': <'healthy '>}", "@a{sv} {}" },
  { SVPN_REPLY_QUALITY, "{'rtt-ms': <1>}", "@a{sv} {}" },
  { SVPN_REPLY_QUALITY, "{'private-key': <'SECRET'>}", "@a{sv} {}" },
  { SVPN_REPLY_MTU_INFO, "{'mtu': <uint32 1400>, 'link-mtu': <uint32 9000>, 'packets-too-big': <uint64 2>}",
    "{'mtu': <uint32 1400>, 'packets-too-big': <uint64 2>}" },
  { SVPN_REPLY_RECONNECTION, "{'reason': <'a\\tb'>, 'attempts': <uint32 2>, 'assigned-ip': <'1.2.3.4'>}",
    "{'attempts': <uint32 2>, 'reason': <'a?b'>}" },
};
/* clang-format on */

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GVariant) answer = g_variant_parse (G_VARIANT_TYPE_VARDICT, rows[i].answer, NULL, NULL, NULL);
    g_autoptr (GVariant) expected
        = g_variant_parse (G_VARIANT_TYPE_VARDICT, rows[i].passed_on, NULL, NULL, NULL);
    g_autoptr (GVariant) passed_on = g_variant_ref_sink (svpn_worker_reply (rows[i].reply, answer));
    g_autofree char *text = g_variant_print (passed_on, TRUE);

    g_test_message ("row %" G_GSIZE_FORMAT ": %s -> %s", i, rows[i].answer, text);
    g_assert_cmpvariant (passed_on, expected);
  }
}

static void
test_numbers (void)
{
  static const struct {
    double number;
    gboolean passed_on;
  } numbers[] = { { 0, TRUE },    { -1, TRUE },        { 1e300, TRUE },
                  { NAN, FALSE }, { INFINITY, FALSE }, { -INFINITY, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (GVariant) answer
        = g_variant_ref_sink (g_variant_new_parsed ("{'rtt-ms': <%d>}", numbers[i].number));
    g_autoptr (GVariant) passed_on = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_QUALITY, answer));

    g_test_message ("row %g", numbers[i].number);
    g_assert_cmpint (g_variant_n_children (passed_on), ==, numbers[i].passed_on);
  }
}

static void
test_history (void)
{
  static const guint amounts[] = { 0, 1, HISTORY_MAX, HISTORY_MAX + 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (amounts); i++) {
    g_auto (GVariantBuilder) history = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(tdb)"));

    for (guint n = 0; n < amounts[i]; n++)
      g_variant_builder_add (&history, "(tdb)", (guint64) n, 1.0, FALSE);
    g_autoptr (GVariant) answer
        = g_variant_ref_sink (g_variant_new_parsed ("{'history': <%*>}", g_variant_builder_end (&history)));
    g_autoptr (GVariant) passed_on = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_QUALITY, answer));
    g_test_message ("row %u", amounts[i]);
    g_assert_cmpint (g_variant_n_children (passed_on), ==, amounts[i] <= HISTORY_MAX);
  }
}

static void
test_session_list (void)
{
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  g_variant_builder_add_parsed (&list, "{'id': <'1'>, 'strange': <'x'>}");
  for (guint n = 0; n < SESSIONS_MAX; n++)
    g_variant_builder_add_parsed (&list, "@a{sv} {}");
  g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_builder_end (&list));
  g_autoptr (GVariant) passed_on = g_variant_ref_sink (svpn_worker_reply (SVPN_REPLY_SESSION_LIST, answer));
  g_autoptr (GVariant) first = g_variant_get_child_value (passed_on, 0);
  g_autofree char *text = g_variant_print (first, FALSE);

  g_assert_cmpuint (g_variant_n_children (passed_on), ==, SESSIONS_MAX);
  g_assert_cmpstr (text, ==, "{'id': <'1'>}");
}

static void
test_text (void)
{
  g_autofree char *longest = g_strnfill (256, 'a'), *longer = g_strnfill (257, 'a');
  const struct {
    const char *told, *shown;
  } texts[] = {
    { "", "" }, { "plain", "plain" }, { "a\r\n\033b", "a???b" }, { longest, longest }, { longer, longest }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *shown = svpn_worker_text (texts[i].told);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (shown, ==, texts[i].shown);
  }
}

/* An error as GDBus makes it of one that has come from a worker. */
static GError *
remote_error (const char *name, const char *message)
{
  svpn_error_quark ();
  return g_dbus_error_new_for_dbus_error (name, message);
}

static void
test_errors (void)
{
  g_autofree char *longer = g_strnfill (1025, 'a'), *longest = g_strnfill (1024, 'a');
  const struct {
    const char *name, *message;
    int code;
    const char *shown;
  } errors[] = {
    { "org.smartvpn.Error.AuthFailed", "who are you?", SVPN_ERROR_AUTH_FAILED, "who are you?" },
    { "org.smartvpn.Error.TlsFailed", "a\nb", SVPN_ERROR_TLS_FAILED, "a?b" },
    { "org.smartvpn.Error.Timeout", longer, SVPN_ERROR_TIMEOUT, longest },
    { "org.freedesktop.DBus.Error.UnknownMethod", "no such", SVPN_ERROR_NOT_SUPPORTED,
      "The tunnel runs with a worker of an older version, which cannot do this: end the tunnel and start it "
      "again" },
    { "org.freedesktop.DBus.Error.NoReply", "no such\033", SVPN_ERROR_FAILED, "The worker failed: no such?" },
    { "org.example.Strange", "x", SVPN_ERROR_FAILED, "The worker failed: x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autoptr (GError) error = svpn_worker_error (remote_error (errors[i].name, errors[i].message));

    g_test_message ("row %s", errors[i].name);
    g_assert_error (error, SVPN_ERROR, errors[i].code);
    g_assert_cmpstr (error->message, ==, errors[i].shown);
  }
}

static void
test_silence (void)
{
  static const struct {
    int code;
    gboolean silence;
  } codes[]
      = { { G_IO_ERROR_CANCELLED, TRUE }, { G_IO_ERROR_CLOSED, TRUE }, { G_IO_ERROR_TIMED_OUT, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, codes[i].code, "x");

    g_test_message ("row %d", codes[i].code);
    g_assert_true (svpn_worker_error_is_silence (error) == codes[i].silence);
  }
  /* A worker that says so has said something. */
  g_autoptr (GError) told
      = remote_error ("org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code19", "x");
  g_assert_error (told, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (svpn_worker_error_is_silence (told));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/worker-reply/rows", test_rows);
  g_test_add_func ("/worker-reply/numbers", test_numbers);
  g_test_add_func ("/worker-reply/history", test_history);
  g_test_add_func ("/worker-reply/session-list", test_session_list);
  g_test_add_func ("/worker-reply/text", test_text);
  g_test_add_func ("/worker-reply/errors", test_errors);
  g_test_add_func ("/worker-reply/silence", test_silence);
  return g_test_run ();
}
