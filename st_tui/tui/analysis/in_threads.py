"""An overview at work in threads of the app, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from st_tui.core.vault import Vault
    from st_tui.tui.host import Host

Overview = TypeVar("Overview")
Answer = TypeVar("Answer")


class InThreads(Generic[Overview]):
    """Asks an overview in this process."""

    def __init__(self, host: Host, overview: Overview) -> None:
        self._host = host
        self._overview = overview
        self._newest: object = None
        self._turn = Lock()

    async def ask(self, job: Callable[..., Answer], args: tuple[Any, ...]) -> Answer:
        """Let the overview do a job. Raises Refusal and Superseded."""
        from st_tui.core.vault.overviews import Desk, Superseded

        question = self._newest = object()

        def go_on() -> None:
            if self._newest is not question:
                raise Superseded

        def in_turn(vault: Vault) -> Answer:
            with self._turn:  # one that nobody waits for any more may still be at work
                return job(self._overview, Desk(vault, go_on), *args)

        return await self._host.read_apart(in_turn)

    def close(self) -> None:
        """End the work as soon as it looks whether to go on."""
        self._newest = None
