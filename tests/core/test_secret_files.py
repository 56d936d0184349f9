"""Secrets in a file: what is written reads back, and what is not clear is refused whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from st_tui.core.errors import Refusal
from st_tui.core.secret import check_name
from st_tui.core.secret_files import SecretFileError
from st_tui.core.secret_files.read import LARGEST_FILE, parse
from st_tui.core.secret_files.write import Format, write


def is_name(text: str) -> bool:
    try:
        return check_name(text) == text
    except Refusal:
        return False


VALUES = st.text(
    st.one_of(
        st.sampled_from("'\"\\#$`{} \t\r\n=nrt@-"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    )
)
NAMES = st.text("ABz_09.-#='\" é日\u3000$", min_size=1, max_size=8).filter(is_name)


@given(st.dictionaries(NAMES, VALUES, min_size=1), st.sampled_from(["dotenv", "json"]))
@example({"A": "it's\n\\"}, "dotenv")
@example({"A": "\\'", "B": "'\\", "C": "\\\\", "D": "a\\b"}, "dotenv")
@example({"A": "first\n" + " " * 300 + "\\n'"}, "dotenv")
@example({"A": "-----BEGIN KEY-----\nabc==\n-----END KEY-----\n"}, "dotenv")
@example({"A B": "x", "#": "y", "export": "z", "a=b": ""}, "dotenv")
def test_what_is_written_reads_back_the_same(values: dict[str, str], kind: Format) -> None:
    try:
        text = write(values, kind)
    except SecretFileError:
        assert kind == "dotenv"
        assert any("'" in name for name in values)
        return
    assert parse(text.encode()) == values


def test_what_others_can_read_is_written_plainly() -> None:
    values = {"A": "x y", "B": "a\nb", "C": "it's", "D": r"C:\dir", "E": "${A} #", "F": ""}
    assert write(values, "dotenv") == (
        "A='x y'\nB='a\nb'\nC=\"it's\"\nD='C:\\dir'\nE='${A} #'\nF=''\n"
    )
    assert json.loads(write(values, "json")) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=x", {"A": "x"}),
        ("\ufeffA=x\r\nB=y\r\n", {"A": "x", "B": "y"}),
        ("# note\n\nexport A=x # why\n", {"A": "x"}),
        ("A=\n", {"A": ""}),
        ("A=${B}\nB='1'", {"A": "${B}", "B": "1"}),
        ('A="1\n2"', {"A": "1\n2"}),
        ("A=x\nA=x", {"A": "x"}),
        ("A=a=b#c", {"A": "a=b#c"}),
        (' {"A": "x\\ny"}', {"A": "x\ny"}),
        ('{"A": "x", "A": "x"}', {"A": "x"}),
        ('[{"key": "A", "value": "x", "type": "shared"}]', {"A": "x"}),
    ],
)
def test_files_of_others_are_read(text: str, values: dict[str, str]) -> None:
    assert parse(text.encode()) == values


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no secrets"),
        (b"# nothing\n", "no secrets"),
        (b"{}", "no secrets"),
        (b"[]", "no secrets"),
        (b"\xff\xfeA\0=\0s3cret", "UTF-8"),
        (b"\x7fELF\x02\x01\0s3cret\x80", "UTF-8"),
        (b"\n\nA=x\n\ns3cret\n", "Line 5 has no ="),
        (b"A='s3cret\nB=x\n", "Line 1 is not clear"),
        (b"A=x\nA B=s3cret", "Line 2 is not clear"),
        (b'A="x" s3cret', "Line 1 is not clear"),
        (b"A=-----BEGIN-----\ns3cret==\n-----END-----\n", "Line 3 has no ="),
        (b"A=s3cret\n\nA=other", "Line 3 gives a secret another value"),
        (b"A:s3cret=x", "Line 1: A secret's name cannot contain a colon"),
        (b"A=s3cret\0", "Line 1: The secret's value holds a NUL"),
        (b"A\x1b=s3cret", "Line 1: The secret's name holds the control character \\x1b"),
        (b"A=s3cret" + b" " * 300, "Line 1 has a gap"),
        (b"A=" + b"x" * 600_000, "Line 1: The secret's value is over"),
        (b"A" * 300 + b"=s3cret", "Line 1: The secret's name has 300"),
        (b"x" * (LARGEST_FILE + 1), "divide it"),
        (b'{"A": "s3cret"', "broken at line 1"),
        (b"{" + b'"A":{' * 100_000, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"A": {"B": "s3cret"}}', "Entry 1 of the JSON is not a name and a text"),
        (b'{"A": "x", "B": 7}', "Entry 2"),
        (b'{"A": ' + b"9" * 5000 + b"}", "broken"),
        (b'{"A": "s3cret", "A": "x"}', "Entry 2 gives a secret another value"),
        (b'{"A": "\\ud800"}', "Entry 1: The secret's value holds a broken character"),
        (b'["s3cret"]', "Entry 1"),
        (b'[["A", "s3cret"]]', "Entry 1"),
        (b"[{}]", "Entry 1"),
        (b'[{"key": "A", "key": "B", "value": "s3cret"}]', "Entry 1"),
        (b'[{"key": "A"}]', "Entry 1"),
        (b'{"A/B": "s3cret"}', "Entry 1: A secret's name cannot contain"),
    ],
    ids=range(33),
)
def test_what_is_not_clear_is_refused_without_repeating_it(data: bytes, said: str) -> None:
    with pytest.raises(SecretFileError) as refused:
        parse(data)
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_that_breaks_its_line_is_not_written() -> None:
    for name in ("A\nB", "A='x'\nB", "", "it's#"):
        with pytest.raises(SecretFileError):
            write({name: "x"}, "dotenv")
