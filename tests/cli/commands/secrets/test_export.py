"""`secrets export`: what it writes, where, what it refuses and what it says beside it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from tests.cli.conftest import Run, assert_refused
from tests.env_readers import sourced

DEV = ("--env", "dev")
EXPORT = ("secrets", "export", *DEV, "--no-expand")


def put(run: Run, **values: str) -> None:
    result = run("secrets", "import", "-", *DEV, stdin=json.dumps(values).encode())
    assert result.status == 0


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_each_format_is_printed(run: Run, vault: Vault) -> None:
    project = vault.projects.get(None)
    vault.secrets.create(project, Place("dev", "/"), "A", "it's", "a note")
    written = {
        "dotenv": '# a note\nA="it\'s"\n',
        "shell": "export A='it'\\''s'\n",
        "docker": "A=it's\n",
        "json": '{\n  "A": "it\'s"\n}\n',
        "yaml": '# a note\n"A": "it\'s"\n',
        "csv": 'Key,Value,Comment\n"A","it\'s","a note"\n',
    }
    for kind, text in written.items():
        result = run(*EXPORT, "--format", kind)
        assert (result.status, result.out) == (0, text)
        left_out = kind in ("shell", "docker", "json")
        assert ("Left out: 1 comment," in result.err) == left_out
    assert run(*EXPORT).out == written["dotenv"]
    assert run(*EXPORT, "-o", "-").out == written["dotenv"]


def test_a_file_is_private_and_replaces_an_ordinary_one(
    run: Run, directory: Path, tmp_path: Path
) -> None:
    put(run, A="one")
    folder = tmp_path / "out"
    folder.mkdir()
    file = folder / "a.json"
    file.write_text("old and longer than what comes", encoding="utf-8")
    file.chmod(0o644)
    second = folder / "second"
    os.link(file, second)
    result = run(*EXPORT, "-o", str(file))
    assert (result.status, result.out) == (0, f"Wrote 1 secret to {file}.\n")
    assert json.loads(file.read_text(encoding="utf-8")) == {"A": "one"}
    assert mode(file) == 0o600
    # The new file is written aside: an open handle and another name still have the old one whole.
    assert second.read_text(encoding="utf-8").startswith("old")
    assert sorted(os.listdir(folder)) == ["a.json", "second"]
    assert run(*EXPORT, "-o", str(folder / "new.yml")).status == 0
    assert mode(folder / "new.yml") == 0o600
    assert (folder / "new.yml").read_text(encoding="utf-8") == '"A": "one"\n'
    assert run(*EXPORT, "--format", "shell", "-o", str(folder / "new.yml")).status == 0
    assert (folder / "new.yml").read_text(encoding="utf-8") == "export A='one'\n"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_file_is_private_whatever_the_umask(
    run: Run, directory: Path, tmp_path: Path, umask: int
) -> None:
    put(run, A="one")
    before = os.umask(umask)
    try:
        assert run(*EXPORT, "-o", str(tmp_path / "a")).status == 0
    finally:
        os.umask(before)
    assert mode(tmp_path / "a") == 0o600


def test_nothing_but_an_ordinary_file_is_written_to(
    run: Run, directory: Path, tmp_path: Path
) -> None:
    put(run, A="one")
    target = tmp_path / "target"
    target.write_text("kept", encoding="utf-8")
    link, loose = tmp_path / "link", tmp_path / "loose"
    link.symlink_to(target)
    loose.symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    for file in (link, loose, tmp_path / "pipe", tmp_path, Path("/dev/null")):
        assert_refused(run(*EXPORT, "-o", str(file)), "is a link or no ordinary file")
    assert_refused(run(*EXPORT, "-o", str(tmp_path / "none" / "a")), "No such file or directory")
    assert target.read_text(encoding="utf-8") == "kept"
    assert not (tmp_path / "nothing").exists()
    for name in ("vault.db", "server.key", "operator/operator.key", "operator/new"):
        assert_refused(run(*EXPORT, "-o", str(directory / name)), "is the vault's own")
    assert run("secrets", "list", *DEV).status == 0


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("dotenv", "A;id;B", "s3cret"), ("shell", "A$(id)", "s3cret"), ("docker", "A B", "s3cret"),
        ("dotenv", "LD_PRELOAD", "s3cret"), ("shell", "BASH_ENV", "s3cret"),
        ("docker", "NODE_OPTIONS", "s3cret"), ("docker", "B", "s3cret\nC=1"),
        ("docker", "B", "s3cret\r"),
    ],
)  # fmt: skip
def test_a_refusal_leaves_everything_as_it_was(
    run: Run, directory: Path, tmp_path: Path, kind: str, name: str, value: str
) -> None:
    put(run, **{"A": "1", name: value, "Z": "2"})
    folder = tmp_path / "out"
    folder.mkdir()
    file = folder / "a"
    for old in (None, "old"):
        if old is not None:
            file.write_text(old, encoding="utf-8")
        result = run(*EXPORT, "--format", kind, "-o", str(file))
        assert_refused(result, name)
        assert "s3cret" not in result.err
        assert os.listdir(folder) == ([] if old is None else ["a"])
    assert file.read_text(encoding="utf-8") == "old"
    printed = run(*EXPORT, "--format", kind)
    assert (printed.status, printed.out) == (2, "")


def test_what_is_allowed_is_written(run: Run, directory: Path) -> None:
    put(run, LD_PRELOAD="x", PATH="y", A="z")
    refused = run(*EXPORT, "--format", "shell")
    assert_refused(refused, "LD_PRELOAD (the dynamic linker", status=2)
    assert "--allow LD_PRELOAD --allow PATH" in refused.err
    assert_refused(run(*EXPORT, "--allow", "LD_PRELOAD"), "--allow PATH")
    # An --allow that nothing needs is no fault: a script may name what is not always there.
    allowed = ("--allow", "LD_PRELOAD", "--allow", "PATH", "--allow", "IFS", "--allow", "A")
    assert run(*EXPORT, "--format", "docker", *allowed).out == "A=z\nLD_PRELOAD=x\nPATH=y\n"
    for kind in ("json", "yaml", "csv"):
        assert run(*EXPORT, "--format", kind).status == 0


def test_the_attack_that_ran_runs_no_more(run: Run, directory: Path, tmp_path: Path) -> None:
    values = {"A": "it's $(id)", "B": "it's `id`\n$HOME", "C": "it's $5"}
    put(run, **values)
    for kind in ("dotenv", "shell"):
        file = tmp_path / kind
        assert run(*EXPORT, "--format", kind, "-o", str(file)).status == 0
        for shell in ("sh", "bash"):
            assert sourced(shell, file, list(values)) == values
    named = run(*EXPORT).err
    assert (
        "python-dotenv, npm dotenv, node --env-file would read another value of A, B, C," in named
    )
    assert "$5" not in named


def test_what_a_killed_export_left_goes_with_the_next(
    run: Run, directory: Path, tmp_path: Path
) -> None:
    put(run, A="one")
    left = tmp_path / f".st-tui-export-{'0' * 16}"
    left.write_text("s3cret", encoding="utf-8")
    mine = tmp_path / ".st-tui-export-notes"
    mine.write_text("kept", encoding="utf-8")
    assert run(*EXPORT, "-o", str(tmp_path / "a")).status == 0
    assert not left.exists()
    assert mine.exists()


def test_comments_of_imported_secrets_and_the_nearest_of_a_name_are_written(
    run: Run, vault: Vault
) -> None:
    project = vault.projects.get(None)
    run("folders", "create", *DEV, "--path", "/x")
    vault.secrets.create(project, Place("dev", "/x"), "A", "far", "of far")
    vault.secrets.create(project, Place("dev", "/x"), "B", "far", "of B")
    vault.secrets.create(project, Place("dev", "/"), "A", "near", "of near")
    run("secrets", "imports", "create", *DEV, "--from", "dev:/x")
    assert run(*EXPORT).out == "# of near\nA='near'\n# of B\nB='far'\n"
