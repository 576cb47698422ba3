/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The screen of monitor.
 *
 * How it works: figures are never cut. The three graphs are equally wide and take the room that the longest figures beside
 * them leave; where that is too little, there are none. Rows that are still too long continue on the next line. The events
 * take what is left of the screen's height, the newest first. */
#include "monitor-picture.h"
#include "format.h"
#include "i18n.h"
#include "sparkline.h"
#include "terminal.h"
#include "text.h"

#include <inttypes.h>

#define GRAPH_MIN 10
#define GRAPH_MAX 60
#define TITLE 15 /* columns */
#define FIGURES                                                                                              \
  44 /* columns beside a graph that figures usually need; keeps the graphs from changing their width */
#define CLOCK 11 /* columns of the time of an event */

typedef struct {
  GString *text;
  guint columns;
  gboolean colours;
} Picture;

/* ---- Rows ---- */

static const char *
or_dash (const char *text)
{
  return text != NULL && *text != '\0' ? text : "-";
}

static void
append_line (Picture *picture, const char *title, const char *line)
{
  int padding = TITLE - 1 - (int) svpn_text_width (title);

  g_string_append_printf (picture->text, " %s%s%s%*s%s\n", picture->colours ? "\033[2m" : "", title,
                          picture->colours ? "\033[0m" : "", MAX (padding, 1), "", line);
}

/* A title in its column, and @value, which continues below itself. */
static void
append_row (Picture *picture, const char *title, const char *value)
{
  g_autofree char *wrapped = svpn_text_wrap (value, picture->columns, TITLE);

  append_line (picture, title, wrapped);
}

static void
append_word (GString *row, const char *word, gboolean colours)
{
  const char *shown = or_dash (word != NULL ? svpn_word (word) : NULL);
  const char *colour = colours ? svpn_word_colour (shown) : "";

  g_string_append_printf (row, "%s%s%s", colour, shown, *colour != '\0' ? "\033[0m" : "");
}

static void
append_state (Picture *picture, const SvpnMonitorView *view)
{
  g_autoptr (GString) row = g_string_new (NULL);
  g_autofree char *uptime = svpn_format_duration (view->uptime_s);

  append_word (row, view->state, picture->colours);
  if (view->uptime_s > 0 && g_str_equal (view->state, "connected"))
    g_string_append_printf (row, _ (", for %s"), uptime);
  if (view->reconnects > 0)
    g_string_append_printf (row, _ (", %" PRIu64 " reconnects"), view->reconnects);
  if (!view->service_is_running)
    g_string_append (row, _ (" (smartvpnd does not run; last known values)"));
  append_row (picture, _ ("State"), row->str);
}

static void
append_health (Picture *picture, const SvpnMonitorView *view)
{
  g_autoptr (GString) row = g_string_new (NULL);

  append_word (row, view->health, picture->colours);
  if (view->next_keepalive_s > 0)
    g_string_append_printf (row, _ (", next keepalive in %.0f s"), view->next_keepalive_s);
  append_row (picture, _ ("Health"), row->str);
}

static void
append_head (Picture *picture, const SvpnMonitorView *view)
{
  g_autofree char *time = svpn_format_time ((guint64) view->time_s);
  g_autofree char *plain = g_strdup_printf ("SmartVPN  %s  %s", view->name, time);
  g_autofree char *head = svpn_text_wrap (plain, picture->columns, 1);
  g_autofree char *address
      = g_strdup_printf (_ ("%s on %s"), or_dash (view->address), or_dash (view->interface));

  g_string_append_printf (picture->text, " %s%s%s\n\n", picture->colours ? "\033[1m" : "", head,
                          picture->colours ? "\033[0m" : "");
  append_state (picture, view);
  append_health (picture, view);
  append_row (picture, _ ("Server"), or_dash (view->server_url));
  append_row (picture, _ ("Address"), address);
}

/* ---- Graphs ---- */

typedef struct {
  const char *title;
  GArray *values;
  const char *colour;
  char *figures;
} Graph;

static char *
format_rates (double rate, double peak, guint64 total)
{
  g_autofree char *now = svpn_format_rate (rate), *most = svpn_format_rate (peak);
  g_autofree char *sum = g_format_size (total);

  return g_strdup_printf (_ ("%s, peak %s, %s in all"), now, most, sum);
}

static char *
format_rtt (const SvpnMonitorView *view)
{
  g_autofree char *rtt = svpn_format_ms (view->rtt_ms), *jitter = svpn_format_ms (view->jitter_ms);

  return g_strdup_printf (_ ("%s, jitter %s, loss %.0f %%"), or_dash (rtt), or_dash (jitter),
                          100 * view->loss_ratio);
}

/* The columns of each graph; 0 if figures leave too little for any. */
static guint
measure_graphs (const Graph *graphs, guint n_graphs, guint columns)
{
  guint usual = columns >= TITLE + GRAPH_MIN + 2 + FIGURES ? FIGURES : 0, widest = usual;

  for (guint i = 0; i < n_graphs; i++)
    widest = MAX (widest, svpn_text_width (graphs[i].figures));
  return columns < TITLE + GRAPH_MIN + 2 + widest ? 0 : MIN (columns - TITLE - 2 - widest, GRAPH_MAX);
}

static void
append_graph (Picture *picture, const Graph *graph, guint width)
{
  g_autofree char *blocks = NULL, *line = NULL;

  if (width == 0) {
    append_row (picture, graph->title, graph->figures);
    return;
  }
  blocks = svpn_sparkline ((const double *) graph->values->data, graph->values->len, width);
  line = g_strdup_printf ("%s%s%s  %s", picture->colours ? graph->colour : "", blocks,
                          picture->colours ? "\033[0m" : "", graph->figures);
  append_line (picture, graph->title, line);
}

static void
append_graphs (Picture *picture, const SvpnMonitorView *view)
{
  const Graph graphs[] = {
    { _ ("RTT"), view->rtts, "\033[36m", format_rtt (view) },
    { _ ("Received"), view->received_rates, "\033[32m",
      format_rates (view->received_per_s, view->peak_received_per_s, view->bytes_received) },
    { _ ("Sent"), view->sent_rates, "\033[34m",
      format_rates (view->sent_per_s, view->peak_sent_per_s, view->bytes_sent) },
  };
  guint width = measure_graphs (graphs, G_N_ELEMENTS (graphs), picture->columns);

  for (gsize i = 0; i < G_N_ELEMENTS (graphs); i++) {
    append_graph (picture, &graphs[i], width);
    g_free (graphs[i].figures);
  }
}

/* ---- Events ---- */

static guint
count_lines (const char *text)
{
  guint n = 1;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* The newest events that fit into @rows, oldest first. */
static void
append_events (Picture *picture, GPtrArray *events, guint rows)
{
  gsize place = picture->text->len;

  for (guint i = events->len; i > 0; i--) {
    g_autofree char *wrapped = svpn_text_wrap (events->pdata[i - 1], picture->columns, 1 + CLOCK);
    g_autofree char *event = g_strdup_printf ("\n %s", wrapped);
    guint n_lines = count_lines (wrapped);

    if (n_lines > rows)
      return;
    rows -= n_lines;
    g_string_insert (picture->text, (gssize) place, event);
  }
}

/* ---- The picture ---- */

static void
append_drops (Picture *picture, const SvpnMonitorView *view)
{
  g_autofree char *queue = g_format_size (view->queue_bytes);
  g_autofree char *drops = g_strdup_printf (
      _ ("high %" PRIu64 ", normal %" PRIu64 ", low %" PRIu64 ", rate limit %" PRIu64 "; queued %s"),
      view->drops_high, view->drops_normal, view->drops_low, view->drops_rate_limit, queue);

  append_row (picture, _ ("QoS drops"), drops);
}

char *
svpn_monitor_picture (const SvpnMonitorView *view, guint columns, guint rows, gboolean colours)
{
  Picture picture = { g_string_new (NULL), columns, colours };
  guint n_lines;

  append_head (&picture, view);
  g_string_append_c (picture.text, '\n');
  append_graphs (&picture, view);
  g_string_append_c (picture.text, '\n');
  append_drops (&picture, view);
  n_lines = count_lines (picture.text->str) + 2; /* with the last two below */
  append_events (&picture, view->events, rows > n_lines ? rows - n_lines : 0);
  g_string_append_printf (picture.text, "%s\n %s",
                          picture.text->str[picture.text->len - 1] != '\n' ? "\n" : "", _ ("q: quit"));
  return g_string_free (picture.text, FALSE);
}
