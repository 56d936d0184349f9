"""`check --batch`: JSON lines in, one answer for each line out, in the same order.

Paths and patterns are taken as they are written. Lines are judged as they arrive, and all caches
are bounded: memory does not grow with the table.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

from st_tui.cli.command import BadUsage
from st_tui.cli.open_vault import open_vault, require_project
from st_tui.cli.output import note
from st_tui.core import access, drafts, expiry
from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.json_text import NotJson, strict_decoder
from st_tui.core.model import (
    AccessRequest,
    Decision,
    Endpoint,
    Environment,
    Permission,
    Scope,
    ServiceToken,
)
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.vault import Known, Vault

LONGEST_LINE = 64 * 1024

_REMEMBERED = 1024
_REMEMBERED_TOKENS = 64  # each may be as long as a line
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_WHERE = ("environment", "secretPath", "operation")
_INLINE = frozenset({"scopes", "permissions", "e2ee", "expiresAt", "isActive", "trustedIps"})
_KEYS = _INLINE | {*_WHERE, "tokenId", "endpoint", "ip", "at", "expect"}
_SCOPE_KEYS = frozenset({"environment", "secretPath"})
_PERMISSIONS = {permission.value: permission for permission in Permission}
_ENDPOINTS = {endpoint.value: endpoint for endpoint in Endpoint}

_parse_time = lru_cache(_REMEMBERED)(expiry.parse_time)

_Choice = TypeVar("_Choice")
_Line = dict[str, Any]


class LineError(Refusal):
    """A line cannot be judged. The sentence says why."""


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class _KnownToken(NamedTuple):
    """What the vault knows of a `tokenId`."""

    known: Known
    e2ee: bool
    environments: list[Environment]


def judge_file(name: str) -> int:
    """Judge the lines of a file, or of stdin for `-`. Returns the exit status."""
    with ExitStack() as stack:
        judge = _Judge(stack)
        try:
            source = sys.stdin.buffer if name == "-" else stack.enter_context(open(name, "rb"))
        except OSError as error:
            raise BadUsage(
                f"{name} cannot be read: {error.strerror}. Name a file of JSON lines, or - for "
                "stdin."
            ) from None
        for lines in _arriving_lines(cast("_Readable", source)):
            judge.forget_tokens()
            sys.stdout.write("".join([judge.answer(line) for line in lines]))
            # A program that sends one line at a time waits for each answer.
            sys.stdout.flush()
    if judge.errors:
        note(f"{counted(judge.errors, 'line')} could not be judged: the answers say why.")
        return 2
    if judge.unmet:
        note(f"{counted(judge.unmet, 'expectation was', 'expectations were')} not met.")
        return 1
    return 0


class _Judge:
    """Answers lines, and counts the errors and unmet expectations among them."""

    def __init__(self, stack: ExitStack) -> None:
        self.errors = 0
        self.unmet = 0
        self._stack = stack
        self._vault: Vault | Refusal | None = None
        self._found: dict[str, _KnownToken] = {}

    def forget_tokens(self) -> None:
        """Forget what the vault said: it may have changed since the last lines came."""
        self._found.clear()

    def answer(self, line: bytes | None) -> str:
        """The answer to one line, with a newline. A `line` of None was too long to be kept."""
        try:
            stated = _read(line)
            decision = self._decide(stated)
        except Refusal as refused:
            self.errors += 1
            return json.dumps({"error": str(refused)}) + "\n"
        if "expect" not in stated:
            return _answer(decision, None)
        met = stated["expect"] is decision.allowed
        self.unmet += not met
        return _answer(decision, met)

    def _decide(self, stated: _Line) -> Decision:
        environment = _text(stated, "environment")
        if "tokenId" not in stated:
            token = _inline_token(stated)
            return access.decide(token, _request(stated, environment, _flag(stated, "e2ee", False)))
        if not _INLINE.isdisjoint(stated):
            raise LineError(
                f"`tokenId` and `{min(_INLINE & stated.keys())}` exclude each other: leave one out."
            )
        from st_tui.core.vault import check

        found = self._find(_text(stated, "tokenId"))
        if found.known.token is not None:
            drafts.check_environment(environment, found.environments)
        return check(found.known, _request(stated, environment, found.e2ee))

    def _find(self, token_id: str) -> _KnownToken:
        found = self._found.get(token_id)
        if found is None:
            vault = self._open()
            known = vault.tokens.lookup(token_id)
            if known.token is None:
                found = _KnownToken(known, False, [])
            else:
                require_project(vault, known.token)
                project = vault.projects.of(known.token)
                found = _KnownToken(known, project.e2ee, vault.environments.every(project))
            self._found[token_id] = found
        return found

    def _open(self) -> Vault:
        if self._vault is None:
            try:
                self._vault = self._stack.enter_context(open_vault(sweep=False))
            except Refusal as refused:
                # Remembered: the next line would wait for the same refusal again.
                self._vault = refused
        if isinstance(self._vault, Refusal):
            raise self._vault
        return self._vault


def _arriving_lines(source: _Readable) -> Iterator[list[bytes | None]]:
    """The lines that each read completes. None stands for a line that is too long to be kept."""
    rest, too_long = b"", False
    while piece := source.read1(LONGEST_LINE):
        *whole, rest = (rest + piece).split(b"\n")
        lines = [line if len(line) <= LONGEST_LINE else None for line in whole]
        if too_long and lines:
            lines[0], too_long = None, False
        if too_long or len(rest) > LONGEST_LINE:
            rest, too_long = b"", True
        yield lines
    if too_long:
        yield [None]
    elif rest:
        yield [rest]


def _read(line: bytes | None) -> _Line:
    if line is None:
        raise LineError(f"The line has over {LONGEST_LINE} bytes: shorten it.")
    if not line.strip():
        raise LineError("The line is blank: write one JSON object on each line.")
    try:
        stated = _DECODER.decode(line.removeprefix(_BYTE_ORDER_MARK).decode())
    except NotJson:
        raise
    except UnicodeDecodeError:
        raise LineError("The line is not UTF-8: save the table as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise LineError(f"The line is no JSON: {error.msg} at character {error.pos + 1}.") from None
    except RecursionError:
        raise LineError("The line is nested too deeply: write one flat JSON object.") from None
    except ValueError:
        raise LineError("The line holds a number that is too long: leave it out.") from None
    if not isinstance(stated, dict):
        raise LineError("The line is no JSON object: write one, as in {…}.")
    if not stated.keys() <= _KEYS:
        unknown = min(stated.keys() - _KEYS)
        raise LineError(f"There is no key {unknown[:60]!r} in such a line: leave it out.")
    for key in _WHERE:
        if key not in stated:
            raise LineError(f"`{key}` is missing: add it.")
    if "expect" in stated:
        _flag(stated, "expect", False)
    return stated


def _inline_token(stated: _Line) -> ServiceToken:
    for key in ("scopes", "permissions"):
        if key not in stated:
            raise LineError(f"`{key}` is missing: add it, or `tokenId` instead.")
    expires_at, trusted_ips = stated.get("expiresAt"), stated.get("trustedIps")
    return _token(
        _scopes(stated["scopes"]),
        _texts(stated, "permissions"),
        None if expires_at is None else _text(stated, "expiresAt"),
        _flag(stated, "isActive", True),
        None if trusted_ips is None else _texts(stated, "trustedIps"),
    )


@lru_cache(_REMEMBERED_TOKENS)
def _token(
    scopes: tuple[Scope, ...],
    permissions: tuple[str, ...],
    expires_at: str | None,
    is_active: bool,
    trusted_ips: tuple[str, ...] | None,
) -> ServiceToken:
    for scope in scopes:
        drafts.check_pattern(scope.secret_path)
    if trusted_ips == ():
        raise LineError("`trustedIps` is empty: 0.0.0.0/0 and ::/0 mean any.")
    return ServiceToken(
        id="",
        name="",
        scopes=scopes,
        permissions=frozenset(_choice("permissions", text, _PERMISSIONS) for text in permissions),
        expires_at=None if expires_at is None else expiry.parse_time(expires_at),
        is_active=is_active,
        trusted_ips=None if trusted_ips is None else parse_ranges(trusted_ips),
    )


def _request(stated: _Line, environment: str, e2ee: bool) -> AccessRequest:
    ip = stated.get("ip")
    return AccessRequest(
        environment=environment,
        path=_text(stated, "secretPath"),
        operation=_choice("operation", stated["operation"], _PERMISSIONS),
        now=_parse_time(_text(stated, "at")) if "at" in stated else expiry.system_clock(),
        endpoint=_choice("endpoint", stated.get("endpoint", "e2ee"), _ENDPOINTS),
        e2ee=e2ee,
        ip=None if ip is None else parse_address(_text(stated, "ip")),
    )


def _scopes(value: object) -> tuple[Scope, ...]:
    if not isinstance(value, list):
        raise LineError("`scopes` must be a list of objects.")
    scopes = []
    for item in value:
        if not isinstance(item, dict) or item.keys() != _SCOPE_KEYS:
            raise LineError("Each of `scopes` must be an object of `environment` and `secretPath`.")
        scopes.append(Scope(_text(item, "environment"), _text(item, "secretPath")))
    return tuple(scopes)


def _text(stated: _Line, key: str) -> str:
    value = stated[key]
    if not isinstance(value, str):
        raise LineError(f"`{key}` must be text in quotes.")
    return value


def _texts(stated: _Line, key: str) -> tuple[str, ...]:
    value = stated[key]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise LineError(f"`{key}` must be a list of texts in quotes.")
    return tuple(value)


def _flag(stated: _Line, key: str, default: bool) -> bool:
    value = stated.get(key, default)
    if not isinstance(value, bool):
        raise LineError(f"`{key}` must be true or false.")
    return value


def _choice(key: str, value: object, choices: dict[str, _Choice]) -> _Choice:
    if not isinstance(value, str) or value not in choices:
        raise LineError(f"`{key}` must be {' or '.join(choices)}.")
    return choices[value]


@lru_cache(_REMEMBERED)
def _answer(decision: Decision, met: bool | None) -> str:
    answer = decision._asdict()
    if met is not None:
        answer["met"] = met
    return json.dumps(answer) + "\n"


_DECODER = strict_decoder()
