"""`service-token`: list, show, inspect and delete tokens, and switch what V3 lets be switched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from st_tui.cli.command import (
    Group,
    find_token,
    json_option,
    open_vault,
    project_in,
    require_project,
    token_argument,
    yes_option,
)
from st_tui.cli.commands.service_token.new_token import clone, create, rotate
from st_tui.cli.output import (
    access_text,
    say,
    say_fields,
    say_json,
    say_table,
    status,
    token_data,
    token_fields,
    token_name,
)
from st_tui.cli.secret_input import confirm, read_token
from st_tui.core import expiry
from st_tui.core.expiry import in_utc
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.model import ServiceToken
    from st_tui.core.vault.lineage import Relative


@click.group("service-token", cls=Group)
def service_token() -> None:
    """Create, list, clone, rotate and delete service tokens."""


for _command in (create, clone, rotate):
    service_token.add_command(_command)


@service_token.command("list")
@click.option(
    "--expiring-within", metavar="DURATION", help="Only those that end within this time, as in 7d."
)
@json_option
def list_tokens(expiring_within: str | None, as_json: bool) -> None:
    """List the project's tokens: the newest first, or those that expire soon, the soonest first."""
    from st_tui.core.model import Order

    within = None if expiring_within is None else expiry.parse_duration(expiring_within)
    with open_vault() as vault:
        project, now = project_in(vault), vault.now()
        environments = vault.environments.every(project)
        order = Order.CREATED if within is None else Order.EXPIRES
        tokens = vault.tokens.page(project, order=order)
    if within is not None:
        last = now + within
        tokens = [t for t in tokens if t.expires_at is not None and t.expires_at <= last]
    if as_json:
        say_json({"serviceTokenData": [token_data(token) for token in tokens]})
        return
    say_table(
        ("ID", "NAME", "VERSION", "ACCESS", "EXPIRES", "STATUS", "SCOPES"),
        [
            (
                token.id,
                token_name(token),
                f"V{token.version}",
                access_text(token),
                expiry.end_text(token.expires_at, now),
                status(token, environments, now),
                ", ".join(map(str, token.scopes)),
            )
            for token in tokens
        ],
    )


@service_token.command()
@token_argument
@json_option
def show(token_id: str, as_json: bool) -> None:
    """Show all that is known of a token."""
    with open_vault() as vault:
        token = find_token(vault, token_id)
        environments = vault.environments.every(vault.projects.of(token))
        related, now = vault.tokens.lineage(token), vault.now()
    if as_json:
        say_json({"serviceTokenData": token_data(token)})
    else:
        fields = token_fields(token, environments, now)
        if related.predecessor:
            fields.append(("Replaces", _relative(related.predecessor)))
        fields += [("Replaced by", _relative(after)) for after in related.successors]
        say_fields(fields)


@service_token.command()
@click.argument("text", metavar="-")
@json_option
def inspect(text: str, as_json: bool) -> int:
    """Read a token's text from stdin; say which token it is, and whether its secret is right."""
    from st_tui.core.vault import ended_at

    parsed = read_token(text)
    with open_vault(sweep=False) as vault:
        known, now = vault.tokens.lookup(parsed.id), vault.now()
        token, environments = known.token, []
        # Nothing is left of a swept token's secret to compare with.
        matches = None if known.tombstone else vault.tokens.authenticate(parsed).token is not None
        if token is not None:
            require_project(vault, token)
            environments = vault.environments.every(vault.projects.of(token))
    if as_json:
        state = "expired" if known.tombstone else "unknown"
        data = None
        if token is not None:
            state, data = status(token, environments, now), token_data(token)
        say_json({"serviceTokenData": data, "status": state, "secretMatches": matches})
    elif token is not None:
        verdict = "matches" if matches else "does not match: this is not the token's text"
        say_fields([*token_fields(token, environments, now), ("Secret", verdict)])
    elif known.tombstone is not None:
        say(f"That token expired at {expiry.iso(ended_at(known.tombstone))} and was deleted.")
    else:
        say(f"The vault knows no token {parsed.id}.")
    return 0 if matches else 1


@service_token.command()
@click.argument("token_ids", metavar="ID...", nargs=-1, required=True)
@yes_option
def delete(token_ids: tuple[str, ...], yes: bool) -> int:
    """Revoke tokens at once: all that are named, or none if one is not there."""
    with open_vault() as vault:
        tokens = [find_token(vault, token_id) for token_id in dict.fromkeys(token_ids)]
        names = ", ".join(map(token_name, tokens))
        question = f"Delete {counted(len(tokens), 'service token')}: {names}?"
        if not confirm(question, yes=yes, about=map(_described, tokens)):
            return 1
        vault.tokens.revoke(tokens)
    say(f"Deleted {counted(len(tokens), 'service token')}: {names}.")
    return 0


@service_token.command()
@token_argument
def activate(token_id: str) -> None:
    """Switch a V3 token on."""
    _set_active(token_id, active=True)


@service_token.command()
@token_argument
def deactivate(token_id: str) -> None:
    """Switch a V3 token off."""
    _set_active(token_id, active=False)


@service_token.command()
@token_argument
@click.option(
    "--trusted-ip",
    "ips",
    required=True,
    multiple=True,
    metavar="CIDR",
    help="An address or block that may use the token; repeatable.",
)
def trust(token_id: str, ips: tuple[str, ...]) -> None:
    """Replace the trusted IPs of a V3 token."""
    from st_tui.core.addresses import parse_ranges

    ranges = parse_ranges(ips)
    with open_vault() as vault:
        token = vault.tokens.set_trusted_ips(find_token(vault, token_id), ranges)
    say(f"{token.name} trusts {', '.join(block.text for block in ranges)}.")


def _described(token: ServiceToken) -> str:
    """What tells a token from others, for the question before it goes."""
    used = "never used" if token.last_used is None else f"last used {in_utc(token.last_used)}"
    return f"{token_name(token)}  {token.id}  created {in_utc(token.created_at)}  {used}"


def _relative(relative: Relative) -> str:
    return f"{relative.name}  {relative.id}  {relative.state(in_utc)}"


def _set_active(token_id: str, *, active: bool) -> None:
    with open_vault() as vault:
        token = vault.tokens.set_active(find_token(vault, token_id), active)
    say(f"{token.name} is {'active' if active else 'inactive'}.")
