# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The machines of docs/guide.md: a server, three clients, and the machine that the server moves to."""

from __future__ import annotations

import re
from pathlib import Path

from . import tls
from .documents import Block, Values
from .harness import Lab, run, wait_until
from .machine import NAME, Machine, Shell
from .test_cli import draw_qr
from .test_docs import Result, run_commands

CLIENTS = ("laptop", "phone", "tablet")


class Guide:
    """The machines, and what is carried between them."""

    def __init__(self, lab: Lab, server: Shell, folder: Path) -> None:
        """`server` is a shell of the server, and `folder` the one where that shell is, as this process sees it."""
        self.lab = lab
        self.server, self.folder = server, folder
        self.machines = {name: Machine(lab, namespace) for name, namespace in zip((*CLIENTS, "newserver"), lab.clients)}
        self.values = Values()
        self._deliver_certificate()
        self.machines["newserver"].spawn("nginx", "nginx -g 'daemon off;'")
        wait_until(lambda: self.machines["newserver"].run("curl -s http://localhost/")[0] == 0, "nginx")

    def _deliver_certificate(self) -> None:
        """A second certificate for the name, as its authority delivers it."""
        certificate = tls.server(NAME, 2)
        (self.folder / "new.pem").write_bytes(certificate.certificate.read_bytes())
        (self.folder / "new.key").write_bytes(certificate.key.read_bytes())

    def check_certificate(self) -> Result:
        """Whether a client sees the second certificate, which has moved along."""
        ask = f"openssl s_client -connect {NAME}:443 -servername {NAME} </dev/null 2>/dev/null | openssl x509 -noout -serial"
        served = self.machines["laptop"].run(ask)[1].strip()
        renewed = run(["openssl", "x509", "-noout", "-serial", "-in", str(tls.server(NAME, 2).certificate)]).strip()
        return "the renewed certificate is served", served == renewed, f"{served}, not {renewed}"

    def run(self, block: Block) -> Result:
        """Runs a block, and does what its marker says."""
        machine = self.machines.get(block.machine)
        shell = machine.shell() if machine else self.server
        printed: list[str] = []
        wrong = run_commands(lambda _name: shell, block, self.values, printed)
        if machine:
            shell.close()
        if words := re.fullmatch(r"then (\S+) to (\w+)", block.condition):
            self.machines[words[2]].write(f"/root/{words[1]}", (self.folder / words[1]).read_text())
        if words := re.fullmatch(r"then its QR code to (\w+) as (\S+)", block.condition):
            self.machines[words[1]].write(f"/root/{words[2]}", draw_qr(printed[-1].strip("\n")))
        if block.condition == "then the name leads here":
            self.move_name()
        return block.place, not wrong, "; ".join(wrong)

    def move_name(self) -> None:
        """Has the name lead to the new server."""
        addresses = re.findall(r"inet6? ([\w.:]+)/\d+ .*scope global", self.machines["newserver"].run("ip address show eth0")[1])
        for name in CLIENTS:
            self.machines[name].write("/etc/hosts", "127.0.0.1 localhost\n" + "".join(f"{one} {NAME}\n" for one in addresses))
