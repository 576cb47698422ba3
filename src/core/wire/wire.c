/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The frame header. */
#include "wire.h"

void
svpn_frame_header_write (uint8_t out[SVPN_FRAME_HEADER_SIZE], uint8_t type, uint32_t length)
{
  out[0] = type;
  out[1] = length >> 24;
  out[2] = length >> 16;
  out[3] = length >> 8;
  out[4] = length;
}

bool
svpn_frame_header_read (const uint8_t in[SVPN_FRAME_HEADER_SIZE], SvpnFrameHeader *header)
{
  uint32_t length = (uint32_t) in[1] << 24 | (uint32_t) in[2] << 16 | (uint32_t) in[3] << 8 | in[4];

  if (length > SVPN_FRAME_LENGTH_MAX)
    return false;

  *header = (SvpnFrameHeader){ .type = in[0], .length = length };
  return true;
}
