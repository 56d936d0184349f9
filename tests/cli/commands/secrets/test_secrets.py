"""`secrets`: values go in and out exactly, and come out nowhere else."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from st_tui.core.crypto import seal
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from tests.cli.conftest import Run, assert_refused, start
from tests.core.vaults import raw
from tests.terminal_session import TerminalSession

DEV = ("--env", "dev")
KEY = "-----BEGIN KEY-----\nabc==\n-----END KEY-----\n"


def put(run: Run, *place: str, **values: str) -> None:
    result = run("secrets", "import", "-", *(place or DEV), stdin=json.dumps(values).encode())
    assert (result.status, result.err) == (0, "")


def names(run: Run, *place: str) -> list[str]:
    listed = run("secrets", "list", "--json", *(place or DEV)).json["secrets"]
    return [secret["secretKey"] for secret in listed]


def exported(run: Run, *options: str) -> dict[str, str]:
    result = run("secrets", "export", "--format", "json", *DEV, *options)
    assert result.status == 0, result.err
    values: dict[str, str] = result.json
    return values


def events(vault: Vault) -> list[str]:
    return [entry.event for entry in reversed(vault.audit.page(limit=-1))]


def test_secrets_come_change_and_go(run: Run, directory: Path) -> None:
    made = run("secrets", "set", *DEV, "A=1", "B=x=y", "C=")
    assert (made.status, made.out) == (0, "Secrets in dev:/: 3 made, 0 changed, 0 equal already.\n")
    assert "process list" in made.err
    assert run("secrets", "set", *DEV, "A=2", "B=x=y").out == (
        "Secrets in dev:/: 0 made, 1 changed, 1 equal already.\n"
    )
    listed = run("secrets", "list", *DEV)
    assert [line.split()[:2] for line in listed.out.splitlines()] == [
        ["NAME", "VERSION"], ["A", "2"], ["B", "1"], ["C", "1"],
    ]  # fmt: skip
    assert listed.out.count("UTC") == 3
    assert run("secrets", "get", "B", *DEV).out == "x=y\n"
    assert run("secrets", "get", "C", *DEV).out == "\n"
    assert run("secrets", "delete", "A", "C", "A", *DEV, "--yes").out == (
        "Deleted 2 secrets from dev:/: A, C.\n"
    )
    assert names(run) == ["B"]
    assert names(run, "--env", "prod") == []


def test_json_has_infisicals_fields(run: Run, vault: Vault) -> None:
    project = vault.projects.get(None)
    vault.folders.create(project, "dev", "/common")
    vault.secrets.create(project, Place("dev", "/common"), "A", "${B}", "why")
    [secret] = run("secrets", "list", "--json", *DEV, "--path", "/common").json["secrets"]
    assert secret == {
        "id": secret["id"],
        "secretKey": "A",
        "secretValue": "${B}",
        "secretComment": "why",
        "version": 1,
        "type": "shared",
        "environment": "dev",
        "secretPath": "/common",
        "createdAt": "2026-01-02T03:04:05.000Z",
        "updatedAt": "2026-01-02T03:04:05.000Z",
    }
    got = run("secrets", "get", "A", "--json", *DEV, "--path", "common/")
    assert got.json == {"secret": secret}
    assert "a leading slash was added" in got.err


def test_values_are_read_from_stdin_and_files(run: Run, directory: Path, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(KEY)
    done = run("secrets", "set", *DEV, "A=-", f"B=@{file}", stdin=b"x\n")
    assert (done.status, done.err) == (0, "")
    assert exported(run) == {"A": "x", "B": KEY}
    for stdin, value in ((b"x", "x"), (b"x\r\n", "x"), (b"\n", ""), (b"x\n\n", "x\n"), (b"-", "-")):
        assert run("secrets", "set", *DEV, "A=-", stdin=stdin).status == 0
        assert exported(run)["A"] == value
    assert run("secrets", "set", *DEV, r"A=\@home", r"B=\x").status == 0
    assert exported(run) == {"A": "@home", "B": r"\x"}


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        ("hunter2\r", "hunter2", ""),
        ("wrong\x15hunter22\x7f\r", "hunter2", ""),
        ("\r", "", ""),
        ("one\rtwo\rthree\r", "one\ntwo\nthree", "The value of A: 3 lines."),
        ("one\r\r", "one\n", "The value of A: ends in a newline."),
        ("hunter2 \r", "hunter2 ", "The value of A: ends in a blank."),
        ("x" * 9_000 + "\r", "x" * 9_000, ""),
    ],
)
def test_a_value_is_asked_for_at_the_terminal_and_not_shown(
    run: Run, directory: Path, keys: str, value: str, said: str
) -> None:
    command = [sys.executable, "-m", "st_tui", "secrets", "set", *DEV, "A=-"]
    with TerminalSession([*command, "--vault", str(directory)]) as session:
        session.wait_for("Value of A: ")
        # In parts: a terminal takes no more at once, and its program reads meanwhile.
        for start in range(0, len(keys), 1_000):
            session.type(keys[start : start + 1_000])
        assert session.wait_exit() == 0
        assert "hunter2" not in session.text
        assert "two" not in session.text
        assert said in session.text
        assert session.modes == session.modes_before
    assert exported(run)["A"] == value


def test_no_value_at_the_terminal_changes_nothing(run: Run, directory: Path) -> None:
    command = [sys.executable, "-m", "st_tui", "secrets", "set", *DEV, "A=-"]
    with TerminalSession([*command, "--vault", str(directory)]) as session:
        session.wait_for("Value of A: ")
        session.type("\x04")
        assert session.wait_exit() == 2
        session.wait_for("No value was typed")
    assert exported(run) == {}


def test_a_value_that_cannot_be_read_changes_nothing(
    run: Run, directory: Path, tmp_path: Path
) -> None:
    put(run, A="old")
    big = tmp_path / "big"
    big.write_bytes(b"x" * (512 * 1024 + 1))
    for stdin, arguments, said in (
        (b"", ("A=-",), "Nothing came in"),
        (b"s3cret\xff", ("A=-",), "UTF-8"),
        (b"s3cret\0", ("A=-",), "NUL"),
        (b"s3cret" * 100_000, ("A=-",), "over 524288 bytes"),
        (b"s3cret", ("A=-", "B=-"), "Only one"),
        (b"", ("A=new", f"B=@{big}"), "over 524288 bytes"),
        (b"", ("A=new", "B=@s3cret"), "cannot be read: No such file"),
        (b"", ("A=new", f"B=@{tmp_path}"), "cannot be read: Is a directory"),
        (b"", ("A=new", "B=@"), "cannot be read"),
        (b"", ("A=new", "s3cret"), "Argument 2 has no ="),
        (b"", ("A=new", "A=s3cret"), "A is given twice"),
        (b"", ("A=new", "=s3cret"), "name is empty"),
        (b"", ("A=new", "a:b=s3cret"), "colon"),
        (b"", ("A=new", "a\x1b=s3cret"), "\\x1b"),
        (b"", ("A=new", "B=s3cret\udcff"), "broken character"),
        (b"", ("A=new", "B=s3cret", "--env", "none"), "dev, staging, prod"),
    ):
        result = run("secrets", "set", *DEV, *arguments, stdin=stdin)
        assert_refused(result, said)
        assert "s3cret" not in result.err
    assert exported(run) == {"A": "old"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("A=s3cret",),
        ("--A=s3cret",),
        ("-s3cret",),
        ("st", "A=s3cret"),
        ("set", *DEV, "A=1", "--s3cret=s3cret"),
        ("set", *DEV, "A=1", "-s3cret"),
        ("set", *DEV, "A", "--", "-s3cret"),
        ("set", *DEV, "A", "--", "--s3cret"),
        ("get", *DEV, "A", "s3cret"),
        ("get", *DEV, "A=s3cret"),
        ("get", *DEV, "--s3cret"),
        ("delete", *DEV, "A=s3cret", "--yes"),
        ("list", *DEV, "A=s3cret"),
        ("export", *DEV, "s3cret"),
        ("import", *DEV, "A=s3cret"),
        ("import", *DEV, "A", "s3cret", "s3cret"),
        ("imports", "A=s3cret"),
        ("imports", "create", *DEV, "A=s3cret"),
        ("imports", "create", *DEV, "--from", "s3cret"),
        ("set", "--env", "A=s3cret", "B=1"),
        ("set", *DEV, "--path", "A=s3cret", "B=1"),
        ("set", *DEV, "--project", "A=s3cret", "B=1"),
        ("set", *DEV, "--vault", "A=s3cret", "B=1"),
        ("set", *DEV, "A=1", "--env=s3cret=1"),
    ],
    ids=" ".join,
)
def test_a_misplaced_value_is_not_repeated(
    run: Run, directory: Path, arguments: tuple[str, ...]
) -> None:
    result = run("secrets", *arguments)
    assert_refused(result, status=result.status)
    assert result.status in (1, 2)
    assert "s3cret" not in result.err


def test_what_is_not_there_is_exit_status_one(run: Run, directory: Path) -> None:
    put(run, A="1")
    assert_refused(run("secrets", "get", "B", *DEV), "no secret 'B' in dev:/", status=1)
    assert_refused(run("secrets", "delete", "A", "B", *DEV, "--yes"), "'B'", status=1)
    assert names(run) == ["A"]
    for command in (
        ("list",), ("list", "--json"), ("get", "A"), ("set", "A=2"), ("delete", "A", "--yes"),
        ("export",), ("imports", "list"), ("imports", "create", "--from", "prod:/"),
        ("imports", "delete", "--from", "prod:/", "--yes"),
    ):  # fmt: skip
        result = run("secrets", *command, *DEV, "--path", "/none")
        assert_refused(result, "no folder dev:/none", status=1)
    deleted = run("folders", "delete", *DEV, "--path", "/none", "--yes")
    assert_refused(deleted, "no folder dev:/none", status=1)


def test_the_environment_is_stated_or_the_only_one(run: Run, directory: Path) -> None:
    assert_refused(run("secrets", "list"), "--env", "dev, staging, prod")
    assert run("project", "create", "--name", "One", "--env", "live").status == 0
    one = ("--project", "one")
    put(run, *one, A="1")
    assert names(run, *one, "--env", "live") == ["A"]


def test_deleting_asks_first(run: Run, directory: Path, answer: Callable[[str], None]) -> None:
    put(run, A="1", B="2")
    assert_refused(run("secrets", "delete", "A", "B", *DEV, stdin=b"y\n"), "--yes")
    answer("no\n")
    result = run("secrets", "delete", "A", "B", *DEV)
    assert (result.status, result.out) == (1, "")
    assert "Delete 2 secrets from dev:/: A, B?" in result.err
    answer("y\n")
    assert run("secrets", "delete", "A", "B", *DEV).status == 0
    assert names(run) == []


def test_references_are_expanded_unless_told_otherwise(run: Run, directory: Path) -> None:
    put(run, A="a ${B}", B="b", C="${NONE} ${B}", D="${D}")
    assert run("secrets", "get", "A", *DEV).out == "a b\n"
    assert run("secrets", "get", "A", *DEV, "--no-expand").out == "a ${B}\n"
    broken = run("secrets", "get", "C", *DEV)
    assert (broken.status, broken.out) == (0, "${NONE} b\n")
    assert "${NONE} in C was left as it is" in broken.err
    result = run("secrets", "export", *DEV)
    assert result.out == "A='a b'\nB='b'\nC='${NONE} b'\nD='${D}'\n"
    assert len(result.err.splitlines()) == 3
    assert run("secrets", "export", *DEV, "--no-expand").out == (
        "A='a ${B}'\nB='b'\nC='${NONE} ${B}'\nD='${D}'\n"
    )


def test_imports_are_listed_made_and_taken_away(
    run: Run, directory: Path, answer: Callable[[str], None]
) -> None:
    for path in ("/one", "/two"):
        run("folders", "create", "--env", "prod", "--path", path)
    put(run, A="own")
    put(run, "--env", "prod", "--path", "/one", A="one", B="one", C="one")
    put(run, "--env", "prod", "--path", "/two", B="two")
    for source in ("prod:/one", "prod:/two"):
        made = run("secrets", "imports", "create", *DEV, "--from", source)
        assert (made.status, made.out) == (0, f"dev:/ imports {source}.\n")
    assert exported(run) == {"A": "own", "B": "two", "C": "one"}
    assert exported(run, "--no-imports") == {"A": "own"}
    assert run("secrets", "get", "B", *DEV).out == "two\n"
    assert run("secrets", "get", "C", *DEV).out == "one\n"
    assert "More come from prod:/one, prod:/two." in run("secrets", "list", *DEV).err
    listed = run("secrets", "imports", "list", *DEV, "--json").json["secretImports"]
    assert [(link["importEnv"], link["importPath"], link["position"]) for link in listed] == [
        ({"slug": "prod", "name": "Production"}, "/one", 1),
        ({"slug": "prod", "name": "Production"}, "/two", 2),
    ]
    assert listed[0]["id"] in run("secrets", "imports", "list", *DEV).out
    answer("n\n")
    assert run("secrets", "imports", "delete", *DEV, "--from", "prod:/two").status == 1
    assert exported(run)["B"] == "two"
    assert run("secrets", "imports", "delete", *DEV, "--from", "prod:two", "--yes").status == 0
    assert exported(run)["B"] == "one"
    delete = ("secrets", "imports", "delete", *DEV, "--yes", "--from")
    assert_refused(run(*delete, "prod:/two"), "does not import prod:/two", status=1)
    create = ("secrets", "imports", "create", *DEV, "--from")
    assert_refused(run(*create, "prod:/one"), "already")
    assert_refused(run(*create, "prod:/none"), "no folder prod:/none", status=1)
    assert_refused(run(*create, "dev:/"), "itself")
    assert_refused(run(*create, "/one"), "environment:/path")


def test_a_file_is_imported_whole_or_not_at_all(run: Run, directory: Path, tmp_path: Path) -> None:
    put(run, A="old", B="same")
    file = tmp_path / ".env"
    file.write_text("# note\nexport A='new'\nB=same\nC=\"two\nlines\"\n")
    assert run("secrets", "import", str(file), *DEV).out == (
        "Secrets in dev:/: 1 made, 1 changed, 1 equal already.\n"
    )
    assert exported(run) == {"A": "new", "B": "same", "C": "two\nlines"}
    for data in (b"A=1\ns3cret", b'{"A":"1","B":{"s3cret":1}}', b"A=1\nA=s3cret", b"", b"\xff"):
        result = run("secrets", "import", "-", *DEV, stdin=data)
        assert_refused(result)
        assert "s3cret" not in result.err
    assert_refused(run("secrets", "import", str(tmp_path / "none"), *DEV), "No such file")
    assert_refused(run("secrets", "import", str(tmp_path), *DEV), "Is a directory")
    assert_refused(run("secrets", "import", "/dev/zero", *DEV), "divide it")
    assert exported(run) == {"A": "new", "B": "same", "C": "two\nlines"}


def comments(run: Run, *place: str) -> dict[str, str]:
    listed = run("secrets", "list", "--json", *(place or DEV)).json["secrets"]
    return {secret["secretKey"]: secret["secretComment"] for secret in listed}


@pytest.mark.parametrize(
    ("data", "values", "said"),
    [
        (b"# why\nA=1\n\nB='x'\n", {"A": "1", "B": "x"}, {"A": "why", "B": "old"}),
        (b'[{"key":"A","value":1.0,"comment":"why"}]', {"A": "1.0"}, {"A": "why"}),
        (b'{"key":"A","value":1e5}\n{"key":"B","value":true}', {"A": "1e5", "B": "true"}, {}),
        (b"Key,Value\nA,007\nB,\"x, y\"\n", {"A": "007", "B": "x, y"}, {"A": "", "B": "old"}),
        (b"key\tvalue\tcomment\nB\t2\tnew\n", {"B": "2"}, {"B": "new"}),
    ],
)  # fmt: skip
def test_files_of_every_kind_are_imported_with_their_comments(
    run: Run, directory: Path, data: bytes, values: dict[str, str], said: dict[str, str]
) -> None:
    run("secrets", "set", *DEV, "B=-", "--comment", "old", stdin=b"0")
    done = run("secrets", "import", "-", *DEV, stdin=data)
    assert done.status == 0, done.err
    count = sum(comment not in ("", "old") for comment in said.values())
    assert done.err == (f"{count} secret of the file came with a comment.\n" if count else "")
    assert values.items() <= exported(run).items()
    assert said.items() <= comments(run).items()


def test_comments_that_belong_to_no_secret_are_counted(run: Run, directory: Path) -> None:
    data = b"#!/bin/sh\n# of the file\n# two lines\n\n#\n\nA=1\n# of B\nB='x'\n# at the end\n"
    done = run("secrets", "import", "-", *DEV, stdin=data)
    assert done.err.splitlines() == [
        "1 secret of the file came with a comment.",
        "Left out: 2 comments above no name.",
    ]
    assert comments(run) == {"A": "", "B": "of B"}
    # What an export adds for npm dotenv is no comment.
    run("secrets", "set", *DEV, "A=-", stdin=b"it's\\")
    written = run("secrets", "export", *DEV, "--no-expand")
    assert '#"' in written.out
    assert "Left out" not in run("secrets", "import", "-", *DEV, stdin=written.out.encode()).err


def test_what_list_prints_is_imported(run: Run, directory: Path) -> None:
    data = b'[{"key":"A","value":"x\\r\\n","comment":"two\\nlines"},{"key":"B","value":"${A}"}]'
    run("secrets", "import", "-", *DEV, stdin=data)
    listed = run("secrets", "list", "--json", *DEV).out.encode()
    assert run("secrets", "import", "-", "--env", "prod", stdin=listed).status == 0
    again = run("secrets", "list", "--json", "--env", "prod").json["secrets"]
    assert [(secret["secretValue"], secret["secretComment"]) for secret in again] == [
        ("x\r\n", "two\nlines"), ("${A}", ""),
    ]  # fmt: skip


def test_a_comment_is_set_with_a_value(run: Run, directory: Path) -> None:
    set_a = ("secrets", "set", *DEV, "A=-", "--comment")
    assert run(*set_a, "why, and $HOME", stdin=b"1").out == (
        "Secrets in dev:/: 1 made, 0 changed, 0 equal already.\n"
    )
    assert comments(run) == {"A": "why, and $HOME"}
    run("secrets", "set", *DEV, "A=-", stdin=b"2")
    assert comments(run) == {"A": "why, and $HOME"}
    assert run(*set_a, "new", stdin=b"2").out.split(": ")[1].startswith("0 made, 1 changed")
    assert comments(run) == {"A": "new"}
    assert run(*set_a, "new", stdin=b"2").out.endswith("1 equal already.\n")
    assert_refused(run(*set_a, "s3cret", "B=1", stdin=b"3"), "--comment is about one secret")
    assert_refused(run(*set_a, "s3cret\udcff", stdin=b"3"), "comment holds a broken character")
    assert_refused(run(*set_a, "s3cret" * 100_000, stdin=b"3"), "comment is over 524288 bytes")
    assert comments(run) == {"A": "new"}
    run(*set_a, "", stdin=b"2")
    assert comments(run) == {"A": ""}


def test_an_unclear_line_is_named_and_nothing_is_written(run: Run, directory: Path) -> None:
    put(run, A="old")
    for data, said in (
        (b'A=1\nB="C:\\s3cret"', "Line 2 has a backslash in double quotes"),
        (b"A=1\n# c\nB=`s3cret`", "Line 3 begins a value with a backquote"),
        (b"key,value\nA,1\ns3cret", "Line 3 has fewer cells"),
        (b'{"key":"A","value":1}\n{"s3cret', "Line 2 is no JSON object"),
        (b'{"A":"1","s3cret":null}', "Entry 2 of the JSON is null"),
    ):
        result = run("secrets", "import", "-", *DEV, stdin=data)
        assert_refused(result, said)
        assert "s3cret" not in result.err
    assert exported(run) == {"A": "old"}


@pytest.mark.parametrize("kind", ["dotenv", "json"])
def test_an_export_makes_the_same_secrets_again(run: Run, directory: Path, kind: str) -> None:
    values = {"A": KEY, "B": 'it\'s "q" \\ ${A} #', "C": "ÿ日\x1b[31m", "D": " ", "E": "\r\n"}
    put(run, **values)
    result = run("secrets", "export", "--format", kind, *DEV, "--no-expand", "--no-imports")
    assert run("secrets", "import", "-", "--env", "prod", stdin=result.out.encode()).status == 0
    again = run("secrets", "export", "--format", "json", "--env", "prod", "--no-expand")
    assert again.json == values


def test_a_program_gets_the_bytes_and_a_terminal_no_escape_sequence(
    run: Run, directory: Path
) -> None:
    put(run, A="é\x1b[2J\nb\r\\")
    get = ("secrets", "get", "A", *DEV)
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    assert start(*get, environment=plain).stdout == "é\x1b[2J\nb\r\\\n".encode()
    for arguments, said in (
        (get, "é\\x1b[2J\r\nb\\x0d\\\r\n"),
        (("secrets", "export", *DEV), 'A="é\\x1b[2J\r\nb\\x0d\\\\"\r\n#"\r\n\r\n'),
    ):
        reader, writer = pty.openpty()
        assert start(*arguments, capture_output=False, stdout=writer).returncode == 0
        os.close(writer)
        assert os.read(reader, 4096).decode() == said
        os.close(reader)


def test_reading_values_is_written_down_and_listing_names_is_not(run: Run, vault: Vault) -> None:
    put(run, A="1")
    before = events(vault)
    run("secrets", "list", *DEV)
    run("secrets", "imports", "list", *DEV)
    assert events(vault) == before
    run("secrets", "get", "A", *DEV)
    run("secrets", "list", *DEV, "--json")
    run("secrets", "export", *DEV)
    assert events(vault) == [*before, "get-secret", "get-secrets", "get-secrets"]


def test_the_audit_log_and_the_files_hold_no_name_and_no_value(run: Run, directory: Path) -> None:
    put(run, THE_NAME="the-value")
    for arguments in (("get", "THE_NAME"), ("set", "THE_NAME=the-value-2"), ("list",)):
        run("secrets", *arguments, *DEV)
    written = b"".join(path.read_bytes() for path in directory.glob("vault.db*"))
    log = run("audit", "list", "--json").out.encode()
    for text in (b"THE_NAME", b"the-value"):
        assert text not in written + log


def test_a_secret_that_another_key_sealed_is_told_of(run: Run, vault: Vault) -> None:
    put(run, A="1", B="2")
    secret = vault.secrets.versions(vault.projects.get(None), Place("dev", "/"), "A")[0]
    with raw(vault.directory) as connection:
        connection.execute(
            "INSERT INTO secret_version SELECT secret_id, 2, key_ciphertext, key_iv, key_tag, "
            "?, ?, ?, comment_ciphertext, comment_iv, comment_tag, created_at "
            "FROM secret_version WHERE secret_id = ?",
            (*seal("x", "0" * 32, os.urandom), secret.id),
        )
        connection.execute("UPDATE secret SET version = 2 WHERE id = ?", (secret.id,))
    for command in (("list", "--json"), ("export",)):
        result = run("secrets", *command, *DEV)
        assert result.status == 0
        assert f"{secret.id} was left out" in result.err
    assert run("secrets", "list", *DEV).out.splitlines()[1].startswith("A     2")
    assert_refused(run("secrets", "get", "A", *DEV), "another key sealed it")


def test_the_library_for_tables_is_imported_by_who_reads_one() -> None:
    code = "import sys, st_tui.cli.commands.secrets; sys.exit('sqlite_utils' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
