# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Our client and our server against an independent implementation of the protocol (tests/peer)."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator

from peer.client import PeerClient
from peer.noise import generate_private_key, public_key
from peer.server import PeerServer

from . import tls
from .harness import GATEWAY4, GATEWAY6, SERVER4, SERVER6, WEB4, WEB6, Lab, wait_until
from .peers import NamespaceLoop
from .scene import PATH, URL4, make_clients, start_server
from .traffic import Pinger, ping
from .vpn import Daemon

Result = tuple[str, bool, str]


def server_context() -> ssl.SSLContext:
    """TLS as a server, with the certificate for the server's names."""
    made = tls.server()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate, made.key)
    return context


def client_context() -> ssl.SSLContext:
    """TLS as a client that trusts the test authority."""
    return ssl.create_default_context(cafile=str(tls.authority().certificate))


def test_our_client(lab: Lab) -> Iterator[Result]:
    """Our client against the peer's server: ws and wss, NK and IK, pings of both families, Disconnect()."""
    loop = NamespaceLoop(lab, lab.server)
    client = Daemon(lab, lab.client).client()
    private = generate_private_key()
    for scheme, context in (("ws", None), ("wss", server_context())):
        for pattern in ("NK", "IK"):
            known = {public_key(private)} if pattern == "IK" else None
            server = PeerServer(path=PATH, tls=context, known_clients=known)
            loop.run(server.start(0, SERVER4))
            result = client.connect(server_url=server.url,
                                    server_public_key=base64.b64encode(server.public_key).decode(),
                                    private_key=base64.b64encode(private).decode() if known else None,
                                    **tls.client_settings())
            for address in (result["gateway"], result["gateway6"]):
                ping(lab.client, address, count=20)
            client.disconnect()
            wait_until(lambda: not server.pool.owners, "that the peer has noticed")
            loop.run(server.stop())
            yield f"{scheme} {pattern}", client.get("State") == "disconnected", ""


def test_our_server(lab: Lab) -> Iterator[Result]:
    """The peer's client against our server: NK and IK over IPv4 and IPv6, pings to the gateway and beyond."""
    server, key = start_server(lab)
    loop = NamespaceLoop(lab, lab.client)

    async def session(url: str, private: bytes | None) -> str:
        peer = await PeerClient.connect(url, base64.b64decode(key), private, tls=client_context())
        for address in (GATEWAY4, GATEWAY6, WEB4, WEB6):
            for _ in range(20):
                await peer.ping(address)
        await peer.keepalive()
        if "rekey" in peer.welcome["capabilities"]:
            await peer.rekey()
            await peer.ping(GATEWAY4)
        await peer.close()
        return f"{peer.ended.result()}; {peer.violation}"

    for url, family in ((URL4, "IPv4"), (f"wss://[{SERVER6}]{PATH}", "IPv6")):
        for pattern, private in (("NK", None), ("IK", generate_private_key())):
            ended = loop.run(session(url, private))
            yield f"{pattern} over {family}", ended.endswith("None"), ended
    wait_until(lambda: not server.list_clients(), "that the server has noticed")
    statistics = server.statistics()
    yield "no protocol error", statistics["protocol-errors"] == 0 and statistics["sessions-total"] == 4, str(statistics)


def own_routes(lab: Lab, interface: str) -> set[str]:
    """The networks that the client reaches through its tunnel."""
    text = "".join(lab.client.ip(family, "route", "show", "table", "all", "proto", "83", "dev", interface) for family in ("-4", "-6"))
    return {line.split()[0] for line in text.splitlines()}


def test_new_config(lab: Lab) -> None:
    """The client applies a config of the peer's server while pings go on. An impossible config changes nothing, and the user's
    own settings stay."""
    loop = NamespaceLoop(lab, lab.server)
    server = PeerServer(path=PATH)
    loop.run(server.start(0, SERVER4))
    (client,) = make_clients(lab, base64.b64encode(server.public_key).decode(), server_url=server.url)

    async def configure(**members: object) -> None:
        for connection in server.pool.owners.values():
            connection.send_config(**members)

    result = client.connect(mtu=1400)
    interface = result["interface"]
    networks = {"10.8.0.0/24", "fd00:8::/64"}
    assert result["mtu"] == 1400 and own_routes(lab, interface) == networks, (result, own_routes(lab, interface))
    wait_until(lambda: server.pool.owners, "that the peer knows who it is")
    pinger = Pinger(lab.client, GATEWAY4, 0.02)
    for bad in ({"mtu": "x"}, {"mtu": 1300, "routes": ["127.0.0.0/8"]}, {"routes": {"a": 1}},
                {"dns": ["::1"], "mtu": 1300}):
        loop.run(configure(**bad))
    loop.run(configure(mtu=1300))
    assert client.wait_signal("ConfigChanged") == ({"mtu": 1300, "dns": ["10.8.0.1"], "routes": sorted(networks)},)
    assert "mtu 1300" in lab.client.ip("link", "show", interface)
    client.clear()
    loop.run(configure(mtu=9000, dns=["192.0.2.53"], routes=["198.18.0.0/15"]))
    client.wait_signal("ConfigChanged")
    status = client.status()
    assert (status["mtu"], status["dns"], status["routes"]) == (1400, ["192.0.2.53"], ["198.18.0.0/15"]), status
    assert "mtu 1400" in lab.client.ip("link", "show", interface), "the client's wish is the bound"
    assert own_routes(lab, interface) == networks | {"198.18.0.0/15"}
    client.daemon.kill()
    loop.run(configure(mtu=1290))
    client.daemon.start()
    wait_until(lambda: client.status()["mtu"] == 1290, "what was changed while there was no smartvpnd")
    assert pinger.lost() == 0
    client.disconnect()

    client.connect(mtu=1400, dns=["192.0.2.54"], routes=["198.19.0.0/16"])
    client.clear()
    wait_until(lambda: server.pool.owners, "that the peer knows who it is")
    loop.run(configure(mtu=1350, dns=["192.0.2.53"], routes=["0.0.0.0/0"]))
    config = {"mtu": 1350, "dns": ["192.0.2.54"], "routes": ["198.19.0.0/16"]}
    assert client.wait_signal("ConfigChanged") == (config,)
    assert own_routes(lab, client.get("Interface")) == {"198.19.0.0/16"}, own_routes(lab, client.get("Interface"))
    assert client.get("State") == "connected"


def test_our_client_hears_a_reason(lab: Lab) -> None:
    """Our client reports the reason in a DISCONNECT of the peer's server."""
    loop = NamespaceLoop(lab, lab.server)
    server = PeerServer(path=PATH)
    loop.run(server.start(0, SERVER4))
    (client,) = make_clients(lab, base64.b64encode(server.public_key).decode(), server_url=server.url)
    client.connect()

    async def dismiss() -> None:
        for connection in server.pool.owners.values():
            server.spawn(connection.endpoint.close("the house is closing"))
    loop.run(dismiss())
    client.wait_state("disconnected")
    assert any("the house is closing" in str(arguments) for _, arguments in client.signals), client.signals
