"""The fields of queries, bodies and paths: each is declared here once.

A route lists the constants, the API description prints them, and its handler reads them with
`Params`. A new field is one constant here, and its place in a route's `fields`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from st_tui.core.drafts import LONGEST_FOLDER_PATH
from st_tui.core.secrets.model import LONGEST_NAME

LONGEST_PLAIN = 1_000
"""Characters of an id, a slug, a path and the like."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the query or the body; `kind` is its JSON type.

    Of a string, `longest` is the most characters, `pattern` a regular expression, and `one_of` the
    only values. `inside` names the strings in an object, all required. `also`: other spellings.
    """

    name: str
    kind: str = "string"
    required: bool = False
    about: str = ""
    also: tuple[str, ...] = ()
    longest: int | None = None
    pattern: str = ""
    one_of: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    spellings: tuple[str, ...] = field(init=False)
    """Every name that it may be stated by."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "spellings", (self.name, *self.also))


@dataclass(frozen=True, slots=True)
class SealedField:
    """A sealed text in a body: three fields whose names begin alike.

    They are `secretValueCiphertext`, `secretValueIV` and `secretValueTag`, for example.
    """

    name: str
    parts: tuple[Field, ...] = field(init=False)
    """The three fields, optional."""

    def __post_init__(self) -> None:
        parts = tuple(Field(f"{self.name}{part}") for part in ("Ciphertext", "IV", "Tag"))
        object.__setattr__(self, "parts", parts)

    @property
    def required_parts(self) -> tuple[Field, ...]:
        """The three fields for a route that cannot do without them."""
        return tuple(map(required, self.parts))


class PathParameter(NamedTuple):
    """A name or an id in a route's path, with its JSON schema."""

    name: str
    schema: dict[str, Any]

    @property
    def part(self) -> str:
        """How a route's path has it: `{secretName}`."""
        return f"{{{self.name}}}"


def required(known: Field) -> Field:
    """The same field for a route that cannot do without it."""
    return replace(known, required=True)


# Where a request goes.
PROJECT_ID = Field(
    "workspaceId",
    about="The project; the token's own if left out",
    also=("projectId",),
    longest=LONGEST_PLAIN,
)
PROJECT_SLUG = Field(
    "workspaceSlug", about="Or the project's slug", also=("projectSlug",), longest=LONGEST_PLAIN
)
ENVIRONMENT = Field("environment", about="An environment's slug", longest=LONGEST_PLAIN)
SECRET_PATH = Field("secretPath", about="The folder, as in /common/db", longest=LONGEST_FOLDER_PATH)
PARENT_PATH = Field(
    "path",
    about="The parent folder",
    also=("directory", "secretPath"),
    longest=LONGEST_FOLDER_PATH,
)
IMPORTING_PATH = Field(
    "path", about="The importing folder", also=("secretPath",), longest=LONGEST_FOLDER_PATH
)
_PROJECT = (PROJECT_ID, PROJECT_SLUG, ENVIRONMENT)
IN_FOLDER = (*_PROJECT, SECRET_PATH)
"""The fields of a route about the secrets of a folder."""
IN_PARENT = (*_PROJECT, PARENT_PATH)
"""The fields of a route about the folders in a folder."""
IN_IMPORTING_FOLDER = (*_PROJECT, IMPORTING_PATH)
"""The fields of a route about the import links of a folder."""

# What a read answers.
RECURSIVE = Field("recursive", "boolean")
INCLUDE_IMPORTS = Field(
    "include_imports",
    "boolean",
    about="With what the folder's links lead to",
    also=("includeImports",),
)
EXPAND_REFERENCES = Field("expandSecretReferences", "boolean")
VIEW_VALUE = Field("viewSecretValue", "boolean")
VERSION = Field("version", "integer", about="This version of it, instead of the newest")
TAG_SLUGS = Field(
    "tagSlugs", about="No secret here has a tag: nothing is listed", longest=LONGEST_PLAIN
)
METADATA_FILTER = Field(
    "metadataFilter",
    about="No secret here has metadata: nothing is listed",
    longest=LONGEST_PLAIN,
)
LAST_SECRET_MODIFIED = Field("lastSecretModified")
"""A filter of Infisical's folder lists. It is refused here, so the description does not have it."""

# Secrets.
PERSONAL, SHARED = "personal", "shared"
READ_TYPE = Field(
    "type",
    about="A token has no personal secrets: it gets the shared one",
    one_of=(SHARED, PERSONAL),
)
WRITE_TYPE = Field("type", about="A token has no personal secrets", one_of=(SHARED,))
SECRET_VALUE = Field("secretValue")
SECRET_COMMENT = Field("secretComment")
NEW_NAME = Field("newSecretName", longest=LONGEST_NAME)
SEALED_NEW_NAME = Field("secretName", also=("newSecretName",))
"""What some clients send beside a sealed value. A sealed secret cannot be renamed, so the
description does not have it."""
SEALED_NAME = SealedField("secretKey")
SEALED_VALUE = SealedField("secretValue")
SEALED_COMMENT = SealedField("secretComment")
NOT_KEPT = (
    Field("tagIds", "array"),
    Field("tags", "array"),
    Field("secretMetadata", "array"),
    Field("metadata", "object"),
    Field("secretReminderNote"),
    Field("secretReminderRepeatDays", "integer"),
    Field("secretReminderRecipients", "array"),
    Field("skipMultilineEncoding", "boolean"),
)
"""What Infisical keeps with a secret, and this vault does not."""

# Folders and import links.
FOLDER_PATTERN = "^[A-Za-z0-9_-]+$"
FOLDER_NAME = Field("name", required=True, pattern=FOLDER_PATTERN)
FOLDER_DESCRIPTION = Field("description")
FORCE_DELETE = Field(
    "forceDelete", "boolean", about="Delete it with all in it; else it must be empty"
)
SOURCE_ENVIRONMENT = Field("environment")
SOURCE_PATH = Field("path")
SOURCE = Field(
    "import", "object", required=True, inside=(SOURCE_ENVIRONMENT.name, SOURCE_PATH.name)
)
IS_REPLICATION = Field("isReplication", "boolean")

# Names and ids in paths.
SECRET_NAME = PathParameter(
    "secretName",
    {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_NAME,
        # No colon, slash or control character; `.` and `..` are left to the server to refuse.
        "pattern": r"^[^/:\x00-\x1f\x7f]+$",
    },
)
FOLDER_ID_OR_NAME = PathParameter("folderIdOrName", {"type": "string", "pattern": FOLDER_PATTERN})
IMPORT_ID = PathParameter("secretImportId", {"type": "string", "format": "uuid"})
IN_PATH = {each.name: each for each in (SECRET_NAME, FOLDER_ID_OR_NAME, IMPORT_ID)}
