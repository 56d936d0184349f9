"""Make a secret, or write the next version of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from st_tui.core.model import Project
from st_tui.core.plain_text import shown
from st_tui.core.secret import LONGEST_NAME, Place, SealedSecret, SecretLabel
from st_tui.core.vault import Vault
from st_tui.core.vault.secrets import ChangedMeanwhile
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.dialog import Confirm, Dialog
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.value_area import ValueArea

_LONGEST_LINE = 100_000
"""Characters: each key lays out its whole line anew, which from here on is felt."""
_ELSEWHERE = "set it with `st-tui secrets set NAME=@FILE`."


class SecretForm(Dialog[SealedSecret]):
    """Asks for a name, value and comment, and writes them: what is refused is said in the form.

    The value of a secret that is there stays hidden, and as it is, unless it is asked for or
    another is written. While the terminal has not the focus, no value is on the screen.
    """

    ACTIONS = (
        Action("save", "f2,ctrl+s", "save", "Save the secret", hint=True, priority=True),
        Action("load", "f4", "edit the value", "Show the value that is stored, to be edited",
               priority=True),
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    SecretForm {
        .tall { height: auto; }
        #comment { height: 2; }
        &.covered #value { text-opacity: 0%; }
    }
    """

    def __init__(self, project: Project, place: Place, row: SecretLabel | None = None) -> None:
        super().__init__(f"Change “{row.name}”" if row else f"New secret in {place}")
        self._project = project
        self._place = place
        self._row = row
        self._version = row.version if row else 0
        self._is_loaded = False
        self._is_saving = False
        self._untouched = ("", "", "")

    def body(self) -> ComposeResult:
        row = self._row
        with Horizontal(classes="row"):
            yield Label("Name")
            yield Field(
                shown(row.name) if row else "",
                placeholder="POSTGRES_PASSWORD",
                max_length=LONGEST_NAME,
                id="secret-name",
            )
        with Horizontal(classes="tall"):
            yield Label("Value")
            hint = "•••••• stays as it is, unless you write another" if row else ""
            yield ValueArea(placeholder=hint, id="value")
        with Horizontal(classes="tall"):
            yield Label("Comment")
            comment = row.comment if row else ""
            yield ValueArea(comment, placeholder="what it is for", id="comment")

    def hints(self) -> Sequence[Action]:
        return [
            action._replace(hint=action.hint or self._row is not None) for action in self.ACTIONS
        ]

    def on_mount(self) -> None:
        self._untouched = self._as_typed()
        if self._row is not None:
            self.query_one("#value", ValueArea).focus()
        self.watch(self.app, "app_focus", self._focus_changed, init=False)

    def _focus_changed(self, is_here: bool) -> None:
        self.set_class(not is_here, "covered")

    def _as_typed(self) -> tuple[str, str, str]:
        return (
            self.query_one("#secret-name", Field).value,
            self.query_one("#value", ValueArea).text,
            self.query_one("#comment", ValueArea).text,
        )

    @on(Input.Submitted, "#secret-name")
    def _name_typed(self) -> None:
        self.query_one("#value", ValueArea).focus()

    @work
    async def action_load(self) -> None:
        area, row = self.query_one("#value", ValueArea), self._row
        if row is None or self._is_loaded:
            return
        if area.text:
            self.complain("Empty the value first: what is stored would take its place.")
            return
        secret = await self.st.change(
            "Reading",
            lambda vault: vault.secrets.get(self._project, self._place, row.name),
            complain=self.complain,
        )
        if secret is None or area.text or not self.is_attached:
            return
        if max(map(len, secret.value.split("\n"))) > _LONGEST_LINE:
            self.complain(f"A line of it is too long to be edited here: {_ELSEWHERE}")
            return
        area.load_text(secret.value)
        if area.text != secret.value:
            area.load_text("")
            self.complain(
                "Its line ends are of several kinds, which would be lost here: " + _ELSEWHERE
            )
            return
        area.move_cursor(area.document.end)
        self._is_loaded = True
        self._version = secret.sealed.version
        self._untouched = self._as_typed()
        area.focus()

    @work
    async def action_save(self) -> None:
        if self._is_saving:
            return
        self._is_saving = True
        name, value, comment = self._as_typed()
        keep = comment == self._untouched[2]
        try:
            saved = await self.st.change(
                "Saving",
                lambda vault: self._save(vault, name, value, comment, keep=keep),
                complain=self.complain,
            )
        finally:
            self._is_saving = False
        if saved is not None:
            self._leave(saved)

    def _save(
        self, vault: Vault, name: str, value: str, comment: str, *, keep: bool
    ) -> SealedSecret:
        row = self._row
        if row is None:
            return vault.secrets.create(self._project, self._place, name, value, comment)
        try:
            return vault.secrets.update(
                self._project,
                self._place,
                row.name,
                value=value if value or self._is_loaded else None,
                comment=None if keep else comment,
                new_name=None if name == row.name else name,
                version=self._version,
            )
        except ChangedMeanwhile as changed:
            self._version = changed.version  # whoever saves again was told
            raise

    @property
    def unsaved(self) -> str:
        return "" if self._as_typed() == self._untouched else "A form is filled in"

    def action_leave(self) -> None:
        if self._is_saving:
            return
        if self.unsaved:
            self._ask_to_leave()
        else:
            self._leave(None)

    @work
    async def _ask_to_leave(self) -> None:
        question = Confirm("Close the form?", "What you wrote is lost.", verb="close")
        if await self.st.push_screen_wait(question):
            self._leave(None)

    def _leave(self, saved: SealedSecret | None) -> None:
        from st_tui.tui import clipboard

        # Before it goes: Textual keeps what it removed for a while.
        self.query_one("#value", ValueArea).load_text("")
        self._untouched = ("", "", "")
        clipboard.forget(self.app)
        self.dismiss(saved)
