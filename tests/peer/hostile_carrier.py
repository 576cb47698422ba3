# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Misbehaving clients below the frames: WebSocket, silence and HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from . import websocket as w
from .catalogue import (Expect, Skip, Target, as_client, echo_packet, fill, seal,
                        wait_end)
from .client import PeerClient, Streams, url_host, url_path
from .protocol import FrameType, encode_json, init_frame, make_client_handshake, make_hello

# WebSocket (RFC 6455)


def _ip_frame(client: PeerClient) -> bytes:
    """A sealed packet that would be answered."""
    return seal(client, FrameType.IP_PACKET, echo_packet(client))


def _websocket_entry(name: str, doc: str, reason: str, act: Callable[[PeerClient], None]) -> None:
    """An entry that establishes a session and then acts on its WebSocket; no reason: the session goes on."""
    async def run(target: Target):
        client = await target.session()
        act(client)
        await client.ws.drain()
        return client
    run.__name__, run.__doc__ = name, doc
    as_client(Expect.SESSION_ENDS if reason else Expect.GOES_ON, reason)(run)


def _fragments(client: PeerClient, size: int,
               between: Callable[[w.WebSocket], None] = lambda ws: None) -> None:
    """A legal message of one sealed frame in fragments of `size` bytes."""
    message = _ip_frame(client)
    parts = [message[i:i + size] for i in range(0, len(message), size)]
    for number, part in enumerate(parts):
        client.ws.send_frame(w.CONTINUATION if number else w.BINARY, part,
                             fin=number == len(parts) - 1)
        if number < len(parts) - 1:
            between(client.ws)


def _new_message_inside_another(client: PeerClient) -> None:
    client.ws.send_frame(w.BINARY, _ip_frame(client), fin=False)
    client.ws.send_frame(w.BINARY, _ip_frame(client))


def _send_fragments(client: PeerClient, message: bytes, size: int) -> None:
    for start in range(0, len(message), size):
        client.ws.send_frame(w.CONTINUATION if start else w.BINARY, message[start:start + size],
                             fin=start + size >= len(message))


for _name, _doc, _reason, _act in (
    ("text_message", "A text message.", "text message",
     lambda c: c.ws.send_frame(w.TEXT, b"hello")),
    ("unmasked_frame", "A client frame that is not masked.", "not masked",
     lambda c: c.ws.send_frame(w.BINARY, _ip_frame(c), masked=False)),
    ("reserved_bit_1", "RSV1, as with permessage-deflate.", "reserved bits",
     lambda c: c.ws.send_frame(w.BINARY, _ip_frame(c), rsv=4)),
    ("reserved_bit_3", "RSV3.", "reserved bits",
     lambda c: c.ws.send_frame(w.BINARY, _ip_frame(c), rsv=1)),
    ("unknown_data_opcode", "Opcode 0x3.", "opcode",
     lambda c: c.ws.send_frame(0x3, _ip_frame(c))),
    ("unknown_control_opcode", "Opcode 0xB.", "opcode", lambda c: c.ws.send_frame(0xB, b"")),
    ("fragmented_ping", "A control frame without FIN.", "control frame is fragmented",
     lambda c: c.ws.send_frame(w.PING, b"x", fin=False)),
    ("long_ping", "A control frame of 126 bytes.", "control frame is too long",
     lambda c: c.ws.send_frame(w.PING, bytes(126))),
    ("length_16_not_minimal", "100 bytes with a 16-bit length.", "shortest form",
     lambda c: c.ws.send_frame(w.BINARY, _ip_frame(c), length_form=16)),
    ("length_64_not_minimal", "100 bytes with a 64-bit length.", "shortest form",
     lambda c: c.ws.send_frame(w.BINARY, _ip_frame(c), length_form=64)),
    ("length_64_high_bit", "A 64-bit length with its highest bit set.", "message is too long",
     lambda c: c.ws.send_frame(w.BINARY, _ip_frame(c), length_form=64, length=1 << 63 | 64)),
    ("oversized_message", "A message of 262 145 bytes, of legal frames.", "message is too long",
     lambda c: c.ws.send(fill(c, w.MAX_MESSAGE + 1))),
    ("oversized_announcement", "A frame header that promises 2^40 bytes.", "message is too long",
     lambda c: c.ws.send_frame(w.BINARY, b"", length_form=64, length=1 << 40)),
    ("oversized_fragments", "A message of legal frames that grows past the limit in fragments.",
     "message is too long", lambda c: _send_fragments(c, fill(c, w.MAX_MESSAGE + 1), 60_000)),
    ("largest_message", "Legal: a message of 262 144 bytes.", "",
     lambda c: c.ws.send(fill(c, w.MAX_MESSAGE))),
    ("largest_message_in_fragments", "Legal: the same in fragments.", "",
     lambda c: _send_fragments(c, fill(c, w.MAX_MESSAGE), 60_000)),
    ("continuation_without_start", "A continuation of nothing.", "continuation",
     lambda c: c.ws.send_frame(w.CONTINUATION, _ip_frame(c))),
    ("new_message_inside_another", "A binary frame in place of a continuation.", "inside another",
     _new_message_inside_another),
    ("fragmented_message", "Legal: a message in fragments of 40 bytes.", "",
     lambda c: _fragments(c, 40)),
    ("fragmented_with_pings", "Legal: a message with pings between its fragments.", "",
     lambda c: _fragments(c, 20, lambda ws: ws.send_frame(w.PING, b"between"))),
    ("one_byte_fragments", "Legal: a message in fragments of 1 byte.", "",
     lambda c: _fragments(c, 1)),
    ("empty_fragments", "Legal: a message with empty fragments in it.", "",
     lambda c: _fragments(c, 30, lambda ws: ws.send_frame(w.CONTINUATION, fin=False))),
    ("unsolicited_pong", "Legal: a pong that answers nothing.", "",
     lambda c: c.ws.send_frame(w.PONG, b"unasked")),
    ("close_without_status", "Legal: a Close frame with no payload.", "other side closed",
     lambda c: c.ws.send_close(None)),
    ("close_status_of_one_byte", "A Close frame with half a status.", "close frame of one byte",
     lambda c: c.ws.send_frame(w.CLOSE, b"\x03")),
    ("close_status_1005", "A Close frame with a status that must not be sent, which still closes.",
     "other side closed", lambda c: c.ws.send_frame(w.CLOSE, b"\x03\xed")),
    ("empty_message", "A binary message without any frame.", "empty message",
     lambda c: c.ws.send(b"")),
):
    _websocket_entry(_name, _doc, _reason, _act)


@as_client(Expect.GOES_ON)
async def ping_flood(target: Target):
    """2 000 WebSocket pings; the last one at least must be answered."""
    client = await target.session()
    for number in range(2_000):
        client.ws.send_frame(w.PING, number.to_bytes(4, "big"))
        if number % 100 == 0:
            await client.ws.drain()
    await client.ping(client.gateway())
    last = client.ws.last_pong
    assert last == (1_999).to_bytes(4, "big"), f"{client.ws.pongs} pongs, the last is {last!r}"
    return client


@as_client(Expect.CHECKED)
async def abrupt_reset(target: Target):
    """A session whose TCP connection is reset."""
    client = await target.session()
    connection = client.ws.writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.ws.abort()


# Silence and slowness


async def _trickle(subject: Any, step: Callable[[], None], at_least: float, within: float) -> None:
    """Takes a step every half second until the peer closes; asserts that it does in this time."""
    ended = asyncio.ensure_future(wait_end(subject))
    begin = time.monotonic()
    while not ended.done() and time.monotonic() < begin + within:
        step()
        await asyncio.wait({ended}, timeout=0.5)
    finished, seconds = ended.done(), time.monotonic() - begin
    ended.cancel()
    assert finished, f"not ended within {within:g} s"
    assert seconds >= at_least, f"ended after {seconds:.1f} s already"


@as_client(Expect.SESSION_ENDS, "end of file$", within=30, slow=True)
async def silence_after_tcp(target: Target):
    """A TCP connection that sends nothing."""
    return await target.stream(handshake=False)


@as_client(Expect.SESSION_ENDS, "end of file$", within=30, slow=True)
async def silence_after_tls(target: Target):
    """A TLS connection without a request."""
    if not target.url.startswith("wss"):
        raise Skip("no TLS")
    return await target.stream()


@as_client(Expect.SESSION_ENDS, "no handshake in time", within=13, slow=True)
async def silence_after_upgrade(target: Target):
    """A WebSocket without a handshake: ends after 10 s, and not before 5."""
    ws = await target.ws()
    await asyncio.wait({eof := asyncio.ensure_future(ws.reader.read(1))}, timeout=5)
    assert not eof.done(), "ended before 5 s"
    eof.cancel()
    await asyncio.gather(eof, return_exceptions=True)
    return ws


@as_client(Expect.CHECKED, "no handshake in time", slow=True)
async def pings_instead_of_handshake(target: Target):
    """WebSocket pings do not prolong the 10 s."""
    ws = await target.ws()
    await _trickle(ws, lambda: ws.send_frame(w.PING, b"alive"), 5, 13)
    return ws


@as_client(Expect.CHECKED, "no handshake in time", slow=True)
async def slow_handshake(target: Target):
    """HANDSHAKE_INIT in fragments of one byte, two per second, does not prolong the 10 s."""
    ws = await target.ws()
    message = iter(init_frame(make_client_handshake(target.key, None), encode_json(make_hello())))
    ws.send_frame(w.BINARY, bytes([next(message)]), fin=False)
    await _trickle(ws, lambda: ws.send_frame(w.CONTINUATION, bytes([next(message)]), fin=False),
                   5, 13)
    return ws


@as_client(Expect.CHECKED, slow=True)
async def slow_request(target: Target):
    """Slowloris: endless header lines, two per second."""
    reader, writer = await target.stream()
    path, host = url_path(target.url), url_host(target.url)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n".encode())
    await _trickle(reader, lambda: writer.write(b"X-Slow: 1\r\n"), 5, 30)


# HTTP


async def _say(target: Target, data: bytes) -> Streams:
    """Sends bytes instead of a request."""
    reader, writer = await target.stream()
    writer.write(data)
    try:
        await writer.drain()
    except OSError:
        pass
    return reader, writer


@as_client(Expect.SESSION_ENDS, "400 Bad Request", within=15)
async def http_garbage(target: Target):
    """Random bytes with an empty line after them."""
    return await _say(target, os.urandom(512).replace(b"\n", b"") + b"\r\n\r\n")


@as_client(Expect.SESSION_ENDS, "400 Bad Request", within=15)
async def http_zero_bytes(target: Target):
    """A request line of zero bytes."""
    return await _say(target, bytes(2_000) + b"\r\n\r\n")


@as_client(Expect.SESSION_ENDS, "400 Bad Request", within=15)
async def http_bare_newlines(target: Target):
    """Newlines alone."""
    return await _say(target, b"\n" * 10_000 + b"\r\n\r\nx\r\n\r\n")


@as_client(Expect.SESSION_ENDS, "400 Bad Request", within=15)
async def http_huge_header(target: Target):
    """A header of 1 MiB."""
    return await _say(target, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n")


@as_client(Expect.SESSION_ENDS, "400 Bad Request", within=15)
async def http_thousands_of_headers(target: Target):
    """20 000 headers."""
    return await _say(target, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20_000 + b"\r\n")


@as_client(Expect.SESSION_ENDS, "400 Bad Request|end of file$", within=15)
async def tls_garbage(target: Target):
    """Random bytes instead of a ClientHello, which begin like a TLS record or do not."""
    if not target.url.startswith("wss"):
        raise Skip("no TLS")
    reader, writer = await target.stream(handshake=False)
    writer.write(os.urandom(512))
    return reader, writer
