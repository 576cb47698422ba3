# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The web site that strangers see: whatever they ask, the tunnel's path answers like a path that does not exist, and a web server
behind us answers byte for byte as without us."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

from peer.client import insecure_context

from . import nginx
from .harness import SERVER4, Lab
from .peers import NamespaceLoop
from .scene import PATH, start_server

Result = tuple[str, bool, str]
ORIGIN = 8090  # the port of the web server, on 127.0.0.1
TLS = insecure_context()
ANSWER_S = 15  # nginx ends each connection after 2 s
AT_ONCE = 16
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = f"Upgrade: websocket\r\nConnection: Upgrade\r\n{KEY}\r\nSec-WebSocket-Version: 13"
SID = "A" * 64
UNKNOWN = "/live/feel"  # as long as the tunnel's path
LAST = "GET /last HTTP/1.1\r\nHOST\r\nConnection: close\r\n\r\n"

# Each is what is sent, "PATH" stands for the path. "HOST" is a Host header.
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "PROPFIND", "get", "FOO", "G@T", "A" * 40]
LINES = ["GET PATH HTTP/1.0\r\n\r\n", "GET PATH HTTP/1.0\r\nHOST\r\n\r\n", "GET PATH HTTP/1.1\r\n\r\n", "GET PATH\r\n",
         "GET PATH HTTP/1.2\r\nHOST\r\n\r\n", "GET PATH HTTP/2.0\r\nHOST\r\n\r\n", "GET PATH HTTP/11\r\nHOST\r\n\r\n",
         "GET  PATH  HTTP/1.1\r\nHOST\r\n\r\n", "GET PATH HTTP/1.1\nHOST\n\n", "\r\n\r\nGET PATH HTTP/1.1\r\nHOST\r\n\r\n",
         "GET PATH?x=1 HTTP/1.1\r\nHOST\r\n\r\n", "GET PATH/ HTTP/1.1\r\nHOST\r\n\r\n", "GET PATH/../x HTTP/1.1\r\nHOST\r\n\r\n",
         "GET http://vpn.examplePATH HTTP/1.1\r\nHOST\r\n\r\n", "GET %PATH HTTP/1.1\r\nHOST\r\n\r\n",
         "OPTIONS * HTTP/1.1\r\nHOST\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
HEADERS = ["Host: other.example", "HOST\r\nHOST", "HOST\r\nBad Header: 1", "HOST\r\nX : 1", "HOST\r\nX: 1\r\n folded", "HOST\r\n: empty",
           "HOST\r\nX: \0", "HOST\r\nNo-Colon", "HOST\r\nConnection: keep-alive", "HOST\r\nConnection: close",
           "HOST\r\nRange: bytes=0-3", "HOST\r\nIf-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT", "HOST\r\nIf-None-Match: *",
           "HOST\r\nAccept-Encoding: gzip", "HOST\r\nCookie: sid=" + SID, "HOST\r\nX: " + "x" * 9000, "HOST\r\nX: " + "x" * 40000,
           "HOST\r\n" + "\r\n".join(f"X-{i}: {i}" for i in range(100))]
BODIES = ["Content-Length: 5\r\n\r\nhello", "Content-Length: 5\r\n\r\nhe", "Content-Length: 0\r\n\r\n", "Content-Length: -1\r\n\r\n",
          "Content-Length: x\r\n\r\n", "Content-Length: 99999999999999999999\r\n\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
          "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "Transfer-Encoding: gzip\r\n\r\n",
          "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", "Expect: magic\r\nContent-Length: 5\r\n\r\nhello"]
UPGRADES = [UPGRADE, UPGRADE + f"\r\nCookie: sid={SID}", UPGRADE + "\r\nCookie: sid=short", UPGRADE + f"\r\nCookie: a=b; sid={SID}; c=d",
            UPGRADE.replace("13", "12"), UPGRADE.replace(KEY, "X: 1"), UPGRADE.replace("websocket", "h2c"),
            UPGRADE.replace("Connection: Upgrade", "Connection: keep-alive"), UPGRADE + "\r\nContent-Length: 3\r\n\r\nabc"]
OTHERS = ["GET PATH HTTP/1.1\r\nHOST\r\n\r\n" * 3, "HEAD PATH HTTP/1.1\r\nHOST\r\n\r\nGET PATH HTTP/1.1\r\nHOST\r\n\r\n",
          "GET PATH" + "x" * 9000 + " HTTP/1.1\r\nHOST\r\n\r\n", "\x16\x03\x01 garbage\r\n\r\n", "\0\0\0\0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n"]


def kinds() -> list[str]:
    """All of them."""
    def get(headers: str) -> str:
        return f"GET PATH HTTP/1.1\r\n{headers}" + ("" if "\r\n\r\n" in headers else "\r\n\r\n")
    return ([f"{method} PATH HTTP/{version}\r\nHOST\r\n\r\n" for method in METHODS for version in ("1.1", "1.0")] + LINES
            + [get(headers) for headers in HEADERS]
            + [f"{start}\r\nHOST\r\n{body}" for body in BODIES
               for start in ("GET PATH HTTP/1.1", "POST PATH HTTP/1.1", "POST PATH HTTP/1.0")]
            + [get(f"HOST\r\n{upgrade}").replace("GET", method, 1) for upgrade in UPGRADES for method in ("GET", "HEAD", "POST")]
            + OTHERS)


def requests(end: str = "") -> list[bytes]:
    """All of them, for the tunnel's path and for one that does not exist, with a last request behind each."""
    return [(kind.replace("PATH", path) + end).replace("HOST", "Host: vpn.example").encode("latin-1")
            for kind in kinds() for path in (PATH, UNKNOWN)]


async def ask(address: str, port: int, request: bytes, tls: bool) -> bytes:
    """All that comes until the other side ends the connection."""
    reader, writer = await asyncio.open_connection(address, port, ssl=TLS if tls else None)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(), ANSWER_S)
    except ConnectionError as error:
        return str(error).encode()
    except asyncio.TimeoutError:
        return b"no end"
    finally:
        writer.transport.abort()


async def ask_all(address: str, port: int, tls: bool, asked: list[bytes]) -> list[bytes]:
    """The answers to requests."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(request: bytes) -> bytes:
        async with places:
            return await ask(address, port, request, tls)
    return list(await asyncio.gather(*map(one, asked)))


def without_date(answer: bytes) -> bytes:
    """An answer without what differs from second to second."""
    return re.sub(rb"\r\nDate: [^\r]*", b"", answer)


def compare(asked: list[bytes], direct: list[bytes], through: list[bytes]) -> Iterator[Result]:
    """Whether each request got the same answers."""
    for request, expected, answer in zip(asked, direct, through):
        yield repr(request[:70]), without_date(answer) == without_date(expected), f"{answer[:400]!r}, not {expected[:400]!r}"


def test_origin(lab: Lab) -> Iterator[Result]:
    """nginx itself, and nginx behind a server of ours that ends TLS."""
    nginx.start_plain(lab, lab.server, ORIGIN)
    start_server(lab, decoy=f"http://127.0.0.1:{ORIGIN}")
    asked = requests()
    direct = NamespaceLoop(lab, lab.server).run(ask_all("127.0.0.1", ORIGIN, False, asked))
    through = NamespaceLoop(lab, lab.client).run(ask_all(SERVER4, 443, True, asked))
    yield "at least 129 kinds of request", len(set(kinds())) >= 129, str(len(set(kinds())))
    yield "nginx answers in different ways", len({answer[:12] for answer in direct}) > 6, str({answer[:12] for answer in direct})
    yield from compare(asked, direct, through)


def compare_paths(lab: Lab) -> Iterator[Result]:
    """Whether the tunnel's path answers as one that does not exist."""
    asked = requests(LAST)
    answers = NamespaceLoop(lab, lab.client).run(ask_all(SERVER4, 443, True, asked))
    yield "answers differ in general", len({answer[:12] for answer in answers}) > 3, str({answer[:12] for answer in answers})
    yield "each connection has an end", b"no end" not in answers, str([one for one, end in zip(asked, answers) if end == b"no end"])
    yield from compare(asked[::2], answers[1::2], answers[::2])


def test_directory(lab: Lab) -> Iterator[Result]:
    """A directory that we serve."""
    site = lab.directory / "site"
    site.mkdir()
    (site / "index.html").write_text("A site like any other.\n")
    start_server(lab, decoy=str(site))
    yield from compare_paths(lab)


def test_plain_page(lab: Lab) -> Iterator[Result]:
    """The page of a server that has no decoy."""
    start_server(lab)
    yield from compare_paths(lab)
