/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Constants of the wire protocol, version 1, and its frame header (docs/protocol.md). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For functions whose result tells whether they did anything: ignoring it is an error. */
#define SVPN_MUST_CHECK __attribute__ ((warn_unused_result))

#define SVPN_PROTOCOL_VERSION 1
#define SVPN_PROLOGUE "smartvpn/1"

#define SVPN_FRAME_HEADER_SIZE 5
#define SVPN_FRAME_LENGTH_MAX 65792 /* bytes of payload */
#define SVPN_FRAME_SIZE_MAX (SVPN_FRAME_HEADER_SIZE + SVPN_FRAME_LENGTH_MAX)
#define SVPN_MESSAGE_SIZE_MAX 262144 /* bytes of payload of one WebSocket message */
#define SVPN_HELLO_SIZE_MAX 4096     /* bytes of JSON in either handshake message */
#define SVPN_KEEPALIVE_SIZE 8
#define SVPN_HANDSHAKE_TIMEOUT_MS 10000

#define SVPN_KEY_SIZE 32
#define SVPN_NONCE_SIZE 24
#define SVPN_TAG_SIZE 16
#define SVPN_SEAL_OVERHEAD (SVPN_NONCE_SIZE + SVPN_TAG_SIZE)
#define SVPN_PACKET_SIZE_MAX 65535

typedef enum {
  SVPN_FRAME_HANDSHAKE_INIT = 0x01,
  SVPN_FRAME_HANDSHAKE_RESP = 0x02,
  SVPN_FRAME_REKEY_INIT = 0x03,
  SVPN_FRAME_REKEY_RESP = 0x04,
  SVPN_FRAME_REKEY_DONE = 0x05,
  SVPN_FRAME_IP_PACKET = 0x10,
  SVPN_FRAME_IP_SUPERPACKET = 0x11,
  SVPN_FRAME_KEEPALIVE = 0x20,
  SVPN_FRAME_KEEPALIVE_ACK = 0x21,
  SVPN_FRAME_CONTROL = 0x30,
  SVPN_FRAME_DISCONNECT = 0x3f,
  SVPN_FRAME_PADDING = 0x40,
} SvpnFrameType;

typedef struct {
  uint8_t type;
  uint32_t length;
} SvpnFrameHeader;

/* Big-endian header of a frame. */
void svpn_frame_header_write (uint8_t out[SVPN_FRAME_HEADER_SIZE], uint8_t type, uint32_t length);

/* Reads a header; false if its length exceeds SVPN_FRAME_LENGTH_MAX. Any type is taken. */
bool svpn_frame_header_read (const uint8_t in[SVPN_FRAME_HEADER_SIZE],
                             SvpnFrameHeader *header) SVPN_MUST_CHECK;
