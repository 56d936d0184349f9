"""Whether a token's name can be told from the names of all others."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import count, pairwise
from typing import Final

from st_tui.core.drafts import LONGEST_NAME
from st_tui.core.lint.warnings import Fix, Kind, LintWarning
from st_tui.core.lookalikes import described, looks_like, mixture, skeleton
from st_tui.core.packed import PackedTexts
from st_tui.core.plain_text import blank_end, shown, unseen, without_unseen
from st_tui.core.wording import counted

_SHOWN: Final = 2
"""So many of the names that look alike are listed."""


class Names:
    """The names of a project's tokens, one for each token: the same may be there twice."""

    def __init__(self, names: Iterable[str]) -> None:
        self._same = Counter(names)
        self._alike: defaultdict[str, list[str]] = defaultdict(list)
        for name in self._same:
            self._alike[skeleton(name)].append(name)

    def same(self, name: str) -> int:
        """How many tokens have this very name."""
        return self._same[name]

    def alike(self, name: str) -> list[str]:
        """The other names that look like this one."""
        return sorted(other for other in self._alike.get(skeleton(name), ()) if other != name)


class OwnNames(Names):
    """The same in less memory, for warnings about these very names and not about a draft's.

    Only names that another one looks like are kept; of the others a hash tells that they are there.

    >>> names = OwnNames(["ci", "web", "\N{CYRILLIC SMALL LETTER ES}i"])
    >>> names.same("ci"), names.same("web"), names.same("db"), names.alike("web")
    (1, 1, 0, [])
    """

    def __init__(self, names: Iterable[str]) -> None:
        kept = PackedTexts(names)
        looks = array("q", (hash(skeleton(name)) for name in kept))
        in_order = sorted(looks)
        several = {one for one, next_one in pairwise(in_order) if one == next_one}
        super().__init__(name for name, look in zip(kept, looks, strict=True) if look in several)
        self._hashes = array("q", sorted(map(hash, kept)))

    def same(self, name: str) -> int:
        at = bisect_left(self._hashes, hash(name))
        is_there = at < len(self._hashes) and self._hashes[at] == hash(name)
        return super().same(name) or int(is_there)


def about_name(name: str, names: Names, *, is_among: bool = False) -> list[LintWarning]:
    """Warnings about a token's name; `is_among`: `names` counts this token too."""

    def warn(sentence: str, instead: str = "") -> LintWarning:
        fix = Fix(f"name it {shown(instead)}", name=instead) if instead else None
        return LintWarning(Kind.NAME, sentence, fix)

    warnings = []
    if is_among and (found := unseen(name) or blank_end(name)):
        sentence = f"The name {found}: only a clone can have one without it."
        warnings.append(warn(sentence, without_unseen(name)))
    elif found := unseen(name):  # a blank at the end is usual while somebody types
        warnings.append(warn(f"The name {found}: leave it out.", without_unseen(name)))
    if (mixed := mixture(name)) is not None:
        *first, last = mixed.scripts
        sentence = f"The name mixes {', '.join(first)} and {last} letters"
        instead = _in_ascii(without_unseen(name))
        instead = "" if names.same(instead) else instead
        warnings.append(warn(f"{sentence}: it has {described(mixed.odd)}.", instead))
    if alike := names.alike(name):
        listed = ", ".join(f"“{shown(other)}”" for other in alike[:_SHOWN])
        more = f" and {len(alike) - _SHOWN} more" if len(alike) > _SHOWN else ""
        warnings.append(warn(f"The name looks like that of another token: {listed}{more}."))
    if others := names.same(name) - is_among:
        tokens = counted(others, "other token has", "other tokens have")
        instead = "" if is_among else _next_free(name, names)
        warnings.append(warn(f"{tokens} the same name: only the id tells them apart.", instead))
    return warnings


def _next_free(name: str, names: Names) -> str:
    """The name with the first number behind it that no token has.

    >>> _next_free("ci", Names(["ci", "ci-2"]))
    'ci-3'
    """
    return next(free for n in count(2) if not names.same(free := f"{name[: LONGEST_NAME - 6]}-{n}"))


def _in_ascii(name: str) -> str:
    """The name in the letters that its own are taken for; empty if some are taken for none."""
    letters = [c if c.isascii() else looks_like(c) for c in name]
    return "".join(filter(None, letters)) if all(letters) else ""
