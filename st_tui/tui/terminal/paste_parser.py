"""Reads pastes as text: nothing in a paste becomes a key press.

Textual reads bracketed pastes (`ESC[200~` … `ESC[201~`). But what follows an escape inside one, if
it is no sequence that Textual knows, comes out again as keys: a clipboard could press `d` and `y`.
Many terminals take escapes out of a paste; tmux does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.events import Key
from textual.message import Message

from st_tui.tui.terminal.pasted_text import Burst, looks_pasted, text_of

_START, _END = "\x1b[200~", "\x1b[201~"
_ONLY_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")
_ESCAPES = str.maketrans(dict.fromkeys("\x1b\x9b"))


class PasteParser(XTermParser):
    """Textual's parser, which gets every paste without its escapes.

    Text that arrives in one piece outside of a bracketed paste comes out as a `Burst`. One of
    several lines is held until `tick` finds no more of it, because a long one comes in pieces.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._seen = ""
        """The last characters before a paste, which may begin its start mark. They are parsed."""
        self._held = ""
        """The last characters of a paste, which may begin its end mark. They are not parsed yet."""
        self._burst: list[Key] = []
        self._burst_grew = False
        """Whether more of the burst came since the last tick."""

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what was read. Raises what Textual's does."""
        text = self._without_escapes(data)
        # To Textual, no data at all means the end of input.
        found = list(super().feed(text)) if text or not data else []
        keys = [event for event in found if isinstance(event, Key)]
        if not text or not _ONLY_TEXT.fullmatch(text) or text_of(keys) != text:
            return [*self._release(), *found]
        if self._burst or looks_pasted(text):
            self._burst += keys
            self._burst_grew = True
            return []
        return [Burst(keys)] if len(keys) > 1 else found

    def tick(self) -> Iterable[Message]:
        """What is due without more input. Textual calls this after each read, else after 0.1 s."""
        if self._burst_grew:
            self._burst_grew = False
            return super().tick()
        return [*self._release(), *super().tick()]

    def _release(self) -> list[Message]:
        held, self._burst = self._burst, []
        return [Burst(held)] if held else []

    def _without_escapes(self, data: str) -> str:
        rest, self._held = self._held + data, ""
        kept = []
        while rest:
            if self._pasting:
                inside, end, rest = rest.partition(_END)
                if not end:
                    # The end mark may come in two pieces: hold what may be its beginning.
                    cut = next(n for n in range(len(_END), -1, -1) if inside.endswith(_END[:n]))
                    inside, self._held = inside[: len(inside) - cut], inside[len(inside) - cut :]
                kept += [inside.translate(_ESCAPES), end]
                self._pasting = not end
            else:
                # The start mark may come in two pieces as well.
                before = self._seen
                start = (before + rest).find(_START)
                upto = len(rest) if start < 0 else start + len(_START) - len(before)
                kept.append(rest[:upto])
                self._seen = "" if start >= 0 else (before + rest)[-len(_START) + 1 :]
                self._pasting, rest = start >= 0, rest[upto:]
        return "".join(kept)


def install() -> None:
    """Let Textual's driver read with `PasteParser`: it has no public option for a parser."""
    # The driver imports this name from another module, which mypy takes for private.
    linux_driver.XTermParser = PasteParser  # type: ignore[attr-defined]
