/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A line under a virtual clock: the keepalive of one end, and how its checks fare. */
#pragma once

#include "keepalive.h"

#include <glib.h>

#define MS G_GUINT64_CONSTANT (1000)
#define S (1000 * MS)
#define START (1234 * S + 567)

#define GOOD_RTT (50 * MS)
#define EDGE_RTT (500 * MS) /* the slowest that is good */
#define SLOW_RTT (500 * MS + 1)

typedef struct {
  SvpnKeepalive keepalive;
  guint64 now;
  guint64 sent_at; /* the last check */
  gboolean out;    /* it waits for its echo */
  guint paddings;
} Line;

static inline void
line_init (Line *line, const SvpnKeepaliveConfig *config)
{
  *line = (Line){ .now = START };
  svpn_keepalive_init (&line->keepalive, config, START, 0);
}

/* The clock goes on to the next deadline, and the timer is called. */
static inline SvpnKeepaliveActions
line_next (Line *line)
{
  SvpnKeepaliveActions actions;

  line->now = MAX (line->now, svpn_keepalive_deadline (&line->keepalive));
  actions = svpn_keepalive_on_timer (&line->keepalive, line->now, 0);
  if (actions.send) {
    g_assert_cmpuint (actions.timestamp, ==, line->now);
    line->sent_at = line->now;
    line->out = TRUE;
  }
  line->paddings += actions.send_padding;
  return actions;
}

static inline void
line_send (Line *line)
{
  while (!line->out) {
    SvpnKeepaliveActions actions = line_next (line);

    g_assert_false (actions.health_changed || actions.dead);
  }
}

/* One check, to its end: Good, on the Edge, Slow, or Timed out. */
static inline SvpnKeepaliveActions
line_check (Line *line, char kind)
{
  guint64 timed_out = line->keepalive.timed_out;
  SvpnKeepaliveActions actions;

  line_send (line);
  if (kind != 'T') {
    line->now += kind == 'G' ? GOOD_RTT : kind == 'E' ? EDGE_RTT : SLOW_RTT;
    line->out = FALSE;
    return svpn_keepalive_on_ack (&line->keepalive, line->sent_at, line->now);
  }
  line->out = FALSE; /* where the interval is short, the next one is sent in the same call */
  do
    actions = line_next (line);
  while (line->keepalive.timed_out == timed_out);
  return actions;
}
