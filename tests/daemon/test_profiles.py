# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Profiles: stored settings, read and changed over D-Bus and by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from system.harness import wait_until

from .scene import SERVER_KEY, Scene, Steering

PRIVATE_KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="  # its public key is PUBLIC_KEY
PUBLIC_KEY = "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw="
URL = "ws://198.51.100.2/"


class Profiles(Scene):
    """What these tests have in common."""

    def path(self, name: str) -> Path:
        """A file in the configuration directory."""
        return self.daemon.directory / "config" / name

    def stored(self, name: str) -> Any:
        """What a file there says."""
        return json.loads(self.path(name).read_text())


class TestUpdate(Profiles):
    """GetSettings() and Update()."""

    def test_settings(self) -> None:
        """What was set comes back, without defaults; of secrets their names alone. Kept over a restart."""
        office = self.daemon.add_client("office", server_url=URL, mtu=1400, dns=["192.0.2.53"], private_key=PRIVATE_KEY)
        expected = {"server-url": URL, "mtu": 1400, "dns": ["192.0.2.53"]}
        self.assertEqual((office.settings(), office.secrets()), (expected, ["private-key"]))
        office.update("mtu", "routes", tls_verify="none", dns=[])
        self.restart()
        expected = {"server-url": URL, "tls-verify": "none", "dns": []}
        self.assertEqual((office.settings(), office.secrets()), (expected, ["private-key"]))
        self.assertEqual(self.stored("clients/office.json"), expected)
        self.assertEqual(self.stored("secrets/client-office.json"), {"private-key": PRIVATE_KEY})
        office.update("private-key")
        self.assertEqual((office.settings(), office.secrets()), (expected, []))
        self.assertEqual(self.stored("secrets/client-office.json"), {})

    def test_default_objects(self) -> None:
        """The two that always exist have no profile at first; Update() makes it, once it is there AddClient() cannot."""
        for thing, folder in ((self.daemon.client(), "clients"), (self.daemon.server(), "servers")):
            self.assertEqual((thing.settings(), thing.secrets()), ({}, []))
            self.assertFalse(self.path(f"{folder}/default.json").exists())
            thing.update(mtu=1300)
            self.assertEqual((thing.settings(), self.stored(f"{folder}/default.json")), ({"mtu": 1300}, {"mtu": 1300}))
        with self.refused("InvalidArguments", "default"):
            self.daemon.add_client("default", mtu=1400)

    def test_last_setting(self) -> None:
        """A profile without settings is still one."""
        office = self.daemon.add_client("office", mtu=1400)
        office.update("mtu")
        self.restart()
        self.assertEqual((office.get("Name"), office.settings()), ("office", {}))

    def test_refused(self) -> None:
        """All or nothing: what is wrong is named, and nothing changes, not even on disk."""
        office = self.daemon.add_client("office", mtu=1400, private_key=PRIVATE_KEY)
        before = self.path("clients/office.json").stat().st_mtime_ns
        for words, unset, settings in (
                ("unknown setting 'listen'", [], {"listen": ["0.0.0.0:443"]}),
                ("unknown setting 'no-such'", ["mtu", "no-such"], {"tls-verify": "none"}),
                ("mtu: 5 is out of range", ["private-key"], {"tls-verify": "none", "mtu": 5}),
                ("mtu: expected", [], {"mtu": "1300"}), ("mtu: both set and unset", ["mtu"], {"mtu": 1300}),
                ("wait: an option of a call", [], {"wait": False}), ("wait: an option of a call", ["wait"], {}),
                ("private-key: the value given is not", [], {"private-key": "secret"})):
            with self.subTest(words), self.refused("InvalidArguments", f"^{words}"):
                office.update(*unset, **settings)
        self.assertEqual((office.settings(), office.secrets()), ({"mtu": 1400}, ["private-key"]))
        self.assertEqual(self.path("clients/office.json").stat().st_mtime_ns, before)

    def test_not_stored(self) -> None:
        """What cannot be written is Failed, with the file's name."""
        office = self.daemon.add_client("office", mtu=1400)
        self.path("clients/office.json").rename(self.path("clients/kept"))
        self.path("clients/office.json").mkdir()
        with self.refused("Failed", "clients/office.json"):
            office.update(mtu=1300)

    def test_connected(self) -> None:
        """The running tunnel is undisturbed; the next one takes the new settings."""
        client = self.daemon.client()
        client.update(server_url=URL, server_public_key=SERVER_KEY)
        client.connect()
        before = self.namespace.snapshot()
        client.update(server_url="ws://198.51.100.3/", mtu=1500)
        self.assertEqual((client.get("ServerUrl"), client.status()["mtu"]), (URL, 1420))
        self.assertEqual(client.settings()["server-url"], "ws://198.51.100.3/")
        self.assertEqual((self.namespace.snapshot(), client.get("State")), (before, "connected"))
        client.disconnect()
        self.assertEqual(client.get("ServerUrl"), "ws://198.51.100.3/")
        client.connect()
        (settings,) = Steering(self.daemon, "client-default").got("StartClient")
        self.assertEqual((settings["server-url"], settings["mtu"]), ("ws://198.51.100.3/", 1500))

    def test_running(self) -> None:
        """The same of a server, whose public key goes on while it runs."""
        server, _ = self.running()
        public_key = server.get("PublicKey")
        self.assertEqual((server.settings(), server.secrets()), ({}, ["private-key"]))
        server.update(private_key=PRIVATE_KEY, mtu=1300)
        self.assertEqual((server.get("PublicKey"), server.status()["mtu"]), (public_key, 1420))
        server.stop()
        wait_until(lambda: {"PublicKey": PUBLIC_KEY} in [{k: v for k, v in change.items() if k == "PublicKey"}
                                                         for change in server.changes], "PropertiesChanged")
        _, worker = self.running()
        self.assertEqual((server.get("PublicKey"), worker.got("StartServer")[0]["mtu"]), (PUBLIC_KEY, 1300))

    def test_properties(self) -> None:
        """What Update() changes of the properties is signalled."""
        client, server = self.daemon.client(), self.daemon.server()
        client.update(server_url=URL)
        server.update(private_key=PRIVATE_KEY)
        wait_until(lambda: (client.changes, server.changes) == ([{"ServerUrl": URL}], [{"PublicKey": PUBLIC_KEY}]),
                   "PropertiesChanged")
        client.update("server-url")
        server.update("private-key")
        wait_until(lambda: (client.changes[1:], server.changes[1:]) == ([{"ServerUrl": ""}], [{"PublicKey": ""}]),
                   "PropertiesChanged")

    def test_secrets_are_told_nowhere(self) -> None:
        """Not in an answer, a property, a signal or the log."""
        told: list[str] = []
        office = self.daemon.add_client("office")
        office.update(private_key=PRIVATE_KEY)
        told += [repr(office._call("GetSettings")), repr(office.status()), repr(office.signals), repr(office.changes)]
        told += [repr(self.daemon.bus.call("/org/smartvpn", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))]
        self.assertNotIn(PRIVATE_KEY, "".join(told) + self.daemon.logged())
