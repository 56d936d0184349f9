"""Promises about all tokens, proved for some tokens at a time. Of those that break one, only the
numbers are kept; how they break it is worked out again for the few that somebody looks at."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from st_tui.core.model import Project, ServiceToken
from st_tui.core.reach import build_index, promises
from st_tui.core.reach.promises import Promise, Reserved
from st_tui.core.vault.overviews.desk import Desk, Progress, Walk, begun


class PromiseRow(NamedTuple):
    """A promise; or, below it, a token that breaks it or has a name that it mentions, and how."""

    promise: Promise
    holds: bool
    token: ServiceToken | None = None
    how: str = ""


class Proved(NamedTuple):
    """How far it is; how many promises hold so far; and what was looked at."""

    progress: Progress
    holding: int
    rows: int
    tokens: int
    scopes: int


class PromisesOverview:
    """Promises about the tokens of a project. Begin, and look on until all were looked at."""

    def __init__(self) -> None:
        self._shown: _Proof | None = None
        self._under_way: _Proof | None = None

    def begin(self, desk: Desk, project: Project, promised: Sequence[Promise], now: int) -> Proved:
        """Prove the promises about the tokens that have not ended by now.

        Raises PromiseError if there is no token.
        """
        proof = self._under_way = _Proof(desk, project, promised, now)
        proved = proof.proved()
        return self.look_on(desk) if proved.progress.is_all else proved

    def look_on(self, desk: Desk) -> Proved:
        """Look at some more tokens. Raises PromiseError if no token lives, and TooComplex."""
        proof = begun(self._under_way)
        if proof.look_on(desk).is_all:
            proof.finish()
            self._shown, self._under_way = proof, None
        return proof.proved()

    def page(self, desk: Desk, offset: int, limit: int) -> list[PromiseRow]:
        """Some of the rows of the last proof: promises, and below each the tokens to look at."""
        return [] if self._shown is None else self._shown.page(desk, offset, limit)


class _Proof:
    """One look at all tokens."""

    def __init__(self, desk: Desk, project: Project, promised: Sequence[Promise], now: int) -> None:
        self._promised = promised
        self._now = now
        self._folders = desk.vault.folders.of_each(project)
        self.walk = Walk(desk.vault.tokens.newest_ids(project))
        self._living = self._scopes = 0
        self._breaking = [array("I") for _ in promised]
        self._bearers = [array("I") for _ in promised]
        """Of each promise, the tokens with a name that it mentions and several tokens have."""
        self._named: dict[str, array[int]] = {
            name: array("I")
            for promise in promised
            if isinstance(promise, Reserved)
            for name in promise.plain_names
        }

    def proved(self) -> Proved:
        """How far it is, and what came out so far."""
        holding = sum(not numbers for numbers in self._breaking)
        rows = len(self._promised) + sum(map(len, (*self._breaking, *self._bearers)))
        return Proved(self.walk.progress, holding, rows, self._living, self._scopes)

    def look_on(self, desk: Desk) -> Progress:
        """Look at some more tokens."""
        for some in self.walk.slice(desk.vault):
            numbers = {token.id: number for number, token in some}
            index = build_index((token for _, token in some), self._now)
            if not index.tokens:
                continue
            self._living += len(index.tokens)
            self._scopes += sum(len(token.scopes) for token in index.tokens)
            for token in index.tokens:
                if token.name in self._named:
                    self._named[token.name].append(numbers[token.id])
            verdicts = promises.prove(self._promised, index, self._folders)
            for breaking, verdict in zip(self._breaking, verdicts, strict=True):
                breaking.extend(numbers[breach.token.id] for breach in verdict.breaches)
        return self.walk.progress

    def finish(self) -> None:
        """See who has one of several names. Raises PromiseError if there is no living token."""
        promises.require_tokens(self._living)
        for number, promise in enumerate(self._promised):
            names = set(promise.plain_names if isinstance(promise, Reserved) else ())
            several = [self._named[name] for name in names if len(self._named[name]) > 1]
            self._bearers[number] = array("I", sorted(chain.from_iterable(several)))

    def page(self, desk: Desk, offset: int, limit: int) -> list[PromiseRow]:
        """Some of the rows."""
        rows: list[PromiseRow] = []
        start = 0
        for number, promise in enumerate(self._promised):
            breaking, bearers = self._breaking[number], self._bearers[number]
            end = start + 1 + len(breaking) + len(bearers)
            first, last = max(offset - start, 0), min(offset + limit, end) - start
            if first < last:
                shown = slice(max(first - 1, 0), last - 1)
                told = self._told(desk, number, (breaking + bearers)[shown], shown.start)
                rows += [PromiseRow(promise, not breaking)] if first == 0 else []
                rows += [PromiseRow(promise, not breaking, *each) for each in told]
            start = end
        return rows

    def _told(
        self, desk: Desk, number: int, numbers: Sequence[int], start: int
    ) -> list[tuple[ServiceToken, str]]:
        """What to say of some tokens below a promise, from the place `start` on."""
        promise, breaches = self._promised[number], len(self._breaking[number]) - start
        tokens = desk.vault.tokens.those([self.walk.ids[each] for each in numbers])
        breaking, bearers = tokens[: max(breaches, 0)], tokens[max(breaches, 0) :]
        found: list[tuple[ServiceToken, str]] = []
        if breaking:
            index = build_index(breaking, self._now)
            [verdict] = promises.prove([promise], index, self._folders)
            found += promises.told(verdict._replace(namesakes=()), self._now)
        return found + [
            (token, promises.told_of_bearer(len(self._named[token.name]))) for token in bearers
        ]
