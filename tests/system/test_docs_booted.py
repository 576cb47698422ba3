# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The blocks of our documents that need a machine: installing, systemd, the journal, polkit, removing.

Only for machines where systemd is PID 1 and SmartVPN is not installed. As in test_systemd, a drop-in puts the service into the
client's namespace.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .documents import ROOT, Values, blocks
from .harness import Lab, run
from .machine import Shell
from .test_docs import run_commands
from .test_package import namespaced
from .test_systemd import Result, reload

TIMEOUT_S = 1800.0


def run_booted(name: str, machine: str) -> Iterator[Result]:
    """The blocks of one document for `machine`, in one shell, in the source tree."""
    values = Values()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "PAGER": "cat"}
    shell = Shell(["bash"], environment, TIMEOUT_S)
    shell.run(f"cd {ROOT}")
    for block in blocks(ROOT / name):
        if block.machine != machine:
            continue
        if block.kind == "file":
            Path(block.argument.split(" ", 1)[1]).write_text(block.text)
        else:
            wrong = run_commands(lambda _name: shell, block, values)
            yield block.place, not wrong, "; ".join(wrong)
    shell.close()


def check_removed(*paths: str) -> Result:
    """Asserts that none of these paths is left."""
    left = [path for path in paths if Path(path).exists()]
    return "nothing is left of it", not left, str(left)


def test_readme(lab: Lab) -> Iterator[Result]:
    """README.md: the package."""
    try:
        with namespaced(lab):
            yield from run_booted("README.md", "booted")
    finally:
        run(["dpkg", "--purge", "libsmartvpn-1-0"], check=False)


def test_administration(lab: Lab) -> Iterator[Result]:
    """docs/administration.md: from the package to its removal, and rules for polkit."""
    rules = [Path(f"/etc/polkit-1/rules.d/{number}-smartvpn.rules") for number in (50, 60)]
    try:
        with namespaced(lab):
            yield from run_booted("docs/administration.md", "booted")
            yield check_removed("/usr/sbin/smartvpnd", "/etc/smartvpn", "/run/smartvpn")
            yield from run_booted("docs/dbus-api.md", "booted")
            assert all(rule.exists() for rule in rules), rules
            run(["systemctl", "restart", "polkit"])
            said = run(["journalctl", "-b", "-u", "polkit", "-o", "cat"])
            yield "polkit takes the rules", "rules.d" in said and "Error" not in said, said[-400:]
    finally:
        for rule in rules:
            rule.unlink(missing_ok=True)


def test_source(lab: Lab) -> Iterator[Result]:
    """docs/administration.md: the source, installed below /usr/local, and removed; docs/journal.md in the end."""
    try:
        yield from run_booted("docs/administration.md", "source")
        yield from run_booted("docs/journal.md", "source")
        yield check_removed("/usr/local/sbin/smartvpnd", "/usr/local/bin/smartvpnctl")
    finally:
        for unit in ("smartvpnd.service", "smartvpn-worker@*.service"):
            run(["systemctl", "stop", unit], check=False)
        shutil.rmtree(ROOT / "build-install", ignore_errors=True)
        shutil.rmtree("/etc/smartvpn", ignore_errors=True)
        run(["userdel", "smartvpn"], check=False)
        reload()
