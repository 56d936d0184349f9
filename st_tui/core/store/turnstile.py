"""A fair queue before SQLite's one write lock.

A program that waits for the lock asks again and again, with growing pauses. One that writes all the
time nearly always finds the lock free first, and starves the others. So a program enters the
turnstile before it asks for the lock, and leaves it when it has the lock. One program at a time is
in the turnstile:

    server    holds the lock              wants it again: waits for the turnstile
    operator  is in the turnstile   ->    gets the lock as soon as the server commits

So a program that just had the lock comes after one that waits for it. The turnstile is a lock on a
file: when a program dies, the system releases it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 10.0
"""How long a change waits for its turn before it fails."""

# Ten times as often as a server asks, so that a person is mostly next.
_PAUSE = 0.0001


class Turnstile:
    """The turnstile of the vault in one directory, for one connection.

    It is an exclusive `flock` on the directory itself. Everybody who may use the vault can open the
    directory, and SQLite does not lock it.
    """

    def __init__(self, directory: Path) -> None:
        self._handle = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)

    def try_to_enter(self) -> bool:
        """Enter it; False if another program is in it."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Enter it, and leave it at the end. Raises TimeoutError if it stays taken."""
        enough = time.monotonic() + PATIENCE_SECONDS
        while not self.try_to_enter():
            if time.monotonic() > enough:
                raise TimeoutError
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            self.leave()

    def leave(self) -> None:
        """Leave it, so that the next program can enter."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Leave it for good. Closing it again does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
