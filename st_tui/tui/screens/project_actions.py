"""The actions on the project, which every page has: switch its E2EE, or show another one."""

from __future__ import annotations

from textual import work

from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.tui.command_line import option
from st_tui.tui.host import Hosted


class ProjectActions(Hosted):
    """Mixed into a page."""

    async def project_first(self) -> Project | None:
        """The project, once the vault is open; None if there is none, which is said."""
        await self.host.opened()
        if self.host.project is None:
            self.host.notify("Make a project first: press p.", severity="warning")
        return self.host.project

    @work
    async def action_toggle_e2ee(self) -> None:
        from st_tui.tui.screens.dialog import Confirm

        project = await self.project_first()
        if project is None:
            return
        effect = (
            "The server then holds a key that opens this project's values, and raw endpoints "
            "work. Whoever reads the server's files can open the secrets."
            if project.e2ee
            else "The server's copy of the project key is erased, and raw endpoints are refused. "
            "A copy of the files taken before still opens."
        )
        question = Confirm(
            f"Turn E2EE {'off' if project.e2ee else 'on'} for “{project.name}”?",
            effect,
            verb=f"turn {'off' if project.e2ee else 'on'}",
        )
        if await self.host.ask(question):
            await self.host.change(
                "Switching E2EE",
                lambda vault: vault.projects.set_e2ee(project, on=not project.e2ee),
                command=("e2ee", "off" if project.e2ee else "on"),
            )

    @work
    async def action_switch_project(self) -> None:
        from st_tui.tui.screens.picker import Picker

        await self.host.opened()
        try:
            projects = await self.host.read(lambda vault: vault.projects.every())
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error", timeout=8)
            return
        options: list[tuple[str, Project | str]] = [(project.name, project) for project in projects]
        chosen = await self.host.ask(Picker("Project", [*options, ("+ new project", "new")]))
        project = await self._make_project() if chosen == "new" else chosen
        if isinstance(project, Project):
            self.host.show_project(project)

    async def _make_project(self) -> Project | None:
        """Ask for a name, and make a project of it."""
        from st_tui.tui.screens.prompt import Prompt

        prompt = Prompt("Name of the new project", "", "Payments", _check_name)
        name = await self.host.ask(prompt)
        if name is None:
            return None
        return await self.host.change(
            "Making it",
            lambda vault: vault.projects.create(name),
            command=("project", "create", *option("--name", name)),
        )


def _check_name(name: str) -> None:
    from st_tui.core.vault import DEFAULT_ENVIRONMENTS, check_new_project

    check_new_project(name, DEFAULT_ENVIRONMENTS)
