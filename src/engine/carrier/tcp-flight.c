/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How much to write to a TCP connection. */
#include "tcp-flight.h"
#include "inflight.h"
#include "wire.h"

#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#define NOTSENT_LOWAT 16384
#define USER_TIMEOUT_MS                                                                                      \
  30000 /* for what was sent to be acknowledged (RFC 5482), else the connection is over */
#define RECORD_MIN 2048
#define RECORDS_PER_S 1000      /* at most, so that none takes long */
#define UPDATE_INTERVAL_US 2000 /* while there is no limit */

struct _SvpnTcpFlight {
  int fd;
  SvpnClock *clock;
  SvpnInflight inflight;
  guint64 updated_us;
  gboolean corked;
};

static void
set_option (int fd, int option, int value)
{
  if (setsockopt (fd, IPPROTO_TCP, option, &value, sizeof value) < 0)
    g_debug ("TCP option %d: %s", option, g_strerror (errno));
}

SvpnTcpFlight *
svpn_tcp_flight_new (int fd, gboolean is_client, SvpnClock *clock)
{
  SvpnTcpFlight *flight = g_new0 (SvpnTcpFlight, 1);

  flight->fd = fd;
  flight->clock = clock;
  svpn_inflight_init (&flight->inflight, is_client ? SVPN_INFLIGHT_CYCLE_CLIENT : SVPN_INFLIGHT_CYCLE_SERVER);
  set_option (fd, TCP_NODELAY, 1);
  set_option (fd, TCP_NOTSENT_LOWAT, NOTSENT_LOWAT);
  set_option (fd, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
  return flight;
}

void
svpn_tcp_flight_free (SvpnTcpFlight *flight)
{
  g_free (flight);
}

/* Whether there is a limit that lets something through. */
static gboolean
is_limited (SvpnTcpFlight *flight)
{
  return flight->inflight.state == SVPN_INFLIGHT_STARTUP || flight->inflight.state == SVPN_INFLIGHT_LIMITED;
}

static guint32
get_outstanding (SvpnTcpFlight *flight)
{
  int bytes = 0;

  return ioctl (flight->fd, SIOCOUTQ, &bytes) == 0 ? MAX (bytes, 0) : 0;
}

static void
set_cork (SvpnTcpFlight *flight, gboolean cork)
{
  if (cork == flight->corked)
    return;
  flight->corked = cork;
  set_option (flight->fd, TCP_CORK, cork);
}

void
svpn_tcp_flight_set_more (SvpnTcpFlight *flight, gboolean more)
{
  set_cork (flight, more && is_limited (flight));
}

static const char *
state_name (SvpnInflightState state)
{
  switch (state) {
  case SVPN_INFLIGHT_STARTUP:
    return "startup";
  case SVPN_INFLIGHT_UNLIMITED:
    return "unlimited";
  case SVPN_INFLIGHT_LIMITED:
    return "limited";
  case SVPN_INFLIGHT_DRAINING:
    return "draining";
  case SVPN_INFLIGHT_PROBING_RTT:
    return "probing the RTT";
  }
  g_return_val_if_reached ("?");
}

static void
update (SvpnTcpFlight *flight, guint32 outstanding, gboolean backlogged, guint64 now_us)
{
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;
  SvpnInflightState before = flight->inflight.state;

  flight->updated_us = now_us;
  if (getsockopt (flight->fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) {
    flight->inflight.state = SVPN_INFLIGHT_UNLIMITED; /* nothing is known that a limit could follow */
    return;
  }
  const SvpnInflightSample sample = {
    .rtt_us = info.tcpi_rtt,
    .min_rtt_us = info.tcpi_min_rtt,
    .acked_bytes = info.tcpi_bytes_acked,
    .outstanding_bytes = outstanding,
    .unsent_bytes = info.tcpi_notsent_bytes,
    .backlogged = backlogged,
  };
  svpn_inflight_update (&flight->inflight, &sample, now_us);
  if (flight->inflight.state == before)
    return;
  g_debug ("flight %p: %s -> %s: RTT %u us, least %u, base %u, rate %" G_GUINT64_FORMAT
           " bytes/s, limit %" G_GUINT64_FORMAT,
           (void *) flight, state_name (before), state_name (flight->inflight.state), info.tcpi_rtt,
           info.tcpi_min_rtt, flight->inflight.base_us, flight->inflight.rate_bytes_per_s,
           flight->inflight.limit_bytes);
}

gboolean
svpn_tcp_flight_has_room (SvpnTcpFlight *flight, gboolean backlogged)
{
  guint64 now_us = svpn_clock_boot_us (flight->clock);

  if (flight->inflight.state == SVPN_INFLIGHT_UNLIMITED && now_us - flight->updated_us < UPDATE_INTERVAL_US)
    return TRUE;
  guint32 outstanding = get_outstanding (flight);
  update (flight, outstanding, backlogged, now_us);
  if (!is_limited (flight))
    set_cork (flight, FALSE); /* nothing follows for a while, and all of it is to be acknowledged */
  return svpn_inflight_room (&flight->inflight, outstanding) > 0;
}

gsize
svpn_tcp_flight_record_size (SvpnTcpFlight *flight, gsize whole)
{
  if (flight->inflight.state == SVPN_INFLIGHT_UNLIMITED)
    return whole;
  return CLAMP (flight->inflight.rate_bytes_per_s / RECORDS_PER_S, RECORD_MIN, whole);
}

gsize
svpn_tcp_flight_packet_size (SvpnTcpFlight *flight)
{
  if (flight->inflight.rate_bytes_per_s == 0)
    return SVPN_PACKET_SIZE_MAX;
  return CLAMP (flight->inflight.rate_bytes_per_s / RECORDS_PER_S, RECORD_MIN, SVPN_PACKET_SIZE_MAX);
}
