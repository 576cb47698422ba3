# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Private keys go in and never come out: not in an answer, a signal, a property, an error, a log or a readable file."""

from __future__ import annotations

import base64
import contextlib
import os
from pathlib import Path
from typing import Any

from gi.repository import GLib

from system import tls
from system.harness import Process, wait_until
from system.vpn import PROPERTIES, ROOT, Bus, DBusError, Object

from .fake_worker import ASSIGNMENT
from .scene import SERVER_KEY, Scene, Steering
from .test_access import ACTIONS, EVERYBODY, members

LEASE = ASSIGNMENT["lease"].get_string()
LINE = {"rtt-ms": GLib.Variant("ad", [1.0])}
ARGUMENTS = {"ListClientsPage": GLib.Variant("(uu)", (0, 100)), "GetHistory": GLib.Variant("(ua{sv})", (60, {})),
             "SubscribeTelemetry": GLib.Variant("(ua{sv})", (1000, {}))}  # of methods that have any


def make_key() -> str:
    """A private key."""
    return base64.b64encode(os.urandom(32)).decode()


class Monitor:
    """All that smartvpnd says on its bus."""

    def __init__(self, scene: Scene) -> None:
        self.bus: Bus = scene.daemon.bus
        self.process: Process = scene.namespace.spawn("stdbuf", "-oL", "busctl", f"--address={self.bus.address}", "monitor",
                                                      "--match=sender='org.smartvpn'")
        wait_until(lambda: "Monitoring bus message stream" in self.process.output(), "the monitor")

    def seen(self) -> str:
        """What it has said up to now."""
        mark = f"mark{len(self.process.output())}"
        with contextlib.suppress(DBusError):
            self.bus.call(ROOT, "org.smartvpn.Manager", mark)
        wait_until(lambda: mark in self.process.output(), "the monitor's last word")
        return self.process.output()


class TestSecrets(Scene):
    """Every secret that there is, and every way to ask."""

    def setUp(self) -> None:
        """Watches from the beginning."""
        super().setUp()
        self.monitor = Monitor(self)
        self.secrets: dict[str, str] = {}

    def secret(self, name: str) -> str:
        """A private key to be looked for."""
        self.secrets[name] = make_key()
        return self.secrets[name]

    def ask_everything(self, thing: Object) -> None:
        """Each method that needs no session, and all properties."""
        bus, interface = self.daemon.bus, thing.interface.removeprefix("org.smartvpn.")
        for table in (EVERYBODY, ACTIONS["view-clients"]):
            for owner, method in members(table):
                if owner == interface and method != "GetClientTelemetry":
                    bus.call(thing.path, thing.interface, method, ARGUMENTS.get(method))
        bus.call(thing.path, PROPERTIES, "GetAll", GLib.Variant("(s)", (thing.interface,)))
        bus.call(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")

    def talkative(self, worker: Steering, *methods: str) -> None:
        """A worker that says all secrets that it was given."""
        told: dict[str, Any] = {f"private-key-{number}": GLib.Variant("s", secret)
                                for number, secret in enumerate(self.secrets.values())}
        told |= {"private-key": GLib.Variant("s", next(iter(self.secrets.values()))), "lease": GLib.Variant("s", LEASE)}
        for method in methods:
            signature, values = {"ListClients": ("(aa{sv})", ([told],)), "GetHistory": ("(tua{sv})", (1, 1000, told | LINE)),
                                 "ListClientsPage": ("(aa{sv}u)", ([told], 1))}.get(method, ("(a{sv})", (told,)))
            worker.answer(method, signature, *values)

    def check(self) -> None:
        """Nothing was said."""
        said = {"the bus": self.monitor.seen(), "the log": self.daemon.logged()}
        for file in (self.directory / self.namespace.name / "run").rglob("*"):
            if file.is_file():
                said[str(file)] = file.read_text(errors="replace")
        self.assertIn(f'OBJECT_PATH "{ROOT}/clients/default"', said["the bus"])
        self.assertRegex(said["the log"], "-> (connected|running)")
        for where, text in said.items():
            for name, secret in {**self.secrets, "the lease": LEASE}.items():
                self.assertNotIn(secret, text, f"{name} is in {where}")

    def test_client(self) -> None:
        """Of the profile, of Connect(), and of a Connect() that is refused; before, while and after it is connected."""
        stored = {"server_url": "ws://198.51.100.2/", "server_public_key": SERVER_KEY}
        client = self.daemon.add_client("x", **stored, private_key=self.secret("the profile's"))
        self.ask_everything_down(client)
        client.connect()
        worker = Steering(self.daemon, "client-x")
        self.assertEqual(worker.got("StartClient")[0]["private-key"], self.secrets["the profile's"])
        self.talkative(worker, "GetStatistics", "GetConnectionQuality", "GetMtuInfo", "GetHistory")
        self.ask_everything(client)
        worker.emit("Reconnected", "(a{sv}a{sv})", {"private-key": GLib.Variant("s", self.secrets["the profile's"])}, ASSIGNMENT)
        client.wait_signal("Reconnected")
        self.restart()
        wait_until(self.daemon.bus.owner, "smartvpnd")
        self.ask_everything(client)
        client.disconnect()
        client.connect(private_key=self.secret("the option's"))
        self.assertEqual(Steering(self.daemon, "client-x").got("StartClient")[0]["private-key"],
                         self.secrets["the option's"])
        client.disconnect()
        with self.refused("InvalidSetting", "private-key"):
            client.connect(private_key=self.secret("one with a slip of the pen") + "=")
        with self.refused("InvalidSetting", "private-key"):
            self.daemon.add_client("y", **stored, private_key=self.secret("a short one")[:-1])
        self.check()

    def ask_everything_down(self, thing: Object) -> None:
        """What can be asked while there is no worker."""
        with self.refused("NotConnected" if thing.interface.endswith("Client") else "NotRunning"):
            self.ask_everything(thing)
        bus = self.daemon.bus
        bus.call(thing.path, PROPERTIES, "GetAll", GLib.Variant("(s)", (thing.interface,)))
        bus.call(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")

    def test_server(self) -> None:
        """Of the profile, of Start(), the one that smartvpnd makes, and that of the certificate."""
        key_file = tls.server_settings()["tls_key_file"]
        self.secrets["the certificate's"] = Path(key_file).read_text().splitlines()[1]
        server = self.daemon.add_server("x", listen=["127.0.0.1:0"], private_key=self.secret("the profile's"),
                                        **tls.server_settings())
        self.ask_everything_down(server)
        server.start()
        worker = Steering(self.daemon, "server-x")
        self.assertEqual(worker.got("StartServer")[0]["private-key"], self.secrets["the profile's"])
        self.talkative(worker, "GetStatistics", "ListClients", "ListClientsPage", "GetClientTelemetry")
        self.ask_everything(server)
        server.client_telemetry("x")
        worker.emit("ClientConnected", "(sa{sv})", "1", {"private-key": GLib.Variant("s", self.secrets["the profile's"])})
        server.wait_signal("ClientConnected")
        server._call("Reload")
        server.stop()
        server.start(private_key=self.secret("the option's"))
        server.stop()
        self.running()
        worker = Steering(self.daemon, "server-default")
        self.secrets["the one made by smartvpnd"] = worker.got("StartServer")[0]["private-key"]
        self.talkative(worker, "ListClients", "ListClientsPage")
        self.restart()
        self.ask_everything(self.daemon.server())
        self.check()
