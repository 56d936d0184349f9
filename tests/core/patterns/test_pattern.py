"""Matching, held against a second matcher that is slow and obvious; where a path stops; bounds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from st_tui.core.patterns import Pattern, PatternRefused, PatternSet, compile_pattern

# ---- the rules once more, as a person would say them ------------------------------------------

LINE_ENDS = "\n\r\u2028\u2029"
UNITS = re.compile(r"\*|\?|\[[^\]]*\]|\{[^}]*\}|.", re.DOTALL)


def as_javascript(text: str) -> str:
    """One character for each UTF-16 code unit."""
    data = text.encode("utf-16-be", "surrogatepass")
    return "".join(chr(data[n] << 8 | data[n + 1]) for n in range(0, len(data), 2))


def granted(pattern: str, path: str) -> bool:
    pattern, path = as_javascript(pattern), as_javascript(path)
    if path == pattern:
        return True
    while "/**/**/" in pattern + "/":
        pattern = (pattern + "/").replace("/**/**/", "/**/")[:-1]
    return path.startswith("/") and below(pattern[1:].split("/"), path[1:].split("/"))


def below(segments: list[str], names: list[str], before: str | None = None) -> bool:
    if not segments:
        return not names
    segment, after = segments[0], segments[1:]
    if segment == "**":
        at_least_one = before is None or (before.endswith("*") and not after)
        return any(
            all(name[:1] != "." and not set(name) & set(LINE_ENDS) for name in names[:count])
            and below(after, names[count:], segment)
            for count in range(1 if at_least_one else 0, len(names) + 1)
        )
    if not names or not fits(segment, names[0], is_last=len(names) == 1):
        return False
    if not after and segment[-1:] in ("*", "]") and names[1:] == [""]:
        return True
    return below(after, names[1:], segment)


def fits(segment: str, name: str, *, is_last: bool) -> bool:
    if not segment:
        return not name
    if segment == "*" and not name:
        return not is_last
    if segment[0] == "*" and name[:1] in (".", *LINE_ENDS):
        return False
    if segment[0] == "?" and name[:1] == ".":
        return False
    if segment[:2] == ".*" and (name in (".", "..") or name[1:2] in tuple(LINE_ENDS)):
        return False
    return read(UNITS.findall(segment), name)


def read(units: list[str], name: str) -> bool:
    if not units:
        return not name
    unit, after = units[0], units[1:]
    if unit == "*":
        return any(read(after, name[count:]) for count in range(len(name) + 1))
    if unit[0] == "{" and len(unit) > 1:
        return any(
            name.startswith(word) and read(after, name[len(word) :])
            for word in unit[1:-1].split(",")
        )
    if unit[0] == "[" and len(unit) > 1:
        itself = "^" not in unit and "-" not in unit and name.startswith(unit)
        if itself and read(after, name[len(unit) :]):
            return True
        return bool(name and re.match(unit, name[0])) and read(after, name[1:])
    return bool(name) and unit in ("?", name[0]) and read(after, name[1:])


# ---- random patterns of the language, and paths near them --------------------------------------

LITERALS = "aabbAB01 -_.~@%=:;#$&'!^<>`é😀\u2028\ud83d\ude00"
words = st.text(LITERALS, min_size=1, max_size=3).filter(lambda word: ".." not in word)
chars = st.sampled_from("abcABZ019_")
ranges = st.tuples(chars, chars).map(lambda ends: "-".join(sorted(ends)))
classes = st.builds(
    "[{}{}{}]".format,
    st.sampled_from(["", "^"]),
    st.lists(chars | ranges, min_size=1, max_size=3).map("".join),
    st.sampled_from(["", "-"]),
)
choices = st.lists(words, min_size=2, max_size=3).map(lambda found: f"{{{','.join(found)}}}")
units = words | st.sampled_from(["*", "?", ".", "*."]) | classes | choices
segments = st.just("**") | st.lists(units, min_size=1, max_size=4).map(
    lambda found: re.sub(r"\*+", "*", "".join(found))
)
patterns = st.builds(
    "/{}{}".format,
    st.lists(segments, min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "", "/"]),
) | st.just("/")
names = st.text("ab.-1A[]^*?é😀\n\u2028\ud83d", max_size=3) | st.sampled_from(["", ".", "..", "a"])
noise = st.lists(names, max_size=4).map(lambda found: "/" + "/".join(found))


@st.composite
def near(draw: st.DrawFn, pattern: str) -> str:
    """A path that the pattern may well match, or just not."""
    found = []
    for segment in pattern[1:].split("/"):
        if segment == "**":
            found += draw(st.lists(names, max_size=2))
            continue
        name = ""
        for unit in UNITS.findall(segment):
            if unit == "*":
                name += draw(names)
            elif unit == "?":
                name += draw(st.sampled_from("a.1\n"))
            elif len(unit) > 1 and unit[0] == "[":
                name += draw(st.sampled_from([*unit[1:-1], unit, "b", "."]))
            elif len(unit) > 1 and unit[0] == "{":
                name += draw(st.sampled_from(unit[1:-1].split(",")))
            else:
                name += unit
        found.append(name)
    path = "/" + "/".join(found)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(path)))
        new = draw(st.sampled_from(["", "/", "a", ".", "\n", "😀"]))
        path = path[:at] + new + path[at + draw(st.integers(0, 1)) :]
    return path


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, str]:
    pattern = draw(patterns)
    return pattern, draw(near(pattern) | near(pattern) | noise)


# ---- matching -----------------------------------------------------------------------------------


@given(questions())
@example(("/[a-c]", "/[a-c]"))
@example(("/{a,b}/x", "/{a,b}/x"))
@example(("/[a-c]/*", "/[a-c]/x"))
@example(("/[a-c]", "/a////[a-c]"))
@example(("/😀?", "/😀\ud83d"))
@example(("/\ud83d\ude00", "/😀"))
def test_the_automaton_and_the_rules_agree(question: tuple[str, str]) -> None:
    pattern, path = question
    assert compile_pattern(pattern).matches(path) == granted(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("/", "/", "/a a"),
        ("/a", "/a", "/a/ /A /a/b a //a"),
        ("/a/", "/a/", "/a /a//"),
        ("/*", "/a /a/ // /a*", "/ /a/b /.a a"),
        ("/*/", "/a/ //", "/ /a"),
        ("/**", "/ /a /a/b /a/ //", "/.a /a/.b a"),
        ("/a/**", "/a /a/ /a/b/c /a//b", "/ab /a/.b /a/b/.c"),
        ("/a*/**", "/ab/ /ab/c", "/ab"),
        ("/**/a", "/x/a /x/y/a //a", "/a /.x/a"),
        ("/**/.a", "/x/.a", "/.a"),
        ("/a/**/b", "/a/b /a/x/b /a//b", "/a/.x/b /a/b/"),
        ("/**/", "/a/ /a/b/ //", "/ /a"),
        ("/a/**/", "/a/ /a/b/", "/a"),
        ("/**/**/a", "/x/a", "/a"),
        ("/?", "/a", "/. /ab /a/"),
        ("/a?", "/a. /ab", "/a"),
        ("/[ab]", "/a /b/ /[ab]", "/c /"),
        ("/[^a]", "/b /. /b/ /[^a]", "/a // /"),
        ("/[^a]/*", "/b/x /[/x", "/[^a]/x"),
        ("/[a-]x", "/-x /ax /[a-]x", "/bx"),
        ("/[-]", "/- /[-]", "/a"),
        ("/{a,.b}", "/a /.b /{a,.b}", "/b /a/"),
        ("/{a,ab}{b,c}", "/ab /ac /abb /abc", "/a /abbc"),
        ("/{a,b}*", "/a /b.x /a/", "/.a"),
        ("/*{.a,b}", "/b /xb /x.a", "/.a /.ab"),
        ("/.*", "/.a /... /.a/ /..a", "/. /.. /a /./"),
        ("/.*.", "/.a. /...", "/.. /."),
        ("/..*", "/.. /..a", "/."),
        ("/a/../b", "/a/../b", "/b"),
    ],
)
def test_corners(pattern: str, yes: str, no: str) -> None:
    compiled = compile_pattern(pattern)
    assert [path for path in yes.split(" ") if not compiled.matches(path)] == []
    assert [path for path in [*no.split(" "), ""] if compiled.matches(path)] == []


def test_line_ends_pass_a_question_mark_but_neither_globstar_nor_a_leading_star() -> None:
    for end in LINE_ENDS:
        assert compile_pattern("/?").matches(f"/{end}")
        assert compile_pattern("/a*").matches(f"/a{end}")
        assert compile_pattern("/*").matches(f"/a{end}")
        assert not compile_pattern("/*").matches(f"/{end}")
        assert not compile_pattern("/.*").matches(f"/.{end}")
        assert not compile_pattern("/**").matches(f"/a{end}")
    assert compile_pattern("/**").matches("/a\x0b\x85")


def test_characters_are_utf16_code_units() -> None:
    assert not compile_pattern("/?").matches("/😀")
    assert compile_pattern("/??").matches("/😀")
    assert compile_pattern("/[^a][^a]").matches("/😀")
    assert compile_pattern("/{😀,b}").matches("/\ud83d\ude00")
    assert compile_pattern("/?\ude00").matches("/😀")
    assert compile_pattern("/**/*").matches("/\ud83d/\udc00")
    assert not compile_pattern("/É").matches("/E\u0301")


def test_what_a_pattern_tells_of_itself() -> None:
    compiled = compile_pattern("/a/b.c")
    assert compile_pattern("/a/b.c") is compiled
    assert compiled.text == "/a/b.c"
    assert repr(compiled) == "Pattern('/a/b.c')"
    plain = {"/", "/a", "/a/", "/a b/.c/..", "/é!^$"}
    others = {"/*", "/**", "/a*", "/?", "/[a]", "/{a,b}", "/a/**/b"}
    assert {text for text in plain | others if compile_pattern(text).is_plain} == plain


# ---- what is read, and what is kept ------------------------------------------------------------


def remembered(patterns: PatternSet) -> tuple[int, int]:
    """How many steps are kept, and the length of the longest segment among them."""
    states = [patterns._start, *patterns._states.values()]
    texts = [text for state in states for text in state]
    return len(texts) + len(states), max(map(len, texts), default=0)


class Counting(dict[str, tuple[int, int]]):
    looked_up = 0

    def get(self, *args: Any) -> Any:
        self.looked_up += 1
        return super().get(*args)


def counting(pattern: str) -> tuple[Pattern, Counting]:
    """A pattern, and how many characters it has read since."""
    compiled = Pattern(pattern)
    compiled.automaton.steps = steps = Counting(compiled.automaton.steps)
    return compiled, steps


def test_what_was_read_once_is_known() -> None:
    compiled, steps = counting("/a/**")
    for path in ("/a/bcd", "/a/bcd", "/a/bcd/bcd", "/a/bcd/bcd/bcd"):
        assert compiled.matches(path)
    assert steps.looked_up == len("abcdbcd"), "bcd as the first below /a, and as a later one"


def test_nothing_is_read_after_the_last_hope() -> None:
    compiled, steps = counting("/ab/*")
    assert not compiled.matches("/" + "x" * 5_000)
    assert steps.looked_up == 1
    before = remembered(compiled._alone)
    for n in range(100):
        assert not compiled.matches(f"/x/{n}/{n}")
    assert remembered(compiled._alone)[0] <= before[0] + 1


def test_long_names_are_not_kept() -> None:
    compiled = compile_pattern("/**/b")
    assert compiled.matches(f"/{'a' * 10_000}/b")
    assert remembered(compiled._alone)[1] <= 64


# ---- where a path stops -------------------------------------------------------------------------


def split(path: str) -> list[str]:
    rest = path.removeprefix("/")
    return rest.split("/") if rest else []


@pytest.mark.parametrize(
    ("pattern", "path", "segment"),
    [
        ("/common/**", "/common/db", None),
        ("/common/**", "/other/db", 0),
        ("/common/**", "/common/db/.git/x", 2),
        ("/a/b/c", "/a/b", 2),
        ("/a/b/c", "/a/x/c", 1),
        ("/a/b/c", "/a/b/c/d", 3),
        ("/a/b", "/", 0),
        ("/a/b", "", 0),
        ("/", "/a", 0),
        ("/**", "a/b", 0),
        ("/a", "/a/", 1),
        ("/a/", "/a", 1),
        ("/**/db", "/db", 1),
        ("/*/*", "/a", 1),
        ("/[a-c]/x", "/[a-c]/y", 1),
        ("/*", "/.a", 0),
        ("/[a-c]", "/a//", 2),
        ("/??/x", "/😀/y", 1),
    ],
)
def test_where_a_path_stops(pattern: str, path: str, segment: int | None) -> None:
    assert compile_pattern(pattern).stopped_at(path) == segment


@given(questions(), st.lists(names, max_size=3))
def test_nothing_that_begins_like_a_stopped_path_matches(
    question: tuple[str, str], more: list[str]
) -> None:
    pattern, path = question
    compiled = compile_pattern(pattern)
    stopped = compiled.stopped_at(path)
    assert (stopped is None) == compiled.matches(path)
    if stopped is not None:
        kept = split(path)[: stopped + 1]
        assert 0 <= stopped <= len(split(path))
        if stopped < len(split(path)):
            lead = "/" if path.startswith("/") else ""
            assert not granted(pattern, lead + "/".join(kept + more))


@given(patterns.flatmap(lambda text: st.tuples(st.just(text), near(text))), st.data())
def test_a_path_stops_no_earlier_than_it_must(
    question: tuple[str, str], data: st.DataObject
) -> None:
    pattern, path = question
    assume(granted(pattern, path))
    parts = split(path)
    keep = data.draw(st.integers(0, len(parts)))
    other = "/" + "/".join(parts[:keep] + data.draw(st.lists(names, max_size=2)))
    stopped = compile_pattern(pattern).stopped_at(other)
    assert stopped is None or stopped >= min(keep, len(split(other)))


# ---- hostile input ------------------------------------------------------------------------------

HOSTILE = [
    "/" + "*a" * 499,
    "/" + "*{a,b}" * 140 + "c",
    "/" + "{a,aa}" * 140 + "c",
    "/**/a" * 190 + "/c",
    "/**/*a*" * 140 + "/c",
    "/" + "*[^b]" * 190 + "c",
    "/" + "?" * 998,
    "/" + "*?" * 499,
    "/*" * 499,
    "/a*" * 330 + "/**/[0-9]",
]


@pytest.mark.parametrize("pattern", HOSTILE, ids=lambda text: text[:12])
def test_every_character_is_read_once(pattern: str) -> None:
    compiled, steps = counting(pattern)
    for path in ("/" + "a" * 5_000, "/a" * 2_500, "/" + "/".join(str(n) for n in range(1_000))):
        steps.looked_up = 0
        compiled.matches(path)
        assert steps.looked_up <= len(path)


@pytest.mark.parametrize(
    ("pattern", "one_name", "many_names"),
    [
        (HOSTILE[0], True, False),
        (HOSTILE[1], False, False),
        (HOSTILE[2], False, False),
        (HOSTILE[3], False, False),
        ("/**", True, True),
        ("/**/a*/**", False, True),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_path_of_a_megabyte_is_answered(pattern: str, one_name: bool, many_names: bool) -> None:
    assert compile_pattern(pattern).matches("/" + "a" * 1_000_000) is one_name
    assert compile_pattern(pattern).matches("/a" * 500_000) is many_names


def test_only_text_of_the_language_makes_a_pattern() -> None:
    with pytest.raises(PatternRefused):
        Pattern("/[!a]")
