# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnctl with a later smartvpnd: states, errors, keys and types that it does not know.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_later
"""

from __future__ import annotations

from gi.repository import GLib

from .scene import CLIENTS, SERVERS, CommandScene, number, text

NOT_SUPPORTED, FAILED = 10, 1


class TestLater(CommandScene):
    """A client that hibernates, and a server that drains."""

    def setUp(self) -> None:
        """Begins with both."""
        super().setUp()
        self.change(CLIENTS + "default", State="hibernating", Health="splendid")
        self.change(SERVERS + "default", State="draining")

    def test_status(self) -> None:
        """A state that nobody knows is shown as it came, and is neither success nor "not connected"."""
        self.mock.answer("Client.GetStatus", "(a{sv})", {
            "state": text("hibernating"), "dreams": GLib.Variant("as", ["sheep"])})
        status = self.gets("status", "default", status=NOT_SUPPORTED)
        self.assertEqual((status["state"], status["dreams"]), ("hibernating", ["sheep"]))
        result = self.run_command("status", "default")
        self.assertRegex(result.output, r"State +hibernating\nHealth +splendid\n")
        self.assertEqual(result.status, NOT_SUPPORTED)

    def test_server_status(self) -> None:
        """The same for servers."""
        self.mock.answer("Server.GetStatus", "(a{sv})", {"state": text("draining")})
        self.assertEqual(self.gets("server", "status", status=NOT_SUPPORTED)["state"], "draining")
        self.assertRegex(self.run_command("server", "status").output, r"State +draining\n")

    def test_overview(self) -> None:
        """So it is in the list."""
        client, server = self.gets("status")
        self.assertEqual((client["state"], client["health"], server["state"]), ("hibernating", "splendid", "draining"))
        self.assertRegex(self.run_command("status").output, r"default +hibernating +splendid")

    def test_disconnect(self) -> None:
        """A client in an unknown state may be up: it is the one that is meant."""
        self.add(CLIENTS, "office", State="disconnected")
        self.prints("", "disconnect")
        self.assertEqual(self.mock.steer("Path", "(s)", "Client.Disconnect")[0], CLIENTS + "default")

    def test_errors(self) -> None:
        """An error that nobody knows keeps its name and its message; smartvpnd was reached."""
        self.mock.refuse("Client.Disconnect", "org.smartvpn.Error.Overheated", "the CPU is too hot")
        self.fails(FAILED, "Overheated: the CPU is too hot", "disconnect")
        self.mock.refuse("Client.Disconnect", "com.example.Error.Odd", "something odd")
        self.fails(FAILED, "something odd", "disconnect")

    def test_types(self) -> None:
        """A value of another type is not 0 without a word."""
        self.mock.answer("Client.GetMtuInfo", "(a{sv})", {"mtu": text("big"), "link-mtu": number(1500)})
        result = self.run_command("mtu")
        self.assertIn("smartvpnctl: SmartvpnMtuInfo: mtu of smartvpnd has the type s instead of t", result.error)
        self.assertEqual(result.status, 0)

    def test_answers(self) -> None:
        """An answer that is no dictionary any more is told as what it is."""
        self.mock.answer("Client.GetMtuInfo", "(as)", ["1420"])
        result = self.run_command("mtu")
        self.assertIn("(as)", result.error)
        self.assertEqual(result.status, NOT_SUPPORTED)
