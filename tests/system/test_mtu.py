# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Clients of different MTU on one server: client A has the server's 1420, client B 1280.

The server's worker answers web's packets to B that are larger and must not be fragmented. The test compares these answers
with its own.
"""

from __future__ import annotations

import socket
import struct
import time

from .harness import GATEWAY4, GATEWAY6, WEB4, WEB6, Lab, Namespace, wait_until
from .load import table
from .scene import URL4, URL6, ProfiledClient, make_clients, start_server
from .traffic import Work, connect, listen, ping, receive_stream, send_stream
from .vpn import Server

MTU_A, MTU_B = 1420, 1280
MEGABYTE = 1_000_000
ETH_P_ALL = 3
ANSWERS_PER_S = 100  # and as many at once
LAB = {name: {"clients": 2} for name in ("answer_to_the_byte", "not_answered", "answers_are_limited", "path_mtu_discovery")}


def checksum(data: bytes) -> int:
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packed(address: str) -> bytes:
    """4 or 16 bytes."""
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def udp(source: str, destination: str, size: int) -> bytes:
    """A datagram with its UDP checksum, for an IP packet of `size` bytes."""
    length = size - (40 if ":" in source else 20)
    payload = bytes(number % 251 for number in range(length - 8))
    head = struct.pack(">HHH", 4000, 4001, length)
    pseudo = packed(source) + packed(destination) + (struct.pack(">IHBB", length, 0, 0, 17) if ":" in source else
                                                     struct.pack(">BBH", 0, 17, length))
    return head + struct.pack(">H", checksum(pseudo + head + b"\0\0" + payload) or 0xffff) + payload


def ipv4(source: str, destination: str, protocol: int, payload: bytes, *, ttl: int, tos: int = 0, identity: int = 0,
         flags: int = 0x4000) -> bytes:
    """An IPv4 packet, by default with DF."""
    head = struct.pack(">BBHHHBB", 0x45, tos, 20 + len(payload), identity, flags, ttl, protocol)
    addresses = packed(source) + packed(destination)
    return head + struct.pack(">H", checksum(head + b"\0\0" + addresses)) + addresses + payload


def ipv6(source: str, destination: str, protocol: int, payload: bytes, *, hop_limit: int) -> bytes:
    """An IPv6 packet."""
    head = struct.pack(">IHBB", 0x6000_0000, len(payload), protocol, hop_limit)
    return head + packed(source) + packed(destination) + payload


def packet_of(source: str, destination: str, size: int, ttl: int, flags: int = 0x4000) -> bytes:
    """A whole UDP packet of either family."""
    datagram = udp(source, destination, size)
    if ":" in source:
        return ipv6(source, destination, 17, datagram, hop_limit=ttl)
    return ipv4(source, destination, 17, datagram, ttl=ttl, identity=0x1234, flags=flags)


def expected_answer(packet: bytes, mtu: int, ttl: int) -> bytes:
    """Fragmentation Needed (RFC 1191), 576 bytes, or Packet Too Big (RFC 4443), 1280 bytes; from where `packet` goes."""
    if packet[0] >> 4 == 4:
        source, destination = (socket.inet_ntop(socket.AF_INET, part) for part in (packet[12:16], packet[16:20]))
        quoted = packet[:576 - 28]
        message = struct.pack(">BBHHH", 3, 4, 0, 0, mtu) + quoted
        message = message[:2] + struct.pack(">H", checksum(message)) + message[4:]
        return ipv4(destination, source, 1, message, ttl=ttl, tos=0xc0)
    source, destination = (socket.inet_ntop(socket.AF_INET6, part) for part in (packet[8:24], packet[24:40]))
    message = struct.pack(">BBHI", 2, 0, 0, mtu) + packet[:1280 - 48]
    pseudo = packet[24:40] + packet[8:24] + struct.pack(">II", len(message), 58)
    message = message[:2] + struct.pack(">H", checksum(pseudo + message)) + message[4:]
    return ipv6(destination, source, 58, message, hop_limit=ttl)


class Wire:
    """Raw packets on eth0 of a namespace: sends them, and sees all incoming ones."""

    def __init__(self, lab: Lab, namespace: Namespace) -> None:
        with namespace.entered():
            self._seen = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
            self._senders = {4: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
                             6: socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)}
        self._seen.bind(("eth0", ETH_P_ALL))
        self._seen.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self._seen.setblocking(False)
        lab.keep(self)

    def send(self, packet: bytes) -> None:
        """Sends a whole packet."""
        version = packet[0] >> 4
        destination = socket.inet_ntop(*(socket.AF_INET, packet[16:20]) if version == 4 else
                                       (socket.AF_INET6, packet[24:40]))
        self._senders[version].sendto(packet, (destination, 0))

    def icmp_errors(self) -> list[bytes]:
        """The Fragmentation Needed and Packet Too Big messages since the last call."""
        found = []
        while True:
            try:
                packet, (_, _, kind, *_) = self._seen.recvfrom(65_536)
            except BlockingIOError:
                return found
            if kind == socket.PACKET_HOST and (packet[0] >> 4 == 4 and packet[9] == 1 and packet[20:22] == b"\3\4"
                                               or packet[0] >> 4 == 6 and packet[6] == 58 and packet[40] == 2):
                found.append(packet)

    def close(self) -> None:
        """Ends it."""
        for one in (self._seen, *self._senders.values()):
            one.close()


def two_clients(lab: Lab) -> tuple[Server, ProfiledClient, ProfiledClient]:
    """A has the MTU 1420, B 1280."""
    server, key = start_server(lab, mtu=MTU_A, reachable_from=["203.0.113.0/24", "2001:db8:3::/64"])
    first, second = make_clients(lab, key)
    assert first.connect()["mtu"] == MTU_A
    assert second.connect(mtu=MTU_B)["mtu"] == MTU_B
    assert sorted(entry["mtu"] for entry in server.list_clients()) == [MTU_B, MTU_A]
    return server, first, second


def too_big(server: Server, client: ProfiledClient) -> int:
    """The server's counter for a client."""
    return server.client_telemetry(client.status()["client-id"])["drops-too-big"]


def test_answer_to_the_byte(lab: Lab) -> None:
    """The server answers packets larger than B's MTU, in both families; smaller ones arrive; A gets both."""
    server, first, second = two_clients(lab)
    wire = Wire(lab, lab.web)
    for number, size in enumerate((MTU_B + 1, 1400, MTU_A)):
        for source, name in ((WEB4, "assigned-ip"), (WEB6, "assigned-ipv6")):
            destination = second.status()[name]
            wire.send(packet_of(source, destination, size, 33))
            (answer,) = wait_until(wire.icmp_errors, f"an answer to {size} bytes for {destination}")
            # Between web and the tunnel there is one hop, each way.
            expected = expected_answer(packet_of(source, destination, size, 32), MTU_B, 63)
            assert answer == expected, f"{size} bytes to {destination}:\n got {answer.hex()}\nnot {expected.hex()}"
        assert too_big(server, second) == 2 * (number + 1)
    arrivals = []
    for client, size in ((second, MTU_B), (first, MTU_A)):
        for source, name in ((WEB4, "assigned-ip"), (WEB6, "assigned-ipv6")):
            before = client.statistics()["bytes-received"]
            wire.send(packet_of(source, client.status()[name], size, 33))
            wait_until(lambda: client.statistics()["bytes-received"] >= before + size, f"{size} bytes from {source}")
            arrivals.append(size)
    assert not wire.icmp_errors() and len(arrivals) == 4
    assert too_big(server, first) == 0


def test_not_answered(lab: Lab) -> None:
    """IPv4 without DF goes through whole, and ICMP errors are not answered."""
    server, _, second = two_clients(lab)
    wire = Wire(lab, lab.web)
    address = second.status()["assigned-ip"]
    before = second.statistics()["bytes-received"]
    wire.send(packet_of(WEB4, address, 1400, 33, flags=0))
    wait_until(lambda: second.statistics()["bytes-received"] >= before + 1400, "a packet without DF")
    assert too_big(server, second) == 0
    wire.send(ipv4(WEB4, address, 1, struct.pack(">BBHI", 11, 0, 0, 0) + b"\0" * 1372, ttl=33, identity=1))
    wait_until(lambda: too_big(server, second) == 1, "the drop of an ICMP error that is too big")
    wire.send(packet_of(WEB4, address, 1400, 33))
    assert len(wait_until(wire.icmp_errors, "the answer to the last one")) == 1
    assert too_big(server, second) == 2


def test_answers_are_limited(lab: Lab) -> None:
    """A flood of oversized packets gets a hundred answers per second."""
    server, _, second = two_clients(lab)
    wire = Wire(lab, lab.web)
    packet = packet_of(WEB4, second.status()["assigned-ip"], 1400, 33)
    before = server.statistics()["drops-device"]
    begin = time.monotonic()
    for _ in range(2000):
        wire.send(packet)
    wait_until(lambda: too_big(server, second) + server.statistics()["drops-device"] - before == 2000, "2000 drops")
    seconds = time.monotonic() - begin
    answers = len(wire.icmp_errors())
    assert ANSWERS_PER_S <= answers <= ANSWERS_PER_S * (1 + seconds), f"{answers} answers in {seconds:.2f} s"
    print(f"# 2000 packets in {seconds:.2f} s: {answers} answers", flush=True)


def fetch(lab: Lab, client: ProfiledClient, namespace: Namespace, web: str) -> tuple[int, float]:
    """Fetches 1 MB from web with a client that accepts segments as large as web's line; returns TCP's final MSS."""
    family, network = ("-4", "203.0.113.0/24") if "." in web else ("-6", "2001:db8:3::/64")
    namespace.ip(family, "route", "replace", network, "dev", client.get("Interface"), "advmss", "1360", "table", "99")
    namespace.ip(family, "rule", "add", "pref", "1", "to", network, "lookup", "99") # before ours
    begin = time.monotonic()
    with listen(lab.web, web) as listener, connect(namespace, web, listener.getsockname()[1]) as near:
        far = listener.accept()[0]
        far.settimeout(30)
        near.settimeout(30)
        sent, received = Work(send_stream, far, MEGABYTE), Work(receive_stream, near)
        digest = sent.result(40)
        mss = far.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
        assert received.result(40) == (MEGABYTE, digest), "what arrived is not what was sent"
        far.close()
    return mss, time.monotonic() - begin


def test_path_mtu_discovery(lab: Lab) -> None:
    """A TCP connection from web to B begins with segments that are too large, recovers, and delivers everything."""
    server, first, second = two_clients(lab)
    rows = [("to", "by", "MSS", "s", "too big")]
    for web, header, name in ((WEB4, 52, "assigned-ip"), (WEB6, 72, "assigned-ipv6")):
        before = too_big(server, second)
        mss, seconds = fetch(lab, second, lab.clients[1], web)
        refused = too_big(server, second) - before
        assert refused > 0, "no segment was too large: nothing was shown"
        assert mss + header <= MTU_B, f"MSS {mss} to {second.status()[name]}"
        assert str(MTU_B) in lab.web.ip("route", "get", second.status()[name]), lab.web.ip("route", "show", "cache")
        rows.append(("B", web, str(mss), f"{seconds:.2f}", str(refused)))
        mss, seconds = fetch(lab, first, lab.client, web)
        rows.append(("A", web, str(mss), f"{seconds:.2f}", "0"))
    assert too_big(server, first) == 0
    table("1 MB each, path MTU discovery", rows)


def check_mtu_info(client: ProfiledClient, link: int, ip: int) -> None:
    """Asserts what GetMtuInfo() returns for a link of this MTU and an outer IP header of this size."""
    info = client.mtu_info()
    info.pop("packets-too-big")
    assert info == {"mtu": 1420, "link-mtu": link, "overhead": ip + 59, "overhead-ip": ip, "overhead-tcp": 32,
                    "overhead-websocket": 6, "overhead-frame": 5, "overhead-tag": 16, "max-mtu": link - ip - 59,
                    "fits-up": link - ip - 107, "fits-down": link - ip - 103, "extra-nonce": 24, "extra-tls": 22}, info


def test_mtu_info(lab: Lab) -> None:
    """GetMtuInfo() for either outer family; and the device keeps its MTU, so that the kernel answers packets too big for it."""
    _, key = start_server(lab)
    (client,) = make_clients(lab, key)
    client.connect(server_url=URL6)
    check_mtu_info(client, 1500, 40)
    client.disconnect()
    client.connect(server_url=URL4)
    check_mtu_info(client, 1500, 20)
    interface = client.get("Interface")
    lab.client.ip("link", "set", interface, "mtu", "1500")
    wait_until(lambda: "mtu 1420" in lab.client.ip("link", "show", interface), "the MTU to be restored")
    for address, size in ((GATEWAY4, 1472), (GATEWAY6, 1452)):
        output = lab.client.run("ping", "-n", "-c", "2", "-i", "0.2", "-W", "5", "-M", "do", "-s", str(size), address,
                                check=False)
        assert "mtu" in output and "1420" in output, output
    lab.client.ip("link", "set", "eth0", "mtu", "1400")
    check_mtu_info(client, 1400, 20)
    for address in (GATEWAY4, GATEWAY6):
        ping(lab.client, address)
