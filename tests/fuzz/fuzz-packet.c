/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: a packet that came out of the tunnel. */
#include "packet.h"

#include "fuzz.h"

const char *const fuzz_seeds[] = {
  "4500001c 12344000 40110000 0a080002 01010101 cafe0035 00080000",
  "47000024 12342000 40110000 0a080002 01010101 01010101 01010101 cafe0035 00080000",
  "45000028 12344000 40060000 0a080002 01010101 cafe0016 00000000 00000000 50020000 00000000",
  "60000000 00081140 fd000008000000000000000000000002 fd000008000000000000000000000001 cafe0035 00080000",
  "60000000 003c0040 fd000008000000000000000000000002 fd000008000000000000000000000001 2b00000000000000"
  "3c00000000000000 2c00000000000000 3300000900000001 1101000000000001 00000001 cafe0035 00080000",
  NULL,
};

static void
check_inside (const uint8_t *address, size_t address_size, const uint8_t *data, uint16_t header_size)
{
  FUZZ_CHECK (address > data && address + address_size <= data + header_size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SvpnPacket packet, untouched, again;

  memset (&packet, 0xaa, sizeof packet);
  memcpy (&untouched, &packet, sizeof packet);
  if (svpn_packet_parse (data, size, &packet) != SVPN_PACKET_OK) {
    FUZZ_CHECK (memcmp (&packet, &untouched, sizeof packet) == 0);
    return 0;
  }

  FUZZ_CHECK (packet.version == data[0] >> 4);
  FUZZ_CHECK (packet.version == 4 || packet.version == 6);
  FUZZ_CHECK (packet.header_size >= (packet.version == 4 ? 20 : 40));
  FUZZ_CHECK (packet.header_size <= packet.size && packet.size <= size);
  check_inside (packet.source, packet.version == 4 ? 4 : 16, data, packet.header_size);
  check_inside (packet.destination, packet.version == 4 ? 4 : 16, data, packet.header_size);
  if (packet.has_ports) {
    FUZZ_CHECK (packet.protocol == 6 || packet.protocol == 17);
    FUZZ_CHECK (packet.size - packet.header_size >= 4);
    FUZZ_CHECK (packet.source_port == (data[packet.header_size] << 8 | data[packet.header_size + 1]));
  }

  /* What lies behind the packet does not matter. */
  FUZZ_CHECK (svpn_packet_parse (data, packet.size, &again) == SVPN_PACKET_OK);
  FUZZ_CHECK (again.header_size == packet.header_size && again.protocol == packet.protocol);
  FUZZ_CHECK (packet.size == 0 || svpn_packet_parse (data, packet.size - 1, &again) != SVPN_PACKET_OK);
  return 0;
}
