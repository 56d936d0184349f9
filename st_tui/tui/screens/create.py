"""Make a service token: its name, scopes, access and end, with its reach and warnings live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core import addresses
from st_tui.core.algebra.comparison import Grants
from st_tui.core.drafts import (
    LONGEST_NAME,
    as_token,
    check_draft,
)
from st_tui.core.errors import Refusal
from st_tui.core.model import (
    NewToken,
    Permission,
    Project,
    ServiceToken,
    TokenDraft,
)
from st_tui.core.plain_text import shown
from st_tui.tui.actions import FIELDS, HELP, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.leaving import Leavable
from st_tui.tui.screens.dialog import Confirm, close_form_question
from st_tui.tui.screens.draft_remarks import EMPTY_CONTEXT, doubts, read_context, warning_lines
from st_tui.tui.screens.responsive import WIDE
from st_tui.tui.screens.with_access_pane import WithAccessPane
from st_tui.tui.widgets.expiry_selector import ExpirySelector
from st_tui.tui.widgets.field import Field, Label, ListField
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.scope_picker import ScopePicker
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from st_tui.tui.widgets.access_pane import AccessPane

_ANYWHERE = " ".join(addresses.ANYWHERE_TEXT)


class Create(ShowsVault, WithAccessPane[NewToken | None], Leavable[NewToken | None]):
    """The form for a new token, empty or filled in from a draft.

    What is filled in is compared with `original`, or else with the draft as it was given. `about`
    says where the draft comes from.
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("create", "f2,ctrl+s", "create", "Make this token", "service-token create",
               hint=True, priority=True),
        Action("preview", "f4", "preview", "Go between the form and the folder tree", hint=True,
               priority=True),
        Action("cycle", "space", "in tree: /x → /x/* → /x/**",
               "In the tree: scope this folder, its children, or everything below"),
        *FIELDS,
        HELP._replace(keys="f1"),
        Action("leave", "escape,f10", "close", "Close the form without making a token", hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Create {
        #title {
            height: 1; padding: 0 1; dock: top;
            background: $panel; color: $text-primary; text-style: bold;
        }
        #form { padding: 0 1; width: 1fr; scrollbar-size-vertical: 1; }
        .row { height: 1; }
        .tall { height: auto; }
        .v3 { display: none; }
        &.is-v3 .v3 { display: block; }
        #about { height: auto; margin-bottom: 1; color: $text-success; }
        #warnings { height: auto; margin-top: 1; }
        #fault { height: auto; }
        &.-narrow.testing #form { display: none; }
    }
    """

    def __init__(
        self,
        draft: TokenDraft | None = None,
        *,
        title: str = "New service token",
        original: Grants | None = None,
        about: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._start = draft
        self._original = original or draft
        self._about = about
        self._draft_context = EMPTY_CONTEXT
        self._untouched: list[object] = []
        self._drafted: ServiceToken | None = None
        """The token that the last valid draft would make."""
        self._asked_about: tuple[str, str] | None = None
        """The environment and path that the pane was last asked about."""

    @property
    def _project(self) -> Project:
        assert self.host.project is not None  # noqa: S101  # the app opens no form without one
        return self.host.project

    def compose(self) -> ComposeResult:
        self._read_draft_context()
        start = self._start
        permissions = start.permissions if start else frozenset({Permission.READ})
        now = self.host.clock()
        duration = start.expires_at - now if start and start.expires_at is not None else None
        yield Static(self._title, id="title", markup=False)
        with Horizontal(id="columns"):
            with VerticalScroll(id="form", can_focus=False):
                if self._about:
                    yield Static(self._about, id="about", markup=False)
                with Horizontal(classes="row"):
                    yield Label("Name")
                    yield Field(
                        start.name if start else "",
                        placeholder="what it is for",
                        max_length=LONGEST_NAME,
                        id="name",
                    )
                yield ScopePicker(start.scopes if start else ())
                with Horizontal(classes="row"):
                    yield Label("Access")
                    for p in Permission:
                        yield TickBox(p.value, p in permissions, id=p.value)
                with Horizontal(classes="tall"):
                    yield Label("Expires")
                    yield ExpirySelector(self.host.clock, duration=duration, same=start is not None)
                with Horizontal(classes="row"):
                    yield Label("Version")
                    yield Selector([("V2", 2), ("V3", 3)], all_shown=True, id="version")
                with Horizontal(classes="row v3"):
                    yield Label("Active")
                    yield TickBox("from the start", bool(start and start.is_active), id="active")
                with Horizontal(classes="row v3"):
                    yield Label("Trusted IPs")
                    yield ListField(_trusted(start), placeholder=_ANYWHERE, id="trusted-ips")
                yield Static(id="fault")
                yield Static(id="warnings")
            if self.app.size.width >= WIDE:
                yield self.new_pane()
        yield KeyHints(self.ACTIONS)

    def new_pane(self) -> AccessPane:
        from st_tui.tui.widgets.access_pane import AccessPane

        pane = AccessPane(
            self.host.clock,
            title="Preview",
            folder_note=lambda path: self._picker.folder_note(path),
            start_at=self._asked_about,
        )
        self._set_project(pane)
        pane.show(self._drafted)
        return pane

    def on_mount(self) -> None:
        self._picker.set_project(self._draft_context.environments, self._draft_context.folders)
        self.query_one("#version", Selector).choose(self._start.version if self._start else 2)
        self.set_class(bool(self._start and self._start.version == 3), "is-v3")
        self.query_one("#name", Field).focus()
        self._show()
        self._untouched = self._as_typed()

    def show(self) -> None:
        """Judge the draft again: a colleague may have made a folder."""
        if self._untouched and self.host.project is not None:
            self._read_draft_context()
            for pane in self.panes():
                self._set_project(pane)
            self._picker.set_project(self._draft_context.environments, self._draft_context.folders)
            self._show()

    def _read_draft_context(self) -> None:
        """Read what the draft is judged by."""
        if self.host.vault is not None:
            self._draft_context = read_context(self.host.vault, self._project)

    def _set_project(self, pane: AccessPane) -> None:
        pane.set_project(
            self._draft_context.environments, self._draft_context.folders, e2ee=self._project.e2ee
        )

    # --- the draft ------------------------------------------------------------------------------

    def draft(self) -> TokenDraft:
        """What is filled in, with the scope that is still being typed. Raises Refusal."""
        version = self.query_one("#version", Selector).value
        permissions = [p for p in Permission if self.query_one(f"#{p.value}", TickBox).value]
        ips = self.query_one("#trusted-ips", ListField).values
        return TokenDraft(
            name=self.query_one("#name", Field).value,
            scopes=self._picker.drafted(),
            permissions=frozenset(permissions),
            expires_at=self.query_one(ExpirySelector).end(),
            version=version,
            is_active=version == 2 or self.query_one("#active", TickBox).value,
            trusted_ips=addresses.parse_ranges(ips or addresses.ANYWHERE_TEXT)
            if version == 3
            else None,
        )

    @property
    def _picker(self) -> ScopePicker:
        return self.query_one(ScopePicker)

    def _show(self) -> None:
        """Show the draft's reach and warnings, or no warnings while it is not valid."""
        self.query_one("#fault", Static).update("")
        try:
            draft = self.draft()
        except Refusal:
            self.query_one("#warnings", Static).update("")
            return
        self._drafted = as_token(draft)
        for pane in self.panes():
            pane.show(self._drafted)
        lines = warning_lines(draft, self._draft_context, self._original)
        self.query_one("#warnings", Static).update(Content("\n").join(lines))

    # --- the tree -------------------------------------------------------------------------------

    def action_cycle(self) -> None:
        """Change the scope of the folder under the cursor in the tree."""
        for pane in self.panes():
            folder = pane.reach.current
            if folder is not None and pane.reach.has_focus:
                self._picker.cycle(folder.path)

    async def action_preview(self) -> None:
        if any(pane.reach.has_focus for pane in self.panes()):
            self.on_access_pane_left()
        else:
            pane = await self.show_pane()
            pane.reach.focus()

    def on_access_pane_left(self) -> None:
        """Go from the pane back to the form."""
        self.remove_class("testing")
        self.query_one("#scope-path", Field).focus()

    # --- events ---------------------------------------------------------------------------------

    @on(Input.Changed)
    @on(TickBox.Changed)
    @on(ExpirySelector.Changed)
    def _form_changed(self) -> None:
        self._show()

    @on(Input.Submitted, "#name")
    def _name_typed(self) -> None:
        # Not to the environment: a path is typed next, and it may name its environment.
        self.query_one("#scope-path", Field).focus()

    @on(Selector.Changed, "#version")
    def _version_chosen(self) -> None:
        self.set_class(self.query_one("#version", Selector).value == 3, "is-v3")
        self._show()

    @on(ScopePicker.Changed)
    def _scopes_changed(self, event: ScopePicker.Changed) -> None:
        if event.asked_about is not None:
            self._asked_about = event.asked_about
            for pane in self.panes():
                pane.ask(*event.asked_about)
        self._show()

    @on(Selector.Changed, "#environment")
    def _pane_environment_chosen(self, event: Selector.Changed) -> None:
        self._picker.choose_environment(event.selector.value)
        self._show()

    @on(ScopePicker.Refused)
    def _scope_refused(self, event: ScopePicker.Refused) -> None:
        self._complain(event.sentence)

    def _complain(self, sentence: str) -> None:
        self.query_one("#fault", Static).update(
            Content.styled(f"✖ {shown(sentence)}", "$text-error")
        )
        self.query_one("#fault").scroll_visible(animate=False)

    @work
    async def action_create(self) -> None:
        if self.is_writing:
            return
        try:
            with self.writing():
                new = await self._make()
        except Refusal as refusal:
            self._complain(str(refusal))
            return
        if new is not None:
            while self.app.screen is not self:  # the help or the palette was opened meanwhile
                self.app.pop_screen()
            self.dismiss(new)

    async def _make(self) -> NewToken | None:
        """Make the token, after a question if there are doubts. Raises Refusal."""
        draft = self._checked()
        if found := doubts(draft, self._picker.typed(), self._draft_context.folders):
            question = Confirm(
                f"Make “{draft.name}” as it stands?",
                "\n".join([*found, "\nA token cannot be changed afterwards."]),
                verb="make",
            )
            if not await self.host.ask(question):
                return None
            draft = self._checked()  # its duration counts from now
        project = self._project
        return await self.host.change("Making the token", lambda v: v.tokens.create(project, draft))

    def _checked(self) -> TokenDraft:
        return check_draft(self.draft(), self._draft_context.environments, self.host.clock())

    @property
    def unsaved(self) -> str:
        return "" if self._as_typed() == self._untouched else "A form is filled in"

    def leaving_question(self) -> Confirm:
        return close_form_question("What you filled in is lost. No token is made.")

    def _as_typed(self) -> list[object]:
        """All that is filled in, valid or not; an environment chosen for a scope is not enough."""
        fields = [field.value for field in self.query("#form Field").results(Field)]
        boxes = [box.value for box in self.query(TickBox)]
        _environment, *selected = [
            selector.value for selector in self.query("#form Selector").results(Selector)
        ]
        return [self._picker.scopes, fields, boxes, selected]


def _trusted(draft: TokenDraft | None) -> str:
    blocks = draft.trusted_ips if draft else None
    return " ".join(block.text for block in blocks) if blocks else _ANYWHERE
