# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""check: what is wrong with profiles and with the machine.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_check
"""

from __future__ import annotations

from gi.repository import GLib

from .scene import CLIENTS, KEY, SERVERS, CommandScene, text

EXPIRES = "certificate-expires: /etc/ssl/vpn.pem expires on 2030-01-31; renew it"
MACHINE = ("version-differs", "no-tun", "clock-not-synchronised", "clock-wrong")  # what this machine may be, too


class TestCheck(CommandScene):
    """check."""

    def setUp(self) -> None:
        """A client and a server with settings; a client and a server without, which lack everything."""
        super().setUp()
        self.add(CLIENTS, "office")
        self.add(SERVERS, "office", State="stopped", PublicKey=KEY)
        for kind in ("Client", "Server"):
            self.mock.answer(f"{kind}.GetSettings", "(a{sv}as)", {}, [])
            self.mock.answer(f"{kind}.Check", "(as)", [])

    def test_nothing(self) -> None:
        """No problems found."""
        self.prints("No problems found.\n", "check", "office")
        self.assertEqual(self.gets("check", "office"), [])

    def test_named(self) -> None:
        """The client and the server of a name, and their findings."""
        self.mock.answer("Client.Check", "(as)", ["no-server-url: set it"])
        self.mock.answer("Server.Check", "(as)", [EXPIRES, "free text"])
        self.prints("client 'office'  no-server-url: set it\n"
                    f"server 'office'  {EXPIRES}\n"
                    "server 'office'  free text\n", "check", "office", status=12)
        self.assertEqual(self.gets("check", "office", status=12)[:2], [
            {"kind": "client", "name": "office", "code": "no-server-url", "text": "set it"},
            {"kind": "server", "name": "office", "code": "certificate-expires",
             "text": "/etc/ssl/vpn.pem expires on 2030-01-31; renew it"}])
        self.fails(5, "no client and no server is called 'x'; \"smartvpnctl status\" lists them", "check", "x")

    def test_default(self) -> None:
        """A default profile that nobody has filled in is not looked at, unless it is the only one that is named."""
        self.mock.answer("Client.Check", "(as)", ["no-server-url: set it"])
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {"nat": GLib.Variant("b", True)}, [])
        self.prints("No problems found.\n", "check", "default")
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {}, [])
        self.prints("client 'default'  no-server-url: set it\n", "check", "default", status=12)
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {}, ["private-key"])
        self.prints("client 'default'  no-server-url: set it\n", "check", "default", status=12)

    def test_everything(self) -> None:
        """The machine, then all profiles that somebody has filled in. The mock is of another version."""
        self.mock.answer("Server.Check", "(as)", [EXPIRES])
        found = self.gets("check", status=12)
        self.assertEqual([(entry["kind"], entry["name"], entry["code"]) for entry in found if entry["code"] not in MACHINE],
                         [("server", "office", "certificate-expires")])
        self.assertEqual([entry["text"] for entry in found if entry["code"] == "version-differs"], [
            f"smartvpnd is version 1.2.3, smartvpnctl {self.run_command('--version').output.split()[1]}; run \"systemctl"
            ' restart smartvpnd", which keeps tunnels up'])
        self.assertRegex(self.run_command("check").output, "^this machine +version-differs: ")

    def test_refused(self) -> None:
        """An error of one profile is an error of the command."""
        self.mock.refuse("Server.Check", "org.smartvpn.Error.NotAuthorized", "not you")
        self.fails(3, "not you", "check")
        self.fails(3, "not you", "check", "office")

    def test_warnings_of_start(self) -> None:
        """server start prints what Check() finds."""
        self.mock.answer("Server.Start", "(a{sv})", {"public-key": text(KEY), "warnings": GLib.Variant("as", [EXPIRES])})
        self.assertIn(f"Warning     {EXPIRES}\n", self.run_command("server", "start").output)
