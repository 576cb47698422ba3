# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Runs system tests and prints TAP.

    PYTHONPATH=tests python3 -m system.run [--build DIR] [--logs DIR] [NAME...]     as root

NAME is a subject ("tunnel" for test_tunnel.py) or one test of it ("tunnel.ping"); without a NAME it runs all.

How it works: each function test_NAME (lab) of a module test_SUBJECT.py is one test, run in a Lab of its own. LAB, a
dictionary of the module, has arguments for the labs of single tests. A test fails by an exception. A generator yields
(name, passed, detail), and each of these is a test of its own. Comments before a failed test tell why it failed and which
file has the rest: the traceback, the logs, and the state of the network before it was taken down. A complaint of a
sanitizer or of GLib in a log of smartvpnd or a worker is a failure of its own.
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

SUBJECTS = ["tunnel", "proxy", "full_tunnel", "network", "roaming", "restart", "boot", "worker_death", "goodbye", "reload", "limits", "decoy", "errors",
            "arguments", "dbus", "abuse", "isolation", "interop", "hostile", "keepalive", "lifecycle", "authorized", "cli",
            "mtu", "rate_limit", "qos", "soak", "library", "docs", "systemd", "polkit", "package", "docs_booted", "guide"]
BOOTED = {"systemd", "polkit", "package", "docs_booted", "guide"}  # only where systemd is PID 1
ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 1800  # for one test


def reason(error: BaseException) -> str:
    """Where in tests/ an exception came from, and what it says."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(ROOT)]
    place = f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}: " if frames else ""
    kind = "" if isinstance(error, AssertionError) and str(error) else f"{type(error).__name__}: "
    source = frames[-1].line if frames and not str(error) else ""
    return f"{place}{kind}{error}{source}"


class Report:
    """Counts and prints TAP."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.count = 0
        self.failed = 0

    def line(self, passed: bool, name: str, detail: str = "") -> None:
        """One result; a failure's detail is its reason."""
        self.count += 1
        self.failed += not passed
        if not passed:
            self.comment(detail)
        text = f"{' '.join(detail.replace('#', '').split()):.160}" if passed else ""
        state = "ok" if passed else "not ok"
        print(f"{state} {self.count} - {name}{f' ({text})' if text else ''}", flush=True)

    def save(self, name: str, text: str) -> None:
        """Writes what is too long for a comment into the log of a test."""
        with (self.logs / f"{name}.log").open("a") as log:
            log.write(f"{text}\n")

    def log_of(self, name: str) -> str:
        """The name of that log, as a comment shows it."""
        return f"More in {os.path.relpath(self.logs, ROOT)}/{name}.log"

    @staticmethod
    def comment(text: str) -> None:
        """Something to read."""
        for line in text.splitlines():
            print(f"# {line}")
        sys.stdout.flush()


def find_tests(subject: str) -> Iterator[tuple[ModuleType, str, Callable[[harness.Lab], Any]]]:
    """The tests of one subject, in their order in the file."""
    module = importlib.import_module(f".test_{subject}", __package__)
    for name, function in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(function) and function.__module__ == module.__name__:
            yield module, f"{subject}.{name.removeprefix('test_')}", function


def run_function(lab: harness.Lab, name: str, function: Callable[[harness.Lab], Any], report: Report) -> None:
    """Runs a test in its lab, and reports its results."""
    begin = time.monotonic()
    signal.alarm(LIMIT_S)
    try:
        if inspect.isgeneratorfunction(function):
            for part, passed, detail in function(lab):
                report.line(passed, f"{name}: {part}", detail if passed else f"{detail}\n{report.log_of(name)}")
        else:
            function(lab)
            report.line(True, name, f"{time.monotonic() - begin:.1f} s")
    except Exception as error:  # any exception is the test's failure
        report.save(name, traceback.format_exc())
        report.line(False, name, f"{reason(error)}\n{report.log_of(name)}")
    finally:
        signal.alarm(0)


def run_test(build: Path, module: ModuleType, name: str, function: Callable[[harness.Lab], Any],
             report: Report) -> None:
    """Runs one test in a lab of its own."""
    failed_before = report.failed
    try:
        lab = harness.Lab(build, **getattr(module, "LAB", {}).get(name.partition(".")[2], {}))
    except Exception as error:
        report.save(name, traceback.format_exc())
        report.line(False, name, f"no lab: {reason(error)}\n{report.log_of(name)}")
        return
    try:
        run_function(lab, name, function, report)
        if report.failed > failed_before:
            report.save(name, lab.describe())
        lab.stop()
        if alarms := lab.alarms():
            report.save(name, "\n".join(alarms))
            report.line(False, f"{name}: the logs", f"{alarms[0].splitlines()[0]}\n{report.log_of(name)}")
    finally:
        lab.close()


def is_wanted(name: str, wanted: list[str]) -> bool:
    """Whether a test is among the wanted ones."""
    return not wanted or any(name == want or name.startswith(f"{want}.") for want in wanted)


def is_booted_with_systemd() -> bool:
    """As sd_booted (3)."""
    return Path("/run/systemd/system").is_dir()


def wanted_subjects(names: list[str]) -> list[str]:
    """The subjects of the wanted tests. Without names, those that this machine can run."""
    if not names:
        return [subject for subject in SUBJECTS if subject not in BOOTED or is_booted_with_systemd()]
    return [subject for subject in SUBJECTS if any(f"{name}.".startswith(f"{subject}.") for name in names)]


def give_up(_number: int, _frame: Any) -> None:
    """Called when a test takes too long."""
    raise TimeoutError(f"not finished within {LIMIT_S} s")


def end(number: int, _frame: Any) -> None:
    """Takes everything down, undisturbed by a second signal."""
    for other in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="system.run", description="SmartVPN system tests")
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="build directory")
    parser.add_argument("--logs", type=Path, default=ROOT / "build/test-logs", help="where the logs of failed tests go")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    subjects = wanted_subjects(arguments.names)
    if os.geteuid() != 0:
        print("Bail out! System tests make network namespaces, which only root can do")
        return 1
    if BOOTED.intersection(subjects) and not is_booted_with_systemd():
        print(f"Bail out! {', '.join(sorted(BOOTED.intersection(subjects)))}: PID 1 of this machine is not systemd")
        return 1
    tests = [test for subject in subjects for test in find_tests(subject) if is_wanted(test[1], arguments.names)]
    if forgotten := {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")} - {*SUBJECTS}:
        print(f"Bail out! {', '.join(sorted(forgotten))}: not among SUBJECTS in tests/system/run.py")
        return 1
    signal.signal(signal.SIGALRM, give_up)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    harness.remove_abandoned()
    arguments.logs.mkdir(parents=True, exist_ok=True)
    report = Report(arguments.logs.resolve())
    for module, name, function in tests:
        run_test(arguments.build.resolve(), module, name, function, report)
    print(f"1..{report.count}")
    return 1 if report.failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
