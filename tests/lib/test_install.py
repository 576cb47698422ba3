# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""An installed library: programs can be built on it, and it exports what its headers declare.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest lib.test_install
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PATIENCE_S = 120
EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
NEEDED = {"libgio-2.0.so.0", "libgobject-2.0.so.0", "libglib-2.0.so.0", "libjson-glib-1.0.so.0",
          "libsodium.so.23", "libc.so.6"}


def run(*argv: str, **environment: str) -> str:
    """A command's output; fails with all that it has printed."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=PATIENCE_S,
                          env={**os.environ, **environment})
    assert done.returncode == 0, f"{argv}: {done.stdout}"
    return done.stdout


class TestInstalled(unittest.TestCase):
    """An installation below a directory."""

    @classmethod
    def setUpClass(cls) -> None:
        """Installs the build."""
        cls.root = Path(tempfile.mkdtemp(prefix="smartvpn-test-"))
        run("meson", "install", "-C", os.environ["SMARTVPN_BUILD"], "--no-rebuild", "--quiet", DESTDIR=str(cls.root))
        (description,) = cls.root.rglob("smartvpn-1.pc")
        text = description.read_text()
        cls.prefix = f"{cls.root}{re.search('^prefix=(.*)$', text, re.MULTILINE)[1]}"
        description.write_text(re.sub("^prefix=.*$", f"prefix={cls.prefix}", text, flags=re.MULTILINE))
        cls.packages = str(description.parent)
        cls.library = next(cls.root.rglob("libsmartvpn-1.so"))

    @classmethod
    def tearDownClass(cls) -> None:
        """Removes the installation."""
        shutil.rmtree(cls.root)

    def test_c(self) -> None:
        """A C program finds the header and the library by pkg-config, but no library that libsmartvpn uses inside."""
        words = run("pkg-config", "--cflags", "--libs", "smartvpn-1", PKG_CONFIG_PATH=self.packages).split()
        run("cc", "-Wall", "-Werror", "-o", f"{self.root}/monitor", str(EXAMPLES / "monitor.c"), *words)
        self.assertNotIn("json-glib", " ".join(words))

    def test_package(self) -> None:
        """pkg-config knows which GIO the library needs, and where the other files are."""
        self.assertEqual(run("pkg-config", "--print-requires", "smartvpn-1", PKG_CONFIG_PATH=self.packages),
                         "gio-2.0 >= 2.74\n")
        for name in ("dbusinterfacesdir", "schemadir", "girdir", "typelibdir", "vapidir", "includedir"):
            with self.subTest(name):
                place = run("pkg-config", f"--variable={name}", "smartvpn-1", PKG_CONFIG_PATH=self.packages).strip()
                self.assertTrue(place.startswith(self.prefix), place)
                self.assertTrue(any(path.is_file() for path in Path(place).rglob("*")), place)

    def test_version(self) -> None:
        """Programs can ask for the version, and be warned of functions that came later."""
        words = run("pkg-config", "--cflags", "--libs", "smartvpn-1", PKG_CONFIG_PATH=self.packages).split()
        program = Path(self.root, "version.c")
        program.write_text("""#include <smartvpn.h>
            G_STATIC_ASSERT (SMARTVPN_CHECK_VERSION (0, 1, 0) && SMARTVPN_CHECK_VERSION (0, 0, 9));
            G_STATIC_ASSERT (!SMARTVPN_CHECK_VERSION (99, 0, 0) && !SMARTVPN_CHECK_VERSION (0, 1, 99));
            SMARTVPN_DEPRECATED_IN_0_1_FOR (newer) void older (void);
            int main (void) { older (); return smartvpn_get_version () == NULL; }
            void older (void) { }""")
        command = ["cc", "-Wall", "-o", f"{self.root}/version", str(program), *words]
        self.assertIn("Use 'newer' instead", run(*command))
        self.assertIn("Not available before 0.1", run(*command, "-DSMARTVPN_VERSION_MAX_ALLOWED=G_ENCODE_VERSION (0, 0)"))

    def test_vala(self) -> None:
        """A Vala program needs only the name of the package."""
        run("valac", "--vapidir", f"{self.prefix}/share/vala/vapi", "--pkg", "smartvpn-1", "--pkg", "posix",
            "-d", str(self.root), "-o", "monitor-vala", str(EXAMPLES / "monitor.vala"), "-X", "-w",
            PKG_CONFIG_PATH=self.packages)

    def test_typelib(self) -> None:
        """The typelib leads to the library by its soname."""
        run("/usr/bin/python3", "-c", "import gi; gi.require_version('Smartvpn', '1');"
            "from gi.repository import Smartvpn; Smartvpn.AuthorizedClient.new('laptop', 'KEY=')",
            GI_TYPELIB_PATH=str(next(self.root.rglob("Smartvpn-1.typelib")).parent),
            LD_LIBRARY_PATH=str(self.library.parent))

    def test_reference(self) -> None:
        """The reference has a page for each class."""
        self.assertTrue((Path(self.prefix) / "share/doc/smartvpn-1/class.Manager.html").is_file())

    def test_symbols(self) -> None:
        """The library exports exactly what the headers declare, with a version."""
        headers = "".join(path.read_text() for path in (Path(self.prefix) / "include/smartvpn-1").iterdir())
        code = re.sub(r"/\*.*?\*/", "", headers, flags=re.DOTALL)
        declared = set(re.findall(r"\b(smartvpn_\w+) \(", re.sub(r"^#.*$", "", code, flags=re.MULTILINE)))
        declared |= {f"{name}_get_type" for name in re.findall(r"^SMARTVPN_DECLARE_OPAQUE_TYPE \(\w+, (\w+),", code, re.MULTILINE)}
        symbols = run("nm", "-D", "--defined-only", str(self.library))
        exported = set(re.findall(r" T (\w+)@@SMARTVPN_1\.0$", symbols, re.MULTILINE))
        self.assertEqual(exported, declared)

    def test_needed(self) -> None:
        """The library needs few others."""
        dynamic = run("readelf", "--dynamic", "--wide", str(self.library))
        self.assertEqual(re.search(r"SONAME.*\[(.*)\]", dynamic)[1], "libsmartvpn-1.so.0")
        self.assertLessEqual(set(re.findall(r"NEEDED.*\[(.*)\]", dynamic)), NEEDED)
