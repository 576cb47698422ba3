# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""SubscribeTelemetry(): who gets what, how often, and what is left when one goes."""

from __future__ import annotations

import math
import pwd
import subprocess
import time
from typing import Any

from gi.repository import Gio, GLib

from system.harness import pump, wait_until
from system.vpn import ROOT, Bus, Client, DBusError, Object, OtherUser, options

from .fake_worker import ASSIGNMENT
from .scene import Scene, Steering
from .test_client import DETAILS, QUALITY

TELEMETRY = "org.smartvpn.Telemetry"
USER = pwd.getpwnam("daemon").pw_uid
# Another program: it subscribes, says so, and prints a line for each Updated().
PROGRAM = """
import sys
from gi.repository import Gio, GLib
flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
bus = Gio.DBusConnection.new_for_address_sync(sys.argv[1], flags, None, None)
bus.signal_subscribe("org.smartvpn", "org.smartvpn.Telemetry", "Updated", None, None, 0, lambda *_: print("updated", flush=True))
bus.call_sync("org.smartvpn", sys.argv[2], "org.smartvpn.Client", "SubscribeTelemetry",
              GLib.Variant("(ua{sv})", (int(sys.argv[3]), {})), None, 0, -1, None)
print("subscribed", flush=True)
GLib.MainLoop().run()
"""


class Program(Bus):
    """A program on the bus of its own, which keeps every Updated() that reaches it."""

    def __init__(self, bus: Bus) -> None:
        self.address = bus.address
        self._connect()
        self.seen: list[tuple[float, str, dict[str, Any]]] = []
        self.subscribe(None, self._on_signal)

    def _on_signal(self, path: str, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "Updated":
            self.seen.append((time.monotonic(), path, arguments[0]))

    def begin(self, thing: Object, interval_ms: int = 100, **extra: Any) -> str:
        """SubscribeTelemetry()."""
        return self.call(thing.path, thing.interface, "SubscribeTelemetry",
                         GLib.Variant("(ua{sv})", (interval_ms, options(extra))))

    def end(self, path: str) -> None:
        """Close()."""
        self.call(path, TELEMETRY, "Close")

    def of(self, path: str) -> list[dict[str, Any]]:
        """What came of one subscription."""
        return [telemetry for _, came_from, telemetry in self.seen if came_from == path]


class TestHistory(Scene):
    """GetHistory()."""

    def history(self, span_s: int = 60, **extra: Any) -> tuple[int, int, dict[str, list[float]]]:
        """The call."""
        arguments = GLib.Variant("(ua{sv})", (span_s, options(extra)))
        return self.daemon.bus.call(f"{ROOT}/clients/default", "org.smartvpn.Client", "GetHistory", arguments)

    def test_history(self) -> None:
        """What the worker says, checked: known keys with numbers, all of one length; NaN for what is none."""
        with self.refused("NotConnected"):
            self.history()
        _, worker = self.connected()
        told = {"rtt-ms": [1.5, float("inf")], "bytes-sent": [0.0, 7.0], "evil": [1.0, 2.0]}
        series = {**{key: GLib.Variant("ad", values) for key, values in told.items()}, "jitter-ms": GLib.Variant("s", "x")}
        worker.answer("GetHistory", "(tua{sv})", 1_700_000_000_000, 1000, series)
        start, step, seen = self.history()
        self.assertEqual((start, step, set(seen), seen["bytes-sent"]), (1_700_000_000_000, 1000, {"rtt-ms", "bytes-sent"}, [0.0, 7.0]))
        self.assertTrue(seen["rtt-ms"][0] == 1.5 and math.isnan(seen["rtt-ms"][1]))
        self.assertEqual(worker.got("GetHistory"), (60,))
        self.restart()
        self.assertEqual(self.history()[0], start)

    def test_senseless(self) -> None:
        """A worker's history that is too long, empty, of several lengths or without steps; wrong arguments."""
        _, worker = self.connected()
        good = [0.0] * 120
        for step, series in ((1000, {"rtt-ms": [*good, 0.0]}), (1000, {}), (1000, {"rtt-ms": []}), (0, {"rtt-ms": good}),
                             (1000, {"rtt-ms": good, "drops-low": good[1:]}), (1000, {"rtt-ms": good[1:], "drops-low": good})):
            worker.answer("GetHistory", "(tua{sv})", 1, step, {key: GLib.Variant("ad", value) for key, value in series.items()})
            with self.refused("Failed", "a history that makes no sense"):
                self.history()
        for span_s in (0, 3601, 2**32 - 1):
            with self.refused("InvalidArguments", rf"^span_s: {span_s} is out of range \(1 to 3600\)$"):
                self.history(span_s)
        with self.refused("InvalidArguments", "^steps: "):
            self.history(steps=3)


class TestTelemetry(Scene):
    """Subscriptions."""

    def program(self) -> Program:
        """Another program on the bus."""
        return self.keep(Program(self.daemon.bus))

    def left(self) -> list[str]:
        """The subscriptions that smartvpnd has, by number."""
        xml = self.daemon.bus.call(f"{ROOT}/telemetry", "org.freedesktop.DBus.Introspectable", "Introspect")
        return sorted((node.path for node in Gio.DBusNodeInfo.new_for_xml(xml).nodes), key=int)

    def connected_with_answers(self) -> tuple[Object, Steering]:
        """A client whose worker answers."""
        client, worker = self.connected()
        worker.answer("GetConnectionQuality", "(a{sv})", QUALITY)
        worker.answer("GetStatistics", "(a{sv})", {"rekeys": GLib.Variant("t", 2)})
        return client, worker

    def test_what_comes(self) -> None:
        """Quality and counters without history; only while there is a session; a server's counters."""
        client, worker = self.connected_with_answers()
        program = self.program()
        path = program.begin(client)
        wait_until(lambda: program.seen, "Updated()")
        expected = {key: value.unpack() for key, value in QUALITY.items() if key != "history"}
        told = program.of(path)[0]
        self.assertIn(told.pop("uptime-s"), (0, 1, 2))
        self.assertEqual(told, {**expected, "rekeys": 2, "drops-device": 0})
        get = GLib.Variant("(s)", (TELEMETRY,))
        properties = program.call(path, "org.freedesktop.DBus.Properties", "GetAll", get)
        self.assertEqual(properties, {"Profile": client.path, "IntervalMs": 100})
        self.assertNotIn(path, program.call(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))

        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        client.wait_state("reconnecting")
        program.seen.clear()
        pump(500)
        self.assertEqual(program.seen, [])
        worker.emit("Reconnected", "(a{sv}a{sv})", DETAILS, ASSIGNMENT)
        worker.emit("StateChanged", "(ss)", "connected", "cut")
        wait_until(lambda: program.seen, "Updated() of the next session")
        client.disconnect()
        self.connected_with_answers()
        program.seen.clear()
        wait_until(lambda: program.seen, "Updated() of the next connection")

        server, worker = self.running(ipv4_pool="10.9.0.0/24")
        worker.answer("GetStatistics", "(a{sv})", {"sessions-total": GLib.Variant("t", 9)})
        path = program.begin(server)
        wait_until(lambda: program.of(path), "Updated() of a server")
        self.assertEqual(program.of(path)[0]["sessions-total"], 9)

    def test_two_and_a_stranger(self) -> None:
        """Two programs with intervals of their own; one is killed, the other does not notice; a third sees nothing."""
        client, _ = self.connected_with_answers()
        stranger, program = self.program(), self.program()
        for rule in (f"interface='{TELEMETRY}'", f"type='signal',path_namespace='{ROOT}'"):
            stranger.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", GLib.Variant("(s)", (rule,)),
                          destination="org.freedesktop.DBus")
        path = program.begin(client, 400)
        with subprocess.Popen(["/usr/bin/python3", "-c", PROGRAM, self.daemon.bus.address, client.path, "100"],
                              stdout=subprocess.PIPE, text=True) as other:
            self.assertEqual(other.stdout.readline(), "subscribed\n")
            before = len(program.seen)
            for _ in range(8):
                self.assertEqual(other.stdout.readline(), "updated\n")
            wait_until(lambda: len(program.seen) - before >= 1, "Updated() at the longer interval")
            self.assertEqual(self.left(), ["1", "2"])
            other.kill()
        wait_until(lambda: self.left() == ["1"], "the end of the killed program's subscription")
        program.seen.clear()
        wait_until(lambda: len(program.seen) >= 4, "four more")
        times = [when for when, _, _ in program.seen]
        self.assertGreater(times[3] - times[0], 1.0)  # three intervals of 0.4 s, and not 0.1 s
        self.assertEqual({came_from for _, came_from, _ in program.seen}, {path})
        self.assertEqual(stranger.seen, [])
        program.end(path)
        self.assertEqual(self.left(), [])
        program.seen.clear()
        pump(1000)
        self.assertEqual(program.seen, [])

    def test_close(self) -> None:
        """Only the subscriber may; Remove() and Rename() of the profile end it, too."""
        program, other = self.program(), self.program()
        client = self.daemon.add_client("x")
        path = program.begin(client, 3_600_000)
        with self.assertRaises(DBusError) as caught:
            other.end(path)
        self.assertEqual(caught.exception.name, "NotAuthorized")
        self.assertEqual(self.left(), ["1"])
        program.end(path)
        with self.assertRaises(DBusError):
            program.end(path)
        program.begin(client)
        self.daemon.manager("Rename", "(os)", client.path, "y")
        self.assertEqual(self.left(), [])
        program.begin(self.daemon.client())
        program.begin(Client(self.daemon, f"{ROOT}/clients/y"))
        self.daemon.manager("Remove", "(o)", f"{ROOT}/clients/y")
        self.assertEqual(self.left(), ["3"])
        program.close()
        wait_until(lambda: self.left() == [], "the end of the last one")
        self.closing.remove(program)

    def test_arguments(self) -> None:
        """Intervals out of range and options that are not there."""
        program, client = self.program(), self.daemon.client()
        for interval_ms in (0, 99, 3_600_001, 2**32 - 1):
            with self.refused("InvalidArguments", rf"^interval_ms: {interval_ms} is out of range \(100 to 3600000\)$"):
                program.begin(client, interval_ms)
        with self.refused("InvalidArguments", "^burst: "):
            program.begin(client, burst=True)
        self.assertEqual(self.left(), [])

    def test_bounds(self) -> None:
        """16 of a program, 64 of a user, root apart, 512 in all; what ends makes room."""
        client = self.daemon.client()
        programs = [self.program() for _ in range(33)]
        users = [self.keep(OtherUser(self.daemon.bus, USER)) for _ in range(5)]
        call = (client.path, client.interface, "SubscribeTelemetry", GLib.Variant("(ua{sv})", (1000, {})))
        for user in users[:4]:
            for _ in range(16):
                last = user.call(*call)
        for user, why in ((users[0], "16 of this program"), (users[4], f"64 of user {USER}")):
            with self.refused("LimitExceeded", why):
                user.call(*call)
        users[3].call(last, TELEMETRY, "Close")
        users[4].call(*call)
        for program in programs[:28]:
            for _ in range(16):
                program.begin(client)
        with self.refused("LimitExceeded", "512 in all"):
            programs[28].begin(client)
        programs[0].close()
        self.closing.remove(programs[0])
        wait_until(lambda: len(self.left()) == 496, "the end of sixteen")
        programs[28].begin(client)

    def test_silent_worker(self) -> None:
        """A worker that does not answer is asked once, and the others go on."""
        self.hold("GetConnectionQuality")
        client, worker = self.connected()
        program = self.program()
        for _ in range(16):
            program.begin(client)
        wait_until(lambda: worker.times("GetConnectionQuality") > 0, "a question")
        pump(1000)
        self.assertEqual(worker.times("GetConnectionQuality"), 1)
        self.assertEqual((program.seen, client.get("State")), ([], "connected"))

    def test_many_ask_once(self) -> None:
        """Thirty-two subscribers at ten a second cost the worker no more than twenty questions a second."""
        client, worker = self.connected_with_answers()
        programs = [self.program() for _ in range(2)]
        for program in programs:
            for _ in range(16):
                program.begin(client)
        begin, before = time.monotonic(), worker.times("GetStatistics")
        wait_until(lambda: all(len(program.seen) >= 16 * 4 for program in programs), "four of each")
        questions, elapsed_s = worker.times("GetStatistics") - before, time.monotonic() - begin
        self.assertLessEqual(questions, 20 * elapsed_s + 2)
