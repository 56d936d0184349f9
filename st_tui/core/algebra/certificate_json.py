"""A certificate as JSON, for a file. A file may claim anything; `certificate` checks the claim."""

from __future__ import annotations

import re
from typing import Any, Final

from st_tui.core.algebra.containment import Certificate
from st_tui.core.algebra.product import ActiveSets, ProductState, Relation
from st_tui.core.errors import Refusal

UNIVERSE: Final = "/ and (/[A-Za-z0-9_-]+)+"
"""The paths that a certificate speaks of, as a regular expression."""

LONGEST_FILE: Final = 2 * 1024 * 1024
"""Bytes of a file of certificates: a hundred scopes on each side make a twentieth of it."""

_ACTIVE_SET: Final = re.compile(r"[0-9a-f]{1,2000}")


def as_json(certificate: Certificate) -> dict[str, Any]:
    """The certificate for a file; active sets are hexadecimal, for they have many bits."""
    return {
        "universe": UNIVERSE,
        "relation": certificate.relation.value,
        "left": list(certificate.left),
        "right": list(certificate.right),
        "states": [
            [after_slash, *([[i, f"{active:x}"] for i, active in sets] for sets in sides)]
            for after_slash, *sides in sorted(certificate.states)
        ],
    }


def from_json(data: Any) -> Certificate:
    """Read what `as_json` wrote. Raises Refusal if it is something else."""
    try:
        if data["universe"] != UNIVERSE:
            raise ValueError
        return Certificate(
            Relation(data["relation"]),
            tuple(map(_text, data["left"])),
            tuple(map(_text, data["right"])),
            frozenset(
                ProductState(_bool(after_slash), _active_sets(left), _active_sets(right))
                for after_slash, left, right in data["states"]
            ),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise Refusal("This is no certificate: make one with `st-tui scope compare`.") from fault


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _active_sets(pairs: Any) -> ActiveSets:
    return tuple((_index(index), _active_set(active)) for index, active in pairs)


def _index(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _active_set(value: Any) -> int:
    if _ACTIVE_SET.fullmatch(_text(value)) is None:
        raise ValueError
    return int(value, 16)
