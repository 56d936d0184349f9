"""The lines of the test-access pane around its verdict: its head, the reach, and the command."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size

from st_tui.core.model import ServiceToken
from st_tui.core.plain_text import shown
from st_tui.tui.command_line import PROGRAM
from st_tui.tui.widgets.cells import cut
from st_tui.tui.widgets.neighbours import LABEL

_LINE = "─"
_SHORT_ID = 8
"""Characters of an id that tell it from others on a screen."""


def head_line(subject: Content, aside: Content, width: int, *, ruled: bool) -> Content:
    """Whose access is tested, and something on the right; `ruled` draws a line through it."""
    line = _LINE if ruled else " "
    before = (f"{line}{line} " if ruled else "", "$border")
    after = (f" {line}{line}" if ruled else "", "$border")
    left = Content.assemble(before, subject)
    right = Content.assemble(aside, after) if aside else Content("")
    room = width - right.cell_length - 2
    if room < left.cell_length:
        left = left.truncate(max(room, 1), ellipsis=True)
    gap = max(width - left.cell_length - right.cell_length - 2, 0)
    return Content.assemble(
        left, " ", (line * gap, "$border"), " " if aside else (line, "$border"), right
    )


def reach_line(
    environment: str, reached: int | None, folders: int, token: ServiceToken | None, width: int
) -> Content:
    """How many folders of an environment a token reaches, and by which of its patterns.

    `reached` None says that they are still counted.
    """
    label = f"{cut(f'reach {environment}', 24)}  ".ljust(len(LABEL))
    count = "counting…" if reached is None else f"{reached} of {folders}"
    patterns = (
        [s.secret_path for s in token.scopes if s.environment == environment] if token else []
    )
    line = Content.assemble((label, "$text-muted"), count)
    room = width - line.cell_length - 3
    words = _listed(patterns, room) if patterns else "no scope there"
    return Content.assemble(line, (f"   {words}", "$text-muted")) if room > 0 else line


def _listed(texts: Sequence[str], room: int) -> str:
    """The texts that fit, and how many more there are."""
    said = ""
    for count, text in enumerate(texts):
        more = f"  +{len(texts) - count - 1}" if count + 1 < len(texts) else ""
        longer = f"{said}   {shown(text)}" if said else shown(text)
        if len(longer) + len(more) > room:
            return f"{said}  +{len(texts) - count}" if said else cut(longer, room)
        said = longer
    return said


def command_lines(arguments: Sequence[str], size: Size, *, key: str) -> Content:
    """The command that asks the same, its id cut, and the key that copies it whole."""
    short = [f"{text[:_SHORT_ID]}…" if _is_id(text) else shlex.quote(text) for text in arguments]
    command = Content.styled(shown(f"$ {PROGRAM} {' '.join(short)}"), "$text-muted")
    copies = Content.assemble((key, "bold $text-primary"), (" copy" if key else "", "$text-muted"))
    *above, last = command.wrap(size.width)[: size.height]
    last = command[sum(len(line.plain) + 1 for line in above) :]
    room = size.width - copies.cell_length - 2
    last = last.truncate(room, ellipsis=True)
    gap = " " * (room + 2 - last.cell_length)
    return Content("\n").join([*above, Content.assemble(last, gap, copies)])


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4 and "/" not in text
