"""The actions on one service token, for every screen that shows one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual import work

from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_local_time, remaining
from st_tui.core.model import NewToken, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui import command_line
from st_tui.tui.actions import Action
from st_tui.tui.host import Hosted

if TYPE_CHECKING:
    from st_tui.core.algebra.least_privilege import Narrowed
    from st_tui.core.lint import Fix
    from st_tui.core.vault import Vault

Result = TypeVar("Result")

TOKEN_ACTIONS = (
    Action("clone", "c", "clone", "Make a new token like this one, for as long from now",
           "service-token clone ID", hint=True),
    Action("rotate", "r", "rotate", "Replace this token with a new one: same name, scopes and end",
           "service-token rotate ID", hint=True),
    Action("revoke", "d,delete", "revoke", "Revoke this token for good",
           "service-token delete ID", hint=True),
    Action("narrow", "l", "narrow", "Make a token with no more than this one was used for",
           "scope narrow ID"),
    Action("compare", "x", "compare", "Compare with another token: what that allows more and less",
           "scope compare ID OTHER_ID"),
    Action("activate", "a", "activate", "Activate or deactivate this V3 token",
           "service-token activate ID | deactivate ID"),
    Action("trust", "i", "trusted IPs", "Change the trusted IPs of this V3 token",
           "service-token trust ID --trusted-ip CIDR"),
    Action("copy_id", "y", "copy id", "Copy the id of this token"),
)  # fmt: skip


class TokenActions(Hosted):
    """Mixed into a screen with a chosen token."""

    def chosen_token(self) -> ServiceToken | None:
        """The token to act on."""
        raise NotImplementedError

    def revoked(self) -> None:
        """Called after the chosen token was revoked or replaced."""

    @work
    async def action_clone(self) -> None:
        from st_tui.tui.screens.create import Create

        token = self.chosen_token()
        if token is None:
            return
        draft = await self._read(lambda vault: vault.tokens.clone_draft(token))
        if draft is not None:
            await self.reveal(await self.host.ask(Create(draft, title="Clone")))

    def mend(self, fix: Fix) -> None:
        """Do what mends a warning about the chosen token."""
        from st_tui.core.lint import Way  # not for the first frame

        if fix.way is Way.NARROW:
            self.action_narrow()
        elif fix.way is Way.ROTATE:
            self.action_rotate()
        elif fix.way is Way.REVOKE:
            self.action_revoke()
        else:
            self._clone_mended(fix)

    @work
    async def _clone_mended(self, fix: Fix) -> None:
        """Offer a clone with the fix in place: a token itself cannot be changed."""
        from st_tui.tui.screens.create import Create

        token = self.chosen_token()
        if token is None:
            return
        draft = await self._read(lambda vault: vault.tokens.clone_draft(token))
        if draft is None:
            return
        mended = fix.mended(draft, self.host.clock())
        about = f"A clone of {self._quoted(token)}, to {shown(fix.words)}."
        form = Create(mended, title="Clone", original=token, about=about)
        await self.reveal(await self.host.ask(form))

    def _quoted(self, token: ServiceToken) -> str:
        """A token's name in quotes, marked if a rotation replaced it."""
        from st_tui.tui.widgets.token_name import token_name

        return f"“{token_name(token, self.host.clock())}”"

    async def _read(self, job: Callable[[Vault], Result]) -> Result | None:
        """Do a short read of the vault; None if it is refused, which is said."""
        try:
            return await self.host.read(job)
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error", timeout=8)
            return None

    @work
    async def action_narrow(self) -> None:
        from st_tui.core.vault.least_privilege import propose
        from st_tui.tui.screens.create import Create

        token = self.chosen_token()
        if token is None:
            return
        found = await self.host.find("Reading the audit log", lambda vault: propose(vault, token))
        if found is None:
            return
        self.host.did("scope", "narrow", token.id)
        draft, narrowed = found
        if not narrowed.stops:
            self.host.notify(
                f"{self._quoted(token)} was used for all that it may do: nothing to narrow."
            )
            return
        form = Create(draft, title="Narrow", original=token, about=_about(narrowed))
        await self.reveal(await self.host.ask(form))

    @work
    async def action_compare(self) -> None:
        from st_tui.core.vault.comparison import compare_tokens
        from st_tui.tui.screens.comparison import ComparisonDialog

        token = self.chosen_token()
        other = await self._other_than(token) if token is not None else None
        if token is None or other is None:
            return
        found = await self.host.find("Comparing", lambda vault: compare_tokens(vault, token, other))
        if found is not None:
            self.host.did("scope", "compare", token.id, other.id)
            await self.host.ask(ComparisonDialog(token, other, found))

    async def _other_than(self, token: ServiceToken) -> ServiceToken | None:
        """Ask for another token of the project by a list. If that is long, ask for a text first."""
        from st_tui.core.vault.comparison import MOST, others
        from st_tui.tui.screens.picker import Picker
        from st_tui.tui.screens.prompt import Prompt
        from st_tui.tui.widgets.cells import column
        from st_tui.tui.widgets.token_name import token_name

        now, doing = self.host.clock(), "Reading the tokens"
        found = await self.host.find(doing, lambda vault: others(vault, token))
        if found is not None and found.more:
            title = f"Which of more than {MOST} tokens to compare with?"
            prompt = Prompt(title, "", "part of its name or scopes, or its id", lambda _: None)
            text = await self.host.ask(prompt)
            if text is None:
                return None
            found = await self.host.find(doing, lambda vault: others(vault, token, text.strip()))
        if found is None:
            return None
        if not found.tokens:
            self.host.notify("There is no such other token to compare with.", severity="warning")
            return None
        names = [token_name(other, now) for other in found.tokens]
        longest = min(max(map(len, names)), 24)
        options = [
            (f"{column(name, longest)}  {shown(', '.join(map(str, other.scopes)))}", other)
            for name, other in zip(names, found.tokens, strict=True)
        ]
        title = f"Compare with (the first {MOST} by name)" if found.more else "Compare with"
        other: ServiceToken | None = await self.host.ask(Picker(title, options))
        return other

    @work
    async def action_rotate(self) -> None:
        from st_tui.tui.screens.rotate import Rotate

        token = self.chosen_token()
        if token is None:
            return
        form = await self._read(
            lambda vault: Rotate(
                token,
                vault.tokens.rotate_draft(token),
                vault.folders.of_each(vault.projects.of(token)),
            )
        )
        if form is None:
            return
        wanted = await self.host.ask(form)
        if wanted is None:
            return
        new = await self.host.change(
            "Rotating",
            lambda vault: vault.tokens.rotate(
                token,
                overlap=wanted.overlap,
                keep_end=wanted.keep_end,
                expires_at=wanted.expires_at,
            ),
            command=command_line.rotate(
                token, wanted.overlap, keep_end=wanted.keep_end, ends_at=wanted.expires_at
            ),
        )
        if new is not None:
            await self.reveal(new)
            self.revoked()

    async def reveal(self, new: NewToken | None) -> None:
        """Show the text of a new token, once."""
        from st_tui.tui.screens.created import Created

        if new is not None:
            await self.host.ask(Created(new))

    @work
    async def action_revoke(self) -> None:
        token = self.chosen_token()
        if token is not None:
            await self.revoke_one(token)

    async def revoke_one(self, token: ServiceToken) -> None:
        """Revoke a token, after a question."""
        from st_tui.tui.screens.dialog import Confirm
        from st_tui.tui.widgets.token_name import last_use, some_scopes

        now = self.host.clock()
        question = Confirm(
            f"Revoke {self._quoted(token)}?",
            f"{some_scopes(token)}\n"
            f"Id         {token.id}\n"
            f"Created    {in_local_time(token.created_at)}\n"
            f"Last used  {last_use(token, now)}\n"
            f"Expires    {remaining(token.expires_at, now)}\n\n"
            "Whoever holds it is refused from now on. This cannot be undone.",
            verb="revoke",
        )
        if await self.host.ask(question):
            done = await self.host.change(
                "Revoking",
                lambda vault: vault.tokens.revoke([token]),
                command=("service-token", "delete", token.id),
            )
            if done:
                self.host.notify(f"{self._quoted(token)} is revoked.")
                self.revoked()

    @work
    async def action_activate(self) -> None:
        token = self.chosen_token()
        if token is None:
            return
        if token.version != 3:
            self.host.notify("Only V3 tokens have an active switch.", severity="warning")
            return
        active = not token.is_active
        changed = await self.host.change(
            "Switching",
            lambda vault: vault.tokens.set_active(token, active),
            command=("service-token", "activate" if active else "deactivate", token.id),
        )
        if changed is not None:
            self.host.notify(f"{self._quoted(token)} is now {'active' if active else 'inactive'}.")

    @work
    async def action_trust(self) -> None:
        from st_tui.tui.screens.trust import Trust

        token = self.chosen_token()
        if token is None:
            return
        if token.version != 3:
            self.host.notify("Only V3 tokens have trusted IPs.", severity="warning")
            return
        ranges = await self.host.ask(Trust(token))
        if ranges is not None:
            changed = await self.host.change(
                "Saving",
                lambda vault: vault.tokens.set_trusted_ips(token, ranges),
                command=command_line.trust(token, ranges),
            )
            if changed is not None:
                self.host.notify(
                    f"{self._quoted(token)} now trusts {counted(len(ranges), 'address block')}."
                )

    def action_copy_id(self) -> None:
        token = self.chosen_token()
        if token is not None:
            self.copy_and_say(token.id, f"Id of {self._quoted(token)}", "the id")

    @work
    async def copy_and_say(self, text: str, subject: str, what: str) -> None:
        """Copy a text, and say how; where that cannot be, show it alone, to be marked."""
        from st_tui.tui.screens.text_alone import TextAlone
        from st_tui.tui.terminal.clipboard import copy

        page = self.app.screen
        outcome = await copy(self.app, text)
        self.host.notify(f"{subject}: {outcome.message}")
        if not outcome.sent and self.app.screen is page:
            self.app.push_screen(TextAlone(text, what))


def _about(narrowed: Narrowed) -> str:
    """How many recorded accesses a narrowed draft covers, and what would stop working."""
    left_out = sum(use.times for use in narrowed.left_out)
    besides = f", {left_out} left out where no folder can be" if left_out else ""
    stops = ", ".join(map(str, narrowed.stops))
    return shown(
        f"Covers {counted(narrowed.accesses, 'recorded access', 'recorded accesses')}{besides}; "
        "proved to open nothing more. "
        f"Would stop working, for example: {stops}."
    )
