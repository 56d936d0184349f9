"""`scope who` and `scope prove`."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_tui.core.expiry import DAY
from st_tui.core.vault import Vault
from tests.cli.conftest import NOW, Run, assert_refused, create
from tests.core.vaults import edit, raw, v2, v3

WHO = ("scope", "who", "--env", "prod", "--operation", "read")
PROVE = ("scope", "prove", "-")


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


def test_names_from_elsewhere_cannot_act(run: Run, ids: dict[str, str], directory: Path) -> None:
    with raw(directory) as connection:
        connection.execute("DROP TRIGGER service_token_no_update")
        connection.execute("UPDATE service_token SET name = 'a\x1b[2J' WHERE name = 'db'")
    for result in (
        run(*WHO, "--path", "/db/live"),
        run(*PROVE, stdin=b"no token may read prod:/db/live"),
    ):
        assert "\x1b" not in result.out
        assert "a\\x1b[2J" in result.out


def test_promises_that_hold(run: Run, ids: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "promises.txt"
    file.write_text(
        "# Ours.\nno token may write staging:/**\nonly a*, db, office may read prod:/db/**\n",
        encoding="utf-8",
    )
    assert run("scope", "prove", str(file)) == (
        0,
        "HOLDS   no token may write staging:/**\n"
        "HOLDS   only a*, db, office may read prod:/db/**\n"
        "Looked at 4 living tokens and 5 scopes.\n",
        "",
    )
    result = run("scope", "prove", str(file), "--json")
    assert result.status == 0
    assert result.json == {
        "tokens": 4,
        "scopes": 5,
        "promises": [
            {
                "line": 2, "promise": "no token may write staging:/**",
                "holds": True, "brokenBy": [],
            },
            {
                "line": 3, "promise": "only a*, db, office may read prod:/db/**",
                "holds": True, "brokenBy": [],
            },
        ],
    }  # fmt: skip


def test_a_promise_that_names_a_name_of_several_tokens(run: Run, ids: dict[str, str]) -> None:
    second = create(run, "--name", "db", scope="dev:/x")["serviceTokenData"]["id"]
    text = b"only a*, db, office may read prod:/db/**"
    result = run(*PROVE, stdin=text)
    assert result.status == 0
    first, *about, _ = result.out.splitlines()
    assert first.startswith("HOLDS")
    assert sorted(about) == sorted(
        f"        db ({one}) is one of 2 tokens of this name: each of them may"
        for one in (ids["db"], second)
    )
    [promise] = run(*PROVE, "--json", stdin=text).json["promises"]
    assert {one["id"] for one in promise["sameName"]} == {ids["db"], second}


def test_promises_that_are_broken(run: Run, ids: dict[str, str]) -> None:
    text = b"\xef\xbb\xbfonly a* may read prod:/db/**\r\nevery token expires within 1 year"
    result = run(*PROVE, stdin=text)
    assert (result.status, result.err) == (1, "")
    first, *rest = result.out.splitlines()
    assert first == "BROKEN  only a* may read prod:/db/**"
    assert {line.strip() for line in rest} == {
        f"db ({ids['db']}) may read /db/live by scope 1  prod:/db/*",
        f"office ({ids['office']}) may read /db by scope 1  prod:/db/**"
        "  (inactive, only from 10.0.0.0/8)",
        "BROKEN  every token expires within 1 year",
        f"db ({ids['db']}) expires: never",
        "Looked at 4 living tokens and 5 scopes.",
    }
    result = run(*PROVE, "--json", stdin=text)
    assert result.status == 1
    _, never = result.json["promises"]
    [broken] = never["brokenBy"]
    assert (never["holds"], broken["scope"], broken["path"]) == (False, None, None)
    assert broken["serviceTokenData"]["id"] == ids["db"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "There is no promise to prove"),
        (b"# only this\n", "There is no promise to prove"),
        (b"\nno token may fly", "Line 2: 'no token may fly' is no promise"),
        (b"no token may read qa:/", "Line 1: There is no environment 'qa'"),
        (b"no token may \x1b[2J read prod:/", "Line 1: "),
        (b"no token may read prod:/\xff", "not UTF-8"),
        (b"#" * 1_100_000, "over 1048576 bytes"),
    ],
)
def test_what_prove_refuses(run: Run, ids: dict[str, str], text: bytes, said: str) -> None:
    assert_refused(run(*PROVE, stdin=text), said)
    assert_refused(run(*PROVE, "--json", stdin=text), said)


def test_a_project_without_tokens_keeps_no_promise(run: Run, directory: Path) -> None:
    assert_refused(run(*PROVE, stdin=b"no token may read prod:/"), "no living token")


def test_a_project_without_tokens_has_nobody_to_ask_about(run: Run, directory: Path) -> None:
    for options in ((), ("--json",)):
        assert_refused(run(*WHO, "--path", "/", *options), "no living token")
        assert_refused(run("scope", "matrix", "--env", "dev", *options), "no token")


def test_a_file_that_is_not_there(run: Run, directory: Path) -> None:
    assert_refused(run("scope", "prove", "/nowhere"), "/nowhere cannot be read: No such file")
    assert_refused(run("scope", "prove", str(directory)), "cannot be read")
    assert_refused(run("scope", "prove", ""), "No file is named")


def test_a_token_that_the_listing_leaves_out_is_spoken_of_everywhere(
    run: Run, directory: Path, ids: dict[str, str]
) -> None:
    """`check` and the server honour it, so nobody may say that it is not there."""
    promise = b"no token may write prod:/**"
    before = run(*PROVE, stdin=promise)
    asked = [
        ("scope", "lint", "--json"),
        ("scope", "matrix", "--env", "prod", "--json"),
        (*WHO, "--path", "/db/live", "--json"),
        ("service-token", "list", "--json"),
        ("scope", "narrow", ids["all"], "--json"),
    ]
    told = [run(*question).out for question in asked]
    edit(directory, f"DELETE FROM service_token_listing WHERE token_id = '{ids['all']}'")
    assert run("check", "--token-id", ids["all"], "--env", "prod", "--path", "/x",
               "--operation", "write").status == 0  # fmt: skip
    after = run(*PROVE, stdin=promise)
    assert (after.status, after.out) == (1, before.out)
    assert [run(*question).out for question in asked] == told
