"""The command log: what was done, as the command lines that do the same; never a secret in it."""

from __future__ import annotations

import shlex

import pytest

from st_tui.cli import main
from st_tui.tui.app import StTui
from st_tui.tui.screens.command_log import CommandLog
from tests.journeys.driving import choose, opened, screen_text, until, write


def done(app: StTui) -> list[str]:
    """What the log says, the oldest first."""
    return [command.text for command in app.commands]


async def test_what_is_done_is_logged_with_full_ids(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        v3 = await choose(pilot, "mobile-release")
        await pilot.press("a")
        await until(pilot, lambda: len(done(demo_app)) == 1, "it is switched on")
        doomed = await choose(pilot, "preview-apps")
        await pilot.press("d")
        await until(pilot, lambda: "Revoke" in screen_text(pilot), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: len(done(demo_app)) == 2, "it is revoked")
        assert done(demo_app) == [
            f"st-tui service-token activate {v3.id}",
            f"st-tui service-token delete {doomed.id}",
        ]
        await pilot.press("at")
        await until(pilot, lambda: isinstance(demo_app.screen, CommandLog), "the log is open")
        lines = [line for line in screen_text(pilot).splitlines() if "service-token" in line]
        assert doomed.id in lines[0]  # the newest first
        assert v3.id in lines[1]


async def test_what_was_refused_or_given_up_is_not_logged(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "preview-apps")
        await pilot.press("d")
        await until(pilot, lambda: "Revoke" in screen_text(pilot), "it asks")
        await pilot.press("n")
        await pilot.press("at")
        await until(pilot, lambda: "Nothing was done yet." in screen_text(pilot), "it is empty")
        assert done(demo_app) == []


async def test_a_logged_command_does_the_same(
    demo_app: StTui, capsys: pytest.CaptureFixture[str]
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        token = await choose(pilot, "mobile-release")
        await pilot.press("a")
        await until(pilot, lambda: len(done(demo_app)) == 1, "it is switched on")
        await pilot.press("a")
        await until(pilot, lambda: len(done(demo_app)) == 2, "it is switched off")
        activate = demo_app.commands[0].pasted
    program, *arguments = shlex.split(activate)
    assert program == "st-tui"
    assert main(arguments) == 0
    capsys.readouterr()
    assert main(["service-token", "show", token.id, "--vault", str(demo_app.directory)]) == 0
    assert "active" in capsys.readouterr().out


async def test_with_several_projects_a_command_names_its_own(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await demo_app.change("Making it", lambda vault: vault.projects.create("Shop"))
        await until(pilot, lambda: demo_app._projects == 2, "there are two")
        await choose(pilot, "mobile-release")
        await pilot.press("a")
        await until(pilot, lambda: len(done(demo_app)) == 1, "it is switched on")
        assert done(demo_app)[0].endswith(" --project demo")


async def test_a_name_that_begins_with_a_dash_is_no_option(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "+ new project" in screen_text(pilot), "projects are offered")
        await pilot.press("end", "enter")
        await until(pilot, lambda: "Name of the new project" in screen_text(pilot), "it asks")
        await write(pilot, "-x")
        await pilot.press("enter")
        await until(pilot, lambda: len(done(demo_app)) == 1, "it is made")
        assert shlex.split(done(demo_app)[0])[1:4] == ["project", "create", "--name=-x"]
