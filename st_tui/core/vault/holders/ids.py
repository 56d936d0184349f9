"""Ids of folders and environments, for clients: the vault itself knows both by their names.

An id is made from the name (UUID version 5), so it stays the same until the name changes.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from st_tui.core.secrets.model import Place


def folder_id(project_id: str, place: Place) -> str:
    """The id of a folder."""
    return str(uuid5(_namespace(project_id), str(place)))


def environment_id(project_id: str, slug: str) -> str:
    """The id of an environment."""
    return str(uuid5(_namespace(project_id), slug))


@lru_cache
def _namespace(project_id: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"st-tui:{project_id}")
