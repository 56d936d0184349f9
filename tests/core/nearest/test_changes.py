"""The nearest miss, held against every short path there is and against `decide` itself."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import decide
from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.model import (
    AccessRequest,
    Endpoint,
    Permission,
    Reason,
    Scope,
    ServiceToken,
)
from st_tui.core.nearest import Change, NearMiss, nearest_misses
from st_tui.core.nearest import path as nearest_paths
from st_tui.core.nearest.edit_distance import distance_from, least_distance_from
from st_tui.core.nearest.path import nearest_folder, nearest_path, nearest_relative
from st_tui.core.patterns import compile_pattern
from tests.core.vaults import NOON, READ

LONGEST = 6
NAMES = ["".join(letters) for n in range(1, LONGEST) for letters in product("ab", repeat=n)]


def every_path() -> list[str]:
    """All paths that a folder of a's and b's can have, up to a length."""
    found, growing = ["/"], [""]
    while growing:
        growing = [
            f"{path}/{name}"
            for path in growing
            for name in NAMES
            if len(path) + 1 + len(name) <= LONGEST
        ]
        found += growing
    return found


PATHS = every_path()


def obvious_distance(one: str, other: str) -> int:
    """The table of edit distances, written out in full."""
    table = [
        [i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)
    ]
    for i, j in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        replaced = table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
        table[i][j] = min(replaced, table[i - 1][j] + 1, table[i][j - 1] + 1)
    return table[-1][-1]


units = st.sampled_from(["a", "b", "a", "b", "?", "[ab]", "[^a]", "{ab,b}", "{a,bb}", "."])
plain_segments = st.lists(units, min_size=1, max_size=3).map("".join)
starred = st.tuples(st.sampled_from(["", "a", ".", "?"]), st.sampled_from(["", "b", "{a,b}"])).map(
    "*".join
)
patterns = st.lists(plain_segments | starred | st.just("**"), max_size=3).map(
    lambda segments: "/" + "/".join(segments)
)
# Short enough that whatever is nearest is one of PATHS: its distance bounds its length.
asked = st.text("ab/.é", max_size=4).map(lambda rest: f"/{rest}") | st.text("a/", max_size=3)


@given(st.lists(patterns, min_size=1, max_size=3), asked)
def test_no_path_is_nearer(texts: list[str], path: str) -> None:
    globs = [compile_pattern(text) for text in texts]
    accepted = [one for one in PATHS if any(glob.matches(one) for glob in globs)]
    found = nearest_path(globs, path)
    best = min((obvious_distance(path, one) for one in accepted), default=None)
    if found is None:
        assert best is None
    else:
        assert globs[found.pattern].matches(found.path)
        assert found.distance == obvious_distance(path, found.path)
        # A path as near may be longer than those listed; a nearer one is never.
        assert best is None or found.distance <= best
        listed = len(found.path) <= LONGEST and set(found.path) <= set("ab/")
        assert not listed or found.distance == best


@given(patterns, st.sampled_from(PATHS))
def test_an_automaton_walked_by_character_is_the_one_read_by_segment(text: str, path: str) -> None:
    automaton = compile_pattern(text).automaton
    ends = automaton.read(automaton.start, "")
    for name in path[1:].split("/") if path != "/" else []:
        alive = automaton.enter(ends)
        for character in name:
            alive = automaton.advance(alive, character)
        ends = automaton.read(ends, name)
        assert alive & automaton.ends == ends


@given(st.text("ab/", max_size=9), st.text("ab/", max_size=9))
def test_edit_distance(one: str, other: str) -> None:
    assert distance_from(one)(other) == obvious_distance(one, other)


@given(st.text("ab", max_size=4), st.text("ab", max_size=3), st.integers(0, 3))
def test_least_distance(text: str, beginning: str, following: int) -> None:
    others = (
        beginning + "".join(rest)
        for length in range(following, following + 5)
        for rest in product("ab", repeat=length)
    )
    least = min(obvious_distance(text, other) for other in others)
    assert least_distance_from(text)(beginning, following) == least


@pytest.mark.parametrize(
    ("pattern", "path", "near"),
    [
        ("/common/**", "/comon/db", "/common/db"),
        ("/common/*", "/common", "/common/x"),
        ("/folder1/[0-9]", "/folder1/a", "/folder1/0"),
        ("/", "/a", "/"),
        ("/a/b", "", "/a/b"),
        ("/a.b", "/a.b/c", None),
        ("/*/**/c.d", "/a", None),
    ],
)
def test_the_nearest_path(pattern: str, path: str, near: str | None) -> None:
    found = nearest_path([compile_pattern(pattern)], path)
    assert (found and found.path) == near


def test_a_search_ends_at_its_cap() -> None:
    glob = compile_pattern("/" + "?" * 60)
    assert nearest_path([glob], "/a") is not None
    assert nearest_path([glob], "/a", cap=50) is None
    assert nearest_path([glob], "/a", within=58) is None


def test_of_many_patterns_only_those_are_walked_that_can_be_so_near() -> None:
    globs = [compile_pattern(f"/team{number}/*{number}/**") for number in range(200)]
    found = nearest_path(globs, "/taem77/db7", cap=1_000)
    assert found == ("/team77/db77", 3, 77)
    assert nearest_path(globs, "/x", cap=1_000) == ("/team0/0", 7, 0)
    assert nearest_path(globs[:1], "/taem77/db7", cap=10) is None


def test_of_many_patterns_a_folder_is_put_to_those_that_lead_there(
    monkeypatch: pytest.MonkeyPatch, matched: list[str]
) -> None:
    globs = [
        compile_pattern(text) for n in range(100) for text in (f"/team{n}/**", f"/team{n}/[ab]")
    ]
    folders = ["/", *(f"/team{n}{below}" for n in range(100) for below in ("", "/b", "/b/c"))]
    assert nearest_folder(globs, "/team77/x/c", folders) == ("/team77/b/c", 1, 154)
    assert nearest_relative(globs, "/team77/x/c", folders) == ("/team77/b/c", 1, 154)
    assert 0 < len(matched) <= 2 * len(folders)
    matched.clear()
    monkeypatch.setattr(nearest_paths, "_TRIES", 50)
    wild = [compile_pattern(f"/*/{n}") for n in range(20)]  # any folder may be one of theirs
    assert nearest_folder(wild, "/team77", folders) is None
    assert len(matched) <= 50


@given(st.lists(patterns, min_size=1, max_size=5), asked, st.lists(st.sampled_from(PATHS)))
def test_no_folder_is_nearer(texts: list[str], path: str, folders: list[str]) -> None:
    globs = [compile_pattern(text) for text in texts]
    accepted = [one for one in folders if any(glob.matches(one) for glob in globs)]
    found = nearest_folder(globs, path, folders)
    assert found == min(
        (
            (one, obvious_distance(path, one), [g.matches(one) for g in globs].index(True))
            for one in accepted
        ),
        key=lambda near: near[1],
        default=None,
    )


def test_the_nearest_folder_is_one_that_is_accepted() -> None:
    globs = [compile_pattern("/x"), compile_pattern("/common/*")]
    folders = ["/", "/common", "/common/mail", "/common/db", "/common/dc"]
    assert nearest_folder(globs, "/common", folders) == ("/common/db", 3, 1)
    assert nearest_folder(globs, "/common", ["/"]) is None


def test_kin_shares_the_first_segments() -> None:
    globs = [compile_pattern("/folder1/*"), compile_pattern("/backend")]
    folders = ["/", "/backend", "/folder1", "/folder1/subfolder", "/folder1/subfolder1"]
    assert nearest_folder(globs, "/folder1", folders) == ("/backend", 6, 1)
    assert nearest_relative(globs, "/folder1", folders) == ("/folder1/subfolder", 10, 0)
    assert nearest_relative(globs, "/common", folders) == ("/backend", 6, 1)
    assert nearest_relative(globs, "/common", ["/"]) is None


# ---- misses -----------------------------------------------------------------------------------

TOKEN = ServiceToken(
    "t",
    "t",
    (Scope("dev", "/common/**"), Scope("prod", "/[!a]"), Scope("prod", "/folder1/*")),
    READ,
    expires_at=NOON + 1,
    version=3,
    trusted_ips=parse_ranges(["10.0.0.0/8", "2001:db8::/32"]),
)
ASKED = AccessRequest("dev", "/common/db", Permission.READ, NOON, ip=parse_address("10.1.2.3"))
FOLDERS = {"dev": ["/", "/common", "/common/db", "/other"], "prod": ["/"]}


def told(token: ServiceToken, request: AccessRequest) -> list[tuple[tuple[Change, ...], str]]:
    return [(miss.changes, miss.request.path) for miss in nearest_misses(token, request, FOLDERS)]


def test_nothing_misses_where_nothing_is_denied() -> None:
    assert nearest_misses(TOKEN, ASKED) == ()


def test_one_change_where_one_thing_is_wrong() -> None:
    (late,) = nearest_misses(TOKEN, ASKED._replace(now=NOON + 99))
    assert (late.changes, late.request.now) == ((Change.TIME,), NOON)
    (off,) = nearest_misses(TOKEN._replace(is_active=False), ASKED)
    assert (off.changes, off.token, off.request) == ((Change.ACTIVE,), TOKEN, ASKED)
    (write,) = nearest_misses(TOKEN, ASKED._replace(operation=Permission.WRITE))
    assert write.request == ASKED
    (raw,) = nearest_misses(TOKEN, ASKED._replace(endpoint=Endpoint.RAW, e2ee=True))
    assert raw.request == ASKED._replace(e2ee=True)


@pytest.mark.parametrize(
    ("ip", "near"),
    [
        ("9.9.9.9", "10.0.0.0"),
        ("11.0.0.1", "10.255.255.255"),
        ("255.0.0.0", "10.255.255.255"),  # an IPv6 address is nearer on the line
        ("::1", "2001:db8::"),
        (None, "10.0.0.0"),
    ],
)
def test_the_nearest_trusted_address(ip: str | None, near: str) -> None:
    (miss,) = nearest_misses(TOKEN, ASKED._replace(ip=None if ip is None else parse_address(ip)))
    assert miss.changes == (Change.IP,)
    assert miss.request.ip == parse_address(near)


def test_a_folder_is_preferred_where_it_is_as_near() -> None:
    assert told(TOKEN, ASKED._replace(path="/comon/dx")) == [
        ((Change.PATH,), "/common/dx"),
        ((Change.PATH,), "/common/db"),
    ]
    assert told(TOKEN, ASKED._replace(path="/common1")) == [((Change.PATH,), "/common")]


def test_another_environment_may_have_the_path() -> None:
    assert told(TOKEN, ASKED._replace(environment="test")) == [
        ((Change.ENVIRONMENT,), "/common/db")
    ]
    assert told(TOKEN, ASKED._replace(path="/folder1/y")) == [
        ((Change.ENVIRONMENT,), "/folder1/y"),
        ((Change.PATH,), "/common/y"),
        ((Change.PATH,), "/common"),
    ]


def test_several_things_wrong_are_mended_together_in_order() -> None:
    everything = AccessRequest(
        "test", "/folder1", Permission.WRITE, NOON + 1, Endpoint.RAW, True, parse_address("9.9.9.9")
    )
    (miss,) = nearest_misses(TOKEN._replace(is_active=False), everything)
    assert miss.changes == tuple(Change)
    assert miss.request.environment == "prod"


def test_nothing_helps_a_token_that_opens_nothing() -> None:
    nothing = TOKEN._replace(scopes=(Scope("dev", "/a.b"), Scope("prod", "/[!a]")))
    assert nearest_misses(nothing, ASKED) == ()
    assert nearest_misses(nothing, ASKED._replace(environment="test")) == ()
    assert nearest_misses(TOKEN._replace(permissions=frozenset()), ASKED) == ()
    assert nearest_misses(TOKEN._replace(trusted_ips=()), ASKED) == ()
    assert nearest_misses(TOKEN, ASKED._replace(path="/elsewhere"), cap=3) == ()


environments = st.sampled_from(["dev", "prod"])
tokens = st.builds(
    ServiceToken,
    st.just("t"),
    st.just("t"),
    st.lists(st.builds(Scope, environments, patterns), min_size=1, max_size=3).map(tuple),
    st.frozensets(st.sampled_from(Permission), min_size=1),
    st.none() | st.integers(NOON - 1, NOON + 1),
    is_active=st.booleans(),
    trusted_ips=st.sampled_from([None, TOKEN.trusted_ips, parse_ranges(["0.0.0.0/0", "::/0"])]),
)
requests = st.builds(
    AccessRequest,
    environments | st.just("test"),
    asked,
    st.sampled_from(Permission),
    st.just(NOON),
    st.sampled_from(Endpoint),
    st.booleans(),
    st.none() | st.sampled_from([0, 2**32 + 1, parse_address("10.1.2.3")]),
)
FIELDS = {
    Change.TIME: "now",
    Change.IP: "ip",
    Change.ENVIRONMENT: "environment",
    Change.PATH: "path",
    Change.OPERATION: "operation",
    Change.ENDPOINT: "endpoint",
}


def undone(miss: NearMiss, change: Change, token: ServiceToken, request: AccessRequest) -> NearMiss:
    """The miss without one of its changes."""
    if change is Change.ACTIVE:
        return miss._replace(token=token)
    field = FIELDS[change]
    return miss._replace(request=miss.request._replace(**{field: getattr(request, field)}))


@given(tokens, requests)
def test_each_miss_is_allowed_and_changes_nothing_in_vain(
    token: ServiceToken, request: AccessRequest
) -> None:
    for miss in nearest_misses(token, request, {"dev": PATHS[:20], "prod": []}):
        assert decide(miss.token, miss.request).reason is Reason.ALLOWED
        back = miss
        for change in miss.changes:
            assert not decide(*undone(miss, change, token, request)[:2]).allowed
            back = undone(back, change, token, request)
        assert back[:2] == (token, request)


@given(tokens, requests)
def test_where_one_change_is_enough_one_is_told(
    token: ServiceToken, request: AccessRequest
) -> None:
    if decide(token, request).allowed:
        return
    mends = [
        (Change.TIME, [request._replace(now=(token.expires_at or NOON) - 1)]),
        (Change.ENVIRONMENT, [request._replace(environment=one) for one in ("dev", "prod")]),
        (Change.PATH, [request._replace(path=path) for path in PATHS]),
        (Change.OPERATION, [request._replace(operation=one) for one in Permission]),
        (Change.ENDPOINT, [request._replace(endpoint=Endpoint.E2EE)]),
        (Change.IP, [request._replace(ip=block.first) for block in token.trusted_ips or ()]),
    ]
    enough = {change for change, tried in mends if any(decide(token, one).allowed for one in tried)}
    if decide(token._replace(is_active=True), request).allowed:
        enough.add(Change.ACTIVE)
    alone = {miss.changes[0] for miss in nearest_misses(token, request) if len(miss.changes) == 1}
    assert enough <= alone
