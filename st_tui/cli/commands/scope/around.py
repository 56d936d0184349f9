"""`scope around` and `scope matrix`: what lies beyond one verdict, and all verdicts at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import (
    Command,
    asked_token,
    json_option,
    open_vault,
    project_in,
    token_argument,
    typed_path,
)
from st_tui.cli.output import say, say_json, say_table, token_name
from st_tui.core import access, drafts, expiry, wording
from st_tui.core.errors import Refusal
from st_tui.core.model import AccessRequest, Endpoint, Permission

if TYPE_CHECKING:
    from st_tui.core.nearest import Miss

_environment = click.option(
    "--env", "environment", required=True, metavar="SLUG", help="The environment."
)


@click.command(cls=Command)
@token_argument
@_environment
@click.option("--path", required=True, help="The folder to be reached.")
@click.option(
    "--operation",
    required=True,
    type=click.Choice([permission.value for permission in Permission]),
    help="What is to be done there.",
)
@click.option(
    "--endpoint",
    type=click.Choice([endpoint.value for endpoint in Endpoint]),
    default=Endpoint.E2EE.value,
    help="How the server is asked. Default: e2ee.",
)
@click.option("--ip", metavar="ADDR", help="The caller's address. Default: from anywhere.")
@click.option("--at", metavar="ISO", help="The moment to judge for. Default: now.")
@json_option
def around(
    token_id: str,
    environment: str,
    path: str,
    operation: str,
    endpoint: str,
    ip: str | None,
    at: str | None,
    as_json: bool,
) -> int:
    """Say when and from where a token may do something, and what would be allowed instead.

    Exit status 0 if it is allowed, else 1.
    """
    from st_tui.core.addresses import interval_texts, parse_address
    from st_tui.core.nearest import nearest
    from st_tui.core.nearest.ranges import over_both, over_time
    from st_tui.core.nearest.wording import how_near, when_and_whence

    place = typed_path(drafts.request_path(path))
    address = None if ip is None else parse_address(ip)
    moment = None if at is None else expiry.parse_time(at)
    with open_vault(sweep=False) as vault:
        token = asked_token(vault, token_id)
        project = vault.projects.of(token)
        environments = vault.environments.every(project)
        drafts.check_environment(environment, environments)
        folders = vault.folders.of_each(project)
        request = AccessRequest(
            environment,
            place,
            Permission(operation),
            vault.now() if moment is None else moment,
            Endpoint(endpoint),
            e2ee=project.e2ee,
            ip=address,
        )
    decision = access.decide(token, request)
    misses = nearest(token, request, folders)
    ranges = over_both(token, request)
    if as_json:
        possible = ranges.decision.allowed
        end = ranges.until if possible else None
        say_json(
            {
                "allowed": decision.allowed,
                "reason": decision.reason,
                "scope": decision.scope,
                "possible": possible,
                "until": _time(end),
                "from": [
                    text for interval in ranges.addresses for text in interval_texts(*interval)
                ],
                "times": [
                    {
                        "from": _time(span.first),
                        "until": _time(span.end),
                        "allowed": span.decision.allowed,
                        "reason": span.decision.reason,
                    }
                    for span in over_time(token, request)
                ],
                "nearest": [_miss_data(miss) for miss in misses],
            }
        )
        return 0 if decision.allowed else 1
    verdict = "ALLOWED" if decision.allowed else "DENIED"
    say(f"{verdict}  {wording.why(token, request, decision)}")
    say(when_and_whence(token, request))
    for miss in misses:
        say(f"-> {how_near(miss)}")
    return 0 if decision.allowed else 1


@click.command(cls=Command)
@_environment
@json_option
def matrix(environment: str, as_json: bool) -> None:
    """Print what every token may do in every folder of an environment: R, W, or RW.

    The verdicts are for now, from anywhere, at an E2EE endpoint. Small letters: the scopes grant
    it, but the token has ended, is not activated, or works only from the addresses it trusts.
    """
    from st_tui.core.matrix import letters

    with open_vault(sweep=False) as vault:
        project = project_in(vault)
        drafts.check_environment(environment, vault.environments.every(project))
        folders = ["/", *vault.folders.every(project, environment)]
        tokens = vault.tokens.page(project)
        now = vault.now()
    if not tokens:
        raise Refusal("There is no token to look at: make one first.")

    def request(path: str, operation: Permission) -> AccessRequest:
        return AccessRequest(environment, path, operation, now, e2ee=project.e2ee)

    cells = [[letters(token, path, request) for path in folders] for token in tokens]
    if as_json:
        say_json(
            {
                "environment": environment,
                "folders": folders,
                "tokens": [
                    {
                        "id": token.id,
                        "name": token.name,
                        "access": [cell.strip(" ·") for cell in row],
                    }
                    for token, row in zip(tokens, cells, strict=True)
                ],
            }
        )
        return
    numbers = [str(number) for number in range(1, len(folders) + 1)]
    say_table(
        ("NAME", *numbers),
        [(token_name(token), *row) for token, row in zip(tokens, cells, strict=True)],
    )
    say()
    say_table(("COLUMN", "FOLDER"), zip(numbers, folders, strict=True))


def _time(moment: int | None) -> str | None:
    return None if moment is None else expiry.iso(moment)


def _miss_data(miss: Miss) -> dict[str, Any]:
    from st_tui.core.addresses import interval_texts

    token, request = miss.token, miss.request
    ip = request.ip
    return {
        "changes": [change.value for change in miss.changes],
        "environment": request.environment,
        "path": request.path,
        "pathExists": miss.exists,
        "operation": request.operation,
        "endpoint": request.endpoint,
        "at": expiry.iso(request.now),
        "ip": None if ip is None else interval_texts(ip, ip)[0].partition("/")[0],
        "isActive": token.is_active,
    }
