# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A server and its clients, ready for a test."""

from __future__ import annotations

from typing import Any

from . import tls
from .harness import POOL4, POOL6, SERVER4, SERVER6, WEB_ROUTES, Lab
from .vpn import Client, Daemon, Server

PATH = "/live/feed"
URL = f"wss://vpn.example{PATH}"  # over IPv6 or IPv4, as libsoup chooses
URL4 = f"wss://{SERVER4}{PATH}"
URL6 = f"wss://six.vpn.example{PATH}"
URL6_LITERAL = f"wss://[{SERVER6}]{PATH}"
LISTEN = [f"{SERVER4}:443", f"[{SERVER6}]:443"]


def server_settings(**settings: Any) -> dict[str, Any]:
    """The usual settings of a server with TLS on port 443, overridden by the given ones."""
    usual = {"listen": LISTEN, "path": PATH, "ipv4_pool": POOL4, "ipv6_pool": POOL6, "routes": WEB_ROUTES,
             **tls.server_settings()}
    return {**usual, **settings}


def start_server(lab: Lab, **settings: Any) -> tuple[Server, str]:
    """Starts the default server with the usual settings, overridden by the given ones; also returns its public key."""
    server = Daemon(lab, lab.server).server()
    return server, server.start(**server_settings(**settings))["public-key"]


class ProfiledClient(Client):
    """A default client that passes its usual settings to each Connect()."""

    def __init__(self, daemon: Daemon, usual: dict[str, Any]) -> None:
        super().__init__(daemon, daemon.client().path)
        self.usual = usual

    def connect(self, **settings: Any) -> dict[str, Any]:
        """Connect() with the usual settings and those given."""
        return super().connect(**{**self.usual, **settings})

    def begin_connect(self, **settings: Any) -> Any:
        """Begins the same; the answer comes later."""
        return super().begin_connect(**{**self.usual, **settings})


def make_clients(lab: Lab, key: str, **settings: Any) -> list[ProfiledClient]:
    """The default client of a daemon in each client's namespace, not connected yet."""
    usual = {"server_url": URL, "server_public_key": key, **tls.client_settings()}
    return [ProfiledClient(Daemon(lab, namespace), {**usual, **settings}) for namespace in lab.clients]


def connected_pair(lab: Lab, **server_settings: Any) -> tuple[Server, ProfiledClient]:
    """A running server and the first client, connected to it."""
    server, key = start_server(lab, **server_settings)
    client = make_clients(lab, key)[0]
    client.connect()
    return server, client
