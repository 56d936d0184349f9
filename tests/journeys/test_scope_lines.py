"""Scopes are edited in place, and a warning is mended by its key."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from st_tui.core.model import Scope
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from st_tui.tui.widgets.expiry_selector import ExpirySelector
from st_tui.tui.widgets.field import Field
from tests.journeys.driving import (
    choose,
    opened,
    paste,
    said,
    screen_text,
    token_named,
    until,
    write,
)

SMALL = (80, 24)


async def form(pilot: Pilot[None], *scopes: str) -> Create:
    """The form for a token named web, with these scopes entered."""
    app = pilot.app
    await opened(pilot)
    await pilot.press("n")
    await until(pilot, lambda: isinstance(app.screen, Create), "the form opens")
    assert isinstance(app.screen, Create)
    await write(pilot, "web")
    await pilot.press("enter")
    for scope in scopes:
        await write(pilot, scope)
        await pilot.press("enter")
    return app.screen


def scopes(screen: Create) -> list[str]:
    return [str(scope) for scope in screen.draft().scopes]


async def test_a_line_is_edited_where_it_stands(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot, "/common/**", "prod:/ci", "/backend/**")
        assert scopes(screen) == ["dev:/common/**", "prod:/ci", "prod:/backend/**"]
        await pilot.press("up", "up", "backspace", "backspace")
        await write(pilot, "frontend/**")
        assert scopes(screen) == ["dev:/common/**", "prod:/frontend/**", "prod:/backend/**"]
        assert screen.query_one("#scope-path", Field).value == "/frontend/**"
        await pilot.press("enter", "shift+tab", "right")  # the next line: its environment
        assert scopes(screen)[2] == "dev:/backend/**"
        await pilot.press("tab", "end", "enter", "f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "nothing is in doubt")
        assert token_named(demo_app, "web").scopes == (
            Scope("dev", "/common/**"), Scope("prod", "/frontend/**"), Scope("dev", "/backend/**")
        )  # fmt: skip


@pytest.mark.parametrize("key", ["ctrl+d", "ctrl+u"])
async def test_a_line_goes_by_a_key_or_once_it_is_left_empty(demo_app: StTui, key: str) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot, "/common/**", "/ci", "/backend/**")
        await pilot.press("up", "up", key)
        if key == "ctrl+u":
            await pilot.press("backspace")  # as in a text: on to the end of the line before
            await write(pilot, "/a")
            assert scopes(screen) == ["dev:/common/**/a", "dev:/backend/**"]
        else:
            assert scopes(screen) == ["dev:/common/**", "dev:/backend/**"]


async def test_enter_goes_from_field_to_field(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot, "/ci")
        seen = []
        for _ in range(4):
            await pilot.press("enter")
            assert screen.focused is not None
            seen.append(screen.focused.id)
        assert seen == ["read", "write", "version", "preset"]
        assert screen.draft().permissions == {"read"}


async def test_more_lines_than_there_is_room_for_scroll(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot)
        await paste(pilot, "\n".join(f"/x{number}" for number in range(20)))
        await until(pilot, lambda: "/x19" in screen_text(pilot), "the last is in sight")
        assert "/x0 " not in screen_text(pilot)
        for _ in range(20):
            await pilot.press("up")
        assert "/x0 " in screen_text(pilot)
        assert "↓ 15" in screen_text(pilot)
        assert len(scopes(screen)) == 20


async def test_a_warning_is_mended_by_the_key_beside_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot, "/folder1/*", "/folder1/**")
        await until(pilot, lambda: "leaves out" in screen_text(pilot), "it is judged")
        await pilot.press("up", "up")
        await until(pilot, lambda: "^r write /folder1/**" in said(pilot), "the fix is told")
        await pilot.press("ctrl+r")
        assert scopes(screen) == ["dev:/folder1/**"]
        await until(pilot, lambda: "^r" not in said(pilot).split("^r fix")[0], "all is well")
        await write(pilot, "/folder1/**")
        await until(pilot, lambda: "! the same as scope 1" in said(pilot), "the same once more")


async def test_the_name_and_the_end_are_mended_too(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        screen = demo_app.screen
        assert isinstance(screen, Create)
        await write(pilot, "ci-deploy")
        await until(pilot, lambda: "^r name it ci-deploy-2" in said(pilot), "the next free one")
        await pilot.press("ctrl+r")
        assert screen.query_one("#name", Field).value == "ci-deploy-2"
        screen.query_one("#preset").focus()
        await pilot.press("left", "left")
        await until(pilot, lambda: "it lives until somebody revokes it" in said(pilot), "never")
        await pilot.press("ctrl+r")
        assert screen.query_one(ExpirySelector).typed == "12 mo"


async def test_a_digit_begins_an_end_of_ones_own(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        screen = await form(pilot, "/ci")
        screen.query_one("#preset").focus()
        await write(pilot, "45x")
        await until(pilot, lambda: "✖ 'x' is no unit of time" in said(pilot), "beside the field")
        await pilot.press("backspace")
        await write(pilot, "d")
        await until(pilot, lambda: "in 45 d" in said(pilot), "the date")
        assert screen.query_one(ExpirySelector).typed == "45d"
