"""What a folder holds: its imports, then its secrets, without their values."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from st_tui.core.expiry import in_local_time
from st_tui.core.plain_text import shown
from st_tui.core.secrets.model import Place, SecretImport, SecretLabel
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece, RowListing

if TYPE_CHECKING:
    from st_tui.core.model import Project
    from st_tui.core.secrets.value_shape import ValueShape
    from st_tui.core.vault import Vault

HIDDEN = "••••••"
"""Stands for any value, whatever its length."""

_WITH_TIME = 60
"""Columns from which on a change has its time beside its day."""
_NAME = 16
"""Columns that names get at least, before the day of a change gets any."""
_LONG_NAME = 24
"""Columns that long names get, before values get more than dots."""
_WITH_COMMENT = 90
"""Columns from which on comments are listed."""
_VALUE, _VERSION, _DAY, _MINUTE = 8, 5, 10, 16


SecretRow = SecretLabel | SecretImport


class FolderContents(NamedTuple):
    """What a folder holds."""

    place: Place
    links: Sequence[SecretImport]
    """The folder's imports. The import of a file is something else."""
    secrets: Sequence[SecretLabel]
    unopened: int
    """How many secrets are sealed with another key, so that not even their names can be read."""
    state: Hashable
    """Differs whenever the folder holds something else than before."""

    def __str__(self) -> str:
        parts = [counted(len(self.secrets), "secret")]
        if self.links:
            parts.append(counted(len(self.links), "import"))
        if self.unopened:
            parts.append(f"{self.unopened} unreadable")
        return ", ".join(parts)


def read_folder(
    vault: Vault, project: Project, place: Place, known: FolderContents | None = None
) -> FolderContents:
    """What a folder holds now; `known` itself if nothing changed since. Raises Refusal."""
    state = vault.secrets.state(project, place)
    if known is not None and known.state == state:
        return known
    found = vault.secrets.listed(project, place)
    links = vault.secrets.imports(project, place)
    return FolderContents(place, links, found.secrets, len(found.warnings), state)


class FolderLine(Widget):
    """Which folder is shown and how much it holds. Of a long path, the end is shown."""

    DEFAULT_CSS = "FolderLine { height: 1; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__(id="place")
        self._place, self._about = "", ""

    def show(self, place: Place | None, contents: FolderContents | None) -> None:
        """Name a folder, and say how much it holds if that is known."""
        self._place = "" if place is None else shown(str(place))
        self._about = "" if contents is None else f"  {contents}"
        self.refresh()

    def render(self) -> Content:
        room = max(self.content_size.width - len(self._about), 1)
        place = self._place if len(self._place) <= room else f"…{self._place[1 - room :]}"
        return Content.assemble((place, "bold"), (self._about, "$text-muted"))


class SecretList(RowListing[SecretRow]):
    """The imports and secrets of one folder."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *Listing.ACTIONS,
        Action("screen.to_folders", "escape", "folders", "Go from the secrets to the folders",
               hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    DEFAULT_CSS = "SecretList { height: 1fr; }"
    empty = ""  # nothing is said until the folder was read

    def __init__(self) -> None:
        super().__init__(id="secrets")
        self.contents: FolderContents | None = None
        self._shapes: Mapping[tuple[str, int], ValueShape] = {}
        self._longest_name = 0
        self._longest: Sequence[int] = ()
        """The length of the longest shape, in each of its spellings."""

    def show(self, contents: FolderContents | None, empty: str) -> None:
        """Show what a folder holds, or say in words why nothing is shown."""
        known = self.contents
        moved = known is None or contents is None or known.place != contents.place
        self.contents = contents
        if moved:
            self.show_shapes({})
        self.empty = empty
        names = [row.name for row in contents.secrets] if contents else []
        self._longest_name = max(map(len, names), default=0)
        rows: Sequence[SecretRow] = [*contents.links, *contents.secrets] if contents else ()
        self.show_rows(rows, top=moved)

    def show_shapes(self, shapes: Mapping[tuple[str, int], ValueShape]) -> None:
        """Show the shapes of values, by the id and version of their secrets."""
        self._shapes = shapes
        every_way = zip(*map(_spellings, shapes.values()), strict=True)
        self._longest = [max(map(len, texts)) for texts in every_way]
        self.refresh()

    def choose(self, secret_id: str) -> None:
        """Put the cursor on a secret or import, if it is there."""
        for index, row in enumerate(self.rows):
            if row.id == secret_id:
                self.cursor = index

    def identity(self, item: SecretRow) -> str:
        return item.id

    def draw_header(self, width: int) -> str:
        widths = self._widths(width - 1)
        return (
            " "
            + column("Name", widths.name)
            + column("Value", widths.value)
            + column("Comment", widths.comment)
            + column("Ver.", _VERSION)
            + column("Changed", widths.changed)
        )

    def draw(self, item: SecretRow, width: int) -> list[Piece]:
        widths = self._widths(width)
        changed = widths.changed
        if isinstance(item, SecretImport):
            kind = max(_VERSION + changed, len("import"))
            return [
                (column(f"→ {item.source}", width - kind - 1) + " ", "mark"),
                (column("import", kind), "dim"),
            ]
        shape = self._shapes.get((item.id, item.version))
        value = HIDDEN if shape is None else _spellings(shape)[widths.spelling]
        return [
            (column(item.name, widths.name - 1) + " ", ""),
            (column(value, widths.value), "dim"),
            (column(item.comment, widths.comment - 1) + " " if widths.comment else "", "dim"),
            (column(str(item.version), _VERSION), "dim"),
            (column(in_local_time(item.updated_at)[:changed], changed), "dim"),
        ]

    def _widths(self, width: int) -> _Widths:
        changed = _MINUTE if width >= _WITH_TIME else _DAY
        if width - _VALUE - _VERSION - changed < _NAME:
            changed = 0
        name = max(_NAME, min(self._longest_name + 1, _LONG_NAME))
        room = width - name - _VERSION - changed
        spellings = range(len(self._longest))
        spelling = next(
            (spelling for spelling in spellings if self._longest[spelling] < room),
            len(spellings) - 1,
        )
        value = max(_VALUE, self._longest[spelling] + 1) if spellings else _VALUE
        rest = width - value - _VERSION - changed
        comment = max(rest - name - 1, 0) if width >= _WITH_COMMENT else 0
        return _Widths(max(rest - comment, 2), value, comment, changed, spelling)


class _Widths(NamedTuple):
    name: int
    value: int
    comment: int
    changed: int
    spelling: int
    """The index of the longest of `_spellings` that fits."""


def _spellings(shape: ValueShape) -> tuple[str, ...]:
    """How a value is shown by its shape, from the longest to the shortest."""
    if not shape.short:
        return f"{HIDDEN} {shape}", HIDDEN, HIDDEN, HIDDEN, HIDDEN
    return (
        f"{HIDDEN} {shape}",
        f"{HIDDEN} {shape.of_lines}",
        f"{HIDDEN} {shape.short}",
        f"••• {shape.short}",
        shape.short,
    )
