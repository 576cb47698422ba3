# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Keepalives inside the tunnel: a line is cut, and no connection is closed.

    client 192.0.2.6 --- router --- 192.0.2.10 nginx, ends the TLS          (client-2 of the lab is nginx's host)
                           |
                         198.51.100.2:8080 server, plain WebSocket

nginx keeps the client's TCP connection alive when the server behind it is gone, and the server's when the client is gone.
"""

from __future__ import annotations

import time
from typing import Any

from . import links, nginx
from .harness import SERVER4, WEB4, Lab, wait_until
from .load import SshLike
from .scene import PATH, ProfiledClient, make_clients, start_server
from .traffic import Pinger, ping
from .vpn import Object, Server

HEALTHY_S, DEGRADED_S, CRITICAL_S, TIMEOUT_S = 2, 1, 1, 1
KEEPALIVE = {"keepalive_healthy_s": HEALTHY_S, "keepalive_degraded_s": DEGRADED_S, "keepalive_critical_s": CRITICAL_S,
             "keepalive_timeout_s": TIMEOUT_S}
# Two checks lower the line from healthy, two from degraded, the third timeout in critical means death.
DEAD_AFTER_S = 2 * HEALTHY_S + 2 * DEGRADED_S + 3 * CRITICAL_S + TIMEOUT_S
# The shortest time: the first lost check is about to be sent.
DEAD_NOT_BEFORE_S = HEALTHY_S + 2 * DEGRADED_S + 3 * CRITICAL_S + TIMEOUT_S
EARLY_S, LATE_S = 2.0, 8.0  # on a busy machine this test sees the cut late, and its end much later
BACKEND = f"{SERVER4}:8080"
BEHIND = ("ip daddr 198.51.100.2 tcp dport 8080", "ip saddr 198.51.100.2 tcp sport 8080")
BEFORE = ("ip saddr 192.0.2.6 tcp dport 443", "ip daddr 192.0.2.6 tcp sport 443")
DOWN_THE_STATES = [("degraded", "healthy"), ("critical", "degraded")]
LAB = {name: {"clients": 2} for name in ("cut_behind_nginx", "cut_before_nginx", "server_frees_the_dead",
                                         "short_cut", "quality_of_a_long_line")}


def behind_nginx(lab: Lab) -> tuple[Server, ProfiledClient]:
    """A server, and a client that is connected to it through nginx."""
    host = lab.clients[1]
    server, key = start_server(lab, listen=[BACKEND], tls_certificate_file=None, tls_key_file=None, **KEEPALIVE)
    nginx.start(lab, host, PATH, backend=BACKEND, addresses=[links.address_of(host)])
    links.resolve_vpn_to(lab.client, links.address_of(host))
    client = make_clients(lab, key, connect_timeout_s=2, **KEEPALIVE)[0]
    client.connect()
    assert client.status()["remote-address"] == f"{links.address_of(host)}:443", client.status()
    wait_until(lambda: client.quality()["keepalives-answered"] > 0, "an answered keepalive")
    server.clear()
    client.clear()
    return server, client


def healths(thing: Object) -> list[tuple[str, str]]:
    """(new, old) of HealthChanged since clear()."""
    return [arguments for name, arguments in thing.signals if name == "HealthChanged"]


def reconnecting(client: ProfiledClient) -> bool:
    """Whether the client has reported that it reconnects."""
    return any(name == "StateChanged" and arguments[0] == "reconnecting" for name, arguments in client.signals)


def check_recovery(lab: Lab, matches: tuple[str, ...]) -> None:
    """Cuts the line, waits until the client finds the server dead, restores the line, and asserts that all is as before."""
    _, client = behind_nginx(lab)
    before = client.status()
    interface, address = client.get("Interface"), client.get("AssignedIp")
    session = lab.keep(SshLike(lab.client, lab.web, WEB4, 2222))
    session.ask()
    with links.cut(lab.router, *matches):
        begin = time.monotonic()
        session.near.sendall(b"x" * 36)  # lost for now; TCP inside the tunnel must send it again
        wait_until(lambda: reconnecting(client), "that the client finds the server dead", DEAD_AFTER_S + LATE_S)
        took = time.monotonic() - begin
        assert DEAD_NOT_BEFORE_S - EARLY_S <= took, f"dead after {took:.2f} s already"
        assert healths(client)[:2] == DOWN_THE_STATES, client.signals
        names = [name for name, _ in client.signals if name in ("HealthChanged", "StateChanged")]
        assert names[:3] == ["HealthChanged", "HealthChanged", "StateChanged"], client.signals
        new, old, reason, _ = client.wait_signal("StateChanged")
        assert (new, old, reason) == ("reconnecting", "connected", "no-answer"), client.signals
        assert (client.get("State"), client.get("Interface")) == ("reconnecting", interface)
        assert links.counted_cut(lab.router) > 0
    (details,) = client.wait_signal("Reconnected", 30)
    client.wait_state("connected")
    assert details["same-address"] is True and details["assigned-ip"] == address, details
    assert details["reason"] == reason and details["attempts"] >= 1 and details["reconnects"] == 1, details
    assert details["duration-ms"] < 30_000, details
    assert (client.get("Interface"), client.get("AssignedIp")) == (interface, address)
    assert client.status()["client-id"] != before["client-id"]
    assert client.get("Health") == "healthy" and client.statistics()["reconnects"] == 1
    session.near.settimeout(60)
    answer = session.near.recv(52)
    assert answer == b"y" * 52, answer
    session.ask()
    ping(lab.client, WEB4)
    print(f"# found dead after {took:.2f} s (computed: {DEAD_NOT_BEFORE_S} to {DEAD_AFTER_S} s), reconnected after "
          f"{details['duration-ms'] / 1000:.2f} s with {details['attempts']} attempts", flush=True)


def test_cut_behind_nginx(lab: Lab) -> None:
    """A cut between nginx and the server; the client's TCP connection to nginx stays up."""
    check_recovery(lab, BEHIND)


def test_cut_before_nginx(lab: Lab) -> None:
    """A cut between the client and nginx."""
    check_recovery(lab, BEFORE)


def test_server_frees_the_dead(lab: Lab) -> None:
    """The server drops a client that no longer answers, and says why."""
    server, client = behind_nginx(lab)
    identity = client.status()["client-id"]
    with links.cut(lab.router, *BEFORE):
        begin = time.monotonic()
        gone, reason, telemetry = server.wait_signal("ClientDisconnected", DEAD_AFTER_S + LATE_S)
        took = time.monotonic() - begin
        assert gone == identity and "answer" in reason, (gone, reason)
        assert telemetry["assigned-ip"] == "10.8.0.2", telemetry
        assert took >= DEAD_NOT_BEFORE_S - EARLY_S, f"freed after {took:.2f} s already"
        assert server.get("ConnectedClients") == 0 and not server.list_clients()
    client.wait_signal("Reconnected", 30)
    assert [entry["assigned-ip"] for entry in server.list_clients()] == ["10.8.0.2"]
    print(f"# freed after {took:.2f} s (computed: at most {DEAD_AFTER_S} s): {reason}", flush=True)


def test_short_cut(lab: Lab) -> None:
    """A cut that costs the line its health, but not the session."""
    server, client = behind_nginx(lab)
    identity = client.status()["client-id"]
    with links.cut(lab.router, *BEHIND):
        client.wait_signal("HealthChanged", DEAD_AFTER_S)
        assert client.get("Health") == "degraded"
    wait_until(lambda: client.get("Health") == "healthy", "a healthy line", 60)
    assert client.status()["client-id"] == identity and client.get("State") == "connected"
    seen = [new for new, _ in healths(client)]
    assert seen in (["degraded", "healthy"], ["degraded", "critical", "degraded", "healthy"]), client.signals
    assert not any(name in ("StateChanged", "Reconnected") for name, _ in client.signals), client.signals
    assert not any(name == "ClientDisconnected" for name, _ in server.signals), server.signals
    history = client.quality()["history"]
    assert any(rtt < 0 and bad for _, rtt, bad in history) and history[-1][1] >= 0, history


def test_quality_of_a_long_line(lab: Lab) -> None:
    """Both ends measure a line of 20 ms in each direction."""
    host = lab.clients[1]
    server, key = start_server(lab, **KEEPALIVE)
    links.start_relay(host, f"{SERVER4}:443", 20)
    links.resolve_vpn_to(lab.client, links.address_of(host))
    # The delays of a busy machine must not make the line bad.
    client = make_clients(lab, key, **{**KEEPALIVE, "keepalive_healthy_s": 1, "keepalive_timeout_s": 10,
                                       "keepalive_rtt_threshold_ms": 10_000})[0]
    identity = client.connect()["client-id"]
    quality: dict[str, Any] = {}

    def is_measured() -> bool:
        quality.update(client.quality())
        return (quality["keepalives-answered"] >= 5 and 40 <= quality["rtt-ms"] <= 60
                and quality["rtt-variation-ms"] < 40 and quality["jitter-ms"] < 30)

    wait_until(is_measured, "five checks, and a smoothed round trip of 40 to 60 ms that varies little", 90)
    assert quality["health"] == "healthy" == client.get("Health")
    assert quality["rtt-last-ms"] >= 40 and quality["rtt-variation-ms"] >= 0, quality
    assert quality["jitter-ms"] >= 0 and quality["loss-ratio"] == 0.0, quality
    assert quality["keepalive-interval-s"] == 1.0 and 0 <= quality["next-keepalive-s"] <= 1.0, quality
    assert 0 <= quality["keepalives-sent"] - quality["keepalives-answered"] <= 1, quality
    assert quality["keepalives-timed-out"] == 0, quality
    history = quality["history"]
    assert 5 <= len(history) <= 32 and all(rtt >= 40 and not bad for _, rtt, bad in history), history
    now_ms = time.time() * 1000
    assert all(abs(now_ms - sent) < 60_000 for sent, _, _ in history) and history == sorted(history), history
    wait_until(lambda: 40 <= server.client_telemetry(identity)["rtt-ms"] <= 80, "the same from the other end", 90)
    far = server.client_telemetry(identity)
    assert far["health"] == "healthy" and far["assigned-ip"] == "10.8.0.2", far
    assert (far["rate-limit-bytes-per-s"], far["rate-limit-burst-bytes"]) == (0, 0), far
    pinger = Pinger(lab.client, WEB4)
    wait_until(lambda: "icmp_seq=10 " in pinger.process.output(), "ten pings")
    assert pinger.lost() == 0
    print(f"# rtt {quality['rtt-ms']:.1f} ms, variation {quality['rtt-variation-ms']:.1f} ms, jitter "
          f"{quality['jitter-ms']:.1f} ms; from the server {far['rtt-ms']:.1f} ms", flush=True)


def test_not_connected(lab: Lab) -> None:
    """GetConnectionQuality() without a connection."""
    (client,) = make_clients(lab, "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=")
    for ask in (client.quality, client.mtu_info, client.statistics):
        try:
            ask()
            raise AssertionError("there is no line")
        except Exception as error:  # DBusError
            assert getattr(error, "name", "") == "NotConnected", error
    assert client.get("Health") == ""
