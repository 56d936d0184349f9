"""References in a secret's value: `${NAME}` and `${environment.folder.NAME}`, and their expansion.

    URL = "postgres://${USER}@db"   and   USER = "ann"   expand to   "postgres://ann@db"

A reference that leads nowhere stays as it is, and a warning names it; the rest is expanded. A
reference to a place where the reader may not look is treated alike, so that nobody learns from it
what is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from st_tui.core.secrets.model import LARGEST_VALUE, Place

DEEPEST = 10
"""How many references may lead on to one another in a chain, as in Infisical."""
MOST = 5_000
"""How many different secrets are looked up for one answer."""
MOST_IN_ONE = 1_000
"""How many references one secret may hold to be expanded."""
MOST_REFERENCES = 50_000
"""How many references are replaced for one answer."""
MOST_GROWTH = 32 * LARGEST_VALUE
"""How many characters references may add to one answer."""
MOST_READ = 32 * LARGEST_VALUE
"""How many characters are searched for references for one answer.

A listed value without `${` is not counted."""
MOST_WARNINGS = 200

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9_.-]++)\}")


class Target(NamedTuple):
    """The secret that a reference refers to."""

    place: Place
    name: str


LookUp = Callable[[Target], str | None]
"""The value of a secret; None where there is none, or where the reader may not look."""


def target(reference: str, here: Place) -> Target:
    """The secret that a reference means: the text between the braces, in a secret in `here`."""
    if "." not in reference:
        return Target(here, reference)
    environment, *folders, name = reference.split(".")
    return Target(Place(environment, "/" + "/".join(folders)), name)


def targets(value: str, here: Place) -> Iterator[tuple[str, Target]]:
    """Each reference in the value of a secret in `here`: its text, and the secret it refers to."""
    for found in _REFERENCE.finditer(value):
        yield found[0], target(found[1], here)


class Expander:
    """Expands the references of one answer, in bounded work whatever the secrets hold.

    Each secret is looked up once. It is expanded once for each depth at which it is met; in a
    cycle, once more for each secret that leads into the cycle. When one of the limits above is
    reached, the other references stay as they are.
    """

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._values: dict[Target, str | None] = {}
        self._expanded: dict[tuple[Target, int], str] = {}
        # A secret that leads into a cycle is expanded in another way from elsewhere. So its text is
        # kept for one value only.
        self._cyclic: dict[tuple[Target, int], str] = {}
        self._cycles = 0
        self._growth_left = MOST_GROWTH
        self._references_left = MOST_REFERENCES
        self._characters_left = MOST_READ
        self._said: dict[str, None] = {}

    @property
    def warnings(self) -> list[str]:
        """A sentence for each reference that was left as it is, with the reason; each once."""
        return list(self._said)

    def expand(self, value: str, here: Place, name: str) -> str:
        """The value with its references replaced; `here` and `name` say whose value it is."""
        self._cyclic.clear()
        return self._expand(value, (Target(here, name),)) if "${" in value else value

    def _expand(self, value: str, trail: tuple[Target, ...]) -> str:
        if self._characters_left < len(value):
            self._warn(f"{trail[-1].name} was not expanded: there is too much to go through.")
            return value
        self._characters_left -= len(value)
        parts: list[str] = []
        size = end = 0
        limit = min(LARGEST_VALUE, len(value) + self._growth_left)
        for count, found in enumerate(_REFERENCE.finditer(value)):
            if count == MOST_IN_ONE or self._references_left == 0:
                self._warn(f"{trail[-1].name} was not expanded: there are too many references.")
                return value
            self._references_left -= 1
            parts += value[end : found.start()], self._replacement(found, trail)
            size += len(parts[-2]) + len(parts[-1])
            end = found.end()
            if size > limit:
                break
        if not parts:
            return value
        # Before the parts are joined: a thousand times a large value is too large to hold.
        if size + len(value) - end > limit:
            self._warn(f"{trail[-1].name} was not expanded: it would grow too large.")
            return value
        expanded = "".join(parts) + value[end:]
        self._growth_left -= max(0, len(expanded) - len(value))
        return expanded

    def _replacement(self, found: re.Match[str], trail: tuple[Target, ...]) -> str:
        referred = target(found[1], trail[-1].place)
        unchanged = f"{found[0]} in {trail[-1].name} was left as it is"
        if referred in trail:
            self._cycles += 1
            self._warn(f"{unchanged}: it leads back to itself.")
            return found[0]
        met = (referred, len(trail))
        if met in self._expanded:
            return self._expanded[met]
        if met in self._cyclic:
            self._cycles += 1
            return self._cyclic[met]
        unknown = referred not in self._values
        if len(trail) > DEEPEST or (unknown and len(self._values) == MOST):
            self._warn(f"{unchanged}: too many references lead on to one another.")
            return found[0]
        if unknown:
            if self._characters_left <= 0:
                self._warn(f"{unchanged}: there is too much to go through.")
                return found[0]
            value = self._values[referred] = self._look_up(referred)
            self._characters_left -= len(value or "")
        value = self._values[referred]
        if value is None:
            self._warn(f"{unchanged}: no such secret can be read.")
            return found[0]
        cycles = self._cycles
        expanded = self._expand(value, (*trail, referred))
        (self._expanded if cycles == self._cycles else self._cyclic)[met] = expanded
        return expanded

    def _warn(self, sentence: str) -> None:
        if len(self._said) < MOST_WARNINGS:
            self._said[sentence] = None
        elif sentence not in self._said:
            self._said["More references were left as they are."] = None
