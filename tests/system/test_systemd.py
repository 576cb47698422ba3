# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""SmartVPN installed under a booted systemd: units, activation by the system bus, and tunnels that outlive a restart.

Only for machines where systemd is PID 1 and SmartVPN is not installed. The service runs in the client's namespace, by a
drop-in; the test removes everything that it installed.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from gi.repository import Gio

from . import tls
from .harness import WEB4, WEB6, Lab, Namespace, run, wait_until
from .scene import URL4, ProfiledClient, start_server
from .test_isolation import status_of
from .test_restart import COUNTERS, LONGEST_GAP_S, same_truth
from .traffic import Iperf, Pinger, ping
from .vpn import Bus, Client, Daemon, kill_worker

ROOT = Path(__file__).resolve().parents[2]
UNITS = ["smartvpnd.service", "smartvpn-worker@.service"]
WORKER_UNIT = "smartvpn-worker@client-default.service"
DROP_INS = Path("/run/systemd/system")
USER = "smartvpn"
EXPOSURE_MAX = {"smartvpnd.service": 4.0, WORKER_UNIT: 2.0}
WATCHDOG_S = 3
EVENTS = {name: value for name, value in
          re.findall(r"SVPN_EVENT_(\w+) \"(\w+)\"", (ROOT / "src/common/journal.h").read_text())}
Result = tuple[str, bool, str]


class SystemBus(Bus):
    """The system bus."""

    def __init__(self) -> None:
        self.address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SYSTEM, None)
        self.connection = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)

    def close(self) -> None:
        """It stays."""


class InstalledDaemon(Daemon):
    """smartvpnd as systemd runs it."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self.bus = SystemBus()


def installed_files(build: Path) -> list[Path]:
    """The files that meson has installed."""
    lines = (build / "meson-logs/install-log.txt").read_text().splitlines()
    return [Path(line) for line in lines if line and not line.startswith("#")]


def reload() -> None:
    """Has systemd and the bus read their files again."""
    run(["systemctl", "daemon-reload"])
    run(["busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig"])


@contextlib.contextmanager
def installed(lab: Lab) -> Iterator[InstalledDaemon]:
    """Installs SmartVPN on this machine, in the client's namespace, and removes it afterwards."""
    assert not Path("/usr/sbin/smartvpnd").exists() and not Path("/etc/smartvpn").exists(), "SmartVPN is installed here"
    assert USER not in {user.pw_name for user in pwd.getpwall()}, f"there is a user {USER}"
    files = {"pem": tls.authority().certificate, "server.pem": tls.server().certificate, "server.key": tls.server().key}
    for suffix, file in files.items():  # the units have a private /tmp
        Path(f"/run/{lab.prefix}.{suffix}").write_bytes(file.read_bytes())
    try:
        run(["meson", "install", "-C", str(lab.build), "--no-rebuild", "--quiet"])
        for unit in UNITS:
            drop_in = DROP_INS / f"{unit}.d/{lab.prefix}.conf"
            drop_in.parent.mkdir(parents=True)
            watchdog = f"WatchdogSec={WATCHDOG_S}s\n" if unit == "smartvpnd.service" else ""
            drop_in.write_text(f"[Service]\nNetworkNamespacePath=/run/netns/{lab.client.name}\n{watchdog}")
        run(["systemd-sysusers"])
        reload()
        yield InstalledDaemon(lab.client)
    finally:
        remove(lab)
        for suffix in files:
            Path(f"/run/{lab.prefix}.{suffix}").unlink()


def remove(lab: Lab) -> None:
    """Removes everything again."""
    journal = run(["journalctl", "-b", "-o", "cat", "-u", "smartvpn*"], check=False)
    lab.directory.joinpath("journal-smartvpnd.log").write_text(journal)
    for unit in ("smartvpnd.service", "smartvpn-worker@*.service"):
        run(["systemctl", "stop", unit], check=False)
    for file in installed_files(lab.build):
        if file.is_dir() and not file.is_symlink():
            with contextlib.suppress(OSError):
                file.rmdir()
        else:
            file.unlink(missing_ok=True)
    for unit in UNITS:
        shutil.rmtree(DROP_INS / f"{unit}.d", ignore_errors=True)
    for directory in ("/etc/smartvpn", "/run/smartvpn", "/var/lib/smartvpn"):
        shutil.rmtree(directory, ignore_errors=True)
    run(["systemctl", "reset-failed", "smartvpn*"], check=False)
    reload()
    subprocess.run(["userdel", USER], check=False, capture_output=True)
    subprocess.run(["groupdel", USER], check=False, capture_output=True)


def property_of(unit: str, name: str) -> str:
    """A property of a unit."""
    return run(["systemctl", "show", "--value", "-p", name, unit]).strip()


def check_units() -> Result:
    """systemd-analyze verify finds nothing."""
    units = [f"/usr/lib/systemd/system/{unit.replace('@', '@test')}" for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True,
                          check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "smartvpn" in line]
    return "systemd-analyze verify", done.returncode == 0 and not said, "; ".join(said)


def check_activation(daemon: InstalledDaemon) -> Result:
    """A call on the system bus starts the service."""
    before = property_of("smartvpnd.service", "ActiveState")
    run(["busctl", "call", "org.smartvpn", "/org/smartvpn", "org.freedesktop.DBus.Peer", "Ping"])
    after = property_of("smartvpnd.service", "ActiveState")
    return "activation by the system bus", (before, after) == ("inactive", "active") and bool(daemon.bus.owner()), \
        f"{before}, {after}"


def check_worker(daemon: InstalledDaemon) -> Result:
    """The worker is a unit of its own, and runs as its own user without rights."""
    pid = daemon.worker_pid("client-default")
    status = status_of(pid)
    uid = str(pwd.getpwnam(USER).pw_uid)
    seen = (status["Uid"].split(), int(status["CapEff"], 16), int(status["CapPrm"], 16), int(status["CapBnd"], 16),
            status["NoNewPrivs"], property_of(WORKER_UNIT, "MainPID"))
    return "the worker has no rights", seen == ([uid] * 4, 0, 0, 0, "1", str(pid)), str(seen)


def check_exposure() -> Iterator[Result]:
    """systemd-analyze's verdict on the sandboxes."""
    for unit, most in EXPOSURE_MAX.items():
        said = run(["systemd-analyze", "security", "--no-pager", unit])
        exposure = float(re.search(r"Overall exposure level for .*: ([\d.]+) ", said)[1])
        yield f"exposure of {unit} is at most {most}", exposure <= most, str(exposure)


def journal(*matches: str) -> list[dict[str, str]]:
    """The journal's entries since the boot."""
    lines = run(["journalctl", "-b", "--no-pager", "-o", "json", *matches]).splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def wait_event(event: str, **fields: str) -> dict[str, str]:
    """The first entry of this event with these fields."""
    matches = [f"MESSAGE_ID={EVENTS[event]}", *(f"{name.upper()}={value}" for name, value in fields.items())]
    return wait_until(lambda: journal(*matches), f"{matches} in the journal")[0]


def check_journal() -> None:
    """The journal has all events so far, with their fields, from smartvpnd and from the workers."""
    entry = wait_event("UP", smartvpn_client="default")
    seen = {name: entry.get(name) for name in ("SMARTVPN_STATE", "_SYSTEMD_UNIT", "PRIORITY", "GLIB_DOMAIN")}
    assert seen == {"SMARTVPN_STATE": "connected", "_SYSTEMD_UNIT": "smartvpnd.service", "PRIORITY": "5",
                    "GLIB_DOMAIN": "smartvpnd"}, entry
    entry = wait_event("WORKER_DIED", smartvpn_client="default")
    assert entry["PRIORITY"] == "4" and "signal 9" in entry["MESSAGE"], entry
    entry = wait_event("FAILED", smartvpn_client="default", smartvpn_state="failed")
    assert entry["SMARTVPN_REASON"].startswith("The worker was killed by signal 9"), entry
    wait_until(lambda: journal("SMARTVPN_CLIENT=default", f"_SYSTEMD_UNIT={WORKER_UNIT}"), "messages of the worker")


def check_hung(client: Client) -> None:
    """systemd kills and restarts a smartvpnd that hangs; its tunnel stays."""
    pid = property_of("smartvpnd.service", "MainPID")
    os.kill(int(pid), signal.SIGSTOP)
    wait_until(lambda: property_of("smartvpnd.service", "MainPID") not in (pid, "0") and client.daemon.bus.owner(),
               "the next smartvpnd", 10 * WATCHDOG_S)
    assert wait_until(lambda: property_of("smartvpnd.service", "StatusText"), "a status") == "client-default is connected"
    assert client.get("State") == "connected"


def check_restart(lab: Lab, client: Client) -> None:
    """systemctl restart in the middle of iperf3 loses nothing."""
    pid, daemon_pid = client.daemon.worker_pid("client-default"), property_of("smartvpnd.service", "MainPID")
    pinger = Pinger(lab.client, WEB6, 0.05)
    iperf = Iperf(lab, lab.client, lab.web, WEB4, 5)
    iperf.wait_flowing(client.statistics)
    status, statistics = client.status(), client.statistics()
    run(["systemctl", "restart", "smartvpnd.service"])
    wait_until(client.daemon.bus.owner, "org.smartvpn on the bus")
    assert property_of("smartvpnd.service", "MainPID") not in (daemon_pid, "0")
    same_truth(status, client.status())
    after = client.statistics()
    assert all(after[name] >= statistics[name] > 0 for name in COUNTERS), (statistics, after)
    iperf.finish(LONGEST_GAP_S)
    assert pinger.lost() == 0
    assert client.daemon.worker_pid("client-default") == pid


def check_killed(client: Client) -> None:
    """kill -9 of smartvpnd: systemd starts it again, and it finds its tunnel."""
    pid = property_of("smartvpnd.service", "MainPID")
    run(["systemctl", "kill", "--signal=KILL", "smartvpnd.service"])
    wait_until(lambda: property_of("smartvpnd.service", "MainPID") not in (pid, "0") and client.daemon.bus.owner(),
               "the next smartvpnd")
    assert client.get("State") == "connected"


def check_worker_killed(client: Client) -> None:
    """smartvpnd reports the signal that killed a worker."""
    client.clear()
    kill_worker(client.daemon.worker_pid("client-default"))
    assert client.wait_signal("Exited") == (128 + 9,)
    client.wait_state("failed")
    client.connect()


def check_strangers() -> None:
    """Other users may only look."""
    def as_daemon(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["busctl", "call", "org.smartvpn", "/org/smartvpn/clients/default", *arguments],
                              user="daemon", capture_output=True, text=True, check=False)
    assert as_daemon("org.smartvpn.Client", "GetStatus").returncode == 0
    for call in (["Disconnect"], ["Connect", "a{sv}", "0"]):
        refused = as_daemon("org.smartvpn.Client", *call)
        assert refused.returncode != 0 and f"{call[0]} is not allowed to user" in refused.stderr, refused.stderr


def test_installed(lab: Lab) -> Iterator[Result]:
    """The whole life of an installed service."""
    _, key = start_server(lab)
    with installed(lab) as daemon:
        before = lab.client.snapshot()
        yield check_units()
        yield check_activation(daemon)
        client = ProfiledClient(daemon, {"server_url": URL4, "server_public_key": key,
                                         "tls_ca_file": f"/run/{lab.prefix}.pem"})
        client.connect()
        for address in (WEB4, WEB6):
            ping(lab.client, address)
        yield "Connect() over the system bus", True, ""
        yield check_worker(daemon)
        yield from check_exposure()
        check_strangers()
        yield "other users may look, and nothing else", True, ""
        check_restart(lab, client)
        yield "systemctl restart loses nothing", True, ""
        check_killed(client)
        ping(lab.client, WEB4)
        yield "kill -9 of smartvpnd", True, ""
        check_hung(client)
        ping(lab.client, WEB4)
        yield "a smartvpnd that hangs", True, ""
        check_worker_killed(client)
        yield "kill -9 of the worker", True, ""
        check_journal()
        yield "all of that is in the journal", True, ""
        client.disconnect()
        wait_until(lambda: property_of(WORKER_UNIT, "ActiveState") == "inactive", "the end of the worker's unit")
        yield "nothing is left behind", lab.client.snapshot() == before, ""
    left = [path for path in ("/usr/sbin/smartvpnd", "/etc/smartvpn", "/run/smartvpn") if Path(path).exists()]
    yield "and all of it is removed", not left, str(left)
