# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Fifty programs call every method at random, with sensible and senseless arguments, and leave smartvpnd consistent.

They do it for $SMARTVPN_ABUSE_S seconds, 60 by default.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .abuse import ROOT, Abuse, run_abuse
from .harness import Lab, Namespace, wait_until
from .scene import make_clients, server_settings, start_server
from .test_dbus import managed
from .test_soak import is_asan, resident_kb
from .vpn import Client, Daemon, DBusError, Object, Server

LAB = {"fifty_callers": {"clients": 2}}
CALLERS = 50
SECONDS = float(os.environ.get("SMARTVPN_ABUSE_S", "60"))
REST_ROUNDS, REST_SECONDS = 20, 5  # for methods that had no success by chance
GROWTH_KB = 4096  # of resident memory between the middle and the end
ADDRESS = "192.0.2.6"  # of the first client's namespace
GLIB_COMPLAINT = re.compile(r"(GLib|GObject|GIO|Gio|Json|libsoup)[\w-]*-(WARNING|CRITICAL)|assertion.*failed|CRITICAL")
DOWN = {"disconnected", "failed", "stopped"}
UP = {"connected", "reconnecting", "running"}


def objects(daemon: Daemon) -> list[Object]:
    """All clients and servers."""
    return [(Client if "/clients/" in path else Server)(daemon, path) for path in managed(daemon)]


def identity(thing: Object) -> str:
    """The id of its worker."""
    return f"{'client' if isinstance(thing, Client) else 'server'}-{thing.get('Name')}"


def devices(namespace: Namespace) -> set[str]:
    """TUN devices of ours."""
    return set(re.findall(r"\b(svpn\d+)[:@]", namespace.ip("-oneline", "link")))


def check_settled(daemon: Daemon) -> None:
    """Waits until every state is a lasting one; asserts that all ways to ask for it agree."""
    def lasting() -> bool:
        return all(thing.get("State") in DOWN | UP for thing in objects(daemon))
    wait_until(lasting, "that all is settled", 60)
    for thing in objects(daemon):
        told = managed(daemon)[thing.path][thing.interface]
        status = thing.status()
        assert told["State"] == status["state"] == thing.get("State"), (thing.path, told, status)
        assert bool(told["Interface"]) == (status["state"] in UP) == ("since" in status), (thing.path, told, status)
        assert status.get("interface", "") == told["Interface"], (thing.path, told, status)
        assert (told["State"] == "failed") <= bool(told["LastError"]), told


def check_exists(daemon: Daemon) -> None:
    """Asserts that the tunnels that are up, and no others, have workers, devices, routes, firewall tables and records."""
    up = {identity(thing): thing for thing in objects(daemon) if thing.get("State") in UP}
    namespace, run = daemon.namespace, daemon.directory / "run"
    pids = {name: daemon.worker_pids(name) for name in up}
    assert all(len(found) == 1 for found in pids.values()), pids
    assert len(daemon.worker_pids()) == len(up), (daemon.worker_pids(), list(up))
    interfaces = {thing.get("Interface") for thing in up.values()}
    assert devices(namespace) == interfaces and len(interfaces) == len(up), (devices(namespace), up)
    routed = set(re.findall(r"dev (svpn\d+)", namespace.ip("route", "show", "table", "all")))
    assert routed <= interfaces, (routed, interfaces)
    tables = set(re.findall(r"table inet smartvpn_(\w+)", namespace.run("nft", "list", "tables")))
    servers = {name.replace("-", "_") for name in up if name.startswith("server-")}
    assert tables <= servers, (tables, servers)
    assert {path.name for path in run.iterdir()} == {"daemon", *up}, list(run.iterdir())
    records = {path.stem for path in (run / "daemon").iterdir() if path.suffix in (".json", ".tunnel")}
    assert records == {"boot", *up}, records


def quieten(call: Callable[[], None]) -> None:
    """Makes a call that may fail, since there may be nothing to undo."""
    with suppress(DBusError):
        call()


def undo_all(daemon: Daemon) -> None:
    """Disconnects, stops and removes everything."""
    for thing in objects(daemon):
        quieten(thing.disconnect if isinstance(thing, Client) else thing.stop)
        assert thing.get("State") in DOWN, (thing.path, thing.get("State"))
        if thing.get("Name") != "default":
            daemon.manager("Remove", "(o)", thing.path)
    assert set(managed(daemon)) == {f"{ROOT}/clients/default", f"{ROOT}/servers/default"}


def open_files(daemon: Daemon) -> int:
    """How many files smartvpnd has open."""
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))


def call_the_rest(abuse: Abuse, meanwhile: Callable[[], None]) -> None:
    """Goes on with the methods that no caller had success with, as chance would have it."""
    for _ in range(REST_ROUNDS):
        abuse.wanted = abuse.never_succeeded()
        if not abuse.wanted:
            return
        print(f"# once more: {sorted(abuse.wanted)}", flush=True)
        run_abuse(abuse, CALLERS, REST_SECONDS, meanwhile)


class Vandal:
    """Somebody who edits files meanwhile."""

    texts = ('{"mtu": 1400}', "{ oops", '{"serverUrl": "ws://h/"}', "")

    def __init__(self, daemon: Daemon) -> None:
        self.file = daemon.directory / "config/clients/hand.json"
        self.turn = 0

    def edit(self) -> None:
        """Writes another text, or removes the file."""
        text = self.texts[self.turn % len(self.texts)]
        self.turn += 1
        if text:
            self.file.write_text(text)
        else:
            self.file.unlink()

    def end(self) -> None:
        """Removes the file."""
        self.file.unlink(missing_ok=True)


def leftovers(directory: Path) -> set[str]:
    """The files of profiles."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


def test_fifty_callers(lab: Lab) -> None:
    """After a minute everything is consistent, can be undone, and leaves nothing behind."""
    server, key = start_server(lab)
    other = server.daemon.add_server("other", **server_settings(listen=["198.51.100.2:8443"], ipv4_pool="10.9.0.0/24",
                                                                ipv6_pool="fd00:9::/64"))
    other_key = other.start()["public-key"]
    client, visitor = make_clients(lab, key)
    daemon, seed = client.daemon, time.time_ns() % 2**32
    print(f"# seed {seed}", flush=True)
    before = lab.client.snapshot()
    visited = daemon.server()
    here = {**client.usual, "connect_timeout_s": 5}
    abuse = Abuse(
        daemon, {"default": here, "a": {**here, "server_url": "wss://198.51.100.2:8443/live/feed",
                                        "server_public_key": other_key}},
        {"default": {"listen": [f"{ADDRESS}:8443"], "ipv4_pool": "10.70.0.0/24"},
         "branch": {"listen": ["127.0.0.1:0"], "ipv4_pool": "10.71.0.0/24"}}, seed)
    vandal = Vandal(daemon)

    turns = itertools.count()

    def meanwhile() -> None:
        vandal.edit()
        if next(turns) % 8 == 7:
            visitor.begin_disconnect()  # or it goes on with the server's old key
        visitor.begin_connect(server_url=f"ws://{ADDRESS}:8443/", wait=False,
                              server_public_key=visited.get("PublicKey") or None)

    pid, files = daemon.process.pid, open_files(daemon)
    run_abuse(abuse, CALLERS, SECONDS / 2, meanwhile)
    assert daemon.process.is_running(), f"smartvpnd has ended with status {daemon.process.wait()}"
    middle_kb = resident_kb(pid)
    run_abuse(abuse, CALLERS, SECONDS / 2, meanwhile)
    assert daemon.process.is_running(), f"smartvpnd has ended with status {daemon.process.wait()}"
    end_kb = resident_kb(pid)
    call_the_rest(abuse, meanwhile)
    vandal.end()
    print(f"# {sum(abuse.called.values())} calls; refused: {dict(abuse.refused)}; {middle_kb} kB, then {end_kb} kB",
          flush=True)

    assert not abuse.wrong, abuse.wrong[:5]
    assert not abuse.never_succeeded(), f"never succeeded: {abuse.never_succeeded()}"
    assert daemon.process.is_running() and daemon.process.pid == pid
    wait_until(lambda: f"{ROOT}/clients/hand" not in managed(daemon), "that the removed file is noticed")
    check_settled(daemon)
    check_exists(daemon)
    undo_all(daemon)
    check_exists(daemon)
    assert lab.client.snapshot() == before
    assert leftovers(daemon.directory / "config") <= {
        f"{folder}{name}default.json" for folder, name in (("clients/", ""), ("servers/", ""), ("authorized/", ""),
                                                           ("secrets/", "client-"), ("secrets/", "server-"))}
    wait_until(lambda: open_files(daemon) <= files, "that no file stays open")
    assert is_asan(lab.build) or end_kb <= middle_kb + GROWTH_KB, f"{middle_kb} kB, then {end_kb} kB"
    client.connect()  # and all works as ever
    daemon.process.stop()
    complaint = GLIB_COMPLAINT.search(daemon.logged())
    assert not complaint, daemon.logged()[max(0, complaint.start() - 500):complaint.end() + 500]
