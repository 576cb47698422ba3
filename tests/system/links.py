# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Lines that are not perfect: cut, narrow, or long."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from .harness import HOSTS, Namespace, Process, wait_until

RELAY = Path(__file__).with_name("relay.py")

# Buffers of the narrow line: what a home router may have. tbf (8): "latency" is the longest that a packet waits.
TBF = ("burst", "32kb", "latency", "50ms")


@contextlib.contextmanager
def cut(router: Namespace, *matches: str) -> Iterator[None]:
    """Meanwhile the router drops the packets that nftables' matches fit; nobody is told, connections stay open."""
    rules = "\n".join(f"{match} counter drop" for match in matches)
    router.run("nft", f"table inet cut {{\nchain forward {{\ntype filter hook forward priority -10;\n{rules}\n}}\n}}")
    try:
        yield
    finally:
        router.run("nft", "delete", "table", "inet", "cut")


def counted_cut(router: Namespace) -> int:
    """Packets that cut() has dropped so far."""
    listing = json.loads(router.run("nft", "-j", "list", "table", "inet", "cut"))["nftables"]
    return sum(expression["counter"]["packets"] for item in listing if "rule" in item
               for expression in item["rule"]["expr"] if "counter" in expression)


def narrow(namespace: Namespace, device: str, rate: str = "20mbit", buffer: tuple[str, ...] = TBF) -> None:
    """What leaves by this device does so at this rate at most."""
    namespace.run("tc", "qdisc", "replace", "dev", device, "root", "tbf", "rate", rate, *buffer)


def address_of(namespace: Namespace, device: str = "eth0") -> str:
    """Its IPv4 address."""
    (link,) = json.loads(namespace.ip("-j", "address", "show", "dev", device))
    return next(entry["local"] for entry in link["addr_info"] if entry["family"] == "inet")


def resolve_vpn_to(client: Namespace, address: str) -> None:
    """Has programs there find vpn.example at another address, and at no other."""
    hosts = HOSTS.replace(" vpn.example", "") + f"{address} vpn.example\n"
    (Path("/etc/netns") / client.name / "hosts").write_text(hosts)


def start_relay(host: Namespace, target: str, delay_ms: float) -> Process:
    """A relay on port 443 that holds back everything by `delay_ms` in each direction."""
    process = host.spawn("/usr/bin/python3", "-u", str(RELAY), f"{address_of(host)}:443", target, str(delay_ms))
    wait_until(lambda: "listening" in process.output() or not process.is_running(), "the relay")
    assert process.is_running(), process.output()
    return process
