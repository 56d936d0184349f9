"""Who can reach a path or a pattern, asked of an index of the scopes of all tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from st_tui.core.model import Permission, Project
from st_tui.core.packed import PackedTexts
from st_tui.core.patterns import compile_pattern, is_plain
from st_tui.core.reach import (
    Reaching,
    ReachingToken,
    ScopeIndex,
    ScopeLists,
    is_living,
    reaching_within,
)
from st_tui.core.store.audit import LogPosition
from st_tui.core.vault.overviews.desk import Desk, Progress, Walk, begun


class Question(NamedTuple):
    """A path, or a pattern if it has wildcards, in an environment, and an operation."""

    environment: str
    path: str
    operation: Permission

    @property
    def is_pattern(self) -> bool:
        """Whether any path that matches counts."""
        return not is_plain(self.path)


class Reached(NamedTuple):
    """How many of all living tokens can reach it."""

    found: int
    living: int


class ReachOverview:
    """An index of a project's tokens. Begin, read on until all were read, then ask."""

    def __init__(self) -> None:
        self._known: _Known | None = None
        self._reading: _Reading | None = None
        self._answer: tuple[_Known, Reaching] | None = None

    def begin(self, desk: Desk, project: Project, now: int) -> Progress:
        """Read the tokens that have not ended by now, unless those known are all there are."""
        known, self._reading = self._known, None
        if known is None or not known.is_current(desk, project, now):
            self._reading = _Reading(desk, project, now)
            progress = self._reading.walk.progress
            return self.read_on(desk) if progress.is_all else progress  # there is no token
        return known.progress

    def read_on(self, desk: Desk) -> Progress:
        """Read some more tokens."""
        reading = begun(self._reading)
        progress = reading.read_on(desk)
        if progress.is_all:
            self._known, self._reading = reading.known(), None
        return progress

    def ask(self, desk: Desk, question: Question) -> Reached:
        """Who can reach it. Raises TooComplex, and Superseded."""
        environment, path, operation = question
        known = begun(self._known)
        if question.is_pattern:
            found = reaching_within(
                known.scopes,
                environment,
                compile_pattern(path),
                operation,
                known.folders.get(environment, ()),
                go_on=desk.go_on,
            )
        else:
            found = known.scopes.reaching(environment, path, operation)
        self._answer = known, found
        return Reached(len(found), len(known.ids))

    def page(self, desk: Desk, offset: int, limit: int) -> list[ReachingToken]:
        """Some of the tokens that were found last, the newest first. Those gone are left out."""
        if self._answer is None:
            return []
        known, found = self._answer
        numbers = map(found.number, range(offset, min(offset + limit, len(found))))
        tokens = desk.vault.tokens.those([known.ids[number] for number in numbers])
        return [found.how(token) for token in tokens]


class _Known(NamedTuple):
    """The ids and scopes of the tokens that lived at `now`, and where the log ended then."""

    project: Project
    now: int
    next_end: int | None
    position: LogPosition
    folders: Mapping[str, Sequence[str]]
    ids: PackedTexts
    scopes: ScopeIndex
    progress: Progress

    def is_current(self, desk: Desk, project: Project, now: int) -> bool:
        """Whether the same would be read at this time."""
        is_over = self.next_end is not None and self.next_end <= now
        return (
            project == self.project
            and not is_over
            and desk.vault.audit.is_only_used_since(project, self.position)
        )


class _Reading:
    """All tokens are being read."""

    def __init__(self, desk: Desk, project: Project, now: int) -> None:
        self._project = project
        self._now = now
        self._position = desk.vault.audit.position()  # first: what is logged meanwhile is new
        self._folders = desk.vault.folders.of_each(project)
        self._ids = PackedTexts()
        self._lists = ScopeLists()
        self._next_end: int | None = None
        self.walk = Walk(desk.vault.tokens.newest_ids(project))

    def read_on(self, desk: Desk) -> Progress:
        """Read some more tokens."""
        for some in self.walk.slice(desk.vault):
            for _, token in some:
                if is_living(token, self._now):
                    self._ids.append(token.id)
                    self._lists.add(token)
                    ends = filter(None, (self._next_end, token.expires_at))
                    self._next_end = min(ends, default=None)
        return self.walk.progress

    def known(self) -> _Known:
        """What was read."""
        return _Known(
            self._project,
            self._now,
            self._next_end,
            self._position,
            self._folders,
            self._ids,
            self._lists.index(),
            self.walk.progress,
        )
