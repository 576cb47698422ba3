# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""nginx ends the TLS, and a server that speaks plain WebSocket stands behind it."""

from __future__ import annotations

from . import nginx
from .harness import GATEWAY4, GATEWAY6, WEB4, WEB6, Lab
from .scene import PATH, ProfiledClient, make_clients, start_server
from .traffic import Work, ping, tcp_echo, transfer_both_ways, udp_echo
from .vpn import Server

GIBIBYTE = 1 << 30
LAB = {"three_clients": {"clients": 3}}


def behind_nginx(lab: Lab) -> tuple[Server, list[ProfiledClient]]:
    """A server behind nginx, and clients."""
    server, key = start_server(lab, listen=["127.0.0.1:8080"], tls_certificate_file=None, tls_key_file=None)
    nginx.start(lab, lab.server, PATH)
    return server, make_clients(lab, key)


def test_traffic(lab: Lab) -> None:
    """Ping, TCP and UDP in both families."""
    server, (client,) = behind_nginx(lab)
    client.connect()
    for address in (GATEWAY4, GATEWAY6, WEB4, WEB6):
        ping(lab.client, address)
    for address in (WEB4, WEB6):
        tcp_echo(lab.client, lab.web, address)
        udp_echo(lab.client, lab.web, address)
    assert server.list_clients()[0]["remote-address"].startswith("127.0.0.1:")
    client.disconnect()


def test_gibibyte_each_way(lab: Lab) -> None:
    """1 GiB in each direction at the same time arrives unchanged."""
    _, (client,) = behind_nginx(lab)
    client.connect()
    transfer_both_ways(lab.client, lab.web, WEB6, GIBIBYTE)


def test_three_clients(lab: Lab) -> None:
    """Three at once."""
    server, clients = behind_nginx(lab)
    for call in [client.begin_connect() for client in clients]:
        call.result()
    assert len(server.list_clients()) == 3
    for work in [Work(transfer_both_ways, namespace, lab.web, WEB4, 16 << 20) for namespace in lab.clients]:
        work.result()


def test_nginx_ends(lab: Lab) -> None:
    """When the proxy ends, the session ends at both ends."""
    server, key = start_server(lab, listen=["127.0.0.1:8080"], tls_certificate_file=None, tls_key_file=None)
    proxy = nginx.start(lab, lab.server, PATH)
    (client,) = make_clients(lab, key)
    client.connect(auto_reconnect=False)
    proxy.stop()
    client.wait_state("disconnected")
    assert server.wait_signal("ClientDisconnected")[1]
    assert client.wait_signal("Exited") == (0,)
