/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: an IP_SUPERPACKET of a peer, what it is cut into and described as; and what the kernel's header and the
 * putting together of segments do with any packet. Input: segment size (2), header of the kernel (10), packet. */
#include "gro.h"
#include "vnet.h"

#include "fuzz.h"

#define PACKET_MAX 65535

const char *const fuzz_seeds[] = {
  "0003 01012800030014001000 45000032 12344000 40060000 0a080002 01010101 cafe0016 00000001 00000002 "
  "50100200 "
  "00000000 00010203040506070809",
  "0000 01000000000014000600 45000026 12344000 40110000 0a080002 01010101 cafe0035 00120000 "
  "00010203040506070809",
  "0004 01043c00040028001000 60000000 001e0640 fd000008000000000000000000000002 "
  "fd000008000000000000000000000001 "
  "cafe0016 00000001 00000002 50180200 00000000 00010203040506070809",
  NULL,
};

static uint8_t cut[PACKET_MAX];

/* Slices of all sizes are packets of their own; together they have the payload. */
static void
check_slices (const SvpnPacket *packet, const uint8_t *data)
{
  uint32_t segments = svpn_gso_segments (packet, data), header_size = svpn_gso_header_size (packet, data);

  FUZZ_CHECK (segments >= 1 && segments <= SVPN_GSO_SEGMENTS_MAX);
  FUZZ_CHECK (header_size > 0 && header_size <= packet->size);
  for (uint32_t n = 1; n <= segments && packet->segment_size != 0; n = n * 2 + 1) {
    uint32_t payload = 0;

    for (uint32_t first = 0; first < segments; first += n) {
      SvpnPacket slice, parsed;

      svpn_gso_slice (packet, data, first, n, true, cut, &slice);
      FUZZ_CHECK (svpn_packet_parse (cut, slice.size, &parsed) == SVPN_PACKET_OK);
      FUZZ_CHECK (parsed.size == slice.size && parsed.protocol == packet->protocol);
      FUZZ_CHECK (slice.size <= packet->size && slice.source >= cut && slice.destination < cut + slice.size);
      FUZZ_CHECK (svpn_gso_segments (&slice, cut) <= n);
      payload += slice.size - header_size;
    }
    FUZZ_CHECK (payload == packet->size - header_size);
  }
}

static void
check_described (const SvpnPacket *packet, const uint8_t *data)
{
  struct virtio_net_hdr header;

  svpn_vnet_describe (packet, data, &header);
  FUZZ_CHECK ((header.flags == 0) == !packet->checksum_partial);
  FUZZ_CHECK (header.gso_size == packet->segment_size);
  FUZZ_CHECK (header.hdr_len <= packet->size);
  FUZZ_CHECK (header.flags == 0 || header.csum_start + header.csum_offset + 2u <= packet->size);
}

static void
on_emit (const SvpnPacket *packet, const uint8_t *data, void *user_data)
{
  uint32_t *sum = user_data;

  FUZZ_CHECK (packet->size > 0);
  *sum += svpn_gso_segments (packet, data);
  check_described (packet, data);
}

static void
check_gro (const SvpnPacket *packet, const uint8_t *data)
{
  static SvpnGro *gro;
  static uint32_t emitted;
  uint32_t expected = 3 * svpn_gso_segments (packet, data);

  if (gro == NULL)
    gro = svpn_gro_new (on_emit, &emitted);
  emitted = 0;
  for (int i = 0; i < 3; i++)
    svpn_gro_push (gro, packet, data);
  svpn_gro_flush (gro);
  FUZZ_CHECK (emitted == expected);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct virtio_net_hdr header;
  SvpnPacket packet;

  if (size < 2 + sizeof header)
    return 0;
  memcpy (&header, data + 2, sizeof header);
  const uint8_t *bytes = data + 2 + sizeof header;
  size_t bytes_size = size - 2 - sizeof header;

  if (svpn_packet_parse (bytes, bytes_size, &packet) == SVPN_PACKET_OK) {
    check_gro (&packet, bytes);
    if (svpn_gso_set (&packet, bytes, (uint16_t) (data[0] << 8 | data[1]))) {
      check_slices (&packet, bytes);
      check_described (&packet, bytes);
      check_gro (&packet, bytes);
    }
  }
  uint8_t *copy = malloc (bytes_size + 1);

  memcpy (copy, bytes, bytes_size);
  if (svpn_vnet_parse (&header, copy, bytes_size, &packet) == SVPN_PACKET_OK) {
    check_described (&packet, copy);
    if (packet.segment_size != 0 && svpn_gso_segments (&packet, copy) <= SVPN_GSO_SEGMENTS_MAX)
      check_slices (&packet, copy);
    check_gro (&packet, copy);
  }
  free (copy);
  return 0;
}
