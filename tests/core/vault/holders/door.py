"""The gateway, one batch at a time, and who comes to it."""

from __future__ import annotations

from dataclasses import replace

from st_tui.core.addresses import parse_address
from st_tui.core.model import AuditEntry, NewToken, TokenText
from st_tui.core.vault import Vault
from st_tui.core.vault.holders.admission import NotAuthenticated
from st_tui.core.vault.holders.holder import Caller

HERE = "203.0.113.7"
UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"


def caller(text: TokenText | None, address: str = HERE) -> Caller:
    return Caller(text, parse_address(address), address, "tests")


def made_up(token: NewToken) -> dict[str, TokenText | None]:
    """Every kind of token text that is not let in."""
    text = token.text
    return {
        "none": None,
        "unknown id": replace(text, id=UNKNOWN_ID),
        "wrong secret": replace(text, secret="0" * 32),
        "another version": replace(text, version=3),
        "both wrong": replace(text, id=UNKNOWN_ID, secret="0" * 32),
    }


class Door:
    """The gateway, one batch at a time."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def ask(self, who: Caller) -> NotAuthenticated | None:
        """How one request in a batch of its own was refused; None if it was let in."""
        return self.ask_each(who)[0]

    def ask_each(self, *callers: Caller) -> list[NotAuthenticated | None]:
        """The same for some requests that share a batch."""
        gateway = self._vault.gateway
        assert gateway.begin()
        answers: list[NotAuthenticated | None] = []
        for each in callers:
            try:
                with gateway.request(each, "get-secrets"):
                    answers.append(None)
            except NotAuthenticated as refused:
                answers.append(refused)
        gateway.flush()
        gateway.commit()
        return answers

    def keep_house(self) -> bool:
        """Whether there was anything to do."""
        gateway = self._vault.gateway
        if not gateway.housekeeping_due():
            return False
        assert gateway.begin()
        gateway.keep_house()
        gateway.flush()
        gateway.commit()
        return True


def entries(vault: Vault, event: str) -> list[AuditEntry]:
    """The entries of this event, the oldest first."""
    return [entry for entry in reversed(vault.audit.page()) if entry.event == event]
