/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where IP packets of one session and one direction wait.
 *
 * How it works: under a limit the queues are cut to LIMITED_DELAY_MS of it, so that a low limit does not mean a long
 * delay: TCP finds its rate by the packets that are dropped
 * here. A super-packet is cut before it is queued, to a small part of the queues and to the limit's burst, so that what is
 * dropped or waits is never much at once. */
#include "shaper.h"
#include "gso.h"

#include <sodium.h>

#define LIMITED_DELAY_MS 250
#define LIMITED_BUDGET_MIN 32768 /* bytes: TCP needs some twenty packets in flight */
#define PACKETS_QUEUED_MIN 8     /* that there is room for, however large they come */

struct _SvpnShaper {
  SvpnQosClassifier *classifier;
  SvpnQosQueue queue;
  SvpnBucket bucket;
  gboolean gso;
  SvpnClock *clock;
  SvpnTimer *timer; /* for when the bucket has filled up */
  void (*ready) (gpointer);
  gpointer user_data;
  size_t peeked; /* size of what peek showed */
  gboolean has_peeked;
};

SvpnShaper *
svpn_shaper_new (SvpnClock *clock, void (*ready) (gpointer), gpointer user_data)
{
  SvpnShaper *shaper = g_new0 (SvpnShaper, 1);
  uint8_t key[16];

  randombytes_buf (key, sizeof key);
  shaper->classifier = svpn_qos_classifier_new (key);
  svpn_qos_queue_init (&shaper->queue);
  svpn_bucket_init (&shaper->bucket, 0, 0, svpn_clock_boot_us (clock));
  shaper->clock = clock;
  shaper->timer = svpn_timer_new (clock, ready, user_data);
  shaper->ready = ready;
  shaper->user_data = user_data;
  return shaper;
}

void
svpn_shaper_free (SvpnShaper *shaper)
{
  svpn_timer_free (shaper->timer);
  svpn_qos_queue_clear (&shaper->queue);
  svpn_qos_classifier_free (shaper->classifier);
  g_free (shaper);
}

void
svpn_shaper_trim (SvpnShaper *shaper)
{
  svpn_qos_queue_trim (&shaper->queue);
  svpn_qos_classifier_trim (shaper->classifier, svpn_clock_boot_us (shaper->clock));
}

void
svpn_shaper_set_qos (SvpnShaper *shaper, gboolean enabled)
{
  shaper->queue.enabled = enabled;
}

void
svpn_shaper_set_gso (SvpnShaper *shaper, gboolean gso)
{
  shaper->gso = gso;
}

void
svpn_shaper_set_limit (SvpnShaper *shaper, guint64 rate_bytes_per_s, guint64 burst_bytes)
{
  guint64 budget = rate_bytes_per_s != 0 ? rate_bytes_per_s / 1000 * LIMITED_DELAY_MS : SVPN_QOS_BUDGET_BYTES;

  svpn_bucket_set (&shaper->bucket, rate_bytes_per_s, burst_bytes, svpn_clock_boot_us (shaper->clock));
  shaper->queue.budget = CLAMP (budget, LIMITED_BUDGET_MIN, SVPN_QOS_BUDGET_BYTES);
  shaper->ready (shaper->user_data);
}

void
svpn_shaper_get_limit (SvpnShaper *shaper, guint64 *rate_bytes_per_s, guint64 *burst_bytes)
{
  *rate_bytes_per_s = shaper->bucket.rate_bytes_per_s;
  *burst_bytes = shaper->bucket.rate_bytes_per_s != 0 ? shaper->bucket.burst_bytes : 0;
}

static void
queue_packet (SvpnShaper *shaper, SvpnQosClass qos_class, const SvpnPacket *packet, const uint8_t *data,
              guint64 now)
{
  SvpnQueueTag tag = SVPN_QUEUE_TAG (SVPN_FRAME_IP_PACKET);

  if (packet->checksum_partial)
    tag = (SvpnQueueTag){ SVPN_FRAME_IP_SUPERPACKET,
                          (uint8_t) svpn_gso_segments (packet, data),
                          { packet->segment_size >> 8, (uint8_t) packet->segment_size } };
  svpn_qos_queue_push (&shaper->queue, qos_class, tag, data, packet->size, now);
}

/* How many segments of a super-packet are queued as one. */
static guint32
get_slice (SvpnShaper *shaper, const SvpnPacket *packet, const uint8_t *data, size_t size_max)
{
  guint32 header_size;

  if (!shaper->gso || packet->segment_size == 0)
    return 1;
  size_max = MIN (size_max, shaper->queue.budget / PACKETS_QUEUED_MIN);
  if (shaper->bucket.rate_bytes_per_s != 0)
    size_max = MIN (size_max, shaper->bucket.burst_bytes);
  header_size = svpn_gso_header_size (packet, data);
  return size_max < header_size + packet->segment_size
             ? 1
             : MIN ((size_max - header_size) / packet->segment_size, SVPN_GSO_SEGMENTS_MAX);
}

void
svpn_shaper_push (SvpnShaper *shaper, const SvpnPacket *packet, const uint8_t *data, size_t size_max)
{
  guint64 now = svpn_clock_boot_us (shaper->clock);
  SvpnQosClass qos_class = svpn_qos_classify (shaper->classifier, packet, data, now);
  guint32 segments = svpn_gso_segments (packet, data);
  guint32 slice = get_slice (shaper, packet, data, size_max);
  uint8_t out[SVPN_PACKET_SIZE_MAX];
  SvpnPacket cut;

  shaper->has_peeked = FALSE;
  if (segments <= slice && (shaper->gso || !packet->checksum_partial)) {
    queue_packet (shaper, qos_class, packet, data, now);
    return;
  }
  for (guint32 first = 0; first < segments; first += slice) {
    svpn_gso_slice (packet, data, first, slice, !shaper->gso, out, &cut);
    queue_packet (shaper, qos_class, &cut, out, now);
  }
}

gboolean
svpn_shaper_peek (SvpnShaper *shaper, SvpnQueueTag *tag, const uint8_t **data, size_t *size)
{
  guint64 now = svpn_clock_boot_us (shaper->clock), wait;

  shaper->has_peeked = FALSE;
  if (!svpn_qos_queue_peek (&shaper->queue, tag, data, size, now))
    return FALSE;
  wait = svpn_bucket_wait_us (&shaper->bucket, *size, now);
  if (wait > 0) {
    svpn_timer_arm_at (shaper->timer, now + wait);
    return FALSE;
  }
  shaper->peeked = *size;
  shaper->has_peeked = TRUE;
  return TRUE;
}

void
svpn_shaper_take (SvpnShaper *shaper)
{
  g_return_if_fail (shaper->has_peeked);
  shaper->has_peeked = FALSE;
  svpn_bucket_take (&shaper->bucket, shaper->peeked, svpn_clock_boot_us (shaper->clock));
  svpn_qos_queue_pop (&shaper->queue);
}

guint64
svpn_shaper_get_drops (SvpnShaper *shaper, SvpnQosClass qos_class)
{
  return shaper->queue.drops[qos_class];
}

guint64
svpn_shaper_get_bytes (SvpnShaper *shaper, SvpnQosClass qos_class)
{
  return svpn_qos_queue_bytes (&shaper->queue, qos_class);
}

guint64
svpn_shaper_get_packets (SvpnShaper *shaper)
{
  guint64 packets = 0;

  for (int i = 0; i < SVPN_QOS_CLASSES; i++)
    packets += svpn_qos_queue_packets (&shaper->queue, i);
  return packets;
}
