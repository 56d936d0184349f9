"""What a request states, field by field: strictly typed, and never guessed from contradictions."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from st_tui.api.fields import (
    ENVIRONMENT,
    LONGEST_PLAIN,
    PROJECT_ID,
    PROJECT_SLUG,
    Field,
    SealedField,
)
from st_tui.api.problems import bad_request, invalid
from st_tui.core.drafts import LONGEST_FOLDER_PATH
from st_tui.core.errors import Refusal
from st_tui.core.json_text import strict_decoder
from st_tui.core.model import Sealed
from st_tui.core.plain_text import BLANKS, refuse_controls
from st_tui.core.secrets.model import NOTHING_SEALED, check_sealed
from st_tui.core.vault.holders.holder import Stated

_MOST_PARAMETERS = 100
LARGEST_NUMBER = 999_999_999
_FLAGS = {"true": True, "false": False}


class Params:
    """The fields of one request: its query's, and its JSON body's unless it is a GET.

    Every method raises Problem for a value of the wrong type, and where two spellings of a field
    state different things.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, field: Field) -> str | None:
        """A string; None where it is absent or null."""
        found: str | None = None
        for name in field.spellings:
            value = self._fields.get(name)
            if value is None:
                continue
            if not isinstance(value, str):
                raise invalid(f"{name} must be a string")
            if found not in (None, value):
                raise bad_request(f"{' and '.join(field.spellings)} contradict each other")
            found = value
        return found

    def required(self, field: Field) -> str:
        """A string that must be there."""
        value = self.text(field)
        if value is None:
            raise invalid(f"{field.name} is required")
        return value

    def plain(self, field: Field) -> str | None:
        """A short string, trimmed. It counts as left out when nothing remains."""
        text = self.text(field)
        if text is None:
            return None
        value = text.strip(BLANKS)
        if len(value) > LONGEST_PLAIN:
            raise invalid(f"{field.name} is over {LONGEST_PLAIN} characters")
        try:
            refuse_controls(value, field.name)
        except Refusal as refused:
            raise invalid(str(refused)) from None
        return value or None

    def path(self, field: Field) -> str | None:
        """A path: trimmed, and one trailing slash cut. No leading slash is added."""
        path = self.plain(field)
        if path is not None and len(path) > LONGEST_FOLDER_PATH:
            raise invalid(f"{field.name} is over {LONGEST_FOLDER_PATH} characters")
        return path[:-1] if path is not None and len(path) > 1 and path.endswith("/") else path

    def flag(self, field: Field, *, default: bool = False) -> bool:
        """A boolean, or `true` and `false` as clients write them: one client writes `False`."""
        found: bool | None = None
        for name in field.spellings:
            value = self._fields.get(name)
            if value is None or value == "":
                continue
            stated = _FLAGS.get(value.lower()) if isinstance(value, str) else value
            if not isinstance(stated, bool):
                raise invalid(f"{name} must be true or false")
            if found not in (None, stated):
                raise bad_request(f"{' and '.join(field.spellings)} contradict each other")
            found = stated
        return default if found is None else found

    def number(self, field: Field) -> int | None:
        """A whole number from 1, as a query states it."""
        text = self.text(field)
        if not text:
            return None
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
        if not is_number or not 1 <= int(text) <= LARGEST_NUMBER:
            raise invalid(f"{field.name} must be a whole number from 1 to {LARGEST_NUMBER}")
        return int(text)

    def says(self, field: Field) -> bool:
        """Whether the field holds anything: null, empty and false say nothing."""
        value = self._fields.get(field.name)
        return bool(value) and str(value).lower() != "false"

    def nested(self, field: Field) -> Params:
        """The fields of an object inside the body."""
        value = self._fields.get(field.name)
        if not isinstance(value, dict):
            raise invalid(f"{field.name} must be an object")
        return Params(value)

    def sealed(self, field: SealedField) -> Sealed | None:
        """A sealed text; None where all three of its fields are absent.

        Three empty strings stand for nothing; an empty ciphertext with its IV and tag is sealed.
        """
        parts = [self.text(part) for part in field.parts]
        given = [part for part in parts if part is not None]
        if not any(given):
            return NOTHING_SEALED if given else None
        if len(given) < len(parts):
            raise invalid(f"{_enumerated(field)} belong together")
        try:
            return check_sealed(Sealed(*given), field.name)
        except Refusal as refused:
            raise invalid(str(refused)) from None

    def required_sealed(self, field: SealedField) -> Sealed:
        """A sealed text that must be there."""
        sealed = self.sealed(field)
        if sealed is None or sealed == NOTHING_SEALED:
            raise invalid(f"{_enumerated(field)} are required")
        return sealed

    def stated(self, path: Field) -> Stated:
        """The project and folder that the request states; `path` is how it names the folder."""
        return Stated(
            self.plain(PROJECT_ID),
            self.plain(PROJECT_SLUG),
            self.plain(ENVIRONMENT),
            self.path(path),
        )


def _enumerated(field: SealedField) -> str:
    ciphertext, iv, tag = (part.name for part in field.parts)
    return f"{ciphertext}, {iv} and {tag}"


def read_params(query: bytes, body: bytes) -> Params:
    """The fields of a request's query and of its JSON body together. Raises Problem."""
    return Params(_merged([*_query(query), *_body(body)]))


def _query(query: bytes) -> list[tuple[str, Any]]:
    if query.count(b"&") >= _MOST_PARAMETERS:
        raise bad_request(f"The query has over {_MOST_PARAMETERS} parameters")
    try:
        return list(parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise bad_request("The query is not valid percent-encoded UTF-8") from None


def _body(body: bytes) -> list[tuple[str, Any]]:
    # Some programs on Windows begin every text with this mark.
    body = body.removeprefix(BOM_UTF8)
    if not body:
        return []
    try:
        value = _DECODER.decode(body.decode("utf-8"))
        # A string of JSON can hold half a surrogate pair, which no UTF-8 can.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise bad_request("The body is not valid JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object")
    return list(value.items())


def _merged(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields and fields[name] != value:
            raise bad_request("A field is stated twice, with different values")
        fields[name] = value
    return fields


_DECODER = strict_decoder(_merged)
