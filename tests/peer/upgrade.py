# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The HTTP/1.1 heads of a WebSocket upgrade, for both roles."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime

WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAX_BODY = 1 << 20


class HttpError(Exception):
    """Bytes that are not the expected HTTP."""


@dataclass
class Head:
    """A request line or status line, its headers in order, and a body if one was read."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def get(self, name: str) -> str | None:
        """The last header of this name."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[-1] if found else None

    def has_token(self, name: str, token: str) -> bool:
        """Whether a comma-separated header holds a token, in upper or lower case."""
        return token in [part.strip().lower() for part in (self.get(name) or "").split(",")]

    @property
    def status(self) -> int:
        """The status of a response, 0 if it has none."""
        parts = self.start.split(" ")
        return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0

    @property
    def date(self) -> float | None:
        """The Date header in Unix time."""
        try:
            return parsedate_to_datetime(self.get("Date") or "").timestamp()
        except (TypeError, ValueError):
            return None

    def encode(self) -> bytes:
        """The bytes on the wire."""
        lines = [self.start] + [f"{key}: {value}" for key, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + self.body


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Reads up to the empty line."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise HttpError("a head is too long") from error
    except (asyncio.IncompleteReadError, OSError) as error:
        raise HttpError("the connection ended inside a head") from error
    start, *lines = raw.decode("latin-1")[:-4].split("\r\n")
    if " " not in start or "HTTP/1.1" not in start:
        raise HttpError(f"not HTTP/1.1: {start[:40]!r}")
    headers = []
    for line in lines:
        key, colon, value = line.partition(":")
        if not colon or not key or key != key.strip():
            raise HttpError(f"not a header: {line[:40]!r}")
        headers.append((key, value.strip()))
    return Head(start, headers)


async def read_body(reader: asyncio.StreamReader, head: Head) -> bytes:
    """The body of a response: by length, in chunks, or up to the end."""
    if head.has_token("Transfer-Encoding", "chunked"):
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        return body
    length = head.get("Content-Length")
    if length is not None:
        return await reader.readexactly(min(int(length), MAX_BODY))
    return await reader.read(-1)


def new_websocket_key() -> str:
    """A value for Sec-WebSocket-Key."""
    return base64.b64encode(os.urandom(16)).decode()


def accept_value(key: str) -> str:
    """Sec-WebSocket-Accept for a key (RFC 6455, section 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key.encode() + WEBSOCKET_GUID).digest()).decode()


def upgrade_request(host: str, path: str, key: str, cookie: str | None) -> Head:
    """A client's request."""
    headers = [("Host", host), ("User-Agent", "Mozilla/5.0"), ("Upgrade", "websocket"),
               ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key),
               ("Sec-WebSocket-Version", "13")]
    if cookie:
        headers.append(("Cookie", cookie))
    return Head(f"GET {path} HTTP/1.1", headers)


def check_upgrade_response(head: Head, key: str) -> None:
    """Raises HttpError unless a client may accept this 101 (RFC 6455, section 4.1)."""
    if head.status != 101:
        raise HttpError(f"status {head.status}")
    if not head.has_token("Upgrade", "websocket") or not head.has_token("Connection", "upgrade"):
        raise HttpError("a 101 without its Upgrade or Connection header")
    if head.get("Sec-WebSocket-Accept") != accept_value(key):
        raise HttpError("Sec-WebSocket-Accept does not fit the key")
    for name in ("Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"):
        if head.get(name) is not None:
            raise HttpError(f"{name} was not asked for")


def is_upgrade(head: Head) -> bool:
    """Whether a request asks for a WebSocket correctly (RFC 6455, section 4.2.1)."""
    try:
        nonce = base64.b64decode(head.get("Sec-WebSocket-Key") or "", validate=True)
    except ValueError:
        return False
    return (head.start.startswith("GET ") and len(nonce) == 16 and head.get("Host") is not None
            and head.has_token("Upgrade", "websocket") and head.has_token("Connection", "upgrade")
            and head.get("Sec-WebSocket-Version") == "13")


def upgrade_response(key: str) -> Head:
    """The 101 for a key."""
    return Head("HTTP/1.1 101 Switching Protocols",
                [("Upgrade", "websocket"), ("Connection", "Upgrade"),
                 ("Sec-WebSocket-Accept", accept_value(key))])


def plain_response(status: str, body: bytes = b"", now: float | None = None,
                   headers: list[tuple[str, str]] | None = None) -> Head:
    """A response that closes the connection, dated `now`."""
    return Head(f"HTTP/1.1 {status}",
                [("Date", formatdate(now, usegmt=True)), ("Content-Type", "text/plain"),
                 ("Content-Length", str(len(body))), ("Connection", "close"), *(headers or [])],
                body)
