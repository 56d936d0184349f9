"""How a value is spelled in a `.env` file, and what the programs that read such files make of it.

A shell, python-dotenv, npm dotenv and `node --env-file` do not agree on any way to quote: what is
plain text to one is an escape, a command or the next line to another. So a value is spelled in a
few ways. In none of them does a shell or Ruby's dotenv run anything:

    it's    "it's"    'it'\''s'

A model of each reader reads each spelling. The spelling is taken that the fewest readers read as
another value. Tests hold the models against the readers themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Spelling(NamedTuple):
    """The text behind the `=`, the text for the lines below, and who reads another value."""

    text: str
    below: str
    misread_by: tuple[str, ...]

    @property
    def runs_in_dotenvx(self) -> bool:
        """Whether dotenvx would run commands in it: it does so in double quotes, escaped or not."""
        return self.text[0] == '"' and "$(" in self.text


def spelled(value: str) -> Spelling | None:
    """The spelling that most readers read as this value; None if no spelling is safe."""
    spellings = [
        Spelling(
            text,
            _below(text),
            tuple(reader for reader, read in _READ.items() if read(text) != value),
        )
        for text in _spellings(value)
        if not _is_live(text)
    ]
    return min(spellings, key=lambda spelling: len(spelling.misread_by), default=None)


def shell_quoted(value: str) -> str:
    """The value in a shell's single quotes. With an apostrophe in it, only a shell reads it."""
    return "'" + value.replace("'", r"'\''") + "'"


def _spellings(value: str) -> Iterator[str]:
    """The spellings that every reader takes for one value, right or wrong; the plainest first."""
    # For some readers a backslash before the closing quote swallows it, and the lines that follow.
    if "'" not in value and not value.endswith("\\"):
        yield f"'{value}'"
    every_backslash = re.sub(r'[\\"$`]', r"\\\g<0>", value)
    if '"' in value and "\n" in value:
        # For node the value ends at the first double quote, escaped or not: the lines below would
        # be names and values of their own. No shell knows \n.
        yield '"' + every_backslash.replace("\n", r"\n") + '"'
        return
    if "'" in value and not re.search("[\n\r\u2028\u2029]", value) and not _runs_in_ruby(value):
        # Only a shell reads it; for others, further lines would be names and values.
        yield shell_quoted(value)
    yield f'"{every_backslash}"'
    # A shell reads a backslash as such unless one of these follows.
    yield '"' + re.sub(r'["$`]|\\(?=[\\"$`\n]|\Z)', r"\\\g<0>", value) + '"'
    if "\r" in value:
        # No reader but a shell keeps a carriage return that is written as itself.
        yield '"' + every_backslash.replace("\r", r"\r") + '"'


def _runs_in_ruby(value: str) -> bool:
    """Whether Ruby's dotenv would run a command in the text that `shell_quoted` makes of a value.

    It does not know a shell's quotes with an apostrophe in them. So it ends the value at `#`, and
    does not see the rest as quoted.
    """
    return "#" in value and "$(" in value


def _is_live(text: str) -> bool:
    """Whether bash may run what is in these double quotes, although it is escaped.

    bash 5.2 loses count of backslashes beside two control characters that it uses itself. And where
    the locale says that the file is in GBK, Big5 or Shift JIS, a backslash after most characters
    beyond ASCII is taken for their second half. Single quotes are safe from both.
    """
    live = "[\x01\x7f]|[^\x00-\x7f]\\\\"
    return text[0] == '"' and "\\" in text and re.search(live, text) is not None


def _below(text: str) -> str:
    """A comment with a quote, if npm dotenv takes the closing quote for an escaped one; else empty.

    The value then ends for npm dotenv in the comment, and not in another secret. The empty line
    keeps the comment from belonging to the next secret.
    """
    return '#"\n\n' if text.endswith('\\"') else ""


def _is_a_shells(text: str) -> bool:
    return text[0] == "'" and "'" in text[1:-1]


def _python(text: str) -> str | None:
    if _is_a_shells(text):
        return None
    inside = _one_newline(text[1:-1])
    escapes = r"\\[\\']" if text[0] == "'" else r"\\[\\'\"abfnrtv]"
    read = re.sub(escapes, lambda escape: _PYTHON_ESCAPES[escape[0][1]], inside)
    # It replaces ${…} by a variable, in quotes of either kind.
    return None if "}" in read.partition("${")[2] else read


def _npm(text: str) -> str | None:
    if _is_a_shells(text):
        return None
    inside = _one_newline(text[1:-1])
    if text[0] == "'":
        return inside
    return None if _below(text) else inside.replace(r"\n", "\n").replace(r"\r", "\r")


def _node(text: str) -> str | None:
    if _is_a_shells(text):
        return None
    inside = text[1:-1].replace("\r", "")
    return inside if text[0] == "'" else inside.partition('"')[0].replace(r"\n", "\n")


def _bash(text: str) -> str:
    if text[0] == "'":
        return text[1:-1].replace(r"'\''", "'")
    return re.sub(r'\\([\\"$`])', r"\1", text[1:-1])


def _one_newline(text: str) -> str:
    return re.sub("\r\n?", "\n", text)


_PYTHON_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n",
                   "r": "\r", "t": "\t", "v": "\v"}  # fmt: skip
_READ: dict[str, Callable[[str], str | None]] = {
    "python-dotenv": _python, "npm dotenv": _npm, "node --env-file": _node, "bash": _bash,
}  # fmt: skip
READERS = tuple(_READ)
