"""A vault on a real disk, with a project, for every test that wants one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_tui.core.model import Project
from st_tui.core.patterns import Pattern
from st_tui.core.vault import Vault
from tests.core.vaults import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(tmp_path: Path, clock: Clock) -> Iterator[Vault]:
    with Vault.create(tmp_path / "vault", actor="ann", clock=clock) as opened:
        yield opened


@pytest.fixture
def project(vault: Vault) -> Project:
    return vault.projects.create("Shop")


@pytest.fixture
def colleague(vault: Vault, clock: Clock) -> Iterator[Vault]:
    """Another program on the same vault."""
    with Vault.open(vault.directory, actor="bob", clock=clock) as opened:
        yield opened


@pytest.fixture
def matched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are put to a pattern from now on."""
    asked: list[str] = []
    matches = Pattern.matches

    def noted(pattern: Pattern, path: str) -> bool:
        asked.append(path)
        return matches(pattern, path)

    monkeypatch.setattr(Pattern, "matches", noted)
    return asked
