# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""An established session over a WebSocket: the part that client and server share."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from .noise import Handshake
from .packets import Packet, build_echo, parse_echo, parse_ip
from .protocol import FrameType, ProtocolError, Session, decode_json, encode_json
from .websocket import Closed, WebSocket, WebSocketError

MAX_QUEUE = 1_000


class SessionEnded(ConnectionError):
    """The session ended while a test expected it to work."""


class Endpoint:
    """Reads frames in a task of its own until the session ends.

    `ended` gets the reason once the transport is gone. `violation` describes what the peer did, if
    the protocol forbids it.
    """

    def __init__(self, ws: WebSocket, handshake: Handshake, capabilities: list[str]) -> None:
        self.ws = ws
        self.session = Session(handshake, capabilities, ws.send)
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.violation: str | None = None
        self.disconnect_reason: str | None = None
        self.addresses: dict[int, str] = {}  # ours, by IP version
        self.controls: list[dict[str, Any]] = []
        self.packets: asyncio.Queue[bytes] = asyncio.Queue(MAX_QUEUE)
        self.on_packet: Callable[[bytes], None] = self._queue_packet
        self.superpackets = 0
        self.dropped = 0
        self._echoes: dict[tuple[int, int], asyncio.Future[Packet]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to read."""
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        reason = "cancelled"
        try:
            reason = await self._read()
            if self.ws.is_client:
                await self.ws.wait_eof()
        finally:
            self.ws.abort()
            if not self.ended.done():
                self.ended.set_result(reason)

    async def _read(self) -> str:
        """Reads until the session is over; says why."""
        try:
            while self.disconnect_reason is None:
                message = await self.ws.recv_message()
                for frame_type, plaintext in self.session.receive(message):
                    self._on_frame(frame_type, plaintext)
                await self.ws.drain()
            self.ws.send_close()
            await self.ws.drain()
            return f"DISCONNECT {self.disconnect_reason!r}"
        except Closed as closed:
            return str(closed)
        except OSError as error:
            return f"connection lost ({error})"
        except (WebSocketError, ProtocolError) as error:
            self.violation = str(error)
            self.ws.send_close(getattr(error, "code", 1002))
            self.ws.writer.close()
            return f"violation by the peer: {error}"

    def _on_frame(self, frame_type: int, plaintext: bytes) -> None:
        if frame_type == FrameType.IP_PACKET:
            self._on_ip_packet(plaintext)
        elif frame_type == FrameType.IP_SUPERPACKET:
            if "gso" in self.session.capabilities:
                self.superpackets += 1
            else:
                self.dropped += 1
        elif frame_type == FrameType.CONTROL:
            with contextlib.suppress(ProtocolError):
                self.controls.append(decode_json(plaintext))
        elif frame_type == FrameType.DISCONNECT:
            self.disconnect_reason = str(decode_json(plaintext).get("reason"))

    def _on_ip_packet(self, data: bytes) -> None:
        """Passes a packet on, unless it is an echo that ping() awaits."""
        try:
            packet = parse_ip(data)
            echo = parse_echo(packet)
        except ValueError:
            self.dropped += 1
            return
        waiting = echo and self._echoes.pop((echo.identifier, echo.sequence), None)
        if waiting and not echo.is_request and not waiting.done():
            waiting.set_result(packet)
        else:
            self.on_packet(data)

    def _queue_packet(self, data: bytes) -> None:
        if self.packets.full():
            self.dropped += 1
        else:
            self.packets.put_nowait(data)

    async def send(self, frame_type: int, plaintext: bytes = b"") -> None:
        """Sends one sealed frame; raises SessionEnded if the session is over."""
        if self.ended.done():
            raise SessionEnded(self.ended.result())
        self.session.send(frame_type, plaintext)
        await self.ws.drain()

    async def send_packet(self, packet: bytes) -> None:
        """Sends one IP packet."""
        await self.send(FrameType.IP_PACKET, packet)

    async def recv_packet(self, timeout: float = 5.0) -> bytes:
        """The next IP packet that nothing else awaits."""
        return await self._until(asyncio.ensure_future(self.packets.get()), timeout)

    async def _until(self, future: asyncio.Future[Any], timeout: float) -> Any:
        """Waits for a future, the end of the session or the timeout."""
        await asyncio.wait({future, self.ended}, timeout=timeout,
                           return_when=asyncio.FIRST_COMPLETED)
        if future.done():
            return future.result()
        future.cancel()
        if self.ended.done():
            raise SessionEnded(self.ended.result())
        raise TimeoutError(f"nothing came within {timeout} s")

    async def ping(self, destination: str, timeout: float = 5.0) -> float:
        """The round trip of an ICMP echo in seconds; raises SessionEnded or TimeoutError."""
        source = self.addresses[ip_address(destination).version]
        identifier, sequence = (int.from_bytes(os.urandom(2), "big") for _ in range(2))
        future = asyncio.get_running_loop().create_future()
        self._echoes[identifier, sequence] = future
        data = os.urandom(48)
        begin = time.monotonic()
        await self.send_packet(build_echo(source, destination, identifier, sequence, data))
        packet = await self._until(future, timeout)
        if str(packet.source) != str(ip_address(destination)) or packet.payload[8:] != data:
            raise SessionEnded("the echo is not the one that was asked for")
        return time.monotonic() - begin

    async def keepalive(self, timeout: float = 5.0) -> float:
        """The round trip of a KEEPALIVE in seconds."""
        future = asyncio.get_running_loop().create_future()
        begin = time.monotonic()
        self.session.send_keepalive(lambda: future.done() or future.set_result(None))
        await self._until(future, timeout)
        return time.monotonic() - begin

    async def wait_ended(self, timeout: float) -> str | None:
        """The reason of the end, or None if the session outlives the timeout."""
        await asyncio.wait({self.ended}, timeout=timeout)
        return self.ended.result() if self.ended.done() else None

    async def close(self, reason: str | None = "done") -> None:
        """Ends the session: DISCONNECT, the WebSocket's closing handshake, then the transport."""
        try:
            if reason is not None and not self.ended.done():
                self.session.send(FrameType.DISCONNECT, encode_json({"reason": reason}))
            self.ws.send_close()
            await self.ws.drain()
        except OSError:
            pass
        await self.wait_ended(1.0)
        self.ws.abort()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
