# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Counts test cases in TAP files and in meson's JSON logs, and prints the reason of each failure.

    summary.py FILE...      prints "N passed, N failed, N skipped" last; status 1 unless all have passed

A skipped test fails the whole run: nobody should ask for a test that cannot run. A program that ended badly, or before it
fulfilled its plan, is one more failure. The reason is in the comments before a failed case, or in the last lines of the
program.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path
from typing import Any, NamedTuple

TAP_LINE = re.compile(r"(not )?ok\b *\d* *-? *([^#]*)(# *SKIP)?", re.IGNORECASE)
TAP_PLAN = re.compile(r"1\.\.(\d+)")
NOISE = re.compile(r"(Start|End) of .* tests$|random seed:|\(test program exited with|\*\*$|$")  # of GLib and meson
FRAME = re.compile(r' +File "(?:.*/)?(tests/.*)", line (\d+)')
REASON_LINES = 12


class Failure(NamedTuple):
    """A failed case."""

    name: str
    reason: list[str]


def shorten(lines: list[str]) -> list[str]:
    """The first and last of many lines; of a Python traceback, the innermost place in tests/ and the message."""
    if (begins := [i for i, line in enumerate(lines) if line.startswith("Traceback ")]):
        trace = lines[begins[-1] + 1:]
        said = next((i for i, line in enumerate(trace) if not line.startswith(" ")), len(trace))
        frames = [match for line in trace[:said] if (match := FRAME.match(line))]
        lines = [*(f"{frame[1]}:{frame[2]}:" for frame in frames[-1:]), *trace[said:]]
    lines = [line.rstrip()[:1000] for line in lines if not NOISE.match(line.strip())]
    lines = [line for i, line in enumerate(lines) if not any(line in before for before in lines[:i])]
    if len(lines) <= REASON_LINES:
        return lines
    half = REASON_LINES // 2
    return [*lines[:half], f"... {len(lines) - 2 * half} lines ...", *lines[-half:]]


def how_ended(test: dict[str, Any]) -> str:
    """How a program ended badly, from meson's record of it."""
    status = test.get("returncode") or 0
    if test["result"] == "TIMEOUT":
        return "killed by meson's time-out"
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


class Counts:
    """Cases by outcome."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed: list[Failure] = []
        self.skipped: list[str] = []

    def case(self, name: str, match: re.Match[str], comments: list[str]) -> None:
        """One result."""
        if match[1]:
            self.failed.append(Failure(name, shorten(comments)))
        elif match[3]:
            self.skipped.append(name)
        else:
            self.passed += 1

    def tap(self, program: str, text: str, errors: str, trouble: str = "") -> None:
        """What one program printed. `trouble`: how it ended, if not well."""
        seen, failed_before, plan = 0, len(self.failed), None
        comments: list[str] = []
        for line in text.splitlines():
            if match := TAP_PLAN.match(line):
                plan = int(match[1])
            elif match := TAP_LINE.match(line):
                seen += 1
                self.case(f"{program}: {match[2].strip()}", match, comments)
                comments = []
            else:
                comments.append(line.removeprefix("# "))
        if plan != seen or (trouble and len(self.failed) == failed_before):
            ended = f"ended after {seen} of {plan or 'unknown'} cases{f', {trouble}' if trouble else ''}"
            self.failed.append(Failure(f"{program}: {ended}", shorten([*comments, *errors.splitlines()])))

    def meson(self, file: Path) -> None:
        """A line for each of meson's tests, all of which speak TAP."""
        lines = file.read_text().splitlines()
        for test in map(json.loads, lines):
            well = test["result"] in ("OK", "SKIP")
            self.tap(test["name"].rpartition("/")[2].strip(), test.get("stdout", ""), test.get("stderr", ""),
                     "" if well else how_ended(test))
        if not lines:
            self.failed.append(Failure(f"{file}: no tests", []))

    def file(self, file: Path) -> None:
        """A file of either kind."""
        try:
            if file.suffix == ".json":
                self.meson(file)
            else:
                errors = file.with_suffix(".err")
                self.tap(file.stem, file.read_text(errors="replace"),
                         errors.read_text(errors="replace") if errors.exists() else "")
        except (OSError, ValueError, KeyError) as error:
            self.failed.append(Failure(f"{file}: {error!r}", []))


def main() -> int:
    """The command line."""
    counts = Counts()
    for name in sys.argv[1:]:
        counts.file(Path(name))
    for test in counts.skipped:
        print(f"skipped: {test}")
    for failure in counts.failed:
        print(f"\nfailed: {failure.name}", *failure.reason, sep="\n    ")
    if counts.failed:
        print()
    print(f"{counts.passed} passed, {len(counts.failed)} failed, {len(counts.skipped)} skipped")
    return 0 if counts.passed and not counts.failed and not counts.skipped else 1


if __name__ == "__main__":
    sys.exit(main())
