"""A driver that sends only the cells of the screen that changed.

Textual repaints by widget: several kB for one key, which is felt over SSH. Here a shadow of the
screen, a character and a style for each cell, is kept beside it. Of each frame, which is text that
says where it goes and how it looks, only the cells that differ from the shadow are sent.

What is not understood is sent as it is, and what it may have touched is then *unknown*: it equals
nothing, so it is sent whole the next time. That is the rule that makes this safe: a frame of other
than text, places and styles makes everything unknown, as does whatever else is written and not
known to leave the screen alone; a character that may not be one cell wide makes its line unknown.

A secret is in the shadow no longer than on the screen: both are written over by the same frame.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import compress, groupby
from operator import ne, or_
from typing import Any, Final, NamedTuple

from textual.app import App
from textual.driver import Driver
from textual.geometry import Size

SYNC_START: Final = "\x1b[?2026h"
SYNC_END: Final = "\x1b[?2026l"

_HARMLESS: Final = re.compile(
    r"\x07"
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1016|2004|2048)[hl]"  # modes of input and cursor
    r"|\x1b\[\?\d+\$p|\x1b\[>\d*u|\x1b\[<u"  # queries, the Kitty keyboard
    r"|\x1b\](?:22|52);[^\x00-\x1f]*(?:\x07|\x1b\\)"  # the pointer's shape, the clipboard
)
"""What leaves cells, cursor and styles alone, so that the shadow stays true."""

_GOES_TO: Final = re.compile(r"\x1b\[(\d+);(\d+)H")
_STYLE: Final = re.compile(r"\x1b\[([\d;]*)m")
_NARROW: Final = re.compile(
    "[ -~\xa1-\xac\xae-\u02ff\u0370-\u0373\u0384-\u03ff\u0400-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2500-\u259f\u2714\u2716]*"
)
"""Text that takes one cell for each character in every terminal."""

_ODD: Final = re.compile(
    r"(?:[^\x00-\x1f\x7f-\x9f]|\x1b\]8;[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\))*"
)
"""Text of any width, perhaps with links: it stays in its line."""

_UNKNOWN: Final = ""
_NEAR: Final = 3
"""As many equal cells in a row are sent again: to jump over them is no shorter."""

_WORTH_SCROLLING: Final = 4
"""As many lines more must be right after a block of them was moved, or it is not moved."""


class ScreenDiff(Driver):
    """What a driver needs besides to send changes only. Goes on top of a real one."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._held = ""  # the start of a synchronised update that may turn out to be empty
        self.forget_screen()

    def forget_screen(self) -> None:
        """Something else may stand on the screen: send all of the next frame."""
        self._shadow = Shadow(Size(0, 0))

    def resize_screen(self, size: Size) -> None:
        """Forget what a terminal of another size shows. A size that was there already is news of
        nothing: it comes twice when the app starts, the second time behind the first frame."""
        if size != self._shadow.size:
            self._shadow = Shadow(size)

    def write(self, data: str) -> None:
        if data == SYNC_START:
            self._held = data
        elif data == SYNC_END and self._held:
            self._held = ""
        elif data == SYNC_END or _HARMLESS.fullmatch(data):
            # Perhaps from the thread that reads the keys: this touches no state.
            super().write(data)  # type: ignore[safe-super]  # a real driver is below
        elif changes := self._changes(data):
            changes, self._held = self._held + changes, ""
            super().write(changes)  # type: ignore[safe-super]

    def stop_application_mode(self) -> None:
        self._held = ""
        super().stop_application_mode()  # type: ignore[safe-super]
        self.forget_screen()

    def _changes(self, data: str) -> str:
        self.resize_screen(self._app.size)
        shadow = self._shadow
        changes = shadow.update(data)
        if changes is None or shadow is not self._shadow:  # a signal suspended the app meanwhile
            self.forget_screen()
            return data
        return changes


class Line(NamedTuple):
    """A line of the screen, cell by cell."""

    characters: list[str]
    styles: list[str]

    @classmethod
    def unknown(cls, width: int) -> Line:
        """A line of which nothing is known."""
        return cls([_UNKNOWN] * width, [""] * width)


class Shadow:
    """What the terminal shows, as far as it is known."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._lines = [Line.unknown(size.width) for _ in range(size.height)]
        self._cursor: tuple[int, int] | None = None

    def update(self, frame: str) -> str | None:
        """Take over a frame and give what makes the terminal show it; None if it is no frame.

        After None the shadow may be wrong and must not be used again.
        """
        before, *places = _GOES_TO.split(frame)
        if before or not places or places[-1]:
            return None  # the last thing in a frame is where the cursor goes
        new: dict[int, Line] = {}
        odd: dict[int, list[str]] = {}
        for row, column, text in zip(places[::3], places[1::3], places[2::3], strict=True):
            x, y = int(column) - 1, int(row) - 1
            if not self.size.contains(x, y):
                return None
            if text.endswith("\n"):  # between two lines; the next thing says where it goes
                if y == self.size.height - 1:
                    return None
                text = text[:-1]
            if not text:
                continue
            if y not in new:
                characters, styles = self._lines[y]
                new[y] = Line(characters.copy(), styles.copy())
            fits = self._put(text, x, new[y])
            if fits is None:
                return None
            if not fits:
                odd[y] = []
        if odd:
            for row, column, text in zip(places[::3], places[1::3], places[2::3], strict=True):
                if (y := int(row) - 1) in odd:
                    odd[y].append(f"\x1b[{row};{column}H{text}")
        writer = _Writer(self._cursor, self.size.width)
        if not odd:
            self._scroll(new, writer)
        for y, line in new.items():
            if y in odd:
                writer.send("".join(odd[y]))
                line = Line.unknown(self.size.width)
            elif line != self._lines[y]:
                writer.change(y, self._lines[y], line)
            self._lines[y] = line
        self._cursor = x, y = int(places[-2]) - 1, int(places[-3]) - 1
        return writer.finish(x, y)

    def _scroll(self, new: dict[int, Line], writer: _Writer) -> None:
        """Let the terminal move a block of lines up or down where that makes most of them right.

        Not from the top of the screen: what leaves it there is kept to be scrolled back to.
        """
        changed = [y for y, line in new.items() if line != self._lines[y]]
        if len(changed) < _WORTH_SCROLLING or min(changed) == 0:
            return
        top, end = min(changed), max(changed) + 1
        old = self._lines[top:end]
        wanted = [new.get(y, line) for y, line in enumerate(old, top)]
        stays = [line == was for line, was in zip(wanted, old, strict=True)]
        if any(_UNKNOWN in line.characters for line in (*old, *wanted)):
            return
        for by in (1, -1, 2, -2, 3, -3):
            freed = [Line.unknown(self.size.width)] * abs(by)
            moved = [*old[by:], *freed] if by > 0 else [*freed, *old[:by]]
            fits = [line == there for line, there in zip(wanted, moved, strict=True)]
            if sum(fits) - sum(stays) >= _WORTH_SCROLLING:
                writer.scroll(top, end, by)
                self._lines[top:end] = moved
                new.update(enumerate(wanted, top))
                return

    def _put(self, text: str, x: int, line: Line) -> bool | None:
        """Write styled text into a line: whether it is plain, or None if it is not understood."""
        style, plain = "", True
        pieces = _STYLE.split(text)
        for codes, piece in zip(("0", *pieces[1::2]), pieces[::2], strict=True):
            style = "" if codes in ("", "0") else f"{style};{codes}".lstrip(";")
            if not _NARROW.fullmatch(piece):
                plain = False
                if not _ODD.fullmatch(piece):
                    return None
            if plain:
                end = x + len(piece)
                if end > self.size.width:
                    return None
                line.characters[x:end] = piece
                blank = _of_blank(style)
                line.styles[x:end] = [blank if char == " " else style for char in piece]
                x = end
        return None if style else plain


class _Writer:
    """Puts together what is sent, by the shortest ways from place to place and style to style."""

    def __init__(self, cursor: tuple[int, int] | None, width: int) -> None:
        self._cursor = cursor
        self._width = width
        self._style = ""
        self._parts: list[str] = []

    def change(self, y: int, old: Line, new: Line) -> None:
        """Write the cells of a line that differ."""
        characters, styles = new
        differs = map(or_, map(ne, old.characters, characters), map(ne, old.styles, styles))
        start = end = -1
        for x in compress(range(len(styles)), differs):
            if x != end and (start < 0 or not self._is_near(new, end, x)):
                self._write(start, y, characters[start:end], styles[start:end])
                start = x
            end = x + 1
        self._write(start, y, characters[start:end], styles[start:end])

    @staticmethod
    def _is_near(line: Line, end: int, x: int) -> bool:
        """Whether sending the equal cells from `end` to `x` is as short as jumping over them."""
        return (
            x - end <= _NEAR
            and _UNKNOWN not in line.characters[end:x]
            and all(
                style == line.styles[end - 1]
                or (char == " " and _for_blank(line.styles[end - 1], style) == line.styles[end - 1])
                for char, style in zip(line.characters[end:x], line.styles[end:x], strict=True)
            )
        )

    def scroll(self, top: int, end: int, by: int) -> None:
        """Move the lines from `top` to before `end` up, or down where `by` is negative.

        By deleting or inserting lines: an index may leave lines in tmux's history.
        """
        count, way = abs(by), "M" if by > 0 else "L"
        self._parts.append(f"\x1b[{top + 1};{end}r\x1b[{top + 1}H\x1b[{count}{way}\x1b[r")
        self._cursor = None

    def send(self, odd: str) -> None:
        """Write something as it is, of which is not known where it ends."""
        self._restyle("")
        self._parts.append(odd)
        self._cursor = None

    def finish(self, x: int, y: int) -> str:
        """All of it, with the cursor put where it belongs and no style left on."""
        self._restyle("")
        self._go(x, y)
        return "".join(self._parts)

    def _write(self, x: int, y: int, characters: list[str], styles: list[str]) -> None:
        if not characters:
            return
        self._go(x, y)
        start = 0
        for style, run in groupby(styles):
            end = start + len(list(run))
            text = "".join(characters[start:end])
            self._restyle(_for_blank(self._style, style) if text.isspace() else style)
            self._parts.append(text)
            start = end
        self._cursor = (x + start, y)

    def _restyle(self, style: str) -> None:
        if style != self._style:
            self._parts.append(way(self._style, style))
            self._style = style

    def _go(self, x: int, y: int) -> None:
        if self._cursor == (x, y):
            return
        self._parts.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        if self._cursor is not None:
            old_x, old_y = self._cursor
            if x == 0 and 0 <= y - old_y <= 1:
                self._parts[-1] = "\r\n"[: y - old_y + 1]
            elif y == old_y and old_x < self._width:
                steps = abs(x - old_x)
                self._parts[-1] = f"\x1b[{steps if steps > 1 else ''}{'C' if x > old_x else 'D'}"
        self._cursor = (x, y)


class _Look(NamedTuple):
    """A style taken apart."""

    attributes: frozenset[str]
    colour: str
    background: str


_SEEN_ON_BLANK: Final = frozenset({"4", "7", "9"})  # a line under or through it, and reverse
_BACKGROUND: Final = re.compile(r"48;(?:5;\d+|2;\d+;\d+;\d+)")


@lru_cache(maxsize=1024)
def _of_blank(style: str) -> str:
    """What is seen of a style on a blank: most often its background alone."""
    look = _look(style)
    return style if look is None or look.attributes & _SEEN_ON_BLANK else look.background


@lru_cache(maxsize=4096)
def _for_blank(old: str, blank: str) -> str:
    """The style to write a blank in, as near to the style before it as looks the same."""
    was = _look(old)
    if was is None or not _BACKGROUND.fullmatch(blank):
        return blank
    return ";".join((*sorted(was.attributes - _SEEN_ON_BLANK), was.colour, blank))


_OFF: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}


@lru_cache(maxsize=4096)
def way(old: str, new: str) -> str:
    """The shortest safe way from a style to another.

    Where there are few colours, a bright one may come as bold and stay so: there, and where
    something is not known, a style is always sent whole.
    """
    whole = f"\x1b[{';'.join(filter(None, ('0' if old else '', new)))}m"
    was, now = _look(old), _look(new)
    if was is None or now is None:
        return whole
    off = {_OFF[code] for code in was.attributes - now.attributes}
    on = now.attributes - was.attributes
    if "22" in off:
        on |= now.attributes & {"1", "2"}
    codes = [*sorted(off), *sorted(on)]
    if codes or was.colour != now.colour:
        codes.append(now.colour)  # also when it is the same: on some terminals it decides on bold
    if was.background != now.background:
        codes.append(now.background)
    return min(whole, f"\x1b[{';'.join(codes)}m", key=len) if codes else ""


@lru_cache(maxsize=1024)
def _look(style: str) -> _Look | None:
    """A style's attributes and two colours; None unless both are of the 256 or more."""
    attributes, colours = set(), {"3": "", "4": ""}
    codes = style.split(";")
    while codes:
        code = codes.pop(0)
        if code in _OFF:
            attributes.add(code)
        elif code in ("38", "48") and codes[:1] in (["5"], ["2"]):
            count = 2 if codes[0] == "5" else 4
            colours[code[0]] = ";".join((code, *codes[:count]))
            del codes[:count]
        else:
            return None
    if not all(colours.values()):
        return None
    return _Look(frozenset(attributes), colours["3"], colours["4"])
