"""JSON schemas, made from the types in `answers`. Every field that a schema names is always there.

version: Count            {"type": "integer", "minimum": 1}
secrets: list[Secret]     {"type": "array", "items": {"$ref": "#/components/schemas/Secret"}}
parentId: Id | None       {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}
"""

from __future__ import annotations

from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from st_tui.api.answers import DESCRIBED, UNDESCRIBED

Schema = dict[str, Any]

_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    NoneType: "null",
    dict: "object",
    list: "array",
}


def schemas() -> dict[str, Schema]:
    """The schema of each described answer, by its name."""
    return {answer.__name__: _object(answer) for answer in DESCRIBED}


def reference(answer: type) -> Schema:
    """A reference to a described answer."""
    return {"$ref": f"#/components/schemas/{answer.__name__}"}


def _object(answer: type) -> Schema:
    kinds = get_type_hints(answer, include_extras=True)
    fields = {name: _schema(kind) for name, kind in kinds.items() if not _is_undescribed(kind)}
    return {"type": "object", "required": list(fields), "properties": fields}


def _schema(kind: Any, **bounds: Any) -> Schema:
    if get_origin(kind) is Annotated:
        return _schema(kind.__origin__, **dict(kind.__metadata__))
    if get_origin(kind) in (Union, UnionType):
        return {"anyOf": [_schema(each) for each in get_args(kind)]}
    if is_typeddict(kind):
        return reference(kind) if kind in DESCRIBED else _object(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [each.value for each in kind]}
    described = {"type": _TYPES[get_origin(kind) or kind], **bounds}
    if get_origin(kind) is list and get_args(kind) != (Any,):
        described["items"] = _schema(*get_args(kind))
    return described


def _is_undescribed(kind: Any) -> bool:
    return get_origin(kind) is Annotated and UNDESCRIBED in kind.__metadata__
