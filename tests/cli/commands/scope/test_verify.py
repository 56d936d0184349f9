"""`scope verify`: proofs that hold, and files that prove nothing."""

from __future__ import annotations

import json

import pytest

from st_tui.core.algebra import contains
from st_tui.core.algebra.certificate_json import as_json
from st_tui.core.patterns import compile_pattern
from tests.cli.conftest import Run, assert_refused


@pytest.fixture(autouse=True)
def _vault(directory: object) -> None:
    """Each of these has a vault with the project `shop`."""


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
