# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Settings of a server that change while clients are connected."""

from __future__ import annotations

from .harness import WEB4, WEB_ROUTES, Lab, wait_until
from .scene import make_clients, server_settings
from .traffic import ping
from .vpn import Daemon


def test_routes(lab: Lab) -> None:
    """Update() and Reload() of "routes": the client gets the route, and its packets take it, in the session that it has; with
    "enforce-routes" the server's firewall lets them through from then on."""
    server = Daemon(lab, lab.server).server()
    server.update(**server_settings(routes=[], enforce_routes=True))
    (client,) = make_clients(lab, server.start()["public-key"])
    client.connect()
    (session,) = server.list_clients()
    assert "203.0.113.0/24" not in lab.client.ip("route", "show", "table", "all")
    server.update(routes=WEB_ROUTES, mtu=1300)
    server._call("Reload")
    wait_until(lambda: "203.0.113.0/24" in lab.client.ip("route", "show", "table", "all"), "the route")
    ping(lab.client, WEB4)
    assert [entry["id"] for entry in server.list_clients()] == [session["id"]]
    assert server.status()["needs-restart"] == ["mtu"]
    server.update(routes=[])
    server._call("Reload")
    wait_until(lambda: "203.0.113.0/24" not in lab.client.ip("route", "show", "table", "all"), "the end of the route")
