"""`${NAME}` and `${environment.folder.NAME}` inside a secret's value, put in their places.

One reference that leads nowhere, or where the reader may not look, never spoils the rest: its text
stays as it is and is named in `warnings`. Both cases read alike, so that nobody learns what is
there from being refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from st_tui.core.secret import LARGEST_VALUE, Place

DEEPEST = 10
"""How many references may lead on to one another, as in Infisical."""
MOST = 5_000
"""How many references are followed for one answer."""

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")


class Target(NamedTuple):
    """The secret that a reference means."""

    place: Place
    name: str


LookUp = Callable[[Target], str | None]
"""The value of a secret; None where there is none, or where the reader may not look."""


def target(reference: str, here: Place) -> Target:
    """What the text between the braces means in a secret that lies `here`."""
    if "." not in reference:
        return Target(here, reference)
    environment, *folders, name = reference.split(".")
    return Target(Place(environment, "/" + "/".join(folders)), name)


class Expander:
    """Expands the references of one answer, remembering what it has looked up."""

    def __init__(self, look_up: LookUp) -> None:
        self.warnings: list[str] = []
        self._look_up = look_up
        self._known: dict[Target, str] = {}
        self._left = MOST

    def expand(self, value: str, here: Place, name: str) -> str:
        """The value with its references replaced; `here` and `name` say whose value it is."""
        return self._expand(value, (Target(here, name),))

    def _expand(self, value: str, trail: tuple[Target, ...]) -> str:
        if "${" not in value:
            return value
        expanded = _REFERENCE.sub(lambda found: self._replacement(found, trail), value)
        if len(expanded) > LARGEST_VALUE:
            self._warn(f"{trail[0].name} was not expanded: it would grow too large.")
            return value
        return expanded

    def _replacement(self, found: re.Match[str], trail: tuple[Target, ...]) -> str:
        asked = target(found[1], trail[-1].place)
        if asked in self._known:
            return self._known[asked]
        left = f"{found[0]} in {trail[-1].name} was left as it is"
        if asked in trail:
            self._warn(f"{left}: it leads back to itself.")
            return found[0]
        if len(trail) > DEEPEST or self._left == 0:
            self._warn(f"{left}: too many references lead on to one another.")
            return found[0]
        self._left -= 1
        value = self._look_up(asked)
        if value is None:
            self._warn(f"{left}: no such secret can be read.")
            return found[0]
        said = len(self.warnings)
        expanded = self._expand(value, (*trail, asked))
        if len(self.warnings) == said:
            self._known[asked] = expanded
        return expanded

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)
