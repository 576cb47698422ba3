# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The Debian package: built, installed, upgraded in the middle of traffic, removed and purged.

Only for machines where systemd is PID 1 and SmartVPN is not installed. As in test_systemd, a drop-in puts the service into the
client's namespace.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import tls
from .harness import WEB4, WEB6, Lab, Namespace, run, wait_until
from .scene import URL4, ProfiledClient
from .test_cli import SERVER_SETTINGS
from .test_restart import LONGEST_GAP_S, same_truth
from .test_systemd import DROP_INS, UNITS, USER, InstalledDaemon, Result, check_activation, check_restart, property_of, \
    reload
from .traffic import Iperf, Pinger, ping
from .vpn import Client, Daemon, read_proc

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["smartvpn", "libsmartvpn-1-0"]
BUILD_TIMEOUT = 1800.0
EVERYTHING = ["0.0.0.0/0", "::/0"]
# Files that change whenever a package comes or goes: dpkg's and apt's records, indexes, and backups of /etc/passwd.
BOOKKEEPING = ("/var/lib/dpkg/", "/var/lib/apt/", "/var/cache/", "/var/log/", "/var/lib/systemd/", "/etc/.pwd.lock",
               "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
               "/usr/share/icons/hicolor/icon-theme.cache", "/usr/share/icons/hicolor/.icon-theme.cache",
               "/tmp/", "/var/tmp/", str(ROOT) + "/", "/etc/netns/")


def build(lab: Lab, *arguments: str) -> list[Path]:
    """Builds the packages of service and library; lintian must find nothing."""
    directory = lab.directory / f"package{len(list(lab.directory.glob('package*')))}"
    run(["env", "-u", "SUDO_USER", str(ROOT / "scripts/package"), "--lint", *arguments, str(directory)],
        timeout=BUILD_TIMEOUT)
    return [next(directory.glob(f"{name}_*.deb")) for name in PACKAGES]


@contextlib.contextmanager
def namespaced(lab: Lab, namespace: Namespace | None = None, *others: str) -> Iterator[None]:
    """Has our units, and others, run in a namespace, the client's by default, once they are installed. Afterwards nothing of
    the package is left."""
    drop_ins = [DROP_INS / f"{unit}.d/{lab.prefix}.conf" for unit in (*UNITS, *others)]
    try:
        for drop_in in drop_ins:
            drop_in.parent.mkdir(parents=True)
            drop_in.write_text(f"[Service]\nNetworkNamespacePath=/run/netns/{(namespace or lab.client).name}\n")
        reload()
        yield
    finally:
        lab.directory.joinpath("journal.log").write_text(run(["journalctl", "-b", "-o", "cat", "-u", "smartvpn*"], check=False))
        run(["dpkg", "--purge", *PACKAGES], check=False)
        for drop_in in drop_ins:
            shutil.rmtree(drop_in.parent)
        reload()


@contextlib.contextmanager
def authority(lab: Lab) -> Iterator[str]:
    """The server's certificate authority, in a file that the service can read, since it has a private /tmp."""
    file = Path(f"/run/{lab.prefix}.pem")
    file.write_bytes(tls.authority().certificate.read_bytes())
    try:
        yield str(file)
    finally:
        file.unlink()


def apt(*arguments: str) -> str:
    """Runs apt-get without questions."""
    return run(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "--no-install-recommends", *arguments],
               timeout=300)


def version_of(packages: list[Path]) -> str:
    """The version of packages."""
    return run(["dpkg-deb", "--field", str(packages[0]), "Version"]).strip()


def ctl(*arguments: str, bus: str = "", stdin: str = "") -> str:
    """smartvpnctl of the package, on the system bus or another."""
    done = subprocess.run(["smartvpnctl", *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=60,
                          env={**os.environ, **({"SMARTVPN_BUS": bus} if bus else {})})
    assert done.returncode == 0, f"{arguments}: {done.returncode}: {done.stderr}"
    return done.stdout


def connect(daemon: Daemon, server: Daemon, trusted: str) -> Result:
    """A server, an invitation and a client, by smartvpnctl alone."""
    ctl("profile", "edit", "default", "--server", *SERVER_SETTINGS, bus=server.bus.address)
    ctl("server", "start", bus=server.bus.address)
    invitation = ctl("invite", "laptop", f"tls-ca-file={trusted}", "--url", URL4, "--json", bus=server.bus.address)
    ctl("profile", "import", stdin=invitation)
    ctl("connect")
    said = ctl("status", "default")
    ping(daemon.namespace, WEB4)
    return "connected by smartvpnctl", "connected" in said and "10.8.0.2" in said, said


def all_files() -> set[str]:
    """Every file and folder of this machine's root file system."""
    found = run(["find", "/", "-xdev"], timeout=300).splitlines()
    return {path for path in found if not path.startswith(BOOKKEEPING)}


def traces(lab: Lab) -> dict[str, object]:
    """Everything else that could be left: users, units, processes, folders, the network."""
    processes = [name for pid in lab.client.pids() if "smartvpn" in (name := read_proc(pid, "comm"))]
    units = run(["systemctl", "list-units", "--all", "--plain", "--no-legend", "smartvpn*"])
    files = run(["systemctl", "list-unit-files", "--no-legend", "smartvpn*"], check=False)
    folders = [path for path in ("/etc/smartvpn", "/run/smartvpn", "/var/lib/smartvpn", "/usr/share/doc/smartvpn")
               if Path(path).exists()]
    users = [entry for entry in (*(user.pw_name for user in pwd.getpwall()), *(group.gr_name for group in grp.getgrall()))
             if entry == USER]
    helpers = [str(path) for path in Path("/var/lib/systemd").rglob("*smartvpn*")]
    return {"processes": processes, "units": units, "unit files": files, "folders": folders, "users": users,
            "deb-systemd-helper": helpers, "network": lab.client.snapshot()}


def check_installed() -> Result:
    """Enabled for the next boot, and not running yet."""
    seen = (property_of("smartvpnd.service", "UnitFileState"), property_of("smartvpnd.service", "ActiveState"))
    return "installed: enabled, and waits for the first call", seen == ("enabled", "inactive"), str(seen)


def check_german() -> Result:
    """The package has the translations."""
    said = subprocess.run(["smartvpnd", "--help"], capture_output=True, text=True, check=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "de"}).stdout
    return "smartvpnd --help in German", "Am Systembus arbeiten" in said, said


def check_upgrade(lab: Lab, client: Client, packages: list[Path]) -> Result:
    """apt-get install of the next version in the middle of iperf3: another smartvpnd, the same tunnel."""
    worker, daemon = client.daemon.worker_pid("client-default"), property_of("smartvpnd.service", "MainPID")
    pinger = Pinger(lab.client, WEB6, 0.05)
    iperf = Iperf(lab, lab.client, lab.web, WEB4, 25)
    iperf.wait_flowing(client.statistics)
    status = client.status()
    apt("install", *map(str, packages))
    wait_until(client.daemon.bus.owner, "org.smartvpn on the bus")
    during = iperf.process.is_running()
    same_truth(status, client.status())
    rate = iperf.finish(LONGEST_GAP_S)
    lost = pinger.lost()
    seen = {"version": client.daemon.version(), "lost": lost, "during": during,
            "another smartvpnd": property_of("smartvpnd.service", "MainPID") not in (daemon, "0"),
            "same worker": client.daemon.worker_pid("client-default") == worker,
            "of the old package": os.readlink(f"/proc/{worker}/exe").endswith(" (deleted)")}
    expected = {"version": version_of(packages), "lost": 0, "during": True, "another smartvpnd": True, "same worker": True,
                "of the old package": True}
    return "upgraded in the middle of iperf3 and ping", seen == expected, f"{rate / 1e6:.0f} Mbit/s, {seen}"


def check_new_worker(lab: Lab, client: ProfiledClient) -> Result:
    """Asserts that the next connection uses the new worker."""
    client.disconnect()
    client.connect(routes=EVERYTHING)
    ping(lab.client, WEB4)
    program = os.readlink(f"/proc/{client.daemon.worker_pid('client-default')}/exe")
    return "the next connection is the new worker's", program == "/usr/libexec/smartvpn-worker", program


def check_removed(lab: Lab, network: str) -> Iterator[Result]:
    """apt-get remove under a full tunnel."""
    client = InstalledDaemon(lab.client).add_client("kept", server_url=URL4)
    apt("remove", *PACKAGES)
    seen = traces(lab)
    yield "removed: no process", seen["processes"] == [], str(seen["processes"])
    yield "removed: the network is as before", seen["network"] == network, str(seen["network"])
    yield "removed: profiles are kept", seen["folders"] == ["/etc/smartvpn"], f"{client.path}: {seen['folders']}"


def live(lab: Lab, first: list[Path], second: list[Path]) -> Iterator[Result]:
    """The package's life from installation to removal."""
    server = Daemon(lab, lab.server)
    files, before = all_files(), traces(lab)
    apt("install", *map(str, first))
    yield check_installed()
    daemon = InstalledDaemon(lab.client)
    yield check_activation(daemon)
    yield check_german()
    with authority(lab) as file:
        yield connect(daemon, server, file)
        client = ProfiledClient(daemon, {})
        check_restart(lab, client)
        yield "systemctl restart loses nothing", True, ""
        yield check_upgrade(lab, client, second)
        yield check_new_worker(lab, client)
    yield from check_removed(lab, before["network"])
    apt("purge", *PACKAGES)
    left = {name: value for name, value in traces(lab).items() if value != before[name]}
    yield "purged: no user, unit, process, folder or rule is left", not left, str(left)
    changed = all_files() ^ files
    yield "purged: no file is left", not changed, " ".join(sorted(changed))


def test_life(lab: Lab) -> Iterator[Result]:
    """The whole life of the package."""
    assert not Path("/usr/sbin/smartvpnd").exists() and not Path("/etc/smartvpn").exists(), "SmartVPN is installed here"
    first, second = build(lab), build(lab, "--version", "999.1")
    yield "scripts/package, and lintian has found nothing", True, f"{version_of(first)}, {version_of(second)}"
    with namespaced(lab):
        yield from live(lab, first, second)
