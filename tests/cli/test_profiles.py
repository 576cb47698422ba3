# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The commands for profiles and keys, and the program itself.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_profiles
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess

from gi.repository import GLib

from .scene import CLIENTS, KEY, PATIENCE_S, PRIVATE, PROGRAM, PUBLIC, SERVERS, STATISTICS, CommandScene, number, text


class TestProfiles(CommandScene):
    """Profiles."""

    def test_show(self) -> None:
        """Settings, and the names of secrets."""
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {"mtu": number(1400, "u"), "dns": GLib.Variant("as", ["a", "b"]),
                                                             "qos": GLib.Variant("b", False)}, ["private-key"])
        shown = self.run_command("profile", "show", "default").output
        self.assertEqual(sorted(shown.splitlines()), ["SETTING      VALUE", "dns          a, b", "mtu          1400",
                                                      "private-key  (stored)", "qos          false"])
        self.assertEqual(self.gets("profile", "show", "default"),
                         {"kind": "client", "name": "default", "settings": {"mtu": 1400, "dns": ["a", "b"], "qos": False},
                          "secrets": ["private-key"]})
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {}, [])
        self.assertEqual(self.gets("profile", "show", "default", "--server")["kind"], "server")
        self.fails(5, "server 'x' does not exist; the servers are: default", "profile", "show", "x", "--server")

    def test_add(self) -> None:
        """A client, a server, and an error of smartvpnd with the name before it."""
        self.add(CLIENTS, "office")
        self.mock.answer("Manager.AddClient", "(o)", f"{CLIENTS}office")
        self.prints("", "profile", "add", "office", "server-url=wss://v/", "--private-key-file", "-", stdin=PRIVATE)
        self.sent("Manager.AddClient", f"('office', {{'private-key': <'{PRIVATE}'>, 'server-url': <'wss://v/'>}})")
        self.add(SERVERS, "branch")
        self.mock.answer("Manager.AddServer", "(o)", f"{SERVERS}branch")
        self.prints("", "profile", "add", "branch", "--server", "nat=true")
        self.sent("Manager.AddServer", "('branch', {'nat': <true>})")
        self.mock.refuse("Manager.AddClient", "org.smartvpn.Error.InvalidArguments", "name: not valid")
        self.fails(2, "profile 'Office': name: not valid", "profile", "add", "Office")
        self.fails(2, "unknown setting 'zzzzzz'; the document \"Settings\" lists all settings", "profile", "add", "x",
                   "zzzzzz=1")

    def test_edit(self) -> None:
        """Assignments and removals in one call."""
        self.prints("", "profile", "edit", "default", "mtu=1400", "--unset", "dns", "-u", "private-key")
        self.sent("Client.Update", "({'mtu': <uint32 1400>}, ['dns', 'private-key'])")
        self.prints("", "profile", "edit", "default", "--server", "--unset", "nat")
        self.sent("Server.Update", "(@a{sv} {}, ['nat'])")
        self.fails(2, "unknown setting 'dnss'; did you mean 'dns'?", "profile", "edit", "default", "--unset", "dnss")
        self.fails(2, "an editor needs a terminal; give KEY=VALUE or --unset KEY", "profile", "edit", "default")

    def test_remove(self) -> None:
        """By its object path."""
        self.prints("", "profile", "remove", "default", "--server")
        self.sent("Manager.Remove", f"(objectpath '{SERVERS}default',)")

    def test_rename(self) -> None:
        """A client, and a server; errors of smartvpnd."""
        self.add(CLIENTS, "office")
        self.mock.steer("Add", "(oa{sv})", f"{CLIENTS}work", {"Name": text("announced later")})
        self.mock.answer("Manager.Rename", "(o)", f"{CLIENTS}work")
        self.prints("", "profile", "rename", "office", "work")
        self.sent("Manager.Rename", f"(objectpath '{CLIENTS}office', 'work')")
        self.mock.steer("Add", "(oa{sv})", f"{SERVERS}branch", {"Name": text("announced later")})
        self.mock.answer("Manager.Rename", "(o)", f"{SERVERS}branch")
        self.prints("", "profile", "mv", "default", "branch", "--server")
        self.sent("Manager.Rename", f"(objectpath '{SERVERS}default', 'branch')")
        self.mock.refuse("Manager.Rename", "org.smartvpn.Error.Busy", "client 'office' is connected")
        self.fails(6, "client 'office' is connected", "profile", "rename", "office", "work")

    def test_export(self) -> None:
        """To standard output or a file that only its owner reads, without what belongs to the private key."""
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {"mtu": number(1400, "u"), "public-key": text(PUBLIC)}, ["private-key"])
        told = "private-key is not included; secrets can be stored but not read"
        self.prints('{\n  "mtu" : 1400\n}\n', "profile", "export", "default", says=told)
        file = self.folder / "profile.json"
        self.prints("", "profile", "export", "default", "--output", str(file), says=told)
        self.assertEqual((file.read_text(), stat.S_IMODE(file.stat().st_mode)), ('{\n  "mtu" : 1400\n}\n', 0o600))
        self.fails(1, f"{file}: File exists", "profile", "export", "default", "--output", str(file))

    def test_import(self) -> None:
        """From JSON and links; into a new profile, an empty one, or with --replace any."""
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {}, [])
        self.prints("", "profile", "import", stdin='{"serverUrl": "wss://v/", "mtu": 1400}',
                    says="client 'default' is stored")
        self.sent("Client.Update", "({'mtu': <uint32 1400>, 'server-url': <'wss://v/'>}, @as [])")
        self.mock.steer("Add", "(oa{sv})", f"{CLIENTS}new", {"Name": text("announced later")})
        self.mock.answer("Manager.AddClient", "(o)", f"{CLIENTS}new")
        self.prints("", "profile", "import", "smartvpn://v/", "new", says="client 'new' is stored")
        self.sent("Manager.AddClient", "('new', {'server-url': <'wss://v/'>})")
        self.add(CLIENTS, "office")
        self.fails(2, "profile 'office' already exists; give another NAME, or --replace", "profile", "import",
                   "smartvpn://v/", "office")
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {"mtu": number(1400, "u"), "dns": GLib.Variant("as", [])},
                         ["private-key"])
        self.fails(2, "profile 'default' already exists; give another NAME, or --replace", "profile", "import",
                   "smartvpn://v/")
        self.prints("", "profile", "import", "smartvpn://v/?mtu=1300", "--replace", says="client 'default' is stored")
        call = self.mock.got("Client.Update")
        self.assertIn("{'mtu': <uint32 1300>, 'server-url': <'wss://v/'>}", call)
        self.assertEqual(sorted(call.partition("}, ")[2].strip("[])").split(", ")), ["'dns'", "'private-key'"])
        self.prints("", "profile", "import", "--replace", stdin=f"smartvpn://v/?private-key={PRIVATE}",
                    says="client 'default' is stored")
        call = self.mock.got("Client.Update")
        self.assertEqual(sorted(call.partition("}, ")[2].strip("[])").split(", ")), ["'dns'", "'mtu'"])
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {}, ["private-key"])
        self.fails(2, "profile 'default' already exists; give another NAME, or --replace", "profile", "import",
                   "smartvpn://v/")
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {}, [])
        self.prints("", "profile", "import", "--server", stdin='{"nat": true}', says="server 'default' is stored")
        self.sent("Server.Update", "({'nat': <true>}, @as [])")

    def test_import_refused(self) -> None:
        """After an error nothing is stored."""
        for says, words, stdin in (
                ("this link contains a private key, and other users can see command lines; run"
                 ' "smartvpnctl profile import -" and paste it', [f"smartvpn://v/?private-key={PRIVATE}"], ""),
                ("link: a link is a client's profile, not a server's", ["--server", "smartvpn://v/"], ""),
                ("line 1: not a JSON object", [], "[]"),
                (f"{self.folder}/none: No such file or directory", [f"{self.folder}/none"], "")):
            with self.subTest(says):
                result = self.run_command("profile", "import", *words, stdin=stdin)
                self.assertEqual((result.error, result.status != 0), (f"smartvpnctl: {says}\n", True))
                self.assertEqual(self.mock.got("Client.Update") + self.mock.got("Manager.AddClient"), "")


class TestKeys(CommandScene):
    """Keys."""

    def test_keys(self) -> None:
        """genkey and pubkey agree, and keep the key from others."""
        self.prints(f"{PUBLIC}\n", "pubkey", stdin=f"{PRIVATE}\n")
        made = self.gets("genkey")
        self.prints(f"{made['public-key']}\n", "pubkey", "-", stdin=made["private-key"])
        file = self.folder / "key"
        result = self.run_command("genkey", "--output", str(file), "--json")
        self.assertEqual(list(json.loads(result.output)), ["public-key"])
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.prints(f"{json.loads(result.output)['public-key']}\n", "pubkey", str(file))
        self.assertEqual(self.gets("pubkey", str(file)), json.loads(result.output))


class TestProgram(CommandScene):
    """The program itself."""

    def test_unknown(self) -> None:
        """Commands that do not exist."""
        for words, says in ((["conect"], "unknown command 'conect'; did you mean 'connect'?"),
                            (["profile", "sow"], "unknown command 'profile sow'; did you mean 'profile show'?"),
                            (["banana"], "unknown command 'banana'; \"smartvpnctl --help\" lists the commands"),
                            (["profile", "banana"], "unknown command 'profile banana'; \"smartvpnctl profile --help\" lists the"
                                                    " commands"),
                            (["help", "conect"], "unknown command 'conect'; did you mean 'connect'?")):
            with self.subTest(words):
                self.fails(2, says, *words)
        for words in ([], ["profile"]):
            with self.subTest(words):
                result = self.run_command(*words)
                self.assertEqual((result.status, result.output), (2, ""))
                self.assertIn("profile show NAME", result.error)

    def test_suggestions(self) -> None:
        """A mistyped command that removes or ends something is not suggested, nor is its opposite."""
        for command in ("profile remove", "server revoke", "server kick", "server stop", "disconnect", "lockdown"):
            for place in range(command.find(" ") + 1, len(command)):
                mistyped = command[:place] + command[place + 1:]
                with self.subTest(mistyped):
                    result = self.run_command(*mistyped.split(), "x")
                    self.assertEqual(result.status, 2)
                    self.assertRegex(result.error, "^smartvpnctl: unknown command '.*lists the commands\n$")

    def test_aliases(self) -> None:
        """Other names of commands do the same, and the help names them."""
        self.add(CLIENTS, "office")
        for words, method in ((["profile", "delete", "office"], "Manager.Remove"), (["profile", "rm", "office"], "Manager.Remove"),
                              (["profile", "set", "office", "mtu=1400"], "Client.Update"),
                              (["down", "office"], "Client.Disconnect")):
            with self.subTest(words):
                self.mock.steer("Forget")
                self.prints("", *words)
                self.assertNotEqual(self.mock.got(method), "")
        self.assertEqual(self.run_command("ls"), self.run_command("status"))
        self.assertEqual(self.run_command("profile", "ls"), self.run_command("profile", "list"))
        for words in (["help", "profile", "remove"], ["profile", "rm", "--help"], ["profile", "remove", "-h"]):
            self.assertIn("Also called: profile delete, profile del, profile rm.", self.run_command(*words).output)

    def test_no_reader(self) -> None:
        """A reader that ends early is no error: as with other programs, SIGPIPE ends this one, or nothing is said."""
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [])
        self.change(f"{CLIENTS}default", State="connected")
        for words in (["status"], ["server", "keys"], ["profile", "list", "--json"], ["--help"], ["connect", "--help"],
                      ["genkey"], ["monitor"], ["monitor", "--json"], ["--complete", "connect", "--"]):
            for is_ignored in (False, True):
                with self.subTest(words, is_ignored=is_ignored):
                    reader, writer = os.pipe()
                    os.close(reader)
                    done = subprocess.run([PROGRAM, *words], stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
                                          timeout=PATIENCE_S, restore_signals=not is_ignored,
                                          env={**os.environ, "LC_ALL": "C.UTF-8", "SMARTVPN_BUS": self.mock.address})
                    os.close(writer)
                    self.assertEqual((done.stderr, done.returncode), ("", 0 if is_ignored else -signal.SIGPIPE))

    def test_ascii(self) -> None:
        """Where the locale has no UTF-8, people get ASCII."""
        self.add(CLIENTS, "office", State="connected", Health="healthy", AssignedIp="10.8.0.7", ServerUrl="wss://büro.example/")
        self.mock.answer("Client.GetStatistics", "(a{sv})", STATISTICS)
        self.mock.answer("Server.GetStatistics", "(a{sv})", STATISTICS)
        self.mock.answer("Client.GetStatus", "(a{sv})", {"state": text("failed"), "last-error": text("über – 5\xa0kB")})
        self.mock.answer("Server.GetStatus", "(a{sv})", {"state": text("running")})
        self.mock.answer("Server.ListClients", "(aa{sv})", [{"id": text("e4"), "name": text("zoë"), "bytes-sent": number(1500)}])
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("zoë"), "public-key": text(KEY),
                                                                       "rate-limit-bytes-per-s": number(2000000)}])
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {"public-url": text("wss://v/")}, [])
        self.mock.refuse("Client.Connect", "org.smartvpn.Error.Failed", "kein Gerät – nichts")
        for words in (["status"], ["status", "office"], ["server", "status"], ["server", "clients"], ["server", "keys"],
                      ["monitor", "office", "--count", "1"], ["invite", "--qr"], ["invite"], ["connect", "office"], ["--help"],
                      ["connect", "--help"], ["--complete", "connect", ""]):
            with self.subTest(words):
                result = self.run_command(*words, LC_ALL="C")
                self.assertTrue(result.output.isascii() and result.error.isascii(), result)
                self.assertNotRegex(result.output + result.error, r"\\u|\\x")
        self.assertIn("  1.5 kB  ", self.run_command("server", "clients", LC_ALL="C").output)

    def test_full(self) -> None:
        """Output that cannot be written is a failure."""
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "status"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S,
                                  check=False, env={**os.environ, "LC_ALL": "C.UTF-8", "SMARTVPN_BUS": self.mock.address})
        self.assertEqual((done.returncode, done.stderr), (1, "smartvpnctl: standard output cannot be written\n"))

    def test_no_service(self) -> None:
        """No bus, and a bus without smartvpnd."""
        result = self.run_command("status", SMARTVPN_BUS="unix:path=/nonexistent")
        self.assertEqual(result.status, 11)
        self.assertRegex(result.error, "^smartvpnctl: the message bus cannot be reached: .")
        self.mock.steer("Release")
        try:
            result = self.run_command("status")
        finally:
            self.mock.steer("Own")
        self.assertEqual(result.status, 11)
        self.assertRegex(result.error, "^smartvpnctl: smartvpnd does not run, and cannot be started: .")

    def test_completion(self) -> None:
        """Names of the profiles, sessions and authorized clients."""
        self.add(CLIENTS, "office")
        self.add(SERVERS, "branch")
        self.mock.answer("Server.ListClients", "(aa{sv})", [{"id": text("e4"), "name": text("laptop")}])
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("laptop"), "public-key": text(KEY)}])
        as_root = os.geteuid() == 0
        for words, expected in ((["connect", ""], {"default", "office"}), (["connect", "o"], {"office"}),
                                (["server", "start", ""], {"branch", "default"}),
                                (["profile", "show", "--server", ""], {"branch", "default"}),
                                (["profile", "show", ""], {"default", "office"}),
                                (["invite", "--server", "b"], {"branch"}),
                                (["server", "kick", ""], {"e4", "laptop"} if as_root else set()),
                                (["server", "revoke", ""], {"laptop"} if as_root else set())):
            with self.subTest(words):
                offered = self.run_command("--complete", *words)
                self.assertEqual({line.partition("\t")[0] for line in offered.output.splitlines()}, expected)
