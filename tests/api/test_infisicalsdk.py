"""The official Python SDK (PyPI infisicalsdk), unmodified, against a real server: E2EE is off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from infisical_sdk import InfisicalSDKClient  # type: ignore[import-untyped]
from infisical_sdk.infisical_requests import APIError  # type: ignore[import-untyped]

from st_tui.core.expiry import HOUR, system_clock
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from tests.api.shop import COMMON, DB, OTHER, ROOT, Shop
from tests.core.vaults import READ, WRITE, v2

DEV: dict[str, str] = {"environment_slug": "dev", "secret_path": "/"}


@contextmanager
def signed_in(shop: Shop, token: str) -> Iterator[Any]:
    """The SDK's secrets with this token, without its cache."""
    sdk = InfisicalSDKClient(host=shop.url, token=token, cache_ttl=None)
    try:
        yield sdk.secrets
    finally:
        sdk.close()
        sdk.api.session.close()


@contextmanager
def sdk(shop: Shop, *scopes: str, **rest: Any) -> Iterator[Any]:
    """The SDK's secrets with a new token."""
    with signed_in(shop, shop.token(*scopes, **rest)) as secrets:
        yield secrets


def refused(act: Callable[..., object], *values: Any, **named: Any) -> tuple[int, str, str]:
    """Status, error and message of a refusal, as the SDK hands it on."""
    with pytest.raises(APIError) as caught:
        act(*values, **named)
    body = caught.value.response
    assert body["statusCode"] == caught.value.status_code
    assert str(caught.value).startswith(body["message"])
    return caught.value.status_code, body["error"], body["message"]


def values(listed: Any) -> dict[str, str]:
    """Names and values of a list's own secrets."""
    return {secret.secretKey: secret.secretValue for secret in listed.secrets}


@pytest.mark.parametrize("parts", [3, 4])
def test_a_secrets_whole_life(open_shop: Shop, parts: int) -> None:
    token = ".".join(open_shop.token().split(".")[:parts])
    where = {"project_id": open_shop.project.id, **DEV}
    with signed_in(open_shop, token) as secrets:
        made = secrets.create_secret_by_name("A", secret_value="one", secret_comment="why", **where)
        assert (made.secretKey, made.secretValue, made.secretComment) == ("A", "one", "why")
        assert (made.version, made.type, made.environment) == (1, "shared", "dev")
        assert made.workspace == open_shop.project.id
        assert made.id == made._id

        changed = secrets.update_secret_by_name("A", secret_value="two", **where)
        assert (changed.id, changed.version, changed.secretValue) == (made.id, 2, "two")
        assert changed.secretComment == "why"
        renamed = secrets.update_secret_by_name("A", new_secret_name="B", **where)
        assert (renamed.id, renamed.secretKey, renamed.secretValue) == (made.id, "B", "two")
        remarked = secrets.update_secret_by_name("B", secret_comment="because", **where)
        assert (remarked.secretValue, remarked.secretComment) == ("two", "because")

        got = secrets.get_secret_by_name("B", **where)
        assert (got.secretValue, got.secretPath, got.secretValueHidden) == ("two", "/", False)
        first = secrets.get_secret_by_name("B", version="1", **where)
        assert (first.secretKey, first.secretValue, first.version) == ("A", "one", 1)
        assert refused(secrets.get_secret_by_name, "B", version="9", **where)[0] == 404
        assert refused(secrets.get_secret_by_name, "A", **where)[0] == 404
        assert values(secrets.list_secrets(**where)) == {"B": "two"}

        gone = secrets.delete_secret_by_name("B", **where)
        assert (gone.secretKey, gone.secretValue) == ("B", "two")
        assert secrets.list_secrets(**where).secrets == []
    assert open_shop.values(ROOT) == {}


def test_the_operator_and_the_sdk_read_each_others_secrets(open_shop: Shop) -> None:
    open_shop.put(COMMON, MINE="operator's")
    where = {"project_id": open_shop.project.id, "environment_slug": "dev",
             "secret_path": "/common"}  # fmt: skip
    with sdk(open_shop, "dev:/common") as secrets:
        secrets.create_secret_by_name("THEIRS", secret_value="sdk's", **where)
        both = {"MINE": "operator's", "THEIRS": "sdk's"}
        assert values(secrets.list_secrets(**where)) == open_shop.values(COMMON) == both


def test_a_project_may_be_named_by_its_slug(open_shop: Shop) -> None:
    where = {"project_slug": open_shop.project.slug, **DEV}
    with sdk(open_shop) as secrets:
        secrets.create_secret_by_name("A", secret_value="x", **where)
        secrets.update_secret_by_name("A", secret_value="y", **where)
        assert secrets.get_secret_by_name("A", **where).secretValue == "y"
        assert values(secrets.list_secrets(**where)) == {"A": "y"}
        secrets.delete_secret_by_name("A", **where)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", ""),
        ("  around  ", "around"),
        ("line\n", "line\n"),
        ("line\n\n\n", "line\n"),
        ("a\r\n\tb", "a\r\n\tb"),
        ("ключ 🔑 \x1b[31m \"'\\", "ключ 🔑 \x1b[31m \"'\\"),
        ("x" * 300_000, "x" * 300_000),
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_value_is_kept_as_infisical_keeps_it(open_shop: Shop, sent: str, kept: str) -> None:
    """Trimmed, but for one final newline."""
    where = {"project_id": open_shop.project.id, **DEV}
    with sdk(open_shop) as secrets:
        assert secrets.create_secret_by_name("A", secret_value=sent, **where).secretValue == kept
        assert secrets.update_secret_by_name("A", secret_value=sent, **where).secretValue == kept
        assert secrets.get_secret_by_name("A", **where).secretValue == kept
    assert open_shop.values(ROOT) == {"A": kept}


@pytest.mark.parametrize("name", ["with space", "ключ", "🔑", "a&b=c", "a+b", "a.b", "a;b"])
def test_a_name_may_be_anything_the_sdk_can_ask_for(open_shop: Shop, name: str) -> None:
    where = {"project_id": open_shop.project.id, **DEV}
    with sdk(open_shop) as secrets:
        secrets.create_secret_by_name(name, secret_value="x", **where)
        assert secrets.get_secret_by_name(name, **where).secretKey == name
        assert secrets.delete_secret_by_name(name, **where).secretKey == name


def test_references_and_imports_are_followed_inside_the_scopes(open_shop: Shop) -> None:
    """The SDK asks for both unless told otherwise."""
    open_shop.put(ROOT, URL="pg://${USER}@${dev.common.HOST}", USER="ann", BAD="${prod.other.TOP}")
    open_shop.put(COMMON, HOST="db", USER="common's", C="${USER}")
    open_shop.put(OTHER, TOP="hidden")
    for place in (COMMON, OTHER):
        open_shop.vault.secrets.add_import(open_shop.project, ROOT, place)
    where = {"project_id": open_shop.project.id, **DEV}
    with sdk(open_shop, "dev:/**") as secrets:
        listed = secrets.list_secrets(**where)
        assert values(listed) == {
            "URL": "pg://ann@db", "USER": "ann", "BAD": "${prod.other.TOP}",
        }  # fmt: skip
        (link,) = listed.imports
        assert (link.environment, link.secretPath) == ("dev", "/common")
        assert {one["secretKey"]: one["secretValue"] for one in link.secrets} == {
            "HOST": "db", "USER": "common's", "C": "common's",
        }  # fmt: skip
        plain = secrets.list_secrets(expand_secret_references=False, include_imports=False, **where)
        assert values(plain)["URL"] == "pg://${USER}@${dev.common.HOST}"
        assert plain.imports == []
        assert secrets.get_secret_by_name("URL", **where).secretValue == "pg://ann@db"
        assert secrets.get_secret_by_name("HOST", **where).secretValue == "db"
        assert refused(secrets.get_secret_by_name, "TOP", **where)[0] == 404
        assert refused(secrets.get_secret_by_name, "HOST", include_imports=False, **where)[0] == 404
    with sdk(open_shop, "dev:/**", "prod:/other") as wider:
        assert values(wider.list_secrets(**where))["BAD"] == "hidden"
        assert wider.get_secret_by_name("TOP", **where).secretValue == "hidden"


def test_all_below_is_listed_as_far_as_the_scopes_go(open_shop: Shop) -> None:
    for place in (ROOT, COMMON, DB):
        open_shop.put(place, A=place.path)
    where = {"project_id": open_shop.project.id, **DEV}
    with sdk(open_shop, "dev:/", "dev:/common/db") as secrets:
        found = secrets.list_secrets(recursive=True, **where).secrets
    assert [(s.secretPath, s.secretValue) for s in found] == [
        ("/", "/"), ("/common/db", "/common/db"),
    ]  # fmt: skip


def test_values_may_be_left_out(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="x")
    where = {"project_id": open_shop.project.id, **DEV}
    with sdk(open_shop) as secrets:
        for secret in (
            secrets.get_secret_by_name("A", view_secret_value=False, **where),
            *secrets.list_secrets(view_secret_value=False, **where).secrets,
        ):
            assert (secret.secretValue, secret.secretValueHidden) == (
                "<hidden-by-infisical>", True,
            )  # fmt: skip


def test_what_has_no_meaning_here_does_no_harm(open_shop: Shop) -> None:
    where = {"project_id": open_shop.project.id, **DEV}
    with sdk(open_shop) as secrets:
        secrets.create_secret_by_name(
            "A",
            secret_value="x",
            skip_multiline_encoding=True,
            secret_reminder_repeat_days=3,
            secret_reminder_note="soon",
            secret_metadata=[{"key": "a", "value": "b"}],
            tags_ids=["00000000-0000-4000-8000-000000000000"],
            **where,
        )
        assert secrets.list_secrets(tag_filters=["none"], **where).secrets == []
        assert values(secrets.list_secrets(**where)) == {"A": "x"}


def test_folders_are_listed_made_and_deleted(shop: Shop) -> None:
    """In both custody modes, because folders hold nothing that is sealed."""
    where = {"project_id": shop.project.id, "environment_slug": "dev"}
    token = shop.token("dev:/common/**")
    client = InfisicalSDKClient(host=shop.url, token=token, cache_ttl=None)
    folders = client.folders
    try:
        made = folders.create_folder(name="new", path="/common", description="x", **where)
        assert (made.name, made.path) == ("new", "/common/new")
        folders.create_folder(name="deep", path="/common/new", **where)
        shop.put(Place("dev", "/common/new/deep"), A="x")
        for name, path in (("new", "/common"), ("deep", "/common/new"), (made.id, "/common")):
            told = refused(folders.delete_folder, name, path=path, **where)
            assert told[0] == 400
            assert "forceDelete=true" in told[2]
        listed = folders.list_folders(path="/common", **where).folders
        assert {folder.name: folder.id for folder in listed}["new"] == made.id
        every = folders.list_folders(path="/common", recursive=True, **where).folders
        assert [f.relativePath for f in every] == ["db", "new", "new/deep"]
        assert (
            folders.delete_folder("deep", path="/common/new", force_delete=True, **where).name
            == "deep"
        )
        assert folders.delete_folder(made.id, path="/common", **where).id == made.id
        denied = (403, "PermissionDenied")
        assert refused(folders.create_folder, name="x", path="/", **where)[:2] == denied
        assert refused(folders.delete_folder, "common", path="/", **where)[:2] == denied
        assert refused(folders.delete_folder, "none", path="/common", **where)[0] == 404
    finally:
        client.close()
        client.api.session.close()
    assert shop.vault.folders.every(shop.project, "dev") == ["/common", "/common/db"]


# Refusals


def test_outside_the_scope_is_refused_alike_whether_it_is_there_or_not(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="x")
    denied = (403, "PermissionDenied")
    with sdk(open_shop, "dev:/common/**") as secrets:
        for environment, path in (("dev", "/"), ("prod", "/other"), ("dev", "/none"), ("qa", "/")):
            where = {"project_id": open_shop.project.id, "environment_slug": environment,
                     "secret_path": path}  # fmt: skip
            assert refused(secrets.list_secrets, **where)[:2] == denied
            for name in ("A", "NONE"):
                assert refused(secrets.get_secret_by_name, name, **where)[:2] == denied
                assert refused(secrets.delete_secret_by_name, name, **where)[:2] == denied
                for write in (secrets.create_secret_by_name, secrets.update_secret_by_name):
                    assert refused(write, name, secret_value="y", **where)[:2] == denied
    assert open_shop.values(ROOT) == {"A": "x"}


def test_a_permission_that_is_not_there_is_refused(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="x")
    denied = (403, "PermissionDenied")
    where = {"project_id": open_shop.project.id, **DEV}
    with sdk(open_shop, "dev:/", permissions=READ) as reader:
        assert reader.get_secret_by_name("A", **where).secretValue == "x"
        assert refused(reader.create_secret_by_name, "B", secret_value="", **where)[:2] == denied
        assert refused(reader.update_secret_by_name, "A", secret_value="", **where)[:2] == denied
        assert refused(reader.delete_secret_by_name, "A", **where)[:2] == denied
    with sdk(open_shop, "dev:/", permissions=WRITE) as writer:
        assert refused(writer.get_secret_by_name, "A", **where)[:2] == denied
        assert refused(writer.list_secrets, **where)[:2] == denied
        made = writer.create_secret_by_name("B", secret_value="mine", **where)
        changed = writer.update_secret_by_name("A", secret_comment="y", **where)
        gone = writer.delete_secret_by_name("A", **where)
        for secret in (made, changed, gone):
            assert (secret.secretValue, secret.secretValueHidden) == (
                "<hidden-by-infisical>", True,
            )  # fmt: skip
    assert open_shop.values(ROOT) == {"B": "mine"}


def test_inside_the_scope_what_is_missing_or_there_already_is_told(open_shop: Shop) -> None:
    where = {"project_id": open_shop.project.id, **DEV}
    nowhere = where | {"secret_path": "/none"}
    no_folder = (404, "SecretPathNotFound")
    with sdk(open_shop) as secrets:
        told = refused(secrets.get_secret_by_name, "NONE", **where)
        assert (told[0], told[2]) == (
            404,
            "Secret with name 'NONE' not found in folder with path '/' in environment 'dev'",
        )
        assert refused(secrets.update_secret_by_name, "NONE", secret_value="x", **where)[0] == 404
        assert refused(secrets.delete_secret_by_name, "NONE", **where)[0] == 404
        assert refused(secrets.list_secrets, **nowhere)[:2] == no_folder
        assert refused(secrets.get_secret_by_name, "A", **nowhere)[:2] == no_folder
        assert refused(secrets.create_secret_by_name, "A", secret_value="x", **nowhere)[:2] == (
            no_folder
        )
        for name in ("A", "B"):
            secrets.create_secret_by_name(name, secret_value="x", **where)
        assert refused(secrets.create_secret_by_name, "A", secret_value="y", **where) == (
            400, "BadRequest", "Secret already exists",
        )  # fmt: skip
        told = refused(secrets.update_secret_by_name, "A", new_secret_name="B", **where)
        assert told[::2] == (400, "Secret with the new name already exists")
        for bad in ("a/b", "a:b", "..", " ", "a\nb"):
            told = refused(secrets.update_secret_by_name, "A", new_secret_name=bad, **where)
            assert 400 <= told[0] < 500
    assert open_shop.values(ROOT) == {"A": "x", "B": "x"}


def test_another_project_is_refused(open_shop: Shop, vault: Vault) -> None:
    other = vault.projects.create("Bank", e2ee=False)
    with sdk(open_shop) as secrets:
        for stated in ({"project_id": other.id}, {"project_slug": other.slug}):
            assert refused(secrets.list_secrets, **stated, **DEV)[0] == 403
            assert refused(secrets.get_secret_by_name, "A", **stated, **DEV)[0] == 403


def test_e2ee_must_be_off(closed_shop: Shop) -> None:
    closed_shop.put(ROOT, A="x")
    where = {"project_id": closed_shop.project.id, **DEV}
    with sdk(closed_shop) as secrets:
        for told in (
            refused(secrets.list_secrets, **where),
            refused(secrets.get_secret_by_name, "A", **where),
            refused(secrets.create_secret_by_name, "B", secret_value="x", **where),
            refused(secrets.update_secret_by_name, "A", secret_value="x", **where),
            refused(secrets.delete_secret_by_name, "A", **where),
        ):
            assert told[:2] == (400, "bot_not_found_error")
            assert "E2EE must be disabled" in told[2]
        closed_shop.vault.projects.set_e2ee(closed_shop.project, on=False)
        assert values(secrets.list_secrets(**where)) == {"A": "x"}
        closed_shop.vault.projects.set_e2ee(closed_shop.project, on=True)
        assert refused(secrets.list_secrets, **where)[0] == 400


def test_a_token_that_ended_or_was_never_made_is_refused(open_shop: Shop) -> None:
    made = open_shop.made(v2("a", "dev:/", expires_at=system_clock() + HOUR))
    where = {"project_id": open_shop.project.id, **DEV}
    with signed_in(open_shop, made.text.full) as secrets:
        assert secrets.list_secrets(**where).secrets == []
        open_shop.vault.tokens.revoke([made.token])
        unknown = (401, "UnauthorizedError", "Invalid service token")
        assert refused(secrets.list_secrets, **where) == unknown
    with signed_in(open_shop, "nonsense") as secrets:
        assert refused(secrets.list_secrets, **where) == unknown


def test_what_is_not_kept_disturbs_nobody_and_a_tag_leaves_nothing(open_shop: Shop) -> None:
    open_shop.put(DB, B="b")
    open_shop.vault.secrets.add_import(open_shop.project, ROOT, DB)
    where = {"project_id": open_shop.project.id, **DEV}
    unkept = {
        "skip_multiline_encoding": True,
        "secret_reminder_note": "renew it",
        "secret_reminder_repeat_days": 30,
        "secret_metadata": [{"key": "team", "value": "a"}],
    }
    with sdk(open_shop) as secrets:
        made = secrets.create_secret_by_name(
            "A", secret_value="a", tags_ids=["1"], **unkept, **where
        )
        assert (made.secretValue, made.secretMetadata, made.skipMultilineEncoding) == (
            "a",
            [],
            False,
        )
        everything = secrets.list_secrets(recursive=True, **where)
        assert (len(everything.secrets), len(everything.imports)) == (2, 1)
        tagged = secrets.list_secrets(recursive=True, tag_filters=["blue"], **where)
        assert (tagged.secrets, tagged.imports) == ([], [])
