# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnd on a private bus, and its objects from a program's point of view."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gi.repository import Gio, GLib

from .harness import PATIENCE_S, Lab, Namespace, Process, wait_until

BUS_NAME = "org.smartvpn"
ROOT = "/org/smartvpn"
PROPERTIES = "org.freedesktop.DBus.Properties"
WORKER_USER = "nobody"  # a user of every Debian; no other process of this user runs in the namespaces

BUS_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/> <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/> <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


class DBusError(Exception):
    """A D-Bus error, `name` without org.smartvpn.Error."""

    def __init__(self, error: GLib.Error) -> None:
        self.name = (Gio.DBusError.get_remote_error(error) or "").removeprefix("org.smartvpn.Error.")
        self.message = re.sub(r"^GDBus\.Error:[\w.]+: ", "", error.message)
        super().__init__(f"{self.name}: {self.message}")


def variant(value: Any) -> GLib.Variant:
    """A setting: text, number, boolean or list of texts; a GLib.Variant stays as it is."""
    if isinstance(value, GLib.Variant):
        return value
    if isinstance(value, bool):
        return GLib.Variant("b", value)
    if isinstance(value, int):
        return GLib.Variant("u", value)
    if isinstance(value, list):
        return GLib.Variant("as", value)
    return GLib.Variant("s", str(value))


def options(settings: dict[str, Any]) -> dict[str, GLib.Variant]:
    """An a{sv}; server_url becomes server-url, and keys with None are left out."""
    return {key.replace("_", "-"): variant(value) for key, value in settings.items() if value is not None}


class Pending:
    """A call that is under way."""

    def __init__(self) -> None:
        self.done = False
        self._value: Any = None
        self._error: DBusError | None = None

    def finish(self, connection: Gio.DBusConnection, result: Gio.AsyncResult) -> None:
        """Called with the answer."""
        try:
            self._value = connection.call_finish(result).unpack()
        except GLib.Error as error:
            self._error = DBusError(error)
        self.done = True

    def result(self, timeout: float = 60.0) -> Any:
        """The answer, or the error."""
        wait_until(lambda: self.done, "the answer to a call", timeout)
        if self._error:
            raise self._error
        return self._value[0] if self._value else None


class Bus:
    """A dbus-daemon of our own. It runs in the namespace, to end with it; its socket can be used from everywhere."""

    def __init__(self, namespace: Namespace, directory: Path) -> None:
        directory.mkdir(parents=True)
        path = directory / "bus"
        config = directory / "bus.conf"
        config.write_text(BUS_CONFIG.format(path=path))
        self.address = f"unix:path={path}"
        daemon = namespace.spawn("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address",
                                 log=directory / "bus.log")
        wait_until(lambda: "unix:path=" in daemon.output(), "the bus")
        self._connect()

    def _connect(self) -> None:
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.connection = Gio.DBusConnection.new_for_address_sync(self.address, flags, None, None)
        self.connection.set_exit_on_close(False)

    def close(self) -> None:
        """Leaves it."""
        self.connection.close_sync(None)

    def call(self, path: str, interface: str, method: str, arguments: GLib.Variant | None = None, *,
             destination: str = BUS_NAME, timeout: float = 60.0, interactive: bool = False) -> Any:
        """Calls a method and waits for its answer. `interactive`: its user may be asked to authenticate."""
        flags = Gio.DBusCallFlags.NO_AUTO_START
        if interactive:
            flags |= Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION
        try:
            answer = self.connection.call_sync(destination, path, interface, method, arguments, None, flags,
                                               int(timeout * 1000), None).unpack()
        except GLib.Error as error:
            raise DBusError(error) from None
        return answer[0] if len(answer) == 1 else answer

    def start_call(self, path: str, interface: str, method: str, arguments: GLib.Variant | None = None) -> Pending:
        """Calls a method; the answer comes later."""
        pending = Pending()
        self.connection.call(BUS_NAME, path, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START,
                             120_000, None, pending.finish)
        return pending

    def owner(self) -> str | None:
        """The owner of org.smartvpn."""
        try:
            return self.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
                             GLib.Variant("(s)", (BUS_NAME,)), destination="org.freedesktop.DBus")
        except DBusError:
            return None

    def subscribe(self, path: str | None, handler: Callable[[str, str, tuple[Any, ...]], None]) -> None:
        """Calls `handler (path, signal, arguments)` with every signal of org.smartvpn."""
        self.connection.signal_subscribe(
            BUS_NAME, None, None, path, None, Gio.DBusSignalFlags.NONE,
            lambda _connection, _sender, from_path, _interface, signal_name, arguments:
                handler(from_path, signal_name, arguments.unpack()))


class OtherUser(Bus):
    """A connection of another user's program to the same bus."""

    def __init__(self, bus: Bus, uid: int) -> None:
        self.address = bus.address
        os.setresuid(uid, uid, 0)
        try:
            self._connect()
        finally:
            os.setresuid(0, 0, 0)


class Daemon:
    """smartvpnd in a namespace. `system`: it takes its bus for the system bus. `within`: a command that limits what it and its
    workers may have, such as prlimit --nofile=200."""

    def __init__(self, lab: Lab, namespace: Namespace, *, start: bool = True, system: bool = False,
                 within: tuple[str, ...] = ()) -> None:
        self.namespace = namespace
        self.build = lab.build
        self.directory = lab.directory / namespace.name
        self.bus = lab.keep(Bus(namespace, self.directory))
        self.log = self.directory / f"{namespace.name}-smartvpnd.log"
        self.process: Process | None = None
        self.system = system
        self.within = within
        self.environment: dict[str, str] = {}
        if start:
            self.start()

    def start(self) -> None:
        """Starts it, and waits until it can be called."""
        self.process = self.namespace.spawn(
            *self.within, str(self.build / "src/daemon/smartvpnd"), *(["--system"] if self.system else ["--bus", self.bus.address]),
            "--config-dir", str(self.directory / "config"), "--runtime-dir", str(self.directory / "run"),
            "--worker", str(self.build / "src/worker/smartvpn-worker"), "--worker-user", WORKER_USER,
            log=self.log, env={"G_MESSAGES_DEBUG": "smartvpnd smartvpn-worker", "G_DEBUG": "fatal-criticals",
                               "GSETTINGS_BACKEND": "memory", **self.environment,
                               **({"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address} if self.system else {}),
                               "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"})
        wait_until(lambda: self.bus.owner() or not self.process.is_running(), "org.smartvpn on the bus")
        assert self.process.is_running(), f"smartvpnd has ended with status {self.process.wait()}"

    def kill(self) -> None:
        """Sends SIGKILL, and waits until the bus has noticed."""
        self.process.kill()
        wait_until(lambda: self.bus.owner() is None, "that the bus notices the end of smartvpnd")

    def shut_down(self) -> None:
        """Ends all processes and removes all devices, as a shutdown does. start() then finds records of an earlier boot: the
        runtime directory stays, since not every system has it in memory."""
        self.kill()
        for pid in self.worker_pids():
            kill_worker(pid)
        wait_until(lambda: not self.worker_pids(), "the end of the workers")
        for device in re.findall(r"svpn\d+", self.namespace.ip("-brief", "link")):
            self.namespace.ip("link", "delete", device)
        for file in (self.directory / "run/daemon").iterdir():
            file.write_text(json.dumps({**json.loads(file.read_text()), "boot-id": "another"}))

    def manager(self, method: str, signature: str, *arguments: Any) -> Any:
        """Calls org.smartvpn.Manager."""
        return self.bus.call(ROOT, "org.smartvpn.Manager", method, GLib.Variant(signature, arguments))

    def version(self) -> str:
        """The property Version."""
        return self.bus.call(ROOT, PROPERTIES, "Get", GLib.Variant("(ss)", ("org.smartvpn.Manager", "Version")))

    def add_client(self, name: str, **settings: Any) -> Client:
        """AddClient()."""
        return Client(self, self.manager("AddClient", "(sa{sv})", name, options(settings)))

    def add_server(self, name: str, **settings: Any) -> Server:
        """AddServer()."""
        return Server(self, self.manager("AddServer", "(sa{sv})", name, options(settings)))

    def client(self) -> Client:
        """The default client."""
        return Client(self, f"{ROOT}/clients/default")

    def server(self) -> Server:
        """The default server."""
        return Server(self, f"{ROOT}/servers/default")

    def worker_pids(self, identity: str | None = None) -> list[int]:
        """Its workers, found by their command lines: those of one tunnel, or all."""
        found = []
        for pid in self.namespace.pids():
            words = read_proc(pid, "cmdline").split("\0")
            if "smartvpn-worker" in (Path(word).name for word in words[:2]) and (identity is None or identity in words):
                found.append(pid)
        return found

    def worker_pid(self, identity: str) -> int:
        """The only worker of one tunnel."""
        (pid,) = self.worker_pids(identity)
        return pid

    def logged(self) -> str:
        """The log of smartvpnd and its workers."""
        return self.log.read_text(errors="replace")


def read_proc(pid: int, name: str) -> str:
    """A file of /proc; empty if the process is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""


def kill_worker(pid: int) -> None:
    """kill -9."""
    os.kill(pid, signal.SIGKILL)


class Object:
    """A client or a server. `signals` collects (name, arguments) in their order."""

    interface = ""

    def __init__(self, daemon: Daemon, path: str) -> None:
        self.daemon = daemon
        self.path = path
        self.signals: list[tuple[str, tuple[Any, ...]]] = []
        self.changes: list[dict[str, Any]] = []
        daemon.bus.subscribe(path, self._on_signal)

    def _on_signal(self, _path: str, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "PropertiesChanged":
            self.changes.append(arguments[1])
        else:
            self.signals.append((name, arguments))

    def _call(self, method: str, arguments: GLib.Variant | None = None) -> Any:
        return self.daemon.bus.call(self.path, self.interface, method, arguments)

    def _begin(self, method: str, arguments: GLib.Variant | None = None) -> Pending:
        return self.daemon.bus.start_call(self.path, self.interface, method, arguments)

    def get(self, name: str) -> Any:
        """A property."""
        return self.daemon.bus.call(self.path, PROPERTIES, "Get", GLib.Variant("(ss)", (self.interface, name)))

    def status(self) -> dict[str, Any]:
        """GetStatus()."""
        return self._call("GetStatus")

    def statistics(self) -> dict[str, int]:
        """GetStatistics()."""
        return self._call("GetStatistics")

    def history(self, span_s: int) -> tuple[int, int, dict[str, list[float]]]:
        """GetHistory() of a client."""
        return self._call("GetHistory", GLib.Variant("(ua{sv})", (span_s, {})))

    def subscribe_telemetry(self, interval_ms: int) -> str:
        """SubscribeTelemetry()."""
        return self._call("SubscribeTelemetry", GLib.Variant("(ua{sv})", (interval_ms, {})))

    def settings(self) -> dict[str, Any]:
        """The settings of GetSettings()."""
        return self._call("GetSettings")[0]

    def secrets(self) -> list[str]:
        """The names of the secrets of GetSettings()."""
        return self._call("GetSettings")[1]

    def update(self, *unset: str, **settings: Any) -> None:
        """Update()."""
        self._call("Update", GLib.Variant("(a{sv}as)", (options(settings), unset)))

    def wait_state(self, state: str, timeout: float = PATIENCE_S) -> None:
        """Waits for the property State."""
        wait_until(lambda: self.get("State") == state, f"{self.path} {state}", timeout)

    def wait_signal(self, name: str, timeout: float = PATIENCE_S) -> tuple[Any, ...]:
        """Waits for a signal of this name; returns the arguments of the first since clear()."""
        return wait_until(lambda: next(((arguments,) for signal_name, arguments in self.signals
                                        if signal_name == name), None), f"signal {name}", timeout)[0]

    def clear(self) -> None:
        """Forgets the signals so far."""
        wait_until(lambda: True, "")
        self.signals.clear()
        self.changes.clear()


class Client(Object):
    """org.smartvpn.Client."""

    interface = "org.smartvpn.Client"

    def connect(self, **settings: Any) -> dict[str, Any]:
        """Connect()."""
        return self._call("Connect", GLib.Variant("(a{sv})", (options(settings),)))

    def begin_connect(self, **settings: Any) -> Pending:
        """Begins Connect(); the answer comes later."""
        return self._begin("Connect", GLib.Variant("(a{sv})", (options(settings),)))

    def disconnect(self) -> None:
        """Disconnect()."""
        self._call("Disconnect")

    def begin_disconnect(self) -> Pending:
        """Begins Disconnect(); the answer comes later."""
        return self._begin("Disconnect")

    def quality(self) -> dict[str, Any]:
        """GetConnectionQuality()."""
        return self._call("GetConnectionQuality")

    def mtu_info(self) -> dict[str, int]:
        """GetMtuInfo()."""
        return self._call("GetMtuInfo")


class Server(Object):
    """org.smartvpn.Server."""

    interface = "org.smartvpn.Server"

    def start(self, **settings: Any) -> dict[str, Any]:
        """Start()."""
        return self._call("Start", GLib.Variant("(a{sv})", (options(settings),)))

    def stop(self) -> None:
        """Stop()."""
        self._call("Stop")

    def list_clients(self) -> list[dict[str, Any]]:
        """ListClients()."""
        return self._call("ListClients")

    def disconnect_client(self, identity: str) -> None:
        """DisconnectClient()."""
        self._call("DisconnectClient", GLib.Variant("(s)", (identity,)))

    def reconnect_client(self, identity: str) -> None:
        """ReconnectClient()."""
        self._call("ReconnectClient", GLib.Variant("(s)", (identity,)))

    def list_clients_page(self, offset: int, count: int) -> tuple[list[dict[str, Any]], int]:
        """ListClientsPage()."""
        return self._call("ListClientsPage", GLib.Variant("(uu)", (offset, count)))

    def client_telemetry(self, identity: str) -> dict[str, Any]:
        """GetClientTelemetry()."""
        return self._call("GetClientTelemetry", GLib.Variant("(s)", (identity,)))

    def set_rate_limit(self, identity: str, bytes_per_s: int, burst_bytes: int) -> None:
        """SetClientRateLimit()."""
        self._call("SetClientRateLimit", GLib.Variant("(stt)", (identity, bytes_per_s, burst_bytes)))

    def remove_rate_limit(self, identity: str) -> None:
        """RemoveClientRateLimit()."""
        self._call("RemoveClientRateLimit", GLib.Variant("(s)", (identity,)))

    def authorize(self, **client: Any) -> None:
        """AuthorizeClient(); numbers are of type t."""
        numbers = {key: GLib.Variant("t", value) for key, value in client.items() if isinstance(value, int)}
        self._call("AuthorizeClient", GLib.Variant("(a{sv})", (options({**client, **numbers}),)))

    def revoke(self, client: str) -> None:
        """RevokeClient()."""
        self._call("RevokeClient", GLib.Variant("(s)", (client,)))

    def list_authorized(self) -> list[dict[str, Any]]:
        """ListAuthorizedClients()."""
        return self._call("ListAuthorizedClients")
