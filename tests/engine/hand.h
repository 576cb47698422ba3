/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One end of a WebSocket, by hand: it sends whatever a test wants it to, and shows what comes. */
#pragma once

#include "incoming.h"
#include "seal.h"
#include <glib.h>

typedef struct {
  int fd;
  SvpnWsRole role;
  SvpnSealKey send, receive;
  gboolean has_keys; /* frames that come are opened */
  SvpnIncoming incoming;
  uint8_t buffer[70000]; /* bytes that have come, from start on not looked at yet */
  uint8_t *start;
  size_t size;
} Hand;

typedef enum {
  HAND_FRAME,
  HAND_PING,
  HAND_PONG,
  HAND_CLOSE, /* a close frame */
  HAND_EOF,   /* the connection has ended */
} HandKind;

/* What has come. */
typedef struct {
  HandKind kind;
  uint8_t type; /* of a frame */
  uint8_t
      *payload; /* of a frame, opened if there are keys; or of a ping or pong; valid until the next call */
  size_t size;
  guint close_code; /* 0: none was given */
} HandEvent;

/* Takes over @fd. */
Hand *hand_new (int fd, SvpnWsRole role);
void hand_free (Hand *hand);

/* Bytes into the connection as they are. */
void hand_send_bytes (Hand *hand, const void *bytes, size_t size);

/* One WebSocket frame of @first_byte (FIN, opcode); a client's is masked, with zeros. */
void hand_send_ws (Hand *hand, uint8_t first_byte, const void *payload, size_t size);

/* A binary message of one protocol frame. */
void hand_send_clear (Hand *hand, uint8_t type, const void *payload, size_t size);
void hand_send_sealed (Hand *hand, uint8_t type, const void *payload, size_t size);

/* The same frame as bytes to be spoilt before they are sent; returns their number. */
size_t hand_seal (Hand *hand, uint8_t type, const void *payload, size_t size, uint8_t *out);

/* Waits for the next event. */
HandEvent hand_next (Hand *hand);

/* Whether an event is there already. */
gboolean hand_has_next (Hand *hand);

/* Waits for a frame of @type; others are passed over. Fails the test where the connection ends. */
HandEvent hand_expect (Hand *hand, uint8_t type);

/* Waits for a close frame with @code, frames are passed over, and then answers it. */
void hand_expect_close (Hand *hand, guint code);
