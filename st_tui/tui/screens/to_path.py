"""A short question for a place, such as `dev:/common/db`: to be tested there, or to be opened."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from st_tui.core import drafts
from st_tui.core.errors import Refusal
from st_tui.core.secrets.model import Place
from st_tui.tui import finding
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.cells import cut
from st_tui.tui.widgets.path_field import PathField

if TYPE_CHECKING:
    from collections.abc import Sequence


class Destination(NamedTuple):
    """Where to go: the place, and whether to its folder or to the test of it."""

    place: Place
    to_folder: bool


class ToPath(Dialog[Destination]):
    """Asks for a place. Tab completes it from the folders that exist."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("test", "enter", "test there", "Ask what the chosen token may do there", hint=True),
        Action("folder", "f4,ctrl+t", "folder", "Go to the folder and its secrets", hint=True,
               shown_key="^t"),
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings((*ACTIONS[1:2], *LEAVING))
    DEFAULT_CSS = "ToPath #meant { height: 1; color: $text-muted; }"

    def __init__(self) -> None:
        super().__init__("Go to a path")
        self._known: finding.Known | None = None
        """The places there are, once they were read."""
        self._to_folder: bool | None = None
        """Where Enter, pressed before that, is to lead."""
        self._reading = LatestWins(self, self._read_places)

    def body(self) -> ComposeResult:
        yield PathField(placeholder="dev:/common/db   Tab completes it", id="place")
        yield Static(id="meant", markup=False)

    @property
    def _field(self) -> PathField:
        return self.query_one(PathField)

    def on_mount(self) -> None:
        self._field.focus()
        self._reading.request()

    async def _read_places(self) -> None:
        """Learn which places there are, to complete what is typed, and go on if Enter was."""
        project = self.host.project
        try:
            known = (
                await self.host.read(lambda v: finding.read_known(v, project))
                if project is not None
                else finding.Known((), ())
            )
        except Refusal as refusal:
            self.complain(str(refusal))
            return
        self._known = known
        self._field.offer(_completions(known), ())
        self._say_meant()
        if self._to_folder is not None:
            self._go(to_folder=self._to_folder)

    @on(Input.Submitted, "#place")
    def action_test(self) -> None:
        """Go to the test of the place."""
        self._go(to_folder=False)

    def action_folder(self) -> None:
        """Go to the folder itself."""
        self._go(to_folder=True)

    @on(Input.Changed, "#place")
    def _say_meant(self) -> None:
        """Say which place it is, as far as that can be told."""
        text, meant = self._field.value.strip(), ""
        with suppress(Refusal):
            place = place_meant(text, self._known) if text and self._known else None
            if place is not None and str(place) != text:
                meant = f" → {cut(str(place), 60)}"
        self.query_one("#meant", Static).update(meant, layout=False)

    def _go(self, *, to_folder: bool) -> None:
        known = self._known
        if known is None:
            self._to_folder = to_folder
            if self._reading.is_idle:  # the vault refused
                self._reading.request()
            return
        try:
            place = place_meant(self._field.value, known)
            if to_folder and place.path != "/" and place not in known.folders:
                raise Refusal(f"There is no folder {place}: Enter tests what is allowed there.")
        except Refusal as refusal:
            self.complain(str(refusal))
        else:
            self.dismiss(Destination(place, to_folder))


def place_meant(text: str, known: finding.Known) -> Place:
    """The place that a text names. Without an environment, the first one that has such a folder.

    Raises Refusal.
    """
    slugs = [environment.slug for environment in known.environments]
    if not slugs:
        raise Refusal("The project has no environment yet: make one on the folders page.")
    slug, colon, path = text.strip().partition(":")
    if not colon:
        path = drafts.request_path(slug).path
        return next((place for place in known.folders if place.path == path), Place(slugs[0], path))
    if slug not in slugs:
        raise Refusal(f"There is no environment “{slug}”: it can be {', '.join(slugs)}.")
    return Place(slug, drafts.request_path(path).path)


def _completions(known: finding.Known) -> Sequence[str]:
    """All that may be typed, the shorter first: with the environment, or from the slash on."""
    roots = [f"{environment.slug}:/" for environment in known.environments]
    paths = dict.fromkeys(place.path for place in known.folders)
    return sorted([*roots, *map(str, known.folders), *paths], key=len)
