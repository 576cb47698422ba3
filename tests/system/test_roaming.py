# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The machine under a client changes networks, loses them and finds them again.

    client eth0 192.0.2.6 --- 192.0.2.5 router ...          as ever
    client wlan0 192.0.2.102 --- 192.0.2.101 router         the other network
"""

from __future__ import annotations

import socket
import time

from .harness import SERVER4, WEB4, Lab, wait_until
from .scene import URL4, ProfiledClient
from .test_full_tunnel import full_tunnel
from .traffic import Pinger, can_ping, connect, listen, ping

MOST_LOST = 10  # pings of 20 a second: half a second, and the answers on their way
QUICK_S = 12.0


def add_wlan(lab: Lab) -> None:
    """A second network that leads to the server, with its address but without a route."""
    lab._link(lab.client, "wlan0", ["192.0.2.102/30", "2001:db8:1:99::2/64"], lab.router, "wlan",
              ["192.0.2.101/30", "2001:db8:1:99::1/64"])


def use_wlan(lab: Lab) -> None:
    """The machine leaves eth0 for wlan0, as when a cable is pulled."""
    lab.client.ip("link", "set", "eth0", "down")
    lab.client.ip("route", "add", "default", "via", "192.0.2.101", "dev", "wlan0")


def tcp_pair(lab: Lab) -> tuple[socket.socket, socket.socket]:
    """A TCP connection through the tunnel."""
    with listen(lab.web, WEB4) as listener:
        near = connect(lab.client, WEB4, listener.getsockname()[1])
        return near, listener.accept()[0]


def check_pair(near: socket.socket, far: socket.socket) -> None:
    """It still carries data, both ways."""
    for sender, receiver in ((near, far), (far, near)):
        sender.sendall(b"still here")
        receiver.settimeout(10)
        assert receiver.recv(64) == b"still here"


def connected(lab: Lab, **settings: object) -> ProfiledClient:
    """A connected full tunnel."""
    _, client = full_tunnel(lab, URL4)
    client.connect(**settings)
    client.clear()
    return client


def test_other_interface(lab: Lab) -> None:
    """Cable to Wi-Fi: within a second traffic goes on; a connection inside survives."""
    add_wlan(lab)
    client = connected(lab)
    near, far = tcp_pair(lab)
    pinger = Pinger(lab.client, WEB4, 0.05)
    answered = pinger.answered()
    use_wlan(lab)
    client.wait_signal("Reconnected", QUICK_S)
    wait_until(lambda: pinger.answered() > answered + 20, "answers over the other network")
    lost = pinger.lost()
    assert lost <= 20, f"{lost} pings of 20 a second were lost"
    check_pair(near, far)
    assert client.get("State") == "connected"


def test_strict_reverse_path_of_the_new_one(lab: Lab) -> None:
    """The other network's interface filters strictly: it is loosened before the attempt."""
    add_wlan(lab)
    lab.client.sysctl("ipv4/conf/wlan0/rp_filter", "1")
    client = connected(lab)
    use_wlan(lab)
    client.wait_signal("Reconnected", QUICK_S)
    ping(lab.client, WEB4)
    client.disconnect()
    assert lab.client.run("cat", "/proc/sys/net/ipv4/conf/wlan0/rp_filter").strip() == "1"


def test_other_address(lab: Lab) -> None:
    """The same interface, another network."""
    client = connected(lab)
    near, far = tcp_pair(lab)
    lab.router.ip("address", "add", "192.0.2.141/30", "dev", "client1")
    lab.client.ip("address", "add", "192.0.2.142/30", "dev", "eth0")
    lab.client.ip("route", "replace", "default", "via", "192.0.2.141")
    lab.client.ip("address", "delete", "192.0.2.6/30", "dev", "eth0")
    client.wait_signal("Reconnected", QUICK_S)
    ping(lab.client, WEB4)
    check_pair(near, far)


def test_no_network_for_a_while(lab: Lab) -> None:
    """Without any network attempts wait and do not count; when one is there it is taken at once."""
    client = connected(lab, max_reconnect_attempts=2)
    lab.client.ip("link", "set", "eth0", "down")
    client.wait_state("reconnecting", QUICK_S)
    time_down = time.monotonic()
    wait_until(lambda: time.monotonic() - time_down > 15, "that attempts would have been used up")
    assert client.get("State") == "reconnecting", client.status()
    lab.client.ip("link", "set", "eth0", "up")
    lab.client.ip("address", "replace", "2001:db8:1:1::2/64", "dev", "eth0")
    lab.client.ip("route", "add", "default", "via", "192.0.2.5")
    client.wait_state("connected", 4)
    ping(lab.client, WEB4)


def test_reconnect(lab: Lab) -> None:
    """Reconnect() changes sessions, and no ping is lost for it."""
    client = connected(lab)
    session = client.status()["client-id"]
    pinger = Pinger(lab.client, WEB4, 0.05)
    client._call("Reconnect")
    client.wait_signal("Reconnected", QUICK_S)
    assert client.status()["client-id"] != session and client.get("State") == "connected"
    assert pinger.lost() <= 1


def test_silent_line(lab: Lab) -> None:
    """A line that swallows everything is found dead in seconds while there is traffic."""
    client = connected(lab)
    pinger = lab.client.spawn("ping", "-n", "-i", "0.2", WEB4)
    lab.router.run("nft", "add table ip hole; add chain ip hole forward { type filter hook forward priority 0; }; "
                   "add rule ip hole forward drop")
    client.wait_state("reconnecting", 20)
    lab.router.run("nft", "delete", "table", "ip", "hole")
    client.wait_state("connected", 20)
    pinger.stop()
    assert can_ping(lab.client, WEB4) and SERVER4
