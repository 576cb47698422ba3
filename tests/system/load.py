# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Load and its effects on other traffic: bulk transfers, latencies, floods, counters."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import re
import socket
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

from .harness import Lab, Namespace, wait_until
from .traffic import Work, connect, listen, make_socket

SSH_PORT = 22
REQUEST, ANSWER = b"x" * 36, b"y" * 52  # a key press and its echo, of ssh's sizes
_ports = itertools.count(5300)


class Bulk:
    """iperf3 over TCP or UDP between two namespaces, in one direction."""

    def __init__(self, lab: Lab, client: Namespace, server: Namespace, address: str, seconds: float, *,
                 reverse: bool = False, extra: tuple[str, ...] = ()) -> None:
        port = str(next(_ports))
        listening = server.spawn("iperf3", "--server", "--one-off", "--forceflush", "--bind", address, "--port", port)
        wait_until(lambda: "listening" in listening.output(), "iperf3's server")
        self.process = client.spawn("iperf3", "--client", address, "--port", port, "--time", str(seconds), "--json",
                                    "--interval", "0.5", *(["--reverse"] if reverse else []), *extra,
                                    log=lab.directory / f"iperf-{os.urandom(4).hex()}.json")
        self._timeout = seconds + 60

    def stop(self) -> None:
        """Ends it early."""
        self.process.stop()

    def report(self) -> dict[str, Any]:
        """iperf3's report, at the end."""
        self.process.wait(self._timeout)
        report = json.loads(self.process.output())
        assert "error" not in report, report["error"]
        return report["end"]

    def bytes_per_s(self) -> float:
        """Payload that was received, per second."""
        return self.report()["sum_received"]["bits_per_second"] / 8


class Latency:
    """Round trips in ms."""

    def __init__(self, samples: list[float]) -> None:
        self.samples = sorted(samples)

    def percentile(self, share: float) -> float:
        """The nearest rank."""
        return self.samples[min(len(self.samples) - 1, int(share * len(self.samples)))]

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.samples)

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return self.percentile(0.99)

    def __str__(self) -> str:
        return f"{self.median:.1f}/{self.p99:.1f}"


def ping_latency(namespace: Namespace, address: str, count: int, interval: float = 0.02, may_lose: int = 0) -> Latency:
    """Round trips of pings; all of them must be answered, except `may_lose`.

    ping goes on for two more seconds, which do not count, since it does not wait for late answers to its last pings.
    """
    total = count + math.ceil(2 / interval)
    output = namespace.run("ping", "-n", "-i", str(interval), "-c", str(total), address, check=False,
                           timeout=total * interval + 60)
    answers = re.findall(r"icmp_seq=(\d+) .*time=([\d.]+) ms", output)
    samples = [float(time_ms) for number, time_ms in answers if int(number) <= count]
    assert len(samples) >= count - may_lose, f"{len(samples)} of {count} answers: {output[-2000:]}"
    return Latency(samples)


class SshLike:
    """A service on port 22 that answers small requests, and a connection to it."""

    def __init__(self, client: Namespace, server: Namespace, address: str, port: int = SSH_PORT) -> None:
        with listen(server, address, port) as listener:
            self.near = connect(client, address, port)
            self.far = listener.accept()[0]
        for end in (self.near, self.far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.far.settimeout(None)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        pending = 0
        with contextlib.suppress(OSError):
            while got := len(self.far.recv(4096)):
                pending += got
                self.far.sendall(ANSWER * (pending // len(REQUEST)))
                pending %= len(REQUEST)

    def ask(self, timeout: float = 60.0) -> float:
        """Sends one request; returns how long its answer took, in ms."""
        self.near.settimeout(timeout)
        begin = time.monotonic()
        self.near.sendall(REQUEST)
        left = len(ANSWER)
        while left:
            got = len(self.near.recv(left))
            assert got, "the connection was closed"
            left -= got
        return (time.monotonic() - begin) * 1000

    def measure(self, seconds: float, interval: float = 0.02) -> Latency:
        """Asks again and again."""
        samples = []
        begin = due = time.monotonic()
        while time.monotonic() < begin + seconds:
            samples.append(self.ask())
            due = max(due + interval, time.monotonic())
            time.sleep(max(0.0, due - time.monotonic()))
        return Latency(samples)

    def close(self) -> None:
        """Ends it."""
        self.near.close()
        self.far.close()


def measure_both(client: Namespace, address: str, ssh: SshLike, seconds: float,
                 may_lose: int = 0) -> dict[str, Latency]:
    """Pings, fifty a second, and requests at the same time."""
    ping = Work(ping_latency, client, address, int(50 * seconds), 0.02, may_lose)
    port_22 = Work(ssh.measure, seconds)
    return {"ping": ping.result(), "port 22": port_22.result()}


class Flood:
    """Counts arriving datagrams; its buffer is large enough to lose none."""

    def __init__(self, namespace: Namespace, address: str) -> None:
        self.socket = make_socket(namespace, address, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE
        self.socket.bind((address, 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.received = 0
        self._over = False
        self._work = Work(self._count)

    def _count(self) -> None:
        while not self._over:
            try:
                self.socket.recv(2048)
                self.received += 1
            except TimeoutError:
                pass

    def send(self, namespace: Namespace, address: str, count: int, size: int) -> int:
        """Sends `count` datagrams as fast as possible; returns how many the kernel accepted."""
        taken = 0
        with make_socket(namespace, address, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            sender.connect((address, self.port))
            for _ in range(count):
                try:
                    taken += sender.send(b"\0" * size) == size
                except OSError:  # ENOBUFS
                    pass
        return taken

    def close(self) -> None:
        """Ends it."""
        self._over = True
        self._work.result(10)
        self.socket.close()


def device_counters(namespace: Namespace, device: str) -> dict[str, int]:
    """"rx_bytes", "tx_dropped" and the like of a device."""
    (link,) = json.loads(namespace.ip("-s", "-j", "link", "show", "dev", device))
    return {f"{way}_{name}": value for way in ("rx", "tx") for name, value in link["stats64"][way].items()}


class DeviceDrops:
    """Packets that the TUN devices of both ends drop, whatever their class, because a worker is too busy to read them."""

    def __init__(self, *ends: tuple[Namespace, str]) -> None:
        self._ends = ends
        self._before = self._read()

    def _read(self) -> int:
        return sum(device_counters(namespace, device)["tx_dropped"] for namespace, device in self._ends)

    def so_far(self) -> int:
        """Packets since this was made."""
        return self._read() - self._before


def check_pings(pings: Latency, count: int, drops: DeviceDrops) -> None:
    """Asserts that all of `count` pings were answered, except as many as the devices have dropped."""
    lost = count - len(pings.samples)
    assert lost <= drops.so_far(), f"{lost} of {count} pings lost, though the devices have dropped {drops.so_far()} packets"


def wait_steady(read: Callable[[], Any], what: str, times: int = 20, timeout: float = 60.0) -> Any:
    """Waits until `read` returns the same value `times` times in a row; returns it."""
    last: list[Any] = []

    def is_steady() -> bool:
        last.append(read())
        return len(last) > times and all(value == last[-1] for value in last[-times:])

    wait_until(is_steady, what, timeout)
    return last[-1]


class Rate:
    """The rate of a byte counter, never overestimated."""

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        self._begin_s = time.monotonic()
        self._begin = read()

    def so_far(self) -> tuple[int, float]:
        """The bytes since the beginning, and a time within which all of them came."""
        now = self._read()
        return now - self._begin, time.monotonic() - self._begin_s


def table(title: str, rows: list[tuple[str, ...]]) -> None:
    """Prints a table as TAP comments."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"# {title}")
    for row in rows:
        print("#   " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths)), flush=True)
