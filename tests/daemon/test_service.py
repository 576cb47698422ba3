# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What smartvpnd tells a service manager."""

from __future__ import annotations

import signal
import socket
import time

from system.harness import wait_until

from .scene import SERVER_KEY, Scene

INTERVAL_S = 0.4


class TestNotify(Scene):
    """sd_notify (3)."""

    def setUp(self) -> None:
        """smartvpnd with a service manager."""
        super().setUp()
        path = self.directory / "notify"
        self.socket = self.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK))
        self.socket.bind(str(path))
        self.said: list[tuple[float, str]] = []
        self.daemon.kill()
        self.daemon.environment = {"NOTIFY_SOCKET": str(path)}

    def words(self) -> list[str]:
        """All that was said."""
        try:
            while True:
                self.said.append((time.monotonic(), self.socket.recv(4096).decode()))
        except BlockingIOError:
            return [word for _, word in self.said]

    def wait_said(self, word: str) -> None:
        """Waits until that was said last."""
        wait_until(lambda: self.words()[-1:] == [word], word)

    def test_status(self) -> None:
        """Ready, what is up, and the end."""
        self.daemon.start()
        self.wait_said("READY=1")
        self.assertEqual(self.words(), ["STATUS=Nothing is up", "READY=1"])
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        client.connect()
        self.assertEqual(self.words()[2:], ["STATUS=client-office is connecting", "STATUS=client-office is connected"])
        self.running(ipv4_pool="10.9.0.0/24")
        both = {"client-office is connected", "server-default is running"}
        self.assertEqual(set(self.words()[-1].removeprefix("STATUS=").split(", ")), both)
        client.disconnect()
        self.wait_said("STATUS=server-default is running")
        self.daemon.process.popen.send_signal(signal.SIGTERM)
        self.wait_said("STOPPING=1")
        self.assertNotIn("WATCHDOG=1", self.words())

    def test_watchdog(self) -> None:
        """Twice as often as wanted, while the main loop runs."""
        self.daemon.environment["WATCHDOG_USEC"] = str(int(INTERVAL_S * 1_000_000))
        self.daemon.start()
        wait_until(lambda: self.words().count("WATCHDOG=1") >= 5, "five signs of life")
        times = [when for when, word in self.said if word == "WATCHDOG=1"]
        self.assertLess((times[-1] - times[0]) / (len(times) - 1), INTERVAL_S * 0.75)
        self.daemon.process.popen.send_signal(signal.SIGSTOP)
        self.words()
        before = len(self.said)
        with self.assertRaises(AssertionError):
            wait_until(lambda: len(self.words()) > before + 1, "a sign of life of what is stopped", 2 * INTERVAL_S)
        self.daemon.process.popen.send_signal(signal.SIGCONT)
        wait_until(lambda: len(self.words()) > before + 1, "a sign of life again")

    def test_watchdog_of_another(self) -> None:
        """WATCHDOG_PID: not meant for us."""
        self.daemon.environment |= {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}
        self.daemon.start()
        self.wait_said("READY=1")
        self.connected()
        self.assertNotIn("WATCHDOG=1", self.words())
