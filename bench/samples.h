/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Measured values, and what another process uses. */
#pragma once

#include "report.h"

/* Times, in us. */
typedef GArray Samples;

Samples *samples_new (void);
void samples_add (Samples *samples, gint64 us);
/* {"n", "p50", "p90", "p99", "max"} in ms. */
void samples_report (Samples *samples, Report *report, const char *name);

/* Counts by name. */
void count (GHashTable *counts, const char *name);
void counts_report (GHashTable *counts, Report *report, const char *name);

/* What a process has used up to now. */
typedef struct {
  gint64 at_us;
  double cpu_s;
  guint rss_kb, threads, descriptors;
} Usage;

/* @pid 0: nothing is measured, all is 0. */
Usage usage_read (int pid);
void usage_report (const Usage *usage, Report *report, const char *name);
/* CPU between two, in % of a core. */
double usage_cpu_percent (const Usage *from, const Usage *to);
