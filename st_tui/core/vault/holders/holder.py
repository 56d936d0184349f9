"""A token's holder during one request: what it may do, and what the audit log keeps of it."""

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
    Reason,
    ServiceToken,
    TokenText,
)
from st_tui.core.patterns import is_plain
from st_tui.core.secrets.model import Place
from st_tui.core.store import audit

MOST_NOTED = 500
"""How many folders one audit entry names: no token needs as many scopes."""

_FOREIGN_PROJECT = "project"
"""What the audit log gives as the reason."""


class Caller(NamedTuple):
    """Who sent a request, before it is known whether the token is good.

    `text` is None where no token was sent, or none that is well formed. `ip` is the address as a
    number (see `core.addresses`), `address` as people write it; `ip` is None for an address that
    cannot be read.
    """

    text: TokenText | None
    ip: int | None
    address: str | None
    user_agent: str | None


class Stated(NamedTuple):
    """The project and folder that a request states; None for what it leaves out."""

    project_id: str | None = None
    project_slug: str | None = None
    environment: str | None = None
    path: str | None = None


class Denied(Refusal):
    """The token may not do this. `reason` is for the audit log: the caller is not told why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ForeignProject(Denied):
    """The request states a project that is not the token's."""


class MissingEnvironment(Refusal):
    """The request states no environment, and the token's scopes do not tell which one is meant."""


@dataclass(slots=True)
class Holder:
    """The holder of a token that was let in, for the time of one request.

    The fields from `environment` on become the request's audit entry.
    """

    token: ServiceToken
    project: Project
    caller: Caller
    event: str
    now: int
    environment: str | None = None
    path: str | None = None
    operation: Permission | None = None
    reason: str | None = None
    """The last decision's reason; None until one is made."""
    target: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_denied(self) -> bool:
        """Whether the audit entry says that the request was denied."""
        return self.reason not in (None, Reason.ALLOWED)

    def locate(self, stated: Stated) -> Place:
        """The folder that is meant. What is left out is taken from the token's only scope.

        That scope must be a plain path; a path that is still missing is `/`. Raises ForeignProject
        and MissingEnvironment.
        """
        self.environment, self.path = stated.environment, stated.path
        for project, own in (
            (stated.project_id, self.project.id),
            (stated.project_slug, self.project.slug),
        ):
            if project not in (None, own):
                self.details["project"] = project
                self._deny(ForeignProject(_FOREIGN_PROJECT))
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
            # A stated path has lost its trailing slash already.
            if len(path) > 1 and path.endswith("/"):
                path = path[:-1]
        self.environment, self.path = environment, path
        return Place(environment, path)

    def enter(
        self, place: Place, operation: Permission, endpoint: Endpoint = Endpoint.E2EE
    ) -> None:
        """Decide whether the request may go on there. The audit entry names the last such folder.

        Raises Denied.
        """
        self.environment, self.path, self.operation = *place, operation
        self.details["endpoint"] = endpoint
        decision = self._decide(place, operation, endpoint)
        self.reason = decision.reason
        if not decision.allowed:
            self._deny(Denied(decision.reason))

    def may(self, place: Place, operation: Permission = Permission.READ) -> bool:
        """Whether the holder may do that too. The audit entry does not keep the answer."""
        return self._decide(place, operation, Endpoint.E2EE).allowed

    def may_read_or_write(self, place: Place) -> bool:
        """Whether the holder may do anything at all in this folder."""
        return any(self.may(place, operation) for operation in Permission)

    def note_places(self, places: Iterable[Place], operation: Permission = Permission.READ) -> None:
        """Name in the audit entry which other folders were needed, as `store.audit` reads them.

        At most `MOST_NOTED` are named, and the rest counted: one request must not fill the log.
        """
        others = sorted({*places} - {(self.environment, self.path)})
        if others:
            self.details[audit.ALSO[operation]] = [
                {"environment": other.environment, "secretPath": other.path}
                for other in others[:MOST_NOTED]
            ]
        if len(others) > MOST_NOTED:
            self.details["placesLeftOut"] = len(others) - MOST_NOTED

    def _deny(self, denied: Denied) -> None:
        self.reason = denied.reason
        raise denied

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
