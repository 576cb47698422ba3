# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A polkitd for dbusmock that answers as a test says: yes, no, challenge, dismissed, or not before it is told to.

    python3 -m dbusmock --template tests/daemon/polkitd.py

dbusmock's own knows neither challenges nor cancelling, and does not tell how it was asked. What is not set is "no".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dbus
from dbusmock import MOCK_IFACE

BUS_NAME = "org.freedesktop.PolicyKit1"
MAIN_OBJ = "/org/freedesktop/PolicyKit1/Authority"
MAIN_IFACE = "org.freedesktop.PolicyKit1.Authority"
SYSTEM_BUS = True
ANSWERS = {"yes": (True, False, {}), "no": (False, False, {}), "challenge": (False, True, {}),
           "dismissed": (False, False, {"polkit.dismissed": "true"})}
Answer = Callable[[Any], None]


def load(mock: Any, _parameters: Any) -> None:
    """Called by dbusmock."""
    mock.AddProperties(MAIN_IFACE, dbus.Dictionary({"BackendName": "mock", "BackendVersion": "1",
                                                    "BackendFeatures": dbus.UInt32(1)}, signature="sv"))
    mock.answers = {}  # by action; "wait": when Release() is called
    mock.asked = []
    mock.waiting = []
    mock.cancelled = []


@dbus.service.method(MAIN_IFACE, in_signature="(sa{sv})sa{ss}us", out_signature="(bba{ss})",
                     async_callbacks=("answer", "_refuse"))
def CheckAuthorization(self: Any, subject: Any, action: str, details: Any, flags: int, _cancellation: str,  # noqa: N802
                       answer: Answer, _refuse: Any) -> None:
    """Of polkit."""
    self.asked.append((action, subject[0], subject[1].get("name", ""), flags, details))
    how = self.answers.get(action, "no")
    if how == "wait":
        self.waiting.append(answer)
    else:
        answer(ANSWERS[how])


@dbus.service.method(MAIN_IFACE, in_signature="s")
def CancelCheckAuthorization(self: Any, cancellation: str) -> None:  # noqa: N802
    """Of polkit."""
    self.cancelled.append(cancellation)


@dbus.service.method(MOCK_IFACE, in_signature="a{ss}")
def SetAnswers(self: Any, answers: Any) -> None:  # noqa: N802
    """How each action is answered from now on; forgets what was asked."""
    self.answers = answers
    self.asked.clear()


@dbus.service.method(MOCK_IFACE, out_signature="a(sssua{ss})")
def Asked(self: Any) -> Any:  # noqa: N802
    """Action, kind and name of the subject, flags and details of each question."""
    return self.asked


@dbus.service.method(MOCK_IFACE, out_signature="as")
def Cancelled(self: Any) -> Any:  # noqa: N802
    """Which questions were taken back."""
    return self.cancelled


@dbus.service.method(MOCK_IFACE, in_signature="s")
def Release(self: Any, how: str) -> None:  # noqa: N802
    """Answers all that wait."""
    while self.waiting:
        self.waiting.pop()(ANSWERS[how])
