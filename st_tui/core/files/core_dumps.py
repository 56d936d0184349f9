"""No crash leaves this process's memory on a disk: it holds keys."""

from __future__ import annotations

import sys
from functools import cache

_PR_SET_DUMPABLE = 4
"""As Linux numbers it: prctl(2)."""


@cache
def forbid() -> None:
    """Switch core dumps off for this process, as far as the system lets it.

    The soft limit alone would not do: a handler such as systemd-coredump is given the memory
    whatever the limit says. A process that is not dumpable is passed over by it as well.
    """
    try:
        import resource
    except ModuleNotFoundError:  # There are no core dumps on Windows.
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
