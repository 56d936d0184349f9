"""Keep this process's memory off the disk when it crashes: it holds keys."""

from __future__ import annotations

import sys
from functools import cache

_PR_SET_DUMPABLE = 4
"""As Linux numbers it: prctl(2)."""


@cache
def forbid() -> None:
    """Switch core dumps off for this process, as far as the system lets it.

    The limit of core files alone does not do it: the kernel gives the memory to a handler such as
    systemd-coredump whatever the limit is. For a process that is not dumpable, it gives none.
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
