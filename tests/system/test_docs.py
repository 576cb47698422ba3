# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Our documents are true: their commands work, their files are used, and the names in them exist.

Blocks for a booted machine are run by test_docs_booted and test_guide.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from . import harness, links
from .documents import ROOT, Block, Command, Values, blocks, documents, is_cut, missing_words
from .harness import Lab, wait_until
from .machine import Machine, Shell

Result = tuple[str, bool, str]
LANGUAGES = {"console": ["run", "printed"], "json": ["file"], "nginx": ["shown"], "haproxy": ["shown"], "js": ["file"],
             "text": [""]}
MACHINES = ("server", "newserver", "client", "laptop", "phone", "tablet", "booted", "source", "there", "named")
LAB = {"administration": {"clients": 2}, "guide": {"clients": 4}}
WIDER = ["docs/settings.md", "docs/dbus-api.md", "docs/library.md", "src/README.md"]
WIDTH = 120
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"(?:src|docs|data|tests|scripts|introspection|po)/[\w./@-]*|[\w-]+/[\w/-]+\.[ch]")
KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


def relative(path: Path) -> str:
    """The name of a document in messages."""
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    """A document without its blocks."""
    return re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)


def each(what: str, check: Callable[[Path], list[str]]) -> Iterator[Result]:
    """One result for each document."""
    for document in documents():
        wrong = check(document)
        yield f"{relative(document)}: {what}", not wrong, "; ".join(wrong)


# ---- checks without running anything ----


def stripped(text: str) -> str:
    """Without indentation."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def answers_help(program: str) -> bool:
    """Whether a program of the source tree exists and has a --help."""
    return "Usage" in (help_text := harness.run([str(ROOT / program), "--help"])) or program in help_text


def check_markers(document: Path) -> list[str]:
    """Each block has a marker, and blocks that show a part of a file show it as it is."""
    wrong = [f"{block.place}: {block.language or 'no language'}, marked {block.kind or 'not at all'}"
             for block in blocks(document) if block.kind not in LANGUAGES.get(block.language, "")]
    for block in blocks(document):
        if block.kind == "shown" and stripped(block.text) not in stripped((ROOT / block.argument).read_text()):
            wrong.append(f"{block.place} is not in {block.argument}")
        if block.kind in ("run", "file") and block.machine not in MACHINES:
            wrong.append(f"{block.place}: no machine {block.machine}")
        if block.machine == "there":
            wrong += [f"{block.place}: {command.text}" for command in block.commands()
                      if not answers_help(command.text.split()[0])]
    return wrong


def check_width(document: Path) -> list[str]:
    """Lines are short enough for an editor; tables may be longer."""
    if relative(document) in WIDER:
        return []
    return [f"line {number}: {len(line)}" for number, line in enumerate(document.read_text().splitlines(), 1)
            if len(line) > WIDTH and not line.startswith("|")]


def anchors(document: Path) -> set[str]:
    """The anchors that renderers of Markdown make of headings."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(document: Path) -> list[str]:
    """Links have a target."""
    wrong = []
    for target in LINK.findall(prose(document)):
        name, _, anchor = target.partition("#")
        path = document.parent / name if name else document
        if "://" in target or target.startswith("mailto:"):
            continue
        if not path.exists() or (anchor and anchor not in anchors(path)):
            wrong.append(target)
    return wrong


def check_paths(document: Path) -> list[str]:
    """The files and folders that a document names exist in the source tree."""
    named = {word for word in CODE.findall(prose(document)) if PATH.fullmatch(word)}
    return sorted(word for word in named if not (ROOT / word).exists() and not (ROOT / "src" / word).exists())


def source_text() -> str:
    """All text that defines names: settings, members, actions, options, units."""
    patterns = ["introspection/**/*.xml", "src/**/*.[ch]", "data/**/*", "meson_options.txt", "docs/settings.md"]
    return "\n".join(path.read_text(errors="replace") for pattern in patterns for path in ROOT.glob(pattern)
                     if path.is_file())


def check_names(source: str) -> Callable[[Path], list[str]]:
    """The code defines the settings, D-Bus members, actions and errors that a document names."""
    words = set(re.findall(r"[\w-]+", source))
    dotted = set(re.findall(r"org\.smartvpn[\w.-]*\w", source)) | {
        f"org.smartvpn.Error.{name}" for name in re.findall(r'ENTRY \(\w+, "(\w+)"\)', source)}

    def check(document: Path) -> list[str]:
        wrong = []
        for code in CODE.findall(prose(document)):
            member = re.fullmatch(r"([A-Z]\w+)\(.*\)", code)
            key = code.partition(":")[0].partition("=")[0]
            if member and member[1] not in words:
                wrong.append(code)
            elif KEBAB.fullmatch(key) and key not in words:
                wrong.append(code)
            elif re.fullmatch(r"org\.smartvpn\.[\w.-]+", code) and code not in dotted:
                wrong.append(code)
        return wrong
    return check


def check_programs(build: Path) -> Callable[[Path], list[str]]:
    """The programs have the commands and options that a document names."""
    smartvpnd = harness.run([str(build / "src/daemon/smartvpnd"), "--help-all"])

    def check(document: Path) -> list[str]:
        wrong = [code for code in CODE.findall(prose(document)) if code.startswith("smartvpnd --")
                 if any(option not in smartvpnd for option in re.findall(r"--[\w-]+", code))]
        for code in CODE.findall(prose(document)):
            words = re.match(r"smartvpnctl ((?:[a-z-]+ ?)+)", code)
            if words and not is_command(build, words[1].split()):
                wrong.append(code)
        return wrong
    return check


def is_command(build: Path, words: list[str]) -> bool:
    """Whether the first words are a command of smartvpnctl."""
    return any(subprocess.run([str(build / "src/cli/smartvpnctl"), *words[:length], "--help"], check=False,
                              capture_output=True).returncode == 0 for length in (1, 2))


def test_text(lab: Lab) -> Iterator[Result]:
    """The checks that run nothing."""
    source = source_text()
    yield from each("each block has a marker", check_markers)
    yield from each(f"no line is longer than {WIDTH}", check_width)
    yield from each("links have a target", check_links)
    yield from each("the files it names exist", check_paths)
    yield from each("the settings, members and actions it names exist", check_names(source))
    yield from each("the commands and options it names exist", check_programs(lab.build))


# ---- blocks that are run ----


def run_commands(shells: Callable[[str], Shell], block: Block, values: Values, outputs: list[str] | None = None) -> list[str]:
    """Runs the commands of a block; returns what went wrong. `shells`: by the machine of the prompt. `outputs` gets what each
    command has printed."""
    wrong = []
    commands = list(block.commands())
    for before, command in zip([None, *commands], commands):
        fails = command.is_refused or (command is commands[-1] and block.condition == "fails")
        text = values.fill_in(command.text)
        shell = shells(command.machine)
        shown = "\n".join(command.output)
        if text.startswith("busctl get-property") or block.condition in ("fails", "in a while"):  # a reader would take longer than this test
            wait_until(lambda text=text, shell=shell, shown=shown: not missing_words(shown, shell.run(text)[1]), text)
        status, printed = shell.run(text)
        begins = text.startswith("smartvpnctl connect") or (before and before.text.endswith("&"))
        if status and begins and not fails:  # something it needs may not be ready yet
            status, printed = wait_until(lambda text=text, shell=shell: (answer := shell.run(text))[0] == 0 and answer, text)
        if (status != 0) != fails:
            wrong.append(f"{command.text}: status {status}: {printed.strip()[-400:]}")
        elif missing := missing_words(shown, printed):
            wrong.append(f"{command.text}: {', '.join(missing)} is not in: {printed.strip()}")
        elif is_cut(shown, printed):
            wrong.append(f"{command.text}: lines are missing, and no ... stands for them: {printed.strip()}")
        values.learn(shown, printed)
        if outputs is not None:
            outputs.append(printed)
    for text in wrong:
        print("\n".join(f"# {line}" for line in text.splitlines()))
    return wrong


def copy_file(block: Block, machines: dict[str, Machine]) -> None:
    """Copies a file to the other machine, as the text tells the reader to do."""
    if words := re.fullmatch(r"then (\S+) to (\w+)", block.condition):
        machines[words[2]].write(f"/root/{words[1]}", machines[block.machine].read(words[1]))


def write_file(machine: Machine, path: str, text: str) -> None:
    """Writes a file; if it is a profile, waits until smartvpnd has noticed it."""
    machine.write(path, text)
    if path.startswith("/etc/smartvpn/"):
        wait_until(lambda: f'"{Path(path).stem}"' in machine.run("smartvpnctl profile list --json")[1], f"a profile for {path}")


def run_document(name: str, machines: dict[str, Machine]) -> Iterator[Result]:
    """One result for each block, in their order."""
    values = Values()
    for block in blocks(ROOT / name):
        if block.machine not in (*machines, "named"):
            continue
        if block.kind == "file":
            write_file(machines[block.machine], block.argument.split(" ", 1)[1], values.fill_in(block.text))
        elif block.kind == "run":
            shells = {name: machine.shell() for name, machine in machines.items()}
            wrong = run_commands(lambda name, block=block, shells=shells: shells[name or block.machine], block, values)
            for shell in shells.values():
                shell.close()
            copy_file(block, machines)
            yield f"{block.place}", not wrong, "; ".join(wrong)


def make_machines(lab: Lab) -> dict[str, Machine]:
    """A server, where nginx runs, and clients."""
    machines = {name: Machine(lab, namespace) for name, namespace in
                zip(("server", "client", "tablet"), (lab.server, *lab.clients))}
    machines["server"].spawn("nginx", "nginx -g 'daemon off;'")
    wait_until(lambda: machines["server"].run("curl -s http://localhost/")[0] == 0, "nginx")
    return machines


def test_readme(lab: Lab) -> Iterator[Result]:
    """README.md."""
    yield from run_document("README.md", make_machines(lab))


def test_administration(lab: Lab) -> Iterator[Result]:
    """docs/administration.md."""
    yield from run_document("docs/administration.md", make_machines(lab))


def test_integration(lab: Lab) -> Iterator[Result]:
    """docs/integration.md."""
    yield from run_document("docs/integration.md", make_machines(lab))


def test_guide(lab: Lab) -> Iterator[Result]:
    """docs/guide.md, from the server's settings to its move; test_guide.py runs it with systemd and the package."""
    from .guide import Guide  # needs this module

    server = Machine(lab, lab.server)
    server.spawn("nginx", "nginx -g 'daemon off;'")
    wait_until(lambda: server.run("curl -s http://localhost/")[0] == 0, "nginx")
    folder = lab.directory / "server"
    folder.mkdir()
    shell = lab.keep(server.shell())
    shell.run(f"cd {folder}")
    guide = Guide(lab, shell, folder)
    for block in blocks(ROOT / "docs/guide.md"):
        if block.machine != "booted":
            yield guide.run(block)
    yield guide.check_certificate()


# ---- the walk-through of the D-Bus API ----


class WalkThrough:
    """A server and a laptop with a shell each, and a second terminal at the laptop."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.machines = {"server": Machine(lab, lab.server), "laptop": Machine(lab, lab.client)}
        self.shells = {name: machine.shell() for name, machine in self.machines.items()}
        self.values = Values()
        self.pulled = contextlib.ExitStack()  # the cable
        self.read = 0  # of the second terminal's output

    def run(self, block: Block) -> list[str]:
        """Runs a block; returns what went wrong."""
        if block.kind == "printed":
            return self.wait_printed(block.text)
        if block.condition == "while the cable is pulled":
            return self.pull_cable(next(block.commands()))
        if block.condition == "after kill -9":
            for machine in self.machines.values():
                machine.kill_service()
        if block.condition == "meanwhile":
            return self.plug_in(block)
        return run_commands(self.shells.__getitem__, block, self.values)

    def pull_cable(self, watch: Command) -> list[str]:
        """Has the second terminal watch, then pulls the cable."""
        self.watch = watch
        self.machines["laptop"].spawn("watch", f"bash -c {shlex.quote(watch.text)}")
        wait_until(self.is_watching, "a monitor on the bus")
        self.forget()
        self.pulled.enter_context(links.cut(self.lab.router, "tcp sport 443", "tcp dport 443"))
        return []

    def is_watching(self) -> bool:
        """Whether the second terminal sees a signal, tried with one that the document does not show."""
        self.shells["laptop"].run("busctl emit /org/smartvpn/clients/office org.smartvpn.Client Tried")
        return "Tried" in self.watched()

    def watched(self) -> str:
        """The output of the second terminal."""
        return self.machines["laptop"].log("watch").read_text()[self.read:]

    def forget(self) -> None:
        """Passes over the output so far."""
        self.read += len(self.watched())

    def wait_printed(self, shown: str) -> list[str]:
        """Waits until the second terminal has printed this."""
        wait_until(lambda: not missing_words(shown, self.watched()), f"{shown} in the second terminal", 30)
        self.forget()
        return []

    def plug_in(self, block: Block) -> list[str]:
        """Waits until the session is lost, and plugs the cable in again."""
        (command,) = block.commands()
        shown = "\n".join(command.output)
        wait_until(lambda: not missing_words(shown, self.shells["laptop"].run(command.text)[1]), shown, 30)
        self.pulled.close()
        return self.wait_printed("\n".join(self.watch.output))


def test_dbus_api(lab: Lab) -> Iterator[Result]:
    """docs/dbus-api.md."""
    walk = WalkThrough(lab)
    for block in blocks(ROOT / "docs/dbus-api.md"):
        if block.machine == "named" or block.kind == "printed":
            wrong = walk.run(block)
            yield block.place, not wrong, "; ".join(wrong)


# ---- the configurations that we ship for web servers ----

SHIPPED = "/usr/share/doc/smartvpn/examples"
WEB_SERVERS = {
    "nginx": ["rm -f /etc/nginx/sites-enabled/*", f"cp {SHIPPED}/nginx.conf /etc/nginx/sites-enabled/vpn",
              "nginx -t", "nginx -g 'daemon off;'"],
    "haproxy": ["cat /etc/ssl/vpn.pem /etc/ssl/private/vpn.key >/etc/haproxy/vpn.pem",
                f"cp {SHIPPED}/haproxy.cfg /etc/haproxy/haproxy.cfg",
                "haproxy -c -f /etc/haproxy/haproxy.cfg", "haproxy -db -f /etc/haproxy/haproxy.cfg"],
}


def answer_to(machine: Machine, path: str) -> str:
    """A web server's answer to a client's request, without its date."""
    upgrade = "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13'" \
        " -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='"
    printed = machine.run(f"curl -sSi --http1.1 --max-time 10 {upgrade} https://vpn.example.org{path}")[1]
    return re.sub(r"(?im)^date: .*$", "", printed)


def check_web_server(lab: Lab, name: str) -> Iterator[Result]:
    """A tunnel through a web server, and the answers that other visitors get."""
    server, client = Machine(lab, lab.server), Machine(lab, lab.client)
    *prepare, program = WEB_SERVERS[name]
    for command in prepare:
        status, printed = server.run(command)
        assert status == 0, printed
    server.spawn(name, program)
    wait_until(lambda: "404" in answer_to(client, "/nothing"), f"{name}: {server.log(name).read_text()}")
    other = answer_to(client, "/nothing")
    wait_until(lambda: answer_to(client, "/live/feed") == other, f"{name} answers for no server as for no page", 20)
    yield f"{name}: no server, and its path is like any other", True, ""
    server.run("smartvpnctl profile edit default --server listen=127.0.0.1:8080 path=/live/feed")
    status, printed = server.run("smartvpnctl server start && smartvpnctl invite --output i.json --url wss://vpn.example.org/live/feed")
    assert status == 0, printed
    connect = "smartvpnctl connect && ping -c 3 -i 0.2 10.8.0.1"
    client.write("/root/i.json", server.read("i.json"))
    client.run("smartvpnctl profile import i.json")
    wait_until(lambda: client.run(connect)[0] == 0, f"a tunnel through {name}", 20)
    yield f"{name}: a tunnel", True, ""
    yield f"{name}: its path is like any other", answer_to(client, "/live/feed") == other, answer_to(client, "/live/feed")


def test_nginx(lab: Lab) -> Iterator[Result]:
    """docs/examples/nginx.conf."""
    yield from check_web_server(lab, "nginx")


def test_haproxy(lab: Lab) -> Iterator[Result]:
    """docs/examples/haproxy.cfg."""
    yield from check_web_server(lab, "haproxy")
