/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The three queues in random runs of light and heavy load, against what must hold at all times. */
#include "qos-queue.h"

#include <glib.h>
#include <string.h>

#include "wire.h"

#define STEPS 200000

typedef struct {
  SvpnQosQueue queue;
  guint64 now_us;
  guint64 pushed[SVPN_QOS_CLASSES], popped[SVPN_QOS_CLASSES];
  guint32 number, last[SVPN_QOS_CLASSES]; /* of a packet: each class keeps its order */
} Run;

static gsize
others_queued (const Run *run)
{
  return svpn_qos_queue_packets (&run->queue, SVPN_QOS_NORMAL)
         + svpn_qos_queue_packets (&run->queue, SVPN_QOS_LOW);
}

static void
check_sums (const Run *run)
{
  gsize bytes = 0, budget = 0;

  for (guint c = 0; c < SVPN_QOS_CLASSES; c++) {
    bytes += svpn_qos_queue_bytes (&run->queue, c);
    budget += run->queue.queues[c].bytes;
    g_assert_cmpuint (run->pushed[c], ==,
                      run->popped[c] + run->queue.drops[c] + svpn_qos_queue_packets (&run->queue, c));
  }
  g_assert_cmpuint (budget, <=, SVPN_QOS_BUDGET_BYTES);
  g_assert_cmpuint (bytes - budget, <=, SVPN_QOS_RESERVE_BYTES);
}

/* Packets are of all sizes, most of them small; at times nearly all are high. */
static void
push (Run *run, GRand *rand, bool mostly_high)
{
  static guint8 packet[SVPN_PACKET_SIZE_MAX];
  gsize max = g_rand_int_range (rand, 0, 4) == 0 ? SVPN_PACKET_SIZE_MAX : 1500;
  gsize size = g_rand_int_range (rand, 20, max + 1);
  guint c = g_rand_int_range (rand, 0, SVPN_QOS_CLASSES);

  if (mostly_high && g_rand_int_range (rand, 0, 20) > 0)
    c = SVPN_QOS_HIGH;
  run->number++;
  memcpy (packet, &run->number, sizeof run->number);
  svpn_qos_queue_push (&run->queue, c, SVPN_QUEUE_TAG (c), packet, size, run->now_us);
  run->pushed[c]++;
}

static void
pop (Run *run)
{
  const guint8 *data, *again;
  guint32 number;
  SvpnQueueTag tag;
  gsize size;

  if (!svpn_qos_queue_peek (&run->queue, &tag, &data, &size, run->now_us)) {
    g_assert_cmpuint (others_queued (run) + svpn_qos_queue_packets (&run->queue, SVPN_QOS_HIGH), ==, 0);
    return;
  }
  memcpy (&number, data, sizeof number);
  g_assert_true (svpn_qos_queue_peek (&run->queue, &tag, &again, &size, run->now_us + 1000) && again == data);

  for (guint c = 0; c < tag.type; c++)
    g_assert_cmpuint (svpn_qos_queue_packets (&run->queue, c), ==, 0);
  g_assert_cmpuint (number, >, run->last[tag.type]);
  run->last[tag.type] = number;
  run->popped[tag.type]++;
  svpn_qos_queue_pop (&run->queue);
}

static void
test_load (gconstpointer data)
{
  gint push_percent = GPOINTER_TO_INT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (push_percent);
  guint64 reserve_used = 0;
  Run run = { .now_us = 1000000 };

  svpn_qos_queue_init (&run.queue);
  for (guint i = 0; i < STEPS; i++) {
    guint64 high_drops = run.queue.drops[SVPN_QOS_HIGH];
    gsize others = others_queued (&run);

    run.now_us += g_rand_int_range (rand, 0, 500);
    if (g_rand_int_range (rand, 0, 100) < push_percent)
      push (&run, rand, i / 2000 % 2 == 0);
    else
      pop (&run);
    check_sums (&run);
    reserve_used += run.queue.reserve.entries > 0;
    if (run.queue.drops[SVPN_QOS_HIGH] > high_drops)
      g_assert_cmpuint (others, ==, 0); /* low and normal were gone before the first high packet went */
  }

  g_test_message ("the reserve was in use in %" G_GUINT64_FORMAT " of %u steps", reserve_used, STEPS);
  for (guint c = 0; c < SVPN_QOS_CLASSES; c++) {
    g_test_message ("class %u: %" G_GUINT64_FORMAT " popped, %" G_GUINT64_FORMAT " dropped", c, run.popped[c],
                    run.queue.drops[c]);
    g_assert_cmpint (run.queue.drops[c] > 0, ==, push_percent > 50);
  }
  g_assert_cmpuint (run.popped[SVPN_QOS_HIGH], >, 0);
  svpn_qos_queue_clear (&run.queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/qos-queue-load/light", GINT_TO_POINTER (40), test_load);
  g_test_add_data_func ("/qos-queue-load/heavy", GINT_TO_POINTER (60), test_load);
  g_test_add_data_func ("/qos-queue-load/overload", GINT_TO_POINTER (90), test_load);
  return g_test_run ();
}
