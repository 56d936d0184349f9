"""Secrets into a file: what is written reads back."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from st_tui.core.errors import Refusal
from st_tui.core.secret import check_name
from st_tui.core.secret_files import SecretFileError
from st_tui.core.secret_files.read import parse
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
PLAIN_NAME = re.compile(r"[\w.-]+")


@given(st.dictionaries(NAMES, VALUES, min_size=1), st.sampled_from(["dotenv", "json"]))
@example({"A": "it's\n\\"}, "dotenv")
@example({"A": "\\'", "B": "'\\", "C": "\\\\", "D": "a\\b"}, "dotenv")
@example({"A": "first\n" + " " * 300 + "\\n'"}, "dotenv")
@example({"A": "-----BEGIN KEY-----\nabc==\n-----END KEY-----\n"}, "dotenv")
@example({"A.B": "x", "é": "y", "export": "z", "1": ""}, "dotenv")
@example({"A B": "x", "#": "y", "export": "z", "a=b": ""}, "json")
def test_what_is_written_reads_back_the_same(values: dict[str, str], kind: Format) -> None:
    try:
        text = write(values, kind)
    except SecretFileError:
        assert kind == "dotenv"
        assert not all(map(PLAIN_NAME.fullmatch, values))
        return
    assert {secret.name: secret.value for secret in parse(text.encode())} == values


def test_what_others_can_read_is_written_plainly() -> None:
    values = {"A": "x y", "B": "a\nb", "C": "it's", "D": r"C:\dir", "E": "${A} #", "F": ""}
    assert write(values, "dotenv") == (
        "A='x y'\nB='a\nb'\nC=\"it's\"\nD='C:\\dir'\nE='${A} #'\nF=''\n"
    )
    assert json.loads(write(values, "json")) == values


def test_a_name_that_breaks_its_line_is_not_written() -> None:
    for name in ("A\nB", "A='x'\nB", "", "it's#"):
        with pytest.raises(SecretFileError):
            write({name: "x"}, "dotenv")
