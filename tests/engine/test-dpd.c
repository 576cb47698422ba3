/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Dead peer detection on a clock: what it sends and when, and what it tells of the line. */
#include "dpd.h"
#include "virtual-time.h"

#include <sodium.h>

typedef struct {
  SvpnClock *clock;
  SvpnDpd *dpd;
  GArray *checks, *paddings; /* guint64: when they were sent, in virtual ms */
  guint64 timestamp;         /* of the last check */
  gboolean answers;          /* each check at once */
  guint deaths;
} Line;

static void
on_sent (GArray *times, SvpnDpd *dpd)
{
  guint64 now_ms = virtual_time_us () / 1000;

  g_array_append_val (times, now_ms);
  svpn_dpd_on_sent (dpd);
}

static void
on_send_keepalive (guint64 timestamp, gpointer user_data)
{
  Line *line = user_data;

  line->timestamp = timestamp;
  on_sent (line->checks, line->dpd);
  if (line->answers)
    svpn_dpd_on_ack (line->dpd, timestamp);
}

static void
on_send_padding (gpointer user_data)
{
  Line *line = user_data;

  on_sent (line->paddings, line->dpd);
}

static void
on_health_changed (SvpnHealth new_health, SvpnHealth old_health, gpointer user_data)
{
  g_assert_cmpint (new_health, !=, old_health);
}

static void
on_dead (gpointer user_data)
{
  ((Line *) user_data)->deaths++;
}

static const SvpnDpdEvents events = {
  .send_keepalive = on_send_keepalive,
  .send_padding = on_send_padding,
  .health_changed = on_health_changed,
  .dead = on_dead,
};

static void
line_init (Line *line, gboolean answers)
{
  *line = (Line){ .clock = virtual_clock_new (0), .answers = answers };
  line->checks = g_array_new (FALSE, FALSE, sizeof (guint64));
  line->paddings = g_array_new (FALSE, FALSE, sizeof (guint64));
  line->dpd = svpn_dpd_new (&SVPN_KEEPALIVE_CONFIG_DEFAULT, line->clock, &events, line);
}

static void
line_clear (Line *line)
{
  svpn_dpd_free (line->dpd);
  g_array_unref (line->checks);
  g_array_unref (line->paddings);
  svpn_clock_free (line->clock);
}

/* A check each minute, and padding 20 to 30 s after anything that was sent, whatever the dice say: a guard that moves
 * to an earlier time than before is not taken for a machine that slept. */
static void
test_schedule (void)
{
  for (int run = 0; run < 50; run++) {
    Line line;
    guint64 last_ms = 0;
    guint c = 1, p = 0;

    line_init (&line, TRUE);
    virtual_time_pass_ms (600000);
    g_assert_cmpuint (line.checks->len, ==, 11);
    for (guint i = 0; i < 11; i++)
      g_assert_cmpuint (g_array_index (line.checks, guint64, i), ==, i * 60000);
    for (; p < line.paddings->len; p++) {
      guint64 at_ms = g_array_index (line.paddings, guint64, p);

      for (; c < 11 && g_array_index (line.checks, guint64, c) < at_ms; c++)
        last_ms = g_array_index (line.checks, guint64, c);
      g_assert_cmpuint (at_ms - last_ms, >=, SVPN_IDLE_GUARD_MIN_MS);
      g_assert_cmpuint (at_ms - last_ms, <=, SVPN_IDLE_GUARD_MAX_MS);
      last_ms = at_ms;
    }
    g_assert_cmpuint (line.paddings->len, >=, 10);
    line_clear (&line);
  }
}

/* What is sent otherwise moves the guard: a busy line needs no padding. */
static void
test_busy (void)
{
  Line line;

  line_init (&line, TRUE);
  for (int s = 0; s < 300; s++) {
    virtual_time_pass_ms (1000);
    svpn_dpd_on_sent (line.dpd);
  }
  g_assert_cmpuint (line.paddings->len, ==, 0);
  g_assert_cmpuint (line.checks->len, ==, 6);
  line_clear (&line);
}

/* Said once, and then there is silence. */
static void
test_dead (void)
{
  Line line;
  guint paddings;

  line_init (&line, FALSE);
  virtual_time_pass_ms (155000 - 1); /* 60 s + 2 * 30 s + 3 * 10 s + 5 s after the first check */
  g_assert_cmpuint (line.deaths, ==, 0);
  g_assert_cmpint (svpn_dpd_get_health (line.dpd), ==, SVPN_HEALTH_CRITICAL);
  virtual_time_pass_ms (1);
  g_assert_cmpuint (line.deaths, ==, 1);
  paddings = line.paddings->len;
  virtual_time_pass_ms (600000);
  g_assert_cmpuint (line.deaths, ==, 1);
  g_assert_cmpuint (line.checks->len, ==, 7);
  g_assert_cmpuint (line.paddings->len, ==, paddings);
  line_clear (&line);
}

static double
get_double (GVariantDict *dict, const char *key)
{
  double value;

  g_assert_true (g_variant_dict_lookup (dict, key, "d", &value));
  return value;
}

static guint64
get_count (GVariantDict *dict, const char *key)
{
  guint64 value;

  g_assert_true (g_variant_dict_lookup (dict, key, "t", &value));
  return value;
}

/* Two checks, of 40 and 60 ms, and one that is never answered. */
static void
test_quality (void)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) history = NULL;
  const char *health;
  guint64 sent_ms;
  double rtt_ms;
  gboolean bad;
  Line line;

  line_init (&line, FALSE);
  virtual_time_pass_ms (40);
  svpn_dpd_on_ack (line.dpd, line.timestamp);
  virtual_time_pass_ms (60000 - 40 + 60);
  svpn_dpd_on_ack (line.dpd, line.timestamp + 1); /* of something that was never sent */
  svpn_dpd_on_ack (line.dpd, line.timestamp);
  virtual_time_pass_ms (60000 - 60 + 7000);
  svpn_dpd_to_dict (line.dpd, &dict);
  g_assert_true (g_variant_dict_lookup (&dict, "health", "&s", &health));
  g_assert_cmpstr (health, ==, "healthy");
  g_assert_cmpfloat (get_double (&dict, "rtt-last-ms"), ==, 60);
  g_assert_cmpfloat (get_double (&dict, "rtt-ms"), ==, 40 + 20 / 8.0);
  g_assert_cmpfloat (get_double (&dict, "rtt-variation-ms"), ==, 20);
  g_assert_cmpfloat (get_double (&dict, "jitter-ms"), ==, 20 / 16.0);
  g_assert_cmpfloat (get_double (&dict, "loss-ratio"), ==, 1 / 3.0);
  g_assert_cmpfloat (get_double (&dict, "keepalive-interval-s"), ==, 60);
  g_assert_cmpfloat (get_double (&dict, "next-keepalive-s"), ==, 53);
  g_assert_cmpuint (get_count (&dict, "keepalives-sent"), ==, 3);
  g_assert_cmpuint (get_count (&dict, "keepalives-answered"), ==, 2);
  g_assert_cmpuint (get_count (&dict, "keepalives-timed-out"), ==, 1);
  history = g_variant_dict_lookup_value (&dict, "history", G_VARIANT_TYPE ("a(tdb)"));
  g_assert_cmpuint (g_variant_n_children (history), ==, 3);
  g_variant_get_child (history, 1, "(tdb)", &sent_ms, &rtt_ms, &bad);
  g_assert_cmpuint (sent_ms, ==, (VIRTUAL_UNIX_S + 60) * 1000);
  g_assert_cmpfloat (rtt_ms, ==, 60);
  g_assert_false (bad);
  g_variant_get_child (history, 2, "(tdb)", &sent_ms, &rtt_ms, &bad);
  g_assert_cmpuint (sent_ms, ==, (VIRTUAL_UNIX_S + 120) * 1000);
  g_assert_cmpfloat (rtt_ms, ==, -1);
  g_assert_true (bad);
  line_clear (&line);
}

/* The history holds the last 32, oldest first, also when it has gone round. */
static void
test_history (void)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) history = NULL;
  guint64 sent_ms;
  Line line;

  line_init (&line, TRUE);
  virtual_time_pass_ms (40 * 60000);
  svpn_dpd_to_dict (line.dpd, &dict);
  history = g_variant_dict_lookup_value (&dict, "history", G_VARIANT_TYPE ("a(tdb)"));
  g_assert_cmpuint (g_variant_n_children (history), ==, SVPN_KEEPALIVE_HISTORY);
  for (gsize i = 0; i < SVPN_KEEPALIVE_HISTORY; i++) {
    g_variant_get_child (history, i, "(tdb)", &sent_ms, NULL, NULL);
    g_assert_cmpuint (sent_ms, ==,
                      (VIRTUAL_UNIX_S + (40 - SVPN_KEEPALIVE_HISTORY + 1 + (gint64) i) * 60) * 1000);
  }
  line_clear (&line);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/dpd/schedule", test_schedule);
  g_test_add_func ("/dpd/busy", test_busy);
  g_test_add_func ("/dpd/dead", test_dead);
  g_test_add_func ("/dpd/quality", test_quality);
  g_test_add_func ("/dpd/history", test_history);
  return g_test_run ();
}
