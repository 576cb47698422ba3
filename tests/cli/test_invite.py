# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Invitations.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_invite
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
from typing import Any

from gi.repository import GLib

from .scene import KEY, PATIENCE_S, PROGRAM, SERVERS, CommandScene, text


def addresses(*listen: str) -> GLib.Variant:
    """Addresses to listen on."""
    return GLib.Variant("as", listen)


class TestInvite(CommandScene):
    """Invitations."""

    def settings(self, **values: Any) -> None:
        """The stored settings of the server."""
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {
            key.replace("_", "-"): value if isinstance(value, GLib.Variant) else text(value)
            for key, value in values.items()}, [])

    def run_refused(self, *words: str) -> str:
        """Runs a command whose output goes to a full disk. Returns what it says."""
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S,
                                  check=False, env={**os.environ, "LC_ALL": "C.UTF-8", "SMARTVPN_BUS": self.mock.address})
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def certificate(self, *names: str) -> str:
        """A certificate for names, and its key, in one file."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=x", "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names),
                        "-keyout", self.folder / "key", "-out", self.folder / "certificate"],
                       check=True, capture_output=True, timeout=PATIENCE_S)
        return str(self.folder / "certificate")

    def test_url(self) -> None:
        """The URL comes from the options, or else from the server's settings and certificate."""
        certificate = self.certificate("*.example.org", "vpn.example.org")
        tls = {"tls_certificate_file": certificate}
        public = {"public_url": "wss://site.example/live"}
        for options, settings, expected in (
                (["--host", "2001:db8::1"], {**tls, "listen": addresses("[::]:8443")}, "wss://[2001:db8::1]:8443/"),
                (["--url", "wss://w/x"], {"path": "/live"}, "wss://w/x"),
                (["--url", "wss://w/x"], public, "wss://w/x"),
                ([], public, "wss://site.example/live"),
                ([], {**public, **tls}, "wss://site.example/live"),
                (["--host", "v"], {**public, **tls}, "wss://v/"),
                ([], {**tls, "path": "/live"}, "wss://vpn.example.org/live"),
                (["--host", "v"], {**tls, "listen": addresses("127.0.0.1:80", "[::]:444", "[::]:443")}, "wss://v:444/")):
            with self.subTest(expected):
                self.settings(**settings)
                result = self.run_command("invite", *options, "--json")
                self.assertEqual(result.error, "")
                self.assertEqual(json.loads(result.output), {"server-url": expected, "server-public-key": KEY})

    def test_hidden(self) -> None:
        """A server without TLS, or on loopback, is behind another one, whose URL has to be given: nobody is authorized."""
        no_tls = {"listen": addresses("127.0.0.1:8080"), "path": "/live"}
        loopback = {"listen": addresses("127.0.0.1:443", "[::1]:443"), "tls_certificate_file": self.certificate("v.example")}
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [])
        for settings, why in (({}, "has no tls-certificate-file"), (no_tls, "has no tls-certificate-file"),
                              (loopback, "listens on loopback only")):
            for options in ([], ["--host", "vpn.example.org"]):
                with self.subTest(why, options=options):
                    self.settings(client_auth="required", **settings)
                    self.fails(2, f"server 'default' {why}, so its URL is that of the web server in front of it; give --url"
                                  f" wss://NAME{settings.get('path', '/')}, or set public-url in its profile",
                               "invite", "laptop", *options)
                    self.sent("Server.AuthorizeClient", "")

    def test_warnings(self) -> None:
        """What keeps invited clients out is said with the invitation, and other findings are not."""
        self.settings(public_url="wss://v/")
        self.assertEqual(self.run_command("invite", "--link").status, 0)
        self.sent("Server.Check", "")  # who needs no rights is not asked for any
        self.settings(public_url="wss://v/", client_auth="required")
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [])
        finding = "pool-too-small: 2 clients are authorized, but the pools have addresses for 1"
        for code, says in ((finding, f"smartvpnctl: warning: {finding}\n"), ("certificate-expires: soon", None), ("needs-restart: x", "")):
            self.mock.answer("Server.Check", "(as)", [code])
            result = self.run_command("invite", "laptop", "--link")
            self.assertEqual(result.status, 0, result.error)
            self.assertEqual(result.error, says if says is not None else f"smartvpnctl: warning: {code}\n")
            self.assertTrue(result.output.startswith("smartvpn"))

    def test_forms(self) -> None:
        """JSON, link and QR code, all, two or one of them."""
        self.settings(public_url="ws://v/")
        link = f"smartvpn+ws://v/?mtu=1400&server-public-key={KEY.replace('+', '%2B')}"
        self.prints(f"{link}\n", "invite", "laptop", "mtu=1400", "--link")
        qr = self.run_command("invite", "laptop", "mtu=1400", "--qr").output
        self.assertRegex(qr, "^[ ▀▄█\n]+$")
        self.prints(f"{link}\n{qr}", "invite", "laptop", "mtu=1400", "--link", "--qr")
        printed = self.run_command("invite", "laptop", "mtu=1400")
        self.assertTrue(printed.output.startswith(
            "On the new client, give one of these to: smartvpnctl profile import\n{\n"), printed.output)
        self.assertIn(f"\n{link}\n\n", printed.output)
        self.assertEqual(printed.error, "")
        file = self.folder / "laptop.json"
        self.prints("", "invite", "laptop", "--output", str(file))
        self.assertEqual((stat.S_IMODE(file.stat().st_mode), json.loads(file.read_text())["server-url"]), (0o600, "ws://v/"))

    def test_authorized(self) -> None:
        """A server that accepts known clients only, or an option for one, authorizes a new key."""
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("phone"), "public-key": text(KEY)}])
        for client_auth, options in (("required", []), ("optional", []), ("none", ["--authorize"]),
                                     ("none", ["--ipv4", "10.8.0.9"]), ("none", ["--expires", "30d"])):
            with self.subTest(client_auth, options=options):
                self.settings(client_auth=client_auth, public_url="wss://v/")
                result = self.run_command("invite", "laptop", *options, "--json")
                self.assertEqual((result.status, result.error), (0, ""))
                private = json.loads(result.output)["private-key"]
                public = self.run_command("pubkey", stdin=private).output.strip()
                self.assertIn(f"'public-key': <'{public}'>", self.mock.got("Server.AuthorizeClient"))
        told = self.run_command("invite", "laptop", "--authorize").error
        self.assertEqual(told, "smartvpnctl: the client's private key is in each of them: whoever sees one can connect as"
                         " this client\n")

    def test_refused(self) -> None:
        """After an error no client is authorized."""
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("phone"), "public-key": text(KEY)}])
        self.settings(client_auth="required", public_url="wss://v/")
        (self.folder / "there").touch()
        there = str(self.folder / "there")
        long = ",".join(f"10.{number // 256}.{number % 256}.0/24" for number in range(250))
        for status, says, words in (
                (2, "'mtu=1400' is not a NAME; the NAME of the new client comes before KEY=VALUE", ["mtu=1400"]),
                (2, "this server accepts known clients only; give a NAME for the new client", []),
                (2, "client 'phone' is already authorized; give another NAME, or revoke the client first", ["phone"]),
                (1, f"{there}: File exists", ["laptop", "--output", there]),
                (1, "/nonexistent/x: No such file or directory", ["laptop", "--output", "/nonexistent/x"]),
                (1, f"{self.folder}/: Is a directory", ["laptop", "--output", f"{self.folder}/"]),
                (2, "server-url: contains '?', which a link cannot carry", ["laptop", "--url", "wss://v/?a"]),
                (2, "'x' is not a rate, such as 500k, 2M or 10Mbit", ["laptop", "--limit", "x"]),
                (2, "the link is too long for a QR code; leave out --qr, or some settings", ["laptop", f"routes={long}", "--qr"]),
                (2, "--json does not go with --link or --qr; the profile in JSON is all", ["laptop", "--json", "--qr"]),
                (2, "server-url: comes from the server; --url and --host change the URL", ["laptop", "server-url=wss://w/"]),
                (2, "wait: an option of one connect or start, which no profile stores; use --set", ["laptop", "wait=false"]),
                (2, "unknown setting 'mtux'; did you mean 'mtu'?", ["laptop", "mtux=1"])):
            with self.subTest(says):
                self.fails(status, says, "invite", *words)
                self.sent("Server.AuthorizeClient", "")
        self.change(f"{SERVERS}default", PublicKey="")
        self.fails(4, "server 'default' has no key yet; start it once with \"smartvpnctl server start\"", "invite", "laptop")

    def test_taken_back(self) -> None:
        """Whatever fails after the authorization, the server revokes the client, no file remains, and a retry works."""
        file = self.folder / "laptop.json"
        self.settings(client_auth="required", public_url="wss://v/")
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [])
        refused = self.run_refused("invite", "laptop", "--output", str(file), "--link")
        self.assertEqual(refused, "smartvpnctl: the invitation cannot be printed: No space left on device\n")
        self.sent("Server.RevokeClient", "('laptop',)")
        self.assertFalse(file.exists())
        self.mock.refuse("Server.RevokeClient", "org.smartvpn.Error.Failed", "the disk is full")
        self.assertTrue(self.run_refused("invite", "laptop", "--link").startswith(
            "smartvpnctl: client 'laptop' stays authorized, without an invitation: the disk is full\n"))
        self.mock.steer("Forget")
        self.prints("", "invite", "laptop", "--output", str(file))
        self.sent("Server.RevokeClient", "")
        self.assertIn("private-key", json.loads(file.read_text()))

    def test_not_authorized(self) -> None:
        """A server that refuses leaves no file."""
        file = self.folder / "laptop.json"
        self.settings(client_auth="required", public_url="wss://v/")
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [])
        self.mock.refuse("Server.AuthorizeClient", "org.smartvpn.Error.LimitExceeded", "the list is full")
        self.fails(9, "the list is full", "invite", "laptop", "--output", str(file))
        self.assertFalse(file.exists())
        self.sent("Server.RevokeClient", "")
