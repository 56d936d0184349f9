"""Imports and references to something deleted are named in the question and in the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run, assert_refused

COMMON = ("--env", "dev", "--path", "/common")
APP = ("--env", "prod", "--path", "/app")
IMPORT = "prod:/app imports dev:/common"
REFERENCE = "URL in prod:/app refers to ${dev.common.KEY}"

DELETIONS = {
    "folder": (("folders", "delete", *COMMON), 1, 1),
    "environment": (("environments", "delete", "dev"), 1, 1),
    "secret": (("secrets", "delete", "KEY", *COMMON), 1, 1),
    "secrets": (("secrets", "delete", "OTHER", "KEY", *COMMON), 1, 1),
}


@pytest.fixture(autouse=True)
def _shop(run: Run, directory: Path) -> None:
    for place in (COMMON, APP):
        assert run("folders", "create", *place).status == 0
    set_value(run, COMMON, "KEY", "k")
    set_value(run, COMMON, "OTHER", "o")
    set_value(run, APP, "URL", "pg://${dev.common.KEY}")
    assert run("secrets", "imports", "create", *APP, "--from", "dev:/common").status == 0


def set_value(run: Run, place: tuple[str, ...], name: str, value: str) -> None:
    assert run("secrets", "set", f"{name}=-", *place, stdin=value.encode()).status == 0


@pytest.mark.parametrize("kind", DELETIONS)
def test_question_and_answer_name_them(run: Run, answer: Callable[[str], None], kind: str) -> None:
    arguments, imports, references = DELETIONS[kind]
    told = [
        f"Used by {imports} import and {references} reference, which will not find it:",
        f"  {IMPORT}",
        f"  {REFERENCE}",
    ]
    answer("no\n")
    kept = run(*arguments)
    assert kept.status == 1
    question = kept.err.splitlines()
    assert question[:3] == told
    assert question[3].startswith("Delete ")
    assert "exported" not in kept.out
    answer("yes\n")
    done = run(*arguments)
    assert done.status == 0
    assert done.err.splitlines()[:3] == told
    assert done.out.splitlines()[0].startswith("Deleted ")
    assert done.out.splitlines()[1:] == told


@pytest.mark.parametrize("kind", DELETIONS)
def test_the_answer_names_them_where_nobody_was_asked(run: Run, kind: str) -> None:
    arguments, *_ = DELETIONS[kind]
    done = run(*arguments, "--yes")
    assert (done.status, done.err) == (0, "")
    assert f"  {IMPORT}\n  {REFERENCE}\n" in done.out


@pytest.mark.parametrize("kind", DELETIONS)
def test_with_nobody_to_ask_the_one_line_names_them(run: Run, kind: str) -> None:
    arguments, *_ = DELETIONS[kind]
    assert_refused(run(*arguments, stdin=b"y\n"), f"{IMPORT}; {REFERENCE}. Delete ", "--yes")


def test_a_link_that_is_deleted_names_those_that_bring_its_secrets_on(
    run: Run, answer: Callable[[str], None]
) -> None:
    web = ("--env", "staging", "--path", "/web")
    assert run("folders", "create", *web).status == 0
    assert run("secrets", "imports", "create", *web, "--from", "prod:/app").status == 0
    arguments = ("secrets", "imports", "delete", *APP, "--from", "dev:/common")
    told = "Used by 1 import, which will not find it:\n  staging:/web imports prod:/app\n"
    answer("no\n")
    assert told in run(*arguments).err
    assert told in run(*arguments, "--yes").out
    last = ("secrets", "imports", "delete", *web, "--from", "prod:/app", "--yes")
    assert run(*last).out == "staging:/web no longer imports prod:/app.\n"


def test_nothing_is_said_where_nothing_leads_there(run: Run, answer: Callable[[str], None]) -> None:
    answer("no\n")
    assert "Used by" not in run("folders", "delete", *APP).err
    done = run("folders", "delete", *APP, "--yes")
    assert done.out.count("\n") == 1


def test_very_many_are_counted(run: Run) -> None:
    for number in range(25):
        set_value(run, APP, f"N{number:02}", "${dev.common.OTHER}")
    done = run("secrets", "delete", "OTHER", *COMMON, "--yes")
    lines = done.out.splitlines()
    assert lines[1].startswith("Used by 1 import and 25 references,")
    assert len(lines) == 2 + 20
    assert lines[-1] == "  … and 7 more"
