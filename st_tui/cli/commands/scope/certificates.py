"""What the commands that prove something share: certificates as JSON, and one project for both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from st_tui.cli.command import BadUsage

if TYPE_CHECKING:
    from st_tui.core.algebra.comparison import Apart, Inside
    from st_tui.core.model import ServiceToken


def require_one_project(one: ServiceToken, other: ServiceToken) -> None:
    """Raise BadUsage for tokens of two projects. Their environments have nothing to do with each
    other, even under the same slug."""
    if one.project_id != other.project_id:
        raise BadUsage("These tokens belong to two projects: compare tokens of one.")


def certificates_data(proofs: Iterable[Inside | Apart]) -> list[dict[str, Any]]:
    """Certificates for JSON, as `scope verify` reads them.

    A proof of inclusion names its scope. A proof that two sides have no path in common names the
    environment.
    """
    from st_tui.core.algebra.certificate_json import as_json
    from st_tui.core.algebra.comparison import Inside

    def about(one: Inside | Apart) -> dict[str, str]:
        return one.scope.data if isinstance(one, Inside) else {"environment": one.environment}

    return [{**about(one), "certificate": as_json(one.certificate)} for one in proofs]
