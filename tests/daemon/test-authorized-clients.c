/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The list of clients that a server knows. */
#include "authorized-clients.h"
#include "error.h"

#include <glib/gstdio.h>
#include <string.h>

#define KEY_A "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="
#define KEY_B "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
#define NOW 1000000

static SvpnPools
pools (const char *ipv4, const char *ipv6)
{
  SvpnPools both = { 0 };

  g_assert_true (svpn_prefix_parse (ipv4, &both.ipv4));
  if (ipv6 != NULL)
    g_assert_true (svpn_prefix_parse (ipv6, &both.ipv6));
  return both;
}

static GVariant *
none (void)
{
  return g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

/* @clients with @text, in GVariant text format, added. */
static GVariant *
add (GVariant *clients, const SvpnPools *where, const char *text, GError **error)
{
  g_autoptr (GVariant) client = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (client);
  return svpn_authorized_clients_add (clients, client, where, NOW, error);
}

/* One line a case: the pools, a client, and the beginning of the refusal; NULL: it is taken. */
static const struct {
  const char *ipv4, *ipv6, *client, *message;
} addresses[] = {
  { "10.8.0.0/24", NULL, "'ipv4': <'10.8.0.2'>", NULL },
  { "10.8.0.0/24", NULL, "'ipv4': <'10.8.0.254'>", NULL },
  { "10.8.0.0/24", NULL, "'ipv4': <'10.8.0.255'>", "ipv4: '10.8.0.255' cannot be the address of a client" },
  { "10.8.0.0/24", NULL, "'ipv4': <'10.8.0.1'>", "ipv4: '10.8.0.1' cannot" },
  { "10.8.0.0/24", NULL, "'ipv4': <'10.8.0.0'>", "ipv4: '10.8.0.0' cannot" },
  { "10.8.0.0/24", NULL, "'ipv4': <'10.8.1.2'>", "ipv4: '10.8.1.2' is not in ipv4-pool, 10.8.0.0/24" },
  { "10.8.0.0/24", NULL, "'ipv6': <'fd00::2'>", "ipv6: the server has no ipv6-pool" },
  { "192.168.7.4/30", NULL, "'ipv4': <'192.168.7.6'>", NULL },
  { "192.168.7.4/30", NULL, "'ipv4': <'192.168.7.7'>", "ipv4: '192.168.7.7' cannot" },
  { "10.0.0.0/8", NULL, "'ipv4': <'10.255.255.254'>", NULL },
  { "10.0.0.0/8", "fd00::/120", "'ipv4': <'10.0.0.254'>", NULL },
  { "10.0.0.0/8", "fd00::/120", "'ipv4': <'10.0.1.0'>", "ipv4: '10.0.1.0' cannot" },
  { "10.8.0.0/24", "fd00::/64", "'ipv6': <'fd00::fe'>", NULL },
  { "10.8.0.0/24", "fd00::/64", "'ipv6': <'fd00::ff'>", "ipv6: 'fd00::ff' cannot" },
  { "10.8.0.0/24", "fd00::/64", "'ipv6': <'fd00::1:0:2'>", "ipv6: 'fd00::1:0:2' cannot" },
  { "10.8.0.0/24", "fd00::/64", "'ipv6': <'fd01::2'>", "ipv6: 'fd01::2' is not in ipv6-pool, fd00::/64" },
  { "10.8.0.0/24", "fd00::100/120", "'ipv6': <'fd00::102'>, 'ipv4': <'10.8.0.2'>", NULL },
  { "10.8.0.0/24", "fd00::100/120", "'ipv6': <'fd00::102'>, 'ipv4': <'10.8.0.3'>",
    "ipv6: host number 2, but ipv4 has host number 3" },
};

static void
test_addresses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    SvpnPools where = pools (addresses[i].ipv4, addresses[i].ipv6);
    g_autofree char *client
        = g_strdup_printf ("{'name': <'a'>, 'public-key': <'" KEY_A "'>, %s}", addresses[i].client);
    g_autoptr (GVariant) empty = none ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) clients = add (empty, &where, client, &error);

    g_test_message ("%s in %s: %s", client, addresses[i].ipv4, error != NULL ? error->message : "taken");
    if (addresses[i].message == NULL) {
      g_assert_no_error (error);
      g_assert_true (svpn_authorized_clients_check (clients, &where, &error));
    } else {
      g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
      g_assert_true (error != NULL && g_str_has_prefix (error->message, addresses[i].message));
    }
  }
}

static void
test_unique (void)
{
  SvpnPools where = pools ("10.8.0.0/24", "fd00::/64");
  g_autoptr (GVariant) empty = none ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) one
      = add (empty, &where, "{'name': <'b'>, 'public-key': <'" KEY_A "'>, 'ipv4': <'10.8.0.9'>}", &error);
  g_assert_no_error (error);

  g_assert_null (add (one, &where, "{'name': <'a'>, 'public-key': <'" KEY_A "'>}", &error));
  g_assert_cmpstr (error->message, ==, "public-key: taken by 'b'; each client needs a key of its own");
  g_clear_error (&error);
  /* The pools are paired: the IPv4 address takes the IPv6 address along. */
  g_assert_null (
      add (one, &where, "{'name': <'a'>, 'public-key': <'" KEY_B "'>, 'ipv6': <'fd00::9'>}", &error));
  g_assert_cmpstr (error->message, ==, "ipv6: taken by 'b'; choose another address");
  g_clear_error (&error);

  g_autoptr (GVariant) two = add (one, &where, "{'name': <'a'>, 'public-key': <'" KEY_B "'>}", &error);
  g_assert_no_error (error);
  g_autofree char *text = g_variant_print (two, FALSE);
  g_assert_cmpstr (text, ==,
                   "[{'name': <'a'>, 'public-key': <'" KEY_B "'>}, {'ipv4': <'10.8.0.9'>, 'name': <'b'>, "
                   "'public-key': <'" KEY_A "'>}]");
  /* In place of itself, with its own key and address. */
  g_autoptr (GVariant) again = add (
      two, &where, "{'name': <'b'>, 'public-key': <'" KEY_A "'>, 'ipv4': <'10.8.0.9'>, 'expires': <1000001>}",
      &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (again), ==, 2);
}

static const struct {
  const char *change, *result; /* of an entry with all there is; "...": the message of the error begins so */
} changes[] = {
  { "{'name': <'a'>}",
    "{'expires': <uint64 1000001>, 'ipv4': <'10.8.0.9'>, 'name': <'a'>, 'public-key': <'" KEY_A
    "'>, 'rate-limit-burst-bytes': <uint64 9000>, 'rate-limit-bytes-per-s': <uint64 5000>}" },
  { "{'name': <'a'>, 'ipv4': <'10.8.0.10'>, 'public-key': <'" KEY_B "'>}",
    "{'expires': <uint64 1000001>, 'ipv4': <'10.8.0.10'>, 'name': <'a'>, 'public-key': <'" KEY_B
    "'>, 'rate-limit-burst-bytes': <uint64 9000>, 'rate-limit-bytes-per-s': <uint64 5000>}" },
  { "{'name': <'a'>, 'rate-limit-bytes-per-s': <'8kbit'>}",
    "{'expires': <uint64 1000001>, 'ipv4': <'10.8.0.9'>, 'name': <'a'>, 'public-key': <'" KEY_A
    "'>, 'rate-limit-burst-bytes': <uint64 9000>, 'rate-limit-bytes-per-s': <uint64 1000>}" },
  { "{'name': <'a'>, 'unset': <['rate-limit-bytes-per-s', 'expires']>}",
    "{'ipv4': <'10.8.0.9'>, 'name': <'a'>, 'public-key': <'" KEY_A "'>}" },
  { "{'name': <'a'>, 'unset': <['public-key']>}", "public-key: needed..." },
  { "{'name': <'a'>, 'unset': <['key']>}", "key: unknown setting..." },
  { "{'name': <'a'>, 'unset': <['ipv4']>, 'ipv4': <'10.8.0.9'>}", "ipv4: both set and unset..." },
  { "{'name': <'a'>, 'unset': <'ipv4'>}", "unset: expected as (array of strings), got s..." },
  { "{'name': <'b'>, 'ipv4': <'10.8.0.10'>}", "public-key: needed..." },
};

/* What is not named stays. */
static void
test_change (void)
{
  SvpnPools where = pools ("10.8.0.0/24", NULL);
  g_autoptr (GVariant) empty = none ();
  g_autoptr (GError) unexpected = NULL;
  g_autoptr (GVariant) one
      = add (empty, &where,
             "{'name': <'a'>, 'public-key': <'" KEY_A "'>, 'ipv4': <'10.8.0.9'>, 'expires': <1000001>, "
             "'rate-limit-bytes-per-s': <5000>, 'rate-limit-burst-bytes': <9000>}",
             &unexpected);
  g_assert_no_error (unexpected);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) changed = add (one, &where, changes[i].change, &error);
    g_autoptr (GVariant) entry = changed != NULL ? g_variant_get_child_value (changed, 0) : NULL;
    g_autofree char *text
        = entry != NULL ? g_variant_print (entry, TRUE) : g_strconcat (error->message, "...", NULL);

    g_test_message ("%s", changes[i].change);
    g_assert_cmpstr (text, ==, changes[i].result);
  }
}

/* One whose time is up can be changed without another time. */
static void
test_change_expired (void)
{
  SvpnPools where = pools ("10.8.0.0/24", NULL);
  g_autoptr (GVariant) empty = none ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) one
      = add (empty, &where, "{'name': <'a'>, 'public-key': <'" KEY_A "'>, 'expires': <1000001>}", &error);
  g_autoptr (GVariant) change
      = g_variant_ref_sink (g_variant_new_parsed ("{'name': <'a'>, 'ipv4': <'10.8.0.3'>}"));
  g_autoptr (GVariant) changed = svpn_authorized_clients_add (one, change, &where, NOW + 1000, &error);

  g_assert_no_error (error);
  g_assert_nonnull (changed);
}

static void
test_expiry (void)
{
  SvpnPools where = pools ("10.8.0.0/24", NULL);
  g_autoptr (GVariant) empty = none ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) clients = NULL, before = NULL, after = NULL;
  gboolean expired = TRUE;

  g_assert_null (
      add (empty, &where, "{'name': <'a'>, 'public-key': <'" KEY_A "'>, 'expires': <1000000>}", &error));
  g_assert_cmpstr (error->message, ==, "expires: not in the future; unset it for a client that may stay");
  g_clear_error (&error);
  clients = add (empty, &where, "{'name': <'a'>, 'public-key': <'" KEY_A "'>, 'expires': <1000001>}", &error);
  g_assert_no_error (error);

  before = g_variant_ref_sink (svpn_authorized_clients_describe (clients, NOW));
  after = g_variant_ref_sink (svpn_authorized_clients_describe (clients, NOW + 1));
  g_autoptr (GVariant) first = g_variant_get_child_value (before, 0),
                       last = g_variant_get_child_value (after, 0);
  g_assert_true (g_variant_lookup (first, "expired", "b", &expired));
  g_assert_false (expired);
  g_assert_true (g_variant_lookup (last, "expired", "b", &expired));
  g_assert_true (expired);
}

static void
test_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("smartvpn-XXXXXX", NULL);
  g_autofree char *config = g_build_filename (dir, "config", NULL);
  g_autofree char *folder = g_build_filename (config, "authorized", NULL);
  SvpnPools where = pools ("10.8.0.0/24", NULL);
  GStatBuf status;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) empty = svpn_authorized_clients_load (config, "office", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (empty), ==, 0);
  g_autoptr (GVariant) clients = add (empty, &where,
                                      "{'name': <'Größe \"1\" 😀'>, 'public-key': <'" KEY_A
                                      "'>, 'rate-limit-bytes-per-s': <int64 100000000000>}",
                                      &error);

  g_assert_no_error (error);
  g_assert_true (svpn_authorized_clients_save (config, "office", clients, &error));
  g_assert_cmpint (g_stat (folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0700);
  g_autoptr (GVariant) again = svpn_authorized_clients_load (config, "office", &error);
  g_assert_no_error (error);
  g_assert_cmpvariant (again, clients);
  g_assert_true (svpn_authorized_clients_remove (config, "office", &error));
  g_assert_true (svpn_authorized_clients_remove (config, "office", &error));
  g_autoptr (GVariant) gone = svpn_authorized_clients_load (config, "office", &error);
  g_assert_cmpuint (g_variant_n_children (gone), ==, 0);

  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_rmdir (config), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* As many as there may be are loaded and checked in a moment, and one more is refused. */
static void
test_many (void)
{
  g_autofree char *dir = g_dir_make_tmp ("smartvpn-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (dir, "authorized", NULL);
  g_autofree char *file = g_build_filename (folder, "many.json", NULL);
  g_autoptr (GString) json = g_string_new ("{");
  SvpnPools where = pools ("10.0.0.0/8", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SVPN_AUTHORIZED_MAX; i++) {
    guint8 key[32] = { 9, (guint8) i, (guint8) (i >> 8) };
    g_autofree char *text = g_base64_encode (key, sizeof key);
    g_string_append_printf (json, "%s\"c%u\": {\"public-key\": \"%s\", \"ipv4\": \"10.1.%u.%u\"}",
                            i > 0 ? "," : "", i, text, i >> 8, i & 255);
  }
  g_string_append (json, "}");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, json->str, -1, NULL));

  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GVariant) clients = svpn_authorized_clients_load (dir, "many", &error);
  g_assert_no_error (error);
  g_assert_true (svpn_authorized_clients_check (clients, &where, &error));
  g_test_message ("%u clients in %" G_GINT64_FORMAT " ms", SVPN_AUTHORIZED_MAX,
                  (g_get_monotonic_time () - begin) / 1000);
  g_assert_null (add (clients, &where, "{'name': <'x'>, 'public-key': <'" KEY_A "'>}", &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_LIMIT_EXCEEDED);
  g_assert_true (svpn_authorized_clients_remove (dir, "many", NULL));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/authorized/addresses", test_addresses);
  g_test_add_func ("/authorized/unique", test_unique);
  g_test_add_func ("/authorized/change", test_change);
  g_test_add_func ("/authorized/change-expired", test_change_expired);
  g_test_add_func ("/authorized/expiry", test_expiry);
  g_test_add_func ("/authorized/file", test_file);
  g_test_add_func ("/authorized/many", test_many);
  return g_test_run ();
}
