/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the three queues: the drop policy and the reserve as tables, and the bounds. */
#include "qos-queue.h"

#include <glib.h>
#include <string.h>

#include "wire.h"
#include "table.h"

#define UNIT 16384 /* bytes; the budget is 32 of them, the reserve 4 */
#define BUDGET_UNITS (SVPN_QOS_BUDGET_BYTES / UNIT)
#define MS 1000
#define START 1000000

#define H SVPN_QOS_HIGH
#define N SVPN_QOS_NORMAL
#define L SVPN_QOS_LOW

static const guint8 zeros[SVPN_FRAME_LENGTH_MAX + 1];

/* The type of a packet tells its class here. */
static bool
push (SvpnQosQueue *queue, SvpnQosClass qos_class, gsize size, guint64 now_us)
{
  return svpn_qos_queue_push (queue, qos_class, SVPN_QUEUE_TAG (qos_class), zeros, size, now_us);
}

static guint
pop (SvpnQosQueue *queue, guint64 now_us)
{
  const guint8 *data;
  SvpnQueueTag tag;
  gsize size;

  if (!svpn_qos_queue_peek (queue, &tag, &data, &size, now_us))
    return SVPN_QOS_CLASSES;
  svpn_qos_queue_pop (queue);
  return tag.type;
}

/* As many of @count packets of one unit as are taken. */
static guint
fill (SvpnQosQueue *queue, SvpnQosClass qos_class, guint count)
{
  guint taken = 0;

  for (guint i = 0; i < count; i++)
    taken += push (queue, qos_class, UNIT, START);
  return taken;
}

/* Into a queue of so many units of each class comes a packet of @units and @class. */
static const struct {
  const char *name;
  guint queued[SVPN_QOS_CLASSES]; /* high, normal, low */
  SvpnQosClass qos_class;
  guint units;
  bool taken;
  guint drops[SVPN_QOS_CLASSES];
} policies[] = {
  { "high-into-empty", { 0, 0, 0 }, H, 1, true, { 0, 0, 0 } },
  { "normal-into-empty", { 0, 0, 0 }, N, 1, true, { 0, 0, 0 } },
  { "low-into-empty", { 0, 0, 0 }, L, 1, true, { 0, 0, 0 } },
  { "high-into-last-room", { 11, 10, 10 }, H, 1, true, { 0, 0, 0 } },
  { "normal-into-last-room", { 11, 10, 10 }, N, 1, true, { 0, 0, 0 } },
  { "low-into-last-room", { 11, 10, 10 }, L, 1, true, { 0, 0, 0 } },
  { "high-into-low", { 0, 0, 32 }, H, 1, true, { 0, 0, 1 } },
  { "normal-into-low", { 0, 0, 32 }, N, 1, true, { 0, 0, 1 } },
  { "low-into-low", { 0, 0, 32 }, L, 1, false, { 0, 0, 1 } },
  { "high-into-normal", { 0, 32, 0 }, H, 1, true, { 0, 1, 0 } },
  { "normal-into-normal", { 0, 32, 0 }, N, 1, false, { 0, 1, 0 } },
  { "low-into-normal", { 0, 32, 0 }, L, 1, false, { 0, 0, 1 } },
  { "high-into-high", { 32, 0, 0 }, H, 1, true, { 0, 0, 0 } }, /* the reserve */
  { "normal-into-high", { 32, 0, 0 }, N, 1, false, { 0, 1, 0 } },
  { "low-into-high", { 32, 0, 0 }, L, 1, false, { 0, 0, 1 } },
  { "high-into-normal-low", { 0, 16, 16 }, H, 1, true, { 0, 0, 1 } },
  { "normal-into-normal-low", { 0, 16, 16 }, N, 1, true, { 0, 0, 1 } },
  { "low-into-normal-low", { 0, 16, 16 }, L, 1, false, { 0, 0, 1 } },
  { "high-into-high-low", { 16, 0, 16 }, H, 1, true, { 0, 0, 1 } },
  { "normal-into-high-low", { 16, 0, 16 }, N, 1, true, { 0, 0, 1 } },
  { "low-into-high-low", { 16, 0, 16 }, L, 1, false, { 0, 0, 1 } },
  { "high-into-high-normal", { 16, 16, 0 }, H, 1, true, { 0, 1, 0 } },
  { "normal-into-high-normal", { 16, 16, 0 }, N, 1, false, { 0, 1, 0 } },
  { "low-into-high-normal", { 16, 16, 0 }, L, 1, false, { 0, 0, 1 } },
  { "high-into-all", { 11, 11, 10 }, H, 1, true, { 0, 0, 1 } },
  { "normal-into-all", { 11, 11, 10 }, N, 1, true, { 0, 0, 1 } },
  { "low-into-all", { 11, 11, 10 }, L, 1, false, { 0, 0, 1 } },
  /* large ones */
  { "high-over-low-and-normal", { 20, 10, 2 }, H, 3, true, { 0, 1, 2 } },
  { "high-over-low", { 20, 10, 2 }, H, 2, true, { 0, 0, 2 } },
  { "high-with-room-in-part", { 20, 10, 1 }, H, 3, true, { 0, 1, 1 } },
  { "high-past-all", { 30, 1, 1 }, H, 3, true, { 0, 1, 1 } }, /* the reserve, and no other in the budget */
  { "normal-over-low", { 10, 18, 4 }, N, 3, true, { 0, 0, 3 } },
  { "normal-for-nothing", { 10, 20, 2 }, N, 3, false, { 0, 1, 0 } }, /* low would not be enough, and stays */
  { "low-large", { 10, 10, 10 }, L, 3, false, { 0, 0, 1 } },
  /* beside a reserve in use: high lines up, others are dropped */
  { "high-behind-reserve", { 35, 0, 0 }, H, 1, true, { 0, 0, 0 } },
  { "high-into-full-reserve", { 36, 0, 0 }, H, 1, false, { 1, 0, 0 } },
  { "normal-beside-reserve", { 33, 0, 0 }, N, 1, false, { 0, 1, 0 } },
  { "low-beside-reserve", { 33, 0, 0 }, L, 1, false, { 0, 0, 1 } },
};

static void
test_policy (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  gsize bytes = 0, before = 0;
  SvpnQosQueue queue;

  svpn_qos_queue_init (&queue);
  for (guint c = 0; c < SVPN_QOS_CLASSES; c++) {
    g_assert_cmpuint (fill (&queue, c, policies[i].queued[c]), ==, policies[i].queued[c]);
    before += policies[i].queued[c];
  }
  g_assert_cmpint (push (&queue, policies[i].qos_class, policies[i].units * UNIT, START), ==,
                   policies[i].taken);

  for (guint c = 0; c < SVPN_QOS_CLASSES; c++) {
    guint dropped = policies[i].drops[c] - (c == policies[i].qos_class && !policies[i].taken);

    g_test_message ("class %u", c);
    g_assert_cmpuint (queue.drops[c], ==, policies[i].drops[c]);
    g_assert_cmpuint (svpn_qos_queue_packets (&queue, c), ==,
                      policies[i].queued[c] - dropped + (c == policies[i].qos_class && policies[i].taken));
    bytes += svpn_qos_queue_bytes (&queue, c) + dropped * UNIT;
  }
  g_assert_cmpuint (bytes, ==, (before + (policies[i].taken ? policies[i].units : 0)) * UNIT);
  svpn_qos_queue_clear (&queue);
}

static void
test_priority (void)
{
  static const SvpnQosClass in[] = { L, N, H, N, L, H }, out[] = { H, H, N, N, L, L };
  SvpnQosQueue queue;

  svpn_qos_queue_init (&queue);
  g_assert_cmpuint (pop (&queue, START), ==, SVPN_QOS_CLASSES);
  svpn_qos_queue_pop (&queue); /* nothing there: nothing happens */
  for (gsize i = 0; i < G_N_ELEMENTS (in); i++) {
    guint8 number = i;

    g_assert_true (svpn_qos_queue_push (&queue, in[i], SVPN_QUEUE_TAG (in[i]), &number, 1, START));
  }
  for (gsize i = 0, last = 0; i < G_N_ELEMENTS (out); i++) {
    const guint8 *data;
    SvpnQueueTag tag;
    gsize size;

    g_assert_true (svpn_qos_queue_peek (&queue, &tag, &data, &size, START));
    g_assert_cmpuint (tag.type, ==, out[i]);
    g_assert_true (i % 2 == 0 || data[0] > last); /* the older of its class came first */
    last = data[0];
    svpn_qos_queue_pop (&queue);
  }
  g_assert_cmpuint (pop (&queue, START), ==, SVPN_QOS_CLASSES);
  svpn_qos_queue_clear (&queue);
}

/* 32 units of high fill the budget, one waits in the reserve, one unit is popped at once or not; then comes the
 * time. */
static const struct {
  const char *name;
  bool popped;
  guint64 wait_us;
  guint left, drops;
} waits[] = {
  { "no-room-0-ms", false, 0, 33, 0 },
  { "no-room-5-ms", false, 5 * MS, 33, 0 },
  { "no-room-over-5-ms", false, 5 * MS + 1, 32, 1 },
  { "room-0-ms", true, 0, 32, 0 },
  { "room-5-ms", true, 5 * MS, 32, 0 },
  { "room-over-5-ms", true, 5 * MS + 1, 31, 1 },
  { "no-room-hour", false, G_GUINT64_CONSTANT (3600000000), 32, 1 },
  { "clock-back", false, -(guint64) 500 * MS, 33, 0 },
};

static void
test_wait (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  for (int by_push = 0; by_push < 2; by_push++) { /* found out at a peek, or at a push */
    guint64 now = START + waits[i].wait_us;
    const guint8 *packet;
    SvpnQosQueue queue;
    SvpnQueueTag tag;
    gsize size;

    svpn_qos_queue_init (&queue);
    g_assert_cmpuint (fill (&queue, H, BUDGET_UNITS + 1), ==, BUDGET_UNITS + 1);
    g_assert_cmpuint (queue.reserve.entries, ==, 1);
    if (waits[i].popped)
      svpn_qos_queue_pop (&queue);
    if (by_push)
      g_assert_false (push (&queue, L, SVPN_QOS_BUDGET_BYTES + 1, now));
    else
      g_assert_true (svpn_qos_queue_peek (&queue, &tag, &packet, &size, now));
    g_assert_cmpuint (queue.drops[H], ==, waits[i].drops);
    g_assert_cmpuint (svpn_qos_queue_packets (&queue, H), ==, waits[i].left);
    g_assert_cmpuint (queue.reserve.entries, ==, !waits[i].popped && waits[i].drops == 0);
    svpn_qos_queue_clear (&queue);
  }
}

/* The room that is freed belongs to those in the reserve, each with its own time. */
static void
test_reserve_order (void)
{
  SvpnQosQueue queue;

  svpn_qos_queue_init (&queue);
  fill (&queue, H, BUDGET_UNITS);
  g_assert_true (push (&queue, H, 3 * UNIT, START));
  g_assert_true (push (&queue, H, UNIT / 2, START + 2 * MS));
  g_assert_true (push (&queue, H, UNIT / 4, START + 4 * MS));
  svpn_qos_queue_pop (&queue); /* one unit of room: not enough for the first in line */
  g_assert_false (push (&queue, N, 100, START + 4 * MS));
  g_assert_true (push (&queue, H, 100, START + 5 * MS));
  g_assert_cmpuint (queue.reserve.entries, ==, 4);
  g_assert_true (
      push (&queue, N, 100, START + 5 * MS + 1)); /* the first is out of time, and all others move on */
  g_assert_cmpuint (queue.reserve.entries, ==, 0);
  g_assert_cmpuint (queue.drops[H], ==, 1);
  for (guint n = BUDGET_UNITS - 1 + 3; n > 0; n--)
    g_assert_cmpuint (pop (&queue, START + 60 * MS), ==, H);
  g_assert_cmpuint (pop (&queue, START + 60 * MS), ==, N);
  svpn_qos_queue_clear (&queue);
}

/* The budget is the bound, whatever the sizes and wherever in the rings: packets go in until one is refused. */
static void
test_geometry (void)
{
  static const gsize sizes[] = { 20, 21, 24, 25, 33, 40, 1280, 1420, 9001, 40000, 65535, 65792 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  SvpnQosQueue queue;

  for (guint c = 0; c < SVPN_QOS_CLASSES; c++) {
    svpn_qos_queue_init (&queue);
    for (guint round = 0; round < 200; round++) {
      gsize size = sizes[g_rand_int_range (rand, 0, G_N_ELEMENTS (sizes))], bytes, pops;

      while (push (&queue, c, size, START) && queue.reserve.entries == 0)
        ;
      bytes = queue.queues[c].bytes;
      g_assert_cmpuint (bytes, <=, SVPN_QOS_BUDGET_BYTES);
      g_assert_cmpuint (bytes + size, >, SVPN_QOS_BUDGET_BYTES);
      for (pops = g_rand_int_range (rand, 1, queue.queues[c].entries + 1); pops > 0; pops--)
        pop (&queue, START + round * 100 * MS); /* the reserve runs out of time */
    }
    svpn_qos_queue_clear (&queue);
  }

  /* The reserve: the smallest packets, round and round. */
  svpn_qos_queue_init (&queue);
  fill (&queue, H, BUDGET_UNITS);
  for (guint64 now = START; now < START + 7000 * MS; now += 7 * MS) {
    while (push (&queue, H, g_rand_int_range (rand, 20, 26), now))
      ;
    g_assert_cmpuint (svpn_qos_queue_bytes (&queue, H), >,
                      SVPN_QOS_BUDGET_BYTES + SVPN_QOS_RESERVE_BYTES - 26);
  }
  svpn_qos_queue_clear (&queue);
}

/* What is no IP packet is bounded too, and the largest packet finds room in an empty queue wherever the last one
 * lay. */
static void
test_extremes (void)
{
  SvpnQosQueue queue;

  svpn_qos_queue_init (&queue);
  for (guint c = 0; c < SVPN_QOS_CLASSES; c++) {
    guint64 n = 0;

    while (push (&queue, c, 0, START))
      n++;
    g_assert_cmpuint (n, >, SVPN_QOS_BUDGET_BYTES / 16);
    g_assert_cmpuint (n, ==, svpn_qos_queue_packets (&queue, c));
    g_assert_cmpuint (queue.drops[c], ==, 1);
    while (n-- > 0)
      pop (&queue, START);
  }
  for (guint i = 0; i < 300; i++) {
    g_assert_true (push (&queue, i % 3, 65535, START) && push (&queue, i % 3, 1 + i, START));
    g_assert_cmpuint (pop (&queue, START), ==, i % 3);
    g_assert_cmpuint (pop (&queue, START), ==, i % 3);
  }
  g_assert_false (push (&queue, H, SVPN_FRAME_LENGTH_MAX + 1, START));
  g_assert_cmpuint (queue.drops[H], ==, 2);
  svpn_qos_queue_clear (&queue);
}

/* Off: order of arrival, the same budget, the newest is dropped. */
static void
test_disabled (void)
{
  SvpnQosQueue queue;
  guint taken = 0;

  svpn_qos_queue_init (&queue);
  queue.enabled = false;
  for (guint i = 0; i < 3 * BUDGET_UNITS; i++)
    taken += push (&queue, i % 3, UNIT, START);
  g_assert_cmpuint (taken, ==, BUDGET_UNITS);
  g_assert_cmpuint (svpn_qos_queue_bytes (&queue, N), ==, SVPN_QOS_BUDGET_BYTES);
  g_assert_cmpuint (queue.drops[H] + queue.drops[L], ==, 0);
  g_assert_cmpuint (queue.drops[N], ==, 2 * BUDGET_UNITS);
  for (guint i = 0; i < BUDGET_UNITS; i++)
    g_assert_cmpuint (pop (&queue, START), ==, i % 3);

  /* Switched off with low in the queue: it is not dropped for what comes now. */
  queue.enabled = true;
  fill (&queue, L, BUDGET_UNITS);
  queue.enabled = false;
  g_assert_false (push (&queue, H, UNIT, START));
  g_assert_cmpuint (svpn_qos_queue_packets (&queue, L), ==, BUDGET_UNITS);
  svpn_qos_queue_clear (&queue);
}

/* An empty queue takes a packet that is larger than the budget, in each class; a second one does not fit. */
static void
test_small_budget (void)
{
  for (guint qos_class = 0; qos_class < SVPN_QOS_CLASSES; qos_class++) {
    SvpnQosQueue queue;

    svpn_qos_queue_init (&queue);
    queue.budget = UNIT / 2;
    g_assert_true (push (&queue, qos_class, UNIT, START));
    g_assert_cmpuint (svpn_qos_queue_bytes (&queue, qos_class), ==, UNIT);
    if (qos_class != H) /* which has a reserve */
      g_assert_false (push (&queue, qos_class, 1, START));
    g_assert_cmpuint (pop (&queue, START), ==, qos_class);
    g_assert_true (push (&queue, qos_class, UNIT, START));
    svpn_qos_queue_clear (&queue);
  }
}

/* What the header says is what is allocated at most, and not much more than that; an empty queue holds nothing. */
static void
test_memory (void)
{
  SvpnQosQueue queue;
  gsize held;

  svpn_qos_queue_init (&queue);
  held = queue.reserve.limit;
  for (guint i = 0; i < SVPN_QOS_CLASSES; i++)
    held += queue.queues[i].limit;
  g_assert_cmpuint (held, <=, SVPN_QOS_QUEUE_MEMORY_MAX);
  g_assert_cmpuint (held, >, SVPN_QOS_QUEUE_MEMORY_MAX / 100 * 98);
  g_assert_true (push (&queue, N, UNIT, START));
  g_assert_cmpuint (queue.queues[SVPN_QOS_NORMAL].capacity, >, 0);
  svpn_qos_queue_trim (&queue);
  g_assert_cmpuint (queue.queues[SVPN_QOS_NORMAL].capacity, >, 0);
  svpn_qos_queue_pop (&queue);
  svpn_qos_queue_trim (&queue);
  g_assert_null (queue.queues[SVPN_QOS_NORMAL].ring);
  svpn_qos_queue_clear (&queue);
}

/* A super-packet counts as what it will be cut into, wherever it waits and where it is dropped. */
static void
test_super_packets (void)
{
  const SvpnQueueTag tag = { .packets = 45 };
  SvpnQosQueue queue;

  svpn_qos_queue_init (&queue);
  for (int i = 0; i < 10; i++)
    svpn_qos_queue_push (&queue, L, tag, zeros, 60000, START);
  g_assert_cmpuint (svpn_qos_queue_packets (&queue, L), ==, 8 * 45);
  g_assert_cmpuint (queue.drops[L], ==, 2 * 45); /* no room */
  for (int i = 0; i < 9; i++)
    svpn_qos_queue_push (&queue, H, tag, zeros, 60000, START);
  g_assert_cmpuint (queue.drops[L], ==, 10 * 45);                    /* made room */
  g_assert_cmpuint (svpn_qos_queue_packets (&queue, H), ==, 9 * 45); /* one of them in the reserve, */
  svpn_qos_queue_push (&queue, L, tag, zeros, 60000, START + 6000);
  g_assert_cmpuint (queue.drops[H], ==, 45); /* for 5 ms */
  svpn_qos_queue_clear (&queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/qos-queue/policies/", policies, test_policy);
  ADD_TABLE ("/qos-queue/waits/", waits, test_wait);
  g_test_add_func ("/qos-queue/priority", test_priority);
  g_test_add_func ("/qos-queue/reserve-order", test_reserve_order);
  g_test_add_func ("/qos-queue/geometry", test_geometry);
  g_test_add_func ("/qos-queue/extremes", test_extremes);
  g_test_add_func ("/qos-queue/disabled", test_disabled);
  g_test_add_func ("/qos-queue/small-budget", test_small_budget);
  g_test_add_func ("/qos-queue/memory", test_memory);
  g_test_add_func ("/qos-queue/super-packets", test_super_packets);
  return g_test_run ();
}
