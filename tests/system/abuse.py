# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Programs that make all calls at once, sensible ones and senseless ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from gi.repository import Gio, GLib

from .harness import pump, wait_until
from .vpn import BUS_NAME, PROPERTIES, ROOT, Daemon, DBusError, options

INTROSPECTION = Path(__file__).resolve().parents[2] / "introspection"
CLIENTS, SERVERS = ("default", "a", "b"), ("default", "branch")
PATHS = [ROOT, *(f"{ROOT}/clients/{name}" for name in CLIENTS), *(f"{ROOT}/servers/{name}" for name in SERVERS)]
SPARE = "spare"  # a name that only Rename() gives, so that it is free again and again
RENAMED = [*PATHS, f"{ROOT}/clients/{SPARE}", f"{ROOT}/servers/{SPARE}"]
KEYS = ["3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="]
PRIVATE_KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
NONSENSE: list[GLib.Variant] = [
    GLib.Variant("s", ""), GLib.Variant("s", "x" * 5000), GLib.Variant("s", "\x01\n"), GLib.Variant("i", -1),
    GLib.Variant("t", 2**64 - 1), GLib.Variant("d", float("nan")), GLib.Variant("as", ["x"] * 300),
    GLib.Variant("av", []), GLib.Variant("b", True), GLib.Variant("v", GLib.Variant("v", GLib.Variant("s", "x"))),
    GLib.Variant("a{sv}", {"x": GLib.Variant("i", 1)}), GLib.Variant("ay", b"\0\xff"), GLib.Variant("o", "/")]
CLIENT_CHOICES: dict[str, list[Any]] = {
    "dns": [[], ["192.0.2.53"]], "mtu": [1280, 1420], "routes": [[], ["203.0.113.0/24"], ["0.0.0.0/0", "::/0"]],
    "connect-timeout-s": [1, 2, 5], "auto-reconnect": [True, False], "qos": [True, False], "wait": [True, False],
    "autoconnect": [True, False], "private-key": [PRIVATE_KEY], "keepalive-healthy-s": [1, 60],
    "tls-ca-file": ["/etc/hostname"], "server-url": ["ws://127.0.0.1:9/"]}
SERVER_CHOICES: dict[str, list[Any]] = {
    "listen": [["127.0.0.1:0"], ["203.0.113.9:1"]], "nat": [True, False], "max-clients": [1, 5], "mtu": [1280, 1420],
    "ipv6-pool": ["fd00:70::/64"], "client-auth": ["none"], "rate-limit-bytes-per-s": [0, 5000],
    "autostart": [True, False], "private-key": [PRIVATE_KEY], "tls-key-file": ["/etc/hostname"]}
SELDOM = {"Disconnect": 0.05, "Stop": 0.02, "DisconnectClient": 0.3, "ReconnectClient": 0.3}  # so that a tunnel is up most of the time
NEEDED = ("Remove", "Start", "Connect", "ListClients")  # by other methods
CLOSED = ("org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Disconnected",
          "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.Timeout", "")


def documented() -> dict[str, dict[str, str]]:
    """The methods of each interface, with the types of their arguments."""
    found = {}
    for name in ("Manager", "Client", "Server"):
        interface = ElementTree.parse(INTROSPECTION / f"org.smartvpn.{name}.xml").getroot().find("interface")
        found[name] = {method.get("name"): "".join(argument.get("type") for argument in method.findall("arg")
                                                   if argument.get("direction") == "in")
                       for method in interface.findall("method")}
    return found


class Abuse:
    """Callers of one daemon, and the answers they got."""

    def __init__(self, daemon: Daemon, links: dict[str, dict[str, Any]], starts: dict[str, dict[str, Any]], seed: int) -> None:
        self.daemon = daemon
        self.links = links  # the settings of each client, by name
        self.starts = starts  # the settings of each server, by name
        self.random = random.Random(seed)
        self.methods = documented()
        self.sessions: list[str] = [""]  # of clients of our servers
        self.called: Counter[str] = Counter()
        self.succeeded: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.wanted: set[str] = set()  # methods that shall be called more often
        self.pending = 0
        self.running = True

    def dictionary(self, usual: dict[str, Any], choices: dict[str, list[Any]]) -> dict[str, GLib.Variant]:
        """Settings: mostly the usual ones, some others, and sometimes impossible ones."""
        chance = self.random
        settings = dict(usual) if self.wanted or chance.random() < 0.7 else {}
        for key in chance.sample(list(choices), chance.randrange(3)):
            settings[key] = chance.choice(choices[key])
        if chance.random() < 0.15:
            settings[chance.choice([*choices, "", "no-such", "Mtu"])] = chance.choice(NONSENSE)
        return options(settings)

    def settings(self, interface: str, name: str) -> dict[str, GLib.Variant]:
        """Settings for an object or a profile of this name."""
        if interface == "Client":
            return self.dictionary(self.links.get(name, self.links["default"]), CLIENT_CHOICES)
        return self.dictionary(self.starts.get(name, self.starts["branch"]), SERVER_CHOICES)

    def authorization(self) -> dict[str, GLib.Variant]:
        """A client for AuthorizeClient()."""
        number = self.random.randrange(2)
        return self.dictionary({"name": f"c{number}", "public-key": KEYS[number]},
                               {"ipv4": [f"10.70.0.{7 + number}", "10.99.0.1"], "expires": [GLib.Variant("t", 2**40)]})

    def arguments(self, interface: str, name: str, method: str) -> tuple[Any, ...]:
        """Arguments of the right types."""
        chance = self.random
        if method in ("AddClient", "AddServer"):
            profile = chance.choice([*CLIENTS[1:], *SERVERS[1:], "", "X", "../x", "y" * 40])
            return profile, self.settings(method.removeprefix("Add"), profile)
        if method == "Remove":
            return (chance.choice([*RENAMED, "/", f"{ROOT}/clients/none"]),)
        if method == "Rename":
            return (chance.choice([*RENAMED, f"{ROOT}/clients/none"]),
                    chance.choice([*CLIENTS[1:], *SERVERS[1:], SPARE, "", "../x"]))
        if method in ("Connect", "Start"):
            return (self.settings(interface, name),)
        if method == "Update":
            choices = CLIENT_CHOICES if interface == "Client" else SERVER_CHOICES
            return self.settings(interface, name), chance.sample([*choices, "no-such"], chance.randrange(3))
        if method == "AuthorizeClient":
            return (self.authorization(),)
        if method == "RevokeClient":
            return (chance.choice(["c0", KEYS[1], "nobody"]),)
        if method == "SetClientRateLimit":
            return chance.choice(self.sessions), chance.choice([5000, 10**6, 1]), chance.choice([1500, 10**5, 0])
        if method == "ListClientsPage":
            return chance.choice([0, 1, 2**32 - 1]), chance.choice([0, 1, 100, 101])
        if method == "GetHistory":
            return chance.choice([0, 1, 600, 3600, 2**32 - 1]), {}
        if method == "SubscribeTelemetry":
            return chance.choice([0, 100, 1000]), {}
        if method in ("DisconnectClient", "ReconnectClient", "GetClientTelemetry", "RemoveClientRateLimit"):
            return (chance.choice(self.sessions),)
        return ()

    def weight(self, interface: str, method: str) -> float:
        """How often a method is called, against the others of its interface."""
        if self.wanted:  # other tunnels than those that are up may be what it lacks
            return 8 if f"{interface}.{method}" in self.wanted else 1 if method in NEEDED else 0.3
        return SELDOM.get(method, 1)

    def never_succeeded(self) -> set[str]:
        """The methods that no caller had success with, apart from those that are called seldom."""
        every = {f"{interface}.{method}" for interface, methods in self.methods.items() for method in methods}
        return {name for name in every - set(self.succeeded) if name.partition(".")[2] not in SELDOM}

    def documented_call(self) -> tuple[str, str, str, GLib.Variant | None]:
        """Path, interface, method and arguments of a documented call."""
        interface = self.random.choices(list(self.methods), [1, 3, 3])[0]
        methods = list(self.methods[interface])
        method = self.random.choices(methods, [self.weight(interface, name) for name in methods])[0]
        paths = [path for path in PATHS if (path == ROOT) == (interface == "Manager")
                 and (f"/{interface.lower()}s/" in path or path == ROOT)]
        path = self.random.choice(paths)
        name = path.rpartition("/")[2]
        values = self.arguments(interface, name, method)
        signature = f"({self.methods[interface][method]})"
        return path, f"org.smartvpn.{interface}", method, GLib.Variant(signature, values) if values else None

    def other_call(self) -> tuple[str, str, str, GLib.Variant | None]:
        """A call that every object supports, or none."""
        path, interface, method, _ = self.documented_call()
        state = GLib.Variant("(ssv)", (interface, "State", self.random.choice(NONSENSE)))
        return self.random.choice([
            (path, interface, method, GLib.Variant.new_tuple(self.random.choice(NONSENSE))),
            (path, interface, "NoSuchMethod", None), (path, "org.smartvpn.NoSuch", method, None),
            ("/", interface, method, None), (path, PROPERTIES, "Set", state),
            (path, PROPERTIES, "GetAll", GLib.Variant("(s)", (interface,))),
            (path, "org.freedesktop.DBus.Introspectable", "Introspect", None),
            (path, "org.freedesktop.DBus.Peer", "Ping", None),
            (ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", None)])

    def answered(self, method: str, error: DBusError | None) -> None:
        """Called with each answer."""
        self.pending -= 1
        if error is None:
            self.succeeded[method] += 1
            return
        self.refused[error.name] += 1
        if error.name in CLOSED or error.name.startswith("org.gtk.GDBus.UnmappedGError"):
            self.wrong.append(f"{method}: {error}")

    def note_sessions(self, entries: list[dict[str, Any]]) -> None:
        """Keeps the ids of ListClients()."""
        ids = [entry["id"] for entry in entries]
        self.sessions = [*ids * 6, "no-such", ""] if ids else self.sessions


class Caller:
    """A program that makes one call after the other. It mostly waits for the answers, and sometimes leaves the bus instead."""

    def __init__(self, abuse: Abuse) -> None:
        self.abuse = abuse
        self.connection = self._connect()
        self.next()

    def _connect(self) -> Gio.DBusConnection:
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        connection = Gio.DBusConnection.new_for_address_sync(self.abuse.daemon.bus.address, flags, None, None)
        connection.set_exit_on_close(False)
        return connection

    def next(self) -> None:
        """The next call."""
        abuse = self.abuse
        if not abuse.running:
            return
        path, interface, method, arguments = (abuse.other_call() if abuse.random.random() < 0.15
                                              else abuse.documented_call())
        leaves = abuse.random.random() < 0.01
        name = f"{interface.rpartition('.')[2]}.{method}"
        abuse.called[name] += 1
        abuse.pending += 0 if leaves else 1
        self.connection.call(BUS_NAME, path, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START, 120_000,
                             None, self._on_left if leaves else self._answer_to(name))
        if leaves:
            self.connection.flush_sync(None)
            self.connection.close_sync(None)
            self.connection = self._connect()
            GLib.idle_add(self._again)

    def _again(self) -> bool:
        self.next()
        return GLib.SOURCE_REMOVE

    @staticmethod
    def _on_left(connection: Gio.DBusConnection, result: Gio.AsyncResult) -> None:
        try:
            connection.call_finish(result)
        except GLib.Error:
            pass  # nobody awaits it

    def _answer_to(self, name: str) -> Callable[[Gio.DBusConnection, Gio.AsyncResult], None]:
        def on_answer(connection: Gio.DBusConnection, result: Gio.AsyncResult) -> None:
            try:
                answer = connection.call_finish(result).unpack()
                if name == "Server.ListClients":
                    self.abuse.note_sessions(answer[0])
                self.abuse.answered(name, None)
            except GLib.Error as error:
                self.abuse.answered(name, DBusError(error))
            self.next()
        return on_answer


def run_abuse(abuse: Abuse, callers: int, seconds: float, meanwhile: Callable[[], None]) -> None:
    """Lets `callers` call for `seconds`, calls `meanwhile` twice a second, and waits until every call has its answer."""
    abuse.running = True
    crowd = [Caller(abuse) for _ in range(callers)]
    timer = GLib.timeout_add(500, lambda: (meanwhile(), True)[1])
    pump(int(seconds * 1000))
    GLib.source_remove(timer)
    abuse.running = False
    wait_until(lambda: abuse.pending == 0, "all answers", 60)
    for caller in crowd:
        caller.connection.close_sync(None)
