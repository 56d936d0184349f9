"""A field for a secret's name, which never shows a value that is pasted into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from st_tui.core.errors import Refusal
from st_tui.core.secrets.model import check_name
from st_tui.tui.terminal.pasted_text import lines_of
from st_tui.tui.widgets.field import Field


class SecretName(Field):
    """A field for a name. It hands a paste of secrets, such as NAME=value, to `take_secrets`."""

    typed_enters: ClassVar[int] = 2

    def __init__(
        self,
        value: str,
        *,
        placeholder: str,
        max_length: int,
        take_secrets: Callable[[str], None],
        id: str,  # noqa: A002
    ) -> None:
        super().__init__(value, placeholder=placeholder, max_length=max_length, id=id)
        self._take_secrets = take_secrets

    def is_paste(self, text: str) -> bool:
        return holds_secrets(text) or bool(_why_no_name(text)) or super().is_paste(text)

    def paste(self, text: str) -> None:
        why_no_name = _why_no_name(text)
        if holds_secrets(text):
            self._take_secrets(text)
        elif why_no_name:
            # It may well be a value, such as an address with a password in it.
            self.app.notify(f"Nothing was pasted. {why_no_name}", severity="warning")
        else:
            super().paste(text)


def holds_secrets(text: str) -> bool:
    """Whether a text looks like NAME=value lines, or like JSON, and so holds values."""
    beginning = text.lstrip()
    if beginning.startswith(("{", "[")) and '"' in beginning:
        return True
    return any("=" in line for line in lines_of(text) if not line.lstrip().startswith("#"))


def _why_no_name(text: str) -> str:
    """Why the first line of a text cannot be a secret's name; empty where it can."""
    try:
        for line in lines_of(text)[:1]:
            check_name(line)
    except Refusal as refusal:
        return str(refusal)
    return ""
