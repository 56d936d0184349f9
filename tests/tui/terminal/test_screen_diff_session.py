"""The app in a real terminal: changed cells alone show the same as whole frames, all the time."""

from __future__ import annotations

import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import pytest

from st_tui.core.model import Permission, Scope, TokenDraft
from st_tui.core.vault import Vault
from st_tui.demo import make
from tests.terminal_model import Terminal
from tests.terminal_session import PATIENCE, TerminalSession

DOWN, UP, PAGE_DOWN, END = "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[F"
ESCAPE, ENTER, TAB, F1, F6, F9 = "\x1b[21~", "\r", "\t", "\x1bOP", "\x1b[17~", "\x1b[20~"
PALETTE, REDRAW, CLOSE = "\x10", "\x0c", "\x1b"
WIDE_NAME = "日本 🙂 e\u0301 👩\u200d💻 ⚡"

JOURNEY = (
    *(DOWN, DOWN, UP, END, "g", PAGE_DOWN, "G"),
    *("t", "/co", "\x7f", "mmon日🙂x", TAB, TAB, ESCAPE),
    *(PALETTE, "the", DOWN, DOWN, UP, "\x1b"),
    *("n", "name ⚡ x", TAB, TAB, "/a/**", TAB, TAB, ESCAPE, "y"),
    *(F9, DOWN, F9, REDRAW),
    *("3", PAGE_DOWN, DOWN, DOWN, "G", UP, UP, UP, "g"),
    *("2", DOWN, ENTER, DOWN, DOWN, ENTER, "1"),
    *(F1, DOWN, PAGE_DOWN, ESCAPE),
    *(F6, F6, F6, "\x1b[19~"),
    *(ENTER, DOWN, DOWN, ESCAPE, "d", ESCAPE),
    *("/", "日", ESCAPE, "s", "s", DOWN),
)
SIZES = {10: (100, 30), 17: (80, 24), 30: (130, 40), 45: (58, 14), 47: (80, 24), 60: (120, 24)}


class Watch:
    """A session, and two models of what its terminal shows: as it is, and as if all was sent."""

    def __init__(self, session: TerminalSession, record: Path) -> None:
        self.session, self.record = session, record
        self.real, self.full = Terminal(80, 24), Terminal(80, 24)
        self.real_bytes = self.full_bytes = 0
        self._decode_real = getincrementaldecoder("utf-8")().decode
        self._decode_full = getincrementaldecoder("utf-8")().decode

    def settle(self) -> int:
        """Wait until nothing more comes and both show the same; give the bytes that came."""
        before = self.real_bytes
        end = time.monotonic() + PATIENCE
        while self.session.wait_for_silence(0.12) or self._differ():
            assert time.monotonic() < end, self._differ()
        return self.real_bytes - before

    def wait_until_gone(self, text: str) -> None:
        """Wait until a text is not on the screen any more."""
        end = time.monotonic() + PATIENCE
        while text in self.real.text:
            assert time.monotonic() < end, self.real.text
            self.settle()

    def _differ(self) -> str:
        new, record = self.session.output[self.real_bytes :], self.record.read_bytes()
        self.real.feed(self._decode_real(new))
        self.full.feed(self._decode_full(record[self.full_bytes :]))
        self.real_bytes += len(new)
        self.full_bytes = len(record)
        if self.real.cursor != self.full.cursor:
            return f"the cursor is at {self.real.cursor}, not at {self.full.cursor}"
        cells = zip(self.real.seen, self.full.seen, strict=True)
        return "\n".join(f"{real}\n{full}" for real, full in cells if real != full)

    def press(self, keys: str) -> int:
        self.session.type(keys)
        return self.settle()

    def resize(self, columns: int, rows: int) -> None:
        self.real.resize(columns, rows)
        self.full.resize(columns, rows)
        self.session.resize(columns, rows)
        self.settle()


def start(tmp_path: Path, environ: dict[str, str | None] | None = None) -> TerminalSession:
    make(tmp_path / "vault", actor="operator")
    with Vault.open(tmp_path / "vault", actor="operator") as vault:
        project = vault.projects.every()[0]
        draft = TokenDraft(
            name=WIDE_NAME,
            scopes=(Scope("dev", "/日本/**"),),
            permissions=frozenset({Permission.READ}),
            expires_at=None,
        )
        with pytest.MonkeyPatch.context() as older:  # which refused no joiner
            older.setattr("st_tui.core.drafts.check_new_name", lambda *_: None)
            vault.tokens.create(project, draft)
    program = (sys.executable, "-m", "tests.tui.terminal.both_ways")
    command = (*program, str(tmp_path / "vault"), str(tmp_path / "record"))
    return TerminalSession(command, environ=environ)


@pytest.mark.parametrize(
    "environ",
    [{}, {"COLORTERM": None}, {"TERM": "linux", "COLORTERM": None}],
    ids=["truecolor", "256", "linux"],
)
def test_a_long_session_shows_the_same(tmp_path: Path, environ: dict[str, str | None]) -> None:
    with start(tmp_path, environ) as session:
        session.wait_for("12 tokens")
        watch = Watch(session, tmp_path / "record")
        watch.settle()
        for number, keys in enumerate(JOURNEY):
            if number in SIZES:
                watch.resize(*SIZES[number])
            watch.press(keys)
        assert watch.real_bytes * 2 < watch.full_bytes


def test_how_much_is_sent(tmp_path: Path) -> None:
    with start(tmp_path) as session:
        session.wait_for("12 tokens")
        watch = Watch(session, tmp_path / "record")
        assert watch.settle() <= 8_400  # the list, with names of wide characters, and the test
        watch.press(DOWN)  # from a name of wide characters, whose line is always sent whole
        assert watch.press(DOWN) <= 900  # with the verdict on the next token
        assert watch.press(DOWN) <= 900
        watch.press("t")
        session.wait_for("list")
        watch.settle()
        watch.wait_until_gone("u shows them.")  # the notice goes by itself
        for letter in "/com":
            assert watch.press(letter) <= 900  # a line with a wide name is sent whole, for its ✔
        assert session.wait_for_silence(1.0) == b""


def test_how_much_the_demo_sends() -> None:
    """As a person at the end of a slow line has it: list and test are on the screen together."""

    def sent(keys: str = "") -> int:
        session.type(keys)
        count = 0
        while (new := session.quiet_for(0.4)) or not count:
            count += len(new)
        return count

    def each(keys: Iterable[str]) -> list[int]:
        return [sent(key) for key in keys]

    with TerminalSession((sys.executable, "-m", "st_tui", "demo"), columns=80, rows=24) as session:
        session.wait_for("Y")
        session.wait_for("legacy-billing")
        session.wait_for_silence(0.4)
        first_screen = len(session.output)
        moves = each([DOWN] * 9)
        dialogs = {F1: sent(F1), PALETTE: sent(CLOSE) and sent(PALETTE)}
        sent(CLOSE)
        opened_filter = sent("/")
        sent(CLOSE)
        sent("t")
        typed = each("common/db/primary")
        sent(CLOSE)
        sent("3")
        entries = each([DOWN] * 10)
        session.type(PAGE_DOWN)
        session.wait_for_silence(0.4)
        scrolled = each([DOWN] * 3)
        idle = session.quiet_for(5)
    assert first_screen <= 6_500
    assert median(moves) <= 900
    assert max(moves) <= 1_100  # where the verdict turns
    assert max(dialogs.values()) <= 3_500
    assert opened_filter <= 1_500
    assert median(typed) <= 300
    assert max(typed) <= 500  # where the answer turns
    assert max(entries) <= 300
    assert max(scrolled) <= 900
    assert idle == b""
