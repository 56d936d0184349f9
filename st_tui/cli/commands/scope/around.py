"""`scope around`: when and from where a token may do something, and the nearest allowed changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import open_vault, require_token
from st_tui.cli.options import (
    at_option,
    environment_option,
    ip_option,
    json_option,
    operation_option,
    token_argument,
    typed_path,
)
from st_tui.cli.output import say, say_json
from st_tui.core import access, drafts, expiry, wording
from st_tui.core.model import AccessRequest, Decision, Endpoint, Permission, ServiceToken
from st_tui.core.token_json import time_data

if TYPE_CHECKING:
    from st_tui.core.nearest import NearMiss


@click.command(cls=Command)
@token_argument
@environment_option
@click.option("--path", required=True, help="The folder to be reached.")
@operation_option
@click.option(
    "--endpoint",
    type=click.Choice([endpoint.value for endpoint in Endpoint]),
    default=Endpoint.E2EE.value,
    help="How the server is asked. Default: e2ee.",
)
@ip_option
@at_option
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
    from st_tui.core.addresses import parse_address
    from st_tui.core.nearest import nearest_misses
    from st_tui.core.nearest.wording import how_near, when_and_from_where

    folder = typed_path(drafts.request_path(path))
    address = None if ip is None else parse_address(ip)
    moment = None if at is None else expiry.parse_time(at)
    with open_vault(sweep=False) as vault:
        token = require_token(vault, token_id)
        project = vault.projects.of(token)
        drafts.check_environment(environment, vault.environments.every(project))
        folders = vault.folders.of_each(project)
        request = AccessRequest(
            environment,
            folder,
            Permission(operation),
            vault.now() if moment is None else moment,
            Endpoint(endpoint),
            e2ee=project.e2ee,
            ip=address,
        )
    decision = access.decide(token, request)
    misses = nearest_misses(token, request, folders)
    if as_json:
        say_json(_data(token, request, decision, misses))
        return 0 if decision.allowed else 1
    verdict = "ALLOWED" if decision.allowed else "DENIED"
    say(f"{verdict}  {wording.why(token, request, decision)}")
    say(when_and_from_where(token, request))
    for miss in misses:
        say(f"-> {how_near(miss)}")
    return 0 if decision.allowed else 1


def _data(
    token: ServiceToken, request: AccessRequest, decision: Decision, misses: Iterable[NearMiss]
) -> dict[str, Any]:
    from st_tui.core.addresses import interval_texts
    from st_tui.core.nearest.ranges import over_both, over_time

    ranges = over_both(token, request)
    possible = ranges.decision.allowed
    return {
        "allowed": decision.allowed,
        "reason": decision.reason,
        "scope": decision.scope,
        "possible": possible,
        "until": time_data(ranges.until if possible else None),
        "from": [text for interval in ranges.addresses for text in interval_texts(*interval)],
        "times": [
            {
                "from": time_data(span.first),
                "until": time_data(span.end),
                "allowed": span.decision.allowed,
                "reason": span.decision.reason,
            }
            for span in over_time(token, request)
        ],
        "nearest": [_miss_data(miss) for miss in misses],
    }


def _miss_data(miss: NearMiss) -> dict[str, Any]:
    from st_tui.core.addresses import address_text

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
        "ip": None if ip is None else address_text(ip),
        "isActive": token.is_active,
    }
