"""A good request of each operation that the server has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from st_tui.api.application import OPERATIONS
from st_tui.api.operations import Operation
from st_tui.core.crypto import seal
from tests.api.http_calls import Answer, Connection
from tests.api.shop import COMMON, DB, ROOT, Shop

SEALED = dict(
    zip(("Ciphertext", "IV", "Tag"), seal("x", "0" * 32, lambda size: bytes(size)), strict=True)
)
GOOD: dict[str, Any] = {
    "environment": "dev",
    "secretPath": "/common",
    "path": "/common",
    "type": "shared",
    "secretValue": "a value",
    "secretComment": "a comment",
    "name": "db",
    "import": {"environment": "prod", "path": "/other"},  # `Target` has linked /common/db
    **{
        f"secret{what}{part}": value
        for what in ("Key", "Value", "Comment")
        for part, value in SEALED.items()
    },
}
"""A value for each field that must be there, and for some that may."""

# Every token may ask what it is, and states no place for that.
ABOUT_A_PLACE = [each for each in OPERATIONS if each.subject != "service-tokens"]


def name_of(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


class Target(NamedTuple):
    """A project that has what good requests ask for."""

    shop: Shop
    line: Connection
    import_id: str

    @classmethod
    def make(cls, shop: Shop, token: str | None = None) -> Target:
        """Some secrets, a link, and a connection with this token, or with one that may do all."""
        shop.put(COMMON, KEY="value", OTHER="other")
        shop.put(ROOT, KEY="root")
        link = shop.vault.secrets.add_import(shop.project, COMMON, DB)
        headers = {
            "Authorization": f"Bearer {token or shop.token()}",
            "Content-Type": "application/json",
            "User-Agent": "tests",
        }
        return cls(shop, Connection(shop.url, headers), link.id)

    def path(self, operation: Operation, name: str | None = None) -> str:
        """The operation's path with this `name`, unchanged, or with one that exists."""
        secret = "NEW" if operation.method == "POST" else "KEY"
        there = {"{secretName}": secret, "{folderIdOrName}": "db"}
        there["{secretImportId}"] = self.import_id
        path = operation.path
        for part, good in there.items():
            path = path.replace(part, good if name is None else name)
        return path

    def fields(self, operation: Operation) -> dict[str, Any]:
        """The fields of a good request."""
        known = {field.name for field in operation.fields}
        good = {name: value for name, value in GOOD.items() if name in known}
        if "folder" not in operation.path and "import" not in operation.path:
            good.pop("path", None)
        return good

    def ask(
        self,
        operation: Operation,
        fields: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        body: bytes | None = None,
        query: str | None = None,
        method: str | None = None,
    ) -> Answer:
        """The answer to the operation, with these fields, or with this body or query unchanged."""
        path = self.path(operation, name)
        fields = self.fields(operation) if fields is None else fields
        if operation.writes:
            body = json.dumps(fields).encode() if body is None else body
        else:
            query = urlencode(fields, quote_via=quote) if query is None else query
        target = path if query is None else f"{path}?{query}"
        return self.line.ask(method or operation.method, target, body=body)
