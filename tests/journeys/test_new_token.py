"""Nothing half typed in the form for a token becomes part of one by itself."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from threading import Event

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot

from st_tui.core.model import Environment, Permission, Scope, ServiceToken, TokenDraft
from st_tui.core.vault import Vault
from st_tui.core.vault.kept_form import KeptForm
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.filled_form import EMPTY_FORM
from st_tui.tui.screens.link_form import LinkForm
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.screens.who import Who
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.selector import Selector
from tests.journeys.driving import (
    choose,
    nothing_answered,
    opened,
    project_of,
    said,
    screen_text,
    settled,
    token_named,
    tokens_shown,
    until,
    vault,
    write,
)
from tests.tmux_session import TmuxSession, needs_tmux

SMALL, WIDE = (80, 24), (120, 36)


async def form(pilot: Pilot[None], name: str = "web") -> Create:
    """The form for a new token, with a name and the cursor in Path."""
    app = pilot.app
    assert isinstance(app, StTui)
    await opened(pilot)
    await pilot.press("n")
    await until(pilot, lambda: isinstance(app.screen, Create), "the form opens")
    await write(pilot, name)
    await pilot.press("tab", "tab")
    assert isinstance(app.screen, Create)
    return app.screen


def path(app: StTui) -> str:
    return app.screen.query_one("#scope-path", PathField).value


def question(pilot: Pilot[None]) -> str:
    """What a dialog says, as running text."""
    lines = re.findall(r"│(.*)│", screen_text(pilot))
    return " ".join(" ".join(lines).split())


async def asked(pilot: Pilot[None], *parts: str) -> None:
    """Press F2, and see a question that says all this."""
    await pilot.press("f2")
    await until(pilot, lambda: isinstance(pilot.app.screen, Confirm), "it asks")
    await until(pilot, lambda: all(part in question(pilot) for part in parts), str(parts))


async def made(pilot: Pilot[None], name: str = "web") -> ServiceToken:
    app = pilot.app
    assert isinstance(app, StTui)
    await until(pilot, lambda: isinstance(app.screen, Created), "the token is shown")
    return token_named(app, name)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_tab_takes_the_completion_and_then_goes_on(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        screen = await form(pilot)
        await write(pilot, "/com")
        await until(pilot, lambda: "0 of 24 Tab: /common" in said(pilot), "told")
        await pilot.press("tab")
        await until(pilot, lambda: "1 of 24" in said(pilot), "taken")
        assert path(demo_app) == "/common"
        assert screen.query_one("#scope-path").has_focus
        await pilot.press("tab")  # /common is complete, though folders lie in it
        assert path(demo_app) == "/common"
        assert screen.query_one("#read").has_focus
        await pilot.press("shift+tab")
        await write(pilot, "/")
        await pilot.press("tab")
        assert path(demo_app) == "/common/api"
        await write(pilot, "/")
        await pilot.press("tab", "enter")  # nothing lies in it: all that may come to
        assert screen.draft().scopes == (Scope("dev", "/common/api/**"),)
        await write(pilot, "/no")
        await pilot.press("tab")
        assert path(demo_app) == "/no"
        assert screen.query_one("#read").has_focus


async def test_enter_goes_on_from_the_name_so_that_no_path_is_part_of_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await write(pilot, "web")
        await pilot.press("enter")
        await write(pilot, "prod:/common/**")
        await pilot.press("enter", "f2")
        token = await made(pilot)
        assert token.scopes == (Scope("prod", "/common/**"),)


async def test_keys_that_come_together_take_the_completion_too(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await form(pilot)
        for key, character in (("slash", "/"), ("c", "c"), ("o", "o"), ("tab", None),
                               ("enter", None), ("f2", None)):  # fmt: skip
            demo_app.post_message(Key(key, character))
        assert (await made(pilot)).scopes == (Scope("dev", "/common"),)


async def test_what_was_not_entered_is_asked_about(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot)
        before = tokens_shown(demo_app)
        await write(pilot, "/common")
        for no in ("enter", "n", "escape", "q", "f10", "f2", "tab"):
            await asked(
                pilot,
                "Make “web” as it stands?",
                "Scope 1, dev:/common, was typed but not entered.",
            )
            assert "no folder" not in question(pilot)
            await pilot.press(no)
            await pilot.pause()
            if no in ("f2", "tab"):
                assert isinstance(demo_app.screen, Confirm)
                await pilot.press("n")
            await until(pilot, lambda: demo_app.screen is screen, f"{no} goes back")
        assert tokens_shown(demo_app) == before
        await asked(pilot)
        await pilot.press("y")
        assert (await made(pilot)).scopes == (Scope("dev", "/common"),)


async def test_an_entered_scope_that_opens_a_folder_is_not_asked_about(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await form(pilot)
        await write(pilot, "/common")
        await pilot.press("enter")
        await write(pilot, "/common")  # the same once more makes no difference
        await pilot.press("f2")
        assert (await made(pilot)).scopes == (Scope("dev", "/common"),)


@pytest.mark.parametrize(
    ("typed", "doubt"),
    [
        ("/com", "Scope 1, dev:/com, matches no folder that is in dev now."),
        ("/new/**", "Scope 1, dev:/new/**, matches no folder that is in dev now."),
        ("/$env/x", "Scope 1, dev:/$env/x, can never match a folder (proved): it has $"),
        ("/\u0441ommon/**", "which looks like c"),
    ],
    ids=ascii,
)
async def test_a_scope_that_opens_no_folder_today_is_asked_about(
    demo_app: StTui, typed: str, doubt: str
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot)
        demo_app.post_message(Paste(typed))
        await until(pilot, lambda: path(demo_app) == typed, "pasted")
        await pilot.press("enter")
        assert screen.draft().scopes == (Scope("dev", typed),)
        await asked(pilot, doubt, "A token cannot be changed afterwards.")
        assert "not entered" not in question(pilot)
        await pilot.press("y")
        assert (await made(pilot)).scopes == (Scope("dev", typed),)


async def test_a_folder_that_a_colleague_makes_meanwhile_is_no_doubt(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await form(pilot)
        await write(pilot, "/team/**")
        await pilot.press("enter")
        await until(pilot, lambda: "0 of 24" in screen_text(pilot), "nothing yet")
        with Vault.open(demo_app.directory, actor="bob", clock=demo_app.clock) as other:
            other.folders.create(project_of(demo_app), "dev", "/team")
        await until(pilot, lambda: "1 of 25" in screen_text(pilot), "it is there")
        await pilot.press("f2")
        await made(pilot)


async def test_many_doubts_are_one_question(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await form(pilot)
        for number in range(8):
            await write(pilot, f"/x{number}")
            await pilot.press("enter")
        demo_app.post_message(Paste("/" + "\u0441" * 900))
        await pilot.pause()
        await pilot.press("enter")
        await write(pilot, "/y")
        typed = "Scope 10, dev:/y, was typed but not entered, and matches no folder"
        await asked(pilot, typed, "And 9 more scopes like it.", "y make")
        await pilot.press("y")
        assert len((await made(pilot)).scopes) == 10


async def test_a_long_scope_leaves_the_keys_of_the_question_on_the_screen(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await form(pilot, "n" * 100)
        for letter in "ab":
            demo_app.post_message(Paste(f"/{letter}" + "\u0441" * 900))
            await pilot.pause()
            await pilot.press("enter")
        demo_app.post_message(Paste("/" + "\u0441" * 900))
        await pilot.pause()
        end = "A token cannot be changed afterwards."
        await asked(pilot, "which looks like c", "And 2 more scopes", end, "y make", "Esc go back")
        await pilot.press("y")
        assert len((await made(pilot, "n" * 100)).scopes) == 3


async def test_what_was_typed_before_the_question_stood_there_is_no_answer(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await form(pilot)
        await write(pilot, "/com")
        for key in ("f2", "y"):
            demo_app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.pause(0.4)
        assert isinstance(demo_app.screen, Confirm)


async def test_a_clone_and_its_life_are_asked_about_too(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        original = await choose(pilot, "ci-deploy")
        vault(demo_app).folders.delete(project_of(demo_app), "dev", "/common")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await asked(pilot, f"{original.scopes[0]}, matches no folder")
        demo_app.clock.now += 5_000  # type: ignore[attr-defined]
        await pilot.press("y")
        clone = await made(pilot, "ci-deploy copy")
        assert original.expires_at is not None
        assert clone.expires_at is not None
        life = original.expires_at - original.created_at
        assert clone.expires_at - clone.created_at == life  # from the answer on, not the question


@pytest.mark.parametrize("how", ["typed", "pasted", "with blanks"])
async def test_an_environment_before_the_path_is_chosen(demo_app: StTui, how: str) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot)
        if how == "typed":
            await write(pilot, "prod:/common/**")
        else:
            blanks = "" if how == "pasted" else "  "
            demo_app.post_message(Paste(f"{blanks}prod:/common/**"))
        await until(pilot, lambda: path(demo_app) == "/common/**", "only the path is left")
        assert screen.query_one("#scope-environment", Selector).value == "prod"
        assert "‹ prod ›" in screen_text(pilot)
        assert "7 of 18" in screen_text(pilot)
        await pilot.press("enter")
        await write(pilot, "/c")
        await pilot.press("tab")
        assert path(demo_app) == "/common"  # dev has /ci
        await pilot.press("enter", "f2")
        token = await made(pilot)
        assert token.scopes == (Scope("prod", "/common/**"), Scope("prod", "/common"))


async def test_the_environment_may_be_written_before_what_stands_there(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot)
        await write(pilot, "/common/d")
        await pilot.press("home")
        demo_app.post_message(Paste("staging:"))
        await until(pilot, lambda: path(demo_app) == "/common/d", "only the path")
        assert screen.draft().scopes == (Scope("staging", "/common/d"),)
        await write(pilot, "/x")
        assert path(demo_app) == "/x/common/d"


@pytest.mark.parametrize("typed", ["qa:/x", "Prod:/x", "qa:", "Production:/common"])
async def test_an_environment_that_is_not_there_is_told(demo_app: StTui, typed: str) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot)
        wanted = f"There is no environment '{typed.partition(':')[0]}': the project has dev"
        await write(pilot, typed)
        await until(pilot, lambda: wanted in said(pilot), "it is said at once")
        assert path(demo_app) == typed
        await pilot.press("enter")
        await until(pilot, lambda: "✖ There is no environment" in said(pilot), "and when entered")
        await pilot.press("f2")
        await pilot.pause()
        assert demo_app.screen is screen


async def test_a_name_that_can_be_taken_for_another_is_told_at_once(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        for name, warning in (
            ("ci-deploy", "1 other token has the same name: only the id tells them apart."),
            ("\u0441i-deploy", "U+0441 (CYRILLIC SMALL LETTER ES), which looks like c."),
            ("ci-deploy\u200b", "The name holds the invisible character U+200B (ZERO WIDTH SPACE)"),
        ):
            await pilot.press("home", "ctrl+k")
            demo_app.post_message(Paste(name))
            await until(pilot, lambda said_=warning: said_ in said(pilot), warning)  # type: ignore[misc]
        await pilot.press("tab", "tab")
        await write(pilot, "/common")
        await pilot.press("enter", "f2")
        await until(pilot, lambda: "✖ The name holds the invisible" in said(pilot), "refused")
        assert demo_app.screen.query_one("#name").has_focus  # where it has to be mended
        await pilot.press("end", "backspace", "space", "f2")
        await until(pilot, lambda: "✖ The name ends with the blank U+0020" in said(pilot), "too")
        await pilot.press("backspace", "f2")
        await made(pilot, "ci-deploy")


async def test_tab_completes_and_an_environment_is_chosen_wherever_a_path_is_typed(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await pilot.pause()
        field = demo_app.screen.query_one("#path", PathField)
        demo_app.post_message(Paste("prod:/front"))  # behind the slash that stands there
        await until(pilot, lambda: field.value == "/front", "the path")
        await pilot.press("tab")
        assert field.value == "/frontend"
        assert demo_app.screen.query_one("#environment", Selector).value == "prod"
        await pilot.press("tab")
        assert not field.has_focus  # there is nothing more to complete: on to the next field
        await pilot.press("escape", "w")
        await until(pilot, lambda: isinstance(demo_app.screen, Who), "who")
        await until(pilot, lambda: "living tokens can" in said(pilot), "it is asked")
        field = demo_app.screen.query_one("#path", PathField)
        await pilot.press("end", "ctrl+u")
        await write(pilot, "prod:/front")
        await pilot.press("tab")
        assert field.value == "/frontend"
        await until(pilot, lambda: "/frontend in prod" in said(pilot), "asked there")
        await pilot.press("tab")
        assert not field.has_focus


async def test_what_was_said_of_a_refused_paste_goes_with_the_next_one(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await form(pilot)
        demo_app.post_message(Paste("dev:/common\nnope:/b"))
        await until(pilot, lambda: "✖ Line 2 of the paste" in said(pilot), "refused")
        demo_app.post_message(Paste("dev:/common\nprod:/backend"))
        await until(pilot, lambda: "2 prod /backend" in said(pilot), "taken")
        assert "Line 2 of the paste" not in said(pilot)


async def test_two_presses_before_the_vault_was_read_make_one_token(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        before = tokens_shown(demo_app)
        draft = TokenDraft("web", (Scope("dev", "/common"),), frozenset({Permission.READ}), None)
        async with nothing_answered(demo_app):
            await demo_app.push_screen(Create(draft))
            await pilot.press("f2", "f2")
            workers = demo_app.workers
            await until(
                pilot,
                lambda: [worker.name for worker in workers].count("action_create") == 2,
                "both wait",
            )
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "it is made")
        await settled(pilot)
        assert vault(demo_app).tokens.count(project_of(demo_app)) == before + 1


async def test_a_clone_of_a_token_that_never_ends_never_ends(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await choose(pilot, "legacy-billing")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await until(pilot, lambda: "•never" in screen_text(pilot), "with the same end")


@pytest.mark.parametrize("end", ["2027-01-01", "45d", "what"])
async def test_an_end_is_shown_as_it_was_typed(demo_app: StTui, end: str) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        kept = KeptForm(EMPTY_FORM._replace(expires=end), demo_app.clock())
        await demo_app.push_screen(Create(kept=kept))
        await until(pilot, lambda: f"‹ custom ›     {end}" in screen_text(pilot), "as it was typed")


async def test_where_the_project_is_deleted_meanwhile_no_token_is_made_in_another(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await form(pilot)
        await write(pilot, "/common")
        await pilot.press("enter")
        project, other = project_of(demo_app), vault(demo_app).projects.create("Shop")
        vault(demo_app).projects.delete(project)
        await until(pilot, lambda: "deleted this project" in screen_text(pilot), "it says so")
        await pilot.press("f2")
        await until(pilot, lambda: "The project 'Demo' is gone" in screen_text(pilot), "refused")
        assert vault(demo_app).tokens.count(other) == 0
        assert "Demo" in screen_text(pilot)


@pytest.mark.parametrize("key", ["n", "w", "m", "!"])
async def test_a_key_typed_before_the_vault_is_open_does_its_work(
    demo_app: StTui, key: str
) -> None:
    may_open = Event()
    demo_app._make_demo = lambda _: print(may_open.wait(30))
    async with demo_app.run_test(size=SMALL) as pilot:
        await pilot.press(key)
        may_open.set()
        await until(pilot, lambda: len(demo_app.screen_stack) == 2, "it opens what it should")
        pane = demo_app.screen_stack[0].query("AccessPane")
        await until(pilot, lambda: any(each.is_mounted for each in pane), "the page is whole")
        assert "Make a project first" not in screen_text(pilot)


async def test_a_folder_to_import_is_completed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("2")
        await until(pilot, lambda: "Folders" in screen_text(pilot), "the page")
        await pilot.press("i")
        await until(pilot, lambda: isinstance(demo_app.screen, LinkForm), "the form")
        await write(pilot, "prod:/front")
        await pilot.press("tab")
        assert demo_app.screen.query_one("#link-path", PathField).value == "/frontend"
        assert demo_app.screen.query_one("#link-environment", Selector).value == "prod"
        await write(pilot, "/a b")
        await pilot.press("enter")
        await until(pilot, lambda: "is no folder path" in said(pilot), "refused in the form")
        assert isinstance(demo_app.screen, LinkForm)


@needs_tmux
def test_a_hand_in_tmux_makes_no_token_of_half_a_path(tmp_path: Path) -> None:
    directory = tmp_path / "vault"
    with Vault.create(directory, actor="ann") as made_here:
        environments = [Environment("dev", "Development"), Environment("prod", "Production")]
        project = made_here.projects.create("Shop", environments)
        for place in ("dev", "prod"):
            made_here.folders.create(project, place, "/common/db")
    command = (sys.executable, "-m", "st_tui", "--vault", str(directory))
    with TmuxSession(tmp_path / "tmux", command) as session:
        session.wait_for("0 tokens")
        session.press("n")
        session.wait_for("New service token")
        session.write("web")
        session.press("Tab", "Tab")
        session.write("/com")
        session.wait_for("0 of 3")
        session.press("F2", "y")  # in one piece: y was typed before anything was asked
        session.wait_for("dev:/com, was typed but not entered, and")
        session.press("Enter")
        session.wait_for("F2 make")
        session.press("Tab", "Enter")
        session.wait_for("1   dev          /common ")
        session.paste("prod:/common/**")
        session.wait_for("‹ prod ›", "2 of 3")
        session.press("F2")
        session.wait_for("Scope 2, prod:/common/**, was typed but not entered.")
        session.press("y")
        session.wait_for("“web” is made")
        with Vault.open(directory, actor="bob") as other:
            [token] = other.tokens.page(other.projects.get())
    assert token.scopes == (Scope("dev", "/common"), Scope("prod", "/common/**"))
