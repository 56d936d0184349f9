"""Offers the form that was not finished when the app ended, on the page that opens it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work

from st_tui.core.expiry import in_short
from st_tui.tui.host import Hosted

if TYPE_CHECKING:
    from st_tui.core.vault.kept_form import KeptForm

_SECONDS_OFFERED = 12


class OffersForm(Hosted):
    """Mixed into a page that makes tokens."""

    _has_looked = False
    _is_there = False
    """Whether a form was found that nobody opened since."""

    @work
    async def offer_form(self) -> None:
        """Once a start, say that there is a form, and which key opens it."""
        if self._has_looked or self.host.project is None:
            return
        self._has_looked = True
        kept = await self._kept()
        if kept is not None:
            self._is_there = True
            time = in_short(kept.kept_at, self.host.clock())
            self.host.notify(
                f"A form from {time} was not finished: n opens it.", timeout=_SECONDS_OFFERED
            )

    async def take_form(self) -> KeptForm | None:
        """The form that was offered, if it is still there."""
        if not self._is_there:
            return None
        self._is_there = False
        return await self._kept()

    async def _kept(self) -> KeptForm | None:
        from st_tui.core.vault.kept_form import kept_form

        project = self.host.project
        if project is None:
            return None
        return await asyncio.to_thread(
            kept_form, self.host.directory, project.id, self.host.clock()
        )
