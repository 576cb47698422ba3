# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Connections that fail: each with a typed error that names the cause, and without disturbing running tunnels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peer.server import Connection, PeerServer

from . import nginx, tls
from .harness import BLACK_HOLE, SERVER4, Lab
from .peers import NamespaceLoop
from .scene import PATH, URL, ProfiledClient, make_clients, start_server
from .traffic import Pinger, listen, ping
from .vpn import Daemon, DBusError

OTHER_KEY = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="
LAB = {"limits": {"clients": 2}}
Result = tuple[str, bool, str]


def refuse(client: ProfiledClient, name: str, words: list[str], **settings: Any) -> tuple[bool, str]:
    """Whether Connect() fails with the error `name` and a message with all `words`, and leaves nothing set up."""
    before = client.daemon.namespace.snapshot()
    try:
        client.connect(**settings)
        return False, "it connected"
    except DBusError as error:
        seen = f"{error.name}: {error.message}"
        right = error.name == name and all(word.lower() in error.message.lower() for word in words)
    after = client.daemon.namespace.snapshot()
    if after != before:
        return False, f"{seen}; it left: {set(after.splitlines()) - set(before.splitlines())}"
    if client.get("State") not in ("disconnected", "failed"):
        return False, f"{seen}; its state is {client.get('State')}"
    return right, seen if right else f"{seen}; expected {name} with {words}"


def second_client(first: ProfiledClient) -> ProfiledClient:
    """Another client of the same daemon."""
    path = first.daemon.add_client("other").path
    second = ProfiledClient(first.daemon, first.usual)
    second.path = path
    return second


def test_beside_a_running_tunnel(lab: Lab) -> Iterator[Result]:
    """Every error, while another tunnel of the same daemon carries pings."""
    server, key = start_server(lab)
    (running,) = make_clients(lab, key)
    running.connect()
    pinger = Pinger(lab.client, "10.8.0.1", 0.02)
    client = second_client(running)
    with listen(lab.server, SERVER4, 8443) as silent:
        for name, error, words, settings in cases():
            passed, detail = refuse(client, error, words, **settings)
            yield name, passed, detail
        silent.getsockname()
    lost = pinger.lost()
    yield "the running tunnel lost nothing", lost == 0, f"{lost} pings lost"
    yield "and is connected", running.get("State") == "connected" and len(server.list_clients()) == 1, ""


def cases() -> Iterator[tuple[str, str, list[str], dict[str, Any]]]:
    """Name, error, words of the message, settings."""
    yield "wrong server key", "ServerKeyMismatch", ["server-public-key"], {"server_public_key": OTHER_KEY}
    yield "wrong path", "ServerKeyMismatch", ["path"], {"server_url": "wss://vpn.example/elsewhere"}
    for url in ("", "vpn.example", "https://vpn.example/", "wss://", "wss://vpn.example:70000/", "wss://vpn.example:x/",
                "wss://user:secret@vpn.example/"):
        yield f"malformed URL '{url}'", "InvalidSetting", ["server-url"], {"server_url": url}
    yield "unknown host", "Unreachable", ["nowhere.example"], {"server_url": "wss://nowhere.example/"}
    yield "closed port", "Unreachable", ["refused", "8444"], {"server_url": f"wss://{SERVER4}:8444/"}
    yield "unknown authority", "TlsFailed", ["certificate", "vpn.example"], {"tls_ca_file": None}
    yield "wrong name", "TlsFailed", ["certificate", "other.example"], {"server_url": f"wss://other.example{PATH}"}
    yield "no such file", "InvalidSetting", ["tls-ca-file"], {"tls_ca_file": "/nonexistent/ca.pem"}
    yield "no certificate in the file", "TlsFailed", ["tls-ca-file"], {"tls_ca_file": "/etc/hostname"}
    yield "a server that says nothing", "Timeout", ["8443", "2 s"], {"server_url": f"wss://{SERVER4}:8443/",
                                                                      "connect_timeout_s": 2}
    yield "the same without TLS", "Timeout", ["8443"], {"server_url": f"ws://{SERVER4}:8443/", "connect_timeout_s": 1}
    yield "no server public key", "InvalidSetting", ["server-public-key"], {"server_public_key": None}
    yield "no URL", "InvalidSetting", ["server-url"], {"server_url": None}


def test_black_hole(lab: Lab) -> None:
    """A server that does not answer."""
    client = make_clients(lab, OTHER_KEY)[0]
    lab.router.ip("route", "replace", f"{BLACK_HOLE}/32", "dev", "server")  # no machine has this address
    lab.router.ip("neighbour", "replace", BLACK_HOLE, "lladdr", "02:00:00:00:00:99", "dev", "server")
    passed, detail = refuse(client, "Timeout", [BLACK_HOLE], server_url=f"wss://{BLACK_HOLE}/", connect_timeout_s=2)
    assert passed, detail


def test_wrong_key_without_proof(lab: Lab) -> None:
    """A wrong server key, with a server that admits everybody."""
    _, key = start_server(lab, require_proof=False)
    (client,) = make_clients(lab, key)
    passed, detail = refuse(client, "ServerKeyMismatch", ["server-public-key"], server_public_key=OTHER_KEY)
    assert passed, detail
    client.connect()


def test_certificate_unchecked(lab: Lab) -> None:
    """tls-verify none: any certificate will do, but the server's key must be right."""
    _, key = start_server(lab)
    (client,) = make_clients(lab, key, tls_ca_file=None, tls_verify="none", server_url=f"wss://other.example{PATH}")
    client.connect()
    ping(lab.client, "10.8.0.1")
    client.disconnect()
    passed, detail = refuse(client, "ServerKeyMismatch", [], server_public_key=OTHER_KEY)
    assert passed, detail


def test_limits(lab: Lab) -> Iterator[Result]:
    """Server full, pool exhausted; the connected client does not notice."""
    server = Daemon(lab, lab.server).server()
    usual: dict[str, Any] = {"listen": [f"{SERVER4}:443"], "path": PATH, **tls.server_settings()}
    for name, word, settings in (("server full", "server-full", {"max_clients": 1}),
                                 ("pool exhausted", "pool-exhausted", {"ipv4_pool": "10.8.0.0/30"})):
        key = server.start(**usual, **settings)["public-key"]
        first, second = make_clients(lab, key) if name == "server full" else (first, second)
        first.connect()
        pinger = Pinger(lab.clients[0], "10.8.0.1")
        passed, detail = refuse(second, "LimitExceeded", [word])
        lost = pinger.lost()
        yield name, passed and lost == 0, f"{detail}; {lost} pings lost"
        first.disconnect()
        if name == "server full":
            second.connect()
            second.disconnect()
        server.stop()


def test_web_site(lab: Lab) -> None:
    """A URL of a web site."""
    nginx.start(lab, lab.server)
    client = make_clients(lab, OTHER_KEY)[0]
    for url, name, said in (("wss://vpn.example/", "Failed", "is not a SmartVPN server"),
                            (URL, "ServerKeyMismatch", "there is no SmartVPN server")):
        passed, detail = refuse(client, name, [said, url], server_url=url)
        assert passed, detail


def test_other_websocket(lab: Lab) -> None:
    """A URL of a WebSocket that echoes."""
    async def echo(connection: Connection) -> None:
        ws = await connection.accept()
        while True:
            ws.send(await ws.recv_message())
    loop = NamespaceLoop(lab, lab.server)
    server = PeerServer(handler=echo, admission=False)
    loop.run(server.start(8080, SERVER4))
    client = make_clients(lab, OTHER_KEY)[0]
    passed, detail = refuse(client, "Failed", ["is not a SmartVPN server"], server_url=server.url)
    assert passed, detail


def test_no_tls_there(lab: Lab) -> None:
    """wss to a port without TLS, and ws to a port with TLS."""
    server, key = start_server(lab, listen=[f"{SERVER4}:8080"], tls_certificate_file=None, tls_key_file=None)
    (client,) = make_clients(lab, key)
    passed, detail = refuse(client, "TlsFailed", [], server_url=f"wss://{SERVER4}:8080{PATH}")
    assert passed, detail
    server.stop()
    server.start(listen=[f"{SERVER4}:443"], path=PATH, **tls.server_settings())
    passed, detail = refuse(client, "Failed", [SERVER4], server_url=f"ws://{SERVER4}:443{PATH}")
    assert passed, detail
