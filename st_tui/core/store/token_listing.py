"""The listing: one narrow table that tokens are searched and sorted by.

Its rows repeat what the tokens say, and a trigger writes them, so they can be trusted unless
somebody edited the file. Only `ends_at` is the listing's own: where a rotation lets a token end
before its `expires_at`. See `store.schema`.
"""

from __future__ import annotations

from st_tui.core.store.database import Database

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
"""A subquery with the listing's columns, worked out from the tokens: it is right in every file."""


def true_listing(database: Database, text: str = "") -> str:
    """The table to list tokens by: the listing if it is right, else a slower subquery that is.

    The column `text` is compared too only where a `text` is searched for.
    """
    question = "is the listing's text true" if text else "is the listing true"
    is_true = database.cached(question, lambda: _is_true(database, with_text=bool(text)))
    return LISTING if is_true else _TOKENS_THEMSELVES


def _is_true(database: Database, *, with_text: bool) -> bool:
    if misstated(database, with_text=with_text) is not None:
        return False
    [(equally_many,)] = database.rows(
        f"SELECT (SELECT count(*) FROM service_token) = (SELECT count(*) FROM {LISTING})"
    )
    return bool(equally_many)


def misstated(database: Database, *, with_text: bool = True) -> str | None:
    """The name of a token that the listing leaves out or is wrong about; None if there is none."""
    # Of a token with no row in the listing each side is NULL.
    differs = (
        "(l.project_id, l.name, l.created_at) IS NOT (t.project_id, t.name, t.created_at) "
        # A rotation brings an end forward, or gives one.
        "OR (l.ends_at IS NULL AND t.expires_at IS NOT NULL) OR l.ends_at > t.expires_at"
    )
    if with_text:
        differs += f" OR l.text IS NOT {_TEXT}"
    row = database.row(
        f"SELECT t.name FROM service_token t LEFT JOIN {LISTING} l ON l.token_id = t.id "
        f"WHERE {differs} LIMIT 1"
    )
    return None if row is None else str(row[0])
