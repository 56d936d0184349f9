"""What a token may do in a folder, in letters, and folders that are alike folded to one line.

A capital letter says that `decide` allows it now, from anywhere. A small letter says that the
token's scopes and permissions grant it, but something about the token holds it back: it is not
activated, it has ended, or it works from its trusted addresses only. A dot is neither. So an
inactive token's column still shows what activating it would open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from st_tui.core import access
from st_tui.core.model import AccessRequest, Decision, Permission, Reason, ServiceToken

_TOKEN_REASONS = (Reason.EXPIRED, Reason.INACTIVE, Reason.IP)
"""Reasons that lie with the token, whatever the folder."""
_FOLDER_REASONS = (Reason.ENVIRONMENT, Reason.PATH)
"""Reasons that lie with the folder: they hold for every permission alike."""
_LETTERS = tuple((permission, permission.letter) for permission in Permission)
_NOTHING = "·".ljust(len(_LETTERS))


def letters(
    token: ServiceToken, path: str, request: Callable[[str, Permission], AccessRequest]
) -> str:
    """What a cell says: a letter or a blank for each permission, or one dot for none of them.

    `request` makes the request to decide from a path and a permission.
    """
    found = ""
    for permission, letter in _LETTERS:
        asked = request(path, permission)
        decision = access.decide(token, asked)
        if decision.reason in _FOLDER_REASONS:
            return _NOTHING  # spares most cells of a large matrix a decision
        found += _letter(letter, token, asked, decision)
    return _NOTHING if found.isspace() else found


def column(
    token: ServiceToken,
    paths: Iterable[str],
    request: Callable[[str, Permission], AccessRequest],
) -> tuple[str, ...]:
    """What the cells of a token say, for each of some folders."""
    same: dict[str, str] = {}  # one text for all cells that say it: a column may be long
    return tuple(
        same.setdefault(cell, cell) for cell in (letters(token, p, request) for p in paths)
    )


def _letter(letter: str, token: ServiceToken, request: AccessRequest, decision: Decision) -> str:
    if decision.allowed:
        return letter
    if decision.reason in _TOKEN_REASONS:
        free = token._replace(expires_at=None, is_active=True, trusted_ips=None)
        if access.decide(free, request).allowed:
            return letter.lower()
    return " "


class Line(NamedTuple):
    """A line of the matrix: one folder, or several whose cells are equal.

    `folder` is the index of the folder whose cells it shows, and `level` its indent. `fold` is the
    pattern of the folders that are folded here, empty for one folder: `/a/**` is a folder and all
    below it, `/a/**/*` all below it alone, and `/a/*` the same if none of those has folders.
    """

    folder: int
    label: str
    level: int
    fold: str = ""
    folders: int = 1


def fold(
    paths: Sequence[str],
    cells: Iterable[Sequence[str]],
    *,
    opened: Collection[str] = (),
    every: bool = False,
    differing: bool = False,
) -> list[Line]:
    """The lines for some folders and the cells of each: what is alike below a folder is folded.

    `paths` begins with the root, and parents stand before their children. `opened` are folds to be
    shown line by line; `every` shows all so. With `differing` only lines are left in which not all
    cells are equal.
    """
    return _Folding(paths, list(cells), opened, every=every, differing=differing).lines()


class _Folding:
    """One run of `fold`. It takes time in proportion to the number of folders."""

    def __init__(
        self,
        paths: Sequence[str],
        cells: Sequence[Sequence[str]],
        opened: Collection[str],
        *,
        every: bool,
        differing: bool,
    ) -> None:
        self._paths = paths
        self._cells = cells
        self._opened = opened
        self._every = every
        self._differing = differing
        self._ends = _ends(paths)
        self._alike, self._alike_below = self._compare()
        self._lines: list[Line] = []
        self._above: list[int] = []
        """The folders that have a line of their own and lead to the next one."""

    def lines(self) -> list[Line]:
        index = open_until = 0
        while index < len(self._paths):
            may_fold = not self._every and index >= open_until
            first, pattern = self._fold_at(index) if may_fold else (index, "")
            if pattern in self._opened:
                open_until, pattern = self._ends[index], ""
            if not pattern or first > index:
                self._add(index)
            if pattern:
                self._add(first, pattern, self._ends[index] - first)
            index = self._ends[index] if pattern else index + 1
        return self._lines

    def _fold_at(self, index: int) -> tuple[int, str]:
        """The first folder of those that are to be folded here, and their pattern; "" for none."""
        path, below = self._paths[index], self._ends[index] - index - 1
        if self._alike[index] and below:
            return index, f"{path.rstrip('/')}/**"
        # No pattern has all below the root but the root.
        if self._alike_below[index] and below > 1 and index:
            depth, paths = _depth(path) + 1, self._paths[index + 1 : self._ends[index]]
            deep = any(_depth(path) > depth for path in paths)
            return index + 1, f"{path}/{'**/*' if deep else '*'}"
        return index, ""

    def _add(self, index: int, fold: str = "", folders: int = 1) -> None:
        """Add a line, unless only differing ones are wanted and this one is none."""
        cells = self._cells[index]
        if self._differing and all(cell == cells[0] for cell in cells):
            return
        while self._above and self._ends[self._above[-1]] <= index:
            self._above.pop()
        parent = self._paths[self._above[-1]] if self._above else "/"
        text = fold or self._paths[index]
        label = text if text in ("/", "/**") else text.removeprefix(parent.rstrip("/"))[1:]
        level = sum(self._paths[above] != "/" for above in self._above)
        self._lines.append(Line(index, label, level, fold, folders))
        if not fold:
            self._above.append(index)

    def _compare(self) -> tuple[list[bool], list[bool]]:
        """For each folder: whether all below it have its cells, and whether they are alike."""
        count = len(self._paths)
        alike, below = [True] * count, [True] * count
        for index in reversed(range(count)):
            child, end = index + 1, self._ends[index]
            first = self._cells[child] if child < end else self._cells[index]
            while child < end:
                below[index] = below[index] and alike[child] and self._cells[child] == first
                child = self._ends[child]
            alike[index] = below[index] and self._cells[index] == first
        return alike, below


def _depth(path: str) -> int:
    return 0 if path == "/" else path.count("/")


def _ends(paths: Sequence[str]) -> list[int]:
    """For each folder the index behind the last one below it."""
    ends = [len(paths)] * len(paths)
    above: list[int] = []
    for index, path in enumerate(paths):
        while above and _depth(paths[above[-1]]) >= _depth(path):
            ends[above.pop()] = index
        above.append(index)
    return ends
