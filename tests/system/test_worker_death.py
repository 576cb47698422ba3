# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""kill -9 of workers: smartvpnd reports it and leaves nothing behind, and the next attempt works."""

from __future__ import annotations

import os
import signal

from .harness import WEB4, Lab, wait_until
from .scene import connected_pair, make_clients, server_settings, start_server
from .traffic import listen, ping
from .vpn import Daemon, DBusError, kill_worker

KILLED = 128 + 9


def test_client(lab: Lab) -> None:
    """The client's worker, in a full tunnel."""
    before = lab.client.snapshot()
    server, client = connected_pair(lab, routes=["0.0.0.0/0", "::/0"], nat=True)
    client.clear()
    kill_worker(client.daemon.worker_pid("client-default"))
    assert client.wait_signal("Exited") == (KILLED,)
    client.wait_state("failed")
    new, old, reason, details = client.wait_signal("StateChanged")
    assert (new, old, reason) == ("failed", "connected", "worker-died"), (new, old, reason)
    assert "signal 9" in details["message"], details
    assert "signal 9" in client.get("LastError") and "signal 9" in client.status()["last-error"]
    assert (client.get("AssignedIp"), client.get("Interface")) == ("", "")
    assert lab.client.snapshot() == before
    wait_until(lambda: not server.list_clients(), "that the server has noticed")
    client.connect()
    ping(lab.client, WEB4)
    assert client.get("LastError") == ""


def test_client_while_connecting(lab: Lab) -> None:
    """If the worker is killed while it connects, Connect() fails and says so."""
    before = lab.client.snapshot()
    (client,) = make_clients(lab, "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=")
    with listen(lab.server, "198.51.100.2", 8443) as silent:
        call = client.begin_connect(server_url="wss://198.51.100.2:8443/")
        wait_until(lambda: client.daemon.worker_pids(), "a worker")
        with silent.accept()[0]:  # open, or the attempt would fail
            kill_worker(client.daemon.worker_pid("client-default"))
            try:
                call.result()
                raise AssertionError("Connect() has succeeded")
            except DBusError as error:
                assert error.name == "Failed" and "signal 9" in error.message, error
    assert lab.client.snapshot() == before


def test_server(lab: Lab) -> None:
    """The server's worker: the server stops, leaves nothing behind, its client notices, and both can start again."""
    before = lab.server.snapshot()
    server, key = start_server(lab, nat=True)
    (client,) = make_clients(lab, key, auto_reconnect=False)
    client.connect()
    server.clear()
    kill_worker(server.daemon.worker_pid("server-default"))
    assert server.wait_signal("Exited") == (KILLED,)
    server.wait_signal("Stopped")
    assert server.get("State") == "failed" and "signal 9" in server.get("LastError")
    assert (server.get("ListenAddress"), server.get("Subnet"), server.get("ConnectedClients")) == ([], [], 0)
    assert lab.server.snapshot() == before
    client.wait_state("disconnected")
    assert client.wait_signal("Exited") == (0,)
    server.start(**server_settings())
    client.connect()
    ping(lab.client, WEB4)


def test_server_comes_back(lab: Lab) -> None:
    """With "autostart", a server whose worker was killed is there again by itself, and so are its clients, with their
    addresses. SIGTERM, as of "systemctl kill", is no other case. Stop() ends it."""
    server = Daemon(lab, lab.server).server()
    server.update(**server_settings(nat=True, autostart=True))
    (client,) = make_clients(lab, server.start()["public-key"])
    address = client.connect()["assigned-ip"]
    for number in (signal.SIGKILL, signal.SIGTERM):
        server.clear()
        os.kill(server.daemon.worker_pid("server-default"), number)
        assert server.wait_signal("Exited") == (128 + number,)
        server.wait_signal("Started")
        client.wait_state("connected")
        wait_until(lambda: [entry["assigned-ip"] for entry in server.list_clients()] == [address], "the client")
        ping(lab.client, WEB4)
    server.stop()
    assert server.get("State") == "stopped" and not server.daemon.worker_pids()


def test_client_comes_back(lab: Lab) -> None:
    """So is a client with "autoconnect"."""
    server, key = start_server(lab, nat=True)
    (client,) = make_clients(lab, key)
    client.update(**client.usual, autoconnect=True)
    client.connect()
    for number in (signal.SIGKILL, signal.SIGTERM):
        client.clear()
        os.kill(client.daemon.worker_pid("client-default"), number)
        assert client.wait_signal("Exited") == (128 + number,)
        client.wait_signal("StateChanged")  # until then State is the dead worker's
        client.wait_state("connected")
        ping(lab.client, WEB4)
    client.disconnect()
    assert client.get("State") == "disconnected"
