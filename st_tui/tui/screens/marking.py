"""Marks on the page with the tokens, and what is done with all that are marked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from textual import work

from st_tui.core.model import Limits, Project, ServiceToken
from st_tui.core.wording import counted
from st_tui.tui.actions import Action
from st_tui.tui.screens.token_actions import TokenActions

if TYPE_CHECKING:
    from st_tui.core.vault import Vault
    from st_tui.tui.widgets.token_list import TokenList, Tokens

MOST = 5000
"""Tokens that can be marked at once: one transaction revokes them all."""

MARK_ACTIONS = (
    Action("mark", "space", "mark", "Mark this token, or unmark it, and go one line down",
           hint=True),
    Action("mark_all", "asterisk", "mark all",
           "Mark all tokens that are shown; again, or Escape, unmarks all"),
    Action("export", "o", "export", "Write this token's definition, or those of all marked ones, "
           "to a file", "service-token list --json", own_machine=True),
)  # fmt: skip


class Marking(TokenActions):
    """Mixed into the page with the tokens. Marks are ids: they stay with their tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.marked = set[str]()

    @property
    def token_list(self) -> TokenList:
        """The list whose tokens are marked."""
        raise NotImplementedError

    def tokens_listed(self) -> Tokens | None:
        """What the list shows; None if there is no project."""
        raise NotImplementedError

    def say_counts(self) -> None:
        """Say how many tokens are shown, and how many marked."""
        raise NotImplementedError

    def action_mark(self) -> None:
        token = self.chosen_token()
        if token is not None:
            self.marked ^= {token.id}
            self.token_list.refresh_current()
            self.token_list.action_cursor_down()
            self.say_counts()

    @work(group="marks")
    async def action_mark_all(self) -> None:
        listed = self.tokens_listed()
        if listed is None:
            return
        ids = await self._read(lambda vault: listed.ids(vault, MOST + 1))
        if not ids:
            return
        if len(ids) > MOST:
            self.host.notify(
                f"More than {MOST:,} tokens are shown, too many to mark: filter them first with /.",
                severity="warning",
            )
        elif self.marked.issuperset(ids):
            self.unmark(set(self.marked))
        else:
            self.marked.update(ids)
            self._show_marks()

    def unmark(self, ids: Collection[str]) -> None:
        """Take these marks away."""
        if not self.marked.isdisjoint(ids):
            self.marked.difference_update(ids)
            self._show_marks()

    def _show_marks(self) -> None:
        self.token_list.refresh()
        self.say_counts()

    def gone(self, project: Project) -> Callable[[Vault], Collection[str]]:
        """A job that finds the marks whose token is not in the project, or not any more."""
        asked = frozenset(self.marked)
        among = Limits(among=asked)
        return lambda vault: asked.difference(
            vault.tokens.ids(project, limits=among) if asked else ()
        )

    async def _tokens_meant(self) -> list[ServiceToken]:
        """The marked tokens as the vault has them now; if none is marked, the chosen one."""
        chosen, project = self.chosen_token(), self.host.project
        if not self.marked:
            return [chosen] if chosen is not None else []
        if project is None:
            return []
        among = Limits(among=frozenset(self.marked))
        found = await self._read(lambda vault: vault.tokens.page(project, limits=among))
        if found == []:
            self.host.notify("What was marked is gone: it was revoked or it expired meanwhile.")
        return found or []

    @work
    async def action_revoke(self) -> None:
        from st_tui.tui.screens.revoke_several import RevokeSeveral

        tokens = await self._tokens_meant()
        if len(tokens) < 2:
            for token in tokens:
                await self.revoke_one(token)
        elif await self.host.ask(RevokeSeveral(tokens, self.host.clock())):
            done = await self.host.change(
                "Revoking",
                lambda vault: vault.tokens.revoke(tokens),
                command=("service-token", "delete", *(token.id for token in tokens)),
            )
            if done is not None:
                self.host.notify(f"{counted(done, 'token')} are revoked.")

    @work
    async def action_export(self) -> None:
        from st_tui.tui.screens.token_export import ExportTokens

        tokens = await self._tokens_meant()
        if tokens:
            done = await self.host.ask(ExportTokens(tokens))
            if done is not None:
                self.host.notify(done)
