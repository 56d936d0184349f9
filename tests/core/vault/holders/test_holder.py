"""What the audit log keeps of a holder's request."""

from __future__ import annotations

import json

from st_tui.core.model import NewToken
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from st_tui.core.vault.holders.holder import MOST_NOTED
from tests.core.vault.holders.door import caller, entries


def test_the_log_says_how_many_places_it_does_not_name(
    vault: Vault, server: Vault, token: NewToken
) -> None:
    gateway = server.gateway
    assert gateway.begin()
    for more in (0, 7):
        with gateway.request(caller(token.text), "get-secrets") as request:
            request._holder.note_places(
                Place("dev", f"/{number}") for number in range(MOST_NOTED + more)
            )
    gateway.flush()
    gateway.commit()
    whole, cut = (json.loads(entry.details) for entry in entries(vault, "get-secrets"))
    assert len(whole["alsoRead"]) == len(cut["alsoRead"]) == MOST_NOTED
    assert "placesLeftOut" not in whole
    assert cut["placesLeftOut"] == 7
