"""The door for token holders: what it costs to be nobody, and how often one may be it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from st_tui.core import crypto
from st_tui.core.addresses import parse_address
from st_tui.core.errors import StoreError
from st_tui.core.expiry import MINUTE, iso
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.model import AuditEntry, NewToken, Project, Reason, ServiceToken, TokenText
from st_tui.core.secrets.model import Place
from st_tui.core.store import tokens
from st_tui.core.store.database import Database
from st_tui.core.vault import Vault
from st_tui.core.vault.holders.admission import FAILURES_A_MINUTE, NotAuthenticated
from st_tui.core.vault.holders.holder import MOST_NOTED, Caller
from st_tui.core.vault.session import NoServerCopy
from tests.core.vaults import NOON, Clock, raw, sqlite_of, v2, v3

UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"
HERE = "203.0.113.7"


def caller(text: TokenText | None, address: str = HERE) -> Caller:
    return Caller(text, parse_address(address), address, "tests")


def made_up(token: NewToken) -> dict[str, TokenText | None]:
    """Every kind of text that lets nobody in."""
    text = token.text
    return {
        "none": None,
        "unknown id": replace(text, id=UNKNOWN_ID),
        "wrong secret": replace(text, secret="0" * 32),
        "another version": replace(text, version=3),
        "both wrong": replace(text, id=UNKNOWN_ID, secret="0" * 32),
    }


class Door:
    """The gateway, one batch at a time."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def ask(self, who: Caller) -> NotAuthenticated | None:
        """How one request in a batch of its own was refused; None if it was let in."""
        return self.ask_each(who)[0]

    def ask_each(self, *callers: Caller) -> list[NotAuthenticated | None]:
        """The same for some requests that share a batch."""
        gateway = self._vault.gateway
        assert gateway.begin()
        answers: list[NotAuthenticated | None] = []
        for each in callers:
            try:
                with gateway.request(each, "get-secrets"):
                    answers.append(None)
            except NotAuthenticated as refused:
                answers.append(refused)
        gateway.flush()
        gateway.commit()
        return answers

    def keep_house(self) -> bool:
        """Whether there was anything to do."""
        gateway = self._vault.gateway
        if not gateway.housekeeping_due():
            return False
        assert gateway.begin()
        gateway.keep_house()
        gateway.flush()
        gateway.commit()
        return True


@pytest.fixture
def token(vault: Vault, project: Project) -> NewToken:
    return vault.tokens.create(project, v2("reader", expires_at=None))


@pytest.fixture
def server(vault: Vault, clock: Clock) -> Iterator[Vault]:
    with Vault.open(vault.directory, actor="system", clock=clock) as opened:
        yield opened


@pytest.fixture
def door(server: Vault) -> Door:
    return Door(server)


def entries(vault: Vault, event: str) -> list[AuditEntry]:
    """The oldest first."""
    return [entry for entry in reversed(vault.audit.page()) if entry.event == event]


def test_nobody_costs_the_same_whatever_is_wrong(
    server: Vault, token: NewToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock here: what is done is counted, statement by statement and hash by hash."""
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


def test_no_key_is_kept_longer_than_a_batch(
    vault: Vault, project: Project, clock: Clock, token: NewToken
) -> None:
    """Else one that was erased meanwhile would still open values."""
    vault.projects.set_e2ee(project, on=False)
    with Vault.open(vault.directory, actor="system", clock=clock, key_file=SERVER_KEY) as server:
        gateway = server.gateway
        assert gateway.begin()
        with gateway.request(caller(token.text), "get-secrets") as request:
            assert len(request._session.project_key(project.id)) == 32
        gateway.flush()
        gateway.commit()
        vault.projects.set_e2ee(project, on=True)
        assert gateway.begin()
        with (
            pytest.raises(NoServerCopy),
            gateway.request(caller(token.text), "get-secrets") as request,
        ):
            request._session.project_key(project.id)
        gateway.abandon()


def test_a_disk_that_is_full_is_told_whoever_comes(server: Vault, token: NewToken) -> None:
    """Not as a mistake of our own, which the caller would not try again."""
    gateway, connection = server.gateway, sqlite_of(server)
    assert gateway.begin()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")

    def strangers_come() -> None:
        for number in range(1_000):
            who = caller(None, f"2001:db8:{number:x}::1")
            with suppress(NotAuthenticated), gateway.request(who, "get-secrets"):
                pass

    with pytest.raises(StoreError, match="The disk is full"):
        strangers_come()
    # What a handler only reads is told alike.
    with (
        pytest.raises(StoreError, match="refused: no such table"),
        gateway.request(caller(token.text), "get-secrets") as request,
    ):
        request._session.database.execute("SELECT * FROM nowhere")
    gateway.abandon()


def test_the_log_says_how_many_places_it_does_not_name(
    vault: Vault, server: Vault, token: NewToken
) -> None:
    gateway = server.gateway
    assert gateway.begin()
    for more in (0, 7):
        with gateway.request(caller(token.text), "get-secrets") as request:
            request._holder.note_places(
                Place("dev", f"/{number}") for number in range(MOST_NOTED + more)
            )
    gateway.flush()
    gateway.commit()
    whole, cut = (json.loads(entry.details) for entry in entries(vault, "get-secrets"))
    assert len(whole["alsoRead"]) == len(cut["alsoRead"]) == MOST_NOTED
    assert "placesLeftOut" not in whole
    assert cut["placesLeftOut"] == 7


def test_the_log_has_the_order_in_which_a_batch_went(
    vault: Vault, project: Project, door: Door, clock: Clock, token: NewToken
) -> None:
    ending = vault.tokens.create(project, v2("ending", expires_at=NOON + MINUTE))
    clock.now = NOON + MINUTE
    door.ask_each(caller(token.text), caller(ending.text), caller(token.text))
    logged = [(entry.event, entry.actor) for entry in reversed(vault.audit.page(limit=4))]
    assert logged == [
        ("get-secrets", token.token.id),
        ("delete-service-token", "system"),
        ("get-secrets", ending.token.id),
        ("get-secrets", token.token.id),
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
