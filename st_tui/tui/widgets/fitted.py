"""A few lines that are made for the room they have, each time they are drawn."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget


class Fitted(Widget):
    """Shows what a function makes of its size, so that it is right in its very first frame."""

    DEFAULT_CSS = """
    Fitted { height: 1; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._draw: Callable[[Size], Content] = lambda size: Content("")

    def show(self, draw: Callable[[Size], Content]) -> None:
        """Show what this function makes of the size."""
        self._draw = draw
        self.refresh()

    def render(self) -> Content:
        return self._draw(self.content_size)
