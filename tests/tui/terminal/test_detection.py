"""What is decided from the environment, before Textual."""

from __future__ import annotations

import subprocess
import sys

import pytest

from st_tui.tui.terminal.detection import (
    DEBUG_SWITCHES,
    TWIN,
    Appearance,
    appearance,
    forget_debug_switches,
    refusal,
)

TRUECOLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def test_a_terminal_is_not_refused() -> None:
    assert refusal(TRUECOLOR, stdin_tty=True, stdout_tty=True, stderr_tty=True) is None
    assert refusal({}, stdin_tty=True, stdout_tty=True, stderr_tty=True) is None


@pytest.mark.parametrize(
    ("environ", "ttys", "cause"),
    [
        ({"TERM": "dumb"}, (True, True, True), "TERM=dumb"),
        (TRUECOLOR, (False, True, True), "standard input"),
        (TRUECOLOR, (True, False, True), "standard output"),
        (TRUECOLOR, (True, True, False), "standard error"),
    ],
)
def test_a_refusal_is_one_line_with_its_cause_and_the_way_out(
    environ: dict[str, str], ttys: tuple[bool, bool, bool], cause: str
) -> None:
    said = refusal(environ, stdin_tty=ttys[0], stdout_tty=ttys[1], stderr_tty=ttys[2])
    assert said is not None
    assert cause in said
    assert said.endswith(TWIN)
    assert "\n" not in said


@pytest.mark.parametrize(
    "environ",
    [TRUECOLOR, {"TERM": "xterm-256color"}, {"TERM": "foot", "COLORTERM": "24bit"}],
)
def test_a_theme_is_kept_where_its_colours_can_be_told_apart(environ: dict[str, str]) -> None:
    assert appearance(environ, "nord") == Appearance(
        "nord",
        ansi_color=False,
        ascii_only=False,
        has_256=environ.get("TERM") == "xterm-256color" and "COLORTERM" not in environ,
    )


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TERM": "xterm-16color"},
        {"TERM": "screen"},
        {"TERM": "vt100"},
        {**TRUECOLOR, "NO_COLOR": "1"},
        {**TRUECOLOR, "NO_COLOR": ""},
    ],
)
def test_few_colours_or_none_wanted_is_the_plain_theme(environ: dict[str, str]) -> None:
    assert appearance(environ, "nord") == Appearance("plain", ansi_color=True, ascii_only=False)


def test_the_linux_console_gets_ascii_whatever_it_claims() -> None:
    environ = {"TERM": "linux", "COLORTERM": "truecolor"}
    assert appearance(environ, "nord") == Appearance("console", ansi_color=True, ascii_only=True)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_of_256_colours_our_themes_have_their_own_picks(name: str) -> None:
    theme = f"st-tui-{name}"
    for term in ("xterm-256color", "screen-256color", "tmux-256color", "xterm-kitty"):
        assert appearance({"TERM": term}, theme).theme == f"{theme}-256"
    assert appearance(TRUECOLOR, theme).theme == theme
    assert appearance({"TERM": "tmux-256color", "COLORTERM": "24bit"}, theme).theme == theme


def test_a_wanted_ansi_theme_is_kept() -> None:
    assert appearance({"TERM": "screen"}, "ansi-light").theme == "ansi-light"


def test_debug_switches_are_forgotten_and_nothing_else() -> None:
    environ = {**dict.fromkeys(DEBUG_SWITCHES, "1"), "TEXTUAL_FPS": "30"}
    forget_debug_switches(environ)
    assert environ == {"TEXTUAL_FPS": "30"}


def test_neither_this_nor_the_guard_costs_a_textual_import() -> None:
    code = (
        "import sys, st_tui.tui.terminal.detection, st_tui.tui.terminal.crash; "
        "sys.exit('textual' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
