# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Names of tests, and which tests a name stands for.

    selection.py --build DIR              prints all names
    selection.py --build DIR NAME...      prints a line for each test: "unit NAME SUITES TARGETS" or "system NAME"

Unit tests and their suites are those that meson has configured in DIR; system tests are the functions test_NAME of
tests/system/test_SUBJECT.py. NAME is a suite ("core"), a unit test ("mtu", or "core/mtu" where a system test has the
same name), a subject ("tunnel", or "system/tunnel") or one test of it ("tunnel.ping"). An unknown NAME ends with
status 2 and the nearest names.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SYSTEM = Path(__file__).resolve().parent / "system"

class UnitTest(NamedTuple):
    """A test of a build directory."""

    name: str
    suites: list[str]
    targets: list[str]  # files that ninja has to build first, relative to the build directory

    def names(self) -> list[str]:
        """By which it can be chosen."""
        return [self.name, *self.suites, *(f"{suite}/{self.name}" for suite in self.suites)]


def unit_tests(build: Path) -> list[UnitTest]:
    """The tests that are configured in a build directory."""
    info = build / "meson-info"
    files = {target["id"]: target["filename"] for target in json.loads((info / "intro-targets.json").read_text())}
    return [UnitTest(test["name"], [suite.partition(":")[2] for suite in test["suite"]],
                     [str(Path(file).relative_to(build)) for target in test["depends"] for file in files[target]])
            for test in json.loads((info / "intro-tests.json").read_text())]


def system_tests() -> Iterator[str]:
    """SUBJECT.NAME of each system test."""
    for path in sorted(SYSTEM.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.stem.removeprefix('test_')}.{node.name.removeprefix('test_')}"


def refusal(name: str, known: set[str]) -> str:
    """What to tell about an unknown name."""
    nearest = difflib.get_close_matches(name, [other for other in known if "/" in name or "/" not in other], 3)
    hint = f"Did you mean {' or '.join(nearest)}? " if nearest else ""
    return f"scripts/test: no test is called '{name}'. {hint}scripts/test --list prints all names."


def find(name: str, units: list[UnitTest], systems: list[str]) -> tuple[list[UnitTest], list[str]]:
    """The unit tests and the system tests that a name stands for."""
    short = name.removeprefix("system/")
    return ([test for test in units if name in test.names()],
            [short for test in systems if short == test or test.startswith(f"{short}.")][:1])


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="selection", description="names of tests")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--also", nargs="*", default=[], metavar="NAME", help="other names that may have been meant")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a pager may end first
    units, systems = unit_tests(options.build.resolve()), list(system_tests())
    if not options.names:
        for test in units:
            print(f"{test.name:28} {' '.join(test.suites)}")
        for name in systems:
            print(f"{name:28} system")
    known = {*options.also, *systems, *(name.partition(".")[0] for name in systems), *(name for test in units for name in test.names())}
    lines = []
    for name in options.names:
        found, subjects = find(name, units, systems)
        if not found and not subjects:
            print(refusal(name, known), file=sys.stderr)
            return 2
        lines += [" ".join(["unit", test.name, ",".join(test.suites), *test.targets]) for test in found]
        lines += [f"system {subject}" for subject in subjects]
    for line in dict.fromkeys(lines):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
