"""A token is rotated by hand in a real tmux: nothing ends by Enter, nothing is lost by y."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from st_tui.core.expiry import DAY, MINUTE
from st_tui.core.model import ServiceToken
from st_tui.core.token_text import parse
from st_tui.core.vault import Vault
from st_tui.demo import make
from tests.tmux_session import TmuxSession, needs_tmux

pytestmark = needs_tmux


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    make(tmp_path / "vault", actor="operator")
    return tmp_path / "vault"


def session(directory: Path) -> TmuxSession:
    command = (sys.executable, "-m", "st_tui", "--vault", str(directory))
    return TmuxSession(directory.parent / "tmux", command)


def named(directory: Path, name: str) -> list[ServiceToken]:
    """The living tokens of a name, the oldest first."""
    with Vault.open(directory, actor="colleague") as vault:
        tokens = vault.tokens.page(vault.projects.get())
    return [token for token in reversed(tokens) if token.name == name]


def test_rotate_by_two_keys_and_find_what_both_did(directory: Path) -> None:
    with session(directory) as tmux:
        tmux.wait_for("11 tokens")
        tmux.press("/")
        tmux.write("ci-deploy")
        tmux.press("Enter")
        tmux.wait_for("1 of 11 tokens")
        tmux.press("r", "Enter")  # in one piece, as a hand in a hurry does
        tmux.wait_for("“ci-deploy” is made", "The old token works until")
        old, new = named(directory, "ci-deploy")
        assert old.expires_at is not None
        assert abs(old.expires_at - new.created_at - DAY) < MINUTE
        shown = tmux.screen
        text = shown[shown.index(f"st.{new.id}") :].split()[0]

        tmux.press("Escape")
        tmux.wait_for("Close without copying?", "c copy and close")
        tmux.press("y", "y")
        tmux.press("Escape")
        tmux.wait_for(text)
        tmux.press("Escape")
        tmux.wait_for("Close without copying?")
        tmux.press("c")
        tmux.wait_for("2 of 12 tokens", "Copied, also to tmux", "n new")
        buffer = parse(tmux.buffer)
        assert buffer.access_token == text
        with Vault.open(directory, actor="colleague") as vault:
            assert vault.tokens.authenticate(buffer).token == new

        listed = tmux.screen.partition("── Test")[0].splitlines()
        rows = [line for line in listed if "dev:/common/**" in line]
        assert [("(old)" in row, "until tomorrow" in row) for row in rows] == [
            (False, False),
            (True, True),
        ]
        tmux.press("Enter")
        tmux.wait_for("Tokens › ci-deploy (old, until", "Replaced by  ci-deploy, works until")
        tmux.press(">")
        tmux.wait_for(f"Id           {new.id}", "Replaces     ci-deploy")
        tmux.press("Escape")
        tmux.wait_for(f"Id           {old.id}")
        tmux.press("d")
        tmux.wait_for("Revoke “ci-deploy (old, until", f"Id         {old.id}", "Last used  20")
        tmux.press("y")
        tmux.wait_for("1 of 11 tokens")
        assert [token.id for token in named(directory, "ci-deploy")] == [new.id]

        tmux.press("3", "/")
        tmux.write("ci-deploy")
        with Vault.open(directory, actor="colleague") as vault:
            count = len(vault.audit.page(about=[old.id, new.id]))
        tmux.wait_for(f"{count} of ")
        assert count > 80


def test_a_copied_token_closes_at_once(directory: Path) -> None:
    with session(directory) as tmux:
        tmux.wait_for("11 tokens")
        tmux.press("r", "Enter")
        tmux.wait_for("is made. Copy it now")
        tmux.press("y")
        tmux.wait_for("Copied, also to tmux's paste buffer.")
        tmux.press("Escape")
        tmux.wait_for("12 tokens", "n new")
        assert len(parse(tmux.buffer).key) == 32
