"""What a form for a token begins with, and keeping it while it is filled in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from st_tui.core.expiry import SECOND
from st_tui.core.model import Permission, Project, TokenDraft
from st_tui.core.vault.kept_form import FilledForm, FormKeeper, TypedScope
from st_tui.tui.host import Host
from st_tui.tui.latest_wins import LatestWins

EMPTY_FORM = FilledForm("", (), (Permission.READ.value,), "", 2, is_active=False, trusted_ips="")

_SETTLED = 0.5
"""Seconds between a change and its being kept, together with those that come meanwhile."""


def form_of(draft: TokenDraft | None, now: int) -> FilledForm:
    """A form filled in from a draft, whose life counts from now on."""
    if draft is None:
        return EMPTY_FORM
    life = "never"
    if draft.expires_at is not None:
        # The draft was made a moment ago: its life is a whole number of seconds again.
        life = f"{-(-(draft.expires_at - now) // SECOND)}s"
    return FilledForm(
        name=draft.name,
        scopes=tuple(TypedScope(*scope) for scope in draft.scopes),
        permissions=tuple(permission.value for permission in draft.permissions),
        expires=life,
        version=draft.version,
        is_active=draft.version == 3 and draft.is_active,
        trusted_ips=" ".join(block.text for block in draft.trusted_ips or ()),
    )


class FormKeeping:
    """Keeps a form in the vault shortly after each change, until the form is closed.

    `is_kept`: it was kept already, by an app that has ended.
    """

    def __init__(
        self,
        screen: Screen[Any],
        host: Host,
        project: Project,
        typed: Callable[[], FilledForm],
        *,
        is_kept: bool,
    ) -> None:
        self._screen = screen
        self._host = host
        self._project = project
        self._typed = typed
        self._is_kept = is_kept
        self._is_waiting = False
        self._keeper = FormKeeper(host.directory)
        self._writing = LatestWins(screen, self._write)

    def changed(self) -> None:
        """Keep the form soon."""
        self._is_kept = True
        if not self._is_waiting:
            self._is_waiting = True
            self._screen.set_timer(_SETTLED, self._due)

    def _due(self) -> None:
        self._is_waiting = False
        self._writing.request()

    async def _write(self) -> None:
        form, now = self._typed(), self._host.clock()
        await asyncio.to_thread(self._keeper.keep, form, self._project.id, now)

    def forget(self) -> None:
        """Delete what was kept. It may take a while: not for the thread of the screen."""
        if self._is_kept:
            self._keeper.forget()

    def close(self) -> None:
        """Leave what was kept for the next start."""
        self._keeper.close()
