"""The details of an audit entry, which stand in the log as the JSON of an object."""

from __future__ import annotations

import json
from typing import Any


def read(details: str) -> dict[str, Any] | None:
    """What they say; None where somebody changed them so that they are no JSON object, or one in
    which values lie too deep in each other to be read."""
    try:
        said = json.loads(details)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
