# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Counts test cases in TAP files and in meson's testlog.json, and says which have failed.

    summary.py FILE...      prints "N passed, N failed, N skipped" last; status 1 unless all have passed

A skipped test fails the whole: where a test cannot run, it must not be asked for. A program that ended badly, or before
its plan was fulfilled, is one more failure.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

TAP_LINE = re.compile(r"(not )?ok\b *\d* *-? *([^#]*)(# *SKIP)?", re.IGNORECASE)
TAP_PLAN = re.compile(r"1\.\.(\d+)")


class Counts:
    """Names by outcome."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.failed: list[str] = []
        self.skipped: list[str] = []

    def tap(self, name: str, text: str, *, ended_well: bool = True) -> None:
        """What one program printed."""
        seen, failed_before, plan = 0, len(self.failed), None
        for line in text.splitlines():
            if match := TAP_PLAN.match(line):
                plan = int(match[1])
            elif match := TAP_LINE.match(line):
                seen += 1
                outcome = self.failed if match[1] else self.skipped if match[3] else self.passed
                outcome.append(f"{name}: {match[2].strip()}")
        if plan != seen or (not ended_well and len(self.failed) == failed_before):
            self.failed.append(f"{name}: ended after {seen} of {plan or 'unknown'} tests")

    def meson(self, file: Path) -> None:
        """A line for each of meson's tests, all of which speak TAP."""
        lines = file.read_text().splitlines()
        for test in map(json.loads, lines):
            self.tap(test["name"], test.get("stdout", ""), ended_well=test["result"] in ("OK", "SKIP"))
        if not lines:
            self.failed.append(f"{file}: no tests")

    def file(self, file: Path) -> None:
        """A file of either kind."""
        try:
            if file.suffix == ".json":
                self.meson(file)
            else:
                self.tap(file.stem, file.read_text(errors="replace"))
        except (OSError, ValueError, KeyError) as error:
            self.failed.append(f"{file}: {error!r}")


def main() -> int:
    """The command line."""
    counts = Counts()
    for name in sys.argv[1:]:
        counts.file(Path(name))
    for kind in ("skipped", "failed"):
        for test in getattr(counts, kind):
            print(f"{kind}: {test}")
    print(f"{len(counts.passed)} passed, {len(counts.failed)} failed, {len(counts.skipped)} skipped")
    return 0 if counts.passed and not counts.failed and not counts.skipped else 1


if __name__ == "__main__":
    sys.exit(main())
