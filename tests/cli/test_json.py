# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnctl --json: what each command prints has the schema of data/schema, with sorted keys and the shortest numbers.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_json
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
from gi.repository import GLib

from .scene import CLIENTS, KEY, PRIVATE, SERVERS, CommandScene, number, text

PROJECT = Path(__file__).resolve().parents[2]
SCHEMAS = {path.name.removesuffix(".schema.json"): json.loads(path.read_text())
           for path in (PROJECT / "data/schema").glob("*.schema.json")}
REGISTRY = {schema["$id"]: schema for schema in SCHEMAS.values()}
CONNECTED = {"state": text("connected"), "interface": text("svpn0"), "mtu": number(1420, "u"), "since": number(1 << 63),
             "dns": GLib.Variant("as", ["10.8.0.1"]), "next-try-s": number(0, "u")}
QUALITY = {"health": text("healthy"), "rtt-ms": GLib.Variant("d", 0.619), "loss-ratio": GLib.Variant("d", 1 / 3),
           "jitter-ms": GLib.Variant("d", float("nan")), "keepalives-sent": number(4)}
# The schema of what each command prints; in brackets: of each element of an array.
COMMANDS = {
    "connect": "client", "disconnect": "client", "reconnect": "client", "status default": "client",
    "status": ["client", "server"], "profile list": ["client"], "profile list --server": ["server"],
    "server start": "server", "server stop": "server", "server status": "server", "server reload": "server",
    "server clients": ["session"], "server keys": "server-keys", "quality": "quality", "mtu": "mtu",
    "statistics": "statistics", "statistics --server": "statistics", "profile show default": "profile",
    "check": ["finding"], "genkey": "keypair", "pubkey": "keypair", "monitor --count 1": "sample", "invite": None}


def validate(name: str, thing: Any) -> None:
    """Asserts that a thing has a schema, and no key beside those of the schema."""
    schema = SCHEMAS[name]
    resolver = jsonschema.RefResolver("", schema, store=REGISTRY)
    jsonschema.Draft202012Validator({**schema, "additionalProperties": False}, resolver=resolver).validate(thing)


class TestJson(CommandScene):
    """A service with a client that is connected, and a server that runs."""

    def setUp(self) -> None:
        """Prepares its answers."""
        super().setUp()
        self.change(CLIENTS + "default", State="connected", Health="healthy")
        self.change(SERVERS + "default", State="running")
        for method, values in (("Client.Connect", CONNECTED), ("Client.GetStatus", CONNECTED),
                               ("Client.GetConnectionQuality", QUALITY), ("Client.GetMtuInfo", {"mtu": number(1420, "u")}),
                               ("Client.GetStatistics", {"bytes-sent": number((1 << 64) - 1)}),
                               ("Server.GetStatistics", {"bytes-sent": number(7)}),
                               ("Server.Start", {"public-key": text(KEY)}), ("Server.GetStatus", {"state": text("running")})):
            self.mock.answer(method, "(a{sv})", values)
        self.mock.answer("Server.ListClients", "(aa{sv})", [{"id": text("e4"), "name": text("")}])
        self.mock.answer("Server.ListAuthorizedClients", "(aa{sv})", [{"name": text("laptop"), "public-key": text(KEY)}])
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {"server-url": text("wss://vpn.example/")}, ["private-key"])
        self.mock.answer("Client.Check", "(as)", ["no-key: make one"])
        self.mock.answer("Server.Check", "(as)", [])

    def run_json(self, words: str) -> tuple[str, Any]:
        """What a command prints, as text and as what it means."""
        result = self.run_command(*words.split(), "--json", stdin=f"{PRIVATE}\n")
        return result.output, json.loads(result.output)

    def test_schemas(self) -> None:
        """Each command prints what its schema says: the same keys always, sorted."""
        for words, expected in COMMANDS.items():
            if expected is None:
                continue
            with self.subTest(words):
                _, printed = self.run_json(words)
                things = printed if isinstance(expected, list) else [printed]
                self.assertGreater(len(things), 0)
                for position, thing in enumerate(things):
                    validate(expected[min(position, len(expected) - 1)] if isinstance(expected, list) else expected, thing)
                    self.assertEqual(list(thing), sorted(thing))

    def test_all_commands(self) -> None:
        """Each command with --json is one of those."""
        table = (PROJECT / "src/cli/shell/command-table.c").read_text()
        names = [re.match(r'"([^"]+)"', part)[1] for part in table.split("\n  { ")[1:]
                 if "&json" in part and part.startswith('"')]
        self.assertGreater(len(names), 15)
        for name in names:
            self.assertTrue(any(words == name or words.startswith(f"{name} ") for words in COMMANDS), name)

    def test_one_form(self) -> None:
        """A client is the same wherever it is printed, and so is a server."""
        client = self.run_json("status default")[1]
        self.assertEqual(client["kind"], "client")
        for words in ("connect", "reconnect", "disconnect"):
            self.assertEqual(self.run_json(words)[1], client, words)
        server = self.run_json("server status")[1]
        self.assertEqual(self.run_json("status")[1], [client, server])
        self.assertEqual(self.run_json("server start")[1], {**server, "public-key": KEY})

    def test_numbers(self) -> None:
        """Numbers are as short as they can be, exact, and null where there is none."""
        printed, quality = self.run_json("quality")
        self.assertIn('"rtt-ms": 0.619,', printed)
        self.assertEqual((quality["loss-ratio"], quality["jitter-ms"], quality["rtt-last-ms"]), (1 / 3, None, None))
        self.assertEqual(self.run_json("statistics")[1]["bytes-sent"], (1 << 64) - 1)
        self.assertIsNone(self.run_json("server clients")[1][0]["name"])

    def test_errors(self) -> None:
        """A failure is an object on standard output, and a sentence on standard error."""
        self.mock.refuse("Client.Connect", "org.smartvpn.Error.TlsFailed", 'the certificate of "vpn" is wrong')
        self.mock.refuse("Client.Reconnect", "org.smartvpn.Error.Overheated", "too hot")
        self.mock.refuse("Client.Disconnect", "org.freedesktop.DBus.Error.AccessDenied", "no")
        for words, status, name in (("connect", 7, "TlsFailed"), ("reconnect", 1, "Overheated"),
                                    ("disconnect", 3, "NotAuthorized"), ("status nobody", 5, "NoSuchProfile"),
                                    ("status --bogus", 2, "InvalidArguments"), ("status a b", 2, "InvalidArguments")):
            with self.subTest(words):
                result = self.run_command(*words.split(), "--json")
                error = json.loads(result.output)
                validate("error", error)
                self.assertEqual((error["error"], result.status), (name, status))
                self.assertTrue(result.error.startswith("smartvpnctl: "))
        unreachable = self.run_command("status", "--json", SMARTVPN_BUS="unix:path=/nonexistent")
        self.assertEqual((json.loads(unreachable.output)["error"], unreachable.status), ("NoService", 11))
        self.assertEqual(self.run_command("connect").output, "")

    def test_statistics(self) -> None:
        """The counters as a table."""
        self.prints("COUNTER                    VALUE\nbytes-sent  18446744073709551615\n", "statistics")
        self.assertIn("bytes-sent      7\n", self.run_command("statistics", "--server").output)
