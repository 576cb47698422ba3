# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""summary.py: the counts, and one block for each failure with its reason.

    PYTHONPATH=tests python3 -m tap_unittest scripts.test_summary
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

SUMMARY = Path(__file__).resolve().parents[1] / "summary.py"
TRACEBACK = """\
ok 1 - a.fine
# Traceback (most recent call last):
#   File "/usr/lib/python3.11/unittest/case.py", line 57, in run
#     yield
#   File "/home/dev/smartvpn/tests/a/test_b.py", line 41, in test_b
#     self.assertEqual(1, 2)
# AssertionError: 1 != 2
not ok 2 - a.broken
1..2
"""
BAIL_OUT = "# Start of pool tests\nok 1 /pool/a\n# case 3\nBail out! ERROR:../tests/t.c:7:test_b: assertion failed\n1..2\n"


class TestSummary(unittest.TestCase):
    """What it prints."""

    def setUp(self) -> None:
        """A folder for its input."""
        folder = tempfile.TemporaryDirectory(prefix="smartvpn-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def summary(self, name: str, text: str) -> tuple[int, list[str]]:
        """The status and the lines for one file."""
        file = self.folder / name
        file.write_text(text)
        done = subprocess.run([sys.executable, SUMMARY, file], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def meson(self, **test: Any) -> tuple[int, list[str]]:
        """The same for one test of meson's."""
        return self.summary("log.json", json.dumps({"name": "smartvpn:core / pool", "stdout": "", "stderr": "", **test}))

    def test_all_passed(self) -> None:
        """Only counts."""
        self.assertEqual(self.summary("x.tap", "ok 1 - a\nok 2 - b # not a comment\n1..2\n"), (0, ["2 passed, 0 failed, 0 skipped"]))

    def test_traceback(self) -> None:
        """A traceback becomes its innermost place in tests/ and its message."""
        self.assertEqual(self.summary("x.tap", TRACEBACK),
                         (1, ["", "failed: x: a.broken", "    tests/a/test_b.py:41:", "    AssertionError: 1 != 2", "",
                              "1 passed, 1 failed, 0 skipped"]))

    def test_aborted(self) -> None:
        """A program that aborts names its signal, and the lines before its end."""
        status, lines = self.meson(result="FAIL", returncode=-6, stdout=BAIL_OUT)
        self.assertEqual(status, 1)
        self.assertEqual(lines[1:4], ["failed: pool: ended after 1 of 2 cases, killed by SIGABRT", "    case 3",
                                      "    Bail out! ERROR:../tests/t.c:7:test_b: assertion failed"])

    def test_too_slow(self) -> None:
        """A program that meson has killed says so."""
        _, lines = self.meson(result="TIMEOUT", returncode=-15, stdout="ok 1 a\n1..2\n")
        self.assertIn("failed: pool: ended after 1 of 2 cases, killed by meson's time-out", lines)

    def test_sanitizer(self) -> None:
        """Of a long report on standard error, the beginning and the end."""
        errors = "\n".join(["==7==ERROR: AddressSanitizer: heap-use-after-free", *(f"    #{i} frame" for i in range(60)),
                            "SUMMARY: AddressSanitizer: heap-use-after-free t.c:5"])
        _, lines = self.meson(result="FAIL", returncode=1, stdout="ok 1 a\n1..1\n", stderr=errors)
        self.assertIn("    ==7==ERROR: AddressSanitizer: heap-use-after-free", lines)
        self.assertIn("    SUMMARY: AddressSanitizer: heap-use-after-free t.c:5", lines)
        self.assertLess(len(lines), 20)

    def test_failures(self) -> None:
        """A skipped test, a missing plan, no test at all and a missing file fail the run."""
        for name, text in (("x.tap", "ok 1 - a # SKIP no\n1..1\n"), ("x.tap", "ok 1 - a\n"), ("x.tap", "ok 1 - a\n1..2\n"),
                           ("x.tap", ""), ("x.json", "")):
            with self.subTest(text=text):
                self.assertEqual(self.summary(name, text)[0], 1)
