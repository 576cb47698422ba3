# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The files that `meson install` installs, compared with those that a running system needs.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest install.test_files
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ["SMARTVPN_BUILD"])

HEADERS = re.findall(r'#include "(.*)"', (ROOT / "src/lib/smartvpn.h").read_text())

# By the user of each file. Folders in braces are below.
MANIFEST = {
    "programs": ["{prefix}/sbin/smartvpnd", "{prefix}/libexec/smartvpn-worker", "{prefix}/bin/smartvpnctl"],
    "systemd": ["{units}/smartvpnd.service", "{units}/smartvpn-worker@.service", "{units}/smartvpn-lockdown.service",
                "{sysusers}/smartvpn.conf"],
    "other managers of the network": ["{prefix}/lib/systemd/network/10-smartvpn.network",
                                      "{prefix}/lib/NetworkManager/conf.d/smartvpn.conf"],
    "the bus": ["{policy}/org.smartvpn.conf", "{prefix}/share/dbus-1/system-services/org.smartvpn.service",
                *(f"{{prefix}}/share/dbus-1/interfaces/org.smartvpn.{name}.xml" for name in ("Client", "Manager", "Server", "Telemetry"))],
    "desktops": ["{prefix}/share/metainfo/org.smartvpn.smartvpn.metainfo.xml",
                 "{prefix}/share/icons/hicolor/scalable/apps/org.smartvpn.svg",
                 "{prefix}/share/icons/hicolor/symbolic/apps/org.smartvpn-symbolic.svg"],
    "polkit": ["{actions}/org.smartvpn.policy"],
    "programs that use the library": [
        *(f"{{libdir}}/libsmartvpn-1.so{version}" for version in ("", ".0", ".0.0.0")),
        *(f"{{prefix}}/include/smartvpn-1/{header}" for header in ("smartvpn.h", *HEADERS)),
        "{libdir}/pkgconfig/smartvpn-1.pc", "{libdir}/girepository-1.0/Smartvpn-1.typelib",
        *(f"{{prefix}}/share/doc/smartvpn/examples/monitor.{suffix}" for suffix in ("c", "js", "py", "vala")),
        "{prefix}/share/gir-1.0/Smartvpn-1.gir", "{prefix}/share/vala/vapi/smartvpn-1.deps",
        "{prefix}/share/vala/vapi/smartvpn-1.vapi"],
    "web servers": [f"{{prefix}}/share/doc/smartvpn/examples/{name}" for name in ("haproxy.cfg", "nginx.conf")],
    "scripts": [f"{{prefix}}/share/smartvpn/schema/{name}.schema.json" for name in (
        "authorized-client", "client", "error", "finding", "keypair", "mtu", "profile", "quality", "sample", "server",
        "server-keys", "session", "statistics")],
    "shells": ["{prefix}/share/bash-completion/completions/smartvpnctl", "{prefix}/share/zsh/site-functions/_smartvpnctl"],
    "people": ["{prefix}/share/man/man1/smartvpnctl.1", "{prefix}/share/man/man8/smartvpnd.8",
               "{prefix}/share/locale/de/LC_MESSAGES/smartvpn.mo"],
}
REFERENCE = "/share/doc/smartvpn-1"  # of the library: many pages, with names that gi-docgen chooses
PROGRAMS = ("sbin", "libexec", "bin")
SCRIPTS = (".js", ".py")  # examples
BINARY = (".mo", ".typelib")


def output(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def systemd(variable: str) -> str:
    """A variable of systemd.pc."""
    return output("pkg-config", f"--variable={variable}", "systemd").strip()


def folders(prefix: str) -> dict[str, str]:
    """The folders in braces, for a prefix."""
    below = {"prefix": prefix, "units": f"{prefix}/lib/systemd/system", "sysusers": f"{prefix}/lib/sysusers.d",
             "policy": f"{prefix}/share/dbus-1/system.d", "actions": f"{prefix}/share/polkit-1/actions",
             "libdir": f"{prefix}/lib/{output('gcc', '-print-multiarch').strip()}"}
    of_system = {"/usr": {"units": systemd("systemd_system_unit_dir"), "sysusers": systemd("sysusers_dir")},
                 "/usr/local": {"policy": "/etc/dbus-1/system.d", "actions": "/usr/share/polkit-1/actions"}}
    return {**below, **of_system.get(prefix, {})}


def manifest(prefix: str) -> list[str]:
    """All files, sorted."""
    return sorted(file.format(**folders(prefix)) for files in MANIFEST.values() for file in files)


def planned(build: Path) -> list[str]:
    """All files that a configured build would install, sorted."""
    found = []
    for source, target in json.loads(output("meson", "introspect", "--installed", str(build))).items():
        inside = [path.relative_to(source) for path in Path(source).rglob("*") if path.is_file()]
        found += [str(Path(target, path)) for path in inside or [Path()]]
    return without_reference(found)


def without_reference(files: list[str]) -> list[str]:
    """All files except the pages of the library's reference, sorted; asserts that there are such pages."""
    rest = [file for file in files if REFERENCE not in file]
    assert len(rest) < len(files), "no reference"
    return sorted(rest)


class TestFiles(unittest.TestCase):
    """Files and their places."""

    def setUp(self) -> None:
        """A folder to install into."""
        folder = tempfile.TemporaryDirectory(prefix="smartvpn-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_installed(self) -> None:
        """`meson install` installs exactly the manifest, without unfilled templates, with the right modes."""
        options = json.loads(output("meson", "introspect", "--buildoptions", str(BUILD)))
        prefix = next(option["value"] for option in options if option["name"] == "prefix")
        output("meson", "install", "-C", str(BUILD), "--no-rebuild", "--destdir", str(self.folder))
        files = sorted(path for path in self.folder.rglob("*") if not path.is_dir())
        self.assertEqual(without_reference([f"/{path.relative_to(self.folder)}" for path in files]), manifest(prefix))
        self.assertTrue((self.folder / f"{prefix}{REFERENCE}/index.html".lstrip("/")).exists())
        for path in (path for path in files if not path.is_symlink() and REFERENCE not in str(path)):
            is_code = path.parent.name in PROGRAMS or ".so." in path.name or path.suffix in SCRIPTS
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o755 if is_code else 0o644, path)
            if (not is_code or path.suffix in SCRIPTS) and path.suffix not in BINARY:
                self.assertIsNone(re.search(r"@(?!system-service$)\w+@", path.read_text()), path)

    def test_prefixes(self) -> None:
        """For any prefix, all files are below it, except those that would not be found there."""
        build = self.folder / "build"
        for prefix in ("/usr", "/usr/local", "/opt/smartvpn"):
            with self.subTest(prefix):
                again = ["--reconfigure"] if build.exists() else []
                said = output("meson", "setup", *again, str(build), str(ROOT), f"--prefix={prefix}")
                self.assertEqual(planned(build), manifest(prefix))
                self.assertEqual("smartvpnd --install" in said, prefix.startswith("/opt"), said)
                self.assertIn(f"\nExecStart={prefix}/sbin/smartvpnd ", (build / "data/smartvpnd.service").read_text())

    def test_found(self) -> None:
        """systemd and the bus look for their files where they are."""
        conf = ElementTree.parse("/usr/share/dbus-1/system.conf").getroot()
        policies = [os.path.normpath(Path("/usr/share/dbus-1", node.text)) for node in conf.iter("includedir")]
        units = systemd("systemd_system_unit_path").split(":")
        for prefix in ("/usr", "/usr/local"):
            self.assertIn(folders(prefix)["units"], units)
            self.assertIn(folders(prefix)["policy"], policies)


class TestTexts(unittest.TestCase):
    """The content of the files."""

    def test_manual(self) -> None:
        """The manual page has all options of --help."""
        options = set(re.findall(r"--[a-z-]+", output(str(BUILD / "src/daemon/smartvpnd"), "--help")))
        manual = (ROOT / "data/man/smartvpnd.8").read_text().replace("\\-", "-")
        self.assertEqual(options - set(re.findall(r"--[a-z-]+", manual)), set())

    def test_metainfo(self) -> None:
        """appstreamcli finds nothing."""
        done = subprocess.run(["appstreamcli", "validate", "--pedantic", "--no-net", "--no-color",
                               str(BUILD / "data/org.smartvpn.smartvpn.metainfo.xml")],
                              capture_output=True, text=True, check=False)
        self.assertRegex(done.stdout, r"^\W*Validation was successful\.$")

    def test_versions(self) -> None:
        """Meson, the metainfo, CHANGELOG.md and the changelog of the package have the same version."""
        project = json.loads(output("meson", "introspect", "--projectinfo", str(BUILD)))
        metainfo = ElementTree.parse(BUILD / "data/org.smartvpn.smartvpn.metainfo.xml")
        changelog = (ROOT / "data/debian/changelog").read_text()
        self.assertEqual(metainfo.find("releases/release").get("version"), project["version"])
        self.assertEqual(re.match(r"smartvpn \(([^)]+)\)", changelog)[1], project["version"])
        released = re.findall(r"^## (\d[^,]*), ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
        self.assertEqual(released[0], project["version"])
