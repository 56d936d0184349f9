r"""The secrets of a `.env` file, as far as all programs that read such files agree about it.

bash, python-dotenv, npm dotenv and `node --env-file` do not read all lines alike. A line is taken
if they agree. If one of them reads another value, the line is refused, with what to write instead;
a program that cannot read the line at all does not count. Only these differences are decided here:

- In double quotes `\\`, `\"`, `\n` and `\r` are escapes, and no other backslash stands there.
- `$` stands for itself, and a backquote does inside double quotes.
- `'\''` between single quotes is an apostrophe: only to a shell does it mean anything. In a value
  with one, and in a line that begins with `export`, single quotes are a shell's: all is literal.
- A carriage return before a newline belongs to the newline; a shell adds it to the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from st_tui.core.secrets.files import FileSecret, refuse_line

# Infisical writes `export -- NAME='…'` for shells.
_ASSIGNMENT = re.compile(r"[ \t]*(export[ \t]+(?:--[ \t]+)?)?([\w.-]+)[ \t]*=")
_SINGLE = re.compile(r"'([^']*(?:'\\''[^']*)*)'")
_DOUBLE = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"\\": "\\", '"': '"', "n": "\n", "r": "\r"}
_BEGINS_ANOTHER = (
    "has a blank where a shell begins another name: put the value in quotes, or each name on a "
    "line of its own"
)
_UNCLEAR_WITHOUT_QUOTES = (
    (r"[^\S ]|\ufeff", "has a tab or an unusual blank outside quotes: leave it out, or use quotes"),
    (
        r"^ *`",
        "begins a value with a backquote, a quote for some readers only: write single or double "
        "quotes",
    ),
    (
        r"['\"]",
        "has a quote inside a value without quotes: put the whole value in quotes of the other "
        r"kind, or in double ones with \" for each inside",
    ),
    (r"[\\`]", r"has \ or a backquote outside quotes: put the value in single quotes"),
    (
        "#",
        "has # without a blank before it: put the value in quotes, or a blank before a comment",
    ),
    (
        r"[;<>]|&&|\|\||^ *\(|(?:^ *|:)~",
        "has one of ; < > && || ~ ( where a shell acts on it: put the value in single quotes",
    ),
    # Only the first open bracket is looked for: with many of them, looking for each took hours.
    (r" [A-Za-z_]\w*\+?=|\A(?>.*? [A-Za-z_]\w*\[).*\]\+?=", _BEGINS_ANOTHER),
)
"""Signs that some reader takes for more than text, each with its refusal; the first counts."""
_ENDS_A_LINE_FOR_SOME = re.compile("[\u2028\u2029]")


class _Value(NamedTuple):
    """A value, the comment behind it, and where in the file's text its last line ends."""

    text: str
    comment: str
    end: int


def entries(text: str) -> Iterator[tuple[str, FileSecret | None]]:
    """Each secret as the file states it, with its line; the `#` lines right above are its comment.

    For `#` lines that are above no name, there is None instead of a secret.
    """
    lone = re.search(r"\r(?!\n)", text)
    if lone is not None:
        refuse_line(
            1 + text.count("\n", 0, lone.start()),
            r"has a carriage return that ends no line: write \r in double quotes, or leave it out",
        )
    above: list[str] = []
    start, number = 0, 1
    while start < len(text):
        end = _end_of_line(text, start)
        line = text[start:end].removesuffix("\r")
        bare = line.lstrip(" \t")
        if bare and not bare.startswith("#"):
            name, value = _assigned(text, start, number)
            comment = [*above, value.comment] if value.comment else above
            yield f"Line {number}", FileSecret(name, value.text, "\n".join(comment))
            above, end = [], value.end
        elif bare and not (number == 1 and line.startswith("#!")):
            above.append(_comment(bare[1:], number))
        else:
            if _says_something(above):
                yield f"Line {number}", None
            above = []
        number += text.count("\n", start, end + 1)
        start = end + 1
    if _says_something(above):
        yield f"Line {number}", None


def _assigned(text: str, start: int, number: int) -> tuple[str, _Value]:
    """The name and value of the line that begins at `start`."""
    line = text[start : _end_of_line(text, start)].removesuffix("\r")
    assignment = _ASSIGNMENT.match(line)
    if assignment is None and "=" in line:
        refuse_line(
            number,
            "has a name of other signs than letters, digits, _ . -: change it, or use JSON or CSV",
        )
    if assignment is None:
        refuse_line(number, "has no =: write NAME=VALUE, and a value of several lines in quotes")
    is_shells, name = assignment[1] is not None, assignment[2]
    rest = line[assignment.end() :]
    if is_shells and rest.startswith((" ", "\t")) and rest.strip(" \t")[:1] not in ("", "#"):
        refuse_line(number, "has a blank after =, where a shell ends the value: leave it out")
    begin = start + assignment.end() + len(rest) - len(rest.lstrip(" "))
    quote = text[begin : begin + 1]
    if quote == "'":
        return name, _single(text, begin, number, is_shells=is_shells)
    if quote == '"':
        return name, _double(text, begin, number)
    return name, _unquoted(rest, number, _end_of_line(text, start), is_shells=is_shells)


def _single(text: str, begin: int, number: int, *, is_shells: bool) -> _Value:
    found = _SINGLE.match(text, begin)
    if found is None:
        _refuse_open(number)
    value = found[1].replace(r"'\''", "'")
    if not is_shells and value == found[1]:
        doubled = re.search(r"\\(?:\\|\Z)", value)
        if doubled is not None:
            refuse_line(
                number + value.count("\n", 0, doubled.start()),
                r"has a backslash before another or before the closing quote, which some readers "
                r"drop in single quotes: write double quotes, and \\ for each backslash",
            )
    return _closed(text, found, number, value)


def _double(text: str, begin: int, number: int) -> _Value:
    found = _DOUBLE.match(text, begin)
    if found is None:
        _refuse_open(number)
    for escape in _ESCAPE.finditer(found[1]):
        if escape[1] not in _ESCAPED:
            refuse_line(
                number + found[1].count("\n", 0, escape.start()),
                r"has a backslash in double quotes that is none of \\ \" \n \r: write \\ for a "
                "backslash, $ without one, or put the value in single quotes",
            )
    value = _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], found[1])
    return _closed(text, found, number, value)


def _closed(text: str, found: re.Match[str], number: int, value: str) -> _Value:
    """The value in these quotes, if nothing but a comment follows them."""
    kept = found[0].find("\r")
    if kept != -1:
        refuse_line(
            number + found[0].count("\n", 0, kept),
            r"ends with a carriage return in quotes: save the file with plain newlines, or write "
            r"\r in double quotes",
        )
    number += found[0].count("\n")
    end = _end_of_line(text, found.end())
    tail = text[found.end() : end].removesuffix("\r")
    bare = tail.lstrip(" \t")
    if bare and not (bare.startswith("#") and bare != tail):
        refuse_line(
            number,
            "goes on after the closing quote: put the whole value in one pair of quotes, and a "
            "blank before the # of a comment",
        )
    return _Value(value, _comment(bare[1:], number), end)


def _unquoted(rest: str, number: int, end: int, *, is_shells: bool) -> _Value:
    value, mark, comment = rest.partition(" #")
    bare = value.strip(" ")
    if mark and not bare:
        refuse_line(
            number,
            "has only a comment behind =, which some readers take for the value: write '' before "
            "it for an empty one",
        )
    for sign, why in _UNCLEAR_WITHOUT_QUOTES:
        if re.search(sign, value):
            refuse_line(number, why)
    if is_shells and " " in bare:
        refuse_line(number, _BEGINS_ANOTHER)
    return _Value(bare, _comment(comment, number), end)


def _comment(after_sign: str, number: int) -> str:
    if _ENDS_A_LINE_FOR_SOME.search(after_sign):
        refuse_line(
            number, "has a line separator (U+2028 or U+2029) in a comment: write a line for each"
        )
    return after_sign.removeprefix(" ")


def _says_something(comment: list[str]) -> bool:
    # A lone quote in a comment is from an export, which writes it for npm dotenv (see `spelling`).
    return any(line not in ("", '"') for line in comment)


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end == -1 else end


def _refuse_open(number: int) -> NoReturn:
    refuse_line(
        number, "opens a quote that nothing closes: close it, or put the value in other quotes"
    )
