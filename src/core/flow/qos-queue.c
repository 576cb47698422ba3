/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Three bounded queues with strict priority and one budget of bytes.
 *
 * How it works: while anything is in the reserve, the budget holds high packets alone, for a high packet goes there
 * only after all low and normal ones made room, and none is let in until it is empty again. Packets leave the reserve
 * in their order, into the high queue or dropped. Each packet is copied at most twice and dropped at most once, so that
 * a push that drops many was paid for by the pushes before it. */
#include "qos-queue.h"

#include <string.h>

#include "wire.h"

/* The rings are larger than the budget by what entries take beside their packets' bytes, so that they are never the
 * bound: a packet of 20 bytes takes 32, no larger one takes a greater share; in the reserve, with its time, it takes
 * 40. At the end of a ring one entry's room may be lost. */
#define ENTRY_MAX (SVPN_FRAME_LENGTH_MAX + 24)
#define RING_SIZE (SVPN_QOS_BUDGET_BYTES / 20 * 32 + 2 * ENTRY_MAX)
#define RESERVE_RING_SIZE (SVPN_QOS_RESERVE_BYTES / 20 * 40 + 2 * ENTRY_MAX)

_Static_assert(SVPN_QOS_CLASSES *RING_SIZE + RESERVE_RING_SIZE <= SVPN_QOS_QUEUE_MEMORY_MAX,
               "the rings are larger than their users are told");

#define HIGH_WAIT_US (SVPN_QOS_HIGH_WAIT_MS * 1000ULL)

void
svpn_qos_queue_init (SvpnQosQueue *queue)
{
  *queue = (SvpnQosQueue){ .enabled = true };
  for (int i = 0; i < SVPN_QOS_CLASSES; i++)
    svpn_packet_queue_init (&queue->queues[i], RING_SIZE);
  svpn_packet_queue_init (&queue->reserve, RESERVE_RING_SIZE);
  queue->budget = SVPN_QOS_BUDGET_BYTES;
}

void
svpn_qos_queue_clear (SvpnQosQueue *queue)
{
  for (int i = 0; i < SVPN_QOS_CLASSES; i++)
    svpn_packet_queue_clear (&queue->queues[i]);
  svpn_packet_queue_clear (&queue->reserve);
}

void
svpn_qos_queue_trim (SvpnQosQueue *queue)
{
  for (int i = 0; i < SVPN_QOS_CLASSES; i++)
    svpn_packet_queue_trim (&queue->queues[i]);
  svpn_packet_queue_trim (&queue->reserve);
}

static bool
fits_budget (const SvpnQosQueue *queue, size_t size)
{
  size_t queued = 0;

  for (int i = 0; i < SVPN_QOS_CLASSES; i++)
    queued += queue->queues[i].bytes;
  return queued == 0 || queued + size <= queue->budget;
}

/* Drops the oldest packets of a class until @size bytes fit, or none is left. */
static void
make_room (SvpnQosQueue *queue, SvpnQosClass qos_class, size_t size)
{
  SvpnPacketQueue *of_class = &queue->queues[qos_class];

  while (!fits_budget (queue, size) && of_class->entries > 0) {
    size_t before = of_class->packets;

    svpn_packet_queue_pop (of_class);
    queue->drops[qos_class] += before - of_class->packets;
  }
}

static size_t
reserve_bytes (const SvpnQosQueue *queue)
{
  return queue->reserve.bytes - queue->reserve.entries * sizeof (uint64_t);
}

static bool
push_reserve (SvpnQosQueue *queue, SvpnQueueTag tag, const uint8_t *data, size_t size, uint64_t now_us)
{
  uint8_t *room;

  if (reserve_bytes (queue) + size > SVPN_QOS_RESERVE_BYTES)
    return false;
  room = svpn_packet_queue_push_room (&queue->reserve, tag, sizeof now_us + size);
  if (room == NULL)
    return false;
  memcpy (room, &now_us, sizeof now_us);
  if (size > 0)
    memcpy (room + sizeof now_us, data, size);
  return true;
}

/* Drops packets of the reserve whose time is up, and moves those that fit to the high queue. */
static void
serve_reserve (SvpnQosQueue *queue, uint64_t now_us)
{
  const uint8_t *data;
  SvpnQueueTag tag;
  size_t size;

  while (svpn_packet_queue_peek (&queue->reserve, &tag, &data, &size)) {
    uint64_t arrival_us;

    memcpy (&arrival_us, data, sizeof arrival_us);
    data += sizeof arrival_us;
    size -= sizeof arrival_us;
    if (now_us > arrival_us && now_us - arrival_us > HIGH_WAIT_US)
      queue->drops[SVPN_QOS_HIGH] += tag.packets;
    else if (!fits_budget (queue, size)
             || !svpn_packet_queue_push (&queue->queues[SVPN_QOS_HIGH], tag, data, size))
      return;
    svpn_packet_queue_pop (&queue->reserve);
  }
}

static bool
push_high (SvpnQosQueue *queue, SvpnQueueTag tag, const uint8_t *data, size_t size, uint64_t now_us)
{
  if (queue->reserve.entries > 0)
    return push_reserve (queue, tag, data, size, now_us);

  make_room (queue, SVPN_QOS_LOW, size);
  make_room (queue, SVPN_QOS_NORMAL, size);
  if (!fits_budget (queue, size))
    return push_reserve (queue, tag, data, size, now_us);
  return svpn_packet_queue_push (&queue->queues[SVPN_QOS_HIGH], tag, data, size);
}

static bool
push_normal (SvpnQosQueue *queue, SvpnQueueTag tag, const uint8_t *data, size_t size)
{
  size_t ahead = queue->queues[SVPN_QOS_HIGH].bytes + queue->queues[SVPN_QOS_NORMAL].bytes;

  if (queue->reserve.entries > 0)
    return false;
  if (queue->enabled && ahead + size <= queue->budget) /* else low would be dropped for nothing */
    make_room (queue, SVPN_QOS_LOW, size);
  return fits_budget (queue, size)
         && svpn_packet_queue_push (&queue->queues[SVPN_QOS_NORMAL], tag, data, size);
}

static bool
push_low (SvpnQosQueue *queue, SvpnQueueTag tag, const uint8_t *data, size_t size)
{
  return queue->reserve.entries == 0 && fits_budget (queue, size)
         && svpn_packet_queue_push (&queue->queues[SVPN_QOS_LOW], tag, data, size);
}

static bool
push_to_class (SvpnQosQueue *queue, SvpnQosClass qos_class, SvpnQueueTag tag, const uint8_t *data,
               size_t size, uint64_t now_us)
{
  if (size > SVPN_FRAME_LENGTH_MAX)
    return false;

  switch (qos_class) {
  case SVPN_QOS_HIGH:
    return push_high (queue, tag, data, size, now_us);
  case SVPN_QOS_NORMAL:
    return push_normal (queue, tag, data, size);
  case SVPN_QOS_LOW:
    return push_low (queue, tag, data, size);
  }
  return false;
}

bool
svpn_qos_queue_push (SvpnQosQueue *queue, SvpnQosClass qos_class, SvpnQueueTag tag, const uint8_t *data,
                     size_t size, uint64_t now_us)
{
  if (!queue->enabled)
    qos_class = SVPN_QOS_NORMAL;

  serve_reserve (queue, now_us);
  if (push_to_class (queue, qos_class, tag, data, size, now_us))
    return true;
  queue->drops[qos_class] += tag.packets;
  return false;
}

bool
svpn_qos_queue_peek (SvpnQosQueue *queue, SvpnQueueTag *tag, const uint8_t **data, size_t *size,
                     uint64_t now_us)
{
  serve_reserve (queue, now_us);
  for (int i = 0; i < SVPN_QOS_CLASSES; i++)
    if (svpn_packet_queue_peek (&queue->queues[i], tag, data, size))
      return true;
  return false;
}

void
svpn_qos_queue_pop (SvpnQosQueue *queue)
{
  for (int i = 0; i < SVPN_QOS_CLASSES; i++) {
    if (queue->queues[i].entries > 0) {
      svpn_packet_queue_pop (&queue->queues[i]);
      return;
    }
  }
}

size_t
svpn_qos_queue_packets (const SvpnQosQueue *queue, SvpnQosClass qos_class)
{
  size_t waiting = qos_class == SVPN_QOS_HIGH ? queue->reserve.packets : 0;

  return queue->queues[qos_class].packets + waiting;
}

size_t
svpn_qos_queue_bytes (const SvpnQosQueue *queue, SvpnQosClass qos_class)
{
  size_t waiting = qos_class == SVPN_QOS_HIGH ? reserve_bytes (queue) : 0;

  return queue->queues[qos_class].bytes + waiting;
}
