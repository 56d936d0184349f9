"""What comes in from people: a token on stdin, and a yes before something is deleted."""

from __future__ import annotations

import sys

from st_tui.cli.commands import BadUsage, remark
from st_tui.cli.output import note
from st_tui.core import token_text
from st_tui.core.model import TokenText

_LONGEST_INPUT = 4096


def read_token(text: str) -> TokenText:
    """The token given as an option, or on stdin if that is `-`. Raises TokenTextError."""
    if text != "-":
        remark("The process list shows a token given on the command line: better give - and stdin.")
    elif sys.stdin.isatty():
        from getpass import getpass

        try:
            text = getpass("Service token: ")
        except EOFError:
            raise BadUsage("No token was typed: type or paste one, or pipe it in.") from None
    else:
        # Bounded: whoever pipes in something else hears of it at once.
        text = sys.stdin.buffer.read(_LONGEST_INPUT).decode("utf-8", "replace")
    return token_text.parse(text)


def confirm(question: str, *, yes: bool) -> bool:
    """Whether to go on: unasked with --yes, else by asking. Raises BadUsage with nobody to ask."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise BadUsage(f"{question} Nobody is there to answer: give --yes to do it unasked.")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    agreed = sys.stdin.readline().strip().lower() in ("y", "yes")
    if not agreed:
        note("Nothing was deleted.")
    return agreed
