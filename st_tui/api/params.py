"""What a request asks, field by field: strictly typed, and never guessed between contradictions."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from st_tui.api.problems import bad_request, invalid
from st_tui.core.drafts import BLANKS, LONGEST_FOLDER_PATH
from st_tui.core.errors import Refusal
from st_tui.core.json_text import strict_decoder
from st_tui.core.model import Sealed
from st_tui.core.plain_text import refuse_controls
from st_tui.core.secrets.model import NOTHING_SEALED, check_sealed
from st_tui.core.vault.holders.request import Stated

_MOST_PARAMETERS = 100
LONGEST_PLAIN = 1_000
"""Characters of an id, a slug, a path and the like."""
LARGEST_NUMBER = 999_999_999
_FLAGS = {"true": True, "false": False}


class Params:
    """The fields of one request: its query's, and its JSON body's unless it is a GET.

    Where two spellings, or query and body, state different things, the request is refused.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, *spellings: str) -> str | None:
        """A string field under any of its spellings; None where it is absent or null."""
        found: str | None = None
        for name in spellings:
            value = self._fields.get(name)
            if value is None:
                continue
            if not isinstance(value, str):
                raise invalid(f"{name} must be a string")
            if found not in (None, value):
                raise bad_request(f"{' and '.join(spellings)} contradict each other")
            found = value
        return found

    def required(self, *spellings: str) -> str:
        """A string field that must be there."""
        value = self.text(*spellings)
        if value is None:
            raise invalid(f"{spellings[0]} is required")
        return value

    def plain(self, *spellings: str) -> str | None:
        """A short string that is trimmed, and counts as left out when nothing remains."""
        text = self.text(*spellings)
        if text is None:
            return None
        value = text.strip(BLANKS)
        if len(value) > LONGEST_PLAIN:
            raise invalid(f"{spellings[0]} is over {LONGEST_PLAIN} characters")
        try:
            refuse_controls(value, spellings[0])
        except Refusal as refused:
            raise invalid(str(refused)) from None
        return value or None

    def path(self, *spellings: str) -> str | None:
        """A path: trimmed, and one trailing slash cut. No leading slash is added."""
        path = self.plain(*spellings)
        if path is not None and len(path) > LONGEST_FOLDER_PATH:
            raise invalid(f"{spellings[0]} is over {LONGEST_FOLDER_PATH} characters")
        return path[:-1] if path is not None and len(path) > 1 and path.endswith("/") else path

    def flag(self, *spellings: str, default: bool = False) -> bool:
        """A boolean, or `true` and `false` as clients write them: one client writes `False`."""
        found: bool | None = None
        for name in spellings:
            value = self._fields.get(name)
            if value is None or value == "":
                continue
            stated = _FLAGS.get(value.lower()) if isinstance(value, str) else value
            if not isinstance(stated, bool):
                raise invalid(f"{name} must be true or false")
            if found not in (None, stated):
                raise bad_request(f"{' and '.join(spellings)} contradict each other")
            found = stated
        return default if found is None else found

    def number(self, name: str) -> int | None:
        """A whole number from 1, as a query states it."""
        text = self.text(name)
        if not text:
            return None
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
        if not digits or not 1 <= int(text) <= LARGEST_NUMBER:
            raise invalid(f"{name} must be a whole number from 1 to {LARGEST_NUMBER}")
        return int(text)

    def states(self, name: str) -> bool:
        """Whether a field is there with something in it: nothing, empty and false say nothing."""
        value = self._fields.get(name)
        return bool(value) and str(value).lower() != "false"

    def nested(self, name: str) -> Params:
        """The fields of an object inside the body."""
        value = self._fields.get(name)
        if not isinstance(value, dict):
            raise invalid(f"{name} must be an object")
        return Params(value)

    def sealed(self, prefix: str) -> Sealed | None:
        """Three fields such as `secretCommentCiphertext`, `…IV` and `…Tag`; all of them, or none.

        Three empty strings stand for nothing; an empty ciphertext with its IV and tag is sealed.
        """
        parts = [self.text(f"{prefix}{part}") for part in ("Ciphertext", "IV", "Tag")]
        given = [part for part in parts if part is not None]
        if not any(given):
            return NOTHING_SEALED if given else None
        if len(given) < len(parts):
            raise invalid(f"{prefix}Ciphertext, {prefix}IV and {prefix}Tag belong together")
        try:
            return check_sealed(Sealed(*given), prefix)
        except Refusal as refused:
            raise invalid(str(refused)) from None

    def required_sealed(self, prefix: str) -> Sealed:
        """Three such fields that must be there."""
        sealed = self.sealed(prefix)
        if sealed is None or sealed == NOTHING_SEALED:
            raise invalid(f"{prefix}Ciphertext, {prefix}IV and {prefix}Tag are required")
        return sealed

    def stated(self, *paths: str) -> Stated:
        """Where the request says that it wants to go."""
        return Stated(
            self.plain("workspaceId", "projectId"),
            self.plain("workspaceSlug", "projectSlug"),
            self.plain("environment"),
            self.path(*paths or ("secretPath",)),
        )


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
