"""`scope compare`, `verify` and `lint`, as a team's CI would call them."""

from __future__ import annotations

import json

import pytest

from st_tui.core.access import decide
from st_tui.core.algebra import contains
from st_tui.core.algebra.certificate import as_json
from st_tui.core.model import AccessRequest, Permission
from st_tui.core.patterns import compile_pattern
from st_tui.core.vault import Access, Vault
from tests.cli.conftest import NOW, Run, assert_refused, create
from tests.core.vaults import v2


@pytest.fixture(autouse=True)
def _vault(directory: object) -> None:
    """Each of these has a vault with the project `shop`."""


def test_a_wider_token_is_answered_with_a_path_and_exit_status_1(run: Run) -> None:
    old = create(run, scope="dev:/apps/*")["serviceTokenData"]["id"]
    new = create(run, scope="dev:/apps/**", level="write")["serviceTokenData"]["id"]
    result = run("scope", "compare", old, new)
    assert result.status == 1
    assert result.out.splitlines() == [
        "+ write dev:/apps/**  for example /apps",
        "- read dev:/apps/*  for example /apps/a",
    ]
    run("folders", "create", "--env", "dev", "--path", "/apps/web/keys")
    wider = ("--scope", "dev:/apps/**", "--access-level", "read")
    data = run("scope", "compare", old, *wider, "--json").json
    assert data["gains"] == [
        {
            "environment": "dev",
            "secretPath": "/apps/**",
            "operations": ["read"],
            "witness": "/apps",
            "witnessExists": True,
        }
    ]
    assert data["losses"] == []


def test_a_narrower_one_is_proved_and_the_proof_can_be_checked(run: Run) -> None:
    old = create(run, scope="dev:/apps/**")["serviceTokenData"]["id"]
    narrower = ("--scope", "dev:/apps/*/keys", "--access-level", "read")
    result = run("scope", "compare", old, *narrower)
    assert result.status == 0
    assert "Nothing more is allowed: proved for 1 scope." in result.out
    proof = run("scope", "compare", old, *narrower, "--json").json
    checked = run("scope", "verify", "-", stdin=json.dumps(proof).encode())
    assert (checked.status, checked.out.splitlines()) == (
        0,
        ["Proved: /apps/*/keys lies inside /apps/**.", "1 proof holds."],
    )
    assert run("scope", "verify", "-", "--json", stdin=json.dumps(proof).encode()).json == {
        "hold": True,
        "proofs": [
            {"relation": "inside", "left": ["/apps/*/keys"], "right": ["/apps/**"], "holds": True}
        ],
    }
    states = proof["certificates"][0]["certificate"]["states"]
    states.pop(len(states) // 2)
    checked = run("scope", "verify", "-", stdin=json.dumps(proof).encode())
    assert (checked.status, checked.out) == (1, "Not proved: /apps/*/keys\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *(
            (text, "printed with --json")
            for text in (
                b"",
                b"[]",
                b"{}",
                b'{"certificates": 3}',
                b'{"certificates": [{}]}',
                b"9" * 5_000,
            )
        ),
        (b"\xff\xfe{", "printed with --json"),
        (b'{"certificates": ' + b"[" * 500_000, "printed with --json"),
        (b" " * 3_000_000, "over 2097152 bytes"),
        (b'{"certificates": []}', "no proof to check"),
    ],
)
def test_what_is_no_proof_gets_a_sentence(run: Run, text: bytes, sentence: str) -> None:
    assert_refused(run("scope", "verify", "-", stdin=text), sentence)


def _proof(**changes: object) -> bytes:
    """A proof that `/a/*` lies inside `/a/**`, with something changed by hand."""
    proof = contains([compile_pattern("/a/**")], [compile_pattern("/a/*")]).certificate
    assert proof is not None
    data = as_json(proof) | changes
    data["states"] = [*as_json(proof)["states"], *data.pop("more", [])]
    path = data["left"][0]
    return json.dumps({"certificates": [{"secretPath": path, "certificate": data}]}).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 7 * [[False, [[0, "-1"]], []]]},
        {"more": [[False, [[0, "f" * 100_000]], []]]},
        {"more": [[False, [["0", "1"]], []]]},
        {"more": [[False, [[0.0, "1"]], []]]},
        {"more": [["no", [], []]]},
        {"more": [3]},
        {"relation": "beside"},
        {"right": [["/a/**"]]},
    ],
)
def test_a_proof_of_other_types_is_none(run: Run, changes: dict[str, object]) -> None:
    assert run("scope", "verify", "-", stdin=_proof()).status == 0
    assert_refused(run("scope", "verify", "-", stdin=_proof(**changes)), "This is no certificate")


@pytest.mark.parametrize(
    "changes",
    [
        {"more": [[False, [[-1, "1"]], []]]},
        {"more": [[False, [[10**30, "1"]], []]]},
        {"relation": "apart", "right": []},  # true, but not that it lies inside anything
    ],
)
def test_a_proof_that_was_forged_does_not_hold(run: Run, changes: dict[str, object]) -> None:
    result = run("scope", "verify", "-", stdin=_proof(**changes))
    assert (result.status, result.out, result.err) == (1, "Not proved: /a/*\n", "")
    result = run("scope", "verify", "-", "--json", stdin=_proof(**changes))
    assert (result.status, result.json["hold"]) == (1, False)
    assert [proof["holds"] for proof in result.json["proofs"]] == [False]


def test_a_proof_that_would_take_too_long_is_refused(run: Run) -> None:
    proof = _proof(right=[f"/only-here{n}*" for n in range(60_000)])
    assert_refused(run("scope", "verify", "-", stdin=proof), "take too long")


def test_a_proof_of_a_pattern_from_elsewhere_says_what_is_wrong(run: Run) -> None:
    assert_refused(run("scope", "verify", "-", stdin=_proof(left=["/x***"])), "*** at character 3")


def test_bad_usage(run: Run) -> None:
    token = create(run)["serviceTokenData"]["id"]
    assert_refused(run("scope", "compare", token), "a second token's id, or --scope")
    assert_refused(run("scope", "compare", token, "nobody"), "There is no token 'nobody'")
    qa = ("--scope", "qa:/x", "--access-level", "read")
    assert_refused(run("scope", "compare", token, *qa), "There is no environment 'qa'")
    broken = ("--scope", "dev:/x***", "--access-level", "read")
    assert_refused(run("scope", "compare", token, *broken), "***")


def test_lint_of_the_whole_project(run: Run) -> None:
    assert_refused(run("scope", "lint"), "no token")
    run("folders", "create", "--env", "dev", "--path", "/common/db")
    create(run, "--name", "fine", scope="dev:/common/db")
    assert run("scope", "lint").status == 0
    create(run, "--name", "twice", "--scope", "dev:/common/db", "--never")
    result = run("scope", "lint", "--json")
    assert result.status == 1
    assert result.json["tokens"] == 2
    assert [(w["name"], w["warning"]) for w in result.json["warnings"]] == [
        ("twice", "Scope 2: says nothing new: scope 1 opens all of it (proved)."),
        ("twice", "It never expires: it lives until somebody revokes it."),
    ]


def test_lint_names_the_only_token_that_may_write_to_an_environment(run: Run) -> None:
    create(run, scope="dev:/", level="write")
    assert "No other token may write to dev." in run("scope", "lint").out
    create(run, scope="dev:/", level="write")
    assert "It is the first token" not in run("scope", "lint").out


def test_lint_compares_with_what_was_used(run: Run, vault: Vault) -> None:
    project = vault.projects.get(None)
    for folder in ("/a", "/a/b"):
        vault.folders.create(project, "dev", folder)
    token = vault.tokens.create(project, v2("t", "dev:/a/**")).token
    assert run("scope", "lint").status == 0
    request = AccessRequest("dev", "/a/b", Permission.READ, NOW)
    decision = decide(token, request)
    vault.audit.record([Access("get-secrets", project, token, request, decision)])
    assert run("scope", "lint").out == (
        "t: Wider than used: opens 2 folders, 1 was used: narrow it.\n"
    )


def test_a_scope_to_compare_with_that_is_read_otherwise_is_remarked(run: Run) -> None:
    token = create(run, scope="dev:/a")["serviceTokenData"]["id"]
    result = run("scope", "compare", token, "--scope", "dev:a", "--access-level", "read")
    assert result.status == 0
    assert "The scope of dev was read otherwise" in result.err
