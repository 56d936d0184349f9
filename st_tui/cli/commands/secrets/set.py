"""`secrets set`: make or change secrets."""

from __future__ import annotations

import click

from st_tui.cli.command import BadUsage, remark
from st_tui.cli.commands.secrets.discreet import DiscreetCommand
from st_tui.cli.commands.secrets.folder import find_place, place_options
from st_tui.cli.commands.secrets.written import read_file, say_written
from st_tui.cli.open_vault import open_vault
from st_tui.cli.secret_input import read_value
from st_tui.core.secrets.model import LARGEST_VALUE, check_name, check_value


@click.command("set", cls=DiscreetCommand)
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
    say_written(written, len(values), place)


def _value(name: str, stated: str) -> str:
    """The value that the text behind `NAME=` means. Raises BadUsage and Refusal."""
    if stated == "-":
        data = read_value(name, LARGEST_VALUE)
    elif stated.startswith("@"):
        data = read_file(
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
