# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What tools can tell of our style: a failure names each file and line.

    PYTHONPATH=tests python3 -m tap_unittest style.test_style
"""

from __future__ import annotations

import re
import subprocess
import unittest
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("data", "docs", "introspection", "scripts", "src", "tests")
BINARY = (".png", ".pyc")
FOLDER_MAX = 26


def files(*suffixes: str) -> Iterator[Path]:
    """Files of the source tree relative to it, all or those with a suffix."""
    found = [*ROOT.glob("*.*"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    for path in sorted(found):
        if path.is_file() and path.suffix not in BINARY and (not suffixes or path.suffix in suffixes):
            yield path.relative_to(ROOT)


def complaints(*command: str | Path) -> list[str]:
    """What a tool says, in the form FILE:LINE:COLUMN: text; its other lines show the code."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if re.match(r"[^\s:]+:\d+:", line)]


class TestStyle(unittest.TestCase):
    """All files."""

    def assert_none(self, wrong: list[str], hint: str) -> None:
        """Fails with everything that is wrong."""
        if wrong:
            self.fail("\n".join([f"{len(wrong)} places:", *wrong, hint]))

    def test_c(self) -> None:
        """C is as clang-format writes it."""
        found = complaints("clang-format-14", "--dry-run", *files(".c", ".h"))
        self.assert_none(sorted({re.sub(r":\d+: .*", "", line) for line in found}), "run: clang-format-14 -i FILE")

    def test_names(self) -> None:
        """A name stands for one file, and a folder has few enough of them to be seen at once."""
        found: dict[str, list[Path]] = {}
        for path in files(".c", ".h"):
            if path.parts[0] == "src" and path.name != "main.c":
                found.setdefault(path.name, []).append(path)
        self.assert_none([" and ".join(map(str, paths)) for paths in found.values() if len(paths) > 1], "rename one of them")
        folders = Counter(path.parent for path in files() if path.parts[0] == "src")
        self.assert_none([f"{folder}: {number} files" for folder, number in folders.items() if number > FOLDER_MAX],
                         "give those that belong together a room of their own, as src/README.md describes")

    def test_shell(self) -> None:
        """Shell scripts are without faults that shellcheck knows."""
        scripts = [path for path in files() if re.match(r"#!.*sh\b", (ROOT / path).read_text(errors="replace"))]
        self.assert_none(complaints("shellcheck", "-x", "--format=gcc", *scripts), "see: https://www.shellcheck.net/wiki")

    def test_text(self) -> None:
        """As .editorconfig says: no blanks at the end of a line, no tabs in C and Python, one newline at the end."""
        wrong = []
        for path in files():
            text = (ROOT / path).read_text()
            for number, line in enumerate(text.split("\n"), 1):
                if line != line.rstrip() or ("\t" in line and path.suffix in (".c", ".h", ".py")):
                    wrong.append(f"{path}:{number}: {line!r}")
            if text and (not text.endswith("\n") or text.endswith("\n\n")):
                wrong.append(f"{path}:{text.count(chr(10))}: the last line")
        self.assert_none(wrong, "see: .editorconfig")
