"""What the README says is true: its commands work as pasted, its tables are what happens."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_tui.core.model import Reason
from st_tui.core.patterns import PatternRefused, compile_pattern
from st_tui.tui.actions import key_label
from st_tui.tui.screens.folders import FoldersPage
from st_tui.tui.screens.page import Page
from st_tui.tui.screens.tokens import TokensPage

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(line: str, vault: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    words = shlex.split(line)
    assert words[0] == "st-tui"
    return subprocess.run(
        (sys.executable, "-m", "st_tui", *words[1:]),
        env={**os.environ, "ST_TUI_VAULT": str(vault)},
        input=text,
        capture_output=True,
        text=True,
    )


def table(header: str) -> Iterator[list[str]]:
    """The rows of the table that begins with this header, cell by cell."""
    lines = iter(README.splitlines())
    assert any(line.startswith(header) for line in lines)
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_its_commands_work_in_order(tmp_path: Path) -> None:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    commands = [line[2:] for block in blocks for line in block.splitlines()]
    assert len(commands) > 4
    program = tmp_path / "bin" / "st-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m st_tui "$@"\n')
    program.chmod(0o700)
    variables = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "ST_TUI_VAULT": str(tmp_path / "vault"),
    }
    for command in commands:
        done = subprocess.run(
            ("sh", "-c", command),
            cwd=tmp_path,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, ""), command


def test_its_promises_are_read_and_kept(tmp_path: Path) -> None:
    [promises] = re.findall(r"```promises\n(.*?)```", README, re.DOTALL)
    vault = tmp_path / "vault"
    for command in (
        "st-tui init --name Payments --env dev --env prod",
        "st-tui service-token create --name ci-1 --scope prod:/** --access-level read",
    ):
        assert run(command, vault).returncode == 0
    done = run("st-tui scope prove - --json", vault, promises)
    assert (done.returncode, done.stderr) == (0, "")
    assert [promise["holds"] for promise in json.loads(done.stdout)["promises"]] == [True] * 3
    create = "st-tui service-token create --name app --scope prod:/** --access-level write --never"
    assert run(create, vault).returncode == 0
    done = run("st-tui scope prove - --json", vault, promises)
    assert done.returncode == 1
    assert [promise["holds"] for promise in json.loads(done.stdout)["promises"]] == [
        False, True, False,
    ]  # fmt: skip


def test_its_batch_line_works(tmp_path: Path) -> None:
    [line] = re.findall(r'^ {4}(\{"scopes".*\})$', README, re.MULTILINE)
    done = run("st-tui check --batch -", tmp_path / "none", line + "\n")
    assert json.loads(done.stdout) == {
        "allowed": True, "reason": "allowed", "scope": 0, "met": True,
    }  # fmt: skip
    assert done.returncode == 0


@pytest.mark.parametrize("row", list(table("| pattern | opens |")), ids=lambda row: row[0])
def test_its_table_of_patterns(row: list[str]) -> None:
    patterns, opens, closed = row
    every_opened, every_closed = opens.split(";"), closed.split(";")
    for index, pattern in enumerate(quoted(patterns)):
        compiled = compile_pattern(pattern)
        for path in quoted(every_opened[min(index, len(every_opened) - 1)]):
            assert compiled.matches(path), (pattern, path)
        for path in quoted(every_closed[min(index, len(every_closed) - 1)]):
            assert not compiled.matches(path), (pattern, path)


@pytest.mark.parametrize("row", list(table("| refused |")), ids=lambda row: row[0])
def test_its_table_of_refusals(row: list[str]) -> None:
    [pattern] = quoted(row[0])
    with pytest.raises(PatternRefused):
        compile_pattern(pattern)
    for rewrite in quoted(row[2]):
        compile_pattern(rewrite)


def test_its_keys_and_reasons_are_the_apps() -> None:
    known = {
        key_label(key)
        for action in (*TokensPage.ACTIONS, *Page.ACTIONS, *FoldersPage.ACTIONS)
        for key in action.keys.split(",")
    }
    keys = [key for row in table("| key |") for key in quoted(row[0])]
    assert len(keys) > 8
    assert set(keys) <= known
    order = README.index("Reasons are given")
    reasons = quoted(README[order : README.index(".", order + 20) + 1])
    assert reasons == [reason.value for reason in Reason if reason is not Reason.ALLOWED]


def test_its_pictures_and_set_up_lines_are_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)
    for line in (
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/st-tui demo",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest",
    ):
        assert f"\n    {line}\n" in README
