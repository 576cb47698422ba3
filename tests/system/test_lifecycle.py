# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A client loses its server and finds it again, or gives up; ends renew their keys; clients report telemetry."""

from __future__ import annotations

import time
from typing import Any

from .harness import WEB4, WEB6, Lab, wait_until
from .load import Bulk, DeviceDrops, SshLike, check_pings, ping_latency, wait_steady
from .scene import ProfiledClient, connected_pair, make_clients, server_settings, start_server
from .traffic import Work, listen, ping
from .vpn import DBusError, Server, kill_worker

PINGS = 1000
LAB = {"goodbye_is_final": {"clients": 2}}


def kill_server(server: Server) -> None:
    """Kills the server's worker with SIGKILL, and waits until smartvpnd has noticed."""
    kill_worker(server.daemon.worker_pid("server-default"))
    wait_until(lambda: server.get("State") == "failed", "a server that has failed")


def states(client: ProfiledClient) -> list[tuple[str, str]]:
    """(new, old) of StateChanged since clear()."""
    return [arguments[:2] for name, arguments in client.signals if name == "StateChanged"]


def reason_of(client: ProfiledClient, state: str) -> str:
    """Why the client entered a state."""
    return next(arguments[2] for name, arguments in client.signals if name == "StateChanged" and arguments[0] == state)


def lose_server(lab: Lab, **settings: Any) -> tuple[Server, ProfiledClient]:
    """A client that is reconnecting, since the server's worker was killed."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key, **settings)
    client.connect()
    client.clear()
    kill_server(server)
    client.wait_state("reconnecting")
    return server, client


def test_server_killed_and_restarted(lab: Lab) -> None:
    """The client keeps trying, and has a session again once the server is back. (A server that dies forgets its leases.)"""
    server, client = lose_server(lab)
    interface = client.get("Interface")
    assert reason_of(client, "reconnecting"), client.signals
    assert client.get("Interface") and client.get("Health") == ""
    wait_until(lambda: "Connection refused" in client.get("LastError"), "the reason of a failed attempt")
    for ask in (client.quality,):
        try:
            ask()
            raise AssertionError("there is no session")
        except DBusError as error:
            assert error.name == "NotConnected", error
    assert client.statistics()["packets-sent"] >= 0
    wait_until(lambda: client.daemon.worker_pids() and "attempt 2" in client.daemon.logged(), "a second attempt", 20)
    server.start(**server_settings())
    (details,) = client.wait_signal("Reconnected", 60)
    client.wait_state("connected")
    assert details["attempts"] >= 3 and details["reconnects"] == 1 and details["duration-ms"] > 0, details
    assert details["same-address"] is True and client.get("Interface") == interface, details
    assert states(client) == [("reconnecting", "connected"), ("connected", "reconnecting")], client.signals
    assert client.statistics()["reconnects"] == 1 and client.get("Health") == "healthy"
    for address in (WEB4, WEB6):
        ping(lab.client, address)


def test_session_inside_survives(lab: Lab) -> None:
    """A TCP connection inside the tunnel survives three losses in a row."""
    server, client = connected_pair(lab)
    session = lab.keep(SshLike(lab.client, lab.web, WEB4))
    for number in range(1, 4):
        client.clear()
        kill_server(server)
        client.wait_state("reconnecting")
        server.start(**server_settings())
        (details,) = client.wait_signal("Reconnected", 60)
        assert details["reconnects"] == number, details
        session.ask()
    assert client.statistics()["reconnects"] == 3


def test_gives_up(lab: Lab) -> None:
    """max-reconnect-attempts: the client fails, says why, and leaves nothing behind."""
    before = lab.client.snapshot()
    _, client = lose_server(lab, max_reconnect_attempts=2)
    client.wait_state("failed", 30)
    assert states(client)[0] == ("reconnecting", "connected") and states(client)[-1][0] == "failed", client.signals
    assert client.get("LastError") and reason_of(client, "failed"), client.signals
    client.wait_signal("Exited")
    wait_until(lambda: not client.daemon.worker_pids(), "the end of the worker")
    assert lab.client.snapshot() == before
    assert (client.get("AssignedIp"), client.get("Interface"), client.get("Health")) == ("", "", "")


def test_no_auto_reconnect(lab: Lab) -> None:
    """auto-reconnect=false: a lost session is the end."""
    before = lab.client.snapshot()
    server, key = start_server(lab)
    (client,) = make_clients(lab, key, auto_reconnect=False)
    client.connect()
    client.clear()
    kill_server(server)
    wait_until(lambda: client.get("State") in ("disconnected", "failed"), "the end")
    assert not any(new == "reconnecting" for new, _ in states(client)), client.signals
    wait_until(lambda: lab.client.snapshot() == before, "that nothing is left")
    print(f"# without auto-reconnect the state is {client.get('State')}: {states(client)}", flush=True)


def test_goodbye_is_final(lab: Lab) -> None:
    """A client that the server disconnects does not come back by itself; one whose server stops waits for it."""
    server, key = start_server(lab)
    first, second = make_clients(lab, key)
    identity = first.connect()["client-id"]
    second.connect()
    for client in (first, second):
        client.clear()
    server.disconnect_client(identity)
    first.wait_state("disconnected")
    server.stop()
    second.wait_state("reconnecting")
    assert not any(new == "reconnecting" for new, _ in states(first)), first.signals
    first.wait_signal("Exited")
    server.start(**server_settings())
    second.wait_state("connected")
    assert first.get("State") == "disconnected"


def test_disconnect_while_reconnecting(lab: Lab) -> None:
    """Disconnect() ends the attempts to reconnect, and the next Connect() works."""
    before = lab.client.snapshot()
    server, client = lose_server(lab)
    client.disconnect()
    assert client.get("State") == "disconnected" and client.get("LastError") == ""
    wait_until(lambda: not client.daemon.worker_pids(), "the end of the worker")
    assert lab.client.snapshot() == before
    server.start(**server_settings())
    client.connect()
    ping(lab.client, WEB4)


def test_disconnect_in_an_attempt(lab: Lab) -> None:
    """The same while an attempt hangs in the middle of TLS."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key)
    client.connect(server_url="wss://198.51.100.2/live/feed")
    kill_server(server)
    with listen(lab.server, "198.51.100.2", 443) as silent:
        silent.settimeout(20)
        connection = silent.accept()[0]
        assert client.get("State") == "reconnecting"
        begin = time.monotonic()
        client.disconnect()
        assert time.monotonic() - begin < 5, "Disconnect() took as long as if the worker had to be killed"
        connection.close()
    assert client.get("State") == "disconnected"


def test_smartvpnd_killed_while_reconnecting(lab: Lab) -> None:
    """The next smartvpnd takes over a client that is reconnecting."""
    server, client = lose_server(lab)
    interface = client.get("Interface")
    pid = client.daemon.worker_pid("client-default")
    client.daemon.kill()
    client.daemon.start()
    assert client.get("State") == "reconnecting", client.status()
    assert client.get("Interface") == interface and client.daemon.worker_pid("client-default") == pid
    client.clear()
    server.start(**server_settings())
    (details,) = client.wait_signal("Reconnected", 60)
    client.wait_state("connected")
    assert details["same-address"] is True, details
    ping(lab.client, WEB4)
    client.disconnect()


def test_reconnected_while_smartvpnd_is_away(lab: Lab) -> None:
    """The next smartvpnd shows a reconnection that happened while there was none."""
    server, client = lose_server(lab)
    client.daemon.kill()
    server.start(**server_settings())
    wait_until(lambda: "reconnecting -> connected" in client.daemon.logged(), "that the client is back", 60)
    client.daemon.start()
    assert client.get("State") == "connected" and client.get("AssignedIp") == "10.8.0.2", client.status()
    assert client.statistics()["reconnects"] == 1
    assert client.status()["client-id"] == server.list_clients()[0]["id"]
    ping(lab.client, WEB4)
    client.disconnect()
    assert not client.daemon.worker_pids()


def test_takeover_by_lease(lab: Lab) -> None:
    """A client whose worker died gets its address back, and its old session ends."""
    server, client = connected_pair(lab)
    before = client.status()
    kill_worker(client.daemon.worker_pid("client-default"))
    client.wait_state("failed")
    after = client.connect()
    assert after["assigned-ip"] == before["assigned-ip"] and after["client-id"] != before["client-id"], after
    wait_until(lambda: [entry["id"] for entry in server.list_clients()] == [after["client-id"]], "one session")
    ping(lab.client, WEB4)


def test_rekey_by_time(lab: Lab) -> None:
    """New keys every second, under flood pings and iperf3: nothing is lost, and both ends count the same."""
    check_rekeys(lab, rekey_interval_s=1, rekey_mib=0)


def test_rekey_by_volume(lab: Lab) -> None:
    """New keys every 5 MiB."""
    check_rekeys(lab, rekey_interval_s=0, rekey_mib=5)


def check_rekeys(lab: Lab, **settings: int) -> None:
    """Traffic both ways over at least three rekeys."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key, **settings)
    identity = client.connect()["client-id"]
    drops = DeviceDrops((lab.client, client.get("Interface")), (lab.server, server.get("Interface")))
    pings = Work(ping_latency, lab.client, WEB4, PINGS, 0.005, PINGS)
    bulks = [Bulk(lab, lab.client, lab.web, address, 5, reverse=reverse)
             for address, reverse in ((WEB4, False), (WEB6, True))]
    wait_until(lambda: client.statistics()["rekeys"] >= 3, "three rekeys", 30)
    rates = [bulk.bytes_per_s() for bulk in bulks]
    assert min(rates) > 500_000, rates
    latency = pings.result()
    check_pings(latency, PINGS, drops)
    same_counters(server, client, identity)
    statistics = client.statistics()
    assert client.status()["client-id"] == identity and statistics["reconnects"] == 0, statistics
    assert server.statistics()["protocol-errors"] == 0
    print(f"# {statistics['rekeys']} rekeys, {statistics['frames-sent']} frames up, {statistics['frames-received']} down, "
          f"{rates[0] / 1e6:.0f} MB/s up beside {rates[1] / 1e6:.0f} "
          f"down, ping {latency} ms (median/p99), {PINGS - len(latency.samples)} of {PINGS} "
          "dropped by a device", flush=True)


def same_counters(server: Server, client: ProfiledClient, identity: str) -> dict[str, int]:
    """Once no packet is under way, one end has received as many frames, packets and bytes as the other has sent."""
    names = ("frames", "packets", "bytes", "wire-bytes")

    def both() -> tuple[list[int], list[int]]:
        near, far = client.statistics(), server.client_telemetry(identity)
        return ([near[f"{name}-{way}"] for name in names for way in ("sent", "received")],
                [far[f"{name}-{way}"] for name in names for way in ("received", "sent")])

    wait_until(lambda: len(set(map(tuple, both()))) == 1, "equal counters at both ends", 20)
    assert client.statistics()["rekeys"] == server.client_telemetry(identity)["rekeys"]
    return client.statistics()


def sums(client: ProfiledClient, span_s: int = 600) -> tuple[float, float]:
    """The bytes sent and received in GetHistory(), where they are known."""
    _, _, series = client.history(span_s)
    return tuple(sum(value for value in series[key] if value == value) for key in ("bytes-sent", "bytes-received"))


def test_history(lab: Lab) -> None:
    """GetHistory() has each byte of GetStatistics() once, over a restart of smartvpnd and over reconnects; and the round trip."""
    server, client = connected_pair(lab)
    begin_ms = time.time() * 1000
    ping(lab.client, "10.8.0.1", count=5)
    client.daemon.kill()
    ping(lab.client, "10.8.0.1", count=5)
    client.daemon.start()

    def agrees() -> bool:
        statistics = client.statistics()
        return sums(client, 120) == (statistics["bytes-sent"], statistics["bytes-received"])

    wait_until(agrees, "the same bytes", 20)
    start_ms, step_ms, series = client.history(120)
    assert step_ms == 1000 and {len(values) for values in series.values()} == {120}, series
    assert abs(start_ms + 120_000 - time.time() * 1000) < 3000, (start_ms, begin_ms)
    assert 0 < series["rtt-ms"][-1] < 1000 and series["loss-ratio"][-1] == 0, series
    kill_server(server)
    client.wait_state("reconnecting")
    wait_until(lambda: client.history(3)[2]["rtt-ms"][-1] != client.history(3)[2]["rtt-ms"][-1], "a second without a session", 20)
    server.start(**server_settings())
    client.wait_signal("Reconnected", 60)
    ping(lab.client, "10.8.0.1", count=5)
    wait_until(agrees, "the same bytes after the reconnect", 20)
    assert client.history(121)[1] == 5000 and client.history(3600)[1] == 30_000


def test_telemetry(lab: Lab) -> None:
    """A subscription: at its interval, while there is a session; gone with smartvpnd."""
    server, client = connected_pair(lab)
    told: list[dict[str, Any]] = []

    def subscribe() -> None:
        path = client.subscribe_telemetry(500)
        client.daemon.bus.subscribe(path, lambda _path, name, arguments: told.append(arguments[0]))

    begin = time.monotonic()
    subscribe()
    wait_until(lambda: len(told) >= 4, "four reports")
    assert time.monotonic() - begin > 1.5, "they came too soon"
    keys = (set(client.quality()) | set(client.statistics())) - {"history"}
    assert set(told[0]) == keys, set(told[0]) ^ keys
    assert told[0]["health"] == "healthy" and told[-1]["uptime-s"] >= told[0]["uptime-s"]
    client.daemon.kill()
    client.daemon.start()
    told.clear()
    subscribe()
    wait_until(lambda: told, "a report of the next smartvpnd")
    kill_server(server)
    client.wait_state("reconnecting")
    wait_steady(lambda: len(told), "no more reports", 60)
    server.start(**server_settings())
    client.wait_signal("Reconnected", 60)
    told.clear()
    wait_until(lambda: told, "a report after the reconnect")
