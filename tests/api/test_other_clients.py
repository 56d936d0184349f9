"""The recorded calls of the other published clients, byte for byte where it matters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.api.e2ee_client import E2eeClient
from tests.api.http_calls import Connection
from tests.api.shop import COMMON, ROOT, Shop

NATIVE = {"user-agent": "infisical-python-sdk", "accept": "application/json"}
NODE = {"User-Agent": "node", "Accept": "*/*"}
NODE_V1 = {
    "User-Agent": "InfisicalNodeSDK",
    "Content-Type": "application/json",
    "Accept": "application/json, text/plain, */*",
}
# What each client cannot do without, in every secret that it is given.
RAW_FIELDS = {
    "infisicalsdk": ("id", "_id", "workspace", "environment", "version", "type", "secretKey",
                     "secretValue", "secretComment", "createdAt", "updatedAt"),
    "infisical-python": ("workspace", "environment", "version", "type", "secretKey",
                         "secretValue", "secretComment"),
    "@infisical/sdk": ("secretKey", "secretValue"),
    "cli": ("secretKey", "secretValue", "type"),
}  # fmt: skip


@contextmanager
def calling(
    shop: Shop, headers: dict[str, str], *scopes: str, parts: int = 4
) -> Iterator[Connection]:
    token = ".".join(shop.token(*scopes).split(".")[:parts])
    line = Connection(shop.url, {**headers, "Authorization": f"Bearer {token}"})
    yield line
    line.close()


def checked(secret: dict[str, Any]) -> dict[str, Any]:
    """The secret, if no client misses anything in it."""
    for client, names in RAW_FIELDS.items():
        for name in names:
            assert isinstance(secret[name], int if name == "version" else str), (client, name)
    return secret


@pytest.mark.parametrize("parts", [3, 4])
def test_the_native_python_client(open_shop: Shop, parts: int) -> None:
    """Its list repeats the query as a JSON body of a GET, with booleans as strings."""
    ws = open_shop.project.id
    where = {"environment": "dev", "secretPath": "/common", "type": "shared", "workspaceId": ws}
    with calling(open_shop, NATIVE, parts=parts) as line:
        extra = {"skipMultilineEncoding": False}
        made = line.ok(
            "POST",
            "/api/v3/secrets/raw/A",
            body=where | extra | {"secretComment": "", "secretValue": "one"},
            headers={"Content-Type": "application/json"},
        )
        assert checked(made["secret"])["secretValue"] == "one"
        changed = line.ok(
            "PATCH",
            "/api/v3/secrets/raw/A",
            body=where | extra | {"secretValue": "two"},
            headers={"Content-Type": "application/json"},
        )
        assert checked(changed["secret"])["version"] == 2
        query = (
            "environment=dev&expandSecretReferences=true&include_imports=false&recursive=false"
            f"&secretPath=/common&workspaceId={ws}"
        )
        repeated = dict(pair.split("=") for pair in query.split("&"))
        listed = line.ok(
            "GET",
            f"/api/v3/secrets/raw?{query}",
            body=repeated,
            headers={"Content-Type": "application/json"},
        )
        assert [checked(one)["secretValue"] for one in listed["secrets"]] == ["two"]
        assert listed["imports"] == []
        got = line.ok(
            "GET",
            "/api/v3/secrets/raw/A?environment=dev&include_imports=false&secretPath=/common"
            f"&type=shared&workspaceId={ws}",
        )
        assert checked(got["secret"])["secretValue"] == "two"
        gone = line.ok(
            "DELETE",
            "/api/v3/secrets/raw/A",
            body=where,
            headers={"Content-Type": "application/json"},
        )
        checked(gone["secret"])
    assert open_shop.values(COMMON) == {}


def test_the_native_client_with_imports(open_shop: Shop) -> None:
    open_shop.put(COMMON, A="x")
    open_shop.vault.secrets.add_import(open_shop.project, ROOT, COMMON)
    with calling(open_shop, NATIVE) as line:
        listed = line.ok(
            "GET",
            "/api/v3/secrets/raw?environment=dev&expandSecretReferences=true&include_imports=true"
            f"&recursive=false&secretPath=/&workspaceId={open_shop.project.id}",
        )
    (link,) = listed["imports"]
    assert link.keys() >= {"secretPath", "environment", "folderId", "secrets"}
    assert [checked(one)["secretKey"] for one in link["secrets"]] == ["A"]


def test_the_node_sdk(open_shop: Shop) -> None:
    """It states no type, names the secret in the query too, and spells includeImports."""
    ws = open_shop.project.id
    where = {"workspaceId": ws, "environment": "dev", "secretPath": "/common"}
    json = {"Content-Type": "application/json"}
    open_shop.put(ROOT, IMPORTED="x")
    open_shop.vault.secrets.add_import(open_shop.project, COMMON, ROOT)
    with calling(open_shop, NODE) as line:
        for method, value in (("POST", "one"), ("PATCH", "two")):
            body = where | {"secretValue": value}
            done = line.ok(method, "/api/v3/secrets/raw/A", body=body, headers=json)
            assert checked(done["secret"])["type"] == "shared"
        place = f"workspaceId={ws}&environment=dev&expandSecretReferences=true"
        tail = "&secretPath=%2Fcommon&viewSecretValue=true"
        for flag, count in (("false", 0), ("true", 1)):
            listed = line.ok(
                "GET",
                f"/api/v3/secrets/raw?{place}&include_imports={flag}&recursive=false{tail}",
            )
            assert [one["secretValue"] for one in listed["secrets"]] == ["two"]
            assert len(listed["imports"]) == count
        got = line.ok(
            "GET", f"/api/v3/secrets/raw/A?secretName=A&{place}&includeImports=false{tail}"
        )
        assert checked(got["secret"])["secretValue"] == "two"
        one = "/api/v3/secrets/raw/IMPORTED?secretName=IMPORTED"
        assert line.ask("GET", f"{one}&{place}&includeImports=false{tail}").status == 404
        assert line.ok("GET", f"{one}&{place}&includeImports=true{tail}")["secret"]
        line.ok("DELETE", "/api/v3/secrets/raw/A", body=where, headers=json)
        least = line.ok("GET", f"/api/v3/secrets/raw?workspaceId={ws}&environment=dev")
        assert [one["secretKey"] for one in least["secrets"]] == ["IMPORTED"]


def test_the_small_python_client(open_shop: Shop) -> None:
    """infisical_api: asks what its workspace is before every get."""
    open_shop.put(ROOT, A="x")
    with calling(open_shop, {}, "dev:/") as line:
        workspace = line.ok("GET", "/api/v2/service-token")["workspace"]
        got = line.ok(
            "GET", f"/api/v3/secrets/raw/A?workspaceId={workspace}&environment=dev&secretPath=%2F"
        )
    assert got["secret"]["secretValue"] == "x"


def test_the_first_node_client(shop: Shop) -> None:
    """Other order, other headers; given no options it states neither type nor path."""
    with (
        E2eeClient(shop.token("dev:/common"), shop.url) as sealing,
        calling(shop, NODE_V1, "dev:/common", parts=3) as line,
    ):
        sealing.create("A", "x", path="/common")
        ws = line.ok("GET", "/api/v2/service-token")["workspace"]
        full = f"workspaceId={ws}&environment=dev&type=personal&secretPath=%2Fcommon"
        got = line.ok("GET", f"/api/v3/secrets/A?{full}")["secret"]
        bare = line.ok("GET", f"/api/v3/secrets/A?workspaceId={ws}&environment=dev")["secret"]
        assert got == bare
        listed = line.ok(
            "GET",
            f"/api/v3/secrets?workspaceId={ws}&environment=dev&secretPath=%2Fcommon"
            "&include_imports=true",
        )
        assert listed["secrets"] == [got]
        assert line.ok("GET", f"/api/v3/secrets?workspaceId={ws}&environment=dev")["imports"] == []
        trio = dict(zip(("Ciphertext", "IV", "Tag"), sealing.seal("new"), strict=True))
        body = {"workspaceId": ws, "environment": "dev", "type": "shared"}
        body |= {f"secretValue{part}": value for part, value in trio.items()}
        changed = line.ok("PATCH", "/api/v3/secrets/A", body=body)["secret"]
        assert changed.keys() >= {"version", "workspace", "environment", "type", "createdAt",
                                  "updatedAt"}  # fmt: skip
        assert sealing.get("A", path="/common").value == "new"
        gone = {"workspaceId": ws, "environment": "dev", "type": "shared", "secretPath": "/common"}
        assert line.ok("DELETE", "/api/v3/secrets/A", body=gone)["secret"]["secretValueIV"]


def test_every_answer_is_json_in_utf8_and_names_no_program(shop: Shop) -> None:
    shop.put(ROOT, A="x")
    with calling(shop, {}) as line:
        for path in ("/api/v2/service-token", "/api/v3/secrets?environment=dev",
                     "/api/v3/secrets/A?environment=dev", "/api/v3/secrets/NONE?environment=dev",
                     "/api/v1/folders?environment=dev", "/nowhere"):  # fmt: skip
            answer = line.ask("GET", path)
            assert answer.headers["content-type"].split(";")[0] == "application/json"
            assert answer.body.decode("utf-8")
            assert "server" not in answer.headers


def test_imports_and_references_are_off_by_default_in_v3_and_on_in_v4(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="${B}")
    open_shop.put(COMMON, B="x", C="y")
    open_shop.put(ROOT, B="b")
    open_shop.vault.secrets.add_import(open_shop.project, ROOT, COMMON)
    with calling(open_shop, {}) as line:
        for version, on in (("v3/secrets/raw", False), ("v4/secrets", True)):
            listed = line.ok("GET", f"/api/{version}?environment=dev")
            values = {one["secretKey"]: one["secretValue"] for one in listed["secrets"]}
            assert values == {"A": "b" if on else "${B}", "B": "b"}
            assert len(listed["imports"]) == (1 if on else 0)
            one = line.ok("GET", f"/api/{version}/A?environment=dev")["secret"]
            assert one["secretValue"] == values["A"]
            imported = line.ask("GET", f"/api/{version}/C?environment=dev")
            assert imported.status == (200 if on else 404)
            # Each may be switched, in either spelling.
            for spelled in ("include_imports", "includeImports"):
                flags = f"{spelled}={'false' if on else 'true'}"
                listed = line.ok("GET", f"/api/{version}?environment=dev&{flags}")
                assert len(listed["imports"]) == (0 if on else 1)
            both = "include_imports=true&includeImports=false"
            assert line.ask("GET", f"/api/{version}?environment=dev&{both}").status == 400
