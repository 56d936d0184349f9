"""What a warning is: a sentence, how much it matters, and what would mend it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from st_tui.core.model import Scope, TokenDraft


class Kind(StrEnum):
    """What a warning is about. The order is that of their weight: the first matters most."""

    GRANTS_NOTHING = "grants-nothing"
    NEAR_LIMIT = "near-limit"
    WIDER_THAN_USED = "wider-than-used"
    NEVER_EXPIRES = "never-expires"
    SURPRISING = "surprising"
    REDUNDANT = "redundant"
    NAME = "name"


_WEIGHTS = {kind: weight for weight, kind in enumerate(Kind, start=1)}


class Way(StrEnum):
    """How a warning is mended.

    `mend` changes a draft, or a clone's draft if the token exists. The others are actions on a
    token: a narrowed clone, a rotation, and revoking it.
    """

    MEND = "mend"
    NARROW = "narrow"
    ROTATE = "rotate"
    REVOKE = "revoke"


class Fix(NamedTuple):
    """What would mend a warning, in words that tell what to do, as in `take scope 2 out`.

    For `mend`, the other fields say what changes: all scopes as they would be, the name, or how
    long the token lives from now, in milliseconds.
    """

    words: str
    way: Way = Way.MEND
    scopes: tuple[Scope, ...] | None = None
    name: str | None = None
    duration: int | None = None

    def mended(self, draft: TokenDraft, now: int) -> TokenDraft:
        """The draft with the fix made, if it is one for drafts.

        >>> draft = TokenDraft("ci", (Scope("dev", "/a"), Scope("dev", "/a")), frozenset(), None)
        >>> fix = Fix("take scope 2 out", scopes=draft.scopes[:1])
        >>> [str(scope) for scope in fix.mended(draft, now=0).scopes]
        ['dev:/a']
        """
        if self.scopes is not None:
            draft = draft._replace(scopes=self.scopes)
        if self.name is not None:
            draft = draft._replace(name=self.name)
        if self.duration is not None:
            draft = draft._replace(expires_at=now + self.duration)
        return draft


class LintWarning(NamedTuple):
    """A warning about a token or a draft of one.

    `scope` is the 0-based index of the scope that it is about; the sentence is then without its
    subject.
    """

    kind: Kind
    sentence: str
    fix: Fix | None = None
    scope: int | None = None

    @property
    def text(self) -> str:
        """The whole sentence.

        >>> LintWarning(Kind.REDUNDANT, "the same as scope 1.", scope=2).text
        'Scope 3: the same as scope 1.'
        """
        return self.sentence if self.scope is None else f"Scope {self.scope + 1}: {self.sentence}"

    @property
    def weight(self) -> int:
        """The place of its kind, from 1: the smaller, the more it matters.

        >>> LintWarning(Kind.GRANTS_NOTHING, "").weight < LintWarning(Kind.NAME, "").weight
        True
        """
        return _WEIGHTS[self.kind]
