/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the kernel's TUN device with IFF_VNET_HDR writes before each packet, and reads: the offload header of virtio
 * (Virtual I/O Device 1.2, section 5.1.6), in the host's byte order. */
#pragma once

#include "gso.h"

#include <linux/virtio_net.h>

/* Parses what came from the kernel. Work that gso.h does not know (the checksum of another protocol) is done at once.
 * Not SVPN_PACKET_OK: as svpn_packet_parse(), or the header does not fit the packet. */
SvpnPacketResult svpn_vnet_parse (const struct virtio_net_hdr *header, uint8_t *data, size_t size,
                                  SvpnPacket *packet);

/* Describes to the kernel what is left to do of a packet, by its own headers alone. */
void svpn_vnet_describe (const SvpnPacket *packet, const uint8_t *data, struct virtio_net_hdr *header);
