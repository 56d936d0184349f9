"""The API described in OpenAPI 3.1, from what the operations declare."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from st_tui import __version__
from st_tui.api.operations import Field, Operation

_ERROR = {"$ref": "#/components/schemas/Error"}
_REFUSALS = {
    "400": "What was sent cannot be done as it stands",
    "401": "The token is missing, unknown, inactive or used from an untrusted address",
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
        "/api/status": {"get": _open("Whether the server answers")},
        "/api/docs/json": {"get": _open("This description")},
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
            "schemas": {
                "Error": {
                    "type": "object",
                    "required": ["reqId", "statusCode", "message", "error"],
                    "properties": {
                        "reqId": {"type": "string"},
                        "statusCode": {"type": "integer"},
                        "message": {"type": "string"},
                        "error": {"type": "string"},
                    },
                }
            },
        },
    }


def _open(summary: str) -> dict[str, Any]:
    return {"summary": summary, "security": [], "responses": {"200": _answer("Success", {})}}


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "security": [{"serviceToken": []}],
        "responses": {
            "200": _answer("Success", {"type": "object"}),
            **{status: _answer(about, _ERROR) for status, about in _REFUSALS.items()},
        },
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", operation.path)
        ],
    }
    if operation.method == "GET":
        described["parameters"] += [_parameter(field) for field in operation.fields]
    else:
        described["requestBody"] = {"required": True, "content": _content(_body(operation.fields))}
    return described


def _parameter(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "in": "query",
        "required": field.required,
        "description": field.about,
        "schema": {"type": field.kind},
    }


def _body(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [field.name for field in fields if field.required],
        "properties": {
            field.name: {"type": field.kind, "description": field.about} for field in fields
        },
    }


def _answer(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": _content(schema)}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
