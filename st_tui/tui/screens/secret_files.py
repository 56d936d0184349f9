"""A folder's secrets out of a .env or JSON file, and into one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from st_tui.core import secret_file
from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.core.plain_text import refuse_controls
from st_tui.core.secret import Place
from st_tui.core.secret_file import SecretFileError
from st_tui.core.vault import Vault
from st_tui.core.wording import counted
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.tick_box import TickBox


class ImportFile(Dialog[Mapping[str, str]]):
    """Asks for a file and reads it; what is not clear in it is said here, with the line."""

    ACTIONS = (
        Action("read", "f2,enter", "read", "Read this file", hint=True, shown_key="Enter"),
        *LEAVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, place: Place) -> None:
        super().__init__(f"Secrets of a file into {place}")

    def body(self) -> ComposeResult:
        yield Static(
            "A .env file, or JSON. You are asked before anything is written.\n", markup=False
        )
        yield Field(placeholder="secrets.env", id="file")

    @on(Input.Submitted)
    @work(exclusive=True)
    async def action_read(self) -> None:
        try:
            values = await asyncio.to_thread(read_file, self.query_one("#file", Field).value)
        except Refusal as refusal:
            self.complain(str(refusal))
        else:
            self.dismiss(values)


class ExportFile(Dialog[str]):
    """Asks for a new file and writes a folder's secrets to it; it answers what was done."""

    ACTIONS = (
        Action("write", "f2", "write", "Write the file", "secrets export", hint=True),
        *LEAVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, project: Project, place: Place) -> None:
        super().__init__(f"Secrets of {place} into a file")
        self._project = project
        self._place = place
        self._is_writing = False

    def body(self) -> ComposeResult:
        yield Static(
            "Their values stand in it in clear, for you alone to read. A name that ends with .json "
            "makes it JSON, any other a .env file.\n",
            markup=False,
        )
        with Horizontal(classes="row"):
            yield Label("File")
            yield Field(placeholder="secrets.env", id="file")
        with Horizontal(classes="row"):
            yield Label("With")
            yield TickBox("${…} followed", True, id="expand")
            yield TickBox("imported secrets", True, id="imports")

    @on(Input.Submitted)
    @work
    async def action_write(self) -> None:
        if self._is_writing:
            return
        self._is_writing = True
        typed = self.query_one("#file", Field).value
        expand, imports = (
            self.query_one(f"#{box}", TickBox).value for box in ("expand", "imports")
        )
        try:
            done = await self.st.change(
                "Writing",
                lambda vault: export(
                    vault, self._project, self._place, typed, expand=expand, imports=imports
                ),
                complain=self.complain,
            )
        finally:
            self._is_writing = False
        if done is not None:
            self.dismiss(done)

    def action_leave(self) -> None:
        if not self._is_writing:
            self.dismiss(None)


def typed_path(typed: str) -> Path:
    """The file that somebody means by what they typed. Raises Refusal."""
    name = typed.strip()
    if not name:
        raise SecretFileError("Name a file.")
    refuse_controls(name, "file's name")
    return Path.home() / name[2:] if name.startswith("~/") else Path(name)


def read_file(typed: str) -> Mapping[str, str]:
    """The secrets of a file by the name that somebody typed. Raises Refusal."""
    file = typed_path(typed)
    try:
        if not file.is_file():  # anything else might never end
            raise SecretFileError("There is no such ordinary file.")
        with file.open("rb") as opened:
            data = opened.read(secret_file.LARGEST_FILE + 1)
    except OSError as error:
        raise SecretFileError(f"The file cannot be read: {error.strerror}.") from None
    return secret_file.parse(data)


def export(
    vault: Vault, project: Project, place: Place, typed: str, *, expand: bool, imports: bool
) -> str:
    """Write a folder's secrets to a new file; what was done, in words. Raises Refusal."""
    file = typed_path(typed)
    kind: secret_file.Format = "json" if file.suffix.lower() == ".json" else "dotenv"
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(opened, "w", encoding="utf-8", newline="") as written, _or_none(file):
            found = vault.secrets.read(project, place, imports=imports, expand=expand)
            values = found.by_name()
            written.write(secret_file.write(values, kind))
            written.flush()
    except FileExistsError:
        raise SecretFileError("There is a file of this name already: give another.") from None
    except OSError as error:
        raise SecretFileError(f"The file cannot be written: {error.strerror}.") from None
    warned = (
        f" {counted(len(found.warnings), 'warning')}: {found.warnings[0]}" if found.warnings else ""
    )
    return f"Wrote {counted(len(values), 'secret')} to {file}.{warned}"


@contextmanager
def _or_none(file: Path) -> Iterator[None]:
    """Leave no file behind that is not whole."""
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise
