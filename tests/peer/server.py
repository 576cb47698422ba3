# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The server role: admission, handshake, and a gateway that answers pings and echoes UDP itself.

    python3 -m peer.server --port 8443 --cert cert.pem --key-file key.pem --private-key-file FILE

How it works: each connection runs through a handler, serve() by default, which calls the steps of
Connection in their order. For a misbehaving server, a test gives a handler of its own, which
calls some steps, leaves others out, and writes other bytes in between.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .endpoint import Endpoint
from .noise import Handshake, NoiseError, generate_private_key, public_key
from .packets import answer, parse_ip
from .protocol import (HANDSHAKE_TIMEOUT, PATTERN_BYTES, PROLOGUE, VERSION, AdmissionGate,
                       FrameType, ProtocolError, check_hello, decode_payload, encode_frame,
                       encode_json, split_frames)
from .upgrade import Head, HttpError, is_upgrade, plain_response, read_head, upgrade_response
from .websocket import Closed, WebSocket, WebSocketError

CAPABILITIES = ["rekey"]
MTU = 1420


class Rejected(Exception):
    """The server has answered the connection, which is over."""


@dataclass
class Lease:
    """A client's hold on one address."""

    index: int
    secret: str
    owner_key: bytes | None


class Pool:
    """Addresses from 10.8.0.2 and fd00:8::2 on, and their holders."""

    def __init__(self, size: int) -> None:
        self.leases: dict[int, Lease] = {}
        self.owners: dict[int, Connection] = {}  # the session of each address
        self.claims: dict[int, int] = {}  # how many connections refer to an index
        self.size = size

    def claim(self, secret: str | None, key: bytes | None) -> Lease | None:
        """The lease of a returning client, or a new one."""
        for lease in self.leases.values():
            if key is not None and lease.owner_key == key:
                return self._claimed(lease)
            if secret is not None and lease.secret == secret and lease.owner_key is None:
                return self._claimed(lease)
        indices = range(2, 2 + self.size)
        free = [i for i in indices if i not in self.leases] or \
            [i for i in indices if not self.claims.get(i)]
        if not free:
            return None
        lease = Lease(free[0], base64.b64encode(os.urandom(18)).decode(), key)
        self.leases[lease.index] = lease
        return self._claimed(lease)

    def _claimed(self, lease: Lease) -> Lease:
        self.claims[lease.index] = self.claims.get(lease.index, 0) + 1
        return lease

    def release(self, lease: Lease, connection: Connection) -> None:
        """Called at the end of a connection that claimed a lease."""
        self.claims[lease.index] -= 1
        if self.owners.get(lease.index) is connection:
            del self.owners[lease.index]


class Connection:
    """One client, step by step."""

    def __init__(self, server: PeerServer, reader: asyncio.StreamReader,
                 writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.request: Head | None = None
        self.ws: WebSocket | None = None
        self.handshake = Handshake
        self.noise: Handshake | None = None
        self.lease: Lease | None = None
        self.endpoint: Endpoint | None = None

    async def read_request(self) -> Head:
        """Reads the request; answers 400 if it is not HTTP."""
        try:
            self.request = await read_head(self.reader)
        except HttpError as error:
            await self.reply(plain_response("400 Bad Request"))
            raise Rejected(str(error)) from error
        return self.request

    async def reply(self, head: Head) -> None:
        """Answers the request."""
        self.writer.write(head.encode())
        await self.writer.drain()

    def is_admitted(self) -> bool:
        """Checks the path, the upgrade and the proof, in this order."""
        if self.request.start.split(" ")[1] != self.server.path or not is_upgrade(self.request):
            return False
        return (not self.server.admission
                or self.server.gate.admit(self.request.get("Cookie"), self.server.clock()))

    def open_websocket(self) -> WebSocket:
        """The WebSocket after the 101."""
        self.ws = WebSocket(self.reader, self.writer, is_client=False)
        return self.ws

    async def accept(self) -> WebSocket:
        """Reads the request; answers 101, or 404 as for a path that does not exist."""
        await self.read_request()
        if not self.is_admitted():
            await self.reply(plain_response("404 Not Found", b"Not Found\n", self.server.clock()))
            raise Rejected("not admitted")
        await self.reply(upgrade_response(self.request.get("Sec-WebSocket-Key")))
        return self.open_websocket()

    async def read_hello(self) -> dict[str, Any]:
        """Reads HANDSHAKE_INIT; the handshake then waits for its answer."""
        frames = split_frames(await self.ws.recv_message())
        if len(frames) != 1 or frames[0].type != FrameType.HANDSHAKE_INIT or not frames[0].payload:
            raise ProtocolError("the first message is not one HANDSHAKE_INIT")
        message = frames[0].payload
        pattern = {code: name for name, code in PATTERN_BYTES.items()}.get(message[0])
        if pattern is None:
            raise ProtocolError(f"pattern {message[0]:#x}")
        self.noise = self.handshake(pattern, initiator=False, prologue=PROLOGUE,
                                    static=self.server.private_key)
        return decode_payload(self.noise.read_message(message[1:]))

    def send_resp(self, payload: dict[str, Any] | bytes) -> None:
        """Sends HANDSHAKE_RESP."""
        data = payload if isinstance(payload, bytes) else encode_json(payload)
        self.ws.send(encode_frame(FrameType.HANDSHAKE_RESP, self.noise.write_message(data)))

    def refuse(self, code: str, message: str = "") -> None:
        """Sends a refusal."""
        self.send_resp({"version": VERSION, "error": code, "message": message})
        self.ws.send_close()
        raise Rejected(code)

    def make_welcome(self, hello: dict[str, Any]) -> dict[str, Any]:
        """Message 2 for a hello: an assignment with a lease on it, or a refusal."""
        if hello.get("version") != VERSION:
            self.refuse("unsupported-version")
        check_hello(hello)
        known = self.server.known_clients
        if known is not None and self.noise.remote_static not in known:
            self.refuse("unauthorized")
        self.lease = self.server.pool.claim(hello.get("lease"), self.noise.remote_static)
        if self.lease is None:
            self.refuse("pool-exhausted")
        index = self.lease.index
        wanted = hello.get("capabilities", [])
        return {"version": VERSION, "client_id": f"client-{index}",
                "mtu": min(hello.get("mtu", MTU), MTU),
                "capabilities": [name for name in CAPABILITIES if name in wanted],
                "ipv4": {"address": f"10.8.0.{index}", "prefix": 24, "gateway": "10.8.0.1"},
                "ipv6": {"address": f"fd00:8::{index:x}", "prefix": 64, "gateway": "fd00:8::1"},
                "dns": ["10.8.0.1"], "routes": ["10.8.0.0/24", "fd00:8::/64"],
                "lease": self.lease.secret, "pad": "x" * os.urandom(1)[0]}

    def establish(self, welcome: dict[str, Any]) -> Endpoint:
        """Makes the session after send_resp(); its first sealed frame takes the lease."""
        self.endpoint = Endpoint(self.ws, self.noise, welcome["capabilities"])
        self.endpoint.addresses = {4: welcome["ipv4"]["gateway"]}
        self.client_addresses = {welcome["ipv4"]["address"]}
        if "ipv6" in welcome:
            self.endpoint.addresses[6] = welcome["ipv6"]["gateway"]
            self.client_addresses.add(welcome["ipv6"]["address"])
        self.endpoint.session.on_open = self._take_over
        self.endpoint.on_packet = self._on_packet
        self.endpoint.start()
        return self.endpoint

    def _take_over(self) -> None:
        """Called after each frame that opened, which proves that message 1 was not a replay."""
        owner = self.server.pool.owners.get(self.lease.index)
        if owner is self:
            return
        self.server.pool.owners[self.lease.index] = self
        if owner is not None:
            self.server.spawn(owner.endpoint.close("replaced"))

    def _on_packet(self, data: bytes) -> None:
        """Drops forged sources; answers as the gateway."""
        packet = parse_ip(data)
        if str(packet.source) not in self.client_addresses:
            self.endpoint.dropped += 1
        elif str(packet.destination) in self.endpoint.addresses.values():
            try:
                if reply := answer(packet):
                    self.endpoint.session.send(FrameType.IP_PACKET, reply)
            except ValueError:
                self.endpoint.dropped += 1

    def send_config(self, **members: Any) -> None:
        """Sends a new `mtu`, `dns` or `routes` (section 6)."""
        self.endpoint.session.send(FrameType.CONTROL, encode_json({"type": "config", **members}))

    async def welcome(self) -> Endpoint:
        """The steps from the request to an established session."""
        async with asyncio.timeout(self.server.timeout):
            await self.accept()
        async with asyncio.timeout(self.server.timeout):
            welcome = self.make_welcome(await self.read_hello())
        self.send_resp(welcome)
        return self.establish(welcome)

    async def finish(self) -> None:
        """Ends the connection."""
        if self.endpoint:
            await self.endpoint.close(None)
        if self.lease:
            self.server.pool.release(self.lease, self)
        try:
            if self.ws:
                self.ws.send_close(1002)
            self.writer.close()
            await asyncio.wait_for(self.writer.wait_closed(), 1.0)
        except (OSError, TimeoutError):
            self.writer.transport.abort()


async def serve(connection: Connection) -> None:
    """The handler that keeps the rules."""
    await (await connection.welcome()).ended


class PeerServer:
    """A server on loopback; `handler` runs every connection."""

    def __init__(self, private_key: bytes | None = None, *, path: str = "/",
                 tls: ssl.SSLContext | None = None, admission: bool = True,
                 known_clients: set[bytes] | None = None, pool_size: int = 250,
                 timeout: float = HANDSHAKE_TIMEOUT, clock: Callable[[], float] = time.time,
                 handler: Callable[[Connection], Awaitable[None]] = serve) -> None:
        self.private_key = private_key or generate_private_key()
        self.public_key = public_key(self.private_key)
        self.path = path
        self.tls = tls
        self.admission = admission
        self.known_clients = known_clients
        self.timeout = timeout
        self.clock = clock
        self.handler = handler
        self.gate = AdmissionGate(self.private_key)
        self.pool = Pool(pool_size)
        self.url = ""
        self.connections = 0
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Any) -> None:
        """Starts a coroutine that stop() ends."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> PeerServer:
        """Listens, and sets `url`."""
        extra = {"ssl_handshake_timeout": self.timeout} if self.tls else {}
        self._listener = await asyncio.start_server(self._on_connection, host, port, ssl=self.tls,
                                                    **extra)
        port = self._listener.sockets[0].getsockname()[1]
        self.url = f"{'wss' if self.tls else 'ws'}://{host}:{port}{self.path}"
        return self

    async def _on_connection(self, reader: asyncio.StreamReader,
                             writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.spawn(self._serve(Connection(self, reader, writer)))

    async def _serve(self, connection: Connection) -> None:
        try:
            await self.handler(connection)
        except (Rejected, Closed, WebSocketError, ProtocolError, NoiseError, OSError,
                TimeoutError):
            pass
        finally:
            await connection.finish()

    async def stop(self) -> None:
        """Ends every connection, and stops listening."""
        self._listener.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def run(arguments: argparse.Namespace) -> None:
    """Serves until a signal ends it."""
    tls = private_key = None
    if arguments.cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(arguments.cert, arguments.key_file)
    if arguments.private_key_file:
        with open(arguments.private_key_file, encoding="ascii") as file:
            private_key = base64.b64decode(file.read())
    server = PeerServer(private_key, path=arguments.path, tls=tls,
                        admission=not arguments.no_admission)
    await server.start(arguments.port, arguments.host)
    print(f"public key: {base64.b64encode(server.public_key).decode()}", flush=True)
    print(f"url: {server.url}", flush=True)
    await asyncio.Event().wait()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="peer.server", description="SmartVPN test server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--path", default="/")
    parser.add_argument("--cert", help="the TLS certificate; without it, plain ws")
    parser.add_argument("--key-file", help="the TLS key")
    parser.add_argument("--private-key-file", help="the static key in base64; or a new one")
    parser.add_argument("--no-admission", action="store_true", help="admit without a proof")
    try:
        asyncio.run(run(parser.parse_args()))
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
