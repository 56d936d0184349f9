"""Files that a person names in the app: a folder's secrets are read from one, or written to one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.core.plain_text import refuse_controls
from st_tui.core.secrets.files import FileSecret, SecretFileError, read, write
from st_tui.core.secrets.files.put import put
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from st_tui.core.wording import counted


class Exported(NamedTuple):
    """What was done, in a sentence, and what the file's reader should know."""

    done: str
    remarks: list[str]


def typed_path(typed: str) -> Path:
    """The path that a person means by a typed name; `~` is their home. Raises Refusal."""
    name = typed.strip()
    if not name:
        raise Refusal("Name a file.")
    refuse_controls(name, "file's name")
    return Path(os.path.expanduser(name))  # Path's own raises where there is no such user


def read_secrets(typed: str) -> list[FileSecret]:
    """The secrets in the file of a typed name. Raises Refusal."""
    file = typed_path(typed)
    try:
        if not file.is_file():  # reading a device or a pipe might never end
            raise SecretFileError("There is no such ordinary file.")
        with file.open("rb") as opened:
            data = opened.read(read.LARGEST_FILE + 1)
    except OSError as error:
        raise SecretFileError(f"The file cannot be read: {error.strerror}.") from None
    return read.parse(data)


def export(
    vault: Vault,
    project: Project,
    place: Place,
    typed: str,
    kind: write.Format,
    *,
    expand: bool,
    imports: bool,
) -> Exported:
    """Write a folder's secrets to a new file. Raises Refusal."""
    file = typed_path(typed)
    if os.path.lexists(file):
        raise SecretFileError("There is a file of this name already: give another.")
    found = vault.secrets.read(project, place, imports=imports, expand=expand)
    secrets = found.for_file()
    text = write.write(secrets, kind)
    put(text.text, file, vault=vault.directory, replace=False)
    return Exported(
        f"Wrote {counted(len(secrets), 'secret')} to {file}.", [*found.warnings, *text.remarks]
    )
