"""A verdict in coloured lines: whether, why, and how each scope fared."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from st_tui.core.model import AccessRequest, Decision, ScopeVerdict, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import how_far, why


def verdict_lines(token: ServiceToken, request: AccessRequest, decision: Decision) -> list[Content]:
    """The verdict and, under it, why."""
    mark, style = (
        ("✔ ALLOWED", "$text-success") if decision.allowed else ("✖ DENIED", "$text-error")
    )
    return [Content.styled(mark, f"bold {style}"), Content(why(token, request, decision))]


def scope_lines(request: AccessRequest, scopes: Sequence[ScopeVerdict]) -> list[Content]:
    """How each scope fared."""
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
