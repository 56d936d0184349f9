"""A project with folders, from both sides: the operator's vault and the server's address."""

from __future__ import annotations

from dataclasses import dataclass

from st_tui.core.model import NewToken, Permission, Project, TokenDraft
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from tests.core.vaults import v2

READ_WRITE = frozenset(Permission)

ROOT = Place("dev", "/")
COMMON = Place("dev", "/common")
DB = Place("dev", "/common/db")
OTHER = Place("prod", "/other")


@dataclass(frozen=True)
class Shop:
    """A project that is served."""

    vault: Vault
    project: Project
    url: str

    @classmethod
    def make(cls, vault: Vault, url: str, *, e2ee: bool) -> Shop:
        """A project with some folders."""
        project = vault.projects.create("Shop", e2ee=e2ee)
        for place in (DB, OTHER):
            vault.folders.create(project, *place)
        return cls(vault, project, url)

    def token(
        self, *scopes: str, permissions: frozenset[Permission] = READ_WRITE, name: str = "shop"
    ) -> str:
        """The four parts of a new token that never expires; it may do all by default."""
        scopes = scopes or ("dev:/**", "prod:/**", "staging:/**")
        return self.made(v2(name, *scopes, permissions=permissions, expires_at=None)).text.full

    def made(self, draft: TokenDraft) -> NewToken:
        """A new token as the vault answers it."""
        return self.vault.tokens.create(self.project, draft)

    def put(self, place: Place, **values: str) -> None:
        """Write secrets as the operator."""
        self.vault.secrets.set(self.project, place, values)

    def values(self, place: Place) -> dict[str, str]:
        """Names and values as the operator reads them."""
        found = self.vault.secrets.read(self.project, place)
        assert not found.warnings
        return {secret.name: secret.value for secret in found.secrets}
