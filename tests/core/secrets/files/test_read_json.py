"""JSON: an object of texts, a list of objects, or an object on each line."""

from __future__ import annotations

import pytest

from st_tui.core.secrets.files.read import LARGEST_FILE, parse
from tests.core.secrets.files.refusals import refusal


def read(text: str) -> list[tuple[str, str, str]]:
    """The name, value and comment of each secret."""
    return [(secret.name, secret.value, secret.comment) for secret in parse(text.encode())]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        (' {"A": "x\\ny"}\n', [("A", "x\ny", "")]),
        ('\ufeff{"A": "x", "A": "x"}', [("A", "x", "")]),
        ('{"secrets": "x"}', [("secrets", "x", "")]),
        ('{"KEY": "x", "VALUE": "y"}', [("KEY", "x", ""), ("VALUE", "y", "")]),
        ('[{"key": "A", "value": "x", "tags": [], "comment": ""}]', [("A", "x", "")]),
        ('[{"name": "A", "value": "x", "comment": null}]', [("A", "x", "")]),
        ('[{"Secret_Key": "A", "VALUE": "x", "Comment": 7}]', [("A", "x", "7")]),
        (
            '{"secrets": [{"version": 3, "secretKey": "A", "secretValue": "x", '
            '"secretComment": "\u00e9\\n"}]}',
            [("A", "x", "\u00e9\n")],
        ),
        (
            '{"key":"A","value":"x"}\r\n\n{"key":"B","value":1.10,"comment":"c"}\n',
            [("A", "x", ""), ("B", "1.10", "c")],
        ),
    ],
)
def test_every_form_is_taken(text: str, secrets: list[tuple[str, str, str]]) -> None:
    assert read(text) == secrets


@pytest.mark.parametrize(
    "written",
    ["1.0", "0.10", "1e5", "1E+5", "-0", "0", "true", "false", "12345678901234567890123456789",
     "0.1000000000000000055511151231257827", "1e400", "9" * 5000],
)  # fmt: skip
def test_numbers_and_truth_values_are_the_text_that_is_written(written: str) -> None:
    for text in (
        f'{{"A":{written}}}',
        f'[{{"key":"A","value":{written}}}]',
        f'{{"secrets":[{{"secretKey":"A","secretValue": {written} }}]}}',
        f'{{"key":"A","value":{written}}}\n{{"key":"A","value":{written}}}',
    ):
        assert read(text) == [("A", written, "")]


FORM = "is not a name and a text: write an object of texts, or a list of"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no secrets"),
        (b"{}", "no secrets"),
        (b"[]", "no secrets"),
        (b'{"secrets": []}', "no secrets"),
        (b'\xff\xfe{\0"s3cret"', "UTF-8"),
        (b"{" + b" " * LARGEST_FILE, "divide it"),
        (b'{"A": "s3cret"', "broken at line 1"),
        (b'{"A": "x",\n"B": s3cret}', "broken at line 2"),
        (b'{"A": 01}', "broken at line 1"),
        (b"{" + b'"A":{' * 100_000, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"A": {"B": "s3cret"}}', f"Entry 1 of the JSON {FORM}"),
        (b'{"A": "x", "B": ["s3cret"]}', f"Entry 2 of the JSON {FORM}"),
        (b'{"A": "x", "s3cret": null}', 'Entry 2 of the JSON is null: write "" for an empty'),
        (b'{"s3cret": NaN}', "Entry 1 of the JSON is no number that JSON has"),
        (b'{"s3cret": -Infinity}', "Entry 1 of the JSON is no number that JSON has"),
        (b'{"A": "s3cret", "A": "x"}', "Entry 2 gives a secret another value"),
        (b'{"A": "s3cret", " A ": "x"}', "Entry 2 gives a secret another value"),
        (b'{"A": "\\ud800"}', "Entry 1: The secret's value holds a broken character"),
        (b'{"A": "s3cret\\u0000"}', "Entry 1: The secret's value holds a NUL"),
        (b'{"A/s3cret": "x"}', "Entry 1: A secret's name cannot contain"),
        (b'{"": "s3cret"}', "Entry 1: The secret's name is empty"),
        (b'["s3cret"]', f"Entry 1 of the JSON {FORM}"),
        (b'[["A", "s3cret"]]', f"Entry 1 of the JSON {FORM}"),
        (b"[{}]", f"Entry 1 of the JSON {FORM}"),
        (b'[{"key": "A"}]', f"Entry 1 of the JSON {FORM}"),
        (b'[{"key": 7, "value": "s3cret"}]', f"Entry 1 of the JSON {FORM}"),
        (b'[{"key": "A", "name": "B", "value": "s3cret"}]', f"Entry 1 of the JSON {FORM}"),
        (b'[{"key": "A", "value": "x"}, {"key": "B", "value": {}}]', f"Entry 2 of the JSON {FORM}"),
        (b'[{"key": "A", "value": "x", "comment": ["s3cret"]}]', f"Entry 1 of the JSON {FORM}"),
        (b'[{"key": "A", "key": "s3cret", "value": "x"}]', "Entry 1 of the JSON has a field twice"),
        (b'[{"key": "A", "value": null}]', "Entry 1 of the JSON is null"),
        (b'{"secrets": [{"name": "s3cret"}]}', f"Entry 1 of the JSON {FORM}"),
        (b'{"secrets": {"A": "s3cret"}}', f"Entry 1 of the JSON {FORM}"),
        (b'{"secrets": [], "imports": ["s3cret"]}', f"Entry 1 of the JSON {FORM}"),
        (b'{"key": "s3cret", "value": "x"}', "may be one secret or two: write [ and ] around it"),
        (b'{\n"secretKey": "s3cret",\n"secretValue": "x"\n}', "may be one secret or two"),
        (b'[1] s3cret', "Line 1 is no JSON object"),
        (b'{"A": "x"}\ns3cret', f"Line 1 {FORM}"),
        (b'{"key": "A", "value": "x"}\n\ns3cret=1', "Line 3 is no JSON object"),
        (b'{"key": "A", "value": "x"}\n{"key": "s3cret"', "Line 2 is no JSON object"),
        (b'{"key": "A", "value": "x"} {"key": "s3cret", "value": "x"}', "Line 1 is no JSON object"),
        (b'{"key": "A", "value": "x"}\n["s3cret"]', "Line 2 is no JSON object"),
        (b'{"key": "A", "value": "x"}\n{"key": "A", "value": "s3cret"}', "Line 2 gives"),
        (b'{"key": "A", "value": "x"}\n{"key": "B", "value": NaN}', "Line 2 is no number"),
        (b'{"key": "A", "value": "x"}\n' + b"[" * 100_000, "Line 2 is no JSON object"),
    ],
    ids=range(46),
)  # fmt: skip
def test_what_is_not_clear_is_refused_without_repeating_it(data: bytes, said: str) -> None:
    assert said in refusal(data)
