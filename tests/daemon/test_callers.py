# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Callers that leave the bus before their answer."""

from __future__ import annotations

from typing import Any

from gi.repository import Gio, GLib

from system.harness import wait_until
from system.vpn import ROOT, DBusError, Object, options

from .scene import SERVER_KEY, Scene, Steering

GONE = "caller-left"


class TestCallers(Scene):
    """Connect() and Start(), and nobody who waits for them."""

    def caller(self) -> Gio.DBusConnection:
        """Another program on the bus."""
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        caller = Gio.DBusConnection.new_for_address_sync(self.daemon.bus.address, flags, None, None)
        caller.set_exit_on_close(False)
        return caller

    def begin(self, thing: Object, method: str, **settings: Any) -> Gio.DBusConnection:
        """Calls a method from another connection, which is returned."""
        caller = self.caller()
        caller.call("org.smartvpn", thing.path, thing.interface, method,
                    GLib.Variant("(a{sv})", (options(settings),)), None, Gio.DBusCallFlags.NONE, -1, None, None)
        caller.flush_sync(None)
        return caller

    def begin_connect(self, **settings: Any) -> Gio.DBusConnection:
        """Connect() of the default client."""
        return self.begin(self.daemon.client(), "Connect", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY,
                          **settings)

    def steering(self, identity: str, method: str) -> Steering:
        """The worker, which has got this call and does not answer it."""
        socket = self.daemon.directory / "run" / identity / "control"
        wait_until(socket.exists, "the control socket")
        worker = wait_until(lambda: self.reach(identity), "the worker")
        wait_until(lambda: worker.got(method), method)
        return worker

    def reach(self, identity: str) -> Steering | None:
        """The worker, if it listens already."""
        try:
            return Steering(self.daemon, identity)
        except GLib.Error:
            return None

    def undone(self, thing: Object, before: str, states: tuple[str, str, str]) -> None:
        """Everything is as it was, and the state tells why."""
        starting, stopping, stopped = states
        thing.wait_state(stopped)
        self.assertEqual((thing.get("LastError"), thing.get("Interface")),
                         ("The program that asked for it has ended", ""))
        self.assertEqual((self.namespace.snapshot(), self.daemon.worker_pids()), (before, []))
        changes = [change["State"] for change in thing.changes if "State" in change]
        self.assertEqual(changes, [starting, stopping, stopped])
        self.assertIn(f"{stopping} -> {stopped}: {GONE}", self.daemon.logged())

    def test_connect(self) -> None:
        """At any moment before the answer: the attempt is cancelled, and the next one works."""
        for method in ("", "StartClient", "AttachTun"):
            with self.subTest(method or "before there is a worker"):
                self.hold("StartClient" if not method else method)
                client, before = self.daemon.client(), self.namespace.snapshot()
                caller = self.begin_connect()
                if method:
                    self.steering("client-default", method)
                wait_until(lambda: len(client.changes) > 0, "the beginning")
                caller.close_sync(None)
                self.undone(client, before, ("connecting", "disconnecting", "disconnected"))
                last = [arguments for name, arguments in client.signals if name == "StateChanged"][-1]
                self.assertEqual(last, ("disconnected", "disconnecting", GONE, {}))
        self.hold()
        self.connected()

    def test_start(self) -> None:
        """The same of a server."""
        for method in ("", "StartServer"):
            with self.subTest(method or "before there is a worker"):
                self.hold("StartServer")
                server, before = self.daemon.server(), self.namespace.snapshot()
                caller = self.begin(server, "Start", listen=["127.0.0.1:0"], nat=True)
                if method:
                    self.steering("server-default", method)
                wait_until(lambda: len(server.changes) > 0, "the beginning")
                caller.close_sync(None)
                self.undone(server, before, ("starting", "stopping", "stopped"))
        self.hold()
        self.running()

    def test_without_waiting(self) -> None:
        """Who does not wait may go."""
        client = self.daemon.client()
        self.hold("AttachTun")
        caller = self.begin_connect(wait=False)
        self.steering("client-default", "AttachTun")
        caller.close_sync(None)
        others = self.caller()  # whose end is noticed after that of the first
        others.close_sync(None)
        self.assertEqual((client.get("State"), client.get("Interface")), ("connecting", ""))
        client.disconnect()
        self.hold()
        caller = self.begin_connect(wait=False)
        wait_until(lambda: client.get("State") != "disconnected", "the beginning")
        caller.close_sync(None)
        client.wait_state("connected")

    def test_after_the_answer(self) -> None:
        """Who has the answer may go, too."""
        caller = self.begin_connect()
        self.daemon.client().wait_state("connected")
        caller.close_sync(None)
        self.assertEqual(self.daemon.client().get("State"), "connected")

    def test_others(self) -> None:
        """A caller who was told Busy, and goes, does not end what another one waits for."""
        self.hold("StartClient")
        first = self.begin_connect()
        self.steering("client-default", "StartClient")
        second = self.begin_connect()
        third = self.daemon.client()
        with self.refused("Busy"):
            third.connect(server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        second.close_sync(None)
        self.caller().close_sync(None)
        self.assertEqual(third.get("State"), "connecting")
        first.close_sync(None)
        third.wait_state("disconnected")

    def test_removed_meanwhile(self) -> None:
        """Calls that come right behind a Remove() of their object find none, unless they were allowed before it, and do no harm."""
        update = GLib.Variant("(a{sv}as)", ({}, []))
        subscribe = GLib.Variant("(ua{sv})", (1000, {}))
        for _ in range(20):
            client = self.daemon.add_client("office")
            bus = self.daemon.bus
            removed = bus.start_call(ROOT, "org.smartvpn.Manager", "Remove", GLib.Variant("(o)", (client.path,)))
            calls = [bus.start_call(client.path, "org.smartvpn.Client", "Update", update) for _ in range(20)]
            calls += [bus.start_call(client.path, "org.smartvpn.Client", "SubscribeTelemetry", subscribe) for _ in range(5)]
            calls += [bus.start_call(client.path, "org.smartvpn.Client", "GetSettings") for _ in range(5)]
            removed.result()
            for call in calls:
                try:
                    call.result()
                except DBusError as error:
                    self.assertIn(error.name, ("org.freedesktop.DBus.Error.UnknownMethod", "NoSuchProfile"))
        self.assertTrue(self.daemon.process.is_running())

    def test_disconnect(self) -> None:
        """Disconnect() is done to its end."""
        client, _ = self.connected()
        self.begin(client, "Disconnect").close_sync(None)  # with arguments that it has not
        self.assertEqual(client.get("State"), "connected")
        caller = self.caller()
        caller.call("org.smartvpn", client.path, client.interface, "Disconnect", None, None, Gio.DBusCallFlags.NONE, -1,
                    None, None)
        wait_until(lambda: client.get("State") != "connected", "the beginning")
        caller.close_sync(None)
        client.wait_state("disconnected")
