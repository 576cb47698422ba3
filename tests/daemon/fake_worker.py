#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A worker that says what a test tells it to, started by smartvpnd in place of smartvpn-worker.

It serves org.smartvpn.Worker on its control socket as the XML describes it, and says READY=1 when it listens. What a method got is kept; what it answers,
and the signals, are steered through org.smartvpn.FakeWorker on the same socket:

    Answer(s method, v tuple)    from now on the method returns this; a dictionary for GetState is put over its own;
                                 that for GetAll is the properties
    Refuse(s method, s error, s message)
    Got(s method) -> v           the arguments of its last call, "" before the first
    Times(s method) -> u         how often it was called
    Emit(s signal, v tuple)      on all connections
    Flood(s signal, v tuple, u times)
    End(i status)                the process ends

A method that is named in the file "hold" beside the program is never answered; what is in the file "refuse" there, an
object of "METHOD": [ERROR, MESSAGE], is refused from the beginning.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import socket
import sys
from collections import Counter
from pathlib import Path

from gi.repository import Gio, GLib

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = (ROOT / "introspection/private/org.smartvpn.Worker.xml").read_text()  # as root; the user may not reach it
PATH = "/org/smartvpn/Worker"
STEERING = """
<node><interface name="org.smartvpn.FakeWorker">
  <method name="Answer"><arg type="s" direction="in"/><arg type="v" direction="in"/></method>
  <method name="Refuse"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
  <method name="Got"><arg type="s" direction="in"/><arg type="v" direction="out"/></method>
  <method name="Times"><arg type="s" direction="in"/><arg type="u" direction="out"/></method>
  <method name="Emit"><arg type="s" direction="in"/><arg type="v" direction="in"/></method>
  <method name="Flood"><arg type="s" direction="in"/><arg type="v" direction="in"/><arg type="u" direction="in"/></method>
  <method name="End"><arg type="i" direction="in"/></method>
</interface></node>"""
ASSIGNMENT = {
    "client-id": GLib.Variant("s", "fake-1"),
    "assigned-ip": GLib.Variant("s", "10.8.0.7"),
    "prefix": GLib.Variant("u", 24),
    "gateway": GLib.Variant("s", "10.8.0.1"),
    "mtu": GLib.Variant("u", 1420),
    "dns": GLib.Variant("as", []),
    "routes": GLib.Variant("as", ["203.0.113.0/24"]),
    "remote-address": GLib.Variant("s", "198.51.100.2:443"),
    "lease": GLib.Variant("s", "lease-of-the-fake"),
}


class FakeWorker:
    """The worker."""

    def __init__(self, control: Path) -> None:
        self.loop = GLib.MainLoop()
        self.status = 0
        self.answers: dict[str, GLib.Variant] = {"StartClient": GLib.Variant("(a{sv})", (ASSIGNMENT,)),
                                                 "GetAll": GLib.Variant("(a{sv})", ({"Aead": GLib.Variant("s", "libsodium")},))}
        hold = Path(sys.argv[0]).with_name("hold")
        self.held = hold.read_text().split() if hold.exists() else []
        refuse = hold.with_name("refuse")
        self.refusals: dict[str, tuple[str, str]] = json.loads(refuse.read_text()) if refuse.exists() else {}
        self.got: dict[str, GLib.Variant] = {}
        self.times: Counter[str] = Counter()
        self.fds: list[int] = []
        self.role, self.state, self.hash = "idle", "", ""
        self.contract = Gio.DBusNodeInfo.new_for_xml(CONTRACT).interfaces[0]
        self.steering = Gio.DBusNodeInfo.new_for_xml(STEERING).interfaces[0]
        self.connections: list[Gio.DBusConnection] = []
        self.server = Gio.DBusServer.new_sync(f"unix:path={control}", Gio.DBusServerFlags.NONE, Gio.dbus_generate_guid(),
                                              self._observer(), None)
        self.server.connect("new-connection", self._on_connection)
        self.server.start()
        control.chmod(0o777)

    @staticmethod
    def _observer() -> Gio.DBusAuthObserver:
        observer = Gio.DBusAuthObserver.new()
        observer.connect("authorize-authenticated-peer", lambda *_: True)
        return observer

    def _on_connection(self, _server: Gio.DBusServer, connection: Gio.DBusConnection) -> bool:
        connection.register_object(PATH, self.contract, self._on_call, None, None)
        connection.register_object(PATH, self.steering, self._on_steering, None, None)
        connection.connect("closed", lambda *_: self.connections.remove(connection))
        self.connections.append(connection)
        return True

    def _take_role(self, method: str, settings: dict[str, GLib.Variant]) -> None:
        self.role, self.state = ("client", "connected") if method == "StartClient" else ("server", "running")
        self.hash = settings["settings-hash"]

    def _get_state(self) -> GLib.Variant:
        assignment = self.answers["StartClient"].get_child_value(0)
        state = {"role": GLib.Variant("s", self.role), "state": GLib.Variant("s", self.state),
                 "settings-hash": GLib.Variant("s", self.hash), "assignment": assignment}
        if "GetState" in self.answers:
            changed = self.answers["GetState"].get_child_value(0)
            for number in range(changed.n_children()):
                entry = changed.get_child_value(number)
                state[entry.get_child_value(0).get_string()] = entry.get_child_value(1).get_variant()
        return GLib.Variant("(a{sv})", (state,))

    def _answer(self, method: str) -> GLib.Variant | None:
        if method == "GetState":
            return self._get_state()
        if method == "GetAll":  # of the properties
            return self.answers[method]
        results = self.contract.lookup_method(method).out_args
        nothing = GLib.Variant("(a{sv})", ({},)) if results and results[0].signature == "a{sv}" else None
        return self.answers.get(method, nothing)

    def _on_call(self, _connection: Gio.DBusConnection, _sender: str, _path: str, _interface: str, method: str,
                 arguments: GLib.Variant, invocation: Gio.DBusMethodInvocation) -> None:
        self.got[method] = arguments
        self.times[method] += 1
        fds = invocation.get_message().get_unix_fd_list()
        if fds:
            self.fds += fds.steal_fds()
        if method in self.held:
            return
        if method in self.refusals:
            invocation.return_dbus_error(*self.refusals[method])
            return
        if method in ("StartClient", "StartServer"):
            self._take_role(method, arguments.unpack()[0])
        invocation.return_value(self._answer(method))
        if method == "Stop":
            GLib.idle_add(self._end, 0)

    def _to_all(self, method: str, *arguments: object) -> None:
        """Calls a method of each connection; that of a smartvpnd that was just killed does not matter."""
        for connection in self.connections:
            try:
                getattr(connection, method)(*arguments)
            except GLib.Error as error:
                print(f"fake worker: {error.message}", flush=True)

    def _end(self, status: int) -> bool:
        self._to_all("flush_sync", None)
        self.status = status
        self.loop.quit()
        return False

    def _emit(self, signal: str, arguments: GLib.Variant) -> None:
        self._to_all("emit_signal", None, PATH, "org.smartvpn.Worker", signal, arguments)

    def _on_steering(self, _connection: Gio.DBusConnection, _sender: str, _path: str, _interface: str, method: str,
                     arguments: GLib.Variant, invocation: Gio.DBusMethodInvocation) -> None:
        words = [arguments.get_child_value(number) for number in range(arguments.n_children())]
        result = None
        if method == "Answer":
            self.answers[words[0].get_string()] = words[1].get_variant()
            self.refusals.pop(words[0].get_string(), None)
        elif method == "Refuse":
            self.refusals[words[0].get_string()] = (words[1].get_string(), words[2].get_string())
        elif method == "Got":
            result = GLib.Variant("(v)", (self.got.get(words[0].get_string(), GLib.Variant("s", "")),))
        elif method == "Times":
            result = GLib.Variant("(u)", (self.times[words[0].get_string()],))
        elif method == "Emit":
            if words[0].get_string() == "StateChanged":
                self.state = words[1].get_variant().unpack()[0]
            self._emit(words[0].get_string(), words[1].get_variant())
        elif method == "Flood":
            for _ in range(words[2].get_uint32()):
                self._emit(words[0].get_string(), words[1].get_variant())
        elif method == "End":
            GLib.idle_add(self._end, words[0].get_int32())
        invocation.return_value(result)


def notify(state: str) -> None:
    """sd_notify (3)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service_manager:
        service_manager.sendto(state.encode(), os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))


def main() -> int:
    """The command line, that of smartvpn-worker."""
    parser = argparse.ArgumentParser()
    for option in ("--id", "--runtime-dir", "--peer-uid", "--user"):
        parser.add_argument(option)
    arguments = parser.parse_args()
    if arguments.user:
        user = pwd.getpwnam(arguments.user)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    worker = FakeWorker(Path(arguments.runtime_dir) / arguments.id / "control")
    notify("READY=1")
    worker.loop.run()
    return worker.status


if __name__ == "__main__":
    raise SystemExit(main())
