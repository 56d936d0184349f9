"""The words of the domain as small frozen types.

They are named tuples, which take a tenth of a millisecond to define where a frozen dataclass takes
a whole one: that is what `st-tui check` and the app's first frame wait for. Only the token's text
is none, because a tuple is too easily written out.

Times are whole milliseconds since 1970-01-01 UTC. Addresses are integers on one line: IPv4 first
(0 to 2**32 - 1), IPv6 behind it (2**32 + the address), so that a list of trusted IPs is a list of
intervals. `core.addresses` makes them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Permission(StrEnum):
    """What a token may do, and what a request wants to do. Write does not imply read."""

    READ = "read"
    WRITE = "write"

    @property
    def letter(self) -> str:
        """The capital letter that stands for it where there is room for one: `R`, `W`."""
        return self.value[0].upper()


def in_order(permissions: Collection[Permission]) -> list[Permission]:
    """These permissions in the order in which `Permission` lists them."""
    return [permission for permission in Permission if permission in permissions]


class Endpoint(StrEnum):
    """How the server is asked: `e2ee` carries ciphertext, `raw` plain values."""

    E2EE = "e2ee"
    RAW = "raw"


class Reason(StrEnum):
    """Why a decision came out as it did: the first of these that holds, in this order."""

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
    """What a token list can be sorted by."""

    CREATED = "created"
    NAME = "name"
    EXPIRES = "expires"


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
    """A trusted block in CIDR notation, and the interval it means."""

    text: str
    first: int
    last: int


class ServiceToken(NamedTuple):
    """A service token as it is stored: everything but its secret.

    `expires_at` is the effective end: the earlier of its own and of a rotation's overlap.
    `trusted_ips` is None for V2, which has no such list. `is_replaced` says that it lives on only
    for such an overlap, beside a newer token of its name.
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
    """What a person asks for before a token exists: see `core.drafts` for its rules."""

    name: str
    scopes: tuple[Scope, ...]
    permissions: frozenset[Permission]
    expires_at: int | None
    version: int = 2
    is_active: bool = True
    trusted_ips: tuple[IpRange, ...] | None = None


class AccessRequest(NamedTuple):
    """One access that somebody asks about: where, what, how, from where and when.

    `e2ee` says whether the project has end-to-end encryption on; `ip` None means "from anywhere".
    """

    environment: str
    path: str
    operation: Permission
    now: int
    endpoint: Endpoint = Endpoint.E2EE
    e2ee: bool = False
    ip: int | None = None


class Decision(NamedTuple):
    """The answer: whether, why, and the 0-based index of the first scope that matches."""

    allowed: bool
    reason: Reason
    scope: int | None


class ScopeVerdict(NamedTuple):
    """How one scope fared.

    `stopped_at` is the 0-based path segment at which the pattern could no longer match; the
    number of segments when the path ended too early; None when the scope matched or was never
    tried because it names another environment.
    """

    scope: Scope
    environment: bool
    matched: bool
    stopped_at: int | None


class Environment(NamedTuple):
    """An environment of a project: the slug that tokens name, and the name people read."""

    slug: str
    name: str


class Project(NamedTuple):
    """A project (`workspace` on the wire): environments with folders, and service tokens."""

    id: str
    slug: str
    name: str
    e2ee: bool
    created_at: int


class Replaced(NamedTuple):
    """What a rotation makes of the old token.

    It works until `ends_at`; None is no longer at all. `is_cut` says that this is its own
    end, which comes before the overlap is over.
    """

    ends_at: int | None
    is_cut: bool = False


class NewToken(NamedTuple):
    """A token just made, and what became of the one that it replaces, if it does.

    `text` is shown once and stored nowhere, so it is kept out of `repr`.
    """

    token: ServiceToken
    text: TokenText
    replaced: Replaced | None = None


@dataclass(frozen=True, slots=True)
class TokenText:
    """The parts of `st.<id>.<secret>.<key>`, with secret and key kept out of every `repr`.

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
        """The whole token; its last part opens the project key. The access token if it has none."""
        return f"{self.access_token}.{self.key}" if self.key else self.access_token


class AuditEntry(NamedTuple):
    """One line of the append-only audit log, in the order of its columns."""

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
    """What the audit log says that a token was allowed, and how many times."""

    environment: str
    path: str
    operation: Permission
    times: int = 1


class Sealed(NamedTuple):
    """Ciphertext, IV and tag, each in padded standard base64 (Python's clients insist on it)."""

    ciphertext: str
    iv: str
    tag: str
