"""What leads to secrets from elsewhere and loses them when they go, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from st_tui.core.plain_text import shown
from st_tui.core.secrets.model import Place, SecretImport
from st_tui.core.wording import counted


class Reference(NamedTuple):
    """A secret whose value refers to another: `text` is how, as in `${dev.common.NAME}`."""

    place: Place
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class UsedBy:
    """Import links that bring secrets into other folders, and references to them.

    `unseen` says why some references may not be among them; it is empty where all are.
    """

    links: tuple[SecretImport, ...] = ()
    references: tuple[Reference, ...] = ()
    unseen: str = ""

    @property
    def lines(self) -> list[str]:
        """Each link and each reference, as the beginning of a sentence."""
        return [f"{link.place} imports {link.source}" for link in self.links] + [
            f"{shown(reference.name)} in {reference.place} refers to {reference.text}"
            for reference in self.references
        ]

    def told(self, most: int) -> list[str]:
        """A sentence and lines about what loses it; nothing if nothing leads there.

        No more than `most` lines, and how many more there are.
        """
        unseen = [self.unseen] if self.unseen else []
        if not self.links and not self.references:
            return unseen
        kinds = (len(self.links), "import"), (len(self.references), "reference")
        counts = " and ".join(counted(number, kind) for number, kind in kinds if number)
        return [
            f"Used by {counts}, which will not find it:",
            *(f"  {line}" for line in shortened(self.lines, most)),
            *unseen,
        ]


def shortened(lines: list[str], most: int) -> list[str]:
    """The first of these lines, and how many more there are."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"… and {len(lines) - most + 1} more"]


def in_prose(told: list[str]) -> str:
    """What `told` says, as one line."""
    first, *rest = told
    named = "; ".join(line.strip().removesuffix(".") for line in rest)
    return f"{first} {named}." if named else first
