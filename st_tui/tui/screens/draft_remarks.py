"""What is said of a draft before a token is made of it: warnings with their fix, and doubts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from st_tui.core import lint
from st_tui.core.access import decide
from st_tui.core.algebra.comparison import Grants
from st_tui.core.lint import Fix, Kind, LintWarning, Way
from st_tui.core.lint.names import Names
from st_tui.core.model import (
    AccessRequest,
    Environment,
    Permission,
    Project,
    Scope,
    ServiceToken,
    TokenDraft,
)
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.screens.comparison import comparison_lines
from st_tui.tui.widgets.cells import cut
from st_tui.tui.widgets.reach_summary import Reach, reach_of

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

_JUDGED_AT_ONCE = 10_000
"""Folders that are held against scopes within one key press."""
_MOST_DOUBTS = 2
_SCOPE_CELLS = 40
"""Doubts, and cells of a scope in one of them: the question has to fit an ordinary screen."""


class DraftContext(NamedTuple):
    """What a draft is judged by: the project's environments and folders, and its other tokens.

    `written` are the environments that some token may write; `names` are the names of all tokens.
    `project` is the project's slug, if the vault has others too.
    """

    environments: Sequence[Environment]
    folders: lint.FolderPaths
    written: Collection[str]
    names: Names
    project: str | None = None


def read_context(vault: Vault, project: Project) -> DraftContext:
    """Read a draft's context from the vault. Raises Refusal."""
    return DraftContext(
        vault.environments.every(project),
        lint.FolderPaths(vault.folders.of_each(project)),
        vault.tokens.written_environments(project),
        vault.tokens.names(project),
        project.slug if len(vault.projects.every()) > 1 else None,
    )


class Remarks(NamedTuple):
    """The warnings about a draft, each in the place that it concerns, the weightiest first."""

    name: list[LintWarning]
    scopes: dict[int, list[LintWarning]]
    access: list[LintWarning]
    expires: list[LintWarning]

    def of(self, place: str, scope: int) -> list[LintWarning]:
        """Those of one place: `name`, `scopes` (one of them, by its index), `access`, `expires`."""
        if place == "scopes":
            return self.scopes.get(scope, [])
        by_place = {"name": self.name, "access": self.access, "expires": self.expires}
        return by_place.get(place, [])

    def mendable(self, place: str, scope: int) -> LintWarning | None:
        """The warning that is mended next: one of this place, else the weightiest of all."""
        every = [*self.name, *self.access, *self.expires, *chain(*self.scopes.values())]
        every.sort(key=lambda warning: warning.weight)
        for warning in (*self.of(place, scope), *every):
            if warning.fix is not None and warning.fix.way is Way.MEND:
                return warning
        return None


def remarks_about(draft: TokenDraft, context: DraftContext) -> Remarks:
    """The warnings about a draft, by what they concern."""
    found = lint.lint(draft, context.folders, context.written, names=context.names)
    found.sort(key=lambda warning: warning.weight)
    scopes: dict[int, list[LintWarning]] = {}
    for warning in found:
        if warning.scope is not None:
            scopes.setdefault(warning.scope, []).append(warning)
    others = [warning for warning in found if warning.scope is None]
    return Remarks(
        [warning for warning in others if warning.kind is Kind.NAME],
        scopes,
        [warning for warning in others if warning.kind not in (Kind.NAME, Kind.NEVER_EXPIRES)],
        [warning for warning in others if warning.kind is Kind.NEVER_EXPIRES],
    )


class Judged(NamedTuple):
    """What was found about a draft, and the draft."""

    draft: TokenDraft
    remarks: Remarks
    counts: Mapping[Scope, int | None]
    """How many folders each scope opens; None for one that can open none."""
    comparison: Sequence[Content]
    reaches: Sequence[Reach]


def is_quick(draft: TokenDraft, context: DraftContext) -> bool:
    """Whether a draft is judged within a key press, or has to be judged in a thread."""
    folders = sum(map(len, context.folders.values()))
    return folders * (len(draft.scopes) + 1) <= _JUDGED_AT_ONCE


def judge(draft: TokenDraft, context: DraftContext, original: Grants | None) -> Judged:
    """Find out all that is shown of a draft."""
    return Judged(
        draft,
        remarks_about(draft, context),
        {scope: context.folders.opened(scope) for scope in draft.scopes},
        comparison_lines(original, draft, context.folders) if original else (),
        [
            reach_of(slug, paths, partial(opens, draft, slug))
            for slug, paths in context.folders.items()
        ],
    )


def opens(draft: TokenDraft, environment: str, path: str) -> bool:
    """Whether a scope of a draft opens a folder."""
    token = ServiceToken("", "", draft.scopes, frozenset({Permission.READ}), None)
    return decide(token, AccessRequest(environment, path, Permission.READ, now=0)).allowed


def said_of(warnings: Sequence[LintWarning], fix_key: str, mended: Fix | None) -> Content:
    """Some warnings about one thing in a line, and the key for the fix that is made next."""
    if not warnings:
        return Content("")
    first = warnings[0]
    more = f" And {counted(len(warnings) - 1, 'more warning')}." if warnings[1:] else ""
    said = Content.styled(f"! {shown(_brief(first))}{more}", "$text-warning")
    if mended is None or all(warning.fix is not mended for warning in warnings):
        return said
    words = Content.assemble((f"   {fix_key} ", "bold $text-primary"), shown(mended.words))
    return said + words


def _brief(warning: LintWarning) -> str:
    """A warning's sentence, which stands beside what it is about: without naming that again."""
    head, _, rest = warning.sentence.partition(" ")
    return rest if warning.scope is not None and head.startswith("/") and rest else warning.sentence


def doubts(draft: TokenDraft, typed: Collection[Scope], folders: lint.FolderPaths) -> list[str]:
    """What may not be meant so: a scope that was typed but not entered, or that opens no folder.

    `typed` are the scopes that were not entered; they are named first.
    """
    entered: list[str] = []
    found: list[str] = []
    for number, scope in enumerate(draft.scopes, start=1):
        nothing = lint.why_opens_nothing(scope, folders)
        which = f"Scope {number}, {cut(str(scope), _SCOPE_CELLS)},"
        if scope in typed:
            also = f", and {nothing}" if nothing else "."
            entered.append(f"{which} was typed but not entered{also}")
        elif nothing:
            found.append(f"{which} {nothing}")
    found = [*entered, *found]
    if len(found) > _MOST_DOUBTS:
        more = len(found) - _MOST_DOUBTS + 1
        found[_MOST_DOUBTS - 1 :] = [f"And {counted(more, 'more scope')} like it."]
    return found
