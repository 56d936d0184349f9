"""The API does what its own description says: schemathesis reads it and asks accordingly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.schemas import OpenApiSchema

from st_tui.api import answers
from st_tui.api.application import OPERATIONS
from st_tui.api.operations import Operation
from tests.api.every_operation import Target, name_of
from tests.api.server import Server
from tests.api.shop import Shop

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
EXAMPLES = 25
"""Of each kind, for each operation."""


@pytest.fixture(scope="module")
def described(served: tuple[Path, Server]) -> OpenApiSchema:
    schema = schemathesis.openapi.from_url(f"{served[1].url}/api/docs/json")
    schema.validate()
    return schema


def aim(case: Case[Any], target: Target, operation: Operation) -> None:
    """Point a generated request at something that exists, so that not every answer is 404."""
    good = target.fields(operation)
    if operation.method != "POST":
        names = target.path(operation).rpartition("/")
        case.path_parameters = dict.fromkeys(case.path_parameters or {}, names[2])
    if operation.writes:
        case.body = good
    else:
        flags = {f.name for f in operation.fields if f.kind == "boolean"}
        chosen = {name: value for name, value in (case.query or {}).items() if name in flags}
        case.query = chosen | good


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_it_does_as_it_says(
    described: OpenApiSchema, open_shop: Shop, operation: Operation, mode: GenerationMode
) -> None:
    """Requests that the description allows, and others. Every answer is one that it describes."""
    target = Target.make(open_shop)
    statuses: set[int] = set()
    cases = described[operation.path][operation.method].as_strategy(generation_mode=mode)

    @given(case=cases, aimed=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case[Any], aimed: bool) -> None:
        if aimed and mode is GenerationMode.POSITIVE:
            aim(case, target, operation)
        answer = case.call(session=session)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    def with_token(request: requests.PreparedRequest) -> requests.PreparedRequest:
        # Set last: else schemathesis also tries requests without a token, and all are throttled.
        request.headers.update(target.line._headers)
        return request

    with requests.Session() as session:
        session.auth = with_token
        ask()
    target.line.close()
    assert mode is GenerationMode.NEGATIVE or 200 in statuses, statuses


@pytest.mark.parametrize("path", ["/api/status", "/api/docs/json"])
def test_what_needs_no_token(described: OpenApiSchema, path: str) -> None:
    case = described[path]["GET"].Case()
    case.validate_response(case.call(), checks=CHECKS)


def test_every_route_is_described(described: OpenApiSchema) -> None:
    known = {
        (method.upper(), path)
        for path, methods in described.raw_schema["paths"].items()
        for method in methods
    }
    asked = {(operation.method, operation.path) for operation in OPERATIONS}
    assert known == asked | {("GET", "/api/status"), ("GET", "/api/docs/json")}
    assert not [operation for operation in OPERATIONS if operation.answer is answers.Error]
