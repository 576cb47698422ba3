/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server: sessions come from the front, packets go between the TUN device and the session that has the address. */
#include "server.h"
#include "error.h"
#include "pool.h"
#include "session.h"

#include <sodium.h>
#include <string.h>

SvpnServerConfig *
svpn_server_config_new (void)
{
  return g_new0 (SvpnServerConfig, 1);
}

void
svpn_server_config_free (SvpnServerConfig *config)
{
  g_free (config->path);
  g_clear_object (&config->certificate);
  if (config->private_key != NULL)
    sodium_free (config->private_key);
  g_strfreev (config->dns);
  g_strfreev (config->routes);
  g_free (config);
}

/* --- sessions --- */

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

GVariant *
svpn_session_to_variant (SvpnSession *session)
{
  GVariantDict dict;
  SvpnServerConfig *config = session->server->config;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", session->id);
  g_variant_dict_insert (&dict, "remote-address", "s", session->remote_address);
  g_variant_dict_insert (&dict, "name", "s", session->name != NULL ? session->name : "");
  g_variant_dict_insert (&dict, "mtu", "u", session->mtu);
  g_variant_dict_insert (&dict, "since", "t", (guint64) session->since_unix_s);
  g_variant_dict_insert (&dict, "uptime-s", "t",
                         (guint64) (g_get_monotonic_time () - session->since_us) / G_USEC_PER_SEC);
  if (session->lease != NULL) {
    SvpnPrefix ipv4 = svpn_pool_address (&config->ipv4_pool, session->lease->host);
    g_autofree char *ipv4_text = svpn_address_to_string (&ipv4);
    g_variant_dict_insert (&dict, "assigned-ip", "s", ipv4_text);
  }
  if (session->lease != NULL && config->ipv6_pool.family != 0) {
    SvpnPrefix ipv6 = svpn_pool_address (&config->ipv6_pool, session->lease->host);
    g_autofree char *ipv6_text = svpn_address_to_string (&ipv6);
    g_variant_dict_insert (&dict, "assigned-ipv6", "s", ipv6_text);
  }
  if (session->has_static_key) {
    g_autofree char *key = g_base64_encode (session->static_key, SVPN_KEY_SIZE);
    g_variant_dict_insert (&dict, "public-key", "s", key);
  }
  svpn_counters_to_dict (svpn_session_get_counters (session), &dict);
  svpn_peer_queues_to_dict (session->peer, &dict);
  return g_variant_dict_end (&dict);
}

void
svpn_session_detach (SvpnSession *session)
{
  SvpnServer *server = session->server;

  if (session->id[0] != '\0')
    g_hash_table_remove (server->by_id, session->id);
  if (session->lease == NULL)
    return;
  if (g_hash_table_lookup (server->by_host, GUINT_TO_POINTER (session->lease->host)) == session)
    g_hash_table_remove (server->by_host, GUINT_TO_POINTER (session->lease->host));
  svpn_leases_release (server->leases, session->lease);
  session->lease = NULL;
}

static void
session_free (SvpnSession *session)
{
  SvpnServer *server = session->server;

  svpn_session_detach (session);
  if (session->dirty)
    g_ptr_array_remove_fast (server->dirty, session);
  g_clear_handle_id (&session->handshake_timer, g_source_remove);
  g_clear_handle_id (&session->expiry_timer, g_source_remove);
  svpn_counters_add (&server->past, svpn_session_get_counters (session));
  g_clear_pointer (&session->ingress, svpn_shaper_free);
  svpn_peer_free (session->peer);
  g_free (session->remote_address);
  g_free (session->name);
  g_free (session);
}

static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
  SvpnSession *session = user_data;

  if (type == SVPN_FRAME_HANDSHAKE_INIT)
    svpn_session_admit (session, payload, size);
  else
    svpn_peer_fail (session->peer, "a client sent HANDSHAKE_RESP");
}

static void
on_confirmed (gpointer user_data)
{
  SvpnSession *session = user_data;

  session->confirmed = TRUE;
  if (session->lease != NULL)
    svpn_session_install (session);
  svpn_session_start_vitals (session);
}

static void
on_ended (SvpnPeerEnd end, const char *reason, gpointer user_data)
{
  SvpnSession *session = user_data;
  SvpnServer *server = session->server;

  if (end == SVPN_PEER_END_PROTOCOL)
    server->protocol_errors++;
  if (session->id[0] != '\0') {
    g_autoptr (GVariant) telemetry = g_variant_ref_sink (svpn_session_to_variant (session));

    svpn_session_detach (session);
    server->events->client_disconnected (session->id, reason, telemetry, server->user_data);
  } else {
    g_debug ("connection from %s: %s", session->remote_address, reason);
  }
  g_ptr_array_remove_fast (server->connections, session);
  if (server->stopping && server->connections->len == 0)
    server->events->stopped (server->user_data);
}

/* Called when the handshake did not complete in time. */
static gboolean
on_handshake_timeout (gpointer user_data)
{
  SvpnSession *session = user_data;

  session->handshake_timer = 0;
  session->server->handshakes_failed++;
  svpn_peer_disconnect (session->peer, "no handshake in time");
  return G_SOURCE_REMOVE;
}

/* --- packets --- */

static gboolean
on_flush (gpointer user_data)
{
  SvpnServer *server = user_data;

  g_clear_handle_id (&server->flush_source, g_source_remove);
  for (guint i = 0; i < server->dirty->len; i++) {
    SvpnSession *session = server->dirty->pdata[i];

    session->dirty = FALSE;
    svpn_peer_flush (session->peer);
  }
  g_ptr_array_set_size (server->dirty, 0);
  return G_SOURCE_REMOVE;
}

/* Queues a packet; it is flushed with the rest of the burst. */
static void
queue_to (SvpnSession *session, const SvpnPacket *packet, const uint8_t *data)
{
  SvpnServer *server = session->server;

  svpn_peer_send_packet (session->peer, packet, data);
  if (!session->dirty) {
    session->dirty = TRUE;
    g_ptr_array_add (server->dirty, session);
  }
  if (server->flush_source == 0)
    server->flush_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_flush, server, NULL);
}

/* Sends an ICMP answer to where the packet came from: @from, or the TUN device. */
static void
answer_to (SvpnServer *server, SvpnSession *from, const uint8_t *answer, size_t size)
{
  SvpnPacket packet;

  if (from == NULL)
    svpn_tun_write (server->tun, answer, size);
  else if (svpn_packet_parse (answer, size, &packet) == SVPN_PACKET_OK)
    queue_to (from, &packet, answer);
}

/* Sends a packet from @from (NULL: the TUN device) to whoever has the address. */
static void
send_to (SvpnServer *server, guint32 host, SvpnSession *from, const SvpnPacket *packet, const uint8_t *data)
{
  SvpnSession *session = g_hash_table_lookup (server->by_host, GUINT_TO_POINTER (host));
  uint8_t answer[SVPN_MTU_ANSWER_MAX];
  size_t answer_size;

  if (session == NULL) {
    (from != NULL ? svpn_peer_get_counters (from->peer) : &server->past)->drops_no_route++;
    return;
  }
  /* The answer comes from the destination: an address that whoever sent the packet does not have. */
  if (!svpn_too_big_refuse (&server->too_big, packet, data, packet->destination, session->mtu, answer,
                            &answer_size)) {
    queue_to (session, packet, data);
    return;
  }
  svpn_peer_get_counters (session->peer)->drops_too_big++;
  if (answer_size > 0)
    answer_to (server, from, answer, answer_size);
}

static const SvpnPrefix *
pool_of (const SvpnServer *server, const SvpnPacket *packet)
{
  return packet->version == 4 ? &server->config->ipv4_pool : &server->config->ipv6_pool;
}

static void
on_tun_packet (const uint8_t *data, size_t size, gpointer user_data)
{
  SvpnServer *server = user_data;
  SvpnPacket packet;
  guint32 host;

  if (svpn_packet_parse (data, size, &packet) != SVPN_PACKET_OK)
    server->past.drops_malformed++;
  else if (!svpn_pool_find (pool_of (server, &packet), packet.destination, &host))
    server->past.drops_no_route++;
  else
    send_to (server, host, NULL, &packet, data);
}

static void
on_tun_burst_end (gpointer user_data)
{
  on_flush (user_data);
}

/* Somebody has deleted the device; the sessions go on, and svpn_server_attach_tun() brings another one. */
static void
on_tun_failed (const GError *error, gpointer user_data)
{
  g_warning ("%s; waiting for another device", error->message);
}

static const SvpnTunEvents tun_events = {
  .packet = on_tun_packet,
  .burst_end = on_tun_burst_end,
  .failed = on_tun_failed,
};

void
svpn_server_attach_tun (SvpnServer *server, int fd)
{
  svpn_tun_free (server->tun);
  server->tun = svpn_tun_new (fd, &tun_events, server);
}

/* Hands a packet on whose source is the client's own. Other clients are off limits unless allowed. */
static void
forward (SvpnSession *session, const SvpnPacket *packet, const uint8_t *data)
{
  SvpnServer *server = session->server;
  guint32 host;

  if (!svpn_pool_find (pool_of (server, packet), packet->destination, &host) || host == SVPN_POOL_SERVER_HOST)
    svpn_tun_write (server->tun, data, packet->size);
  else if (server->config->client_to_client)
    send_to (server, host, session, packet, data);
  else
    svpn_peer_get_counters (session->peer)->drops_client_to_client++;
}

void
svpn_session_drain_ingress (gpointer user_data)
{
  SvpnSession *session = user_data;
  const uint8_t *data;
  size_t size;

  /* What still waits of a session that was ended (revoked, say) goes nowhere: its address may be another's by now. */
  while (svpn_peer_get_state (session->peer) == SVPN_PEER_OPEN && session->lease != NULL
         && svpn_shaper_peek (session->ingress, &data, &size)) {
    SvpnPacket packet;

    if (svpn_packet_parse (data, size, &packet) == SVPN_PACKET_OK)
      forward (session, &packet, data);
    svpn_shaper_take (session->ingress);
  }
}

/* Called on a packet from a client: its source must be the client's. */
static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  SvpnSession *session = user_data;
  guint32 host;

  if (session->lease == NULL || !svpn_pool_find (pool_of (session->server, packet), packet->source, &host)
      || host != session->lease->host) {
    svpn_peer_get_counters (session->peer)->drops_spoofed++;
    return;
  }
  if (session->ingress == NULL) {
    forward (session, packet, data);
    return;
  }
  svpn_shaper_push (session->ingress, packet, data);
  svpn_session_drain_ingress (session);
}

static const SvpnPeerEvents peer_events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .ended = on_ended,
};

/* --- beginning and end --- */

static void
on_upgraded (GIOStream *stream, GSocket *socket, const char *remote_address, gpointer user_data)
{
  SvpnServer *server = user_data;
  SvpnSession *session = g_new0 (SvpnSession, 1);

  session->server = server;
  session->remote_address = g_strdup (remote_address);
  session->peer = svpn_peer_new (stream, socket, NULL, SVPN_WS_SERVER, &peer_events, session);
  session->handshake_timer = g_timeout_add (SVPN_HANDSHAKE_TIMEOUT_MS, on_handshake_timeout, session);
  g_ptr_array_add (server->connections, session);
}

static const SvpnFrontEvents front_events = { .upgraded = on_upgraded };

/* Whether everything that a client is told fits into message 2. */
static gboolean
welcome_fits (const SvpnServerConfig *config)
{
  SvpnWelcome welcome = {
    .version = SVPN_PROTOCOL_VERSION,
    .client_id = "0123456789abcdef",
    .mtu = config->mtu,
    .ipv4 = config->ipv4_pool,
    .ipv4_gateway = config->ipv4_pool,
    .ipv6 = config->ipv6_pool,
    .ipv6_gateway = config->ipv6_pool,
    .dns = config->dns,
    .routes = config->routes,
    .lease = "0123456789abcdef0123456789abcdef",
  };
  g_autofree char *json = svpn_welcome_to_json (&welcome);

  return json != NULL && g_strv_length (config->routes) <= SVPN_ROUTES_MAX
         && g_strv_length (config->dns) <= SVPN_DNS_MAX;
}

SvpnServer *
svpn_server_new (SvpnServerConfig *config, int tun_fd, const SvpnServerEvents *events, gpointer user_data,
                 GError **error)
{
  guint32 capacity = svpn_pool_capacity (&config->ipv4_pool, &config->ipv6_pool);
  SvpnServer *server = g_new0 (SvpnServer, 1);
  SvpnFrontConfig front_config = {
    .path = g_strdup (config->path),
    .certificate = config->certificate != NULL ? g_object_ref (config->certificate) : NULL,
    .private_key = config->private_key,
    .require_proof = config->require_proof,
  };

  server->config = config;
  server->events = events;
  server->user_data = user_data;
  server->tun = svpn_tun_new (tun_fd, &tun_events, server);
  server->front = svpn_front_new (&front_config, &front_events, server);
  server->leases = svpn_leases_new (SVPN_POOL_FIRST_HOST, capacity);
  server->connections = g_ptr_array_new_with_free_func ((GDestroyNotify) session_free);
  server->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  server->by_host = g_hash_table_new (NULL, NULL);
  server->dirty = g_ptr_array_new ();
  server->authorized = g_hash_table_new (NULL, NULL); /* none until svpn_server_set_authorized() */
  svpn_too_big_init (&server->too_big);
  if (!welcome_fits (config))
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 "routes, dns: too many; the handshake takes %d and %d, and 4096 bytes in all",
                 SVPN_ROUTES_MAX, SVPN_DNS_MAX);
  else if (capacity == 0)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 "ipv4-pool, ipv6-pool: no room for a client");
  else
    return server;
  svpn_server_free (server);
  return NULL;
}

gboolean
svpn_server_listen (SvpnServer *server, int fd, GError **error)
{
  return svpn_front_listen (server->front, fd, error);
}

static void
close_front (SvpnServer *server)
{
  if (server->front == NULL)
    return;
  server->front_counters = *svpn_front_get_counters (server->front);
  g_clear_pointer (&server->front, svpn_front_free);
}

void
svpn_server_stop (SvpnServer *server, const char *reason)
{
  if (server->stopping)
    return;
  server->stopping = TRUE;
  close_front (server);
  for (guint i = 0; i < server->connections->len; i++) {
    SvpnSession *session = server->connections->pdata[i];

    svpn_peer_disconnect (session->peer, reason);
  }
  if (server->connections->len == 0)
    server->events->stopped (server->user_data);
}

void
svpn_server_free (SvpnServer *server)
{
  close_front (server);
  g_ptr_array_unref (server->connections);
  g_clear_handle_id (&server->flush_source, g_source_remove);
  g_ptr_array_unref (server->dirty);
  g_hash_table_unref (server->by_id);
  g_hash_table_unref (server->by_host);
  g_hash_table_unref (server->authorized);
  svpn_leases_free (server->leases);
  svpn_tun_free (server->tun);
  svpn_server_config_free (server->config);
  g_free (server);
}
