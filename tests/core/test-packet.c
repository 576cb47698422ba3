/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the packet parser: one packet a row. */
#include "packet.h"

#include "hex.h"
#include "table.h"

/* IPv4: version and IHL, total length, flags and fragment offset, protocol. 10.8.0.2 to 1.1.1.1 */
#define V4(ihl, length, fragment, protocol)                                                                  \
  ihl "00" length "1234" fragment "40" protocol "0000 0a080002 01010101"
/* IPv6: payload length, next header. fd00:8::2 to fd00:8::1 */
#define V6(length, next)                                                                                     \
  "60000000" length next "40 fd000008000000000000000000000002 fd000008000000000000000000000001"
#define UDP "cafe0035 00080000"                            /* 51966 to 53 */
#define TCP "cafe0016 00000000 00000000 50020000 00000000" /* 51966 to 22 */
#define EXT(next) next "00 000000000000" /* hop-by-hop, routing or destination options of 8 bytes */
#define FRAGMENT(next, offset) next "00" offset "00000001"
#define OK SVPN_PACKET_OK

static const struct {
  const char *name, *bytes;
  SvpnPacketResult expected;
  guint version, protocol;
  gboolean is_fragment;
  guint destination_port; /* 0: has no ports */
  guint header_size, size;
  guint fragment_offset;
} cases[] = {
  { "v4-udp", V4 ("45", "001c", "4000", "11") UDP, OK, 4, 17, FALSE, 53, 20, 28 },
  { "v4-tcp", V4 ("45", "0028", "4000", "06") TCP, OK, 4, 6, FALSE, 22, 20, 40 },
  { "v4-icmp", V4 ("45", "001c", "0000", "01") "08000000 00000000", OK, 4, 1, FALSE, 0, 20, 28 },
  { "v4-options", V4 ("47", "0024", "0000", "11") "01010101 01010101" UDP, OK, 4, 17, FALSE, 53, 28, 36 },
  { "v4-trailing-bytes", V4 ("45", "001c", "0000", "11") UDP "ffffffff", OK, 4, 17, FALSE, 53, 20, 28 },
  { "v4-header-only", V4 ("45", "0014", "0000", "11"), OK, 4, 17, FALSE, 0, 20, 20 },
  { "v4-ports-cut", V4 ("45", "0017", "0000", "11") "cafe00", OK, 4, 17, FALSE, 0, 20, 23 },
  { "v4-ports-behind-length", V4 ("45", "0016", "0000", "11") UDP, OK, 4, 17, FALSE, 0, 20, 22 },
  { "v4-ports-alone", V4 ("45", "0018", "0000", "11") "cafe0035", OK, 4, 17, FALSE, 53, 20, 24 },
  { "v4-first-fragment", V4 ("45", "001c", "2000", "11") UDP, OK, 4, 17, TRUE, 53, 20, 28 },
  { "v4-middle-fragment", V4 ("45", "001c", "2001", "11") UDP, OK, 4, 17, TRUE, 0, 20, 28, 1 },
  { "v4-last-fragment", V4 ("45", "001c", "1fff", "11") UDP, OK, 4, 17, TRUE, 0, 20, 28, 0x1fff },
  { "v4-ihl-4", V4 ("44", "001c", "0000", "11") UDP, SVPN_PACKET_TRUNCATED },
  { "v4-ihl-0", V4 ("40", "001c", "0000", "11") UDP, SVPN_PACKET_TRUNCATED },
  { "v4-ihl-over-length", V4 ("4f", "001c", "0000", "11") UDP, SVPN_PACKET_TRUNCATED },
  { "v4-length-0", V4 ("45", "0000", "0000", "11") UDP, SVPN_PACKET_TRUNCATED },
  { "v4-length-19", V4 ("45", "0013", "0000", "11") UDP, SVPN_PACKET_TRUNCATED },
  { "v4-length-over-size", V4 ("45", "001d", "0000", "11") UDP, SVPN_PACKET_TRUNCATED },
  { "v4-19-bytes", "45000013 12340000 40110000 0a080002 010101", SVPN_PACKET_NOT_IP },

  { "v6-udp", V6 ("0008", "11") UDP, OK, 6, 17, FALSE, 53, 40, 48 },
  { "v6-tcp", V6 ("0014", "06") TCP, OK, 6, 6, FALSE, 22, 40, 60 },
  { "v6-icmp", V6 ("0008", "3a") "80000000 00000000", OK, 6, 58, FALSE, 0, 40, 48 },
  { "v6-trailing-bytes", V6 ("0008", "11") UDP "ffff", OK, 6, 17, FALSE, 53, 40, 48 },
  { "v6-payload-0", V6 ("0000", "11") UDP, OK, 6, 17, FALSE, 0, 40, 40 },
  { "v6-jumbogram", V6 ("0000", "00") "1100c20400012345" UDP, OK, 6, 59, FALSE, 0, 40, 40 },
  { "v6-no-next-header", V6 ("0008", "3b") UDP, OK, 6, 59, FALSE, 0, 40, 48 },
  { "v6-unknown-protocol", V6 ("0008", "fd") UDP, OK, 6, 253, FALSE, 0, 40, 48 },
  { "v6-ports-cut", V6 ("0003", "11") UDP, OK, 6, 17, FALSE, 0, 40, 43 },
  { "v6-hop-by-hop", V6 ("0010", "00") EXT ("11") UDP, OK, 6, 17, FALSE, 53, 48, 56 },
  { "v6-routing", V6 ("0010", "2b") EXT ("06") UDP, OK, 6, 6, FALSE, 53, 48, 56 },
  { "v6-destination", V6 ("0010", "3c") EXT ("11") UDP, OK, 6, 17, FALSE, 53, 48, 56 },
  { "v6-long-extension",
    V6 ("0018", "3c") "1101"
                      "000000000000 0000000000000000" UDP,
    OK, 6, 17, FALSE, 53, 56, 64 },
  { "v6-authentication",
    V6 ("0014", "33") "1101"
                      "0000 00000001 00000001" UDP,
    OK, 6, 17, FALSE, 53, 52, 60 },
  { "v6-chain", V6 ("0028", "00") EXT ("2b") EXT ("3c") EXT ("2c") FRAGMENT ("11", "0000") UDP, OK, 6, 17,
    FALSE, 53, 72, 80 },
  { "v6-8-extensions",
    V6 ("0048", "00") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("11")
        UDP,
    OK, 6, 17, FALSE, 53, 104, 112 },
  { "v6-9-extensions",
    V6 ("0050", "00") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c") EXT ("3c")
        EXT ("11") UDP,
    OK, 6, 59, FALSE, 0, 104, 120 },
  { "v6-atomic-fragment", V6 ("0010", "2c") FRAGMENT ("11", "0000") UDP, OK, 6, 17, FALSE, 53, 48, 56 },
  { "v6-reserved-fragment-bits", V6 ("0010", "2c") FRAGMENT ("11", "0006") UDP, OK, 6, 17, FALSE, 53, 48,
    56 },
  { "v6-first-fragment", V6 ("0010", "2c") FRAGMENT ("11", "0001") UDP, OK, 6, 17, TRUE, 53, 48, 56 },
  { "v6-last-fragment", V6 ("0010", "2c") FRAGMENT ("11", "0008") UDP, OK, 6, 17, TRUE, 0, 48, 56, 1 },
  { "v6-later-fragment-of-options", V6 ("0010", "2c") FRAGMENT ("3c", "0009") EXT ("11"), OK, 6, 59, TRUE, 0,
    48, 56, 1 },
  { "v6-extension-cut", V6 ("0007", "3c") EXT ("11"), OK, 6, 59, FALSE, 0, 40, 47 },
  { "v6-extension-over-length", V6 ("0010", "3c") "1102000000000000" UDP, OK, 6, 59, FALSE, 0, 40, 56 },
  { "v6-extension-255", V6 ("0010", "3c") "11ff000000000000" UDP, OK, 6, 59, FALSE, 0, 40, 56 },
  { "v6-authentication-over-length", V6 ("0010", "33") "1103000000000000" UDP, OK, 6, 59, FALSE, 0, 40, 56 },
  { "v6-fragment-cut", V6 ("0004", "2c") "11000009", OK, 6, 59, FALSE, 0, 40, 44 },
  { "v6-length-over-size", V6 ("0009", "11") UDP, SVPN_PACKET_TRUNCATED },
  { "v6-39-bytes", "60000000 0000 11 40 fd000008000000000000000000000002 fd0000080000000000000000000000",
    SVPN_PACKET_NOT_IP },

  { "empty", "", SVPN_PACKET_NOT_IP },
  { "4-alone", "45", SVPN_PACKET_NOT_IP },
  { "6-alone", "60", SVPN_PACKET_NOT_IP },
  { "version-0", "05" UDP UDP UDP UDP UDP, SVPN_PACKET_NOT_IP },
  { "version-5", "55" UDP UDP UDP UDP UDP, SVPN_PACKET_NOT_IP },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint8 bytes[256];
  gsize size = hex_read (cases[i].bytes, bytes, sizeof bytes);
  g_autofree guint8 *copy = g_memdup2 (bytes, size); /* ends where the packet does */
  SvpnPacket packet, before;
  gsize address_at, address_size;

  memset (&packet, 0xaa, sizeof packet);
  memcpy (&before, &packet, sizeof before);
  g_assert_cmpint (svpn_packet_parse (copy, size, &packet), ==, cases[i].expected);
  if (cases[i].expected != SVPN_PACKET_OK) {
    g_assert_cmpmem (&packet, sizeof packet, &before, sizeof before);
    return;
  }

  g_assert_cmpuint (packet.version, ==, cases[i].version);
  g_assert_cmpuint (packet.protocol, ==, cases[i].protocol);
  g_assert_cmpint (packet.is_fragment, ==, cases[i].is_fragment);
  g_assert_cmpuint (packet.fragment_offset, ==, cases[i].fragment_offset);
  g_assert_cmpint (packet.has_ports, ==, cases[i].destination_port != 0);
  g_assert_cmpuint (packet.source_port, ==, packet.has_ports ? 0xcafe : 0);
  g_assert_cmpuint (packet.destination_port, ==, cases[i].destination_port);
  g_assert_cmpuint (packet.header_size, ==, cases[i].header_size);
  g_assert_cmpuint (packet.size, ==, cases[i].size);

  address_at = packet.version == 4 ? 12 : 8;
  address_size = packet.version == 4 ? 4 : 16;
  g_assert_true (packet.source == copy + address_at);
  g_assert_true (packet.destination == copy + address_at + address_size);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/packet/", cases, test_case);
  return g_test_run ();
}
