/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TCP connections over loopback in one thread. */
#pragma once

#include <glib.h>

#define DEADLINE_US (20 * G_USEC_PER_SEC) /* for a condition to come true, before a test fails */

/* A listening socket on 127.0.0.1; its port. */
int sockets_listen (guint16 *port);
/* A connection to it that is not blocking, and the accepted end of one, which is not either. */
int sockets_connect (guint16 port);
int sockets_accept (int listener);

/* Both ends of a connection. */
void sockets_pair (int *client, int *server);

/* Writes all, waiting for room. */
void sockets_send (int fd, const void *data, gsize size);

/* Reads what comes until the end, a reset (*is_reset), or @size bytes; waits for at least one of that. */
GByteArray *sockets_receive (int fd, gsize size, gboolean *is_reset);
