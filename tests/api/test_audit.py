"""No audit, no answer: each request stands in the log before its answer leaves."""

from __future__ import annotations

import json
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_tui.api.application import OPERATIONS
from st_tui.api.operations import Operation
from st_tui.core.model import AuditEntry, NewToken, Permission
from st_tui.core.vault import Vault
from tests.api.every_operation import ABOUT_A_PLACE, Target, name_of
from tests.api.http_calls import Connection
from tests.api.server import Server, serving
from tests.api.shop import COMMON, READ_WRITE, Shop
from tests.core.vaults import v2

every = pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
every_place = pytest.mark.parametrize("operation", ABOUT_A_PLACE, ids=name_of)
ROUTE = "/api/v2/service-token"


def by(vault: Vault, token: NewToken) -> list[AuditEntry]:
    """The entries of the token's requests, the oldest first."""
    return [entry for entry in reversed(vault.audit.page()) if entry.actor == token.token.id]


def asking(shop: Shop, *scopes: str, permissions: frozenset[Permission] = READ_WRITE) -> NewToken:
    return shop.made(v2("asking", *scopes, permissions=permissions, expires_at=None))


@pytest.fixture
def token(open_shop: Shop) -> NewToken:
    return asking(open_shop, "dev:/**", "prod:/**")


@pytest.fixture
def target(open_shop: Shop, token: NewToken) -> Iterator[Target]:
    made = Target.make(open_shop, token.text.full)
    yield made
    made.line.close()


@every
def test_what_was_allowed(
    vault: Vault, target: Target, token: NewToken, operation: Operation
) -> None:
    assert target.ask(operation).status == 200
    (entry,) = by(vault, token)
    assert entry.event == operation.event
    assert (entry.verdict, entry.reason) == ("allowed", "allowed")
    assert (entry.ip, entry.user_agent) == (target.line.address, "tests")
    assert entry.project_id == target.shop.project.id
    if operation.subject == "service-tokens":
        assert (entry.environment, entry.path, entry.operation) == (None, None, None)
        return
    made = operation.event in ("create-folder", "delete-folder")
    assert entry.environment == "dev"
    assert entry.path == ("/common/db" if made else "/common")
    assert entry.operation == ("write" if operation.writes else "read")
    assert vault.audit.first_broken() is None


def reasons(operation: Operation) -> list[str]:
    """Why the operation may be denied."""
    found = ["environment", "path"]
    if operation.event != "get-folders":  # who may write may find the way there
        found.append("permission")
    if "raw" in operation.path or "/v4/" in operation.path:
        found.append("raw_e2ee")
    return found


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        pytest.param(operation, reason, id=f"{name_of(operation)} {reason}")
        for operation in ABOUT_A_PLACE
        for reason in reasons(operation)
    ],
)
def test_what_was_denied(vault: Vault, open_shop: Shop, operation: Operation, reason: str) -> None:
    """The caller is told the same for every reason. The log has the reason."""
    scopes = {"environment": ("prod:/**",), "path": ("dev:/elsewhere/**",)}
    lacking = Permission.WRITE if operation.writes else Permission.READ
    token = asking(
        open_shop,
        *scopes.get(reason, ("dev:/**",)),
        permissions=READ_WRITE - {lacking} if reason == "permission" else READ_WRITE,
    )
    target = Target.make(open_shop, token.text.full)
    if reason == "raw_e2ee":
        vault.projects.set_e2ee(open_shop.project, on=True)
    answer = target.ask(operation)
    target.line.close()
    if reason == "raw_e2ee":
        assert answer.problem[:2] == (400, "bot_not_found_error")
    else:
        words = f"You are not allowed to {operation.action} on {operation.subject}"
        assert answer.problem == (403, "PermissionDenied", words)
    (entry,) = by(vault, token)
    assert entry.event == operation.event
    assert (entry.verdict, entry.reason) == ("denied", reason)
    assert (entry.environment, entry.path) == ("dev", "/common")
    assert entry.operation == lacking
    assert (entry.ip, entry.user_agent) == (target.line.address, "tests")


@every_place
def test_another_project_is_denied(
    vault: Vault, target: Target, token: NewToken, operation: Operation
) -> None:
    fields = target.fields(operation) | {"workspaceId": "another"}
    assert target.ask(operation, fields).problem[:2] == (403, "ForbiddenError")
    (entry,) = by(vault, token)
    assert (entry.event, entry.verdict, entry.reason) == (operation.event, "denied", "project")
    assert (entry.environment, entry.path) == ("dev", "/common")
    assert json.loads(entry.details)["project"] == "another"


def test_what_could_not_be_done_is_told_with_its_status(
    vault: Vault, target: Target, token: NewToken
) -> None:
    """A broken request was never decided. A request for something missing was allowed to look."""
    target.line.ask("GET", "/api/v3/secrets/NOT_THERE?environment=dev&secretPath=/common")
    target.line.ask("GET", "/api/v3/secrets/KEY?environment=dev&secretPath=/not/there")
    target.line.ask("GET", "/api/v3/secrets?environment=%ff")
    target.line.ask("GET", "/api/v3/secrets")
    target.line.ask("GET", "/api/v9/nothing?SECRET_NAME")
    target.line.ask("POST", "/api/v3/secrets/raw/KEY", body=b"[" * 2_000_000)
    assert [
        (entry.event, entry.verdict, entry.reason, json.loads(entry.details)["status"])
        for entry in by(vault, token)
    ] == [
        ("get-secret", "allowed", "allowed", 404),
        ("get-secret", "allowed", "allowed", 404),
        ("get-secrets", "denied", "invalid", 400),
        ("get-secrets", "denied", "invalid", 400),
        ("unknown-route", "denied", "invalid", 404),
        ("create-secret", "denied", "invalid", 413),
    ]
    assert not any("SECRET_NAME" in str(entry) for entry in by(vault, token))


def test_a_name_that_was_asked_for_in_vain_has_the_hash_of_the_one_that_was_meant(
    vault: Vault, target: Target, token: NewToken
) -> None:
    """Blanks around a name do not count when it is looked for."""
    for name in ("LATER", "%20LATER%20"):
        path = f"/api/v3/secrets/raw/{name}?environment=dev&secretPath=/common"
        assert target.line.ask("GET", path).status == 404
    target.shop.put(COMMON, LATER="value")
    hashes = vault.secrets.names_by_hash(target.shop.project)
    asked = [json.loads(entry.details)["secretKey"] for entry in by(vault, token)]
    assert [hashes.get(hashed) for hashed in asked] == ["LATER", "LATER"]


def test_nobody_is_in_the_log_too(vault: Vault, open_shop: Shop) -> None:
    line = Connection(open_shop.url, {"User-Agent": "st\x9b31m\u00e9 " + "x" * 1_000})
    assert line.ask("GET", "/api/v3/secrets/raw").status == 401
    assert line.ask("GET", ROUTE, headers={"Authorization": "Bearer st.1.2.3"}).status == 401
    line.close()
    told = [entry for entry in reversed(vault.audit.page()) if entry.ip == line.address]
    assert [(entry.actor, entry.event, entry.verdict, entry.reason) for entry in told] == [
        ("anonymous", "get-secrets", "denied", "unknown"),
        ("anonymous", "get-service-token", "denied", "unknown"),
    ]
    for entry in told:
        assert entry.user_agent is not None
        assert entry.user_agent.isprintable()
        assert len(entry.user_agent) < 300


def test_uses_are_counted_also_of_what_was_denied(
    vault: Vault, target: Target, token: NewToken
) -> None:
    before = vault.now()
    for _ in range(5):
        assert target.line.ask("GET", ROUTE).status == 200
    assert target.line.ask("GET", "/api/v3/secrets?environment=staging").status == 403
    used = vault.tokens.get(token.token.id)
    assert used.use_count == 6
    assert used.last_used is not None
    assert before <= used.last_used <= vault.now()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")
def test_when_the_disk_is_full_nothing_is_answered(
    served: tuple[Path, Server], vault: Vault, target: Target, token: NewToken
) -> None:
    """503, without a word about what was asked. The server goes on as soon as there is room."""
    pid, limit = served[1].process.pid, resource.RLIMIT_FSIZE
    before = resource.prlimit(pid, limit)
    paths = (
        ("GET", ROUTE, None),
        ("GET", "/api/v3/secrets/raw/KEY?environment=dev&secretPath=/common", None),
        ("GET", "/api/v9/nothing", None),
        ("DELETE", "/api/v3/secrets/raw/KEY", b'{"environment": "dev", "secretPath": "/common"}'),
    )
    try:
        resource.prlimit(pid, limit, (1, before[1]))
        for method, path, body in paths:
            answer = target.line.ask(method, path, body=body)
            assert answer.problem[:2] == (503, "ServiceUnavailable")
            assert answer.headers["retry-after"] == "1"
            assert b"value" not in answer.body
        assert target.line.ask("GET", "/api/status").status == 200
    finally:
        resource.prlimit(pid, limit, before)
    assert by(vault, token) == []
    for (method, path, body), status in zip(paths, (200, 200, 404, 200), strict=True):
        assert target.line.ask(method, path, body=body).status == status
    assert len(by(vault, token)) == len(paths)
    assert vault.audit.first_broken() is None


def test_two_workers_write_one_chain(tmp_path: Path) -> None:
    """Both write at once. Some requests are refused, and the operator changes things meanwhile."""
    directory = tmp_path / "vault"
    each, clients = 40, 6
    with (
        Vault.create(directory, actor="ann") as vault,
        serving(directory, "--workers", "2") as server,
    ):
        shop = Shop.make(vault, server.url, e2ee=False)
        token = asking(shop, "dev:/**")
        shop.put(COMMON, KEY="value")
        statuses: list[int] = []

        def ask() -> None:
            for number in range(each):
                # A connection of its own each time, so that both workers get some.
                line = Connection(server.url, {"Authorization": f"Bearer {token.text.full}"})
                path = "/common" if number % 4 else "/nowhere"
                query = {"environment": "dev", "secretPath": path}
                statuses.append(line.ask("GET", "/api/v3/secrets/raw", query=query).status)
                line.close()

        threads = [threading.Thread(target=ask) for _ in range(clients)]
        for thread in threads:
            thread.start()
        number = 0
        while any(thread.is_alive() for thread in threads):
            shop.put(COMMON, KEY=f"value {(number := number + 1)}")
        for thread in threads:
            thread.join()
        assert sorted(set(statuses)) == [200, 404]
        assert len(statuses) == each * clients
        assert len(by(vault, token)) == each * clients
        assert vault.tokens.get(token.token.id).use_count == each * clients
        assert vault.audit.first_broken() is None
