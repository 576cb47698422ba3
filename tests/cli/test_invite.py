# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Invitations.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_invite
"""

from __future__ import annotations

import json
import stat
import subprocess
from typing import Any

from gi.repository import GLib

from .scene import KEY, PATIENCE_S, SERVERS, CommandScene, text


class TestInvite(CommandScene):
    """Invitations."""

    def settings(self, **values: Any) -> None:
        """The stored settings of the server."""
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {
            key.replace("_", "-"): value if isinstance(value, GLib.Variant) else text(value)
            for key, value in values.items()}, [])

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
        for options, settings, expected in (
                (["--host", "v"], {}, "ws://v:443/"),
                (["--host", "v"], {"listen": GLib.Variant("as", ["0.0.0.0:80"])}, "ws://v/"),
                (["--host", "2001:db8::1"], {"listen": GLib.Variant("as", ["[::]:8080"])}, "ws://[2001:db8::1]:8080/"),
                (["--url", "wss://w/x"], {"path": "/live"}, "wss://w/x"),
                ([], {"tls_certificate_file": certificate, "path": "/live"}, "wss://vpn.example.org/live"),
                (["--host", "v"], {"tls_certificate_file": certificate,
                                   "listen": GLib.Variant("as", ["[::]:444", "[::]:443"])}, "wss://v:444/")):
            with self.subTest(expected):
                self.settings(**settings)
                result = self.run_command("invite", *options, "--json")
                self.assertEqual(result.error, "")
                self.assertEqual(json.loads(result.output), {"server-url": expected, "server-public-key": KEY})

    def test_forms(self) -> None:
        """JSON, link and QR code, together or one of them."""
        self.settings(listen=GLib.Variant("as", ["0.0.0.0:80"]))
        link = f"smartvpn+ws://v/?mtu=1400&server-public-key={KEY.replace('+', '%2B')}"
        self.prints(f"{link}\n", "invite", "laptop", "mtu=1400", "--host", "v", "--link")
        qr = self.run_command("invite", "laptop", "--host", "v", "--qr").output
        self.assertRegex(qr, "^[ ▀▄█\n]+$")
        printed = self.run_command("invite", "laptop", "mtu=1400", "--host", "v")
        self.assertTrue(printed.output.startswith(
            "On the new client, give one of these to: smartvpnctl profile import\n{\n"), printed.output)
        self.assertIn(f"\n{link}\n\n", printed.output)
        self.assertEqual(printed.error, "")
        file = self.folder / "laptop.json"
        self.prints("", "invite", "laptop", "--host", "v", "--output", str(file))
        self.assertEqual((stat.S_IMODE(file.stat().st_mode), json.loads(file.read_text())["server-url"]), (0o600, "ws://v/"))

    def test_authorized(self) -> None:
        """A server that accepts known clients only, or an option for one, authorizes a new key."""
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("phone"), "public-key": text(KEY)}])
        for client_auth, options in (("required", []), ("optional", []), ("none", ["--authorize"]),
                                     ("none", ["--ipv4", "10.8.0.9"]), ("none", ["--expires", "30d"])):
            with self.subTest(client_auth, options=options):
                self.settings(client_auth=client_auth)
                result = self.run_command("invite", "laptop", "--host", "v", *options, "--json")
                self.assertEqual((result.status, result.error), (0, ""))
                private = json.loads(result.output)["private-key"]
                public = self.run_command("pubkey", stdin=private).output.strip()
                self.assertIn(f"'public-key': <'{public}'>", self.mock.got("Server.AuthorizeClient"))
        told = self.run_command("invite", "laptop", "--host", "v", "--authorize").error
        self.assertEqual(told, "smartvpnctl: the client's private key is in each of them: whoever sees one can connect as"
                         " this client\n")

    def test_refused(self) -> None:
        """After an error no client is authorized."""
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("phone"), "public-key": text(KEY)}])
        self.settings(client_auth="required")
        (self.folder / "there").touch()
        there = str(self.folder / "there")
        for status, says, words in (
                (2, "'mtu=1400' is not a NAME; the NAME of the new client comes before KEY=VALUE", ["mtu=1400"]),
                (2, "this server accepts known clients only; give a NAME for the new client", ["--host", "v"]),
                (2, "the server's name is not known; give --host NAME or --url URL", ["laptop"]),
                (2, "client 'phone' is already authorized; give another NAME, or revoke the client first",
                 ["phone", "--host", "v"]),
                (1, f"{there}: already exists; give another FILE", ["laptop", "--host", "v", "--output", there]),
                (2, "server-url: contains '?', which a link cannot carry", ["laptop", "--url", "wss://v/?a"]),
                (2, "'x' is not a rate, such as 500k, 2M or 10Mbit", ["laptop", "--host", "v", "--limit", "x"]),
                (2, "unknown setting 'mtux'; did you mean 'mtu'?", ["laptop", "mtux=1", "--host", "v"])):
            with self.subTest(says):
                self.fails(status, says, "invite", *words)
                self.sent("Server.AuthorizeClient", "")
        self.change(f"{SERVERS}default", PublicKey="")
        self.fails(4, "server 'default' has no key yet; start it once with \"smartvpnctl server start\"", "invite",
                   "--host", "v")
