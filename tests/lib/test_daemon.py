# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The library with the real smartvpnd and fake workers.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest lib.test_daemon    as root

GI_TYPELIB_PATH and LD_LIBRARY_PATH have to lead to the library.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gi

gi.require_version("Smartvpn", "1")
from gi.repository import Gio, GLib, Smartvpn  # noqa: E402

from daemon.scene import SERVER_KEY, Scene, Steering  # noqa: E402
from daemon.test_client import DETAILS, MTU, QUALITY, changed  # noqa: E402
from system.harness import wait_until  # noqa: E402
from system.vpn import options  # noqa: E402

from .mock import close_on_exec  # noqa: E402

CONNECT = options({"server_url": "ws://198.51.100.2/", "server_public_key": SERVER_KEY})
State, Health = Smartvpn.ClientState, Smartvpn.Health


class LibraryScene(Scene):
    """A daemon, and a manager that follows it."""

    def setUp(self) -> None:
        """Makes both."""
        super().setUp()
        self.manager = Smartvpn.Manager.new_for_connection_sync(self.daemon.bus.connection)
        self.client = self.manager.get_client("default")
        self.server = self.manager.get_server("default")
        self.seen: list[tuple[Any, ...]] = []

    def watch(self, thing: Smartvpn.Profile, *signals: str) -> None:
        """Notes signals in `seen`."""
        for name in signals:
            thing.connect(name, lambda _thing, *arguments, name=name: self.seen.append(
                (name, *(argument for argument in arguments if not isinstance(argument, GLib.Variant)))))

    def sees(self, *event: Any) -> None:
        """Waits for a signal."""
        wait_until(lambda: event in self.seen, f"{event} among {self.seen}")

    def fails(self, code: Smartvpn.Error, pattern: str, call: Callable[..., Any], *arguments: Any) -> None:
        """Asserts that a call fails with this error."""
        with self.assertRaises(GLib.Error) as caught:
            call(*arguments)
        self.assertTrue(caught.exception.matches(Smartvpn.error_quark(), code), caught.exception)
        self.assertIsNotNone(re.search(pattern, caught.exception.message), caught.exception.message)

    def connect_client(self) -> Steering:
        """The client, connected, and its worker."""
        self.client.connect_sync(GLib.Variant("a{sv}", CONNECT))
        wait_until(lambda: self.client.props.state == State.CONNECTED, "that the library sees it")
        return Steering(self.daemon, "client-default")

    def start_server(self) -> Steering:
        """The server, running, and its worker."""
        self.server.start_sync(GLib.Variant("a{sv}", options({"listen": ["127.0.0.1:0"], "ipv4-pool": "10.9.0.0/24"})))
        wait_until(lambda: self.server.props.state == Smartvpn.ServerState.RUNNING, "that the library sees it")
        return Steering(self.daemon, "server-default")


class TestClient(LibraryScene):
    """SmartvpnClient."""

    def test_connection(self) -> None:
        """Connecting, all methods of a connected client, disconnecting."""
        self.watch(self.client, "state-changed", "exited")
        connection = self.client.connect_sync(GLib.Variant("a{sv}", CONNECT))
        self.assertEqual((connection.get_assigned_ip(), connection.get_interface(), connection.get_mtu(),
                          connection.get_routes()), ("10.8.0.7", "svpn0", 1420, ["203.0.113.0/24"]))
        self.sees("state-changed", State.CONNECTING, State.DISCONNECTED, "user")
        self.sees("state-changed", State.CONNECTED, State.CONNECTING, "established")
        self.assertEqual((self.client.props.assigned_ip, self.client.props.interface, self.client.props.health,
                          self.client.props.server_url), ("10.8.0.7", "svpn0", Health.HEALTHY, "ws://198.51.100.2/"))
        status = self.client.get_status_sync()
        self.assertEqual((status.get_state(), status.get_connection().get_client_id(), status.get_remote_address()),
                         (State.CONNECTED, "fake-1", "198.51.100.2:443"))
        self.assertLess(status.get_uptime_s(), 60)

        worker = Steering(self.daemon, "client-default")
        worker.answer("GetConnectionQuality", "(a{sv})", QUALITY)
        worker.answer("GetMtuInfo", "(a{sv})", {key: GLib.Variant("u", value) for key, value in MTU.items()})
        worker.answer("GetStatistics", "(a{sv})", {"bytes-sent": GLib.Variant("t", 1 << 60)})
        quality, info = self.client.get_connection_quality_sync(), self.client.get_mtu_info_sync()
        self.assertEqual((quality.get_health(), quality.get_rtt_ms(), quality.get_loss_ratio()),
                         (Health.DEGRADED, 12.5, 0.25))
        self.assertEqual([(sample.time_ms, sample.rtt_ms, sample.bad) for sample in quality.get_history()],
                         QUALITY["history"].unpack())
        self.assertEqual((info.get_overhead(), info.get_link_mtu(), info.get_max_mtu()), (79, 1400, 1321))
        self.assertEqual(self.client.get_statistics_sync().get_bytes_sent(), 1 << 60)

        self.fails(Smartvpn.Error.ALREADY_CONNECTED, "", self.client.connect_sync, GLib.Variant("a{sv}", CONNECT))
        self.client.disconnect_sync()
        self.sees("exited", 0)
        self.assertEqual((self.client.props.state, self.client.props.interface), (State.DISCONNECTED, None))
        self.fails(Smartvpn.Error.NOT_CONNECTED, "client 'default' is not connected", self.client.disconnect_sync)
        self.fails(Smartvpn.Error.INVALID_SETTING, "^mtu: ", self.client.connect_sync,
                   GLib.Variant("a{sv}", options({"mtu": 3})))

    def test_line(self) -> None:
        """Health, telemetry, and a session that is lost and replaced."""
        worker = self.connect_client()
        self.watch(self.client, "state-changed", "health-changed", "reconnected")
        worker.answer("GetConnectionQuality", "(a{sv})", QUALITY)
        worker.answer("GetStatistics", "(a{sv})", {"bytes-sent": GLib.Variant("t", 7)})
        self.fails(Smartvpn.Error.INVALID_ARGUMENTS, "out of range", self.client.subscribe_telemetry_sync, 99, None)
        subscription = self.client.subscribe_telemetry_sync(100, None, None)
        told: list[Smartvpn.Telemetry] = []
        subscription.connect("updated", lambda _, telemetry: told.append(telemetry))
        wait_until(lambda: told, "telemetry")
        self.assertEqual((told[0].get_quality().get_rtt_ms(), told[0].get_statistics().get_bytes_sent()), (12.5, 7))
        self.assertEqual((told[0].get_quality().get_history(), subscription.props.interval_ms), ([], 100))
        self.assertIs(subscription.props.profile, self.client)

        series = {"rtt-ms": GLib.Variant("ad", [12.5, float("nan")]), "bytes-sent": GLib.Variant("ad", [0.0, 7.0])}
        worker.answer("GetHistory", "(tua{sv})", 1_700_000_000_000, 1000, series)
        history = self.client.get_history_sync(2, None, None)
        self.assertEqual((history.get_start_unix_ms(), history.get_step_ms(), history.get_bytes_sent(), history.get_jitter_ms()),
                         (1_700_000_000_000, 1000, [0.0, 7.0], []))
        self.assertTrue(history.get_rtt_ms()[0] == 12.5 and history.get_rtt_ms()[1] != history.get_rtt_ms()[1])

        worker.emit("HealthChanged", "(ss)", "degraded", "healthy")
        self.sees("health-changed", Health.DEGRADED, Health.HEALTHY)
        worker.emit("StateChanged", "(ss)", "reconnecting", "cut")
        self.sees("state-changed", State.RECONNECTING, State.CONNECTED, "connection-lost")
        self.assertEqual((self.client.props.health, self.client.props.assigned_ip), (Health.NONE, "10.8.0.7"))
        worker.emit("Reconnected", "(a{sv}a{sv})", DETAILS, changed(assigned_ip=GLib.Variant("s", "10.8.0.9")))
        worker.emit("StateChanged", "(ss)", "connected", "cut")
        self.sees("state-changed", State.CONNECTED, State.RECONNECTING, "established")
        details = next(event[1] for event in self.seen if event[0] == "reconnected")
        self.assertEqual((details.get_duration_ms(), details.get_attempts(), details.get_reason(), details.get_assigned_ip(),
                          details.get_same_address(), details.get_reconnects()), (1500, 2, "connection-lost", "10.8.0.9", False, 1))
        self.assertEqual(self.client.props.assigned_ip, "10.8.0.9")


class TestRestart(LibraryScene):
    """smartvpnd goes away and comes back."""

    def go(self, number: signal.Signals) -> None:
        """Ends smartvpnd, in order or not."""
        self.daemon.process.popen.send_signal(number)
        self.daemon.process.wait()
        wait_until(lambda: not self.manager.get_running(), "that the library sees it")

    def come(self) -> None:
        """Starts smartvpnd."""
        self.daemon.start()
        wait_until(self.manager.get_running, "that the library sees it")

    def test_tunnels_stay(self) -> None:
        """Without changes there are no signals, and the objects stay the same."""
        self.connect_client()
        self.start_server()
        self.manager.add_client_sync("office", GLib.Variant("a{sv}", CONNECT))
        office = self.manager.get_client("office")
        for thing in (self.client, self.server):
            self.watch(thing, "notify", "exited")
        self.watch(self.client, "state-changed")
        self.watch(self.server, "started", "stopped")
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number.name):
                self.go(number)
                self.assertEqual((self.client.props.state, self.client.props.assigned_ip), (State.CONNECTED, "10.8.0.7"))
                self.come()
                self.assertEqual(self.seen, [])
                self.assertIs(self.manager.get_client("default"), self.client)
                self.assertIs(self.manager.get_server("default"), self.server)
                self.assertIs(self.manager.get_client("office"), office)
                self.assertEqual([client.props.name for client in self.manager.props.clients], ["default", "office"])
                self.assertEqual(self.client.get_status_sync().get_state(), State.CONNECTED)
        Steering(self.daemon, "client-default").emit("HealthChanged", "(ss)", "critical", "healthy")
        wait_until(lambda: self.client.props.health == Health.CRITICAL, "that signals come again")
        Steering(self.daemon, "server-default").end(3)
        self.sees("stopped")

    def test_subscription(self) -> None:
        """It comes back with smartvpnd, and goes with its last reference or when it is closed."""
        worker = self.connect_client()
        worker.answer("GetConnectionQuality", "(a{sv})", QUALITY)
        told: list[Smartvpn.Telemetry] = []
        subscription = self.client.subscribe_telemetry_sync(100, None, None)
        subscription.connect("updated", lambda _, telemetry: told.append(telemetry))
        wait_until(lambda: told, "telemetry")
        self.go(signal.SIGKILL)
        self.assertIsNone(subscription.get_object_path())
        told.clear()
        self.come()
        wait_until(lambda: told, "telemetry of the next smartvpnd")
        self.assertEqual(self.subscriptions(), [subscription.get_object_path()])
        del subscription
        wait_until(lambda: self.subscriptions() == [], "the end of the dropped subscription")
        closed = self.client.subscribe_telemetry_sync(100, None, None)
        self.assertTrue(closed.close_sync(None))
        self.assertEqual(self.subscriptions(), [])
        self.go(signal.SIGTERM)
        self.come()
        self.assertTrue(closed.close_sync(None))
        self.assertEqual(self.subscriptions(), [])

    def subscriptions(self) -> list[str]:
        """The paths of the subscriptions that smartvpnd has."""
        path = "/org/smartvpn/telemetry"
        xml = self.daemon.bus.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
        return [f"{path}/{node.path}" for node in Gio.DBusNodeInfo.new_for_xml(xml).nodes]

    def test_tunnel_lost_meanwhile(self) -> None:
        """Changes while smartvpnd was away are signalled as if they had just happened."""
        workers = self.connect_client(), self.start_server()
        self.watch(self.client, "state-changed", "health-changed")
        self.watch(self.server, "stopped")
        self.go(signal.SIGKILL)
        for worker in workers:
            worker.end(9)
            wait_until(worker.connection.is_closed, "its end")
        self.come()
        self.sees("state-changed", State.FAILED, State.CONNECTED, "")
        self.sees("health-changed", Health.NONE, Health.HEALTHY)
        self.sees("stopped")
        self.assertIn("died", self.client.props.last_error)
        self.assertEqual(self.client.props.assigned_ip, None)


class TestServer(LibraryScene):
    """SmartvpnServer."""

    def test_clients(self) -> None:
        """Sessions: listed, limited, ended."""
        self.watch(self.server, "started", "client-connected", "client-disconnected")
        worker = self.start_server()
        self.sees("started")
        session = {"id": GLib.Variant("s", "x"), "assigned-ip": GLib.Variant("s", "10.8.0.7"),
                   "name": GLib.Variant("s", "laptop"), "bytes-sent": GLib.Variant("t", 9)}
        worker.emit("ClientConnected", "(sa{sv})", "x", session)
        worker.answer("ListClients", "(aa{sv})", [session])
        wait_until(lambda: self.server.props.connected_clients == 1, "ConnectedClients")
        name, identity, told = self.seen[-1]
        self.assertEqual((name, identity, told.get_name()), ("client-connected", "x", "laptop"))
        (listed,) = self.server.list_clients_sync()
        self.assertEqual((listed.get_id(), listed.get_assigned_ip(), listed.get_statistics().get_bytes_sent()),
                         ("x", "10.8.0.7", 9))
        worker.answer("GetClientTelemetry", "(a{sv})", {**session, "rtt-ms": GLib.Variant("d", 1.5),
                                                        "rate-limit-bytes-per-s": GLib.Variant("t", 1000)})
        telemetry = self.server.get_client_telemetry_sync("x")
        self.assertEqual((telemetry.get_session().get_name(), telemetry.get_quality().get_rtt_ms(),
                          telemetry.get_rate_limit_bytes_per_s()), ("laptop", 1.5, 1000))
        self.server.set_client_rate_limit_sync("x", 2000, 3000)
        self.assertEqual(worker.got("SetClientRateLimit"), ("x", 2000, 3000))
        self.fails(Smartvpn.Error.INVALID_ARGUMENTS, "bytes_per_s", self.server.set_client_rate_limit_sync, "x", 1, 3000)
        self.server.remove_client_rate_limit_sync("x")
        self.assertEqual(worker.got("SetClientRateLimit"), ("x", 0, 0))
        self.server.disconnect_client_sync("x")
        worker.refuse("DisconnectClient", "NoSuchSession", "There is no client x")
        self.fails(Smartvpn.Error.NO_SUCH_SESSION, "^There is no client x$", self.server.disconnect_client_sync, "x")
        worker.emit("ClientDisconnected", "(ssa{sv})", "x", "client-left: gone", session)
        wait_until(lambda: self.seen[-1][:3] == ("client-disconnected", "x", "client-left"), "its end")
        self.assertEqual(self.seen[-1][3].get_message(), "gone")
        status = self.server.get_status_sync()
        self.assertEqual((status.get_max_clients(), status.get_setup().get_subnet()), (250, self.server.props.subnet))
        self.server.stop_sync()
        self.fails(Smartvpn.Error.NOT_RUNNING, "server 'default' is not running", self.server.list_clients_sync)

    def test_authorized(self) -> None:
        """Authorized clients: added, changed, revoked."""
        laptop = Smartvpn.AuthorizedClient.new("laptop", SERVER_KEY)
        laptop.set_ipv4("10.8.0.7")
        laptop.set_expires(4_000_000_000)
        self.server.authorize_client_sync(laptop)
        (listed,) = self.server.list_authorized_clients_sync()
        self.assertEqual((listed.get_name(), listed.get_public_key(), listed.get_ipv4()), ("laptop", SERVER_KEY, "10.8.0.7"))
        self.assertEqual((listed.get_expires(), listed.get_expired()), (4_000_000_000, False))
        listed.set_rate_limit_bytes_per_s(5000)
        self.server.authorize_client_sync(listed)
        (listed,) = self.server.list_authorized_clients_sync()
        self.assertEqual((listed.get_rate_limit_bytes_per_s(), listed.get_ipv4()), (5000, "10.8.0.7"))
        laptop.set_ipv4("203.0.113.1")
        self.fails(Smartvpn.Error.INVALID_SETTING, "^ipv4: ", self.server.authorize_client_sync, laptop)
        self.server.revoke_client_sync("laptop")
        self.assertEqual(self.server.list_authorized_clients_sync(), [])
        self.fails(Smartvpn.Error.NO_SUCH_AUTHORIZED_CLIENT, "No authorized client", self.server.revoke_client_sync, "laptop")


class TestProfiles(LibraryScene):
    """SmartvpnManager."""

    def test_profiles(self) -> None:
        """Adding from JSON, and removing."""
        settings = Smartvpn.settings_from_json('{ "server-url": "wss://office.example/", "mtu": 1400, "dns": ["10.0.0.1"] }')
        office = self.manager.add_client_sync("my-office_2", settings)
        self.assertEqual((office.props.name, office.props.server_url), ("my-office_2", "wss://office.example/"))
        self.assertIs(self.manager.get_client("my-office_2"), office)
        branch = self.manager.add_server_sync("branch")
        self.assertEqual(branch.props.state, Smartvpn.ServerState.STOPPED)
        self.fails(Smartvpn.Error.ALREADY_EXISTS, "branch", self.manager.add_server_sync, "branch")
        self.fails(Smartvpn.Error.NOT_SUPPORTED, "", self.manager.remove_sync, self.client)
        for profile in (office, branch):
            self.manager.remove_sync(profile)
        wait_until(lambda: not self.manager.get_client("my-office_2") and not self.manager.get_server("branch"), "their end")
        self.fails(Smartvpn.Error.NO_SUCH_PROFILE, "", self.manager.remove_sync, office)
        _, public, private = self.manager.generate_keypair_sync()
        self.assertEqual((len(public), len(private)), (44, 44))
        self.assertRegex(self.manager.props.version, r"^\d+\.\d+\.\d+$")


class TestActivation(unittest.TestCase):
    """D-Bus starts smartvpnd when it is needed, also again."""

    def test_activation(self) -> None:
        """Making a manager starts smartvpnd, and so does a call."""
        with tempfile.TemporaryDirectory(prefix="smartvpn-test-") as directory:
            program = Path(os.environ["SMARTVPN_BUILD"], "src/daemon/smartvpnd")
            Path(directory, "org.smartvpn.service").write_text(
                "[D-BUS Service]\nName=org.smartvpn\n"
                f"Exec=/bin/sh -c 'exec {program} --bus \"$DBUS_STARTER_ADDRESS\" --config-dir {directory}/config"
                f" --runtime-dir {directory}/run --worker /nonexistent --worker-user \"\"'\n")
            close_on_exec()
            bus = Gio.TestDBus.new(Gio.TestDBusFlags.NONE)
            bus.add_service_dir(directory)
            bus.up()
            os.environ["SMARTVPN_BUS"] = bus.get_bus_address()
            try:
                self.follow(Smartvpn.Manager.new_sync())
            finally:
                del os.environ["SMARTVPN_BUS"]
                bus.down()

    def follow(self, manager: Smartvpn.Manager) -> None:
        """smartvpnd runs, is killed, and is started again by a call; by SubscribeTelemetry(), too, once alone."""
        self.assertTrue(manager.get_running())
        client = manager.get_client("default")
        self.kill(manager)
        self.assertEqual(client.get_status_sync().get_state(), State.DISCONNECTED)
        wait_until(manager.get_running, "that it is back")
        self.assertIs(manager.get_client("default"), client)
        self.kill(manager)
        subscription = client.subscribe_telemetry_sync(100, None, None)
        wait_until(manager.get_running, "that it is back once more")
        xml = manager.get_connection().call_sync(
            "org.smartvpn", "/org/smartvpn/telemetry", "org.freedesktop.DBus.Introspectable", "Introspect", None, None, 0, 5000,
            None).unpack()[0]
        self.assertEqual([f"/org/smartvpn/telemetry/{node.path}" for node in Gio.DBusNodeInfo.new_for_xml(xml).nodes],
                         [subscription.get_object_path()])

    @staticmethod
    def kill(manager: Smartvpn.Manager) -> None:
        """Kills smartvpnd, and waits until the library knows."""
        pid = manager.get_connection().call_sync(
            "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
            GLib.Variant("(s)", ("org.smartvpn",)), None, 0, 5000, None).unpack()[0]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not manager.get_running(), "its end")
