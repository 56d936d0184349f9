"""A `.env` file: what its readers agree about is taken, all else refused with its line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from st_tui.core.secrets.files import FileSecret, SecretFileError
from st_tui.core.secrets.files.read import parse
from tests import env_readers
from tests.core.secrets.files.refusals import refusal

PIECES = [
    *"AB='\"\\#$`~:;&|<>()[]{}!*?+-., \t\nnrtv\u00a0\u2028\ufeff\u00e9",
    *("export ", "A=", "\nB='", "\r\n", "' # ", '" #', r"'\''", "\n# ", "&&", "||", " C=", "~/"),
]


def lines(name: str) -> st.SearchStrategy[str]:
    """Lines about this secret: many of them clear, none of them plain."""
    inside = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
    quoted = st.tuples(st.sampled_from("'\"'\"` "), inside).map(lambda p: f"{p[0]}{p[1]}{p[0]}")
    return st.tuples(
        st.sampled_from(["", "", "", "export ", "# note\n", "\n", " "]),
        st.sampled_from([f"{name}=", f"{name}=", f"{name}=", f"{name} = "]),
        st.one_of(quoted, quoted, inside),
        st.sampled_from(["", "", "", " # why", " ", "\r", "#"]),
    ).map("".join)


CLEAR = st.tuples(lines("A"), lines("B")).map("\n".join)
ANY_TEXTS = st.one_of(
    lines("A"), CLEAR, CLEAR, st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
)


def read(text: str) -> dict[str, str] | None:
    """The values by name; None for a text that is refused."""
    try:
        return {secret.name: secret.value for secret in parse(text.encode())}
    except SecretFileError:
        return None


def has_shells_quotes(text: str) -> bool:
    """Whether single quotes may be a shell's, in which others read a backslash."""
    return r"'\''" in text or ("export" in text and "\\" in text)


def assert_agrees(ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Nobody reads another value, or a name that we do not."""
    # node makes a name of more than one line where a blank begins the second.
    assert {name for name in theirs if re.fullmatch(r"[\w.-]+", name)} <= ours.keys()
    for name in ours.keys() & theirs.keys():
        assert theirs[name] == ours[name]


@given(ANY_TEXTS)
def test_what_is_taken_is_read_alike_by_python_dotenv(text: str) -> None:
    ours = read(text)
    if ours is not None and not has_shells_quotes(text):
        assert_agrees(ours, env_readers.python_dotenv(text))


@settings(deadline=None)
@pytest.mark.parametrize("name", ["node", "npm"])
@given(text=ANY_TEXTS)
def test_what_is_taken_is_read_alike_by_node_and_npm_dotenv(text: str, name: str) -> None:
    theirs = env_readers.node(text, name)
    ours = read(text)
    # The escapes in double quotes that each has not.
    unknown = (r"\\", '\\"', r"\r") if name == "node" else (r"\\", '\\"')
    if ours is None or has_shells_quotes(text) or any(escape in text for escape in unknown):
        return
    assert_agrees(ours, theirs)


@settings(deadline=None)
@given(text=ANY_TEXTS)
def test_what_is_taken_is_read_alike_by_bash(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours = read(text)
    # What stands for itself here, though a shell has its own for it; and the escapes it lacks.
    if ours is None or any(piece in text for piece in ("$", "`", r"\n", r"\r", "\r")):
        return
    if re.search("&[ABC]=", text):  # As in the query of a URL: no value of this name for a shell.
        return
    file = tmp_path_factory.getbasetemp() / "sourced.env"
    file.write_text(text, encoding="utf-8", newline="")
    names = [known for known in ours if known in ("A", "B", "C")]
    assert_agrees(ours, env_readers.shell("bash", file, names))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=x", {"A": "x"}),
        ("\ufeffA=x\r\nB='y' \r\n", {"A": "x", "B": "y"}),
        ("# note\n\nexport A=x # why\n", {"A": "x"}),
        ("A=\nB='' # nothing\n", {"A": "", "B": ""}),
        ("  A = x y  # why\n\t\nB= 'z'\t# why\n", {"A": "x y", "B": "z"}),
        ("A=${B}\nB='$1'\nC=\"$\"", {"A": "${B}", "B": "$1", "C": "$"}),
        ('A="pa$$word ${B} `id` $(id)"', {"A": "pa$$word ${B} `id` $(id)"}),
        (r'A="C:\\Users\\v2\\abc \"q\" \\b"', {"A": r'C:\Users\v2\abc "q" \b'}),
        (r'A="a\nb\r\n\\n"', {"A": "a\nb\r\n\\n"}),
        (r"A='C:\Users\v2\abc' # \d", {"A": r"C:\Users\v2\abc"}),
        (r"A='\bword\b'", {"A": r"\bword\b"}),
        ("A='1\n# 2\n\n\"3\"=`4`\n'", {"A": '1\n# 2\n\n"3"=`4`\n'}),
        ('A="1\n2\'3"\nB=4', {"A": "1\n2'3", "B": "4"}),
        ("A=x\nA='x'", {"A": "x"}),
        ("A=a=b==", {"A": "a=b=="}),
        ("URL=https://h:1/p?x=1&y=%20|z[0]{1,2}*!^@+,.~", {"URL": "https://h:1/p?x=1&y=%20|z[0]{1,2}*!^@+,.~"}),
        (r"export A='it'\''s \\ $(id)' # why", {"A": r"it's \\ $(id)"}),
        (r"A='it'\''s \\ \'", {"A": "it's \\\\ \\"}),
        (r"A=''\'''\'''", {"A": "''"}),
        (r"export A='\\server\x\'", {"A": "\\\\server\\x\\"}),
        ("export -- A='x'\nexport -- B=y", {"A": "x", "B": "y"}),  # as Infisical's own CLI
        ("a.b-c_1=x\n2=y\né=z\nexport=w", {"a.b-c_1": "x", "2": "y", "é": "z", "export": "w"}),
    ],
)  # fmt: skip
def test_what_is_clear_is_taken(text: str, values: dict[str, str]) -> None:
    assert read(text) == values


BACKSLASH = r"backslash in double quotes that is none of \\ \" \n \r: write \\ for a backslash"
SINGLE = "drop in single quotes: write double quotes"
TAIL = "goes on after the closing quote"
OPEN = "opens a quote that nothing closes"
SHELLS = "has one of ; < > && || ~ ( where a shell acts on it"
SECOND = "a blank where a shell begins another name"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (r'A="C:\Users\v2\abc"', BACKSLASH),
        (r'A="\bword\b"', BACKSLASH),
        (r'A="pa\$\$word"', BACKSLASH),
        (r'A="\t"', BACKSLASH),
        (r'A="\u0041"', BACKSLASH),
        (r'A="\x41"', BACKSLASH),
        (r'A="\101"', BACKSLASH),
        (r'A="it\'s"', BACKSLASH),
        (r'A="\`"', BACKSLASH),
        (r'A="a\ b"', BACKSLASH),
        (r'A="\N"', BACKSLASH),
        ('A="a\\\nb"', BACKSLASH),
        (r'export A="\!"', BACKSLASH),
        ("A=`s3cret`", "begins a value with a backquote"),
        ("A= `s3cret", "begins a value with a backquote"),
        ("A=`two\nlines`", "begins a value with a backquote"),
        ("A=a`s3cret`", "has \\ or a backquote outside quotes"),
        (r"A=a\ b", "has \\ or a backquote outside quotes"),
        (r"A=C:\new", "has \\ or a backquote outside quotes"),
        ("A=s3cret\\", "has \\ or a backquote outside quotes"),
        (r"A='a\\b'", SINGLE),
        (r"A='it\'s'", SINGLE),
        ("A='s3cret\\'", SINGLE),
        ("A=it's", "has a quote inside a value without quotes"),
        ('A=a"b"c', "has a quote inside a value without quotes"),
        ("A=$'a'", "has a quote inside a value without quotes"),
        ("A=s3cret#1", "has # without a blank before it"),
        ("A=#s3cret", "has # without a blank before it"),
        # python-dotenv took it for the value before 1.2.4.
        ("A= # s3cret", "has only a comment behind ="),
        ("export A=  #s3cret", "has only a comment behind ="),
        ("A=x#y # z", "has # without a blank before it"),
        ("A=x\t# y", "has a tab or an unusual blank outside quotes"),
        ("A=\tx", "has a tab or an unusual blank outside quotes"),
        ("A=\t'x'", "has a tab or an unusual blank outside quotes"),
        ("A=x\u00a0", "has a tab or an unusual blank outside quotes"),
        ("A=x\u2028B=y", "has a tab or an unusual blank outside quotes"),
        ("A=x\ufeff", "has a tab or an unusual blank outside quotes"),  # a blank in JavaScript
        ("A=x\x1c", "has a tab or an unusual blank outside quotes"),
        ("A=a;s3cret", SHELLS),
        ("A=s3cret<b", SHELLS),
        ("A=s3cret >b", SHELLS),
        ("A=a && s3cret", SHELLS),
        ("A=a||s3cret", SHELLS),
        ("A=~/s3cret", SHELLS),
        ("A=/bin:~/s3cret", SHELLS),
        ("A=(a s3cret)", SHELLS),
        ("A=1 B=s3cret", SECOND),
        ("A= B=s3cret", SECOND),
        ("A=1 export B+=s3cret", SECOND),
        ("A=1 B[0]=s3cret", SECOND),
        ("A= B[C[0]]+=s3cret", SECOND),
        ("export A=s3cret two", SECOND),
        ("export A= 's3cret'", "has a blank after ="),
        ("export A = s3cret", "has a blank after ="),
        ("A='x' s3cret", TAIL),
        ("A='x's3cret", TAIL),
        ("A='x'# s3cret", TAIL),
        ('A="x""s3cret"', TAIL),
        ("A='x'\"s3cret\"", TAIL),
        ("A='it'\\'s3cret'", TAIL),
        ("A='''s3cret'''", TAIL),
        ("A='x'\u00a0# s3cret", TAIL),
        ("A='s3cret", OPEN),
        ('A="s3cret\nmore', OPEN),
        ('A="s3cret\\"', OPEN),
        ("A='a\r\nb'", "ends with a carriage return in quotes"),
        ("A=a\rB=b", "a carriage return that ends no line"),
        ("A='a\rb'", "a carriage return that ends no line"),
        ("s3cret", "has no ="),
        ("A: s3cret", "has no ="),
        ("export s3cret", "has no ="),
        ("A s3cret=x", "has a name of other signs"),
        ("'A'=s3cret", "has a name of other signs"),
        ('"A"=s3cret', "has a name of other signs"),
        ("A+=s3cret", "has a name of other signs"),
        ("A[0]=s3cret", "has a name of other signs"),
        ("$A=s3cret", "has a name of other signs"),
        ("=s3cret", "has a name of other signs"),
        ("A:s3cret=x", "has a name of other signs"),
        ("A\x1b=s3cret", "has a name of other signs"),
        ("{A=s3cret", "has a name of other signs"),
        ("# x\u2028B=s3cret", "has a line separator"),
        ("A='x' # x\u2029B=s3cret", "has a line separator"),
        ("raw=s3cret", ": A secret cannot be named raw"),
        ("..=s3cret", ": A secret cannot be named . or .."),
        ("A=s3cret\0", ": The secret's value holds a NUL"),
        ("# s3cret\0\nA=x", ": The secret's comment holds a NUL"),
        ("A=" + "x" * 600_000, ": The secret's value is over"),
        ("A" * 300 + "=s3cret", ": The secret's name has 300"),
        ("B=s3cret", "gives a secret another value"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_refused_with_its_line(line: str, said: str) -> None:
    sentence = refusal(f"# note\nB='two\nlines'\n\n{line}\nC=1\n".encode())
    number = 5 + (line.startswith("# s3cret"))
    assert sentence.startswith(f"Line {number}{'' if said.startswith(':') else ' '}")
    assert said in sentence


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('A="1\n2\n\\t"', 3),
        ("A='1\n\\\\'", 2),
        ('A="1\n2" x', 2),
        ("A='1\n2\r\n3'", 2),
        ("A='1\n2\r3'", 2),
        ("A=1\r\n\r\nB\r\n", 3),
    ],
)
def test_the_line_is_that_of_the_fault_in_a_value_of_several(text: str, number: int) -> None:
    with pytest.raises(SecretFileError, match=f"^Line {number} "):
        parse(text.encode())


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("# one\nA=x", ["one"]),
        ("#one\n  # two \n#\n##  three\nA=x", ["one\ntwo \n\n#  three"]),
        ("# of a group\n\nA=x\nB=y", ["", ""]),
        ("# of a group\n \t\n# its own\nA=x\n# last", ["its own"]),
        ("#!/bin/sh\nA=x\n#!y\nB=y", ["", "!y"]),
        ("#!/bin/sh\n# z\nA=x", ["z"]),
        ("# one\r\n# two\r\nA=x\r\n", ["one\ntwo"]),
        ("# one\nexport A='x\n# no\n' # beside\nB=y # b\nC='' #", ["one\nbeside", "b", ""]),
        ("# ü ${X} \\n `y` 'z\nA=x", ["ü ${X} \\n `y` 'z"]),
        ("# one\nA=x\nA=x\n", ["one"]),
        ("A=x\n# one\nA=x\n", ["one"]),
    ],
)
def test_the_lines_right_above_a_name_are_its_comment(text: str, comments: list[str]) -> None:
    assert [secret.comment for secret in parse(text.encode())] == comments


def test_two_comments_for_one_secret_are_refused() -> None:
    with pytest.raises(SecretFileError, match=r"^Line 4 gives a secret another comment"):
        parse(b"# s3cret\nA=x\n# other\nA=x\n")


def test_a_secret_of_a_file_shows_in_no_repr() -> None:
    assert "s3cret" not in repr(parse(b"# s3cret\ns3cret=s3cret"))
    assert parse(b"# c\nA=x") == [FileSecret("A", "x", "c")]


@pytest.mark.parametrize(
    "text",
    [
        "A='" + "\n" * 3_000_000,
        "# x\n" * 100_000,
        "A=''\n" * 100_000,
        "A=" + " " * 400_000 + "x",
        "A=" + "~:" * 200_000,
        "A=" + " A" * 200_000,
        "A=" + " A[" * 200_000,
        "A=" + " A[" * 200_000 + "]" * 200_000,
        "A=" + "'\\''" * 100_000,
        'A="' + "\\" * 500_000,
        "A='" * 900_000,
        "A" * 3_000_000,
        " " * 3_000_000 + "A",
    ],
)
def test_a_large_file_takes_linear_time(text: str) -> None:
    """It is read or refused; where time grew faster, this would hang."""
    values = read(text)
    assert values is None or values.keys() == {"A"}
