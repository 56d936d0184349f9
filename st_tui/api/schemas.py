"""The JSON schemas of what the routes answer. Every field that a schema names is always there."""

from __future__ import annotations

from typing import Any

from st_tui.api.fields import SEALED_COMMENT, SEALED_NAME, SEALED_VALUE, SHARED, SealedField
from st_tui.core.model import Permission

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_ID: Schema = {"type": "string", "format": "uuid"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_NOTHING: Schema = {"type": "null"}
_NONE: Schema = {"type": "array", "maxItems": 0}


def _object(**fields: Schema) -> Schema:
    """An object with all of these fields."""
    return {"type": "object", "required": list(fields), "properties": fields}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str) -> Schema:
    return {"type": "array", "items": _named(name)}


def _secrets(name: str) -> Schema:
    """The answer to a list of secrets, sealed or opened."""
    imported = _object(secretPath=_TEXT, environment=_TEXT, folderId=_ID, secrets=_list(name))
    return _object(
        secrets=_list(name), imports={"type": "array", "items": imported}, warnings=_TEXTS
    )


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, _NOTHING]}


def _only(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _sealed(*sealed: SealedField) -> dict[str, Schema]:
    return {field.name: _TEXT for each in sealed for field in each.fields()}


_SECRET: dict[str, Schema] = {
    "id": _ID,
    "_id": _ID,
    "workspace": _ID,
    "environment": _TEXT,
    "secretPath": _TEXT,
    "version": _COUNT,
    "type": _only(SHARED),
    "skipMultilineEncoding": _FLAG,
    "tags": _NONE,
    "createdAt": _TIME,
    "updatedAt": _TIME,
}

SCHEMAS: dict[str, Schema] = {
    "Error": _object(reqId=_TEXT, statusCode={"type": "integer"}, message=_TEXT, error=_TEXT),
    "Status": _object(date=_TIME, message=_TEXT),
    "Description": _object(openapi=_TEXT, info={"type": "object"}, paths={"type": "object"}),
    "ServiceToken": _object(
        id=_ID,
        _id=_ID,
        name=_TEXT,
        scopes={"type": "array", "minItems": 1, "items": _named("Scope")},
        permissions={"type": "array", "minItems": 1, "items": _only(*Permission)},
        projectId=_ID,
        workspace=_ID,
        encryptedKey=_TEXT,
        iv=_TEXT,
        tag=_TEXT,
        expiresAt=_or_null(_TIME),
        lastUsed=_or_null(_TIME),
        createdAt=_TIME,
        updatedAt=_TIME,
        createdBy=_ID,
        user={"type": "object"},
    ),
    "Scope": _object(environment=_TEXT, secretPath=_TEXT),
    "SealedSecret": _object(
        **_SECRET,
        **_sealed(SEALED_NAME, SEALED_VALUE, SEALED_COMMENT),
        folderId=_ID,
        algorithm=_only("aes-256-gcm"),
        keyEncoding=_only("utf8"),
    ),
    "OneSealedSecret": _object(secret=_named("SealedSecret"), warnings=_TEXTS),
    "SealedSecrets": _secrets("SealedSecret"),
    "Secret": _object(
        **_SECRET,
        secretKey=_TEXT,
        secretValue=_TEXT,
        secretValueHidden=_FLAG,
        secretComment=_TEXT,
        secretMetadata=_NONE,
    ),
    "OneSecret": _object(secret=_named("Secret"), warnings=_TEXTS),
    "Secrets": _secrets("Secret"),
    "Folder": _object(
        id=_ID,
        name=_TEXT,
        version=_COUNT,
        createdAt=_TIME,
        updatedAt=_TIME,
        envId=_ID,
        parentId=_or_null(_ID),
        isReserved=_FLAG,
        description=_NOTHING,
        lastSecretModified=_NOTHING,
        path=_TEXT,
        relativePath=_TEXT,
    ),
    "OneFolder": _object(folder=_named("Folder"), warnings=_TEXTS),
    "Folders": _object(folders=_list("Folder")),
    "Import": _object(
        id=_ID,
        version=_COUNT,
        importPath=_TEXT,
        importEnv=_object(id=_ID, name=_TEXT, slug=_TEXT),
        position=_COUNT,
        createdAt=_TIME,
        updatedAt=_TIME,
        folderId=_ID,
        isReplication=_FLAG,
    ),
    "OneImport": _object(message=_TEXT, secretImport=_named("Import"), warnings=_TEXTS),
    "Imports": _object(message=_TEXT, secretImports=_list("Import")),
}
