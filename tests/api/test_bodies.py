"""How much all bodies together may take before anybody is known."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from st_tui.api import bodies
from st_tui.api.application import application
from st_tui.core.vault import Vault
from tests.api.lines import connect, port_of
from tests.api.shop import Shop


def test_bodies_have_a_room_together_and_leave_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LARGEST_TOGETHER", 1_000)
    with Vault.create(tmp_path / "vault", actor="ann") as vault:
        token = Shop.make(vault, "", e2ee=True).token()
    head = (
        "GET /api/v2/service-token HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: 600\r\n\r\n"
    ).encode()

    async def run() -> list[tuple[int, str] | None]:
        async with port_of(application(tmp_path / "vault")) as port, asyncio.timeout(30):
            first, second = await connect(port), await connect(port)
            await first.send(head + b" " * 599)
            while bodies._Held.bytes < 599:
                await asyncio.sleep(0.01)
            await second.send(head + b" " * 600)
            told = [await second.answer()]
            await first.send(b" ")
            told.append(await first.answer())
            # The one that was refused is closed; the other has left its room.
            third = await connect(port)
            await third.send(head + b" " * 600)
            told.append(await third.answer())
            for line in (first, second, third):
                line.close()
        return told

    refused, *answered = asyncio.run(run())
    assert refused is not None
    assert (refused[0], "The server is busy" in refused[1]) == (503, True)
    assert [told and told[0] for told in answered] == [200, 200]
    assert bodies._Held.bytes == 0
