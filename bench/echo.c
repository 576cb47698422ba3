/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * ICMP echo requests and replies. */
#include "echo.h"

#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#define TIME_OFFSET (sizeof (struct iphdr) + sizeof (struct icmphdr))

static guint16
checksum (const guint8 *data, gsize size)
{
  guint32 sum = 0;

  for (gsize i = 0; i + 1 < size; i += 2)
    sum += (guint32) (data[i] << 8 | data[i + 1]);
  if (size % 2 != 0)
    sum += (guint32) data[size - 1] << 8;
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);
  return g_htons ((guint16) ~sum);
}

void
echo_write (guint8 *packet, gsize size, guint32 source, guint32 destination, gint64 time_us)
{
  struct iphdr ip = { .version = 4,
                      .ihl = 5,
                      .tot_len = g_htons ((guint16) size),
                      .ttl = 64,
                      .protocol = IPPROTO_ICMP,
                      .saddr = source,
                      .daddr = destination };
  struct icmphdr icmp = { .type = ICMP_ECHO };

  memset (packet, 0, size);
  memcpy (packet, &ip, sizeof ip);
  ip.check = checksum (packet, sizeof ip);
  memcpy (packet, &ip, sizeof ip);
  memcpy (packet + sizeof ip, &icmp, sizeof icmp);
  memcpy (packet + TIME_OFFSET, &time_us, sizeof time_us);
  icmp.checksum = checksum (packet + sizeof ip, size - sizeof ip);
  memcpy (packet + sizeof ip, &icmp, sizeof icmp);
}

gint64
echo_read (const guint8 *packet, gsize size)
{
  gint64 time_us;

  if (size < ECHO_SIZE_MIN || packet[0] != 0x45 || packet[9] != IPPROTO_ICMP
      || packet[sizeof (struct iphdr)] != ICMP_ECHOREPLY)
    return -1;
  memcpy (&time_us, packet + TIME_OFFSET, sizeof time_us);
  return time_us;
}
