/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Addresses, prefixes and endpoints as text. */
#include "address.h"

#include <string.h>

/* clang-format off */
static const struct {
  const char *text;
  const char *printed; /* NULL: refused */
  gboolean address;    /* svpn_address_parse() takes it, too */
} prefixes[] = {
  { "10.8.0.0/24", "10.8.0.0/24", FALSE },
  { "10.8.0.7/24", "10.8.0.7/24", FALSE },
  { "0.0.0.0/0", "0.0.0.0/0", FALSE },
  { "255.255.255.255/32", "255.255.255.255/32", FALSE },
  { "10.8.0.1", "10.8.0.1/32", TRUE },
  { "fd00::/64", "fd00::/64", FALSE },
  { "::/0", "::/0", FALSE },
  { "fd00::1/128", "fd00::1/128", FALSE },
  { "FD00:0:0:0:0:0:0:1", "fd00::1/128", TRUE },
  { "::ffff:10.8.0.1", "::ffff:10.8.0.1/128", TRUE },
  { "2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:1111:2222:3333:4444:5555:6666/128", TRUE },
  { "", NULL },
  { "/", NULL },
  { "/24", NULL },
  { "10.8.0.0/", NULL },
  { "10.8.0.0/33", NULL },
  { "10.8.0.0/024", NULL },
  { "10.8.0.0/+8", NULL },
  { "10.8.0.0/-1", NULL },
  { "10.8.0.0/ 8", NULL },
  { "10.8.0.0/8 ", NULL },
  { "10.8.0.0/8/8", NULL },
  { "10.8.0.0/4294967304", NULL },
  { "10.8.0.0/255.0.0.0", NULL },
  { "10.8.0", NULL },
  { "10.8.0.0.0", NULL },
  { "10.8.0.256", NULL },
  { "010.8.0.1", NULL },
  { "0x0a.8.0.1", NULL },
  { "168296449", NULL },
  { " 10.8.0.1", NULL },
  { "10.8.0.1 ", NULL },
  { "10.8.0.1\n", NULL },
  { "fd00::/129", NULL },
  { "fd00:::", NULL },
  { "fe80::1%eth0", NULL },
  { "fe80::1%1/64", NULL },
  { "[::1]", NULL },
  { "localhost", NULL },
  { "2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/64", NULL },
};

static const struct {
  const char *text;
  const char *address; /* NULL: refused */
  uint16_t port;
} endpoints[] = {
  { "0.0.0.0:443", "0.0.0.0", 443 },
  { "127.0.0.1:0", "127.0.0.1", 0 },
  { "127.0.0.1:65535", "127.0.0.1", 65535 },
  { "[::]:443", "::", 443 },
  { "[fd00::1]:8443", "fd00::1", 8443 },
  { "", NULL },
  { ":443", NULL },
  { "443", NULL },
  { "127.0.0.1", NULL },
  { "127.0.0.1:", NULL },
  { "127.0.0.1:65536", NULL },
  { "127.0.0.1:0443", NULL },
  { "127.0.0.1:+443", NULL },
  { "127.0.0.1:443 ", NULL },
  { "127.0.0.1:443:1", NULL },
  { "127.0.0.1/32:443", NULL },
  { "[127.0.0.1]:443", NULL },
  { "::1:443", NULL },
  { "[::1]", NULL },
  { "[::1]443", NULL },
  { "[::1]:", NULL },
  { "[::1:443", NULL },
  { "[]:443", NULL },
  { "[", NULL },
  { "[fe80::1%eth0]:443", NULL },
  { "localhost:443", NULL },
};

static const struct {
  const char *prefix, *masked;
} masks[] = {
  { "10.8.0.7/24", "10.8.0.0/24" },
  { "255.255.255.255/0", "0.0.0.0/0" },
  { "255.255.255.255/1", "128.0.0.0/1" },
  { "255.255.255.255/9", "255.128.0.0/9" },
  { "255.255.255.255/31", "255.255.255.254/31" },
  { "10.8.0.7/32", "10.8.0.7/32" },
  { "fd00::ffff/64", "fd00::/64" },
  { "ffff:ffff::1/17", "ffff:8000::/17" },
  { "fd00::ffff/127", "fd00::fffe/127" },
  { "fd00::1/128", "fd00::1/128" },
};

static const struct {
  const char *prefix, *address;
  gboolean contained;
} containments[] = {
  { "10.8.0.0/24", "10.8.0.0", TRUE },
  { "10.8.0.0/24", "10.8.0.255", TRUE },
  { "10.8.0.0/24", "10.8.1.0", FALSE },
  { "10.8.0.99/24", "10.8.0.1", TRUE },
  { "10.8.0.0/31", "10.8.0.1", TRUE },
  { "10.8.0.0/31", "10.8.0.2", FALSE },
  { "10.8.0.1/32", "10.8.0.1", TRUE },
  { "10.8.0.1/32", "10.8.0.2", FALSE },
  { "0.0.0.0/0", "255.1.2.3", TRUE },
  { "0.0.0.0/0", "::1", FALSE },
  { "::/0", "0.0.0.0", FALSE },
  { "::/0", "ffff::1", TRUE },
  { "fd00::/9", "fd7f::1", TRUE },
  { "fd00::/9", "fd80::1", FALSE },
};
/* clang-format on */

static void
test_prefixes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    SvpnPrefix prefix, before;
    g_autofree char *printed = NULL;

    memset (&prefix, 0xa5, sizeof prefix);
    before = prefix;
    g_test_message ("prefix '%s'", prefixes[i].text);
    if (svpn_prefix_parse (prefixes[i].text, &prefix))
      printed = svpn_prefix_to_string (&prefix);
    else
      g_assert_cmpmem (&prefix, sizeof prefix, &before, sizeof before);
    g_assert_cmpstr (printed, ==, prefixes[i].printed);
    g_assert_cmpint (svpn_address_parse (prefixes[i].text, &prefix), ==, prefixes[i].address);
  }
}

static void
test_endpoints (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (endpoints); i++) {
    SvpnPrefix address;
    uint16_t port = 0;
    g_autofree char *printed = NULL;

    g_test_message ("endpoint '%s'", endpoints[i].text);
    if (svpn_endpoint_parse (endpoints[i].text, &address, &port))
      printed = svpn_address_to_string (&address);
    g_assert_cmpstr (printed, ==, endpoints[i].address);
    g_assert_cmpuint (port, ==, endpoints[i].port);
    if (printed != NULL)
      g_assert_cmpuint (address.prefix, ==, address.family == AF_INET ? 32 : 128);
  }
}

static void
test_masks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (masks); i++) {
    SvpnPrefix prefix;
    g_autofree char *masked = NULL;

    g_test_message ("mask %s", masks[i].prefix);
    g_assert_true (svpn_prefix_parse (masks[i].prefix, &prefix));
    svpn_prefix_mask (&prefix);
    masked = svpn_prefix_to_string (&prefix);
    g_assert_cmpstr (masked, ==, masks[i].masked);
  }
}

static void
test_containments (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (containments); i++) {
    SvpnPrefix prefix, address;

    g_test_message ("%s in %s", containments[i].address, containments[i].prefix);
    g_assert_true (svpn_prefix_parse (containments[i].prefix, &prefix));
    g_assert_true (svpn_address_parse (containments[i].address, &address));
    g_assert_cmpint (svpn_prefix_contains (&prefix, &address), ==, containments[i].contained);
  }
}

static void
test_hosts (void)
{
  static const struct {
    const char *text;
    gboolean host, loopback;
  } cases[] = {
    { "10.8.0.1", TRUE, FALSE },    { "223.255.255.255", TRUE, FALSE },
    { "1.0.0.0", TRUE, FALSE },     { "0.0.0.0", FALSE, FALSE },
    { "0.0.0.1", FALSE, FALSE },    { "127.0.0.1", FALSE, TRUE },
    { "127.255.0.1", FALSE, TRUE }, { "224.0.0.1", FALSE, FALSE },
    { "240.0.0.1", FALSE, FALSE },  { "255.255.255.255", FALSE, FALSE },
    { "fd00::1", TRUE, FALSE },     { "::", FALSE, FALSE },
    { "::1", FALSE, TRUE },         { "::2", TRUE, FALSE },
    { "ff02::1", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvpnPrefix address;

    g_test_message ("%s", cases[i].text);
    g_assert_true (svpn_address_parse (cases[i].text, &address));
    g_assert_cmpint (svpn_address_is_host (&address), ==, cases[i].host);
    g_assert_cmpint (svpn_address_is_loopback (&address), ==, cases[i].loopback);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/address/prefixes", test_prefixes);
  g_test_add_func ("/address/endpoints", test_endpoints);
  g_test_add_func ("/address/masks", test_masks);
  g_test_add_func ("/address/containments", test_containments);
  g_test_add_func ("/address/hosts", test_hosts);
  return g_test_run ();
}
