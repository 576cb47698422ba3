# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What Check() finds, what Start() warns of, and what it refuses."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

from gi.repository import GLib

from system.harness import run
from system.vpn import ROOT, Client, Server, options

from .scene import SERVER_KEY, Scene

PRIVATE_KEY = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
PUBLIC_URL = "wss://vpn.example.org/live"


def check(thing: Client | Server) -> list[str]:
    """Check()."""
    return thing._call("Check")


def codes(findings: list[str]) -> list[str]:
    """The codes of findings; each has a text."""
    assert all(finding.partition(": ")[2] for finding in findings), findings
    return [finding.partition(":")[0] for finding in findings]


class TestClient(Scene):
    """Check() of a client."""

    def test_untouched(self) -> None:
        """What the profile of a new machine lacks, and the same words from Connect()."""
        client = self.daemon.client()
        self.assertEqual(codes(check(client)), ["no-server-url", "no-server-public-key"])
        with self.refused("InvalidSetting", "^server-url: is not set; import an invitation or set it$"):
            client.connect()

    def test_findings(self) -> None:
        """One setting after another is mended."""
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY,
                                        tls_ca_file="/nonexistent/ca.pem", lockdown="always")
        self.assertEqual(codes(check(client)), ["file-missing", "autoconnect-off-with-lockdown"])
        self.assertIn("/nonexistent/ca.pem", check(client)[0])
        client.update("tls-ca-file", autoconnect=True)
        self.assertEqual(check(client), [])
        client.update(lockdown="off")

    def test_not_reached(self) -> None:
        """Why the last attempt failed, until the next one."""
        self.refuse("StartClient", "Timeout", "nobody is there")
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY)
        with self.refused("Timeout"):
            client.connect()
        self.assertEqual(check(client), ["server-not-reached: nobody is there"])
        self.refuse("StartClient")
        client.connect()
        self.assertEqual(check(client), [])

    def test_lost_key(self) -> None:
        """A client whose key is gone is not connected without it, unless somebody wants that."""
        client = self.daemon.add_client("office", server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY,
                                        private_key=PRIVATE_KEY)
        secrets = self.daemon.directory / "config/secrets/client-office.json"
        kept = secrets.read_text()
        secrets.unlink()
        self.assertEqual(codes(check(client)), ["secrets-missing"])
        with self.refused("Failed", "^secrets/client-office.json lacks the private key that belongs to public-key, "):
            client.connect()
        client.update(qos=False)
        with self.refused("Failed", "lacks the private key"):
            client.connect()
        secrets.write_text(kept)
        secrets.chmod(0o600)
        self.assertEqual(check(client), [])
        client.update("private-key")
        client.connect()


class TestServer(Scene):
    """Check() of a server, and the warnings of Start()."""

    def certificate(self, name: str, *, days: int = 90, host: str = "vpn.example.org", signer: str = "") -> dict[str, str]:
        """Settings with a certificate for `host`, signed by itself or by the certificate of that name."""
        folder = self.directory / "tls"
        folder.mkdir(exist_ok=True)
        key, request, certificate = (folder / f"{name}{suffix}" for suffix in (".key", ".csr", ".pem"))
        names = folder / f"{name}.ext"
        names.write_text(f"subjectAltName=DNS:{host}\n")
        run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
             "-keyout", str(key), "-out", str(request)])
        by = ["-CA", str(folder / f"{signer}.pem"), "-CAkey", str(folder / f"{signer}.key"), "-CAcreateserial"] if signer \
            else ["-signkey", str(key)]
        run(["openssl", "x509", "-req", "-in", str(request), "-days", str(days), "-extfile", str(names), *by,
             "-out", str(certificate)])
        return {"tls_certificate_file": str(certificate), "tls_key_file": str(key)}

    def certificate_of_later(self) -> dict[str, str]:
        """Settings with a certificate that is not valid yet."""
        settings = self.certificate("later")
        folder = self.directory / "tls"
        (folder / "ca.cnf").write_text(f"[ca]\ndefault_ca=x\n[x]\ndatabase={folder}/index\nserial={folder}/serial\n"
                                       f"new_certs_dir={folder}\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n")
        (folder / "index").touch()
        (folder / "serial").write_text("01\n")
        run(["openssl", "ca", "-batch", "-notext", "-selfsign", "-config", str(folder / "ca.cnf"), "-keyfile",
             settings["tls_key_file"], "-in", str(folder / "later.csr"), "-extfile", str(folder / "later.ext"),
             "-startdate", "20480101000000Z", "-enddate", "20490101000000Z", "-out", settings["tls_certificate_file"]])
        return settings

    def findings(self, **settings: Any) -> list[str]:
        """Of a stopped server with these settings, which is removed again."""
        server = self.daemon.add_server("x", **settings)
        found = check(server)
        self.daemon.manager("Remove", "(o)", f"{ROOT}/servers/x")
        return found

    def test_untouched(self) -> None:
        """Nobody gets a plain WebSocket on all addresses by accident."""
        server = self.daemon.server()
        self.assertEqual(codes(check(server)), ["listens-plain"])
        with self.refused("InvalidSetting", "^tls-certificate-file: without it .* set listen, such as 127.0.0.1:8080$"):
            server.start()
        self.assertEqual((server.get("State"), server.get("PublicKey")), ("stopped", ""))
        self.assertEqual(codes(server.start(listen=["198.51.100.1:0"])["warnings"]), ["listens-plain"])

    def test_listening(self) -> None:
        """Where and how."""
        for settings, expected in (
                ({"listen": ["127.0.0.1:8080", "[::1]:8080"]}, ["listen-not-public"]),
                ({"listen": ["127.0.0.1:8080"], "public_url": PUBLIC_URL}, []),
                ({"listen": ["127.0.0.1:8080", "192.0.2.1:80"]}, ["listens-plain"]),
                ({"listen": ["192.0.2.1:80"], "trusted_proxies": ["192.0.2.7/32"]}, []),
                ({"listen": ["192.0.2.1:443"], **self.certificate("good")}, [])):
            with self.subTest(settings):
                self.assertEqual(codes(self.findings(**settings)), expected)

    def test_certificate(self) -> None:
        """What is wrong with it."""
        good, other = self.certificate("good"), self.certificate("other")
        self.certificate("issuer")
        locked = self.directory / "tls/locked.key"
        run(["openssl", "pkcs8", "-topk8", "-in", good["tls_key_file"], "-out", str(locked), "-passout", "pass:secret"])
        der = self.directory / "tls/good.der"
        run(["openssl", "x509", "-in", good["tls_certificate_file"], "-outform", "der", "-out", str(der)])
        cases: list[tuple[dict[str, str], list[str], str]] = [
            (good, [], ""),
            (self.certificate("old", days=-1), ["certificate-expired"], "expired on 20"),
            (self.certificate("soon", days=20), ["certificate-expires"], "expires on 20"),
            (self.certificate("late", days=22), [], ""),
            (self.certificate_of_later(), ["certificate-not-yet-valid"], "valid from 20"),
            (self.certificate("elsewhere", host="www.example.org"), ["certificate-name"], "vpn.example.org"),
            (self.certificate("leaf", signer="issuer"), ["chain-incomplete"], "CN=issuer"),
            ({**good, "tls_key_file": other["tls_key_file"]}, ["certificate-key-mismatch"], good["tls_certificate_file"]),
            ({**good, "tls_key_file": str(locked)}, ["certificate-unusable"], "has a passphrase; write it without one: openssl"),
            ({**good, "tls_certificate_file": str(der)}, ["file-missing"], "good.der: it is not text: .* convert DER"),
            ({**good, "tls_key_file": "/nonexistent"}, ["file-missing"], "tls-key-file: /nonexistent: No such file")]
        for settings, expected, text in cases:
            for url in (PUBLIC_URL, "wss://vpn.example.org./live"):
                with self.subTest(settings):
                    found = self.findings(**settings, public_url=url)
                    self.assertEqual(codes(found), expected)
                    self.assertRegex("".join(found), text or "^$")

    def test_expired_at_start(self) -> None:
        """The server starts, and says so."""
        server = self.daemon.server()
        result = server.start(listen=["127.0.0.1:0"], **self.certificate("old", days=-1))
        self.assertIn("certificate-expired", codes(result["warnings"]))
        self.assertEqual(server.status()["warnings"], result["warnings"])
        self.restart()
        self.assertEqual(server.status()["warnings"], result["warnings"])

    def test_pool(self) -> None:
        """Both numbers, and a list that cannot be used."""
        server = self.daemon.add_server("x", listen=["127.0.0.1:0"], public_url=PUBLIC_URL, ipv4_pool="10.8.0.0/30")
        for number in range(2):
            key = base64.b64encode(bytes([9, number]).ljust(32, b"\1")).decode()
            server._call("AuthorizeClient", GLib.Variant("(a{sv})", (options({"name": f"c{number}", "public_key": key}),)))
        (finding,) = check(server)
        self.assertRegex(finding, "^pool-too-small: 2 clients are authorized, but the pools have addresses for 1; ")
        self.assertIn(finding, server.start()["warnings"])
        (self.daemon.directory / "config/authorized/x.json").write_text("{")
        self.assertEqual(codes(check(server)), ["authorized-clients"])
        server._call("Reload")
        self.assertNotIn("authorized-clients", codes(server.status()["warnings"]))  # which is for everybody, and could name a client

    def test_needs_restart(self) -> None:
        """What has changed since the start and takes a restart, also for a smartvpnd that found the server running; options of
        Start() are no changes."""
        server = self.daemon.server()
        server.update(public_url=PUBLIC_URL, listen=["127.0.0.1:0"])
        server.start(path="/x")
        self.assertEqual(check(server), [])
        server.update(listen=["127.0.0.1:9"], ipv4_pool="10.9.0.0/24", autostart=True, nat=True)
        for again in (False, True):
            if again:
                self.restart()
            (finding,) = check(server)
            self.assertRegex(finding, "^needs-restart: .*: listen, ipv4-pool; stop and start the server$")
        server.update("listen", "ipv4-pool", private_key=PRIVATE_KEY)
        self.assertRegex(check(server)[0], "^needs-restart: .*: private-key; ")

    def test_lost_key(self) -> None:
        """A server whose key is gone does not make another one, also after an edit, unless somebody wants that."""
        server, _ = self.running()
        public_key = server.get("PublicKey")
        server.stop()
        secrets = self.daemon.directory / "config/secrets/server-default.json"
        kept = secrets.read_text()
        secrets.unlink()
        server.update(mtu=1400)
        self.assertEqual(server.get("PublicKey"), public_key)
        self.assertIn("secrets-missing", codes(check(server)))
        with self.refused("Failed", f"lacks the private key that belongs to public-key, {re.escape(public_key)}"):
            self.running()
        secrets.write_text(json.dumps({"private-key": PRIVATE_KEY}))
        secrets.chmod(0o600)
        with self.refused("Failed", "^secrets/server-default.json has another key than the private key that belongs"):
            self.running()
        secrets.write_text(kept)
        server.start(listen=["127.0.0.1:0"])
        self.assertEqual(server.get("PublicKey"), public_key)
        server.stop()
        secrets.unlink()
        server.update("public-key")
        self.running()
        self.assertNotEqual(server.get("PublicKey"), public_key)

    def test_broken(self) -> None:
        """A profile that cannot be read."""
        server = self.daemon.add_server("x")
        Path(self.daemon.directory, "config/servers/x.json").write_text("{")
        self.assertEqual(codes(check(server)), ["profile-broken"])
        os.unlink(self.daemon.directory / "config/servers/x.json")
