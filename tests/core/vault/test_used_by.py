"""What leads to secrets from elsewhere is found before they go: links, and references in values."""

from __future__ import annotations

import pytest

from st_tui.core.crypto import seal
from st_tui.core.files.vault_layout import OPERATOR_KEY, SERVER_KEY
from st_tui.core.model import Project
from st_tui.core.secrets.model import Place
from st_tui.core.secrets.used_by import UsedBy, in_prose, shortened
from st_tui.core.vault import Vault, secret_changes, used_by

ROOT, APP, DB = Place("dev", "/"), Place("dev", "/app"), Place("dev", "/common/db")
COMMON, NEAR, WEB = Place("dev", "/common"), Place("dev", "/common-db"), Place("prod", "/web")
OTHER_KEY = "ffeeddccbbaa99887766554433221100"


@pytest.fixture(autouse=True)
def _folders(vault: Vault, project: Project) -> None:
    for place in (APP, DB, NEAR, WEB):
        vault.folders.create(project, *place)


def put(vault: Vault, project: Project, place: Place, **values: str) -> None:
    vault.secrets.set(project, place, values)


def link(vault: Vault, project: Project, place: Place, source: Place) -> None:
    vault.secrets.add_import(project, place, source)


def links(found: UsedBy) -> list[tuple[Place, Place]]:
    return [(link.place, link.source) for link in found.links]


def references(found: UsedBy) -> list[tuple[str, str]]:
    return [(f"{one.place} {one.name}", one.text) for one in found.references]


def test_a_folder_is_used_by_what_leads_into_it_or_below_from_outside(
    vault: Vault, project: Project
) -> None:
    for place, source in ((APP, COMMON), (WEB, DB), (DB, COMMON), (COMMON, APP), (APP, NEAR)):
        link(vault, project, place, source)
    put(vault, project, COMMON, KEY="k", WITHIN="${dev.common.db.PASSWORD} ${KEY}")
    put(vault, project, DB, PASSWORD="p")
    put(vault, project, NEAR, PASSWORD="p")
    put(
        vault,
        project,
        APP,
        URL="pg://${dev.common.db.PASSWORD}@x?${dev.common.KEY}&${dev.common.db.PASSWORD}",
        NEAR="${dev.common-db.PASSWORD}",
        NOWHERE="${dev.common.NONE} ${staging.common.KEY} ${KEY} $KEY {KEY}",
    )
    put(vault, project, WEB, URL="${dev.common.KEY}")
    found = vault.secrets.used_by_folder(project, COMMON)
    assert links(found) == [(APP, COMMON), (WEB, DB)]
    assert references(found) == [
        ("dev:/app URL", "${dev.common.KEY}"),
        ("dev:/app URL", "${dev.common.db.PASSWORD}"),
        ("prod:/web URL", "${dev.common.KEY}"),
    ]
    assert found.unseen == ""
    vault.folders.delete(project, *COMMON)
    # What was found is what is lost: these are left as they are, and nothing else is.
    told = vault.secrets.read(project, APP, expand=True).warnings
    assert [text for text in told if "URL" in text] == [
        f"${{{name}}} in URL was left as it is: no such secret can be read."
        for name in ("dev.common.db.PASSWORD", "dev.common.KEY")
    ]
    assert [link.source for link in vault.secrets.imports(project, APP)] == [NEAR]


def test_a_folder_is_used_too_where_its_secrets_are_brought_on(
    vault: Vault, project: Project
) -> None:
    for place, source in ((APP, DB), (WEB, APP), (NEAR, WEB), (COMMON, NEAR)):
        link(vault, project, place, source)
    put(vault, project, DB, PASSWORD="p")
    assert [secret.name for secret in vault.secrets.read(project, NEAR, imports=True).for_file()]
    found = vault.secrets.used_by_folder(project, COMMON)
    assert links(found) == [(APP, DB), (WEB, APP), (NEAR, WEB)]
    vault.folders.delete(project, *COMMON)
    assert not vault.secrets.read(project, NEAR, imports=True).for_file()


def test_an_environment_is_used_from_others(vault: Vault, project: Project) -> None:
    link(vault, project, WEB, COMMON)
    link(vault, project, WEB, ROOT)
    link(vault, project, APP, COMMON)
    put(vault, project, ROOT, TOP="t", INSIDE="${TOP}")
    put(vault, project, COMMON, KEY="k")
    put(vault, project, WEB, A="${dev.TOP}", B="${dev.common.KEY}", C="${prod.web.A}")
    found = vault.secrets.used_by_folder(project, ROOT)
    assert links(found) == [(WEB, ROOT), (WEB, COMMON)]
    assert references(found) == [
        ("prod:/web A", "${dev.TOP}"),
        ("prod:/web B", "${dev.common.KEY}"),
    ]


def test_a_secret_is_used_where_it_is_found_or_referred_to(vault: Vault, project: Project) -> None:
    """By name in its own folder, in full elsewhere; through links that lead on to one another."""
    for place, source in ((APP, COMMON), (WEB, APP), (ROOT, COMMON), (COMMON, WEB)):
        link(vault, project, place, source)
    put(vault, project, COMMON, KEY="k", OTHER="o", HERE="${KEY}", SELF="${SELF}")
    put(
        vault,
        project,
        APP,
        FULL="${dev.common.KEY}",
        SHORT="${KEY}",
        OTHER="own ${dev.common.OTHER}",
    )
    found = vault.secrets.used_by(project, COMMON, "KEY")
    assert links(found) == [(ROOT, COMMON), (APP, COMMON), (WEB, APP)]
    assert references(found) == [
        ("dev:/app FULL", "${dev.common.KEY}"),
        ("dev:/common HERE", "${KEY}"),
    ]
    # Of two with the same name the folder's own counts, there and wherever it is brought on.
    other = vault.secrets.used_by(project, COMMON, "OTHER")
    assert links(other) == [(ROOT, COMMON)]
    assert references(other) == [("dev:/app OTHER", "${dev.common.OTHER}")]
    together = vault.secrets.used_by(project, COMMON, "KEY", "HERE", "OTHER")
    assert links(together) == [(ROOT, COMMON), (APP, COMMON), (WEB, APP)]
    assert [name for name, _ in references(together)] == ["dev:/app FULL", "dev:/app OTHER"]
    assert not vault.secrets.used_by(project, APP, "SHORT").references
    assert not vault.secrets.used_by(project, COMMON, "SELF").references


def test_a_link_is_used_by_those_that_bring_on_what_it_brings(
    vault: Vault, project: Project
) -> None:
    for place, source in ((APP, COMMON), (WEB, APP), (ROOT, WEB), (COMMON, ROOT), (NEAR, COMMON)):
        link(vault, project, place, source)
    [first] = vault.secrets.imports(project, APP)
    found = vault.secrets.used_by_import(project, first)
    assert (WEB, APP) in links(found)
    assert (ROOT, WEB) in links(found)
    assert (APP, COMMON) not in links(found)
    [last] = vault.secrets.imports(project, NEAR)
    assert vault.secrets.used_by_import(project, last) == UsedBy()


def test_only_what_stands_in_a_value_today_counts(vault: Vault, project: Project) -> None:
    put(vault, project, COMMON, KEY="k")
    put(vault, project, APP, OLD="${dev.common.KEY}", NEW="x")
    put(vault, project, APP, OLD="x", NEW="${dev.common.KEY}")
    found = vault.secrets.used_by(project, COMMON, "KEY")
    assert references(found) == [("dev:/app NEW", "${dev.common.KEY}")]
    vault.secrets.delete(project, APP, "NEW")
    assert vault.secrets.used_by(project, COMMON, "KEY") == UsedBy()


def test_what_another_key_sealed_hides_nothing_else(vault: Vault, project: Project) -> None:
    put(vault, project, COMMON, KEY="k")
    sealed = seal("${dev.common.KEY}", OTHER_KEY, vault._session.randbytes)
    with vault._session.change():
        secret_changes.create_sealed(vault._session, project, APP, "ALIEN", sealed, sealed)
    put(vault, project, APP, URL="${dev.common.KEY}")
    assert references(vault.secrets.used_by(project, COMMON, "KEY")) == [
        ("dev:/app URL", "${dev.common.KEY}")
    ]


def test_nothing_is_said_of_folders_that_may_not_be_read(vault: Vault, project: Project) -> None:
    """Not even through them: a link on a way that the reader cannot see is none for it."""
    for place, source in ((APP, COMMON), (WEB, APP), (NEAR, COMMON)):
        link(vault, project, place, source)
    put(vault, project, COMMON, KEY="k")
    for place in (APP, WEB, NEAR):
        put(vault, project, place, URL="${dev.common.KEY}")

    def may_read(place: Place) -> bool:
        return place != APP

    name = secret_changes.name_hash(vault._session, project, "KEY")
    for found in (
        used_by.of_secrets(vault._session, project, COMMON, [name], may_read),
        used_by.of_folder(vault._session, project, COMMON, may_read),
    ):
        assert links(found) == [(NEAR, COMMON)]
        assert [one for one, _ in references(found)] == ["dev:/common-db URL", "prod:/web URL"]
    [into_app] = vault.secrets.imports(project, APP)
    assert used_by.of_link(vault._session, project, into_app, lambda place: False) == UsedBy()


def test_other_projects_are_others(vault: Vault, project: Project) -> None:
    put(vault, project, COMMON, KEY="k")
    other = vault.projects.create("Other")
    for place in (COMMON, APP):
        vault.folders.create(other, *place)
    put(vault, other, APP, URL="${dev.common.KEY}")
    link(vault, other, APP, COMMON)
    assert vault.secrets.used_by(project, COMMON, "KEY") == UsedBy()
    assert vault.secrets.used_by_folder(project, COMMON) == UsedBy()


@pytest.mark.parametrize("limit", ["MOST_VALUES", "LARGEST_ANSWER", "MOST_REFERENCES"])
def test_a_door_that_others_wait_at_looks_through_so_many_and_says_so(
    vault: Vault, project: Project, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    put(vault, project, COMMON, KEY="k")
    put(vault, project, APP, **{f"N{i}": "${dev.common.KEY} ${dev.common.NONE}" for i in range(9)})
    monkeypatch.setattr(used_by, limit, {"LARGEST_ANSWER": 200}.get(limit, 5))
    name = secret_changes.name_hash(vault._session, project, "KEY")

    def search(*, bounded: bool) -> UsedBy:
        return used_by.of_secrets(
            vault._session, project, COMMON, [name], lambda place: True, bounded=bounded
        )

    found = search(bounded=True)
    assert 0 < len(found.references) < 9
    assert found.unseen == used_by.TOO_MANY_UNSEEN
    assert (len(search(bounded=False).references), search(bounded=False).unseen) == (9, "")


def test_what_the_server_cannot_open_is_said_to_be_unseen(vault: Vault, project: Project) -> None:
    link(vault, project, APP, COMMON)
    put(vault, project, COMMON, KEY="k")
    put(vault, project, APP, URL="${dev.common.KEY}")
    with Vault.open(vault.directory, actor="system", key_file=SERVER_KEY) as server:
        found = used_by.of_folder(server._session, project, COMMON, lambda place: True)
        assert (links(found), found.references) == ([(APP, COMMON)], ())
        assert found.unseen == used_by.SEALED_UNSEEN
        # Where no secret goes, nothing could refer to one.
        assert used_by.of_folder(server._session, project, NEAR, lambda place: True) == UsedBy()
        vault.projects.set_e2ee(project, on=False)
        seen = used_by.of_folder(server._session, project, COMMON, lambda place: True)
        assert references(seen) == [("dev:/app URL", "${dev.common.KEY}")]
        assert seen.unseen == ""


def test_who_lost_the_operators_key_can_still_delete(vault: Vault, project: Project) -> None:
    link(vault, project, APP, COMMON)
    put(vault, project, COMMON, KEY="k")
    (vault.directory / OPERATOR_KEY).write_text("0" * 64)
    found = vault.secrets.used_by_folder(project, COMMON)
    assert links(found) == [(APP, COMMON)]
    assert found.told(4)[-1] == used_by.KEYLESS_UNSEEN
    assert in_prose(found.told(4)) == (
        "Used by 1 import, which will not find it: dev:/app imports dev:/common; "
        + used_by.KEYLESS_UNSEEN
    )
    link_gone = vault.secrets.imports(project, APP)[0]
    vault.secrets.delete_import(project, link_gone)
    found = vault.secrets.used_by_folder(project, COMMON)
    assert in_prose(found.told(4)) == used_by.KEYLESS_UNSEEN
    vault.folders.delete(project, *COMMON)


def test_it_is_told_in_a_sentence_and_a_few_lines(vault: Vault, project: Project) -> None:
    link(vault, project, APP, COMMON)
    put(vault, project, COMMON, KEY="k")
    put(vault, project, APP, **{f"N{i}": "${dev.common.KEY}" for i in range(4)})
    found = vault.secrets.used_by_folder(project, COMMON)
    assert found.told(4) == [
        "Used by 1 import and 4 references, which will not find it:",
        "  dev:/app imports dev:/common",
        "  N0 in dev:/app refers to ${dev.common.KEY}",
        "  N1 in dev:/app refers to ${dev.common.KEY}",
        "  … and 2 more",
    ]
    assert len(found.told(5)) == 6
    assert UsedBy().told(5) == []
    assert shortened(["a", "b"], 2) == ["a", "b"]


def test_a_name_that_a_terminal_would_act_on_is_written_out(vault: Vault, project: Project) -> None:
    put(vault, project, COMMON, KEY="k")
    key = vault._session.project_key(project.id)
    name, value = (
        seal(text, key, vault._session.randbytes) for text in ("A\n\x1b[2J", "${dev.common.KEY}")
    )
    with vault._session.change():
        secret_changes.create_sealed(vault._session, project, APP, "A", name, value)
    [line] = vault.secrets.used_by(project, COMMON, "KEY").lines
    assert line == r"A\x0a\x1b[2J in dev:/app refers to ${dev.common.KEY}"
