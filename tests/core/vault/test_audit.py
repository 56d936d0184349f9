"""Accesses in the audit log: who, what, the verdict and why; and the use they were."""

from __future__ import annotations

from st_tui.core.access import UNKNOWN, decide
from st_tui.core.model import AccessRequest, Endpoint, Permission, Project, ServiceToken, Use
from st_tui.core.vault import Access, Vault
from tests.core.vaults import NOON, v2, v3


def access(project: Project, token: ServiceToken | None, path: str, now: int) -> Access:
    request = AccessRequest("dev", path, Permission.READ, now, Endpoint.RAW)
    decision = UNKNOWN if token is None else decide(token, request)
    return Access(
        "get-secrets", project, token, request, decision, "192.0.2.1", "cli", {"numberOfSecrets": 2}
    )


def test_an_access_is_logged_as_it_was_decided(vault: Vault, project: Project) -> None:
    token = vault.tokens.create(project, v2()).token
    inactive = vault.tokens.create(project, v3()).token
    vault.audit.record(
        [
            access(project, token, "/common/db", NOON + 1),
            access(project, token, "/other", NOON + 2),
            access(project, inactive, "/common", NOON + 3),
            access(project, None, "/", NOON + 4),
        ]
    )
    logged = vault.audit.page(limit=4)[::-1]
    assert [(e.time, e.actor, e.path, e.verdict, e.reason) for e in logged] == [
        (NOON + 1, token.id, "/common/db", "allowed", "allowed"),
        (NOON + 2, token.id, "/other", "denied", "path"),
        (NOON + 3, inactive.id, "/common", "denied", "inactive"),
        (NOON + 4, "anonymous", "/", "denied", "unknown"),
    ]
    first = logged[0]
    assert (first.event, first.ip, first.user_agent) == ("get-secrets", "192.0.2.1", "cli")
    assert (first.environment, first.operation, first.project_id) == ("dev", "read", project.id)
    assert first.details == '{"endpoint":"raw","numberOfSecrets":2}'
    assert vault.audit.first_broken() is None
    assert vault.tokens.get(token.id).last_used == NOON + 2
    assert vault.tokens.get(inactive.id).last_used is None


def test_a_clock_that_was_put_back_does_not_put_back_the_last_use(
    vault: Vault, project: Project
) -> None:
    token = vault.tokens.create(project, v2()).token
    for now in (NOON + 2, NOON):
        vault.audit.record([access(project, token, "/common", now)])
    used = vault.tokens.get(token.id)
    assert (used.last_used, used.use_count) == (NOON + 2, 2)


def test_an_access_with_a_token_deleted_since_is_still_logged(
    vault: Vault, project: Project
) -> None:
    token = vault.tokens.create(project, v2()).token
    vault.tokens.revoke([token])
    vault.audit.record([access(project, token, "/common", NOON)])
    assert vault.audit.page(limit=1)[0].actor == token.id


def test_nothing_to_record_writes_nothing(vault: Vault, project: Project) -> None:
    count = vault.audit.count()
    vault.audit.record([])
    assert vault.audit.count() == count


def test_the_uses_of_a_token_are_what_it_was_allowed(vault: Vault, project: Project) -> None:
    token = vault.tokens.create(project, v2()).token
    other = vault.tokens.create(project, v2("other")).token
    read_db = access(project, token, "/common/db", NOON)
    write = read_db.request._replace(operation=Permission.WRITE)
    denied = access(project, token, "/other", NOON)
    vault.audit.record(
        [
            read_db,
            read_db,
            denied,
            read_db._replace(request=write, decision=decide(token, write)),
            access(project, other, "/common/other", NOON),
        ]
    )
    assert vault.audit.uses(token) == [Use("dev", "/common/db", Permission.READ, 2)]
    assert vault.audit.uses_of_all(project) == {
        token.id: [Use("dev", "/common/db", Permission.READ, 2)],
        other.id: [Use("dev", "/common/other", Permission.READ, 1)],
    }
    elsewhere = vault.projects.create("Elsewhere")
    assert vault.audit.uses_of_all(elsewhere) == {}


def test_what_happened_since_a_position_in_the_log(vault: Vault, project: Project) -> None:
    token, other = (vault.tokens.create(project, v2(name)).token for name in ("one", "other"))
    used = access(project, token, "/common/db", NOON)
    start = vault.audit.position()
    assert vault.audit.is_only_used_since(project, start)
    vault.audit.record([used, used, access(project, other, "/", NOON)])
    assert vault.audit.is_only_used_since(project, start)
    assert sorted(vault.audit.actors_since(project, start)) == sorted([token.id, other.id])
    assert vault.audit.uses_of_some(project, [token.id, "nobody"]) == {
        token.id: [Use("dev", "/common/db", Permission.READ, 2)]
    }
    vault.projects.create("Elsewhere")
    assert vault.audit.is_only_used_since(project, start)
    vault.folders.create(project, "dev", "/new")
    assert not vault.audit.is_only_used_since(project, start)
    restored = vault.audit.position()._replace(hash="0" * 64)
    assert not vault.audit.is_only_used_since(project, restored)
