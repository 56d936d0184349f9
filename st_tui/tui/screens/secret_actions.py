"""The actions on the secrets of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from st_tui.core.secrets.model import Place, Secret, SecretImport, SecretLabel
from st_tui.tui.actions import Action
from st_tui.tui.command_line import in_folder
from st_tui.tui.host import Hosted
from st_tui.tui.widgets.secret_list import SecretList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from st_tui.core.model import Project
    from st_tui.core.secrets.used_by import UsedBy
    from st_tui.core.vault import Vault

SECRET_ACTIONS = (
    Action("reveal", "enter", "reveal", "Show the value of this secret until you look away",
           "secrets get NAME", hint=True, at="SecretList"),
    Action("copy_value", "y", "copy", "Copy the value of this secret without showing it",
           hint=True, at="SecretList"),
    Action("change_secret", "c", "change", "Write another value of this secret, or rename it",
           "secrets set NAME=VALUE", hint=True, at="SecretList"),
    Action("new_secret", "n", "new", "Make a secret in this folder",
           "secrets set NAME=VALUE", hint=True),
    Action("link", "i", "import", "Let the secrets of another folder be found in this one",
           "secrets imports create"),
    Action("import_file", "l", "load file", "Make or change secrets as a file says",
           "secrets import FILE", own_machine=True),
    Action("export_file", "x", "export", "Write the secrets of this folder to a file",
           "secrets export -o FILE", own_machine=True),
)  # fmt: skip

_MOST_NAMED = 4
"""Imports and references that are named of those that use what is deleted."""


class SecretActions(Hosted):
    """Mixed into the page that shows a folder's secrets."""

    @property
    def secrets(self) -> SecretList:
        """The list with the secret under the cursor."""
        raise NotImplementedError

    def chosen_place(self) -> Place | None:
        """The folder that is shown."""
        raise NotImplementedError

    async def folders_known(self) -> None:
        """Wait until the folders of the chosen environment are shown."""
        raise NotImplementedError

    async def place_to_fill(self) -> tuple[Project, Place] | None:
        """The project and the folder that is shown; None if there is none, which is said."""
        await self.folders_known()
        project, place = self.host.project, self.chosen_place()
        if project is None or place is None:
            self.host.notify("Make an environment first: press e.", severity="warning")
            return None
        return project, place

    def go_to(self, place: Place) -> None:
        """Show another folder."""
        raise NotImplementedError

    def show_secret(self, row_id: str) -> None:
        """Put the cursor on a secret or import once it is listed."""
        raise NotImplementedError

    def chosen_secret(self) -> tuple[Place, SecretLabel] | None:
        """The secret under the cursor and its folder; None if there is none, which is said."""
        row, contents = self.secrets.current, self.secrets.contents
        # Only if the list has the focus: `y` in the tree must not copy an unseen secret.
        if contents is None or not self.secrets.has_focus or not isinstance(row, SecretLabel):
            self.host.notify("Choose a secret first.", severity="warning")
            return None
        return contents.place, row

    async def read_secret(self) -> Secret | None:
        """The secret under the cursor with its value; the audit log records that."""
        chosen, project = self.chosen_secret(), self.host.project
        if chosen is None or project is None:
            return None
        place, row = chosen
        return await self.host.change(
            "Reading",
            lambda vault: vault.secrets.get(project, place, row.name),
            command=("secrets", "get", row.name, "--no-expand", *in_folder(place)),
        )

    # In a group of its own, or it would end other actions of the page, and nobody heard of them.
    @work(group="value", exclusive=True)
    async def action_reveal(self) -> None:
        from st_tui.tui.screens.reveal import Reveal

        row = self.secrets.current
        if isinstance(row, SecretImport):
            self.go_to(row.source)
            return
        project, page, secret = self.host.project, self.app.screen, await self.read_secret()
        if project is not None and secret is not None and self.app.screen is page:
            await self.host.ask(Reveal(project, secret))

    @work(group="value", exclusive=True)
    async def action_copy_value(self) -> None:
        from st_tui.tui.screens.reveal import ValueAlone
        from st_tui.tui.terminal.clipboard import copy

        page, secret = self.app.screen, await self.read_secret()
        if secret is not None:
            outcome = await copy(self.app, secret.value)
            self.host.notify(f"Value of “{secret.name}”: {outcome.message}")
            if not outcome.sent and self.app.screen is page:
                self.app.push_screen(ValueAlone(secret.value))

    @work
    async def action_new_secret(self) -> None:
        from st_tui.tui.screens.secret_form import SecretForm

        to_fill = await self.place_to_fill()
        if to_fill is None:
            return
        saved = await self.host.ask(SecretForm(*to_fill))
        if saved is not None:
            self.show_secret(saved.id)

    @work
    async def action_change_secret(self) -> None:
        from st_tui.tui.screens.secret_form import SecretForm

        chosen, project = self.chosen_secret(), self.host.project
        if chosen is None or project is None:
            return
        saved = await self.host.ask(SecretForm(project, *chosen))
        if saved is None:
            return
        self.host.notify(f"Version {saved.version} is written.")
        self.show_secret(saved.id)
        old_name = chosen[1].name
        left = await self.host.find(
            "Looking for what uses it", lambda v: v.secrets.still_naming(project, old_name, saved)
        )
        if left is not None:
            self._warn(f"“{old_name}” is renamed.", left)

    @work
    async def action_link(self) -> None:
        from st_tui.tui.screens.link_form import LinkForm

        to_fill = await self.place_to_fill()
        if to_fill is None:
            return
        project, place = to_fill
        known = await self.host.find(
            "Reading", lambda v: (v.environments.every(project), v.folders.of_each(project))
        )
        if known is None or not known[0]:
            return  # a colleague deleted them just now, and the page is about to say so
        form = LinkForm(project, place, *known)
        link = await self.host.ask(form)
        if link is not None:
            self.show_secret(link.id)

    @work
    async def action_import_file(self) -> None:
        from st_tui.tui.screens.secret_files import ImportFile
        from st_tui.tui.screens.secret_import import import_secrets

        to_fill = await self.place_to_fill()
        if to_fill is None:
            return
        project, place = to_fill
        read = await self.host.ask(ImportFile(place))
        if read is not None:
            await import_secrets(self.host, project, place, read.secrets, source=read.file)

    @work
    async def action_export_file(self) -> None:
        from st_tui.tui.screens.secret_files import ExportFile, ExportRemarks

        await self.folders_known()
        project, place = self.host.project, self.chosen_place()
        if project is None or place is None:
            return
        exported = await self.host.ask(ExportFile(project, place))
        if exported is not None:
            if exported.remarks:
                await self.host.ask(ExportRemarks(exported))
            else:
                self.host.notify(exported.done)

    async def delete_row(self) -> None:
        """Delete the secret or import under the cursor, after a question."""
        contents, row, project = self.secrets.contents, self.secrets.current, self.host.project
        if contents is None or row is None or project is None:
            return
        place = contents.place
        if isinstance(row, SecretImport):
            await self.delete_unless_kept(
                f"Stop importing {row.source}?",
                f"Its secrets stay where they are, and are no longer found in {place}.",
                lambda v: v.secrets.used_by_import(project, row),
                lambda v: v.secrets.delete_import(project, row),
                ("secrets", "imports", "delete", *in_folder(place), "--from", str(row.source)),
                verb="stop importing",
            )
        else:
            await self.delete_unless_kept(
                f"Delete “{row.name}”?",
                f"All its versions in {place} are deleted with it. This cannot be undone.",
                lambda v: v.secrets.used_by(project, place, row.name),
                lambda v: v.secrets.delete(project, place, row.name),
                ("secrets", "delete", row.name, "--yes", *in_folder(place)),
            )

    async def delete_unless_kept(
        self,
        title: str,
        effect: str,
        find: Callable[[Vault], UsedBy],
        delete: Callable[[Vault], object],
        command: Sequence[str],
        *,
        verb: str = "delete",
    ) -> None:
        """Delete something after a question; `command` does the same.

        The question and the toast afterwards name what uses it: `find` decrypts values to know, in
        a thread.
        """
        from st_tui.tui.screens.dialog import Confirm

        page, used = self.app.screen, await self.host.find("Looking for what uses it", find)
        if used is None or self.app.screen is not page:
            return
        told = used.told(_MOST_NAMED)
        question = Confirm(title, "\n".join([effect, "", *told] if told else [effect]), verb=verb)
        if not await self.host.ask(question):
            return

        def deleted(vault: Vault) -> UsedBy:
            with vault.together():
                lost = find(vault)
                delete(vault)
            return lost

        lost = await self.host.change("Deleting", deleted, command=command)
        if lost is not None:
            self._warn("Deleted.", lost)

    def _warn(self, done: str, lost: UsedBy) -> None:
        """Say what was done, and what used it, if anything did."""
        from st_tui.core.secrets.used_by import in_prose

        if told := lost.told(_MOST_NAMED):
            self.host.notify(f"{done} {in_prose(told)}", severity="warning", timeout=10)
