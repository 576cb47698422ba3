# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The end that closes a session tells the other end why."""

from __future__ import annotations

from .harness import Lab, wait_until
from .scene import connected_pair, make_clients, server_settings, start_server
from .traffic import Pinger, listen
from .vpn import DBusError

LAB = {"disconnect_client": {"clients": 2}}


def end_reason(client: object) -> str:
    """The reason in StateChanged when the session ended; LastReason and GetStatus() keep it."""
    new, _, reason, _ = [arguments for name, arguments in client.signals if name == "StateChanged"][-1]
    assert new == client.get("State") and client.get("LastReason") == client.status()["last-reason"] == reason, client.signals
    return reason


def test_stop(lab: Lab) -> None:
    """Stop() tells the client that the server stops; it comes back by itself once the server runs again."""
    before = lab.client.snapshot(), lab.server.snapshot()
    server, client = connected_pair(lab)
    server.stop()
    server.wait_signal("Stopped")
    assert server.get("State") == "stopped"
    client.wait_state("reconnecting")
    assert end_reason(client) == "server-stopped", client.signals
    server.start(**server_settings())
    client.wait_state("connected")
    server.stop()
    client.wait_state("reconnecting")
    client.disconnect()
    assert client.wait_signal("Exited") == (0,) == server.wait_signal("Exited")
    assert (lab.client.snapshot(), lab.server.snapshot()) == before


def test_disconnect(lab: Lab) -> None:
    """Disconnect() tells the server why."""
    server, client = connected_pair(lab)
    identity = client.status()["client-id"]
    connected_id, connected = server.wait_signal("ClientConnected")
    assert connected_id == identity and connected["assigned-ip"] == "10.8.0.2", connected
    client.disconnect()
    gone, reason, telemetry = server.wait_signal("ClientDisconnected")
    assert gone == identity and reason == "client-left", (gone, reason)
    assert client.get("LastReason") == "user"
    assert telemetry["assigned-ip"] == "10.8.0.2" and "bytes-sent" in telemetry, telemetry
    assert client.wait_signal("Exited") == (0,)
    wait_until(lambda: server.get("ConnectedClients") == 0, "no clients")
    assert server.get("State") == "running"


def test_disconnect_client(lab: Lab) -> None:
    """DisconnectClient() ends this session and tells its client why; the other session goes on."""
    server, key = start_server(lab)
    first, second = make_clients(lab, key)
    identity = first.connect()["client-id"]
    second.connect()
    pinger = Pinger(lab.clients[1], "10.8.0.1")
    server.disconnect_client(identity)
    first.wait_state("disconnected")
    assert end_reason(first) == "server-ended"
    assert server.wait_signal("ClientDisconnected")[:2] == (identity, "server-ended")
    assert [entry["id"] for entry in server.list_clients()] == [second.status()["client-id"]]
    assert pinger.lost() == 0
    try:
        server.disconnect_client(identity)
        raise AssertionError("it is gone already")
    except DBusError as error:
        assert error.name == "NoSuchSession", error


def test_reconnect_client(lab: Lab) -> None:
    """ReconnectClient(): the client comes back by itself, with its address, in another session."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key)
    before = client.connect()
    client.clear()
    server.reconnect_client(before["client-id"])
    client.wait_signal("Reconnected")
    client.wait_state("connected")
    after = client.status()
    assert after["assigned-ip"] == before["assigned-ip"] and after["client-id"] != before["client-id"], after
    page, total = server.list_clients_page(0, 100)
    assert [entry["id"] for entry in page] == [after["client-id"]] and total <= 2, (page, total)


def test_disconnect_while_connecting(lab: Lab) -> None:
    """Disconnect() cancels a Connect() that is under way."""
    before = lab.client.snapshot()
    _, key = start_server(lab)
    (client,) = make_clients(lab, key)
    with listen(lab.server, "198.51.100.2", 8443) as silent:
        call = client.begin_connect(server_url="wss://198.51.100.2:8443/")
        _held = silent.accept()  # open: closed, it would end the attempt by itself
        try:
            client.connect()
            raise AssertionError("two at a time")
        except DBusError as error:
            assert error.name == "Busy", error
        client.disconnect()
        try:
            call.result()
            raise AssertionError("it was cancelled")
        except DBusError as error:
            assert error.name == "NotConnected", error
    assert client.get("State") == "disconnected"
    assert lab.client.snapshot() == before
    client.connect()
