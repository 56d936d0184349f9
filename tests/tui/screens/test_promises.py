"""Promises about all tokens, on the screens, against what the command line says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from st_tui.cli import main
from st_tui.core.errors import Refusal
from st_tui.core.model import Permission
from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.screens.named_files import typed_path
from st_tui.tui.screens.promises import OFFERED, PromiseList, Promises, promises_in
from st_tui.tui.screens.prompt import Prompt
from st_tui.tui.screens.token import TokenScreen
from tests.conftest import Clock
from tests.core.vaults import v2
from tests.journeys.driving import opened, project_of, screen_text, until, vault, write

SMALL, WIDE = (80, 24), (120, 36)
TEXT = "no token may write staging:/nowhere/**\nno token may write prod:/**\n"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file `ours` in the working directory."""
    place = tmp_path / "files"
    place.mkdir()
    monkeypatch.chdir(place)
    ours = place / "ours"
    ours.write_text(TEXT, encoding="utf-8")
    return ours


def listed(app: StTui) -> list[str]:
    """Every line of the list, on the screen or not, as the command line writes it."""
    listing = app.screen.query_one(PromiseList)
    rows = (listing.item(index) for index in range(listing.count))
    return [
        f"        {row.token.name} ({row.token.id}) {row.how}"
        if row.token
        else f"{'HOLDS ' if row.holds else 'BROKEN'}  {row.promise.text}"
        for row in rows
        if row is not None
    ]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_they_are_those_of_the_command_line(
    demo_app: StTui,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(demo_app.screen, Prompt), "the question")
        await pilot.press("ctrl+u")  # another file is offered
        await write(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 2 hold" in screen_text(pilot), "all are proved")
        text = screen_text(pilot)
        assert "✔ holds   no token may write staging:/nowhere/**" in text
        assert "✖ broken  no token may write prod:/**" in text
        on_screen = listed(demo_app)
        tokens = vault(demo_app).tokens.page(project_of(demo_app))
        scopes = sum(len(token.scopes) for token in tokens)
        counted = f"Looked at {len(tokens)} living tokens and {scopes} scopes"
        assert counted in text
    monkeypatch.setenv("ST_TUI_VAULT", str(demo_app.directory))
    capsys.readouterr()
    assert main(["scope", "prove", "ours"]) == 1
    *told, _ = capsys.readouterr().out.splitlines()
    assert len(told) > 2
    assert on_screen == told


async def test_a_name_that_several_tokens_bear_is_told_of(demo_app: StTui, file: Path) -> None:
    file.write_text("only all-folders, * may read prod:/**\n", encoding="utf-8")
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        vault(demo_app).tokens.create(project_of(demo_app), v2("all-folders", "dev:/ci"))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(demo_app.screen, Prompt), "the question")
        await pilot.press("ctrl+u")  # another file is offered
        await write(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 1 hold" in screen_text(pilot), "it is proved")
        assert screen_text(pilot).count("is one of 2 tokens of this name: each of them may") == 2
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "one of the two")
        await until(pilot, lambda: "other token has the same name" in screen_text(pilot), "warned")


async def test_enter_opens_a_token_that_breaks_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("v")
        await pilot.press("ctrl+u")  # another file is offered
        await write(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 2 hold" in screen_text(pilot), "all are proved")
        await pilot.press("enter")
        assert isinstance(demo_app.screen, Promises)
        await pilot.press("down", "down")
        row = demo_app.screen.query_one(PromiseList).current
        assert row is not None
        assert row.token is not None
        name = row.token.name
        assert f"{name} ({row.token.id})" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "the details")
        await until(pilot, lambda: name in screen_text(pilot), "of that token")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(demo_app.screen, Promises), "back again")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"\nno token may fly", "Line 2: 'no token may fly' is no promise"),
        (b"no token may read prod:/\xff", "not UTF-8"),
    ],
)
async def test_a_bad_file_is_told_in_the_dialog(
    demo_app: StTui, file: Path, text: bytes | None, said: str
) -> None:
    file.unlink()
    if text is not None:
        file.write_bytes(text)
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("v")
        await pilot.press("ctrl+u")  # another file is offered
        await write(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: said in screen_text(pilot), "what is wrong")
        assert isinstance(demo_app.screen, Prompt)
        await pilot.press("escape")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the list again")


async def test_a_colleagues_token_is_seen_and_shown_as_text(demo_app: StTui, clock: Clock) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("v")
        await pilot.press("ctrl+u")  # another file is offered
        await write(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 2 hold" in screen_text(pilot), "all are proved")
        with Vault.open(demo_app.directory, actor="colleague", clock=clock) as other:
            draft = v2("[b]new[/b]", "staging:/**", permissions=frozenset({Permission.WRITE}))
            other.tokens.create(project_of(demo_app), draft)
        await until(pilot, lambda: "0 of 2 hold" in screen_text(pilot), "one more is broken")
        assert "[b]new[/b]" in screen_text(pilot)


async def test_a_file_that_went_bad_is_told_in_full(demo_app: StTui, file: Path) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("v")
        await pilot.press("ctrl+u")  # another file is offered
        await write(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 2 hold" in screen_text(pilot), "all are proved")
        screen = demo_app.screen
        assert isinstance(screen, Promises)
        file.write_text("no token may fly", encoding="utf-8")
        screen.show()
        told = "or `every token expires within 12 months`"
        await until(pilot, lambda: told in " ".join(screen_text(pilot).split()), "all of it")
        assert listed(demo_app) == []
        file.write_text(TEXT, encoding="utf-8")
        screen.show()
        await until(pilot, lambda: "1 of 2 hold" in screen_text(pilot), "proved again")
        assert screen.query_one("#found").size.height == 1


@pytest.mark.parametrize(
    "name", ["pipe", "", "a\0b", "x" * 5000, "~/nowhere/at-all", "~nobody-is/x"]
)
def test_what_is_no_file_is_refused_at_once(name: str) -> None:
    os.mkfifo("pipe")
    with pytest.raises(Refusal, match=r"Name a file|file's name"):
        promises_in(name, ())


def test_the_home_of_the_person_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert typed_path(" ~/x ") == tmp_path / "x"
    assert typed_path("a/~/x") == Path("a/~/x")


async def test_a_file_beside_the_vault_is_offered_and_the_demo_has_one(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("v", "enter")
        await until(pilot, lambda: "3 of 4 hold" in screen_text(pilot), "all are proved")
        assert listed(demo_app)[:3] == [
            "HOLDS   no token may write prod:/common/**",
            "HOLDS   only nightly-backup may read prod:/common/db/**",
            "HOLDS   only mobile-*, nightly-backup may read prod:/frontend/**",
        ]
        broken, breach = listed(demo_app)[3:]
        assert broken == "BROKEN  only metrics-ingest may write prod:/backend/**"
        assert "legacy-billing (" in breach
        assert "/backend/billing" in breach
        await pilot.press("q")
        (demo_app.directory / OFFERED).unlink()
        await pilot.press("v", "enter")
        await until(pilot, lambda: "Name a file." in screen_text(pilot), "nothing is offered")
