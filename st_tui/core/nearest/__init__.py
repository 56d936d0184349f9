"""What would be allowed instead of a denied access."""

from st_tui.core.nearest.changes import (
    Change,
    Miss,
    nearest,
)

__all__ = [
    "Change",
    "Miss",
    "nearest",
]
