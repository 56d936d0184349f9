"""An answer on its way from one process to the other: a value, or a refusal."""

from __future__ import annotations

import pickle
import struct
from typing import IO

_LENGTH = struct.Struct("!I")


def write(file: IO[bytes], value: object, refusal: Exception | None = None) -> None:
    """Write an answer: its length, then the value, or a refusal's kind and words, pickled."""
    # A refusal is not made anew by its words alone: some of them add to what they are given.
    data = pickle.dumps((value, refusal and (type(refusal), refusal.args)))
    file.write(_LENGTH.pack(len(data)) + data)
    file.flush()


def read(file: IO[bytes]) -> tuple[object, Exception | None] | None:
    """The next answer; None if there is none any more."""
    data = file.read(_LENGTH.size)
    if len(data) < _LENGTH.size:
        return None
    [length] = _LENGTH.unpack(data)
    data = file.read(length)
    if len(data) < length:
        return None
    value, refused = pickle.loads(data)  # noqa: S301
    if refused is None:
        return value, None
    kind, words = refused
    return None, kind.__new__(kind, *words)
