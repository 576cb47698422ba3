# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""ssh and ping stay quick beside bulk transfers that fill the line.

The line is the router's: tbf lets 20 Mbit/s through in each direction, with a buffer of 50 ms, as at many homes.
"""

from __future__ import annotations

import time
from pathlib import Path

from . import links
from .harness import WEB4, WEB6, Lab, wait_until
from .load import Bulk, Flood, Latency, SshLike, device_counters, measure_both, table, wait_steady
from .scene import ProfiledClient, make_clients, server_settings, start_server
from .vpn import Server

MEDIAN_MS, P99_MS = 40.0, 80.0  # allowed delay above that of an idle line
WORSE_WITHOUT = 3.0  # times the median with QoS
MAY_LOSE = 20  # pings without QoS
IDLE_S, LOADED_S = 4, 10  # duration of a measurement
ROUNDS = 3  # the best round counts, since others may use the machine
BULK_S = 60  # longer than any measurement
MEGABYTE = 1_000_000
FLOWS = 4
BULK = ("--parallel", str(FLOWS), "--congestion", "reno")  # fills any queue, on every kernel
WARM_UP_BYTES = (FLOWS + 4) * MEGABYTE  # all of the flows are bulk by then
BUSY_MBIT = 7  # at least, each way: the line is full, with two TCPs in it
FLOOD_PACKETS, FLOOD_BYTES = 20_000, 1200
LAB = {"two_clients": {"clients": 2}}

Latencies = dict[str, Latency]


def begin(lab: Lab, qos: bool) -> tuple[Server, list[ProfiledClient]]:
    """A server and its clients, connected over an unlimited line."""
    server, key = start_server(lab, qos=qos, reachable_from=["203.0.113.0/24", "2001:db8:3::/64"])
    clients = make_clients(lab, key, qos=qos)
    for client in clients:
        client.connect()
    return server, clients


def narrow_line(lab: Lab, number: int = 1) -> None:
    """20 Mbit/s to and from a client."""
    links.narrow(lab.router, f"client{number}")
    links.narrow(lab.clients[number - 1], "eth0")


def saturate(lab: Lab, client: ProfiledClient, address: str = WEB4) -> list[Bulk]:
    """Several TCP connections in each direction, which have been running for a while."""
    bulks = [Bulk(lab, client.daemon.namespace, lab.web, address, BULK_S, reverse=reverse, extra=BULK)
             for reverse in (False, True)]
    before = client.statistics()
    wait_until(lambda: all(client.statistics()[way] - before[way] > WARM_UP_BYTES
                           for way in ("bytes-sent", "bytes-received")), "bulk each way", 40)
    return bulks


def within(loaded: Latencies, idle: Latencies) -> bool:
    """Whether the bounds hold, for every kind of traffic."""
    return all(loaded[kind].median - idle[kind].median <= MEDIAN_MS and loaded[kind].p99 - idle[kind].median <= P99_MS
               for kind in idle)


def best(rounds: list[Latencies]) -> Latencies:
    """The round with the lowest sum of medians and 99th percentiles."""
    return min(rounds, key=lambda latencies: sum(latency.median + latency.p99 for latency in latencies.values()))


def measure_loaded(lab: Lab, client: ProfiledClient, ssh: SshLike, may_lose: int = 0) -> tuple[Latencies, str]:
    """Latencies beside bulk transfers, and the rates up and down meanwhile, in Mbit/s."""
    bulks = saturate(lab, client)
    before, begun = client.statistics(), time.monotonic()
    latencies = measure_both(client.daemon.namespace, WEB4, ssh, LOADED_S, may_lose)
    after, seconds = client.statistics(), time.monotonic() - begun
    for bulk in bulks:
        assert bulk.process.is_running(), "the bulk transfer ended too early"
        bulk.stop()
    up, down = (8 * (after[way] - before[way]) / seconds / MEGABYTE for way in ("bytes-sent", "bytes-received"))
    assert min(up, down) > BUSY_MBIT, f"the line was not full: {up:.1f} Mbit/s up, {down:.1f} down"
    return latencies, f"{up:.1f} / {down:.1f}"


def rows(label: str, latencies: Latencies, rates: str = "") -> list[tuple[str, ...]]:
    """The lines of the table."""
    return [(label, rates, kind, f"{latency.median:.1f}", f"{latency.p99:.1f}", f"{latency.samples[-1]:.1f}")
            for kind, latency in latencies.items()]


def congestion_control() -> str:
    """The congestion control of the tunnel's TCP connection: the kernel's default."""
    return Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()


HEAD = ("", "Mbit/s", "", "median", "p99", "max")


def test_bulk_both_ways(lab: Lab) -> None:
    """A client's ping and ssh stay quick beside its own bulk transfers, and are much quicker with QoS than without."""
    server, (client,) = begin(lab, True)
    narrow_line(lab)
    ssh = lab.keep(SshLike(lab.client, lab.web, WEB4))
    idle = measure_both(lab.client, WEB4, ssh, IDLE_S)
    lines = [HEAD, *rows("idle", idle)]
    with_qos: list[Latencies] = []
    while len(with_qos) < ROUNDS and not (with_qos and within(with_qos[-1], idle)):
        latencies, rates = measure_loaded(lab, client, ssh)
        with_qos.append(latencies)
        lines += rows("qos", latencies, rates)
    drops = client.statistics()
    client.disconnect()
    server.stop()
    server.start(**server_settings(qos=False))
    client.connect(qos=False)
    without, rates = measure_loaded(lab, client, lab.keep(SshLike(lab.client, lab.web, WEB4)), MAY_LOSE)
    lines += rows("no qos", without, rates)
    table(f"20 Mbit/s, {' '.join(links.TBF)}; {FLOWS} bulk TCP up and {FLOWS} down; the tunnel's TCP: {congestion_control()}; "
          f"ms; the bound is idle + {MEDIAN_MS:.0f} and + {P99_MS:.0f}", lines)
    result = best(with_qos)
    assert within(result, idle), {kind: str(latency) for kind, latency in result.items()}
    for kind, latency in result.items():
        assert without[kind].median >= WORSE_WITHOUT * latency.median, f"{kind}: {latency}, without QoS {without[kind]}"
    assert drops["drops-qos-high"] == 0, drops


def test_two_clients(lab: Lab) -> None:
    """One client's bulk does not crowd out the other's ssh."""
    _, (busy, quiet) = begin(lab, True)
    for number in (1, 2):
        narrow_line(lab, number)
    namespace = quiet.daemon.namespace
    ssh = lab.keep(SshLike(namespace, lab.web, WEB4))
    idle = measure_both(namespace, WEB4, ssh, IDLE_S)
    seen: list[Latencies] = []
    while len(seen) < ROUNDS and not (seen and within(seen[-1], idle)):
        bulks = saturate(lab, busy)
        seen.append(measure_both(namespace, WEB4, ssh, LOADED_S))
        for bulk in bulks:
            bulk.stop()
    result = best(seen)
    table("the other client's latencies, ms", [HEAD, *rows("idle", idle), *rows("beside bulk", result)])
    assert within(result, idle), {kind: str(latency) for kind, latency in result.items()}


def check_flood(lab: Lab, server: Server, client: ProfiledClient, up: bool, address: str) -> tuple[str, ...]:
    """Floods the line in one direction; asserts that the counters have every packet that did not arrive."""
    source, target = (lab.client, lab.web) if up else (lab.web, lab.client)
    if not up:
        address = client.status()["assigned-ipv6" if ":" in address else "assigned-ip"]
    interface = client.get("Interface") if up else server.get("Interface")
    namespace = lab.client if up else lab.server

    def counters() -> dict[str, int]:
        return client.statistics() if up else server.client_telemetry(client.status()["client-id"])

    flood = lab.keep(Flood(target, address))
    before, device_before = counters(), device_counters(namespace, interface)
    taken = flood.send(source, address, FLOOD_PACKETS, FLOOD_BYTES)
    wait_until(lambda: counters()["queue-packets"] == 0, "empty queues", 60)
    arrived = wait_steady(lambda: flood.received, "the last datagram", 100)  # the tunnel's TCP may have to repeat them
    after, device_after = counters(), device_counters(namespace, interface)
    dropped = after["drops-queue-full"] - before["drops-queue-full"]
    by_class = {name: after[f"drops-qos-{name}"] - before[f"drops-qos-{name}"] for name in ("high", "normal", "low")}
    at_device = device_after["tx_dropped"] - device_before["tx_dropped"]
    assert dropped == sum(by_class.values()), (dropped, by_class)
    assert dropped > 0, "the flood has not filled the queue"
    assert taken - arrived == dropped + at_device, \
        f"{taken} sent, {arrived} arrived, {dropped} dropped, {at_device} dropped before they came to us"
    assert by_class["high"] == 0, by_class
    return ("up" if up else "down", address, str(taken), str(arrived), str(by_class["normal"]), str(by_class["low"]),
            str(at_device))


def test_drops_add_up(lab: Lab) -> None:
    """In a flood of datagrams, the counters of drops add up to the packets that did not arrive."""
    server, (client,) = begin(lab, True)
    narrow_line(lab)
    table("a flood of datagrams", [
        ("", "to", "sent", "arrived", "dropped normal", "dropped low", "by the device"),
        *[check_flood(lab, server, client, up, address) for up in (True, False) for address in (WEB4, WEB6)]])
