"""The matrix of tokens and folders: moved about in with keys, and every cell as `decide` says."""

from __future__ import annotations

from pathlib import Path

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
from st_tui.core.wording import why
from st_tui.tui.app import StTui
from st_tui.tui.screens.matrix import MatrixScreen
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.widgets.matrix_grid import MatrixGrid
from tests.conftest import NOW, Clock
from tests.journeys.driving import choose, opened, project_of, screen_text, until, vault, write
from tests.pictures import Pictures

ONLY_READ = frozenset({Permission.READ})


async def _open(pilot: Pilot[None]) -> MatrixGrid:
    await pilot.press("m")
    await until(pilot, lambda: isinstance(pilot.app.screen, MatrixScreen), "the matrix is open")
    await pilot.pause()
    return pilot.app.screen.query_one(MatrixGrid)


async def test_the_cell_under_the_cursor_is_told_as_decide_says(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(160, 36)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        paths = ["/", *vault(demo_app).folders.every(project_of(demo_app), "dev")]
        for row in range(grid.count):
            for step in range(3):
                token = grid.current
                assert token is not None
                assert (grid.cursor, grid.path) == (row, paths[step])
                text = screen_text(pilot)
                assert f"{token.name}  ›  dev:{grid.path}" in text
                for operation in Permission:
                    request = AccessRequest("dev", grid.path, operation, NOW, e2ee=True)
                    decision = access.decide(token, request)
                    said = "✔ ALLOWED" if decision.allowed else "✖ DENIED "
                    assert f"{operation:<7}{said}  {why(token, request, decision)}" in text
                await pilot.press("right")
            await pilot.press("home", "down")


async def test_a_cell_that_no_scope_opens_is_not_told_its_address_alone(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "mobile-release")
        await _open(pilot)
        await pilot.press("right")
        await until(pilot, lambda: "›  dev:/backend" in screen_text(pilot), "the cell")
        said = " ".join(screen_text(pilot).split())
        assert (
            "read ✖ DENIED inactive: it must be activated first; no scope names dev write" in said
        )
        assert (
            "write ✖ DENIED inactive: it must be activated first; no scope names dev; "
            "the token may not write scopes 1 prod:/frontend/** other environment"
        ) in said
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: "office-sync  ›" in screen_text(pilot), "another token")
        assert (
            "read ✖ DENIED ip: it trusts 10.0.0.0/8, not every address; "
            "no scope in dev matches /backend write"
        ) in " ".join(screen_text(pilot).split())


async def test_keys_go_to_every_edge(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("left", "up")
        assert (grid.cursor, grid.folder) == (0, 0)
        await pilot.press("end", "right", "G", "down")
        last = grid.path
        assert grid.cursor == grid.count - 1
        assert f"dev:{last}" in screen_text(pilot)
        await pilot.press("home", "g")
        assert (grid.cursor, grid.path) == (0, "/")
        assert last != "/"
        await pilot.press("pagedown")
        assert grid.cursor > 1
        await pilot.press("pageup")
        assert grid.cursor == 0


async def test_environments_are_switched_and_the_folder_stays(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("right", "right")
        before = grid.path
        slugs = [e.slug for e in vault(demo_app).environments.every(project_of(demo_app))]
        for slug in [*slugs[1:], slugs[0]]:
            await pilot.press("e")
            await until(pilot, lambda slug=slug: f"›  {slug}:" in screen_text(pilot), slug)  # type: ignore[misc]
        assert grid.path in (before, "/")
        await pilot.press("E")
        await until(pilot, lambda: f"›  {slugs[-1]}:" in screen_text(pilot), "one back")


async def test_enter_opens_the_token_and_leaving_comes_back(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        token = await choose(pilot, "office-sync")
        grid = await _open(pilot)
        assert grid.current == token
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "details are open")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "back in the matrix")
        assert grid.current == token
        await pilot.press("q")
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "back at the list")


async def test_the_list_and_the_matrix_have_the_same_filter(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("slash")
        await write(pilot, "prod")
        await pilot.press("enter")
        await pilot.pause()
        grid = await _open(pilot)
        assert grid.count == vault(demo_app).tokens.count(project_of(demo_app), "prod")
        assert "filter: prod" in screen_text(pilot)


async def test_the_palette_has_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await write(pilot, "each token may do")
        await until(pilot, lambda: "in each folder" in screen_text(pilot), "it is found")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "it is run")


async def test_a_change_of_the_vault_is_shown(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        count, project = grid.count, project_of(demo_app)
        draft = TokenDraft("fresh", (Scope("dev", "/**"),), ONLY_READ, None)
        await demo_app.change("Making", lambda vault: vault.tokens.create(project, draft))
        await until(pilot, lambda: grid.count == count + 1, "the new token is there")
        await pilot.press("g")
        await until(pilot, lambda: "fresh  ›  dev:/" in screen_text(pilot), "and can be gone to")


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
        await pilot.press("e", "right", "down", "end", "G", "enter")
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


async def test_only_what_is_on_the_screen_is_decided(
    demo_app: StTui, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from st_tui.core.vault import Vault

    with Vault.open(demo_app.directory, actor="operator", clock=clock) as made:
        project = made.projects.every()[0]
        made.environments.create(project, Environment("big", "Big"))
        for number in range(1_000):
            made.folders.create(project, "big", f"/folder-{number:04}")
            scope = Scope("big", f"/folder-{number:04}")
            made.tokens.create(project, TokenDraft(f"crowd-{number:04}", (scope,), ONLY_READ, None))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        grid = await _open(pilot)
        await pilot.press("E")
        await until(pilot, lambda: "›  big:/" in screen_text(pilot), "the big environment")
        await pilot.press("end")
        await pilot.pause()
        crowd = _Crowd(monkeypatch)
        await pilot.press("G")
        await until(pilot, lambda: grid.cursor == grid.count - 1, "the last token")
        await pilot.pause()
        rows, columns = grid.size.height - grid.header_lines, 18
        cells = rows * columns
        assert 0 < crowd.decisions <= 10 * cells  # a few frames, none of them the whole matrix
        crowd.decisions = 0
        for y in range(grid.size.height):
            grid.render_line(y)
        # Reading and writing are asked about, and what is held back twice; once what is not open.
        assert cells <= crowd.decisions <= 4 * cells
        assert grid.path == "/folder-0999"


@pytest.mark.parametrize("size", [(80, 24), (120, 30)], ids=["80x24", "120x30"])
async def test_picture(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await _open(pilot)
        await pilot.press("right", "right")
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
        await pilot.press("right", "right")
        await pictures.check(pilot, "matrix-ascii" if ascii_only else "matrix-plain")
