"""Folders for the tests of secrets."""

from __future__ import annotations

import pytest

from st_tui.core.model import Project
from st_tui.core.vault import Vault
from tests.core.vault.secret_folders import COMMON, DB


@pytest.fixture
def folders(vault: Vault, project: Project) -> None:
    for place in (DB, COMMON):
        vault.folders.create(project, *place)
