/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server: connections come from the front and become sessions, and the router carries their packets. */
#include "server.h"
#include "admit.h"
#include "error.h"
#include "front.h"
#include "pool.h"
#include "reason.h"
#include "resource-limits.h"
#include "refusals.h"
#include "router.h"
#include "sessions.h"
#include "terms.h"
#include "welcome.h"

#include <glib/gstdio.h>

struct _SvpnServer {
  SvpnServerConfig *config;
  SvpnClock *clock;
  const SvpnServerEvents *events;
  gpointer user_data;
  SvpnPoller *poller;
  SvpnFront *front;                 /* NULL: stopping */
  SvpnFrontCounters front_counters; /* of the front when it was closed */
  SvpnRefusals refusals;            /* of admitted ones that could not become sessions */
  SvpnRouter *router;
  SvpnSessions *sessions;
};

/* --- a session's events --- */

static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
  SvpnSession *session = user_data;
  SvpnServer *server = session->server;

  if (type != SVPN_FRAME_HANDSHAKE_INIT)
    svpn_peer_fail (session->peer, "a client sent HANDSHAKE_RESP");
  else if (svpn_admit (session, payload, size))
    server->events->client_connected (session->id, svpn_session_to_variant (session), server->user_data);
}

static void
on_confirmed (gpointer user_data)
{
  SvpnSession *session = user_data;

  svpn_sessions_confirm (session->sessions, session);
  svpn_session_start_dpd (session);
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  SvpnSession *session = user_data;

  svpn_router_receive (session->server->router, session, packet, data);
}

static void
on_burst_end (gpointer user_data)
{
  SvpnSession *session = user_data;

  svpn_router_flush (session->server->router);
}

static void
on_ended (SvpnPeerEnd end, const char *reason, gpointer user_data)
{
  SvpnSession *session = user_data;
  SvpnServer *server = session->server;

  if (end == SVPN_PEER_END_PROTOCOL)
    server->sessions->protocol_errors++;
  if (session->id[0] != '\0') {
    g_autoptr (GVariant) telemetry = g_variant_ref_sink (svpn_session_to_variant (session));
    g_autofree char *text = svpn_peer_end_is_goodbye (end) ? svpn_reason_from_client (reason)
                                                           : svpn_peer_end_text (end, reason);

    svpn_sessions_detach (server->sessions, session);
    server->events->client_disconnected (session->id, text, telemetry, server->user_data);
  } else {
    g_debug ("connection from %s: %s", session->remote_address, reason);
  }
  svpn_router_forget (server->router, session);
  svpn_sessions_remove (server->sessions, session);
  if (server->front == NULL && server->sessions->all->len == 0)
    server->events->stopped (server->user_data);
}

static const SvpnPeerEvents peer_events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .burst_end = on_burst_end,
  .ended = on_ended,
};

/* Called when the handshake did not complete in time, or when the client has sent nothing sealed for a while after it. It
 * may just be silent then: a keepalive makes it speak, or ends it. */
static void
on_handshake_timeout (gpointer user_data)
{
  SvpnSession *session = user_data;

  if (session->id[0] != '\0') {
    svpn_session_start_dpd (session);
    return;
  }
  session->sessions->handshakes_failed++;
  svpn_peer_disconnect (session->peer, "no handshake in time");
}

static void
on_ingress_ready (gpointer user_data)
{
  SvpnSession *session = user_data;

  svpn_router_drain (session->server->router, session);
}

/* --- beginning and end --- */

static void
on_upgraded (SvpnLine *line, const SvpnEndpoint *address, gpointer user_data)
{
  SvpnServer *server = user_data;
  SvpnPeer *peer = svpn_peer_new (line, SVPN_WS_SERVER, server->clock, &peer_events, NULL);
  SvpnSession *session;

  if (peer == NULL) {
    svpn_refusals_count (&server->refusals);
    return;
  }
  session = svpn_sessions_add (server->sessions, server, address);
  session->peer = peer;
  svpn_peer_set_events (peer, &peer_events, session);
  session->ingress_ready = on_ingress_ready;
  session->expiry_timer = svpn_timer_new (server->clock, svpn_terms_on_expiry, session);
  session->handshake_timer = svpn_timer_new (server->clock, on_handshake_timeout, session);
  svpn_timer_arm (session->handshake_timer, SVPN_HANDSHAKE_TIMEOUT_MS);
  svpn_sessions_begin_handshake (server->sessions, session);
}

static const SvpnFrontEvents front_events = { .upgraded = on_upgraded };

static void
close_front (SvpnServer *server)
{
  if (server->front == NULL)
    return;
  server->front_counters = svpn_front_get_counters (server->front);
  g_clear_pointer (&server->front, svpn_front_free);
}

void
svpn_server_free (SvpnServer *server)
{
  close_front (server);
  svpn_router_free (server->router);
  svpn_sessions_free (server->sessions);
  g_clear_pointer (&server->poller, svpn_poller_free);
  svpn_server_config_free (server->config);
  g_free (server);
}

/* What is wrong with the settings; NULL: nothing. */
static char *
check_config (const SvpnServerConfig *config)
{
  if (!svpn_admit_config_fits (config))
    return g_strdup_printf ("routes, dns: too many; the handshake takes %d and %d, and %d bytes in all",
                            SVPN_ROUTES_MAX, SVPN_DNS_MAX, SVPN_HELLO_SIZE_MAX);
  if (svpn_pool_capacity (&config->ipv4_pool, &config->ipv6_pool) == 0)
    return g_strdup ("ipv4-pool, ipv6-pool: no room for a client");
  return svpn_limits_check (config->max_clients);
}

SvpnServer *
svpn_server_new (SvpnServerConfig *config, SvpnClock *clock, int tun_fd, const SvpnServerEvents *events,
                 gpointer user_data, GError **error)
{
  g_autofree char *flaw = check_config (config);
  SvpnServer *server;

  if (flaw != NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s", flaw);
    svpn_server_config_free (config);
    g_close (tun_fd, NULL);
    return NULL;
  }
  server = g_new0 (SvpnServer, 1);
  server->config = config;
  server->clock = clock;
  server->events = events;
  server->user_data = user_data;
  server->refusals = (SvpnRefusals){
    .clock = clock,
    .what = "clients were refused: no more memory can be locked for their keys (RLIMIT_MEMLOCK)"
  };
  server->sessions
      = svpn_sessions_new (config, clock, svpn_pool_capacity (&config->ipv4_pool, &config->ipv6_pool),
                           svpn_limits_strangers (config->max_clients, SVPN_SESSIONS_HANDSHAKING_MAX));
  server->router = svpn_router_new (server->sessions, tun_fd);
  server->poller = svpn_poller_new (error);
  if (server->poller != NULL)
    server->front = svpn_front_new (config, clock, server->poller, &front_events, server, error);
  if (server->front != NULL)
    return server;
  svpn_server_free (server);
  return NULL;
}

void
svpn_server_attach_tun (SvpnServer *server, int fd)
{
  svpn_router_attach_tun (server->router, fd);
}

gboolean
svpn_server_listen (SvpnServer *server, int fd, GError **error)
{
  return svpn_front_listen (server->front, fd, error);
}

void
svpn_server_stop (SvpnServer *server, const char *reason)
{
  if (server->front == NULL)
    return;
  close_front (server);
  for (guint i = 0; i < server->sessions->all->len; i++) {
    SvpnSession *session = server->sessions->all->pdata[i];

    svpn_peer_disconnect (session->peer, reason);
  }
  if (server->sessions->all->len == 0)
    server->events->stopped (server->user_data);
}

/* --- what an administrator asks for --- */

gboolean
svpn_server_disconnect_client (SvpnServer *server, const char *id, const char *reason, GError **error)
{
  SvpnSession *session = svpn_sessions_find (server->sessions, id, error);

  if (session != NULL)
    svpn_peer_dismiss (session->peer, reason);
  return session != NULL;
}

gboolean
svpn_server_pause_client (SvpnServer *server, const char *id, const char *reason, GError **error)
{
  SvpnSession *session = svpn_sessions_find (server->sessions, id, error);

  if (session != NULL)
    svpn_peer_disconnect (session->peer, reason);
  return session != NULL;
}

gboolean
svpn_server_set_limit (SvpnServer *server, const char *id, guint64 rate_bytes_per_s, guint64 burst_bytes,
                       GError **error)
{
  SvpnSession *session = svpn_sessions_find (server->sessions, id, error);

  if (session != NULL)
    svpn_terms_set_limit (session, rate_bytes_per_s, burst_bytes);
  return session != NULL;
}

gboolean
svpn_server_client_telemetry (SvpnServer *server, const char *id, GVariant **telemetry, GError **error)
{
  SvpnSession *session = svpn_sessions_find (server->sessions, id, error);

  if (session != NULL)
    *telemetry = svpn_session_telemetry (session);
  return session != NULL;
}

gboolean
svpn_server_set_authorized (SvpnServer *server, GVariant *clients, GError **error)
{
  return svpn_terms_set_authorized (server->sessions, clients, error);
}

void
svpn_server_set_tls (SvpnServer *server, SvpnTlsContext *tls)
{
  if (server->front != NULL)
    svpn_front_set_tls (server->front, tls);
}

gboolean
svpn_server_reconfigure (SvpnServer *server, SvpnServerConfig *config, GError **error)
{
  g_autoptr (SvpnServerConfig) before = config; /* once they are exchanged */
  g_autofree char *flaw = NULL;
  gboolean pushed;

  svpn_server_config_exchange (server->config, config);
  flaw = check_config (server->config);
  if (flaw != NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s", flaw);
  if (flaw != NULL
      || (server->front != NULL && !svpn_front_reconfigure (server->front, server->config, error))) {
    svpn_server_config_exchange (server->config, config);
    return FALSE;
  }
  pushed
      = !g_strv_equal ((const char *const *) before->dns, (const char *const *) server->config->dns)
        || !g_strv_equal ((const char *const *) before->routes, (const char *const *) server->config->routes);
  svpn_sessions_reconfigure (
      server->sessions, pushed,
      svpn_limits_strangers (server->config->max_clients, SVPN_SESSIONS_HANDSHAKING_MAX));
  return TRUE;
}

guint
svpn_server_get_n_clients (SvpnServer *server)
{
  return g_hash_table_size (server->sessions->by_id);
}

GVariant *
svpn_server_list_clients (SvpnServer *server)
{
  GPtrArray *all = server->sessions->all;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < all->len; i++) {
    SvpnSession *session = all->pdata[i];

    if (session->id[0] != '\0')
      g_variant_builder_add_value (&builder, svpn_session_to_variant (session));
  }
  return g_variant_builder_end (&builder);
}

GVariant *
svpn_server_list_page (SvpnServer *server, guint offset, guint count, guint *total)
{
  GPtrArray *places = server->sessions->places;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = offset; i < places->len && i - offset < count; i++)
    if (places->pdata[i] != NULL)
      g_variant_builder_add_value (&builder, svpn_session_to_variant (places->pdata[i]));
  *total = places->len;
  return g_variant_builder_end (&builder);
}

void
svpn_server_statistics (SvpnServer *server, GVariantDict *dict)
{
  SvpnFrontCounters front
      = server->front != NULL ? svpn_front_get_counters (server->front) : server->front_counters;
  const SvpnSessions *sessions = server->sessions;
  SvpnCounters sum = svpn_sessions_sum (server->sessions);

  svpn_counters_to_dict (&sum, dict);
  g_variant_dict_insert (dict, "sessions-total", "t", sessions->total);
  g_variant_dict_insert (dict, "handshakes-failed", "t", sessions->handshakes_failed);
  g_variant_dict_insert (dict, "protocol-errors", "t", sessions->protocol_errors);
  g_variant_dict_insert (dict, "admissions-refused", "t", front.admissions_refused);
  g_variant_dict_insert (dict, "admissions-replayed", "t", front.admissions_replayed);
  g_variant_dict_insert (dict, "connections-evicted", "t", front.connections_evicted);
  g_variant_dict_insert (dict, "connections-refused", "t",
                         front.connections_refused + server->refusals.total);
}
