# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Clients without a valid admission proof: the answer is the one for an unknown path."""

from __future__ import annotations

import asyncio
import base64
import os
import time

from .catalogue import Expect, Target, as_client
from .client import PeerClient
from .noise import dh, generate_private_key, public_key
from .protocol import admission_tag, encode_sid, make_sid

FIELD_PRIME = 2**255 - 19

# Points of small order (RFC 7748, section 6.1): 0, 1, p - 1 and one of order 8.
SMALL_ORDER = (
    bytes(32), (1).to_bytes(32, "little"), (FIELD_PRIME - 1).to_bytes(32, "little"),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
)


def refused(function):
    """Registers an entry that must be answered like an unknown path."""
    return as_client(Expect.REFUSED, needs_admission=True)(function)


async def middle_of_minute() -> None:
    """Waits while the minute is about to change, so that a proof keeps its distance to it."""
    left = 60 - time.time() % 60
    if left < 3:
        await asyncio.sleep(left + 0.1)


def sid_parts(target: Target) -> tuple[bytes, bytes]:
    """E and the tag of a fresh proof."""
    raw = base64.urlsafe_b64decode(make_sid(target.key))
    return raw[:32], raw[32:]


@refused
async def proof_missing(target: Target):
    """No cookie at all."""
    return await target.request(None)


@refused
async def proof_in_wrong_cookie(target: Target):
    """A valid proof in a cookie of another name."""
    return await target.request(f"id={make_sid(target.key)}")


@refused
async def proof_empty(target: Target):
    """An empty sid."""
    return await target.request("sid=")


@refused
async def proof_garbage(target: Target):
    """64 characters that prove nothing."""
    return await target.request(f"sid={base64.urlsafe_b64encode(os.urandom(48)).decode()}")


@refused
async def proof_truncated(target: Target):
    """A valid proof without its last character."""
    return await target.request(target.proof()[:-1])


@refused
async def proof_too_long(target: Target):
    """A valid proof with four characters more."""
    return await target.request(target.proof() + "AAAA")


@refused
async def proof_padded(target: Target):
    """A valid proof with base64 padding after it."""
    return await target.request(target.proof() + "==")


@refused
async def proof_not_base64(target: Target):
    """64 characters outside the alphabet."""
    return await target.request("sid=" + "!" * 64)


@refused
async def proof_standard_alphabet(target: Target):
    """A valid proof in standard base64, with + and /."""
    sid = ""
    while not {"-", "_"} & set(sid):
        sid = make_sid(target.key)
    return await target.request("sid=" + sid.replace("-", "+").replace("_", "/"))


@refused
async def proof_bit_flip(target: Target):
    """One bit of the tag flipped."""
    ephemeral, tag = sid_parts(target)
    return await target.request(f"sid={encode_sid(ephemeral, bytes([tag[0] ^ 1]) + tag[1:])}")


@refused
async def proof_for_another_server(target: Target):
    """A proof against another static key."""
    return await target.request(f"sid={make_sid(public_key(generate_private_key()))}")


@refused
async def proof_of_two_minutes_ago(target: Target):
    """A minute too old."""
    await middle_of_minute()
    return await target.request(f"sid={make_sid(target.key, time.time() - 120)}")


@refused
async def proof_of_two_minutes_ahead(target: Target):
    """A minute too early."""
    await middle_of_minute()
    return await target.request(f"sid={make_sid(target.key, time.time() + 120)}")


@refused
async def proof_replayed(target: Target):
    """The same proof twice."""
    proof = target.proof()
    await target.ws(proof)
    return await target.request(proof)


@refused
async def proof_replayed_for_next_minute(target: Target):
    """The same E with the tag of another minute; its maker alone can do that."""
    await middle_of_minute()
    private = generate_private_key()
    await target.ws(f"sid={make_sid(target.key, ephemeral=private)}")
    return await target.request(f"sid={make_sid(target.key, time.time() + 60, private)}")


@refused
async def proof_replayed_with_high_bit(target: Target):
    """A used proof with the bit of E flipped that X25519 ignores: the same point and tag."""
    ephemeral, tag = sid_parts(target)
    await target.ws(f"sid={encode_sid(ephemeral, tag)}")
    twin = ephemeral[:31] + bytes([ephemeral[31] ^ 0x80])
    return await target.request(f"sid={encode_sid(twin, tag)}")


@refused
async def proof_replayed_as_torsion_twin(target: Target):
    """A used proof with E moved by the point of order 2 (1 / u): the same X25519 result and tag."""
    ephemeral, tag = sid_parts(target)
    await target.ws(f"sid={encode_sid(ephemeral, tag)}")
    inverse = pow(int.from_bytes(ephemeral, "little"), -1, FIELD_PRIME)
    return await target.request(f"sid={encode_sid(inverse.to_bytes(32, 'little'), tag)}")


@refused
async def proof_from_small_order(target: Target):
    """E of small order: the X25519 result is all zero, and anyone can make the tag."""
    tag = admission_tag(bytes(32), int(time.time() // 60))
    for ephemeral in SMALL_ORDER[1:]:
        await target.request(f"sid={encode_sid(ephemeral, tag)}")
    return await target.request(f"sid={encode_sid(SMALL_ORDER[0], tag)}")


async def _admitted(target: Target, cookie: str) -> PeerClient:
    return await PeerClient.handshake(await target.ws(cookie), target.key)


@as_client(Expect.GOES_ON, needs_admission=True)
async def proof_of_last_minute(target: Target):
    """Legal: a client that is a minute behind."""
    await middle_of_minute()
    return await _admitted(target, f"sid={make_sid(target.key, time.time() - 60)}")


@as_client(Expect.GOES_ON, needs_admission=True)
async def proof_of_next_minute(target: Target):
    """Legal: a client that is a minute ahead."""
    await middle_of_minute()
    return await _admitted(target, f"sid={make_sid(target.key, time.time() + 60)}")


@as_client(Expect.GOES_ON)
async def proof_after_other_cookies(target: Target):
    """Legal: other cookies before the proof."""
    return await _admitted(target, f"theme=dark; lang=de; {target.proof()}")


@as_client(Expect.GOES_ON)
async def proof_from_unclamped_key(target: Target):
    """Legal: the private part has the bits that clamping changes."""
    private = bytes([255]) + os.urandom(30) + bytes([255])
    tag = admission_tag(dh(private, target.key), int(time.time() // 60))
    return await _admitted(target, f"sid={encode_sid(public_key(private), tag)}")
