"""`scope compare`, as a team's CI would call it."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run, assert_refused, create


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


def test_bad_usage(run: Run) -> None:
    token = create(run)["serviceTokenData"]["id"]
    assert_refused(run("scope", "compare", token), "a second token's id, or --scope")
    assert_refused(run("scope", "compare", token, "nobody"), "There is no token 'nobody'")
    qa = ("--scope", "qa:/x", "--access-level", "read")
    assert_refused(run("scope", "compare", token, *qa), "There is no environment 'qa'")
    broken = ("--scope", "dev:/x***", "--access-level", "read")
    assert_refused(run("scope", "compare", token, *broken), "***")


def test_a_scope_to_compare_with_that_is_read_otherwise_is_remarked(run: Run) -> None:
    token = create(run, scope="dev:/a")["serviceTokenData"]["id"]
    result = run("scope", "compare", token, "--scope", "dev:a", "--access-level", "read")
    assert result.status == 0
    assert "The scope of dev was read otherwise" in result.err
