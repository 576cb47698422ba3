/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Foreign text in one line. */
#include "printable.h"

static void
test_texts (void)
{
  static const struct {
    const char *text;
    gsize max;
    const char *printable;
  } rows[] = {
    { "", 10, "" },
    { "plain text", 100, "plain text" },
    { "größe ☃ \xf0\x9f\x98\x80", 100, "größe ☃ \xf0\x9f\x98\x80" },
    { "a\nb\rc\td", 100, "a?b?c?d" },
    { "\033[31mred\x7f", 100, "?[31mred?" },
    { "a\xc2\x85"
      "b\xc2\x9b"
      "c",
      100, "a?b?c" },                             /* C1 control characters */
    { "a\u202eb\u200bc\u2028d", 100, "a?b?c?d" }, /* written from right to left; of no width; a line's end */
    { "a\xff"
      "b\xc3",
      100,
      "a\uFFFD"
      "b\uFFFD" },
    { "abcdef", 3, "abc" },
    { "ääää", 3, "äää" },
    { "abc", 3, "abc" },
    { "a\nb", 2, "a?" },
    { "abc", 0, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *printable = svpn_printable (rows[i].text, rows[i].max);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (printable, ==, rows[i].printable);
    g_assert_true (svpn_is_printable (printable));
  }
}

static void
test_is_printable (void)
{
  g_assert_true (svpn_is_printable (""));
  g_assert_true (svpn_is_printable ("größe ☃"));
  g_assert_false (svpn_is_printable ("a\n"));
  g_assert_false (svpn_is_printable ("\u202e"));
  g_assert_false (svpn_is_printable ("a\033"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/printable/texts", test_texts);
  g_test_add_func ("/printable/is-printable", test_is_printable);
  return g_test_run ();
}
