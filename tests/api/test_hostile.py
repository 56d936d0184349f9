"""Every bad request is refused with Infisical's error body. None writes anything or causes a 500.

Each operation of the server is tried, with every field that it takes.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from st_tui.api.application import OPERATIONS
from st_tui.api.bodies import LARGEST_BODY
from st_tui.api.operations import Operation
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from tests.api.every_operation import ABOUT_A_PLACE, SEALED, Target, name_of
from tests.api.http_calls import Answer, Connection, own_address
from tests.api.shop import COMMON
from tests.core.vaults import raw

TABLES = ("secret", "secret_version", "folder", "secret_import", "environment", "project")
WRITES = [operation for operation in OPERATIONS if operation.writes]
READS = [operation for operation in OPERATIONS if not operation.writes]
ONE = [operation for operation in OPERATIONS if "{" in operation.path]


def stored(vault: Vault) -> list[list[tuple[Any, ...]]]:
    """Everything that a request could change."""
    with raw(vault.directory) as file:
        return [file.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]


@contextmanager
def nothing_written(target: Target) -> Iterator[Callable[[Answer], tuple[int, str, str]]]:
    """A check for each answer. At the end nothing was written, and the server still answers."""
    before = stored(target.shop.vault)

    def refused(answer: Answer) -> tuple[int, str, str]:
        assert 400 <= answer.status < 500, (answer.status, answer.body)
        return answer.problem

    yield refused
    assert stored(target.shop.vault) == before
    assert target.line.ask("GET", "/api/v2/service-token").status == 200


every = pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
every_place = pytest.mark.parametrize("operation", ABOUT_A_PLACE, ids=name_of)
every_write = pytest.mark.parametrize("operation", WRITES, ids=name_of)
every_read = pytest.mark.parametrize("operation", READS, ids=name_of)
every_one = pytest.mark.parametrize("operation", ONE, ids=name_of)


@every
def test_a_good_request_is_answered(target: Target, operation: Operation) -> None:
    """The other tests break a good request in one way, so a good one must succeed."""
    assert target.ask(operation).status == 200


@every_write
def test_wrong_types(target: Target, operation: Operation) -> None:
    """Every spelling of each field."""
    wrong: list[Any] = [0, 1, 1.5, -1, 10**40, True, False, [], ["x"], {}, {"a": {}}, [None]]
    kinds = {spelling: field.kind for field in operation.fields for spelling in field.spellings}
    with nothing_written(target) as refused:
        for name in sorted(kinds):
            for value in wrong:
                fields = target.fields(operation) | {name: value}
                if name == "import" and value == {}:
                    continue
                if kinds[name] == "boolean" and isinstance(value, bool):
                    continue
                status, error, message = refused(target.ask(operation, fields))
                assert (status, error) == (422, "ValidationFailure"), (name, value)
                assert name in message or name == "import"
        for body in (b"[]", b'"x"', b"1", b"null", b"true", b"[{}]"):
            assert refused(target.ask(operation, body=body))[0] == 422


@pytest.mark.parametrize("inside", [0, "x", [], {}, {"environment": "dev"}, {"path": "/common/db"},
                                    {"environment": 1, "path": "/common/db"},
                                    {"environment": "dev", "path": ["/common"]},
                                    {"environment": "", "path": ""}])  # fmt: skip
def test_wrong_types_inside_an_import(target: Target, inside: object) -> None:
    create = next(each for each in WRITES if each.event == "create-secret-import")
    with nothing_written(target) as refused:
        fields = target.fields(create) | {"import": inside}
        assert refused(target.ask(create, fields))[0] == 422


@every_write
def test_fields_that_are_missing(target: Target, operation: Operation) -> None:
    required = [field.name for field in operation.fields if field.required]
    with nothing_written(target) as refused:
        for name in required:
            for absent in (None, "leave out"):
                fields: dict[str, Any] = target.fields(operation) | {name: None}
                if absent:
                    del fields[name]
                assert refused(target.ask(operation, fields))[0] == 422, name


@every
def test_fields_that_are_too_long_or_say_something_else(
    target: Target, operation: Operation
) -> None:
    with nothing_written(target) as refused:
        for field in operation.fields:
            for spelling in field.spellings:
                good = target.fields(operation)
                good.pop(field.name, None)
                if field.longest is not None:
                    fields = good | {spelling: "/" + "x" * field.longest}
                    assert refused(target.ask(operation, fields))[0] in (400, 422), spelling
                if field.one_of:
                    fields = good | {spelling: "another"}
                    assert refused(target.ask(operation, fields))[0] == 422, spelling


BROKEN_BODIES = {
    "no JSON": b"environment=dev",
    "cut off": b'{"environment": "dev"',
    "more behind it": b"{} {}",
    "blanks": b"  ",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"environment": "dev"}'.encode("utf-16"),
    "invalid UTF-8": b'{"environment": "d\xff\xfe"}',
    "an overlong slash": b'{"secretPath": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"environment": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"environment": "\\ud800"}',
    "a surrogate as a name": b'{"\\udfff": "x"}',
    "NaN": b'{"x": NaN}',
    "Infinity": b'{"x": Infinity}',
    "negative infinity": b'{"x": [-Infinity]}',
    "a huge number": b'{"x": ' + b"9" * 100_000 + b"}",
    "a control character": b'{"x": "\x01"}',
    "NUL bytes": b"\0" * 100,
    "deep brackets": b"[" * 100_000,
    "deep and closed": b'{"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep objects": b'{"x":' * 100_000,
    "contradicting keys": b'{"environment": "dev", "environment": "prod"}',
    "contradicting keys inside": b'{"import": {"path": "/a", "path": "/b"}}',
    "a key twice, once null": b'{"environment": null, "environment": "dev"}',
    "a key twice, as 1 and true": b'{"x": 1, "x": true}',
}


@every_write
def test_broken_bodies(target: Target, operation: Operation) -> None:
    with nothing_written(target) as refused:
        for kind, body in BROKEN_BODIES.items():
            status, error, _ = refused(target.ask(operation, body=body))
            assert (status, error) == (400, "BadRequest"), kind


BROKEN_QUERIES = {
    "invalid UTF-8": "environment=%ff%fe",
    "an overlong slash": "secretPath=%c0%af",
    "a surrogate": "environment=%ed%a0%80",
    "contradicting parameters": "environment=dev&environment=prod",
    "contradicting paths": "secretPath=/a&secretPath=/b&path=/a&path=/b",
    "200 parameters": "&".join(f"p{number}=x" for number in range(200)),
}


@every
def test_broken_queries(target: Target, operation: Operation) -> None:
    """Also of a write, whose fields stand in its body."""
    with nothing_written(target) as refused:
        for kind, query in BROKEN_QUERIES.items():
            status, error, _ = refused(target.ask(operation, query=query))
            assert (status, error) == (400, "BadRequest"), kind


@every_read
def test_unusual_queries_are_read_as_they_stand(target: Target, operation: Operation) -> None:
    good = urlencode(target.fields(operation), quote_via=quote)
    with nothing_written(target) as refused:
        for more in ("x=1&x=1", "=&&&=", "%00=%00", "unknown=%1b", ";", "environment=dev"):
            assert target.ask(operation, query=f"{good}&{more}").status == 200, more
        for field in operation.fields:
            if field.kind == "string":
                continue
            assert target.ask(operation, query=f"{good}&{field.name}=").status == 200
            for value in ("maybe", "2", "-1", "0", "1.0", "１", "9" * 5_000, "TRUE ", "%00"):
                if field.kind == "integer" and value == "2":
                    continue
                query = f"{good}&{field.name}={quote(value)}"
                assert refused(target.ask(operation, query=query))[0] == 422, (field.name, value)


SPELLINGS = {
    "secrets": [
        ("workspaceId", "projectId"),
        ("workspaceSlug", "projectSlug"),
    ],
    "secret-folders": [
        ("workspaceId", "projectId"),
        ("path", "directory"),
        ("path", "secretPath"),
        ("directory", "secretPath"),
    ],
    "secret-imports": [("workspaceId", "projectId"), ("path", "secretPath")],
}


@every
def test_two_spellings_that_contradict(target: Target, operation: Operation) -> None:
    with nothing_written(target) as refused:
        for one, other in SPELLINGS.get(operation.subject, []):
            fields = target.fields(operation) | {one: "/common", other: "/common/db"}
            status, error, message = refused(target.ask(operation, fields))
            assert (status, error) == (400, "BadRequest")
            assert one in message
            assert other in message
        if operation.event == "get-secrets":
            fields = {"include_imports": "true", "includeImports": "false"}
            assert refused(target.ask(operation, target.fields(operation) | fields))[0] == 400


BAD_PATHS = [
    "/common/../common", "/..", "/.", "/./common", "common", "//common", "/common//", "/common//db",
    "\\common", "/common\\db", "/%2e%2e", "/common%2Fdb", "/common/*", "/**", "/" + "a" * 10_000,
    "/a" * 5_000, "/common\0", "/common\n/db", "/\x1b[31m", "/\u202ecommon", "/commön", "~",
    "C:/common", "/'; DROP TABLE secret; --", "/{common,x}", "/[c]ommon",
]  # fmt: skip


@every_place
def test_paths_that_lead_nowhere(target: Target, operation: Operation) -> None:
    name = next(field.name for field in operation.fields if field.name.lower().endswith("path"))
    with nothing_written(target) as refused:
        for path in BAD_PATHS:
            if operation.subject == "secret-folders" and path == "common":
                continue  # a missing leading slash is added here
            status, _, _ = refused(target.ask(operation, target.fields(operation) | {name: path}))
            assert status in (400, 403, 404, 422), path
        for environment in ("nowhere", "DEV", "dev/", "d" * 10_000, "dev\0", "\x9b", "*", "dev:/"):
            fields = target.fields(operation) | {"environment": environment}
            assert refused(target.ask(operation, fields))[0] in (400, 403, 404, 422), environment
        for project in ("x", "\0", "0" * 10_000, "' OR 1=1 --"):
            fields = target.fields(operation) | {"workspaceId": project}
            assert refused(target.ask(operation, fields))[0] in (403, 422), project


BAD_NAMES = [
    "..", ".", "%2e%2e", "%2E", "%00", "KEY%00", "a%2Fb", "a%2fb", "%2F", "%2f..%2f..", "a:b",
    "%20", "%20%09%20", "%0a", "KEY%0d%0aX-Injected:%201", "%1b%5b31m", "%c2%9b31m", "%e2%80%ae",
    "%ff", "%c0%ae%c0%ae", "%ed%a0%80", "K" * 10_000, "%C3%A9" * 10_000, "KEY%", "KEY%zz",
]  # fmt: skip
"""As they stand in the URL. The last two are taken as they are written: no such secret is there."""


@every_one
def test_names_that_cannot_be(target: Target, operation: Operation) -> None:
    with nothing_written(target) as refused:
        for name in BAD_NAMES:
            if name.startswith("KEY%") and operation.method == "POST" and len(name) < 8:
                continue
            status, _, message = refused(target.ask(operation, name=name))
            assert status in (400, 404), name
            assert len(message) < 1_000
            assert message.isprintable(), message
        for segments in (
            "../../v1/folders",
            "KEY/../OTHER",
            "KEY/OTHER",
            "./KEY",
            "KEY//",
            "%5C../x",
        ):
            assert refused(target.ask(operation, name=segments))[0] in (400, 404), segments


def test_folder_names_that_cannot_be(target: Target) -> None:
    create = next(each for each in WRITES if each.event == "create-folder")
    with nothing_written(target) as refused:
        for name in ("..", ".", "", " ", "a/b", "/", "a.b", "a:b", "é", "a\0", "\x1b", "a b", "*",
                     "a" * 10_000, "%2e%2e", "a\nb", "\u202e"):  # fmt: skip
            answer = target.ask(create, target.fields(create) | {"name": name})
            assert refused(answer)[0] in (400, 422), name


def test_values_that_cannot_be(target: Target) -> None:
    operations = {each.method: each for each in WRITES if "/raw/" in each.path}
    big = "x" * (512 * 1024 + 1)
    with nothing_written(target) as refused:
        for method in ("POST", "PATCH"):
            good = target.fields(operations[method])
            for fields in ({"secretValue": "\0"}, {"secretValue": big}, {"secretComment": big},
                           {"secretValue": "é" * (300 * 1024)}):  # fmt: skip
                answer = target.ask(operations[method], good | fields)
                assert refused(answer)[0] in (400, 413), fields
        for new in ("", " ", "a/b", "a:b", "..", "\0", "n" * 10_000, "\x1b[0m", "OTHER"):
            fields = target.fields(operations["PATCH"]) | {"newSecretName": new}
            assert refused(target.ask(operations["PATCH"], fields))[0] == 400, new


def test_what_was_never_sealed(target: Target) -> None:
    """Fields that no client could open are refused, so that a client's fault is found at once."""
    with nothing_written(target) as refused:
        for operation in WRITES:
            sealed = [field.name for field in operation.fields if field.name.endswith("Tag")]
            for tag in sealed:
                prefix = tag.removesuffix("Tag")
                for part, values in {
                    "Ciphertext": ("no base64!", "eA", "é", "x" * 700_000),
                    "IV": ("", "eA==", SEALED["IV"][:-1], SEALED["IV"] * 2),
                    "Tag": ("", "eA==", "=" * 24, SEALED["Tag"] * 2),
                }.items():
                    for value in values:
                        fields = target.fields(operation) | {f"{prefix}{part}": value}
                        answer = target.ask(operation, fields)
                        assert refused(answer)[0] == 422, (prefix, part, value[:20])


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "MKCOL",
           "PURGE", "SEARCH", "COPY", "LOCK", "REPORT")  # fmt: skip


def test_methods_and_routes_that_are_not_there(target: Target) -> None:
    """OPTIONS is refused too: no web page of another site shall ask."""
    routes: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        known = routes.setdefault(target.path(operation, "KEY"), set())
        known |= {"GET", "HEAD"} if operation.method == "GET" else {operation.method}
    for open_route in ("/api/status", "/api/docs/json"):
        routes[open_route] = {"GET", "HEAD"}
    for nowhere in ("/", "/api", "/api/", "/api/v3", "/API/V3/SECRETS", "/api/v3/secrets/KEY/x",
                    "/api/v2/service-token/x", "/favicon.ico", "/api//status", "/api/../status",
                    "/%2e%2e/etc/passwd"):  # fmt: skip
        routes[nowhere] = set()
    # "raw" may be a secret's name as well.
    routes["/api/v3/secrets/raw"] |= {"POST", "PATCH", "DELETE"}
    with nothing_written(target) as refused:
        for path, known in routes.items():
            for method in METHODS:
                if method in known:
                    continue
                answer = target.line.ask(method, path, body=None)
                if method == "HEAD":
                    assert answer.status == 404
                    assert answer.body == b""
                else:
                    assert refused(answer)[0] == 404, (method, path)


@every_read
def test_head_is_a_get_without_its_body(target: Target, operation: Operation) -> None:
    target.ask(operation)  # so that it has been used before
    full, head = target.ask(operation), target.ask(operation, method="HEAD")
    assert head.status == 200
    assert head.body == b""
    assert head.headers["content-length"] == full.headers["content-length"]


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(0, size, 64 * 1024):
        yield b" " * (64 * 1024)


@every
def test_bodies_that_are_too_large(target: Target, operation: Operation) -> None:
    """Of a GET too, with a stated length and in chunks."""
    with nothing_written(target) as refused:
        for size in (LARGEST_BODY + 1, 8 * LARGEST_BODY):
            path = target.path(operation)
            told = target.line.ask(operation.method, path, body=b" " * size)
            assert refused(told)[:2] == (413, "PayloadTooLarge")
            assert told.headers["connection"] == "close"
            assert untold(target, operation.method, path, size)[:2] == (413, "PayloadTooLarge")


def untold(target: Target, method: str, path: str, size: int) -> tuple[int, str, str]:
    line, headers = target.line._line, target.line._headers
    line.request(method, path, chunks(size + 1), headers, encode_chunked=False)
    answer = line.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, found, answer.read()).problem


def test_a_body_of_just_the_size_is_read(target: Target) -> None:
    update = next(each for each in WRITES if each.method == "PATCH" and "/raw/" in each.path)
    fields = target.fields(update)
    body = json.dumps(fields).encode()
    assert target.ask(update, body=body + b" " * (LARGEST_BODY - len(body))).status == 200
    with nothing_written(target) as refused:
        assert refused(target.ask(update, body=body + b" " * (LARGEST_BODY + 1 - len(body))))


def test_a_large_body_of_nobody_is_unauthorized(target: Target) -> None:
    with nothing_written(target):
        line = Connection(target.shop.url, {})
        answer = line.ask("POST", "/api/v3/secrets/KEY", body=b" " * (2 * LARGEST_BODY))
        assert answer.problem[0] == 401
        line.close()


def test_what_is_no_http(target: Target) -> None:
    """uvicorn refuses it before there is a request at all."""
    port = int(target.shop.url.rpartition(":")[2])
    with nothing_written(target):
        for sent in (b"\0" * 100, b"GET\r\n\r\n", b"FOO / HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n",
                     b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                     b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00"):  # fmt: skip
            mine = (own_address(), 0)
            with socket.create_connection(("127.0.0.1", port), 10, source_address=mine) as line:
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                answer = line.makefile("rb").read()
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), (sent, answer)


UPGRADE = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"}


def test_a_body_that_an_upgrade_hides_is_not_taken_for_left_out(target: Target) -> None:
    """Java's own client offers HTTP/2 this way. Without the body, a place would be inferred."""
    target.shop.put(COMMON, KEY="kept")
    with nothing_written(target) as refused:
        line = Connection(
            target.shop.url, {"Authorization": f"Bearer {target.shop.token('dev:/common')}"}
        )
        for body in ({"environment": "prod", "secretPath": "/other"}, b"{}", b"x" * 100_000):
            answer = line.ask("DELETE", "/api/v3/secrets/raw/KEY", body=body, headers=UPGRADE)
            assert refused(answer)[0] == 400
            assert "without Upgrade" in answer.json["message"]
        for path in ("/api/v3/secrets/raw/KEY?environment=dev&secretPath=/common", "/api/status"):
            assert line.ask("GET", path, headers=UPGRADE).status == 200
        line.close()


@pytest.mark.parametrize("framing", ["Content-Length: 9", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("asked", ["DELETE /api/v3/secrets/raw/KEY", "GET /api/status"])
def test_a_body_that_an_upgrade_hides_is_no_further_request(
    target: Target, asked: str, framing: str
) -> None:
    head = (
        f"{asked} HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n{framing}\r\n\r\n"
    )
    port = int(target.shop.url.rpartition(":")[2])
    mine = (own_address(), 0)
    with socket.create_connection(("127.0.0.1", port), 10, source_address=mine) as line:
        line.sendall(head.encode())
        answers = line.makefile("rb")
        first = answers.readline()
        with suppress(ConnectionError):
            line.sendall(b"GET /api/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert b"HTTP/1.1" not in answers.read()
    assert first.startswith(b"HTTP/1.1 ")


def test_a_place_is_never_guessed_between_contradictions(target: Target) -> None:
    """A place that is stated twice, with different values, is refused."""
    target.shop.put(Place("prod", "/other"), KEY="prod")
    for query in ("environment=dev&environment=prod", "secretPath=/common&secretPath=/"):
        answer = target.line.ask("GET", f"/api/v3/secrets/raw/KEY?{query}")
        assert answer.problem[0] == 400
