"""Files that somebody names in the app, and a folder's secrets in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.core.plain_text import refuse_controls
from st_tui.core.secret import Place
from st_tui.core.secret_files import FileSecret, SecretFileError, read, write
from st_tui.core.vault import Vault
from st_tui.core.wording import counted


def typed_path(typed: str) -> Path:
    """The file that somebody means by what they typed. Raises Refusal."""
    name = typed.strip()
    if not name:
        raise Refusal("Name a file.")
    refuse_controls(name, "file's name")
    return Path(os.path.expanduser(name))  # Path's own raises where there is no such user


def read_secrets(typed: str) -> list[FileSecret]:
    """The secrets of a file by the name that somebody typed. Raises Refusal."""
    file = typed_path(typed)
    try:
        if not file.is_file():  # anything else might never end
            raise SecretFileError("There is no such ordinary file.")
        with file.open("rb") as opened:
            data = opened.read(read.LARGEST_FILE + 1)
    except OSError as error:
        raise SecretFileError(f"The file cannot be read: {error.strerror}.") from None
    return read.parse(data)


def export(
    vault: Vault, project: Project, place: Place, typed: str, *, expand: bool, imports: bool
) -> str:
    """Write a folder's secrets to a new file; what was done, in words. Raises Refusal."""
    file = typed_path(typed)
    kind: write.Format = "json" if file.suffix.lower() == ".json" else "dotenv"
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(opened, "w", encoding="utf-8", newline="") as written, _or_none(file):
            found = vault.secrets.read(project, place, imports=imports, expand=expand)
            values = found.by_name()
            written.write(write.write(values, kind))
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
