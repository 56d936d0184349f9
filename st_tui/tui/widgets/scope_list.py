"""The scopes of a draft so far, each of which can be removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from st_tui.core.model import Scope
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece


class ScopeList(Listing[tuple[int, Scope]]):
    """Scopes, each with how many folders it opens, as `reach` says it."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *(action for action in Listing.ACTIONS if action.name != "choose"),
        Action("remove", "d,delete,backspace", "remove", "Take this scope out of the draft"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    ScopeList { height: 3; }
    """
    empty = "none yet: type a path above and press Enter, or pick in the tree"

    class Removed(Message):
        """The person took a scope out."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    def __init__(self, reach: Callable[[Scope], str]) -> None:
        super().__init__(id="scopes")
        self._reach = reach
        self._scopes: tuple[Scope, ...] = ()

    def show(self, scopes: tuple[Scope, ...]) -> None:
        """Show these scopes."""
        self._scopes = scopes
        self.reload(len(scopes))

    def load(self, offset: int, limit: int) -> Sequence[tuple[int, Scope]]:
        return list(enumerate(self._scopes))[offset : offset + limit]

    def draw(self, item: tuple[int, Scope], width: int) -> list[Piece]:
        number, scope = item
        reach = self._reach(scope)
        return [
            (f"{number + 1} ", "dim"),
            (column(str(scope), max(width - 3 - len(reach), 0)), ""),
            (f" {reach}", "dim"),
        ]

    def action_remove(self) -> None:
        if self.current is not None:
            self.post_message(self.Removed(self.cursor))
