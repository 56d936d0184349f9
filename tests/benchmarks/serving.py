"""Requests a second: an authenticated, audited read of one secret beside a bare JSON route."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import uvloop

from st_tui.core.expiry import DAY, system_clock
from st_tui.core.model import Permission, Scope, TokenDraft
from st_tui.core.vault import Vault

_BARE = (sys.executable, "-m", "tests.benchmarks.bare_server")
_SERVE = (sys.executable, "-m", "st_tui", "serve", "--port", "0")
_WARMING = 0.5
_SECONDS = 3.0


def rates(connections: int, workers: int) -> tuple[float, float]:
    """Answers a second of ours and of the bare route, measured by turns."""
    with TemporaryDirectory() as place:
        directory, bearer = _vault(Path(place))
        request = (
            "GET /api/v3/secrets/raw/PASSWORD?environment=prod&secretPath=/common/db HTTP/1.1\r\n"
            f"Host: localhost\r\nAuthorization: Bearer {bearer}\r\n\r\n"
        ).encode()
        ours = (*_SERVE, "--vault", str(directory), "--workers", str(workers))
        with _running(ours) as port, _running((*_BARE, str(workers))) as bare_port:
            measured = [
                (_rate(port, request, connections), _rate(bare_port, request, connections))
                for _ in range(2)
            ]
    return max(ours for ours, _ in measured), max(bare for _, bare in measured)


def commit_milliseconds(synchronous: str = "FULL") -> float:
    """One row committed in WAL mode, on the disk that the vaults lie on."""
    with TemporaryDirectory() as place:
        connection = sqlite3.connect(Path(place) / "commit.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("CREATE TABLE t (x)")
        start = time.perf_counter()
        for _ in range(200):
            connection.execute("INSERT INTO t VALUES (1)")
        took = time.perf_counter() - start
        connection.close()
    return took / 200 * 1000


def bcrypt_rate() -> float:
    """How many passwords bcrypt of cost 10 checks a second in two threads, as on two cores."""
    try:
        import bcrypt
    except ImportError:
        raise RuntimeError("bcrypt is not installed") from None
    from concurrent.futures import ThreadPoolExecutor

    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(10))
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: bcrypt.checkpw(b"secret", hashed), range(40)))
    return 40 / (time.perf_counter() - start)


def _vault(place: Path) -> tuple[Path, str]:
    with Vault.create(place / "vault", actor="benchmark") as vault:
        project = vault.projects.create("Shop", e2ee=False)
        vault.folders.create(project, "prod", "/common/db")
        folder = vault.secrets.place(project, "prod", "/common/db")
        vault.secrets.create(project, folder, "PASSWORD", "x" * 32)
        draft = TokenDraft(
            "load",
            (Scope("prod", "/common/**"),),
            frozenset({Permission.READ}),
            system_clock() + DAY,
        )
        return vault.directory, vault.tokens.create(project, draft).text.access_token


@contextmanager
def _running(command: Sequence[str]) -> Iterator[int]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline().rpartition(":")[2])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _rate(port: int, request: bytes, connections: int) -> float:
    async def load() -> float:
        clients = [
            (await asyncio.get_running_loop().create_connection(
                lambda: _Client(request), "127.0.0.1", port
            ))[1]
            for _ in range(connections)
        ]  # fmt: skip
        for client in clients:
            client.ask()
        await asyncio.sleep(_WARMING)
        before = sum(client.answers for client in clients)
        start = time.perf_counter()
        await asyncio.sleep(_SECONDS)
        took = time.perf_counter() - start
        answers = sum(client.answers for client in clients) - before
        wrong = sum(client.wrong for client in clients)
        for client in clients:
            client.close()
        if wrong or not answers:
            raise RuntimeError(f"{wrong} answers were refusals, {answers} in all")
        return answers / took

    return uvloop.run(load())


class _Client(asyncio.Protocol):
    """Asks again as soon as it is answered."""

    def __init__(self, request: bytes) -> None:
        self.answers = self.wrong = 0
        self._request = request
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self) -> None:
        assert self._transport is not None
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        self._received = b""
        self.answers += 1
        self.wrong += not head.startswith(b"HTTP/1.1 200")
        self.ask()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
