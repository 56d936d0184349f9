"""Tokens are marked, and all that are marked are revoked or exported together."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from st_tui.cli import main
from st_tui.core.model import Permission, Scope, TokenDraft
from st_tui.core.vault import Vault
from st_tui.demo import make
from st_tui.tui.app import StTui
from st_tui.tui.screens import marking
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.revoke_several import RevokeSeveral
from st_tui.tui.screens.token_export import ExportTokens
from st_tui.tui.widgets.field import Field
from tests.journeys.driving import (
    choose,
    in_one_piece,
    opened,
    project_of,
    screen_text,
    settled,
    token_named,
    tokens_shown,
    until,
    vault,
    write,
)
from tests.tmux_session import TmuxSession, needs_tmux

SMALL = (80, 24)
ALL = {
    "mobile-release", "preview-apps", "folder1-children", "office-sync", "ci-deploy", "top-level",
    "all-folders", "nightly-backup", "metrics-ingest", "second-level", "legacy-billing",
}  # fmt: skip


@needs_tmux
def test_several_are_marked_and_revoked(tmp_path: Path) -> None:
    make(tmp_path / "vault", actor="operator")
    program = (sys.executable, "-m", "st_tui", "--vault", str(tmp_path / "vault"))
    with TmuxSession(tmp_path / "tmux", program) as session:
        session.wait_for("11 tokens", "▌ ✖ mobile-release")
        session.press("Space")
        session.wait_for("1 marked", " ●✖ mobile-release", "▌ ✖ preview-apps")
        session.press("Space")
        session.wait_for("2 marked", " ●✖ preview-apps", "▌ ✖ folder1-children")
        session.press("d")
        asked = session.wait_for("Revoke 2 tokens?", "Type 2, then Enter:")
        assert "1 of them was used in the last 7 days:" in asked
        assert "preview-apps" in asked
        session.write("3")
        session.press("Enter")
        session.wait_for("They are 2, not 3: nothing is revoked yet.")
        session.press("BSpace")
        session.write("2")
        session.press("Enter")
        after = session.wait_for("2 tokens are revoked.", "9 tokens")
        assert "mobile-release" not in after
        assert "marked" not in after
        session.press("q")
    with Vault.open(tmp_path / "vault", actor="operator") as left:
        names = {token.name for token in left.tokens.page(left.projects.get())}
        newest = left.audit.page(limit=2)
    assert names == ALL - {"mobile-release", "preview-apps"}
    assert {entry.event for entry in newest} == {"delete-service-token"}


def marks(pilot: Pilot[None]) -> set[str]:
    """The names of the tokens on the screen that have a mark."""
    lines = screen_text(pilot).splitlines()
    return {line[3:].split()[0] for line in lines if line[1:2] == "●"}


async def mark(pilot: Pilot[None], *names: str) -> None:
    for name in names:
        await choose(pilot, name)
        await pilot.press("space")


async def test_marks_stay_with_their_tokens(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await mark(pilot, "ci-deploy", "top-level", "ci-deploy", "office-sync")
        assert marks(pilot) == {"top-level", "office-sync"}
        await pilot.press("s")
        await settled(pilot)
        assert marks(pilot) == {"top-level", "office-sync"}
        await pilot.press("slash")
        await write(pilot, "office")
        await until(pilot, lambda: tokens_shown(demo_app) == 1, "filtered")
        assert marks(pilot) == {"office-sync"}
        assert "2 marked" in screen_text(pilot)
        await pilot.press("enter", "escape")
        await until(pilot, lambda: tokens_shown(demo_app) == 11, "Escape closes the filter first")
        assert marks(pilot) == {"top-level", "office-sync"}
        await pilot.press("escape")
        assert marks(pilot) == set()
        assert "marked" not in screen_text(pilot)


async def test_a_mark_goes_with_its_token_and_with_the_project(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        other = vault(demo_app).projects.create("Other")
        await mark(pilot, "ci-deploy", "top-level")
        vault(demo_app).tokens.revoke([token_named(demo_app, "ci-deploy")])  # a colleague's
        await until(pilot, lambda: "1 marked" in screen_text(pilot), "one mark is left")
        assert marks(pilot) == {"top-level"}
        demo = project_of(demo_app)
        demo_app.show_project(other)
        await until(pilot, lambda: "0 tokens" in screen_text(pilot), "the other project")
        assert "marked" not in screen_text(pilot)
        demo_app.show_project(demo)
        await until(pilot, lambda: tokens_shown(demo_app) == 10, "the demo again")
        assert marks(pilot) == set()


def make_tokens(app: StTui, number: int) -> None:
    """More tokens, which only `bulk` finds."""
    may_read = frozenset({Permission.READ})
    for at in range(number):
        scopes = (Scope("dev", "/common"),)
        vault(app).tokens.create(
            project_of(app), TokenDraft(f"bulk-{at:03}", scopes, may_read, None)
        )


async def test_all_that_are_shown_are_marked_and_unmarked(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        make_tokens(demo_app, 150)  # of which the first ones alone are read
        await until(pilot, lambda: tokens_shown(demo_app) == 161, "they are there")
        await mark(pilot, "bulk-149")
        await pilot.press("asterisk")
        await until(pilot, lambda: "161 marked" in screen_text(pilot), "all")
        await pilot.press("end")
        await settled(pilot)
        assert "●✖ legacy-billing" in screen_text(pilot)
        await pilot.press("asterisk")
        await until(pilot, lambda: "marked" not in screen_text(pilot), "none")
        await mark(pilot, "bulk-149")
        await pilot.press("slash")
        await write(pilot, "deploy")
        await pilot.press("enter", "asterisk")
        await until(pilot, lambda: "2 marked" in screen_text(pilot), "the one that was found, too")
        monkeypatch.setattr(marking, "MOST", 160)
        await pilot.press("escape", "asterisk")
        await until(pilot, lambda: "More than 160 tokens are shown" in screen_text(pilot), "said")
        assert "2 marked" in screen_text(pilot)


async def test_with_one_mark_the_ordinary_question_is_asked(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await mark(pilot, "top-level")
        await choose(pilot, "ci-deploy")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "asked")
        assert "Revoke “top-level”?" in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: tokens_shown(demo_app) == 10, "revoked")
        assert {t.name for t in vault(demo_app).tokens.page(project_of(demo_app))} == ALL - {
            "top-level"
        }
        assert "marked" not in screen_text(pilot)


async def test_keys_typed_ahead_do_not_answer(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await mark(pilot, "top-level", "ci-deploy")
        in_one_piece(pilot, "d2\r")
        await until(pilot, lambda: isinstance(demo_app.screen, RevokeSeveral), "asked")
        await settled(pilot)
        assert demo_app.screen.query_one(Field).value == ""
        await pilot.press("enter")
        assert "Type 2 to revoke them." in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "closed")
        assert tokens_shown(demo_app) == 11
        assert "2 marked" in screen_text(pilot)


async def test_the_field_is_seen_after_the_terminal_got_smaller(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("asterisk", "d")
        await until(pilot, lambda: "Type 11, then Enter:" in screen_text(pilot), "asked")
        await pilot.resize_terminal(60, 15)
        await write(pilot, "12")
        await until(pilot, lambda: "Type 11, then Enter:  12" in screen_text(pilot), "it is seen")


async def test_all_are_revoked_or_none(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await mark(pilot, "top-level", "ci-deploy", "office-sync")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, RevokeSeveral), "asked")
        vault(demo_app).tokens.revoke([token_named(demo_app, "ci-deploy")])  # a colleague's
        await write(pilot, "3")
        await pilot.press("enter")
        await until(pilot, lambda: "'ci-deploy' is gone" in screen_text(pilot), "refused")
        await until(pilot, lambda: "2 marked" in screen_text(pilot), "its mark is gone")
        assert {t.name for t in vault(demo_app).tokens.page(project_of(demo_app))} == ALL - {
            "ci-deploy"
        }


async def test_definitions_are_written_as_the_command_line_prints_them(
    demo_app: StTui, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tokens.json"
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await mark(pilot, "top-level", "mobile-release", "office-sync")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(demo_app.screen, ExportTokens), "asked")
        assert "Definitions of 3 tokens into a file" in screen_text(pilot)
        await write(pilot, str(file))
        await pilot.press("enter")
        await until(pilot, lambda: "Wrote 3 tokens to" in screen_text(pilot), "written")
        before = file.read_bytes()
        await pilot.press("o")
        await until(pilot, lambda: isinstance(demo_app.screen, ExportTokens), "asked again")
        await write(pilot, str(file))
        await pilot.press("enter")
        await until(pilot, lambda: "is there already" in screen_text(pilot), "refused")
        assert file.read_bytes() == before
        await pilot.press("escape")
        ids = {token_named(demo_app, n).id for n in ("top-level", "mobile-release", "office-sync")}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "export" in path.name] == []
    assert main(["--vault", str(demo_app.directory), "service-token", "list", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)["serviceTokenData"]
    assert json.loads(before) == {
        "serviceTokenData": [data for data in printed if data["id"] in ids]
    }


async def test_without_a_mark_the_chosen_token_is_written(demo_app: StTui, tmp_path: Path) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        token = await choose(pilot, "second-level")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(demo_app.screen, ExportTokens), "asked")
        assert "Definition of 1 token into a file" in screen_text(pilot)
        await write(pilot, str(tmp_path / "one.json"))
        await pilot.press("enter")
        await until(pilot, lambda: "Wrote 1 token to" in screen_text(pilot), "written")
    [data] = json.loads((tmp_path / "one.json").read_text())["serviceTokenData"]
    assert data["id"] == token.id


async def test_what_was_revoked_meanwhile_is_not_asked_about(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is the token under the cursor, which nobody marked."""
    monkeypatch.setattr("st_tui.tui.app._LOOK_EVERY", 3600)  # the app does not see it by itself
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await mark(pilot, "ci-deploy")
        vault(demo_app).tokens.revoke([token_named(demo_app, "ci-deploy")])
        await pilot.press("d")
        await until(pilot, lambda: "What was marked is gone" in screen_text(pilot), "said")
        assert len(demo_app.screen_stack) == 1
