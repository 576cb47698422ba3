# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The network that system tests run in: namespaces, processes, waiting.

    client-1 .2 --- 192.0.2.4/30 ----.1
    client-2 .2 --- 192.0.2.8/30 ----.1  router .1 --- 198.51.100.0/30 --- .2 server .1 --- 203.0.113.0/30 --- .2 web
    client-3 ...                                       2001:db8:2::/64                      2001:db8:3::/64
                2001:db8:1:N::/64

The router has no route to web's network, so only traffic through the tunnel reaches web. Web has a route to the tunnel's
pools by way of the server, and no other; with Lab (web_knows_pools=False) not even that one. In all namespaces, the names
vpn.example and other.example lead to the server's addresses, six.vpn.example leads to its IPv6 address alone, and no other
name exists.

Nothing outside the namespaces changes. The names of the namespaces are unique to a run, and close() ends the processes
by their ids. Needs root.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from gi.repository import GLib

SERVER4, SERVER6 = "198.51.100.2", "2001:db8:2::2"
WEB4, WEB6 = "203.0.113.2", "2001:db8:3::2"
WEB_ROUTES = ["203.0.113.0/24", "2001:db8:3::/64"]
POOL4, POOL6 = "10.8.0.0/24", "fd00:8::/64"
GATEWAY4, GATEWAY6 = "10.8.0.1", "fd00:8::1"
BLACK_HOLE = "198.51.100.66"  # the router drops packets to this address

HOSTS = f"""\
127.0.0.1 localhost
{SERVER4} vpn.example other.example
{SERVER6} vpn.example other.example six.vpn.example
"""
# LeakSanitizer itself fails now and then, if a thread ends while it looks; that is no fault of the program.
ALARM_LINES = 20  # of an alarm with the lines after it, such as the stack
ALARM = re.compile(r"Sanitizer(?! has encountered a fatal error| does not work under ptrace)|runtime error:|CRITICAL|\bERROR \*\*|Bail out")
CLONE_NEWNET = 0x40000000
PAUSE_MS = 10
PATIENCE_S = 30.0  # for steps that a quick machine does at once

T = TypeVar("T")
_libc = ctypes.CDLL(None, use_errno=True)
_serial = itertools.count()
_links = itertools.count()


def pump(pause_ms: int = 0) -> None:
    """Lets callbacks of the main loop run, for `pause_ms` or until there is nothing to do; other threads just pause."""
    if threading.current_thread() is not threading.main_thread():
        time.sleep(pause_ms / 1000)
        return
    context = GLib.MainContext.default()
    if pause_ms:
        over: list[bool] = []
        GLib.timeout_add(pause_ms, lambda: over.append(True) and False)
        while not over:
            context.iteration(True)
    while context.pending():
        context.iteration(False)


def wait_until(condition: Callable[[], T], what: str, timeout: float = PATIENCE_S) -> T:
    """Returns the first true value of `condition`. Fails after `timeout` seconds and says that `what` did not come."""
    deadline = time.monotonic() + timeout
    while True:
        pump()
        value = condition()
        if value:
            pump()  # a signal sent before an answer counts as received
            return value
        assert time.monotonic() < deadline, f"not within {timeout:g} s: {what} (last seen: {value!r})"
        pump(PAUSE_MS)


def run(argv: Sequence[str], *, check: bool = True, timeout: float = 60.0) -> str:
    """Returns a command's output; fails with all of its output."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, errors="replace", check=False)
    assert not check or done.returncode == 0, f"{' '.join(argv)}: status {done.returncode}:\n{done.stdout}"
    return done.stdout


class Process:
    """A program in the background, with its output in a file."""

    def __init__(self, argv: Sequence[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self.popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                          env={**os.environ, **(env or {})}, start_new_session=True)

    @property
    def pid(self) -> int:
        """The process id."""
        return self.popen.pid

    def output(self) -> str:
        """Its output so far."""
        return self.log.read_text(errors="replace")

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.popen.poll() is None

    def kill(self) -> None:
        """kill -9."""
        self.popen.kill()
        self.popen.wait()

    def wait(self, timeout: float = 60.0) -> int:
        """Its exit status."""
        wait_until(lambda: not self.is_running(), f"the end of {self.popen.args}", timeout)
        return self.popen.returncode

    def stop(self, timeout: float = 5.0) -> None:
        """Sends SIGTERM, and SIGKILL if that does not end it."""
        if self.is_running():
            self.popen.terminate()
            try:
                self.popen.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()


class Namespace:
    """A network namespace."""

    def __init__(self, name: str, logs: Path) -> None:
        self.name = name
        self.logs = logs
        self.processes: list[Process] = []
        etc = Path("/etc/netns") / name
        etc.mkdir(parents=True)
        (etc / "hosts").write_text(HOSTS)
        (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        run(["ip", "netns", "add", name])
        self.ip("link", "set", "lo", "up")
        self.sysctl("ipv6/conf/default/accept_dad", "0")  # or IPv6 would work after a second only

    def ip(self, *arguments: str) -> str:
        """Runs ip inside it."""
        return run(["ip", "-n", self.name, *arguments])

    def argv(self, *command: str) -> list[str]:
        """The command that runs `command` inside it, as the same process."""
        return ["ip", "netns", "exec", self.name, *command]

    def run(self, *command: str, check: bool = True, timeout: float = 60.0) -> str:
        """Runs a command to its end."""
        return run(self.argv(*command), check=check, timeout=timeout)

    def spawn(self, *command: str, env: dict[str, str] | None = None, log: Path | None = None) -> Process:
        """Starts a command that close() ends."""
        log = log or self.logs / f"{self.name}-{Path(command[0]).name}-{next(_serial)}.log"
        process = Process(self.argv(*command), log, env)
        self.processes.append(process)
        return process

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Moves this thread into it; sockets made meanwhile stay there."""
        with open("/proc/thread-self/ns/net", "rb") as outside, open(f"/run/netns/{self.name}", "rb") as inside:
            assert _libc.setns(inside.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert _libc.setns(outside.fileno(), CLONE_NEWNET) == 0

    def sysctl(self, key: str, value: str) -> None:
        """Sets a value below /proc/sys/net."""
        with self.entered():
            Path("/proc/sys/net", key).write_text(value)

    def is_settled(self) -> bool:
        """Whether the kernel has added the routes of new IPv6 addresses, which takes it some time."""
        routes = self.ip("-6", "route", "show", "table", "local").split()
        return all(address["local"] in routes for link in json.loads(self.ip("-6", "-j", "address"))
                   for address in link.get("addr_info", []) if address["scope"] == "global")

    def snapshot(self) -> str:
        """Everything here that a daemon may change."""
        return self.run("sh", "-c", "ip rule; ip -6 rule; ip route show table all; ip -6 route show table all; ip addr 2>/dev/null;"
                        "nft list ruleset; cd /proc/sys/net; grep . ipv4/ip_forward ipv4/conf/*/rp_filter"
                        " ipv4/conf/*/forwarding ipv6/conf/*/forwarding ipv6/conf/*/accept_ra; true")

    def pids(self) -> list[int]:
        """All processes inside it."""
        return [int(word) for word in run(["ip", "netns", "pids", self.name], check=False).split() if word.isdigit()]

    def close(self) -> None:
        """Ends everything inside it and deletes it."""
        for process in reversed(self.processes):
            process.stop()
        remove_namespace(self.name)


def remove_namespace(name: str) -> None:
    """Kills every process in a namespace, such as workers whose smartvpnd was killed, and deletes it."""
    for pid in run(["ip", "netns", "pids", name], check=False).split():
        with contextlib.suppress(ProcessLookupError, ValueError):
            os.kill(int(pid), signal.SIGKILL)
    run(["ip", "netns", "delete", name], check=False)
    shutil.rmtree(Path("/etc/netns") / name, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.rmdir("/etc/netns")


def remove_abandoned() -> None:
    """Removes the namespaces of earlier runs that were killed with SIGKILL and could not do it themselves."""
    for path in Path("/run/netns").glob("svt*-*-*"):
        if not Path("/proc", str(int(path.name[3:].partition("-")[0], 16))).exists():
            remove_namespace(path.name)


class Lab:
    """The topology above, and the objects that a test makes in it."""

    def __init__(self, build: Path, clients: int = 1, *, web_knows_pools: bool = True) -> None:
        self.build = build
        self.directory = Path(tempfile.mkdtemp(prefix="smartvpn-test-"))
        self.directory.chmod(0o755)  # workers run as another user
        self.prefix = f"svt{os.getpid():x}-{next(_serial)}"
        self.namespaces: list[Namespace] = []
        self.closing: list[Any] = []  # objects with a close(), closed last to first
        atexit.register(self.close)  # a signal may end us inside a callback, which no exception leaves
        try:
            self.router = self._namespace("router")
            self.server = self._namespace("server")
            self.web = self._namespace("web")
            self.clients = [self._add_client(number) for number in range(1, clients + 1)]
            self._link_server()
            self._link_web(web_knows_pools)
            for namespace in self.namespaces:
                wait_until(namespace.is_settled, f"the IPv6 addresses of {namespace.name}")
        except BaseException:
            self.close()
            raise

    @property
    def client(self) -> Namespace:
        """The first client."""
        return self.clients[0]

    def _namespace(self, name: str) -> Namespace:
        namespace = Namespace(f"{self.prefix}-{name}", self.directory)
        self.namespaces.append(namespace)
        return namespace

    def _link(self, left: Namespace, device: str, addresses: Sequence[str], right: Namespace, peer: str,
              peer_addresses: Sequence[str]) -> None:
        left.ip("link", "add", device, "type", "veth", "peer", "name", peer, "netns", right.name)
        macs = [f"02:00:00:00:{next(_links) % 256:02x}:{side:02x}" for side in (1, 2)]
        ends = [(left, device, addresses, macs[0]), (right, peer, peer_addresses, macs[1])]
        for (namespace, name, own, mac), (_, _, others, other_mac) in (ends, ends[::-1]):
            namespace.ip("link", "set", name, "address", mac, "up")
            for address in own:
                namespace.ip("address", "add", address, "dev", name)
            for address in others:  # set beforehand, since a lost neighbour solicitation costs a second
                namespace.ip("neighbour", "replace", address.partition("/")[0], "lladdr", other_mac, "dev", name)

    def _add_client(self, number: int) -> Namespace:
        client = self._namespace(f"client{number}")
        base = 4 * number
        self._link(client, "eth0", [f"192.0.2.{base + 2}/30", f"2001:db8:1:{number}::2/64"],
                   self.router, f"client{number}", [f"192.0.2.{base + 1}/30", f"2001:db8:1:{number}::1/64"])
        client.ip("route", "add", "default", "via", f"192.0.2.{base + 1}")
        client.ip("route", "add", "default", "via", f"2001:db8:1:{number}::1")
        return client

    def _link_server(self) -> None:
        self._link(self.server, "eth0", [f"{SERVER4}/30", f"{SERVER6}/64"],
                   self.router, "server", ["198.51.100.1/30", "2001:db8:2::1/64"])
        self.server.ip("route", "add", "default", "via", "198.51.100.1")
        self.server.ip("route", "add", "default", "via", "2001:db8:2::1")
        self.router.sysctl("ipv4/ip_forward", "1")
        self.router.sysctl("ipv6/conf/all/forwarding", "1")
        self.router.ip("route", "add", "blackhole", BLACK_HOLE)

    def _link_web(self, knows_pools: bool) -> None:
        self._link(self.web, "eth0", [f"{WEB4}/30", f"{WEB6}/64"],
                   self.server, "web", ["203.0.113.1/30", "2001:db8:3::1/64"])
        if knows_pools:
            self.web.ip("route", "add", POOL4, "via", "203.0.113.1")
            self.web.ip("route", "add", POOL6, "via", "2001:db8:3::1")

    def keep(self, thing: T) -> T:
        """Closes `thing` at the end."""
        self.closing.append(thing)
        return thing

    def describe(self) -> str:
        """For the log of a failure: the logs, and the state of every namespace."""
        parts = []
        for log in sorted(self.directory.rglob("*.log")):
            parts.append(f"---- {log.name}\n{log.read_text(errors='replace')[-20_000:]}")
        for namespace in self.namespaces:
            parts.append(f"---- {namespace.name}\n{namespace.snapshot()}")
        return "\n".join(parts)

    def stop(self) -> None:
        """Ends everything; the logs stay."""
        for thing in reversed(self.closing):
            with contextlib.suppress(Exception):
                thing.close()
        for namespace in reversed(self.namespaces):
            namespace.close()
        for path in Path("/run/netns").glob(f"{self.prefix}-*"):  # a namespace whose making was interrupted
            remove_namespace(path.name)
        self.closing, self.namespaces = [], []

    def alarms(self) -> list[str]:
        """The complaints of sanitizers and GLib in the logs."""
        found = []
        for log in sorted(self.directory.rglob("*smartvpnd.log")):
            lines = log.read_text(errors="replace").splitlines()
            for number, line in enumerate(lines):
                if ALARM.search(line):
                    found.append("\n".join([f"{log.name}: {line}", *lines[number + 1:number + ALARM_LINES]]))
        return found

    def close(self) -> None:
        """Leaves nothing behind."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        atexit.unregister(self.close)
