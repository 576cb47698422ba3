# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A server's worker that may have little: more clients than it can serve are refused at Start(), and a flood from strangers costs
no session."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peer.client import PeerClient, admitted_upgrade, insecure_context, open_stream
from peer.protocol import FrameType, make_hello
from peer.upgrade import HttpError

from .harness import GATEWAY4, Lab, wait_until
from .peers import NamespaceLoop
from .scene import URL4, server_settings
from .vpn import Daemon, DBusError, Server, read_proc

Result = tuple[str, bool, str]
TLS = insecure_context()
POOLS = {"ipv4_pool": "10.8.0.0/22", "ipv6_pool": None}
REFUSALS = ("connections were refused", "made room for others", "clients were refused")
SILENT, STALLED, HEADS, UPGRADED = 700, 300, 100, 150  # strangers of each kind
KEYS_OF_OURS, SLAB = 65536, 16384  # locked bytes, as in resource-limits.c and secret-pool.c


class Flood:
    """Strangers that want all there is."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.kept: list[Any] = []
        self.refused = 0

    async def one(self, kind: str) -> None:
        """A connection that goes as far as its kind says, and stays."""
        try:
            if kind == "upgraded":
                self.kept.append(await admitted_upgrade(URL4, self.key, TLS))
                return
            reader, writer = await open_stream(URL4, TLS, handshake=kind == "head")
            self.kept.append((reader, writer))
            writer.write({"silent": b"", "stalled": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "head": b"GET / HTTP/1.1\r\n"}[kind])
        except (OSError, EOFError, HttpError):
            self.refused += 1

    async def come(self) -> None:
        """All at once."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        kinds = ["silent"] * SILENT + ["stalled"] * STALLED + ["head"] * HEADS + ["upgraded"] * UPGRADED
        async def within(kind: str) -> None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.one(kind), 8)
        await asyncio.gather(*(within(kind) for kind in kinds))

    async def go(self) -> None:
        """All of them."""
        for thing in self.kept:
            (thing if hasattr(thing, "abort") else thing[1].transport).abort()


async def ping_all(peers: list[PeerClient]) -> None:
    """A ping through each session."""
    for peer in peers:
        await peer.ping(GATEWAY4)


def check_log(daemon: Daemon) -> None:
    """Asserts that each kind of refusal was said once at most: the test is shorter than a minute."""
    said = {text: daemon.logged().count(text) for text in REFUSALS}
    assert all(times <= 1 for times in said.values()), said


def flooded(lab: Lab, daemon: Daemon, max_clients: int) -> None:
    """A full server under a flood: every session goes on, newcomers are refused and counted, and when one
    client leaves, another gets in."""
    server: Server = daemon.server()
    key = base64.b64decode(server.start(**server_settings(**POOLS, max_clients=max_clients))["public-key"])
    pid = daemon.worker_pid("server-default")
    loop = NamespaceLoop(lab, lab.client)

    async def client() -> PeerClient:
        peer = await PeerClient.connect(URL4, key, tls=TLS)
        await peer.keepalive()
        return peer

    async def clients(count: int) -> list[PeerClient]:
        return [await client() for _ in range(count)]

    peers = loop.run(clients(max_clients))
    ids = {entry["id"] for entry in server.list_clients()}
    assert len(ids) == max_clients
    flood = Flood(key)
    loop.run(flood.come())
    loop.run(ping_all(peers[:20]))
    newcomer = loop.begin(client())
    wait_until(newcomer.done, "an answer to a newcomer")
    assert "server-full" in str(newcomer.exception()), newcomer.exception()
    assert {entry["id"] for entry in server.list_clients()} == ids
    statistics = server.statistics()
    counted = sum(statistics[key] for key in ("connections-refused", "connections-evicted", "handshakes-failed"))
    assert counted > 0, statistics
    loop.run(ping_all(peers[:20]))
    assert daemon.worker_pid("server-default") == pid
    check_log(daemon)
    loop.run(peers[0].close())
    loop.run(client())  # beside the flood
    loop.run(flood.go())


def refused_at_start(daemon: Daemon, max_clients: int, what: str) -> None:
    """Asserts that Start() refuses that many clients and says what they need."""
    try:
        daemon.server().start(**server_settings(**POOLS, max_clients=max_clients))
        raise AssertionError(f"a server with max-clients={max_clients} was started")
    except DBusError as error:
        assert error.name == "InvalidArguments" and what in error.message, error


def test_descriptors(lab: Lab) -> Iterator[Result]:
    """100, 200 and 500 descriptors, with as many clients as fit."""
    for files in (100, 200, 500):
        namespace = lab.server
        daemon = Daemon(lab, namespace, within=("prlimit", f"--nofile={files}:{files}"))
        max_clients = files - 96
        refused_at_start(daemon, max_clients + 1,
                         f"{max_clients + 1} clients need {files + 1} file descriptors, and the worker may have {files}")
        flooded(lab, daemon, max_clients)
        daemon.server().stop()
        daemon.process.stop()
        daemon.bus.close()
        lab.closing.remove(daemon.bus)
        daemon.directory.rename(lab.directory / f"{files}-descriptors")
        yield f"{files}", True, ""


def test_locked_memory(lab: Lab) -> None:
    """Keys of 63 clients, and of as many strangers."""
    daemon = Daemon(lab, lab.server, within=("prlimit", f"--memlock={KEYS_OF_OURS + 2 * SLAB}:{KEYS_OF_OURS + 2 * SLAB}"))
    refused_at_start(daemon, 64, f"64 clients need {KEYS_OF_OURS + 3 * SLAB} bytes of locked memory")
    flooded(lab, daemon, 63)
    locked = int(read_proc(daemon.worker_pid("server-default"), "status").split("VmLck:")[1].split()[0])
    assert 0 < locked <= (KEYS_OF_OURS + 2 * SLAB) / 1024, locked


def test_mappings(lab: Lab) -> None:
    """Sessions need next to no mappings of their own, of which the kernel gives a process 65 530."""
    server = Daemon(lab, lab.server).server()
    key = base64.b64decode(server.start(**server_settings(**POOLS))["public-key"])
    loop = NamespaceLoop(lab, lab.client)
    count = 126

    def mappings() -> int:
        return len(read_proc(server.daemon.worker_pid("server-default"), "maps").splitlines())

    async def client() -> PeerClient:
        return await PeerClient.connect(URL4, key, tls=TLS)

    peers = [loop.run(client())]
    before = mappings()
    peers += [loop.run(client()) for _ in range(count)]
    assert len(server.list_clients()) == len(peers) == count + 1
    assert mappings() - before <= count / 8, (before, mappings())


class MemoryGroup:
    """A control group with little memory."""

    def __init__(self, name: str, limit: int) -> None:
        version2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
        self.path = Path("/sys/fs/cgroup" if version2 else "/sys/fs/cgroup/memory", name)
        self.path.mkdir()
        (self.path / ("memory.max" if version2 else "memory.limit_in_bytes")).write_text(str(limit))
        # ip netns exec has a /sys of its own, without control groups
        show = ("mount -t cgroup2 none /sys/fs/cgroup" if version2 else
                "mount -t tmpfs none /sys/fs/cgroup; mkdir /sys/fs/cgroup/memory; mount -t cgroup -o memory none /sys/fs/cgroup/memory")
        self.within = ("sh", "-ec", f'{show}; echo $$ > {self.path}/cgroup.procs; exec "$@"', "sh")
        self.events = self.path / ("memory.events" if version2 else "memory.oom_control")

    def killed(self) -> int:
        """Processes that were killed for want of memory."""
        return int(dict(line.split() for line in self.events.read_text().splitlines())["oom_kill"])

    def close(self) -> None:
        """Removes it, once it is empty."""
        wait_until(lambda: not (self.path / "cgroup.procs").read_text(), "an empty control group")
        self.path.rmdir()


def test_memory(lab: Lab) -> None:
    """A control group with 48 MiB for a worker."""
    group = MemoryGroup(f"{lab.prefix}-limits", 48 << 20)
    try:
        daemon = Daemon(lab, lab.server, within=group.within)
        refused_at_start(daemon, 500, f"500 clients need {(16 << 20) + 500 * 65536 + 16 * 2 * 98304} bytes of memory, and the "
                                      f"worker may have {48 << 20}")
        flooded(lab, daemon, 50)
        assert group.killed() == 0
    finally:
        lab.stop()
        group.close()


def test_two_leases(lab: Lab) -> None:
    """However fast the clients of two leases come back, the worker has two connections for each."""
    server = Daemon(lab, lab.server).server()
    key = base64.b64decode(server.start(**server_settings(**POOLS, max_clients=5))["public-key"])
    pid = server.daemon.worker_pid("server-default")
    loop = NamespaceLoop(lab, lab.client)
    kept: list[PeerClient] = []

    def sockets() -> int:
        found = 0
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found += os.readlink(descriptor).startswith("socket:")
        return found

    async def client(lease: str | None) -> PeerClient:
        peer = await PeerClient.connect(URL4, key, tls=TLS,
                                        hello={**make_hello(), **({"lease": lease} if lease else {})})
        peer._task.cancel()  # from now on it answers nothing
        await asyncio.sleep(0)
        peer.session.send(FrameType.KEEPALIVE, b"12345678")
        kept.append(peer)
        return peer

    before = sockets()
    leases = [loop.run(client(None)).welcome["lease"] for _ in range(2)]
    most = 0
    for number in range(60):
        loop.run(client(leases[number % 2]))
        most = max(most, sockets() - before)
        assert len(server.list_clients()) <= 4
    assert most <= 5, most  # one may be on its way
    assert server.statistics()["sessions-total"] == 62
