# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""org.smartvpn.Server against a worker that says anything."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from gi.repository import GLib

from system import tls
from system.harness import wait_until
from system.vpn import ROOT, Server, options

from .scene import Scene, documented

KEYS = ["3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=",
        "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="]
BURST_BYTES, RATE_BYTES_PER_S = 4 << 20, 512 << 10  # of signals, as in signal-limit.h
FLOOD = 20_000
IN_AN_HOUR = int(time.time()) + 3600


def uint64(value: int) -> GLib.Variant:
    """A number of type t."""
    return GLib.Variant("t", value)


def authorize(server: Server, **client: Any) -> None:
    """AuthorizeClient()."""
    server._call("AuthorizeClient", GLib.Variant("(a{sv})", (options(client),)))


def revoke(server: Server, client: str) -> None:
    """RevokeClient()."""
    server._call("RevokeClient", GLib.Variant("(s)", (client,)))


def listed(server: Server) -> list[dict[str, Any]]:
    """ListAuthorizedClients()."""
    return server._call("ListAuthorizedClients")


def limit(server: Server, identity: str, bytes_per_s: int, burst_bytes: int) -> None:
    """SetClientRateLimit()."""
    server._call("SetClientRateLimit", GLib.Variant("(stt)", (identity, bytes_per_s, burst_bytes)))


class TestStart(Scene):
    """What StartServer() gets."""

    def test_defaults(self) -> None:
        """All settings with their defaults."""
        _, worker = self.running()
        settings = worker.got("StartServer")[0]
        expected = {"client-auth": "none", "rate-limit-bytes-per-s": 0, "rate-limit-burst-bytes": 65536, "qos": True,
                    "keepalive-healthy-s": 60, "keepalive-degraded-s": 30, "keepalive-critical-s": 10,
                    "keepalive-timeout-s": 5, "keepalive-rtt-threshold-ms": 500, "keepalive-loss-threshold-percent": 20,
                    "authorized-clients": []}
        self.assertEqual({key: settings[key] for key in expected}, expected)

    def test_given(self) -> None:
        """What the caller says goes to the worker; a limit below 1000 bytes/s was not meant."""
        with self.refused("InvalidSetting", "rate-limit-bytes-per-s: 999 is out of range"):
            self.running(rate_limit_bytes_per_s=999)
        _, worker = self.running(client_auth="required", rate_limit_bytes_per_s=1000, keepalive_critical_s=2)
        settings = worker.got("StartServer")[0]
        self.assertEqual((settings["client-auth"], settings["rate-limit-bytes-per-s"], settings["keepalive-critical-s"]),
                         ("required", 1000, 2))


class TestClients(Scene):
    """Methods about one session."""

    def test_statistics(self) -> None:
        """GetStatistics() has the counters of clients and its own."""
        server, worker = self.running()
        keys = documented("Client", "GetStatistics") | documented("Server", "GetStatistics")
        worker.answer("GetStatistics", "(a{sv})", {key: uint64(5) for key in (*keys, "other")})
        statistics = server.statistics()
        self.assertIn(server.status()["uptime-s"] - statistics["uptime-s"], (0, 1))
        self.assertEqual({**statistics, "uptime-s": 5}, {**dict.fromkeys(keys, 5), "drops-device": 0})

    def test_telemetry(self) -> None:
        """GetClientTelemetry()."""
        server, worker = self.running()
        numbers = documented("Client", "GetStatistics") - {"drops-device"}
        numbers |= {"rate-limit-bytes-per-s", "rate-limit-burst-bytes", "rate-limit", "rate-limit-burst", "since"}
        said = {**{key: uint64(7) for key in numbers}, "rate-limit-live": GLib.Variant("b", True), "id": GLib.Variant("s", "x"), "mtu": GLib.Variant("u", 1420),
                "rtt-ms": GLib.Variant("d", 1.5), "health": GLib.Variant("s", "healthy"),
                "history": GLib.Variant("a(tdb)", [(1, 2.0, True)])}
        worker.answer("GetClientTelemetry", "(a{sv})", {**said, "secret": GLib.Variant("s", "x")})
        self.assertEqual(server._call("GetClientTelemetry", GLib.Variant("(s)", ("x",))),
                         {key: value.unpack() for key, value in said.items()})
        self.assertEqual(worker.got("GetClientTelemetry"), ("x",))
        worker.refuse("GetClientTelemetry", "NoSuchSession", "There is no client x")
        with self.refused("NoSuchSession"):
            server._call("GetClientTelemetry", GLib.Variant("(s)", ("x",)))

    def test_rate_limit(self) -> None:
        """SetClientRateLimit() within its ranges, and RemoveClientRateLimit()."""
        server, worker = self.running()
        for rate, burst in ((1000, 1500), (100_000_000_000, 1_000_000_000)):
            limit(server, "x", rate, burst)
            self.assertEqual(worker.got("SetClientRateLimit"), ("x", rate, burst))
        for rate, burst, name in ((999, 1500, "bytes_per_s"), (100_000_000_001, 1500, "bytes_per_s"),
                                  (1000, 1499, "burst_bytes"), (1000, 1_000_000_001, "burst_bytes")):
            with self.subTest((rate, burst)), self.refused("InvalidArguments", f"{name}: .* is out of range"):
                limit(server, "x", rate, burst)
        server._call("RemoveClientRateLimit", GLib.Variant("(s)", ("x",)))
        self.assertEqual(worker.got("SetClientRateLimit"), ("x", 0, 0))
        worker.refuse("SetClientRateLimit", "NoSuchSession", "There is no client x")
        with self.refused("NoSuchSession", "no client x"):
            limit(server, "x", 1000, 1500)

    def test_pages(self) -> None:
        """ListClientsPage() passes on what the worker says, with its number, in the same keys as ListClients()."""
        server, worker = self.running()
        worker.answer("ListClientsPage", "(aa{sv}u)", [{"id": GLib.Variant("s", "x"), "other": GLib.Variant("s", "y")}], 7)
        self.assertEqual(server.list_clients_page(5, 100), ([{"id": "x"}], 7))
        self.assertEqual(worker.got("ListClientsPage"), (5, 100))
        for count in (0, 101):
            with self.refused("InvalidArguments", f"count: {count} is out of range"):
                server.list_clients_page(0, count)

    def test_reconnect_client(self) -> None:
        """ReconnectClient() is another method of the worker than DisconnectClient()."""
        server, worker = self.running()
        server.reconnect_client("x")
        self.assertEqual((worker.got("PauseClient")[0], worker.got("DisconnectClient")), ("x", ""))
        worker._call("Refuse", "(sss)", "PauseClient", "org.freedesktop.DBus.Error.UnknownMethod", "what?")
        with self.refused("NotSupported", "older version"):
            server.reconnect_client("x")

    def test_not_running(self) -> None:
        """Without a worker there is nothing to ask."""
        server = self.daemon.server()
        for method, arguments in (("GetClientTelemetry", ("(s)", ("x",))), ("RemoveClientRateLimit", ("(s)", ("x",))),
                                  ("SetClientRateLimit", ("(stt)", ("x", 1000, 1500))), ("Reload", ("()", ())),
                                  ("ReconnectClient", ("(s)", ("x",))), ("ListClientsPage", ("(uu)", (0, 1)))):
            with self.subTest(method), self.refused("NotRunning", "server 'default' is not running"):
                server._call(method, GLib.Variant(*arguments))


class TestFlood(Scene):
    """A worker that signals without end."""

    def test_signals(self) -> None:
        """What is too much is dropped, with one line in the log; smartvpnd answers meanwhile; the number of clients is
        right in the end, and later signals are heard."""
        server, worker = self.running()
        worker.answer("GetState", "(a{sv})", {"connected-clients": GLib.Variant("u", 3)})
        begin = time.monotonic()
        worker.flood("ClientConnected", FLOOD, "(sa{sv})", "x", {"name": GLib.Variant("s", "n" * 1000)})
        self.assertEqual(self.daemon.client().get("State"), "disconnected")
        wait_until(lambda: server.get("ConnectedClients") == 3, "the number of clients", 30)
        heard = len([name for name, _ in server.signals if name == "ClientConnected"])
        allowed = (BURST_BYTES + (time.monotonic() - begin) * RATE_BYTES_PER_S) / 1000
        self.assertTrue(100 < heard < min(allowed, FLOOD / 2), (heard, allowed))
        self.assertEqual(self.daemon.logged().count("server-default: the worker sends too many signals"), 1)
        server.clear()
        worker.emit("ClientDisconnected", "(ssa{sv})", "y", "no-answer: nothing came", {})
        self.assertEqual(server.wait_signal("ClientDisconnected"), ("y", "no-answer", {"message": "nothing came"}))

    def test_each_session_tells(self) -> None:
        """ConnectedClients changes with each session, also where many begin at once: who follows it misses none."""
        server, worker = self.running()
        worker.flood("ClientConnected", 20, "(sa{sv})", "x", {})
        wait_until(lambda: server.get("ConnectedClients") == 20, "the number of clients")
        told = [change["ConnectedClients"] for change in server.changes if "ConnectedClients" in change]
        self.assertEqual(told, list(range(1, 21)))

    def test_one_that_is_too_large(self) -> None:
        """A single signal of more than the burst."""
        server, worker = self.running()
        worker.answer("GetState", "(a{sv})", {"connected-clients": GLib.Variant("u", 1)})
        worker.emit("ClientConnected", "(sa{sv})", "x" * (2 * BURST_BYTES), {})
        wait_until(lambda: server.get("ConnectedClients") == 1, "the number of clients")
        self.assertEqual([name for name, _ in server.signals], ["StateChanged", "StateChanged", "Started"])


class TestReload(Scene):
    """Reload()."""

    def test_certificate(self) -> None:
        """The files are read anew; what cannot be used does not get to the worker."""
        old, new = (tls.server_settings(), tls.server_settings())
        certificate, key = self.directory / "certificate.pem", self.directory / "key.pem"
        certificate.write_text(Path(old["tls_certificate_file"]).read_text())
        key.write_text(Path(old["tls_key_file"]).read_text())
        server, worker = self.running(tls_certificate_file=str(certificate), tls_key_file=str(key))
        certificate.write_text(Path(new["tls_certificate_file"]).read_text() + "\n")
        server._call("Reload")
        self.assertEqual(worker.got("SetCertificate"), (certificate.read_text(), key.read_text()))

        told = worker.got("SetCertificate")
        certificate.write_text("no certificate")
        with self.refused("TlsFailed", "tls-certificate-file"):
            server._call("Reload")
        certificate.unlink()
        with self.refused("InvalidSetting", "tls-certificate-file: .*No such file"):
            server._call("Reload")
        self.assertEqual(worker.got("SetCertificate"), told)

    def test_refused_by_worker(self) -> None:
        """The worker's word is passed on."""
        server, worker = self.running(**tls.server_settings())
        worker.refuse("SetCertificate", "TlsFailed", "not this one")
        with self.refused("TlsFailed", "not this one"):
            server._call("Reload")

    def test_plain(self) -> None:
        """Without TLS there is nothing to do."""
        server, worker = self.running()
        server._call("Reload")
        self.assertEqual((worker.got("SetCertificate"), worker.got("Reconfigure")), ("", ""))

    def test_settings(self) -> None:
        """What can be applied goes to the worker, with all else that it can change, and is what the server runs with from then
        on; what takes a restart is named. Options of Start() stay over the profile."""
        server = self.daemon.server()
        server.update(routes=["203.0.113.0/24"], mtu=1300)
        _, worker = self.running(max_clients=5)
        self.assertEqual(server.status()["needs-restart"], [])
        server.update(routes=["198.51.100.0/24"], dns=["10.8.0.1"], mtu=1400, max_clients=9, keepalive_healthy_s=20,
                      client_to_client=True, autostart=True)
        self.assertEqual(server.status()["needs-restart"], ["mtu", "client-to-client"])
        self.assertEqual(worker.got("Reconfigure"), "")
        server._call("Reload")
        told = worker.got("Reconfigure")[0]
        self.assertEqual((told["routes"], told["dns"], told["max-clients"], told["keepalive-healthy-s"], told["decoy-proxy-protocol"]),
                         (["198.51.100.0/24"], ["10.8.0.1"], 5, 20, "none"))
        self.assertEqual(set(told) & {"mtu", "private-key", "client-to-client", "path"}, set())
        self.assertEqual((server.status()["needs-restart"], server.status()["max-clients"]), (["mtu", "client-to-client"], 5))
        self.assertIn("server-default: changed while it runs: dns, routes, keepalive-healthy-s", self.daemon.logged())
        self.restart()
        self.assertEqual(server.status()["needs-restart"], ["mtu", "client-to-client"])
        worker.refuse("Reconfigure", "Failed", "once more?")
        server._call("Reload")  # there is nothing to tell
        server.stop()
        self.running()
        self.assertEqual(server.status()["needs-restart"], [])

    def test_other_key(self) -> None:
        """A server cannot change its key while it runs."""
        server, _ = self.running()
        server.update(private_key="AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")
        self.assertEqual(server.status()["needs-restart"], ["private-key"])

    def test_settings_refused(self) -> None:
        """The worker's word is passed on, and the server runs as before. A worker that does not know the call is one of an
        older version."""
        server, worker = self.running()
        server.update(max_clients=60000)
        worker.refuse("Reconfigure", "InvalidArguments", "max-clients: too many")
        with self.refused("InvalidArguments", "max-clients: too many"):
            server._call("Reload")
        self.assertEqual(server.status()["max-clients"], 250)
        worker._call("Refuse", "(sss)", "Reconfigure", "org.freedesktop.DBus.Error.UnknownMethod", "what?")
        with self.refused("NotSupported", "older version"):
            server._call("Reload")

    def test_network(self) -> None:
        """The firewall follows, and back."""
        server, _ = self.running()
        before = self.namespace.snapshot()
        server.update(nat=True)
        server._call("Reload")
        self.assertIn("masquerade", self.namespace.snapshot())
        server.update(nat=False)
        server._call("Reload")
        self.assertNotIn("masquerade", self.namespace.snapshot())
        self.assertEqual(self.namespace.snapshot(), before)

    def test_broken_profile(self) -> None:
        """It is named, and nothing changes."""
        server, worker = self.running()
        server.update(mtu=1300)
        (self.daemon.directory / "config/servers/default.json").write_text('{"mtu": oops}')
        with self.refused("Failed", "default.json: line 1"):
            server._call("Reload")
        self.assertEqual((worker.got("Reconfigure"), server.status()["needs-restart"]), ("", []))


class TestAuthorized(Scene):
    """AuthorizeClient(), RevokeClient(), ListAuthorizedClients()."""

    def path(self, name: str = "default") -> Path:
        """The file of a server."""
        return self.daemon.directory / f"config/authorized/{name}.json"

    def test_stopped(self) -> None:
        """Kept over restarts, listed as taken, given to the worker at Start()."""
        server = self.daemon.server()
        authorize(server, name="tablet", public_key=KEYS[1])
        authorize(server, name="laptop", public_key=KEYS[0], ipv4="10.8.0.7", rate_limit_bytes_per_s=50_000,
                  expires=uint64(IN_AN_HOUR))
        laptop = {"name": "laptop", "public-key": KEYS[0], "ipv4": "10.8.0.7", "rate-limit-bytes-per-s": 50_000,
                  "expires": IN_AN_HOUR}
        tablet = {"name": "tablet", "public-key": KEYS[1]}
        self.restart()
        self.assertEqual(listed(server), [{**laptop, "expired": False}, tablet])
        self.assertEqual(self.path().stat().st_mode & 0o777, 0o600)

        _, worker = self.running(client_auth="required", rate_limit_burst_bytes=9000)
        self.assertEqual(worker.got("StartServer")[0]["authorized-clients"],
                         [{**laptop, "rate-limit-burst-bytes": 9000}, tablet])

    def test_live(self) -> None:
        """Each change goes to the worker at once, all clients with it; of one who is named again only what is given changes."""
        server, worker = self.running(client_auth="required")
        authorize(server, name="a", public_key=KEYS[0], ipv4="10.8.0.7")
        self.assertEqual(worker.got("SetAuthorizedClients"), ([{"name": "a", "public-key": KEYS[0], "ipv4": "10.8.0.7"}],))
        authorize(server, name="b", public_key=KEYS[1])
        authorize(server, name="a", public_key=KEYS[2])
        self.assertEqual(worker.got("SetAuthorizedClients"),
                         ([{"name": "a", "public-key": KEYS[2], "ipv4": "10.8.0.7"}, {"name": "b", "public-key": KEYS[1]}],))
        authorize(server, name="a", rate_limit_bytes_per_s="8kbit", unset=["ipv4"])
        self.assertEqual(worker.got("SetAuthorizedClients")[0][0],
                         {"name": "a", "public-key": KEYS[2], "rate-limit-bytes-per-s": 1000, "rate-limit-burst-bytes": 65536})
        revoke(server, "b")
        revoke(server, KEYS[2])
        self.assertEqual(worker.got("SetAuthorizedClients"), ([],))
        self.assertEqual(listed(server), [])
        with self.refused("NoSuchAuthorizedClient"):
            revoke(server, "b")

    def test_after_restart(self) -> None:
        """A smartvpnd that takes a server over tells it who is authorized: it may have changed."""
        server, worker = self.running()
        authorize(server, name="a", public_key=KEYS[0])
        self.daemon.kill()
        self.path().write_text(json.dumps({"b": {"public-key": KEYS[1]}}))
        self.daemon.start()
        wait_until(lambda: worker.got("SetAuthorizedClients") == ([{"name": "b", "public-key": KEYS[1]}],), "the news")
        self.assertEqual(listed(server), [{"name": "b", "public-key": KEYS[1]}])

    def test_refusals(self) -> None:
        """What is wrong is named, and nothing has changed."""
        server, worker = self.running(ipv6_pool="fd00:8::/64")
        authorize(server, name="a", public_key=KEYS[0], ipv4="10.8.0.7")
        told = worker.got("SetAuthorizedClients")
        cases: list[tuple[dict[str, Any], str]] = [
            ({}, "name: needed"),
            ({"name": "b"}, "public-key: needed"),
            ({"name": "b", "key": KEYS[1]}, "key: unknown setting"),
            ({"name": "b\n", "public_key": KEYS[1]}, "name: 'b\\?' is not a name"),
            ({"name": KEYS[1], "public_key": KEYS[1]}, "name: .* is not a name"),
            ({"name": "b", "public_key": "AAAA"}, "public-key: 'AAAA' is not"),
            ({"name": "b", "public_key": KEYS[0]}, "public-key: taken by 'a'"),
            ({"name": "b", "public_key": KEYS[1], "ipv4": "10.8.0.7"}, "ipv4: taken by 'a'"),
            ({"name": "b", "public_key": KEYS[1], "ipv6": "fd00:8::7"}, "ipv6: taken by 'a'"),
            ({"name": "b", "public_key": KEYS[1], "ipv4": "10.9.0.7"}, "ipv4: '10.9.0.7' is not in ipv4-pool"),
            ({"name": "b", "public_key": KEYS[1], "ipv4": "10.8.0.0"}, "ipv4: '10.8.0.0' cannot be"),
            ({"name": "b", "public_key": KEYS[1], "ipv4": "10.8.0.1"}, "ipv4: '10.8.0.1' cannot be"),
            ({"name": "b", "public_key": KEYS[1], "ipv4": "10.8.0.255"}, "ipv4: '10.8.0.255' cannot be"),
            ({"name": "b", "public_key": KEYS[1], "ipv6": "fd00:8::1:0:7"}, "ipv6: .* cannot be"),
            ({"name": "b", "public_key": KEYS[1], "ipv6": "fd00:8::100"}, "ipv6: .* cannot be"),
            ({"name": "b", "public_key": KEYS[1], "ipv4": "10.8.0.8", "ipv6": "fd00:8::9"}, "ipv6: host number 9, but"),
            ({"name": "b", "public_key": KEYS[1], "rate_limit_bytes_per_s": 999}, "rate-limit-bytes-per-s: 999"),
            ({"name": "b", "public_key": KEYS[1], "rate_limit_burst_bytes": 2000}, "rate-limit-bytes-per-s: needed"),
            ({"name": "b", "public_key": KEYS[1], "expires": 1}, "expires: not in the future"),
        ]
        for client, message in cases:
            name = "UnknownSetting" if "unknown" in message else "InvalidSetting"
            with self.subTest(message), self.refused(name, message):
                authorize(server, **client)
        self.assertEqual((listed(server), worker.got("SetAuthorizedClients")), (list(told[0]), told))
        authorize(server, name="b", public_key=KEYS[1], ipv4="10.8.0.8", ipv6="fd00:8::8")

    def test_broken_file(self) -> None:
        """A file that cannot be read is named with the line, kept as it is, and lets no server start."""
        server = self.daemon.server()
        authorize(server, name="a", public_key=KEYS[0])
        text = '{\n  "a": {\n    "public-key": oops\n  }\n}\n'
        self.path().write_text(text)
        for call in (lambda: authorize(server, name="b", public_key=KEYS[1]), lambda: revoke(server, "a"),
                     lambda: listed(server), lambda: self.running()):
            with self.refused("Failed", r"authorized/default\.json: line 3: "):
                call()
        self.assertEqual(self.path().read_text(), text)
        for content, message in (('{"a": {"public-key": "x"}}', "'a': public-key: 'x' is not"),
                                 ('{"a": {}, "a": {}}', "given twice"), ('{"a": 1}', "a: not an object"),
                                 ('{"a": {"name": "b"}}', "'a': name: given twice"), ('{"a": {}}', "'a': public-key: needed")):
            self.path().write_text(content)
            with self.subTest(content), self.refused("Failed", f"default.json: .*{message}"):
                listed(server)

    def test_pools_that_do_not_fit(self) -> None:
        """Start() with pools that fixed addresses are not in names the client; others can still be authorized."""
        server = self.daemon.server()
        authorize(server, name="a", public_key=KEYS[0], ipv4="10.8.0.7")
        with self.refused("InvalidArguments", "authorized client 'a': ipv4: '10.8.0.7' is not in ipv4-pool, 10.9.0.0/24"):
            self.running(ipv4_pool="10.9.0.0/24")
        revoke(server, "a")
        self.running(ipv4_pool="10.9.0.0/24")
        authorize(server, name="a", public_key=KEYS[0], ipv4="10.9.0.7")

    def test_removed_with_server(self) -> None:
        """Remove() of a server forgets its clients; a later one of its name knows none."""
        server = self.daemon.add_server("office")
        authorize(server, name="a", public_key=KEYS[0])
        self.assertTrue(self.path("office").exists())
        self.daemon.manager("Remove", "(o)", f"{ROOT}/servers/office")
        self.assertFalse(self.path("office").exists())
        self.assertEqual(listed(self.daemon.add_server("office")), [])

    def test_worker_refuses(self) -> None:
        """The worker's word is passed on; the change is kept for the next start."""
        server, worker = self.running()
        worker.refuse("SetAuthorizedClients", "Failed", "not now")
        with self.refused("Failed", "not now"):
            authorize(server, name="a", public_key=KEYS[0])
        self.assertEqual([client["name"] for client in listed(server)], ["a"])
