/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The PROXY protocol: what is read, what is refused, and that we read what we write. */
#include "proxy-protocol.h"
#include "table.h"

#include <string.h>

#define BYTES(text) text, sizeof (text) - 1
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define ADDRESSES4 "\xc0\x00\x02\x01\xc6\x33\x64\x02\x10\x00\x01\xbb"

/* Expected: "SOURCE DESTINATION" of a whole header; "unknown", "absent", "bad"; or "N": so many bytes are asked for. */
static const struct {
  const char *name, *bytes;
  gsize size;
  const char *expected;
} cases[] = {
  { "1: IPv4", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.2 4096 443\r\n"), "192.0.2.1:4096 198.51.100.2:443" },
  { "1: IPv6", BYTES ("PROXY TCP6 2001:db8::1 2001:db8::2 4096 443\r\n"),
    "[2001:db8::1]:4096 [2001:db8::2]:443" },
  { "1: more behind", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.2 0 65535\r\nGET / HTTP"),
    "192.0.2.1:0 198.51.100.2:65535" },
  { "1: unknown", BYTES ("PROXY UNKNOWN\r\n"), "unknown" },
  { "1: unknown with addresses", BYTES ("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "unknown" },
  { "1: nothing yet", BYTES (""), "1" },
  { "1: half a signature", BYTES ("PRO"), "4" },
  { "1: half a line", BYTES ("PROXY TCP4 192.0.2.1 19"), "24" },
  { "1: no CR", BYTES ("PROXY UNKNOWN\n"), "bad" },
  { "1: something else for the CR", BYTES ("PROXY UNKNOWN \n"), "bad" },
  { "1: nothing in it", BYTES ("PROXY \r\n"), "bad" },
  { "1: a zero", BYTES ("PROXY UNKNOWN\0\r\n"), "bad" },
  { "1: too few", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.2 4096\r\n"), "bad" },
  { "1: too many", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.2 4096 443 1\r\n"), "bad" },
  { "1: two spaces", BYTES ("PROXY TCP4  192.0.2.1 198.51.100.2 4096 443\r\n"), "bad" },
  { "1: another family", BYTES ("PROXY TCP4 2001:db8::1 2001:db8::2 4096 443\r\n"), "bad" },
  { "1: another protocol", BYTES ("PROXY UDP4 192.0.2.1 198.51.100.2 4096 443\r\n"), "bad" },
  { "1: no address", BYTES ("PROXY TCP4 192.0.2.256 198.51.100.2 4096 443\r\n"), "bad" },
  { "1: a name", BYTES ("PROXY TCP4 localhost 198.51.100.2 4096 443\r\n"), "bad" },
  { "1: port too large", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n"), "bad" },
  { "1: port with a zero first", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.2 04096 443\r\n"), "bad" },
  { "1: port with a sign", BYTES ("PROXY TCP4 192.0.2.1 198.51.100.2 +4096 443\r\n"), "bad" },
  { "1: other case", BYTES ("proxy TCP4"), "absent" },
  { "HTTP", BYTES ("POST / HTTP/1.1\r\n"), "absent" },
  { "TLS", BYTES ("\x16\x03\x01"), "absent" },
  { "empty lines", BYTES ("\r\nGET"), "absent" },
  { "2: IPv4", BYTES (SIGNATURE "\x21\x11\x00\x0c" ADDRESSES4), "192.0.2.1:4096 198.51.100.2:443" },
  { "2: IPv6",
    BYTES (SIGNATURE "\x21\x21\x00\x24"
                     "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"
                     "\x10\x00\x01\xbb"),
    "[2001:db8::1]:4096 [2001:db8::2]:443" },
  { "2: extensions", BYTES (SIGNATURE "\x21\x11\x00\x13" ADDRESSES4 "\x04\x00\x01x\x01\x00\x00"),
    "192.0.2.1:4096 198.51.100.2:443" },
  { "2: local", BYTES (SIGNATURE "\x20\x00\x00\x00"), "unknown" },
  { "2: local with addresses", BYTES (SIGNATURE "\x20\x11\x00\x0c" ADDRESSES4), "unknown" },
  { "2: unspecified", BYTES (SIGNATURE "\x21\x00\x00\x03xyz"), "unknown" },
  { "2: Unix socket", BYTES (SIGNATURE "\x21\x31\x00\x01x"), "unknown" },
  { "2: half a signature", BYTES ("\r\n\r\n"), "5" },
  { "2: signature alone", BYTES (SIGNATURE), "16" },
  { "2: half the addresses", BYTES (SIGNATURE "\x21\x11\x00\x0c\xc0\x00"), "28" },
  { "2: version 1", BYTES (SIGNATURE "\x11\x11\x00\x0c" ADDRESSES4), "bad" },
  { "2: another command", BYTES (SIGNATURE "\x22\x11\x00\x0c" ADDRESSES4), "bad" },
  { "2: UDP", BYTES (SIGNATURE "\x21\x12\x00\x0c" ADDRESSES4), "bad" },
  { "2: another family", BYTES (SIGNATURE "\x21\x41\x00\x0c" ADDRESSES4), "bad" },
  { "2: too short for addresses",
    BYTES (SIGNATURE "\x21\x11\x00\x0b\xc0\x00\x02\x01\xc6\x33\x64\x02\x10\x00\x01"), "bad" },
  { "2: extension past the end", BYTES (SIGNATURE "\x21\x11\x00\x10" ADDRESSES4 "\x04\x00\x02x"), "bad" },
  { "2: half an extension", BYTES (SIGNATURE "\x21\x11\x00\x0e" ADDRESSES4 "\x04\x00"), "bad" },
  { "2: too long", BYTES (SIGNATURE "\x21\x11\x08\x00"), "bad" },
};

static char *
describe (SvpnProxyState state, const SvpnProxyHeader *header)
{
  g_autofree char *source = NULL, *destination = NULL;

  switch (state) {
  case SVPN_PROXY_MORE:
    return g_strdup_printf ("%zu", header->size);
  case SVPN_PROXY_ABSENT:
    return g_strdup ("absent");
  case SVPN_PROXY_BAD:
    return g_strdup ("bad");
  case SVPN_PROXY_WHOLE:
    break;
  }
  if (header->source.address.family == 0)
    return g_strdup ("unknown");
  source = svpn_endpoint_to_string (&header->source);
  destination = svpn_endpoint_to_string (&header->destination);
  return g_strconcat (source, " ", destination, NULL);
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnProxyHeader header;
  SvpnProxyState state = svpn_proxy_read ((const guint8 *) cases[i].bytes, cases[i].size, &header);
  g_autofree char *found = describe (state, &header);

  g_assert_cmpstr (found, ==, cases[i].expected);
}

/* Waiting for what is asked for leads to the same end, and never asks for what has come. */
static void
test_step_by_step (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), size = 0;
  SvpnProxyHeader header;
  SvpnProxyState state;
  g_autofree char *found = NULL;

  do {
    state = svpn_proxy_read ((const guint8 *) cases[i].bytes, size, &header);
    if (state == SVPN_PROXY_MORE)
      g_assert_cmpuint (header.size, >, size);
    size = header.size;
  } while (state == SVPN_PROXY_MORE && size <= cases[i].size);
  found = describe (state, &header);
  g_assert_cmpstr (found, ==, cases[i].expected);
}

static void
test_longest_line (void)
{
  g_autofree char *filling = g_strnfill (SVPN_PROXY_HEADER_WRITTEN_MAX, 'x');
  g_autofree char *line = g_strconcat ("PROXY UNKNOWN ", filling, NULL);
  SvpnProxyHeader header;

  g_assert_cmpint (svpn_proxy_read ((guint8 *) line, 106, &header), ==, SVPN_PROXY_MORE);
  g_assert_cmpint (svpn_proxy_read ((guint8 *) line, 107, &header), ==, SVPN_PROXY_BAD);
  line[105] = '\r';
  line[106] = '\n';
  g_assert_cmpint (svpn_proxy_read ((guint8 *) line, 107, &header), ==, SVPN_PROXY_WHOLE);
}

static const struct {
  const char *name, *source, *destination, *expected;
  guint port;
} written[] = {
  { "IPv4", "192.0.2.1", "198.51.100.2", "192.0.2.1:4096 198.51.100.2:443", 4096 },
  { "IPv6", "2001:db8::1", "2001:db8::2", "[2001:db8::1]:4096 [2001:db8::2]:443", 4096 },
  { "longest", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535 [ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe]:443", 65535 },
  { "two families", "192.0.2.1", "2001:db8::2", "unknown", 4096 },
};

static void
test_write (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnEndpoint source = { .port = (guint16) written[i].port }, destination = { .port = 443 };

  g_assert_true (svpn_address_parse (written[i].source, &source.address));
  g_assert_true (svpn_address_parse (written[i].destination, &destination.address));
  for (guint version = 1; version <= 2; version++) {
    guint8 bytes[SVPN_PROXY_HEADER_WRITTEN_MAX];
    gsize size = svpn_proxy_write (version, &source, &destination, bytes);
    SvpnProxyHeader header;
    g_autofree char *found = describe (svpn_proxy_read (bytes, size, &header), &header);

    g_assert_cmpuint (size, <=, sizeof bytes);
    g_assert_cmpstr (found, ==, written[i].expected);
    g_assert_cmpuint (header.size, ==, size);
    g_assert_true ((bytes[0] == 'P') == (version == 1));
  }
}

/* Byte for byte what other implementations write. */
static void
test_written_bytes (void)
{
  SvpnEndpoint source = { .port = 4096 }, destination = { .port = 443 };
  guint8 bytes[SVPN_PROXY_HEADER_WRITTEN_MAX];

  g_assert_true (svpn_address_parse ("192.0.2.1", &source.address));
  g_assert_true (svpn_address_parse ("198.51.100.2", &destination.address));
  g_assert_cmpmem (bytes, svpn_proxy_write (1, &source, &destination, bytes), cases[0].bytes, cases[0].size);
  g_assert_cmpmem (bytes, svpn_proxy_write (2, &source, &destination, bytes),
                   SIGNATURE "\x21\x11\x00\x0c" ADDRESSES4, 28);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/proxy-protocol/", cases, test_case);
  ADD_TABLE ("/proxy-protocol/step by step/", cases, test_step_by_step);
  g_test_add_func ("/proxy-protocol/longest line", test_longest_line);
  ADD_TABLE ("/proxy-protocol/written/", written, test_write);
  g_test_add_func ("/proxy-protocol/written/bytes", test_written_bytes);
  return g_test_run ();
}
