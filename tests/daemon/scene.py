# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnd on a private bus, in a network namespace of its own, with fake workers.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest daemon.test_client    as root
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

from gi.repository import Gio, GLib

from system.harness import ALARM, Namespace
from system.vpn import Client, Daemon, DBusError, Server

TESTS = Path(__file__).resolve().parents[1]
SERVER_KEY = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="


def documented(interface: str, method: str) -> set[str]:
    """The keys that the comment of a method names."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    tree = ElementTree.parse(TESTS.parent / f"introspection/org.smartvpn.{interface}.xml", parser)
    comments = [node.text for node in tree.iter(ElementTree.Comment) if node.text.strip().startswith(f"{method}:")]
    return {word for word in comments[0].split('"')[1::2]}


class Steering:
    """A fake worker, by its control socket."""

    def __init__(self, daemon: Daemon, identity: str) -> None:
        socket = daemon.directory / "run" / identity / "control"
        self.connection = Gio.DBusConnection.new_for_address_sync(
            f"unix:path={socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        self.connection.set_exit_on_close(False)

    def _call(self, method: str, signature: str, *arguments: Any) -> Any:
        answer = self.connection.call_sync(None, "/org/smartvpn/Worker", "org.smartvpn.FakeWorker", method,
                                           GLib.Variant(signature, arguments), None, Gio.DBusCallFlags.NONE, 60_000, None)
        return answer.unpack()[0] if answer.n_children() else None

    def answer(self, method: str, signature: str, *values: Any) -> None:
        """From now on `method` returns this."""
        self._call("Answer", "(sv)", method, GLib.Variant(signature, values))

    def refuse(self, method: str, error: str, message: str) -> None:
        """From now on `method` fails."""
        self._call("Refuse", "(sss)", method, f"org.smartvpn.Error.{error}", message)

    def got(self, method: str) -> Any:
        """The arguments of its last call."""
        return self._call("Got", "(s)", method)

    def times(self, method: str) -> int:
        """How often it was called."""
        return self._call("Times", "(s)", method)

    def emit(self, signal: str, signature: str, *values: Any) -> None:
        """Emits a signal."""
        self._call("Emit", "(sv)", signal, GLib.Variant(signature, values))

    def flood(self, signal: str, times: int, signature: str, *values: Any) -> None:
        """Emits a signal again and again."""
        self._call("Flood", "(svu)", signal, GLib.Variant(signature, values), times)

    def end(self, status: int = 0) -> None:
        """Ends the process."""
        self._call("End", "(i)", status)


class Scene(unittest.TestCase):
    """What each test has: a daemon, and its default client and server. `system`: on a bus that is the system bus to it."""

    system = False

    def setUp(self) -> None:
        """Makes it."""
        self.directory = Path(tempfile.mkdtemp(prefix="smartvpn-test-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.directory.chmod(0o755)  # workers run as another user
        self.build = self._fake_build()
        self.addCleanup(self._check_log)
        self.namespace = Namespace(f"svd{os.getpid():x}", self.directory)
        self.addCleanup(self.namespace.close)
        self.namespace.ip("link", "add", "eth0", "mtu", "1400", "type", "veth", "peer", "name", "eth1")
        for device in ("eth0", "eth1"):
            self.namespace.ip("link", "set", device, "up")
        self.namespace.ip("address", "add", "198.51.100.1/24", "dev", "eth0")
        self.closing: list[Any] = []
        self.addCleanup(self._close)
        self.daemon = Daemon(self, self.namespace, system=self.system)
        self.addCleanup(self._show_log)

    def _fake_build(self) -> Path:
        """Where a build has smartvpnd and its worker: the real one and the fake."""
        build = self.directory / "build"
        programs = {"src/daemon/smartvpnd": Path(os.environ["SMARTVPN_BUILD"], "src/daemon/smartvpnd"),
                    "src/worker/smartvpn-worker": TESTS / "daemon/fake_worker.py"}
        for name, program in programs.items():
            (build / name).parent.mkdir(parents=True)
            (build / name).symlink_to(program.resolve())
        return build

    def _close(self) -> None:
        for thing in reversed(self.closing):
            with contextlib.suppress(Exception):
                thing.close()

    def keep(self, thing: Any) -> Any:
        """Has `thing` closed at the end."""
        self.closing.append(thing)
        return thing

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """A test; what the daemon logged is shown if it fails."""
        self._result = result
        return super().run(result)

    def _show_log(self) -> None:
        if any(test is self for test, _ in self._result.failures + self._result.errors):
            for line in self.daemon.logged().splitlines():
                print(f"# {line}")

    def _check_log(self) -> None:
        """What sanitizers and GLib have to complain of, after the end."""
        alarms = [line for line in self.daemon.logged().splitlines() if ALARM.search(line)]
        self.assertEqual(alarms, [])

    def restart(self) -> None:
        """kill -9 and start again."""
        self.daemon.kill()
        self.daemon.start()

    def hold(self, *methods: str) -> None:
        """Workers that are started from now on never answer these."""
        (self.build / "src/worker/hold").write_text(" ".join(methods))

    def refuse(self, method: str, error: str = "", message: str = "") -> None:
        """Workers that are started from now on refuse this; without an error none."""
        refusals = {method: (f"org.smartvpn.Error.{error}", message)} if error else {}
        (self.build / "src/worker/refuse").write_text(json.dumps(refusals))

    def connected(self, **settings: Any) -> tuple[Client, Steering]:
        """The default client, connected, and its worker."""
        client = self.daemon.client()
        client.connect(server_url="ws://198.51.100.2/", server_public_key=SERVER_KEY, **settings)
        return client, Steering(self.daemon, "client-default")

    def running(self, **settings: Any) -> tuple[Server, Steering]:
        """The default server, running, and its worker."""
        server = self.daemon.server()
        server.start(listen=["127.0.0.1:0"], **settings)
        return server, Steering(self.daemon, "server-default")

    @contextlib.contextmanager
    def refused(self, name: str, pattern: str = "") -> Any:
        """A call that fails with this error and a message that has `pattern`."""
        with self.assertRaises(DBusError) as caught:
            yield
        self.assertEqual(caught.exception.name, name, caught.exception.message)
        self.assertIsNotNone(re.search(pattern, caught.exception.message), caught.exception.message)
