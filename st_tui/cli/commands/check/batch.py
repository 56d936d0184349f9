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
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from st_tui.cli.command import BadUsage
from st_tui.cli.commands.check.line import (
    INLINE_KEYS,
    LONGEST_LINE,
    Line,
    LineError,
    flag_of,
    inline_token,
    read_line,
    request_of,
    text_of,
)
from st_tui.cli.open_vault import open_vault, require_project
from st_tui.cli.output import note
from st_tui.core import access, drafts
from st_tui.core.errors import Refusal
from st_tui.core.model import Decision, Environment
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.vault import Known, Vault

_REMEMBERED = 1024


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
            stated = read_line(line)
            decision = self._decide(stated)
        except Refusal as refused:
            self.errors += 1
            return json.dumps({"error": str(refused)}) + "\n"
        if "expect" not in stated:
            return _answer(decision, None)
        met = stated["expect"] is decision.allowed
        self.unmet += not met
        return _answer(decision, met)

    def _decide(self, stated: Line) -> Decision:
        environment = text_of(stated, "environment")
        if "tokenId" not in stated:
            token = inline_token(stated)
            return access.decide(
                token, request_of(stated, environment, flag_of(stated, "e2ee", False))
            )
        if not INLINE_KEYS.isdisjoint(stated):
            other = min(INLINE_KEYS & stated.keys())
            raise LineError(f"`tokenId` and `{other}` exclude each other: leave one out.")
        from st_tui.core.vault import check

        found = self._find(text_of(stated, "tokenId"))
        if found.known.token is not None:
            drafts.check_environment(environment, found.environments)
        return check(found.known, request_of(stated, environment, found.e2ee))

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


@lru_cache(_REMEMBERED)
def _answer(decision: Decision, met: bool | None) -> str:
    answer = decision._asdict()
    if met is not None:
        answer["met"] = met
    return json.dumps(answer) + "\n"
