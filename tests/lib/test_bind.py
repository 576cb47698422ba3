# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What programs bind: records with properties, and the sessions of a server as a list that follows them.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest lib.test_bind

GI_TYPELIB_PATH and LD_LIBRARY_PATH have to lead to the library.
"""

from __future__ import annotations

import os
import unittest
from typing import Any

import gi

gi.require_version("Smartvpn", "1")
from gi.repository import Gio, GLib, GObject, Smartvpn  # noqa: E402

from system.harness import wait_until  # noqa: E402

from .mock import Mock  # noqa: E402

SERVER = "/org/smartvpn/servers/default"


class Label(GObject.Object):
    """Something on a screen."""

    text = GObject.Property(type=str)


def session(name: str, sent: int) -> dict[str, GLib.Variant]:
    """A session as smartvpnd lists it; its name is its id."""
    return {"id": GLib.Variant("s", name), "name": GLib.Variant("s", name), "bytes-sent": GLib.Variant("t", sent)}


class TestRecords(unittest.TestCase):
    """Properties of records."""

    def test_properties(self) -> None:
        """Each getter of a record without arguments is a property, with the same value."""
        kinds = [kind for kind in (getattr(Smartvpn, name) for name in dir(Smartvpn))
                 if isinstance(kind, type) and issubclass(kind, Smartvpn.Record) and kind is not Smartvpn.Record]
        self.assertGreater(len(kinds), 10)
        for kind in kinds:
            names = {spec.name for spec in kind.list_properties()}
            getters = {name.removeprefix("get_").replace("_", "-") for name, method in vars(kind).items()
                       if name.startswith("get_") and hasattr(method, "is_method") and not method.get_arguments()}
            with self.subTest(kind):
                self.assertEqual(names, getters - {"history"})
                record = Smartvpn.AuthorizedClient.new("laptop", "KEY=") if kind is Smartvpn.AuthorizedClient else kind()
                for name in names:
                    value, got = record.get_property(name), getattr(record, f"get_{name.replace('-', '_')}")()
                    self.assertEqual(value, got, name)

    def test_setters(self) -> None:
        """A client that a program changes notifies."""
        client, label = Smartvpn.AuthorizedClient.new("laptop", "KEY="), Label()
        client.bind_property("ipv4", label, "text", GObject.BindingFlags.SYNC_CREATE)
        self.assertIsNone(label.text)
        client.set_ipv4("10.8.0.7")
        self.assertEqual(label.text, "10.8.0.7")

    def test_opaque(self) -> None:
        """A program cannot derive from the library's classes."""
        for base in (Smartvpn.Client, Smartvpn.Session, Smartvpn.Manager, Smartvpn.SessionList):
            with self.subTest(base), self.assertRaises(Exception):
                type("Derived", (base,), {"__gtype_name__": f"Derived{base.__name__}"})()


class TestSessions(unittest.TestCase):
    """The list of sessions."""

    @classmethod
    def setUpClass(cls) -> None:
        """A bus, the mock, a manager."""
        cls.mock = Mock()
        os.environ["SMARTVPN_BUS"] = cls.mock.address
        cls.manager = Smartvpn.Manager.new_sync()
        cls.manager.set_interactive(True)
        cls.mock.steer("Own")
        wait_until(cls.manager.get_running, "that the manager sees the mock")

    @classmethod
    def tearDownClass(cls) -> None:
        """Ends all three."""
        cls.manager.get_connection().close_sync()
        cls.mock.stop()

    def setUp(self) -> None:
        """A server with two sessions, and a list of them."""
        self.mock.steer("Reset")
        self.clients = 10
        self.mock.steer("Add", "(oa{sv})", SERVER, {
            "Name": GLib.Variant("s", "default"), "State": GLib.Variant("s", "running")})
        wait_until(lambda: self.manager.get_server("default"), "the server")
        self.lists(session("one", 1), session("two", 2))
        self.list = Smartvpn.SessionList.new(self.manager.get_server("default"), 0)
        self.changes: list[tuple[int, int, int]] = []
        self.list.connect("items-changed", lambda _list, *change: self.changes.append(change))
        wait_until(lambda: self.list.get_n_items() == 2, "two sessions")

    def lists(self, *sessions: dict[str, GLib.Variant]) -> None:
        """Has the mock list these."""
        self.mock.answer("Server.ListClients", "(aa{sv})", list(sessions))

    def changed(self) -> None:
        """Has the mock tell that sessions have begun or ended."""
        self.clients += 1
        self.mock.steer("Change", "(oa{sv}b)", SERVER, {"ConnectedClients": GLib.Variant("u", self.clients)}, False)

    def ids(self) -> list[str]:
        """The ids in the list."""
        return [each.get_id() for each in self.list]

    def test_in_place(self) -> None:
        """A session stays the same object, and notifies of what has changed; others come and go around it."""
        one, label = self.list.get_item(0), Label()
        statistics = one.props.statistics
        statistics.bind_property("bytes-sent", label, "text", GObject.BindingFlags.SYNC_CREATE,
                                 lambda _binding, count: str(count))
        seen: list[str] = []
        one.connect("notify", lambda _session, spec: seen.append(spec.name))
        self.changes.clear()
        self.lists(session("three", 3), {**session("one", 100), "name": GLib.Variant("s", "laptop")})
        self.changed()
        wait_until(lambda: self.ids() == ["one", "three"], "another list")
        self.assertIs(self.list.get_item(0), one)
        self.assertIs(one.props.statistics, statistics)
        self.assertEqual(self.changes, [(1, 1, 0), (1, 0, 1)])
        self.assertEqual((label.text, one.props.name, seen), ("100", "laptop", ["name"]))

    def test_refused(self) -> None:
        """Who may not see the sessions sees none, is told why, and is asked for no password."""
        self.mock.refuse("Server.ListClients", "org.smartvpn.Error.NotAuthorized", "not allowed")
        self.list.refresh()
        wait_until(lambda: self.list.props.error, "an error")
        self.assertEqual((self.list.props.error, self.ids()), ("not allowed", []))
        self.assertFalse(self.mock.steer("Got", "(s)", "Server.ListClients")[0])
        self.lists(session("one", 1))
        self.list.refresh()
        wait_until(lambda: self.ids() == ["one"], "a session")
        self.assertIsNone(self.list.props.error)

    def test_stopped(self) -> None:
        """A server that has stopped has no sessions, which is no error."""
        self.mock.refuse("Server.ListClients", "org.smartvpn.Error.NotRunning", "the server does not run")
        self.mock.steer("Change", "(oa{sv}b)", SERVER, {"State": GLib.Variant("s", "stopped")}, False)
        wait_until(lambda: not self.ids(), "an empty list")
        self.assertIsNone(self.list.props.error)

    def test_interval(self) -> None:
        """With an interval, counters are updated without anything that tells."""
        following = Smartvpn.SessionList.new(self.manager.get_server("default"), 1)
        wait_until(lambda: following.get_n_items() == 2, "two sessions")
        self.lists(session("one", 50))
        wait_until(lambda: following.get_n_items() == 1, "an update")
        self.assertEqual(following.get_item(0).props.statistics.props.bytes_sent, 50)

    def test_end(self) -> None:
        """A list that nobody needs any more is gone, and asks for nothing."""
        following: Any = Smartvpn.SessionList.new(self.manager.get_server("default"), 1)
        wait_until(lambda: following.get_n_items() == 2, "two sessions")
        ended: list[bool] = []
        following.weak_ref(lambda: ended.append(True))  # of the object itself, not of what Python has around it
        del following
        wait_until(lambda: ended, "the end of the list")
        self.assertIsInstance(self.list, Gio.ListModel)
