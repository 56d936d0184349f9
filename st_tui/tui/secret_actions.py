"""What can be done with the secrets of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import App

from st_tui.core.secret import Place, Secret, SecretImport
from st_tui.tui.actions import Action
from st_tui.tui.widgets.secret_list import SecretList, SecretRow

if TYPE_CHECKING:
    from st_tui.tui.app import StTui

SECRET_ACTIONS = (
    Action("reveal", "enter", "reveal", "Show the value of this secret until you look away",
           "secrets get NAME", hint=True),
    Action("copy_value", "y", "copy", "Copy the value of this secret without showing it",
           hint=True),
)  # fmt: skip


class SecretActions:
    """Mixed into the page that shows a folder's secrets."""

    app: App[object]

    @property
    def secrets(self) -> SecretList:
        """The list whose line is meant."""
        raise NotImplementedError

    def go_to(self, place: Place) -> None:
        """Show another folder."""
        raise NotImplementedError

    @property
    def _st(self) -> StTui:
        return cast("StTui", self.app)

    def chosen_secret(self) -> tuple[Place, SecretRow] | None:
        """The secret under the cursor, and where it lies."""
        row, contents = self.secrets.current, self.secrets.contents
        if contents is None or not isinstance(row, SecretRow):
            self._st.notify("Choose a secret first.", severity="warning")
            return None
        return contents.place, row

    async def read_secret(self) -> Secret | None:
        """The secret under the cursor with its value; the audit log says so."""
        chosen, project = self.chosen_secret(), self._st.project
        if chosen is None or project is None:
            return None
        place, row = chosen
        return await self._st.change(
            "Reading", lambda vault: vault.secrets.get(project, place, row.name)
        )

    @work(exclusive=True)
    async def action_reveal(self) -> None:
        from st_tui.tui.screens.reveal import Reveal

        row = self.secrets.current
        if isinstance(row, SecretImport):
            self.go_to(row.source)
            return
        project, secret = self._st.project, await self.read_secret()
        if project is not None and secret is not None:
            await self._st.push_screen_wait(Reveal(project, secret))

    @work(exclusive=True)
    async def action_copy_value(self) -> None:
        from st_tui.tui.clipboard import copy
        from st_tui.tui.screens.reveal import ValueAlone

        secret = await self.read_secret()
        if secret is not None:
            outcome = await copy(self._st, secret.value)
            self._st.notify(f"Value of “{secret.name}”: {outcome.message}")
            if not outcome.sent:
                self._st.push_screen(ValueAlone(secret.value))
