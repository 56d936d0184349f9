"""Which entries of the audit log somebody asks for: by whom, what, when, and by any text in them.

A text is looked for in what a person is shown of an entry, so in the names of tokens and secrets
too, for which the log has ids and hashes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


def detail(name: str, entry: str = "audit_log") -> str:
    """One of an entry's details; NULL too where somebody changed them so that they are no JSON."""
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
"""What stands for a verdict, before its reason."""
_TIME = "strftime('%Y-%m-%d %H:%M', time / 1000, 'unixepoch', 'localtime')"
_LIKE_A_TIME = re.compile(r"[\d:-][\d: -]*")


class Wanted(NamedTuple):
    """Which entries are wanted; what is left as it is here is not asked about.

    `about` are ids: entries about one of them, or by it. `secrets` are the hashes of the names that
    have the text in them. The times are from `since` on, and before `until`.
    """

    project_id: str | None = None
    about: Sequence[str] | None = None
    text: str = ""
    secrets: Sequence[str] = ()
    event: str | None = None
    is_denied: bool = False
    since: int | None = None
    until: int | None = None


ALL = Wanted()


def where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The WHERE of a query about these entries, and its values."""
    conditions = list(_conditions(wanted))
    values = wanted._asdict() | {
        "about": json.dumps(wanted.about),
        "secrets": json.dumps(wanted.secrets),
        "like": _like(wanted.text),
        "marked": _like(wanted.text[1:].lstrip())[1:],
        "like_in_json": _like(_in_json(wanted.text)),
    }
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values


def created_tokens(name: str) -> str:
    """The query for the ids of all tokens ever made whose name fits this condition."""
    return f"SELECT target {_CREATED} AND {_NAME} {name}"


def names(ids: str) -> str:
    """The query for the ids and names of the tokens ever made whose id fits this condition."""
    return f"SELECT target, {_NAME} {_CREATED} AND target {ids}"


def _conditions(wanted: Wanted) -> Iterable[str]:
    if wanted.project_id is not None:
        # Where each entry has to be looked at, reading all in their order is faster: hence the +.
        yield f"{'' if wanted == Wanted(wanted.project_id) else '+'}project_id = :project_id"
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
        yield f"({' OR '.join(_places_of_text(wanted))})"


def _places_of_text(wanted: Wanted) -> Iterable[str]:
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


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _in_json(text: str) -> str:
    """The text as it stands in an entry's details."""
    return json.dumps(text)[1:-1]
