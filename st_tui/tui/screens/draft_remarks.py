"""What is said of a draft before a token is made of it: warnings, and what raises doubts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from st_tui.core import lint
from st_tui.core.algebra.comparison import Grants
from st_tui.core.lint.names import Names
from st_tui.core.model import Environment, Project, Scope, TokenDraft
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.screens.comparison import comparison_lines
from st_tui.tui.widgets.cells import cut

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

_MOST_WARNINGS = 4
_MOST_DOUBTS = 2
_SCOPE_CELLS = 40
"""Doubts, and cells of a scope in one of them: the question has to fit an ordinary screen."""


class DraftContext(NamedTuple):
    """What a draft is judged by: the project's environments and folders, and its other tokens.

    `written` are the environments that some token may write; `names` are the names of all tokens.
    """

    environments: Sequence[Environment]
    folders: lint.FolderPaths
    written: Collection[str]
    names: Names


EMPTY_CONTEXT = DraftContext((), lint.FolderPaths({}), (), Names(()))
"""For as long as no vault is open."""


def read_context(vault: Vault, project: Project) -> DraftContext:
    """Read a draft's context from the vault. Raises Refusal."""
    return DraftContext(
        vault.environments.every(project),
        lint.FolderPaths(vault.folders.of_each(project)),
        vault.tokens.written_environments(project),
        vault.tokens.names(project),
    )


def warning_lines(
    draft: TokenDraft, context: DraftContext, original: Grants | None
) -> list[Content]:
    """What the draft allows more and less than its original, and its lint warnings, as lines."""
    warnings = lint.lint(draft, context.folders, context.written, names=context.names)
    lines = [
        *(comparison_lines(original, draft, context.folders) if original else ()),
        *(Content.styled(f"! {shown(warning.text)}", "$text-warning") for warning in warnings),
    ]
    if len(lines) > _MOST_WARNINGS:
        more = Content.styled(f"  and {len(lines) - _MOST_WARNINGS + 1} more", "$text-muted")
        lines = [*lines[: _MOST_WARNINGS - 1], more]
    return lines


def doubts(draft: TokenDraft, typed: Scope | None, folders: lint.FolderPaths) -> list[str]:
    """What may not be meant so: a scope that was typed but not entered, or that opens no folder.

    `typed` is the scope still in its field; it is the draft's last, and is named first.
    """
    found: list[str] = []
    for number, scope in enumerate(draft.scopes, start=1):
        nothing = lint.why_opens_nothing(scope, folders)
        which = f"Scope {number}, {cut(str(scope), _SCOPE_CELLS)},"
        if scope == typed:
            also = f", and {nothing}" if nothing else "."
            found.insert(0, f"{which} was typed but not entered{also}")
        elif nothing:
            found.append(f"{which} {nothing}")
    if len(found) > _MOST_DOUBTS:
        more = len(found) - _MOST_DOUBTS + 1
        found[_MOST_DOUBTS - 1 :] = [f"And {counted(more, 'more scope')} like it."]
    return found
