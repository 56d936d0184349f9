"""Make a service token: its name, scopes, access and end, with its reach and warnings live."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from st_tui.core.drafts import as_token, check_draft
from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_short
from st_tui.core.model import NewToken, Project, TokenDraft
from st_tui.core.plain_text import shown
from st_tui.tui import command_line
from st_tui.tui.actions import FIELDS, HELP, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.screens.draft_fields import DraftFields
from st_tui.tui.screens.filled_form import EMPTY_FORM, FormKeeping, form_of
from st_tui.tui.screens.responsive import WIDE
from st_tui.tui.screens.with_access_pane import WithAccessPane
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.title import Title

if TYPE_CHECKING:
    from st_tui.core.algebra.comparison import Grants
    from st_tui.core.vault import Vault
    from st_tui.core.vault.kept_form import FilledForm, KeptForm
    from st_tui.tui.screens.dialog import Confirm
    from st_tui.tui.screens.draft_remarks import DraftContext, Judged
    from st_tui.tui.widgets.access_pane import AccessPane

_SHORT = 24
"""Lines of a screen below which there are no blank ones between the rows."""


class Create(ShowsVault, WithAccessPane[NewToken | None], Leavable[NewToken | None]):
    """The form for a new token: empty, filled in from a draft, or as it was left unfinished.

    What is filled in is compared with `original`, or else with the draft as it was given. `about`
    says where the draft comes from.
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("create", "f2,ctrl+s", "make", "Make this token", "service-token create",
               hint=True, priority=True),
        Action("tree", "f4,ctrl+t", "tree", "Go between the form and the folder tree", hint=True,
               priority=True),
        Action("fix", "ctrl+r", "fix", "Mend what the warning beside this key says", hint=True,
               priority=True),
        Action("copy_command", "ctrl+y", "copy command",
               "Copy the command line that makes this token", hint=True, priority=True),
        Action("next_field", "enter", "next", "Go on to the next field"),
        *FIELDS,
        HELP._replace(keys="f1"),
        Action("leave", "escape,f10", "close", "Close the form without making a token", hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Create {
        #columns { height: 1fr; }
        &.-tight Row { height: 1; }
        &.-tight DraftFields { padding: 0 1; }
        &.-tight ReachSummary { margin-top: 0; }
        #command { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; }
    }
    """

    def __init__(
        self,
        draft: TokenDraft | None = None,
        *,
        title: str = "New service token",
        original: Grants | None = None,
        about: str = "",
        kept: KeptForm | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._start = draft
        self._original = original or draft
        self._about = about
        self._kept = kept
        self._project: Project
        """What the form was opened for, and never another project."""
        self._judged_by: DraftContext | None = None
        """None until the vault was read."""
        self._judged: Judged | None = None
        self._untouched: FilledForm | None = None
        self._asked_about: tuple[str, str] | None = None
        """The environment and path that the pane was last asked about."""
        self._reading = LatestWins(self, self._read)
        self._judging = LatestWins(self, self._judge_apart)
        self._keeping: FormKeeping | None = None

    @property
    def _fields(self) -> DraftFields:
        return self.query_one(DraftFields)

    def compose(self) -> ComposeResult:
        columns, rows = self.app.size
        assert self.host.project is not None  # noqa: S101  # the app opens no form without one
        self._project = self.host.project
        self.set_class(rows < _SHORT, "-tight")
        start = self._kept.form if self._kept else form_of(self._start, self.host.clock())
        yield Title()
        with Horizontal(id="columns"):
            is_made_of = self._start is not None
            yield DraftFields(start, same=is_made_of, columns=columns, is_tight=rows < _SHORT)
            if columns >= WIDE:
                yield self.new_pane()
        yield Static(id="command")
        yield KeyHints(self.ACTIONS)

    def new_pane(self) -> AccessPane:
        from st_tui.tui.widgets.access_pane import AccessPane

        pane = AccessPane(
            self.host.clock,
            title="Preview",
            folder_note=lambda path: self._fields.lines.folder_note(path),
            start_at=self._asked_about,
        )
        pane.visible = self._judged_by is not None  # its place is kept, or the form would move
        self._set_project(pane)
        if self._judged is not None:
            pane.show(as_token(self._judged.draft))
        return pane

    def on_mount(self) -> None:
        facts = ""
        if self._kept is not None:
            facts = f"from {in_short(self._kept.kept_at, self.host.clock())}, not finished"
        self.query_one(Title).show(self._project.name, self._title, facts=facts)
        self.query_one("#name").focus()
        self._untouched = EMPTY_FORM if self._kept else self._fields.typed()
        is_kept = self._kept is not None
        self._keeping = FormKeeping(
            self, self.host, self._project, self._fields.typed, is_kept=is_kept
        )
        self._show()
        self._reading.request()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < _SHORT, "-tight")
        self._show_command()

    def on_unmount(self) -> None:
        if self._keeping is not None:
            self._keeping.close()

    # --- what the draft is judged by --------------------------------------------------------------

    def show(self) -> None:
        """Judge the draft again: a colleague may have made a folder."""
        project = self.host.project
        if self._untouched is None:
            return
        if project is not None and project.id == self._project.id:
            self._project = project
            self._reading.request()
        else:
            facts = Content.styled("somebody deleted this project", "$text-error")
            self.query_one(Title).show(self._project.name, self._title, facts=facts)

    async def _read(self) -> None:
        project = self._project

        def read(vault: Vault) -> DraftContext:
            from st_tui.tui.screens.draft_remarks import read_context  # not for the first frame

            return read_context(vault, project)

        try:
            self._judged_by = await self.host.read(read)
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error")
            return
        for pane in self.panes():
            self._set_project(pane)
            pane.visible = True
        self._fields.lines.set_project(self._judged_by.environments, self._judged_by.folders)
        self._show()

    def _set_project(self, pane: AccessPane) -> None:
        if self._judged_by is not None:
            environments, folders, *_ = self._judged_by
            pane.set_project(environments, folders, e2ee=self._project.e2ee)

    def draft(self) -> TokenDraft:
        """What is filled in, with the scopes that are still being typed. Raises Refusal."""
        return self._fields.draft()

    def _show(self) -> None:
        """Judge the draft, and show its reach, its warnings and its command line."""
        self._show_command()
        if self._judged_by is None:
            return
        from st_tui.tui.screens.draft_remarks import is_quick, judge

        draft = self._fields.as_far_as_valid()
        if is_quick(draft, self._judged_by):
            self._show_judged(judge(draft, self._judged_by, self._original))
        else:
            self._judging.request()

    async def _judge_apart(self) -> None:
        from st_tui.tui.screens.draft_remarks import judge

        if self._judged_by is not None:
            draft = self._fields.as_far_as_valid()
            found = await asyncio.to_thread(judge, draft, self._judged_by, self._original)
            self._show_judged(found)

    def _show_judged(self, judged: Judged) -> None:
        self._judged = judged
        self._fields.show_judged(judged, self._about)
        for pane in self.panes():
            pane.show(as_token(judged.draft))

    # --- the command line -------------------------------------------------------------------------

    def _show_command(self) -> None:
        draft = self._fields.as_far_as_valid()
        command = self._command(draft if draft.name else draft._replace(name="…"))
        line = Content(f"$ {shown(command)}").truncate(self.app.size.width - 2, ellipsis=True)
        self.query_one("#command", Static).update(line, layout=False)

    def _command(self, draft: TokenDraft) -> str:
        project = self._judged_by.project if self._judged_by else None
        return command_line.spelt(command_line.create(draft, self._fields.expires, project))

    @work
    async def action_copy_command(self) -> None:
        from st_tui.tui.screens.text_alone import TextAlone
        from st_tui.tui.terminal.clipboard import copy

        try:
            command = self._command(self._checked())
        except Refusal as refusal:
            self.host.notify(f"No command yet. {refusal}", severity="warning")
            return
        outcome = await copy(self.app, command)
        self.host.notify(f"The command: {outcome.message}")
        if not outcome.sent and self.app.screen is self:
            self.app.push_screen(TextAlone(command, "the command"))

    # --- fixes, the tree, and going from field to field -------------------------------------------

    async def action_fix(self) -> None:
        fix = self._fields.next_fix(self._judged) if self._judged else None
        if fix is None:
            self.host.notify("No warning here has a fix.")
        else:
            await self._fields.mend(fix)

    async def action_tree(self) -> None:
        from st_tui.tui.widgets.scope_tree import ScopeTree

        fields = self._fields
        if fields.has_class("picking"):
            self.on_scope_tree_left()
            return
        if not self.query(ScopeTree):
            await fields.mount(ScopeTree(fields.lines, self._opens))
        tree = self.query_one(ScopeTree)
        tree.show_environment()
        fields.add_class("picking")
        tree.focus()

    def on_scope_tree_left(self) -> None:
        self._fields.remove_class("picking")
        self.query_one("#scope-path").focus()

    def _opens(self, path: str) -> bool:
        from st_tui.tui.screens.draft_remarks import opens

        return opens(self._fields.as_far_as_valid(), self._fields.lines.environment, path)

    def action_next_field(self) -> None:
        self.focus_next("DraftFields *")

    def on_descendant_focus(self) -> None:
        if self._judged is not None:
            self._show_judged(self._judged)  # the fix of this field comes first

    @on(DraftFields.Changed)
    def _changed(self, event: DraftFields.Changed) -> None:
        if event.asked_about is not None:
            self._asked_about = event.asked_about
            for pane in self.panes():
                pane.ask(*event.asked_about)
        self._show()
        if self._keeping is not None and self.unsaved:
            self._keeping.changed()

    # --- making it --------------------------------------------------------------------------------

    @work
    async def action_create(self) -> None:
        if self.is_writing:
            return
        await self._fields.lines.known()
        if self.is_writing:
            return  # the key was pressed twice before the vault was read
        if self._fields.find_fault():
            self._show()
            return
        try:
            with self.writing():
                new = await self._make()
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error", timeout=8)
            return
        if new is not None:
            while self.app.screen is not self:  # the help or the palette was opened meanwhile
                self.app.pop_screen()
            self.dismiss(new)

    async def _make(self) -> NewToken | None:
        """Make the token, after a question if there are doubts. Raises Refusal."""
        from st_tui.tui.screens.dialog import Confirm
        from st_tui.tui.screens.draft_remarks import doubts

        draft = self._checked()
        typed = self._fields.lines.not_entered()
        if found := doubts(draft, typed, self._known.folders):
            question = Confirm(
                f"Make “{draft.name}” as it stands?",
                "\n".join([*found, "\nA token cannot be changed afterwards."]),
                verb="make",
            )
            if not await self.host.ask(question):
                return None
            draft = self._checked()  # its duration counts from now
        project, keeping = self._project, self._keeping

        def make(vault: Vault) -> NewToken:
            new = vault.tokens.create(project, draft)
            if keeping is not None:
                keeping.forget()
            return new

        return await self.host.change(
            "Making the token", make, command=command_line.create(draft, self._fields.expires)
        )

    def _checked(self) -> TokenDraft:
        return check_draft(self.draft(), self._known.environments, self.host.clock())

    @property
    def _known(self) -> DraftContext:
        """What the draft is judged by, once `lines.known` was waited for."""
        assert self._judged_by is not None  # noqa: S101
        return self._judged_by

    # --- leaving ----------------------------------------------------------------------------------

    @property
    def unsaved(self) -> str:
        same = self._untouched is None or self._fields.typed() == self._untouched
        return "" if same else "A form is filled in"

    def leaving_question(self) -> Confirm:
        from st_tui.tui.screens.dialog import close_form_question

        return close_form_question("What you filled in is lost. No token is made.")

    def leave(self, answer: NewToken | None = None) -> None:
        if self._keeping is not None:
            # By the app: the screen's own workers end with it.
            self.app.run_worker(asyncio.to_thread(self._keeping.forget), name="forget the form")
        super().leave(answer)
