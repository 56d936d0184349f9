"""Files of secrets for other programs: each of those is asked what it reads, or does."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
from dotenv import dotenv_values
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from st_tui.core.secrets.files import FileSecret, SecretFileError
from st_tui.core.secrets.files.names_that_run import why_it_runs
from st_tui.core.secrets.files.read import parse
from st_tui.core.secrets.files.shell_names import kept_by
from st_tui.core.secrets.files.write import FORMATS, FileText, Format, format_of, write
from tests import env_readers

SHELLS = ["sh", "bash", "dash", "zsh"]
Read = Callable[[Path, list[str]], dict[str, str]]
DOTENV: dict[str, Read] = {
    "python-dotenv": lambda file, _: {n: v or "" for n, v in dotenv_values(file).items()},
    "npm dotenv": lambda file, _: env_readers.node(file.read_bytes().decode(), "npm"),
    "node --env-file": lambda file, _: env_readers.started_by_node(file),
    "bash": lambda file, names: env_readers.sourced("bash", file, names),
}
ASKED = settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

HURTS = [
    "it's $(id)", "it's `id`", 'it\'s "$(id)"', "';id;'", "'$(id)'", '"$(id)"', "$(id)", "`id`",
    "it's $HOME", "$HOME", "${HOME}", "it's ${HOME:-x}", "it's\n$(id)", "x\n$(id)\n'", "\\$(id)'",
    "it's \\$(id)", "it's \\\\$(id)", "'\\", "\\", "\\\\", "a\\\n'b", "'\\\n$(id)", "it's !!",
    "it's\nEVIL=1", 'it\'s "\nEVIL=1\n', "'\"\n$(id)\n\"'", '"\nNODE_OPTIONS=--require=/x\n\'',
    "C:\\dir\\", "C:\\new\\table", "it's C:\\new", "it's C:\\dir", "\\\\server\\share", 'a\\"b',
    "-----BEGIN KEY-----\nabc==\n-----END KEY-----\n", '{"a": "it\'s", "b": "$5"}',
    "", " ", " x ", "\t", "#", "a #b", "it's #b", "a=b", "=", "'", '"', "`", "''", '""', "'\"'",
    "a\rb", "a\r\nb\r\n", "\r", "it's\r", "x\u2028EVIL=1", "it's\u2028EVIL=1\u2029'", "\ufeff",
    "\x0b\x0c", "'\x01\\\x01$(id)", "'\\\\\x01\\$(id)", "'\\\x01\x7f", "'x\\\x01\\",
    "\x01\x7f\\", "'\x7f", "\x01'", "é日😀'",
    "'あ$(id)", "'好`id`", "it's €$5", '{"a": "it\'s 好"}', '{"a":\n"it\'s 好"}', "好\\'$(id)\n",
    "it's #\u2028EVIL=1", "x#\u2028EVIL=1\\", "a\\'b", "\\'", "''\\''",
    "*", "~", "~root", "a b;c&d|e>f<g(h)", "%s%n", "export X=1", "\\n", "'\\n", "\\r'", '"\\"',
]  # fmt: skip
PIECES = st.sampled_from(
    ["'", '"', "\\", "`", "$", "{", "}", "(", ")", "#", " ", "=", "\n", "\r", "\t", "!", ";", "&",
     "n", "r", "a", "x", "é", "好", "$(id)", "`id`", "${A}", "\nEVIL=1", "\u2028EVIL=1", "\x01",
     "\x7f"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(HURTS),
    st.lists(PIECES, max_size=9).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
COMMENTS = st.one_of(st.just(""), VALUES)


def secrets(*values: str) -> list[FileSecret]:
    return [FileSecret(f"V{number}", value) for number, value in enumerate(values)]


MANY = st.lists(st.tuples(VALUES, COMMENTS), min_size=1, max_size=12).map(
    lambda pairs: [FileSecret(f"V{n}", *pair) for n, pair in enumerate(pairs)]
)


def put(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def named(remarks: Iterable[str], reader: str) -> set[str]:
    """The secrets that a remark says this reader reads otherwise."""
    found = [
        re.fullmatch("(.*) would read another value of (.*), or none: .*", said) for said in remarks
    ]
    by = [said for said in found if said is not None and reader in said[1].split(", ")]
    return {name for said in by for name in said[2].split(", ")}


def writable(asked: list[FileSecret], kind: Format) -> tuple[list[FileSecret], FileText]:
    """Those that are not refused, and the file with them. Each alone tells which they are."""
    taken = []
    for secret in asked:
        try:
            write([secret], kind)
        except SecretFileError:
            continue
        taken.append(secret)
    return taken, write(taken, kind)


@pytest.fixture(params=list(DOTENV))
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each that is installed."""
    DOTENV[request.param](put(tmp_path / "none", ""), [])
    return str(request.param)


@pytest.fixture(params=[*SHELLS, "ksh", "busybox"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each that is installed."""
    env_readers.sourced(request.param, put(tmp_path / "none", ""), [])
    return str(request.param)


@ASKED
@given(asked=MANY)
@example(asked=secrets(*HURTS))
@example(asked=secrets(*HURTS[::-1]))
@example(asked=[FileSecret(f"V{n}", "x", value) for n, value in enumerate(HURTS)])
@example(asked=[FileSecret(f"V{n}", value, value) for n, value in enumerate(HURTS)])
@example(asked=secrets("it's C:\\dir\\", " #'", "z"))
@example(asked=secrets("it's C:\\dir\\", "\n'", "z"))
def test_dotenv_is_read_as_it_is_or_the_reader_is_named(
    reader: str, tmp_path: Path, asked: list[FileSecret]
) -> None:
    taken, text = writable(asked, "dotenv")
    file = put(tmp_path / "f.env", text.text)
    read = DOTENV[reader](file, [secret.name for secret in taken])
    otherwise = named(text.remarks, reader)
    right = {s.name: s.value for s in taken if s.name not in otherwise}
    assert {name: value for name, value in read.items() if name not in otherwise} == right


@pytest.mark.parametrize("kind", ["dotenv", "shell"])
@ASKED
@given(asked=MANY)
@example(asked=[FileSecret(f"V{n}", value, value) for n, value in enumerate(HURTS)])
def test_no_shell_runs_anything_of_it(
    shell: str, kind: Format, tmp_path: Path, asked: list[FileSecret]
) -> None:
    taken, text = writable(asked, kind)
    file = put(tmp_path / "f", text.text)
    read = env_readers.sourced(shell, file, [secret.name for secret in taken])
    otherwise = named(text.remarks, "bash") if kind == "dotenv" else set()
    assert {s.name: s.value for s in taken if s.name not in otherwise} == {
        name: value for name, value in read.items() if name not in otherwise
    }
    if kind == "shell":
        assert taken == asked


@pytest.mark.parametrize(
    ("language", "charset"), [("zh_CN", "GBK"), ("zh_TW", "BIG5"), ("ja_JP", "SHIFT_JIS")]
)
@pytest.mark.parametrize("kind", ["dotenv", "shell"])
def test_no_shell_runs_anything_of_it_in_another_character_set(
    language: str, charset: str, kind: Format, tmp_path: Path
) -> None:
    # There a backslash may be the second half of a character, and then it escapes nothing.
    if shutil.which("localedef") is None:
        pytest.skip("localedef is not installed")
    locale = f"{language}.{charset}"
    made = subprocess.run(
        ["localedef", "-c", "-i", language, "-f", charset, tmp_path / locale],
        capture_output=True, check=False,
    )  # fmt: skip
    if not (tmp_path / locale).exists():
        pytest.skip(f"{locale} cannot be made: {made.stderr.decode()}")
    taken, text = writable([*secrets(*HURTS), FileSecret("LC_ALL", locale)], kind)
    file = put(tmp_path / "f", text.text)
    names = [secret.name for secret in taken]
    for environment in ({}, {"LC_ALL": locale}):
        read = env_readers.sourced("bash", file, names, {"LOCPATH": str(tmp_path), **environment})
        right = {s.name: s.value for s in taken if s.name not in named(text.remarks, "bash")}
        assert {name: read[name] for name in right} == right


def test_a_name_that_npm_dotenv_loses_is_named(tmp_path: Path) -> None:
    text = write([FileSecret("__proto__", "x"), FileSecret("A", "1")], "dotenv")
    assert named(text.remarks, "npm dotenv") == {"__proto__"}
    assert len(text.remarks) == 1
    read = DOTENV["npm dotenv"](put(tmp_path / "f", text.text), [])
    assert read == {"A": "1"}


def test_dotenv_is_right_for_all_wherever_one_spelling_is() -> None:
    text = write(
        secrets("it's", "two\nlines", "it's\ntwo", "C:\\new", "it's C:\\dir", '{"a": 1}', "$5", ""),
        "dotenv",
    )
    assert text == (
        "V0=\"it's\"\nV1='two\nlines'\nV2=\"it's\ntwo\"\nV3='C:\\new'\nV4=\"it's C:\\dir\"\n"
        "V5='{\"a\": 1}'\nV6='$5'\nV7=''\n",
        [],
    )


def test_dotenv_names_what_some_reader_reads_otherwise_and_no_value() -> None:
    text = write(secrets("it's $s3cret", "${s3cret}", "s3cret\r\n", "s3cret\"'\n", "x"), "dotenv")
    assert text.remarks == [
        "python-dotenv, npm dotenv, node --env-file would read another value of V0, or none: "
        "choose another format for those.",
        "python-dotenv would read another value of V1, or none: choose another format for those.",
        "node --env-file, bash would read another value of V2, or none: "
        "choose another format for those.",
        "npm dotenv, node --env-file, bash would read another value of V3, or none: "
        "choose another format for those.",
    ]


def test_no_command_is_left_to_readers_that_run_some() -> None:
    r"""Ruby's dotenv ends the first value at `#`, finds no quotes around the rest, and runs it.

    dotenvx runs what stands in double quotes, also behind a backslash.
    """
    written = write(secrets("it's $(id) #5", "it's $(id)", "$(id) #5"), "dotenv")
    assert written.text == (
        'V0="it\'s \\$(id) #5"\n'
        "V1='it'\\''s $(id)'\n"
        "V2='$(id) #5'\n"
    )  # fmt: skip
    assert [said for said in written.remarks if "dotenvx" in said] == [
        "dotenvx would run commands in the value of V0: do not read it with that."
    ]


@pytest.mark.parametrize("comment", ["x\rid", "x\nid", "x\x0bid", "x\u2028EVIL=1", "x\x85id"])
@pytest.mark.parametrize("kind", ["dotenv", "yaml"])
def test_each_line_of_a_comment_is_one(comment: str, kind: Format) -> None:
    text = write([FileSecret("A", "1", comment)], kind).text
    lines = text.splitlines()
    assert [line[:2] for line in lines[:-1]] == ["# ", "# "]
    assert len(lines) == 3


def test_a_comment_that_ksh_would_run_the_rest_of_is_refused() -> None:
    # Clients that seal comments themselves can put any character there.
    secret = FileSecret("A", "x", "note\0id")
    with pytest.raises(SecretFileError, match="The comment of A holds a NUL character"):
        write([secret], "dotenv")
    assert write([secret], "yaml").text == '# note\\u0000id\n"A": "x"\n'
    assert write([secret], "shell").text == "export A='x'\n"


def test_comments_stand_above_their_secrets() -> None:
    found = [FileSecret("A", "1", "first\n\n  second"), FileSecret("B", "2")]
    assert write(found, "dotenv").text == "# first\n#\n#   second\nA='1'\nB='2'\n"
    assert write(found, "yaml").text == '# first\n#\n#   second\n"A": "1"\n"B": "2"\n'
    assert write(found, "csv").text == (
        'Key,Value,Comment\n"A","1","first\n\n  second"\n"B","2",""\n'
    )


@pytest.mark.parametrize("kind", get_args(Format))
def test_comments_that_are_left_out_are_counted(kind: Format) -> None:
    found = [FileSecret("A", "1", "note"), FileSecret("B", "2", "other"), FileSecret("C", "3")]
    said = ["Left out: 2 comments, which dotenv, yaml and csv would hold."]
    assert write(found, kind).remarks == (said if kind in ("shell", "docker", "json") else [])
    assert "note" not in write([FileSecret("A", "1", "note")], "json").text


@pytest.mark.parametrize("client", ["docker", "kubectl"])
def test_docker_and_kubectl_read_it_as_it_is(client: str, tmp_path: Path) -> None:
    asked = [*secrets(*HURTS, '"quoted"', "'quoted'", "x" * 65_000), FileSecret("a-b.c_", "1")]
    taken, text = writable(asked, "docker")
    file = put(tmp_path / "f", text.text)
    assert getattr(env_readers, client)(file) == {s.name: s.value for s in taken}
    left_out = {secret.value for secret in asked} - {secret.value for secret in taken}
    assert left_out == {v for v in HURTS if "\n" in v or v.endswith("\r")}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("s3cret\nB=1", "The value of A holds a newline"),
        ("s3cret\r", "The value of A holds a carriage return at the end"),
        ("s3cret\0", "The value of A holds a NUL character"),
        ("s3cret" * 11_000, "The value of A holds more than a line of 64 KiB"),
    ],
)
def test_docker_refuses_what_a_line_cannot_hold(value: str, said: str) -> None:
    with pytest.raises(SecretFileError) as refused:
        write([FileSecret("B", "1"), FileSecret("A", value)], "docker")
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("length", [65_533, 65_534])
def test_a_line_is_as_long_as_kubectl_reads(length: int, tmp_path: Path) -> None:
    # It leaves out a longer one, and all after it, and says nothing.
    asked = [FileSecret("A", "x" * length), FileSecret("B", "1")]
    if length == 65_534:
        with pytest.raises(SecretFileError):
            write(asked, "docker")
    text = f"A={'x' * length}\nB=1\n"
    assert ("B" in env_readers.kubectl(put(tmp_path / "f", text))) == (length == 65_533)


@given(MANY)
@example([FileSecret('"\\: #\n', value, value) for value in HURTS])
@example([FileSecret("<<", "no"), FileSecret("null", "1e3"), FileSecret("? x", "\ufffe\uffff")])
def test_yaml_is_read_as_it_is(asked: list[FileSecret]) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    text = write(asked, "yaml").text
    assert yaml.safe_load(text) == {secret.name: secret.value for secret in asked}
    # And so that what reads JSON reads each line.
    lines = [line for line in text.split("\n") if line.startswith('"')]
    read = [json.loads(f"{{{line}}}") for line in lines]
    assert read == [{secret.name: secret.value} for secret in asked]


@pytest.mark.parametrize("name", ["", "k" * 1022, "k" * 1023, "\u2028" * 200])
def test_yaml_takes_a_name_of_any_length(name: str) -> None:
    # A client that seals names itself may have chosen one.
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    text = write([FileSecret(name, "1", "note"), FileSecret("B", "2")], "yaml").text
    assert yaml.safe_load(text) == {name: "1", "B": "2"}


@given(MANY)
def test_csv_is_read_as_it_is(asked: list[FileSecret]) -> None:
    rows = csv.reader(StringIO(write(asked, "csv").text, newline=""))
    assert list(rows) == [
        ["Key", "Value", "Comment"],
        *([secret.name, secret.value, secret.comment] for secret in asked),
    ]


def test_csv_names_what_a_spreadsheet_would_calculate() -> None:
    asked = [
        FileSecret("A", "=cmd|' /C calc'!A0"), FileSecret("B", "x=1"), FileSecret("C", "1", "@x"),
        FileSecret("-D", "1"), FileSecret("E", "a\rb"),
    ]  # fmt: skip
    assert write(asked, "csv").remarks == [
        "A spreadsheet would calculate with the text of A, C, -D: do not open it in one.",
        "Some readers of CSV make a newline of the carriage return in E.",
    ]


def test_nothing_is_a_file_too() -> None:
    assert {kind: write([], kind).text for kind in get_args(Format)} == {
        "dotenv": "", "shell": "", "docker": "", "json": "{}\n", "yaml": "{}\n",
        "csv": "Key,Value,Comment\n",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["dotenv", "shell", "docker"])
@pytest.mark.parametrize("name", ["A;id;B", "A$(id)", "A B", "1A", "A\nB", "", "é", "A=B", "#A"])
def test_what_is_no_name_is_refused_and_named(kind: Format, name: str) -> None:
    with pytest.raises(SecretFileError) as refused:
        write([FileSecret("A", "1"), FileSecret(name, "s3cret")], kind)
    assert f"{kind} cannot hold the name" in str(refused.value)
    assert name.replace("\n", "\\x0a") in str(refused.value)
    assert "\n" not in str(refused.value)
    for other in ("json", "yaml", "csv"):
        write([FileSecret(name, "1")], other)


@pytest.mark.parametrize("name", ["A-B", "A.B", "-", ".a"])
def test_docker_takes_names_that_kubectl_takes(name: str, tmp_path: Path) -> None:
    for kind in ("dotenv", "shell"):
        with pytest.raises(SecretFileError):
            write([FileSecret(name, "1")], kind)
    text = write([FileSecret(name, "1")], "docker").text
    assert env_readers.kubectl(put(tmp_path / "f", text)) == {name: "1"}


@pytest.mark.parametrize("name", [".", "..", "..a"])
def test_docker_refuses_names_that_kubectl_refuses(name: str, tmp_path: Path) -> None:
    with pytest.raises(SecretFileError):
        write([FileSecret(name, "1")], "docker")
    with pytest.raises(subprocess.CalledProcessError):
        env_readers.kubectl(put(tmp_path / "f", f"{name}=1\n"))


@pytest.mark.parametrize("kind", ["dotenv", "shell", "docker"])
def test_names_that_run_code_are_refused_unless_allowed(kind: Format) -> None:
    asked = [FileSecret("A", "1"), FileSecret("LD_PRELOAD", "x"), FileSecret("PATH", "x")]
    with pytest.raises(SecretFileError) as refused:
        write(asked, kind)
    said = str(refused.value)
    assert "LD_PRELOAD (the dynamic linker loads" in said
    assert "`st-tui secrets export --allow LD_PRELOAD --allow PATH`" in said
    with pytest.raises(SecretFileError, match="--allow PATH"):
        write(asked, kind, ["LD_PRELOAD", "A", "NOT_THERE"])
    assert "LD_PRELOAD" in write(asked, kind, ["LD_PRELOAD", "PATH"]).text
    for other in ("json", "yaml", "csv"):
        assert "LD_PRELOAD" in write(asked, other).text
    with pytest.raises(SecretFileError):
        write([FileSecret("A;id", "1")], kind, ["A;id"])


def test_a_shell_is_given_no_name_that_it_keeps(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError, match=r"LINENO \(bash and zsh\).*--allow LINENO"):
        write([FileSecret("LINENO", "1")], "shell")
    assert write([FileSecret("LINENO", "1")], "shell", ["LINENO"]).text == "export LINENO='1'\n"
    assert write([FileSecret("LINENO", "1"), FileSecret("USERNAME", "x")], "dotenv") == (
        "LINENO='1'\nUSERNAME='x'\n",
        ["bash would read another value of LINENO, or none: choose another format for those."],
    )
    assert write([FileSecret("LINENO", "1")], "docker").remarks == []


def variables_of(shell: str) -> list[str]:
    """The variables that a shell has from the start."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    ask = {
        "bash": ["-c", "compgen -v"],
        "zsh": ["-fc", "zmodload zsh/parameter; print -rl -- ${(k)parameters}"],
    }[shell]
    asked = subprocess.run(
        [program, *ask], env={"PATH": "/bin"}, capture_output=True, text=True, check=True
    )
    names = asked.stdout.split()
    return [name for name in names if name.isidentifier() and name.isascii()]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_every_other_variable_of_a_shell_holds_what_it_is_set_to(
    shell: str, tmp_path: Path
) -> None:
    names = [n for n in variables_of(shell) if why_it_runs(n) is None and not kept_by(shell, n)]
    assert len(names) > 10
    values = ["a[$(id)]", "plain"]
    for name in names:
        for value in values:
            file = put(tmp_path / "f", f"export {name}='{value}'\nexport NEXT_ONE='1'\n")
            read = env_readers.sourced(shell, file, [name, "NEXT_ONE"])
            assert read == {name: value, "NEXT_ONE": "1"}


def test_a_value_that_stops_every_program_is_named(tmp_path: Path) -> None:
    values = ["x" * (131_071 - 3), "x" * (131_071 - 2)]
    assert [write(secrets(value), "shell").remarks for value in values] == [
        [],
        ["A shell that reads this can start no program: V0 is over 128 KiB."],
    ]
    for value, starts in zip(values, (True, False), strict=True):
        file = put(tmp_path / "f", write(secrets(value), "shell").text)
        ran = subprocess.run(
            ["sh", "-c", f". '{file}'; env true"], capture_output=True, check=False
        )
        assert (ran.returncode == 0) == starts


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.env", "dotenv"), (".env", "dotenv"), ("a", "dotenv"), ("a.JSON", "json"),
        ("a.yaml", "yaml"), ("a.yml", "yaml"), ("a.csv", "csv"), ("a.sh", "shell"),
    ],
)  # fmt: skip
def test_the_end_of_a_name_tells_the_format(name: str, kind: Format) -> None:
    assert format_of(Path(name).suffix) == kind
    assert set(FORMATS) == set(get_args(Format))


@given(MANY, st.sampled_from(["dotenv", "shell", "json", "csv"]))
@example(secrets(*HURTS), "dotenv")
@example(secrets(*HURTS), "shell")
@example(secrets(*HURTS), "csv")
@example(secrets("first\n" + " " * 300 + "\\n'"), "dotenv")
@example([FileSecret("A", "1", "first\n\n  second"), FileSecret("B", "2")], "dotenv")
def test_what_is_written_reads_back_or_is_refused(asked: list[FileSecret], kind: Format) -> None:
    for secret in writable(asked, kind)[0]:
        alone = write([secret], kind)
        try:
            [read] = parse(alone.text.encode())
        except SecretFileError:
            assert kind != "json"
            continue
        assert (read.name, read.value) == (secret.name, secret.value)


@pytest.mark.parametrize("kind", ["dotenv", "shell", "csv"])
def test_what_hurts_in_one_line_reads_back(kind: Format) -> None:
    # In double quotes no backslash is read that stands for itself.
    stand_for_themselves = ("it's C:\\dir", "a\\'b", "\\'", "''\\''")
    asked = secrets(
        *(v for v in HURTS if not re.search("[\r\n\x01]", v) and v not in stand_for_themselves)
    )
    read = parse(write(asked, kind).text.encode())
    assert [secret.value for secret in read] == [secret.value for secret in asked]


@pytest.mark.parametrize("kind", ["dotenv", "shell", "json", "csv"])
def test_plain_secrets_read_back_with_their_comments(kind: Format) -> None:
    asked = [
        FileSecret("A", "-----BEGIN KEY-----\nabc==\n-----END KEY-----\n", "first\n\n  second"),
        FileSecret("B", "it's"), FileSecret("C", "$5 #x", "note"), FileSecret("D", 'a"b'),
        FileSecret("E", "C:\\new"), FileSecret("F", ""), FileSecret("G", " x "),
    ]  # fmt: skip
    read = parse(write(asked, kind).text.encode())
    if kind in ("shell", "json"):
        asked = [FileSecret(secret.name, secret.value) for secret in asked]
    assert read == asked
