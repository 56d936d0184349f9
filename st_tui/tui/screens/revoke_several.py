"""The question before several tokens are revoked: whoever means it types how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from time import monotonic
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from st_tui.core.expiry import DAY, ago
from st_tui.core.model import ServiceToken
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.cells import column, cut
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.token_name import token_name

_LATELY = 7 * DAY
_LOW = 20
"""Rows of a screen below which fewer tokens are named, with no blank lines."""
_NAME, _LINE = 40, 58
"""Cells of a name, and of several on a line."""


class RevokeSeveral(Dialog[bool]):
    """Names the tokens that were used lately, and asks for the number of all."""

    DEFAULT_CSS = """
    RevokeSeveral #say { width: auto; }
    RevokeSeveral #number { width: 12; }
    """
    ACTIONS = (
        Action("revoke", "f2,enter", "revoke", "Revoke them all", hint=True, shown_key="Enter"),
        LEAVING[0]._replace(label="go back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, tokens: Sequence[ServiceToken], now: int) -> None:
        super().__init__(f"Revoke {len(tokens)} tokens?")
        self._number = len(tokens)
        self._tokens = tokens
        self._now = now
        self.asked_at = inf

    def on_mount(self) -> None:
        self.asked_at = monotonic()

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#effect", Static).update(self._effect(event.size.height))

    def _effect(self, height: int) -> str:
        return effect(self._tokens, self._now, is_low=height < _LOW)

    def body(self) -> ComposeResult:
        yield Static(self._effect(self.app.size.height), id="effect", markup=False)
        with Horizontal(classes="row"):
            yield Static(f"Type {self._number}, then Enter: ", id="say", markup=False)
            yield Field(id="number")

    @on(Input.Submitted)
    def action_revoke(self) -> None:
        typed = self.query_one(Field).value.strip()
        if typed == str(self._number):
            self.dismiss(True)
        elif typed:
            self.complain(f"They are {self._number}, not {typed}: nothing is revoked yet.")
        else:
            self.complain(f"Type {self._number} to revoke them.")


def effect(tokens: Sequence[ServiceToken], now: int, *, is_low: bool = False) -> str:
    """What revoking these tokens does. It names those used lately, the last used first."""
    most, blank = (2, []) if is_low else (5, [""])
    uses = [(token.last_used, token) for token in tokens if token.last_used is not None]
    lately = sorted(
        (use for use in uses if now - use[0] < _LATELY), key=lambda use: use[0], reverse=True
    )
    lines = ["None of them was used in the last 7 days."]
    if lately:
        were = "was" if len(lately) == 1 else "were"
        lines = [f"{len(lately)} of them {were} used in the last 7 days:"]
    named = [(cut(token_name(token, now), _NAME), used) for used, token in lately[:most]]
    width = max((cell_len(name) for name, _ in named), default=0)
    lines += [f"  {column(name, width)}  {_ago(used, now)}" for name, used in named]
    if len(lately) > most:
        lines.append(f"  and {len(lately) - most} more")
    used_lately = {token.id for _, token in lately}
    others = [token_name(token, now) for token in tokens if token.id not in used_lately]
    if others:
        lines.append(_listed("Others" if lately else "They are", others))
    lines += [*blank, "Their holders are refused from now on. This cannot be undone.", *blank]
    return "\n".join(lines)


def _ago(used: int, now: int) -> str:
    short = ago(used, now)
    return "just now" if short == "now" else f"{short} ago"


def _listed(what: str, names: Sequence[str]) -> str:
    """The first of some names, as many as a line has room for, and how many more there are."""
    line = f"{what}: {cut(names[0], _NAME)}"
    for number, name in enumerate(names[1:], start=1):
        more = f" and {len(names) - number} more"
        if cell_len(line) + cell_len(name) + len(more) > _LINE:
            return line + more
        line += f", {name}"
    return line
