/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of keepalive and health under a virtual clock: what checks and their echoes lead to. */
#include "keepalive.h"

#include "line.h"
#include "table.h"

/* --- the three states --- */

/* Good, Edge (good, too), Slow, Timeout; Healthy, Degraded, Critical, or X for dead, after each of them. */
static const struct {
  const char *name, *checks, *expected;
} scripts[] = {
  { "good", "GGGGG", "HHHHH" },
  { "one-bad-is-nothing", "SGSGGS", "HHHHHH" },
  { "one-timeout-is-nothing", "TGGTGG", "HHHHHH" },
  { "two-slow-lower", "GSS", "HHD" },
  { "as-slow-as-may-be", "EEEESEE", "HHHHHHH" },
  { "two-timeouts-lower", "GTT", "HHD" },
  { "slow-and-timeout-lower", "STGTS", "HDDDC" },
  { "lowering-begins-anew", "SSSGSS", "HDDDDC" },
  { "to-critical", "SSSS", "HDDC" },
  { "critical-is-the-lowest", "SSSSSSSSSSSS", "HDDCCCCCCCCC" },
  { "three-good-raise", "SSGGG", "HDDDH" },
  { "two-good-do-not", "SSGGSGGSGG", "HDDDDDDDDD" },
  { "raising-begins-anew", "SSSSGGGGGSGGG", "HDDCCCDDDDDDH" },
  { "to-healthy-again", "SSSSGGGGGG", "HDDCCCDDDH" },
  { "down-after-up", "SSSSGGGSSGGGGGG", "HDDCCCDDCCCDDDH" },
  { "down-after-healthy", "SSGGGSS", "HDDDHHD" },
  { "alternating-in-healthy", "SGSGSGSGSGSGSGSGSGSG", "HHHHHHHHHHHHHHHHHHHH" },
  { "alternating-in-degraded", "SSGSGSGSGSGSGSGSGSGS", "HDDDDDDDDDDDDDDDDDDD" },
  { "alternating-in-critical", "SSSSGSGSGSGSGSGSGSGS", "HDDCCCCCCCCCCCCCCCCC" },
  { "one-bad-of-three-in-critical", "SSSSGGSGGSGGSGGS", "HDDCCCCCCCCCCCCC" },

  { "dead", "TTTTTTT", "HDDCCCX" },
  { "dead-after-good", "GGGTTTTTTT", "HHHHDDCCCX" },
  { "timeouts-before-critical-do-not-count", "SSSTTTT", "HDDCCCX" },
  { "slow-is-not-dead", "SSSSTTSTTSTTT", "HDDCCCCCCCCCX" },
  { "good-is-not-dead", "SSSSTTGTTGTTT", "HDDCCCCCCCCCX" },
  { "raised-between", "SSSSTTGGGTT", "HDDCCCCCDDC" },

  /* Five of twenty are lost with the ninth check: from then on all are bad, and nothing flaps. */
  { "alternating-timeouts", "TGTGTGTGTGTGTGTGTG", "HHHHHHHHHDDCCCCCCC" },
  { "four-timeouts-of-twenty", "TTTTGGGGGG", "HDDCCCDDDH" },
  /* After six timeouts the line is over the threshold until two of them have left the window. */
  { "six-timeouts-and-recovery", "TTTTTTGGGGGGGGGGGGGGGGGGGGG", "HDDCCCCCCCCCCCCCCCCCCCCDDDH" },
  { "slow-one-in-recovery", "TTTTTTGGGGGGGGGGGGGGGGGSGGG", "HDDCCCCCCCCCCCCCCCCCCCCCCCD" },
};

static const guint64 default_intervals[] = { 60 * S, 30 * S, 10 * S };

static void
test_script (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GString) seen = g_string_new (NULL);
  guint64 due = START;
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  for (const char *kind = scripts[i].checks; *kind != '\0'; kind++) {
    SvpnHealth before = line.keepalive.health;
    SvpnKeepaliveActions actions = line_check (&line, *kind);
    SvpnHealth after = line.keepalive.health;

    g_assert_cmpuint (line.sent_at, ==, due);
    g_assert_cmpint (actions.health_changed, ==, before != after);
    if (actions.health_changed)
      g_assert_cmpint (actions.old_health, ==, before);
    g_assert_cmpint (actions.dead, ==, line.keepalive.dead);
    due = line.sent_at + default_intervals[after];
    g_string_append_c (seen, actions.dead ? 'X' : "HDC"[after]);
  }
  g_assert_cmpstr (seen->str, ==, scripts[i].expected);
}

/* --- death --- */

static const struct {
  const char *name;
  SvpnKeepaliveConfig config;
  guint64 rtt_us; /* of the last good check */
  guint64 expected_ms;
  guint64 early_us; /* where the last good check was not the slowest possible */
} deaths[] = {
  { "defaults", { { 60000, 30000, 10000 }, 5000, 500, 200 }, GOOD_RTT, 215000, 0 },
  { "short", { { 600, 300, 100 }, 50, 40, 200 }, MS, 2150, 0 },
  { "interval-is-timeout", { { 1000, 1000, 1000 }, 1000, 500, 200 }, MS, 8000, 0 },
  { "critical-under-timeout", { { 60000, 30000, 1000 }, 5000, 500, 200 }, MS, 200000, 0 },
  { "two-under-timeout", { { 60000, 3000, 1000 }, 5000, 500, 200 }, MS, 150000, 0 },
  { "all-under-timeout", { { 100, 100, 100 }, 5000, 5000, 200 }, 5 * S - 1, 40000, 1 },
  { "longest", { { G_MAXUINT32, G_MAXUINT32, G_MAXUINT32 }, G_MAXUINT32, 500, 200 }, MS, 34359738360, 0 },
};

static void
test_death (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint64 last_good;
  Line line;

  line_init (&line, &deaths[i].config);
  line_send (&line);
  last_good = line.sent_at;
  line.now += deaths[i].rtt_us;
  line.out = FALSE;
  svpn_keepalive_on_ack (&line.keepalive, last_good, line.now);
  while (!line_next (&line).dead)
    ;
  g_assert_cmpuint (line.now - last_good, ==, deaths[i].expected_ms * MS - deaths[i].early_us);
  g_assert_cmpuint (line.keepalive.timed_out, ==, 7);

  /* Said once, and nothing more. */
  g_assert_cmpuint (svpn_keepalive_deadline (&line.keepalive), ==, G_MAXUINT64);
  for (int minutes = 0; minutes < 10; minutes++) {
    SvpnKeepaliveActions actions = svpn_keepalive_on_timer (&line.keepalive, line.now += 60 * S, 0);

    g_assert_false (actions.dead || actions.send || actions.send_padding || actions.health_changed);
  }
  svpn_keepalive_on_ack (&line.keepalive, line.sent_at, line.now);
  g_assert_true (line.keepalive.dead);
}

/* --- echoes --- */

static void
test_echoes_of_nothing (void)
{
  SvpnKeepalive before;
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  svpn_keepalive_on_ack (&line.keepalive, 0, START);
  svpn_keepalive_on_ack (&line.keepalive, START, START);
  line_send (&line);
  memcpy (&before, &line.keepalive, sizeof before);
  svpn_keepalive_on_ack (&line.keepalive, 0, START);
  svpn_keepalive_on_ack (&line.keepalive, START - 1, START);
  svpn_keepalive_on_ack (&line.keepalive, START + 1, START);
  svpn_keepalive_on_ack (&line.keepalive, G_MAXUINT64, START);
  g_assert_cmpmem (&line.keepalive, sizeof before, &before, sizeof before);

  svpn_keepalive_on_ack (&line.keepalive, START, START + GOOD_RTT);
  g_assert_cmpuint (line.keepalive.answered, ==, 1);
  memcpy (&before, &line.keepalive, sizeof before);
  svpn_keepalive_on_ack (&line.keepalive, START, START + GOOD_RTT); /* a second one */
  svpn_keepalive_on_ack (&line.keepalive, 0, START + GOOD_RTT);
  g_assert_cmpmem (&line.keepalive, sizeof before, &before, sizeof before);
}

/* Late is late, whether the timer or the echo comes first. */
static void
test_late_echo (void)
{
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  line_check (&line, 'T');
  g_assert_cmpuint (line.now, ==, START + 5 * S);
  svpn_keepalive_on_ack (&line.keepalive, START, line.now);
  line_send (&line);
  svpn_keepalive_on_ack (&line.keepalive, line.sent_at, line.sent_at + 5 * S);
  g_assert_cmpuint (line.keepalive.answered, ==, 0);
  g_assert_true (svpn_keepalive_on_timer (&line.keepalive, line.sent_at + 5 * S, 0).health_changed);
  g_assert_cmpuint (line.keepalive.timed_out, ==, 2);
  svpn_keepalive_on_ack (&line.keepalive, line.sent_at, line.sent_at + 6 * S);
  g_assert_cmpuint (line.keepalive.answered, ==, 0);
  g_assert_cmpuint (line.keepalive.timed_out, ==, 2);
  g_assert_cmpint (line.keepalive.health, ==, SVPN_HEALTH_DEGRADED);

  line.out = FALSE;
  line_send (&line);
  svpn_keepalive_on_ack (&line.keepalive, line.sent_at, line.sent_at + 5 * S - 1); /* just in time */
  g_assert_cmpuint (line.keepalive.answered, ==, 1);
}

/* The interval is shorter than the timeout: never two at a time, and the next at once when the first is resolved. */
static void
test_one_at_a_time (void)
{
  const SvpnKeepaliveConfig config = { { 1000, 1000, 1000 }, 5000, 5000, 1000 };
  guint64 first;
  Line line;

  line_init (&line, &config);
  line_send (&line);
  g_assert_cmpuint (svpn_keepalive_deadline (&line.keepalive), ==, START + 5 * S);
  g_assert_false (svpn_keepalive_on_timer (&line.keepalive, START + 2 * S, 0).send);
  svpn_keepalive_on_ack (&line.keepalive, START, START + 3 * S);
  g_assert_cmpuint (svpn_keepalive_deadline (&line.keepalive), ==, START + 3 * S);
  g_assert_true (svpn_keepalive_on_timer (&line.keepalive, START + 3 * S, 0).send);
  first = START + 3 * S;
  g_assert_true (svpn_keepalive_on_timer (&line.keepalive, first + 5 * S, 0).send); /* timed out */
  g_assert_cmpuint (line.keepalive.timed_out, ==, 1);
  svpn_keepalive_on_ack (&line.keepalive, first, first + 5 * S);
  g_assert_cmpuint (line.keepalive.answered, ==, 1);
}

/* --- what echoes tell --- */

/* RTTs in ms, 0 for a timeout; then the estimates in us by hand. */
static const struct {
  const char *name;
  guint rtts[8];
  guint n;
  double srtt_us, rttvar_us, jitter_us, loss;
} measurements[] = {
  { "none", { 0 }, 0, 0, 0, 0, 0 },
  { "first", { 100 }, 1, 100000, 50000, 0, 0 },
  { "same", { 100, 100 }, 2, 100000, 37500, 0, 0 },
  { "slower", { 100, 180 }, 2, 110000, 57500, 5000, 0 },
  { "faster", { 100, 20 }, 2, 90000, 57500, 5000, 0 },
  { "three", { 100, 180, 20 }, 3, 98750, 65625, 14687.5, 0 },
  { "lost-between", { 100, 0, 180 }, 3, 110000, 57500, 5000, 1 / 3. },
  { "lost-first", { 0, 100 }, 2, 100000, 50000, 0, 0.5 },
  { "lost", { 0 }, 1, 0, 0, 0, 1 },
};

static void
test_measurement (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint answered = 0;
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  for (guint n = 0; n < measurements[i].n; n++) {
    guint rtt_ms = measurements[i].rtts[n];

    if (rtt_ms == 0) {
      line_check (&line, 'T');
      continue;
    }
    line_send (&line);
    line.now += rtt_ms * MS;
    line.out = FALSE;
    svpn_keepalive_on_ack (&line.keepalive, line.sent_at, line.now);
    g_assert_cmpfloat_with_epsilon (line.keepalive.last_rtt_us, rtt_ms * 1e3, 1e-9);
    g_assert_cmpuint (line.keepalive.history[n].rtt_us, ==, rtt_ms * MS);
    g_assert_cmpuint (line.keepalive.history[n].sent_us, ==, line.sent_at);
    answered++;
  }
  g_assert_cmpint (line.keepalive.has_rtt, ==, answered > 0);
  g_assert_cmpfloat_with_epsilon (line.keepalive.srtt_us, measurements[i].srtt_us, 1e-6);
  g_assert_cmpfloat_with_epsilon (line.keepalive.rttvar_us, measurements[i].rttvar_us, 1e-6);
  g_assert_cmpfloat_with_epsilon (line.keepalive.jitter_us, measurements[i].jitter_us, 1e-6);
  g_assert_cmpfloat_with_epsilon (svpn_keepalive_loss_ratio (&line.keepalive), measurements[i].loss, 1e-9);
}

/* The window slides: a timeout counts for 20 checks, and the ring of 32 goes round. */
static void
test_window (void)
{
  static const char pattern[]
      = "TGGGGGGGTGGGGGGGGGGGGGTGGGGGGGGGGGGGGGGGGGGGGGGGGTGGGGGGGGGGGGGGGGGGGGGGGGTG";
  Line line;

  line_init (&line, &SVPN_KEEPALIVE_CONFIG_DEFAULT);
  for (gsize n = 1; n < sizeof pattern; n++) {
    gsize size = MIN (n, SVPN_KEEPALIVE_WINDOW), timeouts = 0;

    line_check (&line, pattern[n - 1]);
    for (gsize at = n - size; at < n; at++)
      timeouts += pattern[at] == 'T';
    g_assert_cmpfloat_with_epsilon (svpn_keepalive_loss_ratio (&line.keepalive), (double) timeouts / size,
                                    1e-9);
    g_assert_cmpuint (line.keepalive.history_size, ==, MIN (n, SVPN_KEEPALIVE_HISTORY));
    g_assert_cmpuint (line.keepalive.history_next, ==, n % SVPN_KEEPALIVE_HISTORY);
  }
}

/* More than the share of a full window, whose checks that were not made count as answered. */
static const struct {
  guint threshold_permille;
  const char *checks, *bad; /* B or - for each */
} losses[] = {
  { 200, "TGTGTGTGGGTGG", "B-B-B-B---BBB" },
  { 200, "GGGGTGTGTGTGTGTG", "----B-B-B-B-BBBB" },
  { 0, "TGGGGGGGGGGGGGGGGGGGG", "BBBBBBBBBBBBBBBBBBBB-" },
  { 50, "TGGGGTGGGGGGGGGGGGGGGGG", "B----BBBBBBBBBBBBBBB---" },
  { 999, "TGTGTGTG", "B-B-B-B-" },
};

static void
test_loss (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnKeepaliveConfig config = SVPN_KEEPALIVE_CONFIG_DEFAULT;
  g_autoptr (GString) seen = g_string_new (NULL);
  Line line;

  config.loss_threshold_permille = losses[i].threshold_permille;
  line_init (&line, &config);
  for (gsize n = 0; losses[i].checks[n] != '\0'; n++) {
    line_check (&line, losses[i].checks[n]);
    g_string_append_c (seen, line.keepalive.history[n].bad ? 'B' : '-');
  }
  g_assert_cmpstr (seen->str, ==, losses[i].bad);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/keepalive/script/", scripts, test_script);
  ADD_TABLE ("/keepalive/death/", deaths, test_death);
  ADD_TABLE ("/keepalive/measurement/", measurements, test_measurement);
  g_test_add_func ("/keepalive/echoes-of-nothing", test_echoes_of_nothing);
  g_test_add_func ("/keepalive/late-echo", test_late_echo);
  g_test_add_func ("/keepalive/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/keepalive/window", test_window);
  ADD_ROWS ("/keepalive/loss/", losses, test_loss);
  return g_test_run ();
}
