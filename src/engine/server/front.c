/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's face to the network.
 *
 * How it works: each connection is a visitor: a stranger (front/stranger.h) with what the event loop needs for it. It is in
 * the crowd of the silent, where it costs its socket and some hundred bytes, until it has sent something whole; then in
 * the smaller crowd of the busy, where it may cost TLS and buffers. A crowd that is full sends somebody away.
 *
 * A handshake is the dearest that a stranger can ask for, by his first bytes. So the silent and the busy have pollers of
 * their own, and what was begun is completed first: who got his handshake does not wait behind all that still want one, and
 * sessions wait for neither. */
#include "front.h"
#include "channel-line.h"
#include "crowd.h"
#include "doorway.h"
#include "resource-limits.h"
#include "stranger.h"

#include <glib/gstdio.h>
#include <malloc.h>
#include <sodium.h>
#include <string.h>

#define TURN_US 4000 /* for each kind of visitors, before sessions get their turn */
#define TRIM_DELAY_MS 5000
#define TRIM_AFTER 64 /* busy visitors that have gone */

struct _SvpnFront {
  SvpnStrangerConfig stranger_config;
  SvpnRelayConfig origin;
  SvpnGate gate;
  SvpnTlsContext *tls;
  SvpnClock *clock;
  SvpnPoller *poller;                     /* the server's, for what becomes a session */
  SvpnPoller *late_poller, *early_poller; /* below it, for visitors past their first bytes, and before */
  const SvpnFrontEvents *events;
  gpointer user_data;
  SvpnDoorway *doorway;
  SvpnCrowd *silent, *busy;
  GQueue visitors; /* Visitor */
  SvpnRefusals evictions;
  SvpnTimer *trim_timer;
  guint n_gone; /* busy ones, since memory was given back */
};

typedef struct {
  SvpnFront *front;
  SvpnStranger *stranger;
  SvpnWatch client, origin;
  SvpnTimer *timer;
  guint64 deadline_us; /* that the timer is armed for */
  SvpnCrowdMember member;
  gboolean is_busy;   /* in which crowd */
  SvpnPrefix address; /* that it is counted for there */
  GList link;
} Visitor;

/* --- memory --- */

/* After a flood malloc would keep what it took for ever. */
static void
on_trim (gpointer user_data)
{
  SvpnFront *front = user_data;

  front->n_gone = 0;
  malloc_trim (0);
}

static void
note_gone (SvpnFront *front)
{
  if (++front->n_gone >= TRIM_AFTER && !svpn_timer_is_armed (front->trim_timer))
    svpn_timer_arm (front->trim_timer, TRIM_DELAY_MS);
}

/* --- visitors --- */

static void
visitor_free (Visitor *visitor)
{
  SvpnFront *front = visitor->front;

  svpn_watch_clear (&visitor->client);
  svpn_watch_clear (&visitor->origin);
  svpn_crowd_leave (visitor->is_busy ? front->busy : front->silent, &visitor->member);
  if (visitor->is_busy)
    note_gone (front);
  g_queue_unlink (&front->visitors, &visitor->link);
  svpn_timer_free (visitor->timer);
  svpn_stranger_free (visitor->stranger);
  g_free (visitor);
}

static Visitor *
visitor_of (SvpnCrowdMember *member)
{
  return (Visitor *) ((char *) member - G_STRUCT_OFFSET (Visitor, member));
}

static void
evict (SvpnFront *front, SvpnCrowdMember *member)
{
  if (member == NULL)
    return;
  svpn_refusals_count (&front->evictions);
  visitor_free (visitor_of (member));
}

/* Counts the visitor where it belongs. Whoever has to go for it, perhaps itself, is gone, and so is one that the kernel
 * cannot wait for. */
static void
count_visitor (Visitor *visitor)
{
  SvpnFront *front = visitor->front;
  const SvpnPrefix *address = &svpn_stranger_get_address (visitor->stranger)->address;
  gboolean is_busy = svpn_stranger_is_heavy (visitor->stranger);

  if (visitor->member.source != NULL && is_busy == visitor->is_busy
      && memcmp (address, &visitor->address, sizeof *address) == 0)
    return;
  svpn_crowd_leave (visitor->is_busy ? front->busy : front->silent, &visitor->member);
  visitor->is_busy = is_busy;
  visitor->address = *address;
  if (!svpn_watch_move (&visitor->client, is_busy ? front->late_poller : front->early_poller)) {
    visitor_free (visitor);
    return;
  }
  evict (front, svpn_crowd_join (is_busy ? front->busy : front->silent, &visitor->member, address));
}

static void
hand_over (Visitor *visitor)
{
  SvpnFront *front = visitor->front;
  SvpnEndpoint address = *svpn_stranger_get_address (visitor->stranger);
  const guint8 *bytes;
  gsize size;
  SvpnChannel channel = svpn_stranger_steal (visitor->stranger, &bytes, &size);
  SvpnLine *line;

  svpn_watch_clear (&visitor->client);
  line = svpn_channel_line_new (front->poller, &channel, bytes, size);
  visitor_free (visitor);
  front->events->upgraded (line, &address, front->user_data);
}

/* FALSE if the kernel cannot wait for it. */
static gboolean
wait_for (Visitor *visitor, const SvpnWish *wish)
{
  SvpnStranger *stranger = visitor->stranger;

  if (!svpn_watch_set (&visitor->client, svpn_stranger_get_fd (stranger), wish->client_events)
      || !svpn_watch_set (&visitor->origin, svpn_stranger_get_origin_fd (stranger), wish->origin_events))
    return FALSE;
  if (wish->again)
    svpn_watch_again (&visitor->client);
  if (visitor->deadline_us != (guint64) wish->deadline_us) {
    visitor->deadline_us = (guint64) wish->deadline_us;
    svpn_timer_arm_at (visitor->timer, visitor->deadline_us);
  }
  return TRUE;
}

static void
run_visitor (Visitor *visitor)
{
  SvpnClock *clock = visitor->front->clock;
  gint64 unix_s = svpn_clock_unix_us (clock) / G_USEC_PER_SEC;
  SvpnWish wish;

  switch (svpn_stranger_run (visitor->stranger, (gint64) svpn_clock_boot_us (clock), unix_s, &wish)) {
  case SVPN_STRANGER_GONE:
    visitor_free (visitor);
    return;
  case SVPN_STRANGER_ADMITTED:
    hand_over (visitor);
    return;
  case SVPN_STRANGER_GOING:
    break;
  }
  if (wait_for (visitor, &wish))
    count_visitor (visitor);
  else
    visitor_free (visitor);
}

static void
on_ready (short events, gpointer user_data)
{
  run_visitor (user_data);
}

static void
on_deadline (gpointer user_data)
{
  Visitor *visitor = user_data;

  visitor->deadline_us = 0;
  run_visitor (visitor);
}

/* --- the doorway's events --- */

static void
on_arrived (int fd, const SvpnEndpoint *peer, gpointer user_data)
{
  SvpnFront *front = user_data;
  SvpnStranger *stranger
      = svpn_stranger_new (&front->stranger_config, fd, peer, (gint64) svpn_clock_boot_us (front->clock));
  Visitor *visitor = stranger != NULL ? g_try_new0 (Visitor, 1) : NULL;

  if (visitor == NULL) {
    svpn_refusals_count (&front->evictions);
    if (stranger != NULL)
      svpn_stranger_free (stranger);
    else
      g_close (fd, NULL);
    return;
  }
  visitor->front = front;
  visitor->stranger = stranger;
  svpn_watch_init (&visitor->client, front->early_poller, on_ready, visitor);
  svpn_watch_init (&visitor->origin, front->late_poller, on_ready, visitor);
  visitor->timer = svpn_timer_new (front->clock, on_deadline, visitor);
  visitor->link.data = visitor;
  g_queue_push_tail_link (&front->visitors, &visitor->link);
  run_visitor (visitor);
}

/* A busy one holds more, but a silent one is rarely anybody's. */
static gboolean
make_room (gpointer user_data)
{
  SvpnFront *front = user_data;
  SvpnCrowdMember *member = svpn_crowd_greediest (front->silent);

  if (member == NULL)
    member = svpn_crowd_greediest (front->busy);
  evict (front, member);
  return member != NULL;
}

static const SvpnDoorwayEvents doorway_events = { .arrived = on_arrived, .make_room = make_room };

/* --- beginning and end --- */

static SvpnSite *
open_site (SvpnFront *front, const SvpnServerConfig *config, GError **error)
{
  return config->decoy_directory != NULL
             ? svpn_site_new_directory (config->decoy_directory, error)
             : svpn_site_new_page (svpn_clock_unix_us (front->clock) / G_USEC_PER_SEC);
}

/* Those that may change. */
static void
take_settings (SvpnFront *front, const SvpnServerConfig *config, SvpnSite *site)
{
  SvpnStrangerConfig *strangers = &front->stranger_config;
  guint busy_max = svpn_limits_strangers (config->max_clients, SVPN_FRONT_BUSY_MAX);

  svpn_crowd_set_max (front->busy, busy_max, busy_max / 2);
  front->gate.require_proof = config->require_proof;
  front->origin = config->origin;
  front->origin.fd_max = svpn_doorway_get_fd_max (front->doorway);
  strangers->origin = config->origin.origin.address.family != 0 ? &front->origin : NULL;
  strangers->trusted = config->trusted_proxies;
  strangers->n_trusted = config->n_trusted_proxies;
  g_clear_pointer (&strangers->site, svpn_site_free);
  strangers->site = site;
}

static void
set_up_strangers (SvpnFront *front, const SvpnServerConfig *config)
{
  uint8_t table_key[16];

  randombytes_buf (table_key, sizeof table_key);
  front->tls = config->tls != NULL ? svpn_tls_context_ref (config->tls) : NULL;
  front->gate = (SvpnGate){ .path = config->path,
                            .private_key = config->private_key,
                            .admissions = svpn_admission_table_new (table_key) };
  front->stranger_config = (SvpnStrangerConfig){ .tls = front->tls, .gate = &front->gate };
}

/* FALSE: the kernel has no more descriptors. */
static gboolean
open_pollers (SvpnFront *front, GError **error)
{
  front->late_poller = svpn_poller_new_below (front->poller, NULL, TURN_US, error);
  if (front->late_poller == NULL)
    return FALSE;
  front->early_poller = svpn_poller_new_below (front->poller, front->late_poller, TURN_US, error);
  if (front->early_poller == NULL)
    g_clear_pointer (&front->late_poller, svpn_poller_free);
  return front->early_poller != NULL;
}

SvpnFront *
svpn_front_new (const SvpnServerConfig *config, SvpnClock *clock, SvpnPoller *poller,
                const SvpnFrontEvents *events, gpointer user_data, GError **error)
{
  g_autofree SvpnFront *front = g_new0 (SvpnFront, 1);
  SvpnSite *site;

  front->clock = clock;
  front->poller = poller;
  site = open_site (front, config, error);
  if (site == NULL)
    return NULL;
  if (!open_pollers (front, error)) {
    svpn_site_free (site);
    return NULL;
  }
  front->events = events;
  front->user_data = user_data;
  front->silent = svpn_crowd_new (SVPN_FRONT_SILENT_MAX, SVPN_FRONT_SILENT_PER_SOURCE_MAX);
  front->busy = svpn_crowd_new (0, 0); /* take_settings() sets the bounds */
  front->evictions = (SvpnRefusals){
    .clock = clock, .what = "connections that were no sessions made room for others: there are too many"
  };
  front->trim_timer = svpn_timer_new (clock, on_trim, front);
  g_queue_init (&front->visitors);
  front->doorway = svpn_doorway_new (front->late_poller, clock, &doorway_events, front);
  set_up_strangers (front, config);
  take_settings (front, config, site);
  return g_steal_pointer (&front);
}

gboolean
svpn_front_reconfigure (SvpnFront *front, const SvpnServerConfig *config, GError **error)
{
  SvpnSite *site = open_site (front, config, error);

  if (site != NULL)
    take_settings (front, config, site);
  return site != NULL;
}

gboolean
svpn_front_listen (SvpnFront *front, int fd, GError **error)
{
  return svpn_doorway_add (front->doorway, fd, error);
}

void
svpn_front_free (SvpnFront *front)
{
  while (front->visitors.length > 0)
    visitor_free (g_queue_peek_head (&front->visitors));
  svpn_doorway_free (front->doorway);
  svpn_poller_free (front->late_poller);
  svpn_poller_free (front->early_poller);
  svpn_crowd_free (front->silent);
  svpn_crowd_free (front->busy);
  svpn_timer_free (front->trim_timer);
  svpn_site_free (front->stranger_config.site);
  svpn_admission_table_free (front->gate.admissions);
  g_clear_pointer (&front->tls, svpn_tls_context_unref);
  g_free (front);
}

void
svpn_front_set_tls (SvpnFront *front, SvpnTlsContext *tls)
{
  if (front->tls == NULL)
    return;
  svpn_tls_context_unref (front->tls);
  front->tls = svpn_tls_context_ref (tls);
  front->stranger_config.tls = front->tls;
}

SvpnFrontCounters
svpn_front_get_counters (SvpnFront *front)
{
  return (SvpnFrontCounters){ .admissions_refused = front->gate.refused,
                              .admissions_replayed = front->gate.replayed,
                              .connections_evicted = front->evictions.total,
                              .connections_refused = svpn_doorway_get_refused (front->doorway) };
}
