/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of segmentation offload: what a super-packet is cut into, what is taken of a peer, and the kernel's header. */
#include "checksum.h"
#include "vnet.h"

#include "hex.h"
#include "table.h"
#include "tcp-packet.h"

#define ALL_FLAGS (SVPN_TCP_ACK | SVPN_TCP_PSH | SVPN_TCP_FIN | SVPN_TCP_CWR | SVPN_TCP_ECE)

static const struct {
  const char *name;
  TcpPacket packet;
  guint segments;
} supers[] = {
  { "v4", { 4, 14000, 1, SVPN_TCP_ACK, 0, 1400 }, 10 },
  { "v6", { 6, 14000, 1, SVPN_TCP_ACK, 0, 1400 }, 10 },
  { "v4-rest", { 4, 14001, 1, ALL_FLAGS, 12, 1368 }, 11 },
  { "v6-rest", { 6, 14001, 1, ALL_FLAGS, 12, 1348 }, 11 },
  { "odd-segments", { 4, 9999, 1, SVPN_TCP_ACK, 12, 999 }, 11 },
  { "two", { 4, 1401, 1, ALL_FLAGS, 40, 1400 }, 2 },
  { "sequence-wraps", { 6, 5000, 0xfffffa00, ALL_FLAGS, 0, 1000 }, 5 },
  { "largest", { 4, 65495, 1, SVPN_TCP_ACK, 0, 1360 }, 49 },
  { "most-segments", { 6, 12800, 1, SVPN_TCP_ACK, 0, 100 }, SVPN_GSO_SEGMENTS_MAX },
};

/* Each segment is the packet that TCP itself would have made. */
static void
test_cut (gconstpointer row)
{
  const TcpPacket *wanted = &supers[GPOINTER_TO_SIZE (row)].packet;
  g_autofree BuiltPacket *super = tcp_packet_new (wanted);
  guint segments = svpn_gso_segments (&super->packet, super->data), largest = 0;

  g_assert_cmpuint (segments, ==, supers[GPOINTER_TO_SIZE (row)].segments);
  for (guint i = 0; i < segments; i++) {
    TcpPacket alone = *wanted;
    alone.segment_size = 0;
    alone.payload = MIN (wanted->segment_size, wanted->payload - i * wanted->segment_size);
    alone.sequence += i * wanted->segment_size;
    alone.flags &= i < segments - 1 ? ~(SVPN_TCP_FIN | SVPN_TCP_PSH) : 0xff;
    alone.flags &= i > 0 ? ~SVPN_TCP_CWR : 0xff;
    g_autofree BuiltPacket *expected = tcp_packet_new (&alone);
    g_autofree BuiltPacket *cut = g_new0 (BuiltPacket, 1);

    svpn_gso_slice (&super->packet, super->data, i, 1, true, cut->data, &cut->packet);
    g_assert_false (cut->packet.checksum_partial);
    g_assert_cmpuint (cut->packet.segment_size, ==, 0);
    g_assert_true (tcp_packet_is_valid (cut->data, cut->packet.size));
    if (wanted->version == 4) { /* the identification counts up */
      put_u16 (expected->data + 4, (guint16) (0xfffe + i));
      put_u16 (expected->data + 10, 0);
      put_u16 (expected->data + 10, ~rfc1071_fold (expected->data, 20, 0));
    }
    g_assert_cmpmem (cut->data, cut->packet.size, expected->data, expected->packet.size);
    largest = MAX (largest, cut->packet.size);
  }
  g_assert_cmpuint (svpn_gso_largest (&super->packet, super->data), ==, largest);
}

/* A slice of several segments is a super-packet that is cut into the same segments. */
static void
test_slices (gconstpointer row)
{
  g_autofree BuiltPacket *super = tcp_packet_new (&supers[GPOINTER_TO_SIZE (row)].packet);
  g_autofree BuiltPacket *slice = g_new (BuiltPacket, 1), *direct = g_new (BuiltPacket, 1),
                         *twice = g_new (BuiltPacket, 1);
  guint segments = svpn_gso_segments (&super->packet, super->data);

  for (guint n = 1; n <= segments; n++) {
    for (guint first = 0; first < segments; first += n) {
      svpn_gso_slice (&super->packet, super->data, first, n, false, slice->data, &slice->packet);
      guint parts = svpn_gso_segments (&slice->packet, slice->data);
      g_assert_cmpuint (parts, ==, MIN (n, segments - first));
      g_assert_true (slice->packet.checksum_partial);
      for (guint i = 0; i < parts; i++) {
        svpn_gso_slice (&super->packet, super->data, first + i, 1, true, direct->data, &direct->packet);
        if (parts > 1) {
          svpn_gso_slice (&slice->packet, slice->data, i, 1, true, twice->data, &twice->packet);
        } else {
          memcpy (twice->data, slice->data, slice->packet.size);
          twice->packet = slice->packet;
          svpn_gso_complete (&twice->packet, twice->data);
        }
        g_assert_cmpmem (twice->data, twice->packet.size, direct->data, direct->packet.size);
      }
    }
  }
}

/* Of a packet that is not to be cut only the checksum is left. */
static void
test_slice_of_whole (void)
{
  g_autofree BuiltPacket *whole = tcp_packet_new (&(TcpPacket){ 6, 999, 1, ALL_FLAGS, 12 });
  g_autofree BuiltPacket *left = g_memdup2 (whole, sizeof *whole), *out = g_new0 (BuiltPacket, 1);

  put_u16 (left->data + 40 + SVPN_TCP_CHECKSUM, tcp_pseudo_sum (left->data, left->packet.size - 40));
  left->packet.checksum_partial = true;
  left->packet.source = left->data + 8;
  left->packet.destination = left->data + 24;
  for (guint complete = 0; complete <= 1; complete++) {
    const guint8 *expected = complete ? whole->data : left->data;

    svpn_gso_slice (&left->packet, left->data, 0, 1, complete, out->data, &out->packet);
    g_assert_cmpmem (out->data, out->packet.size, expected, whole->packet.size);
    g_assert_cmpint (out->packet.checksum_partial, ==, !complete);
    g_assert_true (out->packet.source == out->data + 8);
  }
}

#define V4(length, protocol, fragment) "4500" length "1234" fragment "40" protocol "0000 0a080002 01010101"
#define TCP(offset, flags) "cafe0016 00000001 00000002" offset flags "0200 00000000"
#define TEN "00010203040506070809"

/* What is taken of a peer: the packet that it says and what its segment size says fit each other. */
static const struct {
  const char *name, *bytes;
  guint16 segment_size;
  gboolean is_taken;
  guint segments;
} foreign[] = {
  { "tcp", V4 ("0032", "06", "4000") TCP ("50", "10") TEN, 0, TRUE, 1 },
  { "cut", V4 ("0032", "06", "4000") TCP ("50", "10") TEN, 3, TRUE, 4 },
  { "one-segment", V4 ("0032", "06", "4000") TCP ("50", "10") TEN, 10, TRUE, 1 },
  { "no-payload", V4 ("0028", "06", "4000") TCP ("50", "10"), 5, TRUE, 1 },
  { "options-over-end", V4 ("0032", "06", "4000") TCP ("f0", "10") TEN, 0, FALSE },
  { "offset-4", V4 ("0032", "06", "4000") TCP ("40", "10") TEN, 0, FALSE },
  { "header-cut", V4 ("0027", "06", "4000") TCP ("50", "10"), 0, FALSE },
  { "fragment", V4 ("0032", "06", "2000") TCP ("50", "10") TEN, 0, FALSE },
  { "syn-cut", V4 ("0032", "06", "4000") TCP ("50", "02") TEN, 3, FALSE },
  { "rst-cut", V4 ("0032", "06", "4000") TCP ("50", "14") TEN, 3, FALSE },
  { "urg-cut", V4 ("0032", "06", "4000") TCP ("50", "30") TEN, 3, FALSE },
  { "syn-whole", V4 ("0032", "06", "4000") TCP ("50", "02") TEN, 0, TRUE, 1 },
  { "udp", V4 ("0026", "11", "4000") "cafe0035 00120000" TEN, 0, TRUE, 1 },
  { "udp-cut", V4 ("0026", "11", "4000") "cafe0035 00120000" TEN, 3, FALSE },
  { "udp-one-segment", V4 ("0026", "11", "4000") "cafe0035 00120000" TEN, 10, FALSE },
  { "udp-length", V4 ("0026", "11", "4000") "cafe0035 00110000" TEN, 0, FALSE },
  { "icmp", V4 ("001c", "01", "0000") "08000000 00000000", 0, FALSE },
};

static void
test_foreign (gconstpointer row)
{
  guint8 data[128];
  gsize size = hex_read (foreign[GPOINTER_TO_SIZE (row)].bytes, data, sizeof data);
  g_autofree guint8 *exact = g_memdup2 (data, size);
  SvpnPacket packet;

  g_assert_cmpint (svpn_packet_parse (exact, size, &packet), ==, SVPN_PACKET_OK);
  g_assert_cmpint (svpn_gso_set (&packet, exact, foreign[GPOINTER_TO_SIZE (row)].segment_size), ==,
                   foreign[GPOINTER_TO_SIZE (row)].is_taken);
  if (!foreign[GPOINTER_TO_SIZE (row)].is_taken)
    return;
  g_assert_true (packet.checksum_partial);
  g_assert_cmpuint (svpn_gso_segments (&packet, exact), ==, foreign[GPOINTER_TO_SIZE (row)].segments);
}

/* So many segments, and no more, are taken of a peer. */
static void
test_segments_max (void)
{
  g_autofree BuiltPacket *super
      = tcp_packet_new (&(TcpPacket){ 4, SVPN_GSO_SEGMENTS_MAX * 100 + 1, 1, SVPN_TCP_ACK, 0, 1000 });

  super->packet.checksum_partial = false;
  super->packet.segment_size = 0;
  g_assert_false (svpn_gso_set (&super->packet, super->data, 100));
  g_assert_true (svpn_gso_set (&super->packet, super->data, 101));
}

/* The sums of all sizes, at all places of a word. */
static void
test_checksum (void)
{
  guint8 data[300];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 151 ^ i >> 3);
  for (gsize from = 0; from < 8; from++) {
    for (gsize size = 0; from + size <= sizeof data; size++) {
      guint8 stored[2];

      svpn_checksum_store (stored, svpn_checksum_add (0, data + from, size));
      g_assert_cmpuint ((guint16) (stored[0] << 8 | stored[1]), ==,
                        (guint16) ~rfc1071_fold (data + from, size, 0));
    }
  }
  memset (data, 0xff, sizeof data); /* carries everywhere */
  g_assert_cmpuint (svpn_checksum_fold (svpn_checksum_add (0xffffffff, data, sizeof data)), ==, 0xffff);
}

/* A UDP checksum of zero would mean that there is none. */
static void
test_udp_zero (void)
{
  guint8 data[] = "\x45\0\0\x1e\0\0\x40\0\x40\x11\0\0\x0a\x08\0\x02\x0a\x08\0\x01"
                  "\xca\xfe\0\x35\0\x0a\0\0\0\0";
  SvpnPacket packet;

  put_u16 (data + 28, ~rfc1071_fold (data + 20, 8, 0)); /* what is summed up to all ones, */
  put_u16 (data + 26, 0);                               /* over a pseudo-header's sum of zero */
  g_assert_cmpint (svpn_packet_parse (data, 30, &packet), ==, SVPN_PACKET_OK);
  g_assert_true (svpn_gso_set (&packet, data, 0));
  svpn_gso_complete (&packet, data);
  g_assert_cmpuint (data[26] << 8 | data[27], ==, 0xffff);
}

/* --- the kernel's header --- */

#define NEEDS VIRTIO_NET_HDR_F_NEEDS_CSUM

static const struct {
  const char *name, *bytes;
  struct virtio_net_hdr header;
  SvpnPacketResult result;
  gboolean is_partial;
  guint16 segment_size;
} kernel[] = {
  { "plain", V4 ("0032", "06", "4000") TCP ("50", "10") TEN, { 0 }, SVPN_PACKET_OK, FALSE, 0 },
  { "partial",
    V4 ("0032", "06", "4000") TCP ("50", "10") TEN,
    { NEEDS, 0, 0, 0, 20, 16 },
    SVPN_PACKET_OK,
    TRUE,
    0 },
  { "super",
    V4 ("0032", "06", "4000") TCP ("50", "10") TEN,
    { NEEDS, VIRTIO_NET_HDR_GSO_TCPV4, 40, 3, 20, 16 },
    SVPN_PACKET_OK,
    TRUE,
    3 },
  { "super-of-one",
    V4 ("0032", "06", "4000") TCP ("50", "10") TEN,
    { NEEDS, VIRTIO_NET_HDR_GSO_TCPV4, 40, 10, 20, 16 },
    SVPN_PACKET_OK,
    TRUE,
    0 },
  { "udp",
    V4 ("0026", "11", "4000") "cafe0035 00120000" TEN,
    { NEEDS, 0, 0, 0, 20, 6 },
    SVPN_PACKET_OK,
    TRUE,
    0 },
  { "inside-gre",
    V4 ("0032", "2f", "4000") "00000800 000102030405060708090a0b0c0d0e0f101112131415 00000000",
    { NEEDS, 0, 0, 0, 24, 6 },
    SVPN_PACKET_OK,
    FALSE,
    0 },
  { "field-over-end",
    V4 ("0032", "2f", "4000") "00000800 000102030405060708090a0b0c0d0e0f101112131415 00000000",
    { NEEDS, 0, 0, 0, 40, 9 },
    SVPN_PACKET_TRUNCATED },
  { "other-family",
    V4 ("0032", "06", "4000") TCP ("50", "10") TEN,
    { NEEDS, VIRTIO_NET_HDR_GSO_TCPV6, 40, 3, 20, 16 },
    SVPN_PACKET_TRUNCATED },
  { "super-without-checksum",
    V4 ("0032", "06", "4000") TCP ("50", "10") TEN,
    { 0, VIRTIO_NET_HDR_GSO_TCPV4, 40, 3, 20, 16 },
    SVPN_PACKET_TRUNCATED },
  { "super-of-nothing",
    V4 ("0032", "06", "4000") TCP ("50", "10") TEN,
    { NEEDS, VIRTIO_NET_HDR_GSO_TCPV4, 40, 0, 20, 16 },
    SVPN_PACKET_TRUNCATED },
  { "no-ip", "00000000", { 0 }, SVPN_PACKET_NOT_IP },
};

static void
test_kernel (gconstpointer row)
{
  guint8 data[128];
  gsize size = hex_read (kernel[GPOINTER_TO_SIZE (row)].bytes, data, sizeof data);
  struct virtio_net_hdr header;
  SvpnPacket packet;

  g_assert_cmpint (svpn_vnet_parse (&kernel[GPOINTER_TO_SIZE (row)].header, data, size, &packet), ==,
                   kernel[GPOINTER_TO_SIZE (row)].result);
  if (kernel[GPOINTER_TO_SIZE (row)].result != SVPN_PACKET_OK)
    return;
  g_assert_cmpint (packet.checksum_partial, ==, kernel[GPOINTER_TO_SIZE (row)].is_partial);
  g_assert_cmpuint (packet.segment_size, ==, kernel[GPOINTER_TO_SIZE (row)].segment_size);
  svpn_vnet_describe (&packet, data, &header);
  if (packet.segment_size != 0 || !packet.checksum_partial)
    g_assert_cmpmem (&header, sizeof header,
                     packet.checksum_partial ? &kernel[GPOINTER_TO_SIZE (row)].header
                                             : &(struct virtio_net_hdr){ 0 },
                     sizeof header);
  g_assert_cmpuint (header.csum_start, ==, packet.checksum_partial ? packet.header_size : 0);
}

/* A checksum that gso.h knows nothing of is completed at once. */
static void
test_kernel_completes (void)
{
  guint8 data[64];
  gsize size
      = hex_read (V4 ("0030", "2f", "4000") "00000800 000102030405 1234 08090a0b0c0d0e0f10111213 00000000",
                  data, sizeof data);
  const struct virtio_net_hdr header = { NEEDS, 0, 0, 0, 24, 6 };
  SvpnPacket packet;

  g_assert_cmpint (svpn_vnet_parse (&header, data, size, &packet), ==, SVPN_PACKET_OK);
  /* With the sum that was in the field before, all is ones. */
  g_assert_cmpuint (rfc1071_fold (data + 24, size - 24, 0x1234), ==, 0xffff);
}

/* Of CWR the kernel must know: only the first segment may have it. */
static void
test_kernel_ecn (void)
{
  g_autofree BuiltPacket *super
      = tcp_packet_new (&(TcpPacket){ 6, 3000, 1, SVPN_TCP_ACK | SVPN_TCP_CWR, 12, 1000 });
  struct virtio_net_hdr header;

  svpn_vnet_describe (&super->packet, super->data, &header);
  g_assert_cmpuint (header.gso_type, ==, VIRTIO_NET_HDR_GSO_TCPV6 | VIRTIO_NET_HDR_GSO_ECN);
  g_assert_cmpuint (header.hdr_len, ==, 72);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/gso/cut/", supers, test_cut);
  ADD_TABLE ("/gso/slices/", supers, test_slices);
  ADD_TABLE ("/gso/foreign/", foreign, test_foreign);
  ADD_TABLE ("/gso/kernel/", kernel, test_kernel);
  g_test_add_func ("/gso/slice-of-whole", test_slice_of_whole);
  g_test_add_func ("/gso/segments-max", test_segments_max);
  g_test_add_func ("/gso/checksum", test_checksum);
  g_test_add_func ("/gso/udp-zero", test_udp_zero);
  g_test_add_func ("/gso/kernel-completes", test_kernel_completes);
  g_test_add_func ("/gso/kernel-ecn", test_kernel_ecn);
  return g_test_run ();
}
