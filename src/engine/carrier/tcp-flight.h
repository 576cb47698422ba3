/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How much to write to a TCP connection: sets its low-water mark, and feeds the limit of core/inflight.h with the kernel's
 * figures. */
#pragma once

#include "clock.h"

typedef struct _SvpnTcpFlight SvpnTcpFlight;

#define SVPN_TCP_FLIGHT_POLL_MS 1 /* until the next look when there was no room */

/* Sets TCP_NODELAY and TCP_NOTSENT_LOWAT. @fd, the caller's, must be open whenever it is asked for something. */
SvpnTcpFlight *svpn_tcp_flight_new (int fd, gboolean is_client, SvpnClock *clock);
void svpn_tcp_flight_free (SvpnTcpFlight *flight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTcpFlight, svpn_tcp_flight_free)

/* Whether to write now. @backlogged: there is something to write. */
gboolean svpn_tcp_flight_has_room (SvpnTcpFlight *flight, gboolean backlogged);

/* Called before and after each write: whether more follows soon. On a limited line the last piece of what was written, less
 * than a segment, then waits for that, so that it does not cost a segment of its own. */
void svpn_tcp_flight_set_more (SvpnTcpFlight *flight, gboolean more);

/* Bytes that the line carries in a millisecond, within the bounds of a packet; the most if the rate is not known. */
gsize svpn_tcp_flight_packet_size (SvpnTcpFlight *flight);

/* Bytes to put into one TLS record: @whole, or less on a slow line, where a record takes long. */
gsize svpn_tcp_flight_record_size (SvpnTcpFlight *flight, gsize whole);
