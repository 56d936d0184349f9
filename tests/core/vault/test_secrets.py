"""A project's secrets: made, changed, found through links and references, and gone for good."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from st_tui.core import crypto
from st_tui.core.crypto import IV_BYTES, TAG_BYTES, seal
from st_tui.core.errors import Refusal, StoreError
from st_tui.core.files.vault_layout import OPERATOR_KEY, SERVER_KEY
from st_tui.core.model import Environment, Project, Sealed
from st_tui.core.plain_text import TextError
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import (
    Place,
    SealedBudget,
    SecretError,
    SecretImport,
    SecretLabel,
    TooMuch,
)
from st_tui.core.secrets.references import MOST_WARNINGS
from st_tui.core.store import secrets, sqlite
from st_tui.core.store.schema import STEPS
from st_tui.core.vault import Vault, VaultError, secret_changes, secret_lists
from st_tui.core.vault.holders.holder import Caller
from st_tui.core.vault.secret_lists import OpenedList
from st_tui.core.vault.secrets import ChangedMeanwhile, Listed, NoSuchSecret, Written
from tests.core.vaults import NOON, WRITE, Clock, bytes_in_files, raw, sqlite_of, v2

DEV = Place("dev", "/")
APP = Place("dev", "/app")
DB = Place("dev", "/app/db")
COMMON = Place("prod", "/common")
OTHER_KEY = "ffeeddccbbaa99887766554433221100"


@pytest.fixture
def folders(vault: Vault, project: Project) -> None:
    for place in (DB, COMMON):
        vault.folders.create(project, *place)


@pytest.fixture(autouse=True)
def _folders(folders: None) -> None:
    """Every test has them."""


def values(vault: Vault, project: Project, place: Place = DEV) -> dict[str, str]:
    """Names and values of a folder."""
    return {secret.name: secret.value for secret in vault.secrets.read(project, place).secrets}


def merged(found: OpenedList) -> dict[str, str]:
    """What a client makes of it: later links win over earlier, the folder's own over all."""
    result: dict[str, str] = {}
    for _, inside in found.imports:
        result |= {secret.name: secret.value for secret in inside}
    return result | {secret.name: secret.value for secret in found.secrets}


def rows(vault: Vault, *tables: str) -> int:
    with raw(vault.directory) as connection:
        return sum(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
        )


def events(vault: Vault, count: int) -> list[tuple[str, str | None, str | None, object]]:
    """The newest entries, the oldest of them first."""
    entries = reversed(vault.audit.page(limit=count))
    return [(e.event, e.environment, e.path, json.loads(e.details)) for e in entries]


def test_a_secret_is_made_read_changed_renamed_and_deleted(
    vault: Vault, project: Project, clock: Clock
) -> None:
    made = vault.secrets.create(project, APP, " URL ", "one", "for the shop")
    clock.advance(1000)
    changed = vault.secrets.update(project, APP, "URL", value="two")
    clock.advance(1000)
    renamed = vault.secrets.update(project, APP, "URL", new_name="ADDRESS")
    assert (made.id, made.version, made.created_at) == (changed.id, 1, NOON)
    assert (renamed.version, renamed.created_at, renamed.updated_at) == (3, NOON, NOON + 2000)

    secret = vault.secrets.get(project, APP, "ADDRESS")
    assert (secret.name, secret.value, secret.comment) == ("ADDRESS", "two", "for the shop")
    assert secret.sealed == renamed
    with pytest.raises(VaultError, match="There is no secret 'URL' in dev:/app"):
        vault.secrets.get(project, APP, "URL")

    kept = vault.secrets.versions(project, APP, "ADDRESS")
    key = vault._session.project_key(project.id)
    opened = [secret_changes.open_secret(version, key) for version in kept]
    assert [(one.name, one.value) for one in opened if one] == [
        ("ADDRESS", "two"), ("URL", "two"), ("URL", "one"),
    ]  # fmt: skip
    assert [(v.version, v.created_at, v.updated_at) for v in kept] == [
        (3, NOON, NOON + 2000), (2, NOON, NOON + 1000), (1, NOON, NOON),
    ]  # fmt: skip

    vault.secrets.create(project, APP, "URL", "another")
    vault.secrets.delete(project, APP, "ADDRESS")
    assert values(vault, project, APP) == {"URL": "another"}
    vault.secrets.delete(project, APP, "URL")
    assert rows(vault, "secret", "secret_version") == 0


def test_name_value_and_comment_are_sealed_apart_as_clients_seal(
    vault: Vault, project: Project
) -> None:
    made = vault.secrets.create(project, DEV, "NAME", "", "")
    assert len({made.name.iv, made.value.iv, made.comment.iv}) == 3
    key = vault._session.project_key(project.id)
    assert [crypto.unseal(part, key) for part in (made.name, made.value, made.comment)] == [
        "NAME", "", "",
    ]  # fmt: skip
    assert made.value.ciphertext == ""


def test_a_comment_is_changed_alone_and_a_value_may_become_empty(
    vault: Vault, project: Project
) -> None:
    vault.secrets.create(project, DEV, "A", "value", "old")
    vault.secrets.update(project, DEV, "A", comment="new")
    vault.secrets.update(project, DEV, "A", value="")
    secret = vault.secrets.get(project, DEV, "A")
    assert (secret.value, secret.comment, secret.sealed.version) == ("", "new", 3)


def test_a_change_may_say_which_version_it_follows(vault: Vault, project: Project) -> None:
    vault.secrets.create(project, DEV, "A", "one")
    assert vault.secrets.update(project, DEV, "A", value="two", version=1).version == 2
    with pytest.raises(ChangedMeanwhile, match="wrote version 2 of 'A' in dev:/"):
        vault.secrets.update(project, DEV, "A", value="three", version=1)
    assert vault.secrets.get(project, DEV, "A").value == "two"


def test_the_same_name_may_stand_in_every_folder(vault: Vault, project: Project) -> None:
    for place in (DEV, APP, DB, COMMON):
        vault.secrets.create(project, place, "A", str(place))
    for place in (DEV, APP, DB, COMMON):
        assert vault.secrets.get(project, place, "A").value == str(place)
        assert values(vault, project, place) == {"A": str(place)}


def test_names_differ_by_case_and_are_listed_in_order(vault: Vault, project: Project) -> None:
    for name in ("b", "A", "a", "B", "ключ"):
        vault.secrets.create(project, DEV, name, name)
    names = [label.name for label in vault.secrets.listed(project, DEV).secrets]
    assert names == ["A", "B", "a", "b", "ключ"]


def test_a_place_is_a_folder_that_is_there(vault: Vault, project: Project) -> None:
    assert vault.secrets.place(project, "dev", "app/db/") == DB
    assert vault.secrets.place(project, "dev", "/") == DEV
    with pytest.raises(VaultError, match="There is no folder dev:/none"):
        vault.secrets.place(project, "dev", "/none")
    with pytest.raises(Refusal, match="no environment 'qa'"):
        vault.secrets.place(project, "qa", "/")
    with pytest.raises(Refusal, match="no folder path"):
        vault.secrets.place(project, "dev", "/app/**")


REFUSED: dict[str, tuple[Callable[[Vault, Project], object], str]] = {
    "taken": (lambda v, p: v.secrets.create(p, DEV, "A", "x"), "of this name in dev:/ already"),
    "taken, blank": (lambda v, p: v.secrets.create(p, DEV, " A", "x"), "of this name"),
    "no folder": (lambda v, p: v.secrets.create(p, Place("dev", "/no"), "B", "x"), "no folder"),
    "no environment": (lambda v, p: v.secrets.create(p, Place("qa", "/"), "B", "x"), "no folder"),
    "a slash": (lambda v, p: v.secrets.create(p, DEV, "a/b", "x"), "colon or a slash"),
    "an escape": (lambda v, p: v.secrets.create(p, DEV, "a\x1b", "x"), "control character"),
    "unseen": (
        lambda v, p: v.secrets.create(p, DEV, "A\u200b", "x"),
        r"invisible character U\+200B",
    ),
    "set, unseen": (lambda v, p: v.secrets.set(p, DEV, {"A\u2060": "x"}), r"character U\+2060"),
    "rename to unseen": (lambda v, p: v.secrets.update(p, DEV, "A", new_name="Z\xad"), r"U\+00AD"),
    "a surrogate": (lambda v, p: v.secrets.get(p, DEV, "\ud800"), "broken character|no secret"),
    "large": (lambda v, p: v.secrets.create(p, DEV, "B", "x" * 600_000), "shorten it"),
    "large comment": (lambda v, p: v.secrets.create(p, DEV, "B", "", "x" * 600_000), "comment"),
    "NUL": (lambda v, p: v.secrets.update(p, DEV, "A", value="\0"), "NUL"),
    "rename to taken": (lambda v, p: v.secrets.update(p, DEV, "A", new_name=" Z "), "already"),
    "rename to nothing": (lambda v, p: v.secrets.update(p, DEV, "A", new_name=" "), "empty"),
    "update none": (lambda v, p: v.secrets.update(p, APP, "A", value=""), "no secret 'A' in dev"),
    "delete none": (lambda v, p: v.secrets.delete(p, DEV, "A", "NONE"), "no secret 'NONE'"),
    "versions of none": (lambda v, p: v.secrets.versions(p, DEV, "a"), "no secret 'a'"),
    "set, one bad": (lambda v, p: v.secrets.set(p, DEV, {"A": "new", "B": "b", "": ""}), "empty"),
    "set, no folder": (lambda v, p: v.secrets.set(p, Place("dev", "/no"), {"B": ""}), "no folder"),
}


@pytest.mark.parametrize(("act", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(
    vault: Vault, project: Project, act: Callable[[Vault, Project], object], told: str
) -> None:
    vault.secrets.create(project, DEV, "A", "old")
    vault.secrets.create(project, DEV, "Z", "zed")
    before = (rows(vault, "secret", "secret_version"), vault.audit.count())
    with pytest.raises((VaultError, SecretError, TextError, StoreError), match=told):
        act(vault, project)
    assert (rows(vault, "secret", "secret_version"), vault.audit.count()) == before
    assert values(vault, project) == {"A": "old", "Z": "zed"}


def test_a_secret_named_by_an_older_release_is_read_changed_and_deleted(
    vault: Vault, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "URL\u200b"
    with monkeypatch.context() as older:
        older.setattr(secret_changes, "refuse_unseen", lambda *_: None)
        vault.secrets.create(project, DEV, name, "one")
    assert values(vault, project) == {name: "one"}
    vault.secrets.update(project, DEV, name, value="two", new_name=name)
    vault.secrets.set(project, DEV, {name: "three"})
    assert vault.secrets.get(project, DEV, name).value == "three"
    vault.secrets.delete(project, DEV, name)
    assert values(vault, project) == {}


def test_renaming_to_its_own_name_is_allowed(vault: Vault, project: Project) -> None:
    vault.secrets.create(project, DEV, "A", "x")
    assert vault.secrets.update(project, DEV, "A", new_name="A").version == 2


def test_many_are_set_at_once_and_an_equal_value_makes_no_version(
    vault: Vault, project: Project
) -> None:
    assert vault.secrets.set(project, DEV, {"A": "1", "B": "2"}) == Written(2, 0)
    count = vault.audit.count()
    assert vault.secrets.set(project, DEV, {"A": "1", " B\n": "3", "C": ""}) == Written(1, 1)
    assert vault.audit.count() == count + 2
    assert values(vault, project) == {"A": "1", "B": "3", "C": ""}
    assert [len(vault.secrets.versions(project, DEV, name)) for name in "ABC"] == [1, 2, 1]


def test_setting_keeps_comments(vault: Vault, project: Project) -> None:
    vault.secrets.create(project, DEV, "A", "1", "why")
    vault.secrets.set(project, DEV, {"A": "2"})
    assert vault.secrets.get(project, DEV, "A").comment == "why"


def test_setting_writes_the_comments_that_are_given(vault: Vault, project: Project) -> None:
    def comments() -> list[str]:
        return [vault.secrets.get(project, DEV, name).comment for name in "AB"]

    set_both = partial(vault.secrets.set, project, DEV, {"A": "1", "B": "2"})
    assert set_both({"A": "why"}) == Written(2, 0)
    assert comments() == ["why", ""]
    assert set_both({"A": "why", "B": ""}) == Written(0, 0)
    assert set_both({"A": "", "B": "so"}) == Written(0, 2)
    assert comments() == ["", "so"]
    assert values(vault, project) == {"A": "1", "B": "2"}
    with pytest.raises(Refusal, match="comment is over"):
        set_both({"A": "new", "B": "x" * 600_000})
    assert comments() == ["", "so"]


def test_a_secret_of_a_file_without_a_comment_keeps_its_own(vault: Vault, project: Project) -> None:
    vault.secrets.create(project, DEV, "A", "1", "why")
    vault.secrets.create(project, DEV, "B", "1", "old")
    stated = [FileSecret("A", "2"), FileSecret("B", "1", "new"), FileSecret("C", "3", "c")]
    assert vault.secrets.load(project, DEV, stated) == Written(1, 2)
    found = [vault.secrets.get(project, DEV, name) for name in "ABC"]
    assert [(secret.value, secret.comment) for secret in found] == [
        ("2", "why"), ("1", "new"), ("3", "c"),
    ]  # fmt: skip
    assert vault.secrets.load(project, DEV, stated) == Written(0, 0)


def test_a_secret_answers_to_the_name_that_it_is_listed_by(vault: Vault, project: Project) -> None:
    """Some clients ask for `a` where they mean `a#b`, and seal the whole name."""
    session = vault._session
    key = session.project_key(project.id)
    for asked, sealed, value in (("a", "a#b", "1"), ("q", "q?x", "2")):
        texts = [seal(text, key, session.randbytes) for text in (sealed, value)]
        with session.change():
            secret_changes.create_sealed(session, project, DEV, asked, *texts)
    names = [secret.name for secret in vault.secrets.listed(project, DEV).secrets]
    assert names == ["a#b", "q?x"]
    assert [vault.secrets.get(project, DEV, name).value for name in names] == ["1", "2"]
    vault.secrets.update(project, DEV, "a#b", value="new")
    assert [secret.version for secret in vault.secrets.versions(project, DEV, "a#b")] == [2, 1]
    assert vault.secrets.get(project, DEV, "a").value == "new"
    vault.secrets.update(project, DEV, "a#b", new_name="a#b")
    with pytest.raises(NoSuchSecret):
        vault.secrets.get(project, DEV, "a")
    assert vault.secrets.get(project, DEV, "a#b").value == "new"
    vault.secrets.delete(project, DEV, *names)
    assert vault.secrets.count(project) == 0


def test_what_another_key_sealed_is_left_out_and_told(vault: Vault, project: Project) -> None:
    """A client with a wrong key may have written it."""
    vault.secrets.create(project, DEV, "GOOD", "${ALIEN}")
    session = vault._session
    name, value = (seal(text, OTHER_KEY, session.randbytes) for text in ("ALIEN", "x"))
    with session.change():
        alien = secret_changes.create_sealed(session, project, DEV, "ALIEN", name, value)
    found = vault.secrets.read(project, DEV, expand=True)
    assert [(secret.name, secret.value) for secret in found.secrets] == [("GOOD", "${ALIEN}")]
    assert found.warnings[0] == f"The secret {alien.id} was left out: {secret_changes.UNOPENED}."
    assert "${ALIEN} in GOOD was left as it is" in found.warnings[1]
    assert [secret.name for secret in vault.secrets.listed(project, DEV).secrets] == ["GOOD"]
    assert list(vault.secrets.names_by_hash(project).values()) == ["GOOD"]
    with pytest.raises(VaultError, match="cannot be opened: another key sealed it"):
        vault.secrets.get(project, DEV, "ALIEN")
    # A value written over it mends the value; the name too, where it is written anew.
    assert vault.secrets.set(project, DEV, {"ALIEN": "mine"}) == Written(0, 1)
    vault.secrets.update(project, DEV, "ALIEN", new_name="ALIEN")
    assert vault.secrets.get(project, DEV, "ALIEN").value == "mine"


def test_what_is_no_text_is_not_blamed_on_a_key(vault: Vault, project: Project) -> None:
    """A client may seal any bytes."""
    session = vault._session
    key = session.project_key(project.id)
    iv = session.randbytes(IV_BYTES)
    sealed = AESGCM(key.encode()).encrypt(iv, b"\xff\xfe", None)
    parts = sealed[:-TAG_BYTES], iv, sealed[-TAG_BYTES:]
    value = Sealed(*(b64encode(part).decode() for part in parts))
    with session.change():
        secret_changes.create_sealed(
            session, project, DEV, "BYTES", seal("BYTES", key, session.randbytes), value
        )
    [warning] = vault.secrets.read(project, DEV).warnings
    assert warning.endswith("or it is no UTF-8 text.")
    with pytest.raises(VaultError, match="no UTF-8 text"):
        vault.secrets.get(project, DEV, "BYTES")


# Links


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


def test_one_version_is_found_by_its_number(vault: Vault, project: Project) -> None:
    made = vault.secrets.create(project, DEV, "A", "one")
    changed = vault.secrets.update(project, DEV, "A", value="two")
    database = vault._session.database
    assert [secrets.version(database, made.id, number) for number in (1, 2, 3)] == [
        made, changed, None,
    ]  # fmt: skip


def test_a_change_that_changes_nothing_is_no_version(vault: Vault, project: Project) -> None:
    made = vault.secrets.create(project, DEV, "A", "one")
    count = vault.audit.count()
    assert vault.secrets.update(project, DEV, "A") == made
    assert vault.audit.count() == count
    assert vault.secrets.update(project, DEV, "A", value="one").version == 2


def test_what_another_key_sealed_can_be_written_anew(vault: Vault, project: Project) -> None:
    alien = [seal(text, OTHER_KEY, os.urandom) for text in ("A", "value", "comment")]
    with vault._session.change():
        secret_changes.create_sealed(vault._session, project, DEV, "A", *alien)
    changes: list[dict[str, Any]] = [{"comment": "why"}, {"new_name": "B"}, {}]
    for change in changes:
        with pytest.raises(VaultError, match="Give it a new value"):
            vault.secrets.update(project, DEV, "A", **change)
    vault.secrets.update(project, DEV, "A", value="new")
    secret = vault.secrets.get(project, DEV, "A")
    assert (secret.name, secret.value, secret.comment) == ("A", "new", "")


def test_names_of_old_versions_are_known_in_the_log(vault: Vault, project: Project) -> None:
    first = vault.secrets.create(project, DEV, "A", "a")
    second = vault.secrets.update(project, DEV, "A", new_name="B")
    vault.secrets.update(project, DEV, "B", value="b")
    vault.secrets.create(project, APP, "A", "other")
    assert vault.secrets.names_by_hash(project) == {
        first.name_hash.hex(): "A",
        second.name_hash.hex(): "B",
    }


@pytest.mark.parametrize(
    ("place", "source", "told"),
    [
        (DEV, DEV, "cannot import itself"),
        (DEV, APP, "imports dev:/app already"),
        (DEV, Place("dev", "/no"), "no folder dev:/no"),
        (Place("dev", "/no"), DEV, "no folder dev:/no"),
        (DEV, Place("qa", "/"), "no folder qa:/"),
    ],
)
def test_a_link_that_cannot_be_is_refused(
    vault: Vault, project: Project, place: Place, source: Place, told: str
) -> None:
    vault.secrets.add_import(project, DEV, APP)
    count = vault.audit.count()
    with pytest.raises(VaultError, match=told):
        vault.secrets.add_import(project, place, source)
    assert vault.audit.count() == count


def test_a_link_is_taken_away_once(vault: Vault, colleague: Vault, project: Project) -> None:
    link = vault.secrets.add_import(project, DEV, APP)
    colleague.secrets.delete_import(project, link)
    with pytest.raises(VaultError, match="The import of dev:/app is gone"):
        vault.secrets.delete_import(project, link)
    assert vault.secrets.imports(project, DEV) == []


# References


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


# What goes takes its secrets along


@pytest.fixture
def full(vault: Vault, project: Project) -> list[SecretImport]:
    """Two secrets in every folder, with two versions each, and links both ways."""
    for place in (DEV, APP, DB, COMMON):
        vault.secrets.set(project, place, {"A": "1", "B": "1"})
        vault.secrets.set(project, place, {"A": "2", "B": "2"})
    pairs = ((DEV, APP), (DEV, DB), (DB, DEV), (COMMON, DB), (DEV, COMMON))
    return [vault.secrets.add_import(project, place, source) for place, source in pairs]


def test_a_deleted_folder_takes_its_secrets_and_links_along(
    vault: Vault, project: Project, full: list[SecretImport]
) -> None:
    vault.folders.create(project, "dev", "/app/db2")
    vault.secrets.create(project, Place("dev", "/app/db2"), "KEPT", "")
    vault.folders.delete(project, "dev", "/app/db")
    assert rows(vault, "secret", "secret_version") == 3 * (2 + 4) + 2
    assert values(vault, project, Place("dev", "/app/db2")) == {"KEPT": ""}
    assert vault.secrets.imports(project, DEV) == [full[0], full[4]]
    assert rows(vault, "secret_import") == 2
    # A new folder of that name begins empty, and nobody finds it through an old link.
    vault.folders.create(project, "dev", "/app/db")
    assert values(vault, project, DB) == {}
    assert vault.secrets.imports(project, COMMON) == []


def test_a_deleted_environment_takes_its_secrets_and_links_along(
    vault: Vault, project: Project, full: list[SecretImport]
) -> None:
    vault.environments.delete(project, "prod")
    assert rows(vault, "secret", "secret_version") == 3 * (2 + 4)
    assert rows(vault, "secret_import") == 3
    vault.environments.create(project, Environment("prod", "Production"))
    vault.folders.create(project, *COMMON)
    assert values(vault, project, COMMON) == {}


def test_a_deleted_project_takes_its_secrets_and_links_along(
    vault: Vault, project: Project, full: list[SecretImport]
) -> None:
    other = vault.projects.create("Bank")
    vault.secrets.create(other, DEV, "A", "bank's")
    vault.projects.delete(project)
    assert rows(vault, "secret", "secret_version") == 2
    assert rows(vault, "secret_import") == 0
    assert values(vault, other) == {"A": "bank's"}


def test_what_a_colleague_deleted_is_told(vault: Vault, colleague: Vault, project: Project) -> None:
    vault.secrets.create(project, DEV, "A", "x")
    link = vault.secrets.add_import(project, DEV, APP)
    colleague.projects.delete(project)
    count = vault.audit.count()
    for act in (
        lambda: vault.secrets.listed(project, DEV),
        lambda: vault.secrets.read(project, DEV),
        lambda: vault.secrets.get(project, DEV, "A"),
        lambda: vault.secrets.versions(project, DEV, "A"),
        lambda: vault.secrets.create(project, DEV, "B", "x"),
        lambda: vault.secrets.update(project, DEV, "A", value="y"),
        lambda: vault.secrets.set(project, DEV, {"A": "y"}),
        lambda: vault.secrets.delete(project, DEV, "A"),
        lambda: vault.secrets.names_by_hash(project),
        lambda: vault.secrets.add_import(project, DEV, APP),
        lambda: vault.secrets.delete_import(project, link),
    ):
        with pytest.raises(Refusal, match=r"gone|no folder"):
            act()
    assert vault.audit.count() == count


# Custody


def test_secrets_stay_readable_whichever_way_e2ee_is_switched(
    vault: Vault, project: Project
) -> None:
    vault.secrets.create(project, DEV, "A", "x")
    for on in (False, True, False, True):
        switched = vault.projects.set_e2ee(project, on=on)
        assert switched.e2ee is on
        assert values(vault, switched) == {"A": "x"}
        vault.secrets.create(switched, DEV, f"WHILE_{on}", "y")
        vault.secrets.delete(switched, DEV, f"WHILE_{on}")


def test_the_servers_key_opens_values_only_while_e2ee_is_off(
    vault: Vault, project: Project, clock: Clock
) -> None:
    made = vault.secrets.create(project, DEV, "A", "x")
    key, away = vault.directory / OPERATOR_KEY, vault.directory / "operator" / "away"
    key.rename(away)
    with Vault.open(vault.directory, actor="server", clock=clock, key_file=SERVER_KEY) as server:
        found = secret_changes.find(server._session, project, DEV, "A")
        assert found == made
        for read in (server.secrets.listed, server.secrets.read):
            with pytest.raises(VaultError, match="E2EE is on"):
                read(project, DEV)
        with pytest.raises(VaultError, match="E2EE is on"):
            server.secrets.create(project, DEV, "B", "x")
        away.rename(key)
        vault.projects.set_e2ee(project, on=False)
        key.rename(away)
        assert values(server, vault.projects.get()) == {"A": "x"}
        server.secrets.create(project, DEV, "B", "server's")
        away.rename(key)
        vault.projects.set_e2ee(project, on=True)
        with pytest.raises(VaultError, match="E2EE is on"):
            server.secrets.get(project, DEV, "A")
    assert values(vault, project) == {"A": "x", "B": "server's"}


def test_an_unknown_name_is_found_to_be_unknown_while_no_secret_was_ever_made(
    vault: Vault, project: Project
) -> None:
    assert vault.secrets.listed(project, DEV).secrets == []
    with pytest.raises(VaultError, match="There is no secret 'A'"):
        vault.secrets.get(project, DEV, "A")
    assert vault.secrets.names_by_hash(project) == {}


def test_two_who_make_the_name_key_at_once_agree(vault: Vault, clock: Clock) -> None:
    """Hashes of one key would never be found by another."""
    for number in range(5):
        project = vault.projects.create(f"Shop {number}")
        start = threading.Barrier(2)
        keys: list[str] = []

        def make(
            project: Project = project, start: threading.Barrier = start, keys: list[str] = keys
        ) -> None:
            with Vault.open(vault.directory, actor="ann", clock=clock) as mine:
                start.wait()
                keys.append(mine._session.name_key(project.id))

        threads = [threading.Thread(target=make) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(keys) == 2
        assert {*keys, vault._session.name_key(project.id)} == {keys[0]}


def test_a_name_key_that_was_taken_back_with_its_request_is_not_used_by_the_next(
    vault: Vault, project: Project, clock: Clock
) -> None:
    """Requests share a transaction, and each may be taken back alone."""
    token = vault.tokens.create(project, v2("writer", "dev:/", permissions=WRITE))
    caller = Caller(token.text, None, None, None)
    with Vault.open(vault.directory, actor="server", clock=clock, key_file=SERVER_KEY) as server:
        gateway = server.gateway
        gateway.begin()
        with (
            suppress(LookupError),
            gateway.request(caller, "update-secret", writes=True) as request,
        ):
            assert secret_changes.find(request._session, project, DEV, "A") is None
            raise LookupError
        with gateway.request(caller, "create-secret", writes=True) as request:
            key = vault._session.project_key(project.id)
            name, value = (seal(text, key, request._session.randbytes) for text in ("A", "x"))
            secret_changes.create_sealed(request._session, project, DEV, "A", name, value)
        gateway.flush()
        gateway.commit()
    assert vault.secrets.get(project, DEV, "A").value == "x"


def test_each_project_hashes_names_with_a_key_of_its_own(vault: Vault, project: Project) -> None:
    other = vault.projects.create("Bank")
    made = [vault.secrets.create(one, DEV, "A", "x") for one in (project, other)]
    assert made[0].name_hash != made[1].name_hash
    with raw(vault.directory) as connection:
        connection.execute(
            "UPDATE project SET name_key = (SELECT name_key FROM project WHERE id = ?)",
            (other.id,),
        )
    with pytest.raises(VaultError, match=r"server\.key does not open"):
        vault.secrets.get(project, DEV, "A")


# The log, and what stands in the files


def test_the_log_names_a_secret_by_its_keyed_hash_alone(vault: Vault, project: Project) -> None:
    made = vault.secrets.create(project, APP, "A", "x")
    vault.secrets.update(project, APP, "A", value="y")
    vault.secrets.get(project, APP, "A")
    vault.secrets.read(project, APP)
    link = vault.secrets.add_import(project, APP, COMMON)
    vault.secrets.delete_import(project, link)
    vault.secrets.delete(project, APP, "A", "A")
    hashed = made.name_hash.hex()
    about_link = {"importEnvironment": "prod", "importPath": "/common"}
    assert events(vault, 7) == [
        ("create-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 1}),
        ("update-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 2}),
        ("get-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 2}),
        ("get-secrets", "dev", "/app", {"numberOfSecrets": 1}),
        ("create-secret-import", "dev", "/app", about_link),
        ("delete-secret-import", "dev", "/app", about_link),
        ("delete-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 2}),
    ]
    assert {e.target for e in vault.audit.page(limit=7)} == {made.id, link.id, None}
    assert vault.audit.first_broken() is None


def test_only_names_are_shown_without_an_entry(vault: Vault, project: Project) -> None:
    made = vault.secrets.create(project, DEV, "A", "x")
    count = vault.audit.count()
    vault.secrets.listed(project, DEV)
    vault.secrets.state(project, DEV)
    vault.secrets.versions(project, DEV, "A")
    vault.secrets.imports(project, DEV)
    assert vault.secrets.names_by_hash(project) == {made.name_hash.hex(): "A"}
    assert vault.audit.count() == count


def test_lines_are_counted_without_a_reader_and_without_a_value(
    vault: Vault, project: Project
) -> None:
    made = {
        name: vault.secrets.create(project, DEV, name, value)
        for name, value in {"PLAIN": "hunter2", "PEM": "a\nb\nc\n", "CI": "x\n"}.items()
    }
    vault.secrets.update(project, DEV, "CI", value="x\ny")
    vault.secrets.create(project, DB, "ELSEWHERE", "1\n2")
    before = vault.audit.count()
    shapes = vault.secrets.shapes(project, DEV)
    assert {key: str(shape) for key, shape in shapes.items()} == {
        (made["PEM"].id, 1): "3 lines, ends in a newline",
        (made["CI"].id, 2): "2 lines",
    }
    assert vault.audit.count() == before
    assert "hunter2" not in repr(shapes)


def test_lines_of_what_cannot_be_opened_are_left_out(vault: Vault, project: Project) -> None:
    secret_changes.create_sealed(
        vault.secrets._session,
        project,
        DEV,
        "FOREIGN",
        *(seal(text, OTHER_KEY, os.urandom) for text in ("FOREIGN", "a\nb")),
    )
    vault.secrets.create(project, DEV, "OWN", "a\nb")
    assert [str(shape) for shape in vault.secrets.shapes(project, DEV).values()] == ["2 lines"]


def test_a_list_opens_no_value(vault: Vault, project: Project) -> None:
    session = vault._session
    key = session.project_key(project.id)
    name, comment = (seal(text, key, session.randbytes) for text in ("HALF", "why"))
    value = seal("x", OTHER_KEY, session.randbytes)
    with session.change():
        made = secret_changes.create_sealed(session, project, DEV, "HALF", name, value, comment)
    label = SecretLabel(made.id, "HALF", "why", 1, made.updated_at)
    assert vault.secrets.listed(project, DEV) == Listed([label], [])


def test_the_state_of_a_folder_tells_each_change_and_nothing_else(
    vault: Vault, colleague: Vault, project: Project
) -> None:
    states = [vault.secrets.state(project, DEV)]
    for change in (
        lambda: colleague.secrets.create(project, DEV, "A", "x"),
        lambda: colleague.secrets.update(project, DEV, "A", comment="why"),
        lambda: colleague.secrets.add_import(project, DEV, APP),
        lambda: colleague.secrets.delete(project, DEV, "A"),
    ):
        change()
        state = vault.secrets.state(project, DEV)
        assert state not in states
        states.append(state)
    colleague.secrets.read(project, DEV)
    colleague.secrets.create(project, APP, "A", "x")
    assert vault.secrets.state(project, DEV) == states[-1]
    assert vault.secrets.state(project, APP) not in states


def test_a_read_that_cannot_be_recorded_hands_nothing_out(
    vault: Vault, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.secrets.create(project, DEV, "A", "x")
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with raw(vault.directory) as other, Vault.open(vault.directory, actor="bob") as waiting:
        other.execute("BEGIN IMMEDIATE")
        for read in (
            lambda: waiting.secrets.get(project, DEV, "A"),
            lambda: waiting.secrets.read(project, DEV),
        ):
            with pytest.raises(StoreError, match="locked by another program"):
                read()
        assert [secret.name for secret in waiting.secrets.listed(project, DEV).secrets] == ["A"]
        other.execute("ROLLBACK")


def test_no_name_and_no_value_stands_in_clear_in_any_file(vault: Vault, project: Project) -> None:
    texts = [f"{what}-in-the-clear-{number}" for what in ("NAME", "value", "note", "")
             for number in range(4)]  # fmt: skip

    def look() -> None:
        found = bytes_in_files(vault.directory)
        assert b"create-secret" in found
        for text in texts:
            for spelled in (text, text.encode().hex(), text.lower(), json.dumps(text)[1:-1]):
                assert spelled.encode() not in found

    for e2ee in (True, False, True):
        project = vault.projects.set_e2ee(project, on=e2ee)
        vault.secrets.create(project, DEV, texts[0], texts[4], texts[8])
        vault.secrets.set(
            project, APP, {texts[1]: texts[5], texts[0]: "${dev.app." + texts[1] + "}"}
        )
        vault.secrets.update(project, DEV, texts[0], value=texts[6], new_name=texts[2])
        vault.secrets.update(project, DEV, texts[2], comment=texts[9])
        vault.secrets.get(project, DEV, texts[2])
        vault.secrets.read(project, APP, expand=True)
        vault.secrets.names_by_hash(project)
        with pytest.raises(VaultError):
            vault.secrets.get(project, DEV, texts[3])
        with pytest.raises(Refusal):
            vault.secrets.set(project, DEV, {texts[3]: texts[7], "a/b": ""})
        look()
        vault.secrets.delete(project, DEV, texts[2])
        vault.secrets.delete(project, APP, texts[0], texts[1])
        look()


def test_what_is_deleted_is_wiped_from_the_database(vault: Vault, project: Project) -> None:
    """Sealed or not: a key that leaks later opens nothing that was deleted before."""
    made = vault.secrets.create(project, DEV, "A", "a long value that was sealed once")
    vault.secrets.delete(project, DEV, "A")
    with raw(vault.directory) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert made.value.ciphertext.encode() not in bytes_in_files(vault.directory)


# A file of an older st-tui


def test_a_vault_made_before_secrets_is_brought_forward(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "older"
    with monkeypatch.context() as older:
        older.setattr(sqlite, "STEPS", STEPS[:1])
        with Vault.create(place, actor="ann", clock=clock) as vault:
            assert sqlite_of(vault).execute("PRAGMA user_version").fetchone()[0] == 1
            project = vault.projects.create("Shop", e2ee=True)
            vault.folders.create(project, *APP)
            entries = vault.audit.page()
    with raw(place) as connection, pytest.raises(sqlite3.OperationalError, match="no such"):
        connection.execute("SELECT name_key FROM project")

    with Vault.open(place, actor="ann", clock=clock) as vault:
        assert vault.projects.get() == project
        assert vault.audit.page() == entries
        vault.secrets.create(project, APP, "A", "x")
        assert values(vault, project, APP) == {"A": "x"}
        vault.folders.delete(project, *APP)
        assert rows(vault, "secret", "secret_version") == 0
        assert vault.audit.first_broken() is None
    with Vault.open(place, actor="server", clock=clock, key_file=SERVER_KEY) as server:
        assert server.projects.get() == project
