/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Where IP packets of one session and one direction wait: classed, in three bounded queues, behind a token bucket. */
#pragma once

#include "bucket.h"
#include "clock.h"
#include "packet.h"
#include "qos-queue.h"

typedef struct _SvpnShaper SvpnShaper;

/* Calls @ready from the main loop when the bucket has filled up for the packet that waited for it. */
SvpnShaper *svpn_shaper_new (SvpnClock *clock, void (*ready) (gpointer), gpointer user_data);
void svpn_shaper_free (SvpnShaper *shaper);

/* Gives back memory that is not needed at the moment. */
void svpn_shaper_trim (SvpnShaper *shaper);

/* Without QoS everything is one queue in order of arrival. Default: with. */
void svpn_shaper_set_qos (SvpnShaper *shaper, gboolean enabled);

/* Whether super-packets may leave. Default: they are cut, and checksums completed. */
void svpn_shaper_set_gso (SvpnShaper *shaper, gboolean gso);

/* Rate 0: unlimited. Acts at once. */
void svpn_shaper_set_limit (SvpnShaper *shaper, guint64 rate_bytes_per_s, guint64 burst_bytes);
void svpn_shaper_get_limit (SvpnShaper *shaper, guint64 *rate_bytes_per_s, guint64 *burst_bytes);

/* Queues the packet, or drops it or others and counts that. A super-packet is cut to packets of @size_max bytes, or of
 * one segment. */
void svpn_shaper_push (SvpnShaper *shaper, const SvpnPacket *packet, const uint8_t *data, size_t size_max);

/* The packet to send now, valid until the next push or take; FALSE if there is none, or none yet. tag->type is the type
 * of frame that it is for; the segment size of an IP_SUPERPACKET lies before *data. */
gboolean svpn_shaper_peek (SvpnShaper *shaper, SvpnQueueTag *tag, const uint8_t **data, size_t *size);
/* Removes what svpn_shaper_peek() just showed, and takes it from the bucket. */
void svpn_shaper_take (SvpnShaper *shaper);

guint64 svpn_shaper_get_drops (SvpnShaper *shaper, SvpnQosClass qos_class);
guint64 svpn_shaper_get_bytes (SvpnShaper *shaper, SvpnQosClass qos_class);
guint64 svpn_shaper_get_packets (SvpnShaper *shaper);
