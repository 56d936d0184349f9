"""What the dialog with a new token's text leaves behind."""

from __future__ import annotations

import gc

from textual.widgets import Static

from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from tests.journeys.driving import choose, opened, screen_text, until


async def test_nothing_of_a_new_token_stays_once_it_is_closed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "the token")
        dialog = demo_app.screen
        assert isinstance(dialog, Created)
        secret, key = dialog._new.text.secret, dialog._new.text.key
        assert secret in texts()
        dialog.text_select_all()
        await pilot.press("ctrl+c")
        assert key in demo_app.clipboard
        await pilot.press("q")
        await until(pilot, lambda: "Close for good?" in screen_text(pilot), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the list again")
        assert demo_app.clipboard == ""
        assert secret not in texts()
        assert key not in texts()
        assert "_new" not in vars(dialog)


def texts() -> str:
    """What every living text, on the screen or not yet collected, has to show."""
    return "\n".join(str(each.content) for each in gc.get_objects() if isinstance(each, Static))
