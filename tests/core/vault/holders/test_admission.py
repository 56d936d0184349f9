"""Who is let in: what a failed authentication costs, and how many there may be."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from st_tui.core import crypto
from st_tui.core.expiry import MINUTE, iso
from st_tui.core.model import NewToken, Project, Reason, ServiceToken
from st_tui.core.store import tokens
from st_tui.core.store.database import Database
from st_tui.core.vault import Vault
from st_tui.core.vault.holders.admission import FAILURES_A_MINUTE, NotAuthenticated
from st_tui.core.vault.holders.holder import Caller
from tests.core.vault.holders.door import HERE, Door, caller, entries, made_up
from tests.core.vaults import NOON, Clock, raw, sqlite_of, v2, v3


def test_nobody_costs_the_same_whatever_is_wrong(
    server: Vault, token: NewToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured without a clock: by the statements and hashes that are counted."""
    hashed: list[int] = []
    matches = crypto.secret_matches

    def counted(secret: str, expected: bytes) -> bool:
        hashed.append(len(secret) + len(expected))
        return matches(secret, expected)

    monkeypatch.setattr(crypto, "secret_matches", counted)
    statements: list[str] = []
    assert server.gateway.housekeeping_due() is False
    done: dict[str, tuple[list[str], list[int]]] = {}
    for kind, text in made_up(token).items():
        sqlite_of(server).set_trace_callback(statements.append)
        with pytest.raises(NotAuthenticated) as refused:
            _admit(server, caller(text))
        sqlite_of(server).set_trace_callback(None)
        assert refused.value.reason == Reason.UNKNOWN
        done[kind] = [_kind(each) for each in statements], list(hashed)
        statements.clear()
        hashed.clear()
    assert len({str(each) for each in done.values()}) == 1, done
    assert len(done["none"][1]) == 1
    assert len(done["none"][0]) >= 4


def _kind(statement: str) -> str:
    """A statement without its values."""
    return re.sub(r"'[^']*'|\b\d+\b", "?", statement)


def _admit(server: Vault, who: Caller) -> None:
    gateway = server.gateway
    assert gateway.begin()
    try:
        with gateway.request(who, "get-secrets"):
            pass
    finally:
        gateway.flush()
        gateway.commit()


def test_a_living_token_is_not_read_for_a_wrong_secret(
    server: Vault, token: NewToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    find = tokens.find

    def noted(database: Database, token_id: str) -> ServiceToken | None:
        read.append(token_id)
        return find(database, token_id)

    monkeypatch.setattr(tokens, "find", noted)
    for kind in ("wrong secret", "another version"):
        assert server.tokens.authenticate(made_up(token)[kind] or token.text).token is None
    assert read == []
    assert server.tokens.authenticate(token.text).token == token.token
    assert read == [token.text.id]


@pytest.mark.parametrize("kind", ["none", "unknown id", "wrong secret", "another version"])
def test_ten_failures_a_minute_are_answered(
    door: Door, clock: Clock, token: NewToken, kind: str
) -> None:
    nobody = caller(made_up(token)[kind])
    for _ in range(FAILURES_A_MINUTE):
        refused = door.ask(nobody)
        assert refused is not None
        assert refused.retry_after is None
    for second in range(0, 60, 7):
        clock.now = NOON + second * 1000
        refused = door.ask(nobody)
        assert refused is not None
        assert refused.retry_after in range(1, 6)
        assert door.ask(caller(token.text)) is None, "a valid token always passes"
        other = door.ask(caller(made_up(token)[kind], f"203.0.113.{second + 8}"))
        assert other is not None
        assert other.retry_after is None, "another address has failures of its own"
    clock.now = NOON + MINUTE
    refused = door.ask(nobody)
    assert refused is not None
    assert refused.retry_after is None


def test_a_client_is_never_told_to_wait_past_the_minute_by_much(
    door: Door, clock: Clock, token: NewToken
) -> None:
    nobody = caller(None)
    door.ask_each(*[nobody] * FAILURES_A_MINUTE)
    waits = []
    for second in (0, 56, 57, 58, 59):
        clock.now = NOON + second * 1000
        refused = door.ask(nobody)
        assert refused is not None
        waits.append(refused.retry_after)
    assert waits == [5, 4, 3, 2, 1]


def test_ipv6_counts_by_64(door: Door, token: NewToken) -> None:
    together = [caller(None, f"2001:db8::{number:x}:1") for number in range(1, 12)]
    answers = door.ask_each(*together)
    assert [each is not None and each.retry_after is None for each in answers] == [
        *[True] * FAILURES_A_MINUTE,
        False,
    ]
    beside = door.ask(caller(None, "2001:db8:0:1::1"))
    assert beside is not None
    assert beside.retry_after is None
    assert door.ask(caller(token.text, "2001:db8::1")) is None


def test_what_is_no_address_is_one_whatever_it_says(vault: Vault, door: Door, clock: Clock) -> None:
    told = [f"made up {number}" for number in range(FAILURES_A_MINUTE)]
    answers = door.ask_each(*[Caller(None, None, text, None) for text in (*told, "more", None)])
    assert [each is not None and each.retry_after for each in answers] == [
        *[None] * FAILURES_A_MINUTE,
        5,
        5,
    ]
    clock.advance(MINUTE)
    assert door.keep_house()
    (entry,) = entries(vault, "failed-authentications")
    assert (entry.ip, entry.details[:13]) == (None, '{"failures":2')


def test_ipv4_is_one_address_however_it_is_written(door: Door) -> None:
    spellings = ("192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:0201")
    answers = door.ask_each(*[caller(None, text) for text in spellings * 3])
    assert [each is not None and each.retry_after for each in answers] == [
        *[None] * FAILURES_A_MINUTE,
        5,
        5,
    ]


def test_what_is_past_the_limit_is_one_entry_for_its_minute(
    vault: Vault, door: Door, clock: Clock, token: NewToken
) -> None:
    clock.now = NOON + 1_000
    door.ask_each(*[caller(None)] * (FAILURES_A_MINUTE + 25))
    door.ask_each(*[caller(None, "203.0.113.8")] * FAILURES_A_MINUTE)
    door.ask_each(*[caller(None, "2001:db8::1")] * (FAILURES_A_MINUTE + 1))
    assert len(entries(vault, "get-secrets")) == 3 * FAILURES_A_MINUTE
    assert not door.keep_house(), "the minute is not over"
    clock.now = NOON + MINUTE
    door.ask_each(*[caller(None)] * (FAILURES_A_MINUTE + 2))
    assert door.keep_house()
    assert not door.keep_house(), "each is told once"
    clock.now = NOON + 5 * MINUTE
    assert door.keep_house()
    told = entries(vault, "failed-authentications")
    assert [(entry.ip, entry.actor, entry.verdict, entry.reason) for entry in told] == [
        ("2001:db8::/64", "anonymous", "denied", "unknown"),
        (HERE, "anonymous", "denied", "unknown"),
        (HERE, "anonymous", "denied", "unknown"),
    ]
    assert [entry.details for entry in told] == [
        f'{{"failures":1,"minute":"{iso(NOON)}"}}',
        f'{{"failures":25,"minute":"{iso(NOON)}"}}',
        f'{{"failures":2,"minute":"{iso(NOON + MINUTE)}"}}',
    ]
    assert vault.audit.first_broken() is None


def test_the_end_of_a_token_is_found_once(
    vault: Vault, project: Project, door: Door, clock: Clock
) -> None:
    ending = vault.tokens.create(project, v2("ending", expires_at=NOON + MINUTE))
    clock.now = NOON + MINUTE - 1
    assert door.ask(caller(ending.text)) is None
    clock.now = NOON + MINUTE
    wrong = door.ask(caller(replace(ending.text, secret="0" * 32)))
    assert wrong is not None
    assert wrong.reason == Reason.UNKNOWN
    assert vault.tokens.lookup(ending.token.id).token is not None, "only its holder ends it"
    first, second = door.ask_each(caller(ending.text), caller(ending.text))
    assert first is not None
    assert second is not None
    assert (first.reason, second.reason) == (Reason.EXPIRED, Reason.UNKNOWN)
    known = vault.tokens.lookup(ending.token.id)
    assert known.token is None
    assert known.tombstone is not None
    assert known.tombstone.actor == "system"
    asked = entries(vault, "get-secrets")
    assert [(entry.actor, entry.reason) for entry in asked[-3:]] == [
        ("anonymous", "unknown"),
        (ending.token.id, "expired"),
        ("anonymous", "expired"),
    ]


def test_inactive_and_from_elsewhere_are_no_failures_of_authentication(
    vault: Vault, project: Project, door: Door
) -> None:
    office = vault.tokens.create(project, v3(trusted=("198.51.100.0/24",)))
    answers = door.ask_each(*[caller(office.text)] * (FAILURES_A_MINUTE + 1))
    assert {each and each.reason for each in answers} == {Reason.INACTIVE}
    vault.tokens.set_active(office.token, True)
    answers = door.ask_each(*[caller(office.text)] * (FAILURES_A_MINUTE + 1))
    assert {each and each.reason for each in answers} == {Reason.IP}
    assert door.ask(caller(office.text, "198.51.100.9")) is None
    with raw(vault.directory) as file:
        used = file.execute("SELECT use_count FROM service_token_use").fetchall()
    assert used == [(1,)], "a token that was refused as a whole was not used"
