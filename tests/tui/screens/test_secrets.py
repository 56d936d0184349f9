"""A folder's secrets on the screen: hidden, revealed while one looks, and always plain text."""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from textual.app import App
from textual.events import AppBlur, AppFocus
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from st_tui.core.crypto import seal
from st_tui.core.model import AuditEntry
from st_tui.core.secrets.model import Place, Secret, SecretImport
from st_tui.core.vault import Vault
from st_tui.core.vault.secrets import Secrets
from st_tui.tui.app import StTui
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.link_form import LinkForm
from st_tui.tui.screens.reveal import Reveal, ValueAlone, beginning
from st_tui.tui.screens.secret_form import SecretForm
from st_tui.tui.terminal import clipboard
from st_tui.tui.widgets.environment_bar import EnvironmentBar
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.folder_lists import FolderList
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.secret_list import HIDDEN, SecretList
from st_tui.tui.widgets.value_area import ValueArea
from tests.core.vaults import sqlite_of
from tests.journeys.driving import (
    opened,
    project_of,
    screen_text,
    until,
    vault,
    workers_done,
    write,
)

SMALL, WIDE = (80, 24), (120, 36)
DB = Place("dev", "/common/db/primary")
PASSWORD = "dev-only-7Qx2mVr9"


async def go_to(pilot: Pilot[None], place: Place) -> SecretList:
    """Open the page of secrets and go to a folder of the first environment, by keys alone."""
    app = pilot.app
    assert isinstance(app, StTui)
    await pilot.press("2")
    await until(pilot, lambda: bool(app.screen.query(SecretList)), "the page is shown")
    await pilot.pause()
    app.screen.query_one(EnvironmentBar).focus()
    await pilot.press("home", "enter", "home")
    folders = app.screen.query_one(FolderList)
    await until(pilot, lambda: folders.current is not None, "the folders are listed")
    while folders.current is not None and folders.current.path != place.path:
        await pilot.press("down")
    await pilot.press("enter")
    secrets = app.screen.query_one(SecretList)
    await until(
        pilot,
        lambda: secrets.contents is not None and secrets.contents.place == place,
        "the folder's secrets are shown",
    )
    return secrets


async def at(pilot: Pilot[None], place: Place, name: str) -> SecretList:
    """Put the cursor on a secret, by keys alone."""
    secrets = await go_to(pilot, place)
    await pilot.press("home")
    while getattr(secrets.current, "name", "") != name:
        assert secrets.cursor < secrets.count - 1, f"no secret {name}"
        await pilot.press("down")
    return secrets


def reads(app: StTui) -> list[AuditEntry]:
    entries = vault(app).audit.page(project=app.project)
    return [entry for entry in entries if entry.event == "get-secret" and entry.target]


def stored(app: StTui, name: str) -> Secret:
    return vault(app).secrets.get(project_of(app), DB, name)


def texts(app: App[None]) -> Iterator[str]:
    """What every living widget, on the screen or not yet collected, has to show."""
    gc.collect()
    for thing in gc.get_objects():
        if isinstance(thing, Static):
            yield str(thing.content)
        elif isinstance(thing, Widget):
            yield str(getattr(thing, "text", "")) + str(getattr(thing, "value", ""))


@pytest.mark.parametrize("size", [(60, 15), SMALL, WIDE])
async def test_a_long_value_takes_half_the_screen_and_leaves_no_gap_below(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        project = project_of(demo_app)
        vault(demo_app).secrets.set(project, DB, {"LONG": "x " * 5_000})
        secret = stored(demo_app, "LONG")
        demo_app.push_screen(Reveal(project, secret))
        await until(pilot, lambda: "x x x" in screen_text(pilot), "it is shown")
        await pilot.pause()
        shown = demo_app.screen.query_one("#scroll").region
        assert shown.height == size[1] // 2
        hints = demo_app.screen.query_one(KeyHints).region
        note = demo_app.screen.query_one("#note").region
        assert hints.y - note.bottom <= 3


async def test_what_a_colleague_wrote_meanwhile_is_not_written_over_unsaid(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form")
        await write(pilot, "mine")
        vault(demo_app).secrets.set(project_of(demo_app), DB, {"POSTGRES_PASSWORD": "theirs"})
        await pilot.press("f2")
        await until(pilot, lambda: "Somebody wrote version 2" in screen_text(pilot), "it is said")
        assert stored(demo_app, "POSTGRES_PASSWORD").value == "theirs"
        await pilot.press("f2")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        written = stored(demo_app, "POSTGRES_PASSWORD")
        assert (written.value, written.sealed.version) == ("mine", 3)


async def test_names_keep_their_room_in_the_smallest_terminal(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(60, 15)) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        text = screen_text(pilot)
        assert "POSTGRES_PAS… •" in text
        assert "Name          Value" in text
        assert "E2EE on · the server cann…" in text
        await go_to(pilot, Place("dev", "/backend/worker"))
        text = screen_text(pilot)
        assert "→ dev:/common/cache  import" in text
        assert "QUEUE_NAME" in text


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_values_are_hidden_and_the_custody_is_told(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        text = screen_text(pilot)
        assert "dev:/common/db/primary  3 secrets" in text
        assert "POSTGRES_PASSWORD" in text
        assert text.count(HIDDEN) == 3
        assert PASSWORD not in text
        assert "E2EE on · the server cannot open these" in text
        assert reads(demo_app) == []
        await pilot.press("f7")
        await pilot.pause()
        await pilot.press("y")
        await until(pilot, lambda: "E2EE off · the server opens these" in screen_text(pilot), "off")


async def test_a_value_that_is_asked_for_ends_no_other_action(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_USER")
        with closing(sqlite3.connect(demo_app.directory / "vault.db")) as busy:
            busy.execute("BEGIN IMMEDIATE")
            await pilot.press("f7")
            await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
            await pilot.press("y")
            await until(pilot, lambda: not isinstance(demo_app.screen, Confirm), "it waits")
            [switching] = [w for w in demo_app.workers if w.name == "action_toggle_e2ee"]
            await pilot.press("enter")
            assert "action_reveal" in [worker.name for worker in demo_app.workers]
            assert not switching.is_cancelled
        await until(pilot, lambda: isinstance(demo_app.screen, Reveal), "the value")
        await until(pilot, lambda: not project_of(demo_app).e2ee, "it is off")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((120, 36), ("•••••• 12 lines, ends in a newline", "•••••• 2 lines ", "•••••• has tabs")),
        (SMALL, ("••• 12 lines↵ ", "••• 2 lines ", "•••••• ")),
        ((60, 15), (" 12 lines↵ ", " 2 lines ", "•••••• ")),
    ],
)
async def test_the_list_says_of_values_how_many_lines_they_have(
    demo_app: StTui, size: tuple[int, int], said: tuple[str, ...]
) -> None:
    values = {"CERT": "x\n" * 12, "PAIR": "a\nb", "TABLE": "a\tb", "PLAIN": "hunter2"}
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        vault(demo_app).secrets.set(project_of(demo_app), DB, values)
        await go_to(pilot, DB)
        await until(pilot, lambda: said[0] in screen_text(pilot), "it is said")
        lines = {line.split()[0]: line for line in rows_of(screen_text(pilot))}
        for name, words in zip(values, said, strict=False):
            assert words in lines[name]
        assert "•••••• " in lines["PLAIN"]
        assert "Name" in screen_text(pilot)
        assert reads(demo_app) == []
        vault(demo_app).secrets.set(project_of(demo_app), DB, {"CERT": "one"})
        demo_app.show_change()
        await until(pilot, lambda: said[0] not in screen_text(pilot), "it is one line now")
        await go_to(pilot, Place("dev", "/common/cache"))
        await until(pilot, lambda: "2 lines" not in screen_text(pilot), "of this folder only")


def rows_of(screen: str) -> list[str]:
    """The lines of the list of secrets on the right."""
    right = [line.partition("▏")[2].lstrip("▌ ") for line in screen.splitlines()]
    return [line for line in right if line.strip()]


async def test_a_look_is_logged_and_leaves_nothing_behind(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("enter")
        await until(pilot, lambda: PASSWORD in screen_text(pilot), "the value")
        assert "made up" in screen_text(pilot)
        (read,) = reads(demo_app)
        assert (read.environment, read.path) == DB
        assert len(json.loads(read.details)["secretKey"]) == 64
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(demo_app.screen, Reveal), "hidden")
        await pilot.pause()
        assert PASSWORD not in screen_text(pilot)
        assert not any(PASSWORD in text for text in texts(demo_app))


async def test_it_hides_when_the_terminal_loses_the_focus(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        secrets = await at(pilot, DB, "POSTGRES_PASSWORD")
        for keys in (("enter",), ("enter", "v")):
            await pilot.press(keys[0])
            await until(pilot, lambda: isinstance(demo_app.screen, Reveal), "the value")
            await pilot.press(*keys[1:])
            await until(pilot, lambda: PASSWORD in screen_text(pilot), "the value")
            assert isinstance(demo_app.screen, ValueAlone) is (len(keys) > 1)
            demo_app.post_message(AppBlur())
            await until(pilot, lambda: len(demo_app.screen_stack) == 1, "hidden")
            assert PASSWORD not in screen_text(pilot)
            demo_app.post_message(AppFocus())
            await until(pilot, lambda: secrets.has_focus, "back")


@pytest.mark.parametrize("key", ["enter", "y"])
async def test_it_is_not_shown_over_a_page_gone_to_meanwhile(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    cannot = clipboard.CopyOutcome(clipboard.Route.NONE, "Not copied.")
    monkeypatch.setattr(clipboard, "choose", lambda *_: cannot)
    may_go_on = threading.Event()
    get = Secrets.get

    def slow(*args: Any) -> Secret:
        may_go_on.wait(10)
        return get(*args)

    monkeypatch.setattr(Secrets, "get", slow)
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press(key, "1")
        await until(pilot, lambda: demo_app.current_mode == "tokens", "another page")
        may_go_on.set()
        await until(pilot, lambda: len(reads(demo_app)) == 1, "it was read")
        await pilot.pause(0.1)
        assert demo_app.current_mode == "tokens"
        assert len(demo_app.screen_stack) == 1


async def test_no_palette_covers_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("enter")
        await until(pilot, lambda: PASSWORD in screen_text(pilot), "the value")
        await pilot.press("ctrl+p", "colon")
        assert len(demo_app.screen_stack) == 2
        demo_app.post_message(AppBlur())
        await until(pilot, lambda: PASSWORD not in screen_text(pilot), "forgotten")


async def test_copying_shows_nothing(demo_app: StTui, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    copied: list[str] = []
    monkeypatch.setattr(demo_app, "copy_to_clipboard", copied.append)
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("y")
        await until(pilot, lambda: copied == [PASSWORD], "it is copied")
        await until(pilot, lambda: "Value of" in screen_text(pilot), "it says so")
        assert PASSWORD not in screen_text(pilot)
        assert len(reads(demo_app)) == 1


async def test_what_was_copied_from_a_value_is_in_no_field_s_reach_later(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("c", "f4")
        await until(pilot, lambda: PASSWORD in screen_text(pilot), "the value")
        form = demo_app.screen
        form.query_one(ValueArea).select_all()
        await pilot.press("ctrl+c")
        assert demo_app.clipboard == PASSWORD
        await pilot.press("f10")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        assert demo_app.clipboard == ""
        assert PASSWORD not in str(vars(form))
        await pilot.press("enter")
        await until(pilot, lambda: PASSWORD in screen_text(pilot), "the value")
        demo_app.screen.text_select_all()
        await pilot.press("ctrl+c")
        assert PASSWORD in demo_app.clipboard
        await pilot.press("q")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "hidden")
        assert demo_app.clipboard == ""


async def test_only_a_secret_that_is_pointed_at_is_read(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("shift+tab")
        for key in ("y", "c"):
            await pilot.press(key)
            await until(pilot, lambda: "Choose a secret first" in screen_text(pilot), "refused")
            demo_app.clear_notifications()
        assert reads(demo_app) == []


@pytest.mark.parametrize("size", [(60, 15), (250, 70)])
async def test_it_fits_any_screen(demo_app: StTui, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        assert HIDDEN in screen_text(pilot)
        await pilot.press("c", "f10", "enter")
        await until(pilot, lambda: PASSWORD in screen_text(pilot), "the value")
        assert "hide" in screen_text(pilot)


async def test_a_value_shown_alone_says_what_cannot_be_selected(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        vault(demo_app).secrets.set(project_of(demo_app), DB, {"CI": "a\tb\n"})
        await at(pilot, DB, "CI")
        await pilot.press("enter")
        await until(pilot, lambda: "a→  b↵" in screen_text(pilot), "the value")
        await pilot.press("v")
        await until(pilot, lambda: isinstance(demo_app.screen, ValueAlone), "alone")
        text = " ".join(screen_text(pilot).split())
        assert text.startswith("a b Select")
        assert "without the newline at its end and its tabs, which are blanks here" in text


async def test_where_nothing_can_be_copied_the_value_is_shown_alone(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    cannot = clipboard.CopyOutcome(clipboard.Route.NONE, "Not copied.")
    monkeypatch.setattr(clipboard, "choose", lambda *_: cannot)
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(demo_app.screen, ValueAlone), "alone")
        assert screen_text(pilot).startswith(PASSWORD)
        await pilot.press("q", "enter")
        await until(pilot, lambda: isinstance(demo_app.screen, Reveal), "the value")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(demo_app.screen, ValueAlone), "alone again")


async def test_references_are_followed_on_demand(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "DATABASE_URL")
        await pilot.press("enter")
        await until(pilot, lambda: "${POSTGRES_USER}" in screen_text(pilot), "as it is stored")
        await pilot.press("x")
        await until(pilot, lambda: f"shop:{PASSWORD}@db" in screen_text(pilot), "put together")
        await pilot.press("x")
        await until(pilot, lambda: "${POSTGRES_USER}" in screen_text(pilot), "as it is stored")


async def test_a_value_that_changed_meanwhile_is_shown_with_its_own_version(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "DATABASE_URL")
        await pilot.press("enter")
        await until(pilot, lambda: "${POSTGRES_USER}" in screen_text(pilot), "as it is stored")
        with Vault.open(demo_app.directory, actor="colleague") as other:
            project = other.projects.get()
            other.secrets.update(project, DB, "DATABASE_URL", value="x${NONE}", comment="why")
        assert "version 1 " in screen_text(pilot)
        await pilot.press("x")
        await until(pilot, lambda: "x${NONE}" in screen_text(pilot), "the new one")
        assert "version 2 " in screen_text(pilot)
        assert "why" in screen_text(pilot)


async def test_a_line_too_long_to_be_edited_is_told_how_to_be_set(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        vault(demo_app).secrets.create(project_of(demo_app), DB, "LONG", "x" * 200_000)
        await at(pilot, DB, "LONG")
        await pilot.press("c", "f4")
        await until(pilot, lambda: "too long to be edited" in screen_text(pilot), "why")
        assert "NAME=@FILE" in screen_text(pilot)
        assert demo_app.screen.query_one("#value", ValueArea).text == ""


async def test_names_and_values_are_text(demo_app: StTui) -> None:
    value = "[red]no[/red] \x1b[31m\ttab\n  second line\x07"
    vault_ = Vault.open(demo_app.directory, actor="ann")
    with vault_:
        project = vault_.projects.get()
        vault_.secrets.create(project, DB, "[b]bold", value, "[i]why[/i]")
        vault_.secrets.create(project, DB, "NOTHING", "")
        vault_.secrets.create(project, DB, "BIG", "x" * 30_000)
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "[b]bold")
        assert "[b]bold" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "[i]why[/i]" in screen_text(pilot), "the value")
        text = screen_text(pilot)
        assert "[red]no[/red] \\x1b[31m→tab" in text
        assert "   second line\\x07" in text
        await pilot.press("q")
        await at(pilot, DB, "NOTHING")
        await pilot.press("enter")
        await until(pilot, lambda: "empty" in screen_text(pilot), "that it is empty")
        await pilot.press("q")
        await at(pilot, DB, "BIG")
        await pilot.press("enter", "end")
        await until(pilot, lambda: "10,000 characters more" in screen_text(pilot), "it is cut")
        await pilot.press("v", "end")
        await until(pilot, lambda: "10,000 characters are missing" in screen_text(pilot), "too")


def test_many_lines_are_cut_sooner() -> None:
    assert beginning("short\nvalue\n") == ("short\nvalue\n", 0)
    assert beginning("x\n" * 1_500) == ("\n".join("x" * 1_000), 1_001)
    assert beginning("x" * 20_001) == ("x" * 20_000, 1)


async def test_a_link_leads_to_its_folder(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        secrets = await go_to(pilot, Place("dev", "/backend/worker"))
        assert "→ dev:/common/cache" in screen_text(pilot)
        assert "1 secret, 1 import" in screen_text(pilot)
        await pilot.press("home", "enter")
        await until(pilot, lambda: "dev:/common/cache  1 secret" in screen_text(pilot), "there")
        assert secrets.contents is not None
        assert secrets.contents.place == Place("dev", "/common/cache")


async def test_a_colleagues_secret_appears_and_the_cursor_stays(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        secrets = await at(pilot, DB, "POSTGRES_USER")
        with Vault.open(demo_app.directory, actor="colleague") as other:
            other.secrets.create(other.projects.get(), DB, "AAA", "1")
        await until(pilot, lambda: "4 secrets" in screen_text(pilot), "it appears")
        assert getattr(secrets.current, "name", "") == "POSTGRES_USER"


async def test_a_secret_is_made_changed_renamed_and_deleted(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        secrets = await go_to(pilot, DB)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form")
        await write(pilot, "NEW_ONE")
        await pilot.press("enter")
        await write(pilot, "first")
        await pilot.press("ctrl+j")
        await write(pilot, "second")
        await pilot.press("enter")
        await write(pilot, "why")
        await pilot.press("f2")
        await until(pilot, lambda: getattr(secrets.current, "name", "") == "NEW_ONE", "listed")
        made = stored(demo_app, "NEW_ONE")
        assert (made.value, made.comment, made.sealed.version) == ("first\nsecond", "why", 1)
        assert len(reads(demo_app)) == 1  # our own, by `stored`

        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form")
        assert "second" not in screen_text(pilot)
        await pilot.press("shift+tab")
        await write(pilot, "_B")
        await pilot.press("f2")
        await until(pilot, lambda: getattr(secrets.current, "name", "") == "NEW_ONE_B", "renamed")
        renamed = stored(demo_app, "NEW_ONE_B")
        assert (renamed.value, renamed.comment, renamed.sealed.version) == (
            "first\nsecond",
            "why",
            2,
        )

        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form")
        await pilot.press("f4")
        await until(pilot, lambda: "second" in screen_text(pilot), "what is stored")
        await pilot.press("end")
        await write(pilot, "!")
        await pilot.press("f2")
        await until(pilot, lambda: stored(demo_app, "NEW_ONE_B").sealed.version == 3, "written")
        assert stored(demo_app, "NEW_ONE_B").value == "first\nsecond!"
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        assert not any("second!" in text for text in texts(demo_app))

        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        assert "Delete “NEW_ONE_B”?" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "Enter alone is no yes")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks again")
        await pilot.press("y")
        await until(pilot, lambda: "3 secrets" in screen_text(pilot), "gone")


async def test_the_form_says_what_is_refused_and_asks_before_it_closes(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        await pilot.press("n", "f2")
        await until(pilot, lambda: "name is empty" in screen_text(pilot), "that it is empty")
        await write(pilot, "POSTGRES_USER")
        await pilot.press("f2")
        await until(pilot, lambda: "There is a secret of this name" in screen_text(pilot), "taken")
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.press("n", "f10")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks again")
        await pilot.press("y")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        assert reads(demo_app) == []


async def test_a_value_being_written_is_covered_while_the_focus_is_elsewhere(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_PASSWORD")
        await pilot.press("c", "f4")
        await until(pilot, lambda: PASSWORD in screen_text(pilot), "the value")
        demo_app.post_message(AppBlur())
        await until(pilot, lambda: PASSWORD not in screen_text(pilot), "covered")
        demo_app.post_message(AppFocus())
        await until(pilot, lambda: PASSWORD in screen_text(pilot), "and there again")
        assert isinstance(demo_app.focused, ValueArea)


async def test_the_app_is_not_left_with_a_secret_half_written(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form")
        await pilot.press("A", "ctrl+q")
        await until(pilot, lambda: "What you wrote is lost" in screen_text(pilot), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not demo_app.is_running, "nothing is lost any more")


async def test_what_a_terminal_acts_on_is_not_sent_while_edited(demo_app: StTui) -> None:
    with Vault.open(demo_app.directory, actor="ann") as other:
        project = other.projects.get()
        other.secrets.create(project, DB, "ODD", "a\x1b[31mb\nc\x07[b]", "why\x1b\r\nnot")
        other.secrets.create(project, DB, "MIXED", "a\r\nb\nc")
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "ODD")
        await pilot.press("c", "f4")
        await until(pilot, lambda: "a?[31mb" in screen_text(pilot), "the value")
        assert "c?[b]" in screen_text(pilot)
        assert "why?" in screen_text(pilot)
        await write(pilot, "x")
        await pilot.press("f2")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        assert stored(demo_app, "ODD").value == "a\x1b[31mb\nc\x07[b]x"
        assert stored(demo_app, "ODD").comment == "why\x1b\r\nnot"
        await at(pilot, DB, "MIXED")
        await pilot.press("c", "f4")
        await until(pilot, lambda: "line ends" in screen_text(pilot), "that it cannot be")
        await pilot.press("f10")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")


async def test_links_are_made_with_completion_and_deleted(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        secrets = await go_to(pilot, DB)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(demo_app.screen, LinkForm), "the form")
        await write(pilot, "/nowhere")
        await pilot.press("enter")
        await until(pilot, lambda: "There is no folder dev:/nowhere" in screen_text(pilot), "why")
        await pilot.press("ctrl+u")
        await write(pilot, "/common/ca")
        await until(pilot, lambda: "/common/cache" in screen_text(pilot), "it is completed")
        assert "There is no folder" not in screen_text(pilot)
        await pilot.press("right", "enter")
        await until(pilot, lambda: "→ dev:/common/cache" in screen_text(pilot), "it is listed")
        await until(pilot, lambda: isinstance(secrets.current, SecretImport), "and chosen")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: "→ dev:/common/cache" not in screen_text(pilot), "gone")
        assert vault(demo_app).secrets.imports(project_of(demo_app), DB) == []


def toasts(app: StTui) -> str:
    """What the app says beside the screen, whose lines are broken there."""
    return "\n".join(notification.message for notification in app._notifications)


@pytest.mark.parametrize("kind", ["folder", "environment", "secret"])
async def test_what_leads_to_something_is_named_before_it_is_deleted_and_after(
    demo_app: StTui, kind: str
) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        project, secrets = project_of(demo_app), vault(demo_app).secrets
        web = Place("prod", "/web")
        vault(demo_app).folders.create(project, *web)
        secrets.set(project, DB, {"ALONE": "x"})
        secrets.set(project, web, {f"N{i}": "${dev.common.db.primary.ALONE}" for i in range(9)})
        secrets.add_import(project, web, DB)
        listing = await at(pilot, DB, "ALONE")
        if kind == "folder":
            demo_app.screen.query_one(FolderList).focus()
        elif kind == "environment":
            demo_app.screen.query_one(EnvironmentBar).focus()
        else:
            assert listing.has_focus
        told = [
            "prod:/web imports dev:/common/db/primary",
            "N0 in prod:/web refers to",
            "${dev.common.db.primary.ALONE}",
            "… and",
        ]

        def is_told() -> bool:
            text = screen_text(pilot)
            return "which will not find" in text and all(line in text for line in told)

        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await until(pilot, is_told, "the question names them")
        assert "y delete" in screen_text(pilot)
        await pilot.press("n")
        await until(pilot, lambda: not is_told(), "the question is gone")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks again")
        await until(pilot, is_told, "the question names them again")
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(demo_app.screen, Confirm), "it is done")
        await until(pilot, lambda: "Deleted. Used by" in toasts(demo_app), "it is told")
        assert [line for line in told if line not in toasts(demo_app)] == []
        assert secrets.read(project, web, imports=True, expand=True).warnings


async def test_a_new_name_says_who_still_has_the_old_one(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        vault(demo_app).secrets.set(project_of(demo_app), DB, {"ALONE": "x", "TOO": "${ALONE}!"})
        await at(pilot, DB, "ALONE")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form is shown")
        demo_app.screen.query_one("#secret-name", Field).value = "OTHER"
        await pilot.press("f2")
        line = "TOO in dev:/common/db/primary refers to ${ALONE}."
        await until(pilot, lambda: line in toasts(demo_app), "it is told")
        demo_app.clear_notifications()
        await at(pilot, DB, "OTHER")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form is shown")
        demo_app.screen.query_one("#value", ValueArea).text = "y"
        await pilot.press("f2")
        await until(pilot, lambda: "is written" in toasts(demo_app), "it is written")
        await pilot.pause(0.3)
        assert "refers to" not in toasts(demo_app)


async def test_a_link_names_those_that_bring_its_secrets_on(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        project, secrets = project_of(demo_app), vault(demo_app).secrets
        web, ops = Place("prod", "/web"), Place("prod", "/ops")
        for place in (web, ops):
            vault(demo_app).folders.create(project, *place)
        secrets.add_import(project, DB, web)
        secrets.add_import(project, ops, DB)
        listing = await go_to(pilot, DB)
        await pilot.press("home")
        assert isinstance(listing.current, SecretImport)
        await pilot.press("d")
        line = "prod:/ops imports dev:/common/db/primary"
        await until(pilot, lambda: line in screen_text(pilot), "the question names it")
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(demo_app.screen, Confirm), "it is done")
        await until(pilot, lambda: line in toasts(demo_app), "the answer names it")
        assert secrets.imports(project, DB) == []


@pytest.mark.parametrize("whole_project", [True, False])
async def test_what_a_colleague_deletes_at_that_moment_ends_nothing(
    demo_app: StTui, whole_project: bool
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_USER")
        with Vault.open(demo_app.directory, actor="colleague") as other:
            project = other.projects.get()
            for environment in other.environments.every(project):
                other.environments.delete(project, environment.slug)
            if whole_project:
                other.projects.delete(project)
        for action in ("link", "reveal"):
            await demo_app.run_action(action, demo_app.screen)
            await pilot.pause()
        await until(pilot, lambda: "No environments: press e." in screen_text(pilot), "all is gone")
        assert len(demo_app.screen_stack) == 1


async def test_what_cannot_be_opened_or_followed_is_said(demo_app: StTui) -> None:
    with Vault.open(demo_app.directory, actor="ann") as other:
        project = other.projects.get()
        other.secrets.create(project, DB, "LOOSE", "a ${NOWHERE} b")
        lost = other.secrets.create(project, DB, "LOST", "1")
        foreign = seal("LOST", "0" * 32, random.Random(1).randbytes)
        connection = sqlite_of(other)
        connection.execute("DROP TRIGGER secret_version_no_update")
        connection.execute(
            "UPDATE secret_version SET key_ciphertext = ?, key_iv = ?, key_tag = ? "
            "WHERE secret_id = ?",
            (*foreign, lost.id),
        )
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "LOOSE")
        assert ":/common/db/primary  4 secrets, 1 unreadable" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "a ${NOWHERE} b" in screen_text(pilot), "the value")
        await pilot.press("x")
        await until(pilot, lambda: "was left as it is" in screen_text(pilot), "why")


async def test_a_folder_is_opened_again_only_when_it_changed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        secrets = await go_to(pilot, DB)
        before = secrets.contents
        read_elsewhere(demo_app, "POSTGRES_USER")
        now = await demo_app.read(lambda kept: (kept, kept.changed_elsewhere()))
        await until(pilot, lambda: demo_app._seen == now, "seen")
        await workers_done(pilot)
        assert secrets.contents is before
        with Vault.open(demo_app.directory, actor="colleague") as other:
            other.secrets.create(other.projects.get(), DB, "AAA", "1")
        await until(pilot, lambda: "4 secrets" in screen_text(pilot), "it appears")


def read_elsewhere(app: StTui, name: str) -> None:
    with Vault.open(app.directory, actor="colleague") as other:
        other.secrets.get(other.projects.get(), DB, name)


async def test_following_references_ends_no_slow_copy(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = asyncio.Event()

    async def slow(*_: object) -> clipboard.CopyOutcome:
        await may_go_on.wait()
        return clipboard.CopyOutcome(clipboard.Route.TERMINAL, "Copied at last.")

    monkeypatch.setattr(clipboard, "copy", slow)
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await at(pilot, DB, "DATABASE_URL")
        await pilot.press("enter")
        await until(pilot, lambda: "${POSTGRES_USER}" in screen_text(pilot), "as it is stored")
        await pilot.press("y", "x")
        await until(pilot, lambda: f"shop:{PASSWORD}@db" in screen_text(pilot), "put together")
        may_go_on.set()
        await until(pilot, lambda: "Copied at last." in screen_text(pilot), "it was copied")
