"""Lists of tokens: searched, sorted and counted by the listing, a narrow table made for that.

A trigger writes the listing's rows. They repeat what the tokens say, so they are right unless
somebody edited the file. Only `ends_at` is the listing's own: a rotation may let a token end before
its `expires_at`. See `store.schema`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from st_tui.core.model import NO_LIMITS, Limits, Order, Permission, ServiceToken
from st_tui.core.store.database import Database, Values, containing
from st_tui.core.store.token_rows import END, IS_REPLACED, LISTING, PERMISSIONS, select, token_of

# Each is an index of the listing, read one way or the other.
_ORDER_BY = {
    (Order.CREATED, False): "l.created_at DESC, l.token_id DESC",
    (Order.CREATED, True): "l.created_at, l.token_id",
    (Order.NAME, False): "l.name COLLATE NOCASE, l.token_id",
    (Order.NAME, True): "l.name COLLATE NOCASE DESC, l.token_id DESC",
    (Order.EXPIRES, False): "l.ends_at IS NULL, l.ends_at, l.token_id",
    (Order.EXPIRES, True): "l.ends_at IS NULL DESC, l.ends_at DESC, l.token_id DESC",
}
_FAR = 1_000
"""So many tokens before a page are worth a count of all: it may be nearer from behind."""
_WITH_WRITE = ", ".join(
    f"'{text}'" for text, granted in PERMISSIONS.items() if Permission.WRITE in granted
)
_TEXT = (
    "t.name || coalesce((SELECT group_concat(char(10) || environment || ':' || secret_path, '') "
    "FROM (SELECT environment, secret_path FROM service_token_scope WHERE token_id = t.id "
    "ORDER BY position)), '')"
)
_TOKENS_THEMSELVES = (
    "(SELECT t.id AS token_id, t.project_id, t.name, t.created_at, "
    f"{END} AS ends_at, {_TEXT} AS text "
    f"FROM service_token t LEFT JOIN {LISTING} l ON l.token_id = t.id)"
)
"""A subquery with the listing's columns, worked out from the tokens: right in every file."""


def true_listing(database: Database, text: str = "") -> str:
    """The table to list tokens by: the listing if it is right, else a slower subquery.

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


def page(
    database: Database,
    project_id: str,
    *,
    text: str = "",
    limits: Limits = NO_LIMITS,
    order: Order = Order.CREATED,
    backwards: bool = False,
    limit: int = -1,
    offset: int = 0,
) -> list[ServiceToken]:
    """Some of a project's tokens, in this order: those with the text in their name or a scope."""
    where, values = _filter(project_id, text, limits)
    from_behind = None
    if offset >= _FAR and limit > 0 and not text and limits == NO_LIMITS:
        from_behind = _from_behind(database, project_id, limit, offset)
    if from_behind is not None:
        backwards = not backwards
        limit, offset = from_behind
    order_by = _ORDER_BY[order, backwards]
    listing = true_listing(database, text)
    rows = database.rows(
        f"{select(listing)} WHERE t.id IN (SELECT token_id FROM {listing} l {where} "
        f"ORDER BY {order_by} LIMIT :limit OFFSET :offset) ORDER BY {order_by}",
        {**values, "limit": limit, "offset": offset},
    )
    found = [token_of(row) for row in rows]
    return found if from_behind is None else found[::-1]


def _from_behind(
    database: Database, project_id: str, limit: int, offset: int
) -> tuple[int, int] | None:
    """How many tokens of a page there are, and how many stand behind it; None if those are more.

    SQLite steps over all that stands before a page. In the other order that is what stands behind.
    """
    everything = count(database, project_id)
    there = max(min(limit, everything - offset), 0)
    behind = max(everything - offset - there, 0)
    return (there, behind) if behind < offset else None


def newest_ids(database: Database, project_id: str) -> Iterator[str]:
    """The ids of all of a project's tokens, the newest first."""
    where, values = _filter(project_id, "", NO_LIMITS)
    order_by = _ORDER_BY[Order.CREATED, False]
    query = f"SELECT l.token_id FROM {true_listing(database)} l {where} ORDER BY {order_by}"
    return (str(token_id) for (token_id,) in database.rows(query, values))


def those(database: Database, wanted: Sequence[str]) -> list[ServiceToken]:
    """The tokens with these ids, in their order. Those that are gone are left out."""
    rows = database.rows(
        f"{select(true_listing(database))} WHERE t.id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(wanted)},
    )
    found = {token.id: token for token in map(token_of, rows)}
    return [found[token_id] for token_id in wanted if token_id in found]


def writers(database: Database, project_id: str) -> dict[str, int]:
    """How many of a project's tokens may write to each environment that one of them names."""
    rows = database.rows(
        "SELECT s.environment, count(DISTINCT t.id) FROM service_token t "
        "JOIN service_token_scope s ON s.token_id = t.id "
        f"WHERE t.project_id = :project AND t.permissions IN ({_WITH_WRITE}) GROUP BY 1",
        {"project": project_id},
    )
    return dict(rows)


def position(
    database: Database,
    project_id: str,
    token_id: str,
    *,
    text: str = "",
    limits: Limits = NO_LIMITS,
    order: Order = Order.CREATED,
    backwards: bool = False,
) -> int | None:
    """Where in such a list a token stands, from 0; None if it is not in it."""
    where, values = _filter(project_id, text, limits)
    row = database.row(
        "SELECT position FROM (SELECT l.token_id, "
        f"row_number() OVER (ORDER BY {_ORDER_BY[order, backwards]}) - 1 AS position "
        f"FROM {true_listing(database, text)} l {where}) AS listed WHERE token_id = :id",
        {**values, "id": token_id},
    )
    return None if row is None else int(row[0])


def count(database: Database, project_id: str, text: str = "", limits: Limits = NO_LIMITS) -> int:
    """How many of a project's tokens have the text in their name or in a scope."""

    def counted() -> int:
        where, values = _filter(project_id, text, limits)
        [(number,)] = database.rows(
            f"SELECT count(*) FROM {true_listing(database, text)} l {where}", values
        )
        return int(number)

    if text or limits != NO_LIMITS:
        return counted()
    return database.cached(f"how many tokens has {project_id}", counted)


def ids(
    database: Database, project_id: str, text: str = "", limits: Limits = NO_LIMITS, limit: int = -1
) -> list[str]:
    """The ids of such tokens, at most `limit` of them, in no order."""
    where, values = _filter(project_id, text, limits)
    rows = database.rows(
        f"SELECT l.token_id FROM {true_listing(database, text)} l {where} LIMIT :limit",
        {**values, "limit": limit},
    )
    return [token_id for (token_id,) in rows]


_NAMING_ENVIRONMENT = (
    "WHERE l.project_id = :project AND EXISTS (SELECT 1 FROM service_token_scope "
    "WHERE environment = :environment AND token_id = l.token_id) "
)


def naming_environment(
    database: Database, project_id: str, slug: str, limit: int = -1
) -> list[ServiceToken]:
    """A project's tokens with a scope in this environment, the newest first."""
    newest_first = f"ORDER BY {_ORDER_BY[Order.CREATED, False]}"
    listing = true_listing(database)
    rows = database.rows(
        f"{select(listing)} WHERE t.id IN (SELECT token_id FROM {listing} l "
        f"{_NAMING_ENVIRONMENT} {newest_first} LIMIT :limit) {newest_first}",
        {"project": project_id, "environment": slug, "limit": limit},
    )
    return [token_of(row) for row in rows]


def count_naming_environment(database: Database, project_id: str, slug: str) -> int:
    """How many of a project's tokens have a scope in this environment."""
    [(number,)] = database.rows(
        f"SELECT count(*) FROM {true_listing(database)} l {_NAMING_ENVIRONMENT}",
        {"project": project_id, "environment": slug},
    )
    return int(number)


def written_environments(database: Database, project_id: str, besides: str = "") -> set[str]:
    """The slugs of a project's environments that some token, besides one, may write to."""
    rows = database.rows(
        "SELECT slug FROM environment e WHERE project_id = :project AND EXISTS ("
        "SELECT 1 FROM service_token_scope s JOIN service_token t ON t.id = s.token_id "
        "WHERE s.environment = e.slug AND t.project_id = :project "
        f"AND t.id <> :besides AND t.permissions IN ({_WITH_WRITE}))",
        {"project": project_id, "besides": besides},
    )
    return {slug for (slug,) in rows}


def names(database: Database, project_id: str) -> Iterator[str]:
    """The names of a project's tokens, one for each token, each read when it is asked for.

    Of several tokens with one name, those that a rotation replaced are left out.
    """
    whose = {"project": project_id}
    replaced = database.rows(
        "SELECT t.id FROM service_token t WHERE t.project_id = :project AND t.name IN ("
        "SELECT name FROM service_token WHERE project_id = :project "
        f"GROUP BY name HAVING count(*) > 1) AND {IS_REPLACED}",
        whose,
    )
    left_out = {token_id for (token_id,) in replaced}
    every = database.rows("SELECT id, name FROM service_token WHERE project_id = :project", whose)
    return (str(name) for token_id, name in every if token_id not in left_out)


def _filter(project_id: str, text: str, limits: Limits) -> tuple[str, Values]:
    values: dict[str, Any] = {"project": project_id}
    # The plus keeps the indexes out: reading the narrow table once, in the order it lies in, is
    # seven times faster than jumping into it from an index for every token. With a few ids, each is
    # looked up instead.
    apart = "+" if text or limits.among is not None else ""
    where = f"WHERE {apart}l.project_id = :project"
    if text:
        where += " AND l.text LIKE :like ESCAPE '\\'"
        values["like"] = containing(text)
    if limits.ends_by is not None:
        where += " AND l.ends_at <= :ends_by"
        values["ends_by"] = limits.ends_by
    if limits.unused_since is not None:
        where += (
            " AND l.created_at < :unused_since AND NOT EXISTS (SELECT 1 FROM service_token_use "
            "WHERE token_id = l.token_id AND last_used >= :unused_since)"
        )
        values["unused_since"] = limits.unused_since
    if limits.among is not None:
        where += " AND l.token_id IN (SELECT value FROM json_each(:among))"
        values["among"] = json.dumps(list(limits.among))
    return where, values
