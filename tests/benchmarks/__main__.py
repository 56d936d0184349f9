"""Measure, and print a small table of ratios: `python -m tests.benchmarks [--runs N]`."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from st_tui.core import reach
from st_tui.core.access import decide
from st_tui.core.model import AccessRequest, Permission, Scope, ServiceToken
from st_tui.core.patterns import Pattern
from tests.benchmarks import at_the_keyboard, serving, turns
from tests.benchmarks.painting import Painted, paint

BARE_APP = (sys.executable, str(Path(__file__).with_name("bare_app.py")))
ST_TUI = (sys.executable, "-c", "import sys; from st_tui.cli import main; sys.exit(main())")
CHECK = (
    "check", "--scope", "dev:/common/**", "--access-level", "read",
    "--env", "dev", "--path", "/common/db", "--operation", "read",
)  # fmt: skip
READ = frozenset({Permission.READ})


class Row(NamedTuple):
    """Something of ours beside something that everybody has, in the same unit."""

    what: str
    ours: float
    beside: str
    theirs: float
    unit: str = "ms"


def main() -> None:
    """Measure all, print the table; a program that is not there is left out and named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--runs", type=int, default=7, help="of each program; medians are shown")
    parser.add_argument("--app", type=shlex.split, help="instead of `st-tui demo`")
    parser.add_argument("--big", type=Path, help="a large vault that `big_vault` made")
    options = parser.parse_args()
    app: Sequence[str] = options.app or (*ST_TUI, "demo")
    measures: list[Callable[[], list[Row]]] = [
        lambda: painting(app, options.runs),
        lambda: opening(options.runs),
        sending,
        lambda: growing(options.big),
        lambda: processes(options.runs),
        deciding,
        lambda: [*comparing(), *enduring()],
        lambda: beside_picomatch(options.runs),
        lambda: [beside_wcmatch()],
        reaching,
        answering,
        taking_turns,
        beside_bcrypt,
    ]
    for measure in measures:
        try:
            rows = measure()
        except RuntimeError as error:
            print(f"left out: {error}")
            continue
        for row in rows:
            print(_line(row), flush=True)


def _line(row: Row) -> str:
    what, ours, beside, theirs, unit = row
    return (
        f"{what:40} {ours:8.2f} {unit} {_each_second(ours, unit):13}   "
        f"{beside:36} {theirs:9.2f} {unit} {_each_second(theirs, unit):13}   "
        f"{ours / theirs:8.3g} x"
    )


def _each_second(took: float, unit: str) -> str:
    """How often in a second: of what is done often."""
    return f"{1e6 / took:11,.0f}/s" if unit == "µs" else ""


def painting(app: Sequence[str], runs: int) -> list[Row]:
    """First paint and complete screen against a bare Textual app, by turns."""
    ours: list[Painted] = []
    theirs: list[Painted] = []
    for _ in range(runs + 1):
        ours.append(paint(app))
        theirs.append(paint(BARE_APP))
    bare = "a bare Textual app"
    # The first of each only warms the disk's cache.
    ours, theirs = ours[1:], theirs[1:]
    return [
        Row(
            "st-tui demo, first paint",
            statistics.median(run.first for run in ours),
            f"{bare}, first paint",
            statistics.median(run.first for run in theirs),
        ),
        Row(
            "st-tui demo, complete screen",
            statistics.median(run.complete for run in ours),
            f"{bare}, complete",
            statistics.median(run.complete for run in theirs),
        ),
    ]


def opening(runs: int) -> list[Row]:
    """The form for a token against the matrix."""
    form, matrix = at_the_keyboard.forms(runs)
    return [Row("opening the form, processor", form, "opening the matrix", matrix)]


def sending() -> list[Row]:
    """The bytes of some actions at 80x24, against what each may send."""
    return [
        Row(what, sent, "at most", allowed, "B")
        for what, sent, allowed in at_the_keyboard.bytes_sent()
    ]


def growing(big: Path | None) -> list[Row]:
    """Keys and memory with very many tokens, against the same with 200."""
    if big is None:
        raise RuntimeError("many tokens: name a vault that tests.benchmarks.big_vault made, --big")
    many, few = at_the_keyboard.of_vault(big), at_the_keyboard.of_few_tokens()
    beside = "the same with 200 tokens"
    return [
        *(
            Row(f"{key}, processor, many tokens", took, beside, few.keys[key])
            for key, took in many.keys.items()
        ),
        Row("app after warnings and who", many.memory, beside, few.memory, "MB"),
    ]


def processes(runs: int) -> list[Row]:
    """A whole `st-tui check` against a Python that only imports sqlite3, by turns."""
    ours, theirs = [], []
    for _ in range(3 * runs):
        ours.append(_process((*ST_TUI, *CHECK)))
        theirs.append(_process((sys.executable, "-c", "import sqlite3")))
    return [
        Row(
            "st-tui check, whole process",
            statistics.median(ours),
            "python -c 'import sqlite3'",
            statistics.median(theirs),
        )
    ]


def _process(command: Sequence[str]) -> float:
    start = time.perf_counter()
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    took = (time.perf_counter() - start) * 1000
    if ended.returncode:
        raise RuntimeError(f"{shlex.join(command)} ended with {ended.returncode}: {ended.stderr}")
    return took


_REQUEST = AccessRequest("prod", "/apps/shop/db/primary", Permission.READ, 0)


def deciding() -> list[Row]:
    """One decision for a token of five scopes, prepared and unprepared, against plain `re`."""
    expressions = [re.compile(text) for text in _EXPRESSIONS]
    number = iter(range(1, 10**9))

    def with_re() -> object:
        return next((e for e in expressions if e.fullmatch("prod:/apps/shop/db/primary")), None)

    def compile_with_re() -> object:
        made = next(number)
        return [re.compile(f"{text}{made}") for text in _EXPRESSIONS]

    return [
        _warm("5 compiled `re` patterns", _microseconds(with_re, 20_000)),
        Row(
            "decide, 5 scopes never seen before",
            _microseconds(lambda: decide(_token(next(number)), _REQUEST), 200),
            "compiling 5 `re` patterns",
            _microseconds(compile_with_re, 200),
            "µs",
        ),
    ]


def comparing() -> list[Row]:
    """Containment of two patterns from their texts, against automata-lib on the same automata."""
    try:
        from automata.fa.dfa import DFA
    except ImportError:
        raise RuntimeError("automata-lib is not installed") from None
    from st_tui.core.algebra import contains, overlaps
    from st_tui.core.patterns import Pattern
    from tests.core.algebra.test_containment import as_dfa

    outer, inner = "/apps/**", "/apps/*/db"
    path = _REQUEST.path
    dfas = [as_dfa(DFA, Pattern(text), text + path) for text in _PATTERNS]

    def accepts() -> bool:
        return any(dfa.accepts_input(path) for dfa in dfas)

    def ours(ask: Callable[..., object]) -> Callable[[], object]:
        return lambda: ask([Pattern(outer)], [Pattern(inner)])

    def theirs(ask: Callable[[DFA, DFA], object]) -> Callable[[], object]:
        return lambda: ask(*(as_dfa(DFA, Pattern(text), outer + inner) for text in (inner, outer)))

    return [
        _warm("automata-lib, 3 DFAs", _microseconds(accepts, 200)),
        Row("contains, from text", _microseconds(ours(contains), 50), "automata-lib's issubset",
            _microseconds(theirs(DFA.issubset), 5), "µs"),
        Row("overlaps, from text", _microseconds(ours(overlaps), 50), "automata-lib's isdisjoint",
            _microseconds(theirs(DFA.isdisjoint), 5), "µs"),
    ]  # fmt: skip


def enduring() -> list[Row]:
    """Patterns that hang backtracking matchers: time per character on a long and a short path."""
    rows = []
    for times in (8, 12):
        rows.append(_enduring(f"/, {times} times *a, b", "/" + "*a" * times + "b", "a"))
    for times in (6, 10):
        rows.append(_enduring(f"/x, {times} times /**/a, /b", "/x" + "/**/a" * times + "/b", "/a"))
    return rows


def _enduring(what: str, pattern: str, unit: str) -> Row:
    short, long = ("/x" + unit * times for times in (200, 20_000))
    of_long, of_short = (
        _microseconds(partial(_match_anew, pattern, path), 2) / len(path) for path in (long, short)
    )
    many, few = (f"each of {len(path):,}" for path in (long, short))
    return Row(f"{what}, {many}", of_long, f"{few} characters", of_short, "µs each")


def _match_anew(pattern: str, path: str) -> bool:
    from st_tui.core.patterns import Pattern

    return Pattern(pattern).matches(path)


_PATTERNS = ("/common/**", "/apps/*/cache", "/apps/*/db/**")
_PICOMATCH = (
    f"const patterns = {json.dumps(_PATTERNS)}, path = {json.dumps(_REQUEST.path)};"
    """
const picomatch = require(process.env.PICOMATCH ?? 'picomatch');
const options = { strictSlashes: false };
const seconds = (times, act) => {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) act();
  return Number(process.hrtime.bigint() - start) / 1e9 / times;
};
const made = patterns.map(p => picomatch(p, options));
const compiled = () => made.find(matches => matches(path));
const each = () => patterns.find(p => picomatch.isMatch(path, p, options));
seconds(1e5, compiled);
seconds(1e4, each);
console.log(seconds(1e6, compiled) * 1e6, seconds(2e4, each) * 1e6);
"""
)


def beside_picomatch(runs: int) -> list[Row]:
    """One decision against picomatch alone in node: no end, no permission, no reason.

    Compiled beforehand, and as Infisical asks it: each pattern anew for each request.
    """
    if shutil.which("node") is None:
        raise RuntimeError("node is not installed, in which picomatch runs")
    rounds = []
    for _ in range(runs):
        asked = subprocess.run(
            ("node", "-e", _PICOMATCH), check=False, capture_output=True, text=True
        )
        if asked.returncode:
            raise RuntimeError("node finds no picomatch: CONTRIBUTING says how to let it")
        rounds.append([float(took) for took in asked.stdout.split()])
    compiled, each = (min(times) for times in zip(*rounds, strict=True))
    return [
        _warm("picomatch, 3 matchers, in node", compiled),
        _warm("picomatch.isMatch, 3 calls, in node", each),
    ]


def beside_wcmatch() -> Row:
    """One decision against wcmatch alone, compiled: no end, no permission, no reason."""
    try:
        from wcmatch import glob
    except ImportError:
        raise RuntimeError("wcmatch is not installed") from None
    matcher = glob.compile(_PATTERNS, flags=glob.GLOBSTAR | glob.BRACE | glob.FORCEUNIX)
    theirs = _microseconds(lambda: matcher.match(_REQUEST.path), 2_000)
    return _warm("wcmatch, 3 patterns, compiled", theirs)


def _warm(beside: str, theirs: float) -> Row:
    """One decision for a token of five scopes, prepared, beside what another one takes."""
    token = _token(0)
    ours = _microseconds(lambda: decide(token, _REQUEST), 20_000)
    return Row("decide, 5 scopes, warm", ours, beside, theirs, "µs")


def answering() -> list[Row]:
    """An authenticated, audited read of one secret over HTTP, against a bare route that audits
    nothing. Every answer of ours waits for the disk, which is what one connection measures."""
    rows = [
        Row(
            "one commit on this disk, synchronous=FULL",
            serving.commit_milliseconds(),
            "synchronous=OFF",
            serving.commit_milliseconds(synchronous="OFF"),
        )
    ]
    for workers in (1, 2):
        for connections in (1, 32, 128):
            ours, bare = serving.rates(connections, workers)
            rows.append(
                Row(
                    f"GET a secret, {_many(connections, 'connection')}, {_many(workers, 'worker')}",
                    1e6 / ours,
                    "a bare Starlette route, the same",
                    1e6 / bare,
                    "µs",
                )
            )
    return rows


def taking_turns() -> list[Row]:
    """An operator's change while a token's large bodies keep every worker busy."""
    rows = []
    for workers in (1, 2, 4):
        busy, idle = turns.longest_revoke_milliseconds(12, workers)
        what = f"the longest of 20 revokes, 12 busy connections, {_many(workers, 'worker')}"
        rows.append(Row(what, busy, "the server at rest", idle))
    return rows


def beside_bcrypt() -> list[Row]:
    """The same request against bcrypt alone, which a server pays that keeps secrets hashed so."""
    theirs = serving.bcrypt_rate()
    ours, _ = serving.rates(128, 2)
    return [
        Row("GET a secret, 128 connections, 2 workers", 1e6 / ours,
            "bcrypt of cost 10 alone, 2 threads", 1e6 / theirs, "µs"),
    ]  # fmt: skip


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


_EXPRESSIONS = (
    "dev:/common(/.*)?",
    "dev:/apps/[^/]*/db",
    "prod:/common(/.*)?",
    "prod:/apps/[^/]*/cache",
    "prod:/apps/[^/]*/db(/.*)?",
)


def _token(number: int) -> ServiceToken:
    """A token whose last scope matches, with patterns that no other number has."""
    scopes = (
        Scope("dev", f"/common{number}/**"),
        Scope("dev", f"/apps{number}/*/db"),
        Scope("prod", f"/common{number}/**"),
        Scope("prod", f"/apps{number}/*/cache"),
        Scope("prod", "/apps/*/db/**"),
    )
    return ServiceToken("id", "name", scopes, READ)


def reaching() -> list[Row]:
    """Who can read a path, or some path of a pattern, by the index and by asking scope by scope."""
    rows = []
    for count in (1_000, 10_000, 100_000):
        for kind, scopes_of in (("360 scopes", _shared_scopes), ("own scopes", _own_scopes)):
            tokens = [ServiceToken(str(n), "name", scopes_of(n), READ) for n in range(count)]
            known = reach.build_index(tokens, 0)
            # Compiled beforehand: what is compared is the asking.
            compiled = {
                scope: Pattern(scope.secret_path)
                for token in tokens
                for scope in token.scopes
                if scope.environment == "prod"
            }
            rows.append(
                Row(
                    f"who can read, {count:,} tokens, {kind}",
                    _microseconds(partial(_ask_index, known), 50),
                    "asking each token",
                    _microseconds(partial(_ask_each, tokens, compiled), 1),
                    "µs",
                )
            )
            within = Pattern("/*/db")
            # All of them would take half a minute.
            some = list(compiled.values())[:500]
            rows.append(
                Row(
                    f"who within {within.text}, {count:,} tokens, {kind}",
                    _microseconds(partial(_ask_within, known, within), 1),
                    f"overlaps of {len(compiled):,}, by {len(some)}",
                    _microseconds(partial(_overlaps_each, within, some), 1)
                    * len(compiled)
                    / len(some),
                    "µs",
                )
            )
    return rows


def _ask_index(known: reach.ReachIndex) -> int:
    return reach.bitmap_of_reaching(known, "prod", _ASKED, Permission.READ)


def _ask_each(tokens: Sequence[ServiceToken], compiled: dict[Scope, Pattern]) -> int:
    return sum(
        any(scope in compiled and compiled[scope].matches(_ASKED) for scope in token.scopes)
        for token in tokens
    )


def _ask_within(known: reach.ReachIndex, asked: Pattern) -> int:
    return len(reach.who_within(known, "prod", asked, Permission.READ, ["/"]))


def _overlaps_each(asked: Pattern, compiled: Sequence[Pattern]) -> int:
    from st_tui.core.algebra import overlaps

    return sum(overlaps([asked], [one]).holds for one in compiled)


_ASKED = "/app7/db/primary"


def _shared_scopes(number: int) -> tuple[Scope, ...]:
    """Three of 360 scopes: 30 apps, three environments, four kinds of pattern."""
    return tuple(
        Scope(
            ("dev", "staging", "prod")[place % 3],
            f"/app{place // 3 % 30}{('', '/*', '/**', '/*/primary')[place // 90 % 4]}",
        )
        for place in (number * 7 % 360, number * 11 % 360, number * 13 % 360)
    )


def _own_scopes(number: int) -> tuple[Scope, ...]:
    """Two patterns that no other token has, and one shared by few."""
    return (
        Scope("prod", f"/app{number}/**"),
        Scope("dev", f"/app{number}/*/primary"),
        Scope("prod", f"/common{number % 3_000}/**"),
    )


def _microseconds(act: Callable[[], object], times: int) -> float:
    """The best of five rounds: what the machine does besides only ever adds."""
    rounds = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times):
            act()
        rounds.append((time.perf_counter() - start) / times * 1e6)
    return min(rounds)


if __name__ == "__main__":
    main()
