"""The matrix of folders and tokens: moved about in with keys, and every cell as `decide` says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from textual.pilot import Pilot

from st_tui.core import access
from st_tui.core.matrix import letters
from st_tui.core.model import (
    AccessRequest,
    Decision,
    Environment,
    Permission,
    Scope,
    ServiceToken,
    TokenDraft,
)
from st_tui.core.vault import Vault
from st_tui.core.wording import why
from st_tui.tui.app import StTui
from st_tui.tui.screens.folders import FoldersPage
from st_tui.tui.screens.matrix import MatrixScreen
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.widgets.matrix_grid import MatrixGrid
from tests.conftest import NOW, Clock
from tests.journeys.driving import choose, opened, project_of, screen_text, until, vault, write
from tests.pictures import Pictures

Result = TypeVar("Result")
ONLY_READ = frozenset({Permission.READ})


async def _open(pilot: Pilot[None]) -> MatrixGrid:
    await pilot.press("m")
    await until(pilot, lambda: isinstance(pilot.app.screen, MatrixScreen), "the matrix is open")
    grid = pilot.app.screen.query_one(MatrixGrid)
    await until(pilot, lambda: bool(grid.sheet.paths), "it is filled in")
    return grid


async def _filter(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash")
    await write(pilot, text)
    await pilot.press("enter")
    await pilot.pause()


def _lines(pilot: Pilot[None]) -> list[str]:
    """The folders down the side, as they are drawn, with the cursor's bar."""
    grid = pilot.app.screen.query_one(MatrixGrid)
    drawn = screen_text(pilot).splitlines()[1 + grid.header_lines :]
    seen = min(grid.count, grid.size.height - grid.header_lines)
    return [" ".join(line[: grid._layout.tree].split()) for line in drawn[:seen]]


async def test_the_cell_under_the_cursor_is_told_as_decide_says(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(160, 50)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("f")  # every folder on a line of its own
        paths = ["/", *vault(demo_app).folders.every(project_of(demo_app), "dev")]
        tokens = vault(demo_app).tokens.page(project_of(demo_app))
        assert grid.count == len(paths)
        for row in range(6):
            for index, token in enumerate(tokens):
                assert (grid.column, grid.token, grid.path) == (index, token, paths[row])
                text = " ".join(screen_text(pilot).split())
                assert f"{token.name} › dev:{paths[row]} " in text
                verdicts = []
                for operation in Permission:
                    request = AccessRequest("dev", grid.path, operation, NOW, e2ee=True)
                    decision = access.decide(token, request)
                    mark = "✔ ALLOWED" if decision.allowed else "✖ DENIED"
                    verdicts.append(
                        (operation, f"{mark} {' '.join(why(token, request, decision).split())}")
                    )
                read, write = (words for _, words in verdicts)
                longest = max(read, write, key=len)
                if longest.startswith(min(read, write, key=len)):
                    assert f"read, write {longest}" in text
                else:
                    assert f" read {read} " in text
                    assert f" write {write} " in text
                await pilot.press("right")
            await pilot.press("home", "down")


async def test_a_cell_that_no_scope_opens_is_not_told_its_address_alone(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "mobile-release")
        await _open(pilot)
        await pilot.press("down")
        await until(pilot, lambda: "› dev:/backend" in screen_text(pilot), "the cell")
        assert (
            "read, write ✖ DENIED inactive: it must be activated first; no scope names dev; "
            "the token may not write scope 1 prod:/frontend/** other environment"
        ) in " ".join(screen_text(pilot).split())
        await pilot.press("right", "right", "right")
        await until(pilot, lambda: "office-sync      › " in screen_text(pilot), "another token")
        assert (
            "read, write ✖ DENIED ip: it trusts 10.0.0.0/8, not every address; "
            "no scope in dev matches /backend "
            "scope 1 dev:/common/** stops at “backend”, segment 1 "
            "scope 2 staging:/common/** other environment"
        ) in " ".join(screen_text(pilot).split())


async def test_keys_go_to_every_edge(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("left", "up")
        assert (grid.cursor, grid.column) == (0, 0)
        await pilot.press("end", "right", "G", "down")
        last = grid.path
        assert grid.column == grid.sheet.total - 1
        assert grid.cursor == grid.count - 1
        assert f"› dev:{last}" in screen_text(pilot)
        await pilot.press("home", "g")
        assert (grid.column, grid.path) == (0, "/")
        assert last != "/"
        await pilot.press("pagedown")
        assert grid.cursor > 1
        await pilot.press("pageup")
        assert grid.cursor == 0


async def test_folders_that_are_alike_are_one_line_until_it_is_unfolded(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await _filter(pilot, "common")  # ci-deploy and office-sync: dev:/common/**
        grid = await _open(pilot)
        folded = [
            "/", "backend/** 3", "ci", "common/** 11", "folder1/** 4", "folder2/** 2",
            "frontend/** 2",
        ]  # fmt: skip
        assert _lines(pilot) == ["▌/", *folded[1:]]
        await pilot.press("down", "down", "down")
        assert grid.path == "/common"
        assert "dev:/common/**  11 folders alike" in screen_text(pilot)
        await pilot.press("space")
        opened_lines = _lines(pilot)
        assert opened_lines[3:6] == ["▌common", "api", "auth"]
        assert opened_lines[-1] == "templates"  # and below the screen there is more
        await pilot.press("down", "down")
        assert grid.path == "/common/auth"
        await pilot.press("space")  # what is unfolded above it
        assert _lines(pilot) == [*folded[:3], "▌common/** 11", *folded[4:]]
        await pilot.press("down", "f")
        assert grid.path == "/folder1"
        assert grid.count == 24
        await pilot.press("f")
        assert _lines(pilot) == [*folded[:4], "▌folder1/** 4", *folded[5:]]


async def test_space_where_nothing_is_alike_says_so(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await _open(pilot)
        await pilot.press("space")
        await until(pilot, lambda: "Only folders whose" in screen_text(pilot), "it says so")


async def test_only_differing_folders_are_shown_and_all_again(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await _filter(pilot, "common")
        grid = await _open(pilot)
        await pilot.press("equals_sign")
        await until(pilot, lambda: "= differing" in screen_text(pilot), "the title says so")
        # ci-deploy may read there; office-sync too, but only from its addresses.
        assert _lines(pilot) == ["▌common/** 11"]
        assert "› dev:/common/**" in screen_text(pilot)
        await pilot.press("equals_sign")
        assert grid.count == 7
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("escape")
        await _filter(pilot, "ci-deploy")
        grid = await _open(pilot)
        await pilot.press("equals_sign")
        said = "These tokens answer alike in every folder"
        await until(pilot, lambda: said in screen_text(pilot), "one token differs from none")
        assert grid.count == 0
        await pilot.press("down", "space", "f", "right", "equals_sign")
        await until(pilot, lambda: "› dev:/" in screen_text(pilot), "all again")


async def test_environments_are_switched_and_the_folder_stays(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("down", "down", "down", "down")
        assert grid.path == "/common"
        slugs = [e.slug for e in vault(demo_app).environments.every(project_of(demo_app))]
        for slug in [*slugs[1:], slugs[0]]:
            await pilot.press("e")
            await until(pilot, lambda slug=slug: f"› {slug}:/common" in screen_text(pilot), slug)  # type: ignore[misc]
        await pilot.press("E")
        await until(pilot, lambda: f"› {slugs[-1]}:" in screen_text(pilot), "one back")


async def test_where_no_token_matches_it_says_so(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await _filter(pilot, "no-such-token")
        await _open(pilot)
        assert "No token matches the filter." in screen_text(pilot)
        await pilot.press("right", "down", "end", "G", "enter", "space", "f", "t", "equals_sign")
        assert isinstance(demo_app.screen, MatrixScreen)


async def test_enter_opens_the_token_and_leaving_comes_back(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        token = await choose(pilot, "office-sync")
        grid = await _open(pilot)
        assert grid.token == token
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "details are open")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "back in the matrix")
        assert grid.token == token
        await pilot.press("q")
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "back at the list")


async def test_a_cell_is_tested_and_the_matrix_comes_back_to_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("e")
        await until(pilot, lambda: "› staging:/" in screen_text(pilot), "staging")
        await pilot.press("end", "down", "down")
        token, path = grid.token, grid.path
        assert token is not None
        assert path != "/"
        await pilot.press("t")
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "the list and its pane")
        page = demo_app.screen
        assert isinstance(page, TokensPage)
        await until(pilot, lambda: page.tested_place() == ("staging", path), "it is asked")
        assert page.chosen_token() == token
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "the matrix")
        await until(pilot, lambda: f"› staging:{path}" in screen_text(pilot), "the same cell")
        assert grid.token == token


async def test_a_cell_is_tested_from_the_matrix_of_a_folder(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("2")
        await until(pilot, lambda: "22 secrets" in screen_text(pilot), "the folders")
        await pilot.press("m")
        await until(pilot, lambda: "› dev:/" in screen_text(pilot), "the matrix of the root")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "the test")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "the matrix")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, FoldersPage), "the folders")


async def test_the_list_and_the_matrix_have_the_same_filter(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await _filter(pilot, "prod")
        grid = await _open(pilot)
        assert grid.sheet.total == vault(demo_app).tokens.count(project_of(demo_app), "prod")
        assert "filter prod" in screen_text(pilot)


async def test_the_palette_has_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await write(pilot, "each token may do")
        await until(pilot, lambda: "in each folder" in screen_text(pilot), "it is found")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "it is run")


async def test_a_change_of_the_vault_is_shown_and_the_cursor_stays(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        token = await choose(pilot, "ci-deploy")
        grid = await _open(pilot)
        total, column, project = grid.sheet.total, grid.column, project_of(demo_app)
        draft = TokenDraft("fresh", (Scope("dev", "/**"),), ONLY_READ, None)
        await demo_app.change("Making", lambda vault: vault.tokens.create(project, draft))
        await until(pilot, lambda: grid.sheet.total == total + 1, "the new token is there")
        # It stands before all others.
        assert (grid.token, grid.column) == (token, column + 1)
        await pilot.press("home")
        await until(pilot, lambda: "fresh " in screen_text(pilot), "and can be gone to")


async def test_a_long_name_leaves_room_for_its_folder_and_its_warning(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        draft = TokenDraft("\u65e5" * 100, (Scope("dev", "/none"),), ONLY_READ, None)
        vault(demo_app).tokens.create(project_of(demo_app), draft)
        await until(pilot, lambda: "\u65e5\u65e5" in screen_text(pilot), "it is listed")
        await _open(pilot)
        await pilot.press("home")
        await until(pilot, lambda: "\u2026 › dev:/" in screen_text(pilot), "the folder")
        await pilot.press("escape", "!")
        await until(
            pilot,
            lambda: "\u2026  Scope 1: matches no folder" in screen_text(pilot),
            "the whole warning",
        )


async def test_without_environments_it_says_so(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await _open(pilot)
        project = project_of(demo_app)
        for environment in vault(demo_app).environments.every(project):
            slug = environment.slug
            await demo_app.change(
                "Deleting",
                lambda vault, slug=slug: vault.environments.delete(project, slug),  # type: ignore[misc]
            )
        await until(pilot, lambda: "There is no environment." in screen_text(pilot), "it says so")
        await pilot.press("e", "right", "down", "end", "G", "enter", "space", "f", "t")
        assert isinstance(demo_app.screen, MatrixScreen)


def test_what_the_token_holds_back_is_in_small_letters() -> None:
    def ask(path: str, operation: Permission) -> AccessRequest:
        return AccessRequest("dev", path, operation, NOW)

    both = frozenset(Permission)
    token = ServiceToken("1", "x", (Scope("dev", "/a"),), both)
    assert letters(token, "/a", ask) == "RW"
    assert letters(token, "/b", ask) == "· "
    assert letters(token._replace(permissions=ONLY_READ), "/a", ask) == "R "
    assert letters(token._replace(permissions=both - ONLY_READ), "/a", ask) == " W"
    for held in (
        token._replace(is_active=False),
        token._replace(expires_at=NOW),
        token._replace(trusted_ips=()),
    ):
        assert letters(held, "/a", ask) == "rw"
        assert letters(held, "/b", ask) == "· "


class _Crowd:
    """Counts what is asked of `decide`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.decisions = 0
        decide = access.decide

        def counted(token: ServiceToken, request: AccessRequest) -> Decision:
            self.decisions += 1
            return decide(token, request)

        monkeypatch.setattr(access, "decide", counted)


FOLDERS, TOKENS = 200, 60


def _crowded(app: StTui, clock: Clock) -> None:
    """Make an environment with many folders, and as its newest tokens many, each for one folder."""
    with Vault.open(app.directory, actor="operator", clock=clock) as made:
        project = made.projects.every()[0]
        made.environments.create(project, Environment("big", "Big"))
        for number in range(FOLDERS):
            made.folders.create(project, "big", f"/folder-{number:03}")
        for number in range(TOKENS):
            scope = Scope("big", f"/folder-{number:03}")
            made.tokens.create(project, TokenDraft(f"crowd-{number:03}", (scope,), ONLY_READ, None))


async def test_only_the_tokens_on_the_screen_are_decided_and_those_once(
    demo_app: StTui, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _crowded(demo_app, clock)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("E")
        await until(pilot, lambda: "› big:/" in screen_text(pilot), "the big environment")
        assert grid.count == FOLDERS + 1
        crowd = _Crowd(monkeypatch)
        await pilot.press("end")
        await until(pilot, lambda: grid.token is not None, "the last tokens")
        shown_cells = len(grid.sheet.tokens) * (FOLDERS + 1)
        # A cell that no scope opens is asked about once.
        assert shown_cells <= crowd.decisions <= 2 * shown_cells
        crowd.decisions = 0
        await pilot.press("f", "down", "pagedown", "G", "left", "f", "equals_sign", "equals_sign")
        await pilot.press("home")
        await until(pilot, lambda: grid.token is not None, "the first tokens, which are known")
        assert crowd.decisions < 100  # those of the cell under the cursor, at each step


async def test_a_slow_vault_holds_up_no_key_and_a_late_answer_shows_nothing_old(
    demo_app: StTui, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _crowded(demo_app, clock)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        first, arrives = grid.token, asyncio.Event()
        read = demo_app.read

        async def slow(job: Callable[[Vault], Result]) -> Result:
            answer = await read(job)
            await arrives.wait()
            return answer

        monkeypatch.setattr(demo_app, "read", slow)
        await pilot.press("end", "space", "down")
        assert (grid.column, grid.token) == (grid.sheet.total - 1, None)
        assert (grid.cursor, grid.sheet.first) == (
            1,
            0,
        )  # keys work, the tokens are those from before
        await pilot.press("home")
        assert grid.token == first
        arrives.set()
        await until(pilot, lambda: grid.token == first, "the answer for the last tokens came late")
        await pilot.pause(0.1)
        assert (grid.column, grid.sheet.first, grid.token) == (0, 0, first)
        await pilot.press("end")
        await until(pilot, lambda: grid.token is not None, "the last tokens")
        assert grid.sheet.first + len(grid.sheet.tokens) == grid.sheet.total
        arrives.clear()
        await pilot.press("e", "e")
        screen = demo_app.screen
        assert isinstance(screen, MatrixScreen)
        await until(pilot, lambda: screen._wanted == "prod", "both came before an answer")
        assert grid.environment == "dev"
        arrives.set()
        await until(pilot, lambda: "› prod:/" in screen_text(pilot), "both are heeded")


@pytest.mark.parametrize("size", [(80, 24), (120, 30)], ids=["80x24", "120x30"])
async def test_picture(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await _open(pilot)
        await pilot.press(*5 * ["down"])
        await pictures.check(pilot, "matrix")


@pytest.mark.parametrize("ascii_only", [False, True], ids=["no-color", "linux"])
async def test_picture_in_few_colours(
    demo_app: StTui, pictures: Pictures, ascii_only: bool
) -> None:
    from st_tui.tui.terminal.detection import Appearance

    looks = Appearance("plain", ansi_color=True, ascii_only=ascii_only)
    app = StTui(Path(demo_app.directory), looks, actor="operator", clock=demo_app.clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await _open(pilot)
        await pilot.press(*5 * ["down"])
        await pictures.check(pilot, "matrix-ascii" if ascii_only else "matrix-plain")
