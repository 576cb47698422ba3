/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's history on virtual time: seconds, rest, and what the worker answers. */
#include "client-history.h"
#include "virtual-time.h"

#include <math.h>

typedef struct {
  SvpnClock *clock;
  SvpnClientHistory *history;
  double rtt_ms, sent, received; /* as the line is now */
  guint reads;
  GVariant *series; /* of the last answer */
  guint64 start_unix_ms;
  guint32 step_ms;
} History;

static void
read_line (SvpnHistoryPoint *now, gpointer user_data)
{
  History *h = user_data;

  h->reads++;
  *now = (SvpnHistoryPoint){ { h->rtt_ms, NAN, 0, h->sent, h->received, 0, 0, 0 } };
}

static void
set_up (History *h, gconstpointer data)
{
  h->clock = virtual_clock_new (0);
  h->sent = 1000; /* of sessions before, say */
  h->history = svpn_client_history_new (h->clock, read_line, h);
}

static void
tear_down (History *h, gconstpointer data)
{
  g_clear_pointer (&h->series, g_variant_unref);
  svpn_client_history_free (h->history);
  svpn_clock_free (h->clock);
}

static void
ask (History *h, guint span_s)
{
  g_autoptr (GVariant) answer = g_variant_ref_sink (svpn_client_history_to_variant (h->history, span_s));

  g_clear_pointer (&h->series, g_variant_unref);
  g_variant_get (answer, "(tu@a{sv})", &h->start_unix_ms, &h->step_ms, &h->series);
}

/* The value of the last answer @back seconds ago; 1: the newest. */
static double
at (History *h, const char *key, gsize back)
{
  g_autoptr (GVariant) values = g_variant_lookup_value (h->series, key, G_VARIANT_TYPE ("ad"));
  gsize n;
  const double *numbers = g_variant_get_fixed_array (values, &n, sizeof *numbers);

  g_assert_cmpuint (back, <=, n);
  return numbers[n - back];
}

/* A packet of @bytes, as the TUN device has it. */
static void
send_bytes (History *h, double bytes)
{
  svpn_client_history_wake (h->history);
  h->sent += bytes;
}

/* Each second has its own point, with the time on the wall when it began. */
static void
test_seconds (History *h, gconstpointer data)
{
  for (guint i = 1; i <= 5; i++) {
    send_bytes (h, 100 * i);
    h->rtt_ms = i;
    virtual_time_pass_ms (1000);
  }
  ask (h, 5);
  g_assert_cmpuint (h->step_ms, ==, 1000);
  g_assert_cmpint (ABS ((gint64) h->start_unix_ms - VIRTUAL_UNIX_S * 1000), <=, 1000);
  g_assert_cmpuint (g_variant_n_children (h->series), ==, 8);
  for (guint i = 1; i <= 5; i++) {
    g_assert_cmpfloat (at (h, "bytes-sent", 6 - i), ==, 100 * i);
    g_assert_cmpfloat (at (h, "rtt-ms", 6 - i), ==, i);
  }
  g_assert_true (isnan (at (h, "jitter-ms", 1)));
  ask (h, 120);
  g_assert_true (isnan (at (h, "bytes-sent", 7))); /* before the first session */
}

/* Without packets the timer comes twice a minute alone, and nothing is lost. */
static void
test_rest (History *h, gconstpointer data)
{
  h->rtt_ms = 7;
  virtual_time_pass_ms (11000);
  g_assert_cmpint (virtual_clock_next_ms (h->clock), >, 20000);
  guint reads = h->reads;
  virtual_time_pass_ms (600000);
  g_assert_cmpuint (h->reads - reads, <=, 600 / 30 + 1);
  ask (h, 600);
  g_assert_cmpfloat (at (h, "rtt-ms", 1), ==, 7);
  g_assert_cmpfloat (at (h, "rtt-ms", 118), ==, 7);
  g_assert_cmpfloat (at (h, "bytes-sent", 118), ==, 0);

  virtual_time_pass_ms (17000);
  send_bytes (h, 300);
  g_assert_cmpint (virtual_clock_next_ms (h->clock), <=, 1000);
  virtual_time_pass_ms (1000);
  ask (h, 20);
  g_assert_cmpfloat (at (h, "bytes-sent", 1), ==, 300);
  for (guint back = 2; back <= 20; back++)
    g_assert_cmpfloat (at (h, "bytes-sent", back), ==, 0);
}

/* Whoever asks gets what is over, also while the timer rests. */
static void
test_asked_while_resting (History *h, gconstpointer data)
{
  virtual_time_pass_ms (15000);
  h->rtt_ms = 9;
  virtual_time_pass_ms (3000);
  ask (h, 1);
  g_assert_cmpfloat (at (h, "rtt-ms", 1), ==, 9);
  g_assert_cmpint (ABS ((gint64) h->start_unix_ms - (VIRTUAL_UNIX_S + 17) * 1000), <=, 1000);
}

/* Without a session there is no timer; qualities of that time are not known, and there were no packets. */
static void
test_paused (History *h, gconstpointer data)
{
  h->rtt_ms = 5;
  send_bytes (h, 100);
  virtual_time_pass_ms (3000);
  svpn_client_history_pause (h->history);
  h->rtt_ms = NAN;
  g_assert_cmpint (virtual_clock_next_ms (h->clock), ==, -1);
  virtual_time_pass_ms (15000);
  svpn_client_history_wake (h->history); /* a packet for nobody */
  g_assert_cmpint (virtual_clock_next_ms (h->clock), ==, -1);
  svpn_client_history_resume (h->history);
  h->rtt_ms = 6;
  send_bytes (h, 50);
  virtual_time_pass_ms (1000);
  ask (h, 19);
  g_assert_cmpfloat (at (h, "rtt-ms", 1), ==, 6);
  g_assert_cmpfloat (at (h, "bytes-sent", 1), ==, 50);
  for (guint back = 2; back <= 16; back++)
    g_assert_true (isnan (at (h, "rtt-ms", back)) && at (h, "bytes-sent", back) == 0);
  g_assert_cmpfloat (at (h, "rtt-ms", 17), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/client-history/" name, History, NULL, set_up, function, tear_down)
  ADD ("seconds", test_seconds);
  ADD ("rest", test_rest);
  ADD ("asked-while-resting", test_asked_while_resting);
  ADD ("paused", test_paused);
  return g_test_run ();
}
