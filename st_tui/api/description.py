"""The description of the API in OpenAPI 3.1, made from what the operations declare."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from st_tui import __version__
from st_tui.api import answers
from st_tui.api.fields import IN_PATH, Field
from st_tui.api.json_responses import NOT_CACHED
from st_tui.api.operations import Operation
from st_tui.api.params import LARGEST_NUMBER
from st_tui.api.schemas import reference, schemas

_REFUSALS = {
    "400": "What was sent cannot be done as it stands",
    "401": "The token is missing, no bearer, unknown, inactive or used from an untrusted address",
    "403": "Outside the token's scopes or permissions, another project, or just expired",
    "404": "Inside the scope, and not there",
    "413": "The body is over 1 MiB",
    "422": "A field has the wrong type or form",
    "429": "Too many failed authentications from this address",
    "503": "The request could not be recorded, so it was not answered",
}


def description(operations: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {
        "/api/status": {"get": _without_token("Whether the server answers", answers.Status)},
        "/api/docs/json": {"get": _without_token("This description", answers.Description)},
    }
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "st-tui", "version": __version__},
        "paths": paths,
        "components": {
            "securitySchemes": {
                "serviceToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "st.<id>.<secret>, or stv3.<id>.<secret>",
                }
            },
            "schemas": schemas(),
        },
    }


def _without_token(summary: str, answer: type) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": [],
        "responses": {"200": _response("Success", reference(answer))},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "security": [{"serviceToken": []}],
        "responses": {
            "200": _uncached(_response("Success", reference(operation.answer))),
            **{
                status: _uncached(_response(about, reference(answers.Error)))
                for status, about in _REFUSALS.items()
            },
        },
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": IN_PATH[name].schema}
            for name in re.findall(r"{(\w+)}", operation.path)
        ],
    }
    if operation.method == "GET":
        described["parameters"] += [
            {
                "name": spelling,
                "in": "query",
                "required": field.required,
                "description": _about(field, spelling),
                "schema": _schema_of(field),
            }
            for field in operation.fields
            for spelling in field.spellings
        ]
    else:
        described["requestBody"] = {"required": True, "content": _content(_body(operation))}
    return described


def _body(operation: Operation) -> dict[str, Any]:
    kept = {
        spelling: _schema_of(field) | {"description": _about(field, spelling)}
        for field in operation.fields
        for spelling in field.spellings
    }
    not_kept = {
        field.name: _schema_of(field) | {"description": "Not kept: `warnings` names it"}
        for field in operation.not_kept
    }
    return {
        "type": "object",
        "required": [field.name for field in operation.fields if field.required],
        "properties": kept | not_kept,
    }


def _schema_of(field: Field) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": field.kind}
    if field.longest is not None:
        kind["maxLength"] = field.longest
    if field.pattern:
        kind["pattern"] = field.pattern
    if field.one_of:
        kind["enum"] = list(field.one_of)
    if field.kind == "integer":
        kind |= {"minimum": 1, "maximum": LARGEST_NUMBER}
    if field.inside:
        kind["required"] = list(field.inside)
        kind["properties"] = {name: {"type": "string", "minLength": 1} for name in field.inside}
    return kind


def _about(field: Field, spelling: str) -> str:
    return field.about if spelling == field.name else f"Another spelling of {field.name}"


def _response(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": _content(schema)}


def _uncached(response: dict[str, Any]) -> dict[str, Any]:
    known = {"type": "string", "enum": list(NOT_CACHED.values())}
    return response | {
        "headers": {name: {"schema": known, "required": True} for name in NOT_CACHED}
    }


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
