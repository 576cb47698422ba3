# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""All traffic of the client through the tunnel, and masqueraded at the server."""

from __future__ import annotations

import socket
from typing import Any

from .harness import SERVER4, SERVER6, WEB4, WEB6, Lab
from .scene import URL, URL4, URL6, ProfiledClient, make_clients, start_server
from .traffic import listen, make_socket, ping, tcp_echo, transfer_both_ways, udp_echo
from .vpn import Server

HIDDEN_WEB: dict[str, Any] = {"web_knows_pools": False}
LAB = {name: HIDDEN_WEB for name in ("over_ipv4", "over_ipv6", "source_is_the_server", "strict_reverse_path",
                                     "no_ipv6_in_the_tunnel", "split_in_halves")}
ALL = ["0.0.0.0/0", "::/0"]
ELSEWHERE4, ELSEWHERE6 = "198.18.0.1", "2001:db8:ffff::1"


def full_tunnel(lab: Lab, url: str, **settings: Any) -> tuple[Server, ProfiledClient]:
    """A server that takes all traffic, and its client."""
    server, key = start_server(lab, **{"routes": ALL, "nat": True, **settings})
    (client,) = make_clients(lab, key, server_url=url)
    return server, client


def check_traffic(lab: Lab, client: ProfiledClient, server_address: str) -> None:
    """Traffic goes through the tunnel, and the tunnel's own does not."""
    for address in (WEB4, WEB6):
        ping(lab.client, address)
        tcp_echo(lab.client, lab.web, address)
        udp_echo(lab.client, lab.web, address)
    interface = client.get("Interface")
    for address in (ELSEWHERE4, ELSEWHERE6):
        assert f"dev {interface}" in lab.client.ip("route", "get", address)
    # the LAN stays where it is; nobody is the worker's user
    assert "dev eth0" in lab.client.ip("route", "get", "192.0.2.5")
    assert "dev eth0" in lab.client.ip("route", "get", server_address, "uid", "65534")
    before = client.statistics()
    transfer_both_ways(lab.client, lab.web, WEB4, 16 << 20)
    after = client.statistics()
    # in a loop, each byte would be carried again and again
    assert after["bytes-sent"] - before["bytes-sent"] < 24 << 20, (before, after)


def check_undone(lab: Lab, url: str, server_address: str) -> None:
    """What Connect() and Start() set up is gone after Disconnect() and Stop()."""
    before = lab.client.snapshot(), lab.server.snapshot()
    server, client = full_tunnel(lab, url)
    client.connect()
    check_traffic(lab, client, server_address)
    client.disconnect()
    assert lab.client.snapshot() == before[0], difference(before[0], lab.client.snapshot())
    server.stop()
    assert lab.server.snapshot() == before[1], difference(before[1], lab.server.snapshot())


def difference(before: str, after: str) -> str:
    """The lines that came and went."""
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
    """web sees the server's addresses alone."""
    _, client = full_tunnel(lab, URL)
    client.connect()
    for address, expected in ((WEB4, "203.0.113.1"), (WEB6, "2001:db8:3::1")):
        with listen(lab.web, address) as listener, make_socket(lab.client, address, socket.SOCK_STREAM) as near:
            near.connect((address, listener.getsockname()[1]))
            assert listener.accept()[1][0] == expected


def test_strict_reverse_path(lab: Lab) -> None:
    """A client whose system filters reverse paths strictly; the setting is as before afterwards."""
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
