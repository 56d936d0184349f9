"""When a worker process of the server ends."""

from __future__ import annotations

import asyncio
import signal
from multiprocessing import parent_process


def end_with_parent() -> None:
    """From now on end, as by SIGTERM, at SIGQUIT and when the parent process is gone.

    A worker whose parent was killed would serve on, and nobody would end it.
    """
    signal.signal(signal.SIGQUIT, _end)
    parent = parent_process()
    if parent is not None:
        asyncio.get_running_loop().add_reader(parent.sentinel, _parent_is_gone, parent.sentinel)


def _end(*_: object) -> None:
    signal.raise_signal(signal.SIGTERM)


def _parent_is_gone(sentinel: int) -> None:
    asyncio.get_running_loop().remove_reader(sentinel)
    _end()
