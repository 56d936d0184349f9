"""Who is let in, and that all others are told the same, at most so many times a minute."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from st_tui.core.addresses import parse_ranges
from st_tui.core.expiry import MINUTE, system_clock
from st_tui.core.model import AuditEntry, NewToken
from st_tui.core.vault import Vault
from tests.api.http_calls import Answer, Connection, own_address
from tests.api.server import serving
from tests.api.shop import READ_WRITE, Shop
from tests.core.vaults import v2, v3

INVALID = (401, "UnauthorizedError", "Invalid service token")
MISSING = (401, "UnauthorizedError", "Token missing")
UNTRUSTED = (401, "UnauthorizedError", "Failed to authenticate")
ENDED = (403, "ForbiddenError", "Service token has expired")
ROUTE = "/api/v2/service-token"


@contextmanager
def connected(url: str, headers: Mapping[str, str] | None = None) -> Iterator[Connection]:
    line = Connection(url, headers or {})
    try:
        yield line
    finally:
        line.close()


def with_bearer(url: str, text: str) -> Answer:
    """The answer to a request with this bearer, from an unused address."""
    with connected(url, {"Authorization": f"Bearer {text}"}) as line:
        return line.ask("GET", ROUTE)


def swapped(part: str) -> str:
    return part.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))


@pytest.fixture
def token(closed_shop: Shop) -> NewToken:
    return closed_shop.made(v2("reader", "dev:/**", permissions=READ_WRITE, expires_at=None))


def about(vault: Vault, token: NewToken) -> list[AuditEntry]:
    """The entries of the token's requests, the oldest first."""
    return [e for e in reversed(vault.audit.page()) if e.actor == token.token.id]


def malformed(token: NewToken) -> dict[str, str]:
    version, token_id, secret, key = token.text.full.split(".")
    return {
        "a word": "x",
        "prefix alone": "st",
        "prefix and dot": "st.",
        "two parts": f"{version}.{token_id}",
        "five parts": f"{token.text.full}.{key}",
        "an empty secret": f"{version}.{token_id}..{key}",
        "a short secret": f"{version}.{token_id}.{secret[:-1]}",
        "a long secret": f"{version}.{token_id}.{secret}0",
        "upper case": token.text.full.upper(),
        "no UUID": f"{version}.{token_id[:-1]}.{secret}.{key}",
        "a JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "a percent sign": token.text.full.replace(".", "%2e"),
        "bytes beyond ASCII": token.text.full + "\u00e9\u0085",
        "very long": "st." + "0" * 5_000,
        "an unknown id": f"{version}.{swapped(token_id)}.{secret}.{key}",
        "a wrong secret": f"{version}.{token_id}.{swapped(secret)}.{key}",
        "another version": f"stv3.{token_id}.{secret}.{key}",
    }


def test_all_that_is_not_known_is_told_the_same(closed_shop: Shop, token: NewToken) -> None:
    """Status, words and headers are the same. Only the request's own id and the date differ."""
    bodies = set()
    revoked = closed_shop.made(v2("revoked", "dev:/**", expires_at=None))
    closed_shop.vault.tokens.revoke([revoked.token])
    for kind, text in {**malformed(token), "revoked": revoked.text.full}.items():
        answer = with_bearer(closed_shop.url, text)
        assert answer.problem == INVALID, kind
        body = {**answer.json, "reqId": ""}
        headers = {**answer.headers, "date": ""}
        bodies.add((str(body), str(sorted(headers.items()))))
    assert len(bodies) == 1


@pytest.mark.parametrize("scheme", ["Basic", "bearer", "BEARER", "Bearer ", "Token", "Bear", ""])
def test_the_scheme_is_bearer_in_any_case(closed_shop: Shop, token: NewToken, scheme: str) -> None:
    with connected(closed_shop.url, {"Authorization": f"{scheme} {token.text.full}"}) as line:
        answer = line.ask("GET", ROUTE)
    if scheme.strip().lower() == "bearer":
        assert answer.status == 200
    else:
        assert answer.problem[:2] == INVALID[:2]
        assert "Bearer" in answer.problem[2]
        assert token.text.secret not in answer.body.decode()


def test_blanks_within_a_token_are_dropped(closed_shop: Shop, token: NewToken) -> None:
    """A file or a variable has them if a wrapped line was copied out of a terminal."""
    for blank in (" ", "\t", " \u00a0 "):
        assert with_bearer(closed_shop.url, token.text.full.replace(".", f"{blank}.")).status == 200


def test_what_is_missing_is_said_and_nothing_of_the_token(
    closed_shop: Shop, token: NewToken
) -> None:
    """A living token, a revoked one and a made-up one are told the same, where the scheme is not
    there: only the header's form is looked at."""
    revoked = closed_shop.made(v2("revoked", "dev:/**", expires_at=None))
    closed_shop.vault.tokens.revoke([revoked.token])
    version, token_id, secret, _ = token.text.full.split(".")
    texts = [
        token.text.full,
        token.text.full.rpartition(".")[0],
        revoked.text.full,
        f"{version}.{swapped(token_id)}.{secret}",
        f"stv3.{token_id}.{secret}",
        "st.whatever",
    ]
    told = {
        "%s": "Authorization holds a service token without the scheme Bearer before it",
        "Token %s": "The scheme of Authorization is not Bearer",
        "Bearer": "Authorization holds the scheme Bearer and no token",
        "bearer ": "Authorization holds the scheme Bearer and no token",
    }
    for header, beginning in told.items():
        messages = set()
        for text in texts:
            value = header.replace("%s", text)
            with connected(closed_shop.url, {"Authorization": value}) as line:
                answer = line.ask("GET", ROUTE)
            assert answer.problem[:2] == INVALID[:2], value
            messages.add(answer.problem[2])
        [message] = messages
        assert message == f"{beginning}: send 'Authorization: Bearer <service token>'"
    with connected(closed_shop.url, {"Authorization": " "}) as line:
        assert line.ask("GET", ROUTE).problem == MISSING
    assert not about(closed_shop.vault, token)


def test_two_tokens_are_none(closed_shop: Shop, token: NewToken) -> None:
    """A proxy before the server may have checked either of them."""
    port = int(closed_shop.url.rpartition(":")[2])
    line = http.client.HTTPConnection("127.0.0.1", port, source_address=(own_address(), 0))
    line.putrequest("GET", ROUTE)
    for _ in range(2):
        line.putheader("Authorization", f"Bearer {token.text.full}")
    line.endheaders()
    answer = line.getresponse()
    assert answer.status == 401
    assert b"There is more than one Authorization header" in answer.read()
    line.close()


def test_no_token_is_missing(closed_shop: Shop) -> None:
    with connected(closed_shop.url) as line:
        assert line.ask("GET", ROUTE).problem == MISSING
        assert line.ask("GET", "/api/v9/nothing").problem == MISSING, "no route without a token"
        assert line.ask("GET", "/api/status").status == 200
        assert line.ask("GET", "/api/docs/json").status == 200


def test_three_and_four_parts_are_the_same_token(closed_shop: Shop, token: NewToken) -> None:
    for text in (token.text.full, token.text.access_token, f"{token.text.access_token}.{'0' * 32}"):
        answer = with_bearer(closed_shop.url, text)
        assert answer.status == 200
        assert answer.json["id"] == token.token.id
        assert token.text.key not in answer.body.decode()
        assert token.text.secret not in answer.body.decode()
        assert "secretHash" not in answer.json


def test_v3_needs_to_be_active_and_come_from_a_trusted_address(
    vault: Vault, closed_shop: Shop
) -> None:
    office = closed_shop.made(v3("office", "dev:/**", trusted=("127.0.0.0/8",)))
    away = closed_shop.made(v3("away", "dev:/**", trusted=("198.51.100.0/24", "::1/128")))
    assert with_bearer(closed_shop.url, office.text.full).problem == UNTRUSTED
    for token in (office, away):
        vault.tokens.set_active(token.token, True)
    assert with_bearer(closed_shop.url, office.text.full).status == 200
    assert with_bearer(closed_shop.url, away.text.full).problem == UNTRUSTED
    assert with_bearer(closed_shop.url, f"st{office.text.full[4:]}").problem == INVALID
    vault.tokens.set_active(office.token, False)
    assert with_bearer(closed_shop.url, office.text.full).problem == UNTRUSTED
    vault.tokens.set_trusted_ips(away.token, parse_ranges(["127.0.0.0/8"]))
    assert with_bearer(closed_shop.url, away.text.full).status == 200
    assert [entry.reason for entry in about(vault, office)] == ["inactive", "allowed", "inactive"]
    assert [entry.reason for entry in about(vault, away)] == ["ip", "allowed"]


def test_the_request_that_finds_the_end_is_told(vault: Vault, closed_shop: Shop) -> None:
    """A later request is told no more than any stranger's."""

    def past() -> int:
        return system_clock() - 10 * MINUTE

    def told() -> tuple[NewToken, tuple[int, str, str]]:
        with Vault.open(vault.directory, actor="ann", clock=past) as then:
            draft = v2("ended", "dev:/**", expires_at=system_clock() - 5 * MINUTE)
            token = then.tokens.create(closed_shop.project, draft)
        wrong = f"st.{token.text.id}.{swapped(token.text.secret)}"
        assert with_bearer(closed_shop.url, wrong).problem == INVALID
        return token, with_bearer(closed_shop.url, token.text.full).problem

    # The server's own sweep may come first, once in a few thousand times.
    token = next(token for token, problem in (told(), told(), told()) if problem == ENDED)
    assert with_bearer(closed_shop.url, token.text.full).problem == INVALID
    known = vault.tokens.lookup(token.token.id)
    assert known.token is None
    assert known.tombstone is not None
    assert known.tombstone.actor == "system"
    assert [entry.reason for entry in about(vault, token)] == ["expired"]


def test_a_server_sweeps_what_ended(tmp_path: Path) -> None:
    """Also while requests keep it busy. From then on the token is unknown."""
    directory = tmp_path / "vault"

    def past() -> int:
        return system_clock() - 10 * MINUTE

    with (
        Vault.create(directory, actor="ann", clock=past) as vault,
        serving(directory) as server,
    ):
        shop = Shop.make(vault, server.url, e2ee=True)
        busy = shop.token()
        ended = shop.made(v2("ended", "dev:/**", expires_at=system_clock() - 5 * MINUTE))
        with connected(server.url, {"Authorization": f"Bearer {busy}"}) as line:
            for _ in range(100_000):
                assert line.ask("GET", ROUTE).status == 200
                if vault.tokens.lookup(ended.token.id).token is None:
                    break
        assert with_bearer(server.url, ended.text.full).problem == INVALID
        known = vault.tokens.lookup(ended.token.id)
        assert known.tombstone is not None
        assert known.tombstone.reason == "expired"


def failing(times: int, line: Connection) -> list[Answer]:
    return [
        line.ask("GET", ROUTE, headers={"Authorization": f"Bearer st.{number}"})
        for number in range(times)
    ]


def within_a_minute(url: str, times: int) -> list[Answer]:
    """Make so many failures from one address, all in one minute of the clock."""
    while True:
        with connected(url) as line:
            minute = system_clock() // MINUTE
            answers = failing(times, line)
            if system_clock() // MINUTE == minute:
                return answers


def test_the_eleventh_failure_is_throttled(closed_shop: Shop, token: NewToken) -> None:
    with connected(closed_shop.url) as line:
        for _ in range(3):  # the clock's minute may change once meanwhile
            answers = failing(11, line)
            if answers[-1].status == 429:
                break
        throttled = answers[-1]
        status, error, message = throttled.problem
        wait = int(throttled.headers["retry-after"])
        assert (status, error) == (429, "RateLimitExceeded")
        assert message == f"Rate limit exceeded. Please try again in {wait} seconds"
        assert 1 <= wait <= 5
        valid = {"Authorization": f"Bearer {token.text.full}"}
        assert line.ask("GET", ROUTE, headers=valid).status == 200
    with connected(closed_shop.url) as line:
        assert failing(1, line)[0].problem == INVALID, "another address"


def test_ten_are_not(closed_shop: Shop) -> None:
    assert {answer.problem for answer in within_a_minute(closed_shop.url, 10)} == {INVALID}
