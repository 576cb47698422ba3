# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What an ordinary user may do, by default and by rules: SmartVPN installed under a booted systemd with the real polkitd.

Only for machines where systemd is PID 1 and SmartVPN is not installed. The user and the rules are removed again.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .harness import GATEWAY4, GATEWAY6, POOL6, WEB4, Lab, run, wait_until
from .scene import URL4, start_server
from .test_systemd import InstalledDaemon, Result, installed, wait_event
from .traffic import ping
from .vpn import Client, Daemon, DBusError, Object, OtherUser, Server

USER = "svpn-test"
RULES = Path("/etc/polkit-1/rules.d/49-smartvpn-test.rules")
RULE = """\
polkit.addRule(function(action, subject) {{
    if ({condition} && subject.user == "{user}")
        return polkit.Result.YES;
}});
"""
CONNECT_OFFICE = 'action.id == "org.smartvpn.connect" && action.lookup("object") == "/org/smartvpn/clients/office"'
RUN_SERVER = 'action.id == "org.smartvpn.run-server" || action.id == "org.smartvpn.view-clients"'
LAB = {"rules": {"clients": 2}}  # the first has the installed service, the second connects to its server
LISTEN = "192.0.2.6:8080"


@contextlib.contextmanager
def ordinary_user() -> Iterator[int]:
    """Makes a new user without a session; returns the user id."""
    run(["useradd", "--system", "--no-create-home", USER])
    try:
        yield pwd.getpwnam(USER).pw_uid
    finally:
        RULES.unlink(missing_ok=True)
        run(["userdel", USER])


class SameDaemon(InstalledDaemon):
    """The installed smartvpnd as another user sees it."""

    def __init__(self, daemon: InstalledDaemon, uid: int) -> None:
        self.namespace = daemon.namespace
        self.bus = OtherUser(daemon.bus, uid)

    def close(self) -> None:
        """Leaves the bus."""
        self.bus.close()


def error_of(call: Callable[[], Any]) -> tuple[str, str]:
    """Name and message of a call's error; "" if it succeeds."""
    try:
        call()
    except DBusError as error:
        return error.name, error.message
    return "", ""


def add_rule(condition: str, call: Callable[[], Any]) -> None:
    """Adds a rule, and calls until polkitd has read the rule and allows the call."""
    RULES.parent.mkdir(parents=True, exist_ok=True)
    with RULES.open("a") as rules:
        rules.write(RULE.format(condition=f"({condition})", user=USER))
    RULES.chmod(0o644)
    last: list[tuple[str, str]] = []
    wait_until(lambda: last.append(error_of(call)) or last[-1][0] != "NotAuthorized", f"that {condition} allows it")
    assert last[-1] == ("", ""), last[-1]


def check_default(client: Client, server: Server) -> None:
    """Without a rule, the user may look, and errors name the action that the rest needs."""
    assert client.status()["state"] == "disconnected" and server.get("State") == "stopped"
    for call, member, action in ((client.connect, "Connect", "connect"), (client.disconnect, "Disconnect", "connect"),
                                 (server.start, "Start", "run-server"), (server.list_clients, "ListClients", "view-clients"),
                                 (lambda: client.daemon.add_client("mine"), "AddClient", "manage-profiles")):
        name, message = error_of(call)
        assert name == "NotAuthorized", (member, name, message)
        assert f"{member} is not allowed to user {pwd.getpwnam(USER).pw_uid}: org.smartvpn.{action} needs an authentication" \
            in message and "/etc/polkit-1/rules.d" in message, message


def check_busctl() -> None:
    """A program that could ask for a password, without anybody to ask."""
    done = subprocess.run(["busctl", "call", "org.smartvpn", "/org/smartvpn/clients/office", "org.smartvpn.Client", "Connect",
                           "a{sv}", "0"], user=USER, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "org.smartvpn.connect needs an authentication, and no agent" in done.stderr, done.stderr


def check_connecting(lab: Lab, client: Client, other: Client) -> None:
    """With the rule of docs/dbus-api.md, the user connects this profile, no other, and to no other server."""
    add_rule(CONNECT_OFFICE, client.connect)
    assert client.get("State") == "connected"
    ping(lab.client, WEB4)
    assert error_of(other.connect)[0] == "NotAuthorized"
    client.disconnect()
    name, message = error_of(lambda: client.connect(server_url="wss://203.0.113.9/"))
    assert name == "NotAuthorized" and "org.smartvpn.manage-profiles" in message, message
    client.connect(wait=True)
    client.disconnect()


def check_server(lab: Lab, daemon: InstalledDaemon, server: Server) -> None:
    """With a rule, the user runs a server and lists its clients; only root gets the signals about them."""
    roots = daemon.server()
    assert error_of(server.start)[0] == "NotAuthorized"
    before = daemon.namespace.snapshot()
    add_rule(RUN_SERVER, lambda: server.start(listen=[LISTEN], ipv6_pool=POOL6, nat=True,
                                              tls_certificate_file=f"/run/{lab.prefix}.server.pem",
                                              tls_key_file=f"/run/{lab.prefix}.server.key"))
    assert "masquerade" in daemon.namespace.snapshot()
    guest = Daemon(lab, lab.clients[1]).client()
    guest.connect(server_url=f"wss://{LISTEN}/", server_public_key=server.get("PublicKey"), tls_verify="none")
    for gateway in (GATEWAY4, GATEWAY6):
        ping(lab.clients[1], gateway)
    (identity,) = [entry["id"] for entry in server.list_clients()]
    assert roots.wait_signal("ClientConnected")[0] == identity
    wait_event("CLIENT_CONNECTED", smartvpn_server="default", smartvpn_session=identity)
    guest.disconnect()
    assert roots.wait_signal("ClientDisconnected")[0] == identity
    wait_event("CLIENT_DISCONNECTED", smartvpn_server="default", smartvpn_session=identity)
    server._call("Reload")
    server.stop()
    server.wait_signal("Stopped")
    assert daemon.namespace.snapshot() == before
    names = {name for name, _ in server.signals}
    assert "Started" in names and not names & {"ClientConnected", "ClientDisconnected"}, server.signals


def seen_by(thing: Object, daemon: InstalledDaemon) -> Any:
    """The same object from another user's point of view."""
    return type(thing)(daemon, thing.path)


def test_rules(lab: Lab) -> Iterator[Result]:
    """An ordinary user, and the rules that an administrator adds one by one."""
    _, key = start_server(lab)
    secret = b64encode(os.urandom(32)).decode()
    with installed(lab) as daemon, ordinary_user() as uid:
        profile = {"server_url": URL4, "server_public_key": key, "tls_ca_file": f"/run/{lab.prefix}.pem"}
        run(["busctl", "call", "org.smartvpn", "/org/smartvpn", "org.freedesktop.DBus.Peer", "Ping"])
        office = daemon.add_client("office", **profile)
        other = daemon.add_client("other", **profile, private_key=secret)
        mine = lab.keep(SameDaemon(daemon, uid))
        client, server = seen_by(office, mine), seen_by(daemon.server(), mine)
        check_default(client, server)
        check_busctl()
        yield "by default a user without a session may look", True, ""
        check_connecting(lab, client, seen_by(other, mine))
        yield "a rule lets connect one profile", True, ""
        check_server(lab, daemon, server)
        yield "a rule lets run a server; its clients are signalled to root only", True, ""
        journal = run(["journalctl", "-b", "--no-pager", "-o", "export", "-u", "smartvpn*"])
        yield "no private key is in the journal", secret not in journal and "office" in journal, ""
