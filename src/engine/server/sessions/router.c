/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The way of packets at a server.
 *
 * How it works: a packet is queued at the session it is for, which is then dirty; at the end of a burst all dirty sessions
 * are flushed, and the TUN device, so that what came together is sent together. */
#include "router.h"
#include "pool.h"
#include "too-big.h"
#include "tun.h"

struct _SvpnRouter {
  SvpnSessions *sessions;
  SvpnTun *tun;
  GPtrArray *dirty; /* SvpnSession */
  SvpnTooBig too_big;
};

void
svpn_router_flush (SvpnRouter *router)
{
  svpn_tun_flush (router->tun);
  for (guint i = 0; i < router->dirty->len; i++) {
    SvpnSession *session = router->dirty->pdata[i];

    session->dirty = FALSE;
    svpn_peer_flush (session->peer);
  }
  g_ptr_array_set_size (router->dirty, 0);
}

/* Queues a packet; it is flushed with the rest of the burst. */
static void
queue_to (SvpnRouter *router, SvpnSession *session, const SvpnPacket *packet, const uint8_t *data)
{
  svpn_peer_send_packet (session->peer, packet, data);
  if (!session->dirty) {
    session->dirty = TRUE;
    g_ptr_array_add (router->dirty, session);
  }
}

/* Sends an ICMP answer to where the packet came from: @from, or the TUN device. */
static void
answer_to (SvpnRouter *router, SvpnSession *from, const uint8_t *answer, size_t size)
{
  SvpnPacket packet;

  if (svpn_packet_parse (answer, size, &packet) != SVPN_PACKET_OK)
    return;
  if (from == NULL)
    svpn_tun_write (router->tun, &packet, answer);
  else
    queue_to (router, from, &packet, answer);
}

/* Sends a packet from @from (NULL: the TUN device) to the client that has the address. */
static void
send_to_host (SvpnRouter *router, guint32 host, SvpnSession *from, const SvpnPacket *packet,
              const uint8_t *data)
{
  SvpnSession *session = g_hash_table_lookup (router->sessions->by_host, GUINT_TO_POINTER (host));
  uint8_t answer[SVPN_MTU_ANSWER_MAX];
  size_t answer_size;

  if (session == NULL) {
    (from != NULL ? svpn_peer_get_counters (from->peer) : &router->sessions->past)->drops_no_route
        += svpn_gso_segments (packet, data);
    return;
  }
  /* The answer comes from the destination, an address that the sender does not have itself. */
  if (!svpn_too_big_refuse (&router->too_big, packet, data, packet->destination, session->mtu, answer,
                            &answer_size)) {
    queue_to (router, session, packet, data);
    return;
  }
  svpn_peer_get_counters (session->peer)->drops_too_big += svpn_gso_segments (packet, data);
  if (answer_size > 0)
    answer_to (router, from, answer, answer_size);
}

static const SvpnPrefix *
pool_of (const SvpnRouter *router, const SvpnPacket *packet)
{
  const SvpnServerConfig *config = router->sessions->config;

  return packet->version == 4 ? &config->ipv4_pool : &config->ipv6_pool;
}

/* --- from the TUN device --- */

static void
on_tun_packet (const SvpnPacket *packet, uint8_t *data, gpointer user_data)
{
  SvpnRouter *router = user_data;
  guint32 host;

  if (svpn_pool_find (pool_of (router, packet), packet->destination, &host))
    send_to_host (router, host, NULL, packet, data);
  else
    router->sessions->past.drops_no_route += svpn_gso_segments (packet, data);
}

static void
on_tun_malformed (gpointer user_data)
{
  SvpnRouter *router = user_data;

  router->sessions->past.drops_malformed++;
}

static void
on_tun_burst_end (gpointer user_data)
{
  svpn_router_flush (user_data);
}

/* Called when somebody has deleted the device; the sessions go on, and svpn_router_attach_tun() brings another one. */
static void
on_tun_failed (const GError *error, gpointer user_data)
{
  g_warning ("%s; waiting for another device", error->message);
}

static const SvpnTunEvents tun_events = {
  .packet = on_tun_packet,
  .malformed = on_tun_malformed,
  .burst_end = on_tun_burst_end,
  .failed = on_tun_failed,
};

/* --- from a client --- */

/* Hands on a packet whose source is the client's own. Other clients are off limits unless allowed. */
static void
forward (SvpnRouter *router, SvpnSession *session, const SvpnPacket *packet, const uint8_t *data)
{
  guint32 host;

  if (!svpn_pool_find (pool_of (router, packet), packet->destination, &host) || host == SVPN_POOL_SERVER_HOST)
    svpn_tun_write (router->tun, packet, data);
  else if (session->config->client_to_client)
    send_to_host (router, host, session, packet, data);
  else
    svpn_peer_get_counters (session->peer)->drops_client_to_client += svpn_gso_segments (packet, data);
}

/* Parses what waited in session->ingress again: only its bytes were kept. */
static gboolean
parse_queued (SvpnQueueTag tag, const uint8_t *data, size_t size, SvpnPacket *packet)
{
  if (tag.type == SVPN_FRAME_IP_SUPERPACKET)
    return svpn_superpacket_parse (data - sizeof tag.prefix, size + sizeof tag.prefix, packet)
           == SVPN_PACKET_OK;
  return svpn_packet_parse (data, size, packet) == SVPN_PACKET_OK;
}

static void
drain_ingress (SvpnRouter *router, SvpnSession *session)
{
  const uint8_t *data;
  SvpnQueueTag tag;
  size_t size;

  /* What still waits of a session that was ended (revoked, say) goes nowhere: its address may be another's by now. */
  while (svpn_peer_get_state (session->peer) == SVPN_PEER_OPEN && session->lease != NULL
         && svpn_shaper_peek (session->ingress, &tag, &data, &size)) {
    SvpnPacket packet;

    if (parse_queued (tag, data, size, &packet))
      forward (router, session, &packet, data);
    svpn_shaper_take (session->ingress);
  }
}

void
svpn_router_drain (SvpnRouter *router, SvpnSession *session)
{
  drain_ingress (router, session);
  svpn_router_flush (router);
}

static gboolean
is_own_source (SvpnRouter *router, SvpnSession *session, const SvpnPacket *packet)
{
  guint32 host;

  return session->lease != NULL && svpn_pool_find (pool_of (router, packet), packet->source, &host)
         && host == session->lease->host;
}

void
svpn_router_receive (SvpnRouter *router, SvpnSession *session, const SvpnPacket *packet, const uint8_t *data)
{
  if (!is_own_source (router, session, packet)) {
    svpn_peer_get_counters (session->peer)->drops_spoofed += svpn_gso_segments (packet, data);
    return;
  }
  if (session->ingress == NULL) {
    forward (router, session, packet, data);
    return;
  }
  svpn_shaper_push (session->ingress, packet, data, SVPN_PACKET_SIZE_MAX);
  drain_ingress (router, session);
}

/* --- beginning and end --- */

void
svpn_router_forget (SvpnRouter *router, SvpnSession *session)
{
  if (session->dirty)
    g_ptr_array_remove_fast (router->dirty, session);
}

SvpnRouter *
svpn_router_new (SvpnSessions *sessions, int tun_fd)
{
  SvpnRouter *router = g_new0 (SvpnRouter, 1);

  router->sessions = sessions;
  router->dirty = g_ptr_array_new ();
  svpn_too_big_init (&router->too_big, sessions->clock);
  router->tun = svpn_tun_new (tun_fd, &tun_events, router);
  return router;
}

void
svpn_router_attach_tun (SvpnRouter *router, int tun_fd)
{
  svpn_tun_free (router->tun);
  router->tun = svpn_tun_new (tun_fd, &tun_events, router);
}

void
svpn_router_free (SvpnRouter *router)
{
  svpn_tun_free (router->tun);
  g_ptr_array_unref (router->dirty);
  g_free (router);
}
