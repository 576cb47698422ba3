/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The Internet checksum.
 *
 * How it works: since 2^16 is 1 modulo 2^16 - 1, words of 32 bits can be added up in place of words of 16, in 64 bits
 * that do not overflow for any packet, and all of it folded at the end. */
#include "checksum.h"

#include <arpa/inet.h>
#include <string.h>

static uint64_t
load (const uint8_t *data)
{
  uint64_t words;

  memcpy (&words, data, sizeof words);
  return words;
}

uint64_t
svpn_checksum_add (uint64_t sum, const uint8_t *data, size_t size)
{
  uint64_t low = 0, high = 0;
  uint8_t rest[8] = { 0 };

  for (; size >= 16; data += 16, size -= 16) {
    uint64_t a = load (data), b = load (data + 8);

    low += (a & UINT32_MAX) + (b & UINT32_MAX);
    high += (a >> 32) + (b >> 32);
  }
  for (; size > 0; data += 8, size -= size < 8 ? size : 8) {
    memcpy (rest, data, size < 8 ? size : 8);
    low += load (rest) & UINT32_MAX;
    high += load (rest) >> 32;
    memset (rest, 0, sizeof rest);
  }
  return sum + low + high;
}

uint64_t
svpn_checksum_add_u16 (uint64_t sum, uint16_t number)
{
  return sum + htons (number);
}

uint16_t
svpn_checksum_fold (uint64_t sum)
{
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t) sum;
}

void
svpn_checksum_store (uint8_t *out, uint64_t sum)
{
  uint16_t checksum = ~svpn_checksum_fold (sum);

  memcpy (out, &checksum, sizeof checksum);
}

uint64_t
svpn_checksum_pseudo (const SvpnPacket *packet, uint32_t size)
{
  size_t address_size = packet->version == 4 ? 4 : 16;
  uint64_t sum = svpn_checksum_add (0, packet->source, address_size);

  sum = svpn_checksum_add (sum, packet->destination, address_size);
  sum = svpn_checksum_add_u16 (sum, (uint16_t) size);
  return svpn_checksum_add_u16 (sum, packet->protocol);
}
