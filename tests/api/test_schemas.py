"""JSON schemas made from the types of answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from st_tui.api.schemas import schemas

SCHEMAS = schemas()


@pytest.mark.parametrize(
    ("answer", "field", "schema"),
    [
        ("Folder", "name", {"type": "string"}),
        ("Folder", "version", {"type": "integer", "minimum": 1}),
        ("Folder", "parentId", {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}),
        ("Folder", "description", {"type": "null"}),
        ("Folders", "folders", {"type": "array", "items": {"$ref": "#/components/schemas/Folder"}}),
        ("Secret", "type", {"type": "string", "enum": ["shared"]}),
        ("Secret", "tags", {"type": "array", "maxItems": 0}),
        ("ServiceToken", "user", {"type": "object"}),
        (
            "ServiceToken",
            "permissions",
            {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "enum": ["read", "write"]},
            },
        ),
    ],
)
def test_a_fields_type_is_its_schema(answer: str, field: str, schema: dict[str, Any]) -> None:
    assert json.dumps(SCHEMAS[answer]["properties"][field]) == json.dumps(schema)


def test_every_described_field_is_required_and_the_others_are_not_promised() -> None:
    for schema in SCHEMAS.values():
        assert schema["required"] == [*schema["properties"]]
    assert "__v" not in SCHEMAS["ServiceToken"]["properties"]
    assert "expiryNotificationSent" not in SCHEMAS["ServiceToken"]["properties"]


def test_what_has_no_name_is_described_in_place() -> None:
    environment = SCHEMAS["Import"]["properties"]["importEnv"]
    assert environment["required"] == ["id", "name", "slug"]
