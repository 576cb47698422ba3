/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Looking at what a socket holds without taking it, so that an unfinished beginning lies in the kernel alone, and no byte
 * of ours is spent on it. */
#pragma once

#include <sys/types.h>

/* Copies up to @size bytes from the start of what the TCP socket @fd holds. Returns how many; 0 if nothing has come yet.
 * -1 if there are fewer than @need, the last svpn_peek_want(): then the peer will send no more, the connection is broken,
 * or the kernel has no room for more. */
ssize_t svpn_peek (int fd, void *bytes, size_t size, size_t need);

/* From now on the socket is readable only with @need bytes or at its end (SO_RCVLOWAT). 1 before it is read from. */
void svpn_peek_want (int fd, size_t need);
