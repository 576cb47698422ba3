# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The examples of libsmartvpn, in every language, on a real tunnel and over a restart of smartvpnd."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from pathlib import Path

from .harness import WEB4, Lab, Process, wait_until
from .scene import connected_pair
from .vpn import Daemon

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite", "--error-exitcode=99",
            "--suppressions=/usr/share/glib-2.0/valgrind/glib.supp"]
LINE = re.compile(r"^healthy: rtt (\S+) ms, jitter \S+ ms, loss 0 ?%, up (\S+) kB/s, down (\S+) kB/s$", re.MULTILINE)
SLOW_S = 30.0  # valgrind on a busy machine


class Monitor:
    """A running example."""

    def __init__(self, daemon: Daemon, argv: Sequence[str]) -> None:
        library = str(daemon.build / "src/lib")
        env = {"SMARTVPN_BUS": daemon.bus.address, "LD_LIBRARY_PATH": library, "GI_TYPELIB_PATH": library,
               "PYTHONDONTWRITEBYTECODE": "1", "G_DEBUG": "fatal-criticals"}
        self.process: Process = daemon.namespace.spawn(*argv, "default", env=env)

    def says(self, line: str, times: int = 1) -> None:
        """Waits for a line; a reason may follow."""
        wait_until(lambda: [each.split(": ")[0] for each in self.process.output().splitlines()].count(line) >= times,
                   f"{times} times '{line}' in: {self.process.output()}", SLOW_S)

    def measures(self) -> None:
        """Waits for new telemetry that shows traffic in both directions."""
        seen = len(LINE.findall(self.process.output()))

        def is_new() -> bool:
            lines = LINE.findall(self.process.output())[seen:]
            return any(float(rtt) > 0 and float(up) > 0 and float(down) > 0 for rtt, up, down in lines)
        wait_until(is_new, f"telemetry in: {self.process.output()}", SLOW_S)

    def end(self, number: signal.Signals) -> None:
        """It ends in order."""
        self.process.popen.send_signal(number)
        status = self.process.wait(SLOW_S)
        assert status == 0, f"status {status}: {self.process.output()}"


def follow(lab: Lab, *argv: str, number: signal.Signals = signal.SIGINT) -> None:
    """One example, from its beginning to its end."""
    _, client = connected_pair(lab)
    pinger = lab.client.spawn("ping", "-n", "-i", "0.1", "-s", "1000", WEB4)
    monitor = Monitor(client.daemon, argv)
    monitor.says("connected")
    monitor.says("smartvpnd is there")
    monitor.measures()

    client.daemon.kill()
    monitor.says("smartvpnd is away")
    client.daemon.start()
    monitor.says("smartvpnd is there", 2)
    monitor.measures()

    pinger.stop()
    client.disconnect()
    monitor.says("disconnected")
    client.connect()
    monitor.says("connected", 2)
    monitor.end(number)


def test_c(lab: Lab) -> None:
    """docs/examples/monitor.c, without a leak or an invalid access."""
    follow(lab, *VALGRIND, str(lab.build / "docs/examples/monitor"))


def test_vala(lab: Lab) -> None:
    """docs/examples/monitor.vala"""
    follow(lab, str(lab.build / "docs/examples/monitor-vala"), number=signal.SIGTERM)


def test_python(lab: Lab) -> None:
    """docs/examples/monitor.py"""
    follow(lab, "/usr/bin/python3", str(EXAMPLES / "monitor.py"))


def test_javascript(lab: Lab) -> None:
    """docs/examples/monitor.js"""
    follow(lab, "gjs", "-m", str(EXAMPLES / "monitor.js"), number=signal.SIGTERM)
