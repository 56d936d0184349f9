"""JSON as its standard has it, and not as Python's own reader takes it."""

from __future__ import annotations

from json import JSONDecodeError

import pytest

from st_tui.core.json_text import NotJson, read_object, strict_decoder


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1, "a": 1}', "A key is there twice: leave one out."),
        ('[{"a": {"b": 1, "b": 2}}]', "A key is there twice: leave one out."),
        ('{"a": NaN}', "NaN is no JSON: leave it out."),
        ("-Infinity", "-Infinity is no JSON: leave it out."),
    ],
)
def test_what_python_would_read_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(NotJson) as refused:
        strict_decoder().decode(text)
    assert str(refused.value) == sentence


def test_an_object_is_made_as_asked_for() -> None:
    assert strict_decoder().decode('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert strict_decoder(dict).decode('{"a": 1, "a": 2}') == {"a": 2}
    with pytest.raises(JSONDecodeError):
        strict_decoder().decode("{")


def test_an_object_that_another_program_wrote() -> None:
    assert read_object('{"a": 1}') == read_object(b'{"a": 1}') == {"a": 1}
    for text in ("", "[]", "{", "1", '{"a": NaN}', b"\xff", "[" * 100_000):
        assert read_object(text) is None
