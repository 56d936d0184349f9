"""What `set` and `import` share: reading a file, and telling what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from st_tui.cli.command import BadUsage
from st_tui.cli.output import say

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Place
    from st_tui.core.vault.secrets import Written


def read_file(file: str, longest: int, complaint: str) -> bytes:
    """The bytes of a file, at most `longest` and one. Raises BadUsage: `complaint` and why."""
    # The file's name is not repeated: it may be a value that begins with @.
    try:
        with open(file, "rb") as opened:
            return opened.read(longest + 1)
    except OSError as error:
        raise BadUsage(f"{complaint}: {error.strerror}.") from None


def say_written(written: Written, count: int, place: Place) -> None:
    """Print how many of `count` secrets were made, changed, or equal already."""
    same = count - written.created - written.updated
    say(
        f"Secrets in {place}: {written.created} made, {written.updated} changed, "
        f"{same} equal already."
    )
