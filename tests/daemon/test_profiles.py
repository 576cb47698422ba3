# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Profiles: stored settings, read and changed over D-Bus and by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from system.harness import wait_until
from system.vpn import ROOT, Client

from .scene import SERVER_KEY, Scene, Steering

PRIVATE_KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="  # its public key is PUBLIC_KEY
PUBLIC_KEY = "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw="
URL = "ws://198.51.100.2/"


class Profiles(Scene):
    """What these tests have in common."""

    def path(self, name: str) -> Path:
        """A file in the configuration directory."""
        return self.daemon.directory / "config" / name

    def client(self, name: str) -> Client:
        """A client without '-' and '_' in its name."""
        return Client(self.daemon, f"{ROOT}/clients/{name}")

    def objects(self) -> set[str]:
        """Names of all clients and servers, as in their paths."""
        managed = self.daemon.bus.call(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        return {path.removeprefix(f"{ROOT}/") for path in managed}

    def stored(self, name: str) -> Any:
        """What a file there says."""
        return json.loads(self.path(name).read_text())


class TestTitle(Profiles):
    """A name for people."""

    def test_title(self) -> None:
        """The property follows the setting, of clients and servers, by calls and by hand."""
        for thing in (self.daemon.add_client("office"), self.daemon.add_server("branch")):
            self.assertEqual(thing.get("Title"), "")
            thing.update(title="Büro (Zürich)")
            self.assertEqual((thing.get("Title"), thing.settings()["title"]), ("Büro (Zürich)", "Büro (Zürich)"))
            wait_until(lambda thing=thing: {"Title": "Büro (Zürich)"} in thing.changes, "PropertiesChanged()")
            thing.update("title")
            self.assertEqual(thing.get("Title"), "")
        with self.refused("InvalidSetting", "^title: "):
            self.daemon.client().connect(title="x", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)


class TestUpdate(Profiles):
    """GetSettings() and Update()."""

    def test_settings(self) -> None:
        """What was set comes back, without defaults; of secrets their names alone, and the public key. Kept over a restart."""
        office = self.daemon.add_client("office", server_url=URL, mtu=1400, dns=["192.0.2.53"], private_key=PRIVATE_KEY)
        expected = {"server-url": URL, "mtu": 1400, "dns": ["192.0.2.53"], "public-key": PUBLIC_KEY}
        self.assertEqual((office.settings(), office.secrets()), (expected, ["private-key"]))
        office.update("mtu", "routes", tls_verify="none", dns=[])
        self.restart()
        expected = {"server-url": URL, "tls-verify": "none", "dns": [], "public-key": PUBLIC_KEY}
        self.assertEqual((office.settings(), office.secrets()), (expected, ["private-key"]))
        self.assertEqual(self.stored("clients/office.json"), expected)
        self.assertEqual(self.stored("secrets/client-office.json"), {"private-key": PRIVATE_KEY})
        office.update("private-key")
        del expected["public-key"]
        self.assertEqual((office.settings(), office.secrets()), (expected, []))
        self.assertEqual(self.stored("secrets/client-office.json"), {})

    def test_default_objects(self) -> None:
        """The two that always exist have no profile at first; Update() makes it, once it is there AddClient() cannot."""
        for thing, folder in ((self.daemon.client(), "clients"), (self.daemon.server(), "servers")):
            self.assertEqual((thing.settings(), thing.secrets()), ({}, []))
            self.assertFalse(self.path(f"{folder}/default.json").exists())
            thing.update(mtu=1300)
            self.assertEqual((thing.settings(), self.stored(f"{folder}/default.json")), ({"mtu": 1300}, {"mtu": 1300}))
        with self.refused("AlreadyExists", "default"):
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
                ("listen: unknown setting", [], {"listen": ["0.0.0.0:443"]}),
                ("no-such: unknown setting", ["mtu", "no-such"], {"tls-verify": "none"}),
                ("mtu: 5 is out of range", ["private-key"], {"tls-verify": "none", "mtu": 5}),
                ("mtu: expected", [], {"mtu": "1300"}), ("mtu: both set and unset", ["mtu"], {"mtu": 1300}),
                ("wait: an option of a call", [], {"wait": False}), ("wait: an option of a call", ["wait"], {}),
                ("private-key: the value given is not", [], {"private-key": "secret"})):
            with self.subTest(words), self.refused(
                    "UnknownSetting" if "unknown" in words else "InvalidSetting", f"^{words}"):
                office.update(*unset, **settings)
        self.assertEqual((office.settings(), office.secrets()), ({"mtu": 1400, "public-key": PUBLIC_KEY}, ["private-key"]))
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
        self.assertEqual((server.settings(), server.secrets()), ({"public-key": public_key}, ["private-key"]))
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


class TestFiles(Profiles):
    """Files that are edited by hand, while smartvpnd runs and while it does not."""

    broken = '{\n  "mtu": 1400,\n  oops\n}\n'
    reason = "clients/office.json: line 3: word or text without quotes"

    def wait_error(self, client: Client, words: str) -> None:
        """Waits until LastError and GetStatus() say so; "" for no error."""
        wait_until(lambda: words in client.get("LastError") and bool(words) == bool(client.get("LastError")),
                   f"LastError {words!r}")
        assert client.status().get("last-error", "") == client.get("LastError")

    def test_broken(self) -> None:
        """A broken file is named with line and reason, where it is used and before; no other profile is disturbed."""
        office = self.daemon.add_client("office", server_url=URL, server_public_key=SERVER_KEY, private_key=PRIVATE_KEY)
        other = self.daemon.add_client("other", mtu=1300)
        self.daemon.kill()
        self.path("clients/office.json").write_text(self.broken)
        self.daemon.start()
        self.wait_error(office, self.reason)
        self.assertIn(self.reason, self.daemon.logged())
        self.assertEqual((other.settings(), other.get("LastError"), office.get("State")),
                         ({"mtu": 1300}, "", "disconnected"))
        for call in (office.connect, lambda: office.connect(server_url=URL, server_public_key=SERVER_KEY),
                     office.settings, lambda: office.update("mtu"), lambda: office.update(mtu=1300)):
            with self.refused("Failed", self.reason):
                call()
        with self.refused("AlreadyExists", "office"):
            self.daemon.add_client("office")
        self.assertEqual(self.path("clients/office.json").read_text(), self.broken)

        self.path("clients/office.json").write_text('{"serverUrl": "ws://198.51.100.9/", "mtu": 1400}')
        self.wait_error(office, "")
        self.assertEqual((office.get("ServerUrl"), office.secrets()), ("ws://198.51.100.9/", ["private-key"]))
        office.update("server-url")
        self.assertEqual(self.stored("clients/office.json"), {"mtu": 1400, "public-key": PUBLIC_KEY})

    def test_removed_while_broken(self) -> None:
        """Remove() keeps the text that it cannot read."""
        self.daemon.add_client("office", private_key=PRIVATE_KEY)
        self.path("clients/office.json").write_text(self.broken)
        self.daemon.manager("Remove", "(o)", f"{ROOT}/clients/office")
        self.assertEqual(self.path("clients/office.json.broken").read_text(), self.broken)
        self.assertNotIn("clients/office", self.objects())
        self.assertEqual(self.daemon.add_client("office").secrets(), [])

    def test_secrets_that_others_can_read(self) -> None:
        """A key that may be known to others is not used, until somebody has looked at it."""
        server = self.daemon.add_server("office", private_key=PRIVATE_KEY)
        file = self.path("secrets/server-office.json")
        self.assertEqual((file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777), (0o600, 0o700))
        file.chmod(0o640)
        self.wait_error(server, "secrets/server-office.json: its mode 0640")
        self.assertEqual(server.get("PublicKey"), "")
        with self.refused("Failed", "secrets/server-office.json: its mode 0640"):
            server.start(listen=["127.0.0.1:0"])
        file.chmod(0o600)
        self.wait_error(server, "")
        self.assertEqual(server.get("PublicKey"), PUBLIC_KEY)

    def test_added_and_removed(self) -> None:
        """Objects come and go with their files; other files are nobody's."""
        self.assertEqual(self.objects(), {"clients/default", "servers/default"})
        for name in ("clients/office.json", "servers/branch.json"):
            self.path(name).write_text("{}")
        for name in ("clients/office.json~", "clients/.office.json.swp", "clients/Office.json", "servers/notes.txt"):
            self.path(name).write_text("not JSON")
        expected = {"clients/default", "servers/default", "clients/office", "servers/branch"}
        wait_until(lambda: self.objects() == expected, "the objects")
        self.path("clients/office.json").rename(self.path("clients/home.json"))
        self.path("servers/branch.json").unlink()
        expected = {"clients/default", "servers/default", "clients/home"}
        wait_until(lambda: self.objects() == expected, "the objects")
        self.path("clients/home.json").write_text('{"server-url": "wss://a/"}')
        wait_until(lambda: self.client("home").get("ServerUrl") == "wss://a/", "ServerUrl")

    def test_edited_while_connected(self) -> None:
        """The tunnel goes on, and its object stays until it has ended."""
        office = self.daemon.add_client("office", server_url=URL, server_public_key=SERVER_KEY)
        office.connect()
        self.path("clients/office.json").write_text(self.broken)
        wait_until(lambda: self.reason in self.daemon.logged(), "the warning")
        self.assertEqual((office.get("State"), office.get("LastError"), office.get("ServerUrl")), ("connected", "", URL))
        self.path("clients/office.json").unlink()
        self.path("clients/new.json").write_text("{}")
        wait_until(lambda: "clients/new" in self.objects(), "the new client")
        self.assertEqual((office.get("State"), office.settings()), ("connected", {}))
        office.disconnect()
        wait_until(lambda: self.objects() == {"clients/default", "clients/new", "servers/default"}, "the objects")

    def test_folder_replaced(self) -> None:
        """A configuration that is put in place as a whole is noticed, too."""
        self.daemon.add_client("office")
        self.path("clients").rename(self.path("old"))
        wait_until(lambda: "clients/office" not in self.objects(), "that the client is gone")
        self.path("clients").mkdir()
        self.path("clients/home.json").write_text("{}")
        wait_until(lambda: "clients/home" in self.objects(), "the new client")

    def test_authorized(self) -> None:
        """The clients of a server can be written in camelCase, too."""
        server = self.daemon.server()
        self.path("authorized").mkdir()
        self.path("authorized/default.json").write_text(
            json.dumps({"a": {"publicKey": PUBLIC_KEY, "rateLimitBytesPerS": 5000, "ipv4": "10.8.0.7"}}))
        self.assertEqual(server.list_authorized(), [{"name": "a", "public-key": PUBLIC_KEY, "ipv4": "10.8.0.7",
                                                     "rate-limit-bytes-per-s": 5000}])
        self.path("authorized/default.json").write_text(
            json.dumps({"a": {"publicKey": PUBLIC_KEY, "public-key": PUBLIC_KEY}}))
        with self.refused("Failed", "authorized/default.json: 'a': public-key: the same setting as publicKey"):
            server.list_authorized()
