"""`warnings` about what loses a secret that was deleted, renamed, or no longer imported."""

from __future__ import annotations

from st_tui.core.secrets.used_by import UsedBy, shortened

MOST_TOLD = 20


def about(used_by: UsedBy) -> list[str]:
    """One sentence for each link and reference, and one if some could not be looked for."""
    lines = [f"{line} and will not find it any more." for line in used_by.lines]
    return shortened(lines, MOST_TOLD) + ([used_by.unseen] if used_by.unseen else [])
