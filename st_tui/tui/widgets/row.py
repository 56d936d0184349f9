"""One row of a form: its label, the fields beside it, and below them what is to be said of them."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widget import Widget

LABEL = 10
"""Columns of the label."""
_MOST_LINES = 6


class Row(Widget):
    """A label, and fields that are its children. What it says stands right below the fields.

    The first field has the class `first`.

    The line for that is kept free, so that the form does not move while somebody types. Where
    every line counts (the screen has the class `-tight`), it is there only when something is said.
    """

    DEFAULT_CSS = f"""
    Row {{
        layout: horizontal; height: 2; width: 1fr; text-wrap: nowrap;
        & > * {{ height: 1; }}
        & > .first {{ margin-left: {LABEL}; }}
    }}
    """

    def __init__(self, label: str, *fields: Widget, id: str | None = None) -> None:  # noqa: A002
        super().__init__(*fields, id=id)
        self._label = label
        self._said = Content("")

    def say(self, said: Content) -> None:
        """Say something of the fields; nothing where it is empty."""
        if said != self._said:
            self._said = said
            self._fit()
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        least = 0 if self.screen.has_class("-tight") else 1
        set_height(self, 1 + max(len(self._lines()), least))

    def _lines(self) -> list[Content]:
        return folded(self._said, self.content_size.width - LABEL - 1)

    def render(self) -> Content:
        label = Content.styled(self._label, "$text-muted")
        return Content("\n").join([label, *(indented(line) for line in self._lines())])


def folded(said: Content, width: int) -> list[Content]:
    """A text in lines of this width; the last one ends with … where some is left out."""
    if not said or width < 1:
        return []
    lines = said.wrap(width)
    if len(lines) > _MOST_LINES:
        rest = Content(" ").join(lines[_MOST_LINES - 1 :])
        lines = [*lines[: _MOST_LINES - 1], rest.truncate(width, ellipsis=True)]
    return [line.rstrip() for line in lines]


def indented(line: Content, width: int = LABEL + 1) -> Content:
    """A line that begins below the text of a field."""
    return Content.assemble(" " * width, line)


def set_height(widget: Widget, height: int) -> None:
    """Lay the screen out anew only if a widget needs another height."""
    known = widget.styles.height
    if known is None or known.cells != height:
        widget.styles.height = height
