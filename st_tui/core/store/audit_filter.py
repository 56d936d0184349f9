"""Filters for the audit log: by whom, what and when, and by text.

A text is looked for in what a person sees of an entry. A person sees the names of tokens and
secrets, while the log has the tokens' ids and hashes of the secrets' names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from st_tui.core.store.database import containing


def detail(name: str, entry: str = "audit_log") -> str:
    """The SQL for one of an entry's details; NULL if somebody edited the details into no JSON."""
    details = f"{entry}.details"
    return f"CASE WHEN json_valid({details}) THEN json_extract({details}, '$.{name}') END"


_NAME = detail("name")
_CREATED = "FROM audit_log WHERE target IS NOT NULL AND event = 'create-service-token'"
_BEFORE_HASH = '"secretKey":"'
_SHOWN = (
    "event",
    "actor",
    "target",
    "(environment || ':' || coalesce(path, ''))",
    "operation",
    "verdict",
    "reason",
    "ip",
    "user_agent",
)
_MARKS = {"✔": "allowed", "✖": "denied"}
"""A person sees a mark for the verdict, before the reason: `✖ path`."""
_TIME = "strftime('%Y-%m-%d %H:%M', time / 1000, 'unixepoch', 'localtime')"
_LIKE_A_TIME = re.compile(r"[\d:-][\d: -]*")


class EntryFilter(NamedTuple):
    """Conditions that an entry must meet; a field that is left at its default is none.

    `about` are ids: the entry is about one of them, or by it. `text` must stand in what a person
    sees of the entry; `secrets` are the hashes of those secrets' names that have the text in them.
    The time is `since` or later, and before `until`, both in milliseconds since 1970 UTC.
    """

    project_id: str | None = None
    about: Sequence[str] | None = None
    text: str = ""
    secrets: Sequence[str] = ()
    event: str | None = None
    is_denied: bool = False
    since: int | None = None
    until: int | None = None


ALL = EntryFilter()


def where(wanted: EntryFilter) -> tuple[str, dict[str, Any]]:
    """The WHERE clause that lets these entries through, and its values."""
    conditions = list(_conditions(wanted))
    values = wanted._asdict() | {
        "about": json.dumps(wanted.about),
        "secrets": json.dumps(wanted.secrets),
        "like": containing(wanted.text),
        "marked": containing(wanted.text[1:].lstrip())[1:],
        "like_in_json": containing(_in_json(wanted.text)),
    }
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values


def created_tokens(name: str) -> str:
    """The query for the ids of all tokens ever made whose name meets a condition, as `= :name`."""
    return f"SELECT target {_CREATED} AND {_NAME} {name}"


def names(ids: str) -> str:
    """The query for the ids and names of all tokens ever made whose id meets a condition."""
    return f"SELECT target, {_NAME} {_CREATED} AND target {ids}"


def _conditions(wanted: EntryFilter) -> Iterable[str]:
    if wanted.project_id is not None:
        # The + keeps the index out: with further conditions it is faster to read all in order.
        yield f"{'' if wanted == EntryFilter(wanted.project_id) else '+'}project_id = :project_id"
    if wanted.about is not None:
        yield (
            "(target IN (SELECT value FROM json_each(:about)) "
            "OR actor IN (SELECT value FROM json_each(:about)))"
        )
    if wanted.event is not None:
        yield "event = :event"
    if wanted.is_denied:
        yield "verdict = 'denied'"
    if wanted.since is not None:
        yield "time >= :since"
    if wanted.until is not None:
        yield "time < :until"
    if wanted.text:
        yield f"({' OR '.join(_text_conditions(wanted))})"


def _text_conditions(wanted: EntryFilter) -> Iterable[str]:
    fits = "LIKE :like ESCAPE '\\'"
    for shown in _SHOWN:
        yield f"{shown} {fits}"
    if verdict := _MARKS.get(wanted.text[:1]):
        yield f"verdict = '{verdict}' AND coalesce(reason, '') LIKE :marked ESCAPE '\\'"
    yield f"details {fits}"
    in_json = "details LIKE :like_in_json ESCAPE '\\'"
    if _in_json(wanted.text) != wanted.text:
        yield in_json
    yield f"actor IN ({created_tokens(fits)} AND {in_json})"
    if wanted.secrets:
        key = f"substr(details, instr(details, '{_BEFORE_HASH}') + {len(_BEFORE_HASH)}, 64)"
        yield f"{key} IN (SELECT value FROM json_each(:secrets))"
    if _LIKE_A_TIME.fullmatch(wanted.text):
        yield f"{_TIME} {fits}"


def _in_json(text: str) -> str:
    """The text as it stands in an entry's details."""
    return json.dumps(text)[1:-1]
