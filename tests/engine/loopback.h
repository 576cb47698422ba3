/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TCP on 127.0.0.1. */
#pragma once

#include <glib.h>

/* A listening socket, non-blocking, on a port of its own. */
int loopback_listen (guint16 *port);

/* A connected socket. */
int loopback_connect (guint16 port);

/* Adds the head of an HTTP message to @head, as far as it has come, and nothing behind it. TRUE once it is whole. */
gboolean loopback_read_head (int fd, GString *head);

/* Whether the other side has closed the connection; what it sent before is passed over. */
gboolean loopback_is_closed (int fd);
