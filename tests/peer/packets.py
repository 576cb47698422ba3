# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""IPv4 and IPv6 packets with ICMP echo or UDP inside: built, checked and answered."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

Address = IPv4Address | IPv6Address

ICMP, UDP, ICMPV6 = 1, 17, 58
ECHO_REQUEST = {ICMP: 8, ICMPV6: 128}
ECHO_REPLY = {ICMP: 0, ICMPV6: 129}


class Packet(NamedTuple):
    """A parsed IP packet."""

    source: Address
    destination: Address
    protocol: int
    payload: bytes


class Echo(NamedTuple):
    """An ICMP or ICMPv6 echo."""

    is_request: bool
    identifier: int
    sequence: int
    data: bytes


class Datagram(NamedTuple):
    """A UDP datagram."""

    source_port: int
    destination_port: int
    data: bytes


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def pseudo_header(source: Address, destination: Address, protocol: int, length: int) -> bytes:
    """The header that UDP and ICMPv6 checksums cover in addition to their own bytes."""
    addresses = source.packed + destination.packed
    return addresses + struct.pack(">HH" if source.version == 4 else ">II", protocol, length)


def build_ip(source: str, destination: str, protocol: int, payload: bytes) -> bytes:
    """An IP packet, of the version of its addresses."""
    src, dst = ip_address(source), ip_address(destination)
    if src.version == 6:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) \
            + src.packed + dst.packed + payload
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) \
        + src.packed + dst.packed
    return header[:10] + checksum(header).to_bytes(2, "big") + header[12:] + payload


def build_echo(source: str, destination: str, identifier: int, sequence: int, data: bytes = b"",
               *, reply: bool = False) -> bytes:
    """An ICMP or ICMPv6 echo request or reply."""
    src, dst = ip_address(source), ip_address(destination)
    protocol = ICMP if src.version == 4 else ICMPV6
    kind = (ECHO_REPLY if reply else ECHO_REQUEST)[protocol]
    rest = struct.pack(">HH", identifier, sequence) + data
    body = bytes([kind, 0, 0, 0]) + rest
    covered = body if src.version == 4 else pseudo_header(src, dst, protocol, len(body)) + body
    body = bytes([kind, 0]) + checksum(covered).to_bytes(2, "big") + rest
    return build_ip(source, destination, protocol, body)


def build_udp(source: str, destination: str, source_port: int, destination_port: int,
              data: bytes) -> bytes:
    """A UDP datagram."""
    src, dst = ip_address(source), ip_address(destination)
    head = struct.pack(">HHH", source_port, destination_port, 8 + len(data))
    covered = pseudo_header(src, dst, UDP, 8 + len(data)) + head + b"\0\0" + data
    total = checksum(covered) or 0xFFFF
    return build_ip(source, destination, UDP, head + total.to_bytes(2, "big") + data)


def parse_ip(packet: bytes) -> Packet:
    """Parses a packet; raises ValueError if it is not IPv4 or IPv6, or its length field exceeds its bytes."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= 20:
        header, total = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], "big")
        if header < 20 or not header <= total <= len(packet):
            raise ValueError("IPv4 lengths do not fit")
        if checksum(packet[:header]):
            raise ValueError("IPv4 header checksum")
        return Packet(IPv4Address(packet[12:16]), IPv4Address(packet[16:20]), packet[9],
                      packet[header:total])
    if version == 6 and len(packet) >= 40:
        total = 40 + int.from_bytes(packet[4:6], "big")
        if total > len(packet):
            raise ValueError("IPv6 payload length")
        return Packet(IPv6Address(packet[8:24]), IPv6Address(packet[24:40]), packet[6],
                      packet[40:total])
    raise ValueError("not an IP packet")


def parse_echo(packet: Packet) -> Echo | None:
    """The echo in a packet, if there is one; raises ValueError on a wrong checksum."""
    body = packet.payload
    if packet.protocol not in ECHO_REQUEST or len(body) < 8 or body[0] not in (
            ECHO_REQUEST[packet.protocol], ECHO_REPLY[packet.protocol]):
        return None
    covered = body
    if packet.protocol == ICMPV6:
        covered = pseudo_header(packet.source, packet.destination, ICMPV6, len(body)) + body
    if checksum(covered):
        raise ValueError("ICMP checksum")
    identifier, sequence = struct.unpack_from(">HH", body, 4)
    return Echo(body[0] == ECHO_REQUEST[packet.protocol], identifier, sequence, body[8:])


def parse_udp(packet: Packet) -> Datagram | None:
    """The datagram in a packet, if there is one; raises ValueError on a wrong checksum."""
    if packet.protocol != UDP or len(packet.payload) < 8:
        return None
    body = packet.payload
    source_port, destination_port, length, total = struct.unpack_from(">HHHH", body)
    if not 8 <= length <= len(body):
        raise ValueError("UDP length")
    body = body[:length]
    if total and checksum(pseudo_header(packet.source, packet.destination, UDP, length) + body):
        raise ValueError("UDP checksum")
    return Datagram(source_port, destination_port, body[8:])


def answer(packet: Packet) -> bytes | None:
    """The answer of a host with the packet's destination: an echo reply, or the datagram sent back."""
    here, there = str(packet.destination), str(packet.source)
    if echo := parse_echo(packet):
        if echo.is_request:
            return build_echo(here, there, echo.identifier, echo.sequence, echo.data, reply=True)
    elif datagram := parse_udp(packet):
        return build_udp(here, there, datagram.destination_port, datagram.source_port,
                         datagram.data)
    return None
