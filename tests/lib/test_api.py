# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The library is complete and faithful: the introspection XML compared with the GIR, and tried against a mock.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest lib.test_api

GI_TYPELIB_PATH and LD_LIBRARY_PATH have to lead to the library.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gi

gi.require_version("Smartvpn", "1")
from gi.repository import Gio, GLib, Smartvpn  # noqa: E402

from system.harness import wait_until  # noqa: E402

from .mock import Mock  # noqa: E402
from .mock_service import in_order  # noqa: E402

TESTS = Path(__file__).resolve().parents[1]
ROOT = "/org/smartvpn"
PATHS = {"Manager": ROOT, "Client": f"{ROOT}/clients/default", "Server": f"{ROOT}/servers/default",
         "Telemetry": f"{ROOT}/telemetry/1"}
# The class of an interface, if that is not its name: the record for the dictionary has it.
CLASSES = {"Telemetry": "Subscription"}
GIR = {"": "http://www.gtk.org/introspection/core/1.0", "c": "http://www.gtk.org/introspection/c/1.0",
       "glib": "http://www.gtk.org/introspection/glib/1.0"}

# The record for the dictionaries that a method returns or takes, or a signal carries.
RECORDS = {"Client.Connect": "Connection", "Client.GetStatus": "ClientStatus", "Client.GetStatistics": "Statistics",
           "Client.GetConnectionQuality": "Quality", "Client.GetHistory": "History", "Manager.DescribeSettings": "SettingInfo", "Client.GetMtuInfo": "MtuInfo", "Client.Reconnected": "Reconnection",
           "Client.ConfigChanged": "Connection", "Telemetry.Updated": "Telemetry", "Server.Start": "ServerSetup",
           "Server.GetStatus": "ServerStatus",
           "Server.GetStatistics": "Statistics", "Server.ListClients": "Session", "Server.ListClientsPage": "Session",
           "Server.GetClientTelemetry": "SessionTelemetry", "Server.AuthorizeClient": "AuthorizedClient",
           "Server.ListAuthorizedClients": "AuthorizedClient", "Server.ClientConnected": "Session",
           "Server.ClientDisconnected": "Session"}
# A value for each type of a getter, another one for each number that stands for a key.
VALUES = {"gboolean": ("b", lambda _: True), "guint": ("u", lambda number: 7 + number),
          "guint64": ("t", lambda number: (1 << 60) + 1 + number), "gdouble": ("d", lambda number: 2.5 + number),
          "utf8": ("s", lambda number: f"text {number}"), "utf8[]": ("as", lambda number: ["one", f"{number}"]),
          "Health": ("s", lambda _: "degraded"), "ClientState": ("s", lambda _: "reconnecting"),
          "GLib.Variant": ("s", lambda number: f"value {number}"), "ServerState": ("s", lambda _: "running"), "gdouble[]": ("ad", lambda number: [0.5, 1.0 + number]),
          "QualitySample[]": ("a(tdb)", lambda number: [(1 << 40, 2.5, True), (number, -1.0, False)])}


def words(camel: str, separator: str) -> str:
    """GetStatus -> get_status"""
    return re.sub(r"(?<!^)(?=[A-Z])", separator, camel).lower()


def interface(name: str) -> ElementTree.Element:
    """The introspection of one interface."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    return ElementTree.parse(TESTS.parent / f"introspection/org.smartvpn.{name}.xml", parser).find("interface")


def class_of(interface_name: str) -> Class:
    """The class of an interface."""
    return Class(CLASSES.get(interface_name, interface_name))


def members(tag: str) -> Iterator[tuple[str, ElementTree.Element, str]]:
    """Interface, node and comment of each method, property or signal."""
    for name in PATHS:
        comment = ""
        for node in interface(name):
            if node.tag is ElementTree.Comment:
                comment = node.text or ""
            elif node.tag == tag:
                yield name, node, comment


def documented_keys(comment: str, argument: str) -> set[str]:
    """The keys that the comment of a member documents for one argument."""
    text = re.search(rf"@{argument}:(.*?)(?=\n\s*@\w+:|\n\s*\n|$)", comment, re.DOTALL)
    return {word for word in (text[1] if text else "").split('"')[1::2] if re.fullmatch(r"[a-z][a-z0-9-]*", word)}


class Class:
    """A class of the GIR, with the members that it inherits within the namespace."""

    def __init__(self, name: str) -> None:
        node = NAMESPACE.find(f"class[@name='{name}']", GIR)
        parent = Class(node.get("parent")) if "." not in node.get("parent") else None
        self.methods = {method.get("name"): method for method in node.findall("method", GIR)}
        self.properties = {each.get("name"): each for each in node.findall("property", GIR)}
        self.signals = {each.get("name"): each for each in node.findall("glib:signal", GIR)}
        if parent:
            self.methods = {**parent.methods, **self.methods}
            self.properties = {**parent.properties, **self.properties}
            self.signals = {**parent.signals, **self.signals}

    def getters(self) -> dict[str, str]:
        """Name and type of each getter; a list of texts is "utf8[]"."""
        found = {}
        for name, method in self.methods.items():
            result = method.find("return-value", GIR)
            array = result.find("array", GIR)
            kind = result.find("type", GIR) if array is None else array.find("type", GIR)
            if name.startswith("get_"):
                found[name.removeprefix("get_")] = kind.get("name") + ("[]" if array is not None else "")
        return found

    def keys(self) -> dict[str, str]:
        """Key and type of each getter, with the getters of the parts in place of the parts."""
        found: dict[str, str] = {}
        for name, kind in self.getters().items():
            if kind in VALUES and not name.endswith("_word"):
                found[name.replace("_", "-")] = kind
            elif kind not in VALUES:
                found.update(Class(kind).keys())
        return found


def value_of(kind: str, number: int) -> GLib.Variant:
    """A value of the type of a getter."""
    signature, make = VALUES[kind]
    return GLib.Variant(signature, make(number))


def plain(value: Any) -> Any:
    """The value of a getter as D-Bus would have sent it."""
    if isinstance(value, (Smartvpn.Health, Smartvpn.ClientState, Smartvpn.ServerState)):
        return value.value_nick
    if isinstance(value, GLib.Variant):
        return value.unpack()
    if isinstance(value, list) and value and isinstance(value[0], Smartvpn.QualitySample):
        return [(sample.time_ms, sample.rtt_ms, sample.bad) for sample in value]
    return value


NAMESPACE = ElementTree.parse(Path(os.environ["SMARTVPN_BUILD"], "src/lib/Smartvpn-1.gir")).find("namespace", GIR)


class TestComplete(unittest.TestCase):
    """Every member of the D-Bus interfaces has a counterpart, and every symbol is defined and documented."""

    def test_methods(self) -> None:
        """GetStatus() is get_status_async(), get_status_finish() and get_status_sync()."""
        for name, node, _ in members("method"):
            for suffix in ("async", "finish", "sync"):
                with self.subTest(interface=name, method=node.get("name"), suffix=suffix):
                    self.assertIn(f"{words(node.get('name'), '_')}_{suffix}", list(class_of(name).methods))

    def test_properties(self) -> None:
        """AssignedIp is assigned-ip and get_assigned_ip(); none is writable."""
        for name, node, _ in members("property"):
            with self.subTest(interface=name, property=node.get("name")):
                self.assertEqual(node.get("access"), "read")
                self.assertIn(words(node.get("name"), "-"), list(class_of(name).properties))
                self.assertIn(f"get_{words(node.get('name'), '_')}", list(class_of(name).methods))

    def test_signals(self) -> None:
        """StateChanged is state-changed, with the same number of arguments."""
        for name, node, _ in members("signal"):
            with self.subTest(interface=name, signal=node.get("name")):
                self.assertIn(words(node.get("name"), "-"), list(class_of(name).signals))
                signal = class_of(name).signals[words(node.get("name"), "-")]
                self.assertEqual(len(signal.findall("parameters/parameter", GIR)), len(node.findall("arg")))

    def test_keys(self) -> None:
        """Every documented key of a dictionary has a getter."""
        seen = set()
        for tag in ("method", "signal"):
            for name, node, comment in members(tag):
                member = f"{name}.{node.get('name')}"
                for argument in node.findall("arg"):
                    keys = documented_keys(comment, argument.get("name"))
                    if member in RECORDS and argument.get("name") != "options" and "a{sv}" in argument.get("type"):
                        seen.add(member)
                        self.assertLessEqual(keys, set(Class(RECORDS[member]).keys()), member)
        self.assertEqual(seen, set(RECORDS))

    def test_definitions(self) -> None:
        """grep and ctags find every function by its name; a macro assembles none of them."""
        sources = "".join(path.read_text() for path in (TESTS.parent / "src/lib").rglob("*.c"))
        defined = set(re.findall(r"^(smartvpn_\w+) \(", sources, re.MULTILINE))
        identifier = f"{{{GIR['c']}}}identifier"
        public = {node.get(identifier) for node in NAMESPACE.iter() if node.get(identifier) and "virtual" not in node.tag
                  and node.tag.rpartition("}")[2] in ("method", "function", "constructor")}
        self.assertGreater(len(public), 200)
        self.assertEqual(public - defined, set())

    def test_json_schemas(self) -> None:
        """The schemas of smartvpnctl --json have the keys of the records."""
        project = TESTS.parent
        gir = Path(os.environ["SMARTVPN_BUILD"], "src/lib/Smartvpn-1.gir")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([project / "scripts/generate-json-schema", "--gir", gir, "--output", folder], check=True)
            for path in Path(folder).iterdir():
                self.assertEqual(path.read_text(), (project / "data/schema" / path.name).read_text(),
                                 f"{path.name}: run scripts/generate-json-schema")

    def test_since(self) -> None:
        """Everything public names the version that it appeared in."""
        for kind in ("class", "method", "function", "constructor", "property", "glib:signal", "record", "enumeration"):
            for node in NAMESPACE.iterfind(f".//{kind}", GIR):
                if not node.get(f"{{{GIR['glib']}}}is-gtype-struct-for"):
                    with self.subTest(kind=kind, name=node.get("name")):
                        self.assertRegex(node.get("version") or "", r"^\d+\.\d+$")

    def test_documentation(self) -> None:
        """Everything public is documented."""
        kinds = {"class", "method", "function", "constructor", "property", "glib:signal", "record", "enumeration", "member",
                 "parameter", "return-value"}
        for kind in kinds:
            for node in NAMESPACE.iterfind(f".//{kind}", GIR):
                is_internal = node.get(f"{{{GIR['glib']}}}is-gtype-struct-for") or node.get("moved-to")
                if is_internal or node.find("type[@name='none']", GIR) is not None:
                    continue
                with self.subTest(kind=kind, name=node.get("name")):
                    self.assertIsNotNone(node.find("doc", GIR))


class TestFaithful(unittest.TestCase):
    """Every method passes its arguments and its results on unchanged."""

    @classmethod
    def setUpClass(cls) -> None:
        """A bus, the mock, a manager."""
        cls.mock = Mock()
        os.environ["SMARTVPN_BUS"] = cls.mock.address
        cls.manager = Smartvpn.Manager.new_sync()
        cls.manager.props.interactive = True
        for kind in ("Client", "Server"):
            cls.mock.steer("Add", "(oa{sv})", PATHS[kind], {"Name": GLib.Variant("s", "default")})
        cls.mock.steer("Add", "(oa{sv})", PATHS["Telemetry"], {})
        cls.mock.answer("Client.SubscribeTelemetry", "(o)", PATHS["Telemetry"])
        cls.mock.steer("Own")
        wait_until(cls.manager.get_running, "that the manager sees the mock")
        cls.objects = {"Manager": cls.manager, "Client": cls.manager.get_client("default"),
                       "Server": cls.manager.get_server("default")}
        cls.objects["Telemetry"] = cls.objects["Client"].subscribe_telemetry_sync(1000, None, None)

    @classmethod
    def tearDownClass(cls) -> None:
        """Ends all three."""
        cls.manager.get_connection().close_sync()
        cls.mock.stop()

    def _argument(self, member: str, node: ElementTree.Element, number: int) -> tuple[Any, GLib.Variant]:
        """An argument for a function, and the value that D-Bus should get."""
        kind = node.get("type")
        if kind == "o":
            return self.objects["Client"], GLib.Variant("o", PATHS["Client"])
        if member == "Server.AuthorizeClient":
            client = Smartvpn.AuthorizedClient.new("laptop", "KEY=")
            return client, client.to_variant()
        value = {"s": node.get("name"), "t": (1 << 40) + number, "u": (1 << 20) + number, "as": ["one", "two"],
                 "a{sv}": {"mtu": GLib.Variant("u", 1400)}}[kind]
        variant = GLib.Variant(kind, value)
        return (variant if kind == "a{sv}" else value), variant

    def _result(self, member: str, node: ElementTree.Element) -> GLib.Variant:
        """A result for D-Bus to return."""
        kind = node.get("type")
        if kind == "o":
            kind = next((kind for kind in ("Telemetry", "Client") if kind in member), "Server")
            return GLib.Variant("o", PATHS[kind])
        if kind == "u":
            return GLib.Variant("u", 7)
        if member not in RECORDS:
            return GLib.Variant(kind, {"a{ss}": {"org.smartvpn.connect": "yes"}, "s": node.get("name"), "as": ["one"], "a{sv}": {"mtu": GLib.Variant("u", 1)}}[kind])
        if kind == "t":
            return GLib.Variant("t", 1 << 50)
        dictionary = {key: value_of(getter, number)
                      for number, (key, getter) in enumerate(Class(RECORDS[member]).keys().items())}
        return GLib.Variant(kind, dictionary if kind == "a{sv}" else [dictionary, dictionary])

    def _check_record(self, record: Any, name: str, expected: dict[str, Any]) -> None:
        """Every getter returns its value, also those of the parts."""
        for getter, kind in Class(name).getters().items():
            value = getattr(record, f"get_{getter}")()
            if kind in VALUES:
                self.assertEqual(plain(value), expected[getter.removesuffix("_word").replace("_", "-")], getter)
            else:
                self._check_record(value, kind, expected)

    def _check_result(self, member: str, result: Any, expected: GLib.Variant) -> None:
        values = expected.unpack()
        if not values:
            self.assertIs(result, True)
        elif member == "Client.GetHistory":
            start, step, series = values
            self._check_record(result, RECORDS[member], {**series, "start-unix-ms": start, "step-ms": step})
        elif member in RECORDS:
            dictionaries = values[0] if isinstance(values[0], list) else values
            if len(values) > 1:
                *result, number = result
                result = result[0]
                self.assertEqual(number, values[1])
            records = result if isinstance(values[0], list) else [result]
            self.assertEqual(len(records), len(dictionaries))
            for record, dictionary in zip(records, dictionaries):
                self.assertEqual(record.to_variant().unpack(), dictionary)
                self._check_record(record, RECORDS[member], dictionary)
        elif expected.get_type_string() == "(o)":
            self.assertEqual(result.get_object_path(), values[0])
        else:
            parts = result if isinstance(result, tuple) else [result]
            got = [part.unpack() if isinstance(part, GLib.Variant) else part for part in parts]
            self.assertEqual([part for part in got if part is not True], list(values))

    def _call(self, thing: Any, function: str, arguments: list[Any], *, wait: bool) -> Any:
        """Calls a function in its blocking or its asynchronous form."""
        if wait:
            return getattr(thing, f"{function}_sync")(*arguments, None)
        results: list[Gio.AsyncResult] = []
        getattr(thing, f"{function}_async")(*arguments, None, lambda _object, result, _data: results.append(result), None)
        wait_until(lambda: results, function)
        return getattr(thing, f"{function}_finish")(results[0])

    def test_methods(self) -> None:
        """Each method, in both forms."""
        for name, node, _ in members("method"):
            member = f"{name}.{node.get('name')}"
            pairs = [self._argument(member, each, number)
                     for number, each in enumerate(node.findall("arg[@direction='in']"))]
            results = [self._result(member, each) for each in node.findall("arg[@direction='out']")]
            expected = GLib.Variant.new_tuple(*results)
            if expected.n_children():
                self.mock.steer("Answer", "(sv)", member, expected)
            for wait in (True, False):
                with self.subTest(member, wait=wait):
                    if name == "Telemetry":  # after Close() there is nothing left to call
                        self.objects[name] = self.objects["Client"].subscribe_telemetry_sync(1000, None, None)
                    result = self._call(self.objects[name], words(node.get("name"), "_"),
                                        [pair[0] for pair in pairs], wait=wait)
                    interactive, got = self.mock.steer("Got", "(s)", member)
                    self.assertEqual(got, in_order(GLib.Variant.new_tuple(*(pair[1] for pair in pairs))).print_(True))
                    self.assertTrue(interactive)
                    self._check_result(member, result, expected)
