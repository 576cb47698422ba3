# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""docs/guide.md, from its first command to its last: a server behind nginx on this machine, as systemd runs it, three clients,
and the machine that the server moves to.

Only for machines where systemd is PID 1 and SmartVPN is not installed. Drop-ins put the service and nginx into the server's
namespace. The other machines have no systemd; they are those of machine.py.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from . import tls
from .documents import ROOT, Block, Values, blocks
from .harness import Lab, run, wait_until
from .machine import HOSTS, NAME, Machine, Shell
from .test_cli import draw_qr
from .test_docs import run_commands
from .test_docs_booted import TIMEOUT_S, check_removed
from .test_package import build, namespaced
from .test_systemd import Result

LAB = {"guide": {"clients": 4}}
NGINX = "nginx.service"
CLIENTS = ("laptop", "phone", "tablet")
FILES = {"/etc/ssl/vpn.pem": 0o644, "/etc/ssl/private/vpn.key": 0o600}


class Guide:
    """The machines, and what is carried between them."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.machines = {name: Machine(lab, namespace) for name, namespace in zip((*CLIENTS, "newserver"), lab.clients)}
        self.values = Values()
        self.folder = build(lab)[0].parent
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        self.server = lab.keep(Shell(["bash"], environment, TIMEOUT_S))
        self.server.run(f"cd {self.folder}")
        self.machines["newserver"].spawn("nginx", "nginx -g 'daemon off;'")
        wait_until(lambda: self.machines["newserver"].run("curl -s http://localhost/")[0] == 0, "nginx")

    def deliver_certificate(self) -> None:
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


@contextlib.contextmanager
def certificate_of_server() -> Iterator[None]:
    """Puts the server's first certificate where the guide expects it."""
    certificate = tls.server(NAME)
    for (path, mode), source in zip(FILES.items(), (certificate.certificate, certificate.key)):
        Path(path).write_bytes(source.read_bytes())
        Path(path).chmod(mode)
    try:
        yield
    finally:
        for path in FILES:
            Path(path).unlink(missing_ok=True)


def restart_nginx() -> None:
    """Has nginx run in the namespace, if it was installed before."""
    run(["systemctl", "try-restart", NGINX], check=False)


def test_guide(lab: Lab) -> Iterator[Result]:
    """docs/guide.md."""
    hosts = Path("/etc/hosts").read_text()
    Path("/etc/hosts").write_text(hosts + HOSTS)
    try:
        with certificate_of_server(), namespaced(lab, lab.server, NGINX):
            restart_nginx()
            guide = Guide(lab)
            guide.deliver_certificate()
            for block in blocks(ROOT / "docs/guide.md"):
                yield guide.run(block)
            yield guide.check_certificate()
            yield check_removed("/usr/sbin/smartvpnd", "/etc/smartvpn", "/run/smartvpn", "/etc/nginx/sites-enabled/vpn")
            users = run(["getent", "passwd", "smartvpn"], check=False)
            yield "the user is gone", not users, users
    finally:
        Path("/etc/hosts").write_text(hosts)
        restart_nginx()
