"""One request of a token's holder, as the HTTP door handles it."""

from __future__ import annotations

from st_tui.core.model import Endpoint, Permission, Project, Sealed, ServiceToken
from st_tui.core.secrets.model import Place
from st_tui.core.store import tokens
from st_tui.core.vault.holders.folders import HolderFolders
from st_tui.core.vault.holders.holder import Holder, Stated
from st_tui.core.vault.holders.imports import HolderImports
from st_tui.core.vault.holders.secrets import HolderSecrets
from st_tui.core.vault.session import Session


class Request:
    """A request whose token was let in. It enters a folder, then acts there.

    `secrets`, `folders` and `imports` decide about every further folder that they touch, and write
    what they did into the request's audit entry.
    """

    def __init__(self, session: Session, holder: Holder) -> None:
        self._session = session
        self._holder = holder

    # Made when they are asked for: most requests need one of them.

    @property
    def secrets(self) -> HolderSecrets:
        """The secrets of folders that were entered."""
        return HolderSecrets(self._session, self._holder)

    @property
    def folders(self) -> HolderFolders:
        """The folders below those that were entered."""
        return HolderFolders(self._session, self._holder)

    @property
    def imports(self) -> HolderImports:
        """The import links of folders that were entered."""
        return HolderImports(self._session, self._holder)

    @property
    def token(self) -> ServiceToken:
        """The token that asks."""
        return self._holder.token

    @property
    def project(self) -> Project:
        """The token's project, the only one that a request may be about."""
        return self._holder.project

    def locate(self, stated: Stated) -> Place:
        """The folder that the request is about; nothing is decided yet.

        Raises ForeignProject and MissingEnvironment.
        """
        return self._holder.locate(stated)

    def enter(
        self, stated: Stated, operation: Permission, endpoint: Endpoint = Endpoint.E2EE
    ) -> Place:
        """The folder that the request is about, once the token may do this there.

        Raises ForeignProject, MissingEnvironment and Denied.
        """
        place = self._holder.locate(stated)
        self._holder.enter(place, operation, endpoint)
        return place

    def sealed_project_key(self) -> Sealed:
        """The copy of the project key that the token's key part opens."""
        return tokens.sealed_project_key(self._session.database, self.token.id)
