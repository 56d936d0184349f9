"""Lists of secrets: links followed and references expanded, as far as may be."""

from __future__ import annotations

import pytest

from st_tui.core.model import Project
from st_tui.core.secrets.model import (
    Place,
    SealedBudget,
    TooMuch,
)
from st_tui.core.secrets.references import MOST_WARNINGS
from st_tui.core.vault import Vault, secret_lists
from tests.core.vault.secret_folders import APP, COMMON, DB, DEV, merged

pytestmark = pytest.mark.usefixtures("folders")


def test_later_links_win_and_the_folders_own_secrets_win_over_all(
    vault: Vault, project: Project
) -> None:
    vault.secrets.set(project, DEV, {"OWN": "own"})
    vault.secrets.set(project, APP, {"OWN": "app", "BOTH": "app", "APP": "app"})
    vault.secrets.set(project, COMMON, {"OWN": "common", "BOTH": "common"})
    first = vault.secrets.add_import(project, DEV, APP)
    second = vault.secrets.add_import(project, DEV, COMMON)
    assert (first.position, second.position) == (1, 2)
    assert vault.secrets.imports(project, DEV) == [first, second]
    found = vault.secrets.read(project, DEV, imports=True)
    assert [link for link, _ in found.imports] == [first, second]
    assert merged(found) == {"OWN": "own", "BOTH": "common", "APP": "app"}
    vault.secrets.delete_import(project, second)
    vault.secrets.delete_import(project, first)
    again = [vault.secrets.add_import(project, DEV, place) for place in (COMMON, APP)]
    assert vault.secrets.imports(project, DEV) == again
    assert merged(vault.secrets.read(project, DEV, imports=True))["BOTH"] == "app"
    assert vault.secrets.read(project, DEV).imports == []


def test_a_linked_folders_own_links_come_before_it(vault: Vault, project: Project) -> None:
    vault.secrets.set(project, DB, {"A": "db", "DEEP": "db"})
    vault.secrets.set(project, APP, {"A": "app"})
    vault.secrets.add_import(project, APP, DB)
    vault.secrets.add_import(project, DEV, APP)
    found = vault.secrets.read(project, DEV, imports=True)
    assert [link.source for link, _ in found.imports] == [DB, APP]
    assert merged(found) == {"A": "app", "DEEP": "db"}


def test_links_in_a_circle_end(vault: Vault, project: Project) -> None:
    for place, other in ((DEV, APP), (APP, DB), (DB, DEV), (DB, APP), (DEV, DB)):
        vault.secrets.set(
            project, place, {"A": str(place), place.path[1:].replace("/", "-") or "root": "x"}
        )
        vault.secrets.add_import(project, place, other)
    found = vault.secrets.read(project, DEV, imports=True)
    assert [link.source for link, _ in found.imports] == [APP, DB]
    assert merged(found)["A"] == str(DEV)
    assert found.warnings == []


def linked(vault: Vault, project: Project, links: dict[int, list[int]]) -> None:
    """Folders /0, /1, … that are linked like this; each holds A, its own number."""
    for number in sorted({*links, *(one for each in links.values() for one in each)}):
        vault.folders.create(project, "dev", f"/{number}")
        vault.secrets.set(project, numbered(number), {"A": str(number), f"N{number}": ""})
    for number, others in links.items():
        for other in others:
            vault.secrets.add_import(project, numbered(number), numbered(other))


def numbered(number: int) -> Place:
    return Place("dev", f"/{number}")


def test_a_folder_reached_on_many_ways_is_brought_once_where_it_counts(
    vault: Vault, project: Project
) -> None:
    """Two ways at each of ten levels are 1,024 ways to the last folder."""
    with vault.together():
        linked(vault, project, {i: [i + 2 - i % 2, i + 3 - i % 2] for i in range(18)})
    found = vault.secrets.read(project, numbered(0), imports=True)
    assert sorted(link.source for link, _ in found.imports) == sorted(
        numbered(i) for i in range(2, 20)
    )
    assert merged(found)["A"] == "0"
    assert {name for name in merged(found) if name != "A"} == {f"N{i}" for i in range(20) if i != 1}
    assert found.warnings == []


def test_of_two_ways_to_a_folder_the_later_counts(vault: Vault, project: Project) -> None:
    linked(vault, project, {0: [1, 2, 3], 3: [1]})
    vault.secrets.delete(project, numbered(0), "A")
    vault.secrets.delete(project, numbered(3), "A")
    found = vault.secrets.read(project, numbered(0), imports=True)
    assert [link.source for link, _ in found.imports] == [numbered(i) for i in (2, 1, 3)]
    assert merged(found)["A"] == "1"


def test_too_many_links_are_cut_and_told(vault: Vault, project: Project) -> None:
    with vault.together():
        linked(vault, project, {i: [i + 1] for i in range(13)})
        linked(vault, project, {100: list(range(101, 203))})
    deep = vault.secrets.read(project, numbered(0), imports=True)
    assert [link.source for link, _ in deep.imports] == [numbered(i) for i in range(10, 0, -1)]
    assert deep.warnings == [
        "The import of dev:/11 was left out: too many imports lead on to one another."
    ]
    wide = vault.secrets.read(project, numbered(100), imports=True)
    assert [link.source for link, _ in wide.imports] == [numbered(i) for i in range(103, 203)]
    assert len(wide.warnings) == 2


def test_a_link_that_may_not_be_read_is_left_out_with_what_is_behind_it_and_told(
    vault: Vault, project: Project
) -> None:
    """Once, and neither by name nor by number: whoever may not read it learns nothing of it."""
    linked(vault, project, {0: [1, 2, 4], 1: [3], 2: [1]})
    warnings: list[str] = []
    hidden = {numbered(1), numbered(4)}
    found = secret_lists.follow_links(
        vault._session, project, numbered(0), lambda place: place not in hidden, warnings
    )
    assert [link.source for link in found] == [numbered(2)]
    assert warnings == ["What may not be read was left out of the imports."]


def test_no_more_is_told_of_imports_than_anybody_reads(vault: Vault, project: Project) -> None:
    with vault.together():
        linked(vault, project, {0: list(range(1, MOST_WARNINGS + 110))})
    warnings: list[str] = []
    secret_lists.follow_links(vault._session, project, numbered(0), lambda place: True, warnings)
    assert len(warnings) == MOST_WARNINGS + 1
    assert warnings[-1] == "More imports were left out."


def test_what_an_answer_needs_is_every_folder_on_the_way(vault: Vault, project: Project) -> None:
    linked(vault, project, {0: [1, 4], 1: [2], 2: [3], 4: [5]})
    for empty in (1, 2, 4, 5):
        vault.secrets.delete(
            project,
            numbered(empty),
            *(one.name for one in vault.secrets.listed(project, numbered(empty)).secrets),
        )
    session = vault._session
    every = secret_lists.list_sealed(
        session, project, numbered(0), lambda place: True, imports=True
    )
    assert every.places == {numbered(i) for i in range(4)}
    one = secret_lists.find_imported(session, project, numbered(0), "N3", lambda place: True, [])
    assert one is not None
    assert one[0].place == numbered(3)
    assert one[1] == {numbered(i) for i in (1, 2, 3)}


def test_a_list_holds_no_more_than_its_room(vault: Vault, project: Project) -> None:
    for name in ("A", "B"):
        vault.secrets.create(project, DEV, name, "x" * 3_000)
    session = vault._session

    def names(budget: SealedBudget | None) -> int:
        found = secret_lists.list_sealed(session, project, DEV, lambda place: True, budget=budget)
        return len(found.secrets)

    assert names(None) == names(SealedBudget(8_100)) == 2
    with pytest.raises(TooMuch, match="list one folder at a time"):
        names(SealedBudget(8_000))


def test_references_are_followed_through_the_vault_when_asked_for(
    vault: Vault, project: Project
) -> None:
    vault.secrets.set(project, DEV, {"URL": "pg://${USER}:${prod.common.PASS}@${dev.app.HOST}",
                                     "USER": "ann", "BAD": "${NONE} ${USER}"})  # fmt: skip
    vault.secrets.set(project, COMMON, {"PASS": "pw${USER}", "USER": "-prod"})
    vault.secrets.set(project, APP, {"HOST": "db"})
    vault.secrets.add_import(project, APP, DEV)
    expanded = "pg://ann:pw-prod@db"
    found = vault.secrets.read(project, DEV, expand=True)
    assert merged(found) == {"URL": expanded, "USER": "ann", "BAD": "${NONE} ann"}
    assert len(found.warnings) == 1
    assert vault.secrets.get(project, DEV, "URL", expand=True).value == expanded
    assert vault.secrets.get(project, DEV, "URL").value.endswith("@${dev.app.HOST}")
    assert merged(vault.secrets.read(project, APP, imports=True, expand=True))["URL"] == expanded
