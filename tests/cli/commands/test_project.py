"""`init`, `project`, `environments`, `folders` and `e2ee`."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from st_tui.core.vault import Vault
from tests.cli.conftest import Run, assert_refused, create


def slugs(run: Run, *place: str) -> list[str]:
    listed = run("environments", "list", "--json", *place).json["environments"]
    return [environment["slug"] for environment in listed]


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


def test_projects_come_and_go(run: Run, directory: Path) -> None:
    assert "shop-2" in run("project", "create", "--name", "Shop", "--env", "qa").out
    assert slugs(run, "--project", "shop-2") == ["qa"]
    assert "Shop" in run("project", "list").out
    assert_refused(run("project", "delete", "shop-3"), "shop-3", "shop, shop-2", status=1)
    assert_refused(run("project", "delete", "shop", "--project", "shop-2", "--yes"), "--project")
    assert run("project", "delete", "shop-2", "--yes", "--project", "shop-2").status == 0
    assert len(run("project", "list", "--json").json["projects"]) == 1


def test_deleting_a_project_takes_its_tokens_along(
    run: Run, directory: Path, answer: Callable[[str], None]
) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    answer("no\n")
    result = run("project", "delete", "shop")
    assert (result.status, result.out) == (1, "")
    assert "1 service token, its 0 secrets" in result.err
    answer("yes\n")
    assert run("project", "delete", "shop").status == 0
    assert run("service-token", "show", token_id).status == 1
    assert_refused(run("environments", "list"), "no project yet", "st-tui init")


def test_environments_come_and_go(run: Run, directory: Path) -> None:
    assert run("environments", "create", "qa", "--name", "Quality").status == 0
    assert run("environments", "list", "--json").json["environments"][3] == {
        "slug": "qa",
        "name": "Quality",
    }
    assert_refused(run("environments", "create", "qa"), "already")
    assert_refused(run("environments", "create", "Q A"), "environment slug")
    assert_refused(run("environments", "create", "q", "--name", ""), "empty")
    assert_refused(run("environments", "create", "q", "--name", "\x1b[2J"), "\\x1b")
    assert run("environments", "delete", "qa", "--yes").status == 0
    assert_refused(run("environments", "delete", "qa", "--yes"), "dev, staging, prod")
    assert slugs(run) == ["dev", "staging", "prod"]


def test_deleting_an_environment_names_the_tokens_it_orphans(run: Run, directory: Path) -> None:
    token_id = create(run, "--name", "ci")["serviceTokenData"]["id"]
    result = run("environments", "delete", "dev", "--yes")
    assert result.status == 0
    assert f"ci ({token_id})" in result.err
    assert "orphaned" in run("service-token", "list").out
    assert "orphaned" in run("service-token", "show", token_id).out
    assert_refused(run("environments", "create", "dev"), "still name")


def test_folders_come_and_go(run: Run, directory: Path) -> None:
    assert run("folders", "create", "--env", "dev", "--path", "common/db/").status == 0
    assert run("folders", "create", "--env", "prod", "--path", "/x").status == 0
    assert run("folders", "list", "--json").json == {
        "folders": [
            {"path": "/common", "environment": "dev"},
            {"path": "/common/db", "environment": "dev"},
            {"path": "/x", "environment": "prod"},
        ]
    }
    assert run("folders", "list", "--env", "prod").out.split() == [
        "ENVIRONMENT", "PATH", "prod", "/x",
    ]  # fmt: skip
    place = ("--env", "dev", "--path")
    assert_refused(run("folders", "create", *place, "/common"), "already")
    assert_refused(run("folders", "create", *place, "/a b"), "folder path")
    assert_refused(run("folders", "create", *place, "/a\x1b"), "\\x1b")
    assert_refused(run("folders", "create", *place, "/a" * 501), "1000")
    assert_refused(run("folders", "create", "--env", "nope", "--path", "/a"), "dev, staging, prod")
    assert_refused(run("folders", "list", "--env", "nope"), "nope")
    assert_refused(run("folders", "delete", *place, "/", "--yes"), "root")
    assert_refused(run("folders", "delete", *place, "/none"), "/none", status=1)
    assert_refused(run("folders", "delete", "--env", "nope", "--path", "/a"), "dev, staging, prod")
    assert "2 folders" in run("folders", "delete", *place, "/common", "--yes").out
    assert len(run("folders", "list", "--json").json["folders"]) == 1


def test_a_deletion_says_how_many_secrets_go_too(
    run: Run, directory: Path, answer: Callable[[str], None]
) -> None:
    for path in ("/a/b", "/ab"):
        assert run("folders", "create", "--env", "dev", "--path", path).status == 0
    for path in ("/", "/a", "/a/b", "/ab"):
        place = ("--env", "dev", "--path", path)
        assert run("secrets", "set", *place, "X=-", "Y=@/dev/null", stdin=b"x").status == 0
    for arguments, said in (
        (("folders", "delete", "--env", "dev", "--path", "/a"), "with 4 secrets?"),
        (("environments", "delete", "dev"), "its 8 secrets?"),
        (("environments", "delete", "prod"), "its 0 secrets?"),
        (("project", "delete", "shop"), "its 8 secrets"),
    ):
        answer("no\n")
        assert said in run(*arguments).err
    assert (
        "2 folders with 4 secrets"
        in run("folders", "delete", "--env", "dev", "--path", "/a", "--yes").out
    )
    assert "4 secrets" in run("environments", "delete", "dev", "--yes").out
    assert "0 secrets" in run("environments", "delete", "prod", "--yes").out


def test_nothing_is_deleted_with_nobody_to_ask(run: Run, directory: Path) -> None:
    run("folders", "create", "--env", "dev", "--path", "/a")
    token_id = create(run)["serviceTokenData"]["id"]
    for arguments in (
        ("project", "delete", "shop"),
        ("environments", "delete", "prod"),
        ("folders", "delete", "--env", "dev", "--path", "/a"),
        ("service-token", "delete", token_id),
    ):
        assert_refused(run(*arguments, stdin=b"y\n"), "--yes")
    assert run("service-token", "show", token_id).status == 0
    assert slugs(run) == ["dev", "staging", "prod"]


def test_e2ee_is_shown_and_switched_with_its_meaning(run: Run, vault: Vault) -> None:
    assert run("e2ee", "show", "--json").json == {"e2ee": True}
    off = run("e2ee", "off")
    assert "the server can open every secret, and raw endpoints answer" in off.out
    assert run("e2ee", "show").out == off.out
    assert run("e2ee", "show", "--json").json == {"e2ee": False}
    entries = vault.audit.count()
    assert run("e2ee", "off") == off
    assert vault.audit.count() == entries
    on = run("e2ee", "on").out
    assert "copy of the key is erased; a copy of the files taken before still opens" in on
    assert "refuses raw endpoints" in on
    assert on.endswith(run("e2ee", "show").out)
    assert run("e2ee", "show", "--json").json == {"e2ee": True}
