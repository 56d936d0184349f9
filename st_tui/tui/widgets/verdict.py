"""A verdict in lines: allowed or denied and why, its near misses, and each scope."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from st_tui.core import access
from st_tui.core.drafts import request_path
from st_tui.core.model import AccessRequest, Decision, ScopeVerdict, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import how_far, why
from st_tui.tui.widgets.near_misses import MOST_LINES_BELOW, lines_below_verdict
from st_tui.tui.widgets.pane_layout import MOST_LINES, reasons_height


def verdict_lines(
    token: ServiceToken, request: AccessRequest, misses: Sequence[str], typed: str, columns: int
) -> list[Content]:
    """All that is said of a request, for so many columns; `typed` is its path as it was typed."""
    first = token._replace(scopes=token.scopes[:MOST_LINES])  # more do not fit
    note = request_path(typed).note if typed.strip() not in ("", "/") else None
    reasons = _decision_lines(token, request, access.decide(token, request))
    # Long reasons take their lines from what follows.
    over = sum(line.get_height({}, max(columns, 1)) for line in reasons) - 1
    over -= reasons_height(columns)
    room = MOST_LINES_BELOW - max(over, 0)
    return [
        *reasons,
        *lines_below_verdict(token, request, misses, columns, room),
        *_scope_lines(request, access.explain(first, request)),
        *([Content.styled(f"  {shown(note)}", "$text-muted")] if note else ()),
    ]


def _decision_lines(
    token: ServiceToken, request: AccessRequest, decision: Decision
) -> list[Content]:
    """The verdict and, under it, why."""
    mark, style = (
        ("✔ ALLOWED", "$text-success") if decision.allowed else ("✖ DENIED", "$text-error")
    )
    return [Content.styled(mark, f"bold {style}"), Content(why(token, request, decision))]


def _scope_lines(request: AccessRequest, scopes: Sequence[ScopeVerdict]) -> list[Content]:
    """What became of each scope, a line each."""
    return [
        Content.assemble(
            (f"{number} ", "$text-muted"),
            shown(str(scope.scope)),
            (
                f"  {'✔' if scope.matched else '✖'} ",
                "$text-success" if scope.matched else "$text-error",
            ),
            (how_far(scope, request.path), "$text-muted"),
        )
        for number, scope in enumerate(scopes, start=1)
    ]
