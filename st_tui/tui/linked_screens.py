"""The screens that a link leads to, made anew: they open over the screen that has the link.

Links lead round in circles, from a token to its test and from there to the token. So a screen that
has one does not import where it leads to: the app makes that.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from st_tui.tui.host import Linked


def linked_screen(name: Linked, *given: Any, **named: Any) -> Screen[Any]:
    """A new screen of this name."""
    from st_tui.tui.screens import audit, folders, matrix, tokens, who

    kinds: dict[Linked, type[Screen[Any]]] = {
        "tokens": tokens.TokensPage,
        "folders": folders.FoldersPage,
        "audit": audit.AuditPage,
        "matrix": matrix.MatrixScreen,
        "who": who.Who,
    }
    return kinds[name](*given, **named)
