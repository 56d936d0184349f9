"""`check`: may this token do that, why, and by which scope? It changes nothing.

`batch` judges a table of such questions.
"""

from __future__ import annotations

from typing import NamedTuple

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.open_vault import open_vault, require_project
from st_tui.cli.options import (
    at_option,
    ip_option,
    json_option,
    permission_type,
    trial_levels_option,
    typed_path,
    typed_scopes,
)
from st_tui.cli.output import say, say_json
from st_tui.core import access, drafts, expiry, wording
from st_tui.core.addresses import parse_address
from st_tui.core.model import (
    AccessRequest,
    Decision,
    Endpoint,
    Permission,
    ScopeVerdict,
    ServiceToken,
)
from st_tui.core.plain_text import refuse_controls


class _Judged(NamedTuple):
    """A decision and what explains it.

    `token` is None for an unknown or a swept token. `end` is the token's expiry, and is known of a
    swept one too.
    """

    decision: Decision
    request: AccessRequest
    token: ServiceToken | None
    end: int | None

    @property
    def verdicts(self) -> tuple[ScopeVerdict, ...]:
        """How each of the token's scopes fared."""
        return () if self.token is None else access.explain(self.token, self.request)


@click.command(cls=Command)
@click.option("--token", "text", metavar="-", help="A token's text, read from stdin.")
@click.option("--token-id", metavar="ID", help="A token in the vault.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="ENV:PATH",
    help="A scope to try without any vault; repeatable.",
)
@trial_levels_option
@click.option("--env", "environment", metavar="SLUG", help="The environment to be reached.")
@click.option("--path", help="The folder to be reached.")
@click.option("--operation", type=permission_type, help="What is to be done there.")
@click.option(
    "--endpoint",
    type=click.Choice([endpoint.value for endpoint in Endpoint]),
    help="How the server is asked. Default: e2ee.",
)
@click.option("--e2ee", is_flag=True, help="With --scope: as in a project whose E2EE is on.")
@ip_option
@at_option
@click.option(
    "--batch", metavar="FILE|-", help="Judge a table: JSON lines in, JSON lines out. Stands alone."
)
@json_option
def check(
    text: str | None,
    token_id: str | None,
    scopes: tuple[str, ...],
    levels: tuple[str, ...],
    environment: str | None,
    path: str | None,
    operation: str | None,
    endpoint: str | None,
    e2ee: bool,
    ip: str | None,
    at: str | None,
    batch: str | None,
    as_json: bool,
) -> int:
    """Say whether a token may do something, and why.

    Exit status 0 is allowed, 1 is denied. Give one of --token, --token-id, or --scope with
    --access-level.
    """
    subjects = [text is not None, token_id is not None, bool(scopes or levels)]
    if batch is not None:
        others = (environment, path, operation, endpoint, ip, at)
        if any(subjects) or e2ee or any(option is not None for option in others):
            raise BadUsage("--batch stands alone: each of its lines says what is to be judged.")
        from st_tui.cli.commands.check.batch import judge_file

        return judge_file(batch)
    if sum(subjects) != 1:
        raise BadUsage("Give exactly one of --token, --token-id, or --scope with --access-level.")
    request = _request(environment, path, operation, endpoint, ip, at)._replace(e2ee=e2ee)
    if text is None and token_id is None:
        judged = _judge_inline(scopes, levels, request)
    elif e2ee:
        raise BadUsage("--e2ee goes with --scope: a token's own project says whether it is on.")
    else:
        judged = _judge_known(text, token_id, request)
    if as_json:
        _say_json(judged)
    else:
        _say(judged)
    return 0 if judged.decision.allowed else 1


def _request(
    environment: str | None,
    path: str | None,
    operation: str | None,
    endpoint: str | None,
    ip: str | None,
    at: str | None,
) -> AccessRequest:
    """The access that the options describe. Raises BadUsage where one is missing."""
    if environment is None or path is None or operation is None:
        raise BadUsage("Give --env, --path and --operation: they say what is to be judged.")
    refuse_controls(environment, "environment")
    return AccessRequest(
        environment=environment,
        path=typed_path(drafts.request_path(path)),
        operation=Permission(operation),
        now=expiry.system_clock() if at is None else expiry.parse_time(at),
        endpoint=Endpoint.E2EE if endpoint is None else Endpoint(endpoint),
        ip=None if ip is None else parse_address(ip),
    )


def _judge_inline(
    scopes: tuple[str, ...], levels: tuple[str, ...], request: AccessRequest
) -> _Judged:
    if not scopes or not levels:
        raise BadUsage("--scope and --access-level go together: give both.")
    token = ServiceToken(
        id="",
        name="",
        scopes=typed_scopes(scopes),
        permissions=frozenset(map(Permission, levels)),
    )
    return _Judged(access.decide(token, request), request, token, None)


def _judge_known(text: str | None, token_id: str | None, request: AccessRequest) -> _Judged:
    from st_tui.core import vault as vaults

    parsed = None
    if text is not None:
        from st_tui.cli.secret_input import read_token

        parsed = read_token(text)
    with open_vault(sweep=False) as vault:
        if parsed is not None:
            known = vault.tokens.authenticate(parsed)
        else:
            known = vault.tokens.lookup(token_id or "")
        token, end = known.token, None
        if token is not None:
            require_project(vault, token)
            project = vault.projects.of(token)
            drafts.check_environment(request.environment, vault.environments.every(project))
            request, end = request._replace(e2ee=project.e2ee), token.expires_at
        elif known.tombstone is not None:
            end = vaults.ended_at(known.tombstone)
    return _Judged(vaults.check(known, request), request, token, end)


def _say_json(judged: _Judged) -> None:
    decision = judged.decision
    say_json(
        {
            "allowed": decision.allowed,
            "reason": decision.reason,
            "scope": decision.scope,
            "scopes": [
                {"matched": verdict.matched, "stoppedAt": verdict.stopped_at}
                for verdict in judged.verdicts
            ],
        }
    )


def _say(judged: _Judged) -> None:
    decision, request, verdicts = judged.decision, judged.request, judged.verdicts
    why = wording.why(judged.token, request, decision, judged.end)
    say(f"{'ALLOWED' if decision.allowed else 'DENIED'}  {why}")
    say(f"  {request.operation} {request.path} in {request.environment} ({request.endpoint})")
    width = max((len(str(verdict.scope)) for verdict in verdicts), default=0)
    for number, verdict in enumerate(verdicts, start=1):
        say(f"  {number}  {verdict.scope!s:{width}}  {wording.how_far(verdict, request.path)}")
