# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""org.smartvpn.Client against a worker that says anything."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from gi.repository import GLib

from system.harness import wait_until
from system.vpn import Client

from .fake_worker import ASSIGNMENT
from .scene import SERVER_KEY, Scene, Steering, documented

SESSION = {"keepalive-healthy-s": 60, "keepalive-degraded-s": 30, "keepalive-critical-s": 10, "keepalive-timeout-s": 5,
           "keepalive-rtt-threshold-ms": 500, "keepalive-loss-threshold-percent": 20, "qos": True}
HISTORY = GLib.Variant("a(tdb)", [(1_700_000_000_000, 12.5, False), (1_700_000_060_000, -1.0, True)])
QUALITY: dict[str, GLib.Variant] = {
    "health": GLib.Variant("s", "degraded"), "rtt-ms": GLib.Variant("d", 12.5), "rtt-last-ms": GLib.Variant("d", 13.0),
    "rtt-variation-ms": GLib.Variant("d", 1.0), "jitter-ms": GLib.Variant("d", 0.5),
    "loss-ratio": GLib.Variant("d", 0.25), "keepalive-interval-s": GLib.Variant("d", 30.0),
    "keepalives-sent": GLib.Variant("t", 4), "keepalives-answered": GLib.Variant("t", 3),
    "keepalives-timed-out": GLib.Variant("t", 1), "next-keepalive-s": GLib.Variant("d", 9.5), "history": HISTORY}
MTU = {"mtu": 1321, "overhead": 79, "overhead-ip": 20, "overhead-tcp": 32, "overhead-websocket": 6, "overhead-frame": 5,
       "overhead-tag": 16, "extra-nonce": 24, "extra-tls": 22}
DETAILS = {"duration-ms": GLib.Variant("t", 1500), "attempts": GLib.Variant("u", 2), "reason": GLib.Variant("s", "cut"),
           "reconnects": GLib.Variant("t", 1)}


def changed(**changes: GLib.Variant) -> dict[str, GLib.Variant]:
    """The fake's assignment with changes."""
    return {**ASSIGNMENT, **{key.replace("_", "-"): value for key, value in changes.items()}}


def wait_states(client: Client, *expected: tuple[Any, ...]) -> None:
    """Waits until these are the arguments of the last StateChanged()."""
    wait_until(lambda: tuple(arguments for name, arguments in client.signals
                             if name == "StateChanged")[-len(expected):] == expected, f"StateChanged() {expected}")


class TestSettings(Scene):
    """What StartClient() gets."""

    def test_defaults_and_lease(self) -> None:
        """All settings with their defaults; the lease comes back in the next connection, and is shown nowhere."""
        client, worker = self.connected()
        (settings,) = worker.got("StartClient")
        self.assertEqual({key: settings[key] for key in SESSION}, SESSION)
        self.assertEqual([settings[key] for key in ("auto-reconnect", "max-reconnect-attempts", "rekey-interval-s", "rekey-mib")],
                         [True, 0, 3600, 65536])
        self.assertNotIn("lease", settings)
        self.assertNotIn("lease", client.status())
        client.disconnect()

        _, worker = self.connected(keepalive_healthy_s=7, qos=False, auto_reconnect=False)
        (settings,) = worker.got("StartClient")
        self.assertEqual((settings["lease"], settings["keepalive-healthy-s"], settings["qos"],
                          settings["auto-reconnect"]), ("lease-of-the-fake", 7, False, False))
        self.assertNotIn("lease-of-the-fake", self.daemon.logged())
        for path in (self.daemon.directory / "run/daemon").iterdir():
            self.assertNotIn("lease-of-the-fake", path.read_text())

    def test_authorities_as_text(self) -> None:
        """tls-ca-pem goes to the worker as it is, and counts before tls-ca-file."""
        der = base64.b64encode(bytes([0x30, 0x81, 0x80]) + bytes(0x80)).decode()
        pem = f"-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n"
        client, worker = self.connected(tls_ca_pem=pem, tls_ca_file="/no/such/file")
        self.assertEqual(worker.got("StartClient")[0]["tls-ca-pem"], pem)
        client.update(tls_ca_pem=pem)
        self.assertEqual(client.settings()["tls-ca-pem"], pem)
        with self.refused("InvalidSetting", "^tls-ca-pem: longer than 65536 bytes"):
            client.update(tls_ca_pem=pem * 1000)

    def test_lease_of_another_server(self) -> None:
        """A lease is for the server that gave it, and outlives a smartvpnd if the tunnel does."""
        client, _ = self.connected()
        self.restart()
        client.disconnect()
        client.connect(server_url="ws://198.51.100.2/", server_public_key="dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=")
        self.assertNotIn("lease", Steering(self.daemon, "client-default").got("StartClient")[0])
        client.disconnect()
        client.connect(server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        self.assertEqual(Steering(self.daemon, "client-default").got("StartClient")[0]["lease"], "lease-of-the-fake")


class TestQuestions(Scene):
    """What is asked of the worker, and what of its answer is passed on."""

    def test_statistics(self) -> None:
        """GetStatistics() has the keys of its documentation and no others; what the device drops
        and the uptime are not the worker's to say."""
        client, worker = self.connected()
        keys = documented("Client", "GetStatistics")
        worker.answer("GetStatistics", "(a{sv})", {key: GLib.Variant("t", 5) for key in (*keys, "other")})
        statistics = client.statistics()
        self.assertIn(client.status()["uptime-s"] - statistics["uptime-s"], (0, 1))
        self.assertEqual({**statistics, "uptime-s": 5}, {**dict.fromkeys(keys, 5), "drops-device": 0})

    def test_quality(self) -> None:
        """GetConnectionQuality() too; what is no number or no health is left out."""
        client, worker = self.connected()
        self.assertEqual(set(QUALITY), documented("Client", "GetConnectionQuality"))
        worker.answer("GetConnectionQuality", "(a{sv})", QUALITY)
        quality = client._call("GetConnectionQuality")
        self.assertEqual(quality, {key: value.unpack() for key, value in QUALITY.items()})
        worker.answer("GetConnectionQuality", "(a{sv})",
                      {"health": GLib.Variant("s", "splendid"), "rtt-ms": GLib.Variant("d", float("nan")),
                       "jitter-ms": GLib.Variant("s", "3"), "loss-ratio": GLib.Variant("d", 0.5),
                       "history": GLib.Variant("a(tdb)", [(0, 0.0, False)] * 2000)})
        self.assertEqual(client._call("GetConnectionQuality"), {"loss-ratio": 0.5})

    def test_mtu(self) -> None:
        """GetMtuInfo() adds the MTU of the link that leads to the server, while there is one."""
        client, worker = self.connected()
        info = {**MTU, "packets-too-big": 3}
        worker.answer("GetMtuInfo", "(a{sv})", {**{key: GLib.Variant("u", value) for key, value in MTU.items()},
                                                "packets-too-big": GLib.Variant("t", 3)})
        self.assertEqual(client._call("GetMtuInfo"), {**info, "link-mtu": 1400, "max-mtu": 1321, "fits-up": 1273, "fits-down": 1277})
        self.assertEqual({*info, "link-mtu", "max-mtu", "fits-up", "fits-down"}, documented("Client", "GetMtuInfo"))
        self.namespace.ip("link", "set", "eth0", "down")
        self.assertEqual(client._call("GetMtuInfo"), info)

    def test_not_connected(self) -> None:
        """Without a connection there is nothing to ask; what the worker refuses is passed on."""
        client = self.daemon.client()
        for method in ("GetConnectionQuality", "GetMtuInfo", "GetStatistics"):
            with self.subTest(method), self.refused("NotConnected", "client 'default' is not connected"):
                client._call(method)
        client, worker = self.connected()
        worker.refuse("GetConnectionQuality", "NotConnected", "there is no session")
        with self.refused("NotConnected", "there is no session"):
            client._call("GetConnectionQuality")


class TestHealth(Scene):
    """Health and HealthChanged()."""

    def test_changes(self) -> None:
        """Follows the worker's signal; what is no health is ignored; a restarted smartvpnd goes on with it."""
        client, worker = self.connected()
        self.assertEqual(client.get("Health"), "healthy")
        worker.emit("HealthChanged", "(ss)", "splendid", "healthy")
        worker.emit("HealthChanged", "(ss)", "degraded", "healthy")
        worker.emit("HealthChanged", "(ss)", "critical", "whatever")
        wait_until(lambda: client.get("Health") == "critical", "critical")
        wait_until(lambda: [arguments for name, arguments in client.signals if name == "HealthChanged"]
                   == [("degraded", "healthy"), ("critical", "degraded")], "HealthChanged()")
        wait_until(lambda: {"Health": "critical"} in client.changes, "PropertiesChanged")

        worker.answer("GetState", "(a{sv})", {"health": GLib.Variant("s", "critical")})
        self.restart()
        self.assertEqual(client.get("Health"), "critical")
        client.clear()
        worker.emit("HealthChanged", "(ss)", "degraded", "critical")
        self.assertEqual(client.wait_signal("HealthChanged"), ("degraded", "critical"))
        client.disconnect()
        self.assertEqual(client.get("Health"), "")


    def test_library(self) -> None:
        """Which library encrypts, as the worker says, if it is one that we know."""
        client, worker = self.connected()
        self.assertEqual(client.status()["aead"], "libsodium")
        for properties, told in (({"Aead": "libcrypto"}, "libcrypto"), ({"Aead": "rot13"}, None), ({"Aead": ""}, None), ({}, None)):
            worker.answer("GetAll", "(a{sv})", {key: GLib.Variant("s", value) for key, value in properties.items()})
            self.restart()
            self.assertEqual(client.status().get("aead"), told)
        client.disconnect()
        self.assertNotIn("aead", client.status())


class TestReconnect(Scene):
    """The state reconnecting."""

    def reconnect(self, worker: Steering, assignment: dict[str, GLib.Variant]) -> None:
        """What a worker says when the session stands again."""
        worker.emit("Reconnected", "(a{sv}a{sv})", DETAILS, assignment)
        worker.emit("StateChanged", "(ss)", "connected", "cut")

    def test_same_assignment(self) -> None:
        """State, reason and Reconnected(); all that GetStatus() says stays; the network is left alone."""
        client, worker = self.connected(connect_timeout_s=1)
        before = self.namespace.snapshot()
        worker.emit("StateChanged", "(ss)", "reconnecting", "The line is cut")
        client.wait_state("reconnecting")
        status = client.status()
        self.assertEqual((status["state"], status["assigned-ip"], client.get("Health")), ("reconnecting", "10.8.0.7", ""))
        self.assertEqual(set(client.statistics()), {"drops-device", "uptime-s"})
        with self.refused("AlreadyConnected"):
            client.connect(server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        worker.emit("HealthChanged", "(ss)", "critical", "healthy")  # of no line
        self.reconnect(worker, changed(remote_address=GLib.Variant("s", "198.51.100.2:444")))
        client.wait_state("connected")
        wait_states(client, ("reconnecting", "connected", "connection-lost", {"message": "The line is cut"}),
                    ("connected", "reconnecting", "established", {}))
        (details,) = client.wait_signal("Reconnected")
        self.assertEqual(details, {"duration-ms": 1500, "attempts": 2, "reason": "connection-lost", "message": "cut", "reconnects": 1,
                                   "assigned-ip": "10.8.0.7", "same-address": True})
        self.assertEqual(set(details), documented("Client", "Reconnected"))
        self.assertEqual(client.get("Health"), "healthy")
        self.assertEqual(self.namespace.snapshot(), before)

    def test_what_comes_next(self) -> None:
        """Since when, which attempt comes when, and why the last one failed; nothing counts on as if it were connected. What a
        worker says that nobody can use is left out."""
        client, worker = self.connected()
        self.assertFalse({"lost-since", "attempt", "next-try-s", "last-error"} & set(client.status()))
        worker.emit("StateChanged", "(ss)", "reconnecting", "The line is cut")
        client.wait_state("reconnecting")
        status = client.status()
        self.assertFalse({"since", "uptime-s", "attempt", "next-try-s"} & set(status))
        self.assertLess(abs(status["lost-since"] - time.time()), 60)
        self.assertEqual((status["last-error"], client.get("LastError")), ("The line is cut",) * 2)
        retry = {"attempt": GLib.Variant("u", 3), "next-try-ms": GLib.Variant("t", 50_500), "lost-ms": GLib.Variant("t", 600_000),
                 "last-error": GLib.Variant("s", "nobody\nis there")}
        worker.emit("Retrying", "(a{sv})", retry)
        wait_until(lambda: client.get("LastError") == "nobody?is there", "the error")
        status = client.status()
        self.assertEqual(status["attempt"], 3)
        self.assertIn(status["next-try-s"], range(1, 52))
        self.assertLess(abs(status["lost-since"] + 600 - time.time()), 60)
        self.assertEqual(status["last-error"], "nobody?is there")
        worker.answer("GetState", "(a{sv})", {"retry": GLib.Variant("a{sv}", retry)})
        self.restart()
        status = client.status()
        self.assertEqual((status["attempt"], status["last-error"]), (3, "nobody?is there"))
        worker.emit("Retrying", "(a{sv})", {"attempt": GLib.Variant("u", 4), "lost-ms": GLib.Variant("t", 1 << 63)})
        wait_until(lambda: client.status()["attempt"] == 4, "the next attempt")
        self.assertNotIn("next-try-s", client.status())
        self.reconnect(worker, ASSIGNMENT)
        client.wait_state("connected")
        status = client.status()
        self.assertFalse({"lost-since", "attempt", "next-try-s", "last-error"} & set(status))
        self.assertIn("uptime-s", status)
        self.assertEqual(client.get("LastError"), "")

    def test_other_assignment(self) -> None:
        """Another address, MTU and route are set up on the same device."""
        client, worker = self.connected()
        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        self.reconnect(worker, changed(assigned_ip=GLib.Variant("s", "10.8.0.9"), mtu=GLib.Variant("u", 1300),
                                       routes=GLib.Variant("as", ["192.0.2.0/24"]),
                                       lease=GLib.Variant("s", "another-lease")))
        client.wait_state("connected")
        (details,) = client.wait_signal("Reconnected")
        self.assertEqual((details["assigned-ip"], details["same-address"]), ("10.8.0.9", False))
        self.assertEqual((client.get("AssignedIp"), client.get("Interface")), ("10.8.0.9", "svpn0"))
        link = self.namespace.ip("address", "show", "svpn0")
        self.assertTrue("mtu 1300" in link and "10.8.0.9/24" in link and "10.8.0.7" not in link, link)
        routes = self.namespace.ip("route", "show", "table", "all")
        self.assertTrue("192.0.2.0/24 dev svpn0" in routes and "203.0.113.0/24" not in routes, routes)
        client.disconnect()
        _, worker = self.connected()
        self.assertEqual(worker.got("StartClient")[0]["lease"], "another-lease")

    def test_other_peer(self) -> None:
        """A peer that moves into a routed network is no reason to change a route."""
        _, worker = self.connected(routes=["198.51.100.128/25"])
        before = self.namespace.ip("route", "show", "table", "all")
        self.assertIn("198.51.100.128/25 dev svpn0 table", before)
        self.reconnect(worker, changed(remote_address=GLib.Variant("s", "198.51.100.200:443")))
        self.assertEqual(self.namespace.ip("route", "show", "table", "all"), before)

    def test_unusable_assignment(self) -> None:
        """An assignment that cannot be is the end."""
        client, worker = self.connected()
        before = self.namespace.ip("link")
        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        worker.emit("Reconnected", "(a{sv}a{sv})", DETAILS, changed(assigned_ip=GLib.Variant("s", "127.0.0.1")))
        client.wait_state("failed")
        self.assertIn("assigned-ip", client.get("LastError"))
        self.assertNotEqual(self.namespace.ip("link"), before)
        self.assertNotIn("svpn0", self.namespace.ip("link"))

    def test_gives_up(self) -> None:
        """A worker that gives up makes the client fail, with the reason."""
        client, worker = self.connected(max_reconnect_attempts=3)
        self.assertEqual(worker.got("StartClient")[0]["max-reconnect-attempts"], 3)
        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        worker.emit("Ended", "(s)", "3 attempts to reconnect have failed")
        worker.end()
        client.wait_state("failed")
        self.assertEqual(client.get("LastError"), "3 attempts to reconnect have failed")
        self.assertEqual(client.wait_signal("Exited"), (0,))
        self.assertNotIn("svpn0", self.namespace.ip("link"))

    def test_server_ends_it(self) -> None:
        """What the server has ended in order is disconnected, as before, and says why until the next time."""
        client, worker = self.connected()
        worker.emit("Ended", "(s)", "server-ended: The server says goodbye")
        worker.end()
        wait_states(client, ("disconnected", "disconnecting", "server-ended", {"message": "The server says goodbye"}))
        for again in (False, True):
            if again:
                self.restart()
            self.assertEqual((client.status()["last-error"], client.get("LastError")), ("The server says goodbye",) * 2)
            self.assertEqual((client.get("LastReason"), client.status()["last-reason"]), ("server-ended",) * 2)
        with self.refused("NotConnected", "^client 'default' is not connected: The server says goodbye$"):
            client.disconnect()
        self.connected()
        client.disconnect()
        self.restart()
        self.assertEqual((client.status().get("last-error"), client.get("LastError")), (None, ""))

    def test_no_call_takes_longer(self) -> None:
        """An attempt that may last longer answers InProgress and goes on; one that ends by then answers with its end."""
        self.hold("StartClient")
        client = self.daemon.client()
        profile = {"server_url": "ws://198.51.100.2/", "server_public_key": SERVER_KEY}
        with self.refused("InProgress", "client-default is still connecting"):
            client.connect(connect_timeout_s=60, **profile)
        self.assertEqual((client.get("State"), client.get("LastError")), ("connecting", ""))
        client.disconnect()
        with self.refused("Timeout", "longer than 20 s"):
            client.connect(**profile)
        client.wait_state("failed")
        self.assertEqual(client.get("LastReason"), "Timeout")

    def test_last_reason(self) -> None:
        """LastReason and LastError outlive a restart of smartvpnd, and go with the profile."""
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        self.refuse("StartClient", "AuthFailed", "no")
        with self.refused("AuthFailed", "no"):
            client.connect()
        wait_states(client, ("failed", "connecting", "AuthFailed", {"message": "no"}))
        self.restart()
        client = Client(self.daemon, client.path)
        self.assertEqual((client.get("State"), client.get("LastReason"), client.get("LastError")),
                         ("disconnected", "AuthFailed", "no"))
        self.refuse("StartClient")
        client.connect()
        self.assertEqual((client.get("LastReason"), client.get("LastError")), ("established", ""))
        client.disconnect()
        self.assertEqual(client.get("LastReason"), "user")
        self.daemon.manager("Remove", "(o)", client.path)
        client = self.daemon.add_client("office")
        self.assertEqual(client.get("LastReason"), "")
    def test_worker_dies(self) -> None:
        """Why a client is down outlives smartvpnd, but neither the profile nor the boot."""
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        client.connect()
        Steering(self.daemon, "client-office").end(3)
        client.wait_state("failed")
        self.restart()
        self.assertEqual(client.get("LastError"), "The worker has ended with status 3")
        self.daemon.manager("Remove", "(o)", client.path)
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        self.assertEqual(client.get("LastError"), "")
        client.connect()
        Steering(self.daemon, "client-office").end(3)
        client.wait_state("failed")
        self.daemon.shut_down()
        self.daemon.start()
        self.assertEqual(client.get("LastError"), "")

    def test_disconnect(self) -> None:
        """Disconnect() while reconnecting."""
        client, worker = self.connected()
        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        client.wait_state("reconnecting")
        client.disconnect()
        self.assertEqual(client.get("State"), "disconnected")
        self.assertNotIn("svpn0", self.namespace.ip("link"))

    def test_restart_while_reconnecting(self) -> None:
        """A restarted smartvpnd finds the client reconnecting."""
        client, worker = self.connected()
        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        client.wait_state("reconnecting")
        worker.answer("GetState", "(a{sv})", {"health": GLib.Variant("s", "")})
        before = self.namespace.snapshot()
        self.restart()
        self.assertEqual((client.get("State"), client.get("Health")), ("reconnecting", ""))
        self.assertEqual(client.status()["assigned-ip"], "10.8.0.7")
        client.clear()
        self.reconnect(worker, ASSIGNMENT)
        client.wait_state("connected")
        self.assertTrue(client.wait_signal("Reconnected")[0]["same-address"])
        self.assertEqual(self.namespace.snapshot(), before)

    def test_reconnected_meanwhile(self) -> None:
        """What changed while there was no smartvpnd is set up when it comes back."""
        client, worker = self.connected()
        self.daemon.kill()
        worker.answer("StartClient", "(a{sv})", changed(assigned_ip=GLib.Variant("s", "10.8.0.9")))
        self.daemon.start()
        self.assertEqual((client.get("State"), client.get("AssignedIp")), ("connected", "10.8.0.9"))
        self.assertIn("10.8.0.9/24", self.namespace.ip("address", "show", "svpn0"))
        self.assertNotIn("10.8.0.7", self.namespace.ip("address", "show", "svpn0"))


class TestConfig(Scene):
    """What the server changes in the course of a session."""

    def configure(self, worker: Steering, mtu: int = 1420, dns: tuple[str, ...] = (),
                  routes: tuple[str, ...] = ("203.0.113.0/24",), **more: GLib.Variant) -> None:
        """What a worker says then; by default nothing new."""
        worker.emit("ConfigChanged", "(a{sv})", {"mtu": GLib.Variant("u", mtu), "dns": GLib.Variant("as", dns),
                                                 "routes": GLib.Variant("as", routes), **more})

    def test_changes(self) -> None:
        """Set up on the device, told, logged; what is not to be changed in this way is not; nothing new is nothing."""
        client, worker = self.connected()
        self.configure(worker)
        self.configure(worker, 1300, ("192.0.2.53",), ("203.0.113.0/24", "192.0.2.0/24"),
                       **{"assigned-ip": GLib.Variant("s", "10.8.0.9"), "lease": GLib.Variant("s", "another")})
        config = {"mtu": 1300, "dns": ["192.0.2.53"], "routes": ["203.0.113.0/24", "192.0.2.0/24"]}
        self.assertEqual(client.wait_signal("ConfigChanged"), (config,))
        self.assertEqual(set(config), documented("Client", "ConfigChanged"))
        status = client.status()
        self.assertEqual({key: status[key] for key in config}, config)
        self.assertEqual(status["assigned-ip"], "10.8.0.7")
        self.assertIn("client-default: the server has changed the configuration", self.daemon.logged())
        self.assertIn("mtu 1300", self.namespace.ip("link", "show", "svpn0"))
        routes = self.namespace.ip("route", "show", "table", "all")
        self.assertTrue("203.0.113.0/24 dev svpn0" in routes and "192.0.2.0/24 dev svpn0" in routes, routes)
        self.configure(worker, routes=())
        wait_until(lambda: "203.0.113.0/24 dev svpn0" not in self.namespace.ip("route", "show", "table", "all"), "no route")
        client.disconnect()
        self.assertEqual(self.connected()[1].got("StartClient")[0]["lease"], "lease-of-the-fake")

    def test_settings_come_first(self) -> None:
        """What the user has chosen stays, and is not told as changed."""
        client, worker = self.connected(mtu=1420, dns=[], routes=["198.18.0.0/15"])
        before = self.namespace.ip("route", "show", "table", "all")
        self.configure(worker, 1420, ("192.0.2.53",), ("0.0.0.0/0",))
        self.configure(worker, 1400, ("192.0.2.53",), ("0.0.0.0/0",))
        self.assertEqual(client.wait_signal("ConfigChanged"), ({"mtu": 1400, "dns": [], "routes": ["198.18.0.0/15"]},))
        self.assertEqual(self.namespace.ip("route", "show", "table", "all"), before)

    def test_unusable(self) -> None:
        """What a worker, which has checked it, cannot say is the end, as in an assignment."""
        for changes, key in (({"mtu": 1421}, "mtu"), ({"mtu": 575}, "mtu"), ({"dns": ("127.0.0.1",)}, "dns"),
                             ({"dns": ("192.0.2.53",) * 17}, "dns"), ({"routes": ("127.0.0.0/8",)}, "routes"),
                             ({"routes": ("lan",)}, "routes"), ({"routes": ("192.0.2.0/24",) * 257}, "routes")):
            client, worker = self.connected()
            with self.subTest(changes):
                self.configure(worker, **changes)
                client.wait_state("failed")
                self.assertIn(f"cannot be used: {key}", client.get("LastError"))
                self.assertNotIn("svpn0", self.namespace.ip("link"))

    def test_restart(self) -> None:
        """A restarted smartvpnd has what was changed before it ended, and sets up what was since."""
        client, worker = self.connected()
        self.configure(worker, mtu=1300)
        client.wait_signal("ConfigChanged")
        self.daemon.kill()
        worker.answer("StartClient", "(a{sv})", changed(mtu=GLib.Variant("u", 1290)))
        self.daemon.start()
        self.assertEqual(client.status()["mtu"], 1290)
        self.assertIn("mtu 1290", self.namespace.ip("link", "show", "svpn0"))


class TestUpgrade(Scene):
    """A smartvpnd of another version finds the tunnel."""

    def test_record_of_another_version(self) -> None:
        """Settings that are not known, or not like that, are left out; the tunnel stays."""
        client, worker = self.connected(keepalive_healthy_s=7)
        before = client.status()
        self.daemon.kill()
        file = self.daemon.directory / "run/daemon/client-default.tunnel"
        tunnel = json.loads(file.read_text())
        self.assertEqual(tunnel["record"]["settings"]["keepalive-healthy-s"], 7)
        tunnel["record"]["settings"].update({"keepalive-healthy-s": "often", "key-of-tomorrow": True})
        file.write_text(json.dumps(tunnel))
        self.daemon.start()
        self.assertEqual({**client.status(), "uptime-s": 0}, {**before, "uptime-s": 0})
        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        client.wait_state("reconnecting")

    def test_worker_of_another_version(self) -> None:
        """What an older worker does not have fails alone; what a newer one says besides is ignored."""
        client, worker = self.connected()
        worker.answer("GetState", "(a{sv})", {"key-of-tomorrow": GLib.Variant("s", "x")})
        worker.refuse("GetMtuInfo", "NotSupported", "no such method")
        self.restart()
        with self.refused("NotSupported"):
            client.mtu_info()
        self.assertEqual(client.get("State"), "connected")
