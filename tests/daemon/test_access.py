# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Who may call what: polkit on the system bus, nobody but our own user and root on others."""

from __future__ import annotations

import pwd
import signal
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

from gi.repository import GLib

from system.harness import wait_until
from system.vpn import PROPERTIES, ROOT, Bus, DBusError, OtherUser, Pending, options

from .scene import SERVER_KEY, TESTS, Scene

USER = pwd.getpwnam("daemon").pw_uid
AUTHORITY = "/org/freedesktop/PolicyKit1/Authority"
CLIENT, SERVER = f"{ROOT}/clients/default", f"{ROOT}/servers/default"
ACTIONS = {
    "connect": {"Client": ["Connect", "Disconnect", "Reconnect"]},
    "manage-profiles": {"Manager": ["AddClient", "AddServer", "Remove", "Rename"], "Client": ["Update"], "Server": ["Update"]},
    "view-clients": {"Server": ["ListClients", "ListClientsPage", "GetClientTelemetry", "ListAuthorizedClients", "Check"]},
    "run-server": {"Server": ["Start", "Stop", "Reload", "SetClientRateLimit", "RemoveClientRateLimit", "DisconnectClient",
                              "ReconnectClient", "AuthorizeClient", "RevokeClient"]},
}
EVERYBODY = {"Manager": ["GenerateKeypair", "DescribeSettings", "CheckPermissions"], "Server": ["GetStatus", "GetStatistics", "GetSettings", "SubscribeTelemetry"],
             "Client": ["Check", "GetStatus", "GetStatistics", "GetConnectionQuality", "GetMtuInfo", "GetSettings",
                        "SubscribeTelemetry", "GetHistory"]}
PATHS = {"Manager": ROOT, "Client": CLIENT, "Server": SERVER}
VALUES: dict[str, Any] = {"s": "x", "o": f"{ROOT}/clients/x", "t": 5000, "u": 1, "a{sv}": {}, "as": []}


def arguments_of(interface: str, method: str) -> GLib.Variant:
    """Some arguments of the right types."""
    tree = ElementTree.parse(TESTS.parent / f"introspection/org.smartvpn.{interface}.xml")
    types = [arg.get("type") for arg in tree.iterfind(f".//method[@name='{method}']/arg[@direction='in']")]
    return GLib.Variant(f"({''.join(types)})", tuple(VALUES[kind] for kind in types))


def members(table: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Each interface and member."""
    return ((interface, member) for interface, names in table.items() for member in names)


def call(bus: Bus, interface: str, member: str, *, interactive: bool = False) -> Any:
    """Calls a method."""
    path, full = PATHS[interface], f"org.smartvpn.{interface}"
    return bus.call(path, full, member, arguments_of(interface, member), interactive=interactive)


def error_of(bus: Bus, interface: str, member: str, *, interactive: bool = False) -> tuple[str, str]:
    """Name and message of the error of a call, "" where there is none."""
    try:
        call(bus, interface, member, interactive=interactive)
    except DBusError as error:
        return error.name, error.message
    return "", ""


class Polkit:
    """The mock, as polkitd.py has it."""

    def __init__(self, scene: Scene) -> None:
        self.bus = scene.daemon.bus
        scene.namespace.spawn("/usr/bin/python3", "-m", "dbusmock", "--template", str(TESTS / "daemon/polkitd.py"),
                              env={"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address, "PYTHONDONTWRITEBYTECODE": "1"})
        wait_until(lambda: self._is_there(), "polkitd on the bus")

    def _is_there(self) -> bool:
        return self.bus.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                             GLib.Variant("(s)", ("org.freedesktop.PolicyKit1",)), destination="org.freedesktop.DBus")

    def _call(self, method: str, arguments: GLib.Variant | None = None) -> Any:
        return self.bus.call(AUTHORITY, "org.freedesktop.DBus.Mock", method, arguments,
                             destination="org.freedesktop.PolicyKit1")

    def answers(self, **answers: str) -> None:
        """How each action is answered; manage_profiles stands for org.smartvpn.manage-profiles."""
        named = {f"org.smartvpn.{action.replace('_', '-')}": answer for action, answer in answers.items()}
        self._call("SetAnswers", GLib.Variant("(a{ss})", (named,)))

    def asked(self) -> list[tuple[str, str, str, int, dict[str, str]]]:
        """What was asked since."""
        return self._call("Asked")

    def wait_asked(self, number: int = 1) -> None:
        """Waits until so much was asked."""
        wait_until(lambda: len(self.asked()) >= number, "a question to polkit")

    def cancelled(self) -> list[str]:
        """The questions taken back."""
        return self._call("Cancelled")

    def release(self, how: str) -> None:
        """Answers all that wait."""
        self._call("Release", GLib.Variant("(s)", (how,)))


class TestOtherBus(Scene):
    """A bus that is not the system bus."""

    def test_complete(self) -> None:
        """These tests know each method that there is."""
        known = {member for table in (EVERYBODY, *ACTIONS.values()) for member in members(table)}
        files = {interface: ElementTree.parse(TESTS.parent / f"introspection/org.smartvpn.{interface}.xml") for interface in PATHS}
        self.assertEqual(known, {(interface, method.get("name")) for interface, file in files.items()
                                 for method in file.iterfind(".//method")})

    def test_own_user_only(self) -> None:
        """Others may look, and nothing else."""
        stranger = self.keep(OtherUser(self.daemon.bus, USER))
        for table in ACTIONS.values():
            for interface, member in members(table):
                name, message = error_of(stranger, interface, member)
                self.assertEqual(name, "NotAuthorized", member)
                self.assertIn(f"{member} is not allowed to user {USER}: on this bus", message)
        for interface, member in members(EVERYBODY):
            self.assertNotEqual(error_of(stranger, interface, member)[0], "NotAuthorized", member)
        permissions = stranger.call(ROOT, "org.smartvpn.Manager", "CheckPermissions")
        self.assertEqual((set(permissions), set(permissions.values())), ({f"org.smartvpn.{action}" for action in ACTIONS}, {"no"}))
        everything = stranger.call(CLIENT, PROPERTIES, "GetAll", GLib.Variant("(s)", ("org.smartvpn.Client",)))
        self.assertEqual(everything["State"], "disconnected")

    def test_set_property(self) -> None:
        """Nobody can set a property."""
        client = self.daemon.client()
        with self.assertRaises(DBusError):
            self.daemon.bus.call(client.path, PROPERTIES, "Set",
                                 GLib.Variant("(ssv)", (client.interface, "State", GLib.Variant("s", "connected"))))
        self.assertEqual(client.get("State"), "disconnected")


class TestWithoutPolkit(Scene):
    """The system bus, and nobody there to decide."""

    system = True

    def test_root_only(self) -> None:
        """Root may, others are told why they may not, until there is somebody."""
        stranger = self.keep(OtherUser(self.daemon.bus, USER))
        name, message = error_of(stranger, "Client", "Connect")
        self.assertEqual(name, "NotAuthorized")
        self.assertRegex(message, r"polkit does not decide on org\.smartvpn\.connect, so only root may do that: .*PolicyKit1")
        self.assertEqual(error_of(stranger, "Client", "GetStatus")[0], "")
        self.connected()
        self.assertEqual(set(stranger.call(ROOT, "org.smartvpn.Manager", "CheckPermissions").values()), {"no"})
        Polkit(self).answers(connect="yes")
        self.assertEqual(error_of(stranger, "Client", "Disconnect"), ("", ""))


class TestPolkit(Scene):
    """The system bus with a polkitd that says what a test tells it to."""

    system = True

    def setUp(self) -> None:
        """Has it started."""
        super().setUp()
        self.polkit = Polkit(self)
        self.user = self.keep(OtherUser(self.daemon.bus, USER))

    def begin(self, path: str, interface: str, method: str, arguments: GLib.Variant | None = None) -> Pending:
        """A call of the user that waits for polkit."""
        before = len(self.polkit.asked())
        pending = self.user.start_call(path, f"org.smartvpn.{interface}", method, arguments)
        self.polkit.wait_asked(before + 1)
        return pending

    def connect(self, path: str = CLIENT, **settings: Any) -> Pending:
        """Connect() of the user, waiting for polkit."""
        return self.begin(path, "Client", "Connect", GLib.Variant("(a{sv})", (options(settings),)))

    def check_action(self, action: str) -> None:
        """Each member: refused, refused for want of an authentication, allowed."""
        refusals = {"NotAuthorized", "InteractionRequired", "AuthorizationDismissed"}
        for answer, interactive, code, pattern in (
                ("no", False, "NotAuthorized", "polkit denies {}; an administrator can"),
                ("challenge", False, "InteractionRequired", "{} needs an authentication, and the call does not"),
                ("challenge", True, "NotAuthorized", "{} needs an authentication, and no agent is"),
                ("dismissed", True, "AuthorizationDismissed", "the authentication for {} was dismissed"),
                ("yes", False, "", "")):
            self.polkit.answers(**{action: answer})
            for interface, member in members(ACTIONS[action]):
                name, message = error_of(self.user, interface, member, interactive=interactive)
                self.assertEqual(name if name in refusals else "", code, f"{member}: {answer}: {name}: {message}")
                if answer != "yes":
                    self.assertIn(f"{member} is not allowed to user {USER}: {pattern.format('org.smartvpn.' + action)}",
                                  message)
                question = self.polkit.asked()[-1]
                self.assertEqual(question, (f"org.smartvpn.{action}", "system-bus-name", self.user.connection.get_unique_name(),
                                            int(interactive), {"object": PATHS[interface], "member": member}))
            self.assertEqual(len(self.polkit.asked()), len(list(members(ACTIONS[action]))))

    def test_connect(self) -> None:
        """org.smartvpn.connect."""
        self.check_action("connect")

    def test_manage_profiles(self) -> None:
        """org.smartvpn.manage-profiles."""
        self.check_action("manage-profiles")

    def test_view_clients(self) -> None:
        """org.smartvpn.view-clients."""
        self.check_action("view-clients")

    def test_run_server(self) -> None:
        """org.smartvpn.run-server."""
        self.check_action("run-server")

    def test_everybody(self) -> None:
        """For these, and for root, polkit is not asked, but for CheckPermissions()."""
        for interface, member in set(members(EVERYBODY)) - {("Manager", "CheckPermissions")}:
            self.assertNotEqual(error_of(self.user, interface, member)[0], "NotAuthorized", member)
        for table in ACTIONS.values():
            for interface, member in members(table):
                self.assertNotEqual(error_of(self.daemon.bus, interface, member)[0], "NotAuthorized", member)
        self.assertEqual(self.polkit.asked(), [])

    def test_connect_options(self) -> None:
        """Who may connect may not choose the server: options but "wait" are a change of the profile."""
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        self.polkit.answers(connect="yes")
        arguments = GLib.Variant("(a{sv})", (options({"wait": True, "server-url": "ws://198.51.100.3/"}),))
        with self.refused("NotAuthorized", "polkit denies org.smartvpn.manage-profiles"):
            self.user.call(client.path, client.interface, "Connect", arguments)
        self.assertEqual(client.get("State"), "disconnected")
        self.user.call(client.path, client.interface, "Connect", GLib.Variant("(a{sv})", (options({"wait": True}),)))
        self.assertEqual(client.get("State"), "connected")
        self.user.call(client.path, client.interface, "Disconnect")
        self.polkit.answers(connect="yes", manage_profiles="yes")
        self.user.call(client.path, client.interface, "Connect", arguments)
        self.assertEqual(client.get("ServerUrl"), "ws://198.51.100.3/")
        self.assertEqual([question[0] for question in self.polkit.asked()],
                         ["org.smartvpn.connect", "org.smartvpn.manage-profiles"])

    def test_check_permissions(self) -> None:
        """What polkit would answer, for all its actions, without a dialog, and without stopping the service meanwhile."""
        self.polkit.answers(connect="yes", manage_profiles="challenge", run_server="no", view_clients="challenge")
        expected = {"org.smartvpn.connect": "yes", "org.smartvpn.manage-profiles": "challenge", "org.smartvpn.run-server": "no",
                    "org.smartvpn.view-clients": "challenge"}
        check = (ROOT, "org.smartvpn.Manager", "CheckPermissions")
        self.assertEqual(self.user.call(*check, interactive=True), expected)
        self.assertEqual({question[3] & 1 for question in self.polkit.asked()}, {0})
        self.assertEqual(self.daemon.bus.call(*check), dict.fromkeys(expected, "yes"))
        self.polkit.answers(connect="wait", manage_profiles="yes", run_server="yes", view_clients="yes")
        pending = self.user.start_call(*check)
        self.polkit.wait_asked(4)
        self.assertEqual(self.daemon.client().get("State"), "disconnected")
        self.polkit.release("no")
        self.assertEqual(pending.result(), {**dict.fromkeys(expected, "yes"), "org.smartvpn.connect": "no"})

    def test_others_go_on(self) -> None:
        """While one waits for polkit, the service serves everybody else."""
        self.polkit.answers(connect="wait")
        pending = self.begin(CLIENT, "Client", "Disconnect")
        client, _ = self.connected()
        self.assertEqual((client.get("State"), pending.done), ("connected", False))
        self.polkit.release("yes")
        pending.result()
        self.assertEqual(client.get("State"), "disconnected")

    def test_state_changes(self) -> None:
        """What was asked for may be over when polkit answers."""
        client, _ = self.connected()
        self.polkit.answers(connect="wait")
        pending = self.begin(CLIENT, "Client", "Disconnect")
        client.disconnect()
        self.polkit.release("yes")
        with self.refused("NotConnected"):
            pending.result()

    def test_removed(self) -> None:
        """The object is removed while polkit is asked; a new one of its name is another one."""
        profile = {"server_url": "ws://198.51.100.2/", "server_public_key": SERVER_KEY}
        client = self.daemon.add_client("x", **profile)
        self.polkit.answers(connect="wait")
        pending = [self.connect(client.path), self.begin(client.path, "Client", "Disconnect")]
        self.daemon.manager("Remove", "(o)", client.path)
        again = self.daemon.add_client("x", **profile)
        self.polkit.release("yes")
        for call_of_old in pending:
            with self.refused("NoSuchProfile", f"{client.path} was removed before the call was authorised"):
                call_of_old.result()
        self.assertEqual(again.get("State"), "disconnected")

    def test_caller_vanishes(self) -> None:
        """Who leaves while polkit is asked has asked for nothing, and polkit is told."""
        client = self.daemon.add_client("x", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        self.polkit.answers(connect="wait")
        self.connect(client.path)
        self.user.close()
        wait_until(lambda: len(self.polkit.cancelled()) == 1, "CancelCheckAuthorization()")
        self.polkit.release("yes")
        self.assertEqual((client.get("State"), client.signals), ("disconnected", []))

    def test_polkit_dies(self) -> None:
        """Whoever waits then is refused."""
        self.polkit.answers(connect="wait")
        pending = self.connect()
        self.namespace.processes[-1].kill()
        with self.refused("NotAuthorized", "polkit does not decide"):
            pending.result()

    def test_end(self) -> None:
        """smartvpnd ends in order while polkit is asked."""
        self.polkit.answers(connect="wait")
        self.connect()
        self.daemon.process.popen.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.process.wait(10), 0)
