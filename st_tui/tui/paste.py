"""A paste is text: an escape character in it must not become key presses.

Textual reads a bracketed paste, but what follows an escape in one is given out again as keys where
it cannot be named, and a clipboard could so press `d` and `y`. Many terminals take escapes out of a
paste; tmux does not.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.message import Message

_START, _END = "\x1b[200~", "\x1b[201~"
_ESCAPES = str.maketrans(dict.fromkeys("\x1b\x9b"))


class PasteParser(XTermParser):
    """Textual's parser, with the escapes taken out of every paste before it sees them."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._seen = ""
        self._held = ""

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what was read. Raises what Textual's does."""
        text = self._without_escapes(data)
        # Nothing at all means the end of input to Textual.
        return super().feed(text) if text or not data else ()

    def _without_escapes(self, data: str) -> str:
        rest, self._held = self._held + data, ""
        kept = []
        while rest:
            if self._pasting:
                inside, end, rest = rest.partition(_END)
                if not end:
                    # The mark of the end may come in two pieces.
                    cut = next(n for n in range(len(_END), -1, -1) if inside.endswith(_END[:n]))
                    inside, self._held = inside[: len(inside) - cut], inside[len(inside) - cut :]
                kept += [inside.translate(_ESCAPES), end]
                self._pasting = not end
            else:
                # The mark of the beginning too; what came of it before is parsed already.
                before = self._seen
                start = (before + rest).find(_START)
                upto = len(rest) if start < 0 else start + len(_START) - len(before)
                kept.append(rest[:upto])
                self._seen = "" if start >= 0 else (before + rest)[-len(_START) + 1 :]
                self._pasting, rest = start >= 0, rest[upto:]
        return "".join(kept)


def install() -> None:
    """Let Textual's driver read with `PasteParser`. It has no public way to choose one."""
    linux_driver.XTermParser = PasteParser  # type: ignore[attr-defined]
