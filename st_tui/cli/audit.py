"""`audit`: read the log of changes, and prove that nobody changed it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from st_tui.cli.commands import Group, json_option, open_vault, project_in, stated_project
from st_tui.cli.output import audit_data, say, say_json, say_table
from st_tui.core import expiry
from st_tui.core.errors import Refusal
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.model import AuditEntry
    from st_tui.core.vault import Vault


@click.group(cls=Group)
def audit() -> None:
    """Read and verify the audit log."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many, the newest.")
@json_option
def list_entries(limit: int | None, as_json: bool) -> None:
    """List the entries, the newest first: of all projects, or of the one that --project names.

    The log has the names of secrets as hashes only, and so has --json. The table names those that
    are still there.
    """
    with open_vault(sweep=False) as vault:
        project = None if stated_project() is None else project_in(vault)
        entries = vault.audit.page(project=project, limit=-1 if limit is None else limit)
        details = [] if as_json else _details(vault, entries)
    if as_json:
        say_json({"auditLogs": [audit_data(entry) for entry in entries]})
        return
    say_table(
        ("SEQ", "TIME", "ACTOR", "EVENT", "REASON", "TARGET", "PLACE", "DETAILS"),
        [
            (
                str(entry.seq),
                expiry.in_utc(entry.time),
                entry.actor,
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


def _details(vault: Vault, entries: list[AuditEntry]) -> list[str]:
    every = [entry.details for entry in entries]
    if not any("secretKey" in details for details in every):
        return every
    from st_tui.core.vault.secrets import with_names

    names: dict[str, str] = {}
    # The log can be read without the keys too.
    with suppress(Refusal):
        for project in vault.projects.every():
            names |= vault.secrets.names_by_hash(project)
    return [with_names(details, names) for details in every]
