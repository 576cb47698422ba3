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
from .traffic import ping
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


def test_our_client_hears_a_reason(lab: Lab) -> None:
    """A DISCONNECT of the peer's server: our client tells its reason."""
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
