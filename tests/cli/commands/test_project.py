"""`project`: made, listed, and deleted with all that they hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Run, assert_refused, create, slugs


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
