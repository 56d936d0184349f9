"""`secrets`: list, read, write and delete a folder's secrets; bring them in and out as files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from st_tui.cli.command import (
    BadUsage,
    NotFound,
    json_option,
    open_vault,
    remark,
    yes_option,
)
from st_tui.cli.commands.secrets.export import export
from st_tui.cli.commands.secrets.folder import (
    DiscreetGroup,
    expand_option,
    find_place,
    place_options,
    remark_all,
)
from st_tui.cli.commands.secrets.imports import imports
from st_tui.cli.output import say, say_json, say_lost, say_table, say_text, secret_data
from st_tui.cli.secret_input import confirm, read_value
from st_tui.core import expiry
from st_tui.core.secrets.files import read
from st_tui.core.secrets.model import LARGEST_VALUE, check_name, check_value, trimmed
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Place
    from st_tui.core.vault.secrets import Written


@click.group(cls=DiscreetGroup)
def secrets() -> None:
    """Read, write, import and export secrets."""


secrets.add_command(imports)
secrets.add_command(export)


@secrets.command("list")
@place_options
@json_option
def list_secrets(environment: str | None, path: str, as_json: bool) -> None:
    """List the secrets of a folder.

    Names and versions; the values too, as they are stored, with --json.
    """
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        if as_json:
            found = vault.secrets.read(project, place)
            remark_all(found.warnings)
            say_json({"secrets": [secret_data(secret) for secret in found.secrets]})
            return
        listed = vault.secrets.listed(project, place)
        links = vault.secrets.imports(project, place)
    remark_all(listed.warnings)
    say_table(
        ("NAME", "VERSION", "UPDATED"),
        [
            (secret.name, str(secret.version), expiry.in_utc(secret.updated_at))
            for secret in listed.secrets
        ],
    )
    if links:
        remark(f"More come from {', '.join(str(link.source) for link in links)}.")


@secrets.command("get")
@click.argument("name")
@place_options
@expand_option
@json_option
def get_secret(name: str, environment: str | None, path: str, expand: bool, as_json: bool) -> None:
    """Print the value of a secret.

    One that is imported into the folder is found too.
    """
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        from st_tui.core.vault.secrets import NoSuchSecret

        try:
            found = vault.secrets.look_up(project, place, name, expand=expand)
        except NoSuchSecret as missing:
            raise _not_found(missing, name) from None
    remark_all(found.warnings)
    [secret] = found.secrets
    if as_json:
        say_json({"secret": secret_data(secret)})
    else:
        say_text(f"{secret.value}\n")


@secrets.command("set")
@click.argument("assignments", metavar="NAME=VALUE...", nargs=-1, required=True)
@click.option(
    "--comment",
    metavar="TEXT",
    help='A comment for the secret, where one is set; "" takes it away. Default: each keeps its '
    "own.",
)
@place_options
def set_secrets(
    assignments: tuple[str, ...], comment: str | None, environment: str | None, path: str
) -> None:
    r"""Make or change secrets: all, or none.

    NAME=- reads the value from stdin, without the newline at its end, or asks for it at a terminal.
    NAME=@FILE reads it from a file, exactly as it is. NAME=\@TEXT stands for a value that begins
    with @.
    """
    stated: dict[str, str] = {}
    for number, assignment in enumerate(assignments, start=1):
        name, equals, value = assignment.partition("=")
        if not equals:
            raise BadUsage(
                f"Argument {number} has no =: write NAME=VALUE, NAME=- or NAME=@FILE, in quotes "
                "where a blank is in it."
            )
        name = check_name(name)
        if name in stated:
            raise BadUsage(f"{name} is given twice: keep one value.")
        stated[name] = value
    if list(stated.values()).count("-") > 1:
        raise BadUsage("Only one value can come from stdin: give the others as NAME=@FILE.")
    if comment is not None and len(stated) > 1:
        raise BadUsage("--comment is about one secret: set the others with a command of their own.")
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        values = {name: _value(name, value) for name, value in stated.items()}
        comments = {} if comment is None else dict.fromkeys(stated, comment)
        written = vault.secrets.set(project, place, values, comments)
    _say_written(written, len(values), place)


@secrets.command("delete")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@place_options
@yes_option
def delete_secrets(names: tuple[str, ...], environment: str | None, path: str, yes: bool) -> int:
    """Delete secrets with all their versions.

    All that are named, or none if one is not there.
    """
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        from st_tui.core.vault.secrets import NoSuchSecret

        names = tuple(dict.fromkeys(map(trimmed, names)))
        for name in names:
            try:
                vault.secrets.versions(project, place, name)
            except NoSuchSecret as missing:
                raise _not_found(missing, name) from None
        listed = ", ".join(names)
        if not confirm(
            f"Delete {counted(len(names), 'secret')} from {place}: {listed}?",
            yes=yes,
            lost=lambda: vault.secrets.used_by(project, place, *names),
        ):
            return 1
        with vault.together():
            lost = vault.secrets.used_by(project, place, *names)
            vault.secrets.delete(project, place, *names)
    say(f"Deleted {counted(len(names), 'secret')} from {place}: {listed}.")
    say_lost(lost)
    return 0


@secrets.command("import")
@click.argument("file", metavar="FILE")
@place_options
def import_secrets(file: str, environment: str | None, path: str) -> None:
    """Make or change secrets as a file says.

    All of them, or none. FILE is a .env file; JSON (an object of texts, a list of objects with key,
    value and comment, what `secrets list --json` prints, or such an object on each line); or CSV or
    TSV with a first line that names the columns key, value and comment. - is stdin.

    In a .env file, # lines right above a name are its comment. A secret that has none in the file
    keeps the comment it has in the vault. What programs that read such files read differently is
    refused, with its line and what to write instead.
    """
    stated, loose = read.content(
        sys.stdin.buffer.read(read.LARGEST_FILE + 1)
        if file == "-"
        else _content(file, read.LARGEST_FILE, "The file cannot be read")
    )
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        written = vault.secrets.load(project, place, stated)
    _say_written(written, len(stated), place)
    if commented := sum(bool(secret.comment) for secret in stated):
        remark(f"{counted(commented, 'secret')} of the file came with a comment.")
    if loose:
        remark(f"Left out: {counted(loose, 'comment')} above no name.")


def _value(name: str, stated: str) -> str:
    """The value that `NAME=stated` means."""
    if stated == "-":
        data = read_value(name, LARGEST_VALUE)
    elif stated.startswith("@"):
        data = _content(
            stated[1:],
            LARGEST_VALUE,
            f"The file with the value of {name} (write \\@ for a value that begins with @) cannot "
            "be read",
        )
    else:
        remark(
            "The process list shows a value given on the command line: better give NAME=- and "
            "stdin, or NAME=@FILE."
        )
        return check_value(stated[1:] if stated.startswith(r"\@") else stated)
    if len(data) > LARGEST_VALUE:
        raise BadUsage(f"The value of {name} is over {LARGEST_VALUE} bytes: shorten it.")
    try:
        return check_value(data.decode())
    except UnicodeDecodeError:
        raise BadUsage(
            f"The value of {name} is not text in UTF-8: write it as text, for example with base64."
        ) from None


def _content(file: str, longest: int, complaint: str) -> bytes:
    # The name is not repeated: it may be a value that begins with @.
    try:
        with open(file, "rb") as opened:
            return opened.read(longest + 1)
    except OSError as error:
        raise BadUsage(f"{complaint}: {error.strerror}.") from None


def _not_found(missing: Exception, name: str) -> NotFound:
    if "=" in name:  # Meant for `set`, and so with a value in it.
        return NotFound(
            "There is no secret of that name: give the name alone, without = and value."
        )
    return NotFound(str(missing))


def _say_written(written: Written, count: int, place: Place) -> None:
    same = count - written.created - written.updated
    say(
        f"Secrets in {place}: {written.created} made, {written.updated} changed, "
        f"{same} equal already."
    )
