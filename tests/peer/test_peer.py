# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Tests of the test peer itself: its client against its server, on loopback alone.

    PYTHONPATH=tests python3 -m unittest peer.test_peer
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

from . import packets, upgrade, websocket
from .client import HandshakeRefused, PeerClient, UpgradeRefused, insecure_context
from .endpoint import SessionEnded
from .hostile import run_against_client, run_against_server
from .noise import (CipherState, Handshake, NoiseError, SmallOrderHandshake,
                    generate_private_key, public_key)
from .protocol import (PROLOGUE, AdmissionGate, Frame, FrameType, Opener, ProtocolError, Sealer,
                       Session, encode_frame, make_hello, make_sid, split_frames)
from .server import PeerServer

TESTS = Path(__file__).resolve().parent.parent
VECTORS = TESTS / "data" / "noise-vectors.json"
PATTERNS = ("NK", "IK")


class NoiseTest(unittest.TestCase):
    """The public vectors, and messages that must not authenticate."""

    def test_vectors(self) -> None:
        """Both patterns, both sides, up to the transport messages."""
        vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
        seen = set()
        for vector in vectors:
            for pattern in PATTERNS:
                if vector["protocol_name"] == f"Noise_{pattern}_25519_ChaChaPoly_SHA256":
                    with self.subTest(pattern=pattern, origin=vector.get("_origin")):
                        self._check_vector(pattern, vector)
                        seen.add(pattern)
        self.assertEqual(seen, set(PATTERNS))

    def _check_vector(self, pattern: str, vector: dict[str, Any]) -> None:
        def item(name: str) -> bytes | None:
            return bytes.fromhex(vector[name]) if name in vector else None
        sides = [
            Handshake(pattern, initiator=True, prologue=item("init_prologue"),
                      static=item("init_static"), remote_static=item("init_remote_static"),
                      ephemeral=item("init_ephemeral")),
            Handshake(pattern, initiator=False, prologue=item("resp_prologue"),
                      static=item("resp_static"), ephemeral=item("resp_ephemeral"))]
        ciphers: list[CipherState] = []
        for number, message in enumerate(vector["messages"]):
            payload = bytes.fromhex(message["payload"])
            ciphertext = bytes.fromhex(message["ciphertext"])
            if number < 2:
                sender, receiver = sides if number == 0 else sides[::-1]
                self.assertEqual(sender.write_message(payload), ciphertext)
                self.assertEqual(receiver.read_message(ciphertext), payload)
                continue
            ciphers = ciphers or [CipherState(key) for key in sides[0].split()]
            self.assertEqual(ciphers[number % 2].encrypt(b"", payload), ciphertext)
        self.assertEqual(sides[0].split(), sides[1].split())
        self.assertEqual(sides[0].handshake_hash, sides[1].handshake_hash)
        if "handshake_hash" in vector:
            self.assertEqual(sides[0].handshake_hash, item("handshake_hash"))
        if pattern == "IK":
            self.assertEqual(sides[1].remote_static, public_key(item("init_static")))

    def test_small_order(self) -> None:
        """A responder refuses a key of small order, even in a message that would authenticate."""
        static = generate_private_key()
        server = Handshake("NK", initiator=False, prologue=PROLOGUE, static=static)
        client = SmallOrderHandshake("NK", initiator=True, prologue=PROLOGUE,
                                     remote_static=public_key(static))
        with self.assertRaisesRegex(NoiseError, "all zero"):
            server.read_message(client.write_message(b"{}"))


def handshaken(pattern: str) -> tuple[Handshake, Handshake]:
    """A client's and a server's completed handshake."""
    static = generate_private_key()
    client = Handshake(pattern, initiator=True, prologue=PROLOGUE, remote_static=public_key(static),
                       static=generate_private_key() if pattern == "IK" else None)
    server = Handshake(pattern, initiator=False, prologue=PROLOGUE, static=static)
    server.read_message(client.write_message(b"{}"))
    client.read_message(server.write_message(b"{}"))
    return client, server


class ProtocolTest(unittest.TestCase):
    """Frames, sealing, admission and rekey without a network."""

    def test_split_frames(self) -> None:
        """Messages of whole frames, and messages that are not."""
        one = encode_frame(0x10, b"abc")
        self.assertEqual(one, b"\x10\0\0\0\x03abc")
        self.assertEqual(split_frames(one + one), [Frame(0x10, b"abc")] * 2)
        self.assertEqual(len(split_frames(encode_frame(0x40, bytes(65_792)))), 1)
        for message in (b"", one[:4], one[:-1], one + b"\0", encode_frame(0x40, bytes(65_793)),
                        b"\x10\xff\xff\xff\xff"):
            with self.subTest(message=message[:16]), self.assertRaises(ProtocolError):
                split_frames(message)

    def test_sequence_is_authenticated(self) -> None:
        """Repeated, reordered, retyped and flipped frames do not open."""
        sealer = Sealer(bytes(32))
        first, second = (split_frames(sealer.seal(0x10, b"x"))[0] for _ in range(2))
        opener = Opener(bytes(32))
        with self.assertRaises(ProtocolError):
            opener.open(second)
        with self.assertRaises(ProtocolError):
            opener.open(first._replace(type=0x40))
        with self.assertRaises(ProtocolError):
            opener.open(first._replace(payload=first.payload[:-1] + b"\0\0"))
        self.assertEqual(opener.open(first), b"x")
        with self.assertRaises(ProtocolError):
            opener.open(first)
        self.assertEqual(opener.open(second), b"x")

    def test_admission(self) -> None:
        """A proof is valid in three minutes, and once."""
        private = generate_private_key()
        gate, now = AdmissionGate(private), 1_000_000 * 60.0
        for offset, admitted in ((-120, False), (-60, True), (0, True), (59, True), (60, True),
                                 (119, True), (120, False)):
            sid = make_sid(public_key(private), now + offset)
            self.assertEqual(len(sid), 64)
            with self.subTest(offset=offset):
                self.assertEqual(gate.admit(f"a=b; sid={sid}", now), admitted)
                self.assertFalse(gate.admit(f"sid={sid}", now + 60 if admitted else now))
        for cookie in (None, "", "sid", "sid=", "sid=" + "A" * 64, "sid=" + "é" * 64,
                       f"sid={make_sid(public_key(private), now)}="):
            self.assertFalse(gate.admit(cookie, now))

    def test_rekey_with_frames_in_flight(self) -> None:
        """Frames that either side sends in the middle of a rekey arrive."""
        for pattern in PATTERNS:
            with self.subTest(pattern=pattern):
                self._rekey_in_flight(pattern)

    def _rekey_in_flight(self, pattern: str) -> None:
        up: list[bytes] = []
        down: list[bytes] = []
        client_noise, server_noise = handshaken(pattern)
        client = Session(client_noise, ["rekey"], up.append)
        server = Session(server_noise, ["rekey"], down.append)
        for number in range(1, 4):
            client.send(0x10, b"before")
            client.begin_rekey()
            client.send(0x10, b"during")
            server.send(0x10, b"old")
            arrived_up = [plain for message in up for _, plain in server.receive(message)]
            server.send(0x10, b"new")
            up.clear()
            arrived_down = [plain for message in down for _, plain in client.receive(message)]
            down.clear()
            client.send(0x10, b"after")
            arrived_up += [plain for message in up for _, plain in server.receive(message)]
            up.clear()
            self.assertEqual(arrived_up, [b"before", b"during", b"after"])
            self.assertEqual(arrived_down, [b"old", b"new"])
            self.assertEqual((client.rekeys, server.rekeys), (number, number))
            self.assertEqual((client.sealer.sequence, server.sealer.sequence), (1, 1))

    def test_rekey_prologue_is_the_last_hash(self) -> None:
        """A rekey on top of another handshake's hash does not authenticate."""
        client_noise, server_noise = handshaken("NK")
        server = Session(server_noise, ["rekey"], lambda message: None)
        other = client_noise.successor(PROLOGUE + bytes(32))
        sealer = Sealer(client_noise.split()[0])
        with self.assertRaises(ProtocolError):
            list(server.receive(sealer.seal(FrameType.REKEY_INIT, other.write_message())))


class CarrierTest(unittest.IsolatedAsyncioTestCase):
    """Examples from the RFCs."""

    def test_rfc6455_examples(self) -> None:
        """Sections 1.3 and 5.7."""
        self.assertEqual(upgrade.accept_value("dGhlIHNhbXBsZSBub25jZQ=="),
                         "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        mask = bytes.fromhex("37fa213d")
        self.assertEqual(websocket.build_frame(websocket.TEXT, b"Hello", mask=mask).hex(),
                         "818537fa213d7f9f4d5158")
        self.assertEqual(websocket.build_frame(websocket.TEXT, b"Hel", fin=False).hex(),
                         "010348656c")
        self.assertEqual(websocket.build_frame(websocket.BINARY, bytes(256))[:4].hex(), "827e0100")
        self.assertEqual(websocket.build_frame(websocket.BINARY, bytes(65_536))[:10].hex(),
                         "827f0000000000010000")

    async def test_frames_are_read_strictly(self) -> None:
        """Frames that a server must not accept from a client."""
        async def read(data: bytes) -> bytes:
            reader = asyncio.StreamReader()
            reader.feed_data(data)
            reader.feed_eof()
            return await websocket.WebSocket(reader, None, is_client=False).recv_message()
        build, mask = websocket.build_frame, b"abcd"
        self.assertEqual(await read(build(2, b"x", fin=False, mask=mask)
                                    + build(0, b"y", mask=mask)), b"xy")
        for frame in (build(2, b"x"), build(1, b"x", mask=mask), build(0, b"x", mask=mask),
                      build(2, b"x", rsv=1, mask=mask), build(9, bytes(126), mask=mask),
                      build(2, b"x", length_form=16, mask=mask), build(3, b"x", mask=mask),
                      build(2, length=262_145, length_form=64, mask=mask)):
            with self.subTest(frame=frame[:8].hex()):
                with self.assertRaises(websocket.WebSocketError):
                    await read(frame)

    def test_packets(self) -> None:
        """Checksums of RFC 1071 and of both IP versions; broken ones are noticed."""
        self.assertEqual(packets.checksum(bytes.fromhex("0001f203f4f5f6f7")), 0xFFFF ^ 0xDDF2)
        for source, destination in (("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")):
            echo = packets.build_echo(source, destination, 5, 6, b"data")
            udp = packets.build_udp(source, destination, 1000, 2000, b"data!")
            parsed = packets.parse_ip(packets.answer(packets.parse_ip(echo)))
            self.assertEqual(packets.parse_echo(parsed), packets.Echo(False, 5, 6, b"data"))
            self.assertEqual((str(parsed.source), str(parsed.destination)), (destination, source))
            parsed = packets.parse_ip(packets.answer(packets.parse_ip(udp)))
            self.assertEqual(packets.parse_udp(parsed), packets.Datagram(2000, 1000, b"data!"))
            with self.assertRaises(ValueError):
                packets.parse_echo(packets.parse_ip(echo[:-1] + b"!"))
            with self.assertRaises(ValueError):
                packets.parse_udp(packets.parse_ip(udp[:-1] + b"?"))
            with self.assertRaises(ValueError):
                packets.parse_ip(echo[:-1])


def make_certificate(directory: str) -> ssl.SSLContext:
    """A server's TLS context with a self-signed certificate for 127.0.0.1."""
    cert, key = os.path.join(directory, "cert.pem"), os.path.join(directory, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert,
                    "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


class LoopbackTest(unittest.IsolatedAsyncioTestCase):
    """Client and server over TCP."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.server_tls = make_certificate(cls.directory.name)
        cls.client_tls = ssl.create_default_context(
            cafile=os.path.join(cls.directory.name, "cert.pem"))

    async def serve(self, **options: Any) -> PeerServer:
        """A server that ends with the test."""
        server = await PeerServer(**options).start()
        self.addAsyncCleanup(server.stop)
        return server

    async def connect(self, server: PeerServer, private_key: bytes | None = None,
                      **options: Any) -> PeerClient:
        """A client that ends with the test."""
        tls = self.client_tls if server.tls else None
        client = await PeerClient.connect(server.url, server.public_key, private_key, tls=tls,
                                          **options)
        self.addAsyncCleanup(client.close)
        return client

    async def test_session(self) -> None:
        """NK and IK, ws and wss: pings, UDP, keepalive, rekeys, a polite end."""
        for tls in (None, self.server_tls):
            server = await self.serve(tls=tls, path="/some/path")
            for pattern in PATTERNS:
                with self.subTest(tls=bool(tls), pattern=pattern):
                    key = generate_private_key() if pattern == "IK" else None
                    await self._check_session(await self.connect(server, key))

    async def _check_session(self, client: PeerClient) -> None:
        self.assertEqual(client.welcome["version"], 1)
        for number in range(3):
            for version in (4, 6):
                await client.ping(client.gateway(version))
                own, gateway = client.addresses[version], client.gateway(version)
                await client.send_packet(packets.build_udp(own, gateway, 40_000, 7, b"hello"))
                reply = packets.parse_udp(packets.parse_ip(await client.recv_packet()))
                self.assertEqual(reply, packets.Datagram(7, 40_000, b"hello"))
            await client.keepalive()
            self.assertEqual(client.session.rekeys, number)
            await client.rekey()
        await client.keepalive()
        await client.close()
        self.assertEqual(client.ended.result(), "close frame, status 1000")
        self.assertIsNone(client.violation)

    async def test_pings_during_rekeys(self) -> None:
        """Nothing is lost while keys change."""
        client = await self.connect(await self.serve())
        for _ in range(20):
            await client.rekey()
            await asyncio.gather(*(client.ping(client.gateway()) for _ in range(5)))
        self.assertEqual(client.session.rekeys, 20)

    async def test_admission(self) -> None:
        """Without a proof the server answers 404; a client corrects a wrong clock once."""
        server = await self.serve(path="/x")
        with self.assertRaises(UpgradeRefused) as refused:
            await PeerClient.connect(server.url, server.public_key, cookie="")
        self.assertEqual(refused.exception.head.status, 404)
        with self.assertRaises(UpgradeRefused):
            await PeerClient.connect(server.url, public_key(generate_private_key()))
        server.clock = lambda: time.time() - 7_200
        client = await self.connect(server)
        await client.ping(client.gateway())
        open_server = await self.serve(admission=False)
        client = await self.connect(open_server, cookie="")
        await client.ping(client.gateway())

    async def test_refusals(self) -> None:
        """Each code of a refusal."""
        key, stranger = generate_private_key(), generate_private_key()
        known = await self.serve(known_clients={public_key(key)})
        await self.connect(known, key)
        small = await self.serve(pool_size=1)
        await self.connect(small)
        for server, private_key, hello, code in (
                (known, None, None, "unauthorized"), (known, stranger, None, "unauthorized"),
                (small, None, None, "pool-exhausted"),
                (small, None, make_hello(version=2), "unsupported-version")):
            with self.subTest(code=code), self.assertRaises(HandshakeRefused) as refused:
                await self.connect(server, private_key, hello=hello)
            self.assertEqual(refused.exception.code, code)

    async def test_takeover(self) -> None:
        """The old session ends with the new one's first sealed frame, and not before."""
        server = await self.serve()
        key = generate_private_key()
        old = await self.connect(server, key)
        await old.ping(old.gateway())
        new = await self.connect(server, key)
        self.assertEqual(new.addresses, old.addresses)
        await old.ping(old.gateway())
        await new.ping(new.gateway())
        self.assertEqual(await old.wait_ended(5), "DISCONNECT 'replaced'")
        with self.assertRaises(SessionEnded):
            await old.ping(old.gateway())
        await new.ping(new.gateway())

    async def test_lease(self) -> None:
        """An anonymous client gets its address back."""
        server = await self.serve()
        first = await self.connect(server)
        await self.connect(server)
        await first.close()
        again = await self.connect(server, hello=make_hello(lease=first.welcome["lease"]))
        self.assertEqual(again.addresses, first.addresses)

    async def test_command_lines(self) -> None:
        """Server and client as processes."""
        directory = self.directory.name
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "peer.server", "--cert", f"{directory}/cert.pem", "--key-file",
            f"{directory}/key.pem", cwd=TESTS, stdout=subprocess.PIPE)
        try:
            key = (await server.stdout.readline()).decode().split()[-1]
            url = (await server.stdout.readline()).decode().split()[-1]
            client = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "peer.client", "--url", url, "--key", key, "--insecure",
                "--ping", "10.8.0.1", "--count", "2", cwd=TESTS, stdout=subprocess.PIPE)
            output = (await client.communicate())[0].decode()
        finally:
            server.terminate()
            await server.wait()
        self.assertEqual(client.returncode, 0, output)
        self.assertEqual(output.count("reply from 10.8.0.1"), 2, output)
        self.assertEqual(len(base64.b64decode(key)), 32)

    def assert_all_well(self, results: list[tuple[str, bool, str]]) -> None:
        """Fails with the details of each failed entry."""
        failed = [f"{name}: {detail}" for name, ok, detail in results if not ok]
        self.assertFalse(failed, "\n" + "\n".join(failed))

    async def test_hostile_clients(self) -> None:
        """The peer's server withstands the whole catalogue."""
        logger = logging.getLogger("asyncio")  # it would log each failed TLS handshake
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)
        server = await self.serve(tls=self.server_tls, path="/secret")
        results = await run_against_server(server.url, server.public_key, tls=insecure_context())
        self.assert_all_well(results)
        self.assertGreater(len(results), 140)

    async def test_hostile_servers(self) -> None:
        """The peer's client withstands it, too."""
        async def start(url: str, key: bytes):
            async def live() -> None:
                client = await PeerClient.connect(url, key, tls=self.client_tls)
                await client.ended
            task = asyncio.create_task(live())

            async def stop(_has_ended: bool) -> str:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                return ""
            return stop
        results = await run_against_client(start, tls=self.server_tls, concurrency=8)
        self.assert_all_well(results)
        self.assertGreater(len(results), 100)

    async def test_catalogue_notices(self) -> None:
        """The catalogue catches a server that admits everybody, and one that forgets proofs."""
        admits = await self.serve(path="/x", admission=False)
        forgets = await self.serve(path="/x")
        admit = forgets.gate.admit

        def admit_and_forget(*arguments: Any) -> bool:
            forgets.gate._seen.clear()
            return admit(*arguments)
        forgets.gate.admit = admit_and_forget
        for server, name in ((admits, "proof_missing"), (forgets, "proof_replayed"),
                             (forgets, "proof_replayed_as_torsion_twin")):
            (entry, bystander) = await run_against_server(server.url, server.public_key, only=name)
            self.assertEqual((entry[0], entry[1]), (name, False), entry[2])
            self.assertTrue(bystander[1], bystander[2])

    async def test_catalogue_asks_for_the_reason(self) -> None:
        """An end for another reason fails an entry, and so does a counter that has not moved."""
        class Other:
            async def reason(self, _connection: str) -> str:
                return "out of memory"

            async def counters(self, _session: str) -> dict[str, int]:
                return {"drops-spoofed": 5}
        server = await self.serve()
        for name, detail in (("text_message", "out of memory"), ("forged_source", "5")):
            with self.subTest(name):
                entry, _ = await run_against_server(server.url, server.public_key, only=name,
                                                    witness=Other())
                self.assertFalse(entry[1])
                self.assertIn(detail, entry[2])


if __name__ == "__main__":
    unittest.main()
