/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A bounded first-in first-out queue of byte strings, each with a tag, in one ring that grows as it is needed. */
#pragma once

#include "wire.h"

/* What is known of an entry beside its bytes. */
typedef struct {
  uint8_t type;
  uint8_t packets;   /* that it counts as: 1 or more */
  uint8_t prefix[2]; /* lie directly before the entry's data in the ring */
} SvpnQueueTag;

#define SVPN_QUEUE_TAG(t) ((SvpnQueueTag){ .type = (uint8_t) (t), .packets = 1 })

typedef struct {
  uint8_t *ring;
  size_t capacity; /* of the ring, at most the limit */
  size_t limit;
  size_t head, tail; /* offsets of the oldest entry and behind the newest */
  size_t entries;
  size_t packets;
  size_t bytes; /* of payload */
} SvpnPacketQueue;

/* @capacity: bytes that the ring grows to; an entry takes its size plus 8, and at the end of the ring up to its size is lost. */
void svpn_packet_queue_init (SvpnPacketQueue *queue, size_t capacity);
void svpn_packet_queue_clear (SvpnPacketQueue *queue); /* frees the ring */

/* Gives the ring's memory back if the queue is empty. */
void svpn_packet_queue_trim (SvpnPacketQueue *queue);

/* Adds an entry of @size bytes that the caller writes to where this returns, before any other call. NULL, and nothing
 * changed, if there is no room, or no memory for it. */
uint8_t *svpn_packet_queue_push_room (SvpnPacketQueue *queue, SvpnQueueTag tag, size_t size) SVPN_MUST_CHECK;

/* Adds a copy. False, and nothing changed, if there is no room. */
bool svpn_packet_queue_push (SvpnPacketQueue *queue, SvpnQueueTag tag, const uint8_t *data,
                             size_t size) SVPN_MUST_CHECK;

/* The oldest entry, valid until the next push or pop; false if the queue is empty. */
bool svpn_packet_queue_peek (const SvpnPacketQueue *queue, SvpnQueueTag *tag, const uint8_t **data,
                             size_t *size) SVPN_MUST_CHECK;
void svpn_packet_queue_pop (SvpnPacketQueue *queue);
