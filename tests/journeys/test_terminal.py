"""The program as a person starts it, in a real terminal."""

from __future__ import annotations

import base64
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal_model import Terminal
from tests.terminal_session import TerminalSession

ST_TUI = (sys.executable, "-m", "st_tui")
ESCAPE, DOWN, F6, CTRL_Q = "\x1b", "\x1b[B", "\x1b[17~", "\x11"


def demo(
    *options: str, size: tuple[int, int] = (80, 24), environ: Mapping[str, str | None] | None = None
) -> TerminalSession:
    columns, rows = size
    return TerminalSession((*ST_TUI, "demo", *options), columns=columns, rows=rows, environ=environ)


def test_the_demo_opens_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with demo(environ={"TMPDIR": str(tmp_path)}) as session:
        session.wait_for("11 tokens")
        assert list(tmp_path.iterdir())
        session.type(F6)
        session.wait_for("A door that opens")
        session.wait_for("ALLOWED")
        session.type(CTRL_Q)
        assert session.wait_exit() == 0
        assert session.left_on == []
        assert session.modes == session.modes_before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    with demo(environ={"TMPDIR": str(tmp_path)}) as session:
        session.wait_for("11 tokens")
        session.signal(number)
        assert session.wait_exit() == 0
        assert session.left_on == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("columns", [80, 120])
def test_nothing_is_written_while_nothing_happens(columns: int) -> None:
    with demo(size=(columns, 36)) as session:
        session.wait_for("11 tokens")
        session.wait_for_silence(2.5)
        session.type("t")  # a field has the focus now
        session.wait_for("list")
        session.wait_for_silence(2.5)


def test_a_value_is_on_the_screen_only_while_it_is_looked_at() -> None:
    """The terminal itself says that it lost the focus; what was copied leaves as an OSC 52."""
    password = "dev-only-7Qx2mVr9"
    with demo(environ={"TMUX": None, "STY": None, "TERM": "xterm-256color"}) as session:
        session.wait_for("11 tokens")
        session.type("2")
        wait_on_screen(session, "▌/")
        for keys, focused in (
            (DOWN * 12, "▌│ │ ├ primary"),
            ("\r", "▌DATABASE_URL"),
            (DOWN, "▌POSTGRES_PASSWORD"),
        ):
            session.type(keys)
            wait_on_screen(session, focused)
        session.type("y")
        session.wait_for(b"\x1b]52;c;" + base64.b64encode(password.encode()))
        assert password not in session.text
        session.type("\r")
        wait_on_screen(session, password)
        session.type("\x1b[O")
        wait_on_screen(session, password, gone=True)
        session.type("\x1b[I")
        wait_on_screen(session, "Value of", gone=True)
        session.wait_for_silence(2.5)
        session.type("n")
        wait_on_screen(session, "New secret in dev:/common/db/primary")
        session.type("PASTED\t\x1b[200~one\n\x1b[31mtwo\x1b[201~")
        wait_on_screen(session, "2 lines")
        session.wait_for_silence(2.5)
        session.type("\x1bOQ")  # F2
        wait_on_screen(session, "4 secrets")
        session.type("q")
        assert session.wait_exit() == 0
        assert session.left_on == []
        assert password not in on_screen(session)


def wait_on_screen(session: TerminalSession, text: str, *, gone: bool = False) -> None:
    """Read until the terminal shows a text, or no more; the limit only ends a failing test."""
    for _ in range(300):
        # Not amid a write, which may end within an escape sequence.
        if not session.quiet_for(0.1) and (text in on_screen(session)) is not gone:
            return
    raise AssertionError(f"the screen stayed as it is:\n{on_screen(session)}")


def on_screen(session: TerminalSession) -> str:
    """What the terminal shows."""
    terminal = Terminal(80, 24)
    terminal.feed(session.output.decode())
    return terminal.text


@pytest.mark.parametrize(
    "environ",
    [
        {"TERM": "linux", "COLORTERM": None},
        {"NO_COLOR": "1"},
        {"TERM": "xterm-16color", "COLORTERM": None},
    ],
    ids=["linux", "no-color", "16"],
)
def test_few_colours(environ: dict[str, str | None]) -> None:
    with demo(environ=environ) as session:
        session.wait_for("11 tokens")
        session.type("t")
        session.wait_for("DENIED")
        assert not re.search(rb"\x1b\[[0-9;]*[34]8;", session.output)  # 256 or more colours
        if environ.get("TERM") == "linux":
            session.wait_for_silence(0.5)
            assert session.text.isascii()


@pytest.mark.parametrize("name", ["TERM", "stdout"])
def test_where_no_app_can_be_shown_the_command_line_is_named(name: str, tmp_path: Path) -> None:
    environ = {**os.environ, "TERM": "dumb" if name == "TERM" else "xterm", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        (*ST_TUI, "demo"), env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "st-tui service-token list" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_a_file_made_elsewhere_holds_is_shown_harmlessly(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    with demo("--vault", str(vault)) as session:
        session.wait_for("11 tokens")
        session.type("q")
        assert session.wait_exit() == 0
    evil = "evil\x1b]0;owned\x07\x1b[2J"
    with closing(sqlite3.connect(vault / "vault.db")) as connection, connection:
        row = list(connection.execute("SELECT * FROM service_token LIMIT 1").fetchone())
        columns = [c[1] for c in connection.execute("PRAGMA table_info(service_token)")]
        token = dict(zip(columns, row, strict=True)) | {
            "id": "11111111-1111-4111-8111-111111111111",
            "name": evil,
            "created_at": row[columns.index("created_at")] + 10**12,
        }
        connection.execute(
            "INSERT INTO service_token_scope VALUES (?, 0, 'dev', ?)", (token["id"], f"/{evil}")
        )
        marks = ", ".join("?" * len(columns))
        connection.execute(
            f"INSERT INTO service_token VALUES ({marks})", [token[c] for c in columns]
        )
    with demo("--vault", str(vault)) as session:
        session.wait_for("12 tokens")
        session.wait_for(r"evil\x1b]0;owned")
        session.type("\r")
        session.wait_for("11111111-1111-4111-8111-111111111111")
        session.wait_for_silence(0.5)
        assert b"\x1b]0;" not in session.output
    listed = subprocess.run(
        (*ST_TUI, "service-token", "list", "--vault", str(vault)), capture_output=True, check=True
    )
    assert rb"evil\x1b]0;owned\x07" in listed.stdout
    assert b"\x1b" not in listed.stdout


def test_the_first_frame_imports_no_more_than_it_needs() -> None:
    code = "import sys, st_tui.tui.app; print(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    late = {
        "cryptography", "sqlite3", "sqlite_utils", "click", "st_tui.demo",
        "st_tui.core.vault", "st_tui.core.patterns", "st_tui.tui.widgets.access_pane",
        "st_tui.core.secrets.model", "st_tui.tui.screens.folders", "st_tui.tui.widgets.field",
        "textual.widgets._markdown", "textual.widgets._data_table", "textual.widgets._text_area",
    }  # fmt: skip
    assert "st_tui.tui.screens.tokens" in modules
    assert late & modules == set()


def test_opening_a_vault_imports_no_more_than_its_list_needs() -> None:
    code = "import sys, st_tui.core.vault; print(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    late = {
        "cryptography", "sqlite_utils", "st_tui.core.lint.names", "st_tui.core.lookalikes",
        "st_tui.core.vault.lineage", "st_tui.core.vault.secrets",
    }  # fmt: skip
    assert late & set(done.stdout.split()) == set()


def test_the_command_line_opens_the_app_without_what_answers_need() -> None:
    code = "import sys, st_tui.cli, st_tui.cli.commands.demo; print(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert {"json", "st_tui.cli.output"} & set(done.stdout.split()) == set()


def test_a_missing_key_is_said_in_a_sentence(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    init = (*ST_TUI, "init", "--name", "Shop", "--vault", str(vault))
    subprocess.run(init, check=True, capture_output=True)
    (vault / "operator" / "operator.key").unlink()
    with TerminalSession((*ST_TUI, "--vault", str(vault))) as session:
        wait_on_screen(session, "No tokens yet")
        session.type("n")
        wait_on_screen(session, "New service token")
        session.type("x\t\t/a")  # a name and a path, as fast as a slow line delivers them
        # The screen, not what was written: after `/` alone only the number is written anew.
        wait_on_screen(session, "0 of 1")
        session.type("\x13")  # ctrl+s
        wait_on_screen(session, "as it stands?")
        session.type("y")
        wait_on_screen(session, "missing")  # one word of a sentence that wraps by the path
        session.type(CTRL_Q)
        wait_on_screen(session, "What you filled in is lost")
        session.type("y")
        wait_on_screen(session, "No tokens yet")
        session.type(CTRL_Q)
        assert session.wait_exit() == 0


def test_a_vault_that_cannot_be_opened_ends_the_app_with_a_sentence(tmp_path: Path) -> None:
    vault = Path(tempfile.mkdtemp(dir=tmp_path))
    database = vault / "vault.db"
    database.write_bytes(b"no database at all, but long enough to look like one" * 40)
    database.chmod(0o600)
    with TerminalSession((*ST_TUI, "--vault", str(vault))) as session:
        assert session.wait_exit() == 2
        assert "not a vault" in " ".join(session.text.split())
        assert session.left_on == []
