# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The blocks of code in our documents, and what tests do with them.

A comment before each block says what a test does with it:

    <!-- run: MACHINE -->                 a line after "$ " or "# " is a command, and the next lines are its output
    <!-- run: MACHINE, fails -->          the last command fails
    <!-- run: MACHINE, then FILE to MACHINE -->    FILE is copied there afterwards
    <!-- run: MACHINE, then its QR code to MACHINE as FILE -->    the picture that it has printed is written there
    <!-- run: MACHINE, in a while -->     the output comes at last
    <!-- run: named -->                   the same, on the machines that the prompts name
    <!-- file: MACHINE PATH -->           the block is the content of that file
    <!-- shown: WHERE -->                 the block is a part of this file of ours

MACHINE is "server", or another one with a name of its own: "client", "laptop", "newserver"; "booted", a whole machine that systemd has booted;
"source", the same without the package; or "there": the test does not run these programs, but checks that they exist and have
a --help. Keys and ids differ from run to run: later commands use those of the run in place of those in the document. All
other words of the shown output must be in the real output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARKER = re.compile(r"<!-- (run|file|shown|printed): (.*?) -->$")
PROMPT = re.compile(r"(\w*)[$#] ")
REFUSED = ("Call failed: ", "Failed to ")  # of busctl
# A key in base64, an id of a session, an invitation
VALUE = re.compile(r"smartvpn:\S+|(?<![\w+/])[A-Za-z0-9+/]{43}=|\b[0-9a-f]{16}\b")
WORD = re.compile(r"(?<![\w.:])[^\W\d_][\w-]*")


@dataclass
class Command:
    """A command, and the lines of output that the document shows."""

    text: str
    machine: str = ""  # named by its prompt
    output: list[str] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether the document shows an error."""
        return bool(self.output) and self.output[0].startswith(REFUSED)


@dataclass
class Block:
    """A fenced block."""

    document: str
    line: int
    language: str
    kind: str  # run, file, shown; "" without a marker
    argument: str  # of the marker
    text: str

    @property
    def place(self) -> str:
        """For messages."""
        return f"{self.document}:{self.line}"

    @property
    def machine(self) -> str:
        """The machine that runs it, or gets the file."""
        return re.split(r"[, ]", self.argument)[0]

    @property
    def condition(self) -> str:
        """The part of the argument behind the comma."""
        return self.argument.partition(", ")[2]

    def commands(self) -> Iterator[Command]:
        """Its commands."""
        command = None
        for line in self.text.splitlines():
            if prompt := PROMPT.match(line):
                if command:
                    yield command
                command = Command(line[prompt.end():], prompt[1])
            elif command and command.text.endswith("\\") and not command.output:
                command.text += f"\n{line}"
            else:
                assert command, f"{self.place}: {line!r} comes before any command"
                command.output.append(line)
        if command:
            yield command


def documents() -> list[Path]:
    """All of them."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "src/README.md"]


def blocks(document: Path) -> list[Block]:
    """The fenced blocks of a document."""
    found: list[Block] = []
    fence: Block | None = None
    marker = None
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if fence and line.startswith("```"):
            found.append(fence)
            fence = marker = None
        elif fence:
            fence.text += f"{line}\n"
        elif line.startswith("```"):
            kind, argument = marker.groups() if marker else ("", "")
            fence = Block(str(document.relative_to(ROOT)), number, line[3:], kind, argument, "")
        elif line:
            marker = MARKER.match(line)
    assert not fence, f"{document} ends inside a block"
    return found


class Values:
    """The values in this run of the keys and ids in a document."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def learn(self, shown: str, printed: str) -> None:
        """Takes the printed values for the shown ones, in their order."""
        self.known.update(zip(VALUE.findall(shown), VALUE.findall(printed)))

    def fill_in(self, text: str) -> str:
        """Replaces values in a command or a file by those of this run."""
        return VALUE.sub(lambda match: self.known.get(match[0], match[0]), text)


def missing_words(shown: str, printed: str) -> list[str]:
    """Words of the shown output that the real output lacks."""
    there = set(WORD.findall(VALUE.sub(" ", printed)))
    return [word for word in WORD.findall(VALUE.sub(" ", shown)) if word not in there]


def is_cut(shown: str, printed: str) -> bool:
    """Whether a document leaves out lines of the output and does not say so with "..."."""
    return bool(shown.strip()) and "..." not in shown and len(shown.split("\n")) < len(printed.strip().split("\n"))
