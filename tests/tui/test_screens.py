"""Every screen as it looks, at the size it is designed for and wide, against stored pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from st_tui.core.secrets.model import Place
from st_tui.demo.questions import QUESTIONS
from st_tui.demo.tour import TOUR
from st_tui.tui.app import StTui
from st_tui.tui.screens import try_it
from st_tui.tui.screens.comparison import ComparisonDialog
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.picker import Picker
from st_tui.tui.screens.revoke_several import RevokeSeveral
from st_tui.tui.terminal.detection import Appearance, appearance
from st_tui.tui.try_it import real_call
from st_tui.tui.try_it.real_call import Reply
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.selector import Selector
from tests.conftest import Clock
from tests.journeys.driving import (
    choose,
    opened,
    paste,
    project_of,
    screen_text,
    until,
    vault,
    workers_done,
    write,
)
from tests.pictures import Pictures
from tests.tui.screens.test_secrets import at

SIZES = [(80, 24), (120, 36)]

each_size = pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x36"])


@each_size
async def test_tokens(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        if size[0] > 100:
            await _ask(pilot, "common/db/primary")
        await pictures.check(pilot, "tokens")
        await pilot.press("f9")
        await pictures.check(pilot, "tokens-light")


@each_size
async def test_access(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "top-level")
        await _ask(pilot, "folder1/subfolder1")
        await pictures.check(pilot, "access")
        demo_app.screen.query_one(RequestTime).focus()
        await pilot.press("end")
        await pictures.check(pilot, "moment")


@each_size
async def test_try_it(
    demo_app: StTui, pictures: Pictures, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(*_: object) -> Reply:
        return Reply(404, "NotFound", "Secret with name 'ST_TUI_TRY_…' not found", None, 4, "::1")

    monkeypatch.setattr(try_it, "send_in_thread", answer)  # a real one takes another time each time
    monkeypatch.setattr(real_call, "token_hex", lambda _: "0123456789abcdef")
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        token = await choose(pilot, "ci-deploy")
        await _ask(pilot, "common/db")
        await pilot.press("f3")
        await pictures.check(pilot, "try-it")
        await pilot.press("escape")
        demo_app.screen.query_one("#operation", Selector).focus()
        await pilot.press("right", "f3")
        await write(pilot, f"st.{token.id}.{'0' * 32}")
        await pilot.press("enter")
        await until(pilot, lambda: "404 Not Found" in screen_text(pilot), "the answer")
        await pictures.check(pilot, "try-it-answer")


@each_size
async def test_filter(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("slash")
        await write(pilot, "prod")
        await pictures.check(pilot, "filter", drawn=False)


@each_size
async def test_create(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await pilot.pause()
        await write(pilot, "web-frontend")
        await pilot.press("tab", "tab")
        await write(pilot, "/common/**")
        await pilot.press("enter")
        await write(pilot, "/folder1/*")
        await pictures.check(pilot, "create")
        await pilot.press("enter", "f4", "down", "space")
        await pictures.check(pilot, "pick")


@each_size
async def test_narrow(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await pilot.pause()
        await pictures.check(pilot, "narrow", drawn=False)


@each_size
async def test_compare(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "top-level")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(demo_app.screen, Picker), "the tokens are offered")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, ComparisonDialog), "it is shown")
        await pictures.check(pilot, "compare", drawn=False)


@each_size
async def test_create_v3_and_refusal(
    demo_app: StTui, pictures: Pictures, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "office-sync")
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("tab", "tab")
        await write(pilot, "/team-[!0-9]")
        await pictures.check(pilot, "create-v3")


@each_size
async def test_created(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("f2")
        await until(pilot, lambda: len(demo_app.screen_stack) == 2, "the token is shown")
        await pictures.check(pilot, "created")
        await pilot.press("v")
        await pictures.check(pilot, "alone", drawn=False)
        await pilot.press("v", "q")
        await pilot.pause()
        await pictures.check(pilot, "leave", drawn=False)


@each_size
async def test_token(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "office-sync")
        await pilot.press("enter")
        await until(pilot, lambda: "Wider than used" in screen_text(pilot), "the log was read")
        await pictures.check(pilot, "token")


@each_size
@pytest.mark.parametrize(
    ("key", "name"), [("d", "revoke"), ("r", "rotate"), ("i", "trust"), ("f7", "e2ee")]
)
async def test_dialogs(
    demo_app: StTui, pictures: Pictures, size: tuple[int, int], key: str, name: str
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "office-sync")
        await pilot.press(key)
        await pictures.check(pilot, name)


@each_size
async def test_marks(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("asterisk")
        await until(pilot, lambda: "11 marked" in screen_text(pilot), "all are marked")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, RevokeSeveral), "it asks")
        await pictures.check(pilot, "revoke-several", drawn=False)
        await pilot.press("escape", "space", "down", "space")
        await until(pilot, lambda: "9 marked" in screen_text(pilot), "two are not")
        await pilot.press("u")
        await until(pilot, lambda: "expiring soon 2 of 11" in screen_text(pilot), "the view")
        await pictures.check(pilot, "expiring-soon", drawn=False)


@each_size
async def test_folders(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("2")
        await pictures.check(pilot, "folders")
        common, project = Place("prod", "/common"), project_of(demo_app)
        reference = {"PRIMARY": "${dev.common.db.primary.DATABASE_URL}"}
        vault(demo_app).secrets.set(project, common, reference)
        vault(demo_app).secrets.add_import(project, common, Place("dev", "/common/db/primary"))
        await pilot.press("shift+tab", "d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pictures.check(pilot, "delete-environment")


@each_size
async def test_a_value_of_several_lines(
    demo_app: StTui, pictures: Pictures, size: tuple[int, int]
) -> None:
    place = Place("dev", "/common/db/primary")
    values = {"TLS_CERT": "-----BEGIN-----\n\tMIIB  \n-----END-----\n", "CI_TOKEN": "x\n"}
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        vault(demo_app).secrets.set(project_of(demo_app), place, values)
        await at(pilot, place, "TLS_CERT")
        await until(pilot, lambda: "3 lines" in screen_text(pilot), "they are counted")
        await pictures.check(pilot, "lines-listed", drawn=False)
        await pilot.press("enter")
        await until(pilot, lambda: "END-----↵" in screen_text(pilot), "the value")
        await pictures.check(pilot, "lines-revealed", drawn=False)
        await pilot.press("q", "n")
        await until(pilot, lambda: "New secret" in screen_text(pilot), "the form")
        await write(pilot, "TLS_KEY")
        await pilot.press("enter")
        await paste(pilot, "-----BEGIN-----\rMIIC\r-----END-----\r")
        await until(pilot, lambda: "3 lines, ends" in screen_text(pilot), "it says so")
        await pictures.check(pilot, "new-secret", drawn=False)


@each_size
async def test_secrets(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await at(pilot, Place("dev", "/common/db/primary"), "DATABASE_URL")
        await pictures.check(pilot, "secrets")
        await pilot.press("enter")
        await until(pilot, lambda: "${POSTGRES_USER}" in screen_text(pilot), "the value")
        await pictures.check(pilot, "reveal")
        await pilot.press("q", "c", "f4")
        await until(pilot, lambda: "5432/shop" in screen_text(pilot), "the value")
        await pictures.check(pilot, "change-secret", drawn=False)
        await pilot.press("f10", "d")
        await pilot.pause()
        await pictures.check(pilot, "delete-secret", drawn=False)
        await pilot.press("n")
        await at(pilot, Place("dev", "/backend/worker"), "QUEUE_NAME")
        await pictures.check(pilot, "links", drawn=False)
        await pilot.press("i")
        await pilot.pause()
        await write(pilot, "/common/m")
        await pictures.check(pilot, "link", drawn=False)
        await pilot.press("f10", "x")
        await pilot.pause()
        await pictures.check(pilot, "export", drawn=False)


@each_size
async def test_an_export_that_is_not_plain(
    demo_app: StTui,
    pictures: Pictures,
    size: tuple[int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    here = Place("dev", "/backend/worker")
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        secrets, project = vault(demo_app).secrets, project_of(demo_app)
        secrets.create(project, here, "GREETING", "it's ${NAME}")
        secrets.create(project, here, "LD_PRELOAD", "x")
        await at(pilot, here, "QUEUE_NAME")
        await pilot.press("x")
        await pilot.pause()
        await write(pilot, "a.env")
        await pilot.press("f2")
        await until(pilot, lambda: "--allow" in screen_text(pilot), "it refuses")
        await pictures.check(pilot, "export-refused", drawn=False)
        secrets.delete(project, here, "LD_PRELOAD")
        await pilot.press("f2")
        await until(pilot, lambda: "would read another" in screen_text(pilot), "it is written")
        await pictures.check(pilot, "export-remarks", drawn=False)


@each_size
async def test_audit(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("3", "down", "down")
        await pictures.check(pilot, "audit")


@each_size
async def test_who(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await write(pilot, "common/db")
        await until(pilot, lambda: "can read /common/db in" in screen_text(pilot), "an answer")
        await pictures.check(pilot, "who")
        await write(pilot, "/**")
        await until(pilot, lambda: "of /common/db/** in" in screen_text(pilot), "an answer")
        await pilot.press("down", "down")
        await pictures.check(pilot, "who-pattern")


@each_size
async def test_warnings(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "16 warnings about" in screen_text(pilot), "all are found")
        await pilot.press("down")
        await pictures.check(pilot, "warnings")
        await pilot.press("enter")
        await until(pilot, lambda: "! Wider than used" in screen_text(pilot), "the details")
        await pictures.check(pilot, "token-warned", drawn=False)


@each_size
async def test_promises(
    demo_app: StTui,
    pictures: Pictures,
    size: tuple[int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ours").write_text(
        "no token may write prod:/folder1/**\n"
        "only ci-* may read prod:/common/**\n"
        "every token expires within 12 months\n",
        encoding="utf-8",
    )
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("v")
        await until(pilot, lambda: len(demo_app.screen_stack) == 2, "the question")
        await pilot.press("ctrl+u")  # another file is offered
        await write(pilot, "ours")
        await pilot.press("enter")
        await until(pilot, lambda: "3 hold. Looked at" in screen_text(pilot), "all are proved")
        await pilot.press("down", "down")
        await pictures.check(pilot, "promises", drawn=size == SIZES[0])


@each_size
async def test_help(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("question_mark")
        await pictures.check(pilot, "help")


@each_size
async def test_tour(demo_app: StTui, pictures: Pictures, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("f6", "f6")
        await pilot.pause()
        await pictures.check(pilot, "tour")
        await pilot.press("f5", *["f6"] * len(TOUR))
        await until(pilot, lambda: "Question 1" in screen_text(pilot), "it asks")
        await pilot.press("up", "down")
        await pictures.check(pilot, "tour-question")
        await pilot.press("y", *["f6"] * (2 * len(QUESTIONS) - 1))
        await until(pilot, lambda: "That was the tour" in screen_text(pilot), "the last word")
        await pilot.press("up", "down")
        await pictures.check(pilot, "tour-end", drawn=False)


async def test_a_path_is_typed(demo_app: StTui, pictures: Pictures) -> None:
    """The README's moving picture: the answer changes with every letter."""
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("t")
        frames = [(await pictures.film(pilot), 1.5)]
        for character in "common/db":
            await write(pilot, character)
            await workers_done(pilot)
            frames.append((await pictures.film(pilot), 0.35))
        frames.append((frames.pop()[0], 3.0))
    pictures.check_moving(frames, "typing-80x24")


@each_size
async def test_welcome(
    tmp_path: Path, clock: Clock, pictures: Pictures, size: tuple[int, int]
) -> None:
    looks = Appearance("st-tui-dark", ansi_color=False, ascii_only=False)
    app = StTui(Path("vault"), looks, actor="operator", clock=clock)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: len(app.screen_stack) == 2, "the welcome is shown")
        await pictures.check(pilot, "welcome")


@each_size
@pytest.mark.parametrize(
    ("name", "environ"),
    [("plain", {"TERM": "xterm-16color"}), ("plain-ascii", {"TERM": "linux"})],
    ids=["few", "linux"],
)
async def test_few_colours(
    demo_app: StTui, pictures: Pictures, size: tuple[int, int], name: str, environ: dict[str, str]
) -> None:
    looks = appearance(environ, "st-tui-dark")
    app = StTui(demo_app.directory, looks, actor="operator", clock=demo_app.clock)
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await _ask(pilot, "common/db")
        await pictures.check(pilot, name)


async def _ask(pilot: Pilot[None], path: str) -> None:
    await pilot.press("t")
    await pilot.pause()
    await write(pilot, path)
    await pilot.pause()
