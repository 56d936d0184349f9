"""One legible line where a screen would not fit."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

SMALLEST = Size(60, 15)
"""Below this a screen cannot be read."""


class TooSmall(ModalScreen[None]):
    """Covers any screen that does not fit, and leaves when it fits again."""

    DEFAULT_CSS = """
    TooSmall { align: center middle; background: $background; }
    TooSmall > Static { width: auto; max-width: 100%; height: auto; text-align: center; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Static(
            f"Too small: st-tui needs {SMALLEST.width}x{SMALLEST.height}. Enlarge, or q to quit.",
            markup=False,
        )

    def on_resize(self) -> None:
        self._leave_if_large()

    def on_screen_resume(self) -> None:
        self._leave_if_large()

    def _leave_if_large(self) -> None:
        if self.is_active and not too_small(self.app.size):
            self.dismiss()


def too_small(size: Size) -> bool:
    """Whether a screen cannot be read at this size."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height
