"""How much memory all bodies together may take before any token is checked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Message

from st_tui.api import bodies
from st_tui.api.application import application
from st_tui.api.bodies import LARGEST_BODY, Body
from st_tui.core.addresses import parse_ranges
from st_tui.core.vault import Vault
from tests.api.lines import connect, port_of
from tests.api.shop import Shop
from tests.core.vaults import v3


async def test_a_body_that_is_too_large_and_whole_is_refused_at_once() -> None:
    """Nothing more of it comes that the answer could wait for."""
    parts = [b" " * LARGEST_BODY, b" "]

    async def receive() -> Message:
        assert parts, "it waits for more"
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    http = Request({"type": "http", "method": "POST", "headers": []}, receive)
    problem = await bodies.read(http, {b"content-length": b"1048577"}, Body(None))
    assert problem is not None
    assert problem.status == 413


@pytest.mark.parametrize("bound", ["LARGEST_TOGETHER", "LARGEST_OF_ONE"])
def test_large_bodies_are_counted_until_they_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(bodies, "FREE", 100)
    monkeypatch.setattr(bodies, bound, 1_000)
    with Vault.create(tmp_path / "vault", actor="ann") as vault:
        token = Shop.make(vault, "", e2ee=True).token()

    async def run() -> list[tuple[int, str] | None]:
        async with port_of(application(tmp_path / "vault")) as port, asyncio.timeout(30):
            first, second, small = [await connect(port) for _ in range(3)]
            await first.send(head(token, 700) + b" " * 699)
            while bodies.CountedBytes.together < 599:
                await asyncio.sleep(0.01)
            await second.send(head(token, 700) + b" " * 700)
            told = [await second.answer()]
            # A small body has room all the time.
            await small.send(head(token, 100) + b" " * 100)
            told.append(await small.answer())
            await first.send(b" ")
            told.append(await first.answer())
            # The refused connection is closed, and the other's bytes count no more.
            third = await connect(port)
            await third.send(head(token, 700) + b" " * 700)
            told.append(await third.answer())
            for line in (first, second, third, small):
                line.close()
        return told

    refused, *answered = asyncio.run(run())
    assert refused is not None
    assert (refused[0], "The server is busy" in refused[1]) == (503, True)
    assert [told and told[0] for told in answered] == [200, 200, 200]
    assert bodies.CountedBytes.together == 0
    assert not bodies.CountedBytes.by_address


def test_a_trusted_proxys_bodies_are_many_clients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "FREE", 0)
    monkeypatch.setattr(bodies, "LARGEST_OF_ONE", 1_000)
    with Vault.create(tmp_path / "vault", actor="ann") as vault:
        token = Shop.make(vault, "", e2ee=True).token()
    proxies = parse_ranges(["127.0.0.0/8"])

    async def run() -> list[int]:
        async with port_of(application(tmp_path / "vault", proxies)) as port, asyncio.timeout(30):
            lines = [await connect(port) for _ in range(3)]
            for line in lines:
                await line.send(head(token, 700) + b" " * 699)
            statuses = []
            for line in lines:
                await line.send(b" ")
                answer = await line.answer()
                statuses.append(answer[0] if answer else 0)
                line.close()
            return statuses

    assert asyncio.run(run()) == [200, 200, 200]


@pytest.mark.parametrize("kind", ["none", "unknown", "ended"])
def test_a_body_without_a_token_that_lets_it_in_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Many of them are sent at once, and none to its end."""
    monkeypatch.setattr(bodies, "SECONDS_TO_DROP", 3_600.0)
    with Vault.create(tmp_path / "vault", actor="ann") as vault:
        shop = Shop.make(vault, "", e2ee=True)
        token = shop.token()
        inactive = shop.made(v3("asleep", "dev:/**")).text.full
    given = {"none": "", "unknown": f"{token[:-70]}{'0' * 70}", "ended": inactive}[kind]

    async def run() -> list[tuple[int, str] | None]:
        async with port_of(application(tmp_path / "vault")) as port, asyncio.timeout(60):
            many = [await connect(port) for _ in range(70)]
            for line in many:
                await line.send(head(given, 1_000_000) + b" " * 999_999)
            one = await connect(port)
            await one.send(head(token, 200_000) + b" " * 200_000)
            told = [await one.answer()]
            assert bodies.CountedBytes.together == 0
            await many[0].send(b" ")
            told.append(await many[0].answer())
            for line in (one, *many):
                line.close()
        return told

    one, refused = asyncio.run(run())
    assert one is not None
    assert one[0] == 200
    assert refused is not None
    assert refused[0] == 401


def head(token: str, length: int) -> bytes:
    """The head of a request with a body of this length."""
    return (
        "GET /api/v2/service-token HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
