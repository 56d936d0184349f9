"""A server of the vault, and a token that may read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from st_tui.core.model import NewToken, Project
from st_tui.core.vault import Vault
from tests.core.vault.holders.door import Door
from tests.core.vaults import Clock, v2


@pytest.fixture
def token(vault: Vault, project: Project) -> NewToken:
    return vault.tokens.create(project, v2("reader", expires_at=None))


@pytest.fixture
def server(vault: Vault, clock: Clock) -> Iterator[Vault]:
    with Vault.open(vault.directory, actor="system", clock=clock) as opened:
        yield opened


@pytest.fixture
def door(server: Vault) -> Door:
    return Door(server)
