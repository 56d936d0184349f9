"""The places next to one: the folders above, below and beside it, and the same path elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from st_tui.core.drafts import leading_to
from st_tui.core.plain_text import shown

LABEL = "next to it   "
_GAP = 3
_MOST = 6
"""Places of a kind that are looked at: more are never shown."""
_LOOKED_AT = 1_000
"""Folders of a parent that are looked at for one that goes on as the path does."""


class Neighbour(NamedTuple):
    """A place, how it is written beside the one asked about, and its place in the line."""

    environment: str
    path: str
    text: str
    order: tuple[int, int]


class Neighbourhood:
    """The folders of a project, by environment and parent."""

    def __init__(self, paths: Mapping[str, Sequence[str]]) -> None:
        """`paths` are each environment's folders, parents before children."""
        self._paths = paths
        self._children: dict[str, dict[str, list[str]]] = {}
        """Of each environment that was asked about."""

    def of(self, environment: str, path: str) -> list[Neighbour]:
        """The neighbours of a place, those first that tell most about it."""
        known = self._children_in(environment)
        if path == "/":
            kinds: list[Iterable[str]] = [(), known.get("/", ()), (), ()]
        else:
            parent = path.rpartition("/")[0] or "/"
            above = [folder for folder in reversed(leading_to(parent)) if folder != "/"]
            kinds = [above, known.get(path, ()), _beside(path, known.get(parent, ())), ["/"]]
        found = [
            [
                Neighbour(
                    environment, folder, shown(folder), (rank, -index if rank == 0 else index)
                )
                for index, folder in enumerate(islice(kind, _MOST))
            ]
            for rank, kind in enumerate(kinds)
        ]
        others = (slug for slug in self._paths if slug != environment)
        found.append(
            [
                Neighbour(slug, path, shown(slug), (len(kinds), index))
                for index, slug in enumerate(islice(others, _MOST))
            ]
        )
        # One of each kind, then a second of each, and so on.
        return [one for one in chain.from_iterable(zip_longest(*found)) if one is not None]

    def _children_in(self, environment: str) -> Mapping[str, Sequence[str]]:
        if environment not in self._children:
            children: dict[str, list[str]] = {}
            for path in self._paths.get(environment, ()):
                if path != "/":
                    children.setdefault(path.rpartition("/")[0] or "/", []).append(path)
            self._children[environment] = children
        return self._children[environment]


def _beside(path: str, children: Sequence[str]) -> list[str]:
    """The folders beside a path: those first that go on as it does, while it is typed."""
    alike = [child for child in islice(children, _LOOKED_AT) if child.startswith(path)]
    return [one for one in dict.fromkeys((*alike, *children[: _MOST + 1])) if one != path]


def neighbour_lines(
    neighbours: Sequence[Neighbour], allowed: Callable[[Neighbour], bool], width: int, height: int
) -> list[Content]:
    """As many neighbours as fit into so many lines, each whole, with whether it is allowed."""
    rows: list[list[Neighbour]] = [[]]
    for count in range(len(neighbours)):
        taken = [one for row in rows for one in row] + [neighbours[count]]
        wider = _rows(sorted(taken, key=lambda one: one.order), width - len(LABEL))
        rows = wider if len(wider) <= height else rows
    gap = " " * _GAP
    return [
        Content.assemble(
            (LABEL if number == 0 else " " * len(LABEL), "$text-muted"),
            Content.styled(gap, "$text-muted").join(
                [_drawn(one, allowed=allowed(one)) for one in row]
            ),
        )
        for number, row in enumerate(rows)
    ]


def _rows(neighbours: Sequence[Neighbour], width: int) -> list[list[Neighbour]]:
    rows: list[list[Neighbour]] = [[]]
    left = width
    for one in neighbours:
        cells = cell_len(one.text) + 2
        if rows[-1] and cells + _GAP > left:
            rows.append([])
            left = width
        left -= cells + (_GAP if rows[-1] else 0)
        rows[-1].append(one)
    return rows


def _drawn(neighbour: Neighbour, *, allowed: bool) -> Content:
    # In one colour each: those that are closed then go over a slow line in one piece.
    mark, style = ("✔", "$text-success") if allowed else ("✖", "$text-muted")
    return Content.styled(f"{neighbour.text} {mark}", style)
