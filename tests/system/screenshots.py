# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Makes the pictures of smartvpnctl in docs/images, with its output for a real tunnel.

    PYTHONPATH=tests python3 -m system.screenshots [--build DIR]     as root
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gi

gi.require_version("Gio", "2.0")

from . import svg  # noqa: E402
from .ctl import Terminal  # noqa: E402
from .harness import WEB4, Lab  # noqa: E402
from .links import narrow  # noqa: E402
from .load import Bulk  # noqa: E402
from .test_cli import connected, start_server  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
RATES = ("8M", "30M", "15M", "40M", "25M", "35M", "5M", "40M")  # of the downloads, one after the other
SECONDS = 4


def save(terminal: Terminal, name: str) -> None:
    """Writes the terminal's screen to a file."""
    terminal.text()
    (ROOT / "docs/images" / f"{name}.svg").write_text(svg.draw(terminal.screen))


def monitor(lab: Lab) -> None:
    """Downloads at several rates, and an upload through a narrow line."""
    _, client = connected(lab)
    narrow(lab.client, "eth0")
    terminal = lab.keep(client.terminal("monitor", columns=90, rows=22))
    terminal.wait_for("q: quit")
    upload = Bulk(lab, lab.client, lab.web, WEB4, SECONDS * len(RATES), extra=("--udp", "--bitrate", "22M"))
    for rate in RATES:
        Bulk(lab, lab.client, lab.web, WEB4, SECONDS, reverse=True, extra=("--bitrate", rate)).report()
    save(terminal, "monitor")
    upload.report()


def invite(lab: Lab) -> None:
    """An invitation to a server that knows its clients."""
    server, _ = start_server(lab, "client-auth=required")
    terminal = lab.keep(server.terminal("invite", "laptop", columns=112, rows=60))
    assert terminal.wait() == 0, terminal.text()
    save(terminal, "invite")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="system.screenshots", description="Pictures of smartvpnctl")
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="build directory")
    build = parser.parse_args().build.resolve()
    for take in (monitor, invite):
        lab = Lab(build)
        try:
            take(lab)
        finally:
            lab.close()


if __name__ == "__main__":
    main()
