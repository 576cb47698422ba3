# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The library with what it cannot know: a later smartvpnd, and objects that a program makes itself.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest lib.test_later

GI_TYPELIB_PATH and LD_LIBRARY_PATH have to lead to the library.
"""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import unittest
from typing import Any

import gi

gi.require_version("Smartvpn", "1")
from gi.repository import Gio, GLib, GObject, Smartvpn  # noqa: E402

from system.harness import wait_until  # noqa: E402

from .mock import Mock  # noqa: E402

CLIENT, SERVER = "/org/smartvpn/clients/default", "/org/smartvpn/servers/default"
PATIENCE_S = 60
# Calls every method of an object that was made without properties. It prints each name, and what the call has answered.
ALONE = """
import sys
import gi
gi.require_version("Smartvpn", "1")
from gi.repository import GLib, Smartvpn
kind = getattr(Smartvpn, sys.argv[1])
values = {"utf8": "x", "gboolean": False, "guint32": 7, "guint64": 7, "array": ["x"], "gint32": 0}
made = {"Client": Smartvpn.Client, "Server": Smartvpn.Server, "Profile": Smartvpn.Client,
        "AuthorizedClient": Smartvpn.AuthorizedClient, "Variant": lambda: GLib.Variant("a{sv}", {})}

def argument(info):
    described = info.get_type_info() if hasattr(info, "get_type_info") else info.get_type()
    if described.get_tag_as_string() != "interface":
        return values[described.get_tag_as_string()]
    name = described.get_interface().get_name()
    return made[name]() if name in made else None

def call(thing, name):
    arguments = [argument(info) for info in kind.__dict__[name].get_arguments()
                 if info.get_direction() == 0 and info.get_name() not in ("user_data", "callback")]
    if name.endswith("_async"):
        loop, answers = GLib.MainLoop(), []
        getattr(thing, name)(*arguments, lambda _thing, result: (answers.append(result), loop.quit()))
        loop.run()
        name, arguments = name.replace("_async", "_finish"), answers
    return getattr(thing, name)(*arguments)

for name, method in kind.__dict__.items():
    if not hasattr(method, "get_arguments") or not method.is_method() or name.endswith("_finish"):
        continue
    print(name, end=" ", flush=True)
    try:
        print("result", call(kind(), name), flush=True)
    except GLib.Error as error:
        print("error", error.domain, error.message, flush=True)
"""


def classes() -> list[str]:
    """The classes of which a program can make objects."""
    return [name for name in dir(Smartvpn)
            if inspect.isclass(getattr(Smartvpn, name)) and issubclass(getattr(Smartvpn, name), GObject.Object)
            and not getattr(Smartvpn, name).__gtype__.is_abstract()]


class TestAlone(unittest.TestCase):
    """Objects without a manager."""

    def test_calls(self) -> None:
        """Each method of an object that a program has made itself says what is wrong, but for closing what was never open."""
        calls = 0
        for kind in classes():
            with self.subTest(kind):
                done = subprocess.run([sys.executable, "-c", ALONE, kind], stdout=subprocess.PIPE, text=True,
                                      stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertNotRegex(done.stdout, "CRITICAL|WARNING")
                for name, outcome in re.findall(r"^((?!close_)\w+_a?sync) (.*)$", done.stdout, re.MULTILINE):
                    self.assertRegex(outcome, "^error g-io-error-quark this Smartvpn", f"{kind}.{name}")
                    calls += 1
        self.assertGreater(calls, 40)


class TestLater(unittest.TestCase):
    """A smartvpnd that has states, errors, keys and types that this library does not know."""

    @classmethod
    def setUpClass(cls) -> None:
        """A bus, the mock, a manager."""
        cls.mock = Mock()
        os.environ["SMARTVPN_BUS"] = cls.mock.address
        cls.manager = Smartvpn.Manager.new_sync()
        cls.mock.steer("Own")
        wait_until(cls.manager.get_running, "that the manager sees the mock")

    @classmethod
    def tearDownClass(cls) -> None:
        """Ends all three."""
        cls.manager.get_connection().close_sync()
        cls.mock.stop()

    def setUp(self) -> None:
        """A client and a server in states of later versions."""
        self.mock.steer("Reset")
        self.warnings: list[str] = []
        handler = GLib.log_set_handler("smartvpn", GLib.LogLevelFlags.LEVEL_WARNING,
                                       lambda _domain, _level, message, _data: self.warnings.append(message), None)
        self.addCleanup(GLib.log_remove_handler, "smartvpn", handler)
        self.add(CLIENT, {"State": GLib.Variant("s", "hibernating"), "Health": GLib.Variant("s", "splendid"),
                          "Mood": GLib.Variant("(ii)", (1, 2))})
        self.add(SERVER, {"State": GLib.Variant("s", "draining")})
        wait_until(lambda: self.manager.get_client("default") and self.manager.get_server("default"), "the profiles")
        self.client, self.server = self.manager.get_client("default"), self.manager.get_server("default")

    def add(self, path: str, properties: dict[str, GLib.Variant]) -> None:
        """Has the mock add a profile."""
        self.mock.steer("Add", "(oa{sv})", path, {"Name": GLib.Variant("s", "default"), **properties})

    def change(self, properties: dict[str, GLib.Variant]) -> None:
        """Has the mock change properties of the client."""
        self.mock.steer("Change", "(oa{sv}b)", CLIENT, properties, False)

    def test_words(self) -> None:
        """A state and a health that nobody knows are unknown, and their words are there."""
        self.assertEqual(self.client.props.state, Smartvpn.ClientState.UNKNOWN)
        self.assertEqual(self.client.props.state_word, "hibernating")
        self.assertEqual(self.client.props.health, Smartvpn.Health.UNKNOWN)
        self.assertEqual(self.client.props.health_word, "splendid")
        self.assertEqual(self.server.props.state, Smartvpn.ServerState.UNKNOWN)
        self.assertEqual(self.server.props.state_word, "draining")
        self.assertEqual(self.warnings, [])

    def test_next_word(self) -> None:
        """From one unknown word to another, the word is notified."""
        seen: list[str] = []
        self.client.connect("notify", lambda client, spec: seen.append(f"{spec.name} {client.props.state_word}"))
        self.change({"State": GLib.Variant("s", "dreaming")})
        wait_until(lambda: seen, "a change")
        self.assertEqual(seen, ["state-word dreaming"])
        self.change({"State": GLib.Variant("s", "connected")})
        wait_until(lambda: len(seen) > 2, "two changes")
        self.assertEqual(sorted(seen[1:]), ["state connected", "state-word connected"])

    def test_records(self) -> None:
        """Keys of later versions are in the dictionary, words are passed on."""
        self.mock.answer("Client.GetStatus", "(a{sv})", {
            "state": GLib.Variant("s", "hibernating"), "dreams": GLib.Variant("as", ["sheep"])})
        status = self.client.get_status_sync()
        self.assertEqual((status.get_state(), status.get_state_word()), (Smartvpn.ClientState.UNKNOWN, "hibernating"))
        self.assertEqual(status.to_variant().unpack()["dreams"], ["sheep"])
        self.mock.answer("Server.GetStatus", "(a{sv})", {"state": GLib.Variant("s", "draining")})
        self.assertEqual(self.server.get_status_sync().get_state_word(), "draining")
        self.mock.answer("Client.GetConnectionQuality", "(a{sv})", {"health": GLib.Variant("s", "splendid")})
        quality = self.client.get_connection_quality_sync()
        self.assertEqual((quality.get_health(), quality.get_health_word()), (Smartvpn.Health.UNKNOWN, "splendid"))

    def test_types(self) -> None:
        """A wider number is a number; what cannot be read is 0 or None with a warning, once."""
        self.mock.answer("Client.GetMtuInfo", "(a{sv})", {
            "mtu": GLib.Variant("t", 1420), "link-mtu": GLib.Variant("s", "1500"), "overhead": GLib.Variant("n", 80)})
        for _ in range(2):
            info = self.client.get_mtu_info_sync()
            self.assertEqual((info.get_mtu(), info.get_link_mtu(), info.get_overhead()), (1420, 0, 80))
        self.assertEqual(len(self.warnings), 1, self.warnings)
        self.assertIn("SmartvpnMtuInfo: link-mtu of smartvpnd has the type s instead of t", self.warnings[0])

    def test_property_types(self) -> None:
        """A property that comes with another type is no longer what it was."""
        self.change({"AssignedIp": GLib.Variant("s", "10.8.0.2")})
        wait_until(lambda: self.client.props.assigned_ip == "10.8.0.2", "the address")
        self.change({"AssignedIp": GLib.Variant("ay", b"\x0a\x08\x00\x03")})
        wait_until(lambda: self.warnings, "a warning")
        self.assertIsNone(self.client.props.assigned_ip)
        self.assertIn("SmartvpnClient: assigned-ip of smartvpnd has the type ay", self.warnings[0])

    def test_signal_types(self) -> None:
        """A signal whose arguments have changed is warned of, and breaks nothing."""
        self.mock.steer("Emit", "(ossav)", SERVER, "org.smartvpn.Server", "ClientConnected",
                        [GLib.Variant("s", "1"), GLib.Variant("s", "2")])
        self.mock.steer("Emit", "(ossav)", CLIENT, "org.smartvpn.Client", "MoonPhaseChanged", [GLib.Variant("u", 3)])
        wait_until(lambda: self.warnings, "a warning")
        self.assertIn("SmartvpnServer: ClientConnected", self.warnings[0])

    def test_errors(self) -> None:
        """An error that nobody knows keeps its name and its message."""
        for wait in (True, False):
            self.mock.refuse("Client.Reconnect", "org.smartvpn.Error.Overheated", "the CPU is too hot")
            with self.subTest(wait=wait), self.assertRaises(GLib.Error) as caught:
                self.call("reconnect", wait=wait)
            self.assertTrue(caught.exception.matches(Smartvpn.error_quark(), Smartvpn.Error.UNKNOWN))
            self.assertEqual(caught.exception.message, "Overheated: the CPU is too hot")
            self.assertEqual(Smartvpn.error_get_name(caught.exception), "Overheated")

    def call(self, function: str, *, wait: bool) -> Any:
        """Calls a method of the client in its blocking or its asynchronous form."""
        if wait:
            return getattr(self.client, f"{function}_sync")(None)
        results: list[Gio.AsyncResult] = []
        getattr(self.client, f"{function}_async")(None, lambda _client, result: results.append(result))
        wait_until(lambda: results, function)
        return getattr(self.client, f"{function}_finish")(results[0])
