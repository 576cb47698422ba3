# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""Runs asyncio programs, such as tests/peer, inside a namespace."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from .harness import Lab, Namespace, wait_until


class NamespaceLoop:
    """An event loop in a thread inside a namespace."""

    def __init__(self, lab: Lab, namespace: Namespace) -> None:
        self._namespace = namespace
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        lab.keep(self)

    def _run(self) -> None:
        with self._namespace.entered():
            self._loop.run_forever()

    def begin(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Starts a coroutine; returns an object with done() and result()."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Any], timeout: float = 60.0) -> Any:
        """Runs a coroutine to its end, while the main loop goes on."""
        future = self.begin(work)
        wait_until(future.done, "the end of a coroutine", timeout)
        return future.result()

    def close(self) -> None:
        """Drops what is still running."""
        async def cancel_all() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self.run(cancel_all(), 10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
