/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A bounded first-in first-out queue of byte strings.
 *
 * How it works: entries lie one behind the other in the ring, each with an 8-byte header and padded to 8 bytes, never
 * wrapped around its end. Where an entry does not fit before the end, a header with the size SKIP sends the reader to
 * the beginning. tail == head means empty, so one header's room always stays free. A ring that has no room is replaced by
 * one of twice its size, up to the limit. */
#include "packet-queue.h"

#include <stdlib.h>
#include <string.h>

#define SKIP UINT32_MAX
#define RING_MIN 4096 /* bytes */

typedef struct {
  uint32_t size;
  SvpnQueueTag tag;
} EntryHeader;

_Static_assert(sizeof (EntryHeader) == 8, "the tag's prefix lies directly before the data");

static size_t
entry_size (size_t size)
{
  return sizeof (EntryHeader) + (size + 7) / 8 * 8;
}

void
svpn_packet_queue_init (SvpnPacketQueue *queue, size_t capacity)
{
  *queue = (SvpnPacketQueue){ .limit = capacity / 8 * 8 };
}

void
svpn_packet_queue_clear (SvpnPacketQueue *queue)
{
  free (queue->ring);
  *queue = (SvpnPacketQueue){ 0 };
}

/* Offset for an entry of @need bytes, which is queue->tail or 0; capacity if there is no room. */
static size_t
find_room (const SvpnPacketQueue *queue, size_t need)
{
  if (queue->tail < queue->head)
    return queue->head - queue->tail > need ? queue->tail : queue->capacity;
  if (queue->capacity - queue->tail >= need + sizeof (EntryHeader))
    return queue->tail;
  return queue->head > need ? 0 : queue->capacity;
}

/* Copies all entries to @ring, one behind the other; returns their end. */
static size_t
copy_entries (const SvpnPacketQueue *queue, uint8_t *ring)
{
  size_t at = queue->head, end = 0;
  EntryHeader header;

  for (size_t i = 0; i < queue->entries; i++) {
    memcpy (&header, queue->ring + at, sizeof header);
    if (header.size == SKIP) {
      at = 0;
      memcpy (&header, queue->ring, sizeof header);
    }
    memcpy (ring + end, queue->ring + at, entry_size (header.size));
    end += entry_size (header.size);
    at += entry_size (header.size);
  }
  return end;
}

/* Makes the ring larger, so that @need bytes may fit. */
static bool
grow (SvpnPacketQueue *queue, size_t need)
{
  size_t capacity = queue->capacity > 0 ? 2 * queue->capacity : RING_MIN;
  uint8_t *ring;

  while (capacity < need + sizeof (EntryHeader))
    capacity *= 2;
  if (capacity > queue->limit)
    capacity = queue->limit;
  if (capacity == queue->capacity)
    return false;
  ring = malloc (capacity);
  if (ring == NULL)
    return false;
  queue->tail = copy_entries (queue, ring);
  queue->head = 0;
  free (queue->ring);
  queue->ring = ring;
  queue->capacity = capacity;
  return true;
}

void
svpn_packet_queue_trim (SvpnPacketQueue *queue)
{
  if (queue->entries > 0)
    return;
  free (queue->ring);
  queue->ring = NULL;
  queue->capacity = queue->head = queue->tail = 0;
}

uint8_t *
svpn_packet_queue_push_room (SvpnPacketQueue *queue, SvpnQueueTag tag, size_t size)
{
  EntryHeader header = { .size = (uint32_t) size, .tag = tag };
  size_t offset;

  if (queue->entries == 0)
    queue->head = queue->tail = 0;
  offset = find_room (queue, entry_size (size));
  while (offset == queue->capacity) {
    if (!grow (queue, entry_size (size)))
      return NULL;
    offset = find_room (queue, entry_size (size));
  }
  if (offset != queue->tail)
    memcpy (queue->ring + queue->tail, &(EntryHeader){ .size = SKIP }, sizeof (EntryHeader));

  memcpy (queue->ring + offset, &header, sizeof header);
  queue->tail = offset + entry_size (size);
  queue->entries++;
  queue->packets += tag.packets;
  queue->bytes += size;
  return queue->ring + offset + sizeof header;
}

bool
svpn_packet_queue_push (SvpnPacketQueue *queue, SvpnQueueTag tag, const uint8_t *data, size_t size)
{
  uint8_t *room = svpn_packet_queue_push_room (queue, tag, size);

  if (room != NULL && size > 0)
    memcpy (room, data, size);
  return room != NULL;
}

static size_t
oldest (const SvpnPacketQueue *queue, EntryHeader *header)
{
  memcpy (header, queue->ring + queue->head, sizeof *header);
  if (header->size != SKIP)
    return queue->head;
  memcpy (header, queue->ring, sizeof *header);
  return 0;
}

bool
svpn_packet_queue_peek (const SvpnPacketQueue *queue, SvpnQueueTag *tag, const uint8_t **data, size_t *size)
{
  EntryHeader header;
  size_t offset;

  if (queue->entries == 0)
    return false;
  offset = oldest (queue, &header);
  *tag = header.tag;
  *data = queue->ring + offset + sizeof header;
  *size = header.size;
  return true;
}

void
svpn_packet_queue_pop (SvpnPacketQueue *queue)
{
  EntryHeader header;
  size_t offset = oldest (queue, &header);

  queue->head = offset + entry_size (header.size);
  queue->entries--;
  queue->packets -= header.tag.packets;
  queue->bytes -= header.size;
}
