/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Many clients of a server in one process: connects them at a steady rate, keeps them for a while, and prints JSON. Who
 * does not get in tries again as the client does, after 1 s at first and twice as long each time. They answer keepalives; some ping the server's address inside of the tunnel, and some keep it busy with a window of large
 * pings, which its kernel answers.
 *
 * How it works: one epoll, edge-triggered, and one pass a millisecond for what is due by time. Two phases: `connecting`
 * ends when every client is connected or has failed, `steady` lasts --duration from then on. */
#include "echo.h"
#include "options.h"
#include "samples.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#define EVENTS_MAX 512
#define TURN_MS 1
#define CONNECT_TIMEOUT_US (30 * G_USEC_PER_SEC)
#define TRIES_MAX 6
#define BUSY_WINDOW 64
#define BUSY_SIZE 1372

static int n_clients = 1000, rate = 500, n_busy, busy_s, n_pinging = 20, ping_interval_ms = 100;

static const GOptionEntry entries[]
    = { { "clients", 0, 0, G_OPTION_ARG_INT, &n_clients, "Number of clients (1000)", "N" },
        { "rate", 0, 0, G_OPTION_ARG_INT, &rate, "Connections begun a second (500)", "N" },
        { "pinging", 0, 0, G_OPTION_ARG_INT, &n_pinging, "Clients that ping (20)", "N" },
        { "ping-interval", 0, 0, G_OPTION_ARG_INT, &ping_interval_ms, "ms between pings of a client (100)",
          "MS" },
        { "busy", 0, 0, G_OPTION_ARG_INT, &n_busy, "Clients that send all they can (0)", "N" },
        { "busy-for", 0, 0, G_OPTION_ARG_INT, &busy_s, "How long they do, in s (to the end)", "S" },
        { NULL } };

typedef struct {
  Tunnel tunnel; /* first: the two are one address */
  gint64 next_ping_us;
  gint64 again_us; /* of one that did not get in: when it tries again; 0: not */
  guint tries;
  guint in_flight; /* of a busy one */
} Client;

static struct {
  TunnelTarget target;
  Client *clients;
  int epoll;
  guint n_started, n_connecting, n_open;
  gboolean is_steady;
  GHashTable *failed, *lost; /* attempts, and sessions, by the reason */
  GArray *per_second;        /* guint: clients that came to be open in each second */
  Samples *connect_times, *ping_times, *steady_ping_times;
  gint64 start_us, connected_us;
  guint64 busy_bytes;
  guint pings_sent, pings_lost;
} load;

static guint
index_of (const Tunnel *tunnel)
{
  return (guint) ((const Client *) tunnel - load.clients);
}

/* The first clients are busy, the next ones ping, the rest is idle. */
static gboolean
is_busy (const Tunnel *tunnel)
{
  return index_of (tunnel) < (guint) n_busy;
}

static gboolean
is_pinging (const Tunnel *tunnel)
{
  return !is_busy (tunnel) && index_of (tunnel) < (guint) (n_busy + n_pinging);
}

/* --- what clients tell --- */

static void
count_second (gint64 now)
{
  guint second = (guint) ((now - load.start_us) / G_USEC_PER_SEC);

  if (load.per_second->len <= second)
    g_array_set_size (load.per_second, second + 1);
  g_array_index (load.per_second, guint, second)++;
}

static void
on_opened (Tunnel *tunnel)
{
  gint64 now = g_get_monotonic_time ();

  load.n_connecting--;
  load.n_open++;
  samples_add (load.connect_times, now - tunnel->started_us);
  count_second (now);
}

static void
try_again (Client *client, const char *reason)
{
  count (load.failed, reason);
  if (client->tries++ < TRIES_MAX)
    client->again_us = g_get_monotonic_time ()
                       + (gint64) (g_random_double_range (0.5, 1) * (1 << client->tries) * G_USEC_PER_SEC);
  else
    load.n_connecting--;
}

static void
on_closed (Tunnel *tunnel, const char *reason)
{
  if (tunnel->address == 0) {
    try_again ((Client *) tunnel, reason);
    return;
  }
  count (load.lost, reason);
  load.n_open--;
}

static void
send_busy (Client *client)
{
  guint8 packet[BUSY_SIZE];

  if (busy_s > 0 && g_get_monotonic_time () - load.start_us > busy_s * G_USEC_PER_SEC)
    return;
  while (client->in_flight < BUSY_WINDOW) {
    echo_write (packet, sizeof packet, client->tunnel.address, client->tunnel.gateway,
                g_get_monotonic_time ());
    if (!tunnel_send (&client->tunnel, SVPN_FRAME_IP_PACKET, packet, sizeof packet))
      return;
    client->in_flight++;
  }
}

static void
on_packet (Tunnel *tunnel, const guint8 *packet, gsize size)
{
  Client *client = (Client *) tunnel;
  gint64 sent = echo_read (packet, size), now = g_get_monotonic_time ();

  if (sent < 0)
    return;
  if (is_busy (tunnel)) {
    client->in_flight = client->in_flight > 0 ? client->in_flight - 1 : 0;
    load.busy_bytes += load.is_steady ? size : 0;
    send_busy (client);
    return;
  }
  samples_add (load.is_steady ? load.steady_ping_times : load.ping_times, now - sent);
  load.pings_lost--;
}

/* --- what is due --- */

static void
start_client (Client *client)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client };

  client->again_us = 0;
  tunnel_open (&client->tunnel, &load.target, index_of (&client->tunnel));
  if (client->tunnel.state == TUNNEL_CONNECTING)
    epoll_ctl (load.epoll, EPOLL_CTL_ADD, client->tunnel.link.fd, &event);
}

static void
start_due (gint64 now)
{
  guint due = (guint) ((now - load.start_us) * rate / G_USEC_PER_SEC) + 1;

  while (load.n_started < MIN (due, (guint) n_clients)) {
    load.n_connecting++;
    start_client (&load.clients[load.n_started++]);
  }
}

static void
ping (Client *client, gint64 now)
{
  guint8 packet[ECHO_SIZE_MIN];

  if (client->tunnel.state != TUNNEL_OPEN || now < client->next_ping_us)
    return;
  client->next_ping_us = now + ping_interval_ms * G_TIME_SPAN_MILLISECOND;
  echo_write (packet, sizeof packet, client->tunnel.address, client->tunnel.gateway, now);
  load.pings_sent++;
  load.pings_lost++; /* until it comes back */
  tunnel_send (&client->tunnel, SVPN_FRAME_IP_PACKET, packet, sizeof packet);
}

static void
send_due (gint64 now)
{
  for (guint i = 0; i < MIN (load.n_started, (guint) (n_busy + n_pinging)); i++) {
    Client *client = &load.clients[i];

    if (is_pinging (&client->tunnel))
      ping (client, now);
    else if (client->tunnel.state == TUNNEL_OPEN)
      send_busy (client);
  }
}

/* Those that wait too long are closed, and those whose pause is over start again. */
static void
check_attempt (Client *client, gint64 now)
{
  static const char *const reasons[] = { "timeout: TCP or TLS", "timeout: upgrade", "timeout: handshake" };
  Tunnel *tunnel = &client->tunnel;

  if (tunnel->state < TUNNEL_OPEN && now - tunnel->started_us > CONNECT_TIMEOUT_US) {
    const char *reason = reasons[tunnel->state];

    tunnel_close (tunnel);
    try_again (client, reason);
  } else if (client->again_us != 0 && now >= client->again_us) {
    start_client (client);
  }
}

static void
turn (void)
{
  static gint64 next_check;
  struct epoll_event events[EVENTS_MAX];
  int n = epoll_wait (load.epoll, events, EVENTS_MAX, TURN_MS);
  gint64 now;

  for (int i = 0; i < n; i++) {
    Client *client = events[i].data.ptr;

    if (client->tunnel.state != TUNNEL_CLOSED)
      tunnel_run (&client->tunnel, &load.target);
  }
  now = g_get_monotonic_time ();
  start_due (now);
  send_due (now);
  if (now < next_check)
    return;
  for (guint i = 0; i < load.n_started; i++)
    check_attempt (&load.clients[i], now);
  next_check = now + G_USEC_PER_SEC / 10;
}

/* --- the report --- */

static void
report (const Usage *before, const Usage *connected, const Usage *after)
{
  Report *json = report_new ();
  double steady_s = (double) (after->at_us - connected->at_us) / G_USEC_PER_SEC;

  report_number (json, "clients", n_clients);
  report_number (json, "open", load.n_open);
  counts_report (load.failed, json, "failed_attempts");
  counts_report (load.lost, json, "lost");
  report_number (json, "connecting_s", (double) (load.connected_us - load.start_us) / G_USEC_PER_SEC);
  report_numbers (json, "connects_per_second", (const guint *) load.per_second->data, load.per_second->len);
  samples_report (load.connect_times, json, "connect_ms");
  samples_report (load.ping_times, json, "ping_while_connecting_ms");
  samples_report (load.steady_ping_times, json, "ping_steady_ms");
  report_number (json, "pings_sent", load.pings_sent);
  report_number (json, "pings_unanswered", load.pings_lost);
  report_number (json, "steady_s", steady_s);
  report_number (json, "busy_mbit_per_s_each_way", (double) load.busy_bytes * 8 / 1e6 / steady_s);
  if (options.server_pid != 0) {
    usage_report (before, json, "server_before");
    usage_report (connected, json, "server_connected");
    usage_report (after, json, "server_after");
    report_number (json, "server_kb_per_client",
                   load.n_open > 0 ? ((double) connected->rss_kb - before->rss_kb) / load.n_open : 0);
    report_number (json, "server_cpu_us_per_connect",
                   (connected->cpu_s - before->cpu_s) * 1e6 / MAX (load.connect_times->len, 1));
    report_number (json, "server_steady_cpu_percent", usage_cpu_percent (connected, after));
  }
  report_print (json);
}

int
main (int argc, char **argv)
{
  Usage before, connected, after;
  gint64 end;

  options_parse (&argc, &argv, entries,
                 "Connects many clients to a SmartVPN server and prints what it measured, as JSON.");
  options_target (&load.target, TRUE);
  load.target.opened = on_opened;
  load.target.packet = on_packet;
  load.target.closed = on_closed;
  load.clients = g_new0 (Client, MAX (n_clients, 1));
  load.epoll = epoll_create1 (EPOLL_CLOEXEC);
  load.failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  load.lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  load.per_second = g_array_new (FALSE, TRUE, sizeof (guint));
  load.connect_times = samples_new ();
  load.ping_times = samples_new ();
  load.steady_ping_times = samples_new ();

  before = usage_read (options.server_pid);
  load.start_us = g_get_monotonic_time ();
  while (load.n_started < (guint) n_clients || load.n_connecting > 0)
    turn ();
  load.connected_us = g_get_monotonic_time ();
  connected = usage_read (options.server_pid);
  load.is_steady = TRUE;
  end = load.connected_us + options.duration_s * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < end)
    turn ();
  after = usage_read (options.server_pid);
  report (&before, &connected, &after);
  return load.n_open == (guint) n_clients ? 0 : 1;
}
