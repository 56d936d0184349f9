"""Import links over HTTP: who may make one, see it and take it away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from st_tui.core.model import AuditEntry
from st_tui.core.vault import Vault
from tests.api.http_calls import Answer, Connection
from tests.api.shop import COMMON, DB, OTHER, ROOT, Shop
from tests.core.vaults import READ, WRITE

ROUTE = "/api/v1/secret-imports"


class Links:
    """The routes with one token, about one folder of `dev`."""

    def __init__(self, line: Connection, path: str) -> None:
        self._line = line
        self._where = {"environment": "dev", "path": path}

    def listed(self) -> Answer:
        return self._line.ask("GET", ROUTE, query=self._where)

    def make(self, environment: str, path: str) -> Answer:
        source = {"environment": environment, "path": path}
        return self._line.ask("POST", ROUTE, body={**self._where, "import": source})

    def delete(self, link_id: str) -> Answer:
        return self._line.ask("DELETE", f"{ROUTE}/{link_id}", body=self._where)


@contextmanager
def links(shop: Shop, path: str, *scopes: str, **rest: Any) -> Iterator[Links]:
    line = Connection(shop.url, {"Authorization": f"Bearer {shop.token(*scopes, **rest)}"})
    try:
        yield Links(line, path)
    finally:
        line.close()


def last_entry(shop: Shop) -> AuditEntry:
    return shop.vault.audit.page(project=shop.project, limit=1)[0]


def test_a_link_has_the_fields_that_clients_know(shop: Shop) -> None:
    with links(shop, "/common") as one:
        made = [one.make(*source).json["secretImport"] for source in (OTHER, DB)]
        assert one.listed().json["secretImports"] == made
        assert one.delete(made[0]["id"]).json["secretImport"] == made[0]
        assert one.listed().json["secretImports"] == made[1:]
    assert [link["position"] for link in made] == [1, 2]
    assert made[0]["importPath"] == "/other"
    assert made[0]["importEnv"].items() >= {"name": "Production", "slug": "prod"}.items()
    assert made[0].keys() == {
        "id", "version", "importPath", "importEnv", "position", "createdAt", "updatedAt",
        "folderId", "isReplication",
    }  # fmt: skip


def test_what_may_not_be_read_may_not_be_linked(shop: Shop) -> None:
    """Else a link would show its readers secrets that its maker may not read."""
    denied = (403, "PermissionDenied", "You are not allowed to create on secret-imports")
    with links(shop, "/common", "dev:/common", "dev:/common/db") as one:
        for source in (OTHER, ROOT, ("qa", "/")):
            assert one.make(*source).problem == denied
            entry = last_entry(shop)
            assert (entry.event, entry.verdict) == ("create-secret-import", "denied")
            assert (entry.environment, entry.path, entry.operation) == (*source, "read")
        assert one.make(*DB).status == 200
    with links(shop, "/common", permissions=WRITE) as writer:
        assert writer.make(*OTHER).problem == denied
        assert last_entry(shop).reason == "permission"
    assert [link.source for link in shop.vault.secrets.imports(shop.project, COMMON)] == [DB]


def test_a_link_is_only_found_in_its_own_folder(shop: Shop, vault: Vault) -> None:
    """Else its id would be enough to take it out of a folder that the token may not change."""
    link = vault.secrets.add_import(shop.project, ROOT, DB)
    bank = Shop.make(vault, shop.url, e2ee=True)
    other = vault.secrets.add_import(bank.project, COMMON, DB)
    with links(shop, "/common", "dev:/common") as one:
        for link_id in (link.id, other.id, "nothing"):
            told = "Secret import not found in folder with path '/common' in environment 'dev'"
            assert one.delete(link_id).problem == (404, "NotFound", told)
    with links(shop, "/", "dev:/common") as one:
        assert one.delete(link.id).problem[0] == 403
        assert one.listed().problem[0] == 403
    with links(shop, "/", permissions=READ) as reader:
        assert reader.delete(link.id).problem[0] == 403
        assert len(reader.listed().json["secretImports"]) == 1
    assert vault.secrets.imports(shop.project, ROOT) == [link]
    assert vault.secrets.imports(bank.project, COMMON) == [other]


def test_no_source_outside_the_scope_is_named(shop: Shop, vault: Vault) -> None:
    """Not in a list, and not by a deletion, which is refused as if there were no link."""
    hidden = vault.secrets.add_import(shop.project, COMMON, OTHER)
    seen = vault.secrets.add_import(shop.project, COMMON, DB)
    with links(shop, "/common", "dev:/**") as one:
        answer = one.listed()
        assert [link["id"] for link in answer.json["secretImports"]] == [seen.id]
        refused = one.delete(hidden.id)
        assert refused.problem == one.delete("nothing").problem
        for told in (answer, refused):
            assert b"prod" not in told.body
            assert b"other" not in told.body
        assert one.delete(seen.id).status == 200
        assert one.listed().json["secretImports"] == []
    assert vault.secrets.imports(shop.project, COMMON) == [hidden]
    with links(shop, "/common", "dev:/common", "prod:/**") as other:
        assert [link["id"] for link in other.listed().json["secretImports"]] == [hidden.id]


def test_who_may_only_write_takes_a_link_away_whose_ends_are_in_its_scope(
    shop: Shop, vault: Vault
) -> None:
    link = vault.secrets.add_import(shop.project, COMMON, OTHER)
    with links(shop, "/common", "dev:/common", "prod:/other", permissions=WRITE) as writer:
        assert writer.listed().problem[0] == 403
        assert writer.delete(link.id).json["secretImport"]["importPath"] == "/other"
    assert vault.secrets.imports(shop.project, COMMON) == []
