"""`audit`: list the audit log, and verify its chain of hashes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from st_tui.cli.command import BadUsage, Group, NotFound, remark
from st_tui.cli.json_shapes import audit_data
from st_tui.cli.open_vault import open_vault, project_in, stated_project
from st_tui.cli.options import json_option
from st_tui.cli.output import say, say_json, say_table
from st_tui.core import expiry
from st_tui.core.errors import Refusal
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.model import AuditEntry, Project
    from st_tui.core.vault import Vault


_MOST = 999_999_999
"""The largest --limit. SQLite's integers have 64 bits, Python's any number."""


@click.group(cls=Group)
def audit() -> None:
    """Read and verify the audit log."""


@audit.command("list")
@click.option(
    "--token",
    metavar="NAME-or-ID",
    help="Only those by or about this token, which may be gone; a name stands for every token "
    "that had it.",
)
@click.option("--event", metavar="EVENT", help="Only this event, as get-secrets.")
@click.option("--denied", is_flag=True, help="Only accesses that were denied.")
@click.option(
    "--since",
    metavar="TIME",
    help="Only those from then on: 2027-01-31, 2027-01-31T18:00:00Z, or how long ago, as 7d.",
)
@click.option("--until", metavar="TIME", help="Only those before then, written likewise.")
@click.option("--limit", type=click.IntRange(1, _MOST), help="Only so many, the newest.")
@json_option
def list_entries(
    token: str | None,
    event: str | None,
    denied: bool,
    since: str | None,
    until: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List the entries, the newest first: of all projects, or of the one that --project names.

    The log holds the ids of tokens and hashes of the names of secrets. The table shows their names
    too, those of secrets while they exist; --json adds the names of tokens.
    """
    with open_vault(sweep=False) as vault:
        project = None if stated_project() is None else project_in(vault)
        first, end = _times(since, until, vault.now())
        entries = vault.audit.page(
            project=project,
            about=None if token is None else _tokens(vault, token, project),
            event=event,
            is_denied=denied,
            since=first,
            until=end,
            limit=-1 if limit is None else limit,
        )
        if event is not None and not entries and event not in (known := vault.audit.events()):
            remark(f"No entry has the event {event[:60]!r}. The log has: {', '.join(known)}.")
        names = vault.audit.token_names({entry.actor for entry in entries})
        details = [] if as_json else _details(vault, entries)
    if as_json:
        named = [(entry, names.get(entry.actor, entry.actor)) for entry in entries]
        say_json({"auditLogs": [audit_data(entry) | {"actorName": n} for entry, n in named]})
        return
    say_table(
        ("SEQ", "TIME", "ACTOR", "EVENT", "REASON", "TARGET", "PLACE", "DETAILS"),
        [
            (
                str(entry.seq),
                expiry.in_utc(entry.time),
                f"{names[entry.actor]} ({entry.actor})" if entry.actor in names else entry.actor,
                entry.event,
                entry.reason or "",
                entry.target or "",
                f"{entry.environment or ''} {entry.path or ''}".strip(),
                said,
            )
            for entry, said in zip(entries, details, strict=True)
        ],
    )


@audit.command("verify")
@json_option
def verify(as_json: bool) -> int:
    """Check that each entry follows from the one before it."""
    with open_vault(sweep=False) as vault:
        broken = vault.audit.first_broken()
        count = vault.audit.count()
    if as_json:
        say_json({"intact": broken is None, "brokenAt": broken})
    elif broken is None:
        say(f"The audit log is intact: {counted(count, 'entry', 'entries')}.")
    else:
        say(f"The audit log is broken at entry {broken}: it or an entry before it was changed.")
    return 0 if broken is None else 1


def _times(since: str | None, until: str | None, now: int) -> tuple[int | None, int | None]:
    """The times of --since and --until, in milliseconds. Raises BadUsage and ExpiryError."""
    first = None if since is None else expiry.parse_past(since, now)
    end = None if until is None else expiry.parse_past(until, now)
    if first is not None and end is not None and first >= end:
        raise BadUsage("--since is not before --until: swap them, or leave one out.")
    return first, end


def _tokens(vault: Vault, wanted: str, project: Project | None) -> list[str]:
    """The ids of the tokens that an id or a name stands for, deleted ones too. Raises NotFound.

    A name stands for every token that ever had it. After a rotation two tokens have it, and the
    question is about both.
    """
    if vault.audit.token_name(wanted) is not None:
        return [wanted]
    ids = vault.audit.tokens_named(wanted, project)
    if not ids:
        # Somebody may have given a token's whole text. What follows the id in it is secret.
        said = ".".join(wanted.split(".")[:2])[:60]
        raise NotFound(
            f"The log knows no token of the name or id {said!r}: `audit list` shows all."
        )
    if len(ids) > 1:
        remark(f"{len(ids)} tokens had the name {wanted!r}: {', '.join(ids)}. All are listed.")
    return ids


def _details(vault: Vault, entries: list[AuditEntry]) -> list[str]:
    every = [entry.details for entry in entries]
    if not any("secretKey" in details for details in every):
        return every
    from st_tui.core.vault.secret_names import with_names

    names: dict[str, str] = {}
    # Without the keys the log shows hashes in place of names.
    with suppress(Refusal):
        for project in vault.projects.every():
            names |= vault.secrets.names_by_hash(project)
    return [with_names(details, names) for details in every]
