"""Make a vault's directory, check that it is private, and make and read the keys in it.

A vault is private to its owner; `vault.db` and `server.key` may be shared with one group.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from st_tui.core.files import core_dumps, written_aside
from st_tui.core.files.vault_layout import (
    DATABASE,
    OPERATOR_DIRECTORY,
    OPERATOR_KEY,
    OWN_NAMES,
    SERVER_KEY,
    VaultFilesError,
    holds_others,
)
from st_tui.core.model import RandomBytes

KEY_BYTES = 32

_OPERATOR_ONLY = frozenset({"operator", "operator.key"})
_DRAFT = "new-"
_WRITTEN_BY_ANY = frozenset({f"{DATABASE}-wal", f"{DATABASE}-shm"})
_NETWORK_FILE_SYSTEMS = frozenset(
    {"9p", "afs", "beegfs", "ceph", "ceph-fuse", "cifs", "coda", "davfs", "gfs2", "glusterfs",
     "gpfs", "juicefs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "rclone", "s3fs",
     "smb3", "smbfs", "sshfs"}
)  # fmt: skip
"""As /proc/mounts names them, without the prefix `fuse.` that some have there."""


def make_directory(directory: Path) -> None:
    """Make a private directory for a new vault; one that is there and empty is made private.

    Raises VaultFilesError for a directory that holds other files, or where a vault is unsafe.
    """
    # Checked before anything is made there.
    refuse_network_file_system(directory, _mounts())
    _refuse_open_parent(directory)
    try:
        _make_parents(directory)
        directory.mkdir(mode=0o700, exist_ok=True)
        if holds_others(directory):
            raise VaultFilesError(
                f"{directory} holds other files: choose an empty or a new directory for a vault."
            )
        if not any(directory.iterdir()):
            directory.chmod(0o700)
    except OSError as error:
        raise VaultFilesError(f"{directory} cannot be a vault: {error.strerror}.") from None
    check_directory(directory)


def _make_parents(directory: Path) -> None:
    """Make the missing directories above it, open to no other writer whatever the umask says."""
    for parent in reversed(directory.absolute().parents):
        if not parent.exists():
            parent.mkdir(mode=0o755, exist_ok=True)


def check_directory(directory: Path) -> None:
    """Raise VaultFilesError where a vault would be unsafe.

    It is unsafe on a network file system, open to the world, with files of another user, or where
    everybody could put another vault in its place.
    """
    refuse_network_file_system(directory, _mounts())
    _refuse_open_parent(directory)
    owner = None
    for part in (directory, *(directory / name for name in OWN_NAMES), directory / OPERATOR_KEY):
        try:
            status = part.stat()
        except OSError:
            continue
        mode = status.st_mode
        if owner is None:
            owner = status.st_uid
        # -wal and -shm belong to whoever wrote first, which may be the server's own user.
        if part.name not in _WRITTEN_BY_ANY and status.st_uid not in (0, owner):
            raise VaultFilesError(
                f"{part} belongs to another user than {directory} does: whoever owns it could "
                f"change what it holds. If it is right, run `chown --reference={directory} {part}`."
            )
        operator_only = part.name in _OPERATOR_ONLY
        allowed = 0o700 if operator_only else 0o770
        if stat.S_IMODE(mode) & 0o777 & ~allowed:
            whom = "its group or the world" if operator_only else "the world"
            raise VaultFilesError(f"{part} is open to {whom}: run `chmod {_private(part)} {part}`.")


def _refuse_open_parent(directory: Path) -> None:
    for parent in directory.resolve().parents:
        try:
            mode = parent.stat().st_mode
        except OSError:
            continue
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise VaultFilesError(
                f"{parent} may be written by everybody, who could put another vault in the place "
                f"of {directory}: run `chmod +t {parent}`, or keep the vault elsewhere."
            )
        return  # Only the nearest that exists counts: the missing ones are made by us.


def _private(part: Path) -> str:
    return "go=" if part.name in _OPERATOR_ONLY else "o="


def refuse_network_file_system(directory: Path, mounts: str) -> None:
    """Raise VaultFilesError on a network file system: SQLite's WAL needs shared memory there.

    `mounts` is the text of /proc/mounts; empty where the system has none.
    """
    real = os.path.realpath(directory)
    longest, kind, point = -1, "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        # A blank in a mount point is written \\040.
        root = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        if len(root) >= longest and (real == root or real.startswith(root.rstrip("/") + "/")):
            longest, kind, point = len(root), fields[2], root
    if kind.removeprefix("fuse.") in _NETWORK_FILE_SYSTEMS:
        raise VaultFilesError(
            f"{directory} is on a network file system ({kind} at {point}), where SQLite's WAL is "
            "unsafe: put the vault on a local disk."
        )


def make_keys(directory: Path, randbytes: RandomBytes) -> None:
    """Make whichever of the two keys is missing. Called only where there is no database."""

    def write(path: Path) -> None:
        with written_aside.open_new(path) as file:
            file.write(f"{randbytes(KEY_BYTES).hex()}\n".encode("ascii"))

    for name in (OPERATOR_KEY, SERVER_KEY):
        make_once(directory, name, write)


def make_once(directory: Path, name: str, write: Callable[[Path], None]) -> bool:
    """Let `write` make a file, unless there is one; whether it was made. The file appears whole.

    Two programs may start on a new vault at the same moment: the first makes the file, the other
    finds it complete. A crash leaves nothing half-written that looks like a vault.
    """
    try:
        (directory / OPERATOR_DIRECTORY).mkdir(mode=0o700, exist_ok=True)
        with draft(directory) as path:
            write(path)
            try:
                written_aside.rename_to_new(path, directory / name)
                made = True
            except FileExistsError:
                made = False
        # The directory of a new operator's key is new as well.
        written_aside.sync(directory)
    except OSError as error:
        raise VaultFilesError(f"{directory / name} cannot be made: {error.strerror}.") from None
    return made


def draft(directory: Path) -> AbstractContextManager[Path]:
    """The path of a new file in the directory that only the operator may read. Raises OSError."""
    return written_aside.draft(directory / OPERATOR_DIRECTORY, _DRAFT)


def clear_drafts(directory: Path) -> None:
    """Delete the drafts of `make_once` and `draft` whose program was killed."""
    written_aside.clear(directory / OPERATOR_DIRECTORY, _DRAFT)


def read_key(directory: Path, name: str) -> bytes:
    """One of the two keys: 32 bytes. Raises VaultFilesError; a missing key is never made anew."""
    core_dumps.forbid()
    path = directory / name
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise VaultFilesError(
            f"The key file {path} is missing: restore it from your backup; "
            "without it the project keys cannot be opened."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise VaultFilesError(f"The key file {path} cannot be read: check who owns it.") from None
    if len(text) != 2 * KEY_BYTES or not all(c in "0123456789abcdef" for c in text):
        raise VaultFilesError(
            f"The key file {path} is damaged: it must hold 64 hexadecimal digits; "
            "restore it from your backup."
        )
    return bytes.fromhex(text)


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
