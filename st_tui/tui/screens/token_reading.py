"""What is read of a token for its page: in part at once, in part from its long log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from st_tui.core import lint
from st_tui.core.lint import LintWarning
from st_tui.core.model import AuditEntry, Project, ServiceToken
from st_tui.core.patterns import pattern_or_none

if TYPE_CHECKING:
    from st_tui.core.vault import Vault
    from st_tui.core.vault.lineage import Lineage
    from st_tui.core.vault.token_usage import TokenUsage

MOST_ENTRIES = 20
MOST_DAYS = 30


class Known(NamedTuple):
    """What is read at once: the token as it is now, and what stands around it."""

    token: ServiceToken
    related: Lineage
    folders: lint.FolderPaths
    opened: int
    """How many of the folders its scopes open."""
    first: tuple[str, str]
    """The first of them, or the root of the first environment that a scope names."""
    entries: Sequence[AuditEntry]
    names: dict[str, str]
    tokens: int
    """How many tokens the project has: others' names and accesses are warned of."""


class Logged(NamedTuple):
    """What takes long to read, because the log of a busy token is long."""

    usage: TokenUsage
    warnings: Sequence[LintWarning]


def read_known(vault: Vault, project: Project, token_id: str) -> Known | None:
    """What is read at once; None if the token is gone."""
    token = vault.tokens.lookup(token_id).token
    if token is None:
        return None
    entries = vault.audit.page(about=token.id, limit=MOST_ENTRIES)
    folders = lint.FolderPaths(vault.folders.of_each(project))
    opened = dict.fromkeys(
        (scope.environment, path)
        for scope in token.scopes
        if (pattern := pattern_or_none(scope.secret_path)) is not None
        for path in folders.get(scope.environment, ())
        if pattern.matches(path)
    )
    return Known(
        token,
        vault.tokens.lineage(token),
        folders,
        len(opened),
        next(iter(opened), (token.scopes[0].environment if token.scopes else "", "/")),
        entries,
        vault.audit.token_names({entry.actor for entry in entries}),
        vault.tokens.count(project),
    )


def read_logged(vault: Vault, project: Project, known: Known) -> Logged:
    """What takes long: the token's uses, and the warnings, for which all names are read."""
    token = known.token
    usage = vault.audit.usage(token, MOST_DAYS)
    written = vault.tokens.written_environments(project, besides=token)
    names = vault.tokens.names(project)
    found = lint.lint(token, known.folders, written, usage.uses, names)
    return Logged(usage, sorted(found, key=lambda warning: warning.weight))
