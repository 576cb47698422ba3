# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What an entry of the catalogue of misbehaviours is, and what it finds to work with."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from .client import (HandshakeRefused, PeerClient, Streams, UpgradeRefused, admitted_upgrade,
                     open_stream, upgrade)
from .endpoint import Endpoint
from .packets import build_echo
from .protocol import make_hello, make_sid
from .server import Connection
from .upgrade import Head
from .websocket import Closed, WebSocket, WebSocketError


class Expect(Enum):
    """What must be observed."""

    SESSION_ENDS = auto()  # the peer closes the connection within the entry's time
    GOES_ON = auto()       # a ping through the session works afterwards
    REFUSED = auto()       # the HTTP answer is the one for an unknown path
    EITHER = auto()        # the protocol leaves it open: ends in time, or goes on
    CHECKED = auto()       # the entry asserts by itself


@dataclass(frozen=True)
class Entry:
    """A misbehaviour. `run` returns what is to be judged: an endpoint, a socket, a response."""

    run: Callable[[Any], Awaitable[Any]]
    expect: Expect
    within: float
    slow: bool
    needs_admission: bool

    @property
    def name(self) -> str:
        """The function's name."""
        return self.run.__name__


CLIENT_ENTRIES: list[Entry] = []
SERVER_ENTRIES: list[Entry] = []


def _register(entries: list[Entry], expect: Expect, within: float, slow: bool, admission: bool):
    def decorate(function: Callable[[Any], Awaitable[Any]]):
        entries.append(Entry(function, expect, within, slow, admission))
        return function
    return decorate


def as_client(expect: Expect, within: float = 5.0, *, slow: bool = False,
              needs_admission: bool = False):
    """Registers what a client does to the server under test."""
    return _register(CLIENT_ENTRIES, expect, within, slow, needs_admission)


def as_server(expect: Expect, within: float = 5.0, *, slow: bool = False):
    """Registers what a server does to the client under test."""
    return _register(SERVER_ENTRIES, expect, within, slow, False)


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
    _sockets: list[asyncio.StreamWriter] = field(default_factory=list)
    _sessions: list[PeerClient] = field(default_factory=list)

    def _keep(self, ws: WebSocket) -> WebSocket:
        self._sockets.append(ws.writer)
        return ws

    async def stream(self, *, handshake: bool = True) -> Streams:
        """A connection before any HTTP; `handshake` False leaves TLS out."""
        reader, writer = await open_stream(self.url, self.tls, handshake=handshake)
        self._sockets.append(writer)
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


def echo_packet(client: PeerClient, size: int = 16, version: int = 4) -> bytes:
    """An echo request to the gateway that nobody waits for."""
    return build_echo(client.addresses[version], client.gateway(version), 1, 1, os.urandom(size))


def seal(endpoint: Endpoint, frame_type: int, plaintext: bytes = b"") -> bytes:
    """A sealed frame, with the next sequence number, not sent yet."""
    return endpoint.session.sealer.seal(frame_type, plaintext)


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
    """Reads whatever comes up to the end; says how it began."""
    begin = b""
    try:
        while data := await reader.read(65_536):
            begin = (begin + data)[:64]
    except OSError as error:
        return f"connection lost ({error})"
    return f"end of file after {begin.splitlines()[0]!r}" if begin else "end of file"


async def wait_end(subject: Any) -> str:
    """Waits for the end of whatever an entry returned; asserts that the peer kept the rules."""
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


async def judge_either(subject: Any, within: float) -> str:
    """Asserts that the session either carries on or ends in time."""
    try:
        return await judge_alive(subject)
    except AssertionError:
        return await judge_end(subject, within)
