"""What leads to something that goes, as `warnings` tell it.

Only from folders that the token may read: of any other there is neither a name nor a number.
"""

from __future__ import annotations

from st_tui.core.secrets.model import Place, SealedSecret, SecretImport
from st_tui.core.secrets.used_by import UsedBy, shortened
from st_tui.core.vault import used_by
from st_tui.core.vault.holders.request import Request

MOST_TOLD = 20


def to_folder(request: Request, place: Place) -> list[str]:
    """Warnings about a folder that is to be deleted, with all below it."""
    return _told(
        used_by.of_folder(request.session, request.project, place, request.may, bounded=True)
    )


def to_secret(request: Request, secret: SealedSecret) -> list[str]:
    """Warnings about a secret that is to be deleted."""
    return _told(
        used_by.of_secrets(
            request.session,
            request.project,
            secret.place,
            [secret.name_hash],
            request.may,
            bounded=True,
        )
    )


def to_old_name(request: Request, before: SealedSecret, after: SealedSecret) -> list[str]:
    """Warnings about a secret that may have been renamed."""
    if after.name_hash == before.name_hash:
        return []
    return _told(
        used_by.references_to(
            request.session,
            request.project,
            before.place,
            before.name_hash,
            request.may,
            bounded=True,
        )
    )


def through(request: Request, link: SecretImport) -> list[str]:
    """Warnings about a link that is to be taken away."""
    return _told(used_by.of_link(request.session, request.project, link, request.may))


def _told(found: UsedBy) -> list[str]:
    lines = [f"{line} and will not find it any more." for line in found.lines]
    return shortened(lines, MOST_TOLD) + ([found.unseen] if found.unseen else [])
