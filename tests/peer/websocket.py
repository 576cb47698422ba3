# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""RFC 6455 frames over asyncio streams, for both roles.

Receiving is strict, to notice faults of the other side. Sending is as loose as a test wants: it can
set every field of a frame to any value.
"""

from __future__ import annotations

import asyncio
import os
from typing import NamedTuple

MAX_MESSAGE = 262_144

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class WebSocketError(Exception):
    """The peer broke RFC 6455 or exceeded a limit; `code` is the status to close with."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class Closed(Exception):
    """The peer ended the connection, with a Close frame (`frame` is True) or by an end of file."""

    def __init__(self, text: str, *, frame: bool) -> None:
        super().__init__(text)
        self.frame = frame


class WsFrame(NamedTuple):
    """A received frame, unmasked."""

    fin: bool
    rsv: int
    opcode: int
    payload: bytes


def apply_mask(data: bytes, key: bytes) -> bytes:
    """Masks or unmasks (section 5.3)."""
    if not data:
        return b""
    size = len(data)
    stream = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def encode_length(length: int, form: int | None = None) -> tuple[int, bytes]:
    """The 7-bit field and the bytes after it; `form` (7, 16 or 64 bits) forces one of the three."""
    if form is None:
        form = 7 if length < 126 else 16 if length < 65_536 else 64
    if form == 7:
        return length, b""
    return (126, length.to_bytes(2, "big")) if form == 16 else (127, length.to_bytes(8, "big"))


def build_frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0,
                mask: bytes | None = None, length: int | None = None,
                length_form: int | None = None) -> bytes:
    """The bytes of a frame. `length` announces a length other than the payload's."""
    field, extended = encode_length(len(payload) if length is None else length, length_form)
    head = bytes([fin << 7 | rsv << 4 | opcode, (mask is not None) << 7 | field]) + extended
    return head + (payload if mask is None else mask + apply_mask(payload, mask))


class WebSocket:
    """A connection after its upgrade."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                 *, is_client: bool) -> None:
        self.reader = reader
        self.writer = writer
        self.is_client = is_client
        self.sockname = writer.get_extra_info("sockname") if writer else None  # gone once it is closed
        self.close_sent = False
        self.last_pong: bytes | None = None
        self.pongs = 0

    def send_raw(self, data: bytes) -> None:
        """Writes bytes as they are."""
        self.writer.write(data)

    def send_frame(self, opcode: int, payload: bytes = b"", *, masked: bool | None = None,
                   fin: bool = True, rsv: int = 0, length: int | None = None,
                   length_form: int | None = None) -> None:
        """Writes one frame, masked as the role demands unless `masked` says otherwise."""
        mask = os.urandom(4) if (self.is_client if masked is None else masked) else None
        self.send_raw(build_frame(opcode, payload, fin=fin, rsv=rsv, mask=mask, length=length,
                                  length_form=length_form))

    def send(self, message: bytes) -> None:
        """Writes a binary message of one frame."""
        self.send_frame(BINARY, message)

    def send_close(self, code: int | None = 1000) -> None:
        """Writes a Close frame, unless it wrote one before."""
        if not self.close_sent and not self.writer.is_closing():
            self.close_sent = True
            self.send_frame(CLOSE, b"" if code is None else code.to_bytes(2, "big"))

    async def drain(self) -> None:
        """Waits until the transport has taken most of the written bytes."""
        await self.writer.drain()

    async def _read(self, size: int) -> bytes:
        try:
            return await self.reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            where = "inside a frame" if error.partial else "between frames"
            raise Closed(f"end of file {where}", frame=False) from error
        except OSError as error:
            raise Closed(f"connection lost ({error})", frame=False) from error

    async def _read_length(self, field: int) -> int:
        if field < 126:
            return field
        length = int.from_bytes(await self._read(2 if field == 126 else 8), "big")
        if length < (126 if field == 126 else 65_536):
            raise WebSocketError(1002, "a length is not in its shortest form")
        if length > MAX_MESSAGE:
            raise WebSocketError(1009, f"a frame of {length} bytes")
        return length

    async def recv_frame(self) -> WsFrame:
        """The next frame, checked by itself."""
        first, second = await self._read(2)
        fin, rsv, opcode = bool(first >> 7), first >> 4 & 7, first & 15
        if rsv:
            raise WebSocketError(1002, f"reserved bits {rsv:03b}")
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise WebSocketError(1002, f"opcode {opcode:#x}")
        if opcode >= CLOSE and (not fin or second & 127 > 125):
            raise WebSocketError(1002, "a control frame that is fragmented or too long")
        if bool(second >> 7) == self.is_client:
            raise WebSocketError(1002, "masking does not fit the role")
        length = await self._read_length(second & 127)
        mask = await self._read(4) if second >> 7 else None
        payload = await self._read(length)
        return WsFrame(fin, rsv, opcode, payload if mask is None else apply_mask(payload, mask))

    async def recv_message(self) -> bytes:
        """The next binary message; answers pings and Close on the way."""
        parts: list[bytes] | None = None
        size = 0
        while True:
            frame = await self.recv_frame()
            if frame.opcode >= CLOSE:
                await self._on_control(frame)
                continue
            if frame.opcode == TEXT:
                raise WebSocketError(1003, "a text message")
            if (frame.opcode == CONTINUATION) != (parts is not None):
                raise WebSocketError(1002, "a continuation out of place")
            size += len(frame.payload)
            if size > MAX_MESSAGE:
                raise WebSocketError(1009, "a message is too long")
            parts = [] if parts is None else parts
            parts.append(frame.payload)
            if frame.fin:
                return b"".join(parts)

    async def _on_control(self, frame: WsFrame) -> None:
        if frame.opcode == PING and not self.close_sent:
            self.send_frame(PONG, frame.payload)
            await self.drain()
        elif frame.opcode == PONG:
            self.pongs += 1
            self.last_pong = frame.payload
        elif frame.opcode == CLOSE:
            if len(frame.payload) == 1:
                raise WebSocketError(1002, "a close status of one byte")
            status = int.from_bytes(frame.payload[:2], "big") if frame.payload else None
            if status is not None and not 1000 <= status < 5000 or status in (1004, 1005, 1006):
                raise WebSocketError(1002, f"close status {status}")
            self.send_close(status)
            raise Closed(f"close frame, status {status}", frame=True)

    async def wait_eof(self) -> None:
        """Discards further bytes until the peer has closed the transport."""
        try:
            while await self.reader.read(65_536):
                pass
        except OSError:
            pass

    def abort(self) -> None:
        """Drops the transport at once."""
        self.writer.transport.abort()
