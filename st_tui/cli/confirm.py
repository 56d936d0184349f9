"""The question that a person answers before something is deleted or replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from st_tui.cli.command import BadUsage
from st_tui.cli.output import MOST_LOST, note

if TYPE_CHECKING:
    from st_tui.core.secrets.used_by import UsedBy


def confirm(
    question: str,
    *,
    yes: bool,
    otherwise: str = "Nothing was deleted.",
    about: Iterable[str] = (),
    lost: Callable[[], UsedBy] | None = None,
) -> bool:
    """Whether to go on: True with `yes`, else what the person answers on stdin.

    The lines of `about` are printed before the question. So is what `lost` returns: references and
    imports that lead to what is deleted. `otherwise` is printed after a no. Raises BadUsage where
    stdin is no terminal.
    """
    if yes:
        return True
    from st_tui.core.secrets.used_by import in_prose

    used = [] if lost is None else lost().told(MOST_LOST)
    if not sys.stdin.isatty():
        before = f"{in_prose(used)} " if used else ""
        raise BadUsage(
            f"{before}{question} Nobody is there to answer: give --yes to do it unasked."
        )
    for line in (*about, *used):
        note(line)
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    agreed = sys.stdin.readline().strip().lower() in ("y", "yes")
    if not agreed:
        note(otherwise)
    return agreed
