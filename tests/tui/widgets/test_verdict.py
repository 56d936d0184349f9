"""What is said of a request in so many lines: the rules are those of the documentation."""

from __future__ import annotations

import pytest

from st_tui.core.addresses import parse_ranges
from st_tui.core.expiry import DAY
from st_tui.core.model import AccessRequest, Permission, Scope, ServiceToken
from st_tui.tui.widgets.near_misses import near_misses
from st_tui.tui.widgets.neighbours import Neighbourhood, neighbour_lines
from st_tui.tui.widgets.verdict import Question, verdict_lines
from tests.conftest import NOW

FOLDERS = {
    "dev": ["/", "/common", "/common/db", "/common/db/primary", "/common/mail", "/folder1"],
    "prod": ["/", "/common"],
}
ONE = ServiceToken(
    "id",
    "ci-deploy",
    (Scope("dev", "/common/**"),),
    frozenset({Permission.READ}),
    expires_at=NOW + 180 * DAY,
)
MANY = ONE._replace(
    scopes=(Scope("prod", "/**"), Scope("dev", "/*"), Scope("dev", "/common/*"), Scope("dev", "/x"))
)
UNTIL = "until 2027-05-22, from anywhere"


def said(
    token: ServiceToken, path: str, *, environment: str = "dev", width: int = 78, height: int = 4
) -> list[str]:
    request = AccessRequest(environment, path, Permission.READ, NOW)
    misses = near_misses(token, request, FOLDERS) or ()
    question = Question(token, request, misses)
    return [line.plain for line in verdict_lines(question, width, height)]


def test_a_yes_names_its_scope_and_its_limits_and_shows_the_pattern_below_the_path() -> None:
    assert said(ONE, "/common/db") == [
        f"✔ ALLOWED    scope 1  dev:/common/**           {UNTIL}",
        "path     /common/db",
        "scope 1  /common/**  ✔",
    ]


def test_a_yes_by_one_of_many_scopes_says_of_how_many() -> None:
    first, *_ = said(MANY, "/common/db")
    assert first.startswith("✔ ALLOWED    scope 3 of 4  dev:/common/*  ")


def test_a_no_says_why_what_would_be_allowed_and_where_it_stopped() -> None:
    assert said(ONE, "/comon/db") == [
        "✖ DENIED    path: no scope in dev matches /comon/db",
        "→ allowed if asked for /common/db",
        "path     ✖/comon/db",
        "scope 1   /common/**",
    ]


def test_of_many_scopes_the_one_that_came_furthest_stands_below_the_path() -> None:
    denied = "path: no scope in dev matches /common/db/primary"
    instead = ["→ allowed if asked in prod", "→ allowed if asked for /common/db"]
    assert said(MANY, "/common/db/primary") == [
        f"✖ DENIED    {denied}",
        *instead,
        "1 prod:/**  ✖ other environment  +3 more",
    ]
    assert said(MANY, "/common/db/primary", height=9) == [
        "✖ DENIED",
        denied,
        *instead,
        "",
        "path     /common/db✖/primary",
        "scope 3  /common/*",
        "1 prod:/**  ✖ other environment",
        "2 dev:/*  ✖ stops at “db”, segment 2  +1 more",
    ]


def test_one_that_another_address_would_be_allowed_says_from_where() -> None:
    office = ONE._replace(trusted_ips=parse_ranges(["10.0.0.0/8"]), version=3)
    assert said(office, "/common")[:2] == [
        "✖ DENIED    ip: it trusts 10.0.0.0/8, not every address",
        "→ allowed only from 10.0.0.0/8 and before 2027-05-22 12:00 UTC",
    ]


@pytest.mark.parametrize("width", range(10, 90, 7))
@pytest.mark.parametrize("height", [1, 3, 4, 9])
@pytest.mark.parametrize("path", ["/", "/common/db", "/nowhere/at/all"])
def test_it_fits_into_its_lines(width: int, height: int, path: str) -> None:
    for token in (ONE, MANY, ONE._replace(is_active=False)):
        lines = said(token, path, width=width, height=height)
        assert len(lines) <= height
        assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/", "/common ✔   /folder1 ✖   prod ✖"),
        ("/common/db", "/common ✔   /common/db/primary ✔   /common/mail ✔   / ✖   prod ✖"),
        ("/com", "/common ✔   /folder1 ✖   / ✖   prod ✖"),  # the one that is being typed first
    ],
)
def test_what_is_next_to_a_path(path: str, line: str) -> None:
    found = Neighbourhood(FOLDERS).of("dev", path)
    opened = {"/common", "/common/db", "/common/db/primary", "/common/mail"}
    (drawn,) = neighbour_lines(
        found, lambda place: place.environment == "dev" and place.path in opened, 78, 1
    )
    assert drawn.plain == f"next to it   {line}"


def test_places_that_do_not_fit_are_left_out_whole() -> None:
    found = Neighbourhood(FOLDERS).of("dev", "/common/db")
    (drawn,) = neighbour_lines(found, lambda place: True, 45, 1)
    assert drawn.plain == "next to it   /common ✔   /common/db/primary ✔"
