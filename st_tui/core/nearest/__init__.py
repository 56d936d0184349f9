"""What would be allowed instead of a denied access."""

from st_tui.core.nearest.changes import (
    Change,
    NearMiss,
    nearest_misses,
)

__all__ = [
    "Change",
    "NearMiss",
    "nearest_misses",
]
