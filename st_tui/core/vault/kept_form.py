"""A form for a new token that nobody finished, kept for a day: a dropped line loses no work.

There is one of them, in a file beside the operator's key. It has what a person typed and nothing
else, and whoever reads it takes it for that. What looks like a part of a token's text is not kept.
While a form is open, its app holds a lock, so that no other app offers the same form.
"""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from st_tui.core import json_text
from st_tui.core.errors import Refusal
from st_tui.core.expiry import DAY
from st_tui.core.files import vault_files, written_aside
from st_tui.core.files.vault_layout import UNFINISHED_FORM
from st_tui.core.plain_text import refuse_controls

_LONGEST = 200_000
"""Bytes. Nobody types more into a form."""
_SECRET = re.compile(r"[0-9a-fA-F]{32}")
"""Every secret part of a token's text is 32 hexadecimal digits."""


class TypedScope(NamedTuple):
    """A line of a form's scopes as it was typed, and whether it was entered."""

    environment: str
    path: str
    is_entered: bool = True


class FilledForm(NamedTuple):
    """What a person typed and ticked, valid or not. `expires` is an end as `parse_end` reads it."""

    name: str
    scopes: tuple[TypedScope, ...]
    permissions: tuple[str, ...]
    expires: str
    version: int
    is_active: bool
    trusted_ips: str


class KeptForm(NamedTuple):
    """An unfinished form, and when it was last changed."""

    form: FilledForm
    kept_at: int


def kept_form(directory: Path, project_id: str, now: int) -> KeptForm | None:
    """The form of this project that was not finished; None if there is none to be offered.

    A file that is too old, broken or another user's is deleted. The form of another app that still
    runs is not offered.
    """
    path = directory / UNFINISHED_FORM
    try:
        if not os.path.lexists(path):
            return None
        lock = written_aside.hold(path)
    except OSError:
        return None
    if lock is None:
        return None
    try:
        found = _read(path)
        if found is None or not now - DAY < found.kept_at <= now:
            with suppress(OSError):
                path.unlink()
            return None
        return KeptForm(found.form, found.kept_at) if found.project_id == project_id else None
    finally:
        written_aside.release(path, lock)


class FormKeeper:
    """Keeps an open form, unless another app keeps one. Several threads may call all of it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / UNFINISHED_FORM
        self._lock: int | None = None
        """Taken when there is something to keep, and held until the end."""
        self._is_closed = False
        self._one_at_a_time = threading.Lock()

    def keep(self, form: FilledForm, project_id: str, now: int) -> None:
        """Write the form in the place of the one before. What cannot be written is not kept."""
        text = json.dumps({"keptAt": now, "projectId": project_id, **_as_json(form)})
        with self._one_at_a_time, suppress(OSError):
            if not self._holds():
                return
            if _SECRET.search(text) or len(text) > _LONGEST:
                self._path.unlink(missing_ok=True)
                return
            with vault_files.draft(self._directory) as path:
                with written_aside.open_new(path) as file:
                    file.write(text.encode("ascii"))
                written_aside.rename_over(path, self._path)

    def forget(self) -> None:
        """Delete the form: it was finished, or closed on purpose."""
        with self._one_at_a_time, suppress(OSError):
            if self._holds():
                self._path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let others offer the form that was kept. Nothing more is written."""
        with self._one_at_a_time, suppress(OSError):
            self._is_closed = True
            lock, self._lock = self._lock, None
            if lock is not None:
                written_aside.release(self._path, lock)

    def _holds(self) -> bool:
        """Whether the form is this app's to write. Raises OSError."""
        if self._lock is None and not self._is_closed:
            self._lock = written_aside.hold(self._path)
        return self._lock is not None


class _Found(NamedTuple):
    form: FilledForm
    kept_at: int
    project_id: str


def _as_json(form: FilledForm) -> dict[str, Any]:
    return {
        "name": form.name,
        "scopes": [list(scope) for scope in form.scopes],
        "permissions": list(form.permissions),
        "expires": form.expires,
        "version": form.version,
        "isActive": form.is_active,
        "trustedIps": form.trusted_ips,
    }


def _read(path: Path) -> _Found | None:
    """What is in the file; None if that is nothing which `keep` wrote."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                return None
            data = file.read(_LONGEST + 1)
    except OSError:
        return None
    if status.st_mode & 0o077 or len(data) > _LONGEST or _SECRET.search(repr(data)):
        return None
    found = json_text.read_object(data)
    try:
        return None if found is None else _understood(found)
    except (KeyError, TypeError, ValueError, Refusal):
        return None


def _understood(found: dict[str, Any]) -> _Found:
    """Raises KeyError, TypeError, ValueError or Refusal for what is no form."""
    scopes = tuple(
        TypedScope(_text(environment), _text(path), _flag(entered))
        for environment, path, entered in found["scopes"]
    )
    form = FilledForm(
        name=_text(found["name"]),
        scopes=scopes,
        permissions=tuple(_text(permission) for permission in found["permissions"]),
        expires=_text(found["expires"]),
        version=3 if _number(found["version"]) == 3 else 2,
        is_active=_flag(found["isActive"]),
        trusted_ips=_text(found["trustedIps"]),
    )
    return _Found(form, _number(found["keptAt"]), _text(found["projectId"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    refuse_controls(value, "form")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value
