/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The classifier and its flow table.
 *
 * How it works
 *
 *   A flow is known by a 64-bit keyed hash of its addresses, protocol and ports. The table has sets of WAYS flows each;
 *   the hash names the set, and a flow is nowhere else, so each packet costs one hash and a look at WAYS entries.
 *
 *   Each entry counts the bytes of two half windows, which begin with the flow's first packet:
 *
 *           half_start_us
 *     previous  |  current
 *     ----------+----- now           previous + current cover 30 to 60 s, never more: what is counted is that young
 *
 *   Where the set is full, the flow with the fewest bytes goes, and of several the one that started earliest. A bulk
 *   flow goes only if all flows of its set are bulk. The newcomer starts from zero: it inherits nothing, so it is never
 *   taken for bulk on others' account. */
#include "qos.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#define WAYS 8
#define SETS (SVPN_QOS_FLOWS / WAYS)
#define WINDOW_US (SVPN_QOS_BULK_WINDOW_MS * 1000ULL)

#define PORT_SSH 22
#define PORT_DNS 53

_Static_assert(SVPN_QOS_FLOWS % WAYS == 0, "sets are of one size");

typedef struct {
  uint64_t id; /* hash; an entry without bytes is free */
  uint64_t half_start_us;
  uint64_t previous, current; /* bytes */
} Flow;

struct SvpnQosClassifier {
  uint8_t key[crypto_shorthash_KEYBYTES];
  Flow *sets[SETS]; /* of WAYS flows each; NULL until there is one of the set */
};

SvpnQosClassifier *
svpn_qos_classifier_new (const uint8_t key[16])
{
  SvpnQosClassifier *classifier = calloc (1, sizeof *classifier);

  if (classifier == NULL)
    abort ();
  memcpy (classifier->key, key, sizeof classifier->key);
  return classifier;
}

void
svpn_qos_classifier_free (SvpnQosClassifier *classifier)
{
  if (classifier == NULL)
    return;
  for (int i = 0; i < SETS; i++)
    free (classifier->sets[i]);
  sodium_memzero (classifier->key, sizeof classifier->key);
  free (classifier);
}

static uint64_t
flow_id (const SvpnQosClassifier *classifier, const SvpnPacket *packet)
{
  size_t address_size = packet->version == 4 ? 4 : 16;
  bool has_ports = packet->has_ports && !packet->is_fragment;
  uint16_t ports[2] = { has_ports ? packet->source_port : 0, has_ports ? packet->destination_port : 0 };
  uint8_t name[40] = { packet->version, packet->protocol };
  uint64_t id;

  memcpy (name + 4, ports, sizeof ports);
  memcpy (name + 8, packet->source, address_size);
  memcpy (name + 24, packet->destination, address_size);
  crypto_shorthash ((uint8_t *) &id, name, sizeof name, classifier->key);
  return id;
}

static uint64_t
age_us (const Flow *flow, uint64_t now_us)
{
  return now_us > flow->half_start_us ? now_us - flow->half_start_us : 0;
}

/* Moves the half windows to where @now_us is. */
static void
slide (Flow *flow, uint64_t now_us)
{
  if (age_us (flow, now_us) >= WINDOW_US) {
    *flow = (Flow){ .id = flow->id, .half_start_us = now_us };
  } else if (age_us (flow, now_us) >= WINDOW_US / 2) {
    flow->half_start_us += WINDOW_US / 2;
    flow->previous = flow->current;
    flow->current = 0;
  }
}

static uint64_t
window_bytes (const Flow *flow, uint64_t now_us)
{
  Flow slid = *flow;

  slide (&slid, now_us);
  return slid.previous + slid.current;
}

void
svpn_qos_classifier_trim (SvpnQosClassifier *classifier, uint64_t now_us)
{
  for (int i = 0; i < SETS; i++) {
    uint64_t bytes = 0;

    for (int way = 0; classifier->sets[i] != NULL && way < WAYS; way++)
      bytes += window_bytes (&classifier->sets[i][way], now_us);
    if (bytes > 0)
      continue;
    free (classifier->sets[i]);
    classifier->sets[i] = NULL;
  }
}

/* The entry of flow @id: its own, or that of another flow which it replaces. NULL if there is no memory for it. */
static Flow *
find_flow (SvpnQosClassifier *classifier, uint64_t id, uint64_t now_us)
{
  Flow *set = classifier->sets[id % SETS], *least = NULL;
  uint64_t least_bytes = 0;

  if (set == NULL)
    set = classifier->sets[id % SETS] = calloc (WAYS, sizeof (Flow));
  if (set == NULL)
    return NULL;
  for (Flow *flow = set; flow < set + WAYS; flow++) {
    uint64_t bytes = window_bytes (flow, now_us);

    if (flow->id == id)
      return flow;
    if (least == NULL || bytes < least_bytes
        || (bytes == least_bytes && flow->half_start_us < least->half_start_us)) {
      least = flow;
      least_bytes = bytes;
    }
  }
  *least = (Flow){ .id = id, .half_start_us = now_us };
  return least;
}

static bool
count_packet (SvpnQosClassifier *classifier, const SvpnPacket *packet, uint64_t now_us)
{
  Flow *flow = find_flow (classifier, flow_id (classifier, packet), now_us);

  if (flow == NULL)
    return false;
  slide (flow, now_us);
  flow->current += packet->size;
  return flow->previous + flow->current > SVPN_QOS_BULK_BYTES;
}

static bool
is_icmp (const SvpnPacket *packet)
{
  return packet->protocol == (packet->version == 4 ? SVPN_PROTOCOL_ICMP : SVPN_PROTOCOL_ICMPV6);
}

static bool
has_port (const SvpnPacket *packet, uint16_t port)
{
  return packet->has_ports && !packet->is_fragment
         && (packet->source_port == port || packet->destination_port == port);
}

SvpnQosClass
svpn_qos_classify (SvpnQosClassifier *classifier, const SvpnPacket *packet, const uint8_t *data,
                   uint64_t now_us)
{
  bool is_bulk = count_packet (classifier, packet, now_us);

  if (packet->size < SVPN_QOS_SMALL_BYTES && !packet->is_fragment && !is_icmp (packet))
    return SVPN_QOS_HIGH;
  if (is_bulk)
    return SVPN_QOS_LOW;
  if (is_icmp (packet) || has_port (packet, PORT_DNS))
    return SVPN_QOS_HIGH;
  if (packet->protocol == SVPN_PROTOCOL_TCP && has_port (packet, PORT_SSH))
    return SVPN_QOS_HIGH;
  return SVPN_QOS_NORMAL;
}
