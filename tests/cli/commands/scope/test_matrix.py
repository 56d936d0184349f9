"""`scope matrix`: a cell for each token and folder."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, create

pytestmark = pytest.mark.usefixtures("places")


def test_the_matrix_has_a_cell_for_each_token_and_folder(run: Run) -> None:
    create(run, "--name", "reader", scope="dev:/common/**")
    create(run, "--name", "writer", "--token-version", "3", scope="dev:/*", level="write")
    data = run("scope", "matrix", "--env", "dev", "--json").json
    assert data["folders"] == ["/", "/common", "/common/db", "/folder1", "/folder1/sub"]
    assert {token["name"]: token["access"] for token in data["tokens"]} == {
        "reader": ["", "R", "R", "", ""],
        "writer": ["", "w", "", "w", ""],  # not activated yet
    }
    lines = run("scope", "matrix", "--env", "dev").out.splitlines()
    assert lines[0].split() == ["NAME", "1", "2", "3", "4", "5"]
    assert "reader  ·   R   R   ·   ·" in lines
    assert lines[-1].split() == ["5", "/folder1/sub"]
