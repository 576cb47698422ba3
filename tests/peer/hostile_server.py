# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Misbehaving servers: in their answer to the upgrade, in message 2, and in a session.

How it works: an entry gets a Connection before its request is read. It returns the connection, to
be judged, or None to await another connection of the same client.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from typing import Any

from . import websocket as w
from .catalogue import Expect, as_server, fill, seal
from .noise import Handshake, SmallOrderHandshake, dh
from .packets import build_echo, build_udp
from .protocol import (FrameType as F, admission_tag, encode_frame, encode_json, find_sid,
                       frame_header)
from .server import Connection, Rejected
from .upgrade import Head, plain_response, upgrade_response

# The upgrade


@as_server(Expect.SESSION_ENDS, "longer than 5 s|within 5 s", within=30, slow=True)
async def server_silent_after_accept(connection: Connection):
    """The request is never answered."""
    return connection


@as_server(Expect.SESSION_ENDS, "longer than 5 s|within 5 s", within=30, slow=True)
async def server_silent_after_upgrade(connection: Connection):
    """HANDSHAKE_INIT is never answered."""
    await connection.accept()
    await connection.read_hello()
    return connection


def _response_entry(name: str, doc: str, reason: str,
                    make: Callable[[str], Head | bytes]) -> None:
    """An entry that answers the upgrade with anything but a correct 101."""
    async def run(connection: Connection):
        request = await connection.read_request()
        answer = make(request.get("Sec-WebSocket-Key"))
        connection.writer.write(answer if isinstance(answer, bytes) else answer.encode())
        await connection.writer.drain()
        return connection
    run.__name__, run.__doc__ = name, doc
    as_server(Expect.SESSION_ENDS, reason)(run)


def _changed_101(drop: str = "", **headers: str) -> Callable[[str], Head]:
    """A 101 without one header and with others; underscores in names stand for hyphens."""
    def make(key: str) -> Head:
        head = upgrade_response(key)
        replaced = {name.replace("_", "-"): value for name, value in headers.items()}
        head.headers = [(name, value) for name, value in head.headers
                        if name != drop and name not in replaced] + list(replaced.items())
        return head
    return make


_IGNORED, _UNSUPPORTED = "ignored WebSocket handshake", "unsupported"
for _name, _doc, _reason, _make in (
    ("http_404", "404.", "HTTP 404", lambda key: plain_response("404 Not Found", b"no")),
    ("http_200", "200 with a page.", "HTTP 200", lambda key: plain_response("200 OK", b"<html></html>")),
    ("http_302", "A redirection to a server that does not exist.", "HTTP 302|cannot connect",
     lambda key: plain_response("302 Found", headers=[("Location", "http://127.0.0.1:9/")])),
    ("http_403", "403.", "HTTP 403", lambda key: plain_response("403 Forbidden")),
    ("http_407", "Proxy authentication.", "asks for credentials", lambda key: plain_response("407 Proxy Auth", b"")),
    ("http_500", "500.", "HTTP 500", lambda key: plain_response("500 Internal Server Error", b"oops")),
    ("http_404_bad_date", "404 with a Date that is not a date.", "HTTP 404",
     lambda key: Head("HTTP/1.1 404 Not Found", [("Date", "yesterday"), ("Content-Length", "0")])),
    ("http_response_garbage", "Random bytes.", "not parse",
     lambda key: os.urandom(300).replace(b"\n", b"") + b"\r\n\r\n"),
    ("http_response_huge", "A header of 1 MiB.", "too big",
     lambda key: b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n"),
    ("http_response_many_headers", "20 000 headers.", "too big",
     lambda key: b"HTTP/1.1 101 Switching Protocols\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"),
    ("http_1_0", "101 in HTTP/1.0.", _IGNORED,
     lambda key: upgrade_response(key).encode().replace(b"HTTP/1.1", b"HTTP/1.0")),
    ("accept_wrong", "Sec-WebSocket-Accept for another key.", "Sec-WebSocket-Accept",
     _changed_101(Sec_WebSocket_Accept="s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
    ("accept_missing", "No Sec-WebSocket-Accept.", "Sec-WebSocket-Accept", _changed_101(drop="Sec-WebSocket-Accept")),
    ("upgrade_missing", "No Upgrade header.", _IGNORED, _changed_101(drop="Upgrade")),
    ("upgrade_other", "Upgrade to h2c.", _IGNORED, _changed_101(Upgrade="h2c")),
    ("connection_missing", "No Connection header.", _IGNORED, _changed_101(drop="Connection")),
    ("extension_uninvited", "permessage-deflate, which nobody asked for.", "unsupported extension",
     _changed_101(Sec_WebSocket_Extensions="permessage-deflate")),
    ("subprotocol_uninvited", "A subprotocol that nobody asked for.", "unsupported protocol",
     _changed_101(Sec_WebSocket_Protocol="chat")),
):
    _response_entry(_name, _doc, _reason, _make)


@as_server(Expect.GOES_ON)
async def clock_differs(connection: Connection):
    """Legal: 404 with a Date an hour ahead, and the client comes again with a proof for that time."""
    server = connection.server
    server.clock = lambda: time.time() + 3_600
    try:
        await connection.welcome()
    except Rejected:
        return None
    return connection


@as_server(Expect.SESSION_ENDS, "HTTP 404")
async def clock_differs_always(connection: Connection):
    """404 with a Date an hour ahead, twice: the client's second proof is for this time, and its last."""
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


def _resp_entry(name: str, doc: str, reason: str, answer: Callable[[Connection, dict], None],
                handshake: type[Handshake] = Handshake) -> None:
    """An entry that answers a proper HANDSHAKE_INIT; `answer` gets the correct welcome. No reason: the session goes on."""
    async def run(connection: Connection):
        connection.handshake = handshake
        await connection.accept()
        welcome = connection.make_welcome(await connection.read_hello())
        answer(connection, welcome)
        await connection.ws.drain()
        if not reason:
            connection.establish(welcome)
        return connection
    run.__name__, run.__doc__ = name, doc
    as_server(Expect.GOES_ON if not reason else Expect.SESSION_ENDS, reason)(run)


def _changed(*path: str, value: Any) -> Callable[[Connection, dict], None]:
    """Sends the welcome with one member changed, or removed if the value is None."""
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
    """Message 2 from a server that could not read message 1: its payload does not authenticate."""
    message = bytearray(connection.noise.write_message(encode_json(welcome)))
    message[-1] ^= 1
    connection.ws.send(encode_frame(F.HANDSHAKE_RESP, bytes(message)))


def _raw(payload: bytes) -> Callable[[Connection, dict], None]:
    return lambda connection, welcome: connection.send_resp(payload)


def _frame(frame: bytes) -> Callable[[Connection, dict], None]:
    return lambda connection, welcome: connection.ws.send(frame)


def _correct(connection: Connection, welcome: dict) -> None:
    connection.send_resp(welcome)


_NOT_THE_KEY = "does not have the key"
for _name, _doc, _reason, _answer in (
    ("resp_garbage", "Random bytes as message 2.", _NOT_THE_KEY,
     _frame(encode_frame(F.HANDSHAKE_RESP, os.urandom(300)))),
    ("resp_short", "Message 2 of 10 bytes.", _NOT_THE_KEY, _frame(encode_frame(F.HANDSHAKE_RESP, bytes(10)))),
    ("resp_empty", "Message 2 of no bytes.", _NOT_THE_KEY, _frame(encode_frame(F.HANDSHAKE_RESP, b""))),
    ("resp_wrong_key", "Message 2 that does not authenticate.", _NOT_THE_KEY, _wrong_key),
    ("resp_truncated", "A frame that promises more than the message holds.", "ends inside a frame",
     _frame(frame_header(F.HANDSHAKE_RESP, 300) + bytes(100))),
    ("resp_length_ffffffff", "A length field of 0xffffffff.", "frame is too long",
     _frame(b"\x02\xff\xff\xff\xff" + bytes(100))),
    ("resp_wrong_type", "HANDSHAKE_INIT as the answer.", "sent no handshake",
     _frame(encode_frame(F.HANDSHAKE_INIT, bytes(100)))),
    ("resp_sealed_type", "A sealed type as the answer.", "before the handshake",
     _frame(encode_frame(F.KEEPALIVE, bytes(48)))),
    ("resp_empty_message", "An empty message as the answer.", "empty message", _frame(b"")),
    ("resp_text", "A text message as the answer.", "text message",
     lambda connection, welcome: connection.ws.send_frame(w.TEXT, b"hello")),
    ("resp_masked", "A masked server frame.", "is masked",
     lambda connection, welcome: connection.ws.send_frame(w.BINARY, b"x", masked=True)),
    ("resp_close", "Close instead of message 2.", "ended it on our handshake",
     lambda connection, welcome: connection.ws.send_close(1008)),
    ("resp_payload_too_long", "A payload of more than 4 096 bytes.", "sent no handshake",
     _changed("pad", value="x" * 4_097)),
    ("resp_payload_huge", "A payload of 65 000 bytes.", "sent no handshake", _changed("pad", value="x" * 65_000)),
    ("resp_thousand_routes", "1 000 routes, which the payload cannot hold.", "sent no handshake",
     _changed("routes", value=[f"10.{i >> 8}.{i & 255}.0/24" for i in range(1_000)])),
    ("welcome_bad_json", "A payload that is no JSON.", "text ends early", _raw(b'{"version":1,')),
    ("welcome_list", "A payload that is a list.", "not a JSON object", _raw(b"[]")),
    ("welcome_nested", "A payload of 4 000 brackets.", "nested too deep", _raw(b"[" * 4_000)),
    ("welcome_empty", "No payload.", "empty", _raw(b"")),
    ("welcome_version_2", "Version 2.", "version 2", _changed("version", value=2)),
    ("welcome_version_missing", "No version.", "version", _changed("version", value=None)),
    ("welcome_no_ipv4", "No IPv4 assignment.", "ipv4", _changed("ipv4", value=None)),
    ("welcome_ipv4_string", "An assignment that is a string.", '"ipv4" is not an object', _changed("ipv4", value="10.8.0.2")),
    ("welcome_address_unspecified", "0.0.0.0.", "assigned-ip\\b", _changed("ipv4", "address", value="0.0.0.0")),
    ("welcome_address_loopback", "127.0.0.1.", "assigned-ip\\b", _changed("ipv4", "address", value="127.0.0.1")),
    ("welcome_address_multicast", "224.0.0.1.", "assigned-ip\\b", _changed("ipv4", "address", value="224.0.0.1")),
    ("welcome_address_broadcast", "255.255.255.255.", "assigned-ip\\b",
     _changed("ipv4", "address", value="255.255.255.255")),
    ("welcome_address_other_family", "An IPv6 address as ipv4.", "address",
     _changed("ipv4", "address", value="fd00:8::2")),
    ("welcome_address_number", "An address that is a number.", "address",
     _changed("ipv4", "address", value=167_772_162)),
    ("welcome_address_text", "Text in place of an address.", "address",
     _changed("ipv4", "address", value="10.8.0.2; reboot")),
    ("welcome_prefix_99", "Prefix 99.", "prefix", _changed("ipv4", "prefix", value=99)),
    ("welcome_prefix_negative", "Prefix -1.", "prefix", _changed("ipv4", "prefix", value=-1)),
    ("welcome_prefix_string", "Prefix \"24\".", "prefix", _changed("ipv4", "prefix", value="24")),
    ("welcome_gateway_bad", "A gateway that is not an address.", "gateway",
     _changed("ipv4", "gateway", value="gateway")),
    ("welcome_ipv6_loopback", "::1.", "assigned-ipv6", _changed("ipv6", "address", value="::1")),
    ("welcome_ipv6_prefix_129", "Prefix 129.", "prefix", _changed("ipv6", "prefix", value=129)),
    ("welcome_mtu_string", "An mtu that is a string.", "mtu", _changed("mtu", value="1420")),
    ("welcome_mtu_zero", "An mtu of 0.", "mtu", _changed("mtu", value=0)),
    ("welcome_mtu_negative", "A negative mtu.", "mtu", _changed("mtu", value=-1)),
    ("welcome_dns_string", "dns that is a string.", "dns", _changed("dns", value="1.1.1.1")),
    ("welcome_dns_bad", "A DNS server that is not an address.", "dns",
     _changed("dns", value=["dns.example\nnameserver 192.0.2.1"])),
    ("welcome_routes_bad", "A route that is not a network.", "routes", _changed("routes", value=["10.0.0.0/33"])),
    ("welcome_routes_numbers", "Routes that are numbers.", "routes", _changed("routes", value=[1, 2])),
    ("refusal_unauthorized", "Refused: unauthorized.", "unauthorized", _refusal("unauthorized")),
    ("refusal_pool_exhausted", "Refused: pool-exhausted.", "pool-exhausted", _refusal("pool-exhausted")),
    ("refusal_server_full", "Refused: server-full.", "server-full", _refusal("server-full")),
    ("refusal_unsupported_version", "Refused: unsupported-version.", "unsupported-version",
     _refusal("unsupported-version")),
    ("refusal_unknown_code", "Refused with a code that nobody knows.", "tuesday", _refusal("tuesday")),
    ("refusal_code_number", "Refused with a code that is a number.", "refused", _refusal(5)),
):
    _resp_entry(_name, _doc, _reason, _answer)

_resp_entry("resp_small_order", "An ephemeral key of small order, sealed accordingly.", _NOT_THE_KEY,
            _correct, SmallOrderHandshake)

for _name, _doc, _reason, _answer in (
    ("welcome_unknown_members", "Legal: unknown members.", "",
     _changed("future", value={"a": [1, None]})),
    ("welcome_without_ipv6", "Legal: no IPv6.", "", lambda connection, welcome: connection.send_resp(
        {key: value for key, value in welcome.items() if key not in ("ipv6", "routes")})),
    ("welcome_at_limit", "Legal: a payload of exactly 4 096 bytes.", "",
     lambda connection, welcome: connection.send_resp(
         {**welcome, "pad": "x" * (4_096 - len(encode_json({**welcome, "pad": ""})))})),
):
    _resp_entry(_name, _doc, _reason, _answer)


# The session


def _session_entry(name: str, doc: str, reason: str, act: Callable[[Connection], None]) -> None:
    """An entry that establishes a session and then acts; no reason: the session goes on."""
    async def run(connection: Connection):
        endpoint = await connection.welcome()
        await endpoint.keepalive()
        act(connection)
        await connection.ws.drain()
        return connection
    run.__name__, run.__doc__ = name, doc
    as_server(Expect.SESSION_ENDS if reason else Expect.GOES_ON, reason)(run)


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

for _name, _doc, _reason, _act in (
    ("server_masked_frame", "A masked frame in a session.", "is masked",
     lambda c: c.ws.send_frame(w.BINARY, _keepalive(c), masked=True)),
    ("server_text", "A text message.", "text message",
     lambda c: c.ws.send_frame(w.TEXT, b"hello")),
    ("server_reserved_bit", "RSV1.", "reserved bits",
     lambda c: c.ws.send_frame(w.BINARY, _keepalive(c), rsv=4)),
    ("server_unknown_opcode", "Opcode 0x3.", "opcode",
     lambda c: c.ws.send_frame(0x3, b"x")),
    ("server_fragmented_ping", "A control frame without FIN.", "control frame is fragmented",
     lambda c: c.ws.send_frame(w.PING, b"x", fin=False)),
    ("server_long_ping", "A control frame of 126 bytes.", "control frame is too long",
     lambda c: c.ws.send_frame(w.PING, bytes(126))),
    ("server_length_high_bit", "A 64-bit length with its highest bit set.", "message is too long",
     lambda c: c.ws.send_frame(w.BINARY, b"x", length_form=64, length=1 << 63 | 1)),
    ("server_continuation_without_start", "A continuation of nothing.", "continuation",
     lambda c: c.ws.send_frame(w.CONTINUATION, _keepalive(c))),
    ("server_fragmented_message", "Legal: a message in fragments.", "", _fragmented),
    ("server_oversized_message", "A message of 262 145 bytes, of legal frames.",
     "message is too long", lambda c: c.ws.send(fill(c.endpoint, w.MAX_MESSAGE + 1))),
    ("server_largest_message", "Legal: a message of 262 144 bytes.", "",
     lambda c: c.ws.send(fill(c.endpoint, w.MAX_MESSAGE))),
    ("server_oversized_frame", "A frame above the limit, which opens.", "frame is too long",
     _sealed((F.PADDING, bytes(65_793 - 40)))),
    ("server_replayed_frame", "The same sealed frame twice.", "not authentic", _replay),
    ("server_reordered_frames", "Two sealed frames in the wrong order.", "not authentic",
     _reorder),
    ("server_bit_flip", "A flipped bit.", "not authentic", _flip),
    ("server_garbage", "A frame of random bytes.", "not authentic",
     lambda c: c.ws.send(encode_frame(F.IP_PACKET, os.urandom(500)))),
    ("server_truncated_frame", "A frame that promises more than the message holds.",
     "ends inside a frame", lambda c: c.ws.send(_keepalive(c)[:-1])),
    ("server_second_resp", "A second HANDSHAKE_RESP.", "after the handshake",
     lambda c: c.ws.send(encode_frame(F.HANDSHAKE_RESP, os.urandom(300)))),
    ("server_unknown_type", "Unknown types that open are ignored.", "",
     _sealed((0x7E, b"what"), (0xFF, b""))),
    ("server_wrong_packets", "Packets to others, and packets that are not IP.", "",
     _WRONG_PACKETS),
    ("server_unknown_control", "CONTROL of an unknown type is ignored.", "",
     _sealed((F.CONTROL, b'{"type":"nonsense"}'))),
    ("server_huge_control", "CONTROL that fills a whole frame is ignored.", "",
     _sealed((F.CONTROL, b'{"type":"x","y":"' + b"z" * 65_700 + b'"}'))),
    ("server_bad_control", "CONTROL that is not JSON is ignored.", "", _sealed((F.CONTROL, b"{"))),
    ("server_nested_control", "CONTROL with 60 000 brackets is ignored.", "",
     _sealed((F.CONTROL, b"[" * 60_000))),
    ("server_config", "Legal: a new mtu.", "", _config(mtu=1_300)),
    ("server_config_thousand_routes", "A config with 1 000 routes is ignored.", "",
     _config(routes=[f"10.{i >> 8}.{i & 255}.0/24" for i in range(1_000)])),
    ("server_config_bad", "A config of wrong types is ignored.", "",
     _config(mtu="x", dns=5, routes={"a": 1})),
    ("server_ack_unasked", "The echo of a KEEPALIVE that was never sent is ignored.", "",
     _sealed((F.KEEPALIVE_ACK, os.urandom(8)))),
    ("server_rekey_resp_uninvited", "REKEY_RESP without a rekey.", "(?i)rekey",
     _sealed((F.REKEY_RESP, os.urandom(48)))),
    ("server_rekey_init", "REKEY_INIT in the wrong direction.", "(?i)rekey",
     _sealed((F.REKEY_INIT, os.urandom(48)))),
    ("server_superpacket_uninvited", "IP_SUPERPACKET without the capability is dropped.", "",
     _sealed((F.IP_SUPERPACKET, bytes(2) + build_echo("10.8.0.1", "10.8.0.2", 1, 1)))),
    ("server_disconnect", "Legal: DISCONNECT with a reason.", "maintenance",
     _sealed((F.DISCONNECT, b'{"reason":"maintenance"}'))),
    ("server_disconnect_bad_json", "DISCONNECT that is not JSON.", "no reason given",
     _sealed((F.DISCONNECT, b"\0"))),
    ("server_close", "Legal: a Close frame.", "other side closed", lambda c: c.ws.send_close(1001)),
    ("server_close_without_status", "A Close frame without a status.", "other side closed",
     lambda c: c.ws.send_close(None)),
    ("server_reset", "The connection is dropped.", "without a close frame",
     lambda c: c.writer.transport.abort()),
):
    _session_entry(_name, _doc, _reason, _act)


@as_server(Expect.GOES_ON)
async def server_keepalive_of_other_size(connection: Connection):
    """KEEPALIVEs of any size but 8 bytes get no echo."""
    endpoint = await connection.welcome()
    for size in (0, 3, 9, 60_000):
        await endpoint.send(F.KEEPALIVE, bytes(size))
    await endpoint.keepalive()
    assert endpoint.session.echoes == 1, f"{endpoint.session.echoes} echoes"
    return connection
