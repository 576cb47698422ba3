# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The front as a web server: what strangers get must be what the nginx behind it gives, byte for byte; TLS as OpenSSL
and curl see it.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest engine.front.test_web
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

PATIENCE_S = 30
SERVER = Path(os.environ["SMARTVPN_BUILD"]) / "tests/engine/front/front-server"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"  # not in the path of every user
TUNNEL = "/live/feed"
UPGRADE = ("Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
FALSE_PROOF = "Cookie: sid=" + "NH42vYcGCVlEt60BKV4KaXevr1JQknXun2zsOQM9iA-sA-5hxWGRh2I8m0sgVkhj" + "\r\n"

CONFIG = """\
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr crit;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
  uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  types {{ text/html html; text/plain txt; }}
  server {{
    listen 127.0.0.1:{plain};
    listen 127.0.0.1:{proxied} proxy_protocol;
    listen 127.0.0.1:{tls} ssl;
    ssl_certificate {directory}/certificate.pem;
    ssl_certificate_key {directory}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    absolute_redirect off;
    lingering_timeout 50ms;
    root {directory}/site;
    location = /whoami {{ return 200 "$proxy_protocol_addr\\n"; }}
  }}
}}
"""


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def running(*argv: str | Path, port: int | None = None) -> Iterator[int]:
    """A server; its port, which it prints if it is not given."""
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        if port is None:
            port = int(process.stdout.readline())
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None, f"{argv[0]} has ended"
            assert time.monotonic() < deadline, f"{argv[0]} does not listen on port {port}"
        yield port
    finally:
        process.kill()
        process.communicate()


class Connection:
    """A connection whose client may end its direction, with TLS or without, and still read."""

    def __init__(self, port: int, tls: bool = True) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(PATIENCE_S)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="vpn.example")
            while not self._try(self.tls.do_handshake):
                self.incoming.write(self.socket.recv(65536))

    def _try(self, step: object) -> bool:
        try:
            step()
            done = True
        except ssl.SSLWantReadError:
            done = False
        if self.outgoing.pending:
            self.socket.sendall(self.outgoing.read())
        return done

    def send(self, data: bytes) -> None:
        """Sends it all."""
        if self.tls:
            self.tls.write(data)
            data = self.outgoing.read()
        self.socket.sendall(data)

    def end(self) -> None:
        """Ends our direction."""
        if self.tls:
            with contextlib.suppress(ssl.SSLError):
                self._try(self.tls.unwrap)
        self.socket.shutdown(socket.SHUT_WR)

    def read(self) -> bytes:
        """All up to the end of the other direction, or until it is broken off."""
        received = bytearray()
        while True:
            try:
                data = self.socket.recv(65536)
            except ConnectionError:
                data = b""
            if not self.tls:
                received += data
            elif data:
                self.incoming.write(data)
                with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLZeroReturnError, ssl.SSLError):
                    while piece := self.tls.read(65536):
                        received += piece
            if not data:
                return bytes(received)


def ask(port: int, data: bytes, *, tls: bool = True, end: bool = True) -> bytes:
    """What is answered to it, with dates, and the numbers that nginx counts up, made equal. Without `end` the server has
    to end the connection."""
    connection = Connection(port, tls)
    with contextlib.closing(connection.socket):
        with contextlib.suppress(OSError):  # it may have been closed already
            connection.send(data)
            if end:
                connection.end()
        return re.sub(rb"Date: [^\r]*|\b0{10,}[0-9]+", b"-", connection.read())


def kinds_of_request(path: str) -> dict[str, bytes]:
    """Requests of all sorts for a path."""
    host = "Host: a\r\n"
    kinds: dict[str, str | bytes] = {}
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "PROPFIND", "get",
                   "FOO", "A-B", "G\tT", "GÄT"):
        kinds[f"method {method}"] = f"{method} {path} HTTP/1.1\r\n{host}\r\n"
    for version in ("HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/1.10",
                    "HTTP/1.", "HTTP/", "http/1.1", "HTTP/11", "FTP/1.1", "", "HTTP/1.1 x"):
        kinds[f"version {version}"] = f"GET {path} {version}\r\n{host}\r\n"
        kinds[f"version {version}, kept"] = f"GET {path} {version}\r\n{host}Connection: keep-alive\r\n\r\n" * 2
    for name, headers in {
        "no host": "", "two hosts": host * 2, "empty host": "Host:\r\n", "bad host": "Host: a/b\r\n",
        "closed": f"{host}Connection: close\r\n", "kept": f"{host}Connection: keep-alive\r\n",
        "range": f"{host}Range: bytes=0-3\r\n", "two ranges": f"{host}Range: bytes=0-1,3-4\r\n",
        "bad range": f"{host}Range: bytes=9999-\r\n", "if-match": f'{host}If-Match: "x"\r\n',
        "if-none-match": f"{host}If-None-Match: *\r\n",
        "if-modified": f"{host}If-Modified-Since: Thu, 01 Jan 2037 00:00:00 GMT\r\n",
        "expect": f"{host}Expect: 100-continue\r\n", "bad expect": f"{host}Expect: 200-ok\r\n",
        "space before colon": f"{host}A : b\r\n", "no colon": f"{host}A\r\n", "folded": f"{host}A: b\r\n c\r\n",
        "space in name": f"{host}A b: c\r\n", "underscore": f"{host}A_b: c\r\n", "zero": f"{host}A: b\0c\r\n",
        "upgrade": UPGRADE, "upgrade with a false proof": UPGRADE + FALSE_PROOF,
        "upgrade of version 8": UPGRADE.replace("13", "8"),
        "upgrade without key": f"{host}Upgrade: websocket\r\nConnection: Upgrade\r\n",
        "h2c": f"{host}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "false proof": host + FALSE_PROOF, "gzip": f"{host}Accept-Encoding: gzip\r\n",
        "large cookie": f"{host}Cookie: {'x' * 5000}\r\n", "too large cookie": f"{host}Cookie: {'x' * 9000}\r\n",
        "far too large cookie": f"{host}Cookie: {'x' * 20000}\r\n", "many headers": host + "A: b\r\n" * 90,
        "too many headers": host + "A: b\r\n" * 2000, "large in all": host + f"A: {'x' * 4000}\r\n" * 9,
    }.items():
        for method in ("GET", "POST"):
            kinds[f"{method} {name}"] = f"{method} {path} HTTP/1.1\r\n{headers}\r\n"
    for method in ("GET", "POST", "PUT"):
        for name, rest in {
            "length": "Content-Length: 5\r\n\r\nabcde", "too few": "Content-Length: 9\r\n\r\nabcde",
            "more": "Content-Length: 2\r\n\r\nabcde",
            "two lengths": "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "bad length": "Content-Length: x\r\n\r\n",
            "negative": "Content-Length: -1\r\n\r\n", "huge": "Content-Length: 9000000000\r\n\r\nabc",
            "chunks": "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "bad chunks": "Transfer-Encoding: chunked\r\n\r\nx\r\n",
            "length and chunks": "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "coding": "Transfer-Encoding: gzip, chunked\r\n\r\n",
            "expected": "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
        }.items():
            kinds[f"{method} with a body, {name}"] = f"{method} {path} HTTP/1.1\r\n{host}{rest}"
    for name, target in {
        "query": path + "?a=b", "fragment": path + "#a", "absolute": f"http://a{path}",
        "absolute, other host": f"https://b{path}",
        "asterisk": "*", "no slash": path[1:], "dots": f"/x/..{path}", "out": f"/..{path}",
        "double slash": f"/{path}", "encoded": "".join(f"%{ord(c):02x}" for c in path), "bad escape": f"{path}%zz",
        "zero": f"{path}%00", "long": f"{path}?{'a' * 7000}", "too long": f"{path}?{'a' * 9000}",
        "far too long": f"{path}?{'a' * 40000}",
        "space": f"{path} x", "umlaut": f"{path}?ä", "empty": "",
    }.items():
        kinds[f"target, {name}"] = f"GET {target} HTTP/1.1\r\n{host}\r\n"
    simple = f"GET {path} HTTP/1.1\r\n{host}\r\n"
    kinds |= {
        "pipelined": simple * 5, "pipelined, one bad": simple + "\0" + simple,
        "empty lines first": "\r\n\r\n" + simple,
        "LF alone": simple.replace("\r\n", "\n"), "CR alone": simple.replace("\r\n", "\r"), "LF first": "\n" + simple,
        "half a head": simple[:-2], "half a line": simple[:20], "one byte": "G", "nothing": "", "space first": " " + simple,
        "HTTP/0.9": f"GET {path}\r\n", "HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "TLS": b"\x16\x03\x01\x00\x10" + bytes(16),
        "SSH": "SSH-2.0-x\r\n", "zeros": bytes(100), "high bytes": b"\xff" * 100, "text": "hello world\r\n\r\n",
        "long line": "x" * 40000,
    }
    return {name: text if isinstance(text, bytes) else text.encode() for name, text in kinds.items()}


def command(*argv: str) -> str:
    """What it prints."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S,
                          check=False)
    return done.stdout.decode(errors="replace")


class Web(unittest.TestCase):
    """An nginx with a site, and fronts."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        """Starts the nginx."""
        cls.directory = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="smartvpn-front-")))
        cls.directory.chmod(0o755)
        site = cls.directory / "site"
        (site / "sub").mkdir(parents=True)
        (site / "index.html").write_text("A site like any other.\n")
        (site / "page.html").write_text("A page of it.\n" * 100)
        (site / "large.txt").write_bytes(b"0123456789abcdef" * 262144)
        cls.certificate, cls.key = cls.directory / "certificate.pem", cls.directory / "key.pem"
        output = command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                         "-days", "2", "-subj", "/CN=vpn.example", "-keyout", str(cls.key), "-out", str(cls.certificate))
        assert cls.key.exists(), output
        cls.plain, cls.proxied, cls.nginx_tls = free_ports(3)
        config = cls.directory / "nginx.conf"
        config.write_text(CONFIG.format(directory=cls.directory, plain=cls.plain, proxied=cls.proxied, tls=cls.nginx_tls))
        cls.enterClassContext(running(NGINX, "-e", "stderr", "-p", cls.directory, "-c", config, port=cls.plain))
        cls.tls = ("--certificate", str(cls.certificate), "--key", str(cls.key))

    def front(self, *arguments: str) -> int:
        """A front's port."""
        return self.enterContext(running(SERVER, *arguments))

    def test_like_nginx(self) -> None:
        """Whatever is asked of the tunnel's path or another, the answer is that of the nginx itself."""
        front = self.front(*self.tls, "--origin", f"127.0.0.1:{self.plain}")
        plain_front = self.front("--origin", f"127.0.0.1:{self.plain}")
        number = 0
        for path in (TUNNEL, "/missing", "/page.html"):
            for name, request in kinds_of_request(path).items():
                with self.subTest(path=path, kind=name):
                    expected = ask(self.nginx_tls, request)
                    self.assertEqual(ask(front, request), expected)
                    self.assertEqual(ask(plain_front, request, tls=False), ask(self.plain, request, tls=False))
                    number += 1
        self.assertGreater(number, 3 * 129)

    def test_one_answer(self) -> None:
        """Of a site of our own the tunnel's path gets what an unknown one of the same length gets."""
        for arguments in ((), ("--directory", str(self.directory / "site"))):
            front = self.front(*self.tls, *arguments)
            other = kinds_of_request("/live/pics")
            for name, request in kinds_of_request(TUNNEL).items():
                with self.subTest(kind=name, arguments=arguments):
                    answer = ask(front, request)
                    self.assertEqual(answer, ask(front, other[name]))
                    self.assertFalse(b" 101 " in answer)

    def test_large(self) -> None:
        """A large file comes whole, from an nginx behind and from a directory."""
        content = (self.directory / "site/large.txt").read_bytes()
        for arguments in (("--origin", f"127.0.0.1:{self.plain}"), ("--directory", str(self.directory / "site"))):
            for tls in (True, False):
                front = self.front(*(self.tls if tls else ()), *arguments)
                answer = ask(front, b"GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", tls=tls, end=False)
                self.assertTrue(answer.partition(b"\r\n\r\n")[2] == content, "other bytes than those of the file")

    def test_proxy_header(self) -> None:
        """An origin that wants to know whom a connection is from is told in either version."""
        for version in ("1", "2"):
            front = self.front(*self.tls, "--origin", f"127.0.0.1:{self.proxied}", "--origin-proxy-header", version)
            self.assertTrue(ask(front, b"GET /whoami HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\n127.0.0.1\n"))

    def test_garbage(self) -> None:
        """What is no TLS, or no good one, gets from us what nginx and OpenSSL send: the same alert, or a page of 400."""
        front = self.front(*self.tls)
        hello = bytes.fromhex("16030100080100000403030102")
        for name, data in {
            "HTTP": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "text": b"hello world\r\n", "zeros": bytes(64),
            "SSH": b"SSH-2.0-x\r\n", "alert": b"\x15\x03\x01\x00\x02\x02\x28", "application data": b"\x17\x03\x03\x00\x05hello",
            "CCS": b"\x14\x03\x03\x00\x01\x01",
            "SSL 2": bytes.fromhex("802e0100020015000000100100800200800300800400800500800600400700c0") + b"a" * 32,
            "0x80": b"\x80" * 40, "0xff": b"\xff" * 40, "another major version": b"\x16\x09\x01\x00\x10" + b"\1" * 16,
            "record too long": b"\x16\x03\x01\xff\xff" + b"\1" * 100, "ServerHello": b"\x16\x03\x01\x00\x04\x02\0\0\0",
            "Finished": b"\x16\x03\x01\x00\x04\x14\0\0\0", "message too long": b"\x16\x03\x01\x00\x04\x01\xff\xff\xff",
            "message cut by another record": b"\x16\x03\x01\x00\x06" + hello[5:11] + b"\x17\x03\x03\x00\x05hello",
            "empty ClientHello": b"\x16\x03\x01\x00\x04\x01\0\0\0",
            "ClientHello of nonsense": b"\x16\x03\x01\x00\x30\x01\0\0\x2c\x03\x03" + b"\xff" * 42,
            "a byte": b"\x16", "half a hello": hello[:9],
        }.items():
            with self.subTest(kind=name):
                expected, answer = ask(self.nginx_tls, data, tls=False), ask(front, data, tls=False)
                if expected.startswith(b"HTTP/1.1 400 "):
                    self.assertEqual(answer[:13], expected[:13])
                else:
                    self.assertEqual(answer, expected)

    def test_resumption(self) -> None:
        """OpenSSL's client comes back with its ticket."""
        front = self.front(*self.tls)
        for version in ("-tls1_2", "-tls1_3"):
            ticket = self.directory / f"ticket{version}"
            # it ends once it has got the page, and with TLS 1.3 the ticket before that
            script = ("printf 'GET /x HTTP/1.0\\r\\n\\r\\n' | openssl s_client -ign_eof -alpn h2,http/1.1"
                      " -connect 127.0.0.1:%d %s -sess_%s %s 2>&1")
            first = command("sh", "-c", script % (front, version, "out", ticket))
            again = command("sh", "-c", script % (front, version, "in", ticket))
            self.assertIn("New, TLSv1.", first)
            self.assertIn("ALPN protocol: http/1.1", first)
            self.assertIn("Reused, TLSv1.", again)
            self.assertIn("404 Not Found", again)

    def test_curl(self) -> None:
        """curl gets files, and parts of them, over one connection."""
        front = self.front(*self.tls, "--directory", str(self.directory / "site"))
        url = f"https://127.0.0.1:{front}"
        output = command("curl", "-sk", "--http1.1", "-w", "%{http_code} %{num_connects}\\n", "-r", "2-5",
                         f"{url}/", f"{url}/page.html", f"{url}/missing.html", *(["-o", "/dev/null"] * 3))
        self.assertEqual(output.split(), ["206", "1", "206", "0", "404", "0"])
        self.assertEqual(command("curl", "-sk", f"{url}/"), "A site like any other.\n")
        redirect = command("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code} %header{location}", f"{url}/sub")
        self.assertEqual(redirect, "301 /sub/")
