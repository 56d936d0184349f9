"""`secrets export`: a folder's secrets as a file for another program."""

from __future__ import annotations

from pathlib import Path

import click

from st_tui.cli.commands.secrets.discreet import DiscreetCommand
from st_tui.cli.commands.secrets.folder import expand_option, find_place, place_options, remark_all
from st_tui.cli.open_vault import open_vault
from st_tui.cli.output import say, say_text
from st_tui.core.secrets.files import write
from st_tui.core.wording import counted


@click.command(
    cls=DiscreetCommand,
    epilog="\b\nFormats:\n" + "\n".join(f"  {kind:8}{use}" for kind, use in write.FORMATS.items()),
)
@place_options
@click.option(
    "--format",
    "kind",
    type=click.Choice(list(write.FORMATS)),
    help="Default: what the name of FILE ends with, else dotenv.",
)
@click.option(
    "-o",
    "--output-file",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write them into this file, for you alone to read. Default: print them.",
)
@click.option(
    "--allow",
    "allowed",
    metavar="NAME",
    multiple=True,
    help="Write a secret of this name although the format refuses it (repeatable).",
)
@expand_option
@click.option(
    "--include-imports/--no-imports",
    "with_imports",
    default=True,
    help="Whether imported secrets are among them. Default: they are.",
)
def export(
    environment: str | None,
    path: str,
    kind: write.Format | None,
    file: Path | None,
    allowed: tuple[str, ...],
    expand: bool,
    with_imports: bool,
) -> None:
    """Print the secrets of a folder as a file, or write them into one: all, or nothing.

    dotenv, shell and docker refuse names that they cannot hold, and names that make other
    programs run code, such as LD_PRELOAD and PATH: whoever may write secrets may have chosen
    them. What a reader of dotenv files reads otherwise is named on stderr.

    FILE is replaced as a whole if it is an ordinary file; a link, a directory or a device is
    refused.

    With json, --no-expand and --no-imports, `secrets import` makes the same secrets of it again.
    """
    if file == Path("-"):
        file = None
    if kind is None:
        kind = write.format_of("" if file is None else file.suffix)
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        found = vault.secrets.read(project, place, imports=with_imports, expand=expand)
        directory = vault.directory
    secrets = found.for_file()
    text = write.write(secrets, kind, allowed)
    remark_all([*found.warnings, *text.remarks])
    if file is None:
        say_text(text.text)
    else:
        from st_tui.core.secrets.files.put import put

        put(text.text, file, vault=directory, replace=True)
        say(f"Wrote {counted(len(secrets), 'secret')} to {file}.")
