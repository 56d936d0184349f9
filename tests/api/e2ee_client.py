"""An end-to-end-encrypting client as PyPI `infisical` 1.6.0 is one, written from recorded facts.

It sends what that client sends, and insists on each field that it or its Node sibling cannot do
without; of the token's four parts the server sees three. Unlike them it hides no refusal.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.api.http_calls import Connection, in_path

_TOKEN = re.compile(r"(st\.[a-f0-9-]+\.[a-f0-9]+)\.([a-f0-9]+)")
_TAG = 16


class Opened(NamedTuple):
    """A secret as the client hands it out."""

    name: str
    value: str
    version: int
    environment: str
    path: str


class E2eeClient:
    """A client of one token. Use it as a context manager."""

    def __init__(self, token: str, url: str) -> None:
        matched = _TOKEN.fullmatch(token)
        assert matched is not None, "the client takes lower-case hexadecimal parts only"
        bearer, self._key = matched.groups()
        self.line = Connection(
            url,
            {
                "Authorization": f"Bearer {bearer}",
                "Content-Type": "application/json",
                "User-Agent": "InfisicalPythonSDK/1.6.0",
            },
        )
        self._known: tuple[str, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def token_data(self) -> dict[str, Any]:
        """The server's answer about the token, which must have what either client reads."""
        data = self.line.ok("GET", "/api/v2/service-token")
        _check_texts(
            data, "id", "name", "projectId", "workspace", "encryptedKey", "iv", "tag",
            "createdAt", "updatedAt",
        )  # fmt: skip
        assert data["projectId"] == data["workspace"]
        for name in ("createdAt", "updatedAt"):
            _check_time(data[name])
        if data.get("expiresAt") is not None:
            _check_time(data["expiresAt"])
        return data

    @property
    def project_id(self) -> str:
        """The project of the token."""
        return self._project()[0]

    @property
    def project_key(self) -> str:
        """The project key, opened with the token's last part alone."""
        return self._project()[1]

    def list(
        self, environment: str = "dev", path: str = "/", *, include_imports: bool = True
    ) -> dict[str, Opened]:
        """The secrets of a folder: its own over imported ones, later imports over earlier."""
        query = {"environment": environment, "workspaceId": self.project_id, "secretPath": path}
        if include_imports:
            query["include_imports"] = "true"
        data = self.line.ok("GET", "/api/v3/secrets", query=query)
        assert isinstance(data["secrets"], list)
        assert isinstance(data["imports"], list)
        merged: dict[str, Opened] = {}
        for link in data["imports"]:
            _check_texts(link, "secretPath", "environment", "folderId")
            for secret in link["secrets"]:
                opened = self._open(secret, link["environment"], link["secretPath"])
                merged[opened.name] = opened
        for secret in data["secrets"]:
            opened = self._open(secret, environment, path)
            merged[opened.name] = opened
        return merged

    def get(
        self, name: str, environment: str = "dev", path: str = "/", *, kind: str = "personal"
    ) -> Opened:
        """One secret. The client asks for a personal one and expects the shared one."""
        data = self.line.ok(
            "GET",
            f"/api/v3/secrets/{in_path(name)}",
            query={
                "workspaceId": self.project_id,
                "environment": environment,
                "type": kind,
                "secretPath": path,
            },
        )
        return self._open(data["secret"], environment, path)

    def create(self, name: str, value: str, environment: str = "dev", path: str = "/") -> Opened:
        """Make a secret."""
        body = {
            **self._where(environment),
            **self._sealed("secretKey", name),
            **self._sealed("secretValue", value),
            "secretPath": path,
        }
        data = self.line.ok("POST", f"/api/v3/secrets/{in_path(name)}", body=body)
        return self._open(data["secret"], environment, path)

    def update(
        self, name: str, value: str, environment: str = "dev", path: str | None = "/"
    ) -> dict[str, Any]:
        """Change a secret. The Node client states no path, even if it was given one."""
        body = {**self._where(environment), **self._sealed("secretValue", value)}
        if path is not None:
            body["secretPath"] = path
        data = self.line.ok("PATCH", f"/api/v3/secrets/{in_path(name)}", body=body)
        secret = data["secret"]
        _check_secret(secret)
        assert isinstance(secret, dict)
        return secret

    def delete(self, name: str, environment: str = "dev", path: str = "/") -> Opened:
        """Delete a secret, with a JSON body, and open the value in the answer."""
        data = self.line.ok(
            "DELETE",
            f"/api/v3/secrets/{in_path(name)}",
            body={**self._where(environment), "secretPath": path},
        )
        return self._open(data["secret"], environment, path)

    def seal(self, text: str) -> tuple[str, str, str]:
        """Ciphertext, IV and tag under the project key."""
        iv = secrets.token_bytes(16)
        sealed = AESGCM(self.project_key.encode("ascii")).encrypt(iv, text.encode(), None)
        return _b64(sealed[:-_TAG]), _b64(iv), _b64(sealed[-_TAG:])

    def _project(self) -> tuple[str, str]:
        if self._known is None:
            data = self.token_data()
            key = _unseal(data["encryptedKey"], data["iv"], data["tag"], self._key)
            assert re.fullmatch("[0-9a-f]{32}", key)
            self._known = data["projectId"], key
        return self._known

    def _where(self, environment: str) -> dict[str, str]:
        return {"workspaceId": self.project_id, "environment": environment, "type": "shared"}

    def _sealed(self, prefix: str, text: str) -> dict[str, str]:
        parts = zip(("Ciphertext", "IV", "Tag"), self.seal(text), strict=True)
        return {f"{prefix}{part}": value for part, value in parts}

    def _open(self, secret: Mapping[str, Any], environment: str, path: str) -> Opened:
        _check_secret(secret)
        name, value = (
            _unseal(
                secret[f"{prefix}Ciphertext"],
                secret[f"{prefix}IV"],
                secret[f"{prefix}Tag"],
                self.project_key,
            )
            for prefix in ("secretKey", "secretValue")
        )
        return Opened(name, value, secret["version"], environment, path)


def _unseal(ciphertext: str, iv: str, tag: str, key: str) -> str:
    data, nonce, end = (b64decode(part, validate=True) for part in (ciphertext, iv, tag))
    assert len(nonce) == 16
    assert len(end) == _TAG
    return AESGCM(key.encode("ascii")).decrypt(nonce, data + end, None).decode()


def _check_secret(secret: Mapping[str, Any]) -> None:
    _check_texts(secret, "id", "_id", "workspace", "environment", "createdAt", "updatedAt")
    assert secret["type"] in ("shared", "personal")
    assert type(secret["version"]) is int
    for name in ("createdAt", "updatedAt"):
        _check_time(secret[name])
    for prefix in ("secretKey", "secretValue"):
        for part in ("Ciphertext", "IV", "Tag"):
            assert isinstance(secret[f"{prefix}{part}"], str)


def _check_texts(data: Mapping[str, Any], *names: str) -> None:
    for name in names:
        assert isinstance(data[name], str), name
        assert data[name], name


def _check_time(text: str) -> None:
    """A time must be RFC 3339, as the clients' parsers and Go's want it."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
    datetime.fromisoformat(text)


def _b64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
