/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * IP packets for tests. */
#include "packets.h"

#include <arpa/inet.h>
#include <string.h>

#define PROTOCOL_UDP 17
#define PROTOCOL_NONE 59

static guint8 *
packet_new_ipv4 (const char *source, const char *destination, gsize size, guint8 fill)
{
  guint8 *packet = g_malloc (size);

  memset (packet, 0, 20);
  memset (packet + 20, fill, size - 20);
  packet[0] = 0x45;
  packet[2] = (guint8) (size >> 8);
  packet[3] = (guint8) size;
  packet[6] = 0x40;
  packet[9] = PROTOCOL_NONE;
  g_assert_cmpint (inet_pton (AF_INET, source, packet + 12), ==, 1);
  g_assert_cmpint (inet_pton (AF_INET, destination, packet + 16), ==, 1);
  return packet;
}

static guint8 *
packet_new_ipv6 (const char *source, const char *destination, gsize size, guint8 fill)
{
  guint8 *packet = g_malloc (size);

  memset (packet, 0, 40);
  memset (packet + 40, fill, size - 40);
  packet[0] = 0x60;
  packet[4] = (guint8) ((size - 40) >> 8);
  packet[5] = (guint8) (size - 40);
  packet[6] = PROTOCOL_NONE;
  g_assert_cmpint (inet_pton (AF_INET6, source, packet + 8), ==, 1);
  g_assert_cmpint (inet_pton (AF_INET6, destination, packet + 24), ==, 1);
  return packet;
}

guint8 *
packet_new (const char *source, const char *destination, gsize size, guint8 fill)
{
  return strchr (source, ':') != NULL ? packet_new_ipv6 (source, destination, size, fill)
                                      : packet_new_ipv4 (source, destination, size, fill);
}

guint8 *
packet_new_udp (const char *source, const char *destination, guint16 port, gsize size)
{
  gboolean is_ipv6 = strchr (source, ':') != NULL;
  guint8 *packet = packet_new (source, destination, size, 0), *udp = packet + (is_ipv6 ? 40 : 20);

  packet[is_ipv6 ? 6 : 9] = PROTOCOL_UDP;
  udp[0] = udp[2] = (guint8) (port >> 8);
  udp[1] = udp[3] = (guint8) port;
  return packet;
}

SvpnPacket
packet_parse (const guint8 *data, gsize size)
{
  SvpnPacket packet;

  g_assert_cmpint (svpn_packet_parse (data, size, &packet), ==, SVPN_PACKET_OK);
  return packet;
}
