"""No holder of a token keeps an operator from revoking, with however large bodies."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from st_tui.core.model import Permission
from st_tui.core.vault import Vault
from tests.api.server import Server, serving
from tests.api.shop import Shop
from tests.core.vaults import v2

CONNECTIONS = 4
REVOKED = 20


@pytest.mark.parametrize("workers", ["1", "2", "4"])
def test_a_readers_large_bodies_keep_nobody_from_revoking(tmp_path: Path, workers: str) -> None:
    with Vault.create(tmp_path / "vault", actor="ann") as vault:
        shop = Shop.make(vault, "", e2ee=False)
        reader = shop.token(permissions=frozenset({Permission.READ}))
        victims = [shop.made(v2(f"v{number}")).token for number in range(REVOKED)]
        with (
            serving(vault.directory, "--workers", workers) as server,
            writing_in_vain(server, reader) as refused,
        ):
            for victim in victims:
                refused.answered.clear()
                vault.tokens.revoke([victim])
                assert vault.tokens.lookup(victim.id).token is None
            assert refused.answered.wait(60)  # it was not at rest meanwhile
        assert refused.statuses == {403}


class Refused:
    """The statuses that were answered, and an event set at the first."""

    def __init__(self) -> None:
        self.statuses: set[int] = set()
        self.answered = threading.Event()


@contextmanager
def writing_in_vain(server: Server, token: str) -> Iterator[Refused]:
    """The statuses of large requests that a token may not make, sent all the time."""
    body = json.dumps(
        {"environment": "dev", "secretPath": "/", "secretValue": "x", "junk": [{}] * 200_000}
    ).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    refused = Refused()
    ended = threading.Event()

    def send() -> None:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while not ended.is_set():
            line.request("POST", "/api/v3/secrets/raw/A", body, headers)
            answer = line.getresponse()
            answer.read()
            refused.statuses.add(answer.status)
            refused.answered.set()
        line.close()

    senders = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for sender in senders:
        sender.start()
    try:
        assert refused.answered.wait(60)
        yield refused
    finally:
        ended.set()
        for sender in senders:
            sender.join()
