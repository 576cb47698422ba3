# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What programs rely on, as one flat dictionary: a name of each thing, and what must not change about it.

    PYTHONPATH=tests python3 -m api.contract BUILD     records it in tests/api/recorded.json and in the Debian symbols

tests/api/test_recorded.py compares a build with what is recorded: taking away and changing fails, adding does not.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
RECORDED = PROJECT / "tests/api/recorded.json"
SYMBOLS = PROJECT / "data/debian/libsmartvpn-1-0.symbols"
GIR = {"": "http://www.gtk.org/introspection/core/1.0", "c": "http://www.gtk.org/introspection/c/1.0",
       "glib": "http://www.gtk.org/introspection/glib/1.0"}
Entries = Iterator[tuple[str, str]]


def output(*command: str | Path) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dbus() -> Entries:
    """Methods, signals and properties on D-Bus, with their types."""
    for path in (PROJECT / "introspection").glob("org.smartvpn.*.xml"):
        for interface in ElementTree.parse(path).findall("interface"):
            for node in interface.findall("*"):
                types = [f"{arg.get('direction', 'out')} {arg.get('type')}" for arg in node.findall("arg")]
                what = f"{node.get('type')} {node.get('access')}" if node.tag == "property" else ", ".join(types)
                if node.tag in ("method", "signal", "property"):
                    yield f"dbus {interface.get('name')}: {node.tag} {node.get('name')}", what


def gir_type(node: ElementTree.Element) -> str:
    """The type of a value, its ownership, and whether there may be none."""
    array, plain = node.find("array", GIR), node.find("type", GIR)
    if node.find("varargs", GIR) is not None:
        return "..."
    inner = (array if array is not None else node).find("type", GIR) if array is not None else plain
    name = inner.get("name") if inner is not None else "?"
    nullable = " or NULL" if node.get("nullable") == "1" else ""
    return f"{name}{'[]' if array is not None else ''}{nullable} ({node.get('transfer-ownership', 'none')})"


def gir_call(node: ElementTree.Element) -> str:
    """The parameters and the result of a function or a signal."""
    parameters = [f"{each.get('direction', 'in')} {gir_type(each)}" for each in node.findall("parameters/parameter", GIR)]
    return f"({', '.join(parameters)}) -> {gir_type(node.find('return-value', GIR))}"


def library(build: Path) -> Entries:
    """Functions, properties, signals and values of the library, as bindings see them."""
    namespace = ElementTree.parse(build / "src/lib/Smartvpn-1.gir").find("namespace", GIR)
    identifier = f"{{{GIR['c']}}}identifier"
    for node in namespace.iter():
        if node.tag.rpartition("}")[2] in ("method", "function", "constructor") and node.get(identifier):
            yield f"gir function {node.get(identifier)}", gir_call(node)
    for each in namespace.findall("class", GIR):
        yield f"gir class {each.get('name')}", f"derives from {each.get('parent')}"
        for node in each.findall("property", GIR):
            access = "read and write" if node.get("writable") == "1" else "read"
            yield f"gir property {each.get('name')}:{node.get('name')}", f"{gir_type(node)}, {access}"
        for node in each.findall("glib:signal", GIR):
            yield f"gir signal {each.get('name')}::{node.get('name')}", gir_call(node)
    nick = f"{{{GIR['glib']}}}nick"
    for each in namespace.findall("enumeration", GIR):
        for node in each.findall("member", GIR):
            yield f"gir value {node.get(identifier)}", f"{node.get('value')}, {node.get(nick)}"


def symbols(build: Path) -> list[str]:
    """The symbols that the library exports, NAME@VERSION."""
    lines = output("nm", "-D", "--defined-only", build / "src/lib/libsmartvpn-1.so").splitlines()
    names = [line.split()[-1].replace("@@", "@") for line in lines]
    return sorted(name if "@" in name else f"{name}@{name}" for name in names)


def settings(build: Path) -> Entries:
    """The keys of settings, with their types."""
    section = ""
    for line in output(build / "src/daemon/smartvpnd", "--print-settings").splitlines():
        section = line.removeprefix("## ") if line.startswith("## ") else section
        row = re.match(r"\| `([a-z0-9-]+)` \| ([a-z{}()]+)", line)
        if row:
            yield f"setting {section}: {row[1]}", row[2]


def command_line(build: Path) -> Entries:
    """Commands with their options, exit statuses, and keys of JSON with their types."""
    page = output(build / "src/cli/smartvpnctl", "--print-manual", PROJECT / "data/man/smartvpnctl.1.in")
    for status in re.findall(r"^\.TP\n(\d+)$", page.partition(".SH EXIT STATUS")[2].partition("\n.SH")[0], re.MULTILINE):
        yield f"exit status {status}", "has a meaning"
    for part in page.replace("\\-", "-").split("\n.SS smartvpnctl ")[1:]:
        name = re.match(r"[a-z ]+", part)[0].strip()
        yield f"command {name}", "exists"
        for option in re.findall(r"\\fB--([a-z0-9-]+)\\fR(=?)", part.partition("\n.SH")[0]):
            yield f"command {name}: --{option[0]}", "takes a value" if option[1] else "takes none"
    for path in (PROJECT / "data/schema").glob("*.schema.json"):
        for key, schema in json.loads(path.read_text())["properties"].items():
            kind = schema.get("type", schema.get("enum"))
            yield f"json {path.name.partition('.')[0]}: {key}", " or ".join([kind] if isinstance(kind, str) else kind)


def names() -> Entries:
    """The names of errors and of polkit's actions."""
    for name in re.findall(r'^  ENTRY \(\w+, "(\w+)"\)', (PROJECT / "src/common/error.c").read_text(), re.MULTILINE):
        yield f"error org.smartvpn.Error.{name}", "exists"
    for action in re.findall(r'<action id="([\w.-]+)"', (PROJECT / "data/polkit/org.smartvpn.policy.in").read_text()):
        yield f"action {action}", "exists"


def collect(build: Path) -> dict[str, str]:
    """Everything."""
    entries = [*dbus(), *library(build), *settings(build), *command_line(build), *names()]
    return {**dict(sorted(entries)), **{f"symbol {name}": "exported" for name in symbols(build)}}


def broken(recorded: dict[str, str], present: dict[str, str]) -> list[str]:
    """What breaks programs: all that is recorded and is gone or different."""
    return [f"{name}: was {value!r}, is {present[name]!r}" if name in present else f"{name}: is gone"
            for name, value in recorded.items() if present.get(name) != value]


def record(build: Path) -> None:
    """Writes both files."""
    RECORDED.write_text(json.dumps(collect(build), indent=0, ensure_ascii=False) + "\n")
    lines = [f" {name} 0.1.0\n" for name in symbols(build)]
    SYMBOLS.write_text("libsmartvpn-1.so.0 libsmartvpn-1-0 #MINVER#\n" + "".join(lines))


if __name__ == "__main__":
    record(Path(sys.argv[1]).resolve())
