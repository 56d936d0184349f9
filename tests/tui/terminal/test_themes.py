"""The palettes for terminals of 256 colours: grounds stay grey, and colours stay what they are."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from st_tui.tui.terminal.themes import THEMES, next_theme

DARK_256, LIGHT_256 = (theme for theme in THEMES if theme.name.endswith("-256"))

GREYS = {231, *range(232, 256)}
"""White and the grey ramp of xterm's palette."""


def sent(color: str | None) -> int | None:
    """The number in the palette that Rich sends for it."""
    assert color is not None
    return Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).number


@pytest.mark.parametrize("theme", [DARK_256, LIGHT_256], ids=lambda theme: theme.name)
def test_grounds_and_lines_are_grey_and_told_apart(theme: Theme) -> None:
    """#12161d would be black, #1e2530 navy and #93a0b2 teal."""
    grounds = [sent(color) for color in (theme.background, theme.surface, theme.panel)]
    assert len(set(grounds)) == 3
    lines = [sent(theme.variables[name]) for name in ("border", "border-blurred", "text-muted")]
    assert {*grounds, *lines, sent(theme.foreground)} <= GREYS


@pytest.mark.parametrize("theme", [DARK_256, LIGHT_256], ids=lambda theme: theme.name)
def test_colors_are_the_palettes_own(theme: Theme) -> None:
    for color in (theme.primary, theme.secondary, theme.warning, theme.success, theme.error):
        assert color is not None
        shown = Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert shown.hex == color
    assert len({theme.primary, theme.warning, theme.success, theme.error}) == 4


def test_a_theme_and_its_other_are_of_the_same_terminal() -> None:
    assert {theme.name: next_theme(theme.name) for theme in THEMES} == {
        "st-tui-dark": "st-tui-light",
        "st-tui-light": "st-tui-dark",
        "st-tui-dark-256": "st-tui-light-256",
        "st-tui-light-256": "st-tui-dark-256",
    }
    assert next_theme("plain") == "plain"
