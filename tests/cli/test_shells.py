# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Completion in bash and zsh, help, and the manual page.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_shells
"""

from __future__ import annotations

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ["SMARTVPN_BUILD"])
PROGRAM = BUILD / "src/cli/smartvpnctl"
MANUAL = BUILD / "data/smartvpnctl.1"
COMPLETION = ROOT / "data/completion"
PATIENCE_S = 30
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "SMARTVPN_BUS": "unix:path=/nonexistent"}

BASH = """
compopt() { :; }
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
_smartvpnctl
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
_call_program() { shift; eval "$@" }
_describe() { print -rl -- "${(@P)2}" }
_files() { print FILES }
words=(${(z)2})
[[ $2 == *' ' ]] && words+=('')
CURRENT=$#words
source $1 || true
"""
CASES = [("conn", ["connect"]), ("server auth", ["authorize"]), ("profile ex", ["export"]), ("profile add x mt", ["mtu="]),
         ("server limit --b", ["--burst"]), ("connect --no", ["--no-wait"]), ("nothing ", []), ("profile add x private", [])]


def output(*command: str | Path) -> str:
    """What a command prints; it must succeed without a message."""
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, ""), f"{command}: {done.returncode}: {done.stderr}"
    return done.stdout


class TestCompletion(unittest.TestCase):
    """The scripts of the shells."""

    def test_bash(self) -> None:
        """bash offers the candidates of smartvpnctl, and after = only the missing part."""
        for line, expected in [*CASES, ("profile add x qos=", ["true", "false"]), ("profile add x qos=t", ["true"])]:
            with self.subTest(line):
                offered = output("bash", "-c", BASH, "bash", COMPLETION / "smartvpnctl.bash", f"{PROGRAM} {line}")
                self.assertEqual(offered.split(), expected)

    def test_bash_files(self) -> None:
        """bash offers file names where an argument is a file."""
        offered = output("bash", "-c", BASH, "bash", COMPLETION / "smartvpnctl.bash", f"{PROGRAM} pubkey {ROOT}/LICEN")
        self.assertEqual(offered.split(), [f"{ROOT}/LICENSE"])

    def test_zsh(self) -> None:
        """zsh offers the same candidates with their descriptions."""
        for line, expected in CASES:
            with self.subTest(line):
                offered = output("zsh", "-fc", ZSH, "zsh", COMPLETION / "_smartvpnctl", f"{PROGRAM} {line}")
                self.assertEqual([one.partition(":")[0] for one in offered.splitlines()], expected)
        self.assertEqual(output("zsh", "-fc", ZSH, "zsh", COMPLETION / "_smartvpnctl", f"{PROGRAM} pubkey "), "FILES\n")


class TestTexts(unittest.TestCase):
    """Help and the manual page."""

    def test_help(self) -> None:
        """--help of the program lists all commands, --help of a command all of its options."""
        listed = re.findall(r"^  ([a-z]+(?: [a-z]+)?)(?=  | \[| [A-Z])", output(PROGRAM, "--help"), re.MULTILINE)
        self.assertEqual(listed, re.findall(r"^\.SS smartvpnctl ([a-z]+(?: [a-z]+)?)", MANUAL.read_text(), re.MULTILINE))
        for command in listed:
            with self.subTest(command):
                described = output(PROGRAM, *command.split(), "--help")
                self.assertIn(f"smartvpnctl {command}", described)
                offered = re.findall("^(--[a-z0-9-]+)", output(PROGRAM, "--complete", *command.split(), "--"), re.MULTILINE)
                self.assertIn("--help", offered)
                self.assertEqual([option for option in offered if option not in described], [])
        self.assertIn("profile import", output(PROGRAM, "profile", "--help"))
        self.assertRegex(output(PROGRAM, "--version"), r"^smartvpnctl \d+\.\d+\.\d+\n$")

    def test_manual(self) -> None:
        """Two formatters accept the manual page without a warning."""
        self.assertEqual(output("mandoc", "-Tlint", "-Wwarning", MANUAL), "")
        self.assertEqual(output("groff", "-man", "-ww", "-z", MANUAL), "")
        self.assertNotIn("@", MANUAL.read_text())
        self.assertNotRegex(MANUAL.read_text(), r"(?<!\\)--")  # \- is a minus sign, which can be searched and copied


if __name__ == "__main__":
    unittest.main()
