"""Which files a vault's directory has.

    vault.db                   the database
    server.key                 wraps name keys, and project keys while E2EE is off
    operator/operator.key      wraps every project key
    operator/form.json         a form for a token that was not finished, for a day at most

Any door may import this. Only the vault makes and reads the files (`vault_files`).
"""

from __future__ import annotations

from pathlib import Path

from st_tui.core.errors import Refusal

DATABASE = "vault.db"
SERVER_KEY = "server.key"
OPERATOR_DIRECTORY = "operator"
OPERATOR_KEY = f"{OPERATOR_DIRECTORY}/operator.key"
UNFINISHED_FORM = f"{OPERATOR_DIRECTORY}/form.json"
OWN_NAMES = frozenset(
    {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", SERVER_KEY, OPERATOR_DIRECTORY}
)
"""The names in a vault's directory. SQLite's two journals are there while the vault is open."""


class VaultFilesError(Refusal):
    """A directory that is not, or may not be, a vault."""


def has_database(directory: Path) -> bool:
    """Whether a vault was made here. Raises VaultFilesError if the directory may not be read."""
    try:
        return (directory / DATABASE).exists()
    except OSError as error:
        raise VaultFilesError(f"{directory} cannot be a vault: {error.strerror}.") from None


def is_ours(directory: Path, file: Path) -> bool:
    """Whether a file is one of the vault's own, or lies in one of its directories."""
    return any(file.resolve().is_relative_to((directory / name).resolve()) for name in OWN_NAMES)


def holds_others(directory: Path) -> bool:
    """Whether the directory has anything but a vault's files. Some of those may be missing."""
    return any(entry.name not in OWN_NAMES for entry in directory.iterdir())
