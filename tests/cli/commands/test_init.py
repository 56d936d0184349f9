"""`init`: a vault and its first project, or nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run, assert_refused, slugs


def test_init_makes_a_private_vault_and_says_where(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "new" / "vault"
    result = run(
        "init", "--vault", str(place), "--name", "Café Böll", "--env", "dev", "--env", "qa"
    )
    assert result.status == 0
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    for part in ("vault.db", "server.key", "operator/operator.key"):
        assert str(place / part) in result.out
        assert stat.S_IMODE((place / part).stat().st_mode) == 0o600
    listed = run("project", "list", "--vault", str(place), "--json").json["projects"]
    assert listed[0].keys() == {"id", "slug", "name", "e2ee", "createdAt"}
    assert (listed[0]["name"], listed[0]["slug"], listed[0]["e2ee"]) == (
        "Café Böll", "caf-b-ll", True,
    )  # fmt: skip
    assert slugs(run, "--vault", str(place)) == ["dev", "qa"]


def test_init_again_adds_a_project_but_never_the_same_one(run: Run, directory: Path) -> None:
    assert_refused(run("init", "--name", "shop"), "'shop' already")
    assert run("init", "--name", "Billing", "--no-e2ee").status == 0
    listed = run("project", "list", "--json").json["projects"]
    assert [(project["slug"], project["e2ee"]) for project in listed] == [
        ("shop", True),
        ("billing", False),
    ]
    assert slugs(run, "--project", "billing") == ["dev", "staging", "prod"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--name", ""), "empty"),
        (("--name", "x" * 101), "100 at most"),
        (("--name", "\x1b]0;x\x07"), "\\x1b"),
        (("--name", "x", "--env", "Dev Env"), "environment slug"),
        (("--name", "x", "--env", "dev", "--env", "dev"), "twice"),
        (("--name", "x", "--env", ""), "environment slug"),
    ],
)
def test_a_refused_init_leaves_nothing_behind(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    place = tmp_path / "vault"
    assert_refused(run("init", "--vault", str(place), *arguments), said)
    assert not place.exists()


def test_init_takes_no_directory_with_other_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    assert_refused(run("init", "--vault", str(tmp_path), "--name", "x"), "other files")
    assert_refused(
        run("init", "--vault", str(tmp_path / "mine"), "--name", "x"), "cannot be a vault"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]
