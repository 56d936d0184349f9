"""The routes to secrets with one token: raw or sealed, one secret or a folder's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.api.http_calls import Answer, Connection, in_path

RAW = "/api/v3/secrets/raw"
SEALED = "/api/v3/secrets"


class Asking:
    """Requests about the folders of one environment."""

    def __init__(self, line: Connection) -> None:
        self.ask = line.ask

    def list(self, path: str = "/", *, root: str = RAW, **rest: str) -> Answer:
        query = {"environment": "dev", "secretPath": path, **rest}
        return self.ask("GET", root, query=query)

    def get(self, name: str, path: str = "/", *, root: str = RAW, **rest: str) -> Answer:
        query = {"environment": "dev", "secretPath": path, **rest}
        return self.ask("GET", f"{root}/{in_path(name)}", query=query)

    def write(
        self, method: str, name: str, path: str = "/", *, root: str = RAW, **rest: Any
    ) -> Answer:
        body = {"environment": "dev", "secretPath": path, **rest}
        return self.ask(method, f"{root}/{in_path(name)}", body=body)

    def values(self, path: str = "/", **rest: str) -> dict[str, str]:
        """Names and values of a list. Later imports win over earlier, the folder's own over all."""
        answer = self.list(path, **rest)
        assert answer.status == 200, answer.body
        each = [*answer.json["imports"], answer.json]
        return {one["secretKey"]: one["secretValue"] for part in each for one in part["secrets"]}


@contextmanager
def asking(url: str, token: str) -> Iterator[Asking]:
    """A connection with this token."""
    line = Connection(url, {"Authorization": f"Bearer {token}"})
    try:
        yield Asking(line)
    finally:
        line.close()
