"""The form for a new secret, or for the next version of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static, TextArea

from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.core.plain_text import shown
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import LONGEST_NAME, Place, SealedSecret, SecretLabel
from st_tui.core.secrets.value_shape import shape_of
from st_tui.core.vault import Vault
from st_tui.core.vault.secrets import ChangedMeanwhile
from st_tui.core.wording import counted
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.command_line import in_folder
from st_tui.tui.screens.dialog import Confirm, Dialog, close_form_question
from st_tui.tui.screens.pasted_secrets import looks_like_value, read_pasted, secrets_in_value
from st_tui.tui.screens.secret_import import import_secrets
from st_tui.tui.terminal import clipboard
from st_tui.tui.widgets.field import Label
from st_tui.tui.widgets.generated_value import GeneratedValue
from st_tui.tui.widgets.secret_list import HIDDEN
from st_tui.tui.widgets.secret_name import SecretName, holds_secrets
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.value_area import NEW_LINE, ValueArea

_LONGEST_LINE = 100_000
"""Characters. Each key lays out its whole line, which is slow in a longer one."""
_VALUE_LINES = 6
"""Lines of a value that are seen at once, at most."""
_ELSEWHERE = "set it with `st-tui secrets set NAME=@FILE`."


class SecretForm(Dialog[SealedSecret]):
    """Asks for a name, value and comment, and writes them. A refusal is said in the form.

    Lines of a .env file may be pasted into it. One line fills in name and value; several are
    offered to be imported.

    A value is typed once, as dots unless it is shown, or generated. What cannot be seen of it is
    said below it. The stored value of a secret stays as it is, unless another is typed; F4 shows
    it, to be edited. While the terminal does not have the focus, no value is on the screen.
    """

    ACTIONS = (
        Action("save", "f2,ctrl+s", "save", "Save the secret", hint=True, priority=True),
        Action("show", "f4,ctrl+r", "show", "Show the value, or hide it again", hint=True,
               priority=True),
        Action("generate", "ctrl+g,f6", "generate", "Make a value of random characters",
               hint=True, priority=True),
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    SecretForm {
        .tall { height: auto; }
        #shape { height: 1; padding: 0 1; color: $text-muted; }
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
        self._untouched = ("", "", "")

    def body(self) -> ComposeResult:
        row = self._row
        with Horizontal(classes="row"):
            yield Label("Name")
            yield SecretName(
                shown(row.name) if row else "",
                placeholder="POSTGRES_PASSWORD",
                max_length=LONGEST_NAME,
                take_secrets=self._take_secrets,
                id="secret-name",
            )
        with Horizontal(classes="tall"):
            yield Label("Value")
            hint = f"{HIDDEN} stays as it is, unless you write another" if row else ""
            yield ValueArea(
                placeholder=hint, typed_enters=1, masked=True, taker=self._taker, id="value"
            )
        with Horizontal(classes="row"):
            yield Label("")
            yield Static(id="shape")
        yield GeneratedValue()
        with Horizontal(classes="tall"):
            yield Label("Comment")
            comment = row.comment if row else ""
            yield ValueArea(comment, placeholder="what it is for", id="comment")

    def on_mount(self) -> None:
        self._untouched = self._as_typed()
        if self._row is not None:
            self._value_area.focus()
        self.watch(self.app, "app_focus", self._focus_changed, init=False)

    def on_resize(self, event: events.Resize) -> None:
        # The rest of the form has 14 lines, and a dialog is at most 94 % of the screen high.
        rows = int(event.size.height * 0.94) - 14
        self._value_area.show_lines(max(2, min(rows, _VALUE_LINES)))

    def _focus_changed(self, is_here: bool) -> None:
        self.set_class(not is_here, "covered")

    @property
    def _name_field(self) -> SecretName:
        return self.query_one("#secret-name", SecretName)

    @property
    def _value_area(self) -> ValueArea:
        return self.query_one("#value", ValueArea)

    @property
    def _generated(self) -> GeneratedValue:
        return self.query_one(GeneratedValue)

    def _as_typed(self) -> tuple[str, str, str]:
        comment = self.query_one("#comment", ValueArea)
        return self._name_field.value, self._value_area.text, comment.text

    @on(Input.Submitted, "#secret-name")
    def _name_typed(self) -> None:
        if not self._split_name():
            self._value_area.focus()

    @on(ValueArea.Entered, "#value")
    def _value_entered(self) -> None:
        self.query_one("#comment", ValueArea).focus()

    @on(ValueArea.Entered, "#comment")
    def _comment_entered(self) -> None:
        # Not on to the name: a person may be typing a second line of the comment.
        self.host.notify(f"{self.ACTIONS[0].key} saves, {NEW_LINE.key} begins a new line.")

    @on(TextArea.Changed, "#value")
    def _value_typed(self) -> None:
        value = self._value_area.text
        count = counted(len(value), "character") if value else ""
        said = (count, self._generated.said_of(value), str(shape_of(value)))
        self.query_one("#shape", Static).update(", ".join(filter(None, said)), layout=False)

    # --- shown and generated --------------------------------------------------------------------

    def action_show(self) -> None:
        if self._row is not None and not self._value_area.text and not self._is_loaded:
            self._load()
        else:
            self._value_area.is_masked = not self._value_area.is_masked

    @on(Selector.Changed)
    def action_generate(self) -> None:
        if self._value_area.text not in ("", self._generated.value):
            self.complain("Empty the value first: the generated one would take its place.")
        else:
            self._edit_value(self._generated.make(self.host.randbytes))

    # --- pasted secrets -------------------------------------------------------------------------

    def _split_name(self) -> bool:
        """Split NAME=value that stands in the name field; whether it was that."""
        typed = self._name_field.value
        if self._row is not None or self._value_area.text or not holds_secrets(typed):
            return False
        self._take_secrets(typed)
        return True

    def _taker(self, text: str) -> Callable[[], None] | None:
        """What takes a paste into the value as secrets; None if it is just a value."""
        name, value, _ = self._as_typed()
        stated = [] if value else secrets_in_value(text, name)
        return partial(self._take, stated, else_value=text) if stated else None

    def _take_secrets(self, text: str) -> None:
        """Take a paste into the name field as secrets."""
        try:
            stated = read_pasted(text)
        except Refusal as refusal:
            self.complain(f"It is no name, and not clear as NAME=value: {refusal}")
            return
        self._take(stated)

    def _take(self, stated: Sequence[FileSecret], *, else_value: str = "") -> None:
        if len(stated) > 1:
            self._ask_to_import(stated, else_value)
            return
        [secret] = stated
        comment = self.query_one("#comment", ValueArea)
        if looks_like_value(secret):
            self.complain("That looks like a value, not like NAME=value: paste it into Value.")
        elif self._value_area.text:
            self.complain("Empty the value first: the one in that line would take its place.")
        elif self._edit_value(secret.value):
            self._name_field.value = secret.name
            if not comment.text:
                comment.load_text(secret.comment)
            self._value_area.focus()
            self.host.notify(f"NAME=value: both are filled in. {self.ACTIONS[1].key} shows it.")

    @work
    async def _ask_to_import(self, stated: Sequence[FileSecret], else_value: str) -> None:
        """Offer to write several secrets; `else_value` goes into the value if they are not."""
        done = await import_secrets(
            self.host, self._project, self._place, stated, complain=self.complain
        )
        if not done:
            self._value_area.insert(else_value)
        elif not self.unsaved:
            self.leave()

    def _edit_value(self, value: str) -> bool:
        """Put a value into the text area; False, which is said, if that would change it."""
        area = self._value_area
        if max(map(len, value.split("\n"))) > _LONGEST_LINE:
            self.complain(f"A line of it is too long to be edited here: {_ELSEWHERE}")
            return False
        area.load_text(value)
        if area.text != value:
            area.load_text("")
            self.complain(
                "Its line ends are of several kinds, which would be lost here: " + _ELSEWHERE
            )
            return False
        area.move_cursor(area.document.end)
        return True

    @work
    async def _load(self) -> None:
        """Show the stored value, to be edited."""
        area, row = self._value_area, self._row
        if row is None:
            return
        secret = await self.host.change(
            "Reading",
            lambda vault: vault.secrets.get(self._project, self._place, row.name),
            complain=self.complain,
            command=("secrets", "get", row.name, "--no-expand", *in_folder(self._place)),
        )
        if secret is None or area.text or not self.is_attached:
            return
        if not self._edit_value(secret.value):
            return
        self._is_loaded = True
        area.is_masked = False
        self._version = secret.sealed.version
        self._untouched = self._as_typed()
        area.focus()

    @work
    async def action_save(self) -> None:
        if self.is_writing or self._split_name():
            return  # after a split, the person has to see it first
        name, value, comment = self._as_typed()
        keep = comment == self._untouched[2]
        with self.writing():
            saved = await self.host.change(
                "Saving",
                lambda vault: self._save(vault, name, value, comment, keep=keep),
                complain=self.complain,
                command=self._command(name),
            )
        if saved is not None:
            self.leave(saved)

    def _command(self, name: str) -> Sequence[str]:
        """What writes the value from stdin; nothing for a new name, which no command gives."""
        if self._row is not None and self._row.name != name:
            return ()
        return ("secrets", "set", f"{name}=-", *in_folder(self._place))

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
            self._version = changed.version  # whoever saves again has been told
            raise

    @property
    def unsaved(self) -> str:
        return "" if self._as_typed() == self._untouched else "A form is filled in"

    def leaving_question(self) -> Confirm:
        return close_form_question("What you wrote is lost.")

    def forget(self) -> None:
        self._value_area.load_text("")
        self._generated.forget()
        self._untouched = ("", "", "")
        clipboard.forget(self.app)
