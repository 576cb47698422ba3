/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: packets and pauses through the classifier and the queues. Each step is 5 bytes: what to do, a size (2
 * bytes), a pause in 0.1 ms, and the packet's protocol and ports (PACKET_* below). */
#include "qos-queue.h"

#include "fuzz.h"
#include "wire.h"

#define STEP_SIZE 5

/* Lowest 3 bits of a step's first byte. */
enum {
  STEP_HIGH,
  STEP_NORMAL,
  STEP_LOW,
  STEP_PACKET, /* is classified, then pushed */
  STEP_POP,
  STEP_POP_ALL,
  STEP_ENABLE,
  STEP_DISABLE,
};

/* Bits of the last byte. */
enum {
  PACKET_PORT = 0x07, /* 22, 53, others */
  PACKET_UDP = 0x08,
  PACKET_ICMP = 0x10,
  PACKET_FRAGMENT = 0x20,
};

const char *const fuzz_seeds[] = {
  /* one of each, popped */
  "0100640000 0200640000 0000640000 0400000000 0400000000 0400000000 0400000000",
  /* low, normal and high fill the budget and push one another out */
  "02ffff0000 02ffff0000 02ffff0000 02ffff0000 02ffff0000 02ffff0000 02ffff0000 02ffff0000 02ffff0000"
  "01ffff0000 01ffff0000 01ffff0000 01ffff0000 01ffff0000 01ffff0000 01ffff0000 01ffff0000 01ffff0000"
  "00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000",
  /* high fills the budget, then the reserve, which waits, moves on and runs out of time */
  "00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00ffff0000 00f0000000"
  "0020000000 0120000000 0400001400 0020002800 0020002800 0400000000 0400000000 05ffff0000",
  /* a bulk flow on port 22, its small packets, a ping and a fragment */
  "03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000"
  "03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 03ffff0000 0300400000"
  "0300400010 0300400020 0502000000",
  /* off, and on again */
  "0200640000 0700000000 0000640000 0200640000 0100640000 0600000000 0000640000 0500000000",
  NULL,
};

typedef struct {
  SvpnQosClassifier *classifier;
  SvpnQosQueue queue;
  uint64_t now_us, classified_bytes;
  uint64_t pushed[SVPN_QOS_CLASSES], popped[SVPN_QOS_CLASSES];
} Run;

static uint64_t
others_queued (const Run *run)
{
  return svpn_qos_queue_packets (&run->queue, SVPN_QOS_NORMAL)
         + svpn_qos_queue_packets (&run->queue, SVPN_QOS_LOW);
}

static void
check (const Run *run)
{
  size_t budget = 0;

  for (int c = 0; c < SVPN_QOS_CLASSES; c++) {
    budget += run->queue.queues[c].bytes;
    FUZZ_CHECK (run->pushed[c]
                == run->popped[c] + run->queue.drops[c] + svpn_qos_queue_packets (&run->queue, c));
  }
  FUZZ_CHECK (budget <= SVPN_QOS_BUDGET_BYTES);
  FUZZ_CHECK (svpn_qos_queue_bytes (&run->queue, SVPN_QOS_HIGH) - run->queue.queues[SVPN_QOS_HIGH].bytes
              <= SVPN_QOS_RESERVE_BYTES);
}

static SvpnQosClass
classify (Run *run, size_t size, uint8_t bits)
{
  static const uint16_t ports[] = { 22, 53, 80, 443, 0, 22, 53, 8080 };
  static const uint8_t addresses[8] = { 10, 8, 0, 2, 10, 8, 0, 1 };
  bool is_icmp = (bits & PACKET_ICMP) != 0, is_fragment = (bits & PACKET_FRAGMENT) != 0;
  SvpnPacket packet = {
    .version = 4,
    .protocol = is_icmp                    ? 1
                : (bits & PACKET_UDP) != 0 ? 17
                                           : 6,
    .is_fragment = is_fragment,
    .has_ports = !is_icmp,
    .destination_port = ports[bits & PACKET_PORT],
    .size = (uint32_t) size,
    .source = addresses,
    .destination = addresses + 4,
  };
  SvpnQosClass qos_class = svpn_qos_classify (run->classifier, &packet, addresses, run->now_us);

  run->classified_bytes += size;
  if (size < SVPN_QOS_SMALL_BYTES && !is_icmp && !is_fragment)
    FUZZ_CHECK (qos_class == SVPN_QOS_HIGH);
  if (run->classified_bytes <= SVPN_QOS_BULK_BYTES)
    FUZZ_CHECK (qos_class != SVPN_QOS_LOW);
  if (is_icmp)
    FUZZ_CHECK (qos_class != SVPN_QOS_NORMAL);
  else if (is_fragment)
    FUZZ_CHECK (qos_class != SVPN_QOS_HIGH);
  return qos_class;
}

/* A packet's first byte is its size's lower one; its type says which queue it was meant for. */
static void
push (Run *run, SvpnQosClass qos_class, size_t size)
{
  static uint8_t packet[SVPN_PACKET_SIZE_MAX];
  SvpnQosClass counted = run->queue.enabled ? qos_class : SVPN_QOS_NORMAL;
  uint64_t dropped = run->queue.drops[counted], packets = svpn_qos_queue_packets (&run->queue, counted);
  bool was_empty = others_queued (run) + svpn_qos_queue_packets (&run->queue, SVPN_QOS_HIGH) == 0;
  bool taken;

  packet[0] = (uint8_t) size;
  taken = svpn_qos_queue_push (&run->queue, qos_class, SVPN_QUEUE_TAG (counted), packet, size, run->now_us);
  run->pushed[counted]++;
  FUZZ_CHECK (taken || run->queue.drops[counted] > dropped);
  FUZZ_CHECK (taken || svpn_qos_queue_packets (&run->queue, counted) <= packets);
  FUZZ_CHECK (taken || !was_empty);
}

static bool
pop (Run *run)
{
  const uint8_t *data;
  SvpnQueueTag tag;
  size_t size;

  if (!svpn_qos_queue_peek (&run->queue, &tag, &data, &size, run->now_us)) {
    FUZZ_CHECK (others_queued (run) + svpn_qos_queue_packets (&run->queue, SVPN_QOS_HIGH) == 0);
    return false;
  }
  FUZZ_CHECK (tag.type < SVPN_QOS_CLASSES);
  for (int c = 0; c < tag.type; c++)
    FUZZ_CHECK (svpn_qos_queue_packets (&run->queue, c) == 0);
  FUZZ_CHECK (size == 0 || data[0] == (uint8_t) size);
  svpn_qos_queue_pop (&run->queue);
  run->popped[tag.type]++;
  return true;
}

static void
take_step (Run *run, const uint8_t *step)
{
  size_t size = step[1] << 8 | step[2];

  run->now_us += step[3] * 100;
  switch (step[0] % 8) {
  case STEP_HIGH:
  case STEP_NORMAL:
  case STEP_LOW:
    push (run, step[0] % 8, size);
    break;
  case STEP_PACKET:
    push (run, classify (run, size, step[4]), size);
    break;
  case STEP_POP:
    pop (run);
    break;
  case STEP_POP_ALL:
    while (pop (run))
      ;
    break;
  case STEP_ENABLE:
  case STEP_DISABLE:
    run->queue.enabled = step[0] % 8 == STEP_ENABLE;
    break;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t key[16];
  Run run = { .classifier = svpn_qos_classifier_new (key) };

  svpn_qos_queue_init (&run.queue);
  for (; size >= STEP_SIZE; data += STEP_SIZE, size -= STEP_SIZE) {
    uint64_t high_drops = run.queue.drops[SVPN_QOS_HIGH], others = others_queued (&run);

    take_step (&run, data);
    check (&run);
    FUZZ_CHECK (run.queue.drops[SVPN_QOS_HIGH] == high_drops || others == 0);
  }
  svpn_qos_queue_clear (&run.queue);
  svpn_qos_classifier_free (run.classifier);
  return 0;
}
