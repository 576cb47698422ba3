# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What others do to the network under a tunnel, and what gets out of the machine meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from .harness import SERVER4, WEB4, WEB6, Lab, wait_until
from .scene import URL, URL4, make_clients, server_settings, start_server
from .test_full_tunnel import ALL, full_tunnel
from .traffic import can_ping, ping
from .vpn import Daemon, DBusError, kill_worker
from .wire import packets

LAB: dict[str, Any] = {"two_clients_to_one_server": {}}
SECOND = 1.0
INSIDE = "net 203.0.113.0/24 or net 198.18.0.0/15 or net 2001:db8:3::/64"


class Capture:
    """What goes out of a client's uplink and should be in the tunnel; one packet, which shows that it works, is ours."""

    def __init__(self, lab: Lab, expression: str = INSIDE) -> None:
        self.file = lab.directory / "uplink.pcap"
        self.process = lab.client.spawn("tcpdump", "--immediate-mode", "-U", "-Z", "root", "-i", "eth0", "-w",
                                        str(self.file), expression)
        wait_until(lambda: "listening on" in self.process.output(), "tcpdump")

    def count(self) -> int:
        """Packets so far."""
        return len(list(packets(self.file)))


def wait_restored(lab: Lab, what: str) -> None:
    """Traffic goes through the tunnel again."""
    deadline = time.monotonic() + SECOND
    while not can_ping(lab.client, WEB4):
        assert time.monotonic() < deadline, f"after {what}, {WEB4} is not reached"


def test_flush_ruleset_on_the_server(lab: Lab) -> None:
    """Firewall and forwarding taken away: clients lose the Internet for a moment, not until somebody comes."""
    server, client = full_tunnel(lab, URL4)
    client.connect()
    for command in ("nft flush ruleset", "echo 0 > /proc/sys/net/ipv4/ip_forward", "ip link set svpn0 down",
                    "ip link delete svpn0"):
        server.clear()
        lab.server.run("sh", "-c", command)
        server.wait_signal("NetworkRestored")
        wait_until(lambda: can_ping(lab.client, WEB4), f"an answer after {command}")


def test_device_deleted(lab: Lab) -> None:
    """The client's device is deleted: another one takes its place, and the session stays."""
    _, client = full_tunnel(lab, URL4)
    client.connect()
    session = client.status()["client-id"]
    client.clear()
    lab.client.ip("link", "delete", "svpn0")
    assert client.wait_signal("NetworkRestored") == (["the device"],)
    wait_until(lambda: can_ping(lab.client, WEB4), "an answer through the new device")
    assert client.get("State") == "connected" and client.status()["client-id"] == session


# What another program does to a full tunnel with lockdown. $T is the tunnel's routing table, $P its first priority.
MEDDLINGS = (
    "ip rule flush; ip rule add pref 32766 lookup main", "while ip rule del pref $P; do :; done",
    "ip rule del pref $((P + 1))", "ip rule del pref $((P + 7))",
    "ip rule add pref 1 lookup main; ip rule del pref 1",
    "ip route flush table all proto 83", "ip route flush table $T", "ip route del default dev svpn0 table $T",
    "ip route del unreachable default table $T",
    "ip route replace default via 192.0.2.5 table $T", "ip route add 203.0.113.0/24 via 192.0.2.5 table $T",
    "ip route add 0.0.0.0/1 via 192.0.2.5; ip route add 128.0.0.0/1 via 192.0.2.5", "ip route add 203.0.113.0/24 dev eth0",
    "ip addr add 203.0.113.200/24 dev eth0; ip addr del 203.0.113.200/24 dev eth0",
    "ip addr flush dev svpn0", "ip link set svpn0 down", "ip link set svpn0 down; ip link set svpn0 up",
    "ip link set svpn0 mtu 600", "ip link set svpn0 mtu 9000",
    "ip link set svpn0 down; ip link set svpn0 name office; ip link set office up;"
    "ip link set office down; ip link set office name svpn0; ip link set svpn0 up",
    "nft delete table inet smartvpn_lockdown", "nft flush table inet smartvpn_lockdown",
    "nft insert rule inet smartvpn_lockdown output counter", "nft flush ruleset",
    "echo 1 > /proc/sys/net/ipv4/conf/eth0/rp_filter", "echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter",
    "ip link add docker0 type veth peer name container; ip addr add 172.17.0.1/16 dev docker0;"
    " ip link set docker0 up; ip link del docker0",
    "ip rule flush; ip rule add pref 32766 lookup main; ip route flush table all proto 83; ip addr flush dev svpn0",
)


def test_rules_flushed_without_a_leak(lab: Lab) -> None:
    """With lockdown, whatever is taken away, not a packet leaves in the clear, and State tells the truth."""
    _, client = full_tunnel(lab, URL4)
    client.connect(lockdown="while-connected")
    capture = Capture(lab)
    pinger = lab.client.spawn("ping", "-n", "-i", "0.002", WEB4)
    names = ("T=$(ip rule | sed -n 's/.*lookup \\([0-9]\\{6,\\}\\).*/\\1/p');"
             "P=$(ip rule | sed -n 's/^\\([0-9]*\\):.*uidrange.*/\\1/p');")
    for command in MEDDLINGS:
        lab.client.run("sh", "-c", names + command)
        wait_until(lambda: can_ping(lab.client, WEB4), f"an answer after {command}")
        wait_until(lambda: "smartvpn_lockdown" in lab.client.run("nft", "list", "tables"), f"the lockdown after {command}")
        assert capture.count() == 0, f"{capture.count()} packets have left in the clear after {command}"
        assert client.get("State") in ("connected", "reconnecting"), command
    pinger.stop()
    assert client.get("Lockdown") is True and client.get("State") == "connected"


def test_lockdown_through_deaths(lab: Lab) -> None:
    """It stays closed through the death of worker and smartvpnd; Disconnect() opens it."""
    before = lab.client.snapshot()
    server, client = full_tunnel(lab, URL4)
    assert can_ping(lab.client, SERVER4)
    client.connect(lockdown="while-connected")
    assert client.get("Lockdown") is True
    capture = Capture(lab, "icmp")
    pinger = lab.client.spawn("ping", "-n", "-i", "0.01", "198.51.100.1")
    pid = client.daemon.worker_pid("client-default")
    client.daemon.kill()
    kill_worker(pid)
    wait_until(lambda: pid not in client.daemon.worker_pids(), "the end of the worker")
    client.daemon.start()
    assert client.get("State") == "failed" and client.get("Lockdown") is True, client.status()
    assert not can_ping(lab.client, SERVER4)
    client.connect(lockdown="while-connected")
    ping(lab.client, WEB4)
    server.stop()
    client.wait_state("reconnecting")
    assert client.get("Lockdown") is True and not can_ping(lab.client, SERVER4)
    assert capture.count() == 0, "packets have left"
    pinger.stop()
    client.disconnect()
    assert client.get("Lockdown") is False and can_ping(lab.client, SERVER4)
    assert lab.client.snapshot() == before
    try:
        client.disconnect()
        raise AssertionError("there is nothing to disconnect")
    except DBusError as error:
        assert "NotConnected" in str(error), error


def test_lockdown_always(lab: Lab) -> None:
    """`always` is closed by the profile alone, also at a start of smartvpnd; Update() to off opens it."""
    _, client = full_tunnel(lab, URL4)
    client.update(lockdown="always")
    assert client.get("Lockdown") is True and not can_ping(lab.client, SERVER4)
    lab.client.run("nft", "flush", "ruleset")
    wait_until(lambda: not can_ping(lab.client, SERVER4), "that it is closed again")
    client.connect()
    ping(lab.client, WEB4)
    client.disconnect()
    assert not can_ping(lab.client, SERVER4)
    client.update(lockdown="off")
    assert can_ping(lab.client, SERVER4)


def test_lockdown_of_a_profile_that_goes(lab: Lab) -> None:
    """A lockdown goes with its profile to another name, and opens when the profile is removed."""
    daemon = Daemon(lab, lab.client)
    office = daemon.add_client("office", lockdown="always")
    wait_until(lambda: "smartvpn_lockdown" in lab.client.run("nft", "list", "tables"), "a lockdown")
    path = daemon.manager("Rename", "(os)", office.path, "work")
    assert not can_ping(lab.client, SERVER4)
    daemon.manager("Remove", "(o)", path)
    assert can_ping(lab.client, SERVER4)


def test_docker_is_a_route(lab: Lab) -> None:
    """A network that is here already stays here, and the warning names its interface."""
    _, key = start_server(lab, routes=["172.17.0.0/16", "203.0.113.0/24"])
    client = make_clients(lab, key)[0]
    lab.client.ip("link", "add", "docker0", "type", "veth", "peer", "name", "container")
    lab.client.ip("address", "add", "172.17.0.1/16", "dev", "docker0")
    lab.client.ip("link", "set", "docker0", "up")
    result = client.connect()
    assert any("172.17.0.0/16" in text and "docker0" in text for text in result["warnings"]), result
    ping(lab.client, WEB4)
    assert "dev docker0" in lab.client.ip("route", "get", "172.17.0.9")


def test_lan_is_the_pool(lab: Lab) -> None:
    """The LAN has the addresses of the server's pool: both work, beside each other."""
    _, key = start_server(lab, reachable_from=["203.0.113.0/24"])
    client = make_clients(lab, key)[0]
    lab.client.ip("address", "add", "10.8.0.77/24", "dev", "eth0")
    result = client.connect()
    assert any("10.8.0.0/24" in text and "eth0" in text for text in result["warnings"]), result
    ping(lab.client, WEB4)
    ping(lab.web, result["assigned-ip"], count=1)
    assert "dev eth0" in lab.client.ip("route", "get", "10.8.0.99")


def test_two_clients_to_one_server(lab: Lab) -> None:
    """Two profiles of one machine to one server; either may go first."""
    _, key = start_server(lab, routes=ALL, nat=True)
    first = make_clients(lab, key)[0]
    second = first.daemon.add_client("second", **first.usual)
    first.connect()
    result = second.connect()
    assert any("svpn0" in text for text in result["warnings"]), result
    ping(lab.client, WEB4)
    first.disconnect()
    ping(lab.client, WEB4)
    first.connect()
    second.disconnect()
    ping(lab.client, WEB4)


def test_no_open_router(lab: Lab) -> Iterator[tuple[str, bool, str]]:
    """A server whose machine did not forward: it does for its clients, and for nobody else."""
    _, client = full_tunnel(lab, URL4)
    client.connect()
    lab.router.ip("route", "add", "203.0.113.0/24", "via", SERVER4)
    lab.router.ip("route", "add", "10.8.0.0/24", "via", SERVER4)
    lab.web.ip("route", "add", "192.0.2.0/24", "via", "203.0.113.1")
    yield "clients are forwarded", can_ping(lab.client, WEB4), ""
    yield "others are not", not can_ping(lab.router, WEB4), ""
    yield "nor do they reach clients", not can_ping(lab.router, "10.8.0.2"), ""


def test_forged_packets(lab: Lab) -> None:
    """What comes out of the tunnel from elsewhere than its networks is dropped and counted."""
    _, key = start_server(lab, routes=["203.0.113.0/24"], reachable_from=["0.0.0.0/0"])
    client = make_clients(lab, key)[0]
    client.connect()
    lab.web.ip("address", "add", "192.168.7.9/32", "dev", "lo")
    before = client.statistics()["drops-spoofed"]
    lab.web.run("ping", "-n", "-c", "2", "-W", "1", "-I", "192.168.7.9", "10.8.0.2", check=False)
    wait_until(lambda: client.statistics()["drops-spoofed"] > before, "a dropped packet")
    ping(lab.client, WEB4)
