"""Containment and overlap, held against every short path and two independent provers."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.algebra import (
    Judgement,
    contains,
    equivalent,
    overlaps,
)
from st_tui.core.algebra.certificate import check
from st_tui.core.patterns import FOLDER_CHARS, Pattern, PatternRefused, compile_pattern

_UNITS = ("a", "b", "-", "*", "?", "[ab]", "[^a]", "{a,bb}")
_LONGEST = 7


def _short_patterns() -> list[Pattern]:
    """Every pattern of the language that is a slash and up to four tokens."""
    found = []
    for length in range(5):
        for tokens in itertools.product((*_UNITS, "/"), repeat=length):
            try:
                found.append(compile_pattern("/" + "".join(tokens)))
            except PatternRefused:
                continue
    return found


def _short_paths() -> Iterator[str]:
    """Every folder path of up to `_LONGEST` characters; `c` stands for all other letters."""
    yield "/"
    for length in range(1, _LONGEST):
        for letters in itertools.product("ab-c/", repeat=length):
            path = "/" + "".join(letters)
            if "//" not in path and not path.endswith("/"):
                yield path


class Brute:
    """What each short pattern matches, path by path, as the bits of one int."""

    def __init__(self) -> None:
        self.patterns = _short_patterns()
        self.paths = list(_short_paths())
        self._bits: dict[str, int] = {}

    def bits(self, pattern: Pattern) -> int:
        if pattern.text not in self._bits:
            self._bits[pattern.text] = sum(
                1 << index for index, path in enumerate(self.paths) if pattern.matches(path)
            )
        return self._bits[pattern.text]

    def shortest(self, bits: int) -> str | None:
        return self.paths[(bits & -bits).bit_length() - 1] if bits else None


@pytest.fixture(scope="module")
def brute() -> Brute:
    return Brute()


def _agrees(judgement: Judgement, shortest: str | None, *, found_means: bool) -> bool:
    """Whether a verdict is what the short paths say; a longer witness is beyond them."""
    if judgement.witness is None:
        proof = judgement.certificate
        return (
            shortest is None and judgement.holds is not found_means and bool(proof and check(proof))
        )
    if judgement.holds is not found_means:
        return False
    if shortest is None:
        return len(judgement.witness) > _LONGEST
    return len(judgement.witness) == len(shortest)


def test_every_verdict_is_what_all_short_paths_say(
    brute: Brute, request: pytest.FixtureRequest
) -> None:
    rng = random.Random(20261124)
    assert len(brute.patterns) > 2_000
    wrong = []
    chosen = rng.sample(brute.patterns, 400) if _pairs(request) <= 10_000 else brute.patterns
    for _ in range(_pairs(request)):
        left, right = rng.choice(chosen), rng.choice(chosen)
        ours, theirs = brute.bits(left), brute.bits(right)
        outside = brute.shortest(ours & ~theirs)
        both = brute.shortest(ours & theirs)
        inside, apart = contains([right], [left]), overlaps([left], [right])
        if inside.witness is not None:
            assert left.matches(inside.witness)
            assert not right.matches(inside.witness)
        if apart.witness is not None:
            assert left.matches(apart.witness)
            assert right.matches(apart.witness)
        if not (
            _agrees(inside, outside, found_means=False) and _agrees(apart, both, found_means=True)
        ):
            wrong.append((left.text, right.text, inside[:2], apart[:2], outside, both))
    assert wrong == []


def _pairs(request: pytest.FixtureRequest) -> int:
    pairs: int = request.config.getoption("--pairs")
    return pairs


def test_unions_are_what_all_short_paths_say(brute: Brute) -> None:
    rng = random.Random(4)
    chosen = rng.sample(brute.patterns, 60)
    for _ in range(150):
        left, right = rng.sample(chosen, 2), rng.sample(chosen, 3)
        ours = brute.bits(left[0]) | brute.bits(left[1])
        theirs = brute.bits(right[0]) | brute.bits(right[1]) | brute.bits(right[2])
        texts = [g.text for g in left], [g.text for g in right]
        inside = contains(right, left)
        assert _agrees(inside, brute.shortest(ours & ~theirs), found_means=False), texts
        apart = overlaps(left, right)
        assert _agrees(apart, brute.shortest(ours & theirs), found_means=True), texts


def _provable(brute: Brute, count: int, seed: int) -> list[tuple[Pattern, Pattern]]:
    """Pairs for the provers, half of them so alike that one may well contain the other."""
    rng = random.Random(seed)
    plain = [
        pattern
        for pattern in brute.patterns
        if not pattern.text.endswith("/") or pattern.text == "/"
    ]
    wide = [one for one in plain if one.text.count("*") > 1]
    return [(rng.choice(wide if n % 2 else plain), rng.choice(wide)) for n in range(count)]


def test_automata_lib_finds_the_same(brute: Brute) -> None:
    dfas = pytest.importorskip("automata.fa.dfa", reason="automata-lib is not installed")
    for left, right in _provable(brute, 60, 7):
        ours, theirs = (
            as_dfa(dfas.DFA, pattern, left.text + right.text) for pattern in (left, right)
        )
        assert contains([right], [left]).holds == ours.issubset(theirs), (left, right)
        assert overlaps([left], [right]).holds != ours.isdisjoint(theirs), (left, right)


def as_dfa(make: Any, pattern: Pattern, mentioned: str) -> Any:
    """The pattern as a DFA of the library, over the characters that tell anything apart."""
    one = pattern.automaton
    letters = {char for char in FOLDER_CHARS if char in mentioned} | {"z", "/"}
    names: dict[tuple[bool, int], str] = {}
    table: dict[str, dict[str, str]] = {}

    def name(after_slash: bool, active: int) -> str:
        key = (after_slash, active)
        if key not in names:
            names[key] = f"s{len(names)}"
            waiting.append(key)
        return names[key]

    waiting: list[tuple[bool, int]] = []
    root = one.enter(one.read(one.start, ""))
    dead = name(False, 0)
    first = name(True, root)
    finals = set()
    for after_slash, active in waiting:
        row = table[names[(after_slash, active)]] = {}
        for char in letters:
            if char == "/":
                row[char] = dead if after_slash else name(True, one.enter(active & one.ends))
            else:
                row[char] = name(False, one.advance(active, char))
        if not after_slash and active & one.accepting:
            finals.add(names[(after_slash, active)])
    # The root path is its own state: it alone may end in a slash.
    table["root"] = table[first]
    table["start"] = {char: "root" if char == "/" else dead for char in letters}
    if pattern.matches("/"):
        finals.add("root")
    return make(
        states=set(table), input_symbols=letters, transitions=table,
        initial_state="start", final_states=finals,
    )  # fmt: skip


def test_z3_finds_the_same_from_the_pattern_text_alone(brute: Brute) -> None:
    z3 = pytest.importorskip("z3", reason="z3-solver is not installed")
    answered = 0
    for left, right in _provable(brute, 60, 11):
        path = z3.String("path")
        ours, theirs = (z3.InRe(path, _as_z3(z3, pattern.text)) for pattern in (left, right))
        for claim, broken in (
            (contains([right], [left]).holds, z3.And(ours, z3.Not(theirs))),
            (not overlaps([left], [right]).holds, z3.And(ours, theirs)),
        ):
            solver = z3.Solver()
            solver.set("timeout", 20_000)
            solver.add(broken)
            verdict = solver.check()
            if verdict != z3.unknown:
                answered += 1
                assert claim == (verdict == z3.unsat), (left, right)
    assert answered > 100


def _as_z3(z: Any, text: str) -> Any:
    """The folder paths of a pattern as a z3 expression, made from the language's rules."""
    ranges = [z.Range(a, b) for a, b in ("az", "AZ", "09", "--", "__")]
    char = z.Union(*ranges)
    if text == "/":
        return z.Re("/")

    def unit(token: str) -> Any:
        if token == "*":
            return z.Star(char)
        if token == "?":
            return char
        if token == "[^a]":
            return z.Intersect(char, z.Complement(z.Re("a")))
        if token == "[ab]":
            return z.Union(z.Re("a"), z.Re("b"))
        if token == "{a,bb}":
            return z.Union(z.Re("a"), z.Re("bb"))
        return z.Re(token)

    def joined(parts: list[Any]) -> Any:
        return z.Concat(*parts) if len(parts) > 1 else parts[0]

    any_segment = z.Concat(z.Re("/"), z.Plus(char))
    segments: list[str] = []
    for part in text[1:].split("/"):
        if not (part == "**" and segments[-1:] == ["**"]):
            segments.append(part)
    parts: list[Any] = []
    for index, segment in enumerate(segments):
        if segment == "**":
            before = segments[index - 1] if index else ""
            at_least_one = not index or (index == len(segments) - 1 and before.endswith("*"))
            parts.append(z.Plus(any_segment) if at_least_one else z.Star(any_segment))
        else:
            units = re.findall(r"\[.*?\]|\{.*?\}|.", segment)
            name = z.Intersect(joined([unit(token) for token in units]), z.Plus(char))
            parts.append(z.Concat(z.Re("/"), name))
    return joined(parts)


@pytest.mark.parametrize(
    ("outer", "inner", "witness"),
    [
        ("/apps/*", "/apps/**", "/apps"),  # what Infisical once let a holder mint
        ("/**", "/", None),  # picomatch: `/**` matches the root
        ("/**/db", "/db", "/db"),  # picomatch: right after the root `**` reads at least one
        ("/*", "/[^a]x", None),  # dot names tell them apart, but no folder has one
        ("/x/**/db", "/x/db", None),
        ("/a/**", "/a", None),  # picomatch: but not /a*/** of /a
        ("/a*/**", "/ab", "/ab"),
        ("/**", "/a/**/b", None),
    ],
)
def test_known_containments(outer: str, inner: str, witness: str | None) -> None:
    judgement = contains([compile_pattern(outer)], [compile_pattern(inner)])
    assert (judgement.holds, judgement.witness) == (witness is None, witness)


def test_a_folder_that_exists_is_the_witness_where_one_serves() -> None:
    outer, inner = [compile_pattern("/apps/*")], [compile_pattern("/apps/**")]
    folders = ["/", "/apps/web", "/apps/web/keys", "/other/a/b"]
    judgement = contains(outer, inner, folders)
    assert (judgement.witness, judgement.exists) == ("/apps/web/keys", True)
    judgement = contains(outer, inner, ["/", "/apps/web"])
    assert (judgement.witness, judgement.exists) == ("/apps", False)


def test_equivalent_tells_which_way_it_fails() -> None:
    there, back = equivalent([compile_pattern("/a/**")], [compile_pattern("/a/*")])
    assert there.holds
    assert (back.holds, back.witness) == (False, "/a")
    there, back = equivalent(
        [compile_pattern("/{a,b}")], [compile_pattern("/a"), compile_pattern("/b")]
    )
    assert there.holds
    assert back.holds


def test_nothing_contains_and_is_contained() -> None:
    assert contains([], []).holds
    assert contains([compile_pattern("/a")], []).holds
    assert contains([], [compile_pattern("/a")]).witness == "/a"
    assert not overlaps([], [compile_pattern("/a")]).holds


_pieces = st.sampled_from(["a", "b", "*", "?", "[ab]", "**", "a*", "{a,b}", "-b", "c"])
_patterns = st.lists(_pieces, min_size=1, max_size=4).map(
    lambda p: compile_pattern("/" + "/".join(p))
)


@given(_patterns, _patterns, _patterns)
def test_laws_of_containment(a: Pattern, b: Pattern, c: Pattern) -> None:
    assert contains([a], [a]).holds
    assert contains([a, b], [a]).holds
    if contains([a], [b]).holds and contains([b], [c]).holds:
        assert contains([a], [c]).holds
    assert overlaps([a], [b]).holds == overlaps([b], [a]).holds
    if contains([a], [b]).holds and overlaps([b], [c]).holds:
        assert overlaps([a], [c]).holds
