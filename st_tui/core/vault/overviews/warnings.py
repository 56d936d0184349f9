"""The warnings about all tokens, by weight. Only numbers are kept; a page of them is linted again.

A warning is a token's number and the warning's place among those about that token. Linting the few
tokens on the screen again takes less than reading 300,000 sentences would take memory.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from st_tui.core import lint
from st_tui.core.lint import LintWarning
from st_tui.core.model import Project, ServiceToken, Use
from st_tui.core.vault.overviews.desk import Desk, Progress, Walk, begun

_PLACES = 1 << 16
"""More than there are warnings about one token."""
_AHEAD = 64
"""So many deleted tokens in a row are no reason to look at the next one again."""


class TokenWarning(NamedTuple):
    """A token and one warning about it."""

    token: ServiceToken
    warning: LintWarning


class Found(NamedTuple):
    """How far the look is, and what it found so far: warnings, and tokens they are about."""

    progress: Progress
    warnings: int
    about: int


class WarningsOverview:
    """The warnings about the tokens of a project. Begin, and look on until all were looked at."""

    def __init__(self) -> None:
        self._shown: _Look | None = None
        self._under_way: _Look | None = None

    def begin(self, desk: Desk, project: Project) -> Found:
        """Look at all tokens; once that was done, at those again that may have changed."""
        shown, self._under_way = self._shown, None
        if shown is None or not shown.only_uses_are_new(desk, project):
            last = shown if shown is not None and shown.project.id == project.id else None
            self._under_way = _Look(desk, project, last)
            if shown is None or last is None:
                shown = self._under_way  # there is nothing older to show meanwhile
        self._shown = shown
        found = self._found(shown)
        return self.look_on(desk) if self._under_way and found.progress.is_all else found

    def look_on(self, desk: Desk) -> Found:
        """Look at some more tokens."""
        look = begun(self._under_way)
        if look.look_on(desk).is_all:
            self._shown, self._under_way = look, None
        return self._found(begun(self._shown))

    def page(self, desk: Desk, offset: int, limit: int) -> list[TokenWarning]:
        """Some of the warnings, by weight, of one weight the newest token first."""
        return [] if self._shown is None else self._shown.page(desk, offset, limit)

    def _found(self, shown: _Look) -> Found:
        look = self._under_way or shown
        return Found(look.walk.progress, shown.count, shown.about)


class _Look:
    """One look at all tokens. Of the `last` one it takes over what holds for unchanged tokens."""

    def __init__(self, desk: Desk, project: Project, last: _Look | None) -> None:
        vault = desk.vault
        self.project = project
        self._position = vault.audit.position()  # first: what is logged meanwhile is looked at anew
        self._folders = lint.FolderPaths(vault.folders.of_each(project))
        self._writers = vault.tokens.writers(project)
        self._names = vault.tokens.names(project, no_drafts=True)
        self._salt = hash(tuple((slug, *paths) for slug, paths in self._folders.items()))
        self._last, self._last_at = last, 0
        self.walk = Walk(vault.tokens.newest_ids(project))
        self.about = 0
        self._by_weight = [array("Q") for _ in lint.Kind]
        self._inputs = array("q", bytes(8 * len(self.walk.ids)))
        """For each token a hash of all that its warnings depend on."""

    @property
    def count(self) -> int:
        """How many warnings there are."""
        return sum(map(len, self._by_weight))

    def look_on(self, desk: Desk) -> Progress:
        """Look at some more tokens."""
        for some in self.walk.slice(desk.vault):
            uses = desk.vault.audit.uses_of_some(self.project, [token.id for _, token in some])
            for number, token in some:
                self._look_at(number, token, uses.get(token.id, ()))
        if self.walk.progress.is_all:
            self._last = None
        return self.walk.progress

    def only_uses_are_new(self, desk: Desk, project: Project) -> bool:
        """Whether this look still holds, once the tokens used since were looked at again."""
        audit, position = desk.vault.audit, self._position
        if self.project != project or not audit.is_only_used_since(project, position):
            return False
        newest = audit.position()
        numbers = map(self.walk.ids.find, audit.actors_since(project, position))
        used = [number for number in numbers if number is not None]
        for number, token, uses in self._read(desk, used):
            self._forget(number)
            self._look_at(number, token, uses)
        self._position = newest
        return True

    def page(self, desk: Desk, offset: int, limit: int) -> list[TokenWarning]:
        """Some of the warnings, by weight, of one weight the newest token first."""
        keys: list[int] = []
        for found in self._by_weight:
            keys += found[offset : offset + limit - len(keys)]
            offset = max(offset - len(found), 0)
        wanted = [divmod(key, _PLACES) for key in keys]
        about = {
            number: (token, self._lint(token, uses))
            for number, token, uses in self._read(desk, [number for number, _ in wanted])
        }
        rows = []
        for number, place in wanted:
            token, warnings = about.get(number, (None, []))
            # It is gone, or has fewer warnings by now: soon all is looked at anew.
            if token is not None and place < len(warnings):
                rows.append(TokenWarning(token, warnings[place]))
        return rows

    def weights(self, number: int) -> list[int]:
        """The weights of the warnings about a token, in the order of the warnings."""
        found = []
        for weight, keys in enumerate(self._by_weight, start=1):
            start, end = _of_token(keys, number)
            found += [(key, weight) for key in keys[start:end]]
        return [weight for _, weight in sorted(found)]

    def taken_over(self, start: int, token_id: str, inputs: int) -> tuple[int, list[int] | None]:
        """Where to go on looking for tokens, and the weights if nothing about this one changed."""
        for number in range(start, min(start + _AHEAD, len(self.walk.ids))):
            if self.walk.ids[number] == token_id:
                is_same = self._inputs[number] == inputs
                return number + 1, self.weights(number) if is_same else None
        return start, None

    def _read(
        self, desk: Desk, numbers: Sequence[int]
    ) -> list[tuple[int, ServiceToken, Sequence[Use]]]:
        by_id = {self.walk.ids[number]: number for number in numbers}
        uses = desk.vault.audit.uses_of_some(self.project, by_id)
        tokens = desk.vault.tokens.those(list(by_id))
        return [(by_id[token.id], token, uses.get(token.id, ())) for token in tokens]

    def _look_at(self, number: int, token: ServiceToken, uses: Sequence[Use]) -> None:
        weights = None
        inputs = self._inputs[number] = self._inputs_of(token, uses)
        if self._last is not None:
            self._last_at, weights = self._last.taken_over(self._last_at, token.id, inputs)
        if weights is None:
            weights = [warning.weight for warning in self._lint(token, uses)]
        for place, weight in enumerate(weights):
            keys, key = self._by_weight[weight - 1], number * _PLACES + place
            keys.insert(bisect_left(keys, key), key)
        self.about += bool(weights)

    def _forget(self, number: int) -> None:
        self.about -= bool(self.weights(number))
        for keys in self._by_weight:
            start, end = _of_token(keys, number)
            del keys[start:end]

    def _lint(self, token: ServiceToken, uses: Sequence[Use]) -> list[LintWarning]:
        found = lint.lint_each([token], self._folders, self._writers, {token.id: uses}, self._names)
        return [warning for _, warning in found]

    def _inputs_of(self, token: ServiceToken, uses: Sequence[Use]) -> int:
        """A hash: where it is equal, the warnings are. The exact count of uses is left out."""
        judged = token._replace(last_used=None, use_count=token.use_count >= lint.MANY_USES)
        touched = frozenset((use.environment, use.path) for use in uses)
        others = frozenset(self._writers - lint.writers_of([token]))
        same, alike = self._names.same(token.name), tuple(self._names.alike(token.name))
        return hash((self._salt, judged, touched, others, same, alike))


def _of_token(keys: array[int], number: int) -> tuple[int, int]:
    """Where the warnings about a token begin and end."""
    return bisect_left(keys, number * _PLACES), bisect_left(keys, (number + 1) * _PLACES)
