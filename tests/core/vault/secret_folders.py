"""What the tests of secrets share: folders, and looks into them."""

from __future__ import annotations

import json

from st_tui.core.model import Project
from st_tui.core.secrets.model import (
    Place,
)
from st_tui.core.vault import Vault
from st_tui.core.vault.secret_lists import OpenedList

DEV = Place("dev", "/")
APP = Place("dev", "/app")
DB = Place("dev", "/app/db")
COMMON = Place("prod", "/common")
OTHER_KEY = "ffeeddccbbaa99887766554433221100"


def values(vault: Vault, project: Project, place: Place = DEV) -> dict[str, str]:
    """Names and values of a folder."""
    return {secret.name: secret.value for secret in vault.secrets.read(project, place).secrets}


def merged(found: OpenedList) -> dict[str, str]:
    """What a client makes of it: later links win over earlier, the folder's own over all."""
    result: dict[str, str] = {}
    for _, inside in found.imports:
        result |= {secret.name: secret.value for secret in inside}
    return result | {secret.name: secret.value for secret in found.secrets}


def events(vault: Vault, count: int) -> list[tuple[str, str | None, str | None, object]]:
    """The newest entries, the oldest of them first."""
    entries = reversed(vault.audit.page(limit=count))
    return [(e.event, e.environment, e.path, json.loads(e.details)) for e in entries]
