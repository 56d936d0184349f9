"""What a process of the server does beside answering: it ends when it should."""

from __future__ import annotations

import asyncio
import signal
from multiprocessing import parent_process


def end_in_time() -> None:
    """End as with SIGTERM on SIGQUIT, and when the process that started this one is gone.

    A worker whose parent was killed would serve on, with nobody to end it.
    """
    signal.signal(signal.SIGQUIT, _end)
    parent = parent_process()
    if parent is not None:
        asyncio.get_running_loop().add_reader(parent.sentinel, _orphaned, parent.sentinel)


def _end(*_: object) -> None:
    signal.raise_signal(signal.SIGTERM)


def _orphaned(sentinel: int) -> None:
    asyncio.get_running_loop().remove_reader(sentinel)
    _end()
