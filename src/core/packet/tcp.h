/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The TCP header (RFC 9293, section 3.1). */
#pragma once

#include <stdint.h>

#define SVPN_TCP_HEADER_SIZE 20 /* without options */

/* Offsets */
#define SVPN_TCP_SEQUENCE 4
#define SVPN_TCP_ACKNOWLEDGMENT 8
#define SVPN_TCP_DATA_OFFSET 12
#define SVPN_TCP_FLAGS 13
#define SVPN_TCP_WINDOW 14
#define SVPN_TCP_CHECKSUM 16

enum {
  SVPN_TCP_FIN = 0x01,
  SVPN_TCP_SYN = 0x02,
  SVPN_TCP_RST = 0x04,
  SVPN_TCP_PSH = 0x08,
  SVPN_TCP_ACK = 0x10,
  SVPN_TCP_URG = 0x20,
  SVPN_TCP_ECE = 0x40,
  SVPN_TCP_CWR = 0x80,
};

/* With options; may be below SVPN_TCP_HEADER_SIZE, which no header is. */
static inline uint32_t
svpn_tcp_header_size (const uint8_t *header)
{
  return (header[SVPN_TCP_DATA_OFFSET] >> 4) * 4;
}

static inline uint32_t
svpn_tcp_sequence (const uint8_t *header)
{
  const uint8_t *at = header + SVPN_TCP_SEQUENCE;

  return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 | at[3];
}

static inline void
svpn_tcp_add_to_sequence (uint8_t *header, uint32_t bytes)
{
  uint32_t sequence = svpn_tcp_sequence (header) + bytes;

  for (int i = 0; i < 4; i++)
    header[SVPN_TCP_SEQUENCE + i] = (uint8_t) (sequence >> (24 - 8 * i));
}
