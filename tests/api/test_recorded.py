# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Nothing that programs rely on is gone or different: a build compared with tests/api/recorded.json.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest api.test_recorded

After a deliberate change before 1.0, or an addition that is to stay, scripts/record-api records it.
"""

from __future__ import annotations

import json
import os
import re
import unittest
from pathlib import Path

from .contract import RECORDED, SYMBOLS, broken, collect, symbols

BUILD = Path(os.environ["SMARTVPN_BUILD"])


class TestRecorded(unittest.TestCase):
    """The interfaces."""

    @classmethod
    def setUpClass(cls) -> None:
        """Reads both."""
        cls.recorded: dict[str, str] = json.loads(RECORDED.read_text())
        cls.present = collect(BUILD)

    def test_nothing_is_broken(self) -> None:
        """All that is recorded is there, as it was."""
        self.assertEqual(broken(self.recorded, self.present), [], "a program relies on this; scripts/record-api if it is meant")

    def test_each_kind(self) -> None:
        """Each kind of interface is recorded."""
        for kind, least in (("dbus ", 60), ("gir function ", 250), ("gir property ", 150), ("gir signal ", 10),
                            ("gir value ", 20), ("symbol ", 250), ("setting ", 50), ("command ", 60), ("exit status ", 14),
                            ("json ", 150), ("error ", 15), ("action ", 3)):
            with self.subTest(kind):
                self.assertGreaterEqual(sum(name.startswith(kind) for name in self.recorded), least)

    def test_faults_are_found(self) -> None:
        """What is taken away, and what is changed, is told; what is added is not."""
        for name in ("dbus org.smartvpn.Client: method Disconnect", "symbol smartvpn_client_get_state@SMARTVPN_1.0",
                     "gir value SMARTVPN_HEALTH_DEGRADED", "exit status 4", "json client: state", "setting Clients: mtu",
                     "command status: --json", "error org.smartvpn.Error.TlsFailed", "action org.smartvpn.connect"):
            with self.subTest(name):
                without = {key: value for key, value in self.present.items() if key != name}
                self.assertEqual(broken(self.recorded, without), [f"{name}: is gone"])
                self.assertEqual(len(broken(self.recorded, {**self.present, name: "something else"})), 1)
        self.assertEqual(broken(self.recorded, {**self.present, "dbus org.smartvpn.Client: method Dance": ""}), [])

    def test_debian_symbols(self) -> None:
        """The package exports every symbol that it knows."""
        known = re.findall(r"^ (\S+) ", SYMBOLS.read_text(), re.MULTILINE)
        self.assertGreater(len(known), 250)
        self.assertEqual(set(known) - set(symbols(BUILD)), set())
