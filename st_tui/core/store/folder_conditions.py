"""Conditions on the folder that rows belong to, and the values for them."""

from __future__ import annotations

from st_tui.core.store.database import Values

HERE = "project_id = :project AND environment = :environment AND path = :path"
"""In one folder: with the values of `here`."""
HERE_AND_BELOW = (
    "project_id = :project AND environment = :environment "
    "AND (path = :path OR (path > :below AND path < :beyond))"
)
"""In a folder or below it: with the values of `here_and_below`."""


def here(project_id: str, environment: str, path: str) -> Values:
    """The values for `HERE`."""
    return {"project": project_id, "environment": environment, "path": path}


def here_and_below(project_id: str, environment: str, path: str) -> Values:
    """The values for `HERE_AND_BELOW`."""
    parent = "" if path == "/" else path
    # '0' follows '/': between the two lies exactly what begins with "path/".
    return {**here(project_id, environment, path), "below": f"{parent}/", "beyond": f"{parent}0"}
