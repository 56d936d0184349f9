"""One HTTP request and its answer, exactly as given: no client library adds or hides anything."""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

_addresses = itertools.count(2)


def own_address() -> str:
    """An address of this machine that is not used yet, because failures are counted by address."""
    number = next(_addresses)
    return f"127.0.{number // 250}.{number % 250 + 1}"


class Answer(NamedTuple):
    """An answer of the server."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object and say so."""
        assert self.headers["content-type"].split(";")[0] == "application/json"
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def problem(self) -> tuple[int, str, str]:
        """Status, error and message of a refusal, which must have Infisical's body."""
        body = self.json
        assert body.keys() == {"reqId", "statusCode", "message", "error"}, body
        assert body["statusCode"] == self.status
        assert all(isinstance(body[name], str) and body[name] for name in ("reqId", "error"))
        message = body["message"]
        assert isinstance(message, str)
        return self.status, body["error"], message


class Refused(Exception):
    """The server did not answer with 200."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(*answer.problem)

    @property
    def status(self) -> int:
        return self.answer.status


class Connection:
    """A connection that is kept alive, from an address of its own."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.address = own_address()
        self._line = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=30, source_address=(self.address, 0)
        )
        self._headers = headers

    def close(self) -> None:
        self._line.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer, whatever it is. The path goes as it is written."""
        target = path if query is None else f"{path}?{urlencode(query, quote_via=quote, safe='')}"
        data = json.dumps(body).encode() if isinstance(body, Mapping) else body
        self._line.request(method, target, data, {**self._headers, **(headers or {})})
        answer = self._line.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())

    def ok(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        """The body of an answer with status 200. Raises Refused."""
        answer = self.ask(method, path, **rest)
        if answer.status != 200:
            raise Refused(answer)
        return answer.json


def in_path(name: str) -> str:
    """A name as it stands in a path."""
    return quote(name, safe="")
