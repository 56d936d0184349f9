"""From an HTTP request to its response: who asks, the body, a job for the group commit, JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from st_tui.api import bodies, problems
from st_tui.api.authentication import caller_of
from st_tui.api.client_address import counted_for
from st_tui.api.http_job import HttpJob
from st_tui.api.json_responses import as_json, as_refused
from st_tui.api.operations import Operation
from st_tui.api.problems import Problem
from st_tui.core.errors import StoreError
from st_tui.core.model import IpRange
from st_tui.core.vault.holders.gateway import Gateway
from st_tui.core.vault.holders.group_commit import GroupCommit, Unrecorded
from st_tui.core.vault.holders.holder import Caller


class RequestHandler:
    """Answers HTTP requests through one vault's gateway."""

    def __init__(
        self, gateway: Gateway, group_commit: GroupCommit, proxies: Collection[IpRange]
    ) -> None:
        self._gateway = gateway
        self._group_commit = group_commit
        self._proxies = proxies

    async def answer(self, operation: Operation, http: HttpRequest) -> Response:
        """The response, success or refusal."""
        headers: list[tuple[bytes, bytes]] = http.scope["headers"]
        caller, fault = caller_of(http, headers)
        # The connection keeps its last request's headers: not with the key in them.
        headers[:] = [header for header in headers if header[0] != b"authorization"]
        by_name = dict(headers)
        # Most requests have no body, and need not be counted for an address.
        body = bodies.Body(self._counted_for(caller) if bodies.has_body(by_name) else None)
        try:
            problem = await self._read_body(caller, http, by_name, body)
            job = HttpJob(operation, http, caller, fault, body, problem)
            answer = await self._group_commit.run(job)
        except (Unrecorded, StoreError):
            answer = problem = problems.unavailable()
        finally:
            body.release()
        # Encoded only now: it may be large, and other programs wait for a batch.
        response = as_refused(answer) if isinstance(answer, Problem) else as_json(200, answer)
        if problem is not None:
            # Nobody reads what may be left of the body.
            response.headers["Connection"] = "close"
        return response

    async def _read_body(
        self, caller: Caller, http: HttpRequest, headers: Mapping[bytes, bytes], body: bodies.Body
    ) -> Problem | None:
        """Read the body, if the token would be let in now. Returns why it was not read, or None.

        Raises StoreError.
        """
        if not bodies.has_body(headers):
            return None
        if self._gateway.expects(caller):
            return await bodies.read(http, headers, body)
        await bodies.drop(http)
        # For a token that is let in after all, since it was made or activated just now.
        return problems.unavailable()

    def _counted_for(self, caller: Caller) -> str | None:
        """The address that a body's bytes are counted for. Unreadable addresses count together."""
        return "" if caller.ip is None else counted_for(caller.ip, self._proxies)
