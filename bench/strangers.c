/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Everybody but a server's clients, in one process: connections that say nothing, that stall in the middle of a TLS
 * handshake or of a request, that send a body without end, that are admitted and then say nothing. Each is opened again
 * when it is closed. Prints JSON.
 *
 * How it works: one epoll, edge-triggered. A kind is a row of a table: how far TLS goes, what is sent then, and what is
 * sent again and again. Whoever is closed comes back after a pause, so that a server that refuses is not asked all the
 * time. */
#include "options.h"
#include "samples.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define TURN_MS 5
#define BODY_BUDGET 16 /* sends of a connection before others get their turn */

static int n_silent, n_stalled, n_half, n_length, n_chunked, n_upgraded, pause_ms = 100;

static const GOptionEntry entries[] = {
  { "silent", 0, 0, G_OPTION_ARG_INT, &n_silent, "Connections without a byte (0)", "N" },
  { "stalled", 0, 0, G_OPTION_ARG_INT, &n_stalled, "TLS handshakes that stop after the first message (0)",
    "N" },
  { "half-heads", 0, 0, G_OPTION_ARG_INT, &n_half, "Requests that stop in the middle of their head (0)",
    "N" },
  { "long-bodies", 0, 0, G_OPTION_ARG_INT, &n_length, "Bodies without end, of a Content-Length (0)", "N" },
  { "chunked-bodies", 0, 0, G_OPTION_ARG_INT, &n_chunked, "Bodies without end, in chunks (0)", "N" },
  { "upgraded", 0, 0, G_OPTION_ARG_INT, &n_upgraded,
    "Admitted WebSockets without a frame; needs --server-key (0)", "N" },
  { "pause", 0, 0, G_OPTION_ARG_INT, &pause_ms, "ms before one that was closed comes back (100)", "MS" },
  { NULL }
};

#define POST "POST / HTTP/1.1\r\nHost: vpn.example\r\nContent-Type: application/octet-stream\r\n"

typedef enum { SILENT, STALLED, HALF_HEAD, LONG_BODY, CHUNKED_BODY, UPGRADED, N_KINDS } Kind;

static const struct {
  const char *name;
  int *number;
  const char *start; /* what is sent after TLS; NULL: an upgrade request */
  gboolean with_body;
} kinds[N_KINDS] = {
  { "silent", &n_silent, "", FALSE },
  { "stalled", &n_stalled, "", FALSE },
  { "half_head", &n_half, "GET / HTTP/1.1\r\nHost: vpn.example\r\nUser-Agent: ", FALSE },
  { "long_body", &n_length, POST "Content-Length: 1000000000000\r\n\r\n", TRUE },
  { "chunked_body", &n_chunked, POST "Transfer-Encoding: chunked\r\n\r\n", TRUE },
  { "upgraded", &n_upgraded, NULL, FALSE },
};

typedef enum { CLOSED, CONNECTING, READY } State;

typedef struct {
  Link link;
  Kind kind;
  State state;
  guint number;
  gboolean has_answer; /* since it was opened */
  gint64 again_us;     /* of a closed one: when it comes back */
} Stranger;

static struct {
  TunnelTarget target;
  Stranger *strangers;
  guint n;
  int epoll;
  struct {
    guint opened, answered, closed, unopened;
    guint64 bytes;
  } totals[N_KINDS];
  GHashTable *answers;
} crowd;

static guint8 chunk[16384]; /* one of a chunked body, and any part of another */

static void
make_chunk (void)
{
  memset (chunk, 'x', sizeof chunk);
  memcpy (chunk, "3ff8\r\n", 6); /* the rest of it, without its CR LF */
  memcpy (chunk + sizeof chunk - 2, "\r\n", 2);
}

static void
close_stranger (Stranger *stranger, gint64 now)
{
  link_close (&stranger->link);
  if (stranger->state != CLOSED)
    crowd.totals[stranger->kind].closed++;
  stranger->state = CLOSED;
  stranger->again_us = now + pause_ms * G_TIME_SPAN_MILLISECOND;
}

static void
open_stranger (Stranger *stranger, gint64 now)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = stranger };

  if (!link_open (&stranger->link, &crowd.target.link, stranger->number)) {
    crowd.totals[stranger->kind].unopened++;
    close_stranger (stranger, now);
    return;
  }
  stranger->state = CONNECTING;
  stranger->has_answer = FALSE;
  epoll_ctl (crowd.epoll, EPOLL_CTL_ADD, stranger->link.fd, &event);
}

/* Goes as far as its kind goes. FALSE if the connection has ended. */
static gboolean
connect_stranger (Stranger *stranger)
{
  gboolean tcp_alone = stranger->kind == SILENT;
  LinkResult result = link_connect (&stranger->link, tcp_alone);
  const char *start = kinds[stranger->kind].start;
  g_autofree char *upgrade = NULL;

  if (result == LINK_AGAIN && stranger->kind == STALLED && link_connect (&stranger->link, TRUE) == LINK_DONE)
    result = LINK_DONE; /* the ClientHello is out */
  if (result != LINK_DONE)
    return result == LINK_AGAIN;
  crowd.totals[stranger->kind].opened++;
  stranger->state = READY;
  if (start == NULL)
    start = upgrade = tunnel_upgrade_request (&crowd.target);
  return *start == '\0' || link_send (&stranger->link, start, strlen (start)) == LINK_DONE;
}

static gboolean
send_body (Stranger *stranger)
{
  for (guint i = 0; i < BODY_BUDGET; i++) {
    LinkResult result = link_flush (&stranger->link);

    if (result == LINK_DONE)
      result = link_send (&stranger->link, chunk, sizeof chunk);
    if (result == LINK_AGAIN)
      return TRUE;
    if (result != LINK_DONE)
      return FALSE;
    crowd.totals[stranger->kind].bytes += sizeof chunk;
  }
  return TRUE;
}

static void
note_answer (Stranger *stranger, const char *data, gsize size)
{
  g_autofree char *answer = NULL;

  if (stranger->has_answer)
    return;
  stranger->has_answer = TRUE;
  crowd.totals[stranger->kind].answered++;
  answer = g_strdup_printf ("%s: %.*s", kinds[stranger->kind].name, (int) MIN (size, 12), data);
  count (crowd.answers, answer);
}

/* Of those for whom TLS is finished; the others' sockets are only watched for their end. */
static gboolean
read_stranger (Stranger *stranger)
{
  static char data[65536];
  gsize n;

  if (stranger->kind == SILENT || stranger->kind == STALLED) {
    ssize_t result;

    while ((result = recv (stranger->link.fd, data, sizeof data, 0)) > 0)
      continue;
    return result < 0 && link_connect (&stranger->link, TRUE) == LINK_DONE;
  }
  for (;;) {
    LinkResult result = link_receive (&stranger->link, data, sizeof data, &n);

    if (result != LINK_DONE)
      return result == LINK_AGAIN;
    note_answer (stranger, data, n);
  }
}

static void
run_stranger (Stranger *stranger, gint64 now)
{
  gboolean lives = TRUE;

  if (stranger->state == CONNECTING)
    lives = connect_stranger (stranger);
  if (lives && stranger->state == READY)
    lives = read_stranger (stranger) && (!kinds[stranger->kind].with_body || send_body (stranger));
  if (!lives)
    close_stranger (stranger, now);
}

static void
turn (void)
{
  struct epoll_event events[EVENTS_MAX];
  int n = epoll_wait (crowd.epoll, events, EVENTS_MAX, TURN_MS);
  gint64 now = g_get_monotonic_time ();

  for (int i = 0; i < n; i++) {
    Stranger *stranger = events[i].data.ptr;

    if (stranger->state != CLOSED)
      run_stranger (stranger, now);
  }
  for (guint i = 0; i < crowd.n; i++) {
    Stranger *stranger = &crowd.strangers[i];

    if (stranger->state == CLOSED && stranger->again_us <= now)
      open_stranger (stranger, now);
    else if (stranger->state == READY && kinds[stranger->kind].with_body)
      run_stranger (stranger, now); /* its budget may have ended before the socket was full */
  }
}

static void
report (const Usage *before, const Usage *after, guint most_rss_kb)
{
  Report *json = report_new ();

  for (guint kind = 0; kind < N_KINDS; kind++) {
    if (*kinds[kind].number == 0)
      continue;
    report_begin (json, kinds[kind].name);
    report_number (json, "number", *kinds[kind].number);
    report_number (json, "opened", crowd.totals[kind].opened);
    report_number (json, "answered", crowd.totals[kind].answered);
    report_number (json, "closed", crowd.totals[kind].closed);
    report_number (json, "no_socket", crowd.totals[kind].unopened);
    report_number (json, "body_mb", (double) crowd.totals[kind].bytes / 1e6);
    report_end (json);
  }
  counts_report (crowd.answers, json, "answers");
  if (options.server_pid != 0) {
    usage_report (before, json, "server_before");
    usage_report (after, json, "server_after");
    report_number (json, "server_most_rss_kb", most_rss_kb);
    report_number (json, "server_cpu_percent", usage_cpu_percent (before, after));
  }
  report_print (json);
}

static void
make_strangers (void)
{
  guint at = 0;

  for (guint kind = 0; kind < N_KINDS; kind++)
    crowd.n += (guint) MAX (*kinds[kind].number, 0);
  crowd.strangers = g_new0 (Stranger, MAX (crowd.n, 1));
  for (guint kind = 0; kind < N_KINDS; kind++)
    for (int i = 0; i < *kinds[kind].number; i++, at++)
      crowd.strangers[at] = (Stranger){ .link = { .fd = -1 }, .kind = kind, .number = at };
}

int
main (int argc, char **argv)
{
  Usage before, after;
  guint most_rss_kb = 0;
  gint64 end, next_look = 0;

  options_parse (
      &argc, &argv, entries,
      "Holds connections to a server that are not its clients', and prints what became of them, as JSON.");
  options_target (&crowd.target, n_upgraded > 0);
  crowd.epoll = epoll_create1 (EPOLL_CLOEXEC);
  crowd.answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  make_chunk ();
  make_strangers ();

  before = usage_read (options.server_pid);
  end = g_get_monotonic_time () + options.duration_s * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < end) {
    turn ();
    if (options.server_pid == 0 || g_get_monotonic_time () < next_look)
      continue;
    after = usage_read (options.server_pid);
    most_rss_kb = MAX (most_rss_kb, after.rss_kb);
    next_look = after.at_us + G_USEC_PER_SEC / 10;
  }
  after = usage_read (options.server_pid);
  report (&before, &after, most_rss_kb);
  return 0;
}
