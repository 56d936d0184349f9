"""Tokens and folders that the questions are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, create


@pytest.fixture
def ids(run: Run, directory: Path) -> dict[str, str]:
    """Tokens by name: one of all, one of a folder, one for an office's addresses, one for dev."""
    for folder in ("/db/live", "/web"):
        run("folders", "create", "--env", "prod", "--path", folder)
    made = {
        "all": create(run, "--name", "all", "--scope", "prod:/**", "--access-level", "write"),
        "db": create(run, "--name", "db", "--never", scope="prod:/db/*"),
        "office": create(
            run, "--name", "office", "--token-version", "3", "--trusted-ip", "10.0.0.0/8",
            scope="prod:/db/**",
        ),
        "dev": create(run, "--name", "dev", scope="dev:/**"),
    }  # fmt: skip
    return {name: new["serviceTokenData"]["id"] for name, new in made.items()}


@pytest.fixture
def places(run: Run, directory: Path) -> None:
    """Folders in dev: columns of the matrix, and the nearest where access is allowed."""
    for path in ("/common/db", "/folder1/sub"):
        assert run("folders", "create", "--env", "dev", "--path", path).status == 0
