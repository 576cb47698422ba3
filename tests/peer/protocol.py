# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""SmartVPN wire protocol, version 1: frames, sealing, admission, handshake payloads, rekey.

How it works: nothing here does I/O. A Session needs a completed Noise handshake and a function that
writes a WebSocket message. It numbers the frames of each direction, answers keepalives, does rekeys,
and yields every other frame as (type, plaintext).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import json
import os
import struct
import time
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from nacl import bindings
from nacl.exceptions import CryptoError

from .noise import Handshake, NoiseError, dh, generate_private_key, public_key

VERSION = 1
PROLOGUE = b"smartvpn/1"
HEADER_SIZE = 5
NONCE_SIZE = 24
TAG_SIZE = 16
KEEPALIVE_SIZE = 8
MAX_FRAME = 65_792
MAX_PAYLOAD = 4_096
MIN_MTU = 576  # every IPv4 host accepts it (RFC 791)
HANDSHAKE_TIMEOUT = 10.0
PATTERN_BYTES = {"NK": 0x00, "IK": 0x01}
ADMISSION_LABEL = b"smartvpn/1 admission"
ADMISSION_TABLE = 65_536


class ProtocolError(Exception):
    """The peer sent something that ends the session."""


class FrameType(IntEnum):
    """Section 2."""

    HANDSHAKE_INIT = 0x01
    HANDSHAKE_RESP = 0x02
    REKEY_INIT = 0x03
    REKEY_RESP = 0x04
    REKEY_DONE = 0x05
    IP_PACKET = 0x10
    IP_SUPERPACKET = 0x11
    KEEPALIVE = 0x20
    KEEPALIVE_ACK = 0x21
    CONTROL = 0x30
    DISCONNECT = 0x3F
    PADDING = 0x40


class Frame(NamedTuple):
    """A frame on the wire."""

    type: int
    payload: bytes


def frame_header(frame_type: int, length: int) -> bytes:
    """[type:1][length:4]."""
    return struct.pack(">BI", frame_type, length)


def encode_frame(frame_type: int, payload: bytes) -> bytes:
    """The bytes of a frame with a given payload, in the clear or sealed."""
    return frame_header(frame_type, len(payload)) + payload


def split_frames(message: bytes) -> list[Frame]:
    """Splits a binary message into its one or more whole frames."""
    frames = []
    offset = 0
    while offset < len(message) or not frames:
        if len(message) - offset < HEADER_SIZE:
            raise ProtocolError("a message ends inside a frame header")
        frame_type, length = struct.unpack_from(">BI", message, offset)
        offset += HEADER_SIZE
        if length > MAX_FRAME or length > len(message) - offset:
            raise ProtocolError(f"a frame of {length} bytes")
        frames.append(Frame(frame_type, message[offset:offset + length]))
        offset += length
    return frames


class Sealer:
    """Seals the frames of one direction."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.sequence = 0

    def seal(self, frame_type: int, plaintext: bytes = b"") -> bytes:
        """The whole frame; takes the next sequence number."""
        header = frame_header(frame_type, NONCE_SIZE + len(plaintext) + TAG_SIZE)
        nonce = os.urandom(NONCE_SIZE)
        ad = header + self.sequence.to_bytes(8, "big")
        self.sequence += 1
        return header + nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            plaintext, ad, nonce, self.key)


class Opener:
    """Opens the frames of one direction."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.sequence = 0

    def open(self, frame: Frame) -> bytes:
        """The plaintext; raises ProtocolError."""
        if len(frame.payload) < NONCE_SIZE + TAG_SIZE:
            raise ProtocolError("a sealed frame is too short")
        ad = frame_header(frame.type, len(frame.payload)) + self.sequence.to_bytes(8, "big")
        nonce, sealed = frame.payload[:NONCE_SIZE], frame.payload[NONCE_SIZE:]
        try:
            plaintext = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed, ad, nonce, self.key)
        except CryptoError as error:
            raise ProtocolError(f"frame {self.sequence} does not open") from error
        self.sequence += 1
        return plaintext


# Admission (section 1.1)


def admission_tag(shared: bytes, minute: int) -> bytes:
    """The tag that proves knowledge of an X25519 result in a minute."""
    key = hmac.digest(ADMISSION_LABEL, shared, "sha256")
    return hmac.digest(key, str(minute).encode(), "sha256")[:16]


def encode_sid(ephemeral_public: bytes, tag: bytes) -> str:
    """base64url without padding; 48 bytes need none."""
    return base64.urlsafe_b64encode(ephemeral_public + tag).decode()


def make_sid(server_public_key: bytes, now: float | None = None,
             ephemeral: bytes | None = None) -> str:
    """A proof for the minute of `now`."""
    private = ephemeral or generate_private_key()
    minute = int((time.time() if now is None else now) // 60)
    return encode_sid(public_key(private), admission_tag(dh(private, server_public_key), minute))


def find_sid(cookie_header: str | None) -> str | None:
    """The last cookie named `sid`."""
    found = None
    for part in (cookie_header or "").split(";"):
        name, _, value = part.strip().partition("=")
        found = value if name == "sid" else found
    return found


class AdmissionGate:
    """The server's check, with its bounded table of the last three minutes.

    The table holds X25519 results and not E: several encodings of E lead to one result, and with it
    to one valid tag.
    """

    def __init__(self, private_key: bytes) -> None:
        self.private_key = private_key
        self._seen: dict[bytes, int] = {}

    def admit(self, cookie_header: str | None, now: float | None = None) -> bool:
        """Whether a request's cookies contain a valid, timely and new proof."""
        minute = int((time.time() if now is None else now) // 60)
        sid = find_sid(cookie_header) or ""
        try:
            raw = base64.b64decode(sid, altchars=b"-_", validate=True)
            shared = dh(self.private_key, raw[:32])
        except (binascii.Error, ValueError, NoiseError):
            return False
        if len(sid) != 64 or "+" in sid or "/" in sid:
            return False
        valid = any([hmac.compare_digest(raw[32:], admission_tag(shared, minute + offset))
                     for offset in (-1, 0, 1)])
        self._seen = {key: seen for key, seen in self._seen.items() if minute - seen < 3}
        if not valid or shared in self._seen or len(self._seen) >= ADMISSION_TABLE:
            return False
        self._seen[shared] = minute
        return True


# Payloads of the handshake (section 3)


def encode_json(value: dict[str, Any]) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def decode_json(data: bytes) -> dict[str, Any]:
    """A JSON object; raises ProtocolError."""
    def refuse(constant: str) -> None:
        raise ValueError(constant)
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("not JSON") from error
    if not isinstance(value, dict):
        raise ProtocolError("not a JSON object")
    return value


def decode_payload(data: bytes) -> dict[str, Any]:
    """The payload of a handshake message."""
    if len(data) > MAX_PAYLOAD:
        raise ProtocolError(f"a handshake payload of {len(data)} bytes")
    return decode_json(data)


def make_hello(**members: Any) -> dict[str, Any]:
    """Message 1's payload; a member of None is left out."""
    hello: dict[str, Any] = {"version": VERSION, "mtu": 1420, "capabilities": ["rekey"],
                             "name": "peer", "pad": "x" * int.from_bytes(os.urandom(1), "big")}
    hello.update(members)
    return {key: value for key, value in hello.items() if value is not None}


def _need(condition: bool, text: str) -> None:
    if not condition:
        raise ProtocolError(text)


def is_integer(value: Any) -> bool:
    """Whether a value is a JSON integer; true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_strings(value: Any) -> bool:
    """Whether a value is a list of strings."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def check_hello(hello: dict[str, Any]) -> None:
    """Raises ProtocolError if a member of message 1 has the wrong type."""
    mtu = hello.get("mtu", 1420)
    _need(is_integer(mtu) and mtu >= MIN_MTU, f"mtu {mtu!r}")
    _need(is_strings(hello.get("capabilities", [])), "capabilities are not strings")
    for name in ("name", "lease", "pad"):
        _need(isinstance(hello.get(name, ""), str), f"{name} is not a string")


def _check_assignment(value: Any, version: int) -> None:
    _need(isinstance(value, dict), "an assignment is not an object")
    try:
        address, gateway = (ipaddress.ip_address(value[key]) for key in ("address", "gateway"))
        _need(all(isinstance(value[key], str) for key in ("address", "gateway")), "no string")
    except (KeyError, ValueError) as error:
        raise ProtocolError(f"an assignment is malformed: {error}") from error
    for ip in (address, gateway):
        _need(ip.version == version, f"{ip} is not IPv{version}")
        _need(not (ip.is_unspecified or ip.is_loopback or ip.is_multicast
                   or ip == ipaddress.ip_address("255.255.255.255")), f"{ip} is not the address of a host")
    prefix = value.get("prefix")
    _need(is_integer(prefix) and 0 < prefix <= ip.max_prefixlen, f"prefix {prefix!r}")


def check_config(config: dict[str, Any]) -> None:
    """Raises ProtocolError if `mtu`, `dns` or `routes` is present and unusable."""
    mtu = config.get("mtu", 1420)
    _need(is_integer(mtu) and MIN_MTU <= mtu <= 65_535, f"mtu {mtu!r}")
    _need(is_strings(config.get("dns", [])), "dns are not strings")
    _need(is_strings(config.get("routes", [])), "routes are not strings")
    try:
        for server in config.get("dns", []):
            ipaddress.ip_address(server)
        for route in config.get("routes", []):
            ipaddress.ip_network(route, strict=False)
    except ValueError as error:
        raise ProtocolError(str(error)) from error


def check_welcome(welcome: dict[str, Any]) -> None:
    """Raises ProtocolError unless a client can use message 2."""
    _need(welcome.get("version") == VERSION, "another version")
    if "error" in welcome:
        _need(isinstance(welcome["error"], str), "the error is not a string")
        return
    _need(isinstance(welcome.get("client_id"), str), "client_id is not a string")
    _need(is_strings(welcome.get("capabilities")), "capabilities are not strings")
    _need(isinstance(welcome.get("lease", ""), str), "lease is not a string")
    _check_assignment(welcome.get("ipv4"), 4)
    if "ipv6" in welcome:
        _check_assignment(welcome["ipv6"], 6)
    check_config(welcome)


# The session (sections 2, 4 and 5)


def make_client_handshake(server_public_key: bytes, private_key: bytes | None) -> Handshake:
    """A client's handshake: NK without a private key, IK with one."""
    return Handshake("IK" if private_key else "NK", initiator=True, prologue=PROLOGUE,
                     static=private_key, remote_static=server_public_key)


def init_frame(handshake: Handshake, payload: bytes) -> bytes:
    """HANDSHAKE_INIT."""
    pattern = bytes([PATTERN_BYTES[handshake.pattern]])
    return encode_frame(FrameType.HANDSHAKE_INIT, pattern + handshake.write_message(payload))


class Session:
    """Both directions after the handshake; `write` sends one WebSocket message."""

    def __init__(self, handshake: Handshake, capabilities: list[str],
                 write: Callable[[bytes], None]) -> None:
        self.is_client = handshake.initiator
        self.capabilities = capabilities
        self.write = write
        self.rekeys = 0
        self.echoes = 0  # KEEPALIVE_ACKs received
        self.on_open: Callable[[], None] | None = None  # after each frame that opened
        self._stamps: dict[bytes, Callable[[], None]] = {}
        self.sealer, self.opener = self._directions(handshake)
        self._handshake = handshake
        self._pending: Handshake | None = None  # a rekey under way

    def _directions(self, handshake: Handshake) -> tuple[Sealer, Opener]:
        upward, downward = handshake.split()
        if self.is_client:
            return Sealer(upward), Opener(downward)
        return Sealer(downward), Opener(upward)

    def send(self, frame_type: int, plaintext: bytes = b"") -> None:
        """Seals a frame and writes it as a message of its own."""
        self.write(self.sealer.seal(frame_type, plaintext))

    def receive(self, message: bytes) -> Iterator[tuple[int, bytes]]:
        """Opens the frames of a message; yields those that the session does not handle itself."""
        for frame in split_frames(message):
            if frame.type in (FrameType.HANDSHAKE_INIT, FrameType.HANDSHAKE_RESP):
                raise ProtocolError("a handshake frame after the handshake")
            plaintext = self.opener.open(frame)
            if self.on_open:
                self.on_open()
            handler = self._handlers.get(frame.type)
            if handler:
                handler(self, plaintext)
            else:
                yield frame.type, plaintext

    def begin_rekey(self) -> None:
        """Client: sends REKEY_INIT."""
        _need(self.is_client and self._pending is None, "a rekey cannot begin now")
        self._pending = self.next_handshake()
        self.send(FrameType.REKEY_INIT, self._pending.write_message())

    def next_handshake(self, kind: type[Handshake] | None = None) -> Handshake:
        """The handshake of a rekey."""
        return self._handshake.successor(PROLOGUE + self._handshake.handshake_hash, kind)

    def _read_rekey(self, handshake: Handshake, message: bytes) -> None:
        try:
            payload = handshake.read_message(message)
        except NoiseError as error:
            raise ProtocolError(f"rekey: {error}") from error
        _need(payload == b"", "a rekey message with a payload")

    def _on_rekey_init(self, message: bytes) -> None:
        """Server: answers, and sends under the new key from then on."""
        _need("rekey" in self.capabilities, "REKEY_INIT without the capability")
        _need(not self.is_client and self._pending is None, "REKEY_INIT out of place")
        handshake = self.next_handshake()
        self._read_rekey(handshake, message)
        _need(handshake.remote_static == self._handshake.remote_static, "rekey by another client")
        self.send(FrameType.REKEY_RESP, handshake.write_message())
        self.sealer = self._directions(handshake)[0]
        self._pending = handshake

    def _on_rekey_resp(self, message: bytes) -> None:
        """Client: receives under the new key, sends REKEY_DONE under the old one, then sends under the new."""
        _need(self.is_client and self._pending is not None, "REKEY_RESP out of place")
        self._read_rekey(self._pending, message)
        sealer, self.opener = self._directions(self._pending)
        self.send(FrameType.REKEY_DONE)
        self.sealer = sealer
        self._finish_rekey()

    def _on_rekey_done(self, plaintext: bytes) -> None:
        """Server: receives under the new key from the next frame on."""
        _need(not self.is_client and self._pending is not None and not plaintext,
              "REKEY_DONE out of place")
        self.opener = self._directions(self._pending)[1]
        self._finish_rekey()

    def _finish_rekey(self) -> None:
        self._handshake, self._pending = self._pending, None
        self.rekeys += 1

    def _on_keepalive(self, plaintext: bytes) -> None:
        if len(plaintext) == KEEPALIVE_SIZE:
            self.send(FrameType.KEEPALIVE_ACK, plaintext)

    def _on_keepalive_ack(self, plaintext: bytes) -> None:
        self.echoes += 1
        if on_echo := self._stamps.pop(plaintext, None):
            on_echo()

    def send_keepalive(self, on_echo: Callable[[], None]) -> None:
        """Sends a KEEPALIVE; calls back when its echo comes."""
        stamp = time.monotonic_ns().to_bytes(8, "big")
        self._stamps[stamp] = on_echo
        self.send(FrameType.KEEPALIVE, stamp)

    _handlers = {
        FrameType.REKEY_INIT: _on_rekey_init,
        FrameType.REKEY_RESP: _on_rekey_resp,
        FrameType.REKEY_DONE: _on_rekey_done,
        FrameType.KEEPALIVE: _on_keepalive,
        FrameType.KEEPALIVE_ACK: _on_keepalive_ack,
    }
