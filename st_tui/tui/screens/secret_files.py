"""Dialogs that read secrets from a file, and write a folder's secrets to one."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.core.plain_text import shown
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.files.write import FORMATS, Format, format_of
from st_tui.core.secrets.model import Place
from st_tui.tui import command_line
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.screens.named_files import Exported, export, read_secrets
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.tick_box import TickBox


class ReadFile(NamedTuple):
    """A file, by the name that was typed, and the secrets in it."""

    file: str
    secrets: list[FileSecret]


class ImportFile(Dialog[ReadFile]):
    """Asks for a file and reads it. What is not clear in it is said here, with its line."""

    ACTIONS = (
        Action("read", "f2,enter", "read", "Read this file", hint=True, shown_key="Enter"),
        *LEAVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, place: Place) -> None:
        super().__init__(f"Secrets of a file into {place}")

    def body(self) -> ComposeResult:
        yield Static("A .env, JSON, CSV or TSV file. Nothing is written yet.\n", markup=False)
        yield Field(placeholder="secrets.env", id="file")

    @on(Input.Submitted)
    @work(exclusive=True)
    async def action_read(self) -> None:
        typed = self.query_one("#file", Field).value
        try:
            stated = await asyncio.to_thread(read_secrets, typed)
        except Refusal as refusal:
            self.complain(str(refusal))
        else:
            self.dismiss(ReadFile(typed.strip(), stated))


class ExportFile(Dialog[Exported]):
    """Asks for a new file and writes a folder's secrets to it."""

    DEFAULT_CSS = """
    ExportFile #meant { color: $text-muted; width: 1fr; height: 1; }
    ExportFile #format { width: 12; }
    """
    ACTIONS = (
        Action("write", "f2", "write", "Write the file", "secrets export -o FILE", hint=True),
        *LEAVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, project: Project, place: Place) -> None:
        super().__init__(f"Secrets of {place} into a file")
        self._project = project
        self._place = place
        self._is_chosen = False

    def body(self) -> ComposeResult:
        yield Static("The file holds their values in clear. Only you may read it.\n", markup=False)
        with Horizontal(classes="row"):
            yield Label("File")
            yield Field(placeholder="secrets.env", id="file")
        with Horizontal(classes="row"):
            yield Label("Format")
            yield Selector([(kind, kind) for kind in FORMATS], id="format")
            yield Static(FORMATS["dotenv"], id="meant", markup=False)
        with Horizontal(classes="row"):
            yield Label("With")
            yield TickBox("${…} followed", True, id="expand")
            yield TickBox("imported secrets", True, id="imports")

    @on(Input.Changed, "#file")
    def _named(self, event: Input.Changed) -> None:
        if not self._is_chosen:
            self.query_one("#format", Selector).choose(format_of(PurePath(event.value).suffix))
            self._say_format()

    @on(Selector.Changed, "#format")
    def _chosen(self) -> None:
        self._is_chosen = True
        self._say_format()
        self.complain("")

    def _say_format(self) -> None:
        kind: Format = self.query_one("#format", Selector).value
        self.query_one("#meant", Static).update(FORMATS[kind])

    @on(Input.Submitted)
    @work
    async def action_write(self) -> None:
        if self.is_writing:
            return
        typed = self.query_one("#file", Field).value
        kind: Format = self.query_one("#format", Selector).value
        expand, imports = (
            self.query_one(f"#{box}", TickBox).value for box in ("expand", "imports")
        )
        with self.writing():
            done = await self.host.change(
                "Writing",
                lambda vault: export(
                    vault, self._project, self._place, typed, kind, expand=expand, imports=imports
                ),
                complain=self.complain,
                command=command_line.export(
                    self._place, kind, typed.strip(), expand=expand, imports=imports
                ),
            )
        if done is not None:
            self.dismiss(done)


class ExportRemarks(Dialog[None]):
    """What the reader of a written file should know, shown until it is closed."""

    DEFAULT_CSS = """
    ExportRemarks VerticalScroll { height: auto; max-height: 14; background: $panel; }
    ExportRemarks .remark { margin-bottom: 1; &:last-child { margin-bottom: 0; } }
    """
    ACTIONS = (Action("leave", "escape,enter,q,f10", "close", "Close this", hint=True),)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, exported: Exported) -> None:
        super().__init__(exported.done)
        self._remarks = exported.remarks

    def body(self) -> ComposeResult:
        with VerticalScroll():
            for remark in self._remarks:
                yield Static(shown(remark), classes="remark", markup=False)
