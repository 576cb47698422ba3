# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Runs the catalogue of misbehaviours, as a client or as a server, and judges the outcomes.

    python3 -m peer.hostile --url wss://vpn.example/path --key BASE64 [--only NAME] [--list]

The server under test must take anonymous clients, and have addresses for some 130 sessions.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from . import hostile_admission, hostile_carrier, hostile_frames, hostile_server
from .catalogue import (CLIENT_ENTRIES, SERVER_ENTRIES, Entry, Expect, SetupError, Skip, Target,
                        Witness, check_reason, check_witness, judge_alive, judge_end)
from .client import PeerClient, insecure_context
from .endpoint import SessionEnded
from .server import Connection, PeerServer
from .upgrade import Head

assert hostile_admission and hostile_carrier and hostile_frames and hostile_server

Result = tuple[str, bool, str]
# Starts the client under test. The returned function takes whether the client `has_ended` by itself, stops the client, and
# returns the reason that it gives for its end.
StartClient = Callable[[str, bytes], Awaitable[Callable[[bool], Awaitable[str]]]]

CONCURRENCY = 8
PING_INTERVAL = 0.25
CONNECT_TIMEOUT = 20.0


def comparable(head: Head, path: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """An answer without its date, and without the path if it repeats that."""
    headers = [(name, value.replace(path, "PATH")) for name, value in head.headers
               if name.lower() != "date"]
    return head.start, headers, head.body.replace(path.encode(), b"PATH")


async def judge_refused(target: Target, answer: Head) -> str:
    """Asserts that an answer is the one for a path that does not exist."""
    parts = urlsplit(target.url)
    length = max(len(parts.path), 8)
    unknown = "/" + f"{time.monotonic_ns():x}".rjust(length - 1, "q")[-(length - 1):]
    reference = await target.request(None, urlunsplit(parts._replace(path=unknown)))
    ours, theirs = comparable(answer, parts.path), comparable(reference, unknown)
    assert ours == theirs, f"{ours!r} differs from an unknown path's {theirs!r}"
    return answer.start


async def judge(entry: Entry, target: Any, subject: Any) -> str:
    """Asserts that the outcome is the expected one; describes it."""
    if entry.expect is Expect.SESSION_ENDS:
        return await judge_end(subject, entry.within)
    if entry.expect is Expect.GOES_ON:
        return await judge_alive(subject)
    if entry.expect is Expect.REFUSED:
        return await judge_refused(target, subject)
    return "checked"


async def act_and_judge(entry: Entry, target: Target) -> str:
    """Runs one entry against the server; asserts the expected outcome."""
    try:
        subject = await entry.run(target)
        seen = await judge(entry, target, subject)
    except ConnectionError as error:
        # a failed write shows the end; a session that ended before the entry's act does not
        early = isinstance(error, SessionEnded) or entry.expect is not Expect.SESSION_ENDS
        assert not early, f"connection lost: {error!r}"
        subject, seen = target.latest, f"ended at once: {error}"
    return await check_witness(entry, target, subject, seen) if target.witness else seen


async def run_client_entry(entry: Entry, target: Target) -> Result:
    """Runs one entry against the server."""
    try:
        async with asyncio.timeout(45):
            return entry.name, True, await act_and_judge(entry, target)
    except Skip as skip:
        return entry.name, True, f"SKIP {skip}"
    except AssertionError as error:
        return entry.name, False, f"{entry.expect.name}: {error}"
    except SetupError as error:
        return entry.name, False, f"could not begin: {error}"
    except Exception as error:  # an entry that fails in another way is a failed entry
        return entry.name, False, f"{entry.expect.name}: {error!r}"
    finally:
        await target.close()


class Bystander:
    """A session that keeps the rules, pings all the time, and must not notice anything."""

    def __init__(self, client: PeerClient) -> None:
        self.client = client
        self.sent = 0
        self.slowest = 0.0
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            self.sent += 1
            self.slowest = max(self.slowest, await self.client.ping(self.client.gateway()))
            await asyncio.sleep(PING_INTERVAL)

    async def result(self) -> Result:
        """Called when everything else is over."""
        name = "well_behaved_session_loses_nothing"
        if self.task.done():
            return name, False, f"ping {self.sent}: {self.task.exception()!r}"
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.client.close()
        return name, True, f"{self.sent} pings, the slowest {self.slowest * 1000:.1f} ms"


async def run_against_server(url: str, key: bytes, *, tls: ssl.SSLContext | None = None,
                             admission: bool = True, only: str | None = None,
                             witness: Witness | None = None) -> list[Result]:
    """Runs every client-role entry; the last result is the well-behaved session's."""
    entries = [entry for entry in CLIENT_ENTRIES if only is None or only == entry.name]
    bystander = Bystander(await PeerClient.connect(url, key, tls=tls))
    limit = asyncio.Semaphore(CONCURRENCY)

    async def run_one(entry: Entry) -> Result:
        target = Target(url, key, tls, witness)
        if entry.needs_admission and not admission:
            return entry.name, True, "SKIP the server admits without proof"
        if entry.slow:
            return await run_client_entry(entry, target)
        async with limit:
            return await run_client_entry(entry, target)

    results = await asyncio.gather(*(run_one(entry) for entry in entries))
    return [*results, await bystander.result()]


async def run_server_entry(entry: Entry, start_client: StartClient,
                           tls: ssl.SSLContext | None) -> Result:
    """Runs one entry against a client that `start_client` starts."""
    done: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def handler(connection: Connection) -> None:
        if done.done():
            return  # the client may try again
        try:
            subject = await entry.run(connection)
            if subject is None:
                return  # the entry waits for another connection
            detail = await judge(entry, None, subject)
            if not done.done():
                done.set_result(detail)
        except Exception as error:
            if not done.done():
                done.set_exception(error)

    server = await PeerServer(tls=tls, handler=handler, timeout=CONNECT_TIMEOUT).start()
    stop_client = await start_client(server.url, server.public_key)
    ends = entry.expect is Expect.SESSION_ENDS
    try:
        try:
            detail = await asyncio.wait_for(done, CONNECT_TIMEOUT + entry.within)
        except ConnectionError as error:
            assert ends, f"connection lost: {error!r}"
            detail = f"ended at once: {error}"
        said, stop_client = await stop_client(ends), None
        return entry.name, True, check_reason(entry, said) if entry.reason and said else detail
    except TimeoutError:
        return entry.name, False, "the client did not come, or stayed too long"
    except Exception as error:
        return entry.name, False, f"{entry.expect.name}: {error!r}"
    finally:
        if stop_client:
            await stop_client(False)
        await server.stop()


async def run_against_client(start_client: StartClient, *, tls: ssl.SSLContext | None = None,
                             concurrency: int = 1, only: str | None = None) -> list[Result]:
    """Runs every server-role entry, each on a server of its own."""
    limit = asyncio.Semaphore(concurrency)

    async def run_one(entry: Entry) -> Result:
        async with limit:
            return await run_server_entry(entry, start_client, tls)

    return await asyncio.gather(*(run_one(entry) for entry in SERVER_ENTRIES
                                  if only is None or only == entry.name))


def print_tap(results: list[Result]) -> bool:
    """Prints the results; returns whether all have passed."""
    print(f"1..{len(results)}")
    for number, (name, ok, detail) in enumerate(results, 1):
        state = "ok" if ok else "not ok"
        detail = " ".join(detail.replace("#", "").split())
        text = f"# {detail}" if detail.startswith("SKIP") else f"({detail})"
        print(f"{state} {number} - {name} {text}", flush=True)
    return all(ok for _, ok, _ in results)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="peer.hostile", description="SmartVPN hostile client")
    parser.add_argument("--list", action="store_true", help="print the catalogue")
    parser.add_argument("--url")
    parser.add_argument("--key", help="the server's public key in base64")
    parser.add_argument("--only", metavar="NAME")
    parser.add_argument("--no-admission", action="store_true", help="the server needs no proof")
    parser.add_argument("--insecure", action="store_true", help="take any certificate")
    arguments = parser.parse_args()
    if arguments.list:
        for role, entries in (("client", CLIENT_ENTRIES), ("server", SERVER_ENTRIES)):
            for entry in entries:
                print(f"{role}\t{entry.name}\t{entry.expect.name}\t{entry.run.__doc__}")
        return 0
    if arguments.only and arguments.only not in [entry.name for entry in CLIENT_ENTRIES]:
        parser.error(f"no client entry is called {arguments.only}")
    if not arguments.url or not arguments.key:
        parser.error("--url and --key are needed")
    results = asyncio.run(run_against_server(
        arguments.url, base64.b64decode(arguments.key),
        tls=insecure_context() if arguments.insecure else None,
        admission=not arguments.no_admission, only=arguments.only))
    return 0 if print_tap(results) else 1


if __name__ == "__main__":
    sys.exit(main())
