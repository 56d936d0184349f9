"""CSV and TSV: each cell as it stands, and no file that may be of another kind."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from st_tui.core.secrets.files import FileSecret, SecretFileError
from st_tui.core.secrets.files.read import parse
from tests.core.secrets.files.refusals import refusal

CELLS = st.text(
    st.one_of(
        st.sampled_from("\"',;\t\r\n \\#=|"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    )
)
ROWS = st.dictionaries(
    st.from_regex(r"[A-Za-z_]{1,6}", fullmatch=True).filter(lambda name: name != "raw"),
    st.tuples(CELLS, CELLS),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.sampled_from(["excel", "excel-tab", "unix"]))
@example({"A": ("a\r\nb\rc\n", "\r")}, "excel")
@example({"A": ('"', '""'), "B": ("'x'", " x ")}, "unix")
@example({"A": ("x" * 200_000, "")}, "excel-tab")
def test_every_cell_is_taken_as_it_stands(rows: dict[str, tuple[str, str]], dialect: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, dialect)
    writer.writerow(("Key", "Value", "Comment"))
    writer.writerows((name, *cells) for name, cells in rows.items())
    secrets = parse(written.getvalue().encode())
    assert {secret.name: (secret.value, secret.comment) for secret in secrets} == rows


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Key,Value\nA,x\n", {"A": "x"}),  # as Infisical's own CLI writes it
        ("\ufeffkey,value\r\nA,x\r\n\r\n", {"A": "x"}),
        ("\n\nname,value\n\nA,x", {"A": "x"}),
        ('"secretValue","other","secretKey"\nx,y,A', {"A": "x"}),
        ("SECRET_NAME\tVALUE\nA\t1,5\n", {"A": "1,5"}),
        ("key,value\nA,007\nB,1e5\nC,true\nD,\n", {"A": "007", "B": "1e5", "C": "true", "D": ""}),
        ("key,value\n A , x \nB,'y'\nC,-1;2\n", {"A": " x ", "B": "'y'", "C": "-1;2"}),
        ("key,value\nA,x=y\nB,# z\n", {"A": "x=y", "B": "# z"}),
        ("key,value\nA,x\nA,x\n", {"A": "x"}),
        ('key,value\nA,"x"\nB,"say ""hi"", twice"', {"A": "x", "B": 'say "hi", twice'}),
        ("key,value\nA," + "x" * 500_000, {"A": "x" * 500_000}),
    ],
)
def test_columns_are_found_by_their_titles(text: str, values: dict[str, str]) -> None:
    assert {secret.name: secret.value for secret in parse(text.encode())} == values


def test_a_column_holds_the_comments() -> None:
    text = "Comment\tKey\tValue\nsee wiki\tA\tx\n\tB\ty\n"
    assert parse(text.encode()) == [FileSecret("A", "x", "see wiki"), FileSecret("B", "y")]


TITLES = "does not name the columns of a CSV or TSV file: write one key and one value"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"key,value", "no secrets"),
        (b"key,value\n\n", "no secrets"),
        (b"key;value\nA;s3cret", f"Line 1 is no NAME=VALUE, and {TITLES}"),
        (b"A,s3cret\nB,x", f"Line 1 is no NAME=VALUE, and {TITLES}"),
        (b"\n\nkey,password\nA,s3cret", f"Line 3 is no NAME=VALUE, and {TITLES}"),
        (b"key,name,value\nA,B,s3cret", TITLES),
        (b"key,value,Value\nA,B,s3cret", TITLES),
        (b"key, value\nA, s3cret", TITLES),
        (b'key,"value\nA,s3cret', TITLES),
        (b"key\tpassword\nA\ts3cret", TITLES),
        (b"key\nA", "Line 1 has no ="),
        (b"key,value\nA,x\n\ns3cret\n", "Line 4 has fewer cells than the first line"),
        (b"key,value,comment\nA,s3cret\n", "Line 2 has fewer cells"),
        (b"key,value\n   \n", "Line 2 has fewer cells"),
        (b'key,value\nA,"x\n\ny"\nB,s3cret,\n', "Line 5 has more cells than the first line"),
        (b"key,value\nA,s3cret,with a comma\n", "Line 2 has more cells"),
        (b'key,value\nA,"x\ns3cret\nB,y\n', "Line 2 opens a quote that nothing closes"),
        (b'key,value\nA,s3cret"x"\n', "Line 2 has a quote in the middle of a cell"),
        (b'key,value\nA,x\nB,"x" s3cret\n', "Line 3 has a quote in the middle of a cell"),
        (b'key,value\nA, "s3cret"\n', "Line 2 has a quote in the middle of a cell"),
        (b'key,value\nA,"x\\"s3cret"\n', "Line 2 has a quote in the middle of a cell"),
        (b'key,value\nA,"x\ny"s3cret\n', "Line 3 has a quote in the middle of a cell"),
        (b"key,value\nA,x\rs3cret,y\n", "Line 2 has a carriage return that ends no line"),
        (b"key,value\nA,s3cret\0\n", "Line 2 holds a NUL character"),
        (b"key,value\nA,\xe9", "UTF-8"),
        (b"key,value\n,s3cret", "Line 2: The secret's name is empty"),
        (b"key,value\nA:s3cret,x", "Line 2: A secret's name cannot contain a colon"),
        (b'key,value\n"A\ns3cret",x', "Line 2: The secret's name holds the control character"),
        (b"key,value\nA,x\nA,s3cret", "Line 3 gives a secret another value"),
        (b"key,value,comment\nA,x,s3cret\nA,x,y", "Line 3 gives a secret another comment"),
        (b"key,value\nA," + b"x" * 600_000, "Line 2: The secret's value is over"),
        (b"key,value,comment\nA,," + b"x" * 600_000, "Line 2: The secret's comment is over"),
    ],
    ids=range(32),
)  # fmt: skip
def test_what_is_not_clear_is_refused_without_repeating_it(data: bytes, said: str) -> None:
    assert said in refusal(data)


@pytest.mark.parametrize(
    ("text", "name"),
    [("A=key,value", "A"), ("# key,value\nA=x", "A"), ("key=A,value", "key"), ("value=\tkey", None),
     ("key,value=x\nA,x", None), ("key\tvalue=\nA=1", None)],
)  # fmt: skip
def test_no_env_file_is_taken_for_a_table(text: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(SecretFileError, match=r"^Line 1 has a (name of other|tab)"):
            parse(text.encode())
    else:
        assert [secret.name for secret in parse(text.encode())] == [name]


def test_sqlite_utils_is_imported_for_a_table_alone() -> None:
    code = (
        "import sys\nfrom st_tui.core.secrets.files.read import parse\n"
        "parse(b'A=x'); parse(b'{\"A\":\"x\"}')\nassert 'sqlite_utils' not in sys.modules\n"
        "parse(b'key,value\\nA,x'); sys.exit('sqlite_utils' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
