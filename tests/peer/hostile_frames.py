# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Misbehaving clients in frames, in the handshake and in what is sealed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from ipaddress import IPv4Address

from .catalogue import Expect, SetupError, Skip, Target, as_client, echo_packet, seal, \
    wait_websocket_end
from .client import HandshakeRefused, PeerClient
from .noise import SmallOrderHandshake, generate_private_key, public_key
from .packets import build_echo, build_ip, build_udp, parse_echo, parse_ip
from .protocol import (PROLOGUE, FrameType as F, Sealer, encode_frame, encode_json, frame_header,
                       init_frame, make_client_handshake, make_hello)
from .websocket import Closed

# Frames


def _ip(client: PeerClient) -> bytes:
    """A sealed packet that the gateway would answer."""
    return seal(client, F.IP_PACKET, echo_packet(client))


def _seal_all(client: PeerClient, *frames: tuple[int, bytes]) -> bytes:
    """Several sealed frames back to back."""
    return b"".join(seal(client, frame_type, plaintext) for frame_type, plaintext in frames)


def _repeat(client: PeerClient) -> list[bytes]:
    return [_ip(client)] * 2


def _reorder(client: PeerClient) -> list[bytes]:
    return [_ip(client), _ip(client)][::-1]


def _drop(client: PeerClient) -> list[bytes]:
    return [_ip(client), _ip(client)][1:]


def _retype(client: PeerClient) -> list[bytes]:
    return [bytes([F.PADDING]) + _ip(client)[1:]]


def _flip(client: PeerClient) -> list[bytes]:
    frame = bytearray(_ip(client))
    frame[len(frame) // 2] ^= 1
    return [bytes(frame)]


def _span(client: PeerClient) -> list[bytes]:
    frame = _ip(client)
    return [frame[:50], frame[50:]]


def _shorten(client: PeerClient) -> list[bytes]:
    """A frame whose header and bytes agree on a length that was not sealed."""
    frame = _ip(client)
    return [frame_header(frame[0], len(frame) - 5 - 1) + frame[5:-1]]


def _sealed(*frames: tuple[int, bytes]) -> Callable[[PeerClient], list[bytes]]:
    """One message for each sealed frame."""
    return lambda client: [seal(client, *frame) for frame in frames]


def _packets(*packets: bytes) -> Callable[[PeerClient], list[bytes]]:
    """One message for each packet."""
    return _sealed(*((F.IP_PACKET, packet) for packet in packets))


def _lying_packets(client: PeerClient) -> list[bytes]:
    """Packets whose length fields do not fit their bytes."""
    four, six = echo_packet(client), bytearray(40 + 8)
    if 6 in client.addresses:
        six = bytearray(echo_packet(client, version=6))
    six[0], six[4:6] = 0x60, b"\xff\xff"
    longer = four[:2] + (len(four) + 1).to_bytes(2, "big") + four[4:]
    shorter = four[:2] + (4).to_bytes(2, "big") + four[4:]
    options = b"\x4f" + four[1:24]
    return _packets(longer, bytes(six), shorter, options, four[:19], bytes(six[:39]))(client)


def _forged(client: PeerClient) -> list[bytes]:
    """Sources of others: foreign, the gateway, a neighbour, unspecified, loopback, broadcast."""
    gateway, own = client.gateway(), client.addresses[4]
    neighbour = str(IPv4Address(int(IPv4Address(own)) ^ 1))
    return _packets(*(build_echo(source, gateway, 7, 7) for source in (
        "192.0.2.1", gateway, neighbour, "0.0.0.0", "127.0.0.1", "255.255.255.255")))(client)


def _forged_ipv6(client: PeerClient) -> list[bytes]:
    gateway = client.gateway(6) if 6 in client.addresses else "fd00:8::1"
    return _packets(*(build_echo(source, gateway, 7, 7) for source in (
        "2001:db8::1", gateway, "::", "::1", "fe80::1", "ff02::1")))(client)


def _odd_destinations(client: PeerClient) -> list[bytes]:
    own = client.addresses[4]
    return _packets(*(build_udp(own, destination, 7, 7, b"x") for destination in (
        "0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1", own)))(client)


_OBJECT = b'{"type":"%s"}'
_MANY = [(F.PADDING, b"x")] * 5_500  # 46 bytes each: nearly a whole message of 262 144

def _small_order_rekey(client: PeerClient) -> list[bytes]:
    handshake = client.session.next_handshake(SmallOrderHandshake)
    return [seal(client, F.REKEY_INIT, handshake.write_message())]


# The session ends for a reason, or it goes on and has counted.
for _name, _doc, _outcome, _messages in (
    ("truncated_frame", "A frame header that promises more than the message holds.",
     "ends inside a frame", lambda c: [_ip(c)[:-10]]),
    ("truncated_header", "A message that ends inside a frame header.", "ends inside a frame",
     lambda c: [_ip(c) + b"\x10\0\0"]),
    ("frame_spans_messages", "A frame in two messages.", "ends inside a frame", _span),
    ("trailing_byte", "A whole frame and one byte more.", "ends inside a frame",
     lambda c: [_ip(c) + b"\0"]),
    ("length_65793", "A frame one byte above the limit, which opens.", "frame is too long",
     _sealed((F.PADDING, bytes(65_793 - 40)))),
    ("length_65792", "Legal: a frame at the limit.", {}, _sealed((F.PADDING, bytes(65_792 - 40)))),
    ("length_ffffffff", "A length field of 0xffffffff.", "frame is too long",
     lambda c: [b"\x10\xff\xff\xff\xff" + bytes(100)]),
    ("short_sealed_frame", "A sealed frame too short for nonce and tag.", "not authentic",
     lambda c: [encode_frame(F.IP_PACKET, bytes(39))]),
    ("sealed_frame_of_no_bytes", "A sealed frame without any payload.", "not authentic",
     lambda c: [encode_frame(F.KEEPALIVE, b"")]),
    ("repeated_frame", "The same sealed frame twice.", "not authentic", _repeat),
    ("reordered_frames", "Two sealed frames in the wrong order.", "not authentic", _reorder),
    ("dropped_frame", "A sealed frame after one that was never sent.", "not authentic", _drop),
    ("retyped_frame", "An IP_PACKET with the type of PADDING.", "not authentic", _retype),
    ("resized_frame", "A sealed frame without its last byte, with a length to fit.",
     "not authentic", _shorten),
    ("bit_flip", "A flipped bit in a sealed frame.", "not authentic", _flip),
    ("unsealed_frame", "An IP_PACKET in the clear.", "not authentic",
     lambda c: [encode_frame(F.IP_PACKET, echo_packet(c))]),
    ("unknown_type_unsealed", "A frame of an unknown type that does not open.", "not authentic",
     lambda c: [encode_frame(0x7E, bytes(60))]),
    ("unknown_type_sealed", "Frames of unknown types that open are ignored.",
     {"drops-malformed": 0}, _sealed((0x7E, b"what"), (0x00, b""), (0xFF, bytes(1_000)))),
    ("frames_in_one_message", "Legal: several frames in a message.", {"packets-received": 3},
     lambda c: [_ip(c) + seal(c, F.PADDING, bytes(99)) + _ip(c)]),
    ("thousands_of_frames_in_a_message", "Legal: 5 500 tiny frames in a message.", {},
     lambda c: [_seal_all(c, *_MANY)]),
    ("second_init", "A second HANDSHAKE_INIT, a copy of the first.", "after the handshake",
     lambda c: [c.init]),
    ("init_with_new_keys", "A second, fresh HANDSHAKE_INIT.", "after the handshake",
     lambda c: [init_frame(make_client_handshake(c.server_public_key, None),
                           encode_json(make_hello()))]),
    ("resp_from_client", "A HANDSHAKE_RESP after the handshake.", "after the handshake",
     lambda c: [encode_frame(F.HANDSHAKE_RESP, bytes(64))]),
    ("sealed_init", "A HANDSHAKE_INIT that opens.", "after the handshake",
     _sealed((F.HANDSHAKE_INIT, b""))),
    ("padding", "Legal: PADDING of every size.", {"packets-received": 1},
     _sealed((F.PADDING, b""), (F.PADDING, bytes(1)), (F.PADDING, os.urandom(3_000)))),
    ("empty_packet", "An IP packet of no bytes is dropped.", {"drops-malformed": 1}, _packets(b"")),
    ("garbage_packets", "Packets that are not IP are dropped.", {"drops-malformed": 55},
     _packets(b"\x45", b"\0" * 60, b"\xff" * 60, b"\x50" + bytes(60), b"\x60" + bytes(8),
              *(b"\x70" + os.urandom(64) for _ in range(50)))),
    ("lying_packets", "Packets with wrong length fields are dropped.", {"drops-malformed": 6},
     _lying_packets),
    ("forged_source", "Foreign IPv4 sources are dropped.", {"drops-spoofed": 6}, _forged),
    ("forged_source_ipv6", "Foreign IPv6 sources are dropped.", {"drops-spoofed": 6},
     _forged_ipv6),
    ("odd_destinations", "Packets to nowhere.", {"drops-spoofed": 0}, _odd_destinations),
    ("unknown_protocols", "IP protocols 0 and 255, with nothing inside.", {"packets-received": 5},
     lambda c: _packets(*(build_ip(c.addresses[4], c.gateway(), number, b"")
                          for number in (0, 6, 17, 255)))(c)),
    ("packet_above_mtu", "A packet of 60 000 bytes.", {"packets-received": 2},
     lambda c: _packets(echo_packet(c, 60_000))(c)),
    ("superpacket_uninvited", "IP_SUPERPACKET without the capability is dropped.",
     {"drops-malformed": 1}, lambda c: [seal(c, F.IP_SUPERPACKET, bytes(2) + echo_packet(c))]),
    ("unknown_control", "CONTROL of an unknown type is ignored.", {},
     _sealed((F.CONTROL, _OBJECT % b"nonsense"))),
    ("control_config_from_client", "CONTROL \"config\" in the wrong direction is ignored.", {},
     _sealed((F.CONTROL, b'{"type":"config","mtu":1000,"dns":["192.0.2.1"]}'))),
    ("control_without_type", "CONTROL with an empty object is ignored.", {},
     _sealed((F.CONTROL, b"{}"))),
    ("control_type_no_string", "CONTROL whose type is a list is ignored.", {},
     _sealed((F.CONTROL, b'{"type":[1]}'))),
    ("control_bad_json", "CONTROL that is not JSON is ignored.", {},
     _sealed((F.CONTROL, b"{\"type\":"))),
    ("control_nested", "CONTROL with 30 000 brackets is ignored.", {},
     _sealed((F.CONTROL, b"[" * 30_000))),
    ("control_huge", "CONTROL of an unknown type that fills a whole frame is ignored.", {},
     _sealed((F.CONTROL, b'{"type":"x","y":"' + b"z" * 65_700 + b'"}'))),
    ("keepalive_ack_unasked", "The echo of a KEEPALIVE that was never sent is ignored.", {},
     _sealed((F.KEEPALIVE_ACK, bytes(8)))),
    ("keepalive_ack_wrong_size", "An echo of 3 bytes is ignored.", {},
     _sealed((F.KEEPALIVE_ACK, bytes(3)))),
    ("disconnect", "Legal: DISCONNECT.", "we are done",
     _sealed((F.DISCONNECT, b'{"reason":"we are done"}'))),
    ("disconnect_bad_json", "DISCONNECT that is not JSON.", "no reason given",
     _sealed((F.DISCONNECT, b"\xff\xfe{"))),
    ("disconnect_then_more", "Frames after DISCONNECT.", "no reason given",
     lambda c: [_seal_all(c, (F.DISCONNECT, b'{"reason":7}'), (F.IP_PACKET, echo_packet(c)))]),
    ("rekey_garbage", "REKEY_INIT with garbage inside.", "(?i)rekey",
     _sealed((F.REKEY_INIT, os.urandom(48)))),
    ("rekey_empty", "REKEY_INIT with nothing inside.", "(?i)rekey", _sealed((F.REKEY_INIT, b""))),
    ("rekey_small_order", "REKEY_INIT with an ephemeral key of small order, sealed accordingly.",
     "(?i)rekey", _small_order_rekey),
    ("rekey_done_uninvited", "REKEY_DONE without a rekey.", "(?i)rekey", _sealed((F.REKEY_DONE, b""))),
    ("rekey_resp_from_client", "REKEY_RESP in the wrong direction.", "(?i)rekey",
     _sealed((F.REKEY_RESP, os.urandom(48)))),
):
    async def _run(target: Target, messages=_messages):
        client = await target.session()
        for message in messages(client):
            client.ws.send(message)
        await client.ws.drain()
        return client
    _run.__name__, _run.__doc__ = _name, _doc
    if isinstance(_outcome, str):
        as_client(Expect.SESSION_ENDS, _outcome)(_run)
    else:
        as_client(Expect.GOES_ON, counts=_outcome)(_run)


@as_client(Expect.GOES_ON)
async def keepalive_of_other_size(target: Target):
    """KEEPALIVEs of any size but 8 bytes get no echo."""
    client = await target.session()
    for size in (0, 7, 9, 60_000):
        await client.send(F.KEEPALIVE, bytes(size))
    await client.keepalive()
    assert client.session.echoes == 1, f"{client.session.echoes} echoes"
    return client


@as_client(Expect.GOES_ON)
async def garbage_superpackets(target: Target):
    """With `gso`: superpackets whose parts contradict each other are dropped."""
    client = await target.session(capabilities=["gso", "rekey"])
    if "gso" not in client.session.capabilities:
        raise Skip("the server does not offer gso")
    own, gateway = client.addresses[4], client.gateway()
    tcp = build_ip(own, gateway, 6, bytes(12) + b"\x50\x10\0\0" + bytes(3_000))
    lying_tcp = build_ip(own, gateway, 6, bytes(12) + b"\xf0\x10\0\0" + bytes(20))
    udp = build_udp(own, gateway, 9, 9, bytes(3_000))
    forged = build_udp("192.0.2.1", gateway, 9, 9, b"x")
    for size, packet in ((0, b""), (1, b""), (1_400, udp), (65_535, tcp), (1, tcp),
                         (1_400, tcp[:19]), (1_400, tcp[:30]), (1_400, lying_tcp), (0, tcp[:-1]),
                         (0, forged), (1_400, os.urandom(3_000)), (0, echo_packet(client))):
        await client.send(F.IP_SUPERPACKET, size.to_bytes(2, "big") + packet)
    for stump in (b"", b"\x05"):
        await client.send(F.IP_SUPERPACKET, stump)
    return client


@as_client(Expect.CHECKED)
async def forged_source_of_neighbour(target: Target):
    """A source that is another client's: the answer must not reach that client."""
    forger, neighbour = await target.session(), await target.session()
    await neighbour.ping(neighbour.gateway())
    await forger.send_packet(build_echo(neighbour.addresses[4], forger.gateway(), 77, 77))
    await forger.ping(forger.gateway())
    await neighbour.ping(neighbour.gateway())
    while not neighbour.packets.empty():
        echo = parse_echo(parse_ip(neighbour.packets.get_nowait()))
        assert echo is None or (echo.identifier, echo.sequence) != (77, 77), "it was answered"


# Rekey


async def _rekeyed(target: Target, private_key: bytes | None):
    client = await target.session(private_key)
    if "rekey" not in client.session.capabilities:
        raise Skip("the server does not offer rekey")
    for number in range(1, 4):
        await client.rekey()
        for version in client.addresses:
            await client.ping(client.gateway(version))
        await client.keepalive()
        assert client.session.rekeys == number, f"{client.session.rekeys} rekeys"
    return client


@as_client(Expect.GOES_ON)
async def rekey_three_times(target: Target):
    """Legal: three rekeys, pings in between."""
    return await _rekeyed(target, None)


@as_client(Expect.GOES_ON)
async def rekey_three_times_with_key(target: Target):
    """Legal: the same as a client with a static key."""
    return await _rekeyed(target, generate_private_key())


@as_client(Expect.SESSION_ENDS, "not authentic")
async def old_key_after_rekey(target: Target):
    """A frame under the old key after REKEY_DONE."""
    client = await target.session()
    if "rekey" not in client.session.capabilities:
        raise Skip("the server does not offer rekey")
    old = client.session.sealer
    await client.rekey()
    await client.keepalive()
    assert client.session.sealer is not old, "no answer to REKEY_INIT"
    client.ws.send(old.seal(F.IP_PACKET, echo_packet(client)))
    return client


# The handshake


def _handshake_entry(name: str, doc: str, reason: str, message: Callable[[Target], bytes]) -> None:
    """An entry whose first message cannot begin a session."""
    async def run(target: Target):
        ws = await target.ws()
        ws.send(message(target))
        return ws
    run.__name__, run.__doc__ = name, doc
    as_client(Expect.SESSION_ENDS, reason)(run)


def _init(payload: bytes | dict, private_key: bytes | None = None) -> Callable[[Target], bytes]:
    """HANDSHAKE_INIT with a payload."""
    data = payload if isinstance(payload, bytes) else encode_json(payload)
    return lambda target: init_frame(make_client_handshake(target.key, private_key), data)


def _unknown_pattern(target: Target) -> bytes:
    frame = bytearray(_init(make_hello())(target))
    frame[5] = 0x02
    return bytes(frame)


def _small_order_init(target: Target) -> bytes:
    handshake = SmallOrderHandshake("NK", initiator=True, prologue=PROLOGUE,
                                    remote_static=target.key)
    return init_frame(handshake, encode_json(make_hello()))


_NOT_FOR_US, _BAD_JSON = "not for our key", "no valid JSON"
for _name, _doc, _reason, _message in (
    ("sealed_before_handshake", "A sealed frame before the handshake.", "before the handshake",
     lambda t: Sealer(bytes(32)).seal(F.KEEPALIVE, bytes(8))),
    ("resp_first", "HANDSHAKE_RESP as the first frame.", "HANDSHAKE_RESP",
     lambda t: encode_frame(F.HANDSHAKE_RESP, os.urandom(200))),
    ("unknown_first_type", "An unknown type as the first frame.", "before the handshake",
     lambda t: encode_frame(0x7E, os.urandom(200))),
    ("empty_first_message", "An empty first message.", "empty message", lambda t: b""),
    ("unknown_pattern", "Pattern byte 0x02.", "pattern", _unknown_pattern),
    ("init_empty", "HANDSHAKE_INIT without a pattern byte.", "pattern",
     lambda t: encode_frame(F.HANDSHAKE_INIT, b"")),
    ("init_garbage", "HANDSHAKE_INIT with random bytes as message 1.", _NOT_FOR_US,
     lambda t: encode_frame(F.HANDSHAKE_INIT, b"\0" + os.urandom(300))),
    ("init_garbage_ik", "The same as IK.", _NOT_FOR_US,
     lambda t: encode_frame(F.HANDSHAKE_INIT, b"\1" + os.urandom(300))),
    ("init_short", "Message 1 of 10 bytes.", _NOT_FOR_US,
     lambda t: encode_frame(F.HANDSHAKE_INIT, b"\0" + os.urandom(10))),
    ("init_small_order", "Message 1 with an ephemeral key of small order, sealed accordingly.",
     _NOT_FOR_US, _small_order_init),
    ("init_for_another_server", "Message 1 to another static key.", _NOT_FOR_US,
     lambda t: init_frame(make_client_handshake(public_key(generate_private_key()), None),
                          encode_json(make_hello()))),
    ("hello_too_long", "A payload of 4 097 bytes.", "too long",
     lambda t: _init(make_hello(pad="x" * (4_097 - len(encode_json(make_hello(pad=""))))))(t)),
    ("hello_huge", "A payload of 60 000 bytes.", "too long", _init(make_hello(pad="x" * 60_000))),
    ("hello_bad_json", "A payload that is not JSON.", _BAD_JSON, _init(b'{"version": 1,')),
    ("hello_bad_utf8", "A payload that is not UTF-8.", _BAD_JSON,
     _init(b'{"version": 1, "name": "\xff"}')),
    ("hello_list", "A payload that is a list.", _BAD_JSON, _init(b"[1]")),
    ("hello_nested", "A payload of 4 000 brackets.", _BAD_JSON, _init(b"[" * 4_000)),
    ("hello_empty", "No payload.", _BAD_JSON, _init(b"")),
    ("hello_version_missing", "A payload without a version.", _BAD_JSON,
     _init(make_hello(version=None))),
    ("hello_version_string", "The version as a string.", _BAD_JSON,
     _init(make_hello(version="1"))),
):
    _handshake_entry(_name, _doc, _reason, _message)


@as_client(Expect.GOES_ON)
async def hello_at_limit(target: Target):
    """Legal: a payload of exactly 4 096 bytes."""
    pad = "x" * (4_096 - len(encode_json(make_hello(pad=""))))
    return await target.session(pad=pad)


@as_client(Expect.SESSION_ENDS, "speaks version 1")
async def hello_version_2(target: Target):
    """Version 2: refused as unsupported-version, and closed."""
    ws = await target.ws()
    try:
        await PeerClient.handshake(ws, target.key, None, make_hello(version=2))
    except HandshakeRefused as refusal:
        assert refusal.code == "unsupported-version", refusal.code
        return ws
    except Closed as closed:
        raise AssertionError(f"closed without a refusal: {closed}") from closed
    raise AssertionError("version 2 was taken")


@as_client(Expect.GOES_ON)
async def hello_unknown_members(target: Target):
    """Legal: unknown members and capabilities."""
    return await target.session(future={"a": [1, None]}, capabilities=["rekey", "teleport"])


@as_client(Expect.GOES_ON)
async def hello_minimal(target: Target):
    """Legal: a hello with nothing but the version."""
    return await target.session(mtu=None, capabilities=None, name=None, pad=None)


@as_client(Expect.GOES_ON)
async def hello_wrong_types(target: Target):
    """After members of wrong types, whatever they lead to, the next session works."""
    for members in ({"mtu": "big"}, {"mtu": -1}, {"mtu": 1e300}, {"mtu": 2**70}, {"mtu": 0},
                    {"capabilities": "rekey"}, {"capabilities": [1, None, {}]}, {"name": 5},
                    {"lease": ["x"]}, {"lease": ""}, {"name": "\0\n" + "x" * 2_000}):
        ws = await target.ws()
        try:
            await PeerClient.handshake(ws, target.key, None, make_hello(**members))
        except (HandshakeRefused, Closed):
            pass
    return await target.session()


# Takeover


@as_client(Expect.CHECKED)
async def replayed_message_1(target: Target):
    """A copy of a live session's message 1 on a new connection disturbs nobody."""
    victim = await target.session(generate_private_key())
    await victim.ping(victim.gateway())
    ws = await target.ws()
    ws.send(victim.init)
    await asyncio.wait({answer := asyncio.ensure_future(ws.recv_message())}, timeout=2)
    await victim.ping(victim.gateway())
    if answer.done() and not answer.exception():
        ws.send(Sealer(os.urandom(32)).seal(F.KEEPALIVE, bytes(8)))
        await asyncio.wait_for(wait_websocket_end(ws), 5)
    answer.cancel()
    for _ in range(3):
        await victim.ping(victim.gateway())


@as_client(Expect.GOES_ON)
async def takeover_by_key(target: Target):
    """Legal: a client returns with its static key while its old session lives."""
    private_key = generate_private_key()
    old = await target.session(private_key)
    await old.ping(old.gateway())
    new = await target.session(private_key)
    await old.ping(old.gateway())
    await new.ping(new.gateway())
    return new


@as_client(Expect.GOES_ON)
async def lease_returns_address(target: Target):
    """Legal: a lease gets its address back after the session."""
    old = await target.session()
    await old.ping(old.gateway())
    await old.close()
    if "lease" not in old.welcome:
        raise Skip("no lease")
    new = await target.session(lease=old.welcome["lease"])
    assert new.addresses == old.addresses, f"{old.addresses} became {new.addresses}"
    return new


@as_client(Expect.GOES_ON)
async def lease_of_nobody(target: Target):
    """A lease that was never given counts as none."""
    try:
        return await target.session(lease="bm9ib2R5IGhhcyB0aGlz")
    except SetupError as error:
        raise AssertionError(str(error)) from error
