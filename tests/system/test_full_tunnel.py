# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""All traffic of the client goes through the tunnel and is masqueraded at the server."""

from __future__ import annotations

import socket
from typing import Any

from . import links
from .harness import SERVER4, SERVER6, WEB4, WEB6, Lab, wait_until
from .scene import URL, URL4, URL6, ProfiledClient, make_clients, server_settings, start_server
from .test_lifecycle import kill_server
from .traffic import Pinger, can_ping, listen, make_socket, ping, tcp_echo, transfer_both_ways, udp_echo
from .vpn import Server
from .wire import packets

HIDDEN_WEB: dict[str, Any] = {"web_knows_pools": False}
LAB = {"other_server_address": {**HIDDEN_WEB, "clients": 2},
       **{name: HIDDEN_WEB for name in ("over_ipv4", "over_ipv6", "source_is_the_server", "strict_reverse_path",
                                        "no_ipv6_in_the_tunnel", "split_in_halves")}}
ALL = ["0.0.0.0/0", "::/0"]
ELSEWHERE4, ELSEWHERE6 = "198.18.0.1", "2001:db8:ffff::1"
# Only the tunnel leads there.
INSIDE = "net 203.0.113.0/24 or net 198.18.0.0/15 or net 2001:db8:3::/64 or net 2001:db8:ffff::/48"


def full_tunnel(lab: Lab, url: str, **settings: Any) -> tuple[Server, ProfiledClient]:
    """A server that carries all traffic, and its client."""
    server, key = start_server(lab, **{"routes": ALL, "nat": True, **settings})
    (client,) = make_clients(lab, key, server_url=url)
    return server, client


def check_traffic(lab: Lab, client: ProfiledClient, server_address: str) -> None:
    """Asserts that traffic goes through the tunnel, and the tunnel's own connection does not."""
    for address in (WEB4, WEB6):
        ping(lab.client, address)
        tcp_echo(lab.client, lab.web, address)
        udp_echo(lab.client, lab.web, address)
    interface = client.get("Interface")
    for address in (ELSEWHERE4, ELSEWHERE6):
        assert f"dev {interface}" in lab.client.ip("route", "get", address)
    # a network that claims public addresses is not a LAN; nobody is the worker's user
    assert f"dev {interface}" in lab.client.ip("route", "get", "192.0.2.5")
    assert "dev eth0" in lab.client.ip("route", "get", server_address, "uid", "65534")
    before = client.statistics()
    transfer_both_ways(lab.client, lab.web, WEB4, 16 << 20)
    after = client.statistics()
    # a loop would carry each byte again and again
    assert after["bytes-sent"] - before["bytes-sent"] < 24 << 20, (before, after)


def check_undone(lab: Lab, url: str, server_address: str) -> None:
    """Asserts that Disconnect() and Stop() undo everything."""
    before = lab.client.snapshot(), lab.server.snapshot()
    server, client = full_tunnel(lab, url)
    client.connect()
    check_traffic(lab, client, server_address)
    client.disconnect()
    assert lab.client.snapshot() == before[0], difference(before[0], lab.client.snapshot())
    server.stop()
    assert lab.server.snapshot() == before[1], difference(before[1], lab.server.snapshot())


def difference(before: str, after: str) -> str:
    """The added and removed lines."""
    old, new = before.splitlines(), after.splitlines()
    gone, come = [line for line in old if line not in new], [line for line in new if line not in old]
    return "\n".join([f"- {line}" for line in gone] + [f"+ {line}" for line in come])


def test_over_ipv4(lab: Lab) -> None:
    """The tunnel's connection over IPv4; everything is undone."""
    check_undone(lab, URL4, SERVER4)


def test_over_ipv6(lab: Lab) -> None:
    """The same over IPv6."""
    check_undone(lab, URL6, SERVER6)


def test_source_is_the_server(lab: Lab) -> None:
    """web sees only the server's addresses."""
    _, client = full_tunnel(lab, URL)
    client.connect()
    for address, expected in ((WEB4, "203.0.113.1"), (WEB6, "2001:db8:3::1")):
        with listen(lab.web, address) as listener, make_socket(lab.client, address, socket.SOCK_STREAM) as near:
            near.connect((address, listener.getsockname()[1]))
            assert listener.accept()[1][0] == expected


def test_strict_reverse_path(lab: Lab) -> None:
    """A client whose system filters reverse paths strictly; afterwards the setting is back."""
    for name in ("all", "eth0"):
        lab.client.sysctl(f"ipv4/conf/{name}/rp_filter", "1")
    check_undone(lab, URL4, SERVER4)


def test_no_ipv6_in_the_tunnel(lab: Lab) -> None:
    """Without IPv6 in the tunnel, IPv6 does not go around it."""
    _, client = full_tunnel(lab, URL, ipv6_pool=None)
    client.connect()
    ping(lab.client, WEB4)
    assert "dev eth0" not in lab.client.run("ip", "route", "get", ELSEWHERE6, check=False)


def test_split_in_halves(lab: Lab) -> None:
    """Routes that cover the server without being the default route."""
    before = lab.client.snapshot()
    halves = ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"]
    _, client = full_tunnel(lab, URL4, routes=halves)
    client.connect()
    check_traffic(lab, client, SERVER4)
    client.disconnect()
    assert lab.client.snapshot() == before, difference(before, lab.client.snapshot())


class Monitor:
    """The kernel's notifications about a client's addresses, routes and rules."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._process = lab.client.spawn("ip", "-o", "monitor", "route", "rule", "address")
        self._mark("198.18.1.1")

    def _mark(self, address: str) -> None:
        """Adds and deletes a route until the kernel reports it, so that everything from there on, or up to there, is seen."""
        def is_told() -> bool:
            for action in ("add", "delete"):
                self._lab.client.ip("route", action, address, "dev", "lo")
            return address in self._process.output()
        wait_until(is_told, "the monitor")

    def of_the_tunnel(self, interface: str) -> list[str]:
        """The changes of our routes so far; the kernel reports new IPv6 addresses late."""
        self._mark("198.18.1.2")
        return [line for line in self._process.output().splitlines()
                if "proto 83" in line or (line.startswith("Deleted") and interface in line)]


def test_other_server_address(lab: Lab) -> None:
    """The client finds its server at another address, twice: the tunnel's routes stay, and no packet goes around it.

        client --- 192.0.2.10 relay --- server; then 198.51.100.2, the server itself; then its IPv6 address
    """
    relay = links.start_relay(lab.clients[1], f"{SERVER4}:443", 0)
    links.resolve_vpn_to(lab.client, links.address_of(lab.clients[1]))
    server, key = start_server(lab, routes=ALL, nat=True)
    client = make_clients(lab, key, server_url=URL, connect_timeout_s=3)[0]
    capture = lab.directory / "outside.pcap"
    tcpdump = lab.client.spawn("tcpdump", "--immediate-mode", "-U", "-Z", "root", "-i", "eth0", "-w", str(capture),
                               INSIDE)
    wait_until(lambda: "listening on" in tcpdump.output(), "tcpdump")
    assert not can_ping(lab.client, ELSEWHERE4) and not can_ping(lab.client, ELSEWHERE6)
    wait_until(lambda: len(list(packets(capture))) == 2, "that what goes around a tunnel is seen")

    client.connect()
    assert client.status()["remote-address"] == f"{links.address_of(lab.clients[1])}:443", client.status()
    monitor = Monitor(lab)
    pingers = [Pinger(lab.client, address, 0.005) for address in (WEB4, WEB6)]
    links.resolve_vpn_to(lab.client, SERVER4)
    relay.stop()
    client.wait_signal("Reconnected", 60)
    client.wait_state("connected")
    assert client.status()["remote-address"] == f"{SERVER4}:443", client.status()
    for address in (WEB4, WEB6):
        ping(lab.client, address)

    client.clear()
    links.resolve_vpn_to(lab.client, SERVER6)
    kill_server(server)
    server.start(**server_settings(routes=ALL, nat=True, listen=[f"[{SERVER6}]:443"]))
    client.wait_signal("Reconnected", 60)
    client.wait_state("connected")
    assert client.status()["remote-address"] == f"[{SERVER6}]:443", client.status()
    for address in (WEB4, WEB6):
        ping(lab.client, address)

    for pinger in pingers:
        pinger.lost()  # all of them, while there was no server
    told = monitor.of_the_tunnel(client.get("Interface"))
    assert not told, f"routes, rules or addresses have changed: {told}"
    tcpdump.stop()
    assert len(list(packets(capture))) == 2, "packets have gone around the tunnel"
