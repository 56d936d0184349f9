"""Folders over HTTP: which a token may see, make and delete, and what it cannot find out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from st_tui.api.params import Params
from st_tui.api.routes.folders import OPERATIONS
from st_tui.core.model import AuditEntry
from st_tui.core.secrets.model import Place
from st_tui.core.store import projects
from st_tui.core.vault.holders.holder import Caller, Denied
from tests.api.http_calls import Answer, Connection
from tests.api.shop import READ_WRITE, Shop
from tests.core.vaults import WRITE, v2


class Folders:
    """The folder routes with one token."""

    def __init__(self, line: Connection) -> None:
        self.ask = line.ask

    def listed(self, path: str, environment: str = "dev", **rest: str) -> Answer:
        query = {"environment": environment, "path": path, **rest}
        return self.ask("GET", "/api/v1/folders", query=query)

    def shown(self, path: str, **rest: str) -> list[str]:
        answer = self.listed(path, **rest)
        assert answer.status == 200
        return [folder["path"] for folder in answer.json["folders"]]

    def make(self, path: str, name: str, environment: str = "dev") -> Answer:
        body = {"environment": environment, "path": path, "name": name}
        return self.ask("POST", "/api/v1/folders", body=body)

    def delete(self, path: str, name: str) -> Answer:
        body = {"environment": "dev", "path": path}
        return self.ask("DELETE", f"/api/v1/folders/{name}", body=body)


@contextmanager
def folders(shop: Shop, *scopes: str, **rest: Any) -> Iterator[Folders]:
    token = shop.token(*scopes, **rest)
    line = Connection(shop.url, {"Authorization": f"Bearer {token}"})
    try:
        yield Folders(line)
    finally:
        line.close()


def last_entry(shop: Shop) -> AuditEntry:
    return shop.vault.audit.page(project=shop.project, limit=1)[0]


def tree(shop: Shop, *paths: str) -> None:
    for path in paths:
        shop.vault.folders.create(shop.project, "dev", path)


def test_a_large_tree_is_listed_for_a_token_that_is_led_on(open_shop: Shop) -> None:
    every = [f"/a/f{i}" for i in range(4_000)]
    database, project_id = open_shop.vault._session.database, open_shop.project.id
    projects.insert_folders(database, project_id, "dev", ["/a", *every])
    with folders(open_shop, "dev:/a/**") as one:
        assert one.shown("/") == ["/a"]
        assert len(one.shown("/a")) == 4_000


@pytest.mark.parametrize("environment", ["dev", "qa"])
def test_no_folder_is_shown_to_a_token_of_another_environment(
    open_shop: Shop, environment: str
) -> None:
    with folders(open_shop, "prod:/**") as one:
        assert one.listed("/", environment).status == 403
    assert last_entry(open_shop).reason == "environment"


@pytest.mark.parametrize("path", ["/other", "/common-x", "/none"])
def test_no_folder_is_read_where_no_scope_leads(
    open_shop: Shop, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The time that a refusal takes must not tell what is there."""
    tree(open_shop, "/other/x", "/common-x")
    made = open_shop.made(v2("ci", "dev:/common/**", "dev:/com/*", expires_at=None))

    def no_folders(*_: object) -> list[str]:
        raise AssertionError("folders were read")

    gateway = open_shop.vault.gateway
    asked = Params({"environment": "dev", "path": path})
    gateway.begin()
    monkeypatch.setattr(projects, "folders", no_folders)
    try:
        with gateway.request(Caller(made.text, 1, "::1", None), "get-folders") as request:
            with pytest.raises(Denied):
                OPERATIONS[0].handle(request, asked, "")
            with pytest.raises(AssertionError):
                OPERATIONS[0].handle(request, Params({"environment": "dev", "path": "/"}), "")
    finally:
        gateway.abandon()


def test_a_recursive_list_goes_no_deeper_than_the_scope(open_shop: Shop) -> None:
    tree(open_shop, "/hidden/deep/deeper", "/common/db/x/y")
    with folders(open_shop, "dev:/") as one:
        assert one.shown("/", recursive="true") == ["/common", "/hidden"]
    with folders(open_shop, "dev:/common", "dev:/common/db/x") as one:
        assert one.shown("/common", recursive="true") == [
            "/common/db", "/common/db/x", "/common/db/x/y",
        ]  # fmt: skip
        assert one.shown("/", recursive="true") == ["/common", "/common/db", "/common/db/x",
                                                   "/common/db/x/y"]  # fmt: skip
    with folders(open_shop, "dev:/hidden/*", permissions=WRITE) as one:
        assert one.shown("/", recursive="true") == ["/hidden", "/hidden/deep"]


def test_deleting_does_not_tell_what_is_out_of_scope(open_shop: Shop) -> None:
    tree(open_shop, "/a/x", "/a/y")
    with folders(open_shop, "dev:/**") as one:
        known = {folder["name"]: folder["id"] for folder in one.listed("/a").json["folders"]}
    unknown = "11111111-2222-5333-8444-555555555555"
    with folders(open_shop, "dev:/a", "dev:/a/y") as one:
        told = [one.delete("/a", name).problem for name in ("x", "nope", known["x"], unknown)]
        assert told == [(403, "PermissionDenied", told[0][2])] * 4
        assert one.delete("/a", "a%20b").status == one.delete("/a", "..").status == 404
        assert one.delete("/a", known["y"]).status == 200
        assert one.delete("/a", "y").status == 404
    assert open_shop.vault.folders.every(open_shop.project, "dev") == [
        "/a", "/a/x", "/common", "/common/db",
    ]  # fmt: skip


def test_what_lies_below_must_be_in_scope_to_go_with_its_folder(open_shop: Shop) -> None:
    tree(open_shop, "/a/x/y")
    with folders(open_shop, "dev:/a", "dev:/a/x") as one:
        assert one.delete("/a", "x").status == 403
    assert (last_entry(open_shop).path, last_entry(open_shop).reason) == ("/a/x/y", "path")


def test_a_folder_is_made_only_where_the_token_may_write(open_shop: Shop) -> None:
    tree(open_shop, "/a")
    with folders(open_shop, "dev:/a", "dev:/m/n", "dev:/m/n/o") as one:
        assert one.make("/a", "new").status == 403
        assert (last_entry(open_shop).path, last_entry(open_shop).verdict) == ("/a/new", "denied")
        assert one.make("/", "a").status == 403
        status, error, _ = one.make("/m/n", "o").problem
        assert (status, error) == (404, "SecretPathNotFound")
        tree(open_shop, "/m")
        assert one.make("/m/n", "o").status == 200
    assert open_shop.vault.folders.every(open_shop.project, "dev") == [
        "/a", "/common", "/common/db", "/m", "/m/n", "/m/n/o",
    ]  # fmt: skip


def test_a_path_that_is_too_long_is_told_so_and_not_that_its_letters_are_wrong(
    open_shop: Shop,
) -> None:
    with folders(open_shop) as one:
        status, error, message = one.make("/common", "a" * 1_000).problem
        assert (status, error) == (400, "BadRequest")
        assert message == "That folder path is over 1000 characters: shorten it."
        status, error, message = one.make("/common", "a.b").problem
        assert (status, error) == (422, "ValidationFailure")
        assert message.startswith("Invalid folder name. Only alphanumeric")


def test_a_deleted_environment_has_no_folders(open_shop: Shop) -> None:
    """A token that still names the environment sees none either."""
    with folders(open_shop, "prod:/**") as one:
        open_shop.vault.environments.delete(open_shop.project, "prod")
        missing = (404, "SecretPathNotFound")
        assert one.listed("/", "prod").problem[:2] == missing
        assert one.make("/", "a", "prod").problem[:2] == missing
    assert open_shop.vault.folders.every(open_shop.project, "prod") == []


def test_the_log_has_what_went_with_a_folder_and_what_it_needed(open_shop: Shop) -> None:
    tree(open_shop, "/a/x/y")
    open_shop.put(Place("dev", "/a/x/y"), A="a")
    open_shop.vault.secrets.add_import(
        open_shop.project, Place("dev", "/common"), Place("dev", "/a/x")
    )
    made = open_shop.made(v2("ci", "dev:/a/**", permissions=READ_WRITE, expires_at=None))
    line = Connection(open_shop.url, {"Authorization": f"Bearer {made.text.full}"})
    try:
        assert Folders(line).delete("/a", "x").status == 200
        assert Folders(line).make("/a/n", "o").status == 200
    finally:
        line.close()
    entry = open_shop.vault.audit.page(about=made.token.id, limit=2)[1]
    details = json.loads(entry.details)
    assert (entry.path, details["numberOfFolders"], details["numberOfSecrets"]) == ("/a/x", 2, 1)
    assert [link["secretPath"] for link in details["removedImports"]] == ["/common"]
    uses = open_shop.vault.audit.uses(made.token)
    assert sorted(use.path for use in uses if use.operation == "write") == [
        "/a", "/a/n", "/a/n/o", "/a/x", "/a/x/y",
    ]  # fmt: skip


def test_contradicting_spellings_of_the_place_are_refused(open_shop: Shop) -> None:
    with folders(open_shop) as one:
        for other in ("directory", "secretPath"):
            assert one.listed("/common", **{other: "/"}).status == 400
            assert one.listed("/common", **{other: "/common"}).status == 200
        assert one.shown("common") == ["/common/db"]


@pytest.mark.parametrize("stated", [{}, {"forceDelete": False}, {"forceDelete": True}])
def test_a_folder_with_something_in_it_goes_by_v2_only_if_that_is_forced(
    shop: Shop, stated: dict[str, bool]
) -> None:
    """The SDK states that it does not force, unless told to. v1, which the CLI asks, does."""
    tree(shop, "/holds", "/leads/on", "/empty")
    shop.put(Place("dev", "/holds"), A="x")
    with folders(shop, "dev:/**") as one:
        for name in ("holds", "leads"):
            body = {"environment": "dev", "path": "/", **stated}
            answer = one.ask("DELETE", f"/api/v2/folders/{name}", body=body)
            if stated.get("forceDelete"):
                assert answer.status == 200
                tree(shop, f"/{name}")
            else:
                assert answer.problem[:2] == (400, "BadRequest")
                assert f"/{name}" in one.shown("/")
            assert one.delete("/", name).status == 200
        assert one.ask("DELETE", "/api/v2/folders/empty", body=body).status == 200
        assert one.shown("/") == ["/common"]
    with folders(shop, "dev:/") as narrow:
        answer = narrow.ask("DELETE", "/api/v2/folders/common", body=body)
        assert answer.problem[:2] == (403, "PermissionDenied")
