/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The keepalive machine of core/ with a clock and a timer: checks of the other side, the idle guard, and what they
 * tell. */
#pragma once

#include "keepalive.h"
#include <gio/gio.h>

typedef struct _SvpnVitals SvpnVitals;

typedef struct {
  void (*send_keepalive) (guint64 timestamp, gpointer user_data);
  void (*send_padding) (gpointer user_data);
  void (*health_changed) (SvpnHealth new_health, SvpnHealth old_health, gpointer user_data);
  /* The other side is dead. Nothing follows. */
  void (*dead) (gpointer user_data);
} SvpnVitalsEvents;

/* Begins at once. */
SvpnVitals *svpn_vitals_new (const SvpnKeepaliveConfig *config, const SvpnVitalsEvents *events,
                             gpointer user_data);
void svpn_vitals_free (SvpnVitals *vitals); /* not from inside an event */

void svpn_vitals_on_ack (SvpnVitals *vitals, guint64 timestamp);
void svpn_vitals_on_sent (SvpnVitals *vitals);

/* Called on each frame from the peer. */
void svpn_vitals_on_heard (SvpnVitals *vitals);

/* There is reason to doubt that the line works: it is checked at once. */
void svpn_vitals_probe (SvpnVitals *vitals);

SvpnHealth svpn_vitals_get_health (SvpnVitals *vitals);

/* "healthy", "degraded", "critical". */
const char *svpn_health_to_string (SvpnHealth health);

/* Adds what org.smartvpn.Client.GetConnectionQuality() has. */
void svpn_vitals_to_dict (SvpnVitals *vitals, GVariantDict *dict);
