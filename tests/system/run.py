# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Runs system tests and prints TAP.

    PYTHONPATH=tests python3 -m system.run [--build DIR] [--list] [NAME...]     as root

NAME is a subject ("tunnel" for test_tunnel.py) or one test of it ("tunnel.ping"); none means all.

How it works: each function test_NAME (lab) of a module test_SUBJECT.py is one test, run in a Lab of its own, which LAB,
if the module has it, says how to make: a dictionary of arguments by test name. A test fails by an exception. A
generator yields (name, passed, detail), and each of these is a test of its own. What a failed test left to see, logs
and the state of the network, is printed as comments before all of it is taken down. A complaint of a sanitizer or of
GLib in a log of smartvpnd or a worker is a failure of its own.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import gi

gi.require_version("Gio", "2.0")

from . import harness  # noqa: E402

SUBJECTS = ["tunnel", "proxy", "full_tunnel", "network", "roaming", "restart", "boot", "worker_death", "goodbye", "errors", "arguments", "dbus", "abuse",
            "isolation", "interop", "hostile", "keepalive", "lifecycle", "authorized", "cli", "mtu", "rate_limit", "qos", "soak",
            "library", "docs", "systemd", "polkit", "package", "docs_booted"]
BOOTED = {"systemd", "polkit", "package", "docs_booted"}  # only where systemd is PID 1
TESTS = Path(__file__).resolve().parent


class Report:
    """Counts and prints TAP."""

    def __init__(self) -> None:
        self.count = 0
        self.failed = 0

    def line(self, passed: bool, name: str, detail: str = "") -> None:
        """One result."""
        self.count += 1
        self.failed += not passed
        text = " ".join(detail.replace("#", "").split())
        text = f"{text:.160}" if passed else text
        state = "ok" if passed else "not ok"
        print(f"{state} {self.count} - {name}{f' ({text})' if text else ''}", flush=True)

    @staticmethod
    def comment(text: str) -> None:
        """Something to read."""
        for line in text.splitlines():
            print(f"# {line}")
        sys.stdout.flush()


def find_tests(subject: str) -> Iterator[tuple[ModuleType, str, Callable[[harness.Lab], Any]]]:
    """The tests of one subject, in the order in which they stand there."""
    module = importlib.import_module(f".test_{subject}", __package__)
    for name, function in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(function) and function.__module__ == module.__name__:
            yield module, f"{subject}.{name.removeprefix('test_')}", function


def run_test(build: Path, module: ModuleType, name: str, function: Callable[[harness.Lab], Any],
             report: Report) -> None:
    """Runs one test."""
    begin = time.monotonic()
    failed_before = report.failed
    lab = None
    try:
        lab = harness.Lab(build, **getattr(module, "LAB", {}).get(name.partition(".")[2], {}))
        if inspect.isgeneratorfunction(function):
            for part, passed, detail in function(lab):
                report.line(passed, f"{name}: {part}", detail)
        else:
            function(lab)
            report.line(True, name, f"{time.monotonic() - begin:.1f} s")
    except Exception:  # whatever a test raises is its failure
        report.comment(traceback.format_exc())
        report.line(False, name, f"{time.monotonic() - begin:.1f} s")
    finally:
        if lab:
            if report.failed > failed_before:
                report.comment(lab.describe())
            lab.stop()
            if alarms := lab.alarms():
                report.comment("\n".join(alarms))
                report.line(False, f"{name}: the logs", alarms[0].splitlines()[0])
            lab.close()


def is_wanted(name: str, wanted: list[str]) -> bool:
    """Whether a test was asked for."""
    return not wanted or any(name == want or name.startswith(f"{want}.") for want in wanted)


def is_booted_with_systemd() -> bool:
    """As sd_booted (3)."""
    return Path("/run/systemd/system").is_dir()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="system.run", description="SmartVPN system tests")
    parser.add_argument("--build", type=Path, default=TESTS.parents[1] / "build", help="build directory")
    parser.add_argument("--list", action="store_true", help="print the tests' names")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    subjects = [subject for subject in SUBJECTS
                if any(f"{name}.".startswith(f"{subject}.") for name in arguments.names) or not arguments.names]
    if BOOTED.intersection(subjects) and not is_booted_with_systemd():
        subjects = [subject for subject in subjects if subject not in BOOTED]
        print(f"# {', '.join(sorted(BOOTED))}: not tests of this machine, whose PID 1 is no systemd", flush=True)
    tests = [test for subject in subjects for test in find_tests(subject) if is_wanted(test[1], arguments.names)]
    if arguments.list:
        print("\n".join(name for _, name, _ in tests))
        return 0
    if os.geteuid() != 0:
        print("Bail out! These tests make network namespaces, and need root")
        return 1
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))  # what was started is taken down
    report = Report()
    for module, name, function in tests:
        run_test(arguments.build.resolve(), module, name, function, report)
    print(f"1..{report.count}")
    return 1 if report.failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
