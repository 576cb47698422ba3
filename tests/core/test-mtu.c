/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the MTU arithmetic and of the ICMP answers: one packet a row. */
#include "mtu.h"

#include "hex.h"
#include "table.h"

/* IPv4: version and IHL, total length, flags and fragment offset, protocol, source, destination. */
#define V4(ihl, length, fragment, protocol, source, destination)                                             \
  ihl "00" length "1234" fragment "40" protocol "0000" source destination
/* IPv6: payload length, next header, source, destination. */
#define V6(length, next, source, destination) "60000000" length next "40" source destination
#define A4 "0a080002" /* 10.8.0.2 */
#define B4 "01010101"
#define A6 "fd000008000000000000000000000002"
#define B6 "fd000008000000000000000000000001"
#define UDP "cafe003500080000" /* 51966 to 53 */
#define ECHO "0800000000000000"
#define FRAGMENT(next, offset) next "00" offset "00000001"

#define TUNNEL_IPV4 "0a080001" /* the answers come from 10.8.0.1 and fd00:8::1 */
#define TUNNEL_IPV6 B6

#define UDP4 V4 ("45", "001c", "4000", "11", A4, B4) UDP
#define UDP4_OPTIONS V4 ("47", "0023", "6000", "11", A4, B4) "0101010101010101 cafe0035000700"
#define UDP6 V6 ("0008", "11", A6, B6) UDP

/* By the version of the outer connection's IP. */
static const struct {
  guint8 version;
  guint32 ip, overhead, left_of_1500;
} overheads[] = { { 4, 20, 79, 1421 }, { 6, 40, 99, 1401 } };

static void
test_overhead (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint32 overhead = svpn_mtu_overhead (overheads[i].version);

  g_assert_cmpuint (svpn_mtu_overhead_ip (overheads[i].version), ==, overheads[i].ip);
  g_assert_cmpuint (overhead, ==, overheads[i].overhead);
  g_assert_cmpuint (1500 - overhead, ==, overheads[i].left_of_1500);
  g_assert_cmpuint (overhead - overheads[i].ip, ==,
                    SVPN_MTU_OVERHEAD_TCP + SVPN_MTU_OVERHEAD_WEBSOCKET + SVPN_MTU_OVERHEAD_FRAME
                        + SVPN_MTU_OVERHEAD_TAG);
}

/* Answers to the byte. */
static const struct {
  const char *name, *packet;
  guint32 mtu;
  const char *answer;
} answers[] = {
  { "v4", UDP4, 1400, "45c00038 00004000 400125f3 0a080001 0a080002 030448da 00000578" UDP4 },
  { "v4-mtu-68", UDP4, 68, "45c00038 00004000 400125f3 0a080001 0a080002 03044e0e 00000044" UDP4 },
  { "v4-mtu-65535", UDP4, 65535, "45c00038 00004000 400125f3 0a080001 0a080002 03044e52 0000ffff" UDP4 },
  { "v4-mtu-over-16-bits", UDP4, 70000,
    "45c00038 00004000 400125f3 0a080001 0a080002 03044e52 0000ffff" UDP4 },
  { "v4-bytes-behind", UDP4 "ffff", 1400,
    "45c00038 00004000 400125f3 0a080001 0a080002 030448da 00000578" UDP4 },
  { "v4-options-odd-size", UDP4_OPTIONS, 1400,
    "45c0003f 00004000 400125ec 0a080001 0a080002 030422d0 00000578" UDP4_OPTIONS },
  { "v6", UDP6, 1280,
    "60000000 00383a40 fd000008000000000000000000000001 fd000008000000000000000000000002"
    "0200c7df 00000500" UDP6 },
  { "v6-1400", UDP6, 1400,
    "60000000 00383a40 fd000008000000000000000000000001 fd000008000000000000000000000002"
    "0200c767 00000578" UDP6 },
  { "v6-mtu-of-17-bits", UDP6, 70000,
    "60000000 00383a40 fd000008000000000000000000000001 fd000008000000000000000000000002"
    "0200bb6e 00011170" UDP6 },
};

static gsize
answer (const guint8 *data, gsize size, guint32 mtu, guint8 out[SVPN_MTU_ANSWER_MAX])
{
  SvpnPacket packet;
  guint8 source[16];

  g_assert_cmpint (svpn_packet_parse (data, size, &packet), ==, SVPN_PACKET_OK);
  hex_read (packet.version == 4 ? TUNNEL_IPV4 : TUNNEL_IPV6, source, sizeof source);
  return svpn_mtu_answer (&packet, data, source, mtu, out);
}

static void
test_answer (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint8 packet[256], expected[256], out[SVPN_MTU_ANSWER_MAX];
  gsize size = hex_read (answers[i].packet, packet, sizeof packet);
  gsize expected_size = hex_read (answers[i].answer, expected, sizeof expected);

  g_assert_cmpmem (out, answer (packet, size, answers[i].mtu, out), expected, expected_size);
}

/* Whether a packet is answered at all; the rows come in pairs around a rule. */
static const struct {
  const char *name, *packet;
  guint32 mtu;
  gboolean answered;
} rules[] = {
  { "v4-df", V4 ("45", "001c", "4000", "11", A4, B4) UDP, 1400, TRUE },
  { "v4-no-df", V4 ("45", "001c", "0000", "11", A4, B4) UDP, 1400, FALSE },
  { "v4-reserved-bit-is-not-df", V4 ("45", "001c", "8000", "11", A4, B4) UDP, 1400, FALSE },
  { "v4-first-fragment", V4 ("45", "001c", "6000", "11", A4, B4) UDP, 1400, TRUE },
  { "v4-middle-fragment", V4 ("45", "001c", "6001", "11", A4, B4) UDP, 1400, FALSE },
  { "v4-last-fragment", V4 ("45", "001c", "5fff", "11", A4, B4) UDP, 1400, FALSE },
  { "v4-mtu-67", UDP4, 67, FALSE },
  { "v4-mtu-0", UDP4, 0, FALSE },
  { "v4-echo", V4 ("45", "001c", "4000", "01", A4, B4) ECHO, 1400, TRUE },
  { "v4-echo-reply", V4 ("45", "001c", "4000", "01", A4, B4) "0000000000000000", 1400, TRUE },
  { "v4-timestamp", V4 ("45", "001c", "4000", "01", A4, B4) "0d00000000000000", 1400, TRUE },
  { "v4-unreachable", V4 ("45", "001c", "4000", "01", A4, B4) "0304000000000000", 1400, FALSE },
  { "v4-source-quench", V4 ("45", "001c", "4000", "01", A4, B4) "0400000000000000", 1400, FALSE },
  { "v4-redirect", V4 ("45", "001c", "4000", "01", A4, B4) "0500000000000000", 1400, FALSE },
  { "v4-time-exceeded", V4 ("45", "001c", "4000", "01", A4, B4) "0b00000000000000", 1400, FALSE },
  { "v4-parameter-problem", V4 ("45", "001c", "4000", "01", A4, B4) "0c00000000000000", 1400, FALSE },
  { "v4-error-behind-options", V4 ("46", "0020", "4000", "01", A4, B4) "01010101 0304000000000000", 1400,
    FALSE },
  { "v4-icmp-cut", V4 ("45", "0014", "4000", "01", A4, B4), 1400, FALSE },
  { "v4-udp-like-an-error", V4 ("45", "001c", "4000", "11", A4, B4) "0304000000000000", 1400, TRUE },
  { "v4-to-223", V4 ("45", "001c", "4000", "11", A4, "dfffffff") UDP, 1400, TRUE },
  { "v4-to-multicast", V4 ("45", "001c", "4000", "11", A4, "e0000001") UDP, 1400, FALSE },
  { "v4-to-last-multicast", V4 ("45", "001c", "4000", "11", A4, "efffffff") UDP, 1400, FALSE },
  { "v4-to-240", V4 ("45", "001c", "4000", "11", A4, "f0000001") UDP, 1400, TRUE },
  { "v4-to-broadcast", V4 ("45", "001c", "4000", "11", A4, "ffffffff") UDP, 1400, FALSE },
  { "v4-from-0", V4 ("45", "001c", "4000", "11", "00000000", B4) UDP, 1400, FALSE },
  { "v4-from-network-0", V4 ("45", "001c", "4000", "11", "00000001", B4) UDP, 1400, FALSE },
  { "v4-from-1", V4 ("45", "001c", "4000", "11", "01000000", B4) UDP, 1400, TRUE },
  { "v4-from-126", V4 ("45", "001c", "4000", "11", "7effffff", B4) UDP, 1400, TRUE },
  { "v4-from-loopback", V4 ("45", "001c", "4000", "11", "7f000001", B4) UDP, 1400, FALSE },
  { "v4-from-loopback-network", V4 ("45", "001c", "4000", "11", "7fffffff", B4) UDP, 1400, FALSE },
  { "v4-from-128", V4 ("45", "001c", "4000", "11", "80000000", B4) UDP, 1400, TRUE },
  { "v4-from-223", V4 ("45", "001c", "4000", "11", "dfffffff", B4) UDP, 1400, TRUE },
  { "v4-from-multicast", V4 ("45", "001c", "4000", "11", "e0000001", B4) UDP, 1400, FALSE },
  { "v4-from-class-e", V4 ("45", "001c", "4000", "11", "f0000001", B4) UDP, 1400, FALSE },
  { "v4-from-broadcast", V4 ("45", "001c", "4000", "11", "ffffffff", B4) UDP, 1400, FALSE },

  { "v6-udp", UDP6, 1280, TRUE },
  { "v6-mtu-1279", UDP6, 1279, FALSE },
  { "v6-mtu-0", UDP6, 0, FALSE },
  { "v6-no-next-header", V6 ("0008", "3b", A6, B6) UDP, 1400, TRUE },
  { "v6-atomic-fragment", V6 ("0010", "2c", A6, B6) FRAGMENT ("11", "0000") UDP, 1400, TRUE },
  { "v6-first-fragment", V6 ("0010", "2c", A6, B6) FRAGMENT ("11", "0001") UDP, 1400, TRUE },
  { "v6-first-fragment-of-error", V6 ("0010", "2c", A6, B6) FRAGMENT ("3a", "0001") "0100000000000000", 1400,
    FALSE },
  { "v6-middle-fragment", V6 ("0010", "2c", A6, B6) FRAGMENT ("11", "0009") UDP, 1400, FALSE },
  { "v6-last-fragment", V6 ("0010", "2c", A6, B6) FRAGMENT ("11", "0008") UDP, 1400, FALSE },
  { "v6-later-fragment-of-options", V6 ("0010", "2c", A6, B6) FRAGMENT ("3c", "0008") UDP, 1400, FALSE },
  { "v6-echo", V6 ("0008", "3a", A6, B6) "8000000000000000", 1400, TRUE },
  { "v6-echo-reply", V6 ("0008", "3a", A6, B6) "8100000000000000", 1400, TRUE },
  { "v6-type-0", V6 ("0008", "3a", A6, B6) "0000000000000000", 1400, FALSE },
  { "v6-unreachable", V6 ("0008", "3a", A6, B6) "0100000000000000", 1400, FALSE },
  { "v6-too-big", V6 ("0008", "3a", A6, B6) "0200000000000500", 1400, FALSE },
  { "v6-type-127", V6 ("0008", "3a", A6, B6) "7f00000000000000", 1400, FALSE },
  { "v6-redirect", V6 ("0008", "3a", A6, B6) "8900000000000000", 1400, FALSE },
  { "v6-icmp-cut", V6 ("0000", "3a", A6, B6), 1400, FALSE },
  { "v6-error-behind-options", V6 ("0010", "3c", A6, B6) "3a00000000000000 0100000000000000", 1400, FALSE },
  { "v6-to-multicast", V6 ("0008", "11", A6, "ff020000000000000000000000000001") UDP, 1400, FALSE },
  { "v6-to-fe", V6 ("0008", "11", A6, "fe800000000000000000000000000001") UDP, 1400, TRUE },
  { "v6-from-unspecified", V6 ("0008", "11", "00000000000000000000000000000000", B6) UDP, 1400, FALSE },
  { "v6-from-loopback", V6 ("0008", "11", "00000000000000000000000000000001", B6) UDP, 1400, FALSE },
  { "v6-from-2", V6 ("0008", "11", "00000000000000000000000000000002", B6) UDP, 1400, TRUE },
  { "v6-from-1-1", V6 ("0008", "11", "00000000000000000000000000000101", B6) UDP, 1400, TRUE },
  { "v6-from-multicast", V6 ("0008", "11", "ff020000000000000000000000000001", B6) UDP, 1400, FALSE },
};

static void
test_rule (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint8 packet[256], out[SVPN_MTU_ANSWER_MAX], untouched[SVPN_MTU_ANSWER_MAX];
  gsize size = hex_read (rules[i].packet, packet, sizeof packet), answer_size;

  memset (out, 0xaa, sizeof out);
  memset (untouched, 0xaa, sizeof untouched);
  answer_size = answer (packet, size, rules[i].mtu, out);
  g_assert_cmpuint (answer_size, ==, rules[i].answered ? (packet[0] >> 4 == 4 ? 28 : 48) + size : 0);
  g_assert_cmpmem (out + answer_size, sizeof out - answer_size, untouched, sizeof out - answer_size);
  if (rules[i].answered) /* which is an error itself */
    g_assert_cmpuint (answer (out, answer_size, rules[i].mtu, untouched), ==, 0);
}

/* The remainder modulo 65535 is 0 where the checksum is right. */
static guint64
sum (guint64 start, const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    start += i % 2 == 0 ? data[i] * 256u : data[i];
  return start;
}

static void
assert_answer (const guint8 *packet, gsize size, gsize expected_size)
{
  gsize headers = packet[0] >> 4 == 4 ? 20 : 40;
  guint8 out[SVPN_MTU_ANSWER_MAX];
  guint64 icmp;

  g_assert_cmpuint (answer (packet, size, 1300, out), ==, expected_size);
  g_assert_cmpmem (out + headers + 8, expected_size - headers - 8, packet, expected_size - headers - 8);

  icmp = sum (0, out + headers, expected_size - headers);
  if (headers == 20) {
    g_assert_cmpuint (out[2] << 8 | out[3], ==, expected_size);
    g_assert_cmpuint (sum (0, out, headers) % 65535, ==, 0);
    g_assert_cmpuint (icmp % 65535, ==, 0);
  } else {
    g_assert_cmpuint (out[4] << 8 | out[5], ==, expected_size - headers);
    g_assert_cmpuint ((sum (icmp, out + 8, 32) + expected_size - headers + 58) % 65535, ==, 0);
  }
}

static const struct {
  guint version;
  gsize size, expected;
} quotes[] = {
  { 4, 28, 56 },     { 4, 547, 575 },   { 4, 548, 576 },    { 4, 549, 576 },   { 4, 1400, 576 },
  { 4, 1501, 576 },  { 4, 65535, 576 }, { 6, 48, 96 },      { 6, 1231, 1279 }, { 6, 1232, 1280 },
  { 6, 1233, 1280 }, { 6, 1400, 1280 }, { 6, 65575, 1280 },
};

static void
test_quoting (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree guint8 *packet = g_malloc (quotes[i].size);
  gsize length = quotes[i].version == 4 ? quotes[i].size : quotes[i].size - 40;

  for (guint fill = 0; fill < 4; fill++) { /* with 0xff the sums carry the most */
    memset (packet, fill == 0 ? 0xff : 0, quotes[i].size);
    for (gsize at = 0; at < quotes[i].size && fill > 1; at++)
      packet[at] = (at * 131 + fill) >> (at % 3);
    hex_read (quotes[i].version == 4 ? UDP4 : UDP6, packet, quotes[i].size);
    packet[quotes[i].version == 4 ? 2 : 4] = length >> 8;
    packet[quotes[i].version == 4 ? 3 : 5] = length;
    assert_answer (packet, quotes[i].size, quotes[i].expected);
  }
}

/* Every value of one word, so that the sums carry in every way. */
static void
test_checksums (void)
{
  for (guint version = 4; version <= 6; version += 2) {
    guint8 packet[1300];
    gsize size = version == 4 ? 600 : 1300, length = version == 4 ? size : size - 40;

    memset (packet, 0xff, sizeof packet);
    hex_read (version == 4 ? UDP4 : UDP6, packet, sizeof packet);
    packet[version == 4 ? 2 : 4] = length >> 8;
    packet[version == 4 ? 3 : 5] = length;
    for (guint word = 0; word <= 0xffff; word++) {
      packet[version == 4 ? 4 : 2] = word >> 8; /* the ID; the flow label */
      packet[version == 4 ? 5 : 3] = word;
      assert_answer (packet, size, version == 4 ? 576 : 1280);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/mtu/overhead/", overheads, test_overhead);
  ADD_ROWS ("/mtu/quoting/", quotes, test_quoting);
  g_test_add_func ("/mtu/checksums", test_checksums);
  ADD_TABLE ("/mtu/answer/", answers, test_answer);
  ADD_TABLE ("/mtu/rule/", rules, test_rule);
  return g_test_run ();
}
