# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnctl, run by scripts and at a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyte

from .harness import wait_until
from .vpn import Daemon


@dataclass(frozen=True)
class Result:
    """The end of a command."""

    status: int
    output: str
    error: str

    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.output)


class Ctl:
    """smartvpnctl on the bus of a daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.program = str(daemon.build / "src/cli/smartvpnctl")
        self.environment = {**os.environ, "SMARTVPN_BUS": daemon.bus.address, "LC_ALL": "C.UTF-8",
                            "G_DEBUG": "fatal-criticals", "TERM": "xterm-256color"}

    def run(self, *words: str, stdin: str = "") -> Result:
        """Runs a command to its end, and lets it fail."""
        done = subprocess.run([self.program, *words], input=stdin, capture_output=True, text=True, timeout=60,
                              env=self.environment, check=False)
        assert "CRITICAL" not in done.stderr and "WARNING" not in done.stderr, done.stderr
        return Result(done.returncode, done.stdout, done.stderr)

    def do(self, *words: str, stdin: str = "") -> str:
        """Runs a command that must succeed; returns its output."""
        result = self.run(*words, stdin=stdin)
        assert result.status == 0, f"{' '.join(words)}: status {result.status}: {result.error}"
        return result.output

    def get(self, *words: str) -> Any:
        """Runs a command that must succeed; returns its output as JSON."""
        return json.loads(self.do(*words, "--json"))

    def fails(self, status: int, *words: str, stdin: str = "", saying: str = "") -> Result:
        """Asserts that a command ends with this status and names something on standard error."""
        result = self.run(*words, stdin=stdin)
        assert (result.status, saying in result.error) == (status, True), f"{' '.join(words)}: {result}"
        return result

    def terminal(self, *words: str, columns: int = 100, rows: int = 24, **environment: str) -> Terminal:
        """Runs a command at a terminal of its own."""
        return Terminal([self.program, *words], {**self.environment, **environment}, columns, rows)


class Terminal:
    """A program at a terminal, and the terminal's screen."""

    def __init__(self, argv: Sequence[str], environment: dict[str, str], columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.status: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(argv[0], argv, environment)
        self.resize(columns, rows)
        self.modes = termios.tcgetattr(self.fd)

    def resize(self, columns: int, rows: int) -> None:
        """Gives it another size."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def type(self, keys: str) -> None:
        """Presses keys."""
        os.write(self.fd, keys.encode())

    def text(self) -> str:
        """The text on the screen."""
        with contextlib.suppress(OSError):  # the end of the program
            while select.select([self.fd], [], [], 0)[0]:
                read = os.read(self.fd, 65536)
                self.raw += read
                self.stream.feed(read)
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_for(self, text: str, timeout: float = 10.0) -> str:
        """Waits until the screen shows something."""
        return wait_until(lambda: text in (shown := self.text()) and shown, f"{text!r} at the terminal", timeout)

    def _ended(self) -> bool:
        self.text()
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status is not None

    def wait(self) -> int:
        """Its exit status."""
        wait_until(self._ended, "the end of the program at the terminal")
        self.text()
        return self.status

    def close(self) -> None:
        """Ends it."""
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
