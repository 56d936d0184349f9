"""Reading a token's text or a secret's value from stdin: piped, or typed unseen at a terminal."""

from __future__ import annotations

import os
import re
import sys

from st_tui.cli.command import BadUsage, remark
from st_tui.core import token_text
from st_tui.core.model import TokenText

_LONGEST_INPUT = 4096
_PAUSE = 0.2
"""Seconds. A paste's next line comes sooner, even over a slow connection."""
_END_OF_INPUT = b"\x04"
"""^D. A terminal without ICANON passes it on as a byte."""


def read_token(text: str) -> TokenText:
    """The token whose text is given, or is on stdin if `text` is `-`. Raises TokenTextError."""
    if text != "-":
        remark("The process list shows a token given on the command line: better give - and stdin.")
    elif sys.stdin.isatty():
        text = _pasted_unseen("Service token: ", _LONGEST_INPUT)
        if not text.strip():
            raise _nothing_typed("token")
    else:
        # Bounded: something else that is piped in is refused at once.
        text = sys.stdin.buffer.read(_LONGEST_INPUT).decode("utf-8", "replace")
    return token_text.parse(text)


def read_value(name: str, longest: int) -> bytes:
    """A secret's value on stdin, without the newline at its end that `echo` adds.

    A value over `longest` bytes is cut, but stays over `longest` bytes: the caller refuses it.
    """
    enough = longest + len("\r\n") + 1
    if sys.stdin.isatty():
        return _typed_value(name, enough).encode("utf-8", "surrogateescape")
    data = sys.stdin.buffer.read(enough)
    if not data:
        # A program in the pipe may have failed. It must not empty the secret.
        raise BadUsage("Nothing came in on stdin: pipe the value in, or write NAME= for no text.")
    return re.sub(rb"\r?\n\Z", b"", data)


def _typed_value(name: str, enough: int) -> str:
    """A value typed at the terminal, without its last Enter. A remark tells its unseen shape."""
    from st_tui.core.secrets.value_shape import shape_of

    text = _pasted_unseen(f"Value of {name}: ", enough)
    if not text:
        raise _nothing_typed("value")
    value = text.removesuffix("\n")
    shape = str(shape_of(value))
    if shape:
        remark(f"The value of {name}: {shape}.")
    return value


def _pasted_unseen(prompt: str, enough: int) -> str:
    """A secret from the terminal, which shows nothing of it.

    All pasted lines are read, and about `enough` bytes at most. `getpass` reads one line, and at
    most 4,095 bytes of it: the shell would run the rest as commands.
    """
    import select
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    quiet = termios.tcgetattr(terminal)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    typed = b""
    try:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, quiet)
        sys.stderr.write(prompt)
        sys.stderr.flush()
        while len(typed) < enough:
            if typed.endswith(b"\n") and not select.select([terminal], [], [], _PAUSE)[0]:
                break
            more = os.read(terminal, _LONGEST_INPUT)
            typed += more
            if not more or _END_OF_INPUT in more:
                break
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        sys.stderr.write("\n")
    return _edited(typed.decode("utf-8", "surrogateescape"))


def _edited(typed: str) -> str:
    """The text after Backspace (one character) and ^U (everything) have had their effect."""
    kept = ""
    for key in typed:
        if key in "\x7f\b":
            kept = kept[:-1]
        elif key == "\x15":
            kept = ""
        elif key != "\x04":
            kept += key
    return kept


def _nothing_typed(what: str) -> BadUsage:
    return BadUsage(f"No {what} was typed: type or paste one, or pipe it in.")
