/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's TUN device. */
#include "client-tun.h"
#include "source-filter.h"
#include "too-big.h"
#include "tun.h"

#include <string.h>

struct _SvpnClientTun {
  SvpnTun *device; /* NULL: none is attached */
  SvpnPeer *peer;  /* NULL: there is no session */
  const SvpnWelcome *welcome;
  SvpnTooBig too_big;
  SvpnSourceFilter filter;
  SvpnClientHistory *history; /* NULL: there was no session yet */
  guint64 drops;
  void (*failed) (const char *reason, gpointer user_data);
  gpointer user_data;
};

static gboolean
is_own_address (const SvpnWelcome *welcome, const SvpnPacket *packet)
{
  const SvpnPrefix *own = packet->version == 4 ? &welcome->ipv4 : &welcome->ipv6;

  return own->family != 0 && memcmp (packet->source, own->bytes, packet->version == 4 ? 4 : 16) == 0;
}

static gboolean
refuse_too_big (SvpnClientTun *tun, const SvpnPacket *packet, const uint8_t *data)
{
  const SvpnWelcome *welcome = tun->welcome;
  const SvpnPrefix *far = packet->version == 4 ? &welcome->ipv4_gateway : &welcome->ipv6_gateway;
  uint8_t answer[SVPN_MTU_ANSWER_MAX];
  SvpnPacket parsed;
  size_t answer_size;

  if (!svpn_too_big_refuse (&tun->too_big, packet, data, far->bytes, welcome->mtu, answer, &answer_size))
    return FALSE;
  svpn_peer_get_counters (tun->peer)->drops_too_big += svpn_gso_segments (packet, data);
  if (answer_size > 0 && svpn_packet_parse (answer, answer_size, &parsed) == SVPN_PACKET_OK)
    svpn_tun_write (tun->device, &parsed, answer);
  return TRUE;
}

/* The server would drop packets from other addresses (a TUN's link-local noise, say): they need not travel. */
static void
on_packet (const SvpnPacket *packet, uint8_t *data, gpointer user_data)
{
  SvpnClientTun *tun = user_data;

  svpn_client_history_wake (tun->history);
  if (tun->peer == NULL)
    tun->drops += svpn_gso_segments (packet, data);
  else if (!is_own_address (tun->welcome, packet))
    svpn_peer_get_counters (tun->peer)->drops_spoofed += svpn_gso_segments (packet, data);
  else if (!refuse_too_big (tun, packet, data))
    svpn_peer_send_packet (tun->peer, packet, data);
}

static void
on_malformed (gpointer user_data)
{
  SvpnClientTun *tun = user_data;

  if (tun->peer == NULL)
    tun->drops++;
  else
    svpn_peer_get_counters (tun->peer)->drops_malformed++;
}

static void
on_burst_end (gpointer user_data)
{
  SvpnClientTun *tun = user_data;

  svpn_tun_flush (tun->device);
  if (tun->peer != NULL)
    svpn_peer_flush (tun->peer);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  SvpnClientTun *tun = user_data;

  tun->failed (error->message, tun->user_data);
}

static const SvpnTunEvents device_events = {
  .packet = on_packet,
  .malformed = on_malformed,
  .burst_end = on_burst_end,
  .failed = on_failed,
};

void
svpn_client_tun_receive (SvpnClientTun *tun, const SvpnPacket *packet, const uint8_t *data)
{
  svpn_client_history_wake (tun->history);
  if (!svpn_source_filter_accepts (&tun->filter, tun->welcome, packet))
    svpn_peer_get_counters (tun->peer)->drops_spoofed += svpn_gso_segments (packet, data);
  else if (tun->device != NULL)
    svpn_tun_write (tun->device, packet, data);
  else
    svpn_peer_get_counters (tun->peer)->drops_no_route += svpn_gso_segments (packet, data);
}

void
svpn_client_tun_flush (SvpnClientTun *tun)
{
  if (tun->device != NULL)
    svpn_tun_flush (tun->device);
}

void
svpn_client_tun_set_networks (SvpnClientTun *tun, const char *const *routes, const char *const *local)
{
  svpn_source_filter_set (&tun->filter, routes, local);
}

void
svpn_client_tun_attach (SvpnClientTun *tun, int fd)
{
  g_clear_pointer (&tun->device, svpn_tun_free);
  tun->device = svpn_tun_new (fd, &device_events, tun);
}

gboolean
svpn_client_tun_is_attached (SvpnClientTun *tun)
{
  return tun->device != NULL;
}

void
svpn_client_tun_set_history (SvpnClientTun *tun, SvpnClientHistory *history)
{
  tun->history = history;
}

void
svpn_client_tun_set_session (SvpnClientTun *tun, SvpnPeer *peer, const SvpnWelcome *welcome)
{
  tun->peer = peer;
  tun->welcome = welcome;
}

guint64
svpn_client_tun_get_drops (SvpnClientTun *tun)
{
  return tun->drops;
}

SvpnClientTun *
svpn_client_tun_new (SvpnClock *clock, void (*failed) (const char *reason, gpointer user_data),
                     gpointer user_data)
{
  SvpnClientTun *tun = g_new0 (SvpnClientTun, 1);

  svpn_too_big_init (&tun->too_big, clock);
  tun->failed = failed;
  tun->user_data = user_data;
  return tun;
}

void
svpn_client_tun_free (SvpnClientTun *tun)
{
  g_clear_pointer (&tun->device, svpn_tun_free);
  svpn_source_filter_clear (&tun->filter);
  g_free (tun);
}
