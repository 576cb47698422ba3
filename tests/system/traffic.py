# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Traffic through the tunnel: pings, echoes, large files, iperf3."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import time
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .harness import Lab, Namespace, Process, pump, wait_until

CHUNK = 1 << 20
TIMEOUT = 180.0
UDP_SIZES = (1, 500, 1300, 4000)


def can_ping(namespace: Namespace, address: str, size: int = 56) -> bool:
    """Whether one ping is answered within a second."""
    return " 1 received" in namespace.run("ping", "-n", "-W", "1", "-c", "1", "-s", str(size), address, check=False)


class Pinger:
    """Pings until it is ended."""

    def __init__(self, namespace: Namespace, address: str, interval: float = 0.1, size: int = 56) -> None:
        self.process = namespace.spawn("ping", "-n", "-O", "-i", str(interval), "-s", str(size), address)
        wait_until(lambda: "bytes from" in self.process.output(), f"the first answer of {address}")

    def _answered(self) -> set[int]:
        return set(map(int, re.findall(r"bytes from .* icmp_seq=(\d+) ", self.process.output())))

    def answered(self) -> int:
        """The number of answered pings so far."""
        return len(self._answered())

    def lost(self) -> int:
        """Ends it; returns the number of lost pings. It waits for an answer to a later ping, or for a long time."""
        self.process.popen.send_signal(signal.SIGQUIT)  # ping prints its counts
        counts = wait_until(lambda: re.findall(r"^\d+/(\d+) packets", self.process.output(), re.MULTILINE), "counts")
        sent = int(counts[-1])
        with contextlib.suppress(AssertionError):
            wait_until(lambda: max(self._answered()) >= sent, "an answer")
        self.process.popen.send_signal(signal.SIGINT)
        self.process.wait()
        return sent - len(self._answered() & set(range(1, sent + 1)))


def ping(namespace: Namespace, address: str, *, count: int = 5, size: int = 56) -> None:
    """Asserts that every ping is answered. (ping itself does not wait for a late last answer.)"""
    pinger = Pinger(namespace, address, 0.05, size)
    wait_until(lambda: pinger.answered() >= count, f"{count} answers of {address}")
    lost = pinger.lost()
    assert lost == 0, pinger.process.output()
    pinger.process.log.unlink()


def family_of(address: str) -> socket.AddressFamily:
    """AF_INET or AF_INET6."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def make_socket(namespace: Namespace, address: str, kind: socket.SocketKind) -> socket.socket:
    """A socket inside a namespace."""
    with namespace.entered():
        made = socket.socket(family_of(address), kind)
    made.settimeout(TIMEOUT)
    return made


def listen(namespace: Namespace, address: str, port: int = 0) -> socket.socket:
    """A listening TCP socket."""
    listener = make_socket(namespace, address, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen()
    return listener


def connect(namespace: Namespace, address: str, port: int) -> socket.socket:
    """A TCP connection."""
    made = make_socket(namespace, address, socket.SOCK_STREAM)
    made.connect((address, port))
    return made


class Work:
    """A function in a thread."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(function, *arguments), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[..., Any], *arguments: Any) -> None:
        try:
            self.value = function(*arguments)
        except BaseException as error:  # raised by result()
            self.error = error

    def is_done(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def result(self, timeout: float = TIMEOUT) -> Any:
        """Its return value."""
        wait_until(self.is_done, "the end of a transfer", timeout)
        if self.error:
            raise self.error
        return self.value


def send_stream(connection: socket.socket, size: int) -> str:
    """Sends `size` bytes in chunks that all differ; returns their SHA-256."""
    chunk = bytearray(os.urandom(CHUNK))
    digest = hashlib.sha256()
    for number in range(0, size, CHUNK):
        chunk[:8] = number.to_bytes(8, "big")
        part = memoryview(chunk)[:size - number]
        digest.update(part)
        connection.sendall(part)
    connection.shutdown(socket.SHUT_WR)
    return digest.hexdigest()


def receive_stream(connection: socket.socket) -> tuple[int, str]:
    """Receives to the end; returns the number of bytes and the SHA-256."""
    buffer = memoryview(bytearray(CHUNK))
    digest = hashlib.sha256()
    total = 0
    while count := connection.recv_into(buffer):
        digest.update(buffer[:count])
        total += count
    return total, digest.hexdigest()


def transfer_both_ways(client: Namespace, server: Namespace, address: str, size: int) -> None:
    """Sends `size` bytes in each direction of one TCP connection at the same time."""
    with listen(server, address) as listener:
        with connect(client, address, listener.getsockname()[1]) as near, listener.accept()[0] as far:
            far.settimeout(TIMEOUT)
            up, down = Work(send_stream, near, size), Work(send_stream, far, size)
            up_end, down_end = Work(receive_stream, far), Work(receive_stream, near)
            assert (size, up.result()) == up_end.result(), "what went up is not what arrived"
            assert (size, down.result()) == down_end.result(), "what went down is not what arrived"


def tcp_echo(client: Namespace, server: Namespace, address: str) -> None:
    """Asserts that TCP works, in both directions."""
    transfer_both_ways(client, server, address, 200_000)


def udp_echo(client: Namespace, server: Namespace, address: str) -> None:
    """Asserts that datagrams get through both ways, larger ones in fragments, of which path MTU discovery costs a few."""
    far, near = (make_socket(namespace, address, socket.SOCK_DGRAM) for namespace in (server, client))
    with far, near:
        far.bind((address, 0))
        near.connect(far.getsockname()[:2])
        for size in UDP_SIZES:
            waits = (10.0,) if size < 1300 else (1.0, 1.0, 1.0, 10.0)
            assert any(udp_round(near, far, size, wait) for wait in waits), f"datagram of {size} bytes"


def udp_round(near: socket.socket, far: socket.socket, size: int, timeout: float) -> bool:
    """Sends a datagram there and back; returns whether it came. It skips earlier datagrams that come late."""
    data = os.urandom(size)
    deadline = time.monotonic() + timeout

    def await_data(end: socket.socket) -> Any:
        while (left := deadline - time.monotonic()) > 0:
            end.settimeout(left)
            received, sender = end.recvfrom(65_536)
            if received == data:
                return sender
        raise TimeoutError

    near.send(data)
    try:
        far.sendto(data, await_data(far))
        await_data(near)
        return True
    except TimeoutError:
        return False


class Iperf:
    """iperf3 from a client to a server, with a report every 100 ms."""

    def __init__(self, lab: Lab, client: Namespace, server: Namespace, address: str, seconds: int, *,
                 reverse: bool = False) -> None:
        listening = server.spawn("iperf3", "--server", "--one-off", "--forceflush", "--bind", address)
        wait_until(lambda: "listening" in listening.output(), "iperf3's server")
        self.process: Process = client.spawn(
            "iperf3", "--client", address, "--time", str(seconds), "--interval", "0.1", "--json",
            *(["--reverse"] if reverse else []), log=lab.directory / f"iperf-{os.urandom(4).hex()}.json")
        self._traffic = client

    def wait_flowing(self, statistics: Callable[[], dict[str, int]]) -> None:
        """Waits until a megabyte has gone through the tunnel."""
        wait_until(lambda: statistics()["bytes-sent"] + statistics()["bytes-received"] > 1_000_000,
                   "a megabyte of iperf3's")

    def finish(self, longest_gap: float) -> float:
        """Asserts an orderly end without a longer pause; the rate in bits per second."""
        self.process.wait(120)
        report = json.loads(self.process.output())
        assert "error" not in report, report["error"]
        gap = pause = 0.0
        for interval in report["intervals"]:
            pause = pause + interval["sum"]["seconds"] if interval["sum"]["bytes"] == 0 else 0.0
            gap = max(gap, pause)
        assert gap <= longest_gap, f"nothing went through for {gap:.1f} s"
        return report["end"]["sum_received"]["bits_per_second"]


def serve_http(lab: Lab, namespace: Namespace, address: str, port: int = 80) -> Path:
    """Starts a web site; returns the directory of its files."""
    root = lab.directory / f"www-{namespace.name}-{port}"
    root.mkdir()
    process = namespace.spawn("/usr/bin/python3", "-u", "-m", "http.server", "--bind", address,
                              "--directory", str(root), str(port))
    wait_until(lambda: "Serving" in process.output(), "the web server")
    pump()
    return root
