/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Secret texts do not stay in memory. This program's g_free() sees what the code under test gives back. */
#include "secret-text.h"

#include <stdlib.h>
#include <string.h>

#define SECRET "a secret of the test"

static char *watched;
static gboolean freed, wiped;

void
g_free (gpointer memory)
{
  if (memory != NULL && memory == watched) {
    static const char zeros[sizeof SECRET];

    freed = TRUE;
    wiped = memcmp (memory, zeros, sizeof zeros) == 0;
  }
  free (memory);
}

static char *
make_secret (void)
{
  watched = strdup (SECRET);
  freed = wiped = FALSE;
  return watched;
}

static void
test_free (void)
{
  svpn_secret_text_free (make_secret ());
  g_assert_true (freed && wiped);
  svpn_secret_text_free (NULL);
}

static void
test_autoptr (void)
{
  {
    g_autoptr (SvpnSecretText) text = make_secret ();
    g_assert_cmpstr (text, ==, SECRET);
  }
  g_assert_true (freed && wiped);
}

/* The test can fail: a plain free does not wipe. */
static void
test_plain_free (void)
{
  g_free (make_secret ());
  g_assert_true (freed);
  g_assert_false (wiped);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/secret-text/free", test_free);
  g_test_add_func ("/secret-text/autoptr", test_autoptr);
  g_test_add_func ("/secret-text/plain-free", test_plain_free);
  return g_test_run ();
}
