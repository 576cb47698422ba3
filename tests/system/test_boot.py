# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Profiles that are connected and started at boot, before there is a network."""

from __future__ import annotations

from .harness import SERVER4, WEB4, Lab, wait_until
from .scene import URL4, make_clients, server_settings, start_server
from .traffic import ping


def test_before_the_network(lab: Lab) -> None:
    """Client and server boot without a network. When the network comes, they connect by themselves, once."""
    server, key = start_server(lab)
    (client,) = make_clients(lab, key)
    server.stop()
    server.update(**server_settings(listen=[f"{SERVER4}:443"]), autostart=True)
    client.update(**{**client.usual, "server_url": URL4}, autoconnect=True)
    for daemon in (client.daemon, server.daemon):
        daemon.shut_down()
        daemon.namespace.ip("link", "set", "eth0", "down")
    lab.server.ip("address", "delete", f"{SERVER4}/30", "dev", "eth0")
    for daemon in (client.daemon, server.daemon):
        daemon.start()
    wait_until(lambda: "nreachable" in client.get("LastError"), "that the client has tried")
    wait_until(lambda: SERVER4 in server.get("LastError"), "that the server has tried")
    assert (client.get("State"), server.get("State")) == ("connecting", "starting")

    lab.server.ip("address", "add", f"{SERVER4}/30", "dev", "eth0")
    for namespace, gateway in ((lab.server, "198.51.100.1"), (lab.client, "192.0.2.5")):
        namespace.ip("link", "set", "eth0", "up")
        namespace.ip("route", "replace", "default", "via", gateway)
    server.wait_state("running", 30)
    client.wait_state("connected", 30)
    ping(lab.client, WEB4)
    assert (client.get("LastError"), server.get("LastError")) == ("", "")

    client.daemon.kill()
    client.daemon.start()
    assert client.get("State") == "connected"
    client.disconnect()
    client.daemon.kill()
    client.daemon.start()
    assert client.get("State") == "disconnected"
