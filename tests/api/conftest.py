"""One server for all tests of the API, and a project of its own for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_tui.core.vault import Vault
from tests.api.every_operation import Target
from tests.api.server import Server, serving
from tests.api.shop import Shop


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    """A vault that a server serves."""
    directory = tmp_path_factory.mktemp("served") / "vault"
    Vault.create(directory, actor="ann").close()
    with serving(directory) as server:
        yield directory, server
    assert server.output == f"Serving {server.url}\n"


@pytest.fixture
def vault(served: tuple[Path, Server]) -> Iterator[Vault]:
    """The operator's side of that vault."""
    with Vault.open(served[0], actor="ann") as opened:
        yield opened


@pytest.fixture(params=[True, False], ids=["E2EE on", "E2EE off"])
def shop(request: pytest.FixtureRequest, served: tuple[Path, Server], vault: Vault) -> Shop:
    """A project in either custody mode."""
    return Shop.make(vault, served[1].url, e2ee=request.param)


@pytest.fixture
def open_shop(served: tuple[Path, Server], vault: Vault) -> Shop:
    """A project whose E2EE is off."""
    return Shop.make(vault, served[1].url, e2ee=False)


@pytest.fixture
def closed_shop(served: tuple[Path, Server], vault: Vault) -> Shop:
    """A project whose E2EE is on."""
    return Shop.make(vault, served[1].url, e2ee=True)


@pytest.fixture
def target(open_shop: Shop) -> Iterator[Target]:
    """What good requests ask for, and a connection with a token that may do all."""
    made = Target.make(open_shop)
    yield made
    made.line.close()
