# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnd ends and starts again; the tunnel stays."""

from __future__ import annotations

import signal

from .harness import WEB4, WEB6, Lab, wait_until
from .scene import connected_pair, make_clients, start_server
from .traffic import Iperf, Pinger, listen, ping
from .vpn import Client, Object, kill_worker

COUNTERS = ("bytes-sent", "bytes-received", "packets-sent", "packets-received", "frames-sent", "wire-bytes-received")
LONGEST_GAP_S = 2.0  # if the restart cut the traffic, the pause would last to the end of the run, some 5 s


def check_counters_go_on(before: dict[str, int], after: dict[str, int]) -> None:
    """Asserts that no counter has started again at 0."""
    for name in COUNTERS:
        assert after[name] >= before[name] > 0, (name, before, after)


def same_truth(before: dict[str, object], after: dict[str, object]) -> None:
    """Asserts that two answers of GetStatus() are about the same session."""
    assert {**before, "uptime-s": 0} == {**after, "uptime-s": 0}, (before, after)
    assert after["uptime-s"] >= before["uptime-s"], (before, after)


def kill_in_iperf(lab: Lab, thing: Object, client: Client) -> None:
    """Kills the daemon of `thing` with SIGKILL and starts it again, while iperf3 runs."""
    iperf = Iperf(lab, lab.client, lab.web, WEB4, 5)
    iperf.wait_flowing(client.statistics)
    status, statistics = thing.status(), thing.statistics()
    thing.daemon.kill()
    thing.daemon.start()
    same_truth(status, thing.status())
    check_counters_go_on(statistics, thing.statistics())
    iperf.finish(LONGEST_GAP_S)
    for address in (WEB4, WEB6):
        ping(lab.client, address)


def test_client_killed(lab: Lab) -> None:
    """kill -9 of the client's smartvpnd in the middle of iperf3; Disconnect() works afterwards."""
    before = lab.client.snapshot()
    server, client = connected_pair(lab)
    pid = client.daemon.worker_pid("client-default")
    kill_in_iperf(lab, client, client)
    assert client.daemon.worker_pid("client-default") == pid
    assert (client.get("State"), client.get("AssignedIp")) == ("connected", "10.8.0.2")
    client.clear()
    client.disconnect()
    assert client.wait_signal("Exited")[0] in (0, -1)
    assert lab.client.snapshot() == before
    assert not client.daemon.worker_pids()
    wait_until(lambda: not server.list_clients(), "that the server has noticed")


def test_server_killed(lab: Lab) -> None:
    """The same with the server's; ListClients() and Stop() work afterwards."""
    before = lab.server.snapshot()
    server, client = connected_pair(lab, nat=True)
    entry = server.list_clients()[0]
    kill_in_iperf(lab, server, client)
    assert server.list_clients()[0]["id"] == entry["id"] and server.get("ConnectedClients") == 1
    assert server.list_clients()[0]["bytes-received"] > entry["bytes-received"]
    assert server.get("State") == "running" and server.get("Subnet") and server.get("PublicKey")
    server.clear()
    server.stop()
    server.wait_signal("Stopped")
    client.wait_state("reconnecting")
    assert lab.server.snapshot() == before


def test_full_tunnel_client_killed(lab: Lab) -> None:
    """smartvpnd takes over a full tunnel with all of its rules, and undoes it."""
    before = lab.client.snapshot()
    _, client = connected_pair(lab, routes=["0.0.0.0/0", "::/0"], nat=True)
    during = lab.client.snapshot()
    client.daemon.kill()
    assert lab.client.snapshot() == during
    client.daemon.start()
    assert lab.client.snapshot() == during
    ping(lab.client, WEB4)
    client.disconnect()
    assert lab.client.snapshot() == before


def test_orderly_end(lab: Lab) -> None:
    """SIGTERM also leaves the tunnel alone."""
    server, client = connected_pair(lab)
    pinger = Pinger(lab.client, WEB4)
    for daemon in (client.daemon, server.daemon):
        daemon.process.popen.send_signal(signal.SIGTERM)
        assert daemon.process.wait() == 0
        daemon.start()
    assert pinger.lost() == 0
    client.disconnect()
    server.stop()


def test_killed_again_and_again(lab: Lab) -> None:
    """Ten times in a row, without losing a ping."""
    server, client = connected_pair(lab)
    pinger = Pinger(lab.client, WEB4, 0.01)
    for _ in range(10):
        for thing in (client, server):
            thing.daemon.kill()
            thing.daemon.start()
    assert pinger.lost() == 0
    assert (client.get("State"), server.get("State")) == ("connected", "running")
    client.disconnect()
    server.stop()


def test_killed_while_connecting(lab: Lab) -> None:
    """smartvpnd clears away a half-made tunnel, and the next Connect() works."""
    before = lab.client.snapshot()
    _, key = start_server(lab)
    (client,) = make_clients(lab, key)
    with listen(lab.server, "198.51.100.2", 8443) as silent:
        client.connect(server_url="wss://198.51.100.2:8443/", wait=False)
        silent.accept()
        assert client.get("State") == "connecting"
        client.daemon.kill()
        client.daemon.start()
        wait_until(lambda: not client.daemon.worker_pids(), "the end of the worker")
        assert client.get("State") in ("disconnected", "failed")
        assert lab.client.snapshot() == before
    client.connect()
    ping(lab.client, WEB4)


def test_worker_dies_meanwhile(lab: Lab) -> None:
    """If a worker dies while there is no smartvpnd, the next smartvpnd says so and cleans up."""
    before = lab.client.snapshot(), lab.server.snapshot()
    server, client = connected_pair(lab, nat=True)
    for thing, identity in ((client, "client-default"), (server, "server-default")):
        pid = thing.daemon.worker_pid(identity)
        thing.daemon.kill()
        kill_and_wait(thing, pid)
        thing.daemon.start()
        assert thing.get("State") == "failed" and "died" in thing.status()["last-error"], thing.status()
    assert (lab.client.snapshot(), lab.server.snapshot()) == before


def kill_and_wait(thing: Object, pid: int) -> None:
    """Sends SIGKILL, and waits until the process is gone."""
    kill_worker(pid)
    wait_until(lambda: pid not in thing.daemon.worker_pids(), "the end of the worker")
