"""`scope who`: the tokens that can reach a path, and how that is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_tui.core.expiry import DAY
from st_tui.core.vault import Vault
from tests.cli.conftest import NOW, Run, assert_refused
from tests.core.vaults import v2, v3

WHO = ("scope", "who", "--env", "prod", "--operation", "read")


def test_who_can_reach_a_path(run: Run, ids: dict[str, str]) -> None:
    result = run(*WHO, "--path", "/db/live", "--json")
    assert (result.status, result.err) == (0, "")
    answer = result.json
    assert {key: answer[key] for key in ("environment", "path", "operation", "tokens")} == {
        "environment": "prod", "path": "/db/live", "operation": "read", "tokens": 4,
    }  # fmt: skip
    found = {one["serviceTokenData"]["name"]: one for one in answer["reachedBy"]}
    assert {name: (one["scope"], one["path"]) for name, one in found.items()} == {
        "all": (1, "/db/live"), "db": (0, "/db/live"), "office": (0, "/db/live"),
    }  # fmt: skip
    assert found["db"]["serviceTokenData"]["id"] == ids["db"]
    assert found["office"]["serviceTokenData"]["isActive"] is False
    summary, header, *rows = run(*WHO, "--path", "/db/live").out.splitlines()
    assert header.split() == ["NAME", "ID", "BY", "SCOPE", "AT", "EXPIRES", "NOTE"]
    assert summary == (
        "3 of 4 living tokens can read /db/live in prod, going by scopes and permissions."
    )
    by_name = {row.split()[0]: row for row in rows}
    assert by_name.keys() == {"all", "db", "office"}
    assert by_name["office"].endswith("  inactive, only from 10.0.0.0/8")
    assert f"{ids['all']}  2   prod:/**" in by_name["all"]


def test_a_pattern_that_no_folder_can_match_is_remarked(run: Run, ids: dict[str, str]) -> None:
    result = run(*WHO, "--pattern", "/\u0441ommon/**")
    assert result.status == 1
    assert "/\u0441ommon/** opens nothing: it can never match a folder (proved)" in result.err
    assert "write /common/**" in result.err


def test_a_pattern_given_as_a_path_is_remarked(run: Run, ids: dict[str, str]) -> None:
    result = run(*WHO, "--path", "/db/*", "--json")
    assert result.json["path"] == "/db/*"
    assert "/db/* was read as one path" in result.err
    assert "--pattern" in result.err


def test_nobody_is_an_answer(run: Run, ids: dict[str, str]) -> None:
    asked = ("scope", "who", "--env", "staging", "--operation", "read", "--path", "/")
    assert run(*asked) == (
        1, "0 of 4 living tokens can read / in staging, going by scopes and permissions.\n", "",
    )  # fmt: skip
    result = run(*asked, "--json")
    assert (result.status, result.json["reachedBy"]) == (1, [])


def test_who_can_reach_some_folder_of_a_pattern(run: Run, ids: dict[str, str]) -> None:
    result = run(*WHO, "--pattern", "/db/**", "--json")
    assert result.json["pattern"] == "/db/**"
    assert {one["serviceTokenData"]["name"]: one["path"] for one in result.json["reachedBy"]} == {
        "all": "/db",
        "db": "/db/live",
        "office": "/db",
    }
    assert (
        "3 of 4 living tokens can read some folder of /db/** in prod"
        in run(*WHO, "--pattern", "/db/**").out
    )
    assert run(*WHO, "--pattern", "/db/x/y", "--json").json["reachedBy"][0]["path"] == "/db/x/y"


def test_a_path_is_read_as_check_reads_it(run: Run, ids: dict[str, str]) -> None:
    result = run(*WHO, "--path", "db/live/", "--json")
    assert result.json["path"] == "/db/live"
    assert "a leading slash was added" in result.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "exactly one of --path and --pattern"),
        (("--path", "/", "--pattern", "/"), "exactly one of --path and --pattern"),
        (("--path", "/\x1b"), "control character"),
        (("--pattern", "/[!a]"), "write [^a]"),
        (("--path", "/", "--env", "qa"), "no environment 'qa': the project has dev, staging, prod"),
        (("--path", "/", "--operation", "rule"), "rule"),
    ],
)
def test_what_who_refuses(run: Run, directory: Path, options: tuple[str, ...], said: str) -> None:
    assert_refused(run(*WHO, *options), said)


def test_the_ended_are_left_out_and_nothing_is_deleted(run: Run, vault: Vault) -> None:
    project = vault.projects.get(None)
    vault.tokens.create(project, v2("gone", "prod:/**", expires_at=NOW + DAY))
    vault.tokens.create(project, v3("v3", "prod:/**")._replace(expires_at=None))
    assert run(*WHO, "--path", "/", "--json").json["tokens"] == 1
    assert vault.tokens.count(project) == 2


def test_a_project_without_tokens_has_nobody_to_ask_about(run: Run, directory: Path) -> None:
    for options in ((), ("--json",)):
        assert_refused(run(*WHO, "--path", "/", *options), "no living token")
        assert_refused(run("scope", "matrix", "--env", "dev", *options), "no token")
