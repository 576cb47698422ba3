/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the classifier: one kind of packet a row, and the flow table under a virtual clock. */
#include "qos.h"

#include "hex.h"
#include "table.h"

#define SECOND G_USEC_PER_SEC
#define START (1000 * (guint64) SECOND)
#define FULL 1400 /* bytes of a full-size packet */
#define WINDOW (SVPN_QOS_BULK_WINDOW_MS * G_GUINT64_CONSTANT (1000))

#define ICMP 1
#define TCP 6
#define UDP 17
#define ICMPV6 58

static SvpnQosClassifier *
classifier_new (void)
{
  return svpn_qos_classifier_new ((const guint8[16]){ 1, 2, 3 });
}

/* A packet of @size bytes between the hosts that @flow stands for. */
static SvpnQosClass
classify (SvpnQosClassifier *classifier, guint32 flow, SvpnPacket packet, gsize size, guint64 now_us)
{
  guint8 addresses[32] = { 10, 8, 0, 2 };
  gsize address_size = packet.version == 6 ? 16 : 4;

  memcpy (addresses + address_size, &flow, sizeof flow);
  packet.version = packet.version == 6 ? 6 : 4;
  packet.size = size;
  packet.source = addresses;
  packet.destination = addresses + address_size;
  return svpn_qos_classify (classifier, &packet, addresses, now_us);
}

#define PORTS(from, to) .has_ports = true, .source_port = from, .destination_port = to
#define H SVPN_QOS_HIGH
#define N SVPN_QOS_NORMAL
#define L SVPN_QOS_LOW

static const struct {
  const char *name;
  SvpnPacket packet;
  gsize size;
  SvpnQosClass expected, expected_of_bulk; /* the second where more than 1 MB of the flow came before */
} classes[] = {
  { "tcp-full", { .protocol = TCP, PORTS (51966, 443) }, FULL, N, L },
  { "tcp-128", { .protocol = TCP, PORTS (51966, 443) }, 128, N, L },
  { "tcp-127", { .protocol = TCP, PORTS (51966, 443) }, 127, H, H },
  { "tcp-acknowledgement", { .protocol = TCP, PORTS (51966, 443) }, 52, H, H },
  { "tcp-v6", { .version = 6, .protocol = TCP, PORTS (51966, 443) }, FULL, N, L },
  { "tcp-super-packet", { .protocol = TCP, PORTS (51966, 443) }, 65535, N, L },
  { "udp-full", { .protocol = UDP, PORTS (51966, 443) }, FULL, N, L },
  { "udp-small", { .protocol = UDP, PORTS (51966, 443) }, 100, H, H },
  { "udp-small-v6", { .version = 6, .protocol = UDP, PORTS (51966, 443) }, 100, H, H },
  { "no-ports", { .protocol = 47 }, FULL, N, L },
  { "no-ports-small", { .protocol = 47 }, 100, H, H },

  { "dns-query", { .protocol = UDP, PORTS (51966, 53) }, 60, H, H },
  { "dns-answer", { .protocol = UDP, PORTS (53, 51966) }, FULL, H, L },
  { "dns-large-query", { .protocol = UDP, PORTS (51966, 53) }, 300, H, L },
  { "dns-tcp", { .protocol = TCP, PORTS (51966, 53) }, FULL, H, L },
  { "dns-tcp-answer-v6", { .version = 6, .protocol = TCP, PORTS (53, 51966) }, FULL, H, L },
  { "dns-over-tls", { .protocol = TCP, PORTS (51966, 853) }, FULL, N, L },
  { "dns-ports-unknown", { .protocol = UDP, .destination_port = 53 }, FULL, N, L },

  { "ssh-to", { .protocol = TCP, PORTS (51966, 22) }, FULL, H, L },
  { "ssh-from", { .protocol = TCP, PORTS (22, 51966) }, FULL, H, L },
  { "ssh-v6", { .version = 6, .protocol = TCP, PORTS (22, 51966) }, FULL, H, L },
  { "ssh-keystroke", { .protocol = TCP, PORTS (51966, 22) }, 88, H, H },
  { "ssh-udp", { .protocol = UDP, PORTS (51966, 22) }, FULL, N, L },
  { "port-2222", { .protocol = TCP, PORTS (51966, 2222) }, FULL, N, L },

  { "ping", { .protocol = ICMP }, 84, H, L },
  { "ping-big", { .protocol = ICMP }, FULL, H, L },
  { "ping-v6", { .version = 6, .protocol = ICMPV6 }, 104, H, L },
  { "ping-v6-big", { .version = 6, .protocol = ICMPV6 }, FULL, H, L },
  { "icmp-inside-v6", { .version = 6, .protocol = ICMP }, FULL, N, L },
  { "icmpv6-inside-v4", { .version = 4, .protocol = ICMPV6 }, FULL, N, L },

  { "fragment", { .protocol = UDP, .is_fragment = true }, FULL, N, L },
  { "fragment-small", { .protocol = UDP, .is_fragment = true }, 60, N, L },
  { "fragment-first-dns", { .protocol = UDP, .is_fragment = true, PORTS (53, 51966) }, FULL, N, L },
  { "fragment-first-ssh", { .protocol = TCP, .is_fragment = true, PORTS (22, 51966) }, FULL, N, L },
  { "fragment-v6-small", { .version = 6, .protocol = UDP, .is_fragment = true }, 60, N, L },
  { "fragment-ping", { .protocol = ICMP, .is_fragment = true }, FULL, H, L },
  { "fragment-ping-small", { .protocol = ICMP, .is_fragment = true }, 60, H, L },
};

static void
test_class (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnQosClassifier *classifier = classifier_new ();

  g_assert_cmpint (classify (classifier, 1, classes[i].packet, classes[i].size, START), ==,
                   classes[i].expected);
  for (int n = 0; n <= SVPN_QOS_BULK_BYTES / FULL; n++)
    classify (classifier, 1, classes[i].packet, FULL, START);
  g_assert_cmpint (classify (classifier, 1, classes[i].packet, classes[i].size, START), ==,
                   classes[i].expected_of_bulk);
  svpn_qos_classifier_free (classifier);
}

/* From the bytes of a packet: 10.8.0.2 or fd00:8::2, ports 51966 and 53, 128 bytes at least. */
#define V4(length, fragment, protocol) "4500" length "1234" fragment "40" protocol "0000 0a080002 01010101"
#define V6(length, next)                                                                                     \
  "60000000" length next "40 fd000008000000000000000000000002 fd000008000000000000000000000001"

static const struct {
  const char *name, *bytes;
  SvpnQosClass expected;
} headers[] = {
  { "v4-dns", V4 ("0400", "0000", "11") "cafe0035", H },
  { "v4-middle-fragment", V4 ("0400", "2001", "11") "cafe0035", N },
  { "v4-last-fragment-small", V4 ("0040", "0001", "11") "cafe0035", N },
  { "v4-small", V4 ("0040", "0000", "11") "cafe0050", H },
  { "v6-dns", V6 ("0400", "11") "cafe0035", H },
  { "v6-dns-behind-options", V6 ("0400", "00") "3c00000000000000 1100000000000000 cafe0035", H },
  { "v6-icmp-behind-options", V6 ("0400", "00") "3a00000000000000 8000", H },
  { "v6-dns-atomic-fragment", V6 ("0400", "2c") "1100000000000001 cafe0035", H },
  { "v6-last-fragment-small", V6 ("0010", "2c") "1100000800000001 cafe0035", N },
  { "v6-icmp-fragment", V6 ("0400", "2c") "3a00000900000001 cafe0035", H },
};

static void
test_header (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnQosClassifier *classifier = classifier_new ();
  guint8 bytes[2048] = { 0 };
  SvpnPacket packet;

  hex_read (headers[i].bytes, bytes, sizeof bytes);
  g_assert_cmpint (svpn_packet_parse (bytes, sizeof bytes, &packet), ==, SVPN_PACKET_OK);
  g_assert_cmpint (svpn_qos_classify (classifier, &packet, bytes, START), ==, headers[i].expected);
  svpn_qos_classifier_free (classifier);
}

static const SvpnPacket web = { .protocol = TCP, PORTS (51966, 443) };

static void
send (SvpnQosClassifier *classifier, guint32 flow, guint64 bytes, guint64 now_us)
{
  for (; bytes > 0; bytes -= MIN (bytes, 1000))
    classify (classifier, flow, web, MIN (bytes, 1000), now_us);
}

/* A flow that sends @first_bytes, after @pause_us @then_bytes and then a packet of 1000 bytes. */
static const struct {
  const char *name;
  guint64 first_bytes, pause_us, then_bytes;
  SvpnQosClass expected;
} windows[] = {
  { "first", 0, 0, 0, N },
  { "1-MB", 999000, 0, 0, N },
  { "over-1-MB", 999001, 0, 0, L },
  { "over-1-MB-together", 500000, 29 * SECOND, 499001, L },
  { "over-1-MB-in-both-halves", 500000, 31 * SECOND, 499001, L },
  { "over-1-MB-in-60-s", 500000, WINDOW - 1, 499001, L },
  { "over-1-MB-in-more", 500000, WINDOW, 499001, N },
  { "quiet-29-s", 5000000, 29 * SECOND, 0, L },
  { "quiet-31-s", 5000000, 31 * SECOND, 0, L },
  { "quiet-59-s", 5000000, WINDOW - 1, 0, L },
  { "quiet-60-s", 5000000, WINDOW, 0, N },
  { "quiet-an-hour", 5000000, 60 * WINDOW, 0, N },
  { "bulk-again", 5000000, WINDOW, 999001, L },
  { "gigabytes", 100000000, 0, 0, L },
  { "clock-back", 5000000, -(guint64) SECOND, 0, L },
};

static void
test_window (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnQosClassifier *classifier = classifier_new ();

  send (classifier, 1, windows[i].first_bytes, START);
  send (classifier, 1, windows[i].then_bytes, START + windows[i].pause_us);
  g_assert_cmpint (classify (classifier, 1, web, 1000, START + windows[i].pause_us), ==, windows[i].expected);
  g_assert_cmpint (classify (classifier, 2, web, 1000, START + windows[i].pause_us), ==, N);
  svpn_qos_classifier_free (classifier);
}

/* Wherever in its window a flow stops, 60 s later it is normal; and at no time is one of less than 1 MB in 60 s
 * bulk. */
static void
test_quiet (void)
{
  for (guint seconds = 0; seconds < 200; seconds += 7) {
    SvpnQosClassifier *classifier = classifier_new ();
    guint64 now = START;

    for (guint i = 0; i <= seconds; i++, now += SECOND)
      send (classifier, 1, 2000000, now);
    now -= SECOND;
    g_assert_cmpint (classify (classifier, 1, web, FULL, now + 29 * SECOND), ==, L);
    g_assert_cmpint (classify (classifier, 1, web, FULL, now + WINDOW), ==, N);
    svpn_qos_classifier_free (classifier);
  }
}

static void
test_rate (void)
{
  SvpnQosClassifier *classifier = classifier_new ();

  for (guint i = 0; i < 600; i++) {
    g_assert_cmpint (classify (classifier, 1, web, 16600, START + i * SECOND), ==, N); /* 996 kB in 60 s */
    if (classify (classifier, 2, web, 34000, START + i * SECOND) != L)                 /* 1.02 MB in 30 s */
      g_assert_cmpuint (i, <, 30);
  }

  /* The halves stay 30 s apart, whenever packets come. */
  send (classifier, 3, 999000, START);
  g_assert_cmpint (classify (classifier, 3, web, 1000, START + 45 * SECOND), ==, N);
  g_assert_cmpint (classify (classifier, 3, web, 1000, START + 65 * SECOND), ==, N);
  svpn_qos_classifier_free (classifier);
}

/* What a flow is: each of these differs from the first in one respect and is not bulk with it. */
static const SvpnPacket others[] = {
  { .protocol = UDP, PORTS (51966, 443) },
  { .protocol = TCP, PORTS (51967, 443) },
  { .protocol = TCP, PORTS (51966, 444) },
  { .protocol = TCP, PORTS (443, 51966) },
  { .protocol = TCP },
  { .protocol = TCP, .is_fragment = true, PORTS (51966, 443) },
  { .version = 6, .protocol = TCP, PORTS (51966, 443) },
};

static void
test_flow (void)
{
  SvpnQosClassifier *classifier = classifier_new ();

  send (classifier, 1, 5000000, START);
  g_assert_cmpint (classify (classifier, 2, web, FULL, START), ==, N); /* another host */
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    g_test_message ("other %zu", i);
    g_assert_cmpint (classify (classifier, 1, others[i], FULL, START), ==, N);
  }
  g_assert_cmpint (classify (classifier, 1, web, FULL, START), ==, L);
  svpn_qos_classifier_free (classifier);
}

/* A few packets may be forgotten, before the flow has more than those of the flood. */
static void
check_late (SvpnQosClass found, guint64 sent)
{
  if (sent <= SVPN_QOS_BULK_BYTES)
    g_assert_cmpint (found, ==, N);
  else if (sent > SVPN_QOS_BULK_BYTES + 10 * FULL)
    g_assert_cmpint (found, ==, L);
}

/* A million flows of one packet each go by, in @seconds. Bulk stays low without a packet of its own meanwhile, a flow
 * is taken for bulk only when it is, and those that become bulk meanwhile are found out, though they send but a packet
 * in 400. */
static void
flood (guint seconds, gsize size)
{
  const guint flows = 1000000;
  SvpnQosClassifier *classifier = classifier_new ();
  guint64 sent = 0;

  for (guint32 bulk = 1; bulk <= 20; bulk++)
    send (classifier, bulk, 1100000, START);
  for (guint32 i = 0; i < flows; i++) {
    guint64 now = START + (guint64) i * seconds * SECOND / flows;

    g_assert_cmpint (classify (classifier, 1000 + i, web, size, now), ==, size < 128 ? H : N);
    if (i > 100000 && i % 400 == 0) {
      sent += FULL;
      for (guint32 late = 100; late < 110; late++)
        check_late (classify (classifier, late, web, FULL, now), sent);
    }
  }
  for (guint32 bulk = 1; bulk <= 20; bulk++)
    g_assert_cmpint (classify (classifier, bulk, web, FULL, START + seconds * SECOND), ==, L);
  g_assert_cmpint (classify (classifier, 999, web, FULL, START + seconds * SECOND), ==, N);
  svpn_qos_classifier_free (classifier);
}

static void
test_flood (void)
{
  flood (0, 60);
  flood (29, 60);
  flood (29, FULL);
}

/* Where all the table is bulk flows, the bounds still hold: a new flow is normal. */
static void
test_full_of_bulk (void)
{
  SvpnQosClassifier *classifier = classifier_new ();
  guint low = 0;

  for (guint32 flow = 0; flow < 2 * SVPN_QOS_FLOWS; flow++)
    send (classifier, flow, 1100000, START);
  g_assert_cmpint (classify (classifier, 5000, web, FULL, START), ==, N);
  for (guint32 flow = 0; flow < 2 * SVPN_QOS_FLOWS; flow++)
    low += classify (classifier, flow, web, FULL, START) == L;
  g_assert_cmpuint (low, >, SVPN_QOS_FLOWS / 2);
  svpn_qos_classifier_free (classifier);
}

/* The shortest of several runs, in s for 20000 packets of @flows flows in turn. */
static gdouble
measure (SvpnQosClassifier *classifier, guint32 flows)
{
  g_autoptr (GTimer) timer = g_timer_new ();
  gdouble best = G_MAXDOUBLE;

  for (int round = 0; round < 8; round++) {
    g_timer_start (timer);
    for (guint32 i = 0; i < 20000; i++)
      classify (classifier, i % flows, web, FULL, START);
    best = MIN (best, g_timer_elapsed (timer, NULL));
  }
  return best;
}

/* The work for a packet does not grow with the number of flows: it would 20 to 100 times if the table were searched. */
static void
test_cost (void)
{
  SvpnQosClassifier *one = classifier_new (), *many = classifier_new ();
  gdouble of_one = measure (one, 1), of_many = measure (many, 20000);

  g_test_message ("ns a packet: %.0f in one flow, %.0f in 20000", of_one * 5e4, of_many * 5e4);
  g_assert_cmpfloat (of_many, <, of_one * 8);
  svpn_qos_classifier_free (one);
  svpn_qos_classifier_free (many);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/qos/classes/", classes, test_class);
  ADD_TABLE ("/qos/headers/", headers, test_header);
  ADD_TABLE ("/qos/windows/", windows, test_window);
  g_test_add_func ("/qos/quiet", test_quiet);
  g_test_add_func ("/qos/rate", test_rate);
  g_test_add_func ("/qos/flow", test_flow);
  g_test_add_func ("/qos/flood", test_flood);
  g_test_add_func ("/qos/full-of-bulk", test_full_of_bulk);
  g_test_add_func ("/qos/cost", test_cost);
  return g_test_run ();
}
