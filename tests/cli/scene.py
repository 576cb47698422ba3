# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnctl, run against a mock of smartvpnd: no root, no network."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gi.repository import GLib

from lib.mock import Mock

PROGRAM = Path(os.environ["SMARTVPN_BUILD"], "src/cli/smartvpnctl")
CLIENTS, SERVERS = "/org/smartvpn/clients/", "/org/smartvpn/servers/"
PATIENCE_S = 30
KEY = "7dDQheegxI/GdCeGO/dAOeDL53WpgV3HrIfsz4lkVAM="
PRIVATE, PUBLIC = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="


def text(value: str) -> GLib.Variant:
    """A string."""
    return GLib.Variant("s", value)


def number(value: int, kind: str = "t") -> GLib.Variant:
    """A number."""
    return GLib.Variant(kind, value)


STATISTICS = {"bytes-sent": number(1500), "bytes-received": number(2500), "drops-qos-low": number(3), "uptime-s": number(9)}


@dataclass(frozen=True)
class Result:
    """How a command has ended."""

    status: int
    output: str
    error: str


class CommandScene(unittest.TestCase):
    """A running mock, with a client and a server."""

    @classmethod
    def setUpClass(cls) -> None:
        """A bus for all tests of the class."""
        cls.mock = Mock()
        cls.mock.steer("Own")

    @classmethod
    def tearDownClass(cls) -> None:
        """Ends the bus."""
        cls.mock.stop()

    def setUp(self) -> None:
        """Begins with two profiles and no answers."""
        self.mock.steer("Reset")
        self.add(CLIENTS, "default", State="disconnected", ServerUrl="wss://vpn.example/")
        self.add(SERVERS, "default", State="stopped", PublicKey=KEY)
        folder = tempfile.TemporaryDirectory(prefix="smartvpn-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def add(self, place: str, name: str, **properties: Any) -> None:
        """Has the mock add a profile."""
        values = {key: value if isinstance(value, GLib.Variant) else text(value) for key, value in properties.items()}
        self.mock.steer("Add", "(oa{sv})", place + name, {"Name": text(name), **values})

    def change(self, path: str, **properties: Any) -> None:
        """Has the mock change properties of a profile."""
        values = {key: value if isinstance(value, GLib.Variant) else text(value) for key, value in properties.items()}
        self.mock.steer("Change", "(oa{sv}b)", path, values, False)

    def run_command(self, *words: str, stdin: str = "", **environment: str) -> Result:
        """Runs smartvpnctl."""
        done = subprocess.run(
            [PROGRAM, *words], input=stdin, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "SMARTVPN_BUS": self.mock.address,
                 "G_DEBUG": "fatal-criticals", **environment})
        self.assertNotRegex(done.stderr, "CRITICAL|WARNING")
        return Result(done.returncode, done.stdout, done.stderr)

    def prints(self, expected: str, *words: str, stdin: str = "", status: int = 0, says: str = "") -> None:
        """Asserts that a command prints exactly this, and only `says` on standard error."""
        result = self.run_command(*words, stdin=stdin)
        said = f"smartvpnctl: {says}\n" if says else ""
        self.assertEqual((result.output, result.error, result.status), (expected, said, status), words)

    def gets(self, *words: str, status: int = 0) -> Any:
        """What a command prints as JSON."""
        result = self.run_command(*words, "--json")
        self.assertEqual((result.error, result.status), ("", status), words)
        return json.loads(result.output)

    def known(self, *words: str) -> list[dict[str, Any]]:
        """The things that a command prints as JSON, without what is not known of them."""
        return [{key: value for key, value in thing.items() if value is not None} for thing in self.gets(*words)]

    def fails(self, status: int, says: str, *words: str, stdin: str = "") -> None:
        """Asserts that a command prints only an error."""
        self.prints("", *words, stdin=stdin, status=status, says=says)

    def sent(self, method: str, expected: str) -> None:
        """Asserts the arguments of the last call of a method."""
        self.assertEqual(self.mock.got(method), expected, method)
