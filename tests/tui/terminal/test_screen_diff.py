"""The terminal shows the same, cell by cell, as if every frame was sent whole."""

from __future__ import annotations

import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.geometry import Region, Size
from textual.strip import Strip

from st_tui.tui.terminal.screen_diff import ScreenDiff
from st_tui.tui.terminal.sgr import transition
from st_tui.tui.terminal.shadow import Shadow
from tests.terminal_model import Terminal

COLUMNS, ROWS = 24, 8
SYNC = ("\x1b[?2026h", "\x1b[?2026l")
RED, BOLD = "\x1b[31m", "\x1b[1;38;2;1;2;3;48;2;4;5;6m"


class Wire(Driver):
    """A driver that keeps what is written."""

    def __init__(self, app: App[Any]) -> None:  # without the running loop of a real one
        self._app = app
        self.sent: list[str] = []

    def write(self, data: str) -> None:
        self.sent.append(data)

    def start_application_mode(self) -> None:
        self.write("\x1b[?1049h")

    def disable_input(self) -> None:
        """Nothing is read."""

    def stop_application_mode(self) -> None:
        self.write("\x1b[?1049l")


class Diffing(ScreenDiff, Wire):
    """The driver that is tested."""


class Both:
    """A terminal that gets everything, and one that gets the differences."""

    def __init__(self, columns: int = COLUMNS, rows: int = ROWS) -> None:
        self.app = SimpleNamespace(size=Size(columns, rows))
        self.driver = Diffing(cast("App[Any]", self.app))
        self.plain, self.diffed = Terminal(columns, rows), Terminal(columns, rows)
        self.everything = 0

    def write(self, data: str) -> str:
        """Write to both and give what the second one got."""
        before = len(self.driver.sent)
        self.driver.write(data)
        sent = "".join(self.driver.sent[before:])
        self.plain.feed(data)
        self.diffed.feed(sent)
        self.everything += len(data)
        return sent

    def resize(self, columns: int, rows: int) -> None:
        self.app.size = Size(columns, rows)
        self.driver.resize_screen(self.app.size)
        self.plain.resize(columns, rows)
        self.diffed.resize(columns, rows)

    def assert_same(self) -> None:
        assert self.diffed.text == self.plain.text
        assert self.diffed.seen == self.plain.seen
        assert self.diffed.cursor == self.plain.cursor
        assert self.diffed.unread == ""


def at(x: int, y: int, text: str = "") -> str:
    return f"\x1b[{y + 1};{x + 1}H{text}"


def frame(*lines: str) -> str:
    """Whole lines from the top on, as Textual writes them."""
    return "\n".join(at(0, y, text) for y, text in enumerate(lines)) + at(0, 0)


styles = st.builds(
    Style,
    color=st.sampled_from([None, "default", "red", "bright_red", "color(200)", "#010203"]),
    bgcolor=st.sampled_from([None, "default", "blue", "color(20)", "#040506", "#070809"]),
    bold=st.booleans(),
    dim=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
    strike=st.booleans(),
    link=st.sampled_from([None, None, None, None, None, "https://example.org/"]),
)
texts = st.text(st.sampled_from("   aab│…✔é"), max_size=12) | st.text(
    st.sampled_from("  ab│日🙂e\u0301👩\u200d💻한ｱ\xad⚡♥"), max_size=6
)
segments = st.tuples(texts, st.none() | styles).map(lambda drawn: Segment(*drawn))
console = Console(color_system="truecolor", force_terminal=True)


@st.composite
def strips(draw: st.DrawFn, width: int) -> Strip:
    strip = Strip(draw(st.lists(segments, max_size=4)))
    style = draw(st.none() | styles)
    try:
        return strip.adjust_cell_length(width, style)
    except IndexError:
        # rich 15 cannot cut a text that begins with a lone zero-width joiner: there is no strip.
        reject()


@st.composite
def layouts(draw: st.DrawFn, columns: int, rows: int) -> str:
    """The whole screen, or a part of it."""
    if draw(st.booleans()):
        region = Region(0, 0, columns, rows)
    else:
        x, y = draw(st.integers(0, columns - 1)), draw(st.integers(0, rows - 1))
        region = Region(x, y, draw(st.integers(1, columns - x)), draw(st.integers(1, rows - y)))
    lines = [[draw(strips(region.width))] for _ in range(region.height)]
    return LayoutUpdate(cast(Any, lines), region).render_segments(console)


@st.composite
def chops(draw: st.DrawFn, columns: int, rows: int) -> str:
    """Spans of some lines, cut from pieces between cuts."""
    cut: list[dict[int, Strip | None]] = []
    ends: list[list[int]] = []
    for _ in range(rows):
        cuts = sorted({0, columns, *draw(st.lists(st.integers(1, columns - 1), max_size=3))})
        pieces: dict[int, Strip | None] = {}
        for start, end in pairwise(cuts):
            pieces[start] = draw(st.none() | strips(end - start))
        cut.append(pieces)
        ends.append(cuts[1:])
    touched = sorted(draw(st.sets(st.integers(0, rows - 1), min_size=1)))
    spans = []
    for y in touched:
        x = draw(st.integers(0, columns - 1))
        spans.append((y, x, draw(st.integers(x + 1, columns))))
    return ChopsUpdate(cut, spans, ends).render_segments(console)


others = st.sampled_from(
    ["\x07", "\x1b[?25l", "\x1b]52;c;QUJD\x07", "\x1b]22;default\x07", "\x1b[?2026$p", "\x1b[2J",
     "\x1b[?1049h", "\x1b[3;3Hhello", "\x1b[2;2H\x1b[1mno end", "\x1b[2;2Hab\nc\x1b[1;1H", "x",
     "\x1b[31m", "\x1b[999;999H\x1b[1J\x1b[H", "\x1b[8;1Hlast\n\x1b[1;1H", "\x1b[0m",
     "\x1b[2;20Hover the edge\x1b[1;1H", "\x1b[40;1Hbelow\x1b[1;1H",
     "\x1b[5;1H\x1b[4mab\x1b[2Bc\x1b[0m\x1b[1;1H"]
)  # fmt: skip


@settings(max_examples=100)
@given(st.data())
def test_any_frames_show_the_same(data: st.DataObject) -> None:
    both = Both()
    columns, rows = COLUMNS, ROWS
    shown: list[str] = []
    for _ in range(data.draw(st.integers(1, 8))):
        kind = data.draw(st.sampled_from("LLCCCCAOR"))
        if kind == "O":
            both.write(data.draw(others))
            both.write("\x1b[0m")  # as every frame's text begins
        elif kind == "R":
            columns, rows = data.draw(st.integers(2, 30)), data.draw(st.integers(1, 10))
            both.resize(columns, rows)
            shown.clear()
        else:
            if kind == "A" and shown:
                drawn = data.draw(st.sampled_from(shown))
            else:
                drawn = data.draw((layouts if kind == "L" else chops)(columns, rows))
            shown.append(drawn)
            drawn += at(data.draw(st.integers(0, columns - 1)), data.draw(st.integers(0, rows - 1)))
            synchronised = data.draw(st.booleans())
            sent = both.write(SYNC[0]) if synchronised else ""
            sent += both.write(drawn)
            sent += both.write(SYNC[1]) if synchronised else ""
            assert sent.count(SYNC[0]) == sent.count(SYNC[1]) == (synchronised and sent != "")
        both.assert_same()


def line(letter: str) -> str:
    """A coloured line, after a wide character where the letter is a capital."""
    text = f"日{letter * (COLUMNS - 2)}" if letter.isupper() else letter * COLUMNS
    return f"\x1b[38;5;{ord(letter)}m{text}\x1b[0m"


letters = st.sampled_from("abcdefghijklmnopqrsL")


@settings(max_examples=100)
@given(st.data())
def test_scrolled_lines_show_the_same(data: st.DataObject) -> None:
    rows = 14
    both = Both(COLUMNS, rows)
    shown = data.draw(st.lists(letters, min_size=rows, max_size=rows))
    both.write(frame(*map(line, shown)))
    for _ in range(data.draw(st.integers(1, 6))):
        top = data.draw(st.integers(0, rows - 1))
        end = data.draw(st.integers(top + 1, rows))
        by = data.draw(st.integers(-4, 4))
        fresh = data.draw(st.lists(letters, min_size=abs(by), max_size=abs(by)))
        block = shown[top:end]
        block = [*block, *fresh][by:] if by > 0 else [*fresh, *block][: end - top]
        for y in data.draw(st.sets(st.integers(0, end - top - 1), max_size=2)):
            block[y] = data.draw(letters)
        shown[top:end] = block
        if data.draw(st.booleans()):  # all of it, or what changed
            top, end = 0, rows
        text = "\n".join(at(0, y, line(shown[y])) for y in range(top, end))
        both.write(text + at(data.draw(st.integers(0, COLUMNS - 1)), data.draw(st.integers(0, 3))))
        both.assert_same()
        if data.draw(st.integers(0, 3)) == 0:
            both.write(data.draw(chops(COLUMNS, rows)) + at(0, 0))
            shown = data.draw(st.lists(letters, min_size=rows, max_size=rows))
            both.write(frame(*map(line, shown)))
            both.assert_same()


def numbered(first: int, cursor: int) -> str:
    """A list with a heading, scrolled so that `first` is its first line."""
    lines = [f"\x1b[38;5;9;48;5;0m{n:<{COLUMNS}}\x1b[0m" for n in range(first, first + 9)]
    lines[cursor - first] = f"\x1b[1;38;5;9;48;5;4m{cursor:<{COLUMNS}}\x1b[0m"
    return frame("heading".ljust(COLUMNS), *lines)


def test_a_scrolled_list_is_moved_by_the_terminal() -> None:
    both = Both(COLUMNS, 10)
    whole = both.write(numbered(0, 8))
    down = both.write(numbered(1, 9))
    both.assert_same()
    assert "\x1b[2;9r\x1b[2H\x1b[1M\x1b[r" in down
    up = both.write(numbered(0, 0))
    both.assert_same()
    assert "\x1b[2;10r\x1b[2H\x1b[1L\x1b[r" in up
    assert len(down) < len(whole) / 2


def test_what_stands_above_and_below_a_scrolled_list_stays() -> None:
    """The heading has its end of the scrollbar, and a line below tells of the cursor's line."""

    def screen(first: int, cursor: int) -> str:
        lines = [f"{n:<{COLUMNS - 1}}" for n in range(first, first + 7)]
        bar = ["#" if y in (first, first + 1) else " " for y in range(8)]
        rows = ["heading".ljust(COLUMNS - 1), *lines]
        marked = [f"{row}{mark}" for row, mark in zip(rows, bar, strict=True)]
        return frame("title".ljust(COLUMNS), *marked, f"line {cursor}".ljust(COLUMNS))

    both = Both(COLUMNS, 10)
    both.write(screen(0, 6))
    down = both.write(screen(1, 7))
    both.assert_same()
    assert "\x1b[3;9r\x1b[3H\x1b[1M\x1b[r" in down
    assert "heading" not in down
    assert "line" not in down
    up = both.write(screen(0, 0))
    both.assert_same()
    assert "\x1b[3;9r\x1b[3H\x1b[1L\x1b[r" in up
    assert "heading" not in up
    assert "line" not in up


def test_of_a_blank_only_what_is_seen_is_sent() -> None:
    both = Both()
    quiet, loud = "\x1b[38;2;1;1;1;48;2;4;5;6m", "\x1b[1;38;2;9;9;9;48;2;4;5;6m"
    sent = both.write(frame(f"{quiet}·\x1b[0m{loud}  \x1b[0m" * (COLUMNS // 3)))
    both.assert_same()
    assert "·  ·  ·" in sent
    underlined = "\x1b[4;38;2;9;9;9;48;2;4;5;6m"
    assert "\x1b[4;38;2;9;9;9;" in both.write(frame(f"{quiet}·\x1b[0m{underlined}  \x1b[0m"))
    both.assert_same()
    assert "48;2;7;8;9" in both.write(frame("\x1b[38;2;1;1;1;48;2;7;8;9m   \x1b[0m"))
    both.assert_same()


def test_what_changes_nothing_sends_nothing() -> None:
    both = Both()
    picture = frame(f"{BOLD}bold\x1b[0m", "plain")
    assert both.write(SYNC[0]) + both.write(picture) + both.write(SYNC[1])
    assert both.write(SYNC[0]) + both.write(picture) + both.write(SYNC[1]) == ""
    assert both.write(SYNC[0]) + both.write(SYNC[1]) == ""
    moved = both.write(SYNC[0]) + both.write(picture + at(3, 1)) + both.write(SYNC[1])
    assert moved == f"{SYNC[0]}\x1b[2;4H{SYNC[1]}"


def test_only_what_changed_is_sent() -> None:
    both = Both()
    both.write(frame(f"{BOLD}a bold line\x1b[0m", "plain"))
    assert both.write(frame(f"{BOLD}a bald line\x1b[0m", "plain")) == (f"\x1b[3C{BOLD}a\x1b[0m\r")


@pytest.mark.parametrize(
    "other", ["\x07", "\x1b[?25l", "\x1b[?1003h", "\x1b]52;c;QUJD\x07", "\x1b[>25u", "\x1b[?2026$p"]
)
def test_what_is_no_frame_passes_untouched_and_nothing_is_forgotten(other: str) -> None:
    both = Both()
    both.write(frame("one"))
    assert both.write(other) == other
    assert both.write(frame("one")) == ""


@pytest.mark.parametrize(
    "other", ["\x1b[2J", "\x1b[?1049h", "\x1b[999;999H\x1b[1J\x1b[H", "text", "\x1b[?1;2c", "\x1bc",
              "\x1b[1;1Htext", "\x1b[1;1H\t\x1b[1;1H", "\x1b]8;;x\x07"]
)  # fmt: skip
def test_what_may_have_touched_the_screen_makes_it_unknown(other: str) -> None:
    driver = Diffing(cast("App[Any]", SimpleNamespace(size=Size(COLUMNS, ROWS))))
    driver.write(frame("one"))
    driver.write(other)
    driver.write(frame("one"))
    assert driver.sent[1] == other
    assert "one" in driver.sent[2]


def test_after_a_redraw_all_is_sent() -> None:
    both = Both()
    first = both.write(frame("one", "two"))
    both.driver.forget_screen()
    assert both.write(frame("one", "two")) == first


@pytest.mark.parametrize(
    "odd", ["日本", "e\u0301", "\u00ad", "👩\u200d💻", "\x1b]8;id=1;x\x1b\\a\x1b]8;;\x1b\\"]
)
def test_a_line_with_odd_text_is_sent_as_it_is_each_time(odd: str) -> None:
    both = Both()
    drawn = f"{RED}{odd}\x1b[0m"
    for _ in range(2):
        assert f"\x1b[2;1H{drawn}" in both.write(frame("one", drawn, "three"))
        both.assert_same()
    assert "three" not in both.write(frame("one", drawn, "three"))
    assert "two" in both.write(frame("one", "two" + " " * 9, "three"))
    both.assert_same()


def test_no_secret_stays_when_the_app_leaves_or_it_leaves_the_screen() -> None:
    both = Both()
    both.write(frame("st.secret"))
    assert "s" in str(vars(both.driver._shadow))
    both.write(frame("*" * 9))
    cells = [line.characters for line in both.driver._shadow._lines]
    assert "e" not in str(cells)
    both.write(frame("st.secret"))
    both.driver.stop_application_mode()
    assert both.driver._shadow._lines == []


def test_a_suspension_in_the_middle_of_a_frame_sends_it_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = Both()
    both.write(frame("one"))
    update = Shadow.update

    def interrupted(shadow: Shadow, text: str) -> str | None:
        both.driver.forget_screen()
        return update(shadow, text)

    monkeypatch.setattr(Shadow, "update", interrupted)
    assert both.write(frame("one")) == frame("one")


@given(styles, styles)
def test_the_way_from_style_to_style(old: Style, new: Style) -> None:
    codes = [
        re.sub(r".*?\x1b\[([\d;]*)m.*|.*", r"\1", style.update_link(None).render("x"))
        for style in (old, new)
    ]
    terminal, plain = Terminal(2, 1), Terminal(2, 1)
    terminal.feed(
        f"\x1b[{codes[0]}m{transition(*codes)}x" if codes[0] else f"{transition(*codes)}x"
    )
    plain.feed(f"\x1b[{codes[1]}mx" if codes[1] else "x")
    assert terminal.cells == plain.cells
