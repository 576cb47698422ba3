# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Runs unittest modules and prints TAP.

    PYTHONPATH=tests python3 -m tap_unittest MODULE...
"""

from __future__ import annotations

import sys
import traceback
import unittest
from typing import Any


class TapResult(unittest.TestResult):
    """Prints each test's line as it ends."""

    def _line(self, test: unittest.TestCase, state: str, rest: str = "") -> None:
        print(f"{state} {self.testsRun} - {test.id()}{rest}", flush=True)

    def _fail(self, test: unittest.TestCase, error: Any) -> None:
        for line in "".join(traceback.format_exception(*error)).splitlines():
            print(f"# {line}")
        if isinstance(test, unittest.TestCase):
            self._line(test, "not ok")

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802
        """It passed."""
        super().addSuccess(test)
        self._line(test, "ok")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802
        """It was skipped."""
        super().addSkip(test, reason)
        self._line(test, "ok", f" # SKIP {reason}")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """A part of it has ended; with a part, all of it fails, and no line of its own would follow."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._fail(subtest, err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """An assertion failed."""
        super().addFailure(test, err)
        self._fail(test, err)

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """It raised something."""
        super().addError(test, err)
        self._fail(test, err)


def main() -> int:
    """The command line."""
    result = TapResult()
    unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:]).run(result)
    print(f"1..{result.testsRun}")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
