"""Lists and analyses say what the tokens are, also where an edited listing says otherwise."""

from __future__ import annotations

import pytest

from st_tui.core import reach
from st_tui.core.expiry import DAY
from st_tui.core.model import Order, Project, ServiceToken
from st_tui.core.reach import promises
from st_tui.core.vault import Vault
from tests.core.vaults import NOON, Clock, edit, sqlite_of, v2

EDITS = {
    "left out": "DELETE FROM service_token_listing WHERE name = 'hidden'",
    "left out and another put in": "UPDATE service_token_listing SET token_id = 'nobody' "
    "WHERE name = 'hidden'",
    "of another project": "UPDATE service_token_listing SET project_id = 'other' "
    "WHERE name = 'hidden'",
    "by another name": "UPDATE service_token_listing SET name = 'shown' WHERE name = 'hidden'",
    "of another age": "UPDATE service_token_listing SET created_at = 0 WHERE name = 'hidden'",
    "with another end": f"UPDATE service_token_listing SET ends_at = {NOON + 9 * DAY} "
    "WHERE name = 'hidden'",
    "without an end": "UPDATE service_token_listing SET ends_at = NULL WHERE name = 'hidden'",
    "with other scopes": "UPDATE service_token_listing SET text = 'hidden' WHERE name = 'hidden'",
    "all of them left out": "DELETE FROM service_token_listing",
}


@pytest.fixture
def tokens(vault: Vault, project: Project, clock: Clock) -> list[ServiceToken]:
    """Three tokens in the order they were made; the one in the middle is the one to hide."""
    made = []
    for name, days in (("first", 3), ("hidden", 2), ("last", 5)):
        draft = v2(name, f"prod:/{name}/**", expires_at=NOON + days * DAY)
        clock.advance(1)
        made.append(vault.tokens.create(project, draft).token)
    return made


@pytest.fixture(params=list(EDITS.values()), ids=list(EDITS))
def edited(
    request: pytest.FixtureRequest, vault: Vault, project: Project, tokens: list[ServiceToken]
) -> Vault:
    """The vault, which was open before somebody edited it."""
    assert vault.tokens.count(project) == 3
    assert vault.tokens.count(project, "prod") == 3
    edit(vault.directory, request.param)
    return vault


def test_every_token_is_listed(edited: Vault, project: Project, tokens: list[ServiceToken]) -> None:
    first, hidden, last = tokens
    for order, expected in (
        (Order.CREATED, [last, hidden, first]),
        (Order.NAME, [first, hidden, last]),
        (Order.EXPIRES, [hidden, first, last]),
    ):
        assert edited.tokens.page(project, order=order) == expected
        assert edited.tokens.page(project, order=order, backwards=True) == expected[::-1]
        assert edited.tokens.page(project, order=order, limit=1, offset=1) == expected[1:2]
    assert edited.tokens.count(project) == 3


def test_every_token_is_found(edited: Vault, project: Project, tokens: list[ServiceToken]) -> None:
    for text in ("prod:/hid", "HIDDEN"):
        assert edited.tokens.page(project, text=text) == [tokens[1]]
        assert edited.tokens.count(project, text) == 1
    assert edited.tokens.page(project, text="shown") == []


def test_every_token_is_named_before_its_environment_goes(
    edited: Vault, project: Project, tokens: list[ServiceToken]
) -> None:
    assert edited.environments.orphaned_by(project, "prod") == tokens[::-1]
    assert edited.environments.count_orphaned_by(project, "prod") == 3


def test_every_token_is_swept_at_its_end(
    edited: Vault, tokens: list[ServiceToken], clock: Clock
) -> None:
    assert edited.tokens.next_end() == NOON + 2 * DAY
    clock.advance(2 * DAY)
    assert [token.name for token in edited.tokens.sweep()] == ["hidden"]
    assert edited.tokens.lookup(tokens[1].id).token is None
    assert edited.tokens.next_end() == NOON + 3 * DAY


def test_a_promise_is_broken_by_every_token(edited: Vault, project: Project) -> None:
    known = reach.build_index(edited.tokens.page(project), edited.now())
    environments = edited.environments.every(project)
    for text in ("no token may read prod:/hidden/x", "every token expires within 1 day"):
        [verdict] = promises.prove(promises.parse(text, environments), known, {"prod": ["/"]})
        assert "hidden" in [breach.token.name for breach in verdict.breaches]


def test_a_project_goes_with_every_token(edited: Vault, project: Project) -> None:
    edited.projects.delete(project)
    entries = edited.audit.page(limit=10)
    gone = [entry.target for entry in entries if entry.event == "delete-service-token"]
    assert len(gone) == 3


def test_a_rotation_with_an_overlap_is_no_edit(
    vault: Vault, project: Project, tokens: list[ServiceToken]
) -> None:
    endless = vault.tokens.create(project, v2("endless", expires_at=None)).token
    vault.tokens.rotate(endless, overlap=DAY)
    vault.tokens.rotate(tokens[0], overlap=DAY)
    statements: list[str] = []
    sqlite_of(vault).set_trace_callback(statements.append)
    assert vault.tokens.count(project, "prod") == 4
    assert not any("FROM (SELECT t.id AS token_id" in one for one in statements)
