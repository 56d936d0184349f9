"""What answers say beside what was asked for: warnings, where something is missing, and for how
long they may be kept."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from typing import Any

import pytest

from st_tui.api.application import OPERATIONS
from st_tui.api.operations import Operation
from tests.api.asking import RAW, SEALED, asking
from tests.api.every_operation import SEALED as SEALED_TEXT
from tests.api.every_operation import Target, name_of
from tests.api.http_calls import Connection
from tests.api.shop import COMMON, DB, OTHER, ROOT, Shop

LISTS = [RAW, "/api/v4/secrets", SEALED]
OF_SECRETS = [each for each in OPERATIONS if each.writes and each.subject == "secrets"]
UNKEPT = {
    "tagIds": ["5d0c6f3a-0000-0000-0000-000000000000"],
    "tags": ["blue"],
    "secretMetadata": [{"key": "team", "value": "a"}],
    "metadata": {"source": "terraform"},
    "secretReminderNote": "renew it",
    "secretReminderRepeatDays": 30,
    "secretReminderRecipients": ["ann"],
    "skipMultilineEncoding": True,
}
UNSAID: dict[str, Any] = {
    "tagIds": [],
    "tags": None,
    "secretMetadata": [],
    "metadata": {},
    "secretReminderNote": "",
    "secretReminderRepeatDays": None,
    "secretReminderRecipients": [],
    "skipMultilineEncoding": False,
}
"""What clients send that want nothing kept."""


@pytest.mark.parametrize("operation", OF_SECRETS, ids=name_of)
def test_what_is_not_kept_of_a_secret_is_named(target: Target, operation: Operation) -> None:
    good = target.fields(operation)
    if operation.method == "PATCH":
        good = {name: value for name, value in good.items() if "secretKey" not in name}
    quiet = target.ask(operation, good | UNSAID)
    assert quiet.json["warnings"] == []
    if operation.method == "DELETE":
        return
    name = "NEWER" if operation.method == "POST" else None
    told = target.ask(operation, good | UNKEPT, name=name).json["warnings"]
    assert told == [f"{field} is not kept." for field in UNKEPT]


@pytest.mark.parametrize("value", ["true", "True", True])
def test_what_is_not_kept_may_be_stated_as_text(target: Target, value: object) -> None:
    body = {"environment": "dev", "secretValue": "x"}
    said = target.line.ok("POST", f"{RAW}/A", body=body | {"skipMultilineEncoding": value})
    assert said["warnings"] == ["skipMultilineEncoding is not kept."]
    unsaid = target.line.ok("POST", f"{RAW}/B", body=body | {"skipMultilineEncoding": "False"})
    assert unsaid["warnings"] == []


def test_what_is_not_kept_of_folders_and_links_is_named(shop: Shop) -> None:
    where: dict[str, Any] = {"environment": "dev", "path": "/"}
    with asking(shop.url, shop.token()) as one:
        for version in ("v1", "v2"):
            body = {**where, "name": f"new-{version}"}
            plain = one.ask("POST", f"/api/{version}/folders", body=body)
            assert plain.json["warnings"] == []
            told = one.ask(
                "POST", f"/api/{version}/folders", body=body | {"description": "all of it"}
            )
            assert told.json["warnings"] == ["description is not kept."]
        body = {**where, "import": {"environment": "dev", "path": "/common"}, "isReplication": True}
        told = one.ask("POST", "/api/v1/secret-imports", body=body)
        assert told.json["warnings"] == ["isReplication is not kept."]


def test_a_sealed_secret_is_not_renamed_in_silence(shop: Shop) -> None:
    shop.put(ROOT, A="a")
    value = {f"secretValue{part}": text for part, text in SEALED_TEXT.items()}
    name = {f"secretKey{part}": text for part, text in SEALED_TEXT.items()}
    with asking(shop.url, shop.token()) as one:
        for spelled in ("secretName", "newSecretName"):
            answer = one.write("PATCH", "A", root=SEALED, **value, **{spelled: "B"})
            assert answer.problem[0] == 400
            assert "keeps its name" in answer.problem[2]
        answer = one.write("PATCH", "A", root=SEALED, **value, **name, secretName="A")
    assert answer.json["warnings"] == [f"secretKey{part} is not kept." for part in SEALED_TEXT]
    versions = shop.vault.secrets.versions(shop.project, ROOT, "A")
    assert [version.version for version in versions] == [2, 1]


@pytest.mark.parametrize("root", LISTS)
@pytest.mark.parametrize("name", ["metadataFilter", "tagSlugs"])
def test_a_filter_by_what_no_secret_has_leaves_nothing(
    open_shop: Shop, root: str, name: str
) -> None:
    """Neither the folder's secrets are listed, nor those below or imported."""
    open_shop.put(ROOT, A="a")
    open_shop.put(DB, B="b")
    open_shop.put(OTHER, C="c")
    open_shop.vault.secrets.add_import(open_shop.project, ROOT, OTHER)
    everything = {"recursive": "true", "include_imports": "true"}
    with asking(open_shop.url, open_shop.token()) as one:
        for value in ("key=team,value=a|key=x", "blue"):
            answer = one.list(root=root, **everything, **{name: value}).json
            assert (answer["secrets"], answer["imports"]) == ([], [])
            assert answer["warnings"] == [
                f"{name} leaves nothing: secrets have neither tags nor metadata here."
            ]
        answer = one.list(root=root, **everything, **{name: " "}).json
        assert (len(answer["secrets"]), len(answer["imports"])) == (2, 1)
        assert one.list("/none", root=root, **{name: "x"}).status == 404
    with asking(open_shop.url, open_shop.token("dev:/common")) as other:
        assert other.list(root=root, **{name: "x"}).status == 403


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_folders_are_not_listed_whole_where_a_filter_is_asked_for(shop: Shop, version: str) -> None:
    query = {"environment": "dev", "lastSecretModified": "2026-01-01T00:00:00Z"}
    with asking(shop.url, shop.token()) as one:
        problem = one.ask("GET", f"/api/{version}/folders", query=query).problem
    assert problem[0] == 400
    assert "lastSecretModified" in problem[2]


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_no_answer_may_be_kept(target: Target, operation: Operation) -> None:
    """Refusals neither: a secret that is missing today may exist tomorrow."""
    good = target.ask(operation)
    assert good.status == 200
    refused = target.ask(operation, {"environment": "none", "projectId": "other"})
    nobody = Connection(target.shop.url, {})
    unknown = nobody.ask(operation.method, target.path(operation))
    nobody.close()
    assert unknown.status == 401
    for answer in (good, refused, unknown, target.line.ask("GET", "/api/v9/nothing")):
        assert answer.headers["cache-control"] == "no-store", answer.status


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.writes], ids=name_of)
def test_a_body_may_begin_with_a_byte_order_mark(target: Target, operation: Operation) -> None:
    body = json.dumps(target.fields(operation)).encode()
    assert target.ask(operation, body=BOM_UTF8 + BOM_UTF8 + body).status == 400
    assert target.ask(operation, body=BOM_UTF8 + body).status == 200


def test_404_names_what_was_asked_for(open_shop: Shop) -> None:
    open_shop.put(COMMON, A="a")
    where = {"environment": "dev", "secretPath": "/common", "path": "/common"}
    nowhere = {**where, "secretPath": "/no/such", "path": "/no/such"}
    sealed = {f"secretValue{part}": text for part, text in SEALED_TEXT.items()}
    source = {"environment": "prod", "path": "/never"}
    asked: list[tuple[Any, ...]] = [
        ("GET", f"{RAW}/NONE", where, "NONE", "/common"),
        ("GET", f"{RAW}/A", where | {"version": "7"}, "A", "version 7", "/common"),
        ("GET", f"{SEALED}/NONE", where, "NONE", "/common"),
        ("GET", "/api/v4/secrets/NONE", where, "NONE", "/common"),
        ("PATCH", f"{RAW}/NONE", where, "NONE", "/common"),
        ("PATCH", f"{SEALED}/NONE", where | sealed, "NONE", "/common"),
        ("DELETE", f"{RAW}/NONE", where, "NONE", "/common"),
        ("DELETE", f"{SEALED}/NONE", where, "NONE", "/common"),
        ("GET", f"{RAW}/A", nowhere, "/no/such"),
        ("GET", RAW, nowhere, "/no/such"),
        ("GET", SEALED, nowhere, "/no/such"),
        ("GET", "/api/v4/secrets", nowhere, "/no/such"),
        ("POST", f"{RAW}/A", nowhere | {"secretValue": "x"}, "/no/such"),
        ("GET", "/api/v1/folders", nowhere, "/no/such"),
        ("DELETE", "/api/v1/folders/none", where, "none", "/common"),
        ("DELETE", "/api/v2/folders/none", nowhere, "/no/such"),
        ("GET", "/api/v1/secret-imports", nowhere, "/no/such"),
        ("POST", "/api/v1/secret-imports", where | {"import": source}, "/never", "prod"),
        ("DELETE", "/api/v1/secret-imports/none", where, "/common"),
        ("GET", "/api/v9/what?a=hunter2", {}, "GET /api/v9/what"),
        ("PUT", "/api/v1/folders/x", {}, "PUT /api/v1/folders/x"),
        ("GET", "/api/v3/secrets/raw/A/B", {}, "GET /api/v3/secrets/raw/A/B"),
        ("GET", f"/{'x' * 400}", {}, f"GET /{'x' * 299}…"),
    ]
    with asking(open_shop.url, open_shop.token()) as one:
        for method, path, fields, *named in asked:
            given = {"query": fields} if method == "GET" else {"body": fields}
            answer = one.ask(method, path, **(given if fields else {}))
            assert answer.status == 404, (method, path, answer.body)
            message = answer.problem[2]
            assert [text for text in named if text not in message] == [], (method, path)
            assert "hunter2" not in message
