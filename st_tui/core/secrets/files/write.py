"""Write secrets as the text of a file for another program: exact, or refused.

A secret's name and value come from whoever holds a token that may write, and can be chosen to hurt
the one who reads the file. Text that would run a command is refused. A remark names values that
some program would read as others.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from io import StringIO
from typing import Literal, NamedTuple

from st_tui.core.plain_text import shown
from st_tui.core.secrets.files import FileSecret, SecretFileError
from st_tui.core.secrets.files.names_that_run import why_it_runs
from st_tui.core.secrets.files.shell_names import is_posix, kept_by
from st_tui.core.secrets.files.spelling import READERS, shell_quoted, spelled
from st_tui.core.wording import counted

Format = Literal["dotenv", "shell", "docker", "json", "yaml", "csv"]
FORMATS: dict[Format, str] = {
    "dotenv": "python-dotenv, npm dotenv, node, bash",
    "shell": "export lines for sh, bash, dash, zsh",
    "docker": "docker --env-file and kubectl",
    "json": "an object of texts, without comments",
    "yaml": "each value in double quotes",
    "csv": "Key, Value, Comment",
}
"""Each format, and which programs it is for."""
_BY_SUFFIX: dict[str, Format] = {
    ".sh": "shell", ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv",
}  # fmt: skip

# What kubectl takes; Docker takes these and more.
_DOCKER_NAME = re.compile(r"(?!\.\.|\.\Z)[A-Za-z_.-][A-Za-z0-9_.-]*")
_LONGEST_DOCKER_LINE = 64 * 1024 - 1
"""Bytes. At a longer line kubectl stops reading without a word."""
_LONGEST_VARIABLE = 128 * 1024 - 1
"""Bytes of NAME=VALUE that Linux hands to a program."""
_LONGEST_YAML_KEY = 1024
_UNPRINTABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that YAML wants written by their numbers."""
_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


class FileText(NamedTuple):
    """The text of a file, and remarks for the person who writes it. No remark holds a value."""

    text: str
    remarks: list[str]


def write(secrets: Iterable[FileSecret], kind: Format, allowed: Collection[str] = ()) -> FileText:
    """The text of a file with all these secrets. Raises SecretFileError.

    `allowed` are names that are written although they make other programs run code, or although
    a shell sets their values itself.
    """
    found = list(secrets)
    if kind in ("dotenv", "shell", "docker"):
        _check_names(found, kind, allowed)
        _refuse((s.name for s in found if "\0" in s.value), "a NUL character", "json, yaml or csv")
    if kind == "dotenv":
        # ksh ends a comment there and runs the rest; bash may not read the file at all.
        with_nul = (s.name for s in found if "\0" in s.comment)
        _refuse(with_nul, "a NUL character", "another format", part="comment")
    text, remarks = _WRITERS[kind](found)
    comments = sum(1 for secret in found if secret.comment)
    if comments and kind in ("shell", "docker", "json"):
        remarks.append(
            f"Left out: {counted(comments, 'comment')}, which dotenv, yaml and csv would hold."
        )
    return FileText(text, remarks)


def format_of(suffix: str) -> Format:
    """The format for a file name's suffix, such as `.json`; dotenv for any other suffix."""
    return _BY_SUFFIX.get(suffix.lower(), "dotenv")


def _check_names(secrets: Sequence[FileSecret], kind: Format, allowed: Collection[str]) -> None:
    is_name = _DOCKER_NAME.fullmatch if kind == "docker" else is_posix
    wrong = [secret.name for secret in secrets if not is_name(secret.name)]
    if wrong:
        signs = "letters, digits, _, . and -" if kind == "docker" else "letters, digits and _"
        raise SecretFileError(
            f"{kind} cannot hold the name {_listed(wrong)}: use {signs}, no digit first, or "
            "choose json, yaml or csv."
        )
    asked = [secret.name for secret in secrets if secret.name not in allowed]
    _refuse_unless_allowed(
        "Names that make other programs run code",
        {name: why for name in asked if (why := why_it_runs(name)) is not None},
        "json, yaml or csv",
    )
    if kind == "shell":
        _refuse_unless_allowed(
            "Names whose value a shell sets itself",
            {
                name: " and ".join(shells)
                for name in asked
                if (shells := [shell for shell in ("bash", "dash", "zsh") if kept_by(shell, name)])
            },
            "another format",
        )


def _refuse_unless_allowed(what: str, reasons: dict[str, str], instead: str) -> None:
    if reasons:
        named = ", ".join(f"{name} ({reason})" for name, reason in reasons.items())
        options = " ".join(f"--allow {name}" for name in reasons)
        raise SecretFileError(
            f"{what}: {named}. Choose {instead}, or write them all the same with "
            f"`st-tui secrets export {options}`."
        )


def _refuse(names: Iterable[str], what: str, instead: str, part: str = "value") -> None:
    if named := _listed(names):
        raise SecretFileError(f"The {part} of {named} holds {what}: choose {instead}.")


def _dotenv(secrets: Sequence[FileSecret]) -> FileText:
    spelt = {s.name: spelling for s in secrets if (spelling := spelled(s.value)) is not None}
    _refuse(
        (secret.name for secret in secrets if secret.name not in spelt),
        "a character beside quotes and a backslash that bash may run commands by",
        "another format",
    )
    lines = []
    misread: dict[tuple[str, ...], list[str]] = {}
    for secret in secrets:
        text, below, misread_by = spelt[secret.name]
        # With `export` the line is a shell's, and `secrets import` takes both backslashes as they
        # are.
        export = "export " if text[0] == "'" and r"\\" in text else ""
        lines.append(f"{_commented(secret)}{export}{secret.name}={text}\n{below}")
        by = tuple(r for r in READERS if r in misread_by or kept_by(r, secret.name))
        misread.setdefault(by, []).append(secret.name)
    remarks = [
        f"{', '.join(by)} would read another value of {_listed(names)}, or none: "
        "choose another format for those."
        for by, names in misread.items()
        if by
    ]
    if run := _listed(name for name, spelling in spelt.items() if spelling.runs_in_dotenvx):
        remarks.append(
            f"dotenvx would run commands in the value of {run}: do not read it with that."
        )
    return FileText("".join(lines), remarks)


def _shell(secrets: Sequence[FileSecret]) -> FileText:
    lines = [f"export {secret.name}={shell_quoted(secret.value)}\n" for secret in secrets]
    long = _listed(s.name for s in secrets if _bytes(f"{s.name}={s.value}") > _LONGEST_VARIABLE)
    return FileText(
        "".join(lines),
        [f"A shell that reads this can start no program: {long} is over 128 KiB."] if long else [],
    )


def _docker(secrets: Sequence[FileSecret]) -> FileText:
    lines = {secret.name: f"{secret.name}={secret.value}" for secret in secrets}
    _refuse((name for name, line in lines.items() if "\n" in line), "a newline", "another format")
    _refuse(
        (name for name, line in lines.items() if line.endswith("\r")),
        "a carriage return at the end",
        "another format",
    )
    _refuse(
        (name for name, line in lines.items() if _bytes(line) > _LONGEST_DOCKER_LINE),
        "more than a line of 64 KiB",
        "another format",
    )
    return FileText("".join(f"{line}\n" for line in lines.values()), [])


def _json(secrets: Sequence[FileSecret]) -> FileText:
    values = {secret.name: secret.value for secret in secrets}
    return FileText(json.dumps(values, indent=2) + "\n", [])


def _yaml(secrets: Sequence[FileSecret]) -> FileText:
    lines = [
        f"{_by_number(_commented(s))}{_yaml_key(s.name)}: {_quoted(s.value)}\n" for s in secrets
    ]
    return FileText("".join(lines) or "{}\n", [])


def _yaml_key(name: str) -> str:
    text = _quoted(name)
    # A longer key must be announced by a question mark.
    return text if len(text) <= _LONGEST_YAML_KEY else f"? {text}\n"


def _csv(secrets: Sequence[FileSecret]) -> FileText:
    text = StringIO()
    text.write("Key,Value,Comment\n")
    # Everything is quoted: some readers drop the blanks around a cell without quotes.
    rows = [(secret.name, secret.value, secret.comment) for secret in secrets]
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    remarks = []
    if formulas := _listed(row[0] for row in rows if any(map(_FORMULA.match, row))):
        remarks.append(
            f"A spreadsheet would calculate with the text of {formulas}: do not open it in one."
        )
    if returns := _listed(row[0] for row in rows if "\r" in row[1]):
        remarks.append(f"Some readers of CSV make a newline of the carriage return in {returns}.")
    return FileText(text.getvalue(), remarks)


def _commented(secret: FileSecret) -> str:
    """The comment as `#` lines above the secret, split wherever some reader sees a line end."""
    return "".join(f"# {line}\n" if line else "#\n" for line in secret.comment.splitlines())


def _quoted(text: str) -> str:
    # A character beyond U+FFFF stays as it is: YAML has no pair of numbers for it, as JSON has.
    return _by_number(json.dumps(text, ensure_ascii=False))


def _by_number(text: str) -> str:
    return _UNPRINTABLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(shown, names))


def _bytes(text: str) -> int:
    return len(text.encode())


_WRITERS: dict[Format, Callable[[Sequence[FileSecret]], FileText]] = {
    "dotenv": _dotenv, "shell": _shell, "docker": _docker, "json": _json, "yaml": _yaml,
    "csv": _csv,
}  # fmt: skip
