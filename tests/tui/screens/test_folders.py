"""The page of folders: how many secrets each has, environments side by side, and ways from it."""

from __future__ import annotations

import threading

import pytest
from textual.pilot import Pilot

from st_tui.core.model import Environment
from st_tui.core.secrets.model import Place
from st_tui.core.vault.folders import Folders
from st_tui.tui.app import StTui
from st_tui.tui.screens.folders import FoldersPage
from st_tui.tui.screens.matrix import MatrixScreen
from st_tui.tui.screens.who import Who
from st_tui.tui.widgets.environment_bar import EnvironmentBar
from st_tui.tui.widgets.folder_lists import FolderList
from st_tui.tui.widgets.secret_list import SecretList
from tests.journeys.driving import opened, project_of, screen_text, until, vault

SMALL, WIDE = (80, 24), (120, 36)


async def folders(pilot: Pilot[None]) -> FolderList:
    """The page, with the cursor on the first folder."""
    await opened(pilot)
    await pilot.press("2")
    await until(pilot, lambda: "dev:/  2 secrets" in screen_text(pilot), "the page")
    return pilot.app.screen.query_one(FolderList)


async def go_to(pilot: Pilot[None], path: str) -> None:
    listing = pilot.app.screen.query_one(FolderList)
    await pilot.press("home")
    while listing.current is not None and listing.current.path != path:
        await pilot.press("down")


def tree(pilot: Pilot[None]) -> list[str]:
    """The lines of the tree, without what is beside it."""
    return [line.partition("▏")[0].strip() for line in screen_text(pilot).splitlines()[2:-1]]


@pytest.mark.parametrize("size", [(60, 15), SMALL, WIDE])
async def test_each_folder_says_how_many_secrets_it_has_and_whether_it_imports(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        listing = await folders(pilot)
        assert listing.has_focus
        lines = [" ".join(line.split()) for line in tree(pilot)]
        assert "▌/ 2" in lines
        assert "│ ├ billing → 2" in lines
        assert "├ backend" in lines
        place = Place("dev", "/backend")
        vault(demo_app).secrets.set(project_of(demo_app), place, {f"N{i}": "x" for i in range(12)})
        demo_app.show_change()
        await until(pilot, lambda: "├ backend 12" in " ".join(screen_text(pilot).split()), "anew")


async def test_the_arrow_keys_show_the_same_folder_in_other_environments(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        listing = await folders(pilot)
        await go_to(pilot, "/common/db")
        await pilot.press("right")
        await until(pilot, lambda: "staging:/common/db  5 secrets" in screen_text(pilot), "there")
        head = screen_text(pilot).splitlines()[1]
        assert "Development  ‹ Staging ›  Production" in head
        assert "16 folders   7 secrets   4 tokens" in head
        await pilot.press("left")
        await until(pilot, lambda: "dev:/common/db  4 secrets" in screen_text(pilot), "back")
        await go_to(pilot, "/backend/worker")
        await pilot.press("enter", "right")  # from the list of secrets, too
        await until(pilot, lambda: "staging:/backend  0" in screen_text(pilot), "what leads to it")
        assert demo_app.screen.query_one(SecretList).has_focus
        await pilot.press("escape")
        assert listing.has_focus


async def test_a_late_answer_about_another_environment_is_not_shown(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_go_on = threading.Event(), threading.Event()
    every = Folders.every

    def slow(*args: object) -> object:
        if args[2] == "staging":
            asked.set()
            may_go_on.wait(10)
        return every(*args)  # type: ignore[arg-type]

    async with demo_app.run_test(size=SMALL) as pilot:
        listing = await folders(pilot)
        monkeypatch.setattr(Folders, "every", slow)
        await pilot.press("right")
        await until(pilot, asked.is_set, "it is asked")
        shown: list[str] = []
        show = listing.show

        def noted(found: object) -> None:
            shown.append(found.environment)  # type: ignore[attr-defined]
            show(found)  # type: ignore[arg-type]

        monkeypatch.setattr(listing, "show", noted)
        await pilot.press("right")
        bar = demo_app.screen.query_one(EnvironmentBar)
        await until(pilot, lambda: bar.cursor == 2, "another is asked for")
        may_go_on.set()
        await until(pilot, lambda: "prod:/  0 secrets" in screen_text(pilot), "the last one")
        assert shown == ["prod"]


async def test_who_asks_about_the_folder_and_leads_back(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        listing = await folders(pilot)
        await pilot.press("right", "right")
        await until(pilot, lambda: "prod:/  0 secrets" in screen_text(pilot), "production")
        await go_to(pilot, "/backend/billing")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(demo_app.screen, Who), "who")
        await until(
            pilot,
            lambda: "can read /backend/billing in prod" in " ".join(screen_text(pilot).split()),
            "asked",
        )
        assert "legacy-billing" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, FoldersPage), "the page again")
        assert listing.current is not None
        assert listing.current.path == "/backend/billing"


async def test_the_matrix_begins_with_the_folder(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await folders(pilot)
        await pilot.press("right")
        await until(pilot, lambda: "staging:/  0 secrets" in screen_text(pilot), "staging")
        await go_to(pilot, "/common/cache")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "the matrix")
        await until(
            pilot, lambda: "staging:/common/**  7 folders" in screen_text(pilot), "the folder"
        )
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, FoldersPage), "the page again")


async def test_the_chosen_one_of_many_environments_is_seen(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        for number in range(12):
            vault(demo_app).environments.create(
                project_of(demo_app), Environment(f"e{number}", f"Environment {number}")
            )
        listing = await folders(pilot)
        assert "‹ Development ›  Staging    Production    Environment 0" in screen_text(pilot)
        demo_app.screen.query_one(EnvironmentBar).focus()
        await pilot.press("end")
        await until(pilot, lambda: "‹ Environment 11 ›" in screen_text(pilot), "the last one")
        await until(pilot, lambda: "e11:/  0 secrets" in screen_text(pilot), "its root")
        await pilot.press("enter")
        assert listing.has_focus


async def test_what_a_list_has_no_room_for_is_said_below_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await folders(pilot)
        await go_to(pilot, "/backend/billing")
        await pilot.press("enter")
        await until(pilot, lambda: "Its secrets are found here too." in screen_text(pilot), "link")
        await pilot.press("end")
        await until(pilot, lambda: "per cent" in screen_text(pilot), "the comment")
