"""What a draft would allow beside the token that it was made from, in lines of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from st_tui.core.algebra import TooComplex
from st_tui.core.compare import Grants, Surplus, compare
from st_tui.core.plain_text import shown


def beside(original: Grants, draft: Grants, folders: Mapping[str, Sequence[str]]) -> list[Content]:
    """What the draft would allow more and less than its original, each with a path."""
    try:
        gains, losses = compare(original, draft, folders)
    except TooComplex as refusal:
        return [Content.styled(f"! {refusal}", "$text-warning")]
    if not gains and not losses:
        return [Content.styled("= Allows the same as the original (proved).", "$text-success")]
    more = [Content.styled(f"+ Gains {_surplus(one)}", "$text-warning") for one in gains]
    less = [Content.styled(f"- Loses {_surplus(one)}", "$text-muted") for one in losses]
    return [*more, *less]


def _surplus(one: Surplus) -> str:
    access = " and ".join(one.operations)
    return f"{access} {shown(str(one.scope))}, as on {one.witness}"
