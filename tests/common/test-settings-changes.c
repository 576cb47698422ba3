/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which changes of a server's settings Reload() applies, and which take a restart. */
#include "settings.h"

static const struct {
  const char *name, *running, *stored; /* GVariant text */
  const char *live, *restart;          /* keys, joined */
} changes[] = {
  { "none", "{}", "{}", "", "" },
  { "same", "{'mtu': <uint32 1300>}", "{'mtu': <uint32 1300>}", "", "" },
  { "default-written-down", "{}", "{'mtu': <uint32 1420>, 'dns': <@as []>}", "", "" },
  { "files-of-the-certificate", "{}", "{'tls-key-file': <'/k'>}", "", "tls-key-file" },
  { "both-kinds", "{'mtu': <uint32 1300>, 'dns': <['1.1.1.1']>}", "{'nat': <true>}", "dns,nat", "mtu" },
  { "without-default", "{'decoy': <'/srv/www'>}", "{'ipv6-pool': <'fd00::/64'>}", "decoy", "ipv6-pool" },
  { "secret", "{}", "{'private-key': <'x'>}", "", "" },
  { "not-about-running", "{}", "{'autostart': <true>}", "", "" },
  { "keepalives", "{}", "{'keepalive-healthy-s': <uint32 30>, 'qos': <false>}", "keepalive-healthy-s,qos",
    "" },
};

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
test_change (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GVariant) running = parse (changes[i].running);
  g_autoptr (GVariant) stored = parse (changes[i].stored);
  g_auto (GStrv) live = svpn_settings_changed (SVPN_SCOPE_SERVER, running, stored, TRUE);
  g_auto (GStrv) restart = svpn_settings_changed (SVPN_SCOPE_SERVER, running, stored, FALSE);
  g_autoptr (GVariant) reloaded = svpn_settings_take_live (SVPN_SCOPE_SERVER, running, stored);
  g_auto (GStrv) live_after = svpn_settings_changed (SVPN_SCOPE_SERVER, reloaded, stored, TRUE);
  g_auto (GStrv) restart_after = svpn_settings_changed (SVPN_SCOPE_SERVER, reloaded, stored, FALSE);
  g_autofree char *live_text = g_strjoinv (",", live), *restart_text = g_strjoinv (",", restart);

  g_assert_cmpstr (live_text, ==, changes[i].live);
  g_assert_cmpstr (restart_text, ==, changes[i].restart);
  g_assert_cmpuint (g_strv_length (live_after), ==, 0);
  g_assert_true (g_strv_equal ((const char *const *) restart_after, (const char *const *) restart));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *path = g_strconcat ("/settings-changes/", changes[i].name, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_change);
  }
  return g_test_run ();
}
