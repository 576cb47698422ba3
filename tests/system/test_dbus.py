# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The public D-Bus interface: objects, profiles, properties, signals, errors."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from gi.repository import GLib

from peer.noise import public_key

from .harness import Lab, run, wait_until
from .scene import PATH, URL, connected_pair, make_clients, server_settings, start_server
from .vpn import PROPERTIES, ROOT, Client, Daemon, DBusError

INTROSPECTION = Path(__file__).resolve().parents[2] / "introspection"
DEFAULTS = {f"{ROOT}/clients/default", f"{ROOT}/servers/default"}


def managed(daemon: Daemon) -> dict[str, Any]:
    """GetManagedObjects()."""
    return daemon.bus.call(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")


def fails(call: Callable[[], Any], name: str, word: str = "") -> None:
    """Asserts that a call fails with this error."""
    try:
        result = call()
    except DBusError as error:
        assert error.name == name and word in error.message, error
        return
    raise AssertionError(f"no {name}, but {result!r}")


def test_introspection(lab: Lab) -> None:
    """The objects have every member of the XML, and no others."""
    daemon = Daemon(lab, lab.client)
    for path, name in ((ROOT, "Manager"), (f"{ROOT}/clients/default", "Client"), (f"{ROOT}/servers/default", "Server")):
        xml = daemon.bus.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
        promised = ElementTree.parse(INTROSPECTION / f"org.smartvpn.{name}.xml").getroot().find("interface")
        offered = ElementTree.fromstring(xml).find(f"interface[@name='org.smartvpn.{name}']")
        assert members(offered) == members(promised)


def members(interface: ElementTree.Element) -> set[tuple[str, ...]]:
    """Kind, name and types of each member."""
    return {(member.tag, member.get("name"), member.get("type", ""),
             *(f"{argument.get('direction', '')}:{argument.get('type')}" for argument in member.findall("arg")))
            for member in interface if member.tag != "annotation"}


def test_objects(lab: Lab) -> None:
    """The default objects exist; AddClient(), AddServer() and Remove() change the list and announce it."""
    daemon = Daemon(lab, lab.client)
    seen: list[tuple[str, str]] = []
    daemon.bus.subscribe(ROOT, lambda _path, name, arguments: seen.append((name, arguments[0])))
    assert set(managed(daemon)) == DEFAULTS
    client = daemon.add_client("my-office_2", server_url=URL)
    server = daemon.add_server("branch")
    assert client.path == f"{ROOT}/clients/my_2doffice_5f2", client.path
    assert set(managed(daemon)) == DEFAULTS | {client.path, server.path}
    assert managed(daemon)[client.path]["org.smartvpn.Client"]["Name"] == "my-office_2"
    assert (client.get("ServerUrl"), client.get("State"), server.get("State")) == (URL, "disconnected", "stopped")
    daemon.manager("Remove", "(o)", client.path)
    daemon.manager("Remove", "(o)", server.path)
    assert set(managed(daemon)) == DEFAULTS
    wait_until(lambda: len(seen) == 4, "four signals")
    assert seen == [("InterfacesAdded", client.path), ("InterfacesAdded", server.path),
                    ("InterfacesRemoved", client.path), ("InterfacesRemoved", server.path)], seen


def test_errors(lab: Lab) -> None:
    """AddClient() and Remove() with impossible arguments."""
    server, client = connected_pair(lab)
    daemon = client.daemon
    daemon.add_client("office")
    for name in ("", "Office", "-x", "a" * 33, "a b", "a/b", "ä"):
        fails(lambda: daemon.add_client(name), "InvalidArguments")
    fails(lambda: daemon.add_client("office"), "AlreadyExists", "office")
    for path, error in ((f"{ROOT}/clients/nobody", "NoSuchProfile"), ("/", "NoSuchProfile"), (ROOT, "NoSuchProfile")):
        fails(lambda: daemon.manager("Remove", "(o)", path), error)
    for path in DEFAULTS:
        fails(lambda: daemon.manager("Remove", "(o)", path), "NotSupported")
    other = server.daemon.add_server("other", **server_settings(listen=["198.51.100.2:8443"], ipv4_pool="10.9.0.0/24",
                                                                ipv6_pool=None))
    other.start()
    fails(lambda: server.daemon.manager("Remove", "(o)", other.path), "Busy")
    other.stop()
    server.daemon.manager("Remove", "(o)", other.path)


def test_profiles_are_kept(lab: Lab) -> None:
    """Profiles survive a restart, and Connect() takes its settings from them."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key)
    office = client.daemon.add_client("office", **client.usual)
    server.stop()
    branch = server.daemon.add_server("branch", **server_settings())
    for daemon in (client.daemon, server.daemon):
        daemon.kill()
        daemon.start()
    assert office.get("ServerUrl") == URL
    public = branch.start()["public-key"]
    assert public == branch.get("PublicKey")
    office.connect(server_public_key=public)
    fails(lambda: client.daemon.manager("Remove", "(o)", office.path), "Busy")
    office.disconnect()
    branch.stop()
    assert branch.start()["public-key"] == public, "the key made at first use is kept"


def test_keypair(lab: Lab) -> None:
    """GenerateKeypair() returns a matching pair of keys, a new one each time."""
    daemon = Daemon(lab, lab.client)
    pairs = {daemon.manager("GenerateKeypair", "()") for _ in range(3)}
    assert len(pairs) == 3
    for public, private in pairs:
        assert public_key(base64.b64decode(private)) == base64.b64decode(public)


def test_private_keys_are_hidden(lab: Lab) -> None:
    """Nobody can read private keys on the bus, in a log or on a command line; only root can, on disk."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key)
    secrets = [client.daemon.manager("GenerateKeypair", "()")[1] for _ in range(2)]
    bus = client.daemon.bus.address
    monitor = client.daemon.namespace.spawn("busctl", f"--address={bus}", "monitor", "--json=short")
    wait_until(lambda: "Monitoring" in monitor.output(), "busctl")
    office = client.daemon.add_client("office", **client.usual, private_key=secrets[0])
    office.connect(private_key=secrets[1])
    assert "public-key" in server.list_clients()[0]
    told = repr((office.status(), office.statistics(), managed(client.daemon), office.signals, office.changes,
                 server.status(), server.list_clients(), managed(server.daemon)))
    command_lines = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    office.disconnect()
    monitor.stop()
    heard = [line for line in monitor.output().splitlines() if '"type":"signal"' in line]
    for secret in secrets:
        assert secret not in told and secret not in command_lines and secret not in client.daemon.logged()
        assert not any(secret in line for line in heard)
    check_files(client.daemon, secrets)


def check_files(daemon: Daemon, secrets: list[str]) -> None:
    """Asserts that files with secrets are in a directory that only root can enter, and none in the runtime directory."""
    for file in daemon.directory.rglob("*"):
        if file.is_file() and any(secret.encode() in file.read_bytes() for secret in secrets):
            assert file.is_relative_to(daemon.directory / "config"), file
            assert file.stat().st_mode & 0o077 == 0 and file.parent.stat().st_mode & 0o077 == 0, file


def test_client_states(lab: Lab) -> None:
    """StateChanged and the properties, in their order."""
    _, key = start_server(lab)
    (client,) = make_clients(lab, key)
    assert (client.get("ServerUrl"), client.get("AssignedIp"), client.get("LastError")) == ("", "", "")
    client.connect()
    client.disconnect()
    client.wait_signal("Exited")
    fails(lambda: client.connect(server_url=f"wss://198.51.100.2:9{PATH}"), "Unreachable")
    order = ["disconnected", "connecting", "connected", "disconnecting", "disconnected", "connecting", "failed"]
    wait_until(lambda: [name for name, _ in client.signals].count("StateChanged") >= len(order) - 1, "all StateChanged")
    states = [arguments[:2] for name, arguments in client.signals if name == "StateChanged"]
    assert states == list(zip(order[1:], order)), states
    changed: dict[str, list[Any]] = {}
    for change in client.changes:
        for name, value in change.items():
            changed.setdefault(name, []).append(value)
    assert changed["State"] == [state[0] for state in states], changed
    assert changed["AssignedIp"] == ["10.8.0.2", ""] and changed["Interface"] == ["svpn0", ""], changed
    assert "refused" in changed["LastError"][-1], changed
    client.connect()
    assert client.get("LastError") == ""


def test_wait_false(lab: Lab) -> None:
    """Connect() with wait false returns at once; StateChanged reports the rest."""
    _, key = start_server(lab)
    (client,) = make_clients(lab, key)
    assert client.connect(wait=False) == {}
    client.wait_state("connected")
    assert client.get("AssignedIp") == "10.8.0.2"


def test_server_states(lab: Lab) -> None:
    """Started, ClientConnected, ClientDisconnected, Stopped; the properties of a server."""
    server, client = connected_pair(lab)
    assert server.get("ListenAddress") == ["198.51.100.2:443", "[2001:db8:2::2]:443"]
    assert server.get("Subnet") == ["10.8.0.0/24", "fd00:8::/64"]
    wait_until(lambda: server.get("ConnectedClients") == 1, "one client")
    status = server.status()
    assert (status["state"], status["connected-clients"], status["max-clients"]) == ("running", 1, 250), status
    client.disconnect()
    server.wait_signal("ClientDisconnected")
    server.stop()
    server.wait_signal("Exited")
    states = [(arguments[0], arguments[2]) for name, arguments in server.signals if name == "StateChanged"]
    assert states == [("starting", "user"), ("running", "established"), ("stopping", "user"), ("stopped", "user")], states
    names = [name for name, _ in server.signals if name != "StateChanged"]
    assert names[:3] == ["Started", "ClientConnected", "ClientDisconnected"], names
    assert set(names[3:]) == {"Stopped", "Exited"}, names
    assert (server.get("State"), server.get("ListenAddress"), server.get("Interface")) == ("stopped", [], "")
    assert server.get("PublicKey") != ""


def test_port_chosen_by_the_kernel(lab: Lab) -> None:
    """With port 0, Start() returns the real port."""
    server = Daemon(lab, lab.server).server()
    (listen,) = server.start(listen=["127.0.0.1:0"])["listen"]
    assert listen.startswith("127.0.0.1:") and int(listen.rpartition(":")[2]) > 0, listen


def test_properties_are_read_only(lab: Lab) -> None:
    """Callers cannot set read-only properties."""
    client = Daemon(lab, lab.client).client()
    fails(lambda: client.daemon.bus.call(client.path, PROPERTIES, "Set", GLib.Variant(
        "(ssv)", (Client.interface, "State", GLib.Variant("s", "connected")))),
        "org.freedesktop.DBus.Error.InvalidArgs")
    assert client.get("State") == "disconnected"


def test_version(lab: Lab) -> None:
    """The Manager's Version is that of the program, which also names the library that encrypts, as GetStatus() does."""
    server, client = connected_pair(lab)
    version = client.daemon.bus.call(ROOT, PROPERTIES, "Get", GLib.Variant("(ss)", ("org.smartvpn.Manager", "Version")))
    told = run([str(lab.build / "src/daemon/smartvpnd"), "--version", "--worker", str(lab.build / "src/worker/smartvpn-worker")])
    assert told == f"smartvpnd {version}\nXChaCha20-Poly1305 by {client.status()['aead']}\n", told
    assert server.status()["aead"] == client.status()["aead"], server.status()


def test_two_daemons(lab: Lab) -> None:
    """A second smartvpnd with the same directories, or on the same bus, ends without disturbing the first."""
    _, client = connected_pair(lab)
    daemon = client.daemon
    for bus, config in ((daemon.bus.address, daemon.directory / "elsewhere"), (daemon.bus.address, daemon.directory)):
        second = daemon.namespace.spawn(
            str(daemon.build / "src/daemon/smartvpnd"), "--bus", bus, "--config-dir", str(config / "config"),
            "--runtime-dir", str(config / "run"), "--worker-user", "nobody")
        assert second.wait(10) == 1, second.output()
    assert client.get("State") == "connected"
