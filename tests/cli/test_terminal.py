# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnctl at a terminal: states on the way, colours, the live view, the editor, Ctrl-C.

    PYTHONPATH=tests SMARTVPN_BUILD=DIR python3 -m tap_unittest cli.test_terminal
"""

from __future__ import annotations

import os
import re
import signal
import stat
import termios

from gi.repository import GLib

from system.ctl import Terminal
from system.harness import wait_until

from .scene import CLIENTS, PROGRAM, STATISTICS, CommandScene, number, text

DEFAULT = f"{CLIENTS}default"


class TestTerminal(CommandScene):
    """A terminal of its own for each command."""

    def open_terminal(self, *words: str, columns: int = 100, **environment: str) -> Terminal:
        """Runs smartvpnctl at a terminal."""
        surroundings = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color",
                        "SMARTVPN_BUS": self.mock.address, **environment}
        terminal = Terminal([str(PROGRAM), *words], surroundings, columns, 24)
        self.addCleanup(terminal.close)
        return terminal

    def emit_state(self, state: str, before: str, reason: str, message: str = "") -> None:
        """StateChanged, without a change of the property."""
        self.mock.steer("Emit", "(ossav)", DEFAULT, "org.smartvpn.Client", "StateChanged",
                        [text(state), text(before), text(reason), GLib.Variant("a{sv}", {"message": text(message)} if message else {})])

    def check_restored(self, terminal: Terminal, end: str | signal.Signals) -> None:
        """A key or a signal ends the live view, which puts the terminal back as it was."""
        self.assertFalse(termios.tcgetattr(terminal.fd)[3] & termios.ICANON)
        if isinstance(end, str):
            terminal.type(end)
        else:
            os.kill(terminal.pid, end)
        self.assertEqual(terminal.wait(), 0, terminal.text())
        self.assertTrue(terminal.raw.endswith(b"\x1b[?7h\x1b[?25h\x1b[?1049l"), terminal.raw[-200:])
        self.assertEqual(termios.tcgetattr(terminal.fd), terminal.modes)

    def test_connecting(self) -> None:
        """connect prints the states on the way with their reasons, but not the last one."""
        self.mock.steer("Hold", "(s)", "Client.Connect")
        terminal = self.open_terminal("connect")
        wait_until(lambda: self.mock.got("Client.Connect"), "the call")
        self.emit_state("connecting", "disconnected", "user")
        self.emit_state("reconnecting", "connecting", "no-answer", "no \x1b[31manswer")
        self.emit_state("failed", "reconnecting", "last")
        terminal.wait_for("smartvpnctl: default: reconnecting (The other side no longer answers: no ?[31manswer)")
        self.assertIn("smartvpnctl: default: connecting\n", terminal.text() + "\n")
        self.assertNotIn("failed", terminal.text())

    def check_outlasting(self, state: str, reason: str, status: int, said: str) -> None:
        """connect follows an attempt that goes on after the answer InProgress, to its end."""
        self.mock.refuse("Client.Connect", "org.smartvpn.Error.InProgress", "it goes on")
        self.mock.answer("Client.GetStatus", "(a{sv})", {"state": text("connected"), "interface": text("svpn7")})
        self.change(DEFAULT, State="connecting")
        terminal = self.open_terminal("connect")
        wait_until(lambda: self.mock.got("Client.Connect"), "the call")
        self.emit_state("reconnecting", "connecting", "no-answer")
        terminal.wait_for("The other side no longer answers")
        self.change(DEFAULT, State=state, LastReason=reason, LastError="not this key")
        self.emit_state(state, "connecting", reason)
        self.assertEqual(terminal.wait(), status, terminal.text())
        self.assertIn(said, terminal.text())
        self.assertNotIn("it goes on", terminal.text())

    def test_connected_late(self) -> None:
        """An attempt that takes longer than the call, and succeeds."""
        self.check_outlasting("connected", "established", 0, "svpn7")

    def test_failed_late(self) -> None:
        """One that fails."""
        self.check_outlasting("failed", "AuthFailed", 7, "not this key")

    def test_interrupted(self) -> None:
        """The first Ctrl-C ends the attempt; the second one does not wait for that."""
        self.mock.steer("Hold", "(s)", "Client.Connect")
        self.mock.steer("Hold", "(s)", "Client.Disconnect")
        terminal = self.open_terminal("connect")
        wait_until(lambda: self.mock.got("Client.Connect"), "the call")
        terminal.type("\x03")
        wait_until(lambda: self.mock.got("Client.Disconnect"), "that the attempt is ended")
        terminal.type("\x03")
        self.assertEqual(terminal.wait(), 130, terminal.text())

    def test_colours(self) -> None:
        """Colours appear unless NO_COLOR or TERM forbids them."""
        self.change(DEFAULT, State="connected")
        for environment, coloured in (({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False),
                                      ({"TERM": "dumb"}, False)):
            with self.subTest(environment):
                terminal = self.open_terminal("status", **environment)
                self.assertEqual(terminal.wait(), 0)
                self.assertEqual(b"\x1b[32mconnected\x1b[0m" in terminal.raw, coloured, terminal.raw)

    def test_live(self) -> None:
        """The live view follows what happens, and gives the terminal back."""
        self.mock.answer("Client.GetConnectionQuality", "(a{sv})", {"rtt-ms": GLib.Variant("d", 12.5)})
        self.mock.answer("Client.GetStatistics", "(a{sv})", {**STATISTICS, "reconnects": number(2)})
        self.change(DEFAULT, State="connected", Health="degraded", Interface="svpn0", AssignedIp="10.8.0.7")
        terminal = self.open_terminal("monitor")
        for part in ("SmartVPN  default", "connected, for 0:00:09, 2 reconnects", "10.8.0.7 on svpn0",
                     "12 ms, jitter -", "2.5\xa0kB in all", "high 0, normal 0, low 3"):
            terminal.wait_for(part)
        self.emit_state("reconnecting", "connected", "later", "cut")
        terminal.wait_for("reconnecting: cut")
        self.mock.answer("Client.GetStatistics", "(a{sv})", {**STATISTICS, "bytes-received": number(50_000_000)})
        terminal.wait_for("50.0\xa0MB in all")
        wait_until(lambda: re.search(r" 0 bytes/s, peak [0-9.]+\xa0MB/s, 50", terminal.text()), "that the peak stays")
        self.change(DEFAULT, State="disconnected", Health="")
        wait_until(lambda: "RTT " in terminal.text() and "12 ms" not in terminal.text(), "that the numbers are gone")
        self.mock.steer("Release")
        terminal.wait_for("smartvpnd is gone")
        terminal.wait_for("last known values")
        self.mock.steer("Own")
        terminal.wait_for("smartvpnd is back")
        terminal.resize(60, 10)
        terminal.wait_for("Received")
        self.check_restored(terminal, "q")

    def test_widths(self) -> None:
        """The live view shows its figures at any width, in ASCII where the locale has nothing else."""
        rate = {"bytes-received": number(456_700_000_000), "drops-qos-low": number(1234567), "reconnects": number(12345)}
        self.mock.answer("Client.GetConnectionQuality", "(a{sv})", {"rtt-ms": GLib.Variant("d", 12345.6)})
        self.mock.answer("Client.GetStatistics", "(a{sv})", {**STATISTICS, **rate})
        self.change(DEFAULT, State="connected", Health="degraded", Interface="svpn0", AssignedIp="10.8.0.7")
        for locale in ("C.UTF-8", "C"):
            terminal = self.open_terminal("monitor", LC_ALL=locale)
            for columns in (40, 60, 80, 100, 200):
                with self.subTest(locale, columns=columns):
                    terminal.resize(columns, 30)
                    wait_until(lambda: "12345 reconnects" in (shown := " ".join(terminal.text().split()))
                               and "456.7 GB in all" in shown and "low 1234567, rate limit 0; queued 0 bytes" in shown,
                               "the figures")
            self.check_restored(terminal, "q")
            self.assertEqual(terminal.raw.isascii(), locale == "C")

    def test_help_width(self) -> None:
        """Help is broken between words, whatever the width."""
        for words in (["--help"], ["invite", "--help"], ["help", "server"]):
            known = set(self.run_command(*words).output.split())
            for columns in (40, 60, 80, 100, 200):
                with self.subTest(words, columns=columns):
                    terminal = self.open_terminal(*words, columns=columns)
                    self.assertEqual(terminal.wait(), 0)
                    lines = terminal.raw.decode().splitlines()
                    self.assertEqual([line for line in lines if len(line) > columns], [])
                    self.assertEqual(set(" ".join(lines).split()) - known, set())

    def test_row_width(self) -> None:
        """A long text in a row continues below itself, between words."""
        finding = "certificate-expires: /etc/ssl/vpn.pem expires on 2030-01-31; renew it, then run smartvpnctl server reload"
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {"mtu": number(1400, "u")}, [])
        self.mock.answer("Server.GetSettings", "(a{sv}as)", {}, [])
        self.mock.answer("Client.Check", "(as)", [finding])
        for columns in (40, 60, 100):
            with self.subTest(columns=columns):
                terminal = self.open_terminal("check", "default", columns=columns)
                self.assertEqual(terminal.wait(), 12)
                lines = terminal.raw.decode().splitlines()
                self.assertEqual([line for line in lines if len(line) > columns], [])
                self.assertEqual(" ".join(" ".join(lines).split()), f"client 'default' {finding}")

    def test_ends(self) -> None:
        """Whatever ends the live view, the terminal comes back."""
        for end in ("\x03", "\x04", "Q", signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(end):
                terminal = self.open_terminal("monitor")
                terminal.wait_for("q: quit")
                self.check_restored(terminal, end)

    def write_editor(self, script: str) -> str:
        """An editor that changes its file by a script."""
        editor = self.folder / "editor"
        editor.write_text(f"#!/bin/sh\n{script}\n")
        editor.chmod(0o755)
        return str(editor)

    def edit(self, script: str, answers: str = "") -> tuple[int, str]:
        """Edits the default client. Returns the exit status and the text at the terminal."""
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {"mtu": number(1400, "u")}, ["private-key"])
        terminal = self.open_terminal("profile", "edit", "default", VISUAL=self.write_editor(script), EDITOR="false")
        for answer in answers:
            terminal.wait_for("Edit again?")
            terminal.type(f"{answer}\n")
        return terminal.wait(), terminal.text()

    def test_editor(self) -> None:
        """The file is only for its owner and has no secret; secrets stay as they are, and the file goes."""
        status, shown = self.edit(f'cd {self.folder}; stat -c %a "$1" >mode; cp "$1" copy; echo "$1" >name\n'
                                  'sed -i s/1400/1300/ "$1"')
        self.assertEqual(status, 0, shown)
        self.assertEqual(self.mock.got("Client.Update"), "({'mtu': <uint32 1300>}, @as [])")
        self.assertEqual((self.folder / "mode").read_text(), "600\n")
        self.assertEqual((self.folder / "copy").read_text(), '{\n  "mtu" : 1400\n}\n')
        self.assertFalse(os.path.exists((self.folder / "name").read_text().strip()))

    def test_editor_unchanged(self) -> None:
        """Nothing is stored if nothing has changed, or the editor failed."""
        for script, status, shown in (("true", 0, "no changes"), ("exit 3", 1, "exited with code 3")):
            with self.subTest(script):
                ended, said = self.edit(script)
                self.assertEqual(ended, status, said)
                self.assertIn(shown, said)
                self.assertEqual(self.mock.got("Client.Update"), "")

    def test_editor_again(self) -> None:
        """The user can correct an error, or give up."""
        correct = f'if [ -e {self.folder}/2 ]; then echo "{{}}" >"$1"; else echo "{{" >"$1"; touch {self.folder}/2; fi'
        self.assertEqual(self.edit(correct, answers="y")[0], 0)
        self.assertEqual(self.mock.got("Client.Update"), "(@a{sv} {}, ['mtu'])")
        self.mock.steer("Forget")
        status, shown = self.edit('echo "{" >"$1"', answers="n")
        self.assertEqual(status, 2, shown)
        self.assertEqual(self.mock.got("Client.Update"), "")

    def test_paste(self) -> None:
        """import tells how to paste."""
        self.mock.answer("Client.GetSettings", "(a{sv}as)", {}, [])
        terminal = self.open_terminal("profile", "import")
        terminal.wait_for("press Enter and Ctrl-D")
        terminal.type("smartvpn://v/\n\x04")
        self.assertEqual(terminal.wait(), 0, terminal.text())
        self.assertEqual(self.mock.got("Client.Update"), "({'server-url': <'wss://v/'>}, @as [])")

    def test_agent(self) -> None:
        """At a terminal polkit can ask for a password, unless root calls, or a shell completes."""
        started = self.folder / "started"
        agent = self.folder / "pkttyagent"
        agent.write_text(f"#!/bin/sh\necho \"$*\" >{started}\n")
        agent.chmod(0o755)
        path = f"{self.folder}:{os.environ['PATH']}"
        self.run_command("status", PATH=path)
        self.assertFalse(started.exists())
        for words, may_ask in ((["--complete", "connect", ""], False), (["status"], os.geteuid() != 0)):
            with self.subTest(words):
                terminal = self.open_terminal(*words, PATH=path, XDG_SESSION_ID="")
                self.assertEqual(terminal.wait(), 0)
                self.assertEqual(started.exists(), may_ask)

    def test_output_file(self) -> None:
        """A key in a file never passes the terminal."""
        file = self.folder / "key"
        terminal = self.open_terminal("genkey", "--output", str(file))
        self.assertEqual(terminal.wait(), 0)
        self.assertNotIn(file.read_text().strip(), terminal.text())
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
