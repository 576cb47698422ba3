# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A worker that serves on loopback, without smartvpnd: what the benchmarks of the server's front measure."""

import base64
import fcntl
import os
import pathlib
import socket
import struct
import subprocess
import tempfile
import time

import gi
import nacl.public

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
START_S = 10


def open_tun(address: str) -> int:
    """A TUN device with this address, which goes with its descriptor."""
    tun = os.open("/dev/net/tun", os.O_RDWR)
    name = fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"svpnbench%d", IFF_TUN_NO_PI))[:16].rstrip(b"\0").decode()
    subprocess.run(["ip", "address", "add", address, "dev", name], check=True)
    subprocess.run(["ip", "link", "set", name, "mtu", "1420", "up"], check=True)
    return tun


def make_certificate(directory: pathlib.Path) -> tuple[str, str]:
    """A self-signed certificate and its key, as PEM."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=vpn.example", "-keyout", directory / "key", "-out", directory / "certificate"],
                   check=True, stderr=subprocess.DEVNULL)
    return (directory / "certificate").read_text(), (directory / "key").read_text()


class ServerWorker:
    """Runs from its making until close()."""

    def __init__(self, build: pathlib.Path, max_clients: int, limits: str = "", **settings: GLib.Variant) -> None:
        """@limits: shell commands before the worker runs, such as "ulimit -n 200;"."""
        self.directory = tempfile.TemporaryDirectory()
        runtime = pathlib.Path(self.directory.name)
        (runtime / "server-bench").mkdir()
        private = os.urandom(32)
        self.public_key = self.to_public(private)
        self.log = open(runtime / "log", "w+b")
        self.process = subprocess.Popen(["sh", "-c", f'{limits} exec "$@"', "sh", build / "src/worker/smartvpn-worker",
                                         "--id", "server-bench", "--runtime-dir", runtime], stderr=self.log,
                                        stdout=self.log)
        self.pid = self.process.pid
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = listener.getsockname()[1]
        certificate, key = make_certificate(runtime)
        options = {"path": GLib.Variant("s", "/live/feed"), "tls-certificate-pem": GLib.Variant("s", certificate),
                   "tls-key-pem": GLib.Variant("s", key),
                   "private-key": GLib.Variant("s", base64.b64encode(private).decode()),
                   "ipv4-pool": GLib.Variant("s", "10.99.0.0/16"), "dns": GLib.Variant("as", []),
                   "routes": GLib.Variant("as", []), "mtu": GLib.Variant("u", 1420),
                   "max-clients": GLib.Variant("u", max_clients), "client-to-client": GLib.Variant("b", False),
                   "require-proof": GLib.Variant("b", True), "settings-hash": GLib.Variant("s", "")} | settings
        self.start(runtime / "server-bench/control", options, listener.fileno())
        listener.close()

    @staticmethod
    def to_public(private: bytes) -> str:
        """X25519 (private, 9), in base64."""
        return base64.b64encode(bytes(nacl.public.PrivateKey(private).public_key)).decode()

    def start(self, control: pathlib.Path, options: dict[str, GLib.Variant], listener: int) -> None:
        """StartServer() on the control socket."""
        deadline = time.monotonic() + START_S
        while not control.exists():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("the worker does not start")
            time.sleep(0.01)
        self.connection = Gio.DBusConnection.new_for_address_sync(
            f"unix:path={control}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        fds = Gio.UnixFDList.new()
        tun = open_tun("10.99.0.1/16")
        arguments = GLib.Variant.new_tuple(GLib.Variant("a{sv}", options), GLib.Variant("h", fds.append(tun)),
                                           GLib.Variant("ah", [fds.append(listener)]))
        os.close(tun)
        self.connection.call_with_unix_fd_list_sync(None, "/org/smartvpn/Worker", "org.smartvpn.Worker", "StartServer",
                                                    arguments, None, Gio.DBusCallFlags.NONE, -1, fds, None)

    def call(self, method: str, arguments: GLib.Variant | None = None) -> object:
        """The first value of a method's answer."""
        return self.connection.call_sync(None, "/org/smartvpn/Worker", "org.smartvpn.Worker", method, arguments, None,
                                         Gio.DBusCallFlags.NONE, 60000, None).unpack()[0]

    def memory_kb(self) -> int:
        """Resident memory."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))

    def threads(self) -> int:
        """Their number."""
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def cpu_s(self) -> float:
        """CPU time so far."""
        return sum(int((task / "schedstat").read_text().split()[0]) for task in
                   pathlib.Path(f"/proc/{self.pid}/task").iterdir()) / 1e9

    def log_text(self) -> str:
        """What it has said."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def close(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait()
        self.log.close()
        self.directory.cleanup()
