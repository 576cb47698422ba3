# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The client role: upgrade with an admission proof, handshake, session.

    python3 -m peer.client --url wss://vpn.example/path --key BASE64 --ping 10.8.0.1 --count 3
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import ssl
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from .endpoint import Endpoint
from .noise import NoiseError
from .protocol import (FrameType, ProtocolError, check_welcome, decode_payload, encode_json,
                       init_frame, make_client_handshake, make_hello, make_sid, split_frames)
from .upgrade import (Head, HttpError, check_upgrade_response, new_websocket_key, read_body,
                      read_head, upgrade_request)
from .websocket import Closed, WebSocket, WebSocketError

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class UpgradeRefused(Exception):
    """The server did not answer the upgrade with 101."""

    def __init__(self, head: Head) -> None:
        super().__init__(head.start)
        self.head = head


class HandshakeRefused(Exception):
    """Message 2 was a refusal; `code` is one of section 3, `ws` is its connection."""

    def __init__(self, welcome: dict[str, Any], ws: WebSocket) -> None:
        super().__init__(f"{welcome['error']}: {welcome.get('message', '')}")
        self.code = welcome["error"]
        self.ws = ws


def insecure_context() -> ssl.SSLContext:
    """A TLS context that accepts any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def open_stream(url: str, tls: ssl.SSLContext | None = None, *,
                      handshake: bool = True) -> Streams:
    """A TCP connection, with TLS for wss unless `handshake` is False."""
    parts = urlsplit(url)
    secure = parts.scheme in ("wss", "https")
    port = parts.port or (443 if secure else 80)
    context = (tls or ssl.create_default_context()) if secure and handshake else None
    return await asyncio.open_connection(parts.hostname, port, ssl=context,
                                         server_hostname=parts.hostname if context else None)


def url_host(url: str) -> str:
    """The Host header."""
    return urlsplit(url).netloc.rpartition("@")[2]


def url_path(url: str) -> str:
    """The request target."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


async def upgrade(url: str, cookie: str | None, tls: ssl.SSLContext | None = None) -> WebSocket:
    """Connects and upgrades; raises UpgradeRefused with the whole answer."""
    reader, writer = await open_stream(url, tls)
    try:
        key = new_websocket_key()
        writer.write(upgrade_request(url_host(url), url_path(url), key, cookie).encode())
        head = await read_head(reader)
        if head.status != 101:
            head.body = await read_body(reader, head)
            raise UpgradeRefused(head)
        check_upgrade_response(head, key)
    except BaseException:
        writer.transport.abort()
        raise
    return WebSocket(reader, writer, is_client=True)


async def admitted_upgrade(url: str, server_public_key: bytes,
                           tls: ssl.SSLContext | None = None) -> WebSocket:
    """Upgrades with a proof; tries again with the server's time if the clocks differ."""
    now = time.time()
    try:
        return await upgrade(url, f"sid={make_sid(server_public_key, now)}", tls)
    except UpgradeRefused as refusal:
        date = refusal.head.date
        if date is None or abs(date // 60 - now // 60) < 1:
            raise
    return await upgrade(url, f"sid={make_sid(server_public_key, date)}", tls)


class PeerClient(Endpoint):
    """A client's session. `init` is its HANDSHAKE_INIT frame, `welcome` the server's answer."""

    server_public_key: bytes
    init: bytes
    welcome: dict[str, Any]

    @classmethod
    async def connect(cls, url: str, server_public_key: bytes, private_key: bytes | None = None, *,
                      sid: str | None = None, cookie: str | None = None,
                      tls: ssl.SSLContext | None = None, hello: dict[str, Any] | None = None,
                      timeout: float = 10.0) -> PeerClient:
        """Connects and handshakes. `sid` replaces the proof, `cookie` the whole Cookie header."""
        async with asyncio.timeout(timeout):
            if sid is None and cookie is None:
                ws = await admitted_upgrade(url, server_public_key, tls)
            else:
                ws = await upgrade(url, f"sid={sid}" if cookie is None else cookie, tls)
            try:
                return await cls.handshake(ws, server_public_key, private_key, hello)
            except BaseException:
                ws.abort()
                raise

    @classmethod
    async def handshake(cls, ws: WebSocket, server_public_key: bytes,
                        private_key: bytes | None = None,
                        hello: dict[str, Any] | bytes | None = None) -> PeerClient:
        """Handshakes over an upgraded connection; `hello` may be the raw payload of message 1."""
        noise = make_client_handshake(server_public_key, private_key)
        payload = hello if isinstance(hello, bytes) else encode_json(hello or make_hello())
        init = init_frame(noise, payload)
        ws.send(init)
        frames = split_frames(await ws.recv_message())
        if len(frames) != 1 or frames[0].type != FrameType.HANDSHAKE_RESP:
            raise ProtocolError("the answer is not one HANDSHAKE_RESP")
        welcome = decode_payload(noise.read_message(frames[0].payload))
        check_welcome(welcome)
        if "error" in welcome:
            raise HandshakeRefused(welcome, ws)
        client = cls(ws, noise, welcome["capabilities"])
        client.server_public_key, client.init, client.welcome = server_public_key, init, welcome
        for version, name in ((4, "ipv4"), (6, "ipv6")):
            if name in welcome:
                client.addresses[version] = welcome[name]["address"]
        client.start()
        return client

    def gateway(self, version: int = 4) -> str:
        """The server's own address inside the tunnel."""
        return self.welcome[f"ipv{version}"]["gateway"]

    async def rekey(self) -> None:
        """Begins a rekey; frames may flow at once, and the keys change with the answer."""
        self.session.begin_rekey()
        await self.ws.drain()


async def run(arguments: argparse.Namespace) -> int:
    """Connects, prints the assignment and pings."""
    tls = insecure_context() if arguments.insecure else None
    if arguments.ca:
        tls = ssl.create_default_context(cafile=arguments.ca)
    private_key = None
    if arguments.private_key_file:
        with open(arguments.private_key_file, encoding="ascii") as file:
            private_key = base64.b64decode(file.read())
    client = await PeerClient.connect(arguments.url, base64.b64decode(arguments.key), private_key,
                                      tls=tls)
    for name in ("client_id", "ipv4", "ipv6", "mtu", "dns", "routes", "capabilities"):
        print(f"{name}: {client.welcome.get(name)}", flush=True)
    lost = 0
    for number in range(arguments.count if arguments.ping else 0):
        try:
            seconds = await client.ping(arguments.ping)
            print(f"reply from {arguments.ping}: number={number} time={seconds * 1000:.2f} ms",
                  flush=True)
        except TimeoutError:
            lost += 1
            print(f"no reply from {arguments.ping}: number={number}", flush=True)
    await client.close()
    return 1 if lost else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="peer.client", description="SmartVPN test client")
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True, help="the server's public key in base64")
    parser.add_argument("--private-key-file", help="our private key in base64; without it, NK")
    parser.add_argument("--ping", metavar="ADDRESS")
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--ca", metavar="FILE", help="certificates to trust")
    parser.add_argument("--insecure", action="store_true", help="take any certificate")
    try:
        return asyncio.run(run(parser.parse_args()))
    except (OSError, HttpError, UpgradeRefused, HandshakeRefused, ProtocolError, NoiseError,
            WebSocketError, Closed) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
