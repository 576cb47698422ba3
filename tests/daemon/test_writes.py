# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnd is killed while it writes profiles."""

from __future__ import annotations

import base64
import json
import random
import time
from collections import Counter

from system.harness import pump
from system.vpn import Client, DBusError, options

from gi.repository import GLib

from .scene import Scene

KILLS = 60


def key(number: int) -> str:
    """The private key of a version."""
    return base64.b64encode(number.to_bytes(32, "big")).decode()


class TestKilled(Scene):
    """kill -9 at any moment."""

    def version(self, office: Client) -> int:
        """The version of the profile, whose parts belong together; nothing else is left in the folders."""
        config = self.daemon.directory / "config"
        number = int(office.settings()["server-url"].rpartition("/")[2])
        self.assertEqual(json.loads((config / "secrets/client-office.json").read_text()), {"private-key": key(number)})
        self.assertEqual({path.name for path in config.rglob("*.*")}, {"office.json", "client-office.json"})
        self.assertEqual((office.secrets(), office.get("LastError")), (["private-key"], ""))
        return number

    def test_update(self) -> None:
        """After each kill the profile is the last that was acknowledged, or the one that was under way."""
        office = self.daemon.add_client("office", server_url="wss://h/1", private_key=key(1))
        begin = time.monotonic()
        for number in range(2, 12):
            office.update(server_url=f"wss://h/{number}", private_key=key(number))
        usual_ms = 100 * (time.monotonic() - begin)
        number, outcomes = 11, Counter()
        while outcomes.total() < KILLS or min(outcomes["old"], outcomes["new"]) < 5:
            call = self.daemon.bus.start_call(office.path, office.interface, "Update", GLib.Variant(
                "(a{sv}as)", (options({"server_url": f"wss://h/{number + 1}", "private_key": key(number + 1)}), [])))
            self.daemon.bus.connection.flush_sync(None)
            pump(random.randint(0, max(3, round(usual_ms))))
            self.daemon.kill()
            try:
                call.result()
                expected = {"acknowledged": number + 1}
            except DBusError:
                expected = {"old": number, "new": number + 1}
            self.daemon.start()
            found = self.version(office)
            self.assertIn(found, expected.values())
            outcomes.update(name for name, wanted in expected.items() if wanted == found)
            number = found
        print(f"# {dict(outcomes)}, an Update() takes {usual_ms:.1f} ms", flush=True)
