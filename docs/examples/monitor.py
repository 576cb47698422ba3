#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Prints the health and the throughput of a client every second, until it is interrupted.

    python3 monitor.py [CLIENT]
"""

from __future__ import annotations

import signal
import sys
import time

import gi

gi.require_version("Smartvpn", "1")
from gi.repository import GLib, GObject, Smartvpn  # noqa: E402


class Monitor:
    """Follows one client."""

    def __init__(self, manager: Smartvpn.Manager, client: Smartvpn.Client) -> None:
        self.last: tuple[float, int, int] | None = None  # when, and the counters
        self.subscription = client.subscribe_telemetry_sync(1000, None, None)  # it ends with this object
        self.subscription.connect("updated", self.on_updated)
        client.connect("state-changed", self.on_state_changed)
        manager.connect("notify::running", self.on_running)
        print(client.get_state().value_nick, flush=True)
        self.on_running(manager, None)

    def on_updated(self, _subscription: Smartvpn.Subscription, telemetry: Smartvpn.Telemetry) -> None:
        """Called every second while the client is connected."""
        quality, statistics = telemetry.get_quality(), telemetry.get_statistics()
        now = time.monotonic(), statistics.get_bytes_sent(), statistics.get_bytes_received()
        if self.last and now[1] >= self.last[1]:  # the counters begin at 0 with each connection
            elapsed, up, down = (new - old for new, old in zip(now, self.last))
            print(f"{quality.get_health().value_nick}: rtt {quality.get_rtt_ms():.1f} ms,"
                  f" jitter {quality.get_jitter_ms():.1f} ms, loss {quality.get_loss_ratio():.0%},"
                  f" up {up / elapsed / 1000:.1f} kB/s, down {down / elapsed / 1000:.1f} kB/s", flush=True)
        self.last = now

    def on_state_changed(self, _client: Smartvpn.Client, state: Smartvpn.ClientState, _before: Smartvpn.ClientState,
                         reason: str, _details: GLib.Variant) -> None:
        """Called when the client connects, disconnects, or loses the line."""
        print(state.value_nick + (f": {Smartvpn.reason_to_string(reason) or reason}" if reason else ""), flush=True)

    def on_running(self, manager: Smartvpn.Manager, _property: GObject.ParamSpec | None) -> None:
        """Called when smartvpnd goes away or comes back. Everything follows by itself, the subscription, too."""
        print("smartvpnd is", "there" if manager.get_running() else "away", flush=True)


def main() -> int:
    """The command line."""
    name = sys.argv[1] if len(sys.argv) > 1 else "default"
    loop = GLib.MainLoop()
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, loop.quit)
    try:
        manager = Smartvpn.Manager.new_sync()
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        return 1
    client = manager.get_client(name)
    if not client:
        print("no such client, or smartvpnd does not run", file=sys.stderr)
        return 1
    try:
        monitor = Monitor(manager, client)
    except GLib.Error as error:
        print(f"no telemetry: {error.message}", file=sys.stderr)
        return 1
    loop.run()
    del monitor
    return 0


if __name__ == "__main__":
    sys.exit(main())
