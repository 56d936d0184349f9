"""The audit log: append-only, each entry hashed together with the one before it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from st_tui.core.json_text import read_object
from st_tui.core.model import AuditEntry, Permission, Use
from st_tui.core.store.audit_filter import ALL, EntryFilter, created_tokens, detail, names, where
from st_tui.core.store.database import Database, Row

_COLUMNS = ", ".join(AuditEntry._fields)
_PLACEHOLDERS = ", ".join(f":{field}" for field in AuditEntry._fields)
_FIRST = "0" * 64
FORMAT_1 = (
    "seq", "time", "actor", "ip", "user_agent", "event", "project_id", "target", "environment",
    "path", "operation", "verdict", "reason", "details",
)  # fmt: skip
"""The fields that an entry's hash covers.

This format is released, so it never changes. A new column needs a format of its own, so that logs
written before go on verifying.
"""
ALSO = {Permission.READ: "alsoRead", Permission.WRITE: "alsoWritten"}
"""By permission, the name in an entry's details that lists further folders that were needed.

Each folder is `{"environment": …, "secretPath": …}`. A secret that was found through a link lies in
such a folder.
"""
_ENCODER = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))


class NewEntry(NamedTuple):
    """An entry to be written; `append` adds its number and its hash.

    `time` is in milliseconds since 1970 UTC. `event` is Infisical's name for what happened.
    `target` is the id of what was acted on. `details` has whatever else belongs to the entry.
    """

    time: int
    actor: str
    event: str
    project_id: str | None = None
    target: str | None = None
    environment: str | None = None
    path: str | None = None
    operation: str | None = None
    verdict: str | None = None
    reason: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    details: dict[str, Any] | None = None


def append(database: Database, entries: Iterable[NewEntry]) -> None:
    """Write entries at the end of the log, inside the caller's transaction."""
    seq, previous = last(database)
    rows = []
    for entry in entries:
        seq += 1
        fields = entry._asdict() | {"seq": seq, "details": _canonical(entry.details or {})}
        previous = fields["hash"] = entry_hash(previous, fields)
        rows.append(fields)
    database.execute_many(f"INSERT INTO audit_log ({_COLUMNS}) VALUES ({_PLACEHOLDERS})", rows)


def page(
    database: Database, wanted: EntryFilter = ALL, *, limit: int = -1, offset: int = 0
) -> list[AuditEntry]:
    """Some of the entries that the filter lets through, the newest first."""
    condition, values = where(wanted)
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM audit_log {condition} "
        "ORDER BY seq DESC LIMIT :limit OFFSET :offset",
        values | {"limit": limit, "offset": offset},
    )
    return [AuditEntry(*row) for row in rows]


def count(database: Database, wanted: EntryFilter = ALL) -> int:
    """How many entries the filter lets through."""
    condition, values = where(wanted)
    [(number,)] = database.rows(f"SELECT count(*) FROM audit_log {condition}", values)
    return int(number)


def numbers(database: Database, wanted: EntryFilter) -> list[int]:
    """The numbers of the entries that the filter lets through, the newest first."""
    condition, values = where(wanted)
    query = f"SELECT seq FROM audit_log {condition} ORDER BY seq DESC"
    return [seq for (seq,) in database.rows(query, values)]


def numbered(database: Database, seqs: Sequence[int]) -> list[AuditEntry]:
    """The entries with these numbers, the newest first."""
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM audit_log "
        "WHERE seq IN (SELECT value FROM json_each(:seqs)) ORDER BY seq DESC",
        {"seqs": json.dumps(seqs)},
    )
    return [AuditEntry(*row) for row in rows]


def events(database: Database) -> list[str]:
    """The events that the log has, each once."""
    rows = database.rows("SELECT DISTINCT event FROM audit_log ORDER BY event")
    return [event for (event,) in rows]


_OPERATIONS = ", ".join(f"'{operation}'" for operation in Permission)
_USE = (
    f"verdict = 'allowed' AND operation IN ({_OPERATIONS}) "
    "AND environment IS NOT NULL AND path IS NOT NULL"
)


def _all_uses(whose: str) -> str:
    """The query for what tokens were allowed: actor, environment, path, operation and time.

    `whose` is the condition on the entries. An entry that lists further folders (`ALSO`) is several
    rows: a secret found through a link counts for the folder it lies in, too.
    """
    also = (
        "SELECT actor, json_extract(value, '$.environment') AS environment, "
        f"json_extract(value, '$.secretPath') AS path, '{operation}' AS operation, time "
        f"FROM audit_log, json_each(details, '$.{name}') "
        f"WHERE {whose} AND verdict = 'allowed' AND instr(details, '\"also') "
        f"AND instr(details, '\"{name}\":[')"
        for operation, name in ALSO.items()
    )
    own = (
        f"SELECT actor, environment, path, operation, time FROM audit_log WHERE {whose} AND {_USE}"
    )
    return " UNION ALL ".join((own, *also))


def uses(database: Database, token_id: str) -> list[Use]:
    """What a token was allowed, each environment, path and operation once."""
    rows = database.rows(
        "SELECT environment, path, operation, count(*) "
        f"FROM ({_all_uses('actor = :token')}) AS used GROUP BY 1, 2, 3",
        {"token": token_id},
    )
    return [
        Use(environment, path, Permission(operation), times)
        for environment, path, operation, times in rows
    ]


def uses_of_all(database: Database, project_id: str) -> dict[str, list[Use]]:
    """What each token of a project was allowed, by its id; those allowed nothing are left out."""
    rows = database.rows(
        "SELECT actor, environment, path, operation, count(*) "
        f"FROM ({_all_uses('project_id = :project')}) AS used GROUP BY 1, 2, 3, 4",
        {"project": project_id},
    )
    return _by_actor(rows)


def _by_actor(rows: Iterable[Row]) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for actor, environment, path, operation, times in rows:
        found.setdefault(actor, []).append(Use(environment, path, Permission(operation), times))
    return found


def uses_of_some(database: Database, project_id: str, ids: Collection[str]) -> dict[str, list[Use]]:
    """What some tokens of a project were allowed, by their ids."""
    whose = "project_id = :project AND actor IN (SELECT value FROM json_each(:ids))"
    rows = database.rows(
        "SELECT actor, environment, path, operation, count(*) "
        f"FROM ({_all_uses(whose)}) AS used GROUP BY 1, 2, 3, 4",
        {"project": project_id, "ids": json.dumps(list(ids))},
    )
    return _by_actor(rows)


def changed_since(database: Database, project_id: str, seq: int) -> bool:
    """Whether anything but accesses was logged of a project after this entry."""
    query = "SELECT 1 FROM audit_log WHERE project_id = :project AND seq > :seq AND verdict IS NULL"
    return database.row(f"{query} LIMIT 1", {"project": project_id, "seq": seq}) is not None


def actors_since(database: Database, project_id: str, seq: int) -> list[str]:
    """Who did anything in a project after this entry."""
    query = "SELECT DISTINCT actor FROM audit_log WHERE project_id = :project AND seq > :seq"
    return [actor for (actor,) in database.rows(query, {"project": project_id, "seq": seq})]


def last_uses(database: Database, token_id: str) -> list[tuple[Use, int]]:
    """What a token was allowed, each environment, path and operation once, and when it last was."""
    rows = database.rows(
        "SELECT environment, path, operation, count(*), max(time) "
        f"FROM ({_all_uses('actor = :token')}) AS used GROUP BY 1, 2, 3",
        {"token": token_id},
    )
    return [
        (Use(environment, path, Permission(operation), times), last)
        for environment, path, operation, times, last in rows
    ]


def requests_over_time(
    database: Database, token_id: str, since: int, step: int
) -> list[tuple[int, int, int]]:
    """How many requests of a token were allowed and denied in each step of time since then.

    Steps are counted from 1970. Those without a request are left out.
    """
    rows = database.rows(
        "SELECT time / :step, count(*) FILTER (WHERE verdict = 'allowed'), "
        "count(*) FILTER (WHERE verdict = 'denied') FROM audit_log "
        "WHERE actor = :token AND time >= :since AND verdict IS NOT NULL GROUP BY 1",
        {"token": token_id, "since": since, "step": step},
    )
    return [(step_number, allowed, denied) for step_number, allowed, denied in rows]


class LogPosition(NamedTuple):
    """A position in the log: the number of an entry, and its hash.

    The hash tells whether a restore put another entry there.
    """

    seq: int
    hash: str


BEGINNING = LogPosition(0, _FIRST)
"""The position before the first entry."""


def last(database: Database) -> LogPosition:
    """The position of the newest entry."""
    row = database.row("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1")
    return BEGINNING if row is None else LogPosition(*row)


def has(database: Database, position: LogPosition) -> bool:
    """Whether the log still has this very entry at this position."""
    query = "SELECT 1 FROM audit_log WHERE seq = :seq AND hash = :hash"
    return database.row(query, position._asdict()) is not None


def token_names(database: Database, ids: Collection[str]) -> dict[str, str]:
    """The names that tokens were made with, by their ids; deleted tokens have them too."""
    query = names("IN (SELECT value FROM json_each(:ids))")
    rows = database.rows(query, {"ids": json.dumps(list(ids))})
    return {target: str(name) for target, name in rows if name is not None}


def tokens_named(database: Database, name: str, project_id: str | None) -> list[str]:
    """The ids of all tokens that were made with this name, the oldest first.

    Only those of one project, if it is given.
    """
    query = f"{created_tokens('= :name')} AND project_id = coalesce(:project, project_id)"
    rows = database.rows(f"{query} ORDER BY seq", {"name": name, "project": project_id})
    return [target for (target,) in rows]


def predecessor(database: Database, token_id: str) -> str | None:
    """The id of the token that this one was made to replace."""
    row = database.row(
        f"SELECT {detail('rotatedFrom')} FROM audit_log "
        "WHERE target = :token AND event = 'create-service-token'",
        {"token": token_id},
    )
    return None if row is None or row[0] is None else str(row[0])


def successors(database: Database, token_id: str) -> list[str]:
    """The ids of the tokens that were made to replace this one, the oldest first.

    A rotation writes two entries, one after the other: the new token is made, the old one ends.
    """
    rows = database.rows(
        "SELECT made.target FROM audit_log ended JOIN audit_log made ON made.seq = ended.seq - 1 "
        "WHERE ended.target = :token "
        "AND ended.event IN ('rotate-service-token', 'delete-service-token') "
        "AND made.event = 'create-service-token' "
        f"AND {detail('rotatedFrom', 'made')} = ended.target ORDER BY made.seq",
        {"token": token_id},
    )
    return [str(target) for (target,) in rows]


def deletion(database: Database, token_id: str) -> AuditEntry | None:
    """The entry of a token's deletion."""
    row = database.row(
        f"SELECT {_COLUMNS} FROM audit_log "
        "WHERE target = :token AND event = 'delete-service-token'",
        {"token": token_id},
    )
    return None if row is None else AuditEntry(*row)


def tombstone(database: Database, token_id: str) -> AuditEntry | None:
    """The entry of a token that was deleted because its end was reached."""
    row = database.row(
        f"SELECT {_COLUMNS} FROM audit_log WHERE target = :token "
        "AND event = 'delete-service-token' AND reason = 'expired'",
        {"token": token_id},
    )
    return None if row is None else AuditEntry(*row)


_OF_TOKENS = (
    "'create-service-token', 'update-service-token-v3', "
    "'rotate-service-token', 'delete-service-token'"
)


def of_tokens(database: Database) -> Iterator[tuple[str, str | None, str, dict[str, Any]]]:
    """Event, project, token and details of each entry about a token, the oldest first."""
    for event, project_id, target, details in database.rows(
        "SELECT event, project_id, target, details FROM audit_log "
        f"WHERE event IN ({_OF_TOKENS}) ORDER BY seq"
    ):
        yield event, project_id, str(target), read_object(details) or {}


def first_broken(database: Database) -> int | None:
    """The number of the first entry whose hash does not follow from the one before it, if any."""
    previous = _FIRST
    for expected, entry in enumerate(_entries(database), start=1):
        if entry.seq != expected or entry.hash != entry_hash(previous, entry._asdict()):
            return expected
        previous = entry.hash
    return None


def _entries(database: Database) -> Iterator[AuditEntry]:
    for row in database.rows(f"SELECT {_COLUMNS} FROM audit_log ORDER BY seq"):
        yield AuditEntry(*row)


def entry_hash(previous: str, fields: Mapping[str, Any]) -> str:
    """The hash of an entry: SHA-256 of the one before it and the canonical JSON of its fields.

    Fields that format 1 does not name are left out.
    """
    import hashlib  # here, because checking a token reads the log and hashes nothing

    covered = {name: fields[name] for name in FORMAT_1}
    return hashlib.sha256(f"{previous}{_canonical(covered)}".encode()).hexdigest()


def _canonical(fields: dict[str, Any]) -> str:
    return _ENCODER.encode(fields)
