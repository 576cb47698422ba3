# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A certificate authority and the server's certificate, made once per run."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .harness import SERVER4, SERVER6, run

_directory = tempfile.TemporaryDirectory(prefix="smartvpn-test-tls-")


@dataclass(frozen=True)
class Certificate:
    """PEM files."""

    certificate: Path
    key: Path


def _make(name: str, subject: str, *extra: str) -> Certificate:
    directory = Path(_directory.name)
    made = Certificate(directory / f"{name}.pem", directory / f"{name}.key")
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", f"/CN={subject}", "-keyout", str(made.key), "-out", str(made.certificate), *extra])
    return made


@functools.cache
def authority() -> Certificate:
    """The authority of the server's certificates."""
    Path(_directory.name).chmod(0o755)
    return _make("authority", "Test authority")


@functools.cache
def server(name: str = "vpn.example", edition: int = 1) -> Certificate:
    """A certificate of the server, for this name and its other names and addresses, except other.example. Each edition is
    another certificate."""
    signer = authority()
    return _make(f"{name}-{edition}", name, "-CA", str(signer.certificate), "-CAkey", str(signer.key),
                 "-addext", f"subjectAltName=DNS:{name},DNS:vpn.example,DNS:six.vpn.example,IP:{SERVER4},IP:{SERVER6}",
                 "-addext", "basicConstraints=critical,CA:FALSE")


def server_settings() -> dict[str, str]:
    """Settings of a server that speaks TLS."""
    made = server()
    return {"tls_certificate_file": str(made.certificate), "tls_key_file": str(made.key)}


def client_settings() -> dict[str, str]:
    """Settings of a client that trusts the authority."""
    return {"tls_ca_file": str(authority().certificate)}
