"""What the commands that prove something share: proofs as JSON, and tokens of one project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from st_tui.cli.command import BadUsage

if TYPE_CHECKING:
    from st_tui.core.algebra.comparison import Apart, Inside
    from st_tui.core.model import ServiceToken


def require_one_project(one: ServiceToken, other: ServiceToken) -> None:
    """Raise BadUsage for tokens of two projects, whose environments only look alike."""
    if one.project_id != other.project_id:
        raise BadUsage("These tokens belong to two projects: compare tokens of one.")


def certificates_data(proofs: Iterable[Inside | Apart]) -> list[dict[str, Any]]:
    """Proofs for JSON, in the form that `scope verify` reads: of a scope, or of both sides."""
    from st_tui.core.algebra.certificate import as_json
    from st_tui.core.algebra.comparison import Inside

    def about(one: Inside | Apart) -> dict[str, str]:
        return one.scope.data if isinstance(one, Inside) else {"environment": one.environment}

    return [{**about(one), "certificate": as_json(one.certificate)} for one in proofs]
