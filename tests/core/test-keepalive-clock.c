/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of keepalive and health under a virtual clock: days, sleep, new settings, and the idle guard. */
#include "keepalive.h"

#include "line.h"
#include "table.h"

/* --- sleep --- */

enum { ON_TIMER, ON_ACK, ON_SENT };

/* The line had a good check at START; what comes @late_us behind the deadline, first? */
static const struct {
  const char *name;
  gboolean out; /* a second check was out */
  guint64 late_us;
  int first;
  gboolean slept;
} sleeps[] = {
  { "idle", FALSE, 3600 * S, ON_TIMER, TRUE },
  { "check-out", TRUE, 3600 * S, ON_TIMER, TRUE },
  { "echo-first", TRUE, 3600 * S, ON_ACK, TRUE },
  { "packet-first", TRUE, 3600 * S, ON_SENT, TRUE },
  { "packet-first-idle", FALSE, 3600 * S, ON_SENT, TRUE },
  { "short", TRUE, 5 * S + 1, ON_TIMER, TRUE },
  { "timer-slack", TRUE, 5 * S, ON_TIMER, FALSE },
  { "in-time", TRUE, 0, ON_TIMER, FALSE },
};

static void
test_sleep (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnKeepaliveActions actions;
  guint64 sent;
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  line_check (&line, 'G');
  if (sleeps[i].out)
    line_send (&line);
  sent = line.keepalive.sent;
  line.now = svpn_keepalive_deadline (&line.keepalive) + sleeps[i].late_us;
  if (sleeps[i].first == ON_ACK)
    svpn_keepalive_on_ack (&line.keepalive, line.sent_at, line.now);
  else if (sleeps[i].first == ON_SENT)
    svpn_keepalive_on_sent (&line.keepalive, line.now, 0);
  g_assert_cmpuint (svpn_keepalive_deadline (&line.keepalive), <=, line.now);

  actions = svpn_keepalive_on_timer (&line.keepalive, line.now, 0);
  g_assert_cmpint (actions.send, ==, sleeps[i].slept);
  g_assert_cmpuint (line.keepalive.timed_out, ==, sleeps[i].slept ? 0 : 1);
  g_assert_cmpuint (line.keepalive.forgotten, ==, sleeps[i].slept && sleeps[i].out ? 1 : 0);
  g_assert_cmpuint (line.keepalive.history_size, ==, sleeps[i].slept ? 1 : 2);
  g_assert_cmpint (line.keepalive.health, ==, SVPN_HEALTH_HEALTHY);
  if (!sleeps[i].slept)
    return;

  g_assert_cmpuint (actions.timestamp, ==, line.now);
  g_assert_false (actions.send_padding); /* the check is traffic enough */
  g_assert_cmpuint (line.keepalive.sent, ==, sent + 1);
  svpn_keepalive_on_ack (&line.keepalive, line.sent_at, line.now + 1); /* that of the forgotten check */
  g_assert_cmpuint (line.keepalive.answered, ==, 1);
  svpn_keepalive_on_ack (&line.keepalive, line.now, line.now + GOOD_RTT);
  g_assert_cmpuint (line.keepalive.answered, ==, 2);
  g_assert_cmpfloat (line.keepalive.srtt_us, ==, GOOD_RTT);
}

/* What was counted before the machine slept is kept: two timeouts, sleep, a third one. */
static void
test_sleep_in_critical (void)
{
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  for (int n = 0; n < 6; n++)
    line_check (&line, 'T');
  line_send (&line);
  line.now += 3600 * S;
  g_assert_true (line_next (&line).send);
  g_assert_cmpuint (line.keepalive.timeouts_in_row, ==, 2);
  g_assert_true (line_check (&line, 'T').dead);
}

static void
test_clock_back (void)
{
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  line_send (&line);
  svpn_keepalive_on_sent (&line.keepalive, START + S, 0);
  g_assert_false (svpn_keepalive_on_timer (&line.keepalive, START - S, 0).send);
  svpn_keepalive_on_ack (&line.keepalive, START, START - S);
  g_assert_cmpfloat (line.keepalive.last_rtt_us, ==, S);
}

/* --- idle guard --- */

static const struct {
  guint32 random;
  guint64 after_us;
} guards[] = {
  { 0, 20 * S },
  { G_MAXUINT32, 30 * S },
  { 0x80000000, 25 * S },
  { 0x40000000, 22500 * MS },
};

static void
test_guard (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint64 now = START, after = guards[i].after_us;
  SvpnKeepaliveConfig config = { { 10000000, 10000000, 10000000 }, 5000, 500, 200 };
  SvpnKeepaliveActions actions;
  SvpnKeepalive keepalive;

  svpn_keepalive_init (&keepalive, &config, now, guards[i].random);
  actions = svpn_keepalive_on_timer (&keepalive, now, guards[i].random);
  g_assert_true (actions.send && !actions.send_padding);
  svpn_keepalive_on_ack (&keepalive, START, now);
  for (int n = 0; n < 5; n++) { /* nothing is sent: a padding each time */
    g_assert_cmpuint (svpn_keepalive_deadline (&keepalive), ==, now + after);
    g_assert_false (svpn_keepalive_on_timer (&keepalive, now + after - 1, 0).send_padding);
    actions = svpn_keepalive_on_timer (&keepalive, now += after, guards[i].random);
    g_assert_true (actions.send_padding && !actions.send);
    g_assert_false (svpn_keepalive_on_timer (&keepalive, now, 0).send_padding);
  }
  for (int n = 0; n < 100; n++) { /* something is sent each time: no padding */
    svpn_keepalive_on_sent (&keepalive, now, guards[i].random);
    g_assert_cmpuint (svpn_keepalive_deadline (&keepalive), ==, now + after);
    now += 19 * S;
    g_assert_false (svpn_keepalive_on_timer (&keepalive, now, 0).send_padding);
  }
}

/* Beside the checks of a healthy line: each sends something, so a minute has two paddings. */
static void
test_guard_beside_checks (void)
{
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  for (int n = 0; n < 11; n++)
    line_check (&line, 'G');
  g_assert_cmpuint (line.sent_at, ==, START + 600 * S);
  g_assert_cmpuint (line.paddings, ==, 20);
}

/* --- days --- */

static guint64
xorshift (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

/* 24 hours with that many losses in 10000 at random; the line answers, so it never dies. */
static void
run_day (guint64 seed, guint loss, Line *line)
{
  guint64 random = seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), sent = 0, lost = 0;

  line_init (line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  for (;;) {
    gboolean is_lost = xorshift (&random) % 10000 < loss;

    line_send (line);
    if (line->sent_at > START + 86400 * S)
      break;
    sent++;
    lost += is_lost;
    g_assert_false (line_check (line, is_lost ? 'T' : 'G').dead);
    g_assert_cmpuint (line->keepalive.sent, ==, sent);
    g_assert_cmpuint (line->keepalive.timed_out, ==, lost);
    g_assert_cmpuint (line->keepalive.answered, ==, sent - lost);
  }
  g_assert_cmpuint (line->keepalive.forgotten, ==, 0);
  g_assert_cmpuint (sent, >=, 1441);
  g_assert_cmpfloat (line->keepalive.srtt_us, ==, GOOD_RTT);
  g_assert_cmpfloat (line->keepalive.jitter_us, ==, 0);
}

static void
test_day (void)
{
  Line line;

  run_day (1, 0, &line);
  g_assert_cmpuint (line.keepalive.answered, ==, 1441); /* each minute and the first moment: no drift */
  g_assert_cmpuint (line.sent_at, ==, START + 86460 * S);
  for (guint64 seed = 1; seed <= 100; seed++) {
    run_day (seed, 50, &line); /* 0.5 % */
    g_assert_cmpuint (line.keepalive.timed_out, <, 30);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/keepalive/sleep/", sleeps, test_sleep);
  g_test_add_func ("/keepalive/sleep-in-critical", test_sleep_in_critical);
  g_test_add_func ("/keepalive/clock-back", test_clock_back);
  ADD_ROWS ("/keepalive/guard/", guards, test_guard);
  g_test_add_func ("/keepalive/guard-beside-checks", test_guard_beside_checks);
  g_test_add_func ("/keepalive/day", test_day);
  return g_test_run ();
}
