"""`warnings` tell what leads to something that is deleted or renamed: so far as the token may read
it, and nothing of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.asking import RAW, SEALED, Asking, asking
from tests.api.http_calls import Answer
from tests.api.shop import COMMON, DB, OTHER, ROOT, Shop
from tests.core.vaults import WRITE

UNSEEN = "E2EE is on, so which values refer to it cannot be seen here."
FOLDERS = ["/api/v1/folders", "/api/v2/folders"]


def used(shop: Shop) -> None:
    """/common/db is imported and referred to from dev and from prod."""
    shop.put(DB, KEY="k", OTHER="o", HERE="${KEY}")
    shop.put(ROOT, URL="pg://${dev.common.db.KEY}")
    shop.put(OTHER, URL="${dev.common.db.KEY}${dev.common.db.OTHER}")
    for place in (ROOT, OTHER):
        shop.vault.secrets.add_import(shop.project, place, DB)


def told(*lines: str) -> list[str]:
    return [f"{line} and will not find it any more." for line in lines]


def delete_folder(one: Asking, route: str) -> Answer:
    body = {"environment": "dev", "path": "/common", "forceDelete": True}
    return one.ask("DELETE", f"{route}/db", body=body)


@pytest.mark.parametrize("route", FOLDERS)
def test_a_folder(open_shop: Shop, route: str) -> None:
    used(open_shop)
    with asking(open_shop.url, open_shop.token()) as one:
        answer = delete_folder(one, route)
        assert answer.json["warnings"] == told(
            "dev:/ imports dev:/common/db",
            "prod:/other imports dev:/common/db",
            "URL in dev:/ refers to ${dev.common.db.KEY}",
            "URL in prod:/other refers to ${dev.common.db.KEY}",
            "URL in prod:/other refers to ${dev.common.db.OTHER}",
        )
        body = {"environment": "dev", "path": "/"}
        assert one.ask("DELETE", f"{route}/common", body=body).json["warnings"] == []


@pytest.mark.parametrize("route", FOLDERS)
def test_with_e2ee_on_links_are_told_and_that_references_are_not_seen(
    closed_shop: Shop, route: str
) -> None:
    used(closed_shop)
    with asking(closed_shop.url, closed_shop.token("dev:/**")) as one:
        assert delete_folder(one, route).json["warnings"] == [
            *told("dev:/ imports dev:/common/db"),
            UNSEEN,
        ]


@pytest.mark.parametrize("root", [RAW, SEALED])
def test_a_secret(open_shop: Shop, root: str) -> None:
    used(open_shop)
    with asking(open_shop.url, open_shop.token()) as one:
        assert one.write("DELETE", "KEY", "/common/db", root=root).json["warnings"] == told(
            "dev:/ imports dev:/common/db",
            "prod:/other imports dev:/common/db",
            "URL in dev:/ refers to ${dev.common.db.KEY}",
            "HERE in dev:/common/db refers to ${KEY}",
            "URL in prod:/other refers to ${dev.common.db.KEY}",
        )
        assert one.write("DELETE", "URL", root=root).json["warnings"] == []


def test_a_sealed_secret_with_e2ee_on(closed_shop: Shop) -> None:
    used(closed_shop)
    with asking(closed_shop.url, closed_shop.token("dev:/**")) as one:
        answer = one.write("DELETE", "KEY", "/common/db", root=SEALED)
    assert answer.json["warnings"] == [*told("dev:/ imports dev:/common/db"), UNSEEN]


def test_a_new_name_says_who_still_has_the_old_one(open_shop: Shop) -> None:
    used(open_shop)
    with asking(open_shop.url, open_shop.token()) as one:

        def change(name: str, **fields: Any) -> list[str]:
            answer = one.write("PATCH", name, "/common/db", **fields)
            assert answer.status == 200
            warnings = answer.json["warnings"]
            assert isinstance(warnings, list)
            return warnings

        assert change("KEY", secretValue="other") == []
        assert change("KEY", newSecretName="KEY") == []
        assert change("KEY", newSecretName=" NEW ", secretValue="x") == told(
            "URL in dev:/ refers to ${dev.common.db.KEY}",
            "HERE in dev:/common/db refers to ${KEY}",
            "URL in prod:/other refers to ${dev.common.db.KEY}",
        )
        assert change("NEW", newSecretName="NEWER") == []


def test_a_link_that_is_taken_away(shop: Shop) -> None:
    link = shop.vault.secrets.add_import(shop.project, COMMON, DB)
    shop.vault.secrets.add_import(shop.project, ROOT, COMMON)
    shop.vault.secrets.add_import(shop.project, OTHER, COMMON)
    body = {"environment": "dev", "path": "/common"}
    with asking(shop.url, shop.token("dev:/**")) as one:
        answer = one.ask("DELETE", f"/api/v1/secret-imports/{link.id}", body=body)
    assert answer.json["warnings"] == told("dev:/ imports dev:/common")


@pytest.mark.parametrize("kind", ["folder", "secret", "sealed secret", "name"])
def test_nothing_outside_the_scope_is_told_or_counted(open_shop: Shop, kind: str) -> None:
    """Nothing of another environment or folder, and nothing to a token that may only write."""
    used(open_shop)

    def act(one: Asking) -> Answer:
        if kind == "folder":
            return delete_folder(one, FOLDERS[0])
        if kind == "name":
            return one.write("PATCH", "KEY", "/common/db", newSecretName="NEW")
        root = RAW if kind == "secret" else SEALED
        return one.write("DELETE", "KEY", "/common/db", root=root)

    within = [] if kind == "folder" else told("HERE in dev:/common/db refers to ${KEY}")
    with asking(open_shop.url, open_shop.token("dev:/common", "dev:/common/**")) as one:
        answer = act(one)
    assert answer.json["warnings"] == within
    assert b"prod" not in answer.body


@pytest.mark.parametrize("root", [RAW, SEALED])
def test_who_may_only_write_is_told_nothing_of_values(open_shop: Shop, root: str) -> None:
    used(open_shop)
    with asking(open_shop.url, open_shop.token(permissions=WRITE)) as writer:
        assert writer.write("DELETE", "KEY", "/common/db", root=root).json["warnings"] == []
        assert delete_folder(writer, FOLDERS[0]).json["warnings"] == []


def test_very_many_are_counted(open_shop: Shop) -> None:
    open_shop.put(DB, KEY="k")
    open_shop.put(ROOT, **{f"N{number:02}": "${dev.common.db.KEY}" for number in range(30)})
    open_shop.put(OTHER, **{f"N{number:02}": "${dev.common.db.KEY}" for number in range(30)})
    with asking(open_shop.url, open_shop.token("dev:/**")) as one:
        warnings = one.write("DELETE", "KEY", "/common/db").json["warnings"]
    assert len(warnings) == 20
    assert warnings[-1] == "… and 11 more"
