"""Which token a rotation replaced, which replaced it, and how the old one is told from the new."""

from __future__ import annotations

import pytest

from st_tui.core.expiry import DAY, HOUR, in_utc
from st_tui.core.lint import lint
from st_tui.core.model import Project, Replaced
from st_tui.core.vault import Vault
from st_tui.core.wording import told_apart
from tests.core.vaults import NOON, Clock, raw, sqlite_of, v2

MONTH = 30 * DAY


@pytest.mark.parametrize(
    ("life", "overlap", "expected"),
    [
        (MONTH, 0, Replaced(None)),
        (MONTH, HOUR, Replaced(NOON + HOUR)),
        (None, HOUR, Replaced(NOON + HOUR)),
        (HOUR, HOUR, Replaced(NOON + HOUR)),
        (HOUR, HOUR + 1, Replaced(NOON + HOUR, is_cut=True)),
    ],
)
def test_a_rotation_says_what_becomes_of_the_old_token(
    vault: Vault, project: Project, life: int | None, overlap: int, expected: Replaced
) -> None:
    made = vault.tokens.create(project, v2("ci", expires_at=None if life is None else NOON + life))
    assert made.replaced is None
    assert vault.tokens.rotate(made.token, overlap=overlap).replaced == expected


@pytest.mark.parametrize("overlap", [60_000, DAY, 7 * DAY])
def test_the_old_one_is_told_from_the_new_one_however_its_end_came(
    vault: Vault, colleague: Vault, project: Project, overlap: int
) -> None:
    """The token lives for a day: the last overlap is cut, and leaves its end as it was."""
    old = vault.tokens.create(project, v2("ci")).token
    vault.tokens.create(project, v2("other"))
    new = vault.tokens.rotate(old, overlap=overlap).token
    found = {token.id: token for token in colleague.tokens.page(project)}
    assert [t.name for t in found.values() if t.is_replaced] == ["ci"]
    assert found[old.id].is_replaced
    assert vault.tokens.get(old.id).is_replaced
    assert not vault.tokens.get(new.id).is_replaced
    until = in_utc(NOON + min(overlap, DAY))
    assert told_apart(found[old.id], in_utc) == f"ci (old, until {until})"
    assert told_apart(found[new.id], in_utc) == "ci"
    assert not vault.tokens.clone(old).token.is_replaced


def test_a_name_is_not_warned_of_for_that_of_its_own_successor(
    vault: Vault, project: Project
) -> None:
    old = vault.tokens.create(project, v2("ci", "dev:/**")).token
    vault.tokens.rotate(old, overlap=HOUR)
    both = vault.tokens.page(project)
    names = vault.tokens.names(project)
    assert names.same("ci") == 1
    assert not any(
        "same name" in w.text for token in both for w in lint(token, {"dev": ["/"]}, (), (), names)
    )
    vault.tokens.create(project, v2("ci", "dev:/**"))
    names = vault.tokens.names(project)
    for token in vault.tokens.page(project):
        found = lint(token, {"dev": ["/"]}, (), (), names)
        assert any("same name" in warning.text for warning in found) is (token.id != old.id)


def test_a_log_that_somebody_changed_tells_less(vault: Vault, project: Project) -> None:
    old = vault.tokens.create(project, v2("ci")).token
    new = vault.tokens.rotate(old, overlap=HOUR).token
    with raw(vault.directory) as connection:
        connection.execute("DROP TRIGGER audit_log_no_update")
        connection.execute("UPDATE audit_log SET details = 'no JSON'")
    for token in (old, new):
        assert vault.tokens.lineage(token) == (None, ())


def test_the_mark_costs_a_list_no_query_of_its_own(vault: Vault, project: Project) -> None:
    for number in range(5):
        token = vault.tokens.create(project, v2(f"t{number}")).token
        vault.tokens.rotate(token, overlap=HOUR)
    asked: list[str] = []
    sqlite_of(vault).set_trace_callback(asked.append)
    assert sum(token.is_replaced for token in vault.tokens.page(project, limit=64)) == 5
    sqlite_of(vault).set_trace_callback(None)
    (query,) = (statement for statement in asked if "audit_log" in statement)
    plan = sqlite_of(vault).execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert [row[3] for row in plan if "audit_log" in row[3]] == [
        "SEARCH audit_log USING INDEX audit_log_by_target (target=?)"
    ]


def test_the_tokens_before_and_after(vault: Vault, project: Project, clock: Clock) -> None:
    first = vault.tokens.create(project, v2("ci", expires_at=None)).token
    nobody = vault.tokens.lineage(first)
    assert (nobody.predecessor, nobody.successors) == (None, ())
    second = vault.tokens.rotate(first, overlap=HOUR).token
    third = vault.tokens.rotate(second).token
    again = vault.tokens.rotate(first, overlap=HOUR).token

    before, after = vault.tokens.lineage(first)
    assert before is None
    assert [relative.id for relative in after] == [second.id, again.id]
    assert [relative.state(in_utc) for relative in after] == [
        "ended by the rotation 2027-01-15 12:00 UTC", "never expires",
    ]  # fmt: skip

    before, after = vault.tokens.lineage(third)
    assert before is not None
    assert (before.id, before.name, before.token) == (second.id, "ci", None)
    assert after == ()

    before, _ = vault.tokens.lineage(again)
    assert before is not None
    assert before.state(in_utc) == "works until 2027-01-15 13:00 UTC"
    clock.advance(DAY)
    vault.tokens.sweep()
    before, _ = vault.tokens.lineage(again)
    assert before is not None
    assert before.state(in_utc) == "expired 2027-01-16 12:00 UTC"
    vault.tokens.revoke([third])
    assert vault.tokens.lineage(second).successors[0].state(in_utc).startswith("revoked 2027-01-16")
