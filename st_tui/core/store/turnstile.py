"""A fair queue before the database's one write lock.

SQLite lets a program that waits for the lock ask again and again, with growing pauses. A program
that writes all the time nearly always finds the lock free first, and keeps the others out. So every
program takes the turnstile before it asks for the lock, and leaves it once it has the lock:

    server    holds the lock             wants it again: waits for the turnstile
    operator  holds the turnstile  ->  gets the lock as soon as the server commits

Whoever had the lock last stands behind whoever waits now. A program that dies leaves nothing: the
system gives its lock on the file back.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 10.0
"""How long a person's change waits for its turn before it says that it could not."""

# A server asks every millisecond: a person, who asks more often, is mostly next.
_PAUSE = 0.0001


class Turnstile:
    """The turnstile of the vault in one directory, for one connection.

    It is an exclusive `flock` on the directory itself, which everybody who may use the vault can
    open, and which SQLite does not lock.
    """

    def __init__(self, directory: Path) -> None:
        self._handle = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)

    def try_to_enter(self) -> bool:
        """Enter it, unless another program is in it."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be in it. Raises TimeoutError when it stays taken."""
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
        """Let the next one in."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give it up for good; once more does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
