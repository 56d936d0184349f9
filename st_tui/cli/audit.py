"""`audit`: read the log of changes, and prove that nobody changed it."""

from __future__ import annotations

import click

from st_tui.cli.commands import Group, json_option, open_vault, project_in, stated_project
from st_tui.cli.output import audit_data, say, say_json, say_table
from st_tui.core import expiry


@click.group(cls=Group)
def audit() -> None:
    """Read and verify the audit log."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many, the newest.")
@json_option
def list_entries(limit: int | None, as_json: bool) -> None:
    """List the entries, the newest first: of all projects, or of the one that --project names."""
    with open_vault(sweep=False) as vault:
        project = None if stated_project() is None else project_in(vault)
        entries = vault.audit.page(project=project, limit=-1 if limit is None else limit)
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
                entry.details,
            )
            for entry in entries
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
        say(f"The audit log is intact: {count} entries.")
    else:
        say(f"The audit log is broken at entry {broken}: it or an entry before it was changed.")
    return 0 if broken is None else 1
