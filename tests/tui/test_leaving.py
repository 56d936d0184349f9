"""A screen that is left while another covers it goes once that one has gone."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from st_tui.core.vault import Vault
from st_tui.core.vault.secrets import Secrets
from st_tui.tui.app import StTui
from st_tui.tui.screens.secret_form import SecretForm
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.screens.warnings import Warnings
from st_tui.tui.terminal.too_small import TooSmall
from tests.journeys.driving import opened, screen_text, until, write


async def test_a_screen_of_a_project_that_is_gone_leaves_once_it_is_on_top(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "warnings about" in screen_text(pilot), "all are found")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "a token")
        await pilot.press("question_mark")
        await until(pilot, lambda: len(demo_app.screen_stack) == 4, "the help over it")
        with Vault.open(demo_app.directory, actor="colleague") as other:
            for project in other.projects.every():
                other.projects.delete(project)
        await until(pilot, lambda: demo_app.project is None, "it is seen")
        await pilot.pause()
        assert [type(screen) for screen in demo_app.screen_stack[1:3]] == [Warnings, TokenScreen]
        assert len(demo_app.screen_stack) == 4
        await pilot.press("f10")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "only the list is left")
        assert isinstance(demo_app.screen, TokensPage)


async def test_a_form_that_is_done_in_too_small_a_terminal_leaves_once_it_is_larger(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, done = threading.Event(), threading.Event()
    create = Secrets.create

    def slow(*args: Any) -> Any:
        may_go_on.wait(10)
        made = create(*args)
        done.set()
        return made

    monkeypatch.setattr(Secrets, "create", slow)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("2", "n")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form")
        await write(pilot, "NEW")
        await pilot.press("f2")
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: isinstance(demo_app.screen, TooSmall), "it is covered")
        may_go_on.set()
        await until(pilot, done.is_set, "it is made")
        await pilot.pause(0.1)
        assert isinstance(demo_app.screen, TooSmall)
        assert len(demo_app.screen_stack) == 3
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form has gone")
