# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The template is up to date, and the translations are complete.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR XGETTEXT="xgettext ARGUMENT..." python3 -m tap_unittest install.test_translations
"""

from __future__ import annotations

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ["SMARTVPN_BUILD"])
PO = ROOT / "po"
LANGUAGES = [line for line in (PO / "LINGUAS").read_text().split("\n") if line and not line.startswith("#")]
UPDATE = "run: ninja -C build smartvpn-update-po"


def run(*command: str) -> str:
    """Runs a command; returns its output, or fails with its errors."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=PO)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_date(text: str) -> str:
    """A template without its date."""
    return re.sub(r'^"POT-Creation-Date: .*\n', "", text, flags=re.MULTILINE)


class TestTranslations(unittest.TestCase):
    """po/."""

    def test_template(self) -> None:
        """smartvpn.pot is up to date."""
        fresh = run(*os.environ["XGETTEXT"].split(), "--files-from=POTFILES", f"--directory={ROOT}", "--output=-")
        self.assertEqual(without_date((PO / "smartvpn.pot").read_text()), without_date(fresh), UPDATE)

    def test_marked(self) -> None:
        """Every source that marks texts is in POTFILES."""
        listed = {line for line in (PO / "POTFILES").read_text().splitlines() if line and not line.startswith("#")}
        marked = {str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.c")
                  if '#include "i18n.h"' in path.read_text() and re.search(r'\b_ ?\("', path.read_text())}
        self.assertEqual(marked - listed, set())

    def test_complete(self) -> None:
        """Every text has its translation, and none is marked as fuzzy."""
        for language in LANGUAGES:
            with self.subTest(language):
                run("msgcmp", f"{language}.po", "smartvpn.pot")
                run("msgfmt", "--check", "--output-file=/dev/null", f"{language}.po")

    def test_used(self) -> None:
        """smartvpnd speaks the language of its user."""
        script = """
            [ -d "$LOCALEDIR" ] || { mount -t tmpfs locale "${LOCALEDIR%/*}" && mkdir "$LOCALEDIR"; }
            mount --bind "$0" "$LOCALEDIR" && exec "$1" --help
        """
        as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        said = subprocess.run(["unshare", "--mount", *as_root, "sh", "-c", script, BUILD / "po", BUILD / "src/daemon/smartvpnd"],
                              check=True, capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "de"}).stdout
        self.assertIn("Am Systembus arbeiten", said)
