"""What the routes answer. Each field is declared here once.

The routes return these types, so the type checker sees a field that is missing or misspelt, and
`schemas` makes the API description from them. What `Annotated` adds is the JSON schema's.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict

from st_tui.api.fields import SHARED
from st_tui.core.model import Permission

UNDESCRIBED: Final = ("undescribed", True)
"""Marks a field that some client needs and the description does not promise."""

Id = Annotated[str, ("format", "uuid")]
Time = Annotated[str, ("format", "date-time")]
Count = Annotated[int, ("minimum", 1)]
NoItems = Annotated[list[Any], ("maxItems", 0)]


class Error(TypedDict):
    """A refusal."""

    reqId: str
    statusCode: int
    message: str
    error: str


class Status(TypedDict):
    """That the server answers."""

    date: Time
    message: str


class Description(TypedDict):
    """The API's description."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


class Scope(TypedDict):
    """A scope of a token."""

    environment: str
    secretPath: str


# Written as a call because a class would take `__v` for a private name.
ServiceToken = TypedDict(
    "ServiceToken",
    {
        "id": Id,
        "_id": Id,
        "__v": Annotated[int, UNDESCRIBED],
        "name": str,
        "scopes": Annotated[list[Scope], ("minItems", 1)],
        "permissions": Annotated[list[Permission], ("minItems", 1)],
        "projectId": Id,
        "workspace": Id,
        "encryptedKey": str,
        "iv": str,
        "tag": str,
        "expiresAt": Time | None,
        "lastUsed": Time | None,
        "createdAt": Time,
        "updatedAt": Time,
        "expiryNotificationSent": Annotated[bool, UNDESCRIBED],
        "createdBy": Id,
        "user": dict[str, Any],
    },
)
"""The token that asks."""


class _AnySecret(TypedDict):
    """What sealed and opened secrets have in common."""

    id: Id
    _id: Id
    workspace: Id
    environment: str
    secretPath: str
    version: Count
    type: Annotated[str, ("enum", (SHARED,))]
    skipMultilineEncoding: bool
    tags: NoItems
    createdAt: Time
    updatedAt: Time


class SealedSecret(_AnySecret):
    """A secret as its client sealed it."""

    secretKeyCiphertext: str
    secretKeyIV: str
    secretKeyTag: str
    secretValueCiphertext: str
    secretValueIV: str
    secretValueTag: str
    secretCommentCiphertext: str
    secretCommentIV: str
    secretCommentTag: str
    folderId: Id
    algorithm: Annotated[str, ("enum", ("aes-256-gcm",))]
    keyEncoding: Annotated[str, ("enum", ("utf8",))]


class ImportSource(TypedDict):
    """The folder that a link leads to."""

    secretPath: str
    environment: str
    folderId: Id


class OneSealedSecret(TypedDict):
    """One secret, read or written."""

    secret: SealedSecret
    warnings: list[str]


class _ImportedSealedSecrets(ImportSource):
    """The secrets that one link brings."""

    secrets: list[SealedSecret]


class SealedSecrets(TypedDict):
    """A list of secrets."""

    secrets: list[SealedSecret]
    imports: list[_ImportedSealedSecrets]
    warnings: list[str]


class Secret(_AnySecret):
    """A secret in plain text."""

    secretKey: str
    secretValue: str
    secretValueHidden: bool
    secretComment: str
    secretMetadata: NoItems


class OneSecret(TypedDict):
    """One secret, read or written."""

    secret: Secret
    warnings: list[str]


class _ImportedSecrets(ImportSource):
    """The secrets that one link brings."""

    secrets: list[Secret]


class Secrets(TypedDict):
    """A list of secrets."""

    secrets: list[Secret]
    imports: list[_ImportedSecrets]
    warnings: list[str]


class Folder(TypedDict):
    """A folder."""

    id: Id
    name: str
    version: Count
    createdAt: Time
    updatedAt: Time
    envId: Id
    parentId: Id | None
    isReserved: bool
    description: None
    lastSecretModified: None
    path: str
    relativePath: str


class OneFolder(TypedDict):
    """A folder that was made or deleted."""

    folder: Folder
    warnings: list[str]


class Folders(TypedDict):
    """A list of folders."""

    folders: list[Folder]


class _ImportEnvironment(TypedDict):
    """The environment that a link leads to."""

    id: Id
    name: str
    slug: str


class Import(TypedDict):
    """An import link."""

    id: Id
    version: Count
    importPath: str
    importEnv: _ImportEnvironment
    position: Count
    createdAt: Time
    updatedAt: Time
    folderId: Id
    isReplication: bool


class OneImport(TypedDict):
    """A link that was made or deleted."""

    message: str
    secretImport: Import
    warnings: list[str]


class Imports(TypedDict):
    """A list of links."""

    message: str
    secretImports: list[Import]


DESCRIBED: tuple[Any, ...] = (
    Error,
    Status,
    Description,
    ServiceToken,
    Scope,
    SealedSecret,
    OneSealedSecret,
    SealedSecrets,
    Secret,
    OneSecret,
    Secrets,
    Folder,
    OneFolder,
    Folders,
    Import,
    OneImport,
    Imports,
)
"""The answers that have a name in the description; all others are described where they stand."""
