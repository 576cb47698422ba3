# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A long line: forwards TCP connections with a delay.

    relay.py LISTEN-ADDRESS:PORT TARGET-ADDRESS:PORT DELAY-MS
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time

CHUNK = 1 << 16
IN_FLIGHT = 256  # chunks


async def read_all(reader: asyncio.StreamReader, line: asyncio.Queue) -> None:
    """Puts (time, data) on the line, and empty data at the end."""
    while data := await reader.read(CHUNK):
        await line.put((time.monotonic(), data))
    await line.put((time.monotonic(), b""))


async def write_all(writer: asyncio.StreamWriter, line: asyncio.Queue, delay: float) -> None:
    """Writes the data that is due."""
    while True:
        came, data = await line.get()
        await asyncio.sleep(max(0.0, came + delay - time.monotonic()))
        if not data:
            writer.close()
            return
        writer.write(data)
        await writer.drain()


async def main(listen: str, target: str, delay: float) -> None:
    """Relays until it is killed."""
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*target.rsplit(":", 1))
        up: asyncio.Queue = asyncio.Queue(IN_FLIGHT)
        down: asyncio.Queue = asyncio.Queue(IN_FLIGHT)
        with contextlib.suppress(OSError):
            await asyncio.gather(read_all(reader, up), write_all(far_writer, up, delay),
                                 read_all(far_reader, down), write_all(writer, down, delay))

    address, port = listen.rsplit(":", 1)
    server = await asyncio.start_server(relay, address, int(port))
    print("listening")
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]) / 1000))
