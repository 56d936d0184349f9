"""A client that encrypts end to end, against a real server: it never shows a key or a value."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_tui.core.expiry import HOUR, system_clock
from st_tui.core.store.sqlite import open_database
from st_tui.core.vault import Vault
from tests.api.e2ee_client import E2eeClient
from tests.api.http_calls import Refused
from tests.api.server import Server, serving
from tests.api.shop import COMMON, DB, OTHER, ROOT, Shop
from tests.core.vaults import READ, WRITE, v2

TEXTS = {
    "EMPTY": "",
    "LINES": "-----BEGIN KEY-----\nabc\r\n-----END KEY-----\n",
    "BLANKS": "  around  ",
    "ANY": "ключ 🔑 \x1b[31m \"'\\",
    "LONG": "x" * 300_000,
    "REFERENCE": "${EMPTY} ${dev.common.X}",
}
# The server decodes once: "a%2Fb" stays what it is. ("raw" is refused: it is another route.)
NAMES = ["A", "with space", "ключ", "🔑", "a#b", "a?b", "a%b", "a%2Fb", "a&b=c", "a+b", "a;b",
         "a.b", "...", "a\\b", "batch", "n" * 256]  # fmt: skip


def client(shop: Shop, *scopes: str, **rest: Any) -> E2eeClient:
    return E2eeClient(shop.token(*scopes, **rest), shop.url)


def refused(act: Callable[..., object], *values: Any, **named: Any) -> tuple[int, str, str]:
    """Status, error and message of a refusal."""
    with pytest.raises(Refused) as caught:
        act(*values, **named)
    return caught.value.answer.problem


def test_the_key_part_alone_opens_the_project_key(shop: Shop) -> None:
    with client(shop) as one, client(shop, "dev:/x", permissions=READ) as other:
        assert one.project_id == other.project_id == shop.project.id
        assert one.project_key == other.project_key
        assert one.project_key == shop.vault._session.project_key(shop.project.id)


def test_what_the_token_is_is_told_without_its_secret(shop: Shop) -> None:
    made = shop.made(v2("ci", "dev:/common/**", "prod:/*", expires_at=system_clock() + HOUR))
    with E2eeClient(made.text.full, shop.url) as one:
        data = one.token_data()
        later = one.token_data()
    assert data["name"] == "ci"
    assert data["scopes"] == [
        {"environment": "dev", "secretPath": "/common/**"},
        {"environment": "prod", "secretPath": "/*"},
    ]
    assert data["permissions"] == ["read"]
    assert data["expiresAt"] is not None
    assert data["lastUsed"] is None
    assert later["lastUsed"] is not None
    assert "secretHash" not in data
    assert made.text.secret not in str(data)


def test_a_secrets_whole_life(shop: Shop) -> None:
    with client(shop) as one:
        for path in ("/", "/common", "/common/db"):
            made = one.create("A", f"made in {path}", path=path)
            assert (made.name, made.value, made.version) == ("A", f"made in {path}", 1)
            assert one.update("A", f"in {path}", path=path)["version"] == 2
            got = one.get("A", path=path)
            assert (got.name, got.value, got.version) == ("A", f"in {path}", 2)
            assert one.list(path=path) == {"A": got}
        for place in (ROOT, COMMON, DB):
            assert shop.values(place) == {"A": f"in {place.path}"}
        assert one.list("prod") == {}
        gone = one.delete("A", path="/common")
        assert gone.value == "in /common"
        assert refused(one.get, "A", path="/common")[0] == 404
        assert one.get("A", path="/common/db").value == "in /common/db"
        again = one.create("A", "again", path="/common")
        assert again.version == 1


def test_values_come_back_as_they_were_sent(shop: Shop) -> None:
    """References stay as they are: under E2EE only the app and the command line expand them."""
    with client(shop) as one:
        for name, value in TEXTS.items():
            assert one.create(name, value).value == value
            assert one.get(name).value == value
        assert {opened.name: opened.value for opened in one.list().values()} == TEXTS
    assert shop.values(ROOT) == TEXTS


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:10])
def test_a_name_is_what_is_percent_encoded(shop: Shop, name: str) -> None:
    with client(shop) as one:
        one.create(name, "x")
        assert one.get(name).name == name
        one.update(name, "y")
        assert set(one.list()) == {name}
    assert shop.values(ROOT) == {name: "y"}
    with client(shop) as one:
        one.delete(name)
        assert one.list() == {}


def test_the_operator_and_clients_read_each_others_secrets(shop: Shop) -> None:
    shop.vault.secrets.create(shop.project, COMMON, "MINE", "operator's", "a remark")
    with client(shop) as one, client(shop, "dev:/common") as other:
        one.create("THEIRS", "client's", path="/common")
        assert {n: o.value for n, o in other.list(path="/common").items()} == {
            "MINE": "operator's", "THEIRS": "client's",
        }  # fmt: skip
        other.update("MINE", "changed", path="/common")
    secret = shop.vault.secrets.get(shop.project, COMMON, "MINE")
    assert (secret.value, secret.comment, secret.sealed.version) == ("changed", "a remark", 2)
    assert shop.values(COMMON)["THEIRS"] == "client's"


def test_what_a_client_sealed_is_stored_as_it_was_sent(shop: Shop) -> None:
    with client(shop) as one:
        trios = {prefix: one.seal(text) for prefix, text in
                 (("secretKey", "A"), ("secretValue", "v"), ("secretComment", "c"))}  # fmt: skip
        sent = {
            f"{prefix}{part}": value
            for prefix, trio in trios.items()
            for part, value in zip(("Ciphertext", "IV", "Tag"), trio, strict=True)
        }
        where = {"workspaceId": one.project_id, "environment": "dev", "secretPath": "/"}
        one.line.ok("POST", "/api/v3/secrets/A", body=where | sent)
        secret = one.line.ok("GET", "/api/v3/secrets/A", query=where)["secret"]
    assert {name: secret[name] for name in sent} == sent
    assert shop.vault.secrets.get(shop.project, ROOT, "A").comment == "c"


def test_a_personal_read_answers_the_shared_secret_and_a_personal_write_is_refused(
    shop: Shop,
) -> None:
    shop.put(ROOT, A="x")
    with client(shop) as one:
        assert one.get("A", kind="personal").value == one.get("A", kind="shared").value == "x"
        body = {"workspaceId": one.project_id, "environment": "dev", "type": "personal"}
        for method, word in (("POST", "create"), ("PATCH", "update"), ("DELETE", "delete")):
            answer = one.line.ask(method, "/api/v3/secrets/A", body=body)
            assert answer.problem == (400, "BadRequest", f"Must be user to {word} personal secret")
    assert shop.values(ROOT) == {"A": "x"}


def test_a_path_may_end_with_a_slash_and_blanks_around_it_do_not_count(shop: Shop) -> None:
    with client(shop, "dev:/common") as one:
        one.create("A", "x", path="/common/")
        assert one.get("A", path=" /common ").value == one.list(path="/common/")["A"].value == "x"


def test_imports_are_always_in_a_list_and_brought_when_asked_for(shop: Shop) -> None:
    shop.put(ROOT, A="root's")
    shop.put(COMMON, A="common's", B="common's")
    shop.put(DB, B="db's", C="db's")
    for place in (DB, COMMON):
        shop.vault.secrets.add_import(shop.project, ROOT, place)
    with client(shop) as one:
        found = {name: opened.value for name, opened in one.list().items()}
        assert found == {"A": "root's", "B": "common's", "C": "db's"}
        assert set(one.list(include_imports=False)) == {"A"}
        for spelled in ("include_imports", "includeImports"):
            query = {"environment": "dev", "secretPath": "/", spelled: "true"}
            assert len(one.line.ok("GET", "/api/v3/secrets", query=query)["imports"]) == 2


def test_an_import_outside_the_scopes_is_left_out_and_told(shop: Shop) -> None:
    shop.put(OTHER, HIDDEN="x")
    shop.put(COMMON, SEEN="x")
    for place in (COMMON, OTHER):
        shop.vault.secrets.add_import(shop.project, ROOT, place)
    with client(shop, "dev:/**") as one:
        assert set(one.list()) == {"SEEN"}
        query = {"environment": "dev", "include_imports": "true"}
        answer = one.line.ok("GET", "/api/v3/secrets", query=query)
    assert answer["warnings"] == ["What may not be read was left out of the imports."]
    assert "HIDDEN" not in str(answer)
    assert "other" not in str(answer)


def test_a_folder_is_listed_with_all_below_as_far_as_the_scopes_go(shop: Shop) -> None:
    for place in (ROOT, COMMON, DB):
        shop.put(place, A=place.path)
    query = {"environment": "dev", "secretPath": "/", "recursive": "true"}
    with client(shop) as one:
        found = one.line.ok("GET", "/api/v3/secrets", query=query)["secrets"]
        assert [secret["secretPath"] for secret in found] == ["/", "/common", "/common/db"]
    with client(shop, "dev:/", "dev:/common/db") as other:
        found = other.line.ok("GET", "/api/v3/secrets", query=query)["secrets"]
        assert [secret["secretPath"] for secret in found] == ["/", "/common/db"]


# What is left out


def test_an_update_without_a_path_means_the_tokens_only_plain_scope(shop: Shop) -> None:
    """The Node client's update states no path, even if it was given one."""
    shop.put(ROOT, A="root's")
    shop.put(COMMON, A="common's")
    with client(shop, "dev:/common") as one:
        one.update("A", "changed", path=None)
    assert shop.values(COMMON) == {"A": "changed"}
    assert shop.values(ROOT) == {"A": "root's"}


@pytest.mark.parametrize("scopes", [("dev:/common/*",), ("dev:/common", "prod:/other")])
def test_without_one_plain_scope_it_means_the_root(shop: Shop, scopes: tuple[str, ...]) -> None:
    shop.put(ROOT, A="root's")
    shop.put(COMMON, A="common's")
    with client(shop, *scopes) as one:
        assert refused(one.update, "A", "x", path=None)[0] == 403
    with client(shop) as other:
        other.update("A", "changed", path=None)
    assert shop.values(ROOT) == {"A": "changed"}
    assert shop.values(COMMON) == {"A": "common's"}


def test_an_environment_that_cannot_be_told_is_asked_for(shop: Shop) -> None:
    shop.put(COMMON, A="x")
    with client(shop, "dev:/common") as one:
        assert len(one.line.ok("GET", "/api/v3/secrets")["secrets"]) == 1
    with client(shop) as other:
        answer = other.line.ask("GET", "/api/v3/secrets")
        assert answer.problem == (400, "BadRequest", "Missing environment")


# Refusals


def test_outside_the_scope_is_refused_alike_whether_it_is_there_or_not(shop: Shop) -> None:
    shop.put(ROOT, A="x")
    with client(shop, "dev:/common/**") as one:
        for environment, path in (("dev", "/"), ("prod", "/other"), ("dev", "/none"), ("qa", "/")):
            for name in ("A", "NONE"):
                told = {
                    "read": refused(one.get, name, environment, path),
                    "create": refused(one.create, name, "x", environment, path),
                    "update": refused(one.update, name, "x", environment, path),
                    "delete": refused(one.delete, name, environment, path),
                    "list": refused(one.list, environment, path),
                }
                assert {answer[:2] for answer in told.values()} == {(403, "PermissionDenied")}
                assert told["read"][2] == "You are not allowed to read on secrets"
                assert told["list"][2] == "You are not allowed to read on secrets"
                assert told["create"][2] == "You are not allowed to create on secrets"
                assert told["update"][2] == "You are not allowed to edit on secrets"
                assert told["delete"][2] == "You are not allowed to delete on secrets"
    assert shop.values(ROOT) == {"A": "x"}


def test_inside_the_scope_what_is_missing_is_told(shop: Shop) -> None:
    with client(shop) as one:
        assert refused(one.get, "NONE")[0] == 404
        assert refused(one.update, "NONE", "x")[0] == 404
        assert refused(one.delete, "NONE")[0] == 404
        missing = (404, "SecretPathNotFound")
        assert refused(one.get, "A", path="/none")[:2] == missing
        assert refused(one.create, "A", "x", path="/none")[:2] == missing
        assert refused(one.list, path="/none")[:2] == missing
        one.create("A", "x")
        assert refused(one.create, "A", "y")[0] == 400
        assert one.get("A").value == "x"


def test_a_permission_that_is_not_there_is_refused(shop: Shop) -> None:
    shop.put(ROOT, A="x")
    with client(shop, "dev:/", permissions=READ) as reader:
        assert reader.get("A").value == "x"
        denied = (403, "PermissionDenied")
        assert refused(reader.create, "B", "x")[:2] == denied
        assert refused(reader.update, "A", "y")[:2] == denied
        assert refused(reader.delete, "A")[:2] == denied
    with client(shop, "dev:/", permissions=WRITE) as writer:
        assert refused(writer.get, "A")[:2] == (403, "PermissionDenied")
        assert refused(writer.list)[:2] == (403, "PermissionDenied")
        assert writer.create("B", "mine").value == "mine"
        writer.update("A", "y")
        assert shop.values(ROOT) == {"A": "y", "B": "mine"}
        # The published clients open the value that a deletion answers, or report that it failed.
        assert writer.delete("A").value == "A"
    assert shop.values(ROOT) == {"B": "mine"}


def test_a_token_that_may_only_write_learns_nothing_from_changing_and_deleting(shop: Shop) -> None:
    shop.vault.secrets.create(shop.project, ROOT, "A", "secret", "remark")
    sealed = shop.vault.secrets.get(shop.project, ROOT, "A").sealed
    with client(shop, "dev:/", permissions=WRITE) as writer:
        where = {"environment": "dev", "secretPath": "/"}
        trio = dict(
            zip(
                ("secretValueCiphertext", "secretValueIV", "secretValueTag"),
                writer.seal("new"),
                strict=True,
            )
        )
        changed = writer.line.ask("PATCH", "/api/v3/secrets/A", body=where | trio)
        shop.vault.secrets.update(shop.project, ROOT, "A", value="newer")
        newer = shop.vault.secrets.get(shop.project, ROOT, "A").sealed
        gone = writer.line.ask("DELETE", "/api/v3/secrets/A", body=where)
    assert changed.status == gone.status == 200
    for answer in (changed, gone):
        for hidden in (sealed.value, sealed.comment, newer.value):
            assert hidden.ciphertext.encode() not in answer.body


def test_another_project_is_refused(shop: Shop, vault: Vault) -> None:
    other = vault.projects.create("Bank")
    with client(shop) as one:
        for stated in ({"workspaceId": other.id}, {"projectId": "x"}, {"workspaceSlug": "bank"}):
            query = {"environment": "dev", "secretPath": "/", **stated}
            assert one.line.ask("GET", "/api/v3/secrets", query=query).status == 403


# The server's side


def test_the_server_works_without_the_operators_key(tmp_path: Path) -> None:
    directory = tmp_path / "vault"
    with Vault.create(directory, actor="ann") as vault:
        shops = [Shop.make(vault, "", e2ee=e2ee) for e2ee in (True, False)]
        for shop in shops:
            shop.put(ROOT, OLD="old")
        tokens = [shop.token() for shop in shops]
    (directory / "operator").rename(tmp_path / "operator")
    with serving(directory) as server:
        for token in tokens:
            with E2eeClient(token, server.url) as one:
                assert one.get("OLD").value == "old"
                one.create("NEW", "new")
                one.update("OLD", "newer")
                one.delete("NEW")
    (tmp_path / "operator").rename(directory / "operator")
    with Vault.open(directory, actor="ann") as vault:
        for shop in shops:
            found = vault.secrets.read(shop.project, ROOT).secrets
            assert [(secret.name, secret.value) for secret in found] == [("OLD", "newer")]
    assert server.output == f"Serving {server.url}\n"


def test_every_request_is_in_the_log_with_who_asked_what_and_what_was_decided(shop: Shop) -> None:
    made = shop.made(v2("ci", "dev:/common", permissions=READ, expires_at=None))
    shop.put(COMMON, A="x")
    hashed = {name: key for key, name in shop.vault.secrets.names_by_hash(shop.project).items()}
    before = len(shop.vault.audit.page(about=made.token.id))
    with E2eeClient(made.text.full, shop.url) as one:
        one.get("A", path="/common")
        one.list(path="/common")
        refused(one.create, "B", "x", path="/common")
        refused(one.get, "A", path="/")
        refused(one.get, "NONE", path="/common")
        address = one.line.address
    entries = list(reversed(shop.vault.audit.page(about=made.token.id)))[before:]
    assert {(e.actor, e.ip, e.user_agent) for e in entries} == {
        (made.token.id, address, "InfisicalPythonSDK/1.6.0")
    }
    assert [(e.event, e.environment, e.path, e.verdict, e.reason) for e in entries] == [
        ("get-service-token", None, None, "allowed", "allowed"),
        ("get-secret", "dev", "/common", "allowed", "allowed"),
        ("get-secrets", "dev", "/common", "allowed", "allowed"),
        ("create-secret", "dev", "/common", "denied", "permission"),
        ("get-secret", "dev", "/", "denied", "path"),
        ("get-secret", "dev", "/common", "allowed", "allowed"),
    ]
    assert hashed["A"] in entries[1].details
    assert '"A"' not in entries[1].details
    assert shop.vault.audit.first_broken() is None


def test_no_audit_no_answer(served: tuple[Path, Server], closed_shop: Shop) -> None:
    """While another program holds the vault's lock, nothing is recorded and so nothing answered."""
    closed_shop.put(ROOT, A="x")
    with client(closed_shop) as one:
        one.get("A")
        blocker = open_database(served[0] / "vault.db")
        blocker.begin()
        try:
            answer = one.line.ask("GET", "/api/v3/secrets", query={"environment": "dev"})
        finally:
            blocker.rollback()
            blocker.close()
        assert answer.status == 503
        assert answer.headers["retry-after"] in "12345"
        assert one.get("A").value == "x"


def test_nothing_is_written_by_what_is_refused(served: tuple[Path, Server], shop: Shop) -> None:
    with client(shop) as one:
        where = {"environment": "dev", "secretPath": "/"}
        trio = dict(zip(("Ciphertext", "IV", "Tag"), one.seal("x"), strict=True))
        key = {f"secretKey{part}": value for part, value in trio.items()}
        value = {f"secretValue{part}": text for part, text in trio.items()}
        bad: list[dict[str, Any] | bytes] = [
            where,
            where | key,
            where | value,
            where | key | value | {"secretValueIV": "AAAA"},
            where | key | value | {"secretValueTag": trio["Tag"].rstrip("=")},
            where | key | value | {"secretKeyCiphertext": 5},
            where | key | value | {"secretCommentCiphertext": "AAAA"},
            where | key | value | {"environment": ["dev"]},
            where | key | value | {"secretPath": "/../x"},
            where | key | value | {"secretPath": "/a\0b"},
            b"[]",
            b"{",
            b"\xff",
            b"[" * 100_000,
            b'{"environment": "dev", "environment": "prod"}',
        ]
        for body in bad:
            answer = one.line.ask("POST", "/api/v3/secrets/A", body=body)
            assert 400 <= answer.status < 500, (body, answer)
            assert answer.problem
        for name in ("..", ".", "%00", "a%2Fb", "a%2fb", "a:b", "%FF", "%ED%A0%80", "n" * 257):
            body = where | key | value
            answer = one.line.ask("POST", f"/api/v3/secrets/{name}", body=body)
            assert 400 <= answer.status < 500, (name, answer)
            assert answer.problem
        large = b'{"a": "' + b"x" * (1024 * 1024) + b'"}'
        assert one.line.ask("POST", "/api/v3/secrets/A", body=large).status == 413
    assert shop.values(ROOT) == {}
    with sqlite3.connect(served[0] / "vault.db") as connection:
        count = connection.execute(
            "SELECT count(*) FROM secret WHERE project_id = ?", (shop.project.id,)
        ).fetchone()
    connection.close()
    assert count == (0,)


def test_raw_endpoints_say_why_they_open_nothing_under_e2ee(closed_shop: Shop) -> None:
    closed_shop.put(ROOT, A="x")
    with client(closed_shop) as one:
        query = {"environment": "dev", "secretPath": "/"}
        for method, path, rest in (
            ("GET", "/api/v3/secrets/raw", {"query": query}),
            ("GET", "/api/v3/secrets/raw/A", {"query": query}),
            ("POST", "/api/v3/secrets/raw/B", {"body": query | {"secretValue": "x"}}),
            ("PATCH", "/api/v3/secrets/raw/A", {"body": query | {"secretValue": "x"}}),
            ("DELETE", "/api/v3/secrets/raw/A", {"body": query}),
            ("GET", "/api/v4/secrets", {"query": query}),
            ("GET", "/api/v4/secrets/A", {"query": query}),
        ):
            status, error, message = one.line.ask(method, path, **rest).problem
            assert (status, error) == (400, "bot_not_found_error")
            assert "E2EE must be disabled" in message
            assert "failed to find bot key" in message
    with client(closed_shop, "dev:/common") as other:
        assert other.line.ask("GET", "/api/v3/secrets/raw/A", query=query).status == 403


def test_a_place_that_is_no_folder_path_is_never_found(shop: Shop) -> None:
    with client(shop) as one:
        for path in ("/common/../common", "//common", "/common//db", "common", "/*", "/common/."):
            told = refused(one.list, path=path)
            assert told[0] in (403, 404), path
