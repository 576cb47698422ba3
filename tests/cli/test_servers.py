# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The commands for servers.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_servers
"""

from __future__ import annotations

import re

from gi.repository import GLib

from .scene import KEY, PUBLIC, SERVERS, STATISTICS, CommandScene, number, text

SETUP = {"public-key": text(KEY), "listen": GLib.Variant("as", ["0.0.0.0:443", "[::]:443"]),
         "subnet": GLib.Variant("as", ["10.8.0.0/24", "fd00:8::/64"]), "interface": text("svpn1"), "mtu": number(1420, "u")}
SETUP_ROWS = f"""\
Public key  {KEY}
Listens on  0.0.0.0:443, [::]:443
Networks    10.8.0.0/24, fd00:8::/64
Interface   svpn1
MTU         1420
"""
SESSIONS = [{"id": text("e4"), "name": text("laptop"), "assigned-ip": text("10.8.0.7"), "assigned-ipv6": text("fd00:8::7"),
             "remote-address": text("198.51.100.9:50000"), "public-key": text(PUBLIC), "uptime-s": number(61),
             "bytes-sent": number(1500), "bytes-received": number(2500000)},
            {"id": text("f5"), "name": text("phone"), "assigned-ip": text("10.8.0.8"), "uptime-s": number(1)},
            {"id": text("a6"), "name": text("phone"), "assigned-ip": text("10.8.0.9"), "uptime-s": number(2)}]


class TestServer(CommandScene):
    """Servers."""

    def test_start(self) -> None:
        """start, stop and reload."""
        self.mock.answer("Server.Start", "(a{sv})", SETUP)
        self.prints("Server      default\n" + SETUP_ROWS, "server", "start", "--set", "nat=true")
        self.sent("Server.Start", "({'nat': <true>},)")
        self.assertEqual(self.gets("server", "start")["name"], "default")
        self.mock.answer("Server.GetStatus", "(a{sv})", {"state": text("running")})
        for command, method in (("stop", "Stop"), ("reload", "Reload")):
            with self.subTest(command):
                self.prints("", "server", command)
                self.sent(f"Server.{method}", "()")
                self.mock.refuse(f"Server.{method}", "org.smartvpn.Error.NotRunning", "no")
                self.fails(4, "no", "server", command, "default")

    def test_reload(self) -> None:
        """reload tells which settings it could not apply, and so does status."""
        self.mock.answer("Server.GetStatus", "(a{sv})", {"state": text("running"),
                                                         "needs-restart": GLib.Variant("as", ["listen", "path"])})
        self.prints("", "server", "reload", says="not applied until the server is stopped and started: listen, path")
        self.assertIn("Needs restart  listen, path\n", self.run_command("server", "status").output)

    def test_status(self) -> None:
        """Running, with its counters; stopped."""
        self.mock.answer("Server.GetStatus", "(a{sv})", {
            **SETUP, "state": text("running"), "connected-clients": number(2, "u"), "max-clients": number(250, "u"),
            "since": number(1896091200), "uptime-s": number(59)})
        self.mock.answer("Server.GetStatistics", "(a{sv})", STATISTICS)
        printed = self.run_command("server", "status")
        rows = dict(line.split(maxsplit=1) for line in printed.output.replace("Running for", "Running-for").splitlines())
        self.assertEqual((rows["State"], rows["Clients"], rows["Since"], rows["Running-for"], rows["Sent"], printed.status),
                         ("running", "2 of at most 250", "2030-01-31 12:00:00", "0:00:59", "1.5\xa0kB", 0))
        self.mock.answer("Server.GetStatus", "(a{sv})", {"state": text("stopped"), "last-error": text("address in use")})
        self.mock.refuse("Server.GetStatistics", "org.smartvpn.Error.NotRunning", "no")
        self.prints("Server      default\nState       stopped\nLast error  address in use\n", "server", "status", status=4)
        self.assertEqual(self.gets("server", "status", status=4)["state"], "stopped")

    def test_clients(self) -> None:
        """The sessions, as a table and as JSON."""
        self.mock.answer("Server.ListClients", "(aa{sv})", SESSIONS[:1])
        self.prints("ID  NAME    ADDRESS   FROM                    FOR  LIMIT    SENT  RECEIVED\n"
                    "e4  laptop  10.8.0.7  198.51.100.9:50000  0:01:01  -      1.5\xa0kB    2.5\xa0MB\n", "server", "clients")
        self.assertEqual([session["id"] for session in self.gets("server", "clients")], ["e4"])

    def test_limits(self) -> None:
        """The limit in force, and whether it is stored."""
        sessions = [{"id": text("a"), **{f"rate-limit{part}": value for part, value in limit.items()}} for limit in (
            {"": number(1_250_000), "-burst": number(65536), "-live": GLib.Variant("b", False)},
            {"": number(1_250_000), "-burst": number(65536), "-live": GLib.Variant("b", True)},
            {"": number(0), "-burst": number(0), "-live": GLib.Variant("b", True)},
            {"": number(0), "-burst": number(0), "-live": GLib.Variant("b", False)})]
        self.mock.answer("Server.ListClients", "(aa{sv})", sessions)
        lines = self.run_command("server", "clients").output.splitlines()
        column = lines[0].index("LIMIT")
        self.assertEqual([re.split("  +", line[column:])[0] for line in lines[1:]],
                         ["10Mbit", "10Mbit (not stored)", "none (not stored)", "-"])

    def test_kept_limit(self) -> None:
        """--keep stores a limit, or removes the stored one, and changes nothing else; the client need not be connected."""
        self.mock.answer("Server.ListClients", "(aa{sv})", [{**SESSIONS[0], "name": text("calls itself tablet")}])
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("laptop"), "public-key": text(PUBLIC)},
                                                                      {"name": text("tablet"), "public-key": text(KEY)}])
        for client in ("laptop", PUBLIC, "e4", "10.8.0.7", "tablet"):
            with self.subTest(client):
                name = "tablet" if client == "tablet" else "laptop"
                self.prints("", "server", "limit", client, "10Mbit", "--keep")
                self.sent("Server.AuthorizeClient", f"({{'name': <'{name}'>, 'rate-limit-burst-bytes': <uint64 125000>,"
                                                    " 'rate-limit-bytes-per-s': <uint64 1250000>},)")
        self.prints("", "server", "limit", "laptop", "none", "--keep")
        self.sent("Server.AuthorizeClient", "({'name': <'laptop'>, 'unset': <['rate-limit-bytes-per-s']>},)")
        self.assertEqual(self.mock.got("Server.SetClientRateLimit") + self.mock.got("Server.RemoveClientRateLimit"), "")
        self.mock.answer("Server.ListClients", "(aa{sv})", [{"id": text("e4"), "name": text("laptop")}])
        self.fails(5, "client 'e4' is not on the server's list, so its limit cannot be stored; leave out --keep",
                   "server", "limit", "e4", "1M", "--keep")

    def test_named(self) -> None:
        """A session is found by its id, name, addresses or key, if that is clear."""
        self.mock.answer("Server.ListClients", "(aa{sv})", SESSIONS)
        for name in ("e4", "laptop", "10.8.0.7", "fd00:8::7", PUBLIC):
            with self.subTest(name):
                self.prints("", "server", "kick", name)
                self.sent("Server.DisconnectClient", "('e4',)")
        self.prints("", "server", "kick", "e4", "--reconnect")
        self.sent("Server.ReconnectClient", "('e4',)")
        self.mock.refuse("Server.DisconnectClient", "org.smartvpn.Error.Failed", "kicked")
        self.fails(5, "client 'nobody' is not connected", "server", "kick", "nobody")
        self.fails(2, "client 'phone' has more than one session; give an id that \"server clients\" shows", "server", "kick",
                   "phone")

    def test_limit(self) -> None:
        """The burst size is 100 ms at the rate, but at least the server's default, unless it is given."""
        self.mock.answer("Server.ListClients", "(aa{sv})", SESSIONS)
        for words, expected in ((["500k"], "('e4', uint64 500000, uint64 65536)"),
                                (["80Mbit"], "('e4', uint64 10000000, uint64 1000000)"),
                                (["80Mbit", "--burst", "64k"], "('e4', uint64 10000000, uint64 64000)")):
            with self.subTest(words):
                self.prints("", "server", "limit", "laptop", *words)
                self.sent("Server.SetClientRateLimit", expected)
        self.prints("", "server", "limit", "laptop", "none")
        self.sent("Server.RemoveClientRateLimit", "('e4',)")
        self.fails(2, "'much' is not a rate, such as 500k, 2M or 10Mbit", "server", "limit", "laptop", "much")
        self.fails(2, "'1G' is not a number of bytes, such as 65536 or 64k", "server", "limit", "laptop", "1M", "--burst=1G")

    def test_authorize(self) -> None:
        """All options; nothing is sent if one of them is wrong."""
        self.prints("", "server", "authorize", "laptop", PUBLIC)
        self.sent("Server.AuthorizeClient", f"({{'name': <'laptop'>, 'public-key': <'{PUBLIC}'>}},)")
        self.prints("", "server", "authorize", "laptop", PUBLIC, "--ipv4", "10.8.0.9", "--ipv6", "fd00:8::9", "--limit",
                    "16Mbit", "--burst", "64k", "--expires", "2100-01-01")
        self.sent("Server.AuthorizeClient",
                  f"({{'expires': <uint64 4102444800>, 'ipv4': <'10.8.0.9'>, 'ipv6': <'fd00:8::9'>, 'name': <'laptop'>,"
                  f" 'public-key': <'{PUBLIC}'>, 'rate-limit-burst-bytes': <uint64 64000>,"
                  " 'rate-limit-bytes-per-s': <uint64 2000000>},)")
        self.prints("", "server", "authorize", "laptop", "--ipv4", "10.8.0.9")
        self.sent("Server.AuthorizeClient", "({'ipv4': <'10.8.0.9'>, 'name': <'laptop'>},)")
        self.prints("", "server", "authorize", "laptop", *(f"--{option}=none" for option in (
            "ipv4", "ipv6", "limit", "burst", "expires")))
        self.sent("Server.AuthorizeClient", "({'name': <'laptop'>, 'unset': <['ipv4', 'ipv6', 'rate-limit-bytes-per-s',"
                                            " 'rate-limit-burst-bytes', 'expires']>},)")
        self.mock.steer("Reset")
        self.add(SERVERS, "default", State="stopped", PublicKey=KEY)
        for option, says in (("--limit=x", "'x' is not a rate, such as 500k, 2M or 10Mbit"),
                             ("--burst=x", "'x' is not a number of bytes, such as 65536 or 64k"),
                             ("--expires=0s", "'0s' is not a time in the future, such as 30d, 12h or 2030-01-31")):
            with self.subTest(option):
                self.fails(2, says, "server", "authorize", "laptop", PUBLIC, option)
        self.sent("Server.AuthorizeClient", "")
        self.prints("", "server", "revoke", "laptop")
        self.sent("Server.RevokeClient", "('laptop',)")

    def test_keys(self) -> None:
        """The server's key and the authorized clients."""
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [
            {"name": text("laptop"), "public-key": text(PUBLIC), "ipv4": text("10.8.0.7"), "expires": number(1896091200),
             "rate-limit-bytes-per-s": number(2000000)},
            {"name": text("phone"), "public-key": text(KEY), "expires": number(1), "expired": GLib.Variant("b", True)}])
        self.prints(f"Public key of the server: {KEY}\n\n"
                    f"NAME    PUBLIC KEY                                    IPV4      IPV6   LIMIT  EXPIRES\n"
                    f"laptop  {PUBLIC}  10.8.0.7  -     16Mbit  2030-01-31 12:00:00\n"
                    f"phone   {KEY}  -         -          -  expired\n", "server", "keys")
        keys = self.gets("server", "keys")
        self.assertEqual((keys["public-key"], [client["name"] for client in keys["authorized"]]), (KEY, ["laptop", "phone"]))

    def test_other_server(self) -> None:
        """--server NAME, and NAME."""
        self.add(SERVERS, "branch", State="stopped")
        self.mock.answer("Server.ListClients", "(aa{sv})", SESSIONS)
        self.mock.answer("Server.GetStatus", "(a{sv})", {"state": text("running")})
        for words, method in ((["server", "kick", "laptop", "--server", "branch"], "DisconnectClient"),
                              (["server", "limit", "laptop", "1M", "--server", "branch"], "SetClientRateLimit"),
                              (["server", "authorize", "laptop", PUBLIC, "--server", "branch"], "AuthorizeClient"),
                              (["server", "revoke", "laptop", "--server", "branch"], "RevokeClient"),
                              (["server", "stop", "branch"], "Stop"), (["server", "reload", "branch"], "Reload")):
            with self.subTest(method):
                self.prints("", *words)
                self.assertEqual(self.mock.steer("Path", "(s)", f"Server.{method}"), (f"{SERVERS}branch",))
