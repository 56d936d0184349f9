"""Files that appear whole or not at all: written beside their place, then given their name.

A draft is called by a prefix and 16 hexadecimal digits, and whoever writes it holds the lock of
the empty file `…-lock` beside it. The system takes that lock from a process however it ends, so a
draft whose lock can be had is nobody's any more, and is deleted by whoever comes next. The lock is
not on the draft, because SQLite locks a database as it needs to.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

_PARTS = ("", "-wal", "-shm", "-journal")
"""What SQLite puts beside a database, and a draft may leave."""
_LOCK = "-lock"


@contextmanager
def draft(folder: Path, prefix: str) -> Iterator[Path]:
    """The path of a new file, or directory, in the folder, which is deleted at the end.

    Whoever writes it makes it, and for its own user alone. Raises OSError.
    """
    while True:
        path = folder / f"{prefix}{os.urandom(8).hex()}"
        lock = _open_lock(path)
        if _is_held(lock, path):
            break
        # Somebody who clears the folder was quicker than we.
        os.close(lock)
    try:
        yield path
    finally:
        with suppress(OSError):
            _delete(path)
        os.close(lock)


def put_in_place(path: Path, place: Path) -> None:
    """Give a draft its name, for good. Raises FileExistsError: nothing is ever replaced."""
    sync(path)
    try:
        os.link(path, place)
    except FileExistsError:
        raise
    except OSError:
        # A disk without links, as many a USB stick.
        if os.path.lexists(place):
            raise FileExistsError(place) from None
        path.rename(place)
    sync(place.parent)


def take_place(path: Path, place: Path) -> None:
    """Give a draft its name, for good, instead of the file that has it."""
    sync(path)
    path.replace(place)
    sync(place.parent)


def clear(folder: Path, prefix: str) -> None:
    """Delete the drafts that no living process holds; what cannot be deleted stays, quietly."""
    parts = "|".join((*_PARTS, _LOCK))
    shape = re.compile(rf"({re.escape(prefix)}[0-9a-f]{{16}})(?:{parts})")
    with suppress(OSError):
        found = map(shape.fullmatch, os.listdir(folder))
        for name in sorted({name[1] for name in found if name}):
            with suppress(OSError):
                _clear(folder / name)


def sync(path: Path) -> None:
    """Wait until a file, or what a directory names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(path: Path) -> None:
    for part in _of(path):
        with suppress(FileNotFoundError):
            status = part.lstat()
            is_draft = stat.S_ISREG(status.st_mode) or (
                part == path and stat.S_ISDIR(status.st_mode)
            )
            if not is_draft or status.st_uid != os.geteuid():
                return
    lock = _open_lock(path)
    try:
        if _take(lock, path):
            _delete(path)
    finally:
        os.close(lock)


def _open_lock(path: Path) -> int:
    return os.open(_of(path)[-1], os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _is_held(lock: int, path: Path) -> bool:
    try:
        return _take(lock, path)
    except OSError:
        # This file system knows no locks: nobody can clear it, either.
        return True


def _take(lock: int, path: Path) -> bool:
    """Take the lock, if no other process has it, and if its file was not deleted meanwhile."""
    try:
        flock(lock, LOCK_EX | LOCK_NB)
        return os.path.samestat(os.fstat(lock), os.lstat(_of(path)[-1]))
    except (BlockingIOError, FileNotFoundError):
        return False


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        from shutil import rmtree  # here, because it is asked for on every start

        rmtree(path)
    # The lock goes last: without it the rest would be taken for nobody's.
    for part in _of(path):
        part.unlink(missing_ok=True)


def _of(path: Path) -> list[Path]:
    return [path.with_name(path.name + part) for part in (*_PARTS, _LOCK)]
