"""One request of a token's holder: where it wants to go, and whether it may.

Its words for "no" say nothing that the caller may not know: the reasons are for the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from st_tui.core import access
from st_tui.core.errors import Refusal
from st_tui.core.model import (
    AccessRequest,
    Decision,
    Endpoint,
    Permission,
    Project,
    Sealed,
    ServiceToken,
    TokenText,
)
from st_tui.core.patterns import is_plain
from st_tui.core.secrets.model import Place
from st_tui.core.store import audit, tokens
from st_tui.core.vault.session import Session

MOST_NOTED = 500
"""How many places one audit entry names: no token needs as many scopes."""

_FOREIGN = "project"


class Caller(NamedTuple):
    """Who asks. `text` is None where no token was given, or none that is well formed.

    `ip` is on the line of `core.addresses`; `address` is how people write it.
    """

    text: TokenText | None
    ip: int | None
    address: str | None
    user_agent: str | None


class Denied(Refusal):
    """The token may not do this. The caller is not told why; `reason` is for the audit log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ForeignProject(Denied):
    """The request states a project that is not the token's."""


class MissingEnvironment(Refusal):
    """The request states no environment, and the token's scopes do not tell which one is meant."""


class Stated(NamedTuple):
    """Where a request says that it wants to go; None for what it leaves out."""

    project_id: str | None = None
    project_slug: str | None = None
    environment: str | None = None
    path: str | None = None


@dataclass(slots=True)
class Request:
    """One request of a token's holder, from its authentication to its audit entry."""

    session: Session
    token: ServiceToken
    project: Project
    caller: Caller
    event: str
    now: int
    environment: str | None = None
    path: str | None = None
    operation: Permission | None = None
    reason: str | None = None
    """The last decision's; None until one is made."""
    target: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def locate(self, stated: Stated) -> Place:
        """The folder that is meant. What is left out may come from the token's only scope.

        Raises ForeignProject and MissingEnvironment.
        """
        self.environment, self.path = stated.environment, stated.path
        for project, own in (
            (stated.project_id, self.project.id),
            (stated.project_slug, self.project.slug),
        ):
            if project not in (None, own):
                self.details["project"] = project
                raise ForeignProject(_FOREIGN)
        only = self.token.scopes[0] if len(self.token.scopes) == 1 else None
        if only is not None and not is_plain(only.secret_path):
            only = None
        environment, path = stated.environment, stated.path
        if environment is None:
            if only is None:
                raise MissingEnvironment("Missing environment")
            environment = only.environment
        if path is None:
            path = "/" if only is None else only.secret_path
            # As a stated path loses it.
            if len(path) > 1 and path.endswith("/"):
                path = path[:-1]
        self.environment, self.path = environment, path
        return Place(environment, path)

    def enter(
        self, place: Place, operation: Permission, endpoint: Endpoint = Endpoint.E2EE
    ) -> None:
        """Decide, for the audit log too, which keeps the last place asked about. Raises Denied."""
        self.environment, self.path, self.operation = *place, operation
        self.details["endpoint"] = endpoint
        decision = self._decide(place, operation, endpoint)
        self.reason = decision.reason
        if not decision.allowed:
            raise Denied(decision.reason)

    def may(self, place: Place, operation: Permission = Permission.READ) -> bool:
        """Whether the token may do that too, as an imported or referenced secret asks."""
        return self._decide(place, operation, Endpoint.E2EE).allowed

    def note_also(self, places: Iterable[Place], operation: Permission = Permission.READ) -> None:
        """Say in the audit log which other places the answer needed, as `store.audit` reads it.

        Only the first of them, and how many more there are: one request must not fill the log.
        """
        others = sorted({*places} - {(self.environment, self.path)})
        if others:
            self.details[audit.ALSO[operation]] = [
                {"environment": other.environment, "secretPath": other.path}
                for other in others[:MOST_NOTED]
            ]
        if len(others) > MOST_NOTED:
            self.details["placesLeftOut"] = len(others) - MOST_NOTED

    def enter_listing(self, place: Place, leads_on: bool) -> None:
        """Decide about listing a folder: one that only leads on to others may be listed as well.

        Raises Denied.
        """
        if leads_on and not self.may(place):
            self.details["listing"] = "leads on"
        else:
            self.enter(place, Permission.READ)

    def sealed_project_key(self) -> Sealed:
        """The copy of the project key that the token's key part opens."""
        return tokens.sealed_project_key(self.session.database, self.token.id)

    def _decide(self, place: Place, operation: Permission, endpoint: Endpoint) -> Decision:
        return access.decide(
            self.token,
            AccessRequest(
                place.environment,
                place.path,
                operation,
                self.now,
                endpoint,
                self.project.e2ee,
                self.caller.ip,
            ),
        )
