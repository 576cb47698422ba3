# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""selection.py: the tests that a name stands for.

    PYTHONPATH=tests python3 -m tap_unittest scripts.test_selection
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SELECTION = Path(__file__).resolve().parents[1] / "selection.py"


class TestSelection(unittest.TestCase):
    """Names in a build directory with two unit tests, mtu and isolation."""

    def setUp(self) -> None:
        """The build directory."""
        folder = tempfile.TemporaryDirectory(prefix="smartvpn-test-")
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name).resolve()
        (self.build / "meson-info").mkdir()
        tests = [{"name": "mtu", "suite": ["smartvpn:core"], "depends": ["m"]},
                 {"name": "isolation", "suite": ["smartvpn:worker", "smartvpn:root"], "depends": ["i", "w"]}]
        files = [{"id": name, "filename": [str(self.build / "tests" / name)]} for name in "miw"]
        (self.build / "meson-info/intro-tests.json").write_text(json.dumps(tests))
        (self.build / "meson-info/intro-targets.json").write_text(json.dumps(files))

    def select(self, *names: str) -> tuple[int, str, str]:
        """Status, output and errors."""
        done = subprocess.run([sys.executable, SELECTION, "--build", self.build, *names, "--also", "unit-asan"],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_names(self) -> None:
        """A suite, a unit test, a system test, a subject, and a name of both kinds."""
        unit, system = "unit mtu core tests/m\n", "system mtu\n"
        for name, found in (("core", unit), ("mtu", unit + system), ("core/mtu", unit), ("system/mtu", system),
                            ("root", "unit isolation worker,root tests/i tests/w\n"),
                            ("tunnel", "system tunnel\n"), ("tunnel.ping", "system tunnel.ping\n")):
            with self.subTest(name):
                self.assertEqual(self.select(name), (0, found, ""))

    def test_unknown(self) -> None:
        """An unknown name is refused with the nearest one, of whatever kind."""
        for name, nearest in (("isolatoin", "isolation"), ("tunnel.pings", "tunnel.ping"), ("core/mtv", "core/mtu"),
                              ("unit-asn", "unit-asan")):
            with self.subTest(name):
                status, found, errors = self.select(name)
                self.assertEqual((status, found), (2, ""))
                self.assertIn(f"no test is called '{name}'. Did you mean {nearest}", errors)

    def test_nothing_near(self) -> None:
        """No guess where nothing is near; all names of a list are checked before any is printed."""
        status, found, errors = self.select("mtu", "xyzzy")
        self.assertEqual((status, found), (2, ""))
        self.assertNotIn("Did you mean", errors)

    def test_list(self) -> None:
        """Without a name, all names."""
        listed = self.select()[1]
        for line in ("mtu                          core", "tunnel.ping                  system"):
            self.assertIn(f"{line}\n", listed)
