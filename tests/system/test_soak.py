# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Three rekeys in one session under traffic, and many short sessions lose no frame and no byte.

In a build with AddressSanitizer, LeakSanitizer reports leaks at the end of each process. In others, memory must not grow
from round to round.
"""

from __future__ import annotations

import re
import signal
from pathlib import Path

from .harness import WEB4, WEB6, Lab, wait_until
from .load import Bulk, DeviceDrops, check_pings, ping_latency
from .scene import ProfiledClient, make_clients, start_server
from .test_lifecycle import same_counters
from .traffic import Work
from .vpn import Object, Server, read_proc

REKEYS = 3
ROUNDS = 6
GROWTH_KB = 2048  # of the last rounds' resident memory, for buffers that not every round uses
QUICK = {"keepalive_healthy_s": 1, "keepalive_degraded_s": 1, "keepalive_critical_s": 1, "keepalive_timeout_s": 5}


def is_asan(build: Path) -> bool:
    """Whether the workers were built with AddressSanitizer."""
    return b"__asan_init" in (build / "src/worker/smartvpn-worker").read_bytes()


def resident_kb(pid: int) -> int:
    """Resident memory."""
    return int(re.search(r"VmRSS:\s+(\d+) kB", read_proc(pid, "status"))[1])


def busy_session(lab: Lab, server: Server, client: ProfiledClient, rekeys: int) -> dict[str, int]:
    """One session with traffic of all kinds, from Connect() to equal counters at both ends."""
    identity = client.connect()["client-id"]
    seconds = rekeys + 1
    drops = DeviceDrops((lab.client, client.get("Interface")), (lab.server, server.get("Interface")))
    pings = Work(ping_latency, lab.client, WEB6, 50 * seconds, 0.02, 50 * seconds)
    bulks = [Bulk(lab, lab.client, lab.web, WEB4, seconds, reverse=reverse) for reverse in (False, True)]
    wait_until(lambda: client.statistics()["rekeys"] >= rekeys, f"{rekeys} rekeys", 10 * seconds)
    for bulk in bulks:
        assert bulk.bytes_per_s() > 100_000
    check_pings(pings.result(), 50 * seconds, drops)
    statistics = same_counters(server, client, identity)
    assert statistics["reconnects"] == 0 and client.quality()["health"] == "healthy", statistics
    return statistics


def check_no_complaint(*things: Object) -> None:
    """Asserts that the sanitizers have found nothing, in the workers and in smartvpnd."""
    for thing in things:
        log = thing.daemon.logged()
        for word in ("AddressSanitizer", "LeakSanitizer", "runtime error", "SUMMARY"):
            assert word not in log, log[max(0, log.index(word) - 2000):][:6000]


def test_rekeys_and_rounds(lab: Lab) -> None:
    """A long session with three rekeys, then short ones; nothing is left at the end."""
    server, key = start_server(lab, **QUICK)
    (client,) = make_clients(lab, key, rekey_interval_s=1, **QUICK)
    statistics = busy_session(lab, server, client, REKEYS)
    client.disconnect()
    assert client.wait_signal("Exited") == (0,), client.signals
    wait_until(lambda: not server.list_clients(), "no clients")
    pid = server.daemon.worker_pid("server-default")
    memory = []
    for _ in range(ROUNDS):
        busy_session(lab, server, client, 1)
        client.clear()
        client.disconnect()
        assert client.wait_signal("Exited") == (0,), client.signals
        wait_until(lambda: not server.list_clients(), "no clients")
        memory.append(resident_kb(pid))
    errors = server.statistics()["protocol-errors"]
    server.clear()
    server.stop()
    assert server.wait_signal("Exited") == (0,), server.signals
    assert errors == 0
    for thing in (server, client):
        thing.daemon.process.popen.send_signal(signal.SIGTERM)
        assert thing.daemon.process.wait() == 0, "smartvpnd has not ended well"
    check_no_complaint(server, client)
    kind = "AddressSanitizer, no leak reported" if is_asan(lab.build) else "no sanitizer"
    print(f"# {statistics['rekeys']} rekeys, {statistics['frames-sent']} frames up, {statistics['frames-received']} down, "
          f"none lost; the server's worker in kB after each of {ROUNDS} rounds: {memory} ({kind})", flush=True)
    if not is_asan(lab.build):
        assert max(memory[2:]) - memory[1] < GROWTH_KB, memory
