# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""An entry of the catalogue of misbehaviours, and the tools that entries use.

How it works: an entry misbehaves in one way. It passes only if the outcome is the expected one and, where a Witness can ask
the side under test, if that side gives the expected reason and its counters have moved as expected. So an entry whose session
ends for another reason, or whose packets are taken, fails.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol

from .client import (HandshakeRefused, PeerClient, Streams, UpgradeRefused, admitted_upgrade,
                     open_stream, upgrade)
from .endpoint import Endpoint
from .packets import build_echo
from .protocol import (HEADER_SIZE, MAX_FRAME, NONCE_SIZE, TAG_SIZE, FrameType, make_hello,
                       make_sid)
from .server import Connection
from .upgrade import Head
from .websocket import Closed, WebSocket, WebSocketError


class Expect(Enum):
    """The outcome that an entry must see."""

    SESSION_ENDS = auto()  # the peer closes the connection within the entry's time
    GOES_ON = auto()       # a ping through the session works afterwards
    REFUSED = auto()       # the HTTP answer is the one for an unknown path
    CHECKED = auto()       # the entry asserts by itself


class Witness(Protocol):
    """Asks the side under test about a connection that is over."""

    async def reason(self, connection: str) -> str:
        """Why it ended; `connection` is the session's id, or ADDRESS:PORT of one that never became a session."""

    async def counters(self, session: str) -> dict[str, int]:
        """The session's counters at its end."""


@dataclass(frozen=True)
class Entry:
    """A misbehaviour. `run` returns the object to judge: an endpoint, a socket, a response."""

    run: Callable[[Any], Awaitable[Any]]
    expect: Expect
    reason: str             # a pattern of the reason that the side under test gives
    counts: dict[str, int]  # counters of the session at its end
    within: float
    slow: bool
    needs_admission: bool

    @property
    def name(self) -> str:
        """The function's name."""
        return self.run.__name__


CLIENT_ENTRIES: list[Entry] = []
SERVER_ENTRIES: list[Entry] = []


def _register(entries: list[Entry], expect: Expect, reason: str, **rest: Any):
    assert reason or expect is not Expect.SESSION_ENDS, "an end needs a reason"

    def decorate(function: Callable[[Any], Awaitable[Any]]):
        entries.append(Entry(function, expect, reason, **rest))
        return function
    return decorate


def as_client(expect: Expect, reason: str = "", *, counts: dict[str, int] | None = None,
              within: float = 5.0, slow: bool = False, needs_admission: bool = False):
    """Registers a misbehaviour of a client towards the server under test."""
    return _register(CLIENT_ENTRIES, expect, reason, counts=counts or {}, within=within, slow=slow,
                     needs_admission=needs_admission)


def as_server(expect: Expect, reason: str = "", *, within: float = 5.0, slow: bool = False):
    """Registers a misbehaviour of a server towards the client under test."""
    return _register(SERVER_ENTRIES, expect, reason, counts={}, within=within, slow=slow,
                     needs_admission=False)


class SetupError(Exception):
    """The entry could not even begin."""


class Skip(Exception):
    """The peer under test does not offer what the entry is about."""


@dataclass
class Target:
    """The server under test, as an entry sees it."""

    url: str
    key: bytes
    tls: ssl.SSLContext | None = None
    witness: Witness | None = None
    latest: Any = None  # the last connection that was opened
    _sockets: list[asyncio.StreamWriter] = field(default_factory=list)
    _sessions: list[PeerClient] = field(default_factory=list)

    def _keep(self, ws: WebSocket) -> WebSocket:
        self._sockets.append(ws.writer)
        self.latest = ws
        return ws

    async def stream(self, *, handshake: bool = True) -> Streams:
        """A connection before any HTTP; `handshake` False leaves TLS out."""
        reader, writer = await open_stream(self.url, self.tls, handshake=handshake)
        self._sockets.append(writer)
        self.latest = reader, writer
        return reader, writer

    async def ws(self, cookie: str | None = None) -> WebSocket:
        """An upgraded connection."""
        try:
            if cookie is not None:
                return self._keep(await upgrade(self.url, cookie, self.tls))
            return self._keep(await admitted_upgrade(self.url, self.key, self.tls))
        except Exception as error:
            raise SetupError(f"upgrade: {error!r}") from error

    async def session(self, private_key: bytes | None = None, **hello: Any) -> PeerClient:
        """An established session."""
        ws = await self.ws()
        try:
            client = await PeerClient.handshake(ws, self.key, private_key, make_hello(**hello))
        except HandshakeRefused as refusal:
            if refusal.code == "unauthorized":
                raise Skip("the server knows its clients") from refusal
            raise SetupError(f"handshake: {refusal}") from refusal
        except Exception as error:
            raise SetupError(f"handshake: {error!r}") from error
        self._sessions.append(client)
        self.latest = client
        return client

    async def request(self, cookie: str | None, url: str | None = None) -> Head:
        """The answer to an upgrade that must not succeed."""
        try:
            ws = await upgrade(url or self.url, cookie, self.tls)
        except UpgradeRefused as refusal:
            return refusal.head
        self._keep(ws)
        raise AssertionError("the server took the upgrade")

    def proof(self) -> str:
        """A fresh Cookie header for this minute."""
        return f"sid={make_sid(self.key)}"

    async def close(self) -> None:
        """Leaves nothing behind; sessions end politely."""
        await asyncio.gather(*(session.close() for session in self._sessions))
        for writer in self._sockets:
            writer.transport.abort()


def connection_name(subject: Any) -> str:
    """By which a Witness knows a connection; "" for one that has no WebSocket."""
    if isinstance(subject, PeerClient):
        return subject.welcome["client_id"]
    if isinstance(subject, WebSocket):
        address, port, *_ = subject.sockname
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return ""


def check_reason(entry: Entry, said: str) -> str:
    """Asserts that the side under test gave the reason that the entry expects."""
    assert re.search(entry.reason, said), f"the reason is {said!r} instead of {entry.reason!r}"
    return said


async def check_witness(entry: Entry, target: Target, subject: Any, seen: str) -> str:
    """Asserts that the server's account of a connection is the expected one. `seen`: what came over the wire."""
    name = connection_name(subject)
    if entry.reason:
        seen = check_reason(entry, await target.witness.reason(name) if name else seen)
    if entry.counts:
        await subject.close()
        counters = await target.witness.counters(name)
        moved = {key: counters[key] for key in entry.counts}
        assert moved == entry.counts, f"counted {moved} instead of {entry.counts}"
    return seen


def echo_packet(client: PeerClient, size: int = 16, version: int = 4) -> bytes:
    """An echo request to the gateway whose answer nobody awaits."""
    return build_echo(client.addresses[version], client.gateway(version), 1, 1, os.urandom(size))


def seal(endpoint: Endpoint, frame_type: int, plaintext: bytes = b"") -> bytes:
    """A sealed frame with the next sequence number, not sent yet."""
    return endpoint.session.sealer.seal(frame_type, plaintext)


def fill(endpoint: Endpoint, size: int) -> bytes:
    """Legal frames of `size` bytes together, each of which opens."""
    frames, overhead, largest = b"", HEADER_SIZE + NONCE_SIZE + TAG_SIZE, HEADER_SIZE + MAX_FRAME
    while left := size - len(frames):
        length = left if left <= largest else min(largest, left - overhead)
        frames += seal(endpoint, FrameType.PADDING, bytes(length - overhead))
    return frames


async def wait_websocket_end(ws: WebSocket) -> str:
    """Plays the closing handshake; a client then waits for the end of the transport too."""
    try:
        while True:
            await ws.recv_message()
    except Closed as closed:
        if closed.frame and ws.is_client:
            await ws.wait_eof()
        return str(closed)
    except WebSocketError as error:
        raise AssertionError(f"the peer broke RFC 6455: {error}") from error


async def wait_stream_end(reader: asyncio.StreamReader) -> str:
    """Reads up to the end; says how the data began."""
    begin = b""
    try:
        while data := await reader.read(65_536):
            begin = (begin + data)[:64]
    except OSError as error:
        return f"connection lost ({error})"
    return f"end of file after {begin.splitlines()[0]!r}" if begin else "end of file"


async def wait_end(subject: Any) -> str:
    """Waits for the end of the object that an entry returned; asserts that the peer kept the rules."""
    if isinstance(subject, Connection):
        subject = subject.endpoint or subject.ws or subject.reader
    if isinstance(subject, tuple):
        subject = subject[0]
    if isinstance(subject, Endpoint):
        reason = await asyncio.shield(subject.ended)
        assert subject.violation is None, f"the peer broke the protocol: {subject.violation}"
        return reason
    if isinstance(subject, WebSocket):
        return await wait_websocket_end(subject)
    return await wait_stream_end(subject)


async def judge_end(subject: Any, within: float) -> str:
    """Asserts that the peer ends the connection in time."""
    begin = time.monotonic()
    try:
        reason = await asyncio.wait_for(wait_end(subject), within)
    except TimeoutError:
        raise AssertionError(f"not ended within {within:g} s") from None
    return f"ended after {time.monotonic() - begin:.2f} s: {reason}"


async def judge_alive(subject: Any) -> str:
    """Asserts that the session still carries: an echo as a client, a keepalive as a server."""
    endpoint = subject.endpoint if isinstance(subject, Connection) else subject
    try:
        if isinstance(endpoint, PeerClient):
            seconds = await endpoint.ping(endpoint.gateway())
        else:
            seconds = await endpoint.keepalive()
    except (OSError, TimeoutError) as error:
        raise AssertionError(f"no answer afterwards: {error}") from error
    return f"answers in {seconds * 1000:.1f} ms"
