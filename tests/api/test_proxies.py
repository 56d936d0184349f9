"""Only a trusted proxy is believed about the client's address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_tui.core.model import NewToken
from st_tui.core.vault import Vault
from tests.api.http_calls import Answer, Connection
from tests.api.server import serving
from tests.api.shop import Shop
from tests.core.vaults import v3

ROUTE = "/api/v2/service-token"
OFFICE = "203.0.113.7"
AWAY = "198.51.100.9"
PROXIES = ("--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "10.0.0.0/8",
           "--trusted-proxy", "2001:db8:ffff::/48")  # fmt: skip


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server behind a proxy on this machine, and further ones in a private network."""
    directory = tmp_path_factory.mktemp("behind") / "vault"
    with Vault.create(directory, actor="ann") as vault, serving(directory, *PROXIES) as server:
        yield Shop.make(vault, server.url, e2ee=True)


def office(shop: Shop, *trusted: str) -> NewToken:
    """A token that only the office may use."""
    token = shop.made(v3("office", "dev:/**", trusted=trusted or (OFFICE,)))
    shop.vault.tokens.set_active(token.token, True)
    return token


def forwarded(shop: Shop, token: NewToken, *values: str) -> Answer:
    """The answer to a request with these X-Forwarded-For headers, one after another."""
    line = Connection(shop.url, {})
    try:
        # A dictionary could hold only one of them.
        line._line.putrequest("GET", ROUTE)
        line._line.putheader("Authorization", f"Bearer {token.text.full}")
        for value in values:
            line._line.putheader("X-Forwarded-For", value.encode("latin-1"))
        line._line.endheaders()
        answer = line._line.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    finally:
        line.close()


def last_address(shop: Shop, token: NewToken) -> str | None:
    return next(e.ip for e in shop.vault.audit.page(limit=5) if e.actor == token.token.id)


@pytest.mark.parametrize(
    "values",
    [
        (OFFICE,),
        (f"{OFFICE}, 10.1.2.3",),
        (f"{OFFICE}, 10.1.2.3, 127.0.0.1",),
        (f"{AWAY}, {OFFICE}",),
        (f"{AWAY}, {OFFICE}, 10.0.0.1",),
        (AWAY, OFFICE),
        ("garbage", OFFICE),
        (f"{OFFICE}:4711",),
        (f"  {OFFICE}  ",),
    ],
    ids=" | ".join,
)
def test_the_last_that_no_trusted_proxy_is(behind: Shop, values: tuple[str, ...]) -> None:
    token = office(behind)
    assert forwarded(behind, token, *values).status == 200
    assert last_address(behind, token) == OFFICE


@pytest.mark.parametrize(
    "values",
    [
        (AWAY,),
        (f"{OFFICE}, {AWAY}",),
        (f"{OFFICE}, {AWAY}, 10.0.0.1",),
        (OFFICE, AWAY),
        (f"{OFFICE}, garbage",),
        ("garbage",),
        ("unknown",),
        (f"{OFFICE}, ",),
        ("",),
        (",,,",),
        ("203.0.113.7.",),
        ("0203.0.113.7",),
        ("3405803783",),
        ("[2001:db8::1",),
        ("::ffff:203.0.113.8",),
        ("fe80::1%\x9b31m",),
        ("\xff\xfe\x9b31m",),
        ("x" * 10_000,),
        ("1.1.1.1," * 1_000,),
    ],
    ids=lambda values: ascii(" | ".join(values))[:30],
)
def test_what_was_made_up_does_not_count(behind: Shop, values: tuple[str, ...]) -> None:
    """Such as addresses left of the last one, and what is no address at all."""
    token = office(behind)
    answer = forwarded(behind, token, *values)
    assert answer.problem == (401, "UnauthorizedError", "Failed to authenticate")
    address = last_address(behind, token)
    assert address is not None
    assert address.isprintable()
    assert len(address) <= 300


def test_ipv6(behind: Shop) -> None:
    for trusted, told in (
        ("2001:db8:1::/48", "2001:db8:1::7"),
        ("2001:db8:1::/48", "[2001:db8:1::7]:4711"),
        ("2001:db8:1::/48", "2001:db8:1::7, 2001:db8:ffff::1"),
    ):
        assert forwarded(behind, office(behind, trusted), told).status == 200, told


@pytest.mark.parametrize(
    "told", [f"::ffff:{OFFICE}", "::FFFF:cb00:7107", "0:0:0:0:0:ffff:cb00:7107"]
)
def test_mapped_ipv4_is_that_ipv4_also_in_the_log(behind: Shop, told: str) -> None:
    token = office(behind)
    assert forwarded(behind, token, told).status == 200
    assert last_address(behind, token) == OFFICE


def test_without_a_trusted_proxy_nobody_is_believed(closed_shop: Shop) -> None:
    refused, local = office(closed_shop), office(closed_shop, "127.0.0.0/8")
    answer = forwarded(closed_shop, refused, OFFICE)
    assert answer.problem == (401, "UnauthorizedError", "Failed to authenticate")
    assert forwarded(closed_shop, local, OFFICE).status == 200
    address = last_address(closed_shop, local)
    assert address is not None
    assert address.startswith("127.")


def test_a_proxy_that_is_not_trusted_is_not_believed(tmp_path: Path) -> None:
    directory = tmp_path / "vault"
    with (
        Vault.create(directory, actor="ann") as vault,
        serving(directory, "--trusted-proxy", "10.0.0.0/8") as server,
    ):
        shop = Shop.make(vault, server.url, e2ee=True)
        assert forwarded(shop, office(shop), OFFICE).status == 401
        assert forwarded(shop, office(shop, "127.0.0.0/8"), OFFICE).status == 200


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no socket for IPv6 and IPv4 at once")
def test_an_ipv4_proxy_is_known_on_a_socket_for_both(tmp_path: Path) -> None:
    """Such a socket reports an IPv4 address as an IPv6 address."""
    directory = tmp_path / "vault"
    options = ("--host", "::", "--trusted-proxy", "127.0.0.0/8")
    with Vault.create(directory, actor="ann") as vault, serving(directory, *options) as server:
        shop = Shop.make(vault, f"http://127.0.0.1:{server.port}", e2ee=True)
        assert forwarded(shop, office(shop), OFFICE).status == 200
        assert forwarded(shop, office(shop), AWAY).status == 401


def test_failures_count_for_the_forwarded_address(behind: Shop) -> None:
    """A stranger behind the proxy cannot have the others throttled."""
    token = office(behind, "0.0.0.0/0", "::/0")
    wrong = NewToken(token.token, type(token.text)(3, token.text.id, "0" * 32, ""))

    def statuses(*addresses: str) -> list[int]:
        return [forwarded(behind, wrong, address).status for address in addresses]

    # The clock's minute may change once meanwhile.
    tried = [statuses(*[f"192.0.2.{n}, 192.0.2.77" for n in range(11)]) for _ in range(2)]
    assert 429 in (tried[0][-1], tried[1][-1])
    assert statuses("192.0.2.78") == [401]
    assert forwarded(behind, token, "192.0.2.77").status == 200


def test_other_headers_are_nobodys_word(behind: Shop) -> None:
    token = office(behind)
    for name in ("X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP"):
        line = Connection(behind.url, {"Authorization": f"Bearer {token.text.full}", name: OFFICE})
        assert line.ask("GET", ROUTE).status == 401, name
        line.close()
