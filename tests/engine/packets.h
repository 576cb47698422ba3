/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * IP packets for tests. */
#pragma once

#include "packet.h"
#include <glib.h>

/* An IP packet of @size bytes from @source to @destination, texts of one family, with DF and no transport protocol; the
 * bytes behind the header are @fill. Free with g_free(). */
guint8 *packet_new (const char *source, const char *destination, gsize size, guint8 fill);

/* The same with UDP ports. */
guint8 *packet_new_udp (const char *source, const char *destination, guint16 port, gsize size);

/* The parsed packet. */
SvpnPacket packet_parse (const guint8 *data, gsize size);
