"""The file of the settings: its owner's alone, and written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from st_tui.core.errors import Refusal
from st_tui.tui.settings import Settings, checked, with_changes

_LARGEST = 65_536


class SettingsFile:
    """Reads and writes one file. `only` are the keys it may read and write."""

    def __init__(self, path: Path, only: tuple[str, ...]) -> None:
        self.path = path
        self._only = only
        self._is_refused = False
        """Whether the file is a person's to mend: then it is left alone."""
        self.settings, self.complaints = self._read()

    def _read(self) -> tuple[Settings, list[str]]:
        """The settings, and what is wrong with the file, in sentences."""
        try:
            values = _parsed(_text_of(self.path))
        except FileNotFoundError:
            return Settings(), []
        except Refusal as refusal:
            self._is_refused = True
            return Settings(), [f"{self.path} {refusal} It is not read."]
        except OSError as error:
            self._is_refused = True
            return Settings(), [f"{self.path} cannot be read: {error.strerror}."]
        settings, complaints = checked(values)
        wanted = {name: getattr(settings, name) for name in self._only}
        return Settings(**wanted), [f"{self.path}: {said}" for said in complaints]

    def change(self, changes: Mapping[str, str]) -> None:
        """Write some values; what a colleague's app wrote meanwhile stays. Raises Refusal."""
        changes = {name: value for name, value in changes.items() if name in self._only}
        if self._is_refused or not changes:
            return
        from st_tui.core.files import written_aside

        try:
            text = _text_of(self.path)
        except FileNotFoundError:
            text = ""
        except OSError as error:
            raise Refusal(f"{self.path} cannot be read: {error.strerror}.") from None
        new = with_changes(text, changes)
        if not _says(new, changes):  # written by hand, in a way that no single line can change
            known, _ = checked(_parsed(text))
            new = with_changes("", {**vars(known), **changes})
        target = self.path.resolve()  # a link of a person's own stays
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with written_aside.draft(target.parent, f".{target.name}-") as draft:
                with written_aside.open_new(draft) as file:
                    file.write(new.encode())
                written_aside.rename_over(draft, target)
        except OSError as error:
            raise Refusal(f"{self.path} cannot be written: {error.strerror}.") from None


def _text_of(path: Path) -> str:
    """The text of the file, if it is a person's own. Raises Refusal and OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Refusal("is no ordinary file.")
        if status.st_uid != os.geteuid():
            raise Refusal("belongs to another user: delete it, or take it over with chown.")
        if status.st_mode & 0o077:
            raise Refusal(f"is open to others: chmod 600 {path}.")
        if status.st_size > _LARGEST:
            raise Refusal("is too long for a file of settings.")
        content = file.read(_LARGEST)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Refusal("is not UTF-8.") from None


def _says(text: str, changes: Mapping[str, str]) -> bool:
    """Whether a text has these values."""
    try:
        return changes.items() <= _parsed(text).items()
    except Refusal:
        return False


def _parsed(text: str) -> dict[str, object]:
    """The values of the file. Raises Refusal."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"is not TOML ({error}).") from None
