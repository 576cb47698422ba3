/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Three bounded queues with strict priority and one budget of bytes, one for each class of service. Pure: time is
 * handed in, memory is allocated once. */
#pragma once

#include "packet-queue.h"
#include "qos.h"

/* All three queues together: 200 ms of a line of 20 Mbit/s, 42 ms of 100 Mbit/s, 4 ms of 1 Gbit/s. */
#define SVPN_QOS_BUDGET_BYTES 524288
#define SVPN_QOS_RESERVE_BYTES 65536 /* where high packets wait when the budget is used up by high packets */
#define SVPN_QOS_HIGH_WAIT_MS 5      /* how long they wait there */

/* Where a packet does not fit the budget, which counts the bytes of packets: low is dropped at once; normal makes room
 * by dropping queued low packets (oldest first), else is dropped; high makes room by dropping low, then normal.
 *
 * If the budget is full of high packets, a high one goes to a small reserve, where it waits for room for
 * SVPN_QOS_HIGH_WAIT_MS at the longest, and is then dropped; one that does not fit the reserve is dropped at once.
 * While one waits, the room that becomes free is its own: low and normal are dropped, and other high packets line up
 * behind it. So no high packet is dropped while a low or a normal one is queued. A packet whose time is up is dropped at the next
 * push or peek. */
typedef struct {
  SvpnPacketQueue queues[SVPN_QOS_CLASSES];
  SvpnPacketQueue reserve; /* entries: 8 bytes of arrival time (native), then the packet */
  uint64_t drops[SVPN_QOS_CLASSES];
  /* Set at any time, at most SVPN_QOS_BUDGET_BYTES, which it is at first; an empty queue takes any packet. */
  size_t budget;
  /* Set at any time; false: what comes is normal, in order of arrival, and drops nothing but itself. */
  bool enabled;
} SvpnQosQueue;

/* The most memory that a queue can hold: three rings of 0.97 MB, since each class alone may fill the budget with packets
 * of 20 bytes, and 0.26 MB of reserve. The system provides memory when it is first written, so an idle queue holds next
 * to nothing; a lasting load of all classes makes it hold all of it, until it is cleared. A session has one queue, and at
 * a server a second one while its client has a rate limit. */
#define SVPN_QOS_QUEUE_MEMORY_MAX 3200000

/* Enabled. Aborts when out of memory. */
void svpn_qos_queue_init (SvpnQosQueue *queue);
void svpn_qos_queue_clear (SvpnQosQueue *queue);

/* Gives back the memory of those of the queues that are empty. */
void svpn_qos_queue_trim (SvpnQosQueue *queue);

/* False if the packet itself was dropped, as is one of more than SVPN_FRAME_LENGTH_MAX bytes. Every drop is counted to
 * its class, as so many packets as its tag says. The budget is the bound for packets of 20 bytes (an IP header) and more; a great many smaller ones may
 * fill their class's ring first and are then dropped. */
bool svpn_qos_queue_push (SvpnQosQueue *queue, SvpnQosClass qos_class, SvpnQueueTag tag, const uint8_t *data,
                          size_t size, uint64_t now_us);

/* The packet to send next, valid until the next push or pop: the oldest of the highest class. False if there is
 * none. */
bool svpn_qos_queue_peek (SvpnQosQueue *queue, SvpnQueueTag *tag, const uint8_t **data, size_t *size,
                          uint64_t now_us) SVPN_MUST_CHECK;

/* Removes the packet that svpn_qos_queue_peek() showed; it comes after a peek, with no push between the two. */
void svpn_qos_queue_pop (SvpnQosQueue *queue);

/* Queued packets and their bytes, the reserve included. */
size_t svpn_qos_queue_packets (const SvpnQosQueue *queue, SvpnQosClass qos_class);
size_t svpn_qos_queue_bytes (const SvpnQosQueue *queue, SvpnQosClass qos_class);
