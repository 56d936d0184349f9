"""What the scope language refuses: where, what picomatch would do with it, what to write instead.

`facts` are picomatch's own answers that make the statement true; `tests/data/glob_facts.json` has
them as recorded by `make_glob_answers.mjs`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from st_tui.core.patterns import PatternRefused, compile_pattern, refusals

FACTS = json.loads((Path(__file__).parents[2] / "data" / "glob_facts.json").read_text("utf-8"))


class Refused(NamedTuple):
    pattern: str
    construct: str
    effect: str  # begins so
    rewrite: str
    facts: dict[str, bool] = {}  # noqa: RUF012 (never changed)
    mended: str | None = None  # the pattern with the rewrite in its place


ONE_STAR = "write * within a name, or ** between slashes for any depth"
LEAVE_OUT = "leave it out: no folder's name has one"
NAMES = "write the names you mean as a choice, such as {a,b}"
SCOPES_OR_CHOICE = "make a scope of each pattern, or a choice, such as {a,b}"
POSITIVE = "name what to grant: no pattern means all but something"

REFUSED = [
    # Classes
    Refused(
        "/team-[!0-9]",
        "[!0-9]",
        "takes the ! as one more character and grants 0 instead of excluding it",
        "write [^0-9]",
        {"/team-0": True, "/team-!": True, "/team-x": False},
        "/team-[^0-9]",
    ),
    Refused(
        "/[!a]/b",
        "[!a]",
        "takes the ! as one more character and grants a instead of excluding it",
        "write [^a]",
        {"/a/b": True, "/b/b": False},
        "/[^a]/b",
    ),
    Refused(
        "/[!.]",
        "[!.]",
        "takes the ! as one of the characters",
        "write ^ and then the characters to exclude, as in [^ab]",
        {"/!": True, "/.": True, "/a": False},
    ),
    Refused(
        "/[!]",
        "[!]",
        "takes the ! as one of the characters",
        "write ^ and then the characters to exclude, as in [^ab]",
        {"/!": True, "/a": False},
    ),
    Refused(
        "/v1.2/[[:alpha:]]",
        "[[:alpha:]]",
        "knows some such names, and forgets the escapes of the whole pattern",
        "write [A-Za-z]",
        {"/v1.2/a": True, "/v1x2/a": True, "/v1.2/1": False},
        "/v1.2/[A-Za-z]",
    ),
    Refused(
        "/v1.2/[[:digit:]]",
        "[[:digit:]]",
        "knows some such names, and forgets the escapes of the whole pattern for them"
        " (/v1.2/[[:digit:]] grants /v1x2/1)",
        "write [0-9]",
        {"/v1.2/1": True, "/v1x2/1": True},
        "/v1.2/[0-9]",
    ),
    Refused(
        "/[^[:digit:]]",
        "[^[:digit:]]",
        "knows some such names",
        "write [^0-9]",
        {"/a": True, "/1": False},
        "/[^0-9]",
    ),
    Refused(
        "/[[:graph:]]",
        "[[:graph:]]",
        "knows some such names",
        "write the characters themselves, such as [a-z]",
        {"/a": True},
    ),
    Refused(
        "/a/[b",
        "[",
        "takes it as an ordinary character",
        "close it, as in [ab]",
        {"/a/[b": True, "/a/b": False},
    ),
    Refused(
        "/[]",
        "[]",
        "takes the ] as an ordinary character",
        "write the characters, as in [ab]",
        {"/[]": True, "/": False},
    ),
    Refused(
        "/[^]a]",
        "[^]",
        "takes the ] as an ordinary character",
        "write the characters, as in [ab]",
        {"/b": True, "/]": False, "/a": False},
    ),
    Refused(
        "/x[a/b]y",
        "[a/b]",
        "takes the slash as one of the characters",
        "close it before the slash",
        {"/x/y": True, "/xay": True},
    ),
    Refused(
        "/[z-a]b",
        "[z-a]",
        "cannot read it and grants nothing by this pattern",
        "write [a-z]",
        {"/ab": False, "/zb": False, "/mb": False},
        "/[a-z]b",
    ),
    Refused(
        "/[^c-a]",
        "[^c-a]",
        "cannot read it and grants nothing by this pattern",
        "write [^a-c]",
        {"/b": False, "/x": False},
        "/[^a-c]",
    ),
    Refused(
        "/[-a]",
        "[-a]",
        "takes a - there as a character or as a range, by rules of its own",
        "write the - once and last, as in [a-z-]",
        {"/-": True, "/a": True},
    ),
    Refused(
        "/[a-c-e]",
        "[a-c-e]",
        "takes a - there as a character or as a range",
        "write the - once and last, as in [a-z-]",
        {"/-": True, "/b": True, "/d": False},
    ),
    Refused(
        "/[--a]",
        "[--a]",
        "takes a - there as a character or as a range",
        "write the - once and last, as in [a-z-]",
        {"/.": True, "//": True},
    ),
    Refused(
        "/[a.b]",
        "[a.b]",
        "has rules of its own for such characters in a class",
        "use ASCII letters, digits and _ there, or a choice of words such as {a,b}",
        {"/.": True, "/a": True, "/[a.b]": True},
    ),
    Refused(
        "/[\\w]",
        "[\\w]",
        "has rules of its own for such characters in a class",
        "use ASCII letters, digits and _ there, or a choice of words such as {a,b}",
        {"/a": True},
    ),
    Refused(
        "/[é]",
        "[é]",
        "has rules of its own for such characters in a class",
        "use ASCII letters, digits and _ there, or a choice of words such as {a,b}",
        {"/é": True},
    ),
    Refused("/a]", "]", "takes it literally", LEAVE_OUT, {"/a]": True, "/a": False}),
    # Stars
    Refused(
        "/v1.2/***",
        "***",
        "reads them as one * that may also stand for no name, and may forget the escapes",
        ONE_STAR,
        {"/v1.2/k": True, "/v1.2/": True, "/v1.2/k/l": False, "/v1x2/k": True},
    ),
    Refused(
        "/a/****/b",
        "****",
        "reads them as one *",
        ONE_STAR,
        {"/a/x/b": True, "/a/x/y/b": False, "/a/b": False},
    ),
    Refused(
        "/a**",
        "**",
        "keeps it at one level, like a single *",
        "write /a* for that, or /a/** for any depth",
        {"/ab": True, "/a": True, "/a/b": False},
    ),
    Refused(
        "/**b/c",
        "**",
        "keeps it at one level, like a single *",
        "write /*b/c for that, or /**/*b/c for any depth",
        {"/ab/c": True, "/x/ab/c": False},
    ),
    Refused(
        "/[ab]**",
        "**",
        "keeps it at one level, like a single *",
        "write /[ab]* for that, or /[ab]/** for any depth",
        {"/ax": True, "/a/x": False},
    ),
    Refused(
        "/**{a,b}",
        "**",
        "lets it cross folders here, though not before other text",
        ONE_STAR,
        {"/x/ya": True, "/a": True},
    ),
    # Choices
    Refused(
        "/{1..3}",
        "{1..3}",
        "takes the ends apart into characters ({1..10} grants 0 and 1, not 2)",
        "write {1,2,3}",
        {"/1": True, "/2": True, "/4": False},
        "/{1,2,3}",
    ),
    Refused(
        "/{1..10}",
        "{1..10}",
        "takes the ends apart into characters ({1..10} grants 0 and 1, not 2)",
        "write {1,2,3,4,5,6,7,8,9,10}",
        {"/1": True, "/0": True, "/2": False, "/10": False},
        "/{1,2,3,4,5,6,7,8,9,10}",
    ),
    Refused(
        "/v1.2/{1..3}",
        "{1..3}",
        "takes the ends apart into characters",
        "write {1,2,3}",
        {"/v1x2/1": True, "/v1.2/2": True},
        "/v1.2/{1,2,3}",
    ),
    Refused(
        "/k{08..11}",
        "{08..11}",
        "takes the ends apart into characters",
        "write {08,09,10,11}",
        {"/k08": False, "/k09": False},
        "/k{08,09,10,11}",
    ),
    Refused("/{a..c}", "{a..c}", "takes the ends apart", "write [a-c]", {"/b": True}, "/[a-c]"),
    Refused(
        "/{c..a}",
        "{c..a}",
        "takes the ends apart",
        "write the words themselves, such as {1,2,3}",
        {"/b": True},
    ),
    Refused(
        "/{dev..prod}",
        "{dev..prod}",
        "takes the ends apart",
        "write the words themselves, such as {1,2,3}",
        {"/dev": False, "/prod": False},
    ),
    Refused(
        "/{a,b..c}",
        "{a,b..c}",
        "takes the ends apart",
        "write the words themselves, such as {1,2,3}",
        {"/a": True, "/,": True, "/b": True},
    ),
    Refused(
        "/{a}/b",
        "{a}",
        "takes the braces around one word literally",
        "write a",
        {"/{a}/b": True, "/a/b": False},
        "/a/b",
    ),
    Refused("/{}", "{}", "takes the braces", "leave the braces out", {"/{}": True, "/": False}),
    Refused(
        "/{a,}",
        "{a,}",
        "lets nothing at all stand for it (/{a,} also grants /)",
        "make two scopes, one with the word and one without",
        {"/a": True, "/": True},
    ),
    Refused(
        "/{,a}/b",
        "{,a}",
        "lets nothing at all stand for it",
        "make two scopes, one with the word and one without",
        {"//b": True, "/a/b": True},
    ),
    Refused(
        "/{a,{b,c}}",
        "{a,{b,c}",
        "has rules of its own for a { within a {",
        "write one choice of whole words, such as {a,b,c}",
        {"/a": True, "/b": True},
    ),
    Refused(
        "/{a,{b}}",
        "{a,{b}",
        "has rules of its own for a { within a {",
        "write one choice of whole words, such as {a,b,c}",
        {"/b": False, "/{b}": True},
    ),
    Refused(
        "/{a,b/c}",
        "{a,b/c}",
        "lets it run across folders ({a,b/c} grants b/c)",
        "make two scopes",
        {"/b/c": True, "/a": True, "/b": False},
    ),
    Refused(
        "/{*,b}",
        "{*,b}",
        "drops the rule for leading dots there ({*,b} grants .hidden)",
        "make one scope of each word",
        {"/.hidden": True, "/": True},
    ),
    Refused(
        "/{?x,b}",
        "{?x,b}",
        "drops the rule for leading dots there",
        "make one scope of each word",
        {"/.x": True},
    ),
    Refused(
        "/{[^a]x,b}",
        "{[^a]x,b}",
        "drops the rule for leading dots there",
        "make one scope of each word",
        {"/.x": True},
    ),
    Refused(
        "/x/{a,b",
        "{",
        "cannot read it and grants nothing by this pattern",
        "close it, as in {a,b}",
        {"/x/a": False, "/x/b": False, "/x/": False},
    ),
    Refused("/a}", "}", "takes it literally", LEAVE_OUT, {"/a}": True, "/a": False}),
    # Groups
    Refused(
        "/!(a)",
        "!(a)",
        "grants other names by it, hidden folders and the empty name among them",
        NAMES,
        {"/b": True, "/.hidden": True, "/": True, "/a": False},
    ),
    Refused(
        "/a/!(b)/c",
        "!(b)",
        "grants other names by it, hidden folders and the empty name among them",
        NAMES,
        {"/a/x/c": True, "/a/.git/c": True, "/a//c": True, "/a/b/c": False, "/a/bb/c": False},
    ),
    Refused(
        "/+(a|b)",
        "+(a|b)",
        "lets it repeat, and newer versions may take it literally",
        NAMES,
        {"/a": True, "/abba": True},
    ),
    Refused(
        "/+(b|b)",
        "+(b|b)",
        "lets it repeat, and newer versions may take it literally",
        NAMES,
        {"/b": False, "/+(b|b)": True},
    ),
    Refused(
        "/*(a)",
        "*(a)",
        "lets it repeat or be missing, and newer versions may take it literally",
        NAMES,
        {"/": True, "/aa": True},
    ),
    Refused(
        "/x**(a|a)",
        "*(a|a)",
        "lets it repeat or be missing, and newer versions may take it literally",
        NAMES,
        {"/xyz": False},
    ),
    Refused(
        "/?(a)",
        "?(a)",
        "lets nothing at all stand for it (/?(a) also grants /)",
        "make two scopes, one with it and one without",
        {"/": True, "/a": True, "/b": False},
    ),
    Refused(
        "/@(a|b)/c",
        "@(a|b)",
        "grants each of the words, by rules of its own",
        "write {a,b}",
        {"/a/c": True, "/b/c": True, "/x/c": False},
        "/{a,b}/c",
    ),
    Refused(
        "/(dev|prod)",
        "(dev|prod)",
        "grants each of the words, by rules of its own",
        "write {dev,prod}",
        {"/dev": True, "/prod": True, "/devprod": False},
        "/{dev,prod}",
    ),
    Refused("/x(a)", "(a)", "grants each of the words", "write a", {"/xa": True}, "/xa"),
    Refused("/(*|b)", "(*|b)", "grants each of the words", NAMES, {"/.hidden": True}),
    Refused("/((a)|b)", "((a)|b)", "grants each of the words", NAMES, {"/a": True, "/b": True}),
    Refused("/{@(a),b}", "@(a)", "grants each of the words", "write a", {"/a": True}, "/{a,b}"),
    Refused(
        "/a(b",
        "(b",
        "takes a ( without its ) literally or cannot read it at all",
        LEAVE_OUT,
        {"/a(b": True, "/ab": False},
    ),
    Refused(
        "/!(a",
        "!(a",
        "takes a ( without its ) literally or cannot read it at all",
        LEAVE_OUT,
        {"/b": False},
    ),
    Refused(
        "/a)?",
        ")",
        "takes it literally, and a ? or + after it as a repetition",
        LEAVE_OUT,
        {"/a)": True, "/a": True, "/a)b": False},
    ),
    # Other characters
    Refused(
        "/prod|x",
        "|",
        "ends one pattern there and begins another (/a|b grants /a)",
        SCOPES_OR_CHOICE,
        {"/prod": True, "/x": False},
    ),
    Refused("/a|b", "|", "ends one pattern", SCOPES_OR_CHOICE, {"/a": True, "/b": False}),
    Refused(
        "/a,/b",
        ",",
        "takes it literally, and the whole as one pattern",
        SCOPES_OR_CHOICE,
        {"/a": False, "/b": False, "/a,/b": True},
    ),
    Refused("/a+b", "+", "takes it literally", LEAVE_OUT, {"/a+b": True, "/aab": False}),
    Refused(
        "/[ab]+",
        "+",
        "lets what stands before it repeat",
        LEAVE_OUT,
        {"/abba": True, "/a+": False},
    ),
    Refused(
        "/{a,b}+",
        "+",
        "lets what stands before it repeat",
        LEAVE_OUT,
        {"/abba": True, "/a+": False},
    ),
    Refused("/{+,a}", "+", "takes it literally", LEAVE_OUT),
    Refused(
        "/a\\d",
        "\\",
        "reads it as an escape (/a\\d grants /a5)",
        LEAVE_OUT,
        {"/a5": True, "/ad": False},
    ),
    Refused("/a\\*", "\\", "reads it as an escape", LEAVE_OUT, {"/a*": True, "/ab": False}),
    Refused(
        '/"a*"',
        '"',
        "drops it or takes it literally, depending on its place",
        LEAVE_OUT,
        {"/a*": True, "/ab": False},
    ),
    Refused('/a"b', '"', "drops it or takes it literally", LEAVE_OUT, {'/a"b': True}),
    Refused(
        "/a\tb",
        "\\t",
        "keeps or drops it, and no screen shows it",
        "leave it out",
        {"/a\tb": True},
    ),
    Refused("/\0b", "\\x00", "keeps or drops it", "leave it out", {"/b": True, "/\0b": True}),
    Refused("/a\x9b1m", "\\x9b", "keeps or drops it", "leave it out", {"/a\x9b1m": True}),
    # The whole
    Refused(
        "!/a",
        "!",
        "grants every path but those, at any depth and hidden ones too",
        POSITIVE,
        {"/a": False, "/b": True, "/x/.y": True, "b": True},
    ),
    Refused("!!!/a", "!!!", "grants every path but those", POSITIVE, {"/a": False, "/b/c": True}),
    Refused(
        "!!/a",
        "!!",
        "takes each pair of them for nothing",
        "leave them out",
        {"/a": True, "/b": False},
    ),
    Refused(
        "team/a",
        "team",
        "compares it with the whole path, which begins with a slash",
        "write /team/a",
        {"/team/a": False, "team/a": True},
        "/team/a",
    ),
    Refused(
        "**",
        "**",
        "compares it with the whole path, which begins with a slash",
        "write /**",
        {"/a/b": True, "a": True},
        "/**",
    ),
    Refused("a|b", "a|b", "compares it with the whole path", "begin with a slash", {"/a": False}),
    Refused(
        "/a//b",
        "//",
        "looks for a folder with an empty name between them",
        "write one slash",
        {"/a//b": True, "/a/b": False},
    ),
    Refused("//", "//", "looks for a folder with an empty name", "write one slash", {"/": False}),
    Refused(
        "",
        "",
        "takes no empty pattern",
        "write / for the root folder or /** for all below it",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: ascii(case.pattern))
def test_refusal(case: Refused) -> None:
    with pytest.raises(PatternRefused) as caught:
        compile_pattern(case.pattern)
    refused = caught.value
    assert refused.pattern == case.pattern
    assert refused.construct == case.construct
    assert refused.effect.startswith(case.effect)
    assert refused.rewrite == case.rewrite
    sentence = str(refused)
    assert sentence.isprintable()
    assert sentence.endswith(f"picomatch {refused.effect}; {refused.rewrite}.")
    if case.pattern:
        assert sentence.startswith(f"{case.construct} at character {refused.position + 1} ")
    if case.construct.isprintable() and "\\x" not in case.construct:
        assert case.pattern.replace("\t", "\\t")[refused.position :].startswith(case.construct)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: ascii(case.pattern))
def test_what_is_said_of_picomatch_is_recorded(case: Refused) -> None:
    assert FACTS["facts"].get(case.pattern, {}) == case.facts


@pytest.mark.parametrize(
    "case", [case for case in REFUSED if case.mended], ids=lambda case: ascii(case.pattern)
)
def test_the_rewrite_is_accepted(case: Refused) -> None:
    with pytest.raises(PatternRefused) as caught:
        compile_pattern(case.pattern)
    refused = caught.value
    replacement = refused.rewrite.removeprefix("write ")
    rest = case.pattern[refused.position + len(refused.construct) :]
    whole = refused.rewrite == f"write /{case.pattern}"
    mended = replacement if whole else case.pattern[: refused.position] + replacement + rest
    assert mended == case.mended
    assert compile_pattern(mended).text == mended


@pytest.mark.parametrize(
    ("pattern", "rewrite"),
    [
        ("/a**", "write /a* for that, or /a/** for any depth"),
        ("/**b", "write /*b for that, or /**/*b for any depth"),
        ("/x/**/a**/b", "write /x/**/a*/b for that, or /x/**/a/**/b for any depth"),
        ("a**", "begin with a slash"),
        ("/a**b", ONE_STAR),  # what is meant is anybody's guess
        ("/a**/b**", ONE_STAR),
        ("/a**/(b)", ONE_STAR),
        ("/" + "a" * 60 + "**", ONE_STAR),
        ("/" + "a**/" * 240 + "b", ONE_STAR),
    ],
)
def test_two_stars_in_a_name_get_both_patterns_that_may_be_meant(
    pattern: str, rewrite: str
) -> None:
    with pytest.raises(PatternRefused) as caught:
        compile_pattern(pattern)
    assert caught.value.rewrite == rewrite
    for mended in (word for word in rewrite.split() if word.startswith("/")):
        assert compile_pattern(mended).text == mended


def test_every_reason_has_a_case() -> None:
    """No statement about picomatch stands here without an answer that picomatch gave."""
    told = {case.effect for case in REFUSED}
    for reason, (effect, _) in refusals.REASONS.items():
        assert reason == "too long" or any(effect.startswith(start) for start in told), reason


def test_examples_within_the_statements_are_recorded_too() -> None:
    facts = FACTS["facts"]
    assert facts["/v1.2/***"]["/v1x2/k"]
    assert facts["/v1.2/[[:digit:]]"]["/v1x2/1"]
    assert facts["/v1.2/{1..3}"]["/v1x2/1"]
    assert facts["/{1..10}"] == {"/1": True, "/0": True, "/2": False, "/10": False}
    assert facts["/{a,b/c}"]["/b/c"]
    assert facts["/{*,b}"]["/.hidden"]
    assert facts["/{a,}"]["/"]
    assert facts["/?(a)"]["/"]
    assert facts["/a|b"]["/a"]
    assert facts["/a\\d"]["/a5"]


def test_the_length_is_capped_in_code_units() -> None:
    compile_pattern("/" + "a" * 999)
    compile_pattern("/" + "😀" * 499 + "a")
    for pattern in ("/" + "a" * 1_000, "/" + "😀" * 500, "/" + "*a" * 5_000_000):
        with pytest.raises(PatternRefused, match="write at most 1,000 characters") as caught:
            compile_pattern(pattern)
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "pattern", ["/" + "!(" * 300, "/" + "(" * 450 + ")" * 450, "/" + "{" * 900, "[" * 900]
)
def test_deep_nesting_is_refused_like_any_other(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        compile_pattern(pattern)


def test_what_may_not_be_shown_is_escaped() -> None:
    with pytest.raises(PatternRefused) as caught:
        compile_pattern("a\ud800/b")
    assert caught.value.construct == "a\\ud800"
    assert caught.value.rewrite == "write /a\\ud800/b"
    with pytest.raises(PatternRefused) as caught:
        compile_pattern("/\x1b[2J")
    assert str(caught.value).isprintable()
