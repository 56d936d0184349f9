"""Write a file where a person wants it: whole or not at all, for its owner only."""

from __future__ import annotations

from pathlib import Path

from st_tui.core.files import written_aside
from st_tui.core.files.vault_layout import is_ours
from st_tui.core.secrets.files import SecretFileError

_DRAFT = ".st-tui-export-"


def put(text: str, file: Path, *, vault: Path, replace: bool) -> None:
    """Write the text under another name, then rename that to `file`. Raises SecretFileError.

    With `replace`, an ordinary file of this name is replaced; without it, the name must be free. A
    link is never replaced, nor is a file of the vault in the directory `vault`.
    """
    try:
        if is_ours(vault, file):
            raise SecretFileError(f"{file} is the vault's own: name another.")
        if file.is_symlink() or (file.exists() and not file.is_file()):
            raise SecretFileError(f"{file} is a link or no ordinary file: name another.")
        folder = file.absolute().parent
        written_aside.clear(folder, _DRAFT)
        with written_aside.draft(folder, _DRAFT) as draft:
            with written_aside.open_new(draft) as opened:
                opened.write(text.encode())
            rename = written_aside.rename_over if replace else written_aside.rename_to_new
            rename(draft, folder / file.name)
    except FileExistsError:
        raise SecretFileError(f"{file} is there already: name a new file.") from None
    except OSError as error:
        raise SecretFileError(f"{file} cannot be written: {error.strerror}.") from None
