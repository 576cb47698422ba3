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
from collections.abc import Iterator
from pathlib import Path

from . import tls
from .documents import ROOT, blocks
from .guide import Guide
from .harness import Lab, run
from .machine import HOSTS, NAME, Shell
from .test_docs_booted import TIMEOUT_S, check_removed
from .test_package import build, namespaced
from .test_systemd import Result

LAB = {"guide": {"clients": 4}}
NGINX = "nginx.service"
FILES = {"/etc/ssl/vpn.pem": 0o644, "/etc/ssl/private/vpn.key": 0o600}


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


@contextlib.contextmanager
def running_nginx() -> Iterator[None]:
    """Has nginx run in the namespace, as it does on a machine where it was just installed. Here it was installed before, and
    scripts/setup does not let services of packages start."""
    run(["systemctl", "restart", NGINX])
    try:
        yield
    finally:
        run(["systemctl", "stop", NGINX], check=False)


def test_guide(lab: Lab) -> Iterator[Result]:
    """docs/guide.md."""
    hosts = Path("/etc/hosts").read_text()
    Path("/etc/hosts").write_text(hosts + HOSTS)
    try:
        with certificate_of_server(), namespaced(lab, lab.server, NGINX), running_nginx():
            folder = build(lab)[0].parent
            server = lab.keep(Shell(["bash"], {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}, TIMEOUT_S))
            server.run(f"cd {folder}")
            guide = Guide(lab, server, folder)
            for block in blocks(ROOT / "docs/guide.md"):
                yield guide.run(block)
            yield guide.check_certificate()
            yield check_removed("/usr/sbin/smartvpnd", "/etc/smartvpn", "/run/smartvpn", "/etc/nginx/sites-enabled/vpn")
            users = run(["getent", "passwd", "smartvpn"], check=False)
            yield "the user is gone", not users, users
    finally:
        Path("/etc/hosts").write_text(hosts)
