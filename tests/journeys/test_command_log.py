"""The command log: what was done, as the command lines that do the same; never a secret in it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from st_tui.cli import main
from st_tui.tui.app import StTui
from st_tui.tui.screens.command_log import CommandLog
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from st_tui.tui.screens.folders import FoldersPage
from st_tui.tui.screens.secret_files import ExportFile
from st_tui.tui.screens.secret_form import SecretForm
from st_tui.tui.widgets.field import Field
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


async def test_secrets_are_logged_without_their_values(demo_app: StTui, tmp_path: Path) -> None:
    at = ["--env", "dev", "--path", "/"]
    async with demo_app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press("2", "n")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form is open")
        await write(pilot, "API_KEY")
        await pilot.press("enter")
        await write(pilot, "hunter2hunter2")
        await pilot.press("f2")
        await until(pilot, lambda: len(done(demo_app)) == 1, "it is written")
        await until(pilot, lambda: "API_KEY" in screen_text(pilot), "it is listed")
        await pilot.press("enter")
        await until(pilot, lambda: "▌API_KEY" in screen_text(pilot), "the cursor is on it")
        await pilot.press("enter")
        await until(pilot, lambda: len(done(demo_app)) == 2, "it is revealed")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(demo_app.screen, FoldersPage), "the page is back")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(demo_app.screen, ExportFile), "it asks for a file")
        file = str(tmp_path / "own keys.env")
        demo_app.screen.query_one("#file", Field).value = file
        await pilot.press("f2")
        await until(pilot, lambda: len(done(demo_app)) == 3, "it is exported")
        while not isinstance(demo_app.screen, FoldersPage):
            await pilot.press("escape")
        await pilot.press("d")
        await until(pilot, lambda: "Delete “API_KEY”" in screen_text(pilot), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: len(done(demo_app)) == 4, "it is deleted")
    assert [shlex.split(line)[1:] for line in done(demo_app)] == [
        ["secrets", "set", "API_KEY=-", *at],
        ["secrets", "get", "API_KEY", "--no-expand", *at],
        ["secrets", "export", *at, "--format", "dotenv", "-o", file],
        ["secrets", "delete", "API_KEY", "--yes", *at],
    ]
    assert "hunter2" not in str(demo_app.commands)


async def test_a_token_is_made_again_by_its_logged_command(
    demo_app: StTui, capsys: pytest.CaptureFixture[str]
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form is open")
        await write(pilot, "nightly")
        await pilot.press("enter")
        await write(pilot, "/common/**")
        await pilot.press("enter", "f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "it is made")
        text = screen_text(pilot)
        await until(pilot, lambda: len(done(demo_app)) == 1, "it is logged")
        await pilot.press("escape")
        await until(pilot, lambda: "Close without" in screen_text(pilot), "it asks")
        await pilot.press("x")
        await until(pilot, lambda: not isinstance(demo_app.screen, Created), "it is closed")
        [made] = demo_app.commands
    assert "st." in text
    assert not any(word.startswith("st.") for word in shlex.split(made.pasted))
    _program, *arguments = shlex.split(made.pasted)
    assert main([*arguments, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)["serviceTokenData"]
    assert (again["name"], again["permissions"]) == ("nightly", ["read"])
    assert again["scopes"] == [{"environment": "dev", "secretPath": "/common/**"}]
