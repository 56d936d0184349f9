"""Promises: read exactly, and proved or broken as asking the decision of every path shows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import decide
from st_tui.core.expiry import DAY, MONTH
from st_tui.core.model import AccessRequest, Environment, Permission, Scope, ServiceToken
from st_tui.core.reach import build_index
from st_tui.core.reach.promises import (
    Breach,
    Ending,
    PromiseError,
    Reserved,
    Verdict,
    parse,
    prove,
    told,
)
from tests.core.reach.test_index import token
from tests.core.vaults import NOON, READ, WRITE

ENVIRONMENTS = [Environment("dev", "Dev"), Environment("prod", "Prod")]
FOLDERS = {"dev": ["/"], "prod": ["/", "/db", "/db/live"]}


def verdicts(text: str, *some: ServiceToken) -> list[Verdict]:
    return prove(parse(text, ENVIRONMENTS), build_index(some, NOON), FOLDERS)


def breaches(text: str, *some: ServiceToken) -> list[tuple[str, int | None, str | None]]:
    [verdict] = verdicts(text, *some)
    assert verdict.holds is (verdict.breaches == ())
    return [(broken.token.name, broken.scope, broken.path) for broken in verdict.breaches]


def test_what_is_read() -> None:
    text = """
# All of a line,
no token may write prod:/**  # or the rest of it.
\tonly  ci-*,deploy me , c#* may read prod:/db/**\r
every token expires within 12 months
every token expires within 1h 30m#not"""
    with pytest.raises(PromiseError, match=r"Line 6: '1h 30m#not' is no duration"):
        parse(text, ENVIRONMENTS)
    first, second, third = parse(text.rpartition("\n")[0], ENVIRONMENTS)
    assert first == Reserved(
        3, "no token may write prod:/**", (), Permission.WRITE, Scope("prod", "/**")
    )
    assert isinstance(second, Reserved)
    assert second.names == ("ci-*", "deploy me", "c#*")
    assert third == Ending(5, "every token expires within 12 months", 12 * MONTH)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nobody may write prod:/**", "'nobody may write prod:/**' is no promise: write `no token"),
        ("no token may write prod:/** ever", "is no promise"),
        ("no token may", "is no promise"),
        ("only may read prod:/db", "is no promise"),
        ("only , may read prod:/db", "name is missing"),
        ("only ci,,cd may read prod:/db", "name is missing"),
        ("No token may read prod:/db", "is no promise"),
        ("no token may delete prod:/db", "'delete' is no operation: write read or write"),
        ("no token may read /db", "is no scope"),
        ("no token may read qa:/db", "no environment 'qa': the project has dev, prod"),
        ("no token may read prod:db", "write prod:/db"),
        ("no token may read prod:/db/", "write prod:/db"),
        ("no token may read prod:/db***", "***"),
        ("no token may read prod:/[!a]", "grants"),
        (
            "no token may read prod:/db.old/**",
            "would say nothing: /db.old/** can never match a folder (proved): it has a dot",
        ),
        ("every token expires within", "is no promise"),
        ("every token expires within a year", "is no duration"),
        ("every token expires within 12 moons", "'moons' is no unit of time"),
    ],
)
def test_what_is_refused_is_named_with_its_line(line: str, said: str) -> None:
    with pytest.raises(PromiseError, match=re.escape(said)) as refused:
        parse(f"# first\n\nno token may read dev:/\n{line}\n", ENVIRONMENTS)
    assert str(refused.value).startswith("Line 4: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n   \n"])
def test_a_text_without_promises_proves_nothing(text: str) -> None:
    with pytest.raises(PromiseError, match="no promise to prove"):
        parse(text, ENVIRONMENTS)


def test_nothing_is_proved_of_no_living_token() -> None:
    for some in ([], [token("old", "/", expires_at=NOON)]):
        with pytest.raises(PromiseError, match="no living token"):
            verdicts("no token may read prod:/", *some)


def test_who_breaks_a_promise_and_where() -> None:
    some = [
        token("ops", "/x", "/**", permissions=READ | WRITE),
        token("ci", "/db/*", permissions=WRITE),
        token("reader", "/**"),
        token("far", "/other/**", permissions=WRITE),
    ]
    assert breaches("no token may write prod:/db/**", *some) == [
        ("ops", 1, "/db"), ("ci", 0, "/db/live"),
    ]  # fmt: skip
    assert breaches("only ops,c* may write prod:/db/**", *some) == []
    assert breaches("only ops may read prod:/db/new/**", *some) == [("reader", 0, "/db/new")]
    assert breaches("no token may write dev:/**", *some) == []


@pytest.mark.parametrize(
    ("names", "name", "is_named"),
    [
        ("ci-*", "ci-deploy", True),
        ("ci-*", "cI-deploy", False),
        ("ci-*", "my-ci-x", False),
        ("*", "anything at all", True),
        ("a[b]?", "a[b]?", True),
        ("a[b]?", "abx", False),
        ("a, b", "b", True),
        ("x may read y", "x may read y", True),
        ("*a" * 40 + "b", "a" * 99, False),
    ],
)
def test_names(names: str, name: str, is_named: bool) -> None:
    one = token("1", "/")._replace(name=name)
    assert (breaches(f"only {names} may read prod:/", one) == []) is is_named


def test_a_name_that_several_tokens_bear_is_told_of() -> None:
    some = [
        token("1", "/db")._replace(name="ci"),
        token("2", "/elsewhere")._replace(name="ci"),
        token("3", "/db")._replace(name="web"),
        token("4", "/db")._replace(name="ci", expires_at=NOON),
    ]
    [verdict] = verdicts("only ci, w* may read prod:/db", *some)
    assert verdict.holds
    assert verdict.namesakes == tuple(some[:2])
    assert told(verdict, NOON) == [
        (one, "is one of 2 tokens of this name: each of them may") for one in some[:2]
    ]
    for other in ("only c*, web may read prod:/db", "no token may write prod:/db"):
        assert verdicts(other, *some)[0].namesakes == ()


def test_a_token_whose_name_only_looks_like_one_that_is_named() -> None:
    some = [token("1", "/db")._replace(name="ci"), token("2", "/db")._replace(name="\u0441i")]
    [verdict] = verdicts("only ci may read prod:/db", *some)
    assert told(verdict, NOON) == [
        (some[1], "may read /db by scope 1  prod:/db  (its name only looks like ci)")
    ]


def test_ends() -> None:
    some = [
        token("soon", "/", expires_at=NOON + DAY),
        token("late", "/", expires_at=NOON + DAY + 1),
        token("never", "/"),
        token("gone", "/", expires_at=NOON),
    ]
    [verdict] = verdicts("every token expires within 1 day", *some)
    assert verdict.breaches == (Breach(some[1]), Breach(some[2]))


simple = st.sampled_from(["/", "/**", "/*", "/a", "/a/*", "/a/**", "/*/a", "/**/b", "/[ab]/b"])


@given(simple, st.lists(st.tuples(simple, st.booleans()), min_size=1, max_size=4))
def test_a_promise_holds_if_no_path_shows_otherwise(
    promised: str, granted: list[tuple[str, bool]]
) -> None:
    some = [
        token(number, text, permissions=WRITE if writes else READ)
        for number, (text, writes) in enumerate(granted)
    ]
    asked = token("asked", promised)
    # Of such patterns, two that overlap at all do so within three segments of these names.
    names = ("a", "b", "c")
    paths = ["/", *(f"/{a}" for a in names), *(f"/{a}/{b}" for a in names for b in names)]
    paths += [f"/{a}/{b}/{c}" for a in names for b in names for c in names]

    def may(one: ServiceToken, path: str, operation: Permission) -> bool:
        return decide(one, AccessRequest("prod", path, operation, NOON)).allowed

    def breaks(one: ServiceToken, path: str) -> bool:
        return may(one, path, Permission.WRITE) and may(asked, path, Permission.READ)

    found = breaches(f"no token may write prod:{promised}", *some)
    assert [name for name, _, _ in found] == [
        one.name for one in some if any(breaks(one, path) for path in paths)
    ]
    for name, _, path in found:
        assert path is not None
        assert breaks(some[int(name)], path)
