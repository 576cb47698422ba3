# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""nginx as a web site that ends the TLS, with or without a VPN server behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import tls
from .harness import SERVER4, SERVER6, Lab, Namespace, Process, wait_until

CONFIG = """\
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    root {directory}/site;
    {server}
  }}
}}
"""

TLS = """\
{listen}
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    {location}"""

IMPATIENT = """\
listen 127.0.0.1:{port};
    client_header_timeout 2s;
    client_body_timeout 2s;
    keepalive_timeout 1s;
    lingering_timeout 1s;
    lingering_time 2s;"""

PROXIED = """\
location = {path} {{
      proxy_pass http://{backend};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_buffering off;
      proxy_connect_timeout 1s;
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
    }}"""


def run(namespace: Namespace, directory: Path, server: str) -> Process:
    """A static site below `directory`, with this in its `server` block; once it runs."""
    (directory / "site").mkdir(parents=True)
    (directory / "site/index.html").write_text("A site like any other.\n")
    config = directory / "nginx.conf"
    config.write_text(CONFIG.format(directory=directory, server=server))
    process = namespace.spawn("/usr/sbin/nginx", "-e", "stderr", "-c", str(config))
    wait_until(lambda: (directory / "nginx.pid").exists() or not process.is_running(), "nginx")
    assert process.is_running(), process.output()
    return process


def start(lab: Lab, namespace: Namespace, proxied_path: str | None = None, *, backend: str = "127.0.0.1:8080",
          addresses: Sequence[str] = (SERVER4, f"[{SERVER6}]")) -> Process:
    """A static site with TLS; `proxied_path` leads to `backend`."""
    certificate = tls.server()
    return run(namespace, lab.directory / f"nginx-{namespace.name}", TLS.format(
        certificate=certificate.certificate, key=certificate.key,
        listen=" ".join(f"listen {address}:443 ssl;" for address in addresses),
        location=PROXIED.format(path=proxied_path, backend=backend) if proxied_path else ""))


def start_plain(lab: Lab, namespace: Namespace, port: int) -> Process:
    """A static site without TLS on 127.0.0.1, which soon ends connections on which nothing comes."""
    return run(namespace, lab.directory / f"nginx-{port}", IMPATIENT.format(port=port))
