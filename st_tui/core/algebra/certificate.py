"""Check a certificate of `core.algebra` without trusting the search that made it.

A certificate claims: "these are all the states that a path can lead to, and none of them breaks
the relation." It is believed if that is seen to be so: the root path does not break it, the state
after the leading slash is among them, and from each of them every character that a path can have
leads to one among them. A state in which nothing can break the relation any more may be missing.
"""

from __future__ import annotations

import re
from typing import Any, Final

from st_tui.core.algebra.containment import Certificate, Relation, Side, State, Work
from st_tui.core.errors import Refusal
from st_tui.core.patterns import FOLDER_CHARS, Pattern, compile_pattern

UNIVERSE: Final = "/ and (/[A-Za-z0-9_-]+)+"
"""The paths that a certificate speaks of, as a regular expression."""


_STEPS: Final = 3_000_000
LONGEST_FILE: Final = 2 * 1024 * 1024
"""Bytes of a file of certificates: a hundred scopes on each side make a twentieth of it."""

_PLACES = re.compile(r"[0-9a-f]{1,2000}")


def checking() -> Work:
    """The work that checking all certificates of a file may take: a second at most."""
    return Work(_STEPS)


def check(certificate: Certificate, work: Work | None = None) -> bool:
    """Whether the certificate proves what it claims.

    Raises PatternRefused if a pattern is none, and TooComplex beyond the work that may be done.
    """
    work = work or checking()
    relation, states = certificate.relation, certificate.states
    work.spend(sum(200 + 5 * len(text) for text in (*certificate.left, *certificate.right)))
    left = [compile_pattern(text) for text in certificate.left]
    right = [compile_pattern(text) for text in certificate.right]
    letters = _letters([*left, *right])

    def matters(state: State) -> bool:
        return bool(state.left) and (relation is Relation.INSIDE or bool(state.right))

    def breaks(path_of_left: bool, path_of_right: bool) -> bool:
        return path_of_left and path_of_right == (relation is Relation.APART)

    root = (any(glob.matches("/") for glob in side) for side in (left, right))
    if breaks(*root):
        return False
    first = State(True, *(_after_root(side) for side in (left, right)))
    if matters(first) and first not in states:
        return False
    for state in states:
        work.spend(len(letters) * (6 + 4 * (len(state.left) + len(state.right))))
        if not all(
            0 <= index < len(side)
            for side, alive in ((left, state.left), (right, state.right))
            for index, _ in alive
        ):
            return False
        if not state.fresh and breaks(_stops(left, state.left), _stops(right, state.right)):
            return False
        for char in letters if state.fresh else letters + "/":
            after = State(
                char == "/", _step(left, state.left, char), _step(right, state.right, char)
            )
            if matters(after) and after not in states:
                return False
    return True


def _letters(globs: list[Pattern]) -> str:
    """A character of each kind; characters of a kind lead on alike, whatever is alive."""
    kinds = {
        tuple(glob.automaton.steps.get(char, glob.automaton.other_step) for glob in globs): char
        for char in FOLDER_CHARS
    }
    return "".join(kinds.values())


def _after_root(globs: list[Pattern]) -> Side:
    alive = [glob.automaton.enter(glob.automaton.read(glob.automaton.start, "")) for glob in globs]
    return tuple((index, places) for index, places in enumerate(alive) if places)


def _step(globs: list[Pattern], side: Side, char: str) -> Side:
    after = []
    for index, places in side:
        automaton = globs[index].automaton
        if char == "/":
            following = automaton.enter(places & automaton.ends)
        else:
            following = automaton.advance(places, char)
        if following:
            after.append((index, following))
    return tuple(after)


def _stops(globs: list[Pattern], side: Side) -> bool:
    return any(places & globs[index].automaton.accepting for index, places in side)


def as_json(certificate: Certificate) -> dict[str, Any]:
    """The certificate for a file; places are hexadecimal, for they have many bits."""
    return {
        "universe": UNIVERSE,
        "relation": certificate.relation.value,
        "left": list(certificate.left),
        "right": list(certificate.right),
        "states": [
            [state.fresh, *([[i, f"{places:x}"] for i, places in side] for side in state[1:])]
            for state in sorted(certificate.states)
        ],
    }


def from_json(data: Any) -> Certificate:
    """Read what `as_json` wrote; Refusal if it is something else."""
    try:
        if data["universe"] != UNIVERSE:
            raise ValueError
        return Certificate(
            Relation(data["relation"]),
            tuple(map(_text, data["left"])),
            tuple(map(_text, data["right"])),
            frozenset(
                State(_fresh(fresh), _side(left), _side(right))
                for fresh, left, right in data["states"]
            ),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise Refusal("This is no certificate: make one with `st-tui scope compare`.") from fault


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _fresh(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _side(pairs: Any) -> Side:
    return tuple((_index(index), _places(places)) for index, places in pairs)


def _index(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _places(value: Any) -> int:
    if _PLACES.fullmatch(_text(value)) is None:
        raise ValueError
    return int(value, 16)
