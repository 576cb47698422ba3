# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Runs unittest modules and prints TAP.

    PYTHONPATH=tests python3 -m tap_unittest MODULE...

SIGTERM and SIGINT fail the running test, whose cleanups then run, and no other test begins. A test that does not end in time
fails, and the next one begins.
"""

from __future__ import annotations

import signal
import sys
import traceback
import unittest
from typing import Any


LIMIT_S = 100  # for one test


class Interrupted(Exception):
    """A signal ends the run."""


class TapResult(unittest.TestResult):
    """Prints each test's line at its end."""

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        """A test begins."""
        super().startTest(test)
        signal.alarm(LIMIT_S)

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        """A test is over."""
        signal.alarm(0)
        super().stopTest(test)

    def interrupt(self, number: int, _frame: Any) -> None:
        """Called on a signal; ignores later ones, so that they do not interrupt the cleanups."""
        for other in (signal.SIGINT, signal.SIGTERM):
            signal.signal(other, signal.SIG_IGN)
        self.stop()
        raise Interrupted(signal.Signals(number).name)

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
        """A part of a test has ended. If it failed, the test fails without a line of its own."""
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


def give_up(_number: int, _frame: Any) -> None:
    """Called when a test takes too long."""
    raise TimeoutError(f"not finished within {LIMIT_S} s")


def main() -> int:
    """The command line."""
    result = TapResult()
    signal.signal(signal.SIGALRM, give_up)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, result.interrupt)
    unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:]).run(result)
    print(f"1..{result.testsRun}")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
