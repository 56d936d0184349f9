"""What both kinds of secret lists have in common: what they gather, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from st_tui.api.params import Params
from st_tui.api.places import folder_id, require_folder
from st_tui.api.routes.secrets_shared import filtered_out
from st_tui.core.secrets.model import Place, SealedBudget, SecretImport
from st_tui.core.vault import secret_lists
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secret_lists import Gathered

AnySecret = TypeVar("AnySecret")


def imports_asked(params: Params, *, by_default: bool) -> bool:
    """Whether secrets that links bring are wanted."""
    return params.flag("include_imports", "includeImports", default=by_default)


def gathered(
    request: Request, params: Params, place: Place, *, imports_by_default: bool = False
) -> Gathered:
    """The sealed secrets that a list of a folder holds. Raises Refusal."""
    recursive = params.flag("recursive")
    imports = imports_asked(params, by_default=imports_by_default)
    require_folder(request, place)
    if filtered := filtered_out(params):
        return Gathered([], [], filtered, frozenset())
    return secret_lists.gathered(
        request.session,
        request.project,
        place,
        request.may,
        recursive=recursive,
        imports=imports,
        budget=SealedBudget(),
    )


def listed(
    request: Request,
    secrets: list[AnySecret],
    imports: Iterable[tuple[SecretImport, list[AnySecret]]],
    warnings: list[str],
    data: Callable[[AnySecret], dict[str, Any]],
) -> dict[str, Any]:
    """The answer to a list, and its size in the audit log."""
    links = list(imports)
    request.details["numberOfSecrets"] = len(secrets) + sum(len(inside) for _, inside in links)
    return {
        "secrets": [data(secret) for secret in secrets],
        "imports": [
            {
                "secretPath": link.source.path,
                "environment": link.source.environment,
                "folderId": folder_id(request.project.id, link.source),
                "secrets": [data(secret) for secret in inside],
            }
            for link, inside in links
        ],
        "warnings": warnings,
    }
