"""Certificates: none is believed that does not prove its claim."""

from __future__ import annotations

import json

import pytest

from st_tui.core.algebra import Relation, contains
from st_tui.core.algebra.certificate import check
from st_tui.core.algebra.certificate_json import as_json, from_json
from st_tui.core.patterns import compile_pattern


@pytest.mark.parametrize(
    ("outer", "inner"), [("/a/**", "/a/*/b"), ("/*", "/a"), ("/{a,b}/**", "/[ab]/x")]
)
def test_a_certificate_with_a_hole_or_another_claim_is_refused(outer: str, inner: str) -> None:
    proof = contains([compile_pattern(outer)], [compile_pattern(inner)]).certificate
    assert proof is not None
    assert check(proof)
    assert from_json(json.loads(json.dumps(as_json(proof)))) == proof
    for state in proof.states:
        assert not check(proof._replace(states=proof.states - {state}))
    assert not check(proof._replace(left=("/**",)))
    assert not check(proof._replace(right=("/a/b/c",)))
    assert not check(proof._replace(relation=Relation.APART))
