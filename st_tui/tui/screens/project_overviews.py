"""The screens about all tokens of a project, opened from the page with the tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from textual import work
from textual.screen import Screen

from st_tui.core.model import Environment
from st_tui.tui.actions import Action
from st_tui.tui.screens.project_actions import ProjectActions

OVERVIEW_ACTIONS = (
    Action("who", "w", "who", "Ask who can reach a path or a pattern",
           "scope who --env SLUG --path PATH"),
    Action("warnings", "exclamation_mark", "warnings",
           "Lint the project: the warnings about every token", "scope lint"),
    Action("promises", "v", "promises", "Prove the promises of a file about all tokens",
           "scope prove FILE", own_machine=True),
)  # fmt: skip


class ProjectOverviews(ProjectActions):
    """Mixed into the page with the tokens."""

    def tested_place(self) -> tuple[str, str]:
        """The environment and path that are asked about; else none, and the root."""
        raise NotImplementedError

    async def known_environments(self) -> Sequence[Environment] | None:
        """The project's environments, once they are read; None if they cannot be."""
        raise NotImplementedError

    def action_who(self) -> None:
        from st_tui.core.secrets.model import Place
        from st_tui.tui.screens.who import Who

        self.open_overview(lambda: Who(Place(*self.tested_place())))

    def action_warnings(self) -> None:
        from st_tui.tui.screens.warnings import Warnings

        self.open_overview(Warnings)

    @work
    async def action_promises(self) -> None:
        from st_tui.tui.screens.promises import OFFERED, Promises, promises_in
        from st_tui.tui.screens.prompt import Prompt

        if await self.project_first() is None:
            return
        environments = await self.known_environments()
        if environments is None:
            return  # why they cannot be read was said
        beside = self.host.directory / OFFERED
        offered = str(beside) if beside.is_file() else ""
        prompt = Prompt(
            "File of promises", offered, OFFERED, lambda name: promises_in(name, environments)
        )
        name = await self.host.ask(prompt)
        if name is not None:
            self.host.did("scope", "prove", name)
            self.open_overview(lambda: Promises(name))

    @work
    async def open_overview(self, overview: Callable[[], Screen[None]]) -> None:
        """Open a screen about all tokens of the project, if there is one."""
        page = cast("Screen[None]", self)
        if await self.project_first() is not None and self.app.screen is page:
            self.app.push_screen(overview())
