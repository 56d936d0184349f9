"""`scope prove`: promises that hold, and who breaks the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, assert_refused, create

PROVE = ("scope", "prove", "-")


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


def test_a_file_that_is_not_there(run: Run, directory: Path) -> None:
    assert_refused(run("scope", "prove", "/nowhere"), "/nowhere cannot be read: No such file")
    assert_refused(run("scope", "prove", str(directory)), "cannot be read")
    assert_refused(run("scope", "prove", ""), "No file is named")
