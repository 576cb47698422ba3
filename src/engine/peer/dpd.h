/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Dead peer detection, and the line's quality: the keepalive machine of core/ with a clock and a timer. */
#pragma once

#include "clock.h"
#include "keepalive.h"

typedef struct _SvpnDpd SvpnDpd;

typedef struct {
  void (*send_keepalive) (guint64 timestamp, gpointer user_data);
  void (*send_padding) (gpointer user_data);
  void (*health_changed) (SvpnHealth new_health, SvpnHealth old_health, gpointer user_data);
  /* The peer is dead. Nothing follows. */
  void (*dead) (gpointer user_data);
} SvpnDpdEvents;

/* The first keepalive is due at once. */
SvpnDpd *svpn_dpd_new (const SvpnKeepaliveConfig *config, SvpnClock *clock, const SvpnDpdEvents *events,
                       gpointer user_data);
void svpn_dpd_free (SvpnDpd *dpd); /* not from inside an event */

/* Other settings from now on. */
void svpn_dpd_set_config (SvpnDpd *dpd, const SvpnKeepaliveConfig *config);

void svpn_dpd_on_ack (SvpnDpd *dpd, guint64 timestamp);
void svpn_dpd_on_sent (SvpnDpd *dpd); /* anything */

/* Called when IP packets were sent, and on each frame from the peer. Where packets go out and nothing comes back, the line
 * is checked soon. */
void svpn_dpd_on_packets_sent (SvpnDpd *dpd);
void svpn_dpd_on_heard (SvpnDpd *dpd);

/* There is reason to doubt that the line works: it is checked at once. */
void svpn_dpd_probe (SvpnDpd *dpd);

SvpnHealth svpn_dpd_get_health (SvpnDpd *dpd);

/* "healthy", "degraded", "critical". */
const char *svpn_health_to_string (SvpnHealth health);

/* The quality of the line; left as they are before the first answer. */
void svpn_dpd_read (SvpnDpd *dpd, double *rtt_ms, double *jitter_ms, double *loss_ratio);

/* Adds what org.smartvpn.Client.GetConnectionQuality() has. */
void svpn_dpd_to_dict (SvpnDpd *dpd, GVariantDict *dict);
