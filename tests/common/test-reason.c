/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Reasons: texts taken apart, errors and back, and what the other side of a session may say. */
#include "reason.h"
#include "error.h"

static const struct {
  const char *text, *code, *message;
} splits[] = {
  { "user", "user", "" },
  { "no-answer: nothing for 10 s", "no-answer", "nothing for 10 s" },
  { "AuthFailed: the server does not know us: a", "AuthFailed", "the server does not know us: a" },
  { "", "connection-lost", "" },
  { "cut", "connection-lost", "cut" },
  { "users: a", "connection-lost", "users: a" },
  { "user:", "connection-lost", "user:" },
};

static void
test_split (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (splits); i++) {
    const char *message;

    g_test_message ("row %s", splits[i].text);
    g_assert_cmpstr (svpn_reason_split (splits[i].text, SVPN_REASON_CONNECTION_LOST, &message), ==,
                     splits[i].code);
    g_assert_cmpstr (message, ==, splits[i].message);
  }
}

static void
test_errors (void)
{
  g_autoptr (GError) error = g_error_new_literal (SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "a: b");
  g_autofree char *text = svpn_reason_of_error (error);
  g_autoptr (GError) back = svpn_reason_to_error (text);
  g_autoptr (GError) other = svpn_reason_to_error ("no-answer: x");

  g_assert_cmpstr (text, ==, "TlsFailed: a: b");
  g_assert_error (back, SVPN_ERROR, SVPN_ERROR_TLS_FAILED);
  g_assert_cmpstr (back->message, ==, "a: b");
  g_assert_error (other, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_cmpstr (other->message, ==, "no-answer: x");
}

static const struct {
  const char *goodbye, *server, *client;
} goodbyes[] = {
  { "server-stopped: The server stops", "server-stopped: The server stops",
    "client-left: server-stopped: The server stops" },
  { "The server stops", "server-stopped: The server stops", "client-left: The server stops" },
  { "client-left", "server-ended: client-left", "client-left" },
  /* codes that only this side may use */
  { "user", "server-ended: user", "client-left: user" },
  { "AuthFailed: x", "server-ended: AuthFailed: x", "client-left: AuthFailed: x" },
  { "worker-died: x", "server-ended: worker-died: x", "client-left: worker-died: x" },
  { "bye", "server-ended: bye", "client-left: bye" },
};

static void
test_goodbyes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (goodbyes); i++) {
    g_autofree char *of_server = svpn_reason_from_server (goodbyes[i].goodbye);
    g_autofree char *of_client = svpn_reason_from_client (goodbyes[i].goodbye);

    g_test_message ("row %s", goodbyes[i].goodbye);
    g_assert_cmpstr (of_server, ==, goodbyes[i].server);
    g_assert_cmpstr (of_client, ==, goodbyes[i].client);
  }
}

static void
test_words (void)
{
  for (int i = 0; i < SVPN_N_REASONS; i++) {
    const char *code = svpn_reason_code ((SvpnReason) i);

    g_assert_nonnull (svpn_reason_for_person (code));
    g_assert_false (svpn_error_is_name (code));
  }
  g_assert_null (svpn_reason_for_person ("AuthFailed"));
  g_assert_null (svpn_reason_for_person ("later"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/reason/split", test_split);
  g_test_add_func ("/reason/errors", test_errors);
  g_test_add_func ("/reason/goodbyes", test_goodbyes);
  g_test_add_func ("/reason/words", test_words);
  return g_test_run ();
}
