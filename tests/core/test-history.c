/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Rings of points: what goes into which, means and sums, gaps, and what is not known. */
#include "history.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define SECOND 1000000ULL
#define BEGIN (100000 * SECOND) /* since boot; a multiple of 5 s, not of 30 s */

static SvpnHistory history;
static SvpnHistoryPoint points[SVPN_HISTORY_POINTS];
static guint64 start_us;
static guint step_s;

static SvpnHistoryPoint
point_of (double rtt_ms, double bytes)
{
  return (SvpnHistoryPoint){ { rtt_ms, 1, 0.25, bytes, 2 * bytes, 0, 0, 1 } };
}

static double
value (gsize point, SvpnHistorySeries series)
{
  return points[point].values[series];
}

static gsize
read_back (guint span_s)
{
  memset (points, 0xff, sizeof points);
  return svpn_history_read (&history, span_s, points, &start_us, &step_s);
}

/* One call a second, for @seconds; the round trip is the number of the second, and so are the bytes. */
static void
run (guint64 begin_us, guint seconds)
{
  for (guint i = 1; i <= seconds; i++) {
    SvpnHistoryPoint now = point_of (i, i);

    g_assert_true (svpn_history_is_due (&history, begin_us + i * SECOND));
    svpn_history_advance (&history, begin_us + i * SECOND, &now, 60);
    g_assert_false (svpn_history_is_due (&history, begin_us + i * SECOND + SECOND - 1));
  }
}

/* The finest ring that covers a span, and whole steps of it. */
static void
test_spans (void)
{
  static const struct {
    guint span_s, n, step_s;
  } rows[] = { { 1, 1, 1 },     { 60, 60, 1 },   { 120, 120, 1 },   { 121, 25, 5 },
               { 600, 120, 5 }, { 601, 21, 30 }, { 3599, 120, 30 }, { 3600, 120, 30 } };

  svpn_history_init (&history, BEGIN);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("span %u", rows[i].span_s);
    g_assert_cmpuint (read_back (rows[i].span_s), ==, rows[i].n);
    g_assert_cmpuint (step_s, ==, rows[i].step_s);
    g_assert_cmpuint (start_us / SECOND % rows[i].step_s, ==, 0);
    for (guint point = 0; point < rows[i].n; point++)
      for (guint series = 0; series < SVPN_HISTORY_SERIES; series++)
        g_assert_true (isnan (value (point, series)));
  }
}

/* A second of one ring is a part of a point of the next: amounts are summed, qualities averaged. */
static void
test_rings (void)
{
  svpn_history_init (&history, BEGIN);
  run (BEGIN, 10);
  g_assert_cmpuint (read_back (12), ==, 12);
  g_assert_cmpuint (start_us, ==, BEGIN - 2 * SECOND);
  g_assert_true (isnan (value (1, SVPN_HISTORY_RTT_MS)) && isnan (value (1, SVPN_HISTORY_BYTES_SENT)));
  g_assert_cmpfloat (value (2, SVPN_HISTORY_RTT_MS), ==, 1);
  g_assert_cmpfloat (value (11, SVPN_HISTORY_BYTES_RECEIVED), ==, 20);

  g_assert_cmpuint (read_back (600), ==, 120);
  g_assert_cmpuint (start_us, ==, BEGIN + 10 * SECOND - 600 * SECOND);
  g_assert_cmpfloat (value (118, SVPN_HISTORY_RTT_MS), ==, 3);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_BYTES_SENT), ==, 6 + 7 + 8 + 9 + 10);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_DROPS_LOW), ==, 5);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_LOSS_RATIO), ==, 0.25);
  g_assert_true (isnan (value (117, SVPN_HISTORY_RTT_MS)));
}

/* After more than a ring has room for, the oldest are gone. */
static void
test_full (void)
{
  svpn_history_init (&history, BEGIN);
  run (BEGIN, 4000);
  g_assert_cmpuint (read_back (120), ==, 120);
  g_assert_cmpfloat (value (0, SVPN_HISTORY_RTT_MS), ==, 3881);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_RTT_MS), ==, 4000);
  g_assert_cmpuint (read_back (3600), ==, 120);
  /* 104000 s after boot are 20 s into a step of 30 s, which began with second 3980 of ours. */
  g_assert_cmpuint (start_us / SECOND, ==, 103980 - 3600);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_BYTES_SENT), ==, 30 * (3951 + 3980) / 2.0);
}

/* Seconds without a call had no amounts; of too many of them nothing is known. */
static void
test_gaps (void)
{
  SvpnHistoryPoint now = point_of (7, 100);

  svpn_history_init (&history, BEGIN);
  svpn_history_advance (&history, BEGIN + 30 * SECOND, &now, 60);
  read_back (30);
  g_assert_cmpfloat (value (0, SVPN_HISTORY_RTT_MS), ==, 7);
  g_assert_cmpfloat (value (28, SVPN_HISTORY_BYTES_SENT), ==, 0);
  g_assert_cmpfloat (value (29, SVPN_HISTORY_BYTES_SENT), ==, 100);

  svpn_history_advance (&history, BEGIN + 130 * SECOND, &now, 60);
  read_back (101);
  g_assert_cmpfloat (value (0, SVPN_HISTORY_BYTES_SENT), ==, 100);
  g_assert_true (isnan (value (1, SVPN_HISTORY_BYTES_SENT)) && isnan (value (99, SVPN_HISTORY_RTT_MS)));
  g_assert_cmpfloat (value (100, SVPN_HISTORY_BYTES_SENT), ==, 100);
  read_back (600);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_BYTES_SENT), ==, 100);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_RTT_MS), ==, 7);

  /* A month asleep takes no longer than two hours, and the rings are as if each second had been counted. */
  svpn_history_advance (&history, BEGIN + 30 * 86400 * SECOND, &now, 60);
  read_back (3600);
  g_assert_true (isnan (value (0, SVPN_HISTORY_BYTES_SENT)) && isnan (value (118, SVPN_HISTORY_RTT_MS)));
  g_assert_cmpuint (history.second, ==, BEGIN / SECOND + 30 * 86400);
}

/* A clock that goes back stands still. */
static void
test_backwards (void)
{
  SvpnHistoryPoint now = point_of (7, 100);

  svpn_history_init (&history, BEGIN);
  run (BEGIN, 3);
  g_assert_false (svpn_history_is_due (&history, BEGIN));
  svpn_history_advance (&history, BEGIN, &now, 60);
  read_back (1);
  g_assert_cmpfloat (value (0, SVPN_HISTORY_BYTES_SENT), ==, 3);
}

/* No session: amounts are known (none), qualities are not; a mean is of the seconds that are known. */
static void
test_without_session (void)
{
  SvpnHistoryPoint nothing = { { NAN, NAN, NAN, 0, 0, 0, 0, 0 } }, now = point_of (10, 1);

  svpn_history_init (&history, BEGIN);
  for (guint i = 1; i <= 5; i++)
    svpn_history_advance (&history, BEGIN + i * SECOND, i < 4 ? &nothing : &now, 60);
  read_back (5);
  g_assert_true (isnan (value (0, SVPN_HISTORY_RTT_MS)));
  g_assert_cmpfloat (value (0, SVPN_HISTORY_BYTES_SENT), ==, 0);
  read_back (600);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_RTT_MS), ==, 10);
  g_assert_cmpfloat (value (119, SVPN_HISTORY_BYTES_SENT), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/spans", test_spans);
  g_test_add_func ("/history/rings", test_rings);
  g_test_add_func ("/history/full", test_full);
  g_test_add_func ("/history/gaps", test_gaps);
  g_test_add_func ("/history/backwards", test_backwards);
  g_test_add_func ("/history/without-session", test_without_session);
  return g_test_run ();
}
