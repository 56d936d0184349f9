"""The routes to secrets: their audit entries, their limits, and what each token is shown."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from st_tui.core.crypto import new_key, seal, unseal
from st_tui.core.model import NewToken, Sealed
from st_tui.core.secrets.model import LARGEST_VALUE, Place, SealedSecret
from st_tui.core.vault import secret_changes
from st_tui.core.vault.least_privilege import propose
from tests.api.asking import SEALED, Asking, asking
from tests.api.shop import COMMON, DB, READ_WRITE, ROOT, Shop
from tests.core.vaults import READ, WRITE, v2

A, B, C = Place("dev", "/a"), Place("dev", "/a/b"), Place("dev", "/c")


def linked(shop: Shop) -> None:
    """/ imports /a imports /common; a secret in / refers to one in /c, which refers to /common."""
    for place in (A, B, C):
        shop.vault.folders.create(shop.project, *place)
    shop.put(COMMON, DEEP="deep", LAST="last")
    shop.put(B, BELOW="below")
    shop.put(C, VIA="${dev.common.LAST}")
    shop.put(ROOT, OWN="own", REFERS="<${dev.c.VIA}>")
    for place, source in ((ROOT, A), (A, COMMON)):
        shop.vault.secrets.add_import(shop.project, place, source)


def ask_all(one: Asking) -> list[Any]:
    """Reads that each need more folders than the one that they name."""
    return [
        one.list(include_imports="true", expandSecretReferences="true").json,
        one.get("DEEP", include_imports="true").json,
        one.get("REFERS", expandSecretReferences="true").json,
        one.list("/a", recursive="true").json,
        one.list("/a", include_imports="true", root=SEALED).json,
    ]


@pytest.mark.parametrize("only", [None, 0, 1, 2, 3, 4])
def test_the_least_that_a_token_needs_reads_the_same(open_shop: Shop, only: int | None) -> None:
    linked(open_shop)

    def some(one: Asking) -> list[Any]:
        answers = ask_all(one)
        return answers if only is None else [answers[only]]

    made = open_shop.made(v2("all", "dev:/**", "prod:/**", permissions=READ, expires_at=None))
    with asking(open_shop.url, made.text.full) as one:
        before = some(one)
    if only is not None:
        assert len(open_shop.vault.audit.uses(made.token)) > 1
    narrow = open_shop.made(propose(open_shop.vault, made.token).draft)
    assert narrow.token.scopes != made.token.scopes
    with asking(open_shop.url, narrow.text.full) as one:
        assert some(one) == before


def details(shop: Shop, made: NewToken) -> dict[str, Any]:
    """The details of the token's last audit entry."""
    (entry,) = shop.vault.audit.page(about=made.token.id, limit=1)
    parsed = json.loads(entry.details)
    assert isinstance(parsed, dict)
    return parsed


def test_the_log_names_each_folder_that_an_answer_needed(open_shop: Shop) -> None:
    linked(open_shop)
    made = open_shop.made(v2("all", "dev:/", "dev:/c", "dev:/a/*", expires_at=None))
    with asking(open_shop.url, made.text.full) as one:
        one.list(include_imports="true", expandSecretReferences="true")
        told = details(open_shop, made)
        assert told["alsoRead"] == [{"environment": "dev", "secretPath": "/c"}]
        assert told["numberOfSecrets"] == 2
        one.list(recursive="true")
        assert [also["secretPath"] for also in details(open_shop, made)["alsoRead"]] == [
            "/a/b", "/c",
        ]  # fmt: skip
        one.get("OWN")
        assert "alsoRead" not in details(open_shop, made)


def test_what_links_bring_is_counted_in_the_log(shop: Shop) -> None:
    shop.put(COMMON, X="x", Y="y")
    shop.put(ROOT, Z="z")
    shop.vault.secrets.add_import(shop.project, ROOT, COMMON)
    made = shop.made(v2("all", "dev:/**", expires_at=None))
    with asking(shop.url, made.text.full) as one:
        assert one.list(include_imports="true", root=SEALED).status == 200
    assert details(shop, made)["numberOfSecrets"] == 3


def test_linking_a_folder_needs_to_read_it_and_the_log_says_so(shop: Shop) -> None:
    made = shop.made(v2("all", "dev:/**", permissions=READ_WRITE, expires_at=None))
    body = {"environment": "dev", "path": "/", "import": {"environment": "dev", "path": "/common"}}
    with asking(shop.url, made.text.full) as one:
        assert one.ask("POST", "/api/v1/secret-imports", body=body).status == 200
        status, error, message = one.ask("POST", "/api/v1/secret-imports", body=body).problem
        assert (status, error, message) == (400, "BadRequest", "Secret import already exists")
        body["import"] = {"environment": "dev", "path": "/"}
        status, _, message = one.ask("POST", "/api/v1/secret-imports", body=body).problem
        assert (status, "cannot import itself" in message) == (400, True)
        body["import"] = {"environment": "dev", "path": "/none"}
        status, error, message = one.ask("POST", "/api/v1/secret-imports", body=body).problem
        assert (status, error) == (404, "SecretPathNotFound")
        assert "'/none'" in message
    uses = {(use.path, str(use.operation)) for use in shop.vault.audit.uses(made.token)}
    assert {("/", "write"), ("/common", "read")} <= uses


def test_a_list_that_is_too_large_is_refused_with_what_to_do(open_shop: Shop) -> None:
    value = "x" * LARGEST_VALUE
    open_shop.put(COMMON, **{f"N{i}": value for i in range(22)})
    open_shop.put(DB, **{f"N{i}": value for i in range(3)})
    open_shop.put(ROOT, SMALL="s")
    open_shop.vault.secrets.add_import(open_shop.project, DB, COMMON)
    with asking(open_shop.url, open_shop.token()) as one:
        for root in (SEALED, "/api/v3/secrets/raw"):
            for answer in (
                one.list("/common", recursive="true", root=root),
                one.list(recursive="true", root=root),
                one.list("/common/db", include_imports="true", root=root),
            ):
                status, _, message = answer.problem
                assert status == 400
                assert "list one folder at a time" in message
            assert one.list("/common/db", root=root).status == 200
            assert one.list(root=root).status == 200


def test_one_sealed_version_is_read(shop: Shop) -> None:
    for value in ("one", "two"):
        shop.put(ROOT, A=value)
    stored = shop.vault.secrets.versions(shop.project, ROOT, "A")
    with asking(shop.url, shop.token()) as one:
        for secret in stored:
            read = one.get("A", root=SEALED, version=str(secret.version)).json["secret"]
            assert (read["version"], read["secretValueTag"]) == (secret.version, secret.value.tag)
        assert one.get("A", root=SEALED, version="3").problem[0] == 404


def test_one_version_is_read(open_shop: Shop) -> None:
    for value in ("one", "two", "three"):
        open_shop.put(ROOT, A=value)
    with asking(open_shop.url, open_shop.token()) as one:
        read = [one.get("A", version=str(number)).json["secret"] for number in (1, 2, 3)]
        assert [secret["secretValue"] for secret in read] == ["one", "two", "three"]
        status, _, message = one.get("A", version="4").problem
        where = "in folder with path '/' in environment 'dev'"
        assert (status, message) == (404, f"Secret with name 'A' has no version 4 {where}")


def test_a_sealing_client_that_may_only_write_sees_what_it_sent(shop: Shop) -> None:
    shop.vault.secrets.create(shop.project, ROOT, "A", "old", "its comment")
    key = shop.vault._session.project_key(shop.project.id)
    sent = _fields("secretValue", seal("new", key, os.urandom))
    comment = _fields("secretComment", seal("mine", key, os.urandom))
    nothing = dict.fromkeys({**sent, **comment}, "")
    with asking(shop.url, shop.token("dev:/", permissions=WRITE)) as one:

        def answered(method: str, **fields: str) -> dict[str, str]:
            secret = one.write(method, "A", root=SEALED, **fields).json["secret"]
            assert unseal(Sealed(*(secret[f"secretKey{p}"] for p in _PARTS)), key) == "A"
            return {name: secret[name] for name in nothing}

        assert answered("PATCH", **sent) == nothing | sent
        assert answered("PATCH", **sent, **comment) == nothing | sent | comment
        name = shop.vault.secrets.get(shop.project, ROOT, "A").sealed.name
        assert answered("DELETE") == nothing | _fields("secretValue", name)


_PARTS = ("Ciphertext", "IV", "Tag")


def _fields(prefix: str, sealed: Sealed) -> dict[str, str]:
    return {f"{prefix}{part}": text for part, text in zip(_PARTS, sealed, strict=True)}


@pytest.fixture
def alien(open_shop: Shop) -> SealedSecret:
    """A secret that was sealed with another key."""
    texts = [seal(text, new_key(os.urandom), os.urandom) for text in ("A", "value", "comment")]
    with open_shop.vault._session.change():
        return secret_changes.create_sealed(
            open_shop.vault._session, open_shop.project, ROOT, "A", *texts
        )


def test_what_another_key_sealed_can_be_deleted(open_shop: Shop, alien: SealedSecret) -> None:
    with asking(open_shop.url, open_shop.token()) as one:
        assert one.get("A").status == 400
        secret = one.write("DELETE", "A").json["secret"]
        assert (secret["secretKey"], secret["secretValueHidden"]) == ("A", True)
        assert one.get("A").status == 404


def test_what_another_key_sealed_can_be_written_anew(open_shop: Shop, alien: SealedSecret) -> None:
    with asking(open_shop.url, open_shop.token()) as one:
        status, _, message = one.write("PATCH", "A", secretComment="why").problem
        assert (status, "Give it a new value" in message) == (400, True)
        assert one.write("PATCH", "A", secretValue="new").json["secret"]["version"] == 2
        secret = one.get("A").json["secret"]
    assert (secret["secretKey"], secret["secretValue"], secret["secretComment"]) == ("A", "new", "")


def test_a_hidden_value_hides_no_comment(open_shop: Shop) -> None:
    open_shop.vault.secrets.create(open_shop.project, ROOT, "A", "x", "why")
    with asking(open_shop.url, open_shop.token()) as one:
        read = one.get("A", viewSecretValue="false").json["secret"]
        listed = one.list(viewSecretValue="false").json["secrets"][0]
    for secret in (read, listed):
        assert secret["secretValueHidden"] is True
        assert (secret["secretValue"], secret["secretComment"]) == ("<hidden-by-infisical>", "why")
    with asking(open_shop.url, open_shop.token("dev:/", permissions=WRITE)) as one:
        secret = one.write("PATCH", "A", secretValue="y").json["secret"]
    assert (secret["secretValue"], secret["secretComment"]) == ("<hidden-by-infisical>", "")


def test_an_empty_change_is_no_version(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="x")
    with asking(open_shop.url, open_shop.token()) as one:
        assert one.write("PATCH", "A").json["secret"]["version"] == 1
        assert one.write("PATCH", "A", secretValue="x").json["secret"]["version"] == 2


def test_what_e2ee_shuts_is_shut_from_the_next_request_on(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="x")
    with asking(open_shop.url, open_shop.token()) as one:
        for on, status in ((False, 200), (True, 400), (False, 200)):
            open_shop.vault.projects.set_e2ee(open_shop.project, on=on)
            assert one.get("A", root=SEALED).status == 200
            assert one.get("A").status == one.list().status == status
            (entry,) = open_shop.vault.audit.page(project=open_shop.project, limit=1)
            assert entry.reason == ("raw_e2ee" if on else "allowed")


def test_no_secret_is_made_at_another_routes_address(shop: Shop) -> None:
    with asking(shop.url, shop.token()) as one:
        sent = _fields("secretKey", _NONSENSE) | _fields("secretValue", _NONSENSE)
        status, _, message = one.write("POST", "raw", root=SEALED, **sent).problem
    assert (status, "cannot be named raw" in message) == (400, True)


def test_no_secret_is_made_with_a_name_that_nobody_could_tell_from_another(open_shop: Shop) -> None:
    open_shop.put(ROOT, KEY="x")
    with asking(open_shop.url, open_shop.token()) as one:
        for answer in (
            one.write("POST", "KEY\u200b", secretValue="y"),
            one.write("PATCH", "KEY", newSecretName="KEY\u3164"),
        ):
            status, _, message = answer.problem
            assert (status, "holds the invisible character U+" in message) == (400, True)
        assert [secret["secretKey"] for secret in one.list().json["secrets"]] == ["KEY"]


_NONSENSE = Sealed("", "A" * 22 + "==", "A" * 22 + "==")


@pytest.mark.parametrize(
    "act",
    [
        lambda one: one.write("POST", "A", secretValue="x"),
        lambda one: one.write("PATCH", "B", newSecretName="A"),
    ],
)
def test_what_is_there_already_is_told(open_shop: Shop, act: Callable[[Asking], Any]) -> None:
    open_shop.put(ROOT, A="x", B="y")
    with asking(open_shop.url, open_shop.token()) as one:
        status, error, message = act(one).problem
    assert (status, error) == (400, "BadRequest")
    assert message in ("Secret already exists", "Secret with the new name already exists")


def test_a_new_name_that_is_empty_is_told_as_infisical_tells_it(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="x")
    with asking(open_shop.url, open_shop.token()) as one:
        for name in ("", " \t"):
            status, error, message = one.write("PATCH", "A", newSecretName=name).problem
            assert (status, error) == (400, "BadRequest")
            assert message == "New secret name cannot be empty"


def test_a_query_of_too_many_parameters_is_told_so(open_shop: Shop) -> None:
    with asking(open_shop.url, open_shop.token()) as one:
        status, _, message = one.list(**{f"p{i}": "" for i in range(99)}).problem
        assert (status, message) == (400, "The query has over 100 parameters")
        assert one.list(**{f"p{i}": "" for i in range(98)}).status == 200


def test_each_version_is_described_in_both_spellings(open_shop: Shop) -> None:
    with asking(open_shop.url, open_shop.token()) as one:
        paths = one.ask("GET", "/api/docs/json").json["paths"]
    for path in ("/api/v3/secrets/raw", "/api/v4/secrets", "/api/v4/secrets/{secretName}"):
        named = {parameter["name"] for parameter in paths[path]["get"]["parameters"]}
        assert {"workspaceId", "projectId", "include_imports", "includeImports"} <= named


def test_a_scopes_last_slash_is_cut_as_a_stated_paths(open_shop: Shop) -> None:
    """Such a pattern matches no path that can be stated, because a stated path loses its slash."""
    open_shop.put(COMMON, A="x")
    with asking(open_shop.url, open_shop.token("dev:/common/")) as one:
        for query in ({}, {"secretPath": "/common/"}, {"secretPath": "/common"}):
            assert one.ask("GET", "/api/v3/secrets/raw/A", query=query).status == 403
