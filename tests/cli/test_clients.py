# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The commands for clients: what they ask for, print and return.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_clients
"""

from __future__ import annotations

import json
import os
import re
import subprocess

from gi.repository import GLib

from lib.mock import Mock

from .scene import CLIENTS, PATIENCE_S, PRIVATE, PROGRAM, SERVERS, STATISTICS, CommandScene, number, text

CONNECTION = {"server-url": text("wss://vpn.example/"), "interface": text("svpn0"), "assigned-ip": text("10.8.0.7"),
              "prefix": number(24, "u"), "assigned-ipv6": text("fd00:8::7"), "prefix6": number(64, "u"),
              "gateway": text("10.8.0.1"), "routes": GLib.Variant("as", ["0.0.0.0/0", "::/0"]),
              "dns": GLib.Variant("as", ["192.0.2.53"]), "mtu": number(1420, "u"), "client-id": text("e4")}
CONNECTION_ROWS = """\
Server        wss://vpn.example/
Interface     svpn0
Address       10.8.0.7/24
IPv6 address  fd00:8::7/64
Gateway       10.8.0.1
Routes        0.0.0.0/0, ::/0
DNS           192.0.2.53
MTU           1420
"""
STATUS = {**CONNECTION, "state": text("connected"), "since": number(1896091200), "uptime-s": number(180061),
          "remote-address": text("198.51.100.2:443")}
QUALITY = {"health": text("degraded"), "rtt-ms": GLib.Variant("d", 12.5), "rtt-last-ms": GLib.Variant("d", 8.25),
           "jitter-ms": GLib.Variant("d", 1.5), "loss-ratio": GLib.Variant("d", 0.25), "keepalives-sent": number(4),
           "keepalives-answered": number(3), "keepalives-timed-out": number(1), "next-keepalive-s": GLib.Variant("d", 12.4),
           "keepalive-interval-s": GLib.Variant("d", 30.0)}
MTU = {"link-mtu": 1500, "overhead": 79, "overhead-ip": 20, "overhead-tcp": 32, "overhead-websocket": 6, "overhead-frame": 5,
       "overhead-tag": 16, "max-mtu": 1421, "mtu": 1420, "extra-tls": 22, "extra-nonce": 24}


class TestClient(CommandScene):
    """Clients."""

    def test_connect(self) -> None:
        """The result, settings for this time, and errors."""
        self.mock.answer("Client.Connect", "(a{sv})", CONNECTION)
        self.prints("Client        default\n" + CONNECTION_ROWS, "connect")
        self.sent("Client.Connect", "(@a{sv} {},)")
        self.mock.answer("Client.GetStatus", "(a{sv})", STATUS)
        self.assertEqual(self.gets("connect", "default")["interface"], CONNECTION["interface"].unpack())
        self.prints("", "connect", "--no-wait", "--set", "mtu=1400", "-s", "dns=192.0.2.1,192.0.2.2")
        self.sent("Client.Connect", "({'dns': <['192.0.2.1', '192.0.2.2']>, 'mtu': <uint32 1400>, 'wait': <false>},)")
        self.run_command("connect", "--private-key-file", "-", stdin=f"{PRIVATE}\n")
        self.sent("Client.Connect", f"({{'private-key': <'{PRIVATE}'>}},)")
        self.fails(2, "mtu: given twice", "connect", "--set", "mtu=1400", "--set", "mtu=1400")
        self.fails(2, "standard input: not a private key, as \"smartvpnctl genkey\" makes them (32 bytes in base64, 44 characters)",
                   "connect", "--private-key-file", "-", stdin="text")
        self.fails(5, "client 'office' does not exist; the clients are: default", "connect", "office")

    def test_errors(self) -> None:
        """Errors of smartvpnd, without their D-Bus names and without characters that a terminal would obey."""
        for name, status in (("Failed", 1), ("InvalidArguments", 2), ("NotAuthorized", 3), ("NotConnected", 4), ("Busy", 6),
                             ("AlreadyConnected", 6), ("AuthFailed", 7), ("TlsFailed", 7), ("Timeout", 8),
                             ("LimitExceeded", 9), ("NotSupported", 10)):
            with self.subTest(name):
                self.mock.refuse("Client.Connect", f"org.smartvpn.Error.{name}", "no \x1b[31mway")
                self.fails(status, "no ?[31mway", "connect")

    def test_disconnect(self) -> None:
        """Without a name the only client that is in use; else the default one."""
        self.add(CLIENTS, "branch", State="failed")
        for name, state, expected in (("home", "disconnecting", "home"), ("office", "connected", "default")):
            self.add(CLIENTS, name, State=state)
            with self.subTest(name):
                self.mock.refuse("Client.Disconnect", "org.smartvpn.Error.NotConnected", "no")
                self.fails(4, "no", "disconnect")
                self.assertEqual(self.mock.steer("Path", "(s)", "Client.Disconnect"), (f"{CLIENTS}{expected}",))
        self.fails(4, "no", "disconnect", "office")
        self.assertEqual(self.mock.steer("Path", "(s)", "Client.Disconnect"), (f"{CLIENTS}office",))

    def test_status(self) -> None:
        """One client: connected, with its health; not connected, with the last error."""
        self.change(f"{CLIENTS}default", Health="healthy")
        self.mock.answer("Client.GetStatus", "(a{sv})", STATUS)
        wider = re.sub("(?<=  )(?! )", " ", CONNECTION_ROWS)
        self.prints(f"Client         default\nState          connected\nHealth         healthy\n{wider}"
                    "Remote         198.51.100.2:443\nSince          2030-01-31 12:00:00\n"
                    "Connected for  2 days 2:01:01\n", "status", "default")
        self.assertEqual(self.gets("status", "default")["uptime-s"], 180061)
        self.mock.answer("Client.GetStatus", "(a{sv})", {"state": text("failed"), "last-error": text("gone")})
        self.change(f"{CLIENTS}default", Health="")
        self.prints("Client      default\nState       failed\nServer      wss://vpn.example/\nLast error  gone\n",
                    "status", "default", status=4)
        status = {key: value for key, value in self.gets("status", "default", status=4).items() if value is not None}
        self.assertEqual(status, {"kind": "client", "state": "failed", "last-error": "gone", "name": "default",
                                  "server-url": "wss://vpn.example/"})

    def test_reconnecting(self) -> None:
        """Since when the session is lost, why, and which attempt comes when; nothing counts as connected meanwhile."""
        lost = {**CONNECTION, "state": text("reconnecting"), "lost-since": number(1896091200), "attempt": number(3, "u"),
                "last-error": text("Connection refused")}
        for next_try, shown in (({"next-try-s": number(12, "u")}, "number 3, in 12 s"),
                                ({"next-try-s": number(0, "u")}, "number 3, under way"),
                                ({}, "number 3, when there is a way to the server")):
            with self.subTest(shown):
                self.mock.answer("Client.GetStatus", "(a{sv})", {**lost, **next_try})
                printed = self.run_command("status", "default")
                self.assertEqual(printed.status, 4)
                self.assertIn(f"Lost since    2030-01-31 12:00:00\nNext attempt  {shown}\n"
                              "Last error    Connection refused\n", printed.output)
                self.assertNotRegex(printed.output, "Connected for|^Since")

    def test_overview(self) -> None:
        """All clients and servers."""
        self.add(CLIENTS, "office", State="connected", Health="critical", AssignedIp="10.8.0.7")
        self.change(f"{SERVERS}default", State="running", ConnectedClients=number(3, "u"),
                    ListenAddress=GLib.Variant("as", ["0.0.0.0:443"]), Subnet=GLib.Variant("as", ["10.8.0.0/24"]))
        clients = ("CLIENT   STATE         HEALTH    ADDRESS   SERVER\n"
                   "default  disconnected  -         -         wss://vpn.example/\n"
                   "office   connected     critical  10.8.0.7  -\n")
        servers = ("SERVER   STATE    CLIENTS  LISTENS ON   NETWORKS\n"
                   "default  running        3  0.0.0.0:443  10.8.0.0/24\n")
        self.prints(f"{clients}\n{servers}", "status")
        self.prints(clients, "profile", "list")
        self.prints(servers, "profile", "list", "--server")
        self.mock.answer("Client.GetStatus", "(a{sv})", {})
        self.mock.answer("Server.GetStatus", "(a{sv})", {"connected-clients": number(3, "u")})
        office = {"kind": "client", "name": "office", "state": "connected", "health": "critical"}
        server = {"kind": "server", "name": "default", "state": "running", "connected-clients": 3}
        self.assertEqual(self.known("status")[1:], [office, server])
        self.assertEqual(self.known("profile", "list")[1:], [office])
        self.assertEqual(self.known("profile", "list", "--server"), [server])

    def test_line(self) -> None:
        """quality and mtu."""
        self.mock.answer("Client.GetConnectionQuality", "(a{sv})", QUALITY)
        self.prints("Health          degraded\nRTT, smoothed   12 ms\nRTT, last       8.25 ms\nJitter          1.50 ms\n"
                    "Loss            25.0 %\nKeepalives      4 sent, 3 answered, 1 timed out\n"
                    "Next keepalive  in 12 s, every 30 s\n", "quality")
        self.assertEqual(self.gets("quality")["rtt-ms"], 12.5)
        self.mock.answer("Client.GetMtuInfo", "(a{sv})", {**{key: number(value, "u") for key, value in MTU.items()},
                                                          "packets-too-big": number(2)})
        printed = self.run_command("mtu").output
        self.assertEqual([line.split()[-1] for line in printed.splitlines()],
                         ["1500", "20", "32", "6", "5", "16", "1421", "1420", "22", "24", "2"], printed)
        self.assertEqual(self.gets("mtu")["max-mtu"], 1421)
        self.mock.refuse("Client.GetMtuInfo", "org.smartvpn.Error.NotConnected", "client 'default' is not connected")
        self.fails(4, "client 'default' is not connected", "mtu")

    def test_monitor(self) -> None:
        """Samples as lines and as JSON; a client that is not connected has no numbers."""
        self.mock.answer("Client.GetConnectionQuality", "(a{sv})", QUALITY)
        self.mock.answer("Client.GetStatistics", "(a{sv})", STATISTICS)
        (line,) = self.run_command("monitor", "--count", "1").output.splitlines()
        self.assertRegex(line, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  disconnected  -  RTT -  loss 0 %  ")
        self.assertEqual(self.mock.got("Client.GetStatistics"), "")
        self.change(f"{CLIENTS}default", State="connected", Health="degraded")
        (line,) = self.run_command("monitor", "--count", "1").output.splitlines()
        self.assertRegex(line, r"  connected  degraded  RTT 12 ms  loss 25 %  received .* drops 0/0/3$")
        samples = [json.loads(line) for line in self.run_command("monitor", "--json", "--count", "2").output.splitlines()]
        self.assertEqual(len(samples), 2)
        keys = ("name", "state", "health", "service-running", "rtt-ms", "bytes-received", "uptime-s", "drops-qos-low",
                "received-bytes-per-s")
        self.assertEqual({key: samples[1][key] for key in keys},
                         {"name": "default", "state": "connected", "health": "degraded", "service-running": True,
                          "rtt-ms": 12.5, "bytes-received": 2500, "uptime-s": 9, "drops-qos-low": 3,
                          "received-bytes-per-s": 0})
        for option, most in (("interval", "3600"), ("count", "2147483647")):
            for value in ("0", "-1", "x", "2147483648"):
                with self.subTest(option, value=value):
                    self.fails(2, f"--{option}: '{value}' is not a number from 1 to {most}", "monitor",
                               f"--{option}={value}")

    def start_monitor(self, *words: str, bus: str = "") -> subprocess.Popen[str]:
        """monitor in the background, for PATIENCE_S at most."""
        monitor = subprocess.Popen(["timeout", str(PATIENCE_S), PROGRAM, "monitor", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "LC_ALL": "C.UTF-8", "SMARTVPN_BUS": bus or self.mock.address})
        self.addCleanup(monitor.communicate)
        self.addCleanup(monitor.terminate)
        return monitor

    def read_line(self, monitor: subprocess.Popen[str]) -> str:
        """The next line of monitor."""
        line = monitor.stdout.readline()
        self.assertTrue(line, f"monitor has ended, or {PATIENCE_S} s are over")
        return line

    def test_monitor_starts_nothing(self) -> None:
        """monitor waits for a smartvpnd that has gone, and does not start it."""
        (self.folder / "org.smartvpn.service").write_text(
            f"[D-BUS Service]\nName=org.smartvpn\nExec=/usr/bin/touch {self.folder}/started\n")
        mock = Mock(str(self.folder))
        self.addCleanup(mock.stop)
        mock.steer("Add", "(oa{sv})", f"{CLIENTS}default", {"Name": text("default"), "State": text("connected")})
        mock.steer("Own")
        monitor = self.start_monitor("--json", bus=mock.address)
        self.assertTrue(json.loads(self.read_line(monitor))["service-running"])
        mock.steer("Release")
        while json.loads(self.read_line(monitor))["service-running"]:
            pass
        self.assertFalse(json.loads(self.read_line(monitor))["service-running"])
        self.assertFalse((self.folder / "started").exists())

    def test_monitored_reasons(self) -> None:
        """Lines tell why the state has changed."""
        self.mock.answer("Client.GetConnectionQuality", "(a{sv})", QUALITY)
        self.change(f"{CLIENTS}default", State="connected")
        monitor = self.start_monitor()
        self.read_line(monitor)
        for state, before, shown in (("reconnecting", "connected", "reconnecting: The other side no longer answers"),
                                     ("connected", "reconnecting", "reconnected")):
            self.mock.steer("Emit", "(ossav)", f"{CLIENTS}default", "org.smartvpn.Client", "StateChanged",
                            [text(state), text(before), text("no-answer"), GLib.Variant("a{sv}", {})])
            while shown not in (line := self.read_line(monitor)):
                pass
            self.assertRegex(line, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  re")

    def test_monitored_rates(self) -> None:
        """The rate is the difference of two samples; counters that begin again have none."""
        self.change(f"{CLIENTS}default", State="connected")
        self.mock.answer("Client.GetConnectionQuality", "(a{sv})", QUALITY)
        self.mock.answer("Client.GetStatistics", "(a{sv})", {"bytes-sent": number(1000)})
        monitor = self.start_monitor("--json")
        self.assertEqual(json.loads(self.read_line(monitor))["sent-bytes-per-s"], 0)
        for sent, has_rate in ((5000, True), (10, False)):
            self.mock.answer("Client.GetStatistics", "(a{sv})", {"bytes-sent": number(sent)})
            sample = json.loads(self.read_line(monitor))
            while sample["bytes-sent"] != sent:
                sample = json.loads(self.read_line(monitor))
            with self.subTest(sent):
                self.assertEqual(sample["sent-bytes-per-s"] > 0, has_rate, sample)
                self.assertGreaterEqual(sample["sent-bytes-per-s"], 0)

    def test_monitored_client_removed(self) -> None:
        """monitor ends with its client."""
        monitor = self.start_monitor()
        self.assertIn("disconnected", self.read_line(monitor))
        self.mock.steer("Remove", "(o)", f"{CLIENTS}default")
        _, error = monitor.communicate(timeout=PATIENCE_S)
        self.assertEqual((monitor.returncode, error), (5, "smartvpnctl: client 'default' was removed\n"))
