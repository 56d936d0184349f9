"""Why a token may or may not read and write in a folder: what the matrix says of one cell."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from st_tui.core import access
from st_tui.core.model import AccessRequest, Decision, Permission, ScopeVerdict, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted, how_far, why


def cell_reason(token: ServiceToken, requests: list[AccessRequest], room: int) -> list[Content]:
    """The verdicts on requests for one folder, and how far it got in the scopes.

    There are as many lines as there is `room` for; of too many scopes, those that got nowhere are
    counted.
    """
    decisions = [access.decide(token, request) for request in requests]
    lines = list(_verdicts(token, requests, decisions))
    left = room - len(lines) - (len(lines) < len(Permission))
    named = {decision.scope for decision in decisions}
    return [*lines, *_scopes(token, requests[0], named, left)]


def _verdicts(
    token: ServiceToken, requests: list[AccessRequest], decisions: list[Decision]
) -> Iterator[Content]:
    """A line for each operation; only one, which may be long, where the reasons are the same."""
    words = [
        why(token, request, decision) for request, decision in zip(requests, decisions, strict=True)
    ]
    longest = max(words, key=len)
    if all(longest.startswith(text) for text in words):
        # One may go on with what else is missing for its operation.
        yield _verdict("read, write", decisions[0], longest)
        return
    for request, decision, text in zip(requests, decisions, words, strict=True):
        yield _verdict(request.operation, decision, text)


def _verdict(operations: str, decision: Decision, words: str) -> Content:
    mark, style = (
        ("✔ ALLOWED", "$text-success") if decision.allowed else ("✖ DENIED ", "$text-error")
    )
    return Content.assemble(
        (f"{operations:<13}", "$text-muted"), (mark, f"bold {style}"), f"  {words}"
    )


def _scopes(
    token: ServiceToken, request: AccessRequest, named: set[int | None], room: int
) -> Iterator[Content]:
    """How far the folder got in the scopes that no verdict named, the furthest first."""
    verdicts = access.explain(token, request)
    others = [index for index in range(len(verdicts)) if index not in named]
    order = sorted(others, key=lambda index: _distance(verdicts[index]))
    kept = order if len(order) <= room else order[: room - 1]
    width = max((len(shown(str(verdicts[index].scope))) for index in kept), default=0)
    for index in kept:
        verdict = verdicts[index]
        style = "" if verdict.matched else "$text-muted"
        yield Content.assemble(
            (f"scope {index + 1:<7}", "$text-muted"),
            (f"{shown(str(verdict.scope)):<{width}}  {how_far(verdict, request.path)}", style),
        )
    if len(kept) < len(order):
        yield Content.styled(f"and {counted(len(order) - len(kept), 'more scope')}", "$text-muted")


def _distance(verdict: ScopeVerdict) -> tuple[bool, bool, int]:
    """What sorts the scopes: those that match, then those of this environment that got furthest."""
    return not verdict.matched, not verdict.in_environment, -(verdict.stopped_at or 0)
