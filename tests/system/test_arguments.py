# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Impossible settings, which are refused by name before anything happens; and servers that cannot start."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gi.repository import GLib

from . import tls
from .harness import SERVER4, Lab
from .scene import connected_pair, make_clients, server_settings, start_server
from .traffic import Pinger, make_socket
from .vpn import Daemon, DBusError

Result = tuple[str, bool, str]
SHORT_KEY = "c2hvcnQ="

CLIENT_CASES: list[tuple[str, Any]] = [
    ("no-such-key", "x"), ("Server-Url", "wss://vpn.example/"), ("listen", ["0.0.0.0:443"]), ("", "x"),
    ("server-url", 5), ("server-public-key", SHORT_KEY), ("server-public-key", "A" * 43 + "="),
    ("private-key", SHORT_KEY), ("dns", "192.0.2.53"), ("dns", ["resolver.example"]), ("mtu", "1420"), ("mtu", 575),
    ("mtu", 65536), ("mtu", GLib.Variant("i", -1)), ("mtu", GLib.Variant("d", 1420)), ("routes", ["10.0.0.1/8"]),
    ("routes", ["10.0.0.0/33"]), ("routes", ["0.0.0.0/0"] * 257), ("tls-ca-file", "relative.pem"),
    ("tls-verify", "sometimes"), ("connect-timeout-s", 0), ("connect-timeout-s", 301), ("wait", "no"),
]
UNKNOWN = {"Connect": 4, "AddClient": 4, "Client.Update": 4, "Start": 2, "AddServer": 2, "Server.Update": 2}  # first cases
SERVER_CASES: list[tuple[str, Any]] = [
    ("no-such-key", True), ("server-url", "wss://vpn.example/"), ("listen", []), ("listen", "0.0.0.0:443"),
    ("listen", ["vpn.example:443"]), ("listen", ["0.0.0.0"]), ("listen", ["0.0.0.0:65536"]), ("listen", ["::1:443"]),
    ("path", "live"), ("path", "/with space"), ("tls-certificate-file", "cert.pem"), ("private-key", SHORT_KEY),
    ("ipv4-pool", "10.8.0.1/24"), ("ipv4-pool", "10.8.0.0/31"), ("ipv4-pool", "fd00:8::/64"),
    ("ipv6-pool", "fd00:8::/32"), ("ipv6-pool", "10.8.0.0/24"), ("dns", ["x"]), ("routes", ["all"]), ("mtu", 0),
    ("nat", 1), ("max-clients", 0), ("max-clients", 65536), ("client-to-client", "yes"), ("require-proof", 1),
]


def refused(call: Callable[[], Any], name: str, words: list[str]) -> tuple[bool, str]:
    """Whether a call fails with this error, and a message with these words."""
    try:
        call()
        return False, "it was taken"
    except DBusError as error:
        return error.name == name and all(word in error.message for word in words), str(error)


def test_refused_by_name(lab: Lab) -> Iterator[Result]:
    """Unknown keys, wrong types and values out of range in every method that takes settings; running tunnels go on."""
    server, running = connected_pair(lab)
    pinger = Pinger(lab.client, "10.8.0.1", 0.05)
    client_daemon, server_daemon = running.daemon, server.daemon
    client, idle = client_daemon.add_client("idle"), server_daemon.add_server("idle")
    for method, call, cases in (
            ("Connect", client.connect, CLIENT_CASES),
            ("AddClient", lambda **given: client_daemon.add_client("x", **given), CLIENT_CASES),
            ("Client.Update", client.update, CLIENT_CASES),
            ("Start", idle.start, SERVER_CASES),
            ("AddServer", lambda **given: server_daemon.add_server("x", **given), SERVER_CASES),
            ("Server.Update", server.update, SERVER_CASES)):
        for number, (key, value) in enumerate(cases):
            error = "UnknownSetting" if number < UNKNOWN[method] else "InvalidSetting"
            passed, detail = refused(lambda: call(**{key: value}), error, [key])
            yield f"{method} {key} = {value!s:.30}", passed, detail
    yield "'wait' is not a setting of a profile", *refused(
        lambda: client_daemon.add_client("x", wait=False), "InvalidSetting", ["wait"])
    lost = pinger.lost()
    yield "the running tunnel lost nothing", lost == 0, f"{lost} pings lost"


def start_refused(lab: Lab, name: str, words: list[str], **settings: Any) -> None:
    """Asserts that Start() fails with this error and leaves nothing set up."""
    server = Daemon(lab, lab.server).server()
    before = lab.server.snapshot()
    passed, detail = refused(lambda: server.start(**server_settings(**settings)), name, words)
    assert passed, detail
    assert lab.server.snapshot() == before and not server.daemon.worker_pids()
    assert server.get("State") in ("stopped", "failed") and server.get("ListenAddress") == []
    server.start(**server_settings())


def test_address_in_use(lab: Lab) -> None:
    """Start() on an address that another program uses."""
    with make_socket(lab.server, SERVER4, socket.SOCK_STREAM) as taken:
        taken.bind((SERVER4, 8443))
        taken.listen()
        start_refused(lab, "Failed", ["8443", "in use"], listen=[f"{SERVER4}:443", f"{SERVER4}:8443"])


def test_foreign_address(lab: Lab) -> None:
    """Start() on an address of another machine."""
    start_refused(lab, "Failed", ["203.0.113.77"], listen=["203.0.113.77:443"])


def test_certificate_without_key(lab: Lab) -> None:
    """A certificate without its key is refused: the server must not fall back to plain ws."""
    start_refused(lab, "InvalidSetting", ["tls-key-file"], tls_key_file=None)


def test_key_without_certificate(lab: Lab) -> None:
    """A key without its certificate."""
    start_refused(lab, "InvalidSetting", ["tls-certificate-file"], tls_certificate_file=None)


def test_pair_does_not_match(lab: Lab) -> None:
    """The key of another certificate."""
    start_refused(lab, "TlsFailed", [str(tls.authority().key)], tls_key_file=str(tls.authority().key))


def test_no_certificate_in_the_file(lab: Lab) -> None:
    """A file without a certificate inside."""
    start_refused(lab, "TlsFailed", ["/etc/hostname"], tls_certificate_file="/etc/hostname")


def test_missing_file(lab: Lab) -> None:
    """A file that does not exist."""
    missing = str(Path("/nonexistent/certificate.pem"))
    start_refused(lab, "InvalidSetting", [missing], tls_certificate_file=missing)


def test_twice(lab: Lab) -> None:
    """Connect() and Start() of running tunnels; Disconnect() and Stop() of stopped ones."""
    server, client = connected_pair(lab)
    for call, name in ((client.connect, "AlreadyConnected"), (lambda: server.start(), "AlreadyRunning")):
        passed, detail = refused(call, name, [])
        assert passed, detail
    client.disconnect()
    server.stop()
    for call, name in ((client.disconnect, "NotConnected"), (server.stop, "NotRunning"),
                       (client.statistics, "NotConnected"), (server.statistics, "NotRunning"),
                       (server.list_clients, "NotRunning"), (lambda: server.disconnect_client("x"), "NotRunning")):
        passed, detail = refused(call, name, [])
        assert passed, detail


def test_two_servers(lab: Lab) -> None:
    """Two servers at a time, on ports and pools of their own, each with its client."""
    server, key = start_server(lab)
    other = server.daemon.add_server("other", listen=[f"{SERVER4}:8443"], path="/b", ipv4_pool="10.9.0.0/24",
                                     **tls.server_settings())
    other_key = other.start()["public-key"]
    assert other_key != key
    (client,) = make_clients(lab, key)
    client.connect(server_url=f"wss://{SERVER4}:8443/b", server_public_key=other_key)
    assert client.get("AssignedIp") == "10.9.0.2"
    other.stop()
    assert server.get("State") == "running"
