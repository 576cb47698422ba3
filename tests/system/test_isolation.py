# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Workers that smartvpnd spawns have no rights."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess

from .harness import Lab
from .scene import connected_pair
from .vpn import WORKER_USER, read_proc


def status_of(pid: int) -> dict[str, str]:
    """/proc/PID/status."""
    return dict(line.split(":\t", 1) for line in read_proc(pid, "status").splitlines())


def test_no_rights(lab: Lab) -> None:
    """A worker has its own user, group and session, no capabilities, no way to get any, no-new-privs and a seccomp filter."""
    server, client = connected_pair(lab)
    user = pwd.getpwnam(WORKER_USER)
    for daemon, identity in ((server.daemon, "server-default"), (client.daemon, "client-default")):
        pid = daemon.worker_pid(identity)
        status = status_of(pid)
        assert status["Uid"].split() == [str(user.pw_uid)] * 4, status["Uid"]
        assert status["Gid"].split() == [str(user.pw_gid)] * 4 and not status["Groups"].strip(), status["Gid"]
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(status[name], 16) == 0, (name, status[name])
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), status
        assert os.getsid(pid) == pid


def test_no_files(lab: Lab) -> None:
    """Of smartvpnd's open files, a worker has only its TUN device, sockets and log."""
    server, client = connected_pair(lab)
    for daemon, identity in ((server.daemon, "server-default"), (client.daemon, "client-default")):
        pid = daemon.worker_pid(identity)
        links = [os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")]
        expected = ("socket:", "anon_inode:", "/dev/net/tun", "/dev/null", "/dev/urandom", "/memfd:", str(daemon.log))
        strange = [link for link in links if not link.startswith(expected)]
        assert not strange, strange
        assert links.count("/dev/net/tun") == 1, links


def test_control_socket(lab: Lab) -> None:
    """Another user cannot reach the control socket."""
    _, client = connected_pair(lab)
    control = client.daemon.directory / "run/client-default/control"
    with socket.socket(socket.AF_UNIX) as allowed:
        allowed.connect(str(control))
    program = f"import socket; socket.socket(socket.AF_UNIX).connect({str(control)!r})"
    done = subprocess.run(["/usr/bin/python3", "-c", program], user="daemon", capture_output=True, text=True,
                          check=False)
    assert done.returncode != 0 and "PermissionError" in done.stderr, done.stderr
    assert client.get("State") == "connected"
