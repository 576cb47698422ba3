/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * ICMP echo requests and replies (RFC 792) over IPv4. */
#pragma once

#include <glib.h>

#define ECHO_SIZE_MIN 36 /* with the time that it carries */
#define ECHO_SIZE_MAX 1420

/* Writes a request of @size bytes that carries @time_us. Addresses in network byte order. */
void echo_write (guint8 *packet, gsize size, guint32 source, guint32 destination, gint64 time_us);

/* The time that a reply carries; -1 if it is none. */
gint64 echo_read (const guint8 *packet, gsize size);
