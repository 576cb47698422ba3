/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The Internet checksum (RFC 1071). Sums are of 16-bit words in the byte order of memory, so that they need not be
 * swapped: a number is added as it lies in a packet, and a folded sum is stored by memcpy(). */
#pragma once

#include "packet.h"

/* Adds @size bytes to @sum. A last odd byte is padded with zero, so nothing can be added behind it. */
uint64_t svpn_checksum_add (uint64_t sum, const uint8_t *data, size_t size);

/* Adds a number of 16 bits in the host's byte order. */
uint64_t svpn_checksum_add_u16 (uint64_t sum, uint16_t number);

/* Folds to 16 bits, which are not inverted. */
uint16_t svpn_checksum_fold (uint64_t sum);

/* Writes the inverted sum: the checksum. */
void svpn_checksum_store (uint8_t *out, uint64_t sum);

/* The sum of the pseudo-header (RFC 9293, section 3.1; RFC 8200, section 8.1) of a packet that has no routing header,
 * of @size bytes behind its IP headers. */
uint64_t svpn_checksum_pseudo (const SvpnPacket *packet, uint32_t size);
