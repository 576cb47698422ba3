# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A network namespace that looks like a machine on which SmartVPN is installed.

It has a mount namespace of its own. There, /etc is a writable copy that ends with it; /run, /root, /var/log and others are
empty at first, except for the source tree, if that is in one of them; and the system bus is a dbus-daemon with our bus
policy. Tests can run an administrator's commands as they are, and do not change this machine. There is no systemd.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from pathlib import Path

from . import tls
from .documents import ROOT
from .harness import SERVER4, SERVER6, Lab, Namespace, wait_until
from .vpn import WORKER_USER

NAME = "vpn.example.org"
TIMEOUT_S = 60
END = "---- ended: "
SETUP = """\
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/etc" "$1/work" "$1/source"
mount --bind "$2" "$1/source"
for directory in /run /root /var/log /var/lib/nginx /usr/share/doc; do mount -t tmpfs -o mode=755 tmpfs $directory; done
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/etc,workdir=$1/work" /etc
mkdir -p "$2"
mount --bind "$1/source" "$2"
mkdir -p /run/dbus /var/log/nginx /usr/share/doc/smartvpn /etc/smartvpn
cp -r "$2/docs/examples" /usr/share/doc/smartvpn
echo ready
exec cat
"""
BUS = """\
<busconfig>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/> <deny own="*"/> <deny send_type="method_call"/>
    <allow send_type="signal"/> <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/> <allow receive_type="method_call"/>
    <allow receive_type="method_return"/> <allow receive_type="error"/> <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <include>{policy}</include>
</busconfig>
"""
HOSTS = f"""\
127.0.0.1 localhost
{SERVER4} {NAME} vpn.example
{SERVER6} {NAME} vpn.example
"""


class Shell:
    """A bash that runs one command after the other."""

    def __init__(self, argv: list[str], environment: dict[str, str], timeout_s: float = TIMEOUT_S) -> None:
        self.timeout_s = timeout_s
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        bufsize=0, env=environment, start_new_session=True)

    def run(self, command: str) -> tuple[int, str]:
        """Runs a command; returns its status and its output."""
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n{END}%d\\n' $?\n".encode())
        output, deadline = "", time.monotonic() + self.timeout_s
        while not (end := re.search(rf"\n{END}(\d+)\n", output)):
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            assert readable, f"{command}: no end after {self.timeout_s:g} s: {output}"
            data = os.read(self.process.stdout.fileno(), 65536)
            assert data, f"{command}: the shell has ended: {output}"
            output += data.decode(errors="replace")
        return int(end[1]), output[:end.start()]

    def close(self) -> None:
        """Ends it; its background processes go on."""
        self.process.stdin.close()
        self.process.wait(TIMEOUT_S)
        self.process.stdout.close()


class Machine:
    """Such a machine; smartvpnd runs."""

    def __init__(self, lab: Lab, namespace: Namespace) -> None:
        self.lab = lab
        self.namespace = namespace
        directory = lab.directory / f"machine-{namespace.name}"
        directory.mkdir()
        self.holder = subprocess.Popen(
            namespace.argv("unshare", "--mount", "--propagation", "private", "sh", "-c", SETUP, "sh", str(directory),
                           str(ROOT)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        lab.keep(self)
        assert self.holder.stdout.readline() == b"ready\n", "a mount namespace cannot be made"
        self.environment = {
            **os.environ, "HOME": "/root", "LC_ALL": "C.UTF-8", "EDITOR": "true",
            "PATH": ":".join([str(lab.build / "src/cli"), str(lab.build / "src/daemon"), "/usr/local/sbin",
                              "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])}
        for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS", "LANGUAGE"):
            self.environment.pop(name, None)
        self.write("/etc/hosts", HOSTS)
        self._certificates()
        self._start()

    def _certificates(self) -> None:
        server = tls.server(NAME)
        self.write("/etc/ssl/vpn.pem", server.certificate.read_text())
        self.write("/etc/ssl/vpn-ca.pem", tls.authority().certificate.read_text())
        for key in ("/etc/ssl/private/vpn.key", "/etc/ssl/vpn.key"):
            self.write(key, server.key.read_text())
            self.run(f"chmod 600 {key}")
        self.write("/etc/ssl/certs/ca-certificates.crt", tls.authority().certificate.read_text())

    def _start(self) -> None:
        self.write("/run/bus.conf", BUS.format(policy=ROOT / "data/dbus/org.smartvpn.conf"))
        self.spawn("bus", "dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile")
        wait_until(lambda: self.run("test -S /run/dbus/system_bus_socket")[0] == 0, "the system bus")
        self._start_service()

    def _start_service(self) -> None:
        self.service = self.spawn("smartvpnd", f"smartvpnd --worker {self.lab.build}/src/worker/smartvpn-worker"
                                               f" --worker-user {WORKER_USER}")
        wait_until(lambda: self.run("busctl call org.smartvpn /org/smartvpn org.freedesktop.DBus.Peer Ping")[0] == 0,
                   "org.smartvpn on the bus")

    def _argv(self, command: str) -> list[str]:
        pid = self.holder.pid
        return ["nsenter", f"--mount=/proc/{pid}/ns/mnt", f"--net=/proc/{pid}/ns/net", "bash", "-c", f"cd /root && {command}"]

    def spawn(self, name: str, command: str) -> subprocess.Popen[bytes]:
        """Starts a program that runs until the machine ends; its output goes to log()."""
        with self.log(name).open("ab") as output:
            return subprocess.Popen(self._argv(f"exec {command}"), stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=output, start_new_session=True,
                                    env={**self.environment, "G_MESSAGES_DEBUG": "smartvpnd smartvpn-worker",
                                         "G_DEBUG": "fatal-criticals", "GSETTINGS_BACKEND": "memory"})

    def log(self, name: str) -> Path:
        """The output of a spawned program."""
        return self.lab.directory / f"{self.namespace.name}-{name}.log"

    def kill_service(self) -> None:
        """Kills smartvpnd with SIGKILL and starts it again."""
        self.service.kill()
        self.service.wait()
        self._start_service()

    def shell(self) -> Shell:
        """A shell of root."""
        return Shell(self._argv("exec bash"), self.environment)

    def run(self, command: str) -> tuple[int, str]:
        """Runs a command; returns its status and its output."""
        shell = self.shell()
        try:
            return shell.run(command)
        finally:
            shell.close()

    def write(self, path: str, text: str) -> None:
        """Writes a file."""
        done = subprocess.run(self._argv(f"mkdir -p {Path(path).parent} && cat >{path}"), input=text, text=True,
                              check=False, capture_output=True, env=self.environment)
        assert done.returncode == 0, done.stderr

    def read(self, path: str) -> str:
        """A file's content."""
        status, text = self.run(f"cat {path}")
        assert status == 0, text
        return text

    def close(self) -> None:
        """Ends it. The mount namespace ends with its last process, and closing the network namespace ends that."""
        self.holder.stdin.close()
        self.holder.wait(TIMEOUT_S)
