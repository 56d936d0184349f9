"""`scope overlaps`, `contains` and `equivalent`: patterns, scopes and tokens side by side."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run, assert_refused, create

HOSTILE = "/*a" + "?" * 16


@pytest.mark.parametrize(
    ("question", "a", "b", "status", "said"),
    [
        ("overlaps", "/common/**", "/*/db", 0, "Yes: both open /common/db."),
        ("overlaps", "/a/**", "/b/**", 1, "No, proved: nothing is opened by both."),
        ("contains", "/apps/**", "/apps/*/keys", 0, "Yes, proved."),
        ("contains", "/apps/*", "/apps/**", 1, "No: only B opens /apps."),
        ("contains", "/apps/**", "/apps/*", 0, "Yes, proved."),
        ("equivalent", "/{a,b}", "/[ab]", 0, "Yes, proved."),
        ("equivalent", "/a/**", "/a/*", 1, "No: only A opens /a."),
        ("equivalent", "/a", "/[ab]", 1, "No: only B opens /b."),
        ("overlaps", HOSTILE, "/", 1, "No, proved: nothing is opened by both."),
    ],
)
def test_patterns_need_no_vault(
    run: Run, question: str, a: str, b: str, status: int, said: str
) -> None:
    assert run("scope", question, a, b) == (status, f"{said}\n", "")


def test_scopes_are_answered_with_a_folder_where_one_serves(run: Run, directory: object) -> None:
    run("folders", "create", "--env", "dev", "--path", "/apps/web/keys")
    assert run("scope", "contains", "dev:/apps/*", "dev:/apps/*/*") == (
        1,
        "No: only B opens the folder dev:/apps/web/keys.\n",
        "",
    )
    assert run("scope", "overlaps", "dev:/**", "dev:/**/keys", "--json").json == {
        "holds": True,
        "witness": {
            "environment": "dev",
            "path": "/apps/web/keys",
            "operations": [],
            "openedBy": ["a", "b"],
            "exists": True,
        },
        "certificates": [],
    }
    assert run("scope", "overlaps", "dev:/**", "prod:/**").status == 1
    assert run("scope", "contains", "dev:/**", "prod:/**").status == 1


def test_tokens_are_compared_by_scopes_and_permissions(run: Run, directory: object) -> None:
    narrow = create(run, scope="dev:/apps/*")["serviceTokenData"]["id"]
    wide = create(run, "--access-level", "write", scope="dev:/apps/**")["serviceTokenData"]["id"]
    assert run("scope", "contains", wide, narrow) == (0, "Yes, proved.\n", "")
    assert run("scope", "contains", narrow, wide).out == "No: only B may write dev:/apps.\n"
    assert run("scope", "equivalent", wide, narrow).out == "No: only A may write dev:/apps.\n"
    assert run("scope", "overlaps", wide, narrow).out == "Yes: both may read dev:/apps/a.\n"
    # A boundary: nothing outside dev:/apps/**.
    assert run("scope", "contains", "dev:/apps/**", wide).status == 0
    assert run("scope", "equivalent", "dev:/apps/**", wide).status == 0
    data = run("scope", "contains", "dev:/apps", wide, "--json").json
    assert data["witness"]["operations"] == ["read", "write"]
    writer = create(run, scope="dev:/apps/**", level="write")["serviceTokenData"]["id"]
    assert run("scope", "overlaps", narrow, writer).status == 1


@pytest.mark.parametrize(
    ("question", "a", "b", "proofs"),
    [
        ("overlaps", "/*/x", "/**/y", 1),
        ("contains", "/apps/**", "/apps/*/keys", 1),
        ("equivalent", "/{a,b}", "/[ab]", 2),
    ],
)
def test_the_proofs_can_be_checked(run: Run, question: str, a: str, b: str, proofs: int) -> None:
    answer = run("scope", question, a, b, "--json").json
    assert answer["witness"] is None
    assert len(answer["certificates"]) == proofs

    def verified() -> int:
        return run("scope", "verify", "-", stdin=json.dumps(answer).encode()).status

    assert verified() == 0
    answer["certificates"][0]["certificate"]["states"].pop(0)
    assert verified() == 1


def test_a_proof_of_something_else_is_none(run: Run) -> None:
    answer = run("scope", "overlaps", "/a", "/b", "--json").json
    answer["certificates"][0]["secretPath"] = "/a"
    result = run("scope", "verify", "-", stdin=json.dumps(answer).encode())
    assert (result.status, result.out) == (1, "Not proved: /a\n")


@pytest.mark.parametrize("question", ["overlaps", "contains", "equivalent"])
def test_bad_input(run: Run, directory: object, question: str) -> None:
    def refused(a: str, b: str, said: str) -> None:
        assert_refused(run("scope", question, a, b), said)
        assert_refused(run("scope", question, b, a, "--json"), said)

    refused(HOSTILE, HOSTILE.replace("a", "b"), "too intricate")
    refused("/a" * 2_000, "/b", "characters")
    refused("/[!a]", "/b", "write [^a]")
    refused("/a", "dev:/a", "'/a' names no environment")
    refused("nobody", "dev:/a", "There is no token 'nobody'")
    refused("", "/a", "One of the two is empty")
    refused("qa:/a", "dev:/a", "There is no environment 'qa'")
    refused(":/a", "dev:/a", "is no scope")


@pytest.mark.parametrize("question", ["contains", "equivalent"])
def test_a_pattern_contains_itself_however_intricate(run: Run, question: str) -> None:
    result = run("scope", question, HOSTILE, HOSTILE)
    assert (result.status, result.out) == (0, "Yes, proved.\n")
    answer = run("scope", question, HOSTILE, HOSTILE, "--json").json
    assert answer == {"holds": True, "witness": None, "certificates": []}


def test_what_was_read_otherwise_or_opens_nothing_is_remarked(run: Run) -> None:
    result = run("scope", "contains", "apps/*", "/a b")
    assert (result.status, result.out) == (0, "Yes, proved.\n")
    assert "a leading slash was added: /apps/*" in result.err
    assert "/a b opens nothing: it can never match a folder (proved): it has a space" in result.err


def test_tokens_of_two_projects_are_not_compared(run: Run, directory: object) -> None:
    one = create(run)["serviceTokenData"]["id"]
    run("project", "create", "--name", "Other")
    other = create(run, "--project", "other")["serviceTokenData"]["id"]
    for question in ("overlaps", "contains", "equivalent", "compare"):
        assert_refused(run("scope", question, one, other), "two projects")
