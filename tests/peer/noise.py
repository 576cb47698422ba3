# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Noise NK and IK over 25519, ChaChaPoly and SHA256 (Noise Protocol Framework, revision 34).

How it works: a Handshake walks through the tokens of its pattern, one message at a time. Every
public key, payload and Diffie-Hellman result is mixed into the transcript hash `h` and the chaining
key `ck`; after the second message split() turns `ck` into one key for each direction.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from nacl import bindings
from nacl.exceptions import CryptoError

KEY_SIZE = 32
TAG_SIZE = 16

# The tokens of message 1 and message 2; the responder's static key is known in advance in both.
PATTERNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "NK": (("e", "es"), ("e", "ee")),
    "IK": (("e", "es", "s", "ss"), ("e", "ee", "se")),
}


class NoiseError(Exception):
    """A message that does not belong to this handshake."""


def generate_private_key() -> bytes:
    """A fresh X25519 private key."""
    return os.urandom(KEY_SIZE)


def public_key(private_key: bytes) -> bytes:
    """The public key that belongs to a private one."""
    return bindings.crypto_scalarmult_base(private_key)


def dh(private_key: bytes, remote_public_key: bytes) -> bytes:
    """X25519; an all-zero result is an error."""
    if len(private_key) != KEY_SIZE or len(remote_public_key) != KEY_SIZE:
        raise NoiseError("a key is not 32 bytes long")
    try:
        return bindings.crypto_scalarmult(private_key, remote_public_key)
    except (CryptoError, RuntimeError) as error:
        raise NoiseError("the X25519 result is all zero") from error


def hkdf2(chaining_key: bytes, material: bytes) -> tuple[bytes, bytes]:
    """HKDF with two outputs (section 4.3)."""
    temporary = hmac.digest(chaining_key, material, "sha256")
    first = hmac.digest(temporary, b"\x01", "sha256")
    return first, hmac.digest(temporary, first + b"\x02", "sha256")


class CipherState:
    """ChaChaPoly under one key, with Noise's counter nonce (section 5.1)."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.counter = 0

    def _nonce(self) -> bytes:
        return bytes(4) + self.counter.to_bytes(8, "little")

    def encrypt(self, ad: bytes, plaintext: bytes) -> bytes:
        """Encrypts, and counts."""
        sealed = bindings.crypto_aead_chacha20poly1305_ietf_encrypt(
            plaintext, ad, self._nonce(), self.key)
        self.counter += 1
        return sealed

    def decrypt(self, ad: bytes, ciphertext: bytes) -> bytes:
        """Decrypts and counts, or raises NoiseError without counting."""
        if len(ciphertext) < TAG_SIZE:
            raise NoiseError("a ciphertext is shorter than its tag")
        try:
            plaintext = bindings.crypto_aead_chacha20poly1305_ietf_decrypt(
                ciphertext, ad, self._nonce(), self.key)
        except CryptoError as error:
            raise NoiseError("a ciphertext does not authenticate") from error
        self.counter += 1
        return plaintext


class SymmetricState:
    """The transcript hash, the chaining key and the current cipher (section 5.2)."""

    def __init__(self, protocol_name: bytes) -> None:
        if len(protocol_name) <= 32:
            self.h = protocol_name.ljust(32, b"\0")
        else:
            self.h = hashlib.sha256(protocol_name).digest()
        self.ck = self.h
        self.cipher: CipherState | None = None

    def mix_hash(self, data: bytes) -> None:
        """h = HASH (h || data)."""
        self.h = hashlib.sha256(self.h + data).digest()

    def mix_key(self, material: bytes) -> None:
        """Makes a new chaining key and a new cipher key from a DH result."""
        self.ck, key = hkdf2(self.ck, material)
        self.cipher = CipherState(key)

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        """Encrypts (once there is a key) with h as AD, and hashes the result."""
        data = self.cipher.encrypt(self.h, plaintext) if self.cipher else plaintext
        self.mix_hash(data)
        return data

    def decrypt_and_hash(self, data: bytes) -> bytes:
        """The inverse of encrypt_and_hash()."""
        plaintext = self.cipher.decrypt(self.h, data) if self.cipher else data
        self.mix_hash(data)
        return plaintext


class Handshake:
    """One side of an NK or IK handshake.

    An initiator gives `remote_static` (a public key), and `static` (private) for IK; a responder
    gives `static`. After IK's message 1 the responder finds the initiator's key in `remote_static`.
    """

    def __init__(self, pattern: str, *, initiator: bool, prologue: bytes,
                 static: bytes | None = None, remote_static: bytes | None = None,
                 ephemeral: bytes | None = None) -> None:
        self.pattern = pattern
        self.initiator = initiator
        self.static = static
        self.remote_static = remote_static
        self.ephemeral = ephemeral or generate_private_key()
        self.remote_ephemeral: bytes | None = None
        self._messages = list(PATTERNS[pattern])
        self._symmetric = SymmetricState(f"Noise_{pattern}_25519_ChaChaPoly_SHA256".encode())
        self._symmetric.mix_hash(prologue)
        responder = remote_static if initiator else public_key(static)
        self._symmetric.mix_hash(responder)

    @property
    def handshake_hash(self) -> bytes:
        """The transcript hash; after both messages it is the handshake's."""
        return self._symmetric.h

    def _mix_dh(self, token: str) -> None:
        """Token "xy": the initiator's key x with the responder's key y."""
        ours, theirs = token if self.initiator else reversed(token)
        private = self.ephemeral if ours == "e" else self.static
        remote = self.remote_ephemeral if theirs == "e" else self.remote_static
        self._symmetric.mix_key(dh(private, remote))

    def _public_ephemeral(self) -> bytes:
        return public_key(self.ephemeral)

    def write_message(self, payload: bytes = b"") -> bytes:
        """Our next message."""
        message = b""
        for token in self._messages.pop(0):
            if token == "e":
                key = self._public_ephemeral()
                self._symmetric.mix_hash(key)
                message += key
            elif token == "s":
                message += self._symmetric.encrypt_and_hash(public_key(self.static))
            else:
                self._mix_dh(token)
        return message + self._symmetric.encrypt_and_hash(payload)

    def read_message(self, message: bytes) -> bytes:
        """The payload of the peer's next message; raises NoiseError, and the handshake is over."""
        rest = message
        for token in self._messages.pop(0):
            if token == "e":
                self.remote_ephemeral, rest = rest[:KEY_SIZE], rest[KEY_SIZE:]
                if len(self.remote_ephemeral) != KEY_SIZE:
                    raise NoiseError("a message is too short for its key")
                self._symmetric.mix_hash(self.remote_ephemeral)
            elif token == "s":
                size = KEY_SIZE + TAG_SIZE
                self.remote_static = self._symmetric.decrypt_and_hash(rest[:size])
                rest = rest[size:]
            else:
                self._mix_dh(token)
        return self._symmetric.decrypt_and_hash(rest)

    def split(self) -> tuple[bytes, bytes]:
        """The keys of initiator -> responder and of responder -> initiator."""
        if self._messages:
            raise NoiseError("the handshake is not complete")
        return hkdf2(self._symmetric.ck, b"")

    def successor(self, prologue: bytes, kind: type[Handshake] | None = None) -> Handshake:
        """A fresh handshake of the same pattern and side, with the same long-term keys."""
        return (kind or Handshake)(self.pattern, initiator=self.initiator, prologue=prologue,
                                   static=self.static,
                                   remote_static=self.remote_static if self.initiator else None)


class SmallOrderHandshake(Handshake):
    """Sends an ephemeral key of zero bytes, and expects zero bytes as the X25519 results.

    Its messages authenticate to a peer that does not check the results.
    """

    def _public_ephemeral(self) -> bytes:
        return bytes(KEY_SIZE)

    def _mix_dh(self, token: str) -> None:
        if token[0 if self.initiator else 1] == "e":
            self._symmetric.mix_key(bytes(KEY_SIZE))
        else:
            super()._mix_dh(token)
