"""The terms of the domain as small frozen types.

They are named tuples. Defining one takes 0.1 ms, defining a frozen dataclass 1 ms, and
`st-tui check` and the app's first frame wait for it. `TokenText` is a dataclass, because the `repr`
of a tuple shows every part.

Times are whole milliseconds since 1970-01-01 UTC. An address is one integer: IPv4 is 0 to
2**32 - 1, IPv6 is 2**32 + the address. So a list of trusted IPs is a list of intervals.
`core.addresses` makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

RandomBytes = Callable[[int], bytes]
"""So many random bytes: `os.urandom`, or a stand-in of a test."""


class Permission(StrEnum):
    """What a token may do, and what a request wants to do. Write does not imply read.

    Forms, `--access-level`, JSON, the stored text and the letters are derived from the members.
    """

    READ = "read"
    WRITE = "write"

    @property
    def letter(self) -> str:
        """Its capital letter, for lists and the matrix: `R`, `W`."""
        return self.value[0].upper()


def in_order(permissions: Collection[Permission]) -> list[Permission]:
    """The permissions in the order of `Permission`, as JSON and the database have them."""
    return [permission for permission in Permission if permission in permissions]


class Endpoint(StrEnum):
    """The kind of endpoint: `e2ee` carries ciphertext, `raw` carries plain values."""

    E2EE = "e2ee"
    RAW = "raw"


class Reason(StrEnum):
    """Why a decision came out as it did: the first of these, in this order, that applies."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    IP = "ip"
    ENVIRONMENT = "environment"
    PATH = "path"
    PERMISSION = "permission"
    RAW_E2EE = "raw_e2ee"
    ALLOWED = "allowed"


class Order(StrEnum):
    """What a list of tokens is sorted by."""

    CREATED = "created"
    NAME = "name"
    EXPIRES = "expires"


class Limits(NamedTuple):
    """Which tokens a list is limited to; None is no limit. Times are in milliseconds.

    `ends_by` leaves those that end at it or before. `unused_since` leaves those that were made
    before it, and not used at it or later. `among` leaves those with one of these ids.
    """

    ends_by: int | None = None
    unused_since: int | None = None
    among: frozenset[str] | None = None


NO_LIMITS = Limits()


class Scope(NamedTuple):
    """One environment (by slug) and one path pattern."""

    environment: str
    secret_path: str

    def __str__(self) -> str:
        return f"{self.environment}:{self.secret_path}"

    @property
    def data(self) -> dict[str, str]:
        """The scope under Infisical's field names."""
        return {"environment": self.environment, "secretPath": self.secret_path}


class IpRange(NamedTuple):
    """A block of trusted addresses: its CIDR notation, and its first and last address."""

    text: str
    first: int
    last: int


class ServiceToken(NamedTuple):
    """A service token as it is stored: everything but its secret.

    `expires_at` is the effective end: its own, or the end of a rotation's overlap if that is
    earlier. `trusted_ips` is None for V2, which has no such list. `is_replaced` says that a
    rotation replaced the token, and that it works on for the overlap only.
    """

    id: str
    name: str
    scopes: tuple[Scope, ...]
    permissions: frozenset[Permission]
    expires_at: int | None = None
    created_at: int = 0
    version: int = 2
    is_active: bool = True
    trusted_ips: tuple[IpRange, ...] | None = None
    project_id: str = ""
    created_by: str = ""
    last_used: int | None = None
    use_count: int = 0
    is_replaced: bool = False


class TokenDraft(NamedTuple):
    """What a person asks for before a token exists. `core.drafts` has its rules."""

    name: str
    scopes: tuple[Scope, ...]
    permissions: frozenset[Permission]
    expires_at: int | None
    version: int = 2
    is_active: bool = True
    trusted_ips: tuple[IpRange, ...] | None = None


class AccessRequest(NamedTuple):
    """One access that is to be decided: where, what, when, at which endpoint and from where.

    `e2ee` says whether the project has end-to-end encryption on. `ip` None means "from anywhere".
    """

    environment: str
    path: str
    operation: Permission
    now: int
    endpoint: Endpoint = Endpoint.E2EE
    e2ee: bool = False
    ip: int | None = None


class Decision(NamedTuple):
    """Whether an access is allowed, why, and the 0-based index of the first scope that matches."""

    allowed: bool
    reason: Reason
    scope: int | None


class ScopeVerdict(NamedTuple):
    """How far a request got in one scope.

    `in_environment` says whether the scope names the request's environment.
    `stopped_at` is the 0-based path segment at which the pattern could no longer match. It is the
    number of segments where the path ended too early, and None where the scope matched or names
    another environment.
    """

    scope: Scope
    in_environment: bool
    matched: bool
    stopped_at: int | None


class Environment(NamedTuple):
    """An environment of a project: the slug that tokens name, and the name that people read."""

    slug: str
    name: str


class Project(NamedTuple):
    """A project (`workspace` on the wire). It has environments with folders, and service tokens."""

    id: str
    slug: str
    name: str
    e2ee: bool
    created_at: int


class Replaced(NamedTuple):
    """What becomes of the token that a rotation replaces.

    It works until `ends_at`. None says that it ends at once. `is_cut` says that its own end comes
    before the end of the overlap.
    """

    ends_at: int | None
    is_cut: bool = False


class NewToken(NamedTuple):
    """A token just made, and what became of the one that it replaces, if it replaces one.

    `text` is shown once and stored nowhere. Its `repr` hides the secret.
    """

    token: ServiceToken
    text: TokenText
    replaced: Replaced | None = None


@dataclass(frozen=True, slots=True)
class TokenText:
    """The parts of `st.<id>.<secret>.<key>`. The `repr` hides secret and key.

    `key` is empty where only the access token's three parts are known.
    """

    version: int
    id: str
    secret: str
    key: str

    def __repr__(self) -> str:
        return f"TokenText(version={self.version}, id={self.id!r}, …)"

    @property
    def access_token(self) -> str:
        """Everything before the last dot: all that a server needs to see."""
        return f"{'st' if self.version == 2 else 'stv3'}.{self.id}.{self.secret}"

    @property
    def full(self) -> str:
        """The four parts. Where the key is not known: the access token."""
        return f"{self.access_token}.{self.key}" if self.key else self.access_token


class AuditEntry(NamedTuple):
    """One entry of the append-only audit log. The fields are the columns, in their order."""

    seq: int
    time: int
    actor: str
    ip: str | None
    user_agent: str | None
    event: str
    project_id: str | None
    target: str | None
    environment: str | None
    path: str | None
    operation: str | None
    verdict: str | None
    reason: str | None
    details: str
    hash: str


class Use(NamedTuple):
    """An access that the audit log says a token was allowed, and how often."""

    environment: str
    path: str
    operation: Permission
    times: int = 1


class Sealed(NamedTuple):
    """Ciphertext, IV and tag, each in padded standard base64 (Python's clients insist on it)."""

    ciphertext: str
    iv: str
    tag: str
