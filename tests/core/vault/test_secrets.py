"""A project's secrets: made, changed, found through links and references, and gone for good."""

from __future__ import annotations

import json
import os
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from st_tui.core import crypto
from st_tui.core.crypto import IV_BYTES, TAG_BYTES, seal
from st_tui.core.errors import Refusal, StoreError
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.model import Environment, Project, Sealed
from st_tui.core.plain_text import TextError
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import (
    Place,
    SecretError,
    SecretImport,
    SecretLabel,
)
from st_tui.core.store import secrets, sqlite
from st_tui.core.store.schema import STEPS
from st_tui.core.vault import Vault, VaultError, secret_changes
from st_tui.core.vault.secrets import ChangedMeanwhile, Listed, NoSuchSecret, Written
from tests.core.vault.secret_folders import APP, COMMON, DB, DEV, OTHER_KEY, values
from tests.core.vaults import NOON, Clock, bytes_in_files, raw, sqlite_of

pytestmark = pytest.mark.usefixtures("folders")


def rows(vault: Vault, *tables: str) -> int:
    with raw(vault.directory) as connection:
        return sum(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
        )


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


# What is deleted takes its secrets along


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


# The log, and what stands in the files


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
