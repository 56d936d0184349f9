"""`secrets import`: make or change secrets as a file says."""

from __future__ import annotations

import sys

import click

from st_tui.cli.command import remark
from st_tui.cli.commands.secrets.discreet import DiscreetCommand
from st_tui.cli.commands.secrets.folder import find_place, place_options
from st_tui.cli.commands.secrets.written import read_file, say_written
from st_tui.cli.open_vault import open_vault
from st_tui.core.secrets.files import read
from st_tui.core.wording import counted


@click.command("import", cls=DiscreetCommand)
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
        else read_file(file, read.LARGEST_FILE, "The file cannot be read")
    )
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        written = vault.secrets.load(project, place, stated)
    say_written(written, len(stated), place)
    if commented := sum(bool(secret.comment) for secret in stated):
        remark(f"{counted(commented, 'secret')} of the file came with a comment.")
    if loose:
        remark(f"Left out: {counted(loose, 'comment')} above no name.")
