# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""TCP streams in a capture of the wire, and whether they are TLS."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ETHERNET_HEADER = 14
TLS_TYPES = range(20, 24)  # change_cipher_spec, alert, handshake, application_data
Flow = tuple[bytes, int, bytes, int]


def packets(capture: Path) -> Iterator[bytes]:
    """The packets of a pcap file, without their Ethernet headers."""
    data = capture.read_bytes()
    offset = 24
    while offset + 16 <= len(data):
        (length,) = struct.unpack_from("<8xI", data, offset)
        yield data[offset + 16 + ETHERNET_HEADER:offset + 16 + length]
        offset += 16 + length


def tcp_segment(packet: bytes) -> tuple[Flow, int, int, bytes] | None:
    """Flow, sequence number, flags and payload; None if the packet is not TCP."""
    if packet[0] >> 4 == 4:
        protocol, header, addresses, end = packet[9], (packet[0] & 15) * 4, packet[12:20], \
            int.from_bytes(packet[2:4], "big")
    else:
        protocol, header, addresses, end = packet[6], 40, packet[8:40], 40 + int.from_bytes(packet[4:6], "big")
    if protocol != 6:
        return None
    source, destination, sequence, offset, flags = struct.unpack_from(">HHI4xBB", packet, header)
    half = len(addresses) // 2
    flow = (addresses[:half], source, addresses[half:], destination)
    return flow, sequence, flags, packet[header + (offset >> 4) * 4:end]


def tcp_streams(capture: Path) -> dict[Flow, bytes]:
    """The data of each direction of each connection, from its SYN on; asserts that every packet is TCP."""
    starts: dict[Flow, int] = {}
    segments: dict[Flow, dict[int, bytes]] = defaultdict(dict)
    for packet in packets(capture):
        segment = tcp_segment(packet)
        assert segment, f"not TCP: {packet[:40].hex()}"
        flow, sequence, flags, payload = segment
        if flags & 2:
            starts[flow] = sequence + 1
        assert flow in starts, f"a connection that began before the capture: {flow}"
        segments[flow][(sequence - starts[flow]) % (1 << 32)] = payload
    streams = {}
    for flow, parts in segments.items():
        stream = bytearray()
        for offset in sorted(parts):
            if offset <= len(stream) < offset + len(parts[offset]):
                stream += parts[offset][len(stream) - offset:]
        streams[flow] = bytes(stream)
    return streams


def check_tls(stream: bytes) -> int:
    """Asserts that a stream consists of TLS records; returns their number."""
    offset = count = 0
    while offset < len(stream):
        kind, version, length = struct.unpack_from(">BHH", stream, offset)
        assert kind in TLS_TYPES and 0x0301 <= version <= 0x0303 and length <= 16_640, \
            f"no TLS record at {offset}: {stream[offset:offset + 16].hex()}"
        offset += 5 + length
        count += 1
    return count
