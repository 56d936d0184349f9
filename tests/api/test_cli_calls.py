"""The official CLI's calls, as its source makes them, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from st_tui.core.vault import Vault
from tests.api.cli_calls import Cli, merged
from tests.api.shop import COMMON, DB, OTHER, ROOT, Shop
from tests.core.vaults import READ, WRITE, v2


@contextmanager
def cli(shop: Shop, *scopes: str, **rest: Any) -> Iterator[Cli]:
    one = Cli(shop.token(*scopes, **rest), shop.url)
    try:
        yield one
    finally:
        one.line.close()


def test_reading_asks_for_the_token_first_and_then_lists(open_shop: Shop) -> None:
    """`run`, `export`, `secrets`, `secrets get`, of today and before v0.43.99."""
    open_shop.put(ROOT, URL="pg://${USER}@${dev.common.HOST}", USER="ann")
    open_shop.put(COMMON, HOST="db", USER="common's", DEEP="common's")
    open_shop.put(DB, DEEP="db's", ONLY="${DEEP}")
    for place in (DB, COMMON):
        open_shop.vault.secrets.add_import(open_shop.project, ROOT, place)
    wanted = {"URL": "pg://ann@db", "USER": "ann", "HOST": "db", "DEEP": "common's", "ONLY": "db's"}
    with cli(open_shop) as one:
        data = one.service_token()
        assert data["workspace"] == open_shop.project.id
        assert [scope["environment"] for scope in data["scopes"]] == ["dev", "prod", "staging"]
        for listed in (one.list_v4(), one.list_v3(), one.list_v4(whole=True)):
            assert listed.status == 200
            assert merged(listed.json) == wanted
            for secret in listed.json["secrets"]:
                assert (secret["type"], secret["tags"]) == ("shared", [])
                assert secret["workspace"] == open_shop.project.id
                assert secret["secretComment"] == ""
                assert secret["skipMultilineEncoding"] is False
        for listed in (
            one.list_v4(imports=False, expand=False),
            one.list_v3(imports=False, expand=False),
        ):
            assert merged(listed.json)["URL"] == "pg://${USER}@${dev.common.HOST}"
            assert listed.json["imports"] == []


def test_all_below_is_read_with_recursive(open_shop: Shop) -> None:
    for place in (ROOT, COMMON, DB):
        open_shop.put(place, **{f"N{len(place.path)}": place.path})
    with cli(open_shop, "dev:/", "dev:/common/db") as one:
        for listed in (one.list_v4(recursive=True), one.list_v3(recursive=True)):
            assert merged(listed.json) == {"N1": "/", "N10": "/common/db"}


def test_what_cannot_be_expanded_is_told_and_spoils_nothing(open_shop: Shop) -> None:
    open_shop.put(ROOT, BAD="${prod.other.TOP}", GOOD="${USER}", USER="ann")
    open_shop.put(OTHER, TOP="hidden")
    with cli(open_shop, "dev:/**") as one:
        data = one.list_v4().json
    assert merged(data) == {"BAD": "${prod.other.TOP}", "GOOD": "ann", "USER": "ann"}
    assert data["warnings"] == [
        "${prod.other.TOP} in BAD was left as it is: no such secret can be read."
    ]


def test_setting_writes_what_is_new_or_differs(open_shop: Shop) -> None:
    project_id = open_shop.project.id
    with cli(open_shop, "dev:/common") as one:
        for value in ("one", "two"):
            written = one.set(project_id, "A", value, path="/common")
            assert written is not None
            assert written.status == 200
            assert written.json["secret"]["secretValue"] == value
        assert one.set(project_id, "A", "two", path="/common") is None
        refused = one.set(project_id, "A", "x")
        assert refused is not None
        assert refused.problem[:2] == (403, "PermissionDenied")
    assert open_shop.values(COMMON) == {"A": "two"}
    assert len(open_shop.vault.secrets.versions(open_shop.project, COMMON, "A")) == 2


def test_deleting_needs_the_shared_type(open_shop: Shop) -> None:
    open_shop.put(ROOT, A="x")
    project_id = open_shop.project.id
    with cli(open_shop) as one:
        assert one.delete(project_id, "A").problem == (
            400, "BadRequest", "Must be user to delete personal secret",
        )  # fmt: skip
        assert open_shop.values(ROOT) == {"A": "x"}
        gone = one.delete(project_id, "A", kind="shared")
        assert (gone.status, gone.json["secret"]["secretKey"]) == (200, "A")
        assert one.delete(project_id, "A", kind="shared").status == 404
    assert open_shop.values(ROOT) == {}


def test_folders_are_listed_made_and_deleted(shop: Shop) -> None:
    """In both custody modes, because folders hold nothing that is sealed."""
    project_id = shop.project.id
    with cli(shop, "dev:/**") as one:
        made = one.create_folder(project_id, "new", path="/common")
        assert (made.status, made.json["folder"]["name"]) == (200, "new")
        again = one.create_folder(project_id, "new", path="/common")
        assert (again.status, again.json["folder"]["id"]) == (200, made.json["folder"]["id"])
        assert one.create_folder(project_id, "deep", path="/not/yet/there").status == 200
        listed = one.folders(path="/common").json["folders"]
        assert sorted(folder["name"] for folder in listed) == ["db", "new"]
        assert sorted(f["name"] for f in one.folders().json["folders"]) == ["common", "not"]
        assert one.delete_folder(project_id, "new", path="/common").status == 200
        assert one.delete_folder(project_id, "new", path="/common").status == 404
        for bad in ("a b", "a/b", "..", "", "a.b"):
            assert 400 <= one.create_folder(project_id, bad).status < 500
        assert one.create_folder(project_id, "x", environment="prod").status == 403
        assert one.folders("prod").status == 403
    assert shop.vault.folders.every(shop.project, "dev") == [
        "/common", "/common/db", "/not", "/not/yet", "/not/yet/there", "/not/yet/there/deep",
    ]  # fmt: skip


def test_only_folders_that_lead_to_a_scope_are_shown_outside_it(shop: Shop) -> None:
    for path in ("/private", "/common/private", "/common/db/primary"):
        shop.vault.folders.create(shop.project, "dev", path)
    for permissions in (READ, WRITE):
        with cli(shop, "dev:/common/db", permissions=permissions) as one:
            for path, names in (("/", ["common"]), ("/common", ["db"])):
                listed = one.folders(path=path)
                assert [folder["name"] for folder in listed.json["folders"]] == names
            for path in ("/private", "/common/private", "/none"):
                assert one.folders(path=path).status == 403
    with cli(shop, "dev:/common/db", permissions=READ) as one:
        assert [f["name"] for f in one.folders(path="/common/db").json["folders"]] == ["primary"]


def test_the_login_is_judged_with_all_four_parts(shop: Shop) -> None:
    made = shop.made(v2("a", "dev:/", expires_at=None))
    one = Cli(made.text.full, shop.url)
    assert one.login_status() == 200
    shop.vault.tokens.revoke([made.token])
    assert one.login_status() == 401
    one.line.close()


def test_e2ee_is_named_as_the_reason_in_words_that_the_cli_looks_for(closed_shop: Shop) -> None:
    closed_shop.put(ROOT, A="x")
    with cli(closed_shop) as one:
        for answer in (
            one.list_v4(),
            one.list_v3(),
            one.list_v4(whole=True),
            one.set(closed_shop.project.id, "A", "y"),
            one.delete(closed_shop.project.id, "A", kind="shared"),
        ):
            assert answer is not None
            status, error, message = answer.problem
            assert (status, error) == (400, "bot_not_found_error")
            assert "failed to find bot key" in message
    assert closed_shop.values(ROOT) == {"A": "x"}


def test_refusals_have_a_sentence_and_a_number_to_ask_about(open_shop: Shop, vault: Vault) -> None:
    """The CLI prints message, reqId and details."""
    with cli(open_shop, "dev:/common") as one:
        told = [
            one.list_v4(),
            one.list_v4("prod", "/other"),
            one.delete(vault.projects.create("Bank").id, "A", path="/common", kind="shared"),
            one.delete(open_shop.project.id, "NONE", path="/common", kind="shared"),
        ]
    assert [answer.status for answer in told] == [403, 403, 403, 404]
    ids = [answer.json["reqId"] for answer in told]
    assert len(set(ids)) == len(ids)
    assert all(answer.problem[2] for answer in told)
