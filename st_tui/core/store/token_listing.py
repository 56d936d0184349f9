"""The narrow table that tokens are listed, searched and ordered by, and whether it is true.

A trigger fills it. It may hold an end of its own, which a rotation brought forward.
"""

from __future__ import annotations

import sqlite3

from st_tui.core.store.connection import asked_once

LISTING = "service_token_listing"
_TEXT = (
    "t.name || coalesce((SELECT group_concat(char(10) || environment || ':' || secret_path, '') "
    "FROM (SELECT environment, secret_path FROM service_token_scope WHERE token_id = t.id "
    "ORDER BY position)), '')"
)
END = "min(coalesce(t.expires_at, l.ends_at), coalesce(l.ends_at, t.expires_at))"
"""When a token `t` with the row `l` in the listing ends: the earlier of the two."""
_TOKENS_THEMSELVES = (
    "(SELECT t.id AS token_id, t.project_id, t.name, t.created_at, "
    f"{END} AS ends_at, {_TEXT} AS text "
    f"FROM service_token t LEFT JOIN {LISTING} l ON l.token_id = t.id)"
)
"""What the listing would be if nobody had written to it: for a file in which somebody has."""


def true_listing(database: sqlite3.Connection, text: str = "") -> str:
    """What to list tokens by: the listing where it says what they say, else they themselves.

    With `text` also what is searched must be so. Only somebody who edited the file makes it differ.
    """
    question = "is the listing's text true" if text else "is the listing true"
    true = asked_once(database, question, lambda: _is_true(database, text))
    return LISTING if true else _TOKENS_THEMSELVES


def _is_true(database: sqlite3.Connection, text: str) -> bool:
    if misstated(database, with_text=bool(text)) is not None:
        return False
    row = database.execute(
        f"SELECT (SELECT count(*) FROM service_token) = (SELECT count(*) FROM {LISTING})"
    ).fetchone()
    return bool(row[0])


def misstated(database: sqlite3.Connection, *, with_text: bool = True) -> str | None:
    """The name of a token that the listing leaves out, or of which it says something else."""
    # Of a token with no row in the listing each side is NULL.
    differs = (
        "(l.project_id, l.name, l.created_at) IS NOT (t.project_id, t.name, t.created_at) "
        # A rotation brings an end forward, or gives one.
        "OR (l.ends_at IS NULL AND t.expires_at IS NOT NULL) OR l.ends_at > t.expires_at"
    )
    if with_text:
        differs += f" OR l.text IS NOT {_TEXT}"
    row = database.execute(
        f"SELECT t.name FROM service_token t LEFT JOIN {LISTING} l ON l.token_id = t.id "
        f"WHERE {differs} LIMIT 1"
    ).fetchone()
    return None if row is None else str(row[0])
