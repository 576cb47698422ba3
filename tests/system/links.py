# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Imperfect lines: cut, narrow, or long."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from .harness import HOSTS, Namespace, Process, wait_until

RELAY = Path(__file__).with_name("relay.py")

# Buffers of the narrow line, as a home router may have. tbf (8): "latency" is the longest that a packet waits.
TBF = ("burst", "32kb", "latency", "50ms")


@contextlib.contextmanager
def cut(router: Namespace, *matches: str) -> Iterator[None]:
    """Meanwhile the router silently drops the packets that nftables' matches select; connections stay open."""
    rules = "\n".join(f"{match} counter drop" for match in matches)
    router.run("nft", f"table inet cut {{\nchain forward {{\ntype filter hook forward priority -10;\n{rules}\n}}\n}}")
    try:
        yield
    finally:
        router.run("nft", "delete", "table", "inet", "cut")


def counted_cut(router: Namespace) -> int:
    """The number of packets that cut() has dropped so far."""
    listing = json.loads(router.run("nft", "-j", "list", "table", "inet", "cut"))["nftables"]
    return sum(expression["counter"]["packets"] for item in listing if "rule" in item
               for expression in item["rule"]["expr"] if "counter" in expression)


def narrow(namespace: Namespace, device: str, rate: str = "20mbit", buffer: tuple[str, ...] = TBF) -> None:
    """Limits the rate of packets that leave by this device."""
    namespace.run("tc", "qdisc", "replace", "dev", device, "root", "tbf", "rate", rate, *buffer)


def address_of(namespace: Namespace, device: str = "eth0") -> str:
    """Its IPv4 address."""
    (link,) = json.loads(namespace.ip("-j", "address", "show", "dev", device))
    return next(entry["local"] for entry in link["addr_info"] if entry["family"] == "inet")


def resolve_vpn_to(client: Namespace, address: str) -> None:
    """Makes vpn.example lead to this address alone, for programs in this namespace."""
    hosts = HOSTS.replace(" vpn.example", "") + f"{address} vpn.example\n"
    (Path("/etc/netns") / client.name / "hosts").write_text(hosts)


def start_relay(host: Namespace, target: str, delay_ms: float) -> Process:
    """Starts a relay on port 443 that delays everything by `delay_ms` in each direction."""
    process = host.spawn("/usr/bin/python3", "-u", str(RELAY), f"{address_of(host)}:443", target, str(delay_ms))
    wait_until(lambda: "listening" in process.output() or not process.is_running(), "the relay")
    assert process.is_running(), process.output()
    return process
