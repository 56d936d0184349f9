"""The form that was not finished: what is kept of it, what is read again, and what is deleted."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from st_tui.core.expiry import DAY
from st_tui.core.vault import Vault
from st_tui.core.vault.kept_form import FilledForm, FormKeeper, KeptForm, TypedScope, kept_form

NOW = 1_764_000_000_000
PROJECT = "8a7f6f0e-3f0a-4f43-9c56-0f6a3b7f2d11"
FORM = FilledForm(
    name="“web” [b]",
    scopes=(TypedScope("dev", "/common/**"), TypedScope("prod", "/ha", is_entered=False)),
    permissions=("read",),
    expires="45d",
    version=3,
    is_active=True,
    trusted_ips="10.0.0.0/8, what",
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "vault"
    Vault.create(directory, actor="ann").close()
    return directory


def file_of(directory: Path) -> Path:
    return directory / "operator" / "form.json"


def keep(directory: Path, form: FilledForm = FORM, now: int = NOW) -> None:
    """Keep a form as an app does that is killed then."""
    keeper = FormKeeper(directory)
    keeper.keep(form, PROJECT, now)
    keeper.close()


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in (directory / "operator").iterdir())


def test_what_was_typed_comes_back_as_it_was(directory: Path) -> None:
    keep(directory)
    assert kept_form(directory, PROJECT, NOW + DAY - 1) == KeptForm(FORM, NOW)
    assert names(directory) == ["form.json", "operator.key"]
    assert stat.S_IMODE(file_of(directory).stat().st_mode) == 0o600
    Vault.open(directory, actor="ann").close()  # which takes it for its own


def test_there_is_one_and_it_is_the_last(directory: Path) -> None:
    keep(directory)
    keep(directory, FORM._replace(name="x"), NOW + 1)
    found = kept_form(directory, PROJECT, NOW + 1)
    assert found is not None
    assert found.form.name == "x"


@pytest.mark.parametrize("later", [DAY, -1])
def test_after_a_day_it_is_deleted_and_so_is_one_from_the_future(
    directory: Path, later: int
) -> None:
    keep(directory)
    assert kept_form(directory, PROJECT, NOW + later) is None
    assert names(directory) == ["operator.key"]


def test_that_of_another_project_stays_for_it(directory: Path) -> None:
    keep(directory)
    assert kept_form(directory, "another", NOW) is None
    assert kept_form(directory, PROJECT, NOW) is not None


def test_a_form_that_is_still_open_is_not_offered_nor_written_over(directory: Path) -> None:
    keeper = FormKeeper(directory)
    keeper.keep(FORM, PROJECT, NOW)
    assert kept_form(directory, PROJECT, NOW) is None
    other = FormKeeper(directory)
    other.keep(FORM._replace(name="other"), PROJECT, NOW)
    other.forget()
    keeper.close()
    assert kept_form(directory, PROJECT, NOW) == KeptForm(FORM, NOW)


def test_a_form_closed_before_anything_was_kept_leaves_no_lock(directory: Path) -> None:
    closed = FormKeeper(directory)
    closed.close()
    closed.keep(FORM, PROJECT, NOW)  # it was begun before, and comes late
    assert names(directory) == ["operator.key"]
    keep(directory)
    assert kept_form(directory, PROJECT, NOW) == KeptForm(FORM, NOW)


def test_nothing_is_written_once_it_was_forgotten(directory: Path) -> None:
    keeper = FormKeeper(directory)
    keeper.keep(FORM, PROJECT, NOW)
    keeper.forget()
    keeper.keep(FORM, PROJECT, NOW)  # an answer that comes late
    assert names(directory) == ["operator.key"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "st.f711be2e-0000-4000-8000-000000000000." + "0a" * 16},
        {"trusted_ips": "AB" * 16},
        {"scopes": (TypedScope("dev", "/" + "1" * 40),)},
        {"expires": "f" * 32},
    ],
    ids=ascii,
)
def test_what_may_be_a_secret_is_never_on_the_disk(directory: Path, change: dict[str, Any]) -> None:
    keeper = FormKeeper(directory)
    keeper.keep(FORM, PROJECT, NOW)
    keeper.keep(FORM._replace(**change), PROJECT, NOW)
    assert not file_of(directory).exists()


def written(**change: object) -> str:
    """A file as `keep` writes it, with some fields changed."""
    fields: dict[str, object] = {
        "keptAt": NOW, "projectId": PROJECT, "name": "x", "scopes": [["dev", "/a", True]],
        "permissions": ["read"], "expires": "1 d", "version": 2, "isActive": False,
        "trustedIps": "",
    }  # fmt: skip
    return json.dumps(fields | change)


def test_the_file_is_what_these_tests_take_it_for(directory: Path) -> None:
    keep(directory)
    file_of(directory).write_text(written())
    assert kept_form(directory, PROJECT, NOW) is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '{"name": "x"}', "\x00\xff", "9" * 5_000, "[" * 100_000,
        written(name=3), written(name="a\x1b[31m"), written(name="\ud800"),
        written(scopes=[["dev", "/a"]]), written(scopes="dev"), written(scopes=[["dev", 1, True]]),
        written(keptAt="now"), written(keptAt=True), written(isActive=1), written(version="3"),
        written(permissions=[1]), written(trustedIps=None), written(name="0" * 32),
        written(name="x" * 300_000),
    ],
    ids=lambda text: text[:40].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_a_broken_file_is_deleted_and_nothing_is_offered(directory: Path, text: str) -> None:
    keep(directory)
    file_of(directory).write_bytes(text.encode("utf-8", "surrogatepass"))
    assert kept_form(directory, PROJECT, NOW) is None
    assert names(directory) == ["operator.key"]


def test_a_file_that_is_not_our_own_is_not_read(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(written())
    elsewhere.chmod(0o600)
    file_of(directory).symlink_to(elsewhere)
    assert kept_form(directory, PROJECT, NOW) is None
    assert elsewhere.exists()
    os.mkfifo(file_of(directory))
    assert kept_form(directory, PROJECT, NOW) is None  # and does not wait for a writer
    keep(directory)
    file_of(directory).chmod(0o640)
    assert kept_form(directory, PROJECT, NOW) is None
    keep(directory)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert kept_form(directory, PROJECT, NOW) is None


def test_where_nothing_can_be_written_the_form_works_without(tmp_path: Path) -> None:
    keep(tmp_path / "nowhere")
    assert kept_form(tmp_path / "nowhere", PROJECT, NOW) is None
