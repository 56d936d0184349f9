"""The dialog that writes the definitions of tokens to a new file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from st_tui.core.model import ServiceToken
from st_tui.core.secrets.files.put import put
from st_tui.core.token_json import tokens_data
from st_tui.core.vault import Vault
from st_tui.core.wording import counted
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.screens.named_files import typed_path
from st_tui.tui.widgets.field import Field


class ExportTokens(Dialog[str]):
    """Asks for a new file and writes it: what `service-token list --json` prints of the tokens."""

    ACTIONS = (
        Action("write", "f2,enter", "write", "Write the file", "service-token list --json",
               hint=True, shown_key="Enter"),
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, tokens: Sequence[ServiceToken]) -> None:
        several = "s" if len(tokens) > 1 else ""
        super().__init__(f"Definition{several} of {counted(len(tokens), 'token')} into a file")
        self._tokens = tokens

    def body(self) -> ComposeResult:
        yield Static(
            "As service-token list --json prints it: no secret is in it.\n"
            "Only you may read the file.\n",
            markup=False,
        )
        yield Field(placeholder="tokens.json", id="file")

    @on(Input.Submitted)
    @work
    async def action_write(self) -> None:
        if self.is_writing:
            return
        typed = self.query_one(Field).value
        with self.writing():
            done = await self.host.change(
                "Writing",
                lambda vault: write_definitions(vault, self._tokens, typed),
                complain=self.complain,
            )
        if done is not None:
            self.dismiss(done)


def write_definitions(vault: Vault, tokens: Sequence[ServiceToken], typed: str) -> str:
    """Write tokens to a new file of a typed name; what was done, in words. Raises Refusal."""
    file = typed_path(typed)
    text = json.dumps(tokens_data(tokens)) + "\n"
    put(text, file, vault=vault.directory, replace=False)
    return f"Wrote {counted(len(tokens), 'token')} to {file}."
