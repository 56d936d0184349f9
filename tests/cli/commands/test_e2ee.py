"""`e2ee`: shown and switched, each time with what it means."""

from __future__ import annotations

from st_tui.core.vault import Vault
from tests.cli.conftest import Run


def test_e2ee_is_shown_and_switched_with_its_meaning(run: Run, vault: Vault) -> None:
    assert run("e2ee", "show", "--json").json == {"e2ee": True}
    off = run("e2ee", "off")
    assert "the server can open every secret, and raw endpoints answer" in off.out
    assert run("e2ee", "show").out == off.out
    assert run("e2ee", "show", "--json").json == {"e2ee": False}
    entries = vault.audit.count()
    assert run("e2ee", "off") == off
    assert vault.audit.count() == entries
    on = run("e2ee", "on").out
    assert "copy of the key is erased; a copy of the files taken before still opens" in on
    assert "refuses raw endpoints" in on
    assert on.endswith(run("e2ee", "show").out)
    assert run("e2ee", "show", "--json").json == {"e2ee": True}
