# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""VPNs between the client's and the server's namespace, for benchmarks."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from system import nginx, tls
from system.harness import GATEWAY4, SERVER4, Lab, Namespace, wait_until
from system.scene import PATH, URL4, make_clients, start_server

OCSERV4, OPENVPN4, WIREGUARD4 = "10.9.0.1", "10.9.1.1", ("10.9.2.1", "10.9.2.2")
OCSERV = """\
auth = "plain[passwd={directory}/passwd]"
listen-host = {server}
tcp-port = 443
run-as-user = nobody
run-as-group = nogroup
socket-file = {directory}/ocserv.sock
pid-file = {directory}/ocserv.pid
server-cert = {certificate}
server-key = {key}
isolate-workers = true
try-mtu-discovery = false
use-occtl = false
device = vpns
ipv4-network = 10.9.0.0
ipv4-netmask = 255.255.255.0
max-ban-score = 0
"""
SCRIPT = """\
#!/bin/sh
[ "$reason" = connect ] || exit 0
ip link set dev "$TUNDEV" mtu "$INTERNAL_IP4_MTU" up
ip addr add "$INTERNAL_IP4_ADDRESS/24" dev "$TUNDEV"
"""
V2RAY_ID = "b831381d-6324-4d53-ad4f-8cda48b30811"


def wait_listening(namespace: Namespace, port: int) -> None:
    """Waits for a TCP server."""
    wait_until(lambda: f":{port} " in namespace.run("ss", "-Hltn"), f"port {port}")


def bare(lab: Lab) -> str:
    """No VPN."""
    return SERVER4


def smartvpn(lab: Lab) -> str:
    """SmartVPN over wss, as shipped."""
    _, key = start_server(lab)
    make_clients(lab, key, server_url=URL4)[0].connect()
    return GATEWAY4


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Programs that are started meanwhile have these variables."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def smartvpn_libsodium(lab: Lab) -> str:
    """The same where libcrypto has no ciphers, so that libsodium encrypts."""
    others = os.environ.get("LD_PRELOAD", "")
    with environment(LD_PRELOAD=f"{lab.build}/bench/libsodium-alone.so:{others}"):
        server, key = start_server(lab)
        client = make_clients(lab, key, server_url=URL4)[0]
        client.connect()
    assert {server.status()["aead"], client.status()["aead"]} == {"libsodium"}
    return GATEWAY4


def smartvpn_nginx(lab: Lab) -> str:
    """The same behind nginx, which ends the TLS."""
    _, key = start_server(lab, listen=["127.0.0.1:8080"], tls_certificate_file=None, tls_key_file=None)
    nginx.start(lab, lab.server, PATH)
    make_clients(lab, key, server_url=URL4)[0].connect()
    return GATEWAY4


OLDER = Path(os.environ.get("OLDER_BUILD", "/nowhere"))  # the build directory of another version


def start_pair(lab: Lab, server_build: Path, client_build: Path) -> str:
    """A server and a client of these builds."""
    lab.build = server_build
    _, key = start_server(lab)
    lab.build = client_build
    make_clients(lab, key, server_url=URL4)[0].connect()
    return GATEWAY4


def to_older(lab: Lab) -> str:
    """Our client and a server of another version."""
    return start_pair(lab, OLDER, lab.build)


def from_older(lab: Lab) -> str:
    """A client of another version and our server."""
    return start_pair(lab, lab.build, OLDER)


def older(lab: Lab) -> str:
    """Both of another version."""
    return start_pair(lab, OLDER, OLDER)


def openconnect(lab: Lab) -> str:
    """openconnect and ocserv over TLS alone."""
    certificate, script = tls.server(), lab.directory / "script"
    (lab.directory / "ocserv.conf").write_text(OCSERV.format(
        directory=lab.directory, server=SERVER4, certificate=certificate.certificate, key=certificate.key))
    script.write_text(SCRIPT)
    script.chmod(0o755)
    lab.server.run("sh", "-c", f"printf 'p\\np\\n' | ocpasswd -c {lab.directory}/passwd user")
    lab.server.spawn("ocserv", "-f", "-c", str(lab.directory / "ocserv.conf"))
    wait_listening(lab.server, 443)
    lab.client.spawn("sh", "-c", f"echo p | exec openconnect --no-dtls --non-inter --passwd-on-stdin -u user --cafile "
                     f"{tls.authority().certificate} --script {script} --interface oc0 https://{SERVER4}/")
    return OCSERV4


def start_openvpn(lab: Lab, remote: str, between: Callable[[], None] = lambda: None) -> str:
    """OpenVPN over TCP to an address; `between`: once the server listens, before the client begins."""
    certificate = tls.server()
    common = ["openvpn", "--dev-type", "tun", "--topology", "subnet", "--disable-dco", "--ca", str(tls.authority().certificate),
              "--data-ciphers", "AES-256-GCM"]
    lab.server.spawn(*common, "--dev", "ovs0", "--proto", "tcp-server", "--server", "10.9.1.0", "255.255.255.0", "--dh", "none",
                     "--cert", str(certificate.certificate), "--key", str(certificate.key), "--duplicate-cn")
    wait_listening(lab.server, 1194)
    between()
    lab.client.spawn(*common, "--dev", "ovc0", "--proto", "tcp-client", "--client", "--nobind", "--remote", remote, "1194",
                     "--cert", str(certificate.certificate), "--key", str(certificate.key))
    return OPENVPN4


def openvpn(lab: Lab) -> str:
    """OpenVPN over TCP, in user space."""
    return start_openvpn(lab, SERVER4)


def start_v2ray(lab: Lab, namespace: Namespace, inbound: dict, outbound: dict) -> None:
    """A relay between the two, which listens then."""
    config = lab.directory / f"v2ray-{namespace.name}.json"
    config.write_text(json.dumps({"log": {"loglevel": "warning"}, "inbounds": [inbound], "outbounds": [outbound]}))
    namespace.spawn("v2ray", "-config", str(config))
    wait_listening(namespace, inbound["port"])


def start_websocket(lab: Lab) -> None:
    """Leads the client's port 1194 on loopback to the server's, in a WebSocket over TLS."""
    certificate, stream = tls.server(), {"network": "ws", "security": "tls", "wsSettings": {"path": "/ws"}}
    files = {"certificateFile": str(certificate.certificate), "keyFile": str(certificate.key)}
    start_v2ray(lab, lab.server,
                {"listen": SERVER4, "port": 443, "protocol": "vless",
                 "settings": {"clients": [{"id": V2RAY_ID}], "decryption": "none"},
                 "streamSettings": {**stream, "tlsSettings": {"certificates": [files]}}},
                {"protocol": "freedom"})
    start_v2ray(lab, lab.client,
                {"listen": "127.0.0.1", "port": 1194, "protocol": "dokodemo-door",
                 "settings": {"address": "127.0.0.1", "port": 1194, "network": "tcp"}},
                {"protocol": "vless",
                 "settings": {"vnext": [{"address": SERVER4, "port": 443, "users": [{"id": V2RAY_ID, "encryption": "none"}]}]},
                 "streamSettings": {**stream, "tlsSettings": {"allowInsecure": True}}})


def openvpn_websocket(lab: Lab) -> str:
    """The same in v2ray's WebSocket over TLS."""
    return start_openvpn(lab, "127.0.0.1", lambda: start_websocket(lab))


def wireguard_go(lab: Lab) -> str:
    """WireGuard in user space, over UDP."""
    ends = list(zip((lab.server, lab.client), ("wgs0", "wgc0"), WIREGUARD4, strict=True))
    keys = [end.run("wg", "genkey").strip() for end, _, _ in ends]
    for number, (end, device, address) in enumerate(ends):
        end.spawn("wireguard-go", "-f", device)
        wait_until(lambda end=end, device=device: device in end.run("wg", "show", "interfaces", check=False).split(), device)
        (key := lab.directory / device).write_text(keys[number])
        other = end.run("sh", "-c", f"echo {keys[1 - number]} | wg pubkey").strip()
        endpoint = ["endpoint", f"{SERVER4}:51820"] if number else []
        end.run("wg", "set", device, "private-key", str(key), "listen-port", "51820", "peer", other,
                "allowed-ips", f"{WIREGUARD4[1 - number]}/32", *endpoint)
        end.ip("link", "set", device, "mtu", "1420", "up")
        end.ip("address", "add", address, "peer", WIREGUARD4[1 - number], "dev", device)
    return WIREGUARD4[0]


OLDER_WORKER = str(OLDER / "src/worker/smartvpn-worker")
# And the program without which there is no such VPN. Each connects, or begins to, and returns the server's address inside.
VPNS: dict[str, tuple[Callable[[Lab], str], str]] = {
    "bare": (bare, "iperf3"), "smartvpn": (smartvpn, "iperf3"), "smartvpn-libsodium": (smartvpn_libsodium, "iperf3"),
    "smartvpn-nginx": (smartvpn_nginx, "nginx"), "to-older": (to_older, OLDER_WORKER),
    "from-older": (from_older, OLDER_WORKER), "older": (older, OLDER_WORKER),
    "openconnect": (openconnect, "ocserv"), "openvpn": (openvpn, "openvpn"),
    "openvpn-websocket": (openvpn_websocket, "v2ray"), "wireguard-go": (wireguard_go, "wireguard-go")}


def installed() -> list[str]:
    """The VPNs that this machine can run."""
    return [name for name, (_, program) in VPNS.items() if shutil.which(program)]


def connect(lab: Lab, name: str) -> tuple[str, list[int]]:
    """The server's address inside of a VPN that carries packets now, and its processes."""
    address = VPNS[name][0](lab)
    wait_until(lambda: " 0% packet loss" in lab.client.run("ping", "-c1", "-W1", address, check=False), f"{name}'s tunnel")
    return address, lab.client.pids() + lab.server.pids()


def start_iperf(lab: Lab) -> None:
    """iperf3 at the server."""
    lab.server.spawn("iperf3", "-s")
    wait_listening(lab.server, 5201)


def build_directory(text: str) -> Path:
    """Of an option."""
    return Path(text).resolve()
