/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What smartvpnd believes of an assignment: one entry is another than in a good one, in each row. */
#include "assignment.h"
#include "error.h"

#include <string.h>

#define WISHED_MTU 1420
#define ID_256                                                                                               \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"         \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"         \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LEASE_128                                                                                            \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"         \
  "0123456789abcdef0123456789abcdef"

/* clang-format off */
static const struct {
  const char *entries; /* over those of a good assignment; a string "absent" takes the entry away */
  const char *refused; /* the key that the error names; NULL: it is taken */
} rows[] = {
  { "{}", NULL },
  { "{'assigned-ip': <'absent'>}", "assigned-ip" },
  { "{'assigned-ip': <''>}", "assigned-ip" },
  { "{'assigned-ip': <uint32 7>}", "assigned-ip" },
  { "{'assigned-ip': <'10.8.0.7/24'>}", "assigned-ip" },
  { "{'assigned-ip': <'fd00:8::7'>}", "assigned-ip" },
  { "{'assigned-ip': <'127.0.0.1'>}", "assigned-ip" },
  { "{'assigned-ip': <'0.0.0.0'>}", "assigned-ip" },
  { "{'assigned-ip': <'224.0.0.1'>}", "assigned-ip" },
  { "{'assigned-ip': <'255.255.255.255'>}", "assigned-ip" },
  { "{'assigned-ip': <'10.8.0.7\\n'>}", "assigned-ip" },
  { "{'prefix': <'absent'>}", "prefix" },
  { "{'prefix': <24>}", "prefix" }, /* i */
  { "{'prefix': <uint32 0>}", "prefix" },
  { "{'prefix': <uint32 1>}", "prefix" },
  { "{'prefix': <uint32 2>}", "prefix" },
  { "{'prefix': <uint32 3>}", "prefix" },
  { "{'prefix': <uint32 4>}", "prefix" },
  { "{'prefix': <uint32 5>}", "prefix" },
  { "{'prefix': <uint32 6>}", "prefix" },
  { "{'prefix': <uint32 7>}", "prefix" },
  { "{'prefix': <uint32 8>}", NULL },
  { "{'prefix': <uint32 29>}", NULL },
  { "{'prefix': <uint32 30>}", "gateway" }, /* outside of it now */
  { "{'prefix': <uint32 32>, 'gateway': <'10.8.0.7'>}", NULL },
  { "{'prefix': <uint32 33>}", "prefix" },
  { "{'prefix': <uint32 4294967295>}", "prefix" },
  { "{'gateway': <'absent'>}", "gateway" },
  { "{'gateway': <'10.8.0.254'>}", NULL },
  { "{'gateway': <'10.8.1.1'>}", "gateway" },
  { "{'gateway': <'10.7.255.255'>}", "gateway" },
  { "{'gateway': <'192.0.2.1'>}", "gateway" },
  { "{'gateway': <'127.0.0.1'>}", "gateway" },
  { "{'gateway': <'fd00:8::1'>}", "gateway" },
  { "{'gateway': <'gateway'>}", "gateway" },
  { "{'assigned-ipv6': <'absent'>}", NULL }, /* then the others do not matter */
  { "{'assigned-ipv6': <'absent'>, 'prefix6': <'x'>, 'gateway6': <'x'>}", NULL },
  { "{'assigned-ipv6': <'10.8.0.7'>}", "assigned-ipv6" },
  { "{'assigned-ipv6': <'::1'>}", "assigned-ipv6" },
  { "{'assigned-ipv6': <'::'>}", "assigned-ipv6" },
  { "{'assigned-ipv6': <'ff02::1'>}", "assigned-ipv6" },
  { "{'assigned-ipv6': <'fe80::1%eth0'>}", "assigned-ipv6" },
  { "{'prefix6': <'absent'>}", "prefix6" },
  { "{'prefix6': <uint32 0>}", "prefix6" },
  { "{'prefix6': <uint32 1>}", "prefix6" },
  { "{'prefix6': <uint32 8>}", "prefix6" },
  { "{'prefix6': <uint32 15>}", "prefix6" },
  { "{'prefix6': <uint32 16>}", NULL },
  { "{'prefix6': <uint32 128>, 'gateway6': <'fd00:8::7'>}", NULL },
  { "{'prefix6': <uint32 129>}", "prefix6" },
  { "{'gateway6': <'absent'>}", "gateway6" },
  { "{'gateway6': <'fd00:9::1'>}", "gateway6" },
  { "{'gateway6': <'10.8.0.1'>}", "gateway6" },
  { "{'mtu': <'absent'>}", "mtu" },
  { "{'mtu': <1420>}", "mtu" }, /* i */
  { "{'mtu': <uint32 0>}", "mtu" },
  { "{'mtu': <uint32 575>}", "mtu" },
  { "{'mtu': <uint32 576>}", NULL },
  { "{'mtu': <uint32 1421>}", "mtu" },
  { "{'mtu': <uint32 65536>}", "mtu" },
  { "{'dns': <'absent'>}", NULL },
  { "{'dns': <@as []>}", NULL },
  { "{'dns': <['1.1.1.1', 'fd00::53']>}", NULL },
  { "{'dns': <['1.1.1.1', '127.0.0.53']>}", "dns" },
  { "{'dns': <['::1']>}", "dns" },
  { "{'dns': <['0.0.0.0']>}", "dns" },
  { "{'dns': <['224.0.0.251']>}", "dns" },
  { "{'dns': <['dns.example']>}", "dns" },
  { "{'dns': <['1.1.1.1/32']>}", "dns" },
  { "{'dns': <['']>}", "dns" },
  { "{'routes': <'absent'>}", NULL },
  { "{'routes': <['0.0.0.0/0', '::/0', '192.0.2.77/24']>}", NULL },
  { "{'routes': <['127.0.0.0/8']>}", "routes" },
  { "{'routes': <['127.1.2.3']>}", "routes" },
  { "{'routes': <['::1/128']>}", "routes" },
  { "{'routes': <['default']>}", "routes" },
  { "{'routes': <['192.0.2.0/33']>}", "routes" },
  { "{'routes': <['192.0.2.0/24', '']>}", "routes" },
  { "{'client-id': <'absent'>}", "client-id" },
  { "{'client-id': <uint32 1>}", "client-id" },
  { "{'remote-address': <'absent'>}", "remote-address" },
  { "{'remote-address': <'198.51.100.2'>}", "remote-address" },
  { "{'remote-address': <'vpn.example:443'>}", "remote-address" },
  { "{'remote-address': <'198.51.100.2:443\\n'>}", "remote-address" },
  { "{'remote-address': <'[2001:db8::2]:443'>}", NULL },
  { "{'lease': <'absent'>}", NULL },
  { "{'lease': <''>}", NULL },
  { "{'lease': <'" LEASE_128 "'>}", NULL },
  { "{'lease': <'" LEASE_128 "x'>}", "lease" },
  { "{'lease': <'a b'>}", "lease" },
  { "{'lease': <'a\\n'>}", "lease" },
  { "{'lease': <'a\\u007f'>}", "lease" },
  { "{'lease': <'ä'>}", "lease" },
};
/* clang-format on */

static GVariant *
good (void)
{
  return g_variant_ref_sink (g_variant_new_parsed (
      "{'client-id': <'c-1'>, 'assigned-ip': <'10.8.0.7'>, 'prefix': <uint32 24>, 'gateway': <'10.8.0.1'>, "
      "'assigned-ipv6': <'fd00:8::7'>, 'prefix6': <uint32 64>, 'gateway6': <'fd00:8::1'>, 'mtu': <uint32 "
      "1400>, "
      "'dns': <['192.0.2.53']>, 'routes': <['203.0.113.0/24']>, 'remote-address': <'198.51.100.2:443'>, "
      "'lease': <'l-1'>}"));
}

static GVariant *
good_with (GVariant *entries)
{
  g_autoptr (GVariant) base = good ();
  g_autoptr (GVariant) owned = g_variant_ref_sink (entries);
  GVariantDict dict;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_dict_init (&dict, base);
  g_variant_iter_init (&iter, owned);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
        && g_str_equal (g_variant_get_string (value, NULL), "absent"))
      g_variant_dict_remove (&dict, key);
    else
      g_variant_dict_insert_value (&dict, key, value);
  }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static GVariant *
parse_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return parsed;
}

static void
assert_names (const GError *error, const char *key)
{
  g_autofree char *message
      = g_strdup_printf ("The server's answer cannot be used: %s is missing or invalid", key);

  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, message);
}

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GVariant) dictionary = good_with (parse_text (rows[i].entries));
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnAssignment) assignment = svpn_assignment_parse (dictionary, WISHED_MTU, &error);

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, rows[i].entries);
    g_assert_true ((assignment == NULL) == (rows[i].refused != NULL));
    if (rows[i].refused != NULL)
      assert_names (error, rows[i].refused);
    else
      g_assert_no_error (error);
  }
}

static void
test_fields (void)
{
  g_autoptr (GVariant) dictionary
      = good_with (parse_text ("{'routes': <['192.0.2.77/24', 'fd01::1', '0.0.0.0/0']>}"));
  g_autoptr (SvpnAssignment) a = svpn_assignment_parse (dictionary, WISHED_MTU, NULL);

  g_assert_nonnull (a);
  g_autofree char *ipv4 = svpn_prefix_to_string (&a->ipv4), *ipv6 = svpn_prefix_to_string (&a->ipv6);
  g_autofree char *remote = svpn_prefix_to_string (&a->remote);
  g_assert_cmpstr (a->client_id, ==, "c-1");
  g_assert_cmpstr (ipv4, ==, "10.8.0.7/24");
  g_assert_cmpstr (ipv6, ==, "fd00:8::7/64");
  g_assert_cmpstr (a->gateway, ==, "10.8.0.1");
  g_assert_cmpstr (a->gateway6, ==, "fd00:8::1");
  g_assert_cmpuint (a->mtu, ==, 1400);
  g_assert_cmpstrv (a->dns, ((const char *[]){ "192.0.2.53", NULL }));
  g_assert_cmpstrv (a->routes, ((const char *[]){ "192.0.2.0/24", "fd01::1/128", "0.0.0.0/0", NULL }));
  g_assert_cmpstr (remote, ==, "198.51.100.2/32");
  g_assert_cmpstr (a->remote_address, ==, "198.51.100.2:443");
  g_assert_cmpstr (a->lease, ==, "l-1");
}

static void
test_client_id (void)
{
  static const struct {
    const char *told, *taken;
  } ids[] = {
    { "a\nb\033[31m\u202e", "a?b?[31m?" },
    { ID_256, ID_256 },
    { ID_256 "more", ID_256 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (GVariant) dictionary = good_with (g_variant_new_parsed ("{'client-id': <%s>}", ids[i].told));
    g_autoptr (SvpnAssignment) assignment = svpn_assignment_parse (dictionary, WISHED_MTU, NULL);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (assignment != NULL ? assignment->client_id : NULL, ==, ids[i].taken);
  }
}

static GVariant *
many (const char *key, const char *element, guint n)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);

  for (guint i = 0; i < n; i++)
    g_variant_builder_add (&list, "s", element);
  return g_variant_new_parsed ("{%s: <%@as>}", key, g_variant_builder_end (&list));
}

static void
test_amounts (void)
{
  static const struct {
    const char *key, *element;
    guint max;
  } lists[] = { { "dns", "192.0.2.53", SVPN_ASSIGNMENT_MAX_DNS },
                { "routes", "192.0.2.0/24", SVPN_ASSIGNMENT_MAX_ROUTES } };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (GVariant) most = good_with (many (lists[i].key, lists[i].element, lists[i].max));
    g_autoptr (GVariant) too_many = good_with (many (lists[i].key, lists[i].element, lists[i].max + 1));
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnAssignment) taken = svpn_assignment_parse (most, WISHED_MTU, NULL);
    g_autoptr (SvpnAssignment) refused = svpn_assignment_parse (too_many, WISHED_MTU, &error);

    g_test_message ("row %s", lists[i].key);
    g_assert_nonnull (taken);
    g_assert_null (refused);
    assert_names (error, lists[i].key);
  }
}

/* However much the user wishes, an IP packet has no more than 65535 bytes. */
static void
test_wished_mtu (void)
{
  static const struct {
    guint wished, told;
    gboolean taken;
  } mtus[] = { { 1400, 1400, TRUE }, { 1399, 1400, FALSE }, { 70000, 65535, TRUE }, { 70000, 65536, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (mtus); i++) {
    g_autoptr (GVariant) dictionary = good_with (g_variant_new_parsed ("{'mtu': <%u>}", mtus[i].told));
    g_autoptr (SvpnAssignment) assignment = svpn_assignment_parse (dictionary, mtus[i].wished, NULL);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_true ((assignment != NULL) == mtus[i].taken);
  }
}

/* All of an update is taken, or nothing. */
static void
test_update (void)
{
  static const struct {
    const char *config, *refused;
  } updates[] = {
    { "{'mtu': <uint32 1300>, 'dns': <['192.0.2.54']>, 'routes': <['10.9.0.1/16']>}", NULL },
    { "{'mtu': <uint32 1421>, 'dns': <['192.0.2.54']>, 'routes': <['10.9.0.1/16']>}", "mtu" },
    { "{'mtu': <uint32 1300>, 'dns': <['127.0.0.1']>, 'routes': <['10.9.0.1/16']>}", "dns" },
    { "{'mtu': <uint32 1300>, 'dns': <['192.0.2.54']>, 'routes': <['127.0.0.0/8']>}", "routes" },
    { "{'dns': <['192.0.2.54']>, 'routes': <['10.9.0.1/16']>}", "mtu" },
  };
  g_autoptr (GVariant) dictionary = good ();

  for (gsize i = 0; i < G_N_ELEMENTS (updates); i++) {
    g_autoptr (SvpnAssignment) assignment = svpn_assignment_parse (dictionary, WISHED_MTU, NULL);
    g_autoptr (GVariant) config = parse_text (updates[i].config);
    g_autoptr (GError) error = NULL;
    gboolean taken = svpn_assignment_update (assignment, config, WISHED_MTU, &error);

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_true (taken == (updates[i].refused == NULL));
    if (updates[i].refused != NULL)
      assert_names (error, updates[i].refused);
    g_assert_cmpuint (assignment->mtu, ==, taken ? 1300 : 1400);
    g_assert_cmpstr (assignment->dns[0], ==, taken ? "192.0.2.54" : "192.0.2.53");
    g_assert_cmpstr (assignment->routes[0], ==, taken ? "10.9.0.0/16" : "203.0.113.0/24");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/assignment/rows", test_rows);
  g_test_add_func ("/assignment/fields", test_fields);
  g_test_add_func ("/assignment/client-id", test_client_id);
  g_test_add_func ("/assignment/amounts", test_amounts);
  g_test_add_func ("/assignment/wished-mtu", test_wished_mtu);
  g_test_add_func ("/assignment/update", test_update);
  return g_test_run ();
}
