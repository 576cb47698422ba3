# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Misbehaving servers: what they answer to the upgrade, in message 2, and in a session.

How it works: an entry gets a Connection before its request is read. It returns what is to be
judged, or None where another connection of the same client is to be awaited.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from typing import Any

from . import websocket as w
from .catalogue import Expect, as_server, seal
from .noise import dh
from .packets import build_echo, build_udp
from .protocol import (FrameType as F, admission_tag, encode_frame, encode_json, find_sid,
                       frame_header)
from .server import Connection, Rejected
from .upgrade import Head, plain_response, upgrade_response

# The upgrade


@as_server(Expect.SESSION_ENDS, within=30, slow=True)
async def server_silent_after_accept(connection: Connection):
    """The request is never answered."""
    return connection


@as_server(Expect.SESSION_ENDS, within=30, slow=True)
async def server_silent_after_upgrade(connection: Connection):
    """HANDSHAKE_INIT is never answered."""
    await connection.accept()
    await connection.read_hello()
    return connection


def _response_entry(name: str, doc: str, make: Callable[[str], Head | bytes]) -> None:
    """An entry that answers the upgrade with something that is no good 101."""
    async def run(connection: Connection):
        request = await connection.read_request()
        answer = make(request.get("Sec-WebSocket-Key"))
        connection.writer.write(answer if isinstance(answer, bytes) else answer.encode())
        await connection.writer.drain()
        return connection
    run.__name__, run.__doc__ = name, doc
    as_server(Expect.SESSION_ENDS)(run)


def _changed_101(drop: str = "", **headers: str) -> Callable[[str], Head]:
    """A 101 without one header and with others; underscores in names stand for hyphens."""
    def make(key: str) -> Head:
        head = upgrade_response(key)
        replaced = {name.replace("_", "-"): value for name, value in headers.items()}
        head.headers = [(name, value) for name, value in head.headers
                        if name != drop and name not in replaced] + list(replaced.items())
        return head
    return make


for _name, _doc, _make in (
    ("http_404", "404.", lambda key: plain_response("404 Not Found", b"no")),
    ("http_200", "200 with a page.", lambda key: plain_response("200 OK", b"<html></html>")),
    ("http_302", "A redirection, which is not followed.",
     lambda key: plain_response("302 Found", headers=[("Location", "http://127.0.0.1:9/")])),
    ("http_403", "403.", lambda key: plain_response("403 Forbidden")),
    ("http_407", "Proxy authentication.", lambda key: plain_response("407 Proxy Auth", b"")),
    ("http_500", "500.", lambda key: plain_response("500 Internal Server Error", b"oops")),
    ("http_404_bad_date", "404 with a Date that is none.",
     lambda key: Head("HTTP/1.1 404 Not Found", [("Date", "yesterday"), ("Content-Length", "0")])),
    ("http_response_garbage", "Random bytes.",
     lambda key: os.urandom(300).replace(b"\n", b"") + b"\r\n\r\n"),
    ("http_response_huge", "A header of 1 MiB.",
     lambda key: b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n"),
    ("http_response_many_headers", "20 000 headers.",
     lambda key: b"HTTP/1.1 101 Switching Protocols\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"),
    ("http_1_0", "101 in HTTP/1.0.",
     lambda key: upgrade_response(key).encode().replace(b"HTTP/1.1", b"HTTP/1.0")),
    ("accept_wrong", "Sec-WebSocket-Accept for another key.",
     _changed_101(Sec_WebSocket_Accept="s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
    ("accept_missing", "No Sec-WebSocket-Accept.", _changed_101(drop="Sec-WebSocket-Accept")),
    ("upgrade_missing", "No Upgrade header.", _changed_101(drop="Upgrade")),
    ("upgrade_other", "Upgrade to h2c.", _changed_101(Upgrade="h2c")),
    ("connection_missing", "No Connection header.", _changed_101(drop="Connection")),
    ("extension_uninvited", "permessage-deflate, which nobody asked for.",
     _changed_101(Sec_WebSocket_Extensions="permessage-deflate")),
    ("subprotocol_uninvited", "A subprotocol that nobody asked for.",
     _changed_101(Sec_WebSocket_Protocol="chat")),
):
    _response_entry(_name, _doc, _make)


@as_server(Expect.GOES_ON)
async def clock_differs(connection: Connection):
    """404 with a Date an hour ahead: the client comes again with a proof for that time."""
    server = connection.server
    server.clock = lambda: time.time() + 3_600
    try:
        await connection.welcome()
    except Rejected:
        return None
    return connection


@as_server(Expect.SESSION_ENDS)
async def clock_differs_always(connection: Connection):
    """404 with a Date an hour ahead, twice: the second proof is for it, and the last."""
    request = await connection.read_request()
    later = time.time() + 3_600
    await connection.reply(plain_response("404 Not Found", now=later))
    if connection.server.connections == 1:
        return None
    sid = base64.urlsafe_b64decode(find_sid(request.get("Cookie")))
    shared = dh(connection.server.private_key, sid[:32])
    minutes = [int(later // 60) + offset for offset in (-1, 0, 1)]
    assert sid[32:] in [admission_tag(shared, minute) for minute in minutes], "not the new time"
    return connection


# Message 2


def _resp_entry(name: str, doc: str, answer: Callable[[Connection, dict], None],
                expect: Expect = Expect.SESSION_ENDS) -> None:
    """An entry that answers a proper HANDSHAKE_INIT; `answer` gets the welcome that is due."""
    async def run(connection: Connection):
        await connection.accept()
        welcome = connection.make_welcome(await connection.read_hello())
        answer(connection, welcome)
        await connection.ws.drain()
        if expect is not Expect.SESSION_ENDS:
            connection.establish(welcome)
        return connection
    run.__name__, run.__doc__ = name, doc
    as_server(expect)(run)


def _changed(*path: str, value: Any) -> Callable[[Connection, dict], None]:
    """Sends the welcome with one member changed, removed where the value is None."""
    def answer(connection: Connection, welcome: dict) -> None:
        welcome = {**welcome, "ipv4": dict(welcome["ipv4"]), "ipv6": dict(welcome["ipv6"])}
        member = welcome
        for key in path[:-1]:
            member = member[key]
        member[path[-1]] = value
        connection.send_resp({key: item for key, item in welcome.items() if item is not None})
    return answer


def _refusal(code: Any) -> Callable[[Connection, dict], None]:
    def answer(connection: Connection, welcome: dict) -> None:
        connection.send_resp({"version": 1, "error": code, "message": "no"})
        connection.ws.send_close()
    return answer


def _wrong_key(connection: Connection, welcome: dict) -> None:
    """Message 2 as of one who could not read message 1: its payload does not authenticate."""
    message = bytearray(connection.noise.write_message(encode_json(welcome)))
    message[-1] ^= 1
    connection.ws.send(encode_frame(F.HANDSHAKE_RESP, bytes(message)))


def _raw(payload: bytes) -> Callable[[Connection, dict], None]:
    return lambda connection, welcome: connection.send_resp(payload)


def _frame(frame: bytes) -> Callable[[Connection, dict], None]:
    return lambda connection, welcome: connection.ws.send(frame)


for _name, _doc, _answer in (
    ("resp_garbage", "Random bytes as message 2.",
     _frame(encode_frame(F.HANDSHAKE_RESP, os.urandom(300)))),
    ("resp_short", "Message 2 of 10 bytes.", _frame(encode_frame(F.HANDSHAKE_RESP, bytes(10)))),
    ("resp_empty", "Message 2 of no bytes.", _frame(encode_frame(F.HANDSHAKE_RESP, b""))),
    ("resp_small_order", "An ephemeral key of zero bytes.",
     _frame(encode_frame(F.HANDSHAKE_RESP, bytes(300)))),
    ("resp_wrong_key", "Message 2 that does not authenticate.", _wrong_key),
    ("resp_truncated", "A frame that promises more than the message holds.",
     _frame(frame_header(F.HANDSHAKE_RESP, 300) + bytes(100))),
    ("resp_length_ffffffff", "A length field of 0xffffffff.",
     _frame(b"\x02\xff\xff\xff\xff" + bytes(100))),
    ("resp_wrong_type", "HANDSHAKE_INIT as the answer.",
     _frame(encode_frame(F.HANDSHAKE_INIT, bytes(100)))),
    ("resp_sealed_type", "A sealed type as the answer.",
     _frame(encode_frame(F.KEEPALIVE, bytes(48)))),
    ("resp_empty_message", "An empty message as the answer.", _frame(b"")),
    ("resp_text", "A text message as the answer.",
     lambda connection, welcome: connection.ws.send_frame(w.TEXT, b"hello")),
    ("resp_masked", "A masked server frame.",
     lambda connection, welcome: connection.ws.send_frame(w.BINARY, b"x", masked=True)),
    ("resp_close", "Close instead of message 2.",
     lambda connection, welcome: connection.ws.send_close(1008)),
    ("resp_payload_too_long", "A payload of more than 4 096 bytes.",
     _changed("pad", value="x" * 4_097)),
    ("resp_payload_huge", "A payload of 65 000 bytes.", _changed("pad", value="x" * 65_000)),
    ("resp_thousand_routes", "1 000 routes, which the payload cannot hold.",
     _changed("routes", value=[f"10.{i >> 8}.{i & 255}.0/24" for i in range(1_000)])),
    ("welcome_bad_json", "A payload that is no JSON.", _raw(b'{"version":1,')),
    ("welcome_list", "A payload that is a list.", _raw(b"[]")),
    ("welcome_nested", "A payload of 4 000 brackets.", _raw(b"[" * 4_000)),
    ("welcome_empty", "No payload.", _raw(b"")),
    ("welcome_version_2", "Version 2.", _changed("version", value=2)),
    ("welcome_version_missing", "No version.", _changed("version", value=None)),
    ("welcome_no_ipv4", "No IPv4 assignment.", _changed("ipv4", value=None)),
    ("welcome_ipv4_string", "An assignment that is a string.", _changed("ipv4", value="10.8.0.2")),
    ("welcome_address_unspecified", "0.0.0.0.", _changed("ipv4", "address", value="0.0.0.0")),
    ("welcome_address_loopback", "127.0.0.1.", _changed("ipv4", "address", value="127.0.0.1")),
    ("welcome_address_multicast", "224.0.0.1.", _changed("ipv4", "address", value="224.0.0.1")),
    ("welcome_address_broadcast", "255.255.255.255.",
     _changed("ipv4", "address", value="255.255.255.255")),
    ("welcome_address_other_family", "An IPv6 address as ipv4.",
     _changed("ipv4", "address", value="fd00:8::2")),
    ("welcome_address_number", "An address that is a number.",
     _changed("ipv4", "address", value=167_772_162)),
    ("welcome_address_text", "An address that is none.",
     _changed("ipv4", "address", value="10.8.0.2; reboot")),
    ("welcome_prefix_99", "Prefix 99.", _changed("ipv4", "prefix", value=99)),
    ("welcome_prefix_negative", "Prefix -1.", _changed("ipv4", "prefix", value=-1)),
    ("welcome_prefix_string", "Prefix \"24\".", _changed("ipv4", "prefix", value="24")),
    ("welcome_gateway_bad", "A gateway that is no address.",
     _changed("ipv4", "gateway", value="gateway")),
    ("welcome_ipv6_loopback", "::1.", _changed("ipv6", "address", value="::1")),
    ("welcome_ipv6_prefix_129", "Prefix 129.", _changed("ipv6", "prefix", value=129)),
    ("welcome_mtu_string", "An mtu that is a string.", _changed("mtu", value="1420")),
    ("welcome_mtu_zero", "An mtu of 0.", _changed("mtu", value=0)),
    ("welcome_mtu_negative", "A negative mtu.", _changed("mtu", value=-1)),
    ("welcome_dns_string", "dns that is a string.", _changed("dns", value="1.1.1.1")),
    ("welcome_dns_bad", "A DNS server that is no address.",
     _changed("dns", value=["dns.example\nnameserver 192.0.2.1"])),
    ("welcome_routes_bad", "A route that is none.", _changed("routes", value=["10.0.0.0/33"])),
    ("welcome_routes_numbers", "Routes that are numbers.", _changed("routes", value=[1, 2])),
    ("refusal_unauthorized", "Refused: unauthorized.", _refusal("unauthorized")),
    ("refusal_pool_exhausted", "Refused: pool-exhausted.", _refusal("pool-exhausted")),
    ("refusal_server_full", "Refused: server-full.", _refusal("server-full")),
    ("refusal_unsupported_version", "Refused: unsupported-version.",
     _refusal("unsupported-version")),
    ("refusal_unknown_code", "Refused with a code that nobody knows.", _refusal("tuesday")),
    ("refusal_code_number", "Refused with a code that is a number.", _refusal(5)),
):
    _resp_entry(_name, _doc, _answer)

for _name, _doc, _answer in (
    ("welcome_unknown_members", "Legal: members that nobody knows.",
     _changed("future", value={"a": [1, None]})),
    ("welcome_without_ipv6", "Legal: no IPv6.", lambda connection, welcome: connection.send_resp(
        {key: value for key, value in welcome.items() if key not in ("ipv6", "routes")})),
    ("welcome_at_limit", "Legal: a payload of exactly 4 096 bytes.",
     lambda connection, welcome: connection.send_resp(
         {**welcome, "pad": "x" * (4_096 - len(encode_json({**welcome, "pad": ""})))})),
):
    _resp_entry(_name, _doc, _answer, Expect.GOES_ON)


# The session


def _session_entry(name: str, doc: str, expect: Expect,
                   act: Callable[[Connection], None]) -> None:
    """An entry that establishes a session and then acts."""
    async def run(connection: Connection):
        endpoint = await connection.welcome()
        await endpoint.keepalive()
        act(connection)
        await connection.ws.drain()
        return connection
    run.__name__, run.__doc__ = name, doc
    as_server(expect)(run)


def _sealed(*frames: tuple[int, bytes]) -> Callable[[Connection], None]:
    """Sends sealed frames."""
    def act(connection: Connection) -> None:
        for frame in frames:
            connection.ws.send(seal(connection.endpoint, *frame))
    return act


def _config(**members: Any) -> Callable[[Connection], None]:
    return _sealed((F.CONTROL, encode_json({"type": "config", **members})))


def _keepalive(connection: Connection) -> bytes:
    return seal(connection.endpoint, F.KEEPALIVE, bytes(8))


def _replay(connection: Connection) -> None:
    frame = _keepalive(connection)
    connection.ws.send(frame)
    connection.ws.send(frame)


def _reorder(connection: Connection) -> None:
    first, second = _keepalive(connection), _keepalive(connection)
    connection.ws.send(second)
    connection.ws.send(first)


def _flip(connection: Connection) -> None:
    frame = bytearray(_keepalive(connection))
    frame[-1] ^= 1
    connection.ws.send(bytes(frame))


def _fragmented(connection: Connection) -> None:
    frame = _keepalive(connection)
    connection.ws.send_frame(w.BINARY, frame[:9], fin=False)
    connection.ws.send_frame(w.PING, b"between")
    connection.ws.send_frame(w.CONTINUATION, frame[9:])


_WRONG_PACKETS = _sealed(
    (F.IP_PACKET, build_echo("10.8.0.1", "192.0.2.7", 1, 1)),
    (F.IP_PACKET, build_udp("192.0.2.7", "127.0.0.1", 1, 1, b"x")),
    (F.IP_PACKET, build_echo("fd00:8::1", "2001:db8::7", 1, 1)),
    (F.IP_PACKET, b""), (F.IP_PACKET, b"\x45"), (F.IP_PACKET, os.urandom(64)),
    (F.IP_PACKET, b"\x45\0\xff\xff" + bytes(40)), (F.IP_PACKET, b"\x60\0\0\0\xff\xff" + bytes(40)))

for _name, _doc, _expect, _act in (
    ("server_masked_frame", "A masked frame in a session.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(w.BINARY, _keepalive(c), masked=True)),
    ("server_text", "A text message.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(w.TEXT, b"hello")),
    ("server_reserved_bit", "RSV1.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(w.BINARY, _keepalive(c), rsv=4)),
    ("server_unknown_opcode", "Opcode 0x3.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(0x3, b"x")),
    ("server_fragmented_ping", "A control frame without FIN.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(w.PING, b"x", fin=False)),
    ("server_long_ping", "A control frame of 126 bytes.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(w.PING, bytes(126))),
    ("server_length_high_bit", "A 64-bit length with its highest bit set.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(w.BINARY, b"x", length_form=64, length=1 << 63 | 1)),
    ("server_continuation_without_start", "A continuation of nothing.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_frame(w.CONTINUATION, _keepalive(c))),
    ("server_fragmented_message", "Legal: a message in fragments.", Expect.GOES_ON, _fragmented),
    ("server_oversized_message", "A message of 262 145 bytes.", Expect.SESSION_ENDS,
     lambda c: c.ws.send(seal(c.endpoint, F.PADDING, bytes(262_145 - 45)))),
    ("server_oversized_frame", "A frame above the limit, which opens.", Expect.SESSION_ENDS,
     _sealed((F.PADDING, bytes(65_793 - 40)))),
    ("server_replayed_frame", "The same sealed frame twice.", Expect.SESSION_ENDS, _replay),
    ("server_reordered_frames", "Two sealed frames in the wrong order.", Expect.SESSION_ENDS,
     _reorder),
    ("server_bit_flip", "A flipped bit.", Expect.SESSION_ENDS, _flip),
    ("server_garbage", "Random bytes as a message.", Expect.SESSION_ENDS,
     lambda c: c.ws.send(os.urandom(500))),
    ("server_truncated_frame", "A frame that promises more than the message holds.",
     Expect.SESSION_ENDS, lambda c: c.ws.send(_keepalive(c)[:-1])),
    ("server_second_resp", "A second HANDSHAKE_RESP.", Expect.SESSION_ENDS,
     lambda c: c.ws.send(encode_frame(F.HANDSHAKE_RESP, os.urandom(300)))),
    ("server_unknown_type", "Unknown types that open are ignored.", Expect.GOES_ON,
     _sealed((0x7E, b"what"), (0xFF, b""))),
    ("server_wrong_packets", "Packets to others, and packets that are none.", Expect.GOES_ON,
     _WRONG_PACKETS),
    ("server_unknown_control", "CONTROL of an unknown type.", Expect.GOES_ON,
     _sealed((F.CONTROL, b'{"type":"nonsense"}'))),
    ("server_huge_control", "CONTROL that fills a whole frame.", Expect.GOES_ON,
     _sealed((F.CONTROL, b'{"type":"x","y":"' + b"z" * 65_700 + b'"}'))),
    ("server_bad_control", "CONTROL that is no JSON.", Expect.EITHER, _sealed((F.CONTROL, b"{"))),
    ("server_nested_control", "CONTROL with 60 000 brackets.", Expect.EITHER,
     _sealed((F.CONTROL, b"[" * 60_000))),
    ("server_config", "Legal: a new mtu.", Expect.GOES_ON, _config(mtu=1_300)),
    ("server_config_thousand_routes", "1 000 routes.", Expect.EITHER,
     _config(routes=[f"10.{i >> 8}.{i & 255}.0/24" for i in range(1_000)])),
    ("server_config_bad", "A config of wrong types.", Expect.EITHER,
     _config(mtu="x", dns=5, routes={"a": 1})),
    ("server_keepalive_wrong_size", "KEEPALIVE of 3 bytes.", Expect.EITHER,
     _sealed((F.KEEPALIVE, bytes(3)))),
    ("server_ack_unasked", "The echo of something never sent.", Expect.GOES_ON,
     _sealed((F.KEEPALIVE_ACK, os.urandom(8)))),
    ("server_rekey_resp_uninvited", "REKEY_RESP without a rekey.", Expect.EITHER,
     _sealed((F.REKEY_RESP, os.urandom(48)))),
    ("server_rekey_init", "REKEY_INIT in the wrong direction.", Expect.EITHER,
     _sealed((F.REKEY_INIT, os.urandom(48)))),
    ("server_superpacket_uninvited", "IP_SUPERPACKET without the capability.", Expect.EITHER,
     _sealed((F.IP_SUPERPACKET, bytes(2) + build_echo("10.8.0.1", "10.8.0.2", 1, 1)))),
    ("server_disconnect", "Legal: DISCONNECT with a reason.", Expect.SESSION_ENDS,
     _sealed((F.DISCONNECT, b'{"reason":"maintenance"}'))),
    ("server_disconnect_bad_json", "DISCONNECT that is no JSON.", Expect.SESSION_ENDS,
     _sealed((F.DISCONNECT, b"\0"))),
    ("server_close", "Legal: a Close frame.", Expect.SESSION_ENDS, lambda c: c.ws.send_close(1001)),
    ("server_close_without_status", "A Close frame without a status.", Expect.SESSION_ENDS,
     lambda c: c.ws.send_close(None)),
    ("server_reset", "The connection is dropped.", Expect.SESSION_ENDS,
     lambda c: c.writer.transport.abort()),
):
    _session_entry(_name, _doc, _expect, _act)
