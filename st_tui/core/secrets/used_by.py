"""What uses secrets that are to be deleted, in words: import links, and references in values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from st_tui.core.plain_text import shown
from st_tui.core.secrets.model import Place, SecretImport
from st_tui.core.wording import counted


class Reference(NamedTuple):
    """A secret whose value refers to another, and the text that does: `${dev.common.NAME}`."""

    place: Place
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class UsedBy:
    """Import links that bring the secrets into other folders, and references to the secrets.

    `unseen` says, as a sentence, why there may be more references; it is empty if all were seen.
    """

    links: tuple[SecretImport, ...] = ()
    references: tuple[Reference, ...] = ()
    unseen: str = ""

    @property
    def lines(self) -> list[str]:
        """A line for each link and each reference: `dev:/app imports dev:/common`."""
        return [f"{link.place} imports {link.source}" for link in self.links] + [
            f"{shown(reference.name)} in {reference.place} refers to {reference.text}"
            for reference in self.references
        ]

    def told(self, most: int) -> list[str]:
        """A sentence with the counts, and below it the lines; nothing if nothing uses the secrets.

        There are at most `most` lines; if there is more, the last says how much.
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
    """At most `most` of these lines; if there are more, the last says how many."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"… and {len(lines) - most + 1} more"]


def in_prose(told: list[str]) -> str:
    """The lines of `UsedBy.told` as one line of prose."""
    first, *rest = told
    named = "; ".join(line.strip().removesuffix(".") for line in rest)
    return f"{first} {named}." if named else first
