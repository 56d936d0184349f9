"""The fields of the form for a token, what each of them is told, and the draft that they make."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from st_tui.core import addresses
from st_tui.core.drafts import LONGEST_NAME, require_permissions, require_scopes
from st_tui.core.errors import Refusal
from st_tui.core.expiry import DAY
from st_tui.core.model import IpRange, Permission, Scope, TokenDraft
from st_tui.core.plain_text import check_new_name, shown
from st_tui.core.vault.kept_form import FilledForm, TypedScope
from st_tui.tui.actions import bindings
from st_tui.tui.host import Hosted
from st_tui.tui.widgets.expiry_selector import ExpirySelector
from st_tui.tui.widgets.field import Field, ListField
from st_tui.tui.widgets.reach_summary import ReachSummary
from st_tui.tui.widgets.row import Row
from st_tui.tui.widgets.scope_lines import ScopeLines
from st_tui.tui.widgets.scope_view import Line
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from st_tui.core.lint import Fix, LintWarning
    from st_tui.tui.actions import Action
    from st_tui.tui.screens.draft_remarks import Judged

_ANYWHERE = " ".join(addresses.ANYWHERE_TEXT)
_FIX_KEY = "^r"
_LINES, _LINES_SHORT = 6, 3
"""Scopes that are shown at a time, where there is room and where every line counts."""


class _Box(TickBox, inherit_bindings=False):
    """A tick box that Enter does not tick: it goes on to the next field."""

    ACTIONS: ClassVar[tuple[Action, ...]] = tuple(
        action._replace(keys="space") for action in TickBox.ACTIONS
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)


class DraftFields(Hosted, VerticalScroll, can_focus=False):
    """Rows of fields, and below them what the draft opens.

    It begins with a filled form. With `same`, that is made from a token, whose life can be chosen
    again.
    """

    DEFAULT_CSS = """
    DraftFields {
        padding: 1 1 0 1; width: 1fr; scrollbar-size-vertical: 1;
        #version-label { width: auto; margin-left: 2; color: $text-muted; }
        #version { width: 1fr; }
        #trusted-ips-label { width: auto; margin: 0 1 0 2; color: $text-muted; }
        ScopeTree { display: none; }
        &.picking ScopeTree { display: block; }
        &.picking ReachSummary { display: none; }
    }
    """

    class Changed(Message):
        """Something was typed, ticked or chosen.

        `asked_about` is the environment and path that the pane is to ask about now, if another.
        """

        def __init__(self, asked_about: tuple[str, str] | None = None) -> None:
            self.asked_about = asked_about
            super().__init__()

    def __init__(self, start: FilledForm, *, same: bool, columns: int, is_tight: bool) -> None:
        super().__init__(id="form")
        self._start = start
        """What the fields of V3 begin with, which are made once V3 is chosen."""
        self._same = same
        self._columns = columns
        self._most_lines = _LINES_SHORT if is_tight else _LINES
        self._fault: tuple[str, str] | None = None
        """What kept the token from being made: its place, and a sentence."""

    def compose(self) -> ComposeResult:
        start = self._start
        with Row("Name", id="name-row"):
            name = Field(
                start.name, placeholder="what it is for", max_length=LONGEST_NAME, id="name"
            )
            yield name.add_class("first")
        lines = [Line(*scope) for scope in start.scopes]
        yield ScopeLines(lines, most=self._most_lines, columns=self._columns - 2)
        with Row("Access", id="access"):
            for permission in Permission:
                is_ticked = permission.value in start.permissions
                box = _Box(permission.value, is_ticked, id=permission.value)
                yield box.set_class(permission is Permission.READ, "first")
            yield Static("Version", id="version-label", markup=False)
            version = Selector([("V2", 2), ("V3", 3)], all_shown=True, id="version")
            version.set_reactive(Selector.index, start.version - 2)
            yield version
        if start.version == 3:
            yield self._v3_row()
        yield ExpirySelector(self.host.clock, start.expires, same=self._same)
        yield ReachSummary()

    def _v3_row(self) -> Row:
        return Row(
            "V3",
            _Box("active at once", self._start.is_active, id="active").add_class("first"),
            Static("Trusted IPs", id="trusted-ips-label", markup=False),
            ListField(
                self._start.trusted_ips or _ANYWHERE, placeholder=_ANYWHERE, id="trusted-ips"
            ),
            id="v3",
        )

    @property
    def lines(self) -> ScopeLines:
        """The scopes."""
        return self.query_one(ScopeLines)

    @property
    def expires(self) -> str:
        """The end as it was chosen or typed, for `parse_end`."""
        return self.query_one(ExpirySelector).typed

    # --- the draft --------------------------------------------------------------------------------

    def typed(self) -> FilledForm:
        """All that is filled in, valid or not; an environment chosen for a scope is not enough."""
        active, ips = self._start.is_active, self._start.trusted_ips
        if self.query("#v3"):
            active = self.query_one("#active", TickBox).value
            ips = self.query_one("#trusted-ips", ListField).value
        return FilledForm(
            name=self.query_one("#name", Field).value,
            scopes=tuple(TypedScope(*line) for line in self.lines.lines if line.text),
            permissions=tuple(
                p.value for p in Permission if self.query_one(f"#{p.value}", TickBox).value
            ),
            expires=self.expires,
            version=self.query_one("#version", Selector).value,
            is_active=active,
            trusted_ips=ips,
        )

    def draft(self) -> TokenDraft:
        """What is filled in, with the scopes that are still being typed. Raises Refusal."""
        end, scopes = self.query_one(ExpirySelector).end(), self.lines.drafted()
        return _draft(self.typed(), scopes, end, _trusted(self.typed()))

    def as_far_as_valid(self) -> TokenDraft:
        """The draft without what cannot be read yet, so that the rest is judged already."""
        end: int | None = self.host.clock() + DAY
        trusted: tuple[IpRange, ...] = ()
        typed = self.typed()
        with suppress(Refusal):  # which is said beside its field
            end = self.query_one(ExpirySelector).end()
        with suppress(Refusal):
            trusted = _trusted(typed)
        return _draft(typed, tuple(self.lines.scopes().values()), end, trusted)

    # --- what is said -----------------------------------------------------------------------------

    def show_judged(self, judged: Judged, about: str) -> None:
        """Say each warning beside what it concerns, and below what the draft opens."""
        remarks, mended = judged.remarks, self.next_fix(judged)
        at = list(self.lines.scopes())
        name = self._fault_of("name") or _said_of(remarks.name, mended)
        self.query_one("#name-row", Row).say(name)
        access = self._fault_of("access") or _said_of(remarks.access, mended)
        self.query_one("#access", Row).say(access)
        self.query_one(ExpirySelector).warn(_said_of(remarks.expires, mended))
        self.lines.fault = self._fault_of("scopes") or self.lines.fault
        said = {
            at[index]: _said_of(warnings, mended)
            for index, warnings in remarks.scopes.items()
            if index < len(at)
        }
        self.lines.say(said, judged.counts)
        first = [Content(about)] if about else []
        self.query_one(ReachSummary).show(judged.reaches, [*first, *judged.comparison])
        self._say_trusted_ips()

    def _fault_of(self, place: str) -> Content:
        if self._fault is None or self._fault[0] != place:
            return Content("")
        return Content.styled(f"✖ {shown(self._fault[1])}", "$text-error")

    def find_fault(self) -> bool:
        """Whether something keeps the token from being made; it is said where it has to be mended.

        The cursor goes there.
        """
        typed = self.typed()
        checks: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("name", "#name", lambda: check_new_name(typed.name, "name", LONGEST_NAME)),
            ("scopes", "#scope-path", lambda: require_scopes(self.lines.drafted())),
            ("access", "#read", lambda: require_permissions(typed.permissions)),
            ("v3", "#trusted-ips", lambda: _trusted(typed)),
            ("expires", "#preset", self.query_one(ExpirySelector).end),
        )
        for place, field, check in checks:
            try:
                check()
            except Refusal as refusal:
                self._fault = place, str(refusal)
                if place == "scopes":
                    self.lines.go_to_fault()
                self.query_one(field).focus()
                return True
        self._fault = None
        return False

    def _say_trusted_ips(self) -> None:
        for row in self.query("#v3").results(Row):
            try:
                _trusted(self.typed())
            except Refusal as refusal:
                row.say(Content.styled(f"✖ {shown(str(refusal))}", "$text-error"))
            else:
                row.say(Content(""))

    def next_fix(self, judged: Judged) -> Fix | None:
        """What the key for a fix does now: it mends the row with the focus first."""
        focused = self.app.focused.ancestors_with_self if self.app.focused else []
        rows = (("name", "#name-row"), ("scopes", "ScopeLines"), ("access", "#access"))
        found = (name for name, row in rows if self.query_one(row) in focused)
        at = list(self.lines.scopes())
        scope = at.index(self.lines.at) if self.lines.at in at else -1
        warning = judged.remarks.mendable(next(found, "expires"), scope)
        return warning.fix if warning else None

    async def mend(self, fix: Fix) -> None:
        """Make a fix."""
        if fix.scopes is not None:
            self.lines.replace(fix.scopes)
        if fix.name is not None:
            self.query_one("#name", Field).value = fix.name
        if fix.duration is not None:
            await self.query_one(ExpirySelector).choose_duration(fix.duration)

    # --- events -----------------------------------------------------------------------------------

    @on(Input.Changed, "#name")
    @on(Input.Changed, "#trusted-ips")
    @on(TickBox.Changed)
    @on(ExpirySelector.Changed)
    def _field_changed(self) -> None:
        self._fault = None
        self.post_message(self.Changed())

    @on(ScopeLines.Changed)
    def _scopes_changed(self, event: ScopeLines.Changed) -> None:
        self._fault = None
        self.post_message(self.Changed(event.asked_about))

    @on(Input.Submitted, "#name")
    def _name_typed(self) -> None:
        # Not to the environment: a path is typed next, and it may name its environment.
        self.query_one("#scope-path", Field).focus()

    @on(Input.Submitted, "#custom")
    @on(Input.Submitted, "#trusted-ips")
    def _typed_to_the_end(self) -> None:
        self.screen.focus_next("DraftFields *")

    @on(ScopeLines.Done)
    def _scopes_done(self, event: ScopeLines.Done) -> None:
        self.query_one("#name" if event.above else f"#{Permission.READ.value}").focus()

    @on(Selector.Changed, "#version")
    async def _version_chosen(self) -> None:
        if self.query_one("#version", Selector).value == 3:
            await self.mount(self._v3_row(), after="#access")
        else:
            self._start = self.typed()
            await self.query("#v3").remove()
        self.post_message(self.Changed())


def _draft(
    typed: FilledForm, scopes: tuple[Scope, ...], end: int | None, trusted: tuple[IpRange, ...]
) -> TokenDraft:
    return TokenDraft(
        name=typed.name,
        scopes=scopes,
        permissions=frozenset(map(Permission, typed.permissions)),
        expires_at=end,
        version=typed.version,
        is_active=typed.version == 2 or typed.is_active,
        trusted_ips=trusted if typed.version == 3 else None,
    )


def _trusted(typed: FilledForm) -> tuple[IpRange, ...]:
    """The trusted IPs; any address where nothing is typed. Raises Refusal."""
    texts = typed.trusted_ips.replace(",", " ").split() if typed.version == 3 else []
    return addresses.parse_ranges(texts or addresses.ANYWHERE_TEXT)


def _said_of(warnings: Sequence[LintWarning], mended: Fix | None) -> Content:
    """Some warnings about one thing, and the key for the fix that is made next."""
    from st_tui.tui.screens.draft_remarks import said_of

    return said_of(warnings, _FIX_KEY, mended)
