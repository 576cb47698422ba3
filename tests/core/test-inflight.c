/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The limit of the bytes in flight, on simulated lines: two links with a rate, a delay and a drop-tail buffer each, and
 * loss-based TCP in either direction, ours with the limit, a competitor's without. */
#include "inflight.h"

#include "table.h"

#include <math.h>

#define SECOND_US G_USEC_PER_SEC
#define STEP_US 250
#define POLL_US 1000
#define SEGMENT 1448
#define ACK 52
#define GROWTH (8 * SEGMENT) /* of the window in an RTT; what CUBIC (RFC 9438) does on such lines */
#define FLOWS 3              /* up, down, and the competitor, who sends up */

typedef struct {
  guint flow, size;
  gboolean is_ack;
  guint64 sent_us, arrives_us;
} Packet;

typedef struct {
  guint64 rate_bytes_per_s, buffer_bytes, delay_us, queued_bytes;
  double credit;
  GQueue queue, wire;
} Link;

typedef struct {
  gboolean is_busy;
  SvpnInflight *inflight; /* NULL: no limit */
  double window, threshold;
  guint64 outstanding, most, acked, cut_us, to_repeat;
  double rtt_us;
  guint64 min_rtt_us;
  double queueing_us; /* sum */
  guint samples;
} Flow;

typedef struct {
  guint64 now_us;
  Link links[2];
  Flow flows[FLOWS];
  SvpnInflight inflights[2];
} Line;

static void
line_init (Line *line, guint64 rate, guint64 rtt_us, guint64 buffer_us)
{
  *line = (Line){ .now_us = SECOND_US };
  for (guint i = 0; i < 2; i++) {
    line->links[i] = (Link){ .rate_bytes_per_s = rate,
                             .buffer_bytes = MAX (rate * buffer_us / SECOND_US, 4 * SEGMENT),
                             .delay_us = rtt_us / 2 };
    svpn_inflight_init (&line->inflights[i],
                        i == 0 ? SVPN_INFLIGHT_CYCLE_CLIENT : SVPN_INFLIGHT_CYCLE_SERVER);
    line->flows[i].inflight = &line->inflights[i];
  }
  for (guint i = 0; i < FLOWS; i++) {
    line->flows[i].window = 10 * SEGMENT;
    line->flows[i].threshold = INFINITY;
    line->flows[i].min_rtt_us = rtt_us;
    line->flows[i].rtt_us = rtt_us;
  }
}

static void
line_clear (Line *line)
{
  for (guint i = 0; i < 2; i++) {
    g_queue_clear_full (&line->links[i].queue, g_free);
    g_queue_clear_full (&line->links[i].wire, g_free);
  }
}

static gboolean
link_send (Link *link, Packet packet)
{
  if (!packet.is_ack && link->queued_bytes + packet.size > link->buffer_bytes)
    return FALSE;
  link->queued_bytes += packet.size;
  g_queue_push_tail (&link->queue, g_memdup2 (&packet, sizeof packet));
  return TRUE;
}

/* The window's half, once an RTT. */
static void
flow_lost (Line *line, Flow *flow)
{
  if (line->now_us - flow->cut_us < flow->rtt_us)
    return;
  flow->cut_us = line->now_us;
  flow->window = flow->threshold = MAX (flow->window / 2, 2 * SEGMENT);
  flow->most = 0;
}

static void
flow_poll (Line *line, guint number)
{
  Flow *flow = &line->flows[number];
  Link *link = &line->links[number % 2];
  const SvpnInflightSample sample = {
    .rtt_us = flow->rtt_us,
    .min_rtt_us = flow->min_rtt_us,
    .acked_bytes = flow->acked,
    .outstanding_bytes = flow->outstanding,
    .backlogged = flow->is_busy,
  };

  if (flow->inflight != NULL)
    svpn_inflight_update (flow->inflight, &sample, line->now_us);
  while (flow->to_repeat > 0) {
    if (!link_send (link, (Packet){ number, SEGMENT, FALSE, line->now_us, 0 }))
      return;
    flow->to_repeat--;
  }
  while (flow->is_busy && flow->outstanding < flow->window
         && (flow->inflight == NULL || svpn_inflight_room (flow->inflight, flow->outstanding) > 0)) {
    flow->outstanding += SEGMENT;
    flow->most = MAX (flow->most, flow->outstanding);
    if (link_send (link, (Packet){ number, SEGMENT, FALSE, line->now_us, 0 }))
      continue;
    flow->to_repeat++;
    flow_lost (line, flow);
    return;
  }
}

static void
flow_acked (Line *line, Flow *flow, const Packet *ack)
{
  guint64 rtt_us = line->now_us - ack->sent_us;

  flow->rtt_us += (rtt_us - flow->rtt_us) / 8;
  flow->min_rtt_us = MIN (flow->min_rtt_us, rtt_us);
  flow->outstanding -= SEGMENT;
  flow->acked += SEGMENT;
  /* RFC 7661: only a window that is used grows; in slow start half of it is enough, as in Linux. */
  if (flow->window < flow->threshold && flow->window < 2 * flow->most)
    flow->window += SEGMENT;
  else if (flow->window >= flow->threshold && flow->outstanding + 4 * SEGMENT > flow->window)
    flow->window += (double) GROWTH * SEGMENT / flow->window;
}

static void
link_step (Line *line, guint number)
{
  Link *link = &line->links[number];
  double step = (double) link->rate_bytes_per_s * STEP_US / SECOND_US;
  link->credit = MIN (link->credit, SEGMENT) + step; /* the rest of a segment */
  Packet *packet;

  while ((packet = g_queue_peek_head (&link->queue)) != NULL && packet->size <= link->credit) {
    link->credit -= packet->size;
    link->queued_bytes -= packet->size;
    packet->arrives_us = line->now_us + link->delay_us;
    g_queue_push_tail (&link->wire, g_queue_pop_head (&link->queue));
  }
  while ((packet = g_queue_peek_head (&link->wire)) != NULL && packet->arrives_us <= line->now_us) {
    if (packet->is_ack)
      flow_acked (line, &line->flows[packet->flow], packet);
    else
      link_send (&line->links[!number], (Packet){ packet->flow, ACK, TRUE, packet->sent_us, 0 });
    g_free (g_queue_pop_head (&link->wire));
  }
}

typedef struct {
  double share[FLOWS];   /* of the rate, that was acknowledged */
  double queueing_ms[2]; /* average, of both links together, and its 99th percentile */
} Seen;

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  return *(const double *) a < *(const double *) b ? -1 : *(const double *) a > *(const double *) b;
}

static Seen
line_run (Line *line, guint seconds)
{
  Seen seen = { 0 };
  guint64 end_us = line->now_us + seconds * SECOND_US, before[FLOWS];
  g_autoptr (GArray) queueing = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < FLOWS; i++)
    before[i] = line->flows[i].acked;
  for (; line->now_us < end_us; line->now_us += STEP_US) {
    for (guint i = 0; i < FLOWS && line->now_us % POLL_US == 0; i++)
      flow_poll (line, i);
    link_step (line, 0);
    link_step (line, 1);
    double ms = 0;
    for (guint i = 0; i < 2; i++)
      ms += 1000.0 * line->links[i].queued_bytes / line->links[i].rate_bytes_per_s;
    g_array_append_val (queueing, ms);
    seen.queueing_ms[0] += ms;
  }
  seen.queueing_ms[0] /= queueing->len;
  g_array_sort (queueing, compare_doubles);
  seen.queueing_ms[1] = g_array_index (queueing, double, queueing->len * 99 / 100);
  for (guint i = 0; i < FLOWS; i++)
    seen.share[i]
        = (double) (line->flows[i].acked - before[i]) / seconds / line->links[i % 2].rate_bytes_per_s;
  g_test_message (
      "%u s: up %.2f, down %.2f, competitor %.2f; queueing %.1f ms, 99 %%: %.1f ms; %s %u us, %s %u us",
      seconds, seen.share[0], seen.share[1], seen.share[2], seen.queueing_ms[0], seen.queueing_ms[1],
      line->inflights[0].state == SVPN_INFLIGHT_UNLIMITED ? "unlimited" : "limited",
      line->inflights[0].base_us,
      line->inflights[1].state == SVPN_INFLIGHT_UNLIMITED ? "unlimited" : "limited",
      line->inflights[1].base_us);
  return seen;
}

/* Bulk on lines of all sorts: little queues, and the line is full nevertheless. */
static const struct {
  const char *name;
  guint64 mbit, rtt_ms, buffer_ms;
  gboolean up, down;
} cases[] = {
  { "one-way", 20, 1, 50, TRUE, FALSE },
  { "both-ways", 20, 1, 50, TRUE, TRUE },
  { "both-ways-long", 20, 40, 50, TRUE, TRUE },
  { "both-ways-much-too-large-buffers", 20, 20, 500, TRUE, TRUE },
  { "one-way-much-too-large-buffers", 10, 30, 1000, FALSE, TRUE },
  { "slow", 2, 30, 200, TRUE, TRUE },
  { "fast", 200, 10, 50, TRUE, TRUE },
  { "far-away", 50, 150, 100, TRUE, TRUE },
};

static void
test_line (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Line line;
  Seen seen;

  line_init (&line, cases[i].mbit * 125000, cases[i].rtt_ms * 1000, cases[i].buffer_ms * 1000);
  line.flows[0].is_busy = cases[i].up;
  line.flows[1].is_busy = cases[i].down;
  line_run (&line, 10);
  seen = line_run (&line, 30);
  line_clear (&line);
  g_assert_cmpfloat (seen.queueing_ms[0], <, 40);
  g_assert_cmpfloat (seen.queueing_ms[1], <, 80);
  for (guint way = 0; way < 2; way++)
    if (line.flows[way].is_busy)
      g_assert_cmpfloat (seen.share[way], >, 0.7);
}

static void
test_second_direction (void)
{
  Line line;

  line_init (&line, 20 * 125000, 20000, 100000);
  line.flows[0].is_busy = TRUE;
  line_run (&line, 10);
  line.flows[1].is_busy = TRUE;
  line_run (&line, 10);
  Seen seen = line_run (&line, 20);
  g_assert_cmpfloat (MIN (seen.share[0], seen.share[1]), >, 0.8);
  g_assert_cmpfloat (seen.queueing_ms[0], <, 40);
  line.flows[0].is_busy = FALSE;
  line_run (&line, 15);
  seen = line_run (&line, 10);
  g_assert_cmpfloat (seen.share[1], >, 0.8);
  g_assert_cmpfloat (seen.queueing_ms[0], <, 15);
  line_clear (&line);
}

/* Somebody else's TCP fills the buffer: we do not starve beside it, and hold back again when it is gone. */
static const struct {
  const char *name;
  guint buffer_ms;
} competitors[] = { { "30-ms", 30 }, { "50-ms", 50 }, { "100-ms", 100 }, { "200-ms", 200 } };

static void
test_competitor (gconstpointer data)
{
  Line line;
  Seen seen;

  line_init (&line, 20 * 125000, 20000, competitors[GPOINTER_TO_SIZE (data)].buffer_ms * 1000);
  line.flows[0].is_busy = TRUE;
  line_run (&line, 10);
  line.flows[2].is_busy = TRUE;
  line_run (&line, 30);
  seen = line_run (&line, 120);
  g_assert_cmpfloat (seen.share[0], >, 0.25);
  line.flows[2].is_busy = FALSE;
  line_run (&line, 70);
  seen = line_run (&line, 20);
  g_assert_cmpfloat (seen.share[0], >, 0.8);
  g_assert_cmpfloat (seen.queueing_ms[0], <, 15);
  line_clear (&line);
}

/* The path changes under the connection, and the least RTT that TCP has seen is that of another line: never much worse than
 * without a limit. */
static void
test_changes (void)
{
  static const struct {
    guint64 mbit, rtt_ms;
  } paths[]
      = { { 20, 20 }, { 20, 90 }, { 5, 90 }, { 5, 30 }, { 50, 30 }, { 50, 120 }, { 4, 40 }, { 20, 20 } };
  Line lines[2]; /* with, and without */

  for (guint i = 0; i < 2; i++) {
    line_init (&lines[i], 20 * 125000, 20000, 100000);
    lines[i].flows[0].is_busy = lines[i].flows[1].is_busy = TRUE;
  }
  lines[1].flows[0].inflight = lines[1].flows[1].inflight = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    Seen seen[2];
    g_test_message ("%u Mbit/s, %u ms", (guint) paths[i].mbit, (guint) paths[i].rtt_ms);
    for (guint j = 0; j < 2; j++) {
      for (guint way = 0; way < 2; way++) {
        Link *link = &lines[j].links[way];
        link->rate_bytes_per_s = paths[i].mbit * 125000;
        link->delay_us = paths[i].rtt_ms * 500;
        link->buffer_bytes = link->rate_bytes_per_s / 10;
      }
      seen[j] = line_run (&lines[j], 40);
    }
    g_assert_cmpfloat (seen[0].share[0] + seen[0].share[1], >, 0.8 * (seen[1].share[0] + seen[1].share[1]));
    g_assert_cmpfloat (MIN (seen[0].share[0], seen[0].share[1]), >, 0.45);
  }
  line_clear (&lines[0]);
  line_clear (&lines[1]);
}

static const struct {
  guint64 mbit, rtt_ms, buffer_ms;
  double queueing_ms; /* 99 % of the time less */
} starts[] = {
  { 50, 40, 100, 30 }, { 50, 40, 1000, 30 }, { 10, 30, 300, 35 }, { 100, 20, 100, 25 },
  { 20, 80, 200, 45 }, { 300, 15, 50, 25 },  { 2, 50, 500, 60 },
};

/* The first seconds: as much is carried as without a limit, and no queue is built that anybody would notice. */
static void
test_startup (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Seen seen[2]; /* with, and without */

  for (guint j = 0; j < 2; j++) {
    Line line;

    line_init (&line, starts[i].mbit * 125000, starts[i].rtt_ms * 1000, starts[i].buffer_ms * 1000);
    line.flows[0].is_busy = TRUE;
    if (j == 1)
      line.flows[0].inflight = NULL;
    seen[j] = line_run (&line, 4);
    line_clear (&line);
  }
  g_assert_cmpfloat (seen[0].share[0], >, 0.965 * seen[1].share[0]);
  g_assert_cmpfloat (seen[0].queueing_ms[1], <, starts[i].queueing_ms);
}

/* Where there is no room for a queue, a limit is none that anybody would notice. */
static void
test_unlimited (void)
{
  Seen seen[2];

  for (guint i = 0; i < 2; i++) {
    Line line;
    line_init (&line, 20 * 125000, 20000, 4000);
    line.flows[0].is_busy = TRUE;
    if (i == 1)
      line.flows[0].inflight = NULL;
    seen[i] = line_run (&line, 20);
    line_clear (&line);
  }
  g_assert_cmpfloat (seen[0].share[0], >, 0.97 * seen[1].share[0]);
}

/* A limit is lifted when it has not bound for a while; then there is the one of the beginning. */
static void
test_lifted (void)
{
  Line line;

  line_init (&line, 20 * 125000, 20000, 50000);
  line.flows[0].is_busy = TRUE;
  line_run (&line, 10);
  g_assert_cmpint (line.inflights[0].state, !=, SVPN_INFLIGHT_UNLIMITED);
  line.flows[0].is_busy = FALSE;
  line_run (&line, 6);
  g_assert_cmpint (line.inflights[0].state, ==, SVPN_INFLIGHT_STARTUP);
  line_clear (&line);
}

/* One step of the states that no simulated line tells apart. */
#define STEP_START 100000000

/* A limit of 100 000 bytes that is reached, on a line of 2 MB/s and 40 ms whose RTT is 400 ms now. */
static SvpnInflight
limited (SvpnInflightSample *sample)
{
  SvpnInflight inflight;

  svpn_inflight_init (&inflight, SVPN_INFLIGHT_CYCLE_CLIENT);
  inflight.state = SVPN_INFLIGHT_LIMITED;
  inflight.base_us = 40000;
  inflight.limit_bytes = 100000;
  inflight.bandwidth = (SvpnMaxFilter){ 2000000, 2000000, STEP_START };
  inflight.measure_start_us = inflight.reached_us = inflight.probe_us = STEP_START;
  inflight.changed_us = STEP_START - 1000000;
  *sample = (SvpnInflightSample){
    .rtt_us = 400000, .min_rtt_us = 40000, .outstanding_bytes = 100000, .backlogged = true
  };
  return inflight;
}

/* However long the RTT has become, one change takes an eighth. */
static void
test_fall (void)
{
  SvpnInflightSample sample;
  SvpnInflight inflight = limited (&sample);

  svpn_inflight_update (&inflight, &sample, STEP_START);
  g_assert_cmpuint (inflight.limit_bytes, ==, 100000 - 100000 / 8);
}

static void
test_shorter_rtt (void)
{
  SvpnInflightSample sample;
  SvpnInflight inflight = limited (&sample);

  sample.rtt_us = 30000;
  svpn_inflight_update (&inflight, &sample, STEP_START);
  g_assert_cmpuint (inflight.base_us, ==, 30000);
}

/* What TCP keeps back could still be put in another order. */
static void
test_unsent (void)
{
  SvpnInflightSample sample;
  SvpnInflight inflight = limited (&sample);

  inflight.pacing_credit = 50000;
  inflight.unsent_bytes = SVPN_INFLIGHT_UNSENT_BYTES;
  g_assert_cmpuint (svpn_inflight_room (&inflight, 0), ==, 50000);
  inflight.unsent_bytes++;
  g_assert_cmpuint (svpn_inflight_room (&inflight, 0), ==, 0);
}

/* A connection that never gets everything acknowledged is not held up for ever. */
static void
test_drain_ends (void)
{
  SvpnInflightSample sample;
  SvpnInflight inflight = limited (&sample);

  inflight.state = SVPN_INFLIGHT_DRAINING;
  svpn_inflight_update (&inflight, &sample, STEP_START + 1300000);
  g_assert_cmpint (inflight.state, ==, SVPN_INFLIGHT_DRAINING);
  g_assert_cmpuint (svpn_inflight_room (&inflight, sample.outstanding_bytes), ==, 0);
  svpn_inflight_update (&inflight, &sample, STEP_START + 1300001);
  g_assert_cmpint (inflight.state, ==, SVPN_INFLIGHT_LIMITED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/inflight/line/", cases, test_line);
  g_test_add_func ("/inflight/second-direction", test_second_direction);
  ADD_TABLE ("/inflight/competitor/", competitors, test_competitor);
  g_test_add_func ("/inflight/changes", test_changes);
  ADD_ROWS ("/inflight/startup/", starts, test_startup);
  g_test_add_func ("/inflight/unlimited", test_unlimited);
  g_test_add_func ("/inflight/lifted", test_lifted);
  g_test_add_func ("/inflight/fall", test_fall);
  g_test_add_func ("/inflight/shorter-rtt", test_shorter_rtt);
  g_test_add_func ("/inflight/unsent", test_unsent);
  g_test_add_func ("/inflight/drain-ends", test_drain_ends);
  return g_test_run ();
}
