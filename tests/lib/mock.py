# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A private bus with mock_service.py on it, which a test steers."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from gi.repository import Gio, GLib

from system.harness import wait_until

PROGRAM = Path(__file__).resolve().parent / "mock_service.py"
FLAGS = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
PATIENCE_S = 10


def close_on_exec() -> None:
    """Has programs inherit no files. A bus would inherit the pipe by which GTestDBus learns of the end of this process, and so
    outlive it."""
    for file in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # the file of the listing itself
            if int(file) > 2:
                os.set_inheritable(int(file), False)


class Mock:
    """The bus and the mock; the mock does not own the name org.smartvpn at first."""

    def __init__(self, services: str = "") -> None:
        """@services: a folder with services that the bus starts."""
        close_on_exec()
        self.bus = Gio.TestDBus.new(Gio.TestDBusFlags.NONE)
        if services:
            self.bus.add_service_dir(services)
        self.bus.up()
        self.address = self.bus.get_bus_address()
        self.process = subprocess.Popen([sys.executable, PROGRAM], stdin=subprocess.PIPE,
                                        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address})
        self.connection = Gio.DBusConnection.new_for_address_sync(self.address, FLAGS, None, None)
        wait_until(self._is_there, "the mock")

    def _is_there(self) -> bool:
        return self.connection.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner",
                                         GLib.Variant("(s)", ("org.smartvpn.Mock",)), None, 0, 5000, None).unpack()[0]

    def stop(self) -> None:
        """Ends both."""
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.connection.close_sync()
            self.bus.down()

    def steer(self, method: str, signature: str = "()", *arguments: Any) -> Any:
        """Calls org.smartvpn.Mock."""
        return self.connection.call_sync("org.smartvpn.Mock", "/mock", "org.smartvpn.Mock", method,
                                         GLib.Variant(signature, arguments), None, 0, 5000, None).unpack()

    def answer(self, method: str, signature: str, *values: Any) -> None:
        """From now on "Client.GetStatus", say, returns this."""
        self.steer("Answer", "(sv)", method, GLib.Variant(signature, values))

    def refuse(self, method: str, error: str, message: str) -> None:
        """From now on a method fails."""
        self.steer("Refuse", "(sss)", method, error, message)

    def got(self, method: str) -> str:
        """The arguments of the last call of a method, as text; "" if it was not called."""
        return self.steer("Got", "(s)", method)[1]
