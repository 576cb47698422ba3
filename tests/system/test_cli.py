# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A tunnel controlled by smartvpnctl alone."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import termios
from pathlib import Path

from . import tls
from .ctl import Ctl, Terminal
from .harness import POOL4, POOL6, WEB4, WEB_ROUTES, Lab, wait_until
from .load import Bulk
from .scene import LISTEN, PATH, URL
from .traffic import ping
from .vpn import Daemon

LAB = {"invited": {"clients": 2}}
SERVER_SETTINGS = [f"listen={','.join(LISTEN)}", f"path={PATH}", f"ipv4-pool={POOL4}", f"ipv6-pool={POOL6}",
                   f"routes={','.join(WEB_ROUTES)}",
                   *(f"{key.replace('_', '-')}={value}" for key, value in tls.server_settings().items())]
TRUST = f"tls-ca-file={tls.client_settings()['tls_ca_file']}"
QUICK = ["keepalive-healthy-s=1", "keepalive-degraded-s=1", "keepalive-critical-s=1", "keepalive-timeout-s=1"]


def start_server(lab: Lab, *settings: str) -> tuple[Ctl, str]:
    """The default server, stored and started, and its public key."""
    server = Ctl(Daemon(lab, lab.server))
    server.do("profile", "edit", "default", "--server", *SERVER_SETTINGS, *settings)
    return server, server.get("server", "start")["public-key"]


def make_client(lab: Lab, number: int = 0) -> Ctl:
    """smartvpnctl of a client."""
    return Ctl(Daemon(lab, lab.clients[number]))


def connected(lab: Lab) -> tuple[Ctl, Ctl]:
    """Server and client, connected by an invitation."""
    server, _ = start_server(lab, "client-auth=required")
    client = make_client(lab)
    client.do("profile", "import", stdin=server.do("invite", "laptop", TRUST, *QUICK, "--json"))
    client.do("connect")
    return server, client


def session(server: Ctl) -> dict[str, object]:
    """The only session."""
    (only,) = server.get("server", "clients")
    return only


def wait_state(ctl: Ctl, name: str, state: str) -> None:
    """Waits until status says that a client is in this state."""
    wait_until(lambda: json.loads(ctl.run("status", name, "--json").output)["state"] == state, f"{name} {state}")


def test_by_hand(lab: Lab) -> None:
    """A key, a server and a profile; then connect, status and disconnect: one command each."""
    directory = lab.directory
    server, key = start_server(lab)
    client = make_client(lab)
    public = client.do("genkey", "--output", str(directory / "key")).strip()
    assert stat.S_IMODE((directory / "key").stat().st_mode) == 0o600
    assert client.do("pubkey", str(directory / "key")).strip() == public
    assert client.do("pubkey", stdin=(directory / "key").read_text()).strip() == public
    client.fails(1, "genkey", "--output", str(directory / "key"), saying=str(directory / "key"))

    client.do("profile", "add", "office", f"server-url={URL}", f"server-public-key={key}", TRUST, *QUICK,
              "--private-key-file", "-", stdin=(directory / "key").read_text())
    shown = client.get("profile", "show", "office")
    assert (shown["settings"]["server-url"], shown["secrets"]) == (URL, ["private-key"]), shown
    assert [entry["name"] for entry in client.get("profile", "list")] == ["default", "office"]
    client.fails(4, "status", "office")

    result = client.get("connect", "office", "--set", "mtu=1400")
    assert (result["name"], result["assigned-ip"], result["mtu"]) == ("office", "10.8.0.2", 1400), result
    ping(lab.client, WEB4)
    assert client.get("status", "office")["state"] == "connected"
    assert [(entry["kind"], entry["state"]) for entry in client.get("status") if entry["name"] == "office"] == [
        ("client", "connected")]
    assert "10.8.0.2/24" in client.do("status", "office") and "connected" in client.do("status")
    wait_until(lambda: client.get("quality")["keepalives-answered"] > 0, "a keepalive")
    assert "healthy" in client.do("quality")
    assert client.get("mtu")["overhead"] in (79, 99) and "1400" in client.do("mtu")
    assert session(server)["public-key"] == public
    assert "1 of at most" in server.do("server", "status") and key in server.do("server", "keys")
    client.fails(6, "connect", "office", saying="connected")
    client.do("disconnect")
    client.fails(4, "disconnect", "office")
    client.do("profile", "remove", "office")
    server.do("server", "reload")
    server.do("server", "stop")
    server.fails(4, "server", "status")
    server.fails(4, "server", "clients")


def test_invited(lab: Lab) -> None:
    """Two clients connect by invitations, a file and a link, to a server that admits known clients only."""
    server, _ = start_server(lab, "client-auth=required")
    server.fails(2, "invite", "--host", "vpn.example", saying="NAME")
    server.fails(2, "invite", TRUST, saying="NAME")
    invitation = lab.directory / "invitation"
    server.do("invite", "laptop", TRUST, "--limit", "16Mbit", "--ipv4", "10.8.0.77", "--output", str(invitation))
    assert stat.S_IMODE(invitation.stat().st_mode) == 0o600
    profile = json.loads(invitation.read_text())
    assert profile["server-url"] == URL and profile["private-key"], profile
    server.fails(2, "invite", "laptop", saying="laptop")
    link = server.do("invite", "phone", TRUST, "--link").strip()
    assert link.startswith("smartvpn://vpn.example/live/feed?"), link
    assert [entry["name"] for entry in server.get("server", "keys")["authorized"]] == ["laptop", "phone"]

    laptop, phone = make_client(lab, 0), make_client(lab, 1)
    laptop.do("profile", "import", str(invitation))
    phone.fails(2, "profile", "import", link, "work", saying="private key")
    phone.do("profile", "import", "-", "work", stdin=f"{link}\n")
    assert laptop.get("connect")["assigned-ip"] == "10.8.0.77"
    phone.do("connect", "work")
    for namespace in lab.clients:
        ping(namespace, WEB4)
    assert sorted(entry["name"] for entry in server.get("server", "clients")) == ["laptop", "phone"]
    server.do("server", "revoke", "phone")
    wait_state(phone, "work", "disconnected")
    phone.fails(4, "status", "work")
    phone.fails(7, "connect", "work", saying="key")
    server.fails(5, "server", "revoke", "phone")
    qr = server.do("invite", "tablet", "--qr")
    assert read_qr(lab, qr).startswith("smartvpn://vpn.example/live/feed?private-key="), qr


def draw_qr(picture: str) -> str:
    """A QR code of half blocks, as a camera sees it: an image in the format PBM."""
    light = {" ": "00", "▀": "10", "▄": "01", "█": "11"}
    rows = [[light[character][half] for character in line] for line in picture.splitlines() for half in (0, 1)]
    scaled = [[bit for bit in row for _ in range(4)] for row in rows for _ in range(4)]
    margin = ["0"] * 16
    lines = [" ".join(margin + ["1" if bit == "0" else "0" for bit in row] + margin) for row in scaled]
    width = len(scaled[0]) + 32
    blank = [" ".join(["0"] * width)] * 16
    return "\n".join(["P1", f"{width} {len(lines) + 32}", *blank, *lines, *blank]) + "\n"


def read_qr(lab: Lab, picture: str) -> str:
    """The text in a QR code."""
    image = lab.directory / "qr.pbm"
    image.write_text(draw_qr(picture))
    done = subprocess.run(["zbarimg", "--quiet", "--raw", str(image)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\n{picture}"
    return done.stdout.strip()


def test_clients_of_a_server(lab: Lab) -> None:
    """limit, kick, authorize, revoke."""
    server, client = connected(lab)
    server.do("server", "limit", "laptop", "8Mbit")
    identity = session(server)["id"]
    slow = Bulk(lab, lab.client, lab.web, WEB4, 1).bytes_per_s()
    assert slow < 1_500_000, slow
    server.do("server", "limit", str(identity), "none")
    fast = Bulk(lab, lab.client, lab.web, WEB4, 1).bytes_per_s()
    assert fast > 2_000_000, fast
    server.fails(2, "server", "limit", "laptop", "much", saying="much")
    server.fails(2, "server", "limit", "laptop", "10", saying="10")
    server.fails(5, "server", "limit", "nobody", "1M", saying="nobody")
    server.fails(5, "server", "kick", "nobody", saying="nobody")
    server.do("server", "kick", "10.8.0.2")
    wait_state(client, "default", "disconnected")
    client.do("connect")
    public = client.do("genkey", "--output", str(lab.directory / "other")).strip()
    server.do("server", "authorize", "other", public, "--expires", "30d", "--ipv4", "10.8.0.99")
    assert server.get("server", "keys")["authorized"][1]["ipv4"] == "10.8.0.99"
    server.fails(2, "server", "authorize", "third", public, saying="other")
    server.fails(2, "server", "authorize", "third", public, "--expires", "yesterday", saying="yesterday")
    server.do("server", "revoke", public)


def test_exit_statuses(lab: Lab) -> None:
    """Each kind of error has its exit status, and the message names the cause."""
    client = make_client(lab)
    client.fails(2, "conect", saying="'connect'")
    client.fails(2, "profile", "sow", saying="'profile show'")
    client.fails(2, "connect", "a", "b", saying="'b'")
    client.fails(2, "connect", "--sett", "mtu=1400", saying="--sett")
    client.fails(2, "connect", "--set", "mtu", saying="'mtu'")
    client.fails(2, "connect", "--set", "mtux=1400", saying="'mtu'")
    client.fails(2, "connect", "--set", "mtu=99", saying="mtu")
    client.fails(2, "connect", "--set", "qos=perhaps", saying="qos")
    client.fails(2, "connect", saying="server-url")
    client.fails(2, "profile", "add", "office", "private-key=abc", saying="--private-key-file")
    client.fails(2, "profile", "add", "Office", "mtu=1400", saying="Office")
    client.fails(2, "profile", "edit", "default", saying="terminal")
    client.fails(2, "profile", "import", stdin='{"serverUrl": "http://x"}', saying="server-url")
    client.fails(2, "profile", "import", stdin='{"mtu": 1400,}', saying="line 1")
    client.fails(4, "quality")
    client.fails(4, "disconnect")
    client.fails(5, "connect", "nowhere", saying="'nowhere'")
    client.fails(5, "server", "start", "nowhere", saying="'nowhere'")
    client.fails(10, "profile", "remove", "default")
    client.fails(8, "connect", "--set", "server-url=ws://198.51.100.66/", "--set", "connect-timeout-s=1",
                 "--set", f"server-public-key={client.do('pubkey', stdin=client.do('genkey')).strip()}",
                 saying="198.51.100.66")
    client.daemon.kill()
    client.fails(11, "status", saying="smartvpnd")
    client.environment["SMARTVPN_BUS"] = "unix:path=/nonexistent"
    client.fails(11, "status", saying="bus")


def test_profiles(lab: Lab) -> None:
    """Import in both spellings, export, edit by assignments and in an editor, replace."""
    client = make_client(lab)
    key = client.do("genkey").strip()
    public = client.do("pubkey", stdin=key).strip()
    old = {"serverUrl": URL, "serverPublicKey": public, "privateKey": key, "dns": ["192.0.2.53"], "mtu": 1400}
    client.do("profile", "import", "-", "office", stdin=json.dumps(old))
    exported = client.run("profile", "export", "office")
    assert exported.json() == {"server-url": URL, "server-public-key": public, "dns": ["192.0.2.53"], "mtu": 1400}
    assert "private-key" in exported.error and key not in exported.output, exported
    client.fails(2, "profile", "import", "-", "office", stdin=exported.output, saying="--replace")
    client.do("profile", "edit", "office", "mtu=1300", "--unset", "dns")
    shown = client.get("profile", "show", "office")
    assert (shown["settings"].get("mtu"), "dns" in shown["settings"]) == (1300, False), shown

    editor = lab.directory / "editor"
    editor.write_text("#!/bin/sh\nstat -c %a \"$1\" >\"$0.mode\"\ngrep -q private-key \"$1\" && exit 1\n"
                      "if [ -e \"$0.again\" ]; then sed -i s/99/1350/ \"$1\"; else sed -i s/1300/99/ \"$1\"; fi\n"
                      "touch \"$0.again\"\n")
    editor.chmod(0o755)
    terminal = client.terminal("profile", "edit", "office", VISUAL=str(editor))
    terminal.wait_for("mtu: 99 is out of range")
    terminal.wait_for("Edit again?")
    terminal.type("y\n")
    assert terminal.wait() == 0, terminal.text()
    terminal.close()
    shown = client.get("profile", "show", "office")
    assert (shown["settings"]["mtu"], shown["secrets"]) == (1350, ["private-key"]), shown
    assert Path(f"{editor}.mode").read_text() == "600\n"

    client.do("profile", "import", "-", "office", "--replace", stdin=json.dumps({"server-url": URL}))
    shown = client.get("profile", "show", "office")
    assert (shown["settings"], shown["secrets"]) == ({"server-url": URL}, []), shown


def test_monitor(lab: Lab) -> None:
    """Lines for programs; a live picture, which leaves the terminal as it was."""
    server, client = connected(lab)
    lines = client.do("monitor", "--count", "2").splitlines()
    assert len(lines) == 2 and all("connected" in line and "healthy" in line for line in lines), lines
    samples = [json.loads(line) for line in client.do("monitor", "--json", "--count", "2").splitlines()]
    assert [sample["state"] for sample in samples] == ["connected", "connected"], samples

    terminal = lab.keep(client.terminal("monitor"))
    terminal.wait_for("q: quit")
    terminal.wait_for("healthy")
    for part in ("SmartVPN  default", URL, "10.8.0.2", "RTT", "Received", "Sent", "QoS drops"):
        terminal.wait_for(part)
    load = Bulk(lab, lab.client, lab.web, WEB4, 2)
    terminal.wait_for("█")
    terminal.wait_for("MB/s")
    load.report()
    terminal.resize(60, 10)
    terminal.wait_for("Received")
    terminal.resize(100, 24)
    client.daemon.kill()
    terminal.wait_for("smartvpnd is gone")
    client.daemon.start()
    terminal.wait_for("smartvpnd is back")
    server.do("server", "kick", "laptop")
    wait_until(lambda: "State disconnected" in " ".join(terminal.text().split()), "the new state at the terminal")
    check_restored(terminal, "q")

    for key in ("\x03", "\x04"):
        terminal = lab.keep(client.terminal("monitor"))
        terminal.wait_for("q: quit")
        check_restored(terminal, key)
    terminal = lab.keep(client.terminal("monitor"))
    terminal.wait_for("q: quit")
    check_restored(terminal, signal.SIGTERM)


def check_restored(terminal: Terminal, end: str | signal.Signals) -> None:
    """Ends a program by a key or a signal; asserts that it restores the terminal."""
    raw = termios.tcgetattr(terminal.fd)
    assert not raw[3] & termios.ICANON, raw
    if isinstance(end, str):
        terminal.type(end)
    else:
        os.kill(terminal.pid, end)
    assert terminal.wait() == 0, terminal.text()
    assert terminal.raw.endswith(b"\x1b[?7h\x1b[?25h\x1b[?1049l"), terminal.raw[-200:]
    assert termios.tcgetattr(terminal.fd) == terminal.modes


def test_at_a_terminal(lab: Lab) -> None:
    """connect shows its states, in colours unless the user turns them off; Ctrl-C ends an attempt."""
    server, client = connected(lab)
    client.do("disconnect")
    terminal = lab.keep(client.terminal("connect"))
    terminal.wait_for("default: connecting")
    assert terminal.wait() == 0, terminal.text()
    assert "10.8.0.2/24" in terminal.text()
    for environment, colours in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        terminal = lab.keep(client.terminal("status", **environment))
        assert terminal.wait() == 0
        assert (b"\x1b[32mconnected" in terminal.raw) == colours, (environment, terminal.raw)
    client.do("disconnect")
    terminal = lab.keep(client.terminal("connect", "--set", "server-url=ws://198.51.100.66/"))
    terminal.wait_for("default: connecting")
    terminal.type("\x03")
    assert terminal.wait() == 130, terminal.text()
    assert client.get("status")[0]["state"] == "disconnected"
    assert not server.get("server", "clients")


def test_secrets_stay_off_the_command_line(lab: Lab) -> None:
    """No command line has a private key in it, neither smartvpnctl's nor those of its children."""
    client = make_client(lab)
    key = client.do("genkey").strip()
    client.fails(2, "connect", "--set", f"private-key={key}", saying="--private-key-file")
    client.fails(2, "profile", "add", "office", f"private-key={key}", saying="--private-key-file")
    client.fails(2, "invite", "laptop", f"private-key={key}")
    reader, writer = os.pipe()
    adding = subprocess.Popen([client.program, "profile", "add", "office", "--private-key-file", "-"], stdin=reader,
                              env=client.environment)
    os.close(reader)
    wait_until(lambda: Path(f"/proc/{adding.pid}/cmdline").read_bytes().startswith(client.program.encode()),
               "the program")
    assert key.encode() not in Path(f"/proc/{adding.pid}/cmdline").read_bytes()
    os.write(writer, key.encode())
    os.close(writer)
    assert adding.wait(10) == 0
    assert client.get("profile", "show", "office")["secrets"] == ["private-key"]


def test_completion(lab: Lab) -> None:
    """Shells complete commands, options, and existing names and settings."""
    client = make_client(lab)
    client.do("profile", "add", "office", "mtu=1400")
    for words, expected in ((["conn"], {"connect"}), (["profile", "ex"], {"export"}), (["connect", "--no"], {"--no-wait"}),
                            (["connect", ""], {"default", "office"}), (["profile", "show", "--server", ""], {"default"}),
                            (["connect", "--set", "mt"], {"mtu="}), (["connect", "--set", "qos="], {"qos=", "qos=true", "qos=false"}),
                            (["profile", "edit", "office", "--unset", "priv"], {"private-key"}),
                            (["pubkey", ""], {":file"}), (["nothing", ""], set()), (["status", "office", ""], set())):
        offered = {line.partition("\t")[0] for line in client.do("--complete", *words).splitlines()}
        assert offered == expected, (words, offered)
