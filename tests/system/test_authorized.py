# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""client-auth = "required": the server admits known clients only, each with its own address, limit and expiry."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .harness import WEB4, Lab, wait_until
from .load import Bulk, Rate
from .scene import ProfiledClient, make_clients, server_settings, start_server
from .traffic import Pinger, ping
from .vpn import DBusError, Server, kill_worker

FIXED4, FIXED6 = "10.8.0.77", "fd00:8::4d"  # the same host number in both pools
LIMIT, BURST = 2_000_000, 100_000
CUT_OFF_S = 1.0 + 2.0  # a second, and the time that a busy machine needs
LAB = {"refused_alike": {"clients": 3}, "revoked_in_a_transfer": {"clients": 2},
       "fixed_address_is_kept_free": {"clients": 2}, "client_auth_none": {"clients": 2}}


def keypair(client: ProfiledClient) -> tuple[str, str]:
    """Public and private key."""
    return client.daemon.manager("GenerateKeypair", "()")


def give_key(client: ProfiledClient) -> str:
    """Gives the client a fresh key; returns the public key."""
    public, client.usual["private_key"] = keypair(client)
    return public


def start(lab: Lab, **settings: Any) -> tuple[Server, list[ProfiledClient]]:
    """A server that admits known clients only, and clients that have keys."""
    server, key = start_server(lab, client_auth="required", **settings)
    return server, make_clients(lab, key)


def refusal(call: Callable[[], Any]) -> DBusError:
    """The error of a call."""
    try:
        result = call()
    except DBusError as error:
        return error
    raise AssertionError(f"it was not refused: {result}")


def test_known_client(lab: Lab) -> None:
    """A known client gets its addresses, its limit and its name."""
    server, (client,) = start(lab)
    public = give_key(client)
    server.authorize(name="laptop", public_key=public, ipv4=FIXED4, ipv6=FIXED6, rate_limit_bytes_per_s=LIMIT,
                     rate_limit_burst_bytes=BURST)
    result = client.connect()
    assert (result["assigned-ip"], result["assigned-ipv6"]) == (FIXED4, FIXED6), result
    telemetry = server.client_telemetry(result["client-id"])
    assert (telemetry["name"], telemetry["public-key"]) == ("laptop", public), telemetry
    assert (telemetry["rate-limit-bytes-per-s"], telemetry["rate-limit-burst-bytes"]) == (LIMIT, BURST), telemetry
    for reverse in (False, True):
        meter = Rate(lambda: server.client_telemetry(result["client-id"])["bytes-sent" if reverse else "bytes-received"])
        achieved = Bulk(lab, lab.client, lab.web, WEB4, 4, reverse=reverse).bytes_per_s()
        assert 0.85 * LIMIT < achieved < LIMIT + BURST / 4, (reverse, achieved, meter.so_far())
    server.authorize(name="laptop", public_key=public, ipv4=FIXED4, ipv6=FIXED6, rate_limit_bytes_per_s=2 * LIMIT)
    wait_until(lambda: server.client_telemetry(result["client-id"])["rate-limit-bytes-per-s"] == 2 * LIMIT, "the new limit")
    assert client.status()["client-id"] == result["client-id"]


def test_refused_alike(lab: Lab) -> None:
    """The server refuses an unknown key and no key in the same words, gives nothing away, and counts them."""
    before = [namespace.snapshot() for namespace in lab.clients]
    server, (anonymous, unknown, known) = start(lab)
    give_key(unknown)
    server.authorize(name="known", public_key=give_key(known))
    errors = [refusal(client.connect) for client in (anonymous, unknown)]
    assert [error.name for error in errors] == ["AuthFailed", "AuthFailed"], errors
    assert errors[0].message == errors[1].message, errors
    for client, namespace, snapshot in zip((anonymous, unknown), lab.clients, before):
        assert client.get("AssignedIp") == "" and client.get("State") in ("failed", "disconnected")
        assert namespace.snapshot() == snapshot
        assert not client.daemon.worker_pids()
    assert server.list_clients() == [] and server.get("ConnectedClients") == 0
    assert server.statistics()["handshakes-failed"] == 2, server.statistics()
    assert not any(name == "ClientConnected" for name, _ in server.signals), server.signals
    assert known.connect()["assigned-ip"] == "10.8.0.2"
    print(f"# both are told: {errors[0]}", flush=True)


def test_revoked_in_a_transfer(lab: Lab) -> None:
    """A client that is revoked while iperf3 runs is cut off within a second and cannot return; others go on."""
    server, clients = start(lab)
    for client, name in zip(clients, ("first", "second")):
        server.authorize(name=name, public_key=give_key(client))
        client.connect()
    first, second = clients
    identity = first.status()["client-id"]
    pinger = Pinger(lab.clients[1], WEB4)
    for reverse in (False, True):
        bulk = Bulk(lab, lab.client, lab.web, WEB4, 30, reverse=reverse)
        wait_until(lambda: first.statistics()["bytes-received" if reverse else "bytes-sent"] > 10_000_000, "10 MB", 20)
        first.clear()
        server.clear()
        begin = time.monotonic()
        server.revoke("first" if reverse else first_key(server, "first"))
        gone, reason, telemetry = server.wait_signal("ClientDisconnected", CUT_OFF_S)
        took = time.monotonic() - begin
        assert took <= CUT_OFF_S and gone == identity and reason == "revoked", (took, reason)
        first.wait_state("disconnected", 5)
        assert not any(name == "StateChanged" and arguments[0] == "reconnecting" for name, arguments in first.signals)
        bulk.stop()
        print(f"# {'down' if reverse else 'up'}: cut off after {took * 1000:.0f} ms: {reason}", flush=True)
        assert refusal(first.connect).name == "AuthFailed"
        assert refusal(lambda: server.revoke("first")).name == "NoSuchAuthorizedClient"
        server.authorize(name="first", public_key=give_key(first))
        identity = first.connect()["client-id"]
    assert pinger.lost() == 0


def first_key(server: Server, name: str) -> str:
    """The public key of an authorized client."""
    return next(entry["public-key"] for entry in server.list_authorized() if entry["name"] == name)


def test_expiry(lab: Lab) -> None:
    """An expired client is cut off and refused, until it gets a later expiry."""
    server, (client,) = start(lab)
    public = give_key(client)
    server.authorize(name="guest", public_key=public, expires=int(time.time()) + 3600)
    client.connect()
    assert server.list_authorized()[0]["expired"] is False
    expires = int(time.time()) + 3
    server.authorize(name="guest", public_key=public, expires=expires)
    _, reason, _ = server.wait_signal("ClientDisconnected")
    late = time.time() - expires
    assert reason == "expired" and -0.1 < late < 5, (reason, late)
    client.wait_state("disconnected")
    assert refusal(client.connect).name == "AuthFailed"
    (entry,) = server.list_authorized()
    assert entry["expired"] is True and entry["expires"] == expires, entry
    server.authorize(name="guest", public_key=public, expires=int(time.time()) + 3600)
    client.connect()
    ping(lab.client, WEB4)
    server.authorize(name="guest", unset=["expires"])
    assert "expires" not in server.list_authorized()[0] and "expired" not in server.list_authorized()[0]
    assert refusal(lambda: server.authorize(name="guest", public_key=public, expires=1)).name == "InvalidSetting"
    print(f"# cut off {late * 1000:.0f} ms after its time", flush=True)


def test_restarts_change_nothing(lab: Lab) -> None:
    """kill -9 of smartvpnd, and Stop() and Start(): session, addresses, limit and list stay."""
    server, (client,) = start(lab)
    settings = {"name": "laptop", "public_key": give_key(client), "ipv4": FIXED4, "rate_limit_bytes_per_s": LIMIT,
                "rate_limit_burst_bytes": BURST, "expires": int(time.time()) + 3600}
    server.authorize(**settings)
    other_public, other_private = keypair(client)
    server.authorize(name="other", public_key=other_public)
    listed = server.list_authorized()
    identity = client.connect()["client-id"]
    pinger = Pinger(lab.client, WEB4)

    def check() -> None:
        assert server.list_authorized() == listed, server.list_authorized()
        telemetry = server.client_telemetry(client.status()["client-id"])
        known = telemetry["assigned-ip"], telemetry["rate-limit-bytes-per-s"], telemetry["name"]
        assert known == (FIXED4, LIMIT, "laptop"), telemetry

    check()
    server.daemon.kill()
    server.daemon.start()
    check()
    assert client.status()["client-id"] == identity and client.statistics()["reconnects"] == 0
    assert pinger.lost() == 0
    client.clear()
    kill_worker(server.daemon.worker_pid("server-default"))
    client.wait_state("reconnecting")
    wait_until(lambda: server.get("State") == "failed", "that the end is noticed")
    assert server.list_authorized() == listed
    server.start(**server_settings(client_auth="required"))
    client.wait_signal("Reconnected", 60)
    client.wait_state("connected")
    check()
    server.stop()
    client.wait_state("reconnecting")
    assert server.list_authorized() == listed
    server.revoke("other")  # while it does not run
    listed = server.list_authorized()
    assert [entry["name"] for entry in listed] == ["laptop"]
    server.daemon.kill()
    server.daemon.start()
    server.start(**server_settings(client_auth="required"))
    client.wait_state("connected")
    assert client.status()["assigned-ip"] == FIXED4
    check()
    client.disconnect()
    assert refusal(lambda: client.connect(private_key=other_private)).name == "AuthFailed"


def test_fixed_address_is_kept_free(lab: Lab) -> None:
    """No other client gets an address that is fixed for one client; one that has it loses it."""
    server, (first, second) = start(lab)
    first_public, second_public = give_key(first), give_key(second)
    server.authorize(name="first", public_key=first_public, ipv4="10.8.0.2")
    server.authorize(name="second", public_key=second_public)
    assert second.connect()["assigned-ip"] == "10.8.0.3"
    assert first.connect()["assigned-ip"] == "10.8.0.2"
    first.disconnect()
    server.authorize(name="first", public_key=first_public, ipv4="10.8.0.3")
    wait_until(lambda: not any(entry["assigned-ip"] == "10.8.0.3" for entry in server.list_clients()), "that .3 is free")
    assert first.connect()["assigned-ip"] == "10.8.0.3"
    wait_until(lambda: second.status().get("assigned-ip") not in (None, "10.8.0.3"), "another address")
    second.wait_state("connected")


def test_list(lab: Lab) -> None:
    """ListAuthorizedClients() and the refusals of AuthorizeClient(), also while the server does not run."""
    server, (client,) = start(lab)
    publics = [keypair(client)[0] for _ in range(4)]
    whole = {"name": "laptop", "public_key": publics[0], "ipv4": FIXED4, "ipv6": FIXED6, "rate_limit_bytes_per_s": LIMIT,
             "rate_limit_burst_bytes": BURST, "expires": int(time.time()) + 3600}
    server.authorize(**whole)
    server.authorize(name="phone", public_key=publics[1])
    listed = {entry["name"]: entry for entry in server.list_authorized()}
    assert listed["phone"] == {"name": "phone", "public-key": publics[1]}, listed
    assert listed["laptop"] == {**{key.replace("_", "-"): value for key, value in whole.items()}, "expired": False}, listed
    third = {"name": "third", "public_key": publics[2]}
    for wrong, key in (({"name": "third"}, "public-key"), ({"public_key": publics[2]}, "name"),
                       ({**third, "public_key": publics[1]}, "public-key"), ({**third, "public_key": "AAAA"}, "public-key"),
                       ({**third, "ipv4": FIXED4}, "ipv4"), ({**third, "ipv4": "10.9.0.2"}, "ipv4"),
                       ({**third, "ipv4": "10.8.0.1"}, "ipv4"), ({**third, "ipv6": "fd00:9::2"}, "ipv6"),
                       ({**third, "rate_limit_bytes_per_s": 999}, "rate-limit-bytes-per-s"),
                       ({**third, "colour": "blue"}, "colour")):
        error = refusal(lambda: server.authorize(**wrong))
        expected = "UnknownSetting" if key == "colour" else "InvalidSetting"
        assert error.name == expected and key in error.message, (wrong, error)
    server.stop()
    server.authorize(name="phone", public_key=publics[3])  # another key for the same name
    assert first_key(server, "phone") == publics[3] and len(server.list_authorized()) == 2
    assert refusal(lambda: server.revoke(publics[1])).name == "NoSuchAuthorizedClient"
    server.revoke(publics[3])
    server.revoke("laptop")
    assert server.list_authorized() == []


def test_client_auth_none(lab: Lab) -> None:
    """Without client-auth the server admits everybody, and known clients still get their address and limit."""
    server, key = start_server(lab)
    known, anonymous = make_clients(lab, key)
    server.authorize(name="known", public_key=give_key(known), ipv4=FIXED4, rate_limit_bytes_per_s=LIMIT)
    result = known.connect()
    assert result["assigned-ip"] == FIXED4, result
    assert server.client_telemetry(result["client-id"])["rate-limit-bytes-per-s"] == LIMIT
    assert anonymous.connect()["assigned-ip"] == "10.8.0.2"
