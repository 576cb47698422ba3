# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The catalogue of misbehaviours of tests/peer, in both roles. Peers that keep the rules lose nothing meanwhile."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Awaitable, Callable, Iterator

from peer.catalogue import SERVER_ENTRIES
from peer.hostile import Result, run_against_client, run_against_server

from .harness import GATEWAY4, PATIENCE_S, WEB4, Lab, T, wait_until
from .test_interop import client_context
from .peers import NamespaceLoop
from .scene import URL4, make_clients, server_settings, start_server
from .traffic import Pinger, ping
from .vpn import Client, Daemon, Server

LANES = 4
LAB = {"clients_of_our_server": {"clients": 2}, "servers_of_our_client": {"clients": LANES}}
MOVED = ("drops-spoofed", "drops-malformed", "protocol-errors", "handshakes-failed", "admissions-refused",
         "admissions-replayed", "sessions-total", "drops-no-route")


class ServerWitness:
    """What our server says of connections that are over, by its signals and its log. Not for the main thread."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def _until(self, look: Callable[[], T | None], what: str) -> T:
        deadline = time.monotonic() + PATIENCE_S
        while (found := look()) is None:
            assert time.monotonic() < deadline, f"not within {PATIENCE_S:g} s: {what}"
            await asyncio.sleep(0.05)
        return found

    async def _end_of(self, session: str) -> tuple[str, dict[str, int]]:
        def look() -> tuple[str, dict[str, int]] | None:
            return next((arguments[1:] for name, arguments in list(self.server.signals)
                         if name == "ClientDisconnected" and arguments[0] == session), None)
        return await self._until(look, f"the end of session {session}")

    async def reason(self, connection: str) -> str:
        """Why a session, or a connection from ADDRESS:PORT, has ended: more than the code, if there is more to say."""
        if ":" not in connection:
            code, told = await self._end_of(connection)
            return told.get("message", code)
        line = re.compile(rf"connection from {re.escape(connection)}: (.*)")
        return (await self._until(lambda: line.search(self.server.daemon.logged()), f"the end of {connection}"))[1]

    async def counters(self, session: str) -> dict[str, int]:
        """The counters of a session that has ended."""
        return (await self._end_of(session))[1]


def test_clients_of_our_server(lab: Lab) -> Iterator[Result]:
    """Hostile clients."""
    daemon = Daemon(lab, lab.server, start=False)
    daemon.environment["G_MESSAGES_DEBUG"] = "all"  # the engine has no log domain
    daemon.start()
    server = daemon.server()
    key = server.start(**server_settings())["public-key"]
    client = make_clients(lab, key)[0]
    client.connect()
    pid, own_pid = server.daemon.worker_pid("server-default"), client.daemon.worker_pid("client-default")
    pingers = [Pinger(lab.clients[0], address, 0.05) for address in (GATEWAY4, WEB4)]
    loop = NamespaceLoop(lab, lab.clients[1])
    yield from loop.run(run_against_server(URL4, base64.b64decode(key), tls=client_context(),
                                           witness=ServerWitness(server)), 400)
    lost = sum(pinger.lost() for pinger in pingers)
    yield "a real client loses no ping", lost == 0, f"{lost} lost"
    yield "the workers are the same", (server.daemon.worker_pid("server-default") == pid
                                       and client.daemon.worker_pid("client-default") == own_pid), ""
    statistics = server.statistics()
    for name in MOVED:
        yield f"{name} has counted", statistics[name] > 0, str(statistics[name])
    wait_until(lambda: len(server.list_clients()) == 1, "that only the real client is left")
    ping(lab.clients[0], WEB4)
    client.disconnect()
    server.stop()


class Subject:
    """A client under test that connects to whatever server it is given."""

    def __init__(self, lab: Lab, lane: int, client: Client) -> None:
        self.client = client
        self.loop = NamespaceLoop(lab, lab.clients[lane])

    async def start(self, url: str, key: bytes) -> Callable[[bool], Awaitable[str]]:
        """Connects; the returned function disconnects."""
        await asyncio.to_thread(self.client.connect, wait=False, server_url=url, connect_timeout_s=5,
                                server_public_key=base64.b64encode(key).decode())
        return self.stop

    async def stop(self, has_ended: bool) -> str:
        """Disconnects the client, unless its session `has_ended` by itself; then why, if it says so."""
        deadline = time.monotonic() + PATIENCE_S
        while (state := await asyncio.to_thread(self.client.get, "State")) not in ("disconnected", "failed"):
            assert time.monotonic() < deadline, f"the client is {state} after {PATIENCE_S:g} s"
            if state in ("connected", "reconnecting") and not has_ended:
                await asyncio.to_thread(self.client.begin_disconnect)
            await asyncio.sleep(0.02)
        return await asyncio.to_thread(self.client.get, "LastError") if has_ended else ""

    async def run(self, names: list[str]) -> list[Result]:
        """Runs the entries of these names one after the other."""
        results = []
        for name in names:
            results += await run_against_client(self.start, only=name)
        return results


def test_servers_of_our_client(lab: Lab) -> Iterator[Result]:
    """Hostile servers, against a client in each lane; beside it, the same smartvpnd has a tunnel to a server of ours."""
    server, key = start_server(lab, ipv4_pool="10.9.0.0/24", ipv6_pool=None, routes=[])
    steady = make_clients(lab, key)
    for client in steady:
        client.connect()
    before = lab.clients[0].snapshot()
    pids = [client.daemon.worker_pid("client-default") for client in steady]
    pinger = Pinger(lab.clients[0], "10.9.0.1", 0.05)
    subjects = [Subject(lab, lane, client.daemon.add_client("subject", auto_reconnect=False)) for lane, client in enumerate(steady)]
    names = [entry.name for entry in SERVER_ENTRIES]
    runs = [subject.loop.begin(subject.run(names[lane::LANES])) for lane, subject in enumerate(subjects)]
    wait_until(lambda: all(run.done() for run in runs), "the end of the catalogue", 500)
    for run in runs:
        yield from run.result()
    lost = pinger.lost()
    yield "the steady tunnel loses no ping", lost == 0, f"{lost} lost"
    yield "and has its worker", [client.daemon.worker_pid("client-default") for client in steady] == pids, ""
    yield "nothing is left behind", lab.clients[0].snapshot() == before, ""
    server.stop()
