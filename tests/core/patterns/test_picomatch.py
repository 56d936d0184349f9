"""The answers are picomatch's: recorded ones always, live ones where node and picomatch are.

`tests/data/make_glob_answers.mjs` records, and says how to point to a picomatch.
"""

from __future__ import annotations

import json
import lzma
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from st_tui.core.patterns import PatternRefused, compile_pattern

DATA = Path(__file__).parents[2] / "data"
ALPHABET = json.loads((DATA / "glob_exhaustive.json").read_text("utf-8"))

# The grammar of the design once more, as one expression.
LITERAL = r"[^\x00-\x1f\x7f-\x9f/*?\[\]{}()|\\\"+,]"
RANGE_OR_CHAR = r"[A-Za-z0-9_](?:-[A-Za-z0-9_])?"
CHAR_CLASS = rf"\[\^?(?:(?:{RANGE_OR_CHAR})+-?|-)\]"
WORD = rf"(?:(?!\.\.){LITERAL})+"
UNIT = rf"(?:{LITERAL}|\*(?!\*)|\?|{CHAR_CLASS}|\{{{WORD}(?:,{WORD})+\}})"
GRAMMAR = re.compile(rf"/|(?:/(?:\*\*(?=/|\Z)|{UNIT}+))+/?")


def accepted(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except PatternRefused:
        return False
    return True


def texts(symbols: list[str]) -> list[str]:
    """Every text of up to `most` symbols that begins with a slash, in the recording's order."""
    found: dict[str, None] = {}
    longest = [symbol for symbol in symbols if symbol.startswith("/")]
    for _ in range(ALPHABET["most"]):
        found.update(dict.fromkeys(longest))
        longest = [text + symbol for text in longest for symbol in symbols]
    return list(found)


PATTERNS = texts(ALPHABET["patternSymbols"])
PATHS = texts(ALPHABET["pathSymbols"])


def recorded(folder: Path = DATA) -> Iterator[tuple[str, int]]:
    """Each pattern with the set of the paths that picomatch matches: bit n for PATHS[n]."""
    answers = zlib.decompress((folder / "glob_exhaustive.bin").read_bytes())
    width = (len(PATHS) + 7) // 8
    assert len(answers) == width * len(PATTERNS)
    for index, pattern in enumerate(PATTERNS):
        yield pattern, int.from_bytes(answers[index * width : (index + 1) * width], "little")


def cases(name: str) -> list[tuple[str, str, bool]]:
    lines = lzma.decompress((DATA / f"glob_cases_{name}.jsonl.xz").read_bytes()).splitlines()
    found = [json.loads(line) for line in lines]
    return [(case["pattern"], case["path"], case["match"]) for case in found]


def test_the_scope_language_is_picomatch() -> None:
    every = cases("scope")
    assert len(every) == 19_992
    wrong = [case for case in every if compile_pattern(case[0]).matches(case[1]) != case[2]]
    assert not wrong


def test_wild_text_is_refused_or_picomatch() -> None:
    every = cases("wild")
    assert len(every) == 8_000
    answered = [case for case in every if accepted(case[0])]
    wrong = [case for case in answered if compile_pattern(case[0]).matches(case[1]) != case[2]]
    assert not wrong
    assert len(answered) == 4_328


def matched(pattern: str) -> int:
    compiled = compile_pattern(pattern)
    return sum(1 << index for index, path in enumerate(PATHS) if compiled.matches(path))


def test_every_short_pattern_on_every_short_path() -> None:
    assert len(PATHS) == 781
    wrong = {}
    count = 0
    for pattern, answers in recorded():
        if accepted(pattern):
            count += 1
            differing = matched(pattern) ^ answers
            if differing:
                wrong[pattern] = [path for n, path in enumerate(PATHS) if differing >> n & 1]
    assert not wrong
    assert count == 5_059


def vectors(folder: Path) -> list[dict[str, Any]]:
    """The published cases: pattern, path, expected, why."""
    read: list[dict[str, Any]] = json.loads((folder / "scope_vectors.json").read_text("utf-8"))
    return read


def test_the_published_vectors() -> None:
    wrong = [
        v
        for v in vectors(DATA)
        if compile_pattern(v["pattern"]).matches(v["path"]) != v["expected"]
    ]
    assert wrong == []
    assert len(vectors(DATA)) > 60
    assert all(v.keys() == {"pattern", "path", "expected", "why"} for v in vectors(DATA))


def test_exactly_the_grammar_is_accepted() -> None:
    patterns = PATTERNS + [pattern for pattern, _, _ in cases("wild")]
    assert [text for text in patterns if accepted(text) != bool(GRAMMAR.fullmatch(text))] == []


def test_the_recorded_answers_are_those_of_the_package_at_hand(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: only the recorded answers were tried")
    asked = subprocess.run(
        [node, DATA / "make_glob_answers.mjs", tmp_path], capture_output=True, text=True
    )
    if asked.returncode == 3:
        pytest.skip(f"{asked.stderr.strip()}: only the recorded answers were tried")
    assert asked.returncode == 0, asked.stderr
    before, now = dict(recorded()), dict(recorded(tmp_path))
    assert [text for text in PATTERNS if accepted(text) and before[text] != now[text]] == []
    facts, live = (
        json.loads((folder / "glob_facts.json").read_text("utf-8")) for folder in (DATA, tmp_path)
    )
    assert vectors(tmp_path) == vectors(DATA)
    # What lies outside the language may differ from one version to the next, and between 4.0.3 and
    # 4.0.7 it does.
    if facts["picomatch"] == live["picomatch"]:
        assert live["facts"] == facts["facts"]
