/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of putting segments together: what leaves, once cut again, is what came, in the order of each flow. */
#include "gro.h"

#include "table.h"
#include "tcp-packet.h"

typedef struct {
  SvpnGro *gro;
  GPtrArray *emitted; /* BuiltPacket */
} Fixture;

static void
on_emit (const SvpnPacket *packet, const uint8_t *data, void *user_data)
{
  Fixture *f = user_data;
  BuiltPacket *copy = g_new0 (BuiltPacket, 1);

  memcpy (copy->data, data, packet->size);
  copy->packet = *packet;
  copy->packet.source = copy->data + (packet->source - data);
  copy->packet.destination = copy->data + (packet->destination - data);
  g_ptr_array_add (f->emitted, copy);
}

static void
set_up (Fixture *f)
{
  f->gro = svpn_gro_new (on_emit, f);
  f->emitted = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture *f)
{
  svpn_gro_free (f->gro);
  g_ptr_array_unref (f->emitted);
}

static BuiltPacket *
emitted (Fixture *f, guint i)
{
  g_assert_cmpuint (i, <, f->emitted->len);
  return f->emitted->pdata[i];
}

static void
assert_same (const BuiltPacket *a, const BuiltPacket *b)
{
  g_assert_cmpmem (a->data, a->packet.size, b->data, b->packet.size);
  g_assert_cmpuint (a->packet.segment_size, ==, b->packet.segment_size);
  g_assert_cmpint (a->packet.checksum_partial, ==, b->packet.checksum_partial);
}

static void
push (Fixture *f, const TcpPacket *wanted)
{
  g_autofree BuiltPacket *built = tcp_packet_new (wanted);

  svpn_gro_push (f->gro, &built->packet, built->data);
}

/* Segments become the super-packet that they would be cut from, whether their checksums are complete or left. */
static void
test_join (gconstpointer version)
{
  for (gsize payload = 7000; payload <= 7001; payload++) {
    TcpPacket super = { GPOINTER_TO_SIZE (version), payload, 99, SVPN_TCP_ACK | SVPN_TCP_PSH, 12, 1000 };
    g_autofree BuiltPacket *expected = tcp_packet_new (&super);
    Fixture f;

    for (guint complete = 0; complete <= 1; complete++) {
      set_up (&f);
      for (guint i = 0; i < svpn_gso_segments (&expected->packet, expected->data); i++) {
        g_autofree BuiltPacket *cut = g_new (BuiltPacket, 1);

        svpn_gso_slice (&expected->packet, expected->data, i, 1, complete, cut->data, &cut->packet);
        g_assert_cmpuint (f.emitted->len, ==, 0);
        svpn_gro_push (f.gro, &cut->packet, cut->data);
      }
      assert_same (emitted (&f, 0), expected); /* at once, behind PSH */
      g_assert_cmpuint (f.emitted->len, ==, 1);
      tear_down (&f);
    }
  }
}

static void
test_flush (void)
{
  TcpPacket segment = { 4, 1000, 1, SVPN_TCP_ACK };
  g_autofree BuiltPacket *first = tcp_packet_new (&segment);
  Fixture f;

  set_up (&f);
  push (&f, &segment);
  g_assert_cmpuint (f.emitted->len, ==, 0);
  svpn_gro_flush (f.gro);
  assert_same (emitted (&f, 0), first); /* one alone is as it came */
  svpn_gro_flush (f.gro);
  g_assert_cmpuint (f.emitted->len, ==, 1);
  push (&f, &segment);
  segment.sequence = 1001;
  push (&f, &segment);
  svpn_gro_flush (f.gro);
  g_assert_cmpuint (f.emitted->len, ==, 2);
  g_assert_cmpuint (svpn_gso_segments (&emitted (&f, 1)->packet, emitted (&f, 1)->data), ==, 2);
  tear_down (&f);
}

/* Whole super-packets go on from what is held, but none follows one with a rest. */
static void
test_join_super_packets (void)
{
  TcpPacket super = { 6, 3000, 1, SVPN_TCP_ACK, 12, 1000 }, rest = { 6, 2500, 3001, SVPN_TCP_ACK, 12, 1000 };
  TcpPacket all = { 6, 5500, 1, SVPN_TCP_ACK, 12, 1000 };
  g_autofree BuiltPacket *expected = tcp_packet_new (&all);
  Fixture f;

  set_up (&f);
  push (&f, &super);
  push (&f, &rest);
  assert_same (emitted (&f, 0), expected);
  tear_down (&f);
}

/* No packet is larger than IP can say, nor of more segments than peers take. */
static void
test_bounds (void)
{
  static const guint16 sizes[] = { 1000, 100 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    TcpPacket segment = { 4, sizes[i], 1, SVPN_TCP_ACK };
    guint segments = 0;
    Fixture f;

    set_up (&f);
    for (guint n = 0; n < 1000; n++) {
      push (&f, &segment);
      segment.sequence += sizes[i];
    }
    svpn_gro_flush (f.gro);
    for (guint n = 0; n < f.emitted->len; n++) {
      guint of_this = svpn_gso_segments (&emitted (&f, n)->packet, emitted (&f, n)->data);

      g_assert_cmpuint (of_this, <=, SVPN_GSO_SEGMENTS_MAX);
      segments += of_this;
    }
    g_assert_cmpuint (segments, ==, 1000);
    g_assert_cmpuint (f.emitted->len, <=, 1000 / MIN (65, SVPN_GSO_SEGMENTS_MAX) + 1);
    tear_down (&f);
  }
}

/* What a second segment can have that keeps it from following the first. */
static const struct {
  const char *name;
  guint offset;
  guint8 value;
  gboolean is_valid;
} others[] = {
  { "tos", 1, 0x10, TRUE },
  { "may-be-fragmented", 6, 0x00, TRUE },
  { "is-fragment", 6, 0x20, TRUE },
  { "ttl", 8, 0x3f, TRUE },
  { "source", 15, 0x03, TRUE },
  { "port", 21, 0x41, TRUE },
  { "gap", 27, 0xff, TRUE },
  { "acknowledgment", 31, 0x4e, TRUE },
  { "window", 34, 0x03, TRUE },
  { "fin", 33, SVPN_TCP_ACK | SVPN_TCP_FIN, TRUE },
  { "urg", 33, SVPN_TCP_ACK | SVPN_TCP_URG, TRUE },
  { "cwr", 33, SVPN_TCP_ACK | SVPN_TCP_CWR, TRUE },
  { "ece", 33, SVPN_TCP_ACK | SVPN_TCP_ECE, TRUE },
  { "no-ack", 33, 0, TRUE },
  { "options", 45, 2, TRUE },
  { "checksum", 60, 0xa5, FALSE },
};

static void
test_other (gconstpointer row)
{
  g_autofree BuiltPacket *first = tcp_packet_new (&(TcpPacket){ 4, 1000, 1, SVPN_TCP_ACK, 12 });
  g_autofree BuiltPacket *second = tcp_packet_new (&(TcpPacket){ 4, 1000, 1001, SVPN_TCP_ACK, 12 });
  guint8 *data = second->data;
  Fixture f;

  g_assert_cmpuint (data[others[GPOINTER_TO_SIZE (row)].offset], !=, others[GPOINTER_TO_SIZE (row)].value);
  data[others[GPOINTER_TO_SIZE (row)].offset] = others[GPOINTER_TO_SIZE (row)].value;
  if (others[GPOINTER_TO_SIZE (row)].is_valid) {
    put_u16 (data + 10, 0);
    put_u16 (data + 10, ~rfc1071_fold (data, 20, 0));
    put_u16 (data + 36, 0);
    put_u16 (data + 36, ~rfc1071_fold (data + 20, 1032, tcp_pseudo_sum (data, 1032)));
    g_assert_true (tcp_packet_is_valid (data, 1052));
  }
  g_assert_cmpint (svpn_packet_parse (data, 1052, &second->packet), ==, SVPN_PACKET_OK);
  set_up (&f);
  svpn_gro_push (f.gro, &first->packet, first->data);
  svpn_gro_push (f.gro, &second->packet, second->data);
  svpn_gro_flush (f.gro);
  g_assert_cmpuint (f.emitted->len, ==, 2);
  assert_same (emitted (&f, 0), first);
  assert_same (emitted (&f, 1), second);
  tear_down (&f);
}

/* A first segment that is damaged takes none along. */
static void
test_damaged_first (void)
{
  g_autofree BuiltPacket *first = tcp_packet_new (&(TcpPacket){ 6, 1000, 1, SVPN_TCP_ACK });
  Fixture f;

  first->data[500] ^= 1;
  set_up (&f);
  svpn_gro_push (f.gro, &first->packet, first->data);
  push (&f, &(TcpPacket){ 6, 1000, 1001, SVPN_TCP_ACK });
  svpn_gro_flush (f.gro);
  g_assert_cmpuint (f.emitted->len, ==, 2);
  assert_same (emitted (&f, 0), first);
  tear_down (&f);
}

/* An acknowledgment without payload does not overtake what came before it. */
static void
test_order (void)
{
  Fixture f;

  set_up (&f);
  push (&f, &(TcpPacket){ 4, 1000, 1, SVPN_TCP_ACK });
  push (&f, &(TcpPacket){ 4, 0, 1001, SVPN_TCP_ACK });
  g_assert_cmpuint (f.emitted->len, ==, 2);
  g_assert_cmpuint (emitted (&f, 0)->packet.size, ==, 1040);
  tear_down (&f);
}

typedef struct {
  guint32 sequence;
  GPtrArray *sent; /* BuiltPacket, cut */
  guint seen;
} FlowLog;

/* Compares what was emitted, cut into its segments, with what was sent of each flow. */
static void
check_emitted (Fixture *f, FlowLog *logs)
{
  g_autofree BuiltPacket *cut = g_new (BuiltPacket, 1);

  for (guint i = 0; i < f->emitted->len; i++) {
    BuiltPacket *out = emitted (f, i);
    FlowLog *log = &logs[out->packet.source_port - 40000];

    for (guint n = 0; n < svpn_gso_segments (&out->packet, out->data); n++) {
      BuiltPacket *sent = log->sent->pdata[log->seen++];

      if (out->packet.segment_size != 0) {
        svpn_gso_slice (&out->packet, out->data, n, 1, true, cut->data, &cut->packet);
      } else {
        memcpy (cut->data, out->data, out->packet.size);
        cut->packet = out->packet;
        svpn_gso_complete (&cut->packet, cut->data);
      }
      put_u16 (cut->data + 4, 0xfffe + 0); /* the identification is free */
      put_u16 (cut->data + 10, 0);
      put_u16 (cut->data + 10, ~rfc1071_fold (cut->data, 20, 0));
      g_assert_cmpmem (cut->data, cut->packet.size, sent->data, sent->packet.size);
    }
  }
  g_ptr_array_set_size (f->emitted, 0);
}

/* More flows than there are places, with losses, short segments, PSH and acknowledgments among them. */
static void
test_many_flows (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  FlowLog logs[3 * SVPN_GRO_FLOWS] = { 0 };
  Fixture f;

  set_up (&f);
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    logs[i].sent = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < 20000; i++) {
    guint active = i % 1000 < 500 ? 3 : G_N_ELEMENTS (logs);
    guint16 port = (guint16) g_rand_int_range (rand, 0, (gint) active);
    FlowLog *log = &logs[port];
    TcpPacket segment = { 4,
                          g_rand_int_range (rand, 0, 4) > 0 ? 400 : g_rand_int_range (rand, 0, 600),
                          log->sequence,
                          SVPN_TCP_ACK,
                          12,
                          0,
                          port };

    if (g_rand_int_range (rand, 0, 20) == 0)
      segment.flags |= SVPN_TCP_PSH;
    log->sequence += segment.payload + (g_rand_int_range (rand, 0, 30) == 0 ? 400 : 0);
    BuiltPacket *built = tcp_packet_new (&segment);
    g_ptr_array_add (log->sent, built);
    svpn_gro_push (f.gro, &built->packet, built->data);
    if (g_rand_int_range (rand, 0, 50) == 0) {
      svpn_gro_flush (f.gro);
      check_emitted (&f, logs);
    }
  }
  svpn_gro_flush (f.gro);
  check_emitted (&f, logs);
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++) {
    g_assert_cmpuint (logs[i].seen, ==, logs[i].sent->len);
    g_ptr_array_unref (logs[i].sent);
  }
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/gro/join/v4", GSIZE_TO_POINTER (4), test_join);
  g_test_add_data_func ("/gro/join/v6", GSIZE_TO_POINTER (6), test_join);
  g_test_add_func ("/gro/flush", test_flush);
  g_test_add_func ("/gro/join-super-packets", test_join_super_packets);
  g_test_add_func ("/gro/bounds", test_bounds);
  ADD_TABLE ("/gro/other/", others, test_other);
  g_test_add_func ("/gro/damaged-first", test_damaged_first);
  g_test_add_func ("/gro/order", test_order);
  g_test_add_func ("/gro/many-flows", test_many_flows);
  return g_test_run ();
}
