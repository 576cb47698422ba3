/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A bounded first-in first-out queue of byte strings.
 *
 * How it works: entries lie one behind the other in the ring, each with an 8-byte header and padded to 8 bytes, never
 * wrapped around its end. Where an entry does not fit before the end, a header with the size SKIP sends the reader to
 * the beginning. tail == head means empty, so one header's room always stays free. */
#include "packet-queue.h"

#include <stdlib.h>
#include <string.h>

#define SKIP UINT32_MAX

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
  *queue = (SvpnPacketQueue){ .capacity = capacity / 8 * 8 };
  queue->ring = malloc (queue->capacity);
  if (queue->ring == NULL)
    abort ();
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

uint8_t *
svpn_packet_queue_push_room (SvpnPacketQueue *queue, SvpnQueueTag tag, size_t size)
{
  EntryHeader header = { .size = (uint32_t) size, .tag = tag };
  size_t offset;

  if (queue->entries == 0)
    queue->head = queue->tail = 0;
  offset = find_room (queue, entry_size (size));
  if (offset == queue->capacity)
    return NULL;
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
