"""Warnings about names that cannot be told apart."""

from __future__ import annotations

import pytest

from st_tui.core.lint.names import Names
from st_tui.core.lint.names import about_name as warnings_about


def about_name(name: str, names: Names, *, is_among: bool = False) -> list[str]:
    return [warning.text for warning in warnings_about(name, names, is_among=is_among)]


@pytest.mark.parametrize("name", ["web", "Ünïcode 名前", "API サーバー", "бэкап", "👩 x", "a b"])
def test_a_name_of_its_own_is_silent(name: str) -> None:
    assert about_name(name, Names(["ci", "ci-deploy"])) == []
    assert about_name(name, Names(["ci", name]), is_among=True) == []


def test_the_same_name_is_counted() -> None:
    names = Names(["ci", "ci", "web"])
    assert about_name("web", names) == [
        "1 other token has the same name: only the id tells them apart."
    ]
    assert about_name("ci", names)[0].startswith("2 other tokens have the same name")
    assert about_name("ci", names, is_among=True)[0].startswith("1 other token has")


def test_a_mixture_of_scripts_names_the_letter_and_what_it_is_taken_for() -> None:
    assert about_name("\u0441i-deploy", Names(["ci-deploy", "\u0441i-deploy"]), is_among=True) == [
        "The name mixes Cyrillic and Latin letters: it has \u0441 U+0441 "
        "(CYRILLIC SMALL LETTER ES), which looks like c.",
        "The name looks like that of another token: “ci-deploy”.",
    ]


def test_a_name_that_looks_like_another_without_a_mixture() -> None:
    assert about_name("сосо", Names(["coco"])) == [
        "The name looks like that of another token: “coco”."
    ]
    names = Names(["a b", "a\u00a0b", "a\u2003b", "a  b", "\x1ba b"])
    assert about_name("a b", names, is_among=True) == [
        "The name looks like that of another token: “a  b”, “a\xa0b” and 1 more."
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ci\u200b", "The name holds the invisible character U+200B (ZERO WIDTH SPACE): only a "),
        ("ci ", "The name ends with the blank U+0020 (SPACE): only a clone can have one without"),
    ],
)
def test_a_name_of_an_old_token_that_none_could_be_given_now(name: str, said: str) -> None:
    assert about_name(name, Names([name]), is_among=True)[0].startswith(said)
