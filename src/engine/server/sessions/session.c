/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One client of a server. */
#include "session.h"
#include "pool.h"

void
svpn_session_free (SvpnSession *session)
{
  svpn_timer_free (session->handshake_timer);
  svpn_timer_free (session->expiry_timer);
  g_clear_pointer (&session->ingress, svpn_shaper_free);
  svpn_peer_free (session->peer);
  g_free (session->remote_address);
  g_free (session->name);
  g_free (session);
}

/* Super-packets stay whole in it: who gets them cuts them if need be. */
static SvpnShaper *
new_ingress (SvpnSession *session)
{
  SvpnShaper *ingress = svpn_shaper_new (session->clock, session->ingress_ready, session);

  svpn_shaper_set_gso (ingress, TRUE);
  return ingress;
}

void
svpn_session_set_limit (SvpnSession *session, guint64 rate_bytes_per_s, guint64 burst_bytes)
{
  svpn_peer_set_limit (session->peer, rate_bytes_per_s, burst_bytes);
  if (session->ingress == NULL && rate_bytes_per_s != 0)
    session->ingress = new_ingress (session);
  if (session->ingress != NULL)
    svpn_shaper_set_limit (session->ingress, rate_bytes_per_s, burst_bytes);
}

void
svpn_session_start_dpd (SvpnSession *session)
{
  svpn_timer_disarm (session->handshake_timer);
  svpn_peer_start_dpd (session->peer, &session->config->keepalive);
}

SvpnCounters *
svpn_session_get_counters (SvpnSession *session)
{
  SvpnCounters *counters = svpn_peer_get_counters (session->peer);

  if (session->ingress != NULL) {
    counters->drops_rate_limit = 0;
    for (int i = 0; i < SVPN_QOS_CLASSES; i++)
      counters->drops_rate_limit += svpn_shaper_get_drops (session->ingress, i);
  }
  return counters;
}

static void
add_address (GVariantDict *dict, const char *key, const SvpnPrefix *pool, guint32 host)
{
  SvpnPrefix address;
  g_autofree char *text = NULL;

  if (pool->family == 0)
    return;
  address = svpn_pool_address (pool, host);
  text = svpn_address_to_string (&address);
  g_variant_dict_insert (dict, key, "s", text);
}

static void
add_limit (SvpnSession *session, GVariantDict *dict)
{
  guint64 rate_bytes_per_s, burst_bytes;

  svpn_peer_get_limit (session->peer, &rate_bytes_per_s, &burst_bytes);
  g_variant_dict_insert (dict, "rate-limit", "t", rate_bytes_per_s);
  g_variant_dict_insert (dict, "rate-limit-burst", "t", burst_bytes);
  g_variant_dict_insert (dict, "rate-limit-live", "b", session->lease != NULL && session->lease->has_limit);
}

static void
add_entries (SvpnSession *session, GVariantDict *dict)
{
  guint64 uptime_us = svpn_clock_boot_us (session->clock) - session->since_us;

  g_variant_dict_insert (dict, "id", "s", session->id);
  g_variant_dict_insert (dict, "remote-address", "s", session->remote_address);
  g_variant_dict_insert (dict, "name", "s", session->name != NULL ? session->name : "");
  g_variant_dict_insert (dict, "mtu", "u", session->mtu);
  g_variant_dict_insert (dict, "since", "t", (guint64) session->since_unix_us / G_USEC_PER_SEC);
  g_variant_dict_insert (dict, "uptime-s", "t", uptime_us / G_USEC_PER_SEC);
  if (session->lease != NULL) {
    add_address (dict, "assigned-ip", &session->config->ipv4_pool, session->lease->host);
    add_address (dict, "assigned-ipv6", &session->config->ipv6_pool, session->lease->host);
  }
  if (session->has_static_key) {
    g_autofree char *key = g_base64_encode (session->static_key, SVPN_KEY_SIZE);
    g_variant_dict_insert (dict, "public-key", "s", key);
  }
  add_limit (session, dict);
  svpn_counters_to_dict (svpn_session_get_counters (session), dict);
  svpn_peer_queues_to_dict (session->peer, dict);
}

GVariant *
svpn_session_to_variant (SvpnSession *session)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_entries (session, &dict);
  return g_variant_dict_end (&dict);
}

GVariant *
svpn_session_telemetry (SvpnSession *session)
{
  guint64 rate_bytes_per_s, burst_bytes;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_entries (session, &dict);
  if (svpn_peer_get_dpd (session->peer) != NULL)
    svpn_dpd_to_dict (svpn_peer_get_dpd (session->peer), &dict);
  svpn_peer_get_limit (session->peer, &rate_bytes_per_s, &burst_bytes);
  g_variant_dict_insert (&dict, "rate-limit-bytes-per-s", "t", rate_bytes_per_s);
  g_variant_dict_insert (&dict, "rate-limit-burst-bytes", "t", burst_bytes);
  return g_variant_dict_end (&dict);
}
