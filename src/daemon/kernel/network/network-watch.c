/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * When a tunnel's network is looked at again, and what is told of it. */
#include "network-private.h"
#include "uplink.h"

#include <string.h>

#define SETTLE_MS 20     /* of what comes together, one look is enough */
#define CHECK_MIN_MS 200 /* between two looks */
#define FIGHT_ROUNDS 20  /* in which something was restored, within FIGHT_S, are a fight */
#define FIGHT_S 10
#define REST_S 30

static gboolean on_check_time (gpointer user_data);

static void
schedule_check (SvpnNetwork *network, guint wait_ms)
{
  if (network->check_source == 0)
    network->check_source = g_timeout_add (wait_ms, on_check_time, network);
}

/* Called when somebody has changed something. */
static void
on_kernel_changed (gpointer user_data)
{
  SvpnNetwork *network = user_data;
  gint64 since_ms = (g_get_monotonic_time () - network->checked_us) / 1000;

  schedule_check (network, (guint) MAX (SETTLE_MS, CHECK_MIN_MS - since_ms));
}

/* Whether others take away what we restore again and again. */
static gboolean
is_fought (SvpnNetwork *network)
{
  if (network->checked_us - network->fight_us > FIGHT_S * G_USEC_PER_SEC) {
    network->fight_us = network->checked_us;
    network->rounds = 0;
  }
  return ++network->rounds > FIGHT_ROUNDS;
}

static void
tell_restored (SvpnNetwork *network, GPtrArray *restored)
{
  g_autofree char *text = NULL;

  g_ptr_array_add (restored, NULL);
  text = g_strjoinv (", ", (char **) restored->pdata);
  if (is_fought (network)) {
    g_warning ("%s: another program takes away again and again what the tunnel needs (%s); next look in %d s",
               network->id, text, REST_S);
    network->rounds = 0;
    schedule_check (network, REST_S * 1000);
  } else {
    g_warning ("%s: restored what another program had changed: %s", network->id, text);
  }
  if (network->events)
    network->events->restored ((const char *const *) restored->pdata, network->user_data);
}

void
svpn_network_follow_way (SvpnNetwork *network)
{
  g_autofree char *way = network->is_client ? svpn_uplink_describe_way (&network->client) : NULL;
  g_autofree char *before = network->way;

  network->way = g_strdup (way);
  if (way && before && strcmp (way, before) != 0 && network->events)
    network->events->way_changed (*way != '\0', network->user_data);
}

static gboolean
on_check_time (gpointer user_data)
{
  SvpnNetwork *network = user_data;
  g_autoptr (GPtrArray) restored = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *interface = g_strdup (network->interface);
  g_auto (GStrv) local = svpn_network_get_local_networks (network), local_now = NULL;

  network->check_source = 0;
  network->checked_us = g_get_monotonic_time ();
  if (!svpn_network_find_link (network)) {
    network->events->device_lost (network->user_data);
    return G_SOURCE_REMOVE;
  }
  if (!svpn_network_hold (network, restored, &error))
    g_warning ("%s: %s", network->id, error->message);
  local_now = svpn_network_get_local_networks (network);
  if (strcmp (interface, network->interface) != 0
      || !g_strv_equal ((const char *const *) local, (const char *const *) local_now))
    network->events->changed (network->user_data);
  if (restored->len > 0)
    tell_restored (network, restored);
  svpn_network_follow_way (network);
  return G_SOURCE_REMOVE;
}

void
svpn_network_check (SvpnNetwork *network)
{
  if (!network->monitor)
    return;
  g_clear_handle_id (&network->check_source, g_source_remove);
  on_check_time (network);
}

void
svpn_network_begin_to_watch (SvpnNetwork *network)
{
  g_autoptr (GError) error = NULL;

  if (!network->events || network->monitor)
    return;
  network->monitor = svpn_kernel_monitor_new (on_kernel_changed, network, &error);
  if (!network->monitor)
    g_warning ("%s: what others change is not noticed: %s", network->id, error->message);
  svpn_network_follow_way (network);
}

void
svpn_network_on_dns_changed (const char *what, gpointer user_data)
{
  SvpnNetwork *network = user_data;
  const char *const restored[] = { what, NULL };

  g_warning ("%s: restored what another program had changed: %s", network->id, what);
  if (network->events)
    network->events->restored (restored, network->user_data);
}
