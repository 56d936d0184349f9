"""Files that appear whole or not at all: written under another name, then given their own.

A file under its other name is a draft. That name is a prefix and 16 hexadecimal digits. An empty
file beside it is the draft's lock:

    new-0123456789abcdef    new-0123456789abcdef-lock

Whoever writes a draft holds its lock. The system releases the lock however the process ends. So a
draft whose lock is free belongs to nobody, and the next program deletes it. The draft itself is not
locked, because SQLite locks a database in its own way.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO

_PARTS = ("", "-wal", "-shm", "-journal")
"""A draft, and the files that SQLite puts beside it if it is a database."""
_LOCK = "-lock"


@contextmanager
def draft(folder: Path, prefix: str) -> Iterator[Path]:
    """The path of a draft in the folder. The caller makes a file or a directory there.

    It is for the caller to make it readable by its own user only, as `open_new` does. At the end
    the draft is deleted, if it still has this name. Raises OSError.
    """
    while True:
        path = folder / f"{prefix}{os.urandom(8).hex()}"
        lock = _open_lock(path)
        if _is_held(lock, path):
            break
        # Another program is clearing the folder, and took the lock first.
        os.close(lock)
    try:
        yield path
    finally:
        with suppress(OSError):
            _delete(path)
        os.close(lock)


def open_new(path: Path) -> BinaryIO:
    """Open a new file that only its own user may read. Raises FileExistsError."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def rename_to_new(path: Path, target: Path) -> None:
    """Give a draft its own name, durably. Raises FileExistsError: nothing is ever replaced."""
    sync(path)
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links, as on many a USB stick.
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        path.rename(target)
    sync(target.parent)


def rename_over(path: Path, target: Path) -> None:
    """Give a draft its own name, durably. A file that has the name is replaced."""
    sync(path)
    path.replace(target)
    sync(target.parent)


def clear(folder: Path, prefix: str) -> None:
    """Delete the drafts that no living process holds; what cannot be deleted stays."""
    parts = "|".join((*_PARTS, _LOCK))
    shape = re.compile(rf"({re.escape(prefix)}[0-9a-f]{{16}})(?:{parts})")
    with suppress(OSError):
        found = map(shape.fullmatch, os.listdir(folder))
        for name in sorted({name[1] for name in found if name}):
            with suppress(OSError):
                _clear(folder / name)


def hold(path: Path) -> int | None:
    """Take the lock of a file that several programs write; None while another one holds it.

    The system releases it however the process ends. Raises OSError.
    """
    lock = _open_lock(path)
    if _is_held(lock, path):
        return lock
    os.close(lock)
    return None


def release(path: Path, lock: int) -> None:
    """Give back a lock that `hold` took."""
    _files_of(path)[-1].unlink(missing_ok=True)
    os.close(lock)


def sync(path: Path) -> None:
    """Wait until a file, or a directory's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(path: Path) -> None:
    for part in _files_of(path):
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
    return os.open(_files_of(path)[-1], os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _is_held(lock: int, path: Path) -> bool:
    try:
        return _take(lock, path)
    except OSError:
        # This file system has no locks, so no other program can clear the draft either.
        return True


def _take(lock: int, path: Path) -> bool:
    """Take the lock; False if another process has it, or if its file was deleted meanwhile."""
    try:
        flock(lock, LOCK_EX | LOCK_NB)
        return os.path.samestat(os.fstat(lock), os.lstat(_files_of(path)[-1]))
    except (BlockingIOError, FileNotFoundError):
        return False


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        from shutil import rmtree  # imported here: this module is part of every start

        rmtree(path)
    # The lock is deleted last: without it the rest would seem to belong to nobody.
    for part in _files_of(path):
        part.unlink(missing_ok=True)


def _files_of(path: Path) -> list[Path]:
    return [path.with_name(path.name + part) for part in (*_PARTS, _LOCK)]
