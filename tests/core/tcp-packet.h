/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TCP packets to test with, and a checksum computed as RFC 1071 describes it, word by word. */
#pragma once

#include "gso.h"
#include "tcp.h"

#include <glib.h>
#include <string.h>

#define TCP_PACKET_MAX 65535

typedef struct {
  guint version; /* 4 or 6 */
  guint payload;
  guint32 sequence;
  guint8 flags;
  guint options; /* bytes, a multiple of 4 */
  guint16 segment_size;
  guint16 port;
} TcpPacket;

typedef struct {
  SvpnPacket packet;
  guint8 data[TCP_PACKET_MAX];
} BuiltPacket;

static inline guint16
rfc1071_fold (const guint8 *data, gsize size, guint32 sum)
{
  for (gsize i = 0; i < size; i++)
    sum += i % 2 == 0 ? (guint32) data[i] << 8 : data[i];
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (guint16) sum;
}

static inline guint16
tcp_pseudo_sum (const guint8 *data, gsize transport_size)
{
  gboolean v4 = data[0] >> 4 == 4;

  return rfc1071_fold (data + (v4 ? 12 : 8), v4 ? 8 : 32, (guint32) transport_size + 6);
}

/* Whether both checksums are right. */
static inline gboolean
tcp_packet_is_valid (const guint8 *data, gsize size)
{
  gsize ip_size = data[0] >> 4 == 4 ? 20 : 40;

  if (ip_size == 20 && rfc1071_fold (data, ip_size, 0) != 0xffff)
    return FALSE;
  return rfc1071_fold (data + ip_size, size - ip_size, tcp_pseudo_sum (data, size - ip_size)) == 0xffff;
}

static inline void
put_u16 (guint8 *at, guint16 value)
{
  at[0] = value >> 8;
  at[1] = (guint8) value;
}

/* What TCP would send: with a segment size, what a kernel hands over with the checksum left; else complete. */
static inline BuiltPacket *
tcp_packet_new (const TcpPacket *wanted)
{
  BuiltPacket *built = g_new0 (BuiltPacket, 1);
  guint8 *data = built->data, *tcp;
  gsize ip_size = wanted->version == 4 ? 20 : 40, tcp_size = 20 + wanted->options;
  gsize size = ip_size + tcp_size + wanted->payload;

  g_assert_cmpuint (size, <=, TCP_PACKET_MAX);
  if (wanted->version == 4) {
    memcpy (data, "\x45\x00\x00\x00\xff\xfe\x40\x00\x40\x06\x00\x00\x0a\x08\x00\x02\x0a\x08\x00\x01", 20);
    put_u16 (data + 2, (guint16) size);
    put_u16 (data + 10, ~rfc1071_fold (data, 20, 0));
  } else {
    memcpy (data, "\x60\x00\x00\x00\x00\x00\x06\x40", 8);
    put_u16 (data + 4, (guint16) (size - 40));
    data[8] = data[24] = 0xfd;
    data[23] = 2;
    data[39] = 1;
  }
  tcp = data + ip_size;
  put_u16 (tcp, 40000 + wanted->port);
  put_u16 (tcp + 2, 5201);
  svpn_tcp_add_to_sequence (tcp, wanted->sequence);
  put_u16 (tcp + 10, 77);
  tcp[SVPN_TCP_DATA_OFFSET] = (guint8) (tcp_size / 4 << 4);
  tcp[SVPN_TCP_FLAGS] = wanted->flags;
  put_u16 (tcp + SVPN_TCP_WINDOW, 512);
  memset (tcp + 20, 1, wanted->options);
  for (guint i = 0; i < wanted->payload; i++)
    tcp[tcp_size + i] = (guint8) ((wanted->sequence + i) * 7 >> 3);
  put_u16 (tcp + SVPN_TCP_CHECKSUM, tcp_pseudo_sum (data, size - ip_size));
  g_assert_cmpint (svpn_packet_parse (data, size, &built->packet), ==, SVPN_PACKET_OK);
  g_assert_true (svpn_gso_set (&built->packet, data, wanted->segment_size));
  if (wanted->segment_size == 0) {
    put_u16 (tcp + SVPN_TCP_CHECKSUM, 0);
    put_u16 (tcp + SVPN_TCP_CHECKSUM,
             ~rfc1071_fold (tcp, size - ip_size, tcp_pseudo_sum (data, size - ip_size)));
    built->packet.checksum_partial = false;
  }
  return built;
}
