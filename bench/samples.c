/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Measured values, and what another process uses. */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- times --- */

Samples *
samples_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
samples_add (Samples *samples, gint64 us)
{
  guint32 value = (guint32) MIN (us, (gint64) G_MAXUINT32);

  g_array_append_val (samples, value);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  guint32 one = *(const guint32 *) a, other = *(const guint32 *) b;

  return one < other ? -1 : one > other;
}

static double
percentile (const Samples *sorted, guint percent)
{
  guint index = sorted->len > 0 ? (guint) ((guint64) (sorted->len - 1) * percent / 100) : 0;

  return sorted->len > 0 ? g_array_index (sorted, guint32, index) / 1000.0 : 0;
}

void
samples_report (Samples *samples, Report *report, const char *name)
{
  g_array_sort (samples, compare);
  report_begin (report, name);
  report_number (report, "n", samples->len);
  report_number (report, "p50", percentile (samples, 50));
  report_number (report, "p90", percentile (samples, 90));
  report_number (report, "p99", percentile (samples, 99));
  report_number (report, "max", percentile (samples, 100));
  report_end (report);
}

/* --- counts --- */

void
count (GHashTable *counts, const char *name)
{
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name));

  g_hash_table_insert (counts, g_strdup (name), GUINT_TO_POINTER (before + 1));
}

void
counts_report (GHashTable *counts, Report *report, const char *name)
{
  GHashTableIter iter;
  gpointer key, value;

  report_begin (report, name);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    report_number (report, key, GPOINTER_TO_UINT (value));
  report_end (report);
}

/* --- another process --- */

/* The number behind @field in /proc/PID/status. */
static guint
status_field (const char *status, const char *field)
{
  const char *at = strstr (status, field);

  return at != NULL ? (guint) strtoul (at + strlen (field), NULL, 10) : 0;
}

static guint
count_descriptors (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

Usage
usage_read (int pid)
{
  g_autofree char *stat_path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *status_path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *stat = NULL, *status = NULL;
  unsigned long user = 0, system = 0;
  Usage usage = { .at_us = g_get_monotonic_time () };

  if (pid == 0 || !g_file_get_contents (stat_path, &stat, NULL, NULL)
      || !g_file_get_contents (status_path, &status, NULL, NULL))
    return usage;
  /* utime and stime are the 12th and 13th behind the name, which is in brackets (proc(5)). */
  sscanf (strrchr (stat, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  usage.cpu_s = (double) (user + system) / (double) sysconf (_SC_CLK_TCK);
  usage.rss_kb = status_field (status, "VmRSS:");
  usage.threads = status_field (status, "Threads:");
  usage.descriptors = count_descriptors (pid);
  return usage;
}

void
usage_report (const Usage *usage, Report *report, const char *name)
{
  report_begin (report, name);
  report_number (report, "cpu_s", usage->cpu_s);
  report_number (report, "rss_kb", usage->rss_kb);
  report_number (report, "threads", usage->threads);
  report_number (report, "descriptors", usage->descriptors);
  report_end (report);
}

double
usage_cpu_percent (const Usage *from, const Usage *to)
{
  return 100 * (to->cpu_s - from->cpu_s) / ((double) MAX (to->at_us - from->at_us, 1) / G_USEC_PER_SEC);
}
