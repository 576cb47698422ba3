#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A smartvpnd that answers what a test tells it to.

It serves the interfaces of introspection/*.xml on the session bus: the manager, and the clients and servers that a test adds.
A test steers it through the interface org.smartvpn.Mock, at the object /mock of the bus name org.smartvpn.Mock:

    Own(), Release()                             the name org.smartvpn: comes and goes, as smartvpnd does
    Reset(), Forget()                            no clients, no servers, no answers, no calls; no calls alone
    Add(o path, a{sv} properties), Remove(o path), Change(o path, a{sv} properties, b silently)
    Answer(s method, v tuple)                    from now on "Client.GetStatus" returns this
    Refuse(s method, s error, s message)         or fails
    Hold(s method)                               or is never answered
    Got(s method) -> (b interactive, s)          the arguments of its last call; interactive: a password may be asked for
    Path(s method) -> (s)                        the object of its last call
    Emit(o path, s interface, s signal, av arguments)
"""

from __future__ import annotations

from pathlib import Path

from gi.repository import Gio, GLib

INTROSPECTION = Path(__file__).resolve().parents[2] / "introspection"
ROOT = "/org/smartvpn"
PROPERTIES = "org.freedesktop.DBus.Properties"
KINDS = {"/clients/": "Client", "/servers/": "Server", "/telemetry/": "Telemetry", ROOT: "Manager"}  # by a part of the path
STEERING = """
<node><interface name="org.smartvpn.Mock">
  <method name="Own"/>
  <method name="Release"/>
  <method name="Reset"/>
  <method name="Forget"/>
  <method name="Add"><arg type="o" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="Remove"><arg type="o" direction="in"/></method>
  <method name="Change">
    <arg type="o" direction="in"/><arg type="a{sv}" direction="in"/><arg type="b" direction="in"/>
  </method>
  <method name="Answer"><arg type="s" direction="in"/><arg type="v" direction="in"/></method>
  <method name="Refuse"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
  <method name="Hold"><arg type="s" direction="in"/></method>
  <method name="Got"><arg type="s" direction="in"/><arg type="b" direction="out"/><arg type="s" direction="out"/></method>
  <method name="Path"><arg type="s" direction="in"/><arg type="s" direction="out"/></method>
  <method name="Emit">
    <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="av" direction="in"/>
  </method>
</interface></node>"""
OBJECT_MANAGER = """
<node><interface name="org.freedesktop.DBus.ObjectManager">
  <method name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/></method>
</interface></node>"""


def interface_info(xml: str) -> Gio.DBusInterfaceInfo:
    """The only interface of a document."""
    return Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]


def dictionary(value: GLib.Variant) -> dict[str, GLib.Variant]:
    """The entries of an a{sv}, with their values as variants."""
    entries = [value.get_child_value(number) for number in range(value.n_children())]
    return {entry.get_child_value(0).get_string(): entry.get_child_value(1).get_variant() for entry in entries}


def in_order(arguments: GLib.Variant) -> GLib.Variant:
    """The same arguments, with the entries of dictionaries sorted."""
    words = [arguments.get_child_value(number) for number in range(arguments.n_children())]
    return GLib.Variant.new_tuple(*(GLib.Variant("a{sv}", dict(sorted(dictionary(word).items())))
                                    if word.get_type_string() == "a{sv}" else word for word in words))


class MockService:
    """The service."""

    def __init__(self) -> None:
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        self.contracts = {name: interface_info((INTROSPECTION / f"org.smartvpn.{name}.xml").read_text())
                          for name in KINDS.values()}
        self.objects: dict[str, dict[str, GLib.Variant]] = {ROOT: {"Version": GLib.Variant("s", "1.2.3")}}
        self.answers: dict[str, GLib.Variant | tuple[str, str] | None] = {}
        self.got: dict[str, tuple[bool, str]] = {}
        self.paths: dict[str, str] = {}
        self.owner = 0
        self.bus.register_object("/mock", interface_info(STEERING), self._on_steering, None, None)
        self.bus.add_filter(self._on_message)
        Gio.bus_own_name_on_connection(self.bus, "org.smartvpn.Mock", Gio.BusNameOwnerFlags.NONE, None, None)

    def _contract(self, path: str) -> Gio.DBusInterfaceInfo:
        return self.contracts[next(kind for part, kind in KINDS.items() if part in path)]

    def _managed(self) -> GLib.Variant:
        return GLib.Variant("(a{oa{sa{sv}}})", ({path: {self._contract(path).name: properties}
                                                 for path, properties in self.objects.items()
                                                 if path != ROOT and "/telemetry/" not in path},))

    def _emit(self, path: str, interface: str, name: str, arguments: GLib.Variant) -> None:
        self.bus.emit_signal(None, path, interface, name, arguments)

    def _answer(self, call: Gio.DBusMessage) -> Gio.DBusMessage | None:
        """The answer to a call; None for a call that is held."""
        path, interface, member = call.get_path(), call.get_interface(), call.get_member()
        body = call.get_body() or GLib.Variant("()", ())
        reply = call.new_method_reply()
        if path not in self.objects:
            return call.new_method_error_literal("org.freedesktop.DBus.Error.UnknownObject", f"There is no {path}")
        if member == "GetManagedObjects":
            reply.set_body(self._managed())
        elif (interface, member) == (PROPERTIES, "GetAll"):
            reply.set_body(GLib.Variant("(a{sv})", (self.objects[path],)))
        else:
            return self._prepared(call, f"{interface.rpartition('.')[2]}.{member}", body)
        return reply

    def _prepared(self, call: Gio.DBusMessage, method: str, body: GLib.Variant) -> Gio.DBusMessage | None:
        interactive = bool(call.get_flags() & Gio.DBusMessageFlags.ALLOW_INTERACTIVE_AUTHORIZATION)
        self.got[method] = interactive, in_order(body).print_(True)
        self.paths[method] = call.get_path()
        answer = self.answers.get(method, GLib.Variant("()", ()))
        if isinstance(answer, tuple):
            return call.new_method_error_literal(*answer)
        reply = call.new_method_reply()
        if answer is not None:
            reply.set_body(answer)
        return reply if answer is not None else None

    def _on_message(self, _bus: Gio.DBusConnection, message: Gio.DBusMessage, incoming: bool) -> Gio.DBusMessage | None:
        """Called in the thread of GDBus; the main thread answers calls for org.smartvpn."""
        is_call = message.get_message_type() == Gio.DBusMessageType.METHOD_CALL
        if not (incoming and is_call and (message.get_path() or "").startswith(ROOT)):
            return message
        GLib.idle_add(self._on_call, message)
        return None

    def _on_call(self, call: Gio.DBusMessage) -> bool:
        answer = self._answer(call)
        if answer:
            self.bus.send_message(answer, Gio.DBusSendMessageFlags.NONE)
        return False

    def _on_steering(self, _connection: Gio.DBusConnection, _sender: str, _path: str, _interface: str, method: str,
                     arguments: GLib.Variant, invocation: Gio.DBusMethodInvocation) -> None:
        words = [arguments.get_child_value(number) for number in range(arguments.n_children())]
        invocation.return_value(getattr(self, f"steer_{method.lower()}")(*words))

    def steer_own(self) -> None:
        """Takes the name org.smartvpn."""
        self.owner = Gio.bus_own_name_on_connection(self.bus, "org.smartvpn", Gio.BusNameOwnerFlags.NONE, None, None)

    def steer_release(self) -> None:
        """Gives the name up."""
        Gio.bus_unown_name(self.owner)

    def steer_reset(self) -> None:
        """Removes all profiles, answers and calls."""
        for path in [path for path in self.objects if path != ROOT]:
            self.steer_remove(GLib.Variant("o", path))
        self.answers.clear()
        self.steer_forget()

    def steer_forget(self) -> None:
        """Forgets all calls."""
        self.got.clear()
        self.paths.clear()

    def steer_add(self, path: GLib.Variant, properties: GLib.Variant) -> None:
        """Adds an object, and announces it."""
        self.objects[path.get_string()] = dictionary(properties)
        contract = self._contract(path.get_string())
        self._emit(ROOT, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded",
                   GLib.Variant("(oa{sa{sv}})", (path.get_string(), {contract.name: dictionary(properties)})))

    def steer_remove(self, path: GLib.Variant) -> None:
        """Removes an object, and announces that."""
        del self.objects[path.get_string()]
        self._emit(ROOT, "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved",
                   GLib.Variant("(oas)", (path.get_string(), [self._contract(path.get_string()).name])))

    def steer_change(self, path: GLib.Variant, properties: GLib.Variant, silently: GLib.Variant) -> None:
        """Changes properties."""
        self.objects[path.get_string()].update(dictionary(properties))
        if not silently.get_boolean():
            self._emit(path.get_string(), PROPERTIES, "PropertiesChanged",
                       GLib.Variant("(sa{sv}as)", (self._contract(path.get_string()).name, dictionary(properties), [])))

    def steer_answer(self, method: GLib.Variant, answer: GLib.Variant) -> None:
        """Answers a method like this from now on."""
        self.answers[method.get_string()] = answer.get_variant()

    def steer_refuse(self, method: GLib.Variant, error: GLib.Variant, message: GLib.Variant) -> None:
        """Answers a method with this error from now on."""
        self.answers[method.get_string()] = error.get_string(), message.get_string()

    def steer_hold(self, method: GLib.Variant) -> None:
        """Does not answer a method from now on."""
        self.answers[method.get_string()] = None

    def steer_got(self, method: GLib.Variant) -> GLib.Variant:
        """The last call of a method."""
        return GLib.Variant("(bs)", self.got.get(method.get_string(), (False, "")))

    def steer_path(self, method: GLib.Variant) -> GLib.Variant:
        """The object of the last call of a method."""
        return GLib.Variant("(s)", (self.paths.get(method.get_string(), ""),))

    def steer_emit(self, path: GLib.Variant, interface: GLib.Variant, name: GLib.Variant, arguments: GLib.Variant) -> None:
        """Emits a signal."""
        words = [arguments.get_child_value(number).get_variant() for number in range(arguments.n_children())]
        self._emit(path.get_string(), interface.get_string(), name.get_string(), GLib.Variant.new_tuple(*words))


def main() -> None:
    """Serves until stdin is closed, at the latest by the end of the test."""
    loop = GLib.MainLoop()
    service = MockService()
    GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, 0, GLib.IOCondition.HUP, lambda *_: loop.quit())
    loop.run()
    service.bus.close_sync(None)


if __name__ == "__main__":
    main()
