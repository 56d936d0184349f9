"""The command palette: every action of the screen below it, by name, with its key and command."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen

from st_tui.tui.actions import Action


class ActionCommands(Provider):
    """Finds the actions of the screen below the palette."""

    async def discover(self) -> Hits:
        for action in _offered(self.screen):
            yield DiscoveryHit(_title(action), partial(self._run, action), help=_help(action))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in _offered(self.screen):
            score = matcher.match(f"{action.sentence} {action.cli}")
            if score > 0:
                yield Hit(score, _title(action), partial(self._run, action), help=_help(action))

    async def _run(self, action: Action) -> None:
        await self.screen.run_action(action.name)


def _offered(screen: Screen[Any]) -> Sequence[Action]:
    return getattr(screen, "ACTIONS", ())


def _title(action: Action) -> Content:
    return Content.assemble(action.sentence, (f"  {action.every_key}", "$text-primary"))


def _help(action: Action) -> str | None:
    return f"st-tui {action.cli}" if action.cli else None
