"""Folders as requests name them: by which fields, whether they are there, and their ids."""

from __future__ import annotations

from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from st_tui.api.operations import Field
from st_tui.api.params import LONGEST_PLAIN, Params
from st_tui.core.drafts import LONGEST_FOLDER_PATH
from st_tui.core.model import Endpoint, Permission
from st_tui.core.secrets.model import Place
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secret_changes import NoFolder, folder_exists

PROJECT = (
    Field(
        "workspaceId",
        about="The project; the token's own if left out",
        also=("projectId",),
        longest=LONGEST_PLAIN,
    ),
    Field(
        "workspaceSlug",
        about="Or the project's slug",
        also=("projectSlug",),
        longest=LONGEST_PLAIN,
    ),
    Field("environment", about="An environment's slug", longest=LONGEST_PLAIN),
)
PLACE = (
    *PROJECT,
    Field("secretPath", about="The folder, as in /common/db", longest=LONGEST_FOLDER_PATH),
)


def entered(
    request: Request, params: Params, operation: Permission, endpoint: Endpoint = Endpoint.E2EE
) -> Place:
    """The folder that the request is about, once the token may go there. Raises Refusal."""
    place = request.locate(params.stated())
    request.enter(place, operation, endpoint)
    return place


def require_folder(request: Request, place: Place) -> None:
    """Raise NoFolder unless the folder is there. Only asked inside the scope."""
    if not folder_exists(request.session, request.project, place):
        raise NoFolder(place)


def in_folder(place: Place) -> str:
    """Where something was looked for, as a 404 tells it."""
    return f"in folder with path '{place.path}' in environment '{place.environment}'"


def folder_id(project_id: str, place: Place) -> str:
    """A folder's id: made of where it is, since that is what it is known by."""
    return str(uuid5(_namespace(project_id), str(place)))


def environment_id(project_id: str, slug: str) -> str:
    """An environment's id, made the same way."""
    return str(uuid5(_namespace(project_id), slug))


@lru_cache
def _namespace(project_id: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"st-tui:{project_id}")
