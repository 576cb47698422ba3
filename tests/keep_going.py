#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Runs a GLib test program to the end of its cases: one that dies has failed, and those behind it still run.

    keep_going.py PROGRAM [ARGUMENT...]

An assertion of GLib ends the process. So that a failing row of a table does not hide the rows after it, the program is
started again for these. Prints TAP, as the program does.
"""
import re
import subprocess
import sys

RESULT = re.compile(r"(ok|not ok) \d+ (?:- )?(/.*)")


def run(command: list[str], paths: list[str], first: int) -> tuple[int, list[str], str]:
    """Runs the cases `paths`, and prints their results, numbered from `first` on. Returns the exit status, the cases
    that have none, and what the program said when it died."""
    left, said = list(paths), ""
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace")
    for line in program.stdout:
        result = RESULT.match(line)
        if result and left and f"{result[2]} ".startswith(f"{left[0]} "):
            print(f"{result[1]} {first + len(paths) - len(left)} {result[2]}", flush=True)
            del left[0]
        elif line.startswith("Bail out!"):
            said = line.removeprefix("Bail out!").strip()
        elif line.startswith("#"):
            print(line, end="", flush=True)
    return program.wait(), left, said


def main(command: list[str]) -> int:
    listing = subprocess.run([*command, "-l"], stdout=subprocess.PIPE, text=True, check=True).stdout
    paths = [line for line in listing.splitlines() if line.startswith("/")]
    print(f"1..{len(paths)}", flush=True)
    left, failed = paths, False
    arguments: list[str] = []
    while left:
        status, behind, said = run([*command, *arguments], left, len(paths) - len(left) + 1)
        failed = failed or status != 0
        if behind:
            print(f"not ok {len(paths) - len(behind) + 1} {behind[0]} - {said or f'ended with status {status}'}", flush=True)
            failed = True
        left = behind[1:]
        arguments = [argument for path in left for argument in ("-p", path)]
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
