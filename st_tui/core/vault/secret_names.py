"""The names of secrets that the audit log has only as hashes.

An entry's details name a secret by its keyed hash. Whoever can open the secrets can tell its name:

    {"secretKey":"3f9c…"}  ->  {"secretKey":"DB_PASSWORD"}
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from st_tui.core import crypto
from st_tui.core.model import Project
from st_tui.core.store import secrets
from st_tui.core.vault.secret_changes import name_hash
from st_tui.core.vault.session import Session

_HASH = re.compile(r'"([0-9a-f]{64})"')


def hashed_names(
    session: Session, project: Project, hashes: Collection[str] | None = None
) -> Iterator[tuple[str, str]]:
    """The names of a project's secrets, present and earlier ones, each after its hash.

    With `hashes`, a present name is left out if its hash is not among them.
    """
    session = session.remembering()
    key = session.project_key(project.id)
    for hashed, sealed in secrets.names(session.database, project.id):
        if hashed is not None and hashes is not None and hashed.hex() not in hashes:
            continue
        with suppress(crypto.SealError):
            name = crypto.unseal(sealed, key)
            if hashed is None:
                hashed = name_hash(session, project, name)
            yield hashed.hex(), name


def with_names(details: str, names: Mapping[str, str]) -> str:
    """An entry's details, as JSON, with the names of secrets in place of their hashes."""
    return _HASH.sub(
        lambda found: json.dumps(names[found[1]]) if found[1] in names else found[0], details
    )
