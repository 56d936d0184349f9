"""How long an operator waits to revoke, while a token's large bodies keep the server busy."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from tempfile import TemporaryDirectory

from st_tui.core.expiry import DAY, system_clock
from st_tui.core.model import NewToken, Permission, Project, Scope, TokenDraft
from st_tui.core.vault import Vault
from tests.api.server import serving

_REVOKED = 20
_PAUSE = 0.13


def longest_revoke_milliseconds(connections: int, workers: int) -> tuple[float, float]:
    """The longest of twenty, under these connections and without any."""
    with TemporaryDirectory() as place, Vault.create(Path(place) / "vault", actor="me") as vault:
        project = vault.projects.create("Shop", e2ee=False)
        reader = _token(vault, project)
        with serving(vault.directory, "--workers", str(workers)) as server:
            idle = _revoking(vault, project)
            with _busy(server.port, reader.text.access_token, connections):
                return _revoking(vault, project), idle


def _token(vault: Vault, project: Project) -> NewToken:
    scopes = (Scope("dev", "/**"),)
    draft = TokenDraft("load", scopes, frozenset({Permission.READ}), system_clock() + DAY)
    return vault.tokens.create(project, draft)


def _revoking(vault: Vault, project: Project) -> float:
    took = []
    for _ in range(_REVOKED):
        token = _token(vault, project).token
        time.sleep(_PAUSE)  # so that each meets the load at another moment
        start = time.perf_counter()
        vault.tokens.revoke([token])
        took.append(time.perf_counter() - start)
    return max(took) * 1000


@contextmanager
def _busy(port: int, token: str, connections: int) -> Iterator[None]:
    spawning = multiprocessing.get_context("spawn")
    answered = spawning.Semaphore(0)
    senders = [
        spawning.Process(target=_send, args=(port, token, answered), daemon=True)
        for _ in range(connections)
    ]
    for sender in senders:
        sender.start()
    for _ in range(2 * connections):
        answered.acquire()
    try:
        yield
    finally:
        for sender in senders:
            sender.kill()
            sender.join()


def _send(port: int, token: str, answered: Semaphore) -> None:
    body = json.dumps({"environment": "dev", "secretPath": "/", "junk": [{}] * 200_000}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        line.request("POST", "/api/v3/secrets/raw/A", body, headers)
        line.getresponse().read()
        answered.release()
