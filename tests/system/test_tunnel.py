# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""IP traffic through the tunnel over wss."""

from __future__ import annotations

import os
import signal

from .harness import GATEWAY4, GATEWAY6, WEB4, WEB6, WEB_ROUTES, Lab, wait_until
from .load import Flood, device_counters, wait_steady
from .scene import (URL, URL4, URL6, URL6_LITERAL, ProfiledClient, connected_pair, make_clients, server_settings,
                    start_server)
from .traffic import Work, can_ping, ping, serve_http, tcp_echo, transfer_both_ways, udp_echo
from .vpn import Server
from .wire import check_tls, tcp_streams

GIBIBYTE = 1 << 30
FLOOD_PACKETS, FLOOD_BYTES = 3000, 600
DROPS = ("device", "queue-full", "malformed", "spoofed", "no-route", "too-big", "rate-limit")
LAB = {"three_clients": {"clients": 3}, "client_to_client": {"clients": 2}, "leases": {"clients": 2}}


def test_assignment(lab: Lab) -> None:
    """Connect() returns the server's assignment, and the device has it."""
    server, key = start_server(lab, dns=["192.0.2.53", "2001:db8::53"])
    (client,) = make_clients(lab, key)
    result = client.connect()
    identity, interface = result.pop("client-id"), result.pop("interface")
    assert identity and interface
    assert result == {"assigned-ip": "10.8.0.2", "prefix": 24, "gateway": GATEWAY4, "assigned-ipv6": "fd00:8::2",
                      "prefix6": 64, "gateway6": GATEWAY6, "mtu": 1420, "dns": ["192.0.2.53", "2001:db8::53"],
                      "routes": WEB_ROUTES, "server-url": URL, "dns-mode": "file", "warnings": []}, result
    addresses = lab.client.ip("-o", "address", "show", "dev", interface)
    assert "10.8.0.2/24" in addresses and "fd00:8::2/64" in addresses, addresses
    assert "mtu 1420" in lab.client.ip("link", "show", interface)
    assert interface in lab.client.ip("route", "get", WEB4)
    assert interface in lab.client.ip("route", "get", WEB6)
    status = client.status()
    assert status["state"] == "connected" and status["remote-address"].endswith(":443"), status
    assert [entry["id"] for entry in server.list_clients()] == [identity]


def test_outer_families(lab: Lab) -> None:
    """The tunnel's own connection over IPv4 and over IPv6."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key)
    for url, near, far in ((URL4, "192.0.2.6:", "198.51.100.2:443"),
                           (URL6, "[2001:db8:1:1::2]:", "[2001:db8:2::2]:443"),
                           (URL6_LITERAL, "[2001:db8:1:1::2]:", "[2001:db8:2::2]:443")):
        client.connect(server_url=url)
        assert client.status()["remote-address"] == far, client.status()
        assert server.list_clients()[0]["remote-address"].startswith(near), server.list_clients()
        for address in (WEB4, WEB6):
            ping(lab.client, address)
        client.disconnect()
        wait_until(lambda: not server.list_clients(), "that the server has noticed")


def test_own_routes(lab: Lab) -> None:
    """The client's routes and dns replace the server's."""
    _, key = start_server(lab, dns=["192.0.2.53"])
    (client,) = make_clients(lab, key)
    result = client.connect(routes=["203.0.113.0/25"], dns=["192.0.2.54"])
    assert (result["routes"], result["dns"]) == (["203.0.113.0/25"], ["192.0.2.54"]), result
    assert "203.0.113.0/25" in lab.client.ip("route", "show", "table", "all")
    assert "2001:db8:3::/64" not in lab.client.ip("-6", "route", "show", "table", "all")
    assert "10.8.0.0/24" not in lab.client.ip("route", "show", "table", "all")
    ping(lab.client, WEB4)


def test_web_is_hidden(lab: Lab) -> None:
    """Without the tunnel nobody reaches web."""
    assert not can_ping(lab.client, WEB4) and not can_ping(lab.client, WEB6)


def test_ping(lab: Lab) -> None:
    """ICMP in both families: the gateway and web, of every size, fragments included."""
    connected_pair(lab)
    for address in (GATEWAY4, GATEWAY6, WEB4, WEB6):
        for size in (0, 56, 1372, 1400, 8000):
            if size > 1372:
                can_ping(lab.client, address, size)  # the far end learns the path's MTU from this lost answer
            ping(lab.client, address, count=3, size=size)


def test_tcp_and_udp(lab: Lab) -> None:
    """TCP and UDP in both families."""
    connected_pair(lab)
    for address in (WEB4, WEB6):
        tcp_echo(lab.client, lab.web, address)
        udp_echo(lab.client, lab.web, address)


def test_http(lab: Lab) -> None:
    """curl fetches a file from web."""
    connected_pair(lab)
    root = serve_http(lab, lab.web, WEB4)
    (root / "file").write_text("fetched through the tunnel")
    assert lab.client.run("curl", "-sS", "--max-time", "20", f"http://{WEB4}/file") == "fetched through the tunnel"


def test_gibibyte_each_way(lab: Lab) -> None:
    """1 GiB in each direction at the same time arrives unchanged."""
    server, client = connected_pair(lab)
    transfer_both_ways(lab.client, lab.web, WEB4, GIBIBYTE)
    for statistics in (client.statistics(), server.statistics()):
        assert min(statistics["bytes-sent"], statistics["bytes-received"]) > GIBIBYTE, statistics
        assert statistics["wire-bytes-sent"] > statistics["bytes-sent"], statistics


def test_only_tls_on_443(lab: Lab) -> None:
    """From Connect() to Disconnect(), the router sees nothing but one TCP connection to port 443, full of TLS."""
    _, key = start_server(lab)
    (client,) = make_clients(lab, key, server_url=URL4)
    capture = lab.directory / "wire.pcap"
    tcpdump = lab.router.spawn("tcpdump", "--immediate-mode", "-B", "65536", "-U", "-Z", "root", "-i", "client1",
                               "-w", str(capture), "ip or (ip6 and not icmp6 and not dst net ff00::/8)")
    wait_until(lambda: "listening on" in tcpdump.output(), "tcpdump")
    client.connect()
    for address in (WEB4, WEB6):
        ping(lab.client, address)
        tcp_echo(lab.client, lab.web, address)
        udp_echo(lab.client, lab.web, address)
    client.disconnect()
    wait_steady(lambda: capture.stat().st_size, "the capture", 50)  # tcpdump may be behind
    tcpdump.stop()
    streams = tcp_streams(capture)
    ports = {port for _, source, _, destination in streams for port in (source, destination) if port < 1024}
    assert ports == {443} and len(streams) == 2, streams.keys()
    for stream in streams.values():
        assert len(stream) > 400_000 and check_tls(stream) > 20, len(stream)


def test_three_clients(lab: Lab) -> None:
    """Three clients at once, with different addresses and traffic at the same time."""
    server, key = start_server(lab)
    clients = make_clients(lab, key)
    results = [call.result() for call in [client.begin_connect() for client in clients]]
    assert len({result["assigned-ip"] for result in results}) == 3, results
    assert len({result["assigned-ipv6"] for result in results}) == 3, results
    assert len(server.list_clients()) == 3
    wait_until(lambda: server.get("ConnectedClients") == 3, "that smartvpnd has heard of all three")
    works = [Work(transfer_both_ways, namespace, lab.web, address, 32 << 20)
             for namespace, address in zip(lab.clients, (WEB4, WEB6, WEB4))]
    for work in works:
        work.result()
    for namespace in lab.clients:
        ping(namespace, WEB6)


def test_client_to_client(lab: Lab) -> None:
    """Clients reach each other only if the server is set to allow it."""
    server, key = start_server(lab)
    clients = make_clients(lab, key)
    for allowed in (False, True):
        if allowed:
            for client in clients:
                client.disconnect()
            server.stop()
            server.start(**server_settings(client_to_client=True))
        addresses = [client.connect()["assigned-ip"] for client in clients]
        for address in (addresses[1], clients[1].status()["assigned-ipv6"]):
            if allowed:
                ping(lab.clients[0], address)
            else:
                assert not can_ping(lab.clients[0], address)
        assert (server.statistics()["drops-client-to-client"] > 0) != allowed


def test_leases(lab: Lab) -> None:
    """A client that proves its key gets its address back, although another client came meanwhile."""
    server, key = start_server(lab)
    first, second = make_clients(lab, key)
    first.usual["private_key"] = first.daemon.manager("GenerateKeypair", "()")[1]
    before = first.connect()
    first.disconnect()
    wait_until(lambda: not server.list_clients(), "that the server has noticed")
    assert second.connect()["assigned-ip"] != before["assigned-ip"]
    after = first.connect()
    for name in ("assigned-ip", "assigned-ipv6"):
        assert after[name] == before[name], (before, after)


def test_statistics(lab: Lab) -> None:
    """Both ends count the same packets."""
    server, client = connected_pair(lab)
    before = client.statistics()
    ping(lab.client, WEB4, count=10)
    wait_until(lambda: client.statistics()["packets-received"] >= before["packets-received"] + 10, "ten answers")
    after, far = client.statistics(), server.statistics()
    assert after["packets-sent"] >= before["packets-sent"] + 10, (before, after)
    assert after["bytes-sent"] - before["bytes-sent"] >= 10 * 84, (before, after)
    assert far["packets-received"] == after["packets-sent"], (far, after)
    assert far["sessions-total"] == 1 and far["protocol-errors"] == 0, far
    assert client.status()["uptime-s"] < 60 and client.status()["since"] > 1_600_000_000


def flood_a_stopped_worker(lab: Lab, server: Server, client: ProfiledClient, up: bool) -> None:
    """Floods a device whose worker is stopped; asserts that the counters have every packet that did not arrive."""
    source, target, address = (lab.client, lab.web, WEB4) if up else (lab.web, lab.client, client.get("AssignedIp"))
    thing, identity = (client, "client-default") if up else (server, "server-default")

    def drops() -> dict[str, int]:
        statistics = thing.statistics()
        return {name: statistics[f"drops-{name}"] for name in DROPS}

    flood = lab.keep(Flood(target, address))
    before = drops()
    pid = thing.daemon.worker_pid(identity)
    os.kill(pid, signal.SIGSTOP)
    try:
        taken = flood.send(source, address, FLOOD_PACKETS, FLOOD_BYTES)
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: flood.received > 0, "what the device could hold")
    arrived = wait_steady(lambda: flood.received, "the last datagram", 100)
    dropped = {name: count - before[name] for name, count in drops().items()}
    assert dropped["device"] > 0, "the device could hold all of them"
    assert taken == arrived + sum(dropped.values()), f"{taken} sent, {arrived} arrived, dropped: {dropped}"
    assert drops()["device"] == device_counters(thing.daemon.namespace, thing.get("Interface"))["tx_dropped"]
    thing.daemon.kill()
    thing.daemon.start()
    assert drops()["device"] == before["device"] + dropped["device"], "the next smartvpnd has another number"
    print(f"# {'up' if up else 'down'}: {taken} sent to a stopped worker, {arrived} arrived, dropped: {dropped}",
          flush=True)


def test_drops_of_the_device(lab: Lab) -> None:
    """Both ends count the packets that the kernel drops while a worker gets no CPU."""
    server, client = connected_pair(lab, reachable_from=["203.0.113.0/24"])
    for up in (True, False):
        flood_a_stopped_worker(lab, server, client, up)
