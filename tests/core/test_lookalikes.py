"""Characters that look like others: what is said of them is what Unicode says of them."""

from __future__ import annotations

import unicodedata

import pytest

from st_tui.core.lookalikes import looks_like, mixture, script, skeleton


@pytest.mark.parametrize(
    ("character", "taken_for"),
    [
        ("\u0441", "c"),  # Cyrillic
        ("\u041d", "H"),
        ("\u03bf", "o"),  # Greek
        ("\u0585", "o"),  # Armenian
        ("\uff43", "c"),  # full width
        ("\U0001d41c", "c"),  # mathematical
        ("é", "e"),
        ("ё", "e"),
        ("–", "-"),
        ("∕", "/"),
        ("／", "/"),
        ("＊", "*"),
        ("a", None),
        ("ж", None),
        ("日", None),
        ("🙂", None),
        ("\u00a0", None),
    ],
    ids=ascii,
)
def test_what_a_character_is_taken_for(character: str, taken_for: str | None) -> None:
    assert looks_like(character) == taken_for


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("a", "Latin"),
        ("é", "Latin"),
        ("\u0441", "Cyrillic"),
        ("\u03bf", "Greek"),
        ("א", "Hebrew"),
        ("ก", "Thai"),
        ("日", "East Asian"),
        ("か", "East Asian"),
        ("ｶ", "East Asian"),
        ("한", "East Asian"),
        ("ㄅ", "East Asian"),
        ("7", None),
        ("-", None),
        ("🙂", None),
        ("ー", None),  # goes with Hiragana and Katakana alike
    ],
    ids=ascii,
)
def test_the_script_of_a_letter(character: str, name: str | None) -> None:
    assert script(character) == name


@pytest.mark.parametrize(
    "text",
    [
        "ci-deploy 7",
        "Zürich",
        "бэкап-7",
        "日本語テスト",
        "API サーバー",
        "한국어 漢字",
        "中文 ㄅㄆ a",
        "🙂",
    ],
)
def test_a_text_in_one_script_or_an_east_asian_mixture_is_no_mixture(text: str) -> None:
    assert mixture(text) is None


@pytest.mark.parametrize(
    ("text", "scripts", "odd"),
    [
        ("\u0441i-deploy", ("Cyrillic", "Latin"), "\u0441"),
        ("ci-depl\u03bfy", ("Latin", "Greek"), "\u03bf"),
        ("\u0441\u0441\u0441i", ("Cyrillic", "Latin"), "\u0441"),  # however few of them are Latin
        ("日本\u0441", ("East Asian", "Cyrillic"), "\u0441"),
        ("a日本\u0441", ("Latin", "East Asian", "Cyrillic"), "日"),
    ],
    ids=ascii,
)
def test_a_mixture_names_its_scripts(text: str, scripts: tuple[str, ...], odd: str) -> None:
    found = mixture(text)
    assert found is not None
    assert found == (scripts, odd)


def test_texts_that_look_alike_have_one_skeleton() -> None:
    alike = [
        "ci deploy",
        "\u0441i deploy",
        "ci\u00a0deploy",
        "ci  deploy",
        "ｃｉ deploy",
        "ci\u200b deploy ",
    ]
    assert {skeleton(text) for text in alike} == {"ci deploy"}
    assert skeleton("CI deploy") != skeleton("ci deploy")
    assert skeleton("café") != skeleton("cafe")


def test_what_looks_like_ascii_is_none_of_it() -> None:
    taken = [chr(n) for n in range(0x80, 0x30000) if looks_like(chr(n))]
    assert len(taken) > 900
    for character in taken:
        assert unicodedata.category(character)[0] not in "CZ"
        assert (looks_like(character) or "").isascii()
