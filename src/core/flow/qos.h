/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Three classes of service, told from a packet's headers alone. Pure: time is handed in, memory is allocated once. The
 * queues that the classes wait in are in qos-queue.h. */
#pragma once

#include "packet.h"

typedef enum {
  SVPN_QOS_HIGH,   /* ICMP, ICMPv6, DNS (port 53), SSH (port 22), anything under 128 bytes */
  SVPN_QOS_NORMAL, /* the rest */
  SVPN_QOS_LOW,    /* a flow of more than 1 MB within 60 s */
} SvpnQosClass;
#define SVPN_QOS_CLASSES 3

#define SVPN_QOS_SMALL_BYTES 128 /* of the IP packet; one below is small */
#define SVPN_QOS_BULK_BYTES 1000000
#define SVPN_QOS_BULK_WINDOW_MS 60000
#define SVPN_QOS_FLOWS 1024 /* flows remembered by one classifier */

typedef struct SvpnQosClassifier SvpnQosClassifier;

/* @key: 16 random bytes for the flow table's hash, so that nobody can aim flows at one another. Aborts when out of
 * memory (32 kB). */
SvpnQosClassifier *svpn_qos_classifier_new (const uint8_t key[16]);
void svpn_qos_classifier_free (SvpnQosClassifier *classifier);

/* Gives back the memory of flows that have sent nothing for as long as they are remembered. */
void svpn_qos_classifier_trim (SvpnQosClassifier *classifier, uint64_t now_us);

/* Class of a packet, which is counted to its flow (addresses, protocol, ports; fragments and packets without ports:
 * addresses and protocol). @now_us: of a monotonic clock. The first that holds:
 *
 *   1. a whole packet under SVPN_QOS_SMALL_BYTES, other than ICMP: high (keystrokes, queries, pure TCP
 *      acknowledgements)
 *   2. the flow is bulk: low
 *   3. ICMP or ICMPv6; TCP or UDP from or to port 53; TCP from or to port 22: high
 *   4. normal
 *
 * So the full-size packets of an scp, of a tunnel through port 53 or of a flood of pings are low once they are bulk,
 * and do not starve an interactive session beside them.
 *
 * A flow is bulk while more than SVPN_QOS_BULK_BYTES of it have come within the last SVPN_QOS_BULK_WINDOW_MS (two half
 * windows). A full table forgets the flow with the fewest bytes among a few candidates, so that a flood of small flows
 * cannot push a bulk flow out and thereby lift it to normal.
 *
 * A fragment's size tells nothing of its packet, and only the first fragment has ports. So fragments belong to the flow of
 * their addresses and are all of one class, high for ICMP alone. */
SvpnQosClass svpn_qos_classify (SvpnQosClassifier *classifier, const SvpnPacket *packet, const uint8_t *data,
                                uint64_t now_us);
