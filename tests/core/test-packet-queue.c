/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The bounded queue, against a queue of GLib that does the same. */
#include "packet-queue.h"

#include <glib.h>
#include <string.h>

static void
test_order (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  GQueue model = G_QUEUE_INIT;
  SvpnPacketQueue queue;
  gsize refused = 0, bytes = 0, packets = 0;

  svpn_packet_queue_init (&queue, 4096);
  for (int i = 0; i < 200000; i++) {
    const uint8_t *data;
    SvpnQueueTag tag;
    gsize size;

    if (g_rand_int_range (rand, 0, 100) < 55) {
      gsize n = g_rand_int_range (rand, 0, i % 1000 == 0 ? 4000 : 300);
      g_autofree uint8_t *packet = g_malloc (n + 1);

      memset (packet, i & 0xff, n);
      tag = (SvpnQueueTag){ (uint8_t) i, 1 + i % 100, { i & 0xff, i >> 8 & 0xff } };
      if (svpn_packet_queue_push (&queue, tag, packet, n)) {
        g_queue_push_tail (&model, g_bytes_new (packet, n));
        g_queue_push_tail (&model, GINT_TO_POINTER (i));
        packets += tag.packets;
        bytes += n;
      } else {
        refused++;
      }
    } else if (svpn_packet_queue_peek (&queue, &tag, &data, &size)) {
      g_autoptr (GBytes) expected = g_queue_pop_head (&model);

      g_assert_cmpmem (data, size, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
      int number = GPOINTER_TO_INT (g_queue_pop_head (&model));
      g_assert_cmpint (tag.type, ==, number & 0xff);
      g_assert_cmpint (tag.packets, ==, 1 + number % 100);
      g_assert_cmpint (data[-2] | data[-1] << 8, ==, number & 0xffff); /* the prefix */
      packets -= tag.packets;
      svpn_packet_queue_pop (&queue);
      bytes -= size;
    } else {
      g_assert_cmpuint (g_queue_get_length (&model), ==, 0);
    }
    g_assert_cmpuint (queue.entries, ==, g_queue_get_length (&model) / 2);
    g_assert_cmpuint (queue.bytes, ==, bytes);
    g_assert_cmpuint (queue.packets, ==, packets);
  }
  g_assert_cmpuint (refused, >, 0);
  while (!g_queue_is_empty (&model)) {
    g_bytes_unref (g_queue_pop_head (&model));
    g_queue_pop_head (&model);
  }
  svpn_packet_queue_clear (&queue);
}

static void
test_full (void)
{
  uint8_t packet[1000] = { 0 };
  SvpnPacketQueue queue;
  gsize n = 0;

  svpn_packet_queue_init (&queue, 10000);
  while (svpn_packet_queue_push (&queue, SVPN_QUEUE_TAG (1), packet, sizeof packet))
    n++;
  g_assert_cmpuint (n, ==, 9); /* nine times 1008 and room for one header */
  g_assert_cmpuint (queue.entries, ==, n);
  svpn_packet_queue_pop (&queue);
  g_assert_true (svpn_packet_queue_push (&queue, SVPN_QUEUE_TAG (1), packet, 900) && queue.entries == n);
  g_assert_false (svpn_packet_queue_push (&queue, SVPN_QUEUE_TAG (1), packet, 20000));
  svpn_packet_queue_clear (&queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packet-queue/order", test_order);
  g_test_add_func ("/packet-queue/full", test_full);
  return g_test_run ();
}
